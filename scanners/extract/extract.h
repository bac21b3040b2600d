/*
 * extract: one file for each format turns an item into text, rows and inner items. Every extractor
 * ends in one const struct, listed in table.c.
 *
 * How bidding works: each extractor whose `bid` is above 0 is willing; the highest wins; ties go to
 * the first in the table. A bid only looks at item->format, ->head, ->mime and ->name, and, when the
 * reader seeks, at a few bytes by reader_pread(); it consumes nothing. 100 = certain by signature,
 * 50 = likely, 10 = will do if nobody else will.
 */
#ifndef EXTRACT_EXTRACT_H
#define EXTRACT_EXTRACT_H

#include "item.h"

struct extractor {
	const char *name; /* as in README's table of formats, and its fuzzer's name */
	const char *formats; /* a few words for `leakaudit version` */
	/* The library that reads it, which says its version as it is linked; NULL where it is our own. */
	const char *library;
	const char *(*version)(void);
	/* Loads what needs files (charset tables, plug-ins) before the sandbox closes; may be NULL. */
	int (*open)(void);
	void (*close)(void);
	int (*bid)(const struct item *it);
	/*
	 * Reads it->r and feeds s. 0 when the item was read as far as it goes: what is damaged,
	 * encrypted or over a limit has been said by s->ops->gap(). A negative errno only when the
	 * sink gave it, or on -ENOMEM. -EMEDIUMTYPE: "not mine after all", before anything was
	 * put into s: the next bidder is asked, with the reader at the start again when it seeks.
	 */
	int (*run)(struct item *it, struct sink *s);
};

/* The list, in order; NULL ends it. */
extern const struct extractor *const extractors[];

/* Opens and closes every extractor of the table: 0, or the first -errno (all are tried). */
int extract_open(void);
void extract_close(void);

/* Lets the best bidder run. it has been through ident_item(). Returns as extractor.run. */
int extract_item(struct item *it, struct sink *s);

/*
 * Feeds the printable runs (ASCII and UTF-16LE/BE, at least 6 characters) of what r still holds as
 * PART_RAW text. For extractors that cannot parse an item but whose words should be searched.
 */
int extract_strings(struct reader *r, struct sink *s);

#endif
