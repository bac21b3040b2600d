/*
 * RTF, a token at a time, groups within groups kept on a bounded stack. Everything that people read comes
 * out: body, tables as rows, headers, notes, comments, fields, deleted and hidden text, properties;
 * objects and pictures are handed on.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "extract/extract.h"
#include "extract/rtf_text.h"
#include "limits.h"

#include "base/poison.h"

#define READ_SIZE (64 * KIB)

/* --- tokens ------------------------------------------------------------------------------- */

static int
group_begin(struct rtf *x)
{
	int r = rtf_flush(x);

	x->skip = 0;
	if (x->depth == LIMIT_RTF_GROUPS) {
		x->deeper++;
		return r;
	}
	x->groups[x->depth + 1] = x->groups[x->depth];
	x->depth++;
	rtf_top(x)->star = false;
	return r;
}

/* A destination of its own ends with the group that began it. */
static int
dest_end(struct rtf *x, enum rtf_dest dest)
{
	struct buf *b;

	switch (dest) {
	case RTF_OBJECT:
		return rtf_object_end(&x->object, x->s);
	case RTF_PICTURE:
		return rtf_picture_end(&x->object, x->s, x->mime);
	case RTF_HEADER:
	case RTF_FOOTER:
	case RTF_INFO:
		b = rtf_side(x, dest);
		if (b->n && b->p[b->n - 1] != '\n')
			buf_putc(b, '\n');
		return 0;
	case RTF_NOTE:
	case RTF_COMMENT:
		x->flow.channel = dest == RTF_NOTE ? FLOW_NOTE : FLOW_COMMENT;
		return flow_line(&x->flow);
	default:
		return 0;
	}
}

static int
group_end(struct rtf *x)
{
	int r = rtf_flush(x);
	enum rtf_dest dest = rtf_top(x)->dest;

	x->skip = 0;
	if (x->deeper) {
		x->deeper--;
		return r;
	}
	if (x->depth == 0)
		return r;
	x->depth--;
	if (r == 0 && (dest != rtf_top(x)->dest || dest == RTF_INFO))
		r = dest_end(x, dest);
	return r;
}

static bool
is_letter(uint8_t c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* \word, \word-123 and the blank behind it. Returns its length. */
static size_t
take_word(struct span s, struct span *ret_name, bool *ret_has, long *ret_arg)
{
	size_t n = 1;
	bool minus = false;
	long arg = 0;

	while (n < s.n && n < 40 && is_letter(s.p[n]))
		n++;
	*ret_name = span_sub(s, 1, n - 1);
	if (n + 1 < s.n && s.p[n] == '-' && s.p[n + 1] - '0' <= 9 && s.p[n + 1] >= '0') {
		minus = true;
		n++;
	}
	*ret_has = n < s.n && s.p[n] >= '0' && s.p[n] <= '9';
	while (n < s.n && n < 60 && s.p[n] >= '0' && s.p[n] <= '9') {
		if (arg < INT32_MAX / 16)
			arg = arg * 10 + (s.p[n] - '0');
		n++;
	}
	*ret_arg = minus ? -arg : arg;
	return n < s.n && s.p[n] == ' ' ? n + 1 : n;
}

static int
on_word(struct rtf *x, struct span s, size_t *ret_n)
{
	const struct rtf_word *w;
	struct span name;
	bool has;
	long arg;
	int r;

	*ret_n = take_word(s, &name, &has, &arg);
	w = rtf_word_find(name);
	if (x->skip && (!w || w->act != RTF_UNICODE)) {
		x->skip--;
		if (!w || w->act != RTF_BIN)
			return 0;
	}
	if (!w) {
		/* a destination that nobody has to know */
		if (rtf_top(x)->star && rtf_top(x)->dest != RTF_OBJECT) {
			r = rtf_flush(x);
			rtf_top(x)->dest = RTF_SKIP;
			rtf_top(x)->star = false;
			return r;
		}
		return 0;
	}
	r = rtf_flush(x);
	return r == 0 ? rtf_act(x, w, has, arg) : r;
}

static int
on_escape(struct rtf *x, struct span s, size_t *ret_n)
{
	uint8_t c = s.n > 1 ? s.p[1] : 0;

	*ret_n = s.n > 1 ? 2 : 1;
	switch (c) {
	case '\'':
		if (s.n < 4 || hex_of(s.p[2]) < 0 || hex_of(s.p[3]) < 0)
			return 0;
		*ret_n = 4;
		return rtf_byte(x, (uint8_t)(hex_of(s.p[2]) << 4 | hex_of(s.p[3])));
	case '{':
	case '}':
	case '\\':
		return rtf_byte(x, c);
	case '~':
		return rtf_char(x, 0xA0);
	case '_':
		return rtf_char(x, 0x2011);
	case '*':
		rtf_top(x)->star = true;
		return 0;
	case '\n':
	case '\r':
		return rtf_flush(x) < 0 ? -ENOMEM : rtf_line(x);
	case '\t':
		return rtf_byte(x, c);
	default:
		return 0;
	}
}

static bool
is_special(uint8_t c)
{
	return c == '\\' || c == '{' || c == '}' || c == '\n' || c == '\r';
}

/* Plain bytes up to the next special one. */
static int
on_plain(struct rtf *x, struct span s, size_t *ret_n)
{
	enum rtf_dest dest = rtf_top(x)->dest;
	size_t n = 0;
	int r = 0;

	while (n < s.n && !is_special(s.p[n]))
		n++;
	*ret_n = n ? n : 1;
	s.n = n;
	if (dest == RTF_OBJECT || dest == RTF_PICTURE) {
		rtf_object_hex(&x->object, s);
		return 0;
	}
	if (dest == RTF_SKIP || dest == RTF_FONTS)
		return 0;
	for (; s.n && x->skip; x->skip--)
		s = span_sub(s, 1, s.n);
	x->high = s.n ? 0 : x->high;
	while (r == 0 && s.n) {
		size_t k = s.n < RTF_RUN ? s.n : RTF_RUN;

		buf_put(&x->run, s.p, k);
		s = span_sub(s, k, s.n);
		if (x->run.n >= RTF_RUN)
			r = rtf_flush(x);
	}
	return r;
}

static int
on_token(struct rtf *x, struct span s, size_t *ret_n)
{
	*ret_n = 1;
	switch (s.p[0]) {
	case '{':
		return group_begin(x);
	case '}':
		return group_end(x);
	case '\\':
		if (s.n > 1 && is_letter(s.p[1]))
			return on_word(x, s, ret_n);
		return on_escape(x, s, ret_n);
	default:
		return on_plain(x, s, ret_n);
	}
}

static void
on_bin(struct rtf *x, struct span s, size_t *ret_n)
{
	size_t n = s.n < x->bin ? s.n : (size_t)x->bin;

	if (rtf_top(x)->dest == RTF_OBJECT || rtf_top(x)->dest == RTF_PICTURE)
		rtf_object_raw(&x->object, span_sub(s, 0, n));
	x->bin -= n;
	*ret_n = n;
}

static int
read_window(struct rtf *x, bool last)
{
	struct span s = buf_span(&x->win);
	int r = 0;

	while (r == 0 && s.n && (last || s.n > LIMIT_RTF_TOKEN)) {
		size_t n = 0;

		if (x->bin)
			on_bin(x, s, &n);
		else
			r = on_token(x, s, &n);
		s = span_sub(s, n, s.n);
	}
	if (s.n)
		memmove(x->win.p, s.p, s.n);
	x->win.n = s.n;
	return r;
}

/* --- the whole ------------------------------------------------------------------------------ */

static int
side_send(struct rtf *x, size_t i, enum part part)
{
	struct buf *b = &x->side[i];
	int r = b->failed ? sink_gap(x->s, GAP_TOO_BIG, true, "headers or properties") : 0;
	size_t at = 0;

	while (at < b->n && (b->p[at] == '\n' || b->p[at] == ' '))
		at++;
	return r < 0 || at == b->n ? r : sink_text(x->s, part, NULL, span_of(b->p + at, b->n - at));
}

static int
finish(struct rtf *x)
{
	static const enum part parts[] = {PART_HEADER, PART_FOOTER, PART_METADATA};
	unsigned open = x->depth;
	int r = rtf_flush(x);

	while (r == 0 && x->depth)
		r = group_end(x);
	x->flow.channel = FLOW_BODY;
	if (r == 0)
		r = flow_end(&x->flow);
	for (size_t i = 0; r == 0 && i < 3; i++)
		r = side_send(x, i, parts[i]);
	if (r == 0 && open)
		r = sink_gap(x->s, GAP_CORRUPT, true, "rtf ends within a group");
	return r;
}

static int
read_all(struct rtf *x, struct item *it)
{
	ssize_t got = 1;
	int r = 0;

	while (r == 0 && got > 0) {
		uint8_t *to = buf_room(&x->win, READ_SIZE);

		if (!to)
			return -ENOMEM;
		got = reader_read(it->r, to, READ_SIZE);
		if (got > 0)
			x->win.n += (size_t)got;
		r = budget_tick(x->s->budget);
		if (r == 0)
			r = read_window(x, got <= 0);
	}
	if (r == 0 && (x->s->budget->blown || got == -ENOMEM || got == -ECANCELED))
		return x->s->budget->blown ? x->s->budget->blown : (int)got;
	if (r == 0 && got < 0)
		r = sink_gap(x->s, GAP_IO_ERROR, true, "reading failed before the end");
	return r == 0 ? finish(x) : r;
}

static void
rtf_free(struct rtf **x)
{
	if (!*x)
		return;
	flow_free(&(*x)->flow);
	rtf_object_free(&(*x)->object);
	for (size_t i = 0; i < 3; i++)
		buf_free(&(*x)->side[i]);
	buf_free(&(*x)->win);
	buf_free(&(*x)->run);
	free(*x);
}

static int
rtf_run(struct item *it, struct sink *s)
{
	_cleanup_(rtf_free) struct rtf *x = calloc(1, sizeof *x);

	if (!x)
		return -ENOMEM;
	x->s = s;
	x->cp = 1252;
	x->groups[0].uc = 1;
	for (size_t i = 0; i < 3; i++)
		x->side[i].max = LIMIT_RTF_ASIDE;
	flow_begin(&x->flow, s, PART_BODY, NULL, 0);
	return read_all(x, it);
}

static int
rtf_bid(const struct item *it)
{
	return it->format == FORMAT_RTF ? 100 : 0;
}

const struct extractor extract_rtf = {
	.name = "rtf",
	.formats = "rich text (rtf)",
	.bid = rtf_bid,
	.run = rtf_run,
};
