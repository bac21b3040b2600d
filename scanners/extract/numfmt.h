/*
 * numfmt: Excel number formats. A cell that holds 862435549 with the format 000-00-0000 is a social
 * security number to whoever looks at it and nine digits to whoever parses it.
 */
#ifndef EXTRACT_NUMFMT_H
#define EXTRACT_NUMFMT_H

#include <stdbool.h>

#include "base/buf.h"

enum numfmt_kind {
	NUMFMT_GENERAL, /* the bare number, perhaps with words around it */
	NUMFMT_NUMBER,
	NUMFMT_DATE,
	NUMFMT_LITERAL, /* only words: the number itself is not shown */
	NUMFMT_UNKNOWN /* fractions: left alone */
};

enum numfmt_cond { COND_NONE, COND_LT, COND_LE, COND_GT, COND_GE, COND_EQ, COND_NE };

struct numfmt_section {
	struct span text;
	enum numfmt_kind kind;
	enum numfmt_cond cond;
	double limit; /* of cond */
	unsigned ints, fracs; /* placeholders before and after the point */
	unsigned exps; /* placeholders of the exponent; 0: not scientific */
	unsigned percent; /* per cent signs */
	unsigned thousands; /* trailing commas: each divides by 1000 */
	bool grouped; /* digits in groups of three */
};

struct numfmt {
	struct numfmt_section sec[3]; /* the fourth is for text */
	unsigned n; /* 1..3 */
	bool conditions;
};

/* The code of a built-in format in its en-US form; "General" when there is none. */
const char *numfmt_builtin(unsigned id);

/* Takes a format code apart. code must outlive f; any bytes will do. */
void numfmt_compile(struct numfmt *f, const char *code);

/* Shows any number as it is: no call of numfmt_apply() is needed. */
bool numfmt_plain(const struct numfmt *f);

/* True when v is shown as a date or time. */
bool numfmt_dated(const struct numfmt *f, double v);

/*
 * Appends v as a person sees it. False, and nothing appended, when the format does not change it
 * or is not understood: then the bare number is what there is.
 */
bool numfmt_apply(const struct numfmt *f, double v, bool d1904, struct buf *out);

/* Appends v bare: an integer without exponent, else at most 15 digits. */
void numfmt_general(double v, struct buf *out);

/* Appends v as yyyy-mm-dd, with hh:mm:ss when it has a time. False when it is no date. */
bool numfmt_iso(double v, bool d1904, struct buf *out);

/* For numfmt.c: appends v by a section of dates; false when v is out of range. */
bool numdate_render(const struct numfmt_section *s, double v, bool d1904, struct buf *out);

#endif
