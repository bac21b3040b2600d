/* ole: what the documents kept in compound files have in common. */
#ifndef EXTRACT_OLE_H
#define EXTRACT_OLE_H

#include "extract/archive_names.h"
#include "extract/cfb.h"
#include "extract/extract.h"

enum ole_kind { OLE_NONE, OLE_XLS, OLE_DOC, OLE_PPT, OLE_MSG, OLE_PROTECTED, OLE_OTHER };

/* Which document a storage is, by the names of its streams. */
enum ole_kind ole_kind(const struct cfb *c, uint32_t storage);

/*
 * How sure an extractor of `kind` may be of an item: 90 when its directory says so, 60 when it is a
 * compound file that cannot be looked into without reading it, 0 otherwise.
 */
int ole_bid(const struct item *it, enum ole_kind kind);

/* The run of all of them: opens the item and reads it as what it is. */
int ole_run(struct item *it, struct sink *s);

/* A compound file while it is read. */
struct ole {
	struct cfb *c;
	struct item *it;
	struct sink *s;
	struct names names; /* of its inner items */
};

/* The formats. 0 or -errno; what they cannot read they have said. */
int xls_read(struct ole *o);
int doc_read(struct ole *o);
int ppt_read(struct ole *o);
int msg_read(struct ole *o);

/* A workbook before Excel 5: records without a compound file around them. */
int xls_read_raw(struct item *it, struct sink *s);
bool xls_is_raw(struct span head);

/* The strings of one pivot cache stream. */
int xls_cache(struct cfb *c, uint32_t entry, struct sink *s);

/* Title, author, ... and custom properties of a document, as PART_METADATA. */
int ole_properties(struct ole *o);

/* Embedded objects and packages, wherever they stand, as children. */
int ole_objects(struct ole *o);

/*
 * The file is one object by itself, as Office Open XML and presentations keep them: what it carries
 * is handed on, and *ret_r is what that gave. False: it carries nothing that is known.
 */
bool ole_carried(struct ole *o, int *ret_r);

/* Pictures in the streams of doc and ppt, to sink->image. */
int ole_pictures(struct ole *o);

/* The sources of macros in a storage called VBA, as text. */
int ole_macros(struct ole *o, uint32_t storage);

/* A document that is encrypted as a whole: read where it opens by itself, else the gap says how. */
int ole_protected(struct ole *o);

/*
 * A child made of a stream, a storage, or bytes in memory. Equal names are numbered; name is in any
 * encoding.
 */
int ole_child_stream(struct ole *o, uint32_t entry, struct span name);
int ole_child_storage(struct ole *o, uint32_t entry, struct span name);
int ole_child_bytes(struct ole *o, struct span bytes, struct span name);

/* Any reader as a child, as above. */
int ole_child(struct ole *o, struct reader *r, struct span name);

#endif
