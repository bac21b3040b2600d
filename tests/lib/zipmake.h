/* zipmake: a zip in memory, part by part, for tests of documents. Aborts on any failure. */
#ifndef ZIPMAKE_H
#define ZIPMAKE_H

#include "mkarchive.h"

struct zipmake {
	struct mkarchive m;
	bool store; /* set behind zipmake_begin(): nothing is compressed */
	struct buf out; /* the caller's to free, by zipmake_free() */
};

void zipmake_begin(struct zipmake *z);

/* A name is stored as it is given. "mimetype" is not compressed, as OpenDocument wants it. */
void zipmake_add(struct zipmake *z, const char *name, struct span bytes);
void zipmake_end(struct zipmake *z);
void zipmake_free(struct zipmake *z);

/* A part of XML text. */
struct zipmake_part {
	const char *name, *text;
};

/* All of it at once: z->out holds the zip. */
void zipmake_all(struct zipmake *z, const struct zipmake_part *parts, size_t n);

#endif
