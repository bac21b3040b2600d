/* A small item comes straight out of the head that ident peeked at; a large one in even pieces. */
#include "extract/feed.h"

#include <errno.h>

#include "limits.h"

#include "base/poison.h"

#define FEED_PIECE (64 * KIB)

static int
read_error(struct sink *s, ssize_t got)
{
	if (got == -EFBIG || got == -E2BIG || got == -ETIME || got == -ECANCELED || got == -ENOMEM)
		return (int)got;
	return sink_gap(s, GAP_IO_ERROR, true, "reading failed before the end");
}

int
feed_text(struct item *it, struct sink *s, const struct charset *c, charset_out *out, void *user)
{
	uint8_t *piece = arena_alloc(s->arena, FEED_PIECE);
	struct decoder d;
	ssize_t got;
	int r = 0;

	if (!piece)
		return -ENOMEM;
	decoder_start(&d, c);
	while ((got = reader_read(it->r, piece, FEED_PIECE)) > 0) {
		r = budget_tick(s->budget);
		if (r == 0)
			r = decoder_feed(&d, span_of(piece, (size_t)got), out, user);
		if (r < 0)
			return r;
	}
	r = decoder_end(&d, out, user);
	return r == 0 && got < 0 ? read_error(s, got) : r;
}
