/* rtf_text: what an RTF document's control words do to its text, and where that goes. */
#ifndef EXTRACT_RTF_TEXT_H
#define EXTRACT_RTF_TEXT_H

#include "extract/flow.h"
#include "extract/rtf_object.h"
#include "extract/rtf_words.h"
#include "limits.h"

#define RTF_RUN (8 * KIB)

struct rtf_group {
	uint8_t dest, uc;
	bool deleted, star;
	uint16_t cp;
};

struct rtf {
	struct sink *s;
	struct flow flow;
	struct rtf_object object;
	struct buf side[3]; /* RTF_HEADER, RTF_FOOTER, RTF_INFO */
	struct buf win, run;
	struct rtf_group groups[LIMIT_RTF_GROUPS + 1];
	unsigned depth, deeper;
	unsigned cp; /* of the document */
	unsigned font; /* in the font table: the one being described */
	uint16_t font_cp[LIMIT_RTF_FONTS];
	uint64_t bin; /* bytes still to come that are no text */
	unsigned skip; /* characters to skip behind a \u */
	uint32_t high; /* half of a pair */
	bool in_table, row_begun, new_row;
	const char *mime;
};

static inline struct rtf_group *
rtf_top(struct rtf *x)
{
	return &x->groups[x->depth];
}

static inline struct buf *
rtf_side(struct rtf *x, enum rtf_dest dest)
{
	return dest == RTF_HEADER ? &x->side[0] : dest == RTF_FOOTER ? &x->side[1] : &x->side[2];
}

/* One byte of text in the present code page; 0 or -errno, as all below. */
int rtf_byte(struct rtf *x, uint8_t c);

/* The bytes gathered so far go out, decoded. Before the group or its code page changes. */
int rtf_flush(struct rtf *x);

/* One character. */
int rtf_char(struct rtf *x, uint32_t c);

/* The paragraph ends. */
int rtf_line(struct rtf *x);

/* A control word, with its parameter if it has one. */
int rtf_act(struct rtf *x, const struct rtf_word *w, bool has, long arg);

#endif
