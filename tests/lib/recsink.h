/* recsink: a sink that writes down, one line an event, what an extractor gives it. For tests. */
#ifndef RECSINK_H
#define RECSINK_H

#include "base/buf.h"
#include "extract/extract.h"

struct recsink {
	struct sink sink;
	struct budget budget;
	struct arena arena;
	struct buf log; /* the events */
	bool recurse; /* children are identified and extracted too (as scan.c does) */
	unsigned depth;
	uint32_t ordinals;
	const struct item *item;
};

/*
 * Events:  item DEPTH NAME MIME          (children, when recursing)
 *          text PART [NAME] [pN] [LINE:COL]|content with \n, \t, \\ and control bytes escaped
 *          table [NAME] [hidden]   row N|A=text|B=text{alt}   end
 *          fact KIND COUNT [sealed] [Ns WxH] WORDS
 *          gap REASON [hides] DETAIL [(inner)]        image MIME
 * All pieces of one text run become one line.
 */
void recsink_init(struct recsink *rs, bool recurse);

/* Identifies and extracts the bytes as a file of that name; 0 or what the extractor returned. */
int recsink_bytes(struct recsink *rs, const char *name, struct span bytes);
int recsink_file(struct recsink *rs, const char *path);

/* Lets one extractor run whatever its bid (fuzzers). */
int recsink_force(
	struct recsink *rs, const struct extractor *x, const char *name, struct span bytes);

/* The events so far as a C string. */
const char *recsink_log(struct recsink *rs);

void recsink_free(struct recsink *rs);

#endif
