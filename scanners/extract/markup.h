/*
 * markup: a tokenizer for HTML and XML as people find them. It believes nothing: what does not parse is
 * text, entities that a document declares are left as they stand, and nothing is ever dropped.
 */
#ifndef EXTRACT_MARKUP_H
#define EXTRACT_MARKUP_H

#include "limits.h"
#include "base/buf.h"
#include "base/span.h"

struct markup_att {
	struct span name, value; /* value: entities decoded, '\n' made '\r' */
};

struct markup_tag {
	struct span name; /* as written, with its prefix */
	bool end, empty;
	size_t n;
	const struct markup_att *atts;
	struct span source; /* all of it, brackets included */
	uint32_t *mark; /* 0; what is put here, ops->again gets for a tag of the same bytes */
};

struct markup_ops {
	int (*tag)(void *user, const struct markup_tag *t);
	/* In place of it, for a tag of the same bytes as one that left a mark; NULL: no marks. */
	int (*again)(void *user, uint32_t mark);
	/* Text with entities decoded (an encoded '\n' is '\r'). */
	int (*text)(void *user, struct span utf8);
	/* Comments, declarations, instructions: their insides, in pieces; n is 0 where one ends. */
	int (*aside)(void *user, struct span utf8);
};

#define MARKUP_KNOWN 42u /* bytes of the longest tag that is known again */

enum markup_state { MARKUP_TEXT, MARKUP_COMMENT, MARKUP_DECL, MARKUP_CDATA, MARKUP_RAW };

/* A tag that left a mark. */
struct markup_known {
	uint32_t mark;
	uint8_t n; /* 0: none */
	uint8_t next; /* index of the one that came behind it last */
	uint8_t source[MARKUP_KNOWN];
};

struct markup {
	const struct markup_ops *ops;
	void *user;
	bool html; /* the insides of script and the like are raw text */
	enum markup_state state;
	char raw[12]; /* MARKUP_RAW: the element that it ends with */
	struct buf win, scratch;
	size_t tried; /* bytes of win at the last try */
	struct markup_known known[64];
	uint8_t last; /* index of the one that was told last */
	struct markup_att atts[LIMIT_TAG_ATTS];
};

void markup_init(struct markup *m, const struct markup_ops *ops, void *user, bool html);
void markup_free(struct markup *m);

/* 0, -ENOMEM, or what a call gave. */
int markup_feed(struct markup *m, struct span utf8);
int markup_end(struct markup *m);

#endif
