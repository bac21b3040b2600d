/*
 * frame: one level of nesting of a scan: the item at that level, its tally, and the stages its text
 * and rows go through. Private to scan.c and frame.c.
 */
#ifndef FRAME_H
#define FRAME_H

#include "chunker.h"
#include "classify/document.h"
#include "classify/prose.h"
#include "extract/archive_names.h"
#include "scan.h"
#include "tally.h"

struct frame {
	struct scan *s;
	const struct item *it;
	struct tally *tally;
	struct chunker *text;
	struct table_stage *table;
	struct document document;
	struct prose *prose; /* tables in running text */
	struct classify_out judged; /* where tables and classifiers put what they say */
	struct judge {
		const struct classifier *c;
		const struct rule *r;
		void *state;
		bool begun;
	} * judges;
	char table_name[64];
	struct names names; /* of the children so far: no two findings have one id */
	bool budget_said; /* a gap for a blown budget has been given */
	uint64_t undecided; /* windows that a rule could not judge */
	int error; /* the first error of keeping a classifier's value */
};

struct scan {
	struct ruleset rules;
	struct scan_options opt;
	struct matcher *matcher;
	struct document_set *documents; /* NULL: no rule asks for any */
	struct lexicon *headwords;
	struct name_words *names;
	struct sink sink;
	struct budget budget;
	struct arena arena;
	size_t n_judges;
	/* the file at hand */
	const struct scan_file *file;
	const struct scan_out *out;
	uint32_t ordinals;
	uint64_t items;
	char mime[96]; /* of the file itself: the item's own goes with its arena */
	struct frame *top; /* the level at work */
	struct frame frames[LIMIT_DEPTH + 2];
};

/* The chain of names of an item, in names. */
struct inner inner_of(const struct item *it, struct span names[LIMIT_DEPTH + 2]);

/* Makes what a level needs, once. 0, or -ENOMEM with nothing made. */
int frame_open(struct scan *sc, struct frame *f);
void frame_close(struct scan *sc, struct frame *f);

/* A table begins: its name is kept for the places. */
int frame_table(struct frame *f, const struct table_at *at);

/* The item's and its folder's names are judged, values in its name found. 0 or as chunker_put(). */
int frame_name(struct frame *f);

/* The item is of a kind that rules may ask for. 0 or -ENOMEM. */
int frame_fact(struct frame *f, const struct file_fact *fact);

/* What failed its check or stayed undecided since the last call is this frame's: before a child begins. */
void frame_misses(struct frame *f);

/* Forms of one text begin, change or end (item.h): what is still held belongs to the one before. */
int frame_form(struct frame *f, enum text_form form);

/* The item ends, whole or not: what was found in it goes out. r, or the first error of giving. */
int frame_finish(struct frame *f, int r);

#endif
