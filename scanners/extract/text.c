/*
 * Plain text is what most of a share is made of, so it passes through without being copied: a small
 * file straight out of the head that ident peeked at, a large one in pieces of the size the engine
 * likes. A line may be as long as it wants, because nothing here knows lines.
 */
#include <errno.h>

#include "extract/charset.h"
#include "extract/extract.h"
#include "limits.h"

#include "base/poison.h"

#define TEXT_PIECE (128u * 1024)

static int
put_text(void *user, struct span utf8)
{
	struct sink *s = user;

	return s->ops->text(s, utf8);
}

static int
read_error(struct sink *s, ssize_t got)
{
	switch (got) {
	case -EFBIG:
	case -E2BIG:
	case -ETIME:
	case -ECANCELED:
	case -ENOMEM:
		return (int)got;
	default:
		return sink_gap(s, GAP_IO_ERROR, true, "reading failed before the end");
	}
}

static int
feed_all(struct item *it, struct sink *s, struct decoder *d)
{
	uint8_t *piece = arena_alloc(s->arena, TEXT_PIECE);
	ssize_t got;

	if (!piece)
		return -ENOMEM;
	while ((got = reader_read(it->r, piece, TEXT_PIECE)) > 0) {
		int r = budget_tick(s->budget);

		if (r == 0)
			r = decoder_feed(d, span_of(piece, (size_t)got), put_text, s);
		if (r < 0)
			return r;
	}
	return got < 0 ? read_error(s, got) : 0;
}

static int
text_run(struct item *it, struct sink *s)
{
	const struct text_at at = {.part = PART_BODY, .lines = true};
	bool whole = it->head.n == it->r->size - it->r->pos;
	struct decoder d;
	int r;

	decoder_start(&d, charset_choose(it->charset, it->head));
	r = s->ops->text_begin(s, &at);
	if (r == 0)
		r = whole ? decoder_feed(&d, it->head, put_text, s) : feed_all(it, s, &d);
	if (r == 0)
		r = decoder_end(&d, put_text, s);
	return r < 0 ? r : s->ops->text_end(s);
}

static int
text_bid(const struct item *it)
{
	switch (it->format) {
	case FORMAT_TEXT:
		return 10;
	case FORMAT_CSV:
		return 5;
	default:
		return 0;
	}
}

const struct extractor extract_text = {
	.name = "text",
	.formats = "plain text in any encoding",
	.open = charset_open,
	.close = charset_close,
	.bid = text_bid,
	.run = text_run,
};
