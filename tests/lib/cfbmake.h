/* cfbmake: a compound file in memory, entry by entry, for tests of old Office. Aborts on any failure. */
#ifndef CFBMAKE_H
#define CFBMAKE_H

#include "base/buf.h"

#define CFBMAKE_ENTRIES 64u
#define CFBMAKE_ROOT	0u

struct cfbmake {
	struct buf out; /* the file, after cfbmake_end(); the caller's to free by cfbmake_free() */
	unsigned shift; /* log2 of the sector's size: 9 or 12 */
	unsigned listed; /* FAT sectors listed in the header, at most 109: the rest in a chain */
	unsigned n;
	struct cfbmake_entry {
		char name[32];
		unsigned parent, type;
		struct buf bytes;
		uint32_t start;
	} entries[CFBMAKE_ENTRIES];
};

void cfbmake_begin(struct cfbmake *m, unsigned shift);

/* Give the entry's number, the parent of others. */
unsigned cfbmake_storage(struct cfbmake *m, unsigned parent, const char *name);
unsigned cfbmake_stream(struct cfbmake *m, unsigned parent, const char *name, struct span bytes);

void cfbmake_end(struct cfbmake *m);
void cfbmake_free(struct cfbmake *m);

/* Little-endian numbers, and UTF-16LE of an ASCII string without a length. */
void put_le(struct buf *b, uint64_t v, unsigned bytes);
void put_wide_ascii(struct buf *b, const char *s);

#endif
