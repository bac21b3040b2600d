/*
 * A run of text is sent in pieces of the size the engine likes. A run that begins after a table says
 * at which line it does.
 */
#include "extract/lined.h"

#include <errno.h>

#include "limits.h"

#include "base/poison.h"

void
lined_init(struct lined *l, struct sink *s, enum part part)
{
	*l = (struct lined){.s = s, .part = part};
}

void
lined_free(struct lined *l)
{
	buf_free(&l->buf);
}

/* How many of eight bytes are '\n'. */
static inline uint64_t
newlines_of(uint64_t w)
{
	const uint64_t low = UINT64_C(0x7F7F7F7F7F7F7F7F);

	w ^= UINT64_C(0x0A0A0A0A0A0A0A0A);
	w = ~(((w & low) + low) | w | low);
	return (w >> 7) * UINT64_C(0x0101010101010101) >> 56;
}

/* Eight bytes at a time; of the last eight those that were not counted yet. */
uint64_t
count_newlines(struct span s)
{
	uint64_t n = 0, w;
	size_t i = 0;

	for (; i + 8 <= s.n; i += 8) {
		memcpy(&w, s.p + i, 8);
		n += newlines_of(w);
	}
	if (i == s.n)
		return n;
	if (s.n >= 8)
		return n + newlines_of(le64(s.p + s.n - 8) >> (8 - (s.n - i)) * 8);
	for (; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

static int
text_open(struct lined *l)
{
	const struct text_at at = {
		.part = l->part, .name = l->name, .lines = !l->no_lines, .line = l->buf_line + 1};
	int r = l->open ? 0 : l->s->ops->text_begin(l->s, &at);

	l->open |= r == 0;
	return r;
}

int
lined_flush_to(struct lined *l, size_t n)
{
	struct span head = span_sub(buf_span(&l->buf), 0, n);
	int r;

	if (l->buf.failed)
		return -ENOMEM;
	if (head.n == 0)
		return 0;
	r = text_open(l);
	for (struct span s = head; r == 0 && s.n;) {
		size_t k = s.n < LINED_PIECE ? s.n : LINED_PIECE;

		while (k < s.n && k > LINED_PIECE - 4 && (s.p[k] & 0xC0) == 0x80)
			k--;
		r = l->s->ops->text(l->s, span_sub(s, 0, k));
		s = span_sub(s, k, s.n);
	}
	l->sent += head.n;
	l->buf_line += count_newlines(head);
	memmove(l->buf.p, l->buf.p + head.n, l->buf.n - head.n);
	l->buf.n -= head.n;
	return r;
}

int
lined_flush(struct lined *l)
{
	return lined_flush_to(l, l->buf.n);
}

static int
append(struct lined *l, struct span s)
{
	if (l->buf.n == 0)
		l->buf_line = l->line;
	buf_put(&l->buf, s.p, s.n);
	l->last = s.p[s.n - 1];
	if (l->buf.failed)
		return -ENOMEM;
	if (l->buf.n < LINED_PIECE || (l->hold && l->buf.n < LIMIT_RECORDS_HELD))
		return 0;
	l->lost |= l->hold;
	l->hold = false;
	return lined_flush(l);
}

int
lined_put(struct lined *l, struct span s)
{
	int r = s.n ? append(l, s) : 0;

	l->line += count_newlines(s);
	return r;
}

int
lined_add(struct lined *l, struct span s)
{
	int r = 0;

	while (r == 0 && s.n) {
		const uint8_t *nl = memchr(s.p, '\n', s.n);
		size_t n = nl ? (size_t)(nl - s.p) : s.n;

		if (n)
			r = append(l, span_sub(s, 0, n));
		if (r == 0 && nl)
			r = append(l, span_of("\r", 1));
		s = span_sub(s, n + 1, s.n);
	}
	return r;
}

int
lined_str(struct lined *l, const char *s)
{
	return lined_add(l, span_str(s));
}

int
lined_newlines(struct lined *l, struct span s)
{
	int r = 0;

	for (uint64_t n = count_newlines(s); r == 0 && n; n--)
		r = lined_put(l, span_of("\n", 1));
	return r;
}

int
lined_break(struct lined *l)
{
	return l->last == '\n' || l->last == '\r' || !l->last ? 0 : append(l, span_of("\r", 1));
}

int
lined_close(struct lined *l)
{
	int r = lined_flush(l);

	l->last = 0;
	if (r < 0 || !l->open)
		return r;
	l->open = false;
	return l->s->ops->text_end(l->s);
}
