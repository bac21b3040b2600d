/* rels: which part another one means by an id (OPC relationships). */
#ifndef EXTRACT_RELS_H
#define EXTRACT_RELS_H

#include "extract/xmlpart.h"

struct rel {
	char *id, *target; /* target resolved to a part name, or as written when external */
	bool external;
	unsigned next; /* of its hash bucket, index + 1 */
};

struct rels {
	struct arena *arena;
	struct rel *v;
	unsigned n, cap;
	unsigned *bucket;
};

/* Memory of ids and targets is the arena's; rels_free() returns the rest. */
void rels_init(struct rels *rs, struct arena *arena);
void rels_free(struct rels *rs);

/* Adds those of a part named folder/_rels/X.rels. 0, -ENOMEM or -errno of the budget. */
int rels_read(struct rels *rs, struct zippart *p);

/* The one with that id, or NULL. */
const struct rel *rels_find(const struct rels *rs, const char *id);

#endif
