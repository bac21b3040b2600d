/* Most lines lie whole in the text at hand and are given as they are; only cut ones are copied. */
#include "classify/lines.h"
#include "limits.h"

#include "base/poison.h"

struct span
lines_given(struct span line)
{
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return span_sub(line, 0, LIMIT_LINE_KEPT);
}

static void
give(struct lines *l, struct span line, line_fn *fn, void *user)
{
	fn(user, lines_given(line), ++l->number);
}

static void
keep(struct lines *l, struct span s)
{
	size_t room = sizeof l->keep - l->n;

	if (s.n > room) {
		l->skip = true;
		s.n = room;
	}
	if (s.n)
		memcpy(l->keep + l->n, s.p, s.n);
	l->n = (uint16_t)(l->n + s.n);
}

/* As memchr() for a newline; the lines of programs and logs are too short to be worth a call. */
static const uint8_t *
newline(struct span s)
{
	size_t at = 0;

	for (; s.n - at >= 8 && at < 64; at += 8) {
		uint64_t w = le64(s.p + at) ^ 0x0A0A0A0A0A0A0A0Au;

		w = (w - 0x0101010101010101u) & ~w & 0x8080808080808080u;
		if (w)
			return s.p + at + __builtin_ctzll(w) / 8;
	}
	return memchr(s.p + at, '\n', s.n - at);
}

void
lines_feed(struct lines *l, struct span text, line_fn *fn, void *user)
{
	while (text.n) {
		const uint8_t *nl = newline(text);
		struct span line = span_sub(text, 0, nl ? (size_t)(nl - text.p) : text.n);

		if (!nl || l->n || l->skip)
			keep(l, line);
		if (!nl)
			return;
		give(l, l->n || l->skip ? span_of(l->keep, l->n) : line, fn, user);
		l->n = 0;
		l->skip = false;
		text = span_sub(text, line.n + 1, text.n);
	}
}

void
lines_end(struct lines *l, line_fn *fn, void *user)
{
	if (l->n || l->skip)
		give(l, span_of(l->keep, l->n), fn, user);
	l->n = 0;
	l->skip = false;
}
