/* formats: the same words as a document of any format that is read. For tests. Aborts on failure. */
#ifndef FORMATS_H
#define FORMATS_H

#include "pack.h"

/* Lines of text, or a table whose first row is its header. Cells and lines are ASCII. */
struct content {
	const char *const *lines;
	size_t n_lines;
	struct sheet table; /* rows = 0: lines */
};

struct format {
	const char *name; /* also the end of the file's name, behind the last '-' */
	void (*write)(const struct content *c, struct buf *out);
	bool tables, texts;
};

/* Ends with a name of NULL. */
extern const struct format formats[];

#endif
