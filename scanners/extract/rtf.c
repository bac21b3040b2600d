/*
 * RTF, a token at a time, groups within groups kept on a bounded stack. Text is gathered as bytes until
 * its code page or place changes, because a character may be split into several escapes. Everything
 * that people read comes out: body, tables as rows, headers, notes, comments, fields, deleted and
 * hidden text, properties; objects and pictures are handed on.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "extract/extract.h"
#include "extract/flow.h"
#include "extract/rtf_object.h"
#include "extract/rtf_words.h"
#include "limits.h"

#include "base/poison.h"

#define GROUPS	  512u /* open groups; deeper ones are read as part of the last */
#define FONTS	  32768u
#define RUN_MAX	  (8 * KIB)
#define READ_SIZE (64 * KIB)
#define TOKEN_MAX 64u /* bytes of the longest token that is looked at whole */
#define SIDE_MAX  (4 * MIB) /* headers, footers and properties */

struct group {
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
	struct group groups[GROUPS + 1];
	unsigned depth, deeper;
	unsigned cp; /* of the document */
	unsigned font; /* in the font table: the one being described */
	uint16_t font_cp[FONTS];
	uint64_t bin; /* bytes still to come that are no text */
	unsigned skip; /* characters to skip behind a \u */
	uint32_t high; /* half of a pair */
	bool in_table, row_begun, new_row;
	const char *mime;
};

static struct group *
top(struct rtf *x)
{
	return &x->groups[x->depth];
}

/* --- text ----------------------------------------------------------------------------- */

static struct buf *
side_of(struct rtf *x, enum rtf_dest dest)
{
	return dest == RTF_HEADER ? &x->side[0] : dest == RTF_FOOTER ? &x->side[1] : &x->side[2];
}

static int
row_open(struct rtf *x)
{
	int r = 0;

	if (!x->flow.tables)
		r = flow_table_begin(&x->flow, NULL, false);
	if (r == 0 && (x->new_row || !x->flow.row)) {
		x->new_row = false;
		r = flow_row(&x->flow, 0);
	}
	return r;
}

/* Body text belongs to a cell, or ends the table that stood in front of it. */
static int
body_place(struct rtf *x)
{
	if (x->in_table || x->row_begun)
		return row_open(x);
	return x->flow.tables ? flow_table_end(&x->flow) : 0;
}

static int
put_text(void *user, struct span s)
{
	struct rtf *x = user;
	const struct group *g = top(x);
	int r = 0;

	switch (g->dest) {
	case RTF_HEADER:
	case RTF_FOOTER:
	case RTF_INFO:
		buf_put(side_of(x, g->dest), s.p, s.n);
		return 0;
	case RTF_NOTE:
		x->flow.channel = FLOW_NOTE;
		break;
	case RTF_COMMENT:
		x->flow.channel = FLOW_COMMENT;
		break;
	case RTF_TEXT:
		x->flow.channel = g->deleted ? FLOW_DELETED : FLOW_BODY;
		break;
	default:
		return 0;
	}
	if (x->flow.channel == FLOW_BODY)
		r = body_place(x);
	return r == 0 ? flow_put(&x->flow, (const char *)s.p, s.n) : r;
}

static int
put_line(struct rtf *x)
{
	const struct group *g = top(x);

	if (g->dest == RTF_HEADER || g->dest == RTF_FOOTER || g->dest == RTF_INFO) {
		buf_putc(side_of(x, g->dest), '\n');
		return 0;
	}
	if (g->dest == RTF_SKIP || g->dest == RTF_FONTS || g->dest >= RTF_PICTURE)
		return 0;
	return put_text(x, span_of("\n", 1));
}

static bool
is_ascii(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] >= 0x80)
			return false;
	}
	return true;
}

static int
run_flush(struct rtf *x)
{
	struct span s = buf_span(&x->run);
	const struct group *g = top(x);
	struct decoder d;
	int r = 0;

	if (x->run.failed)
		return -ENOMEM;
	if (s.n == 0)
		return 0;
	if (is_ascii(s)) {
		r = put_text(x, s);
	} else {
		const struct charset *c = rtf_code_page(g->cp ? g->cp : x->cp);

		decoder_start(&d, c ? c : charset_find(span_str("windows-1252")));
		r = decoder_feed(&d, s, put_text, x);
		if (r == 0)
			r = decoder_end(&d, put_text, x);
	}
	buf_clear(&x->run);
	return r;
}

static int
put_char(struct rtf *x, uint32_t c)
{
	uint8_t utf8[16];
	struct buf b = {.p = utf8, .cap = sizeof utf8};
	int r = run_flush(x);

	buf_put_utf8(&b, c);
	return r == 0 ? put_text(x, buf_span(&b)) : r;
}

/* A byte of text, once written as an escape or as itself. */
static int
put_byte(struct rtf *x, uint8_t c)
{
	if (x->skip) {
		x->skip--;
		return 0;
	}
	x->high = 0;
	buf_putc(&x->run, c);
	return x->run.n >= RUN_MAX ? run_flush(x) : 0;
}

static int
put_unicode(struct rtf *x, long arg)
{
	uint32_t c = (uint32_t)arg & 0xFFFF, high = x->high;

	x->skip = top(x)->uc;
	x->high = 0;
	if (c >= 0xD800 && c < 0xDC00) {
		x->high = c;
		return 0;
	}
	if (c >= 0xDC00 && c < 0xE000)
		c = high ? 0x10000 + ((high - 0xD800) << 10) + (c - 0xDC00) : 0xFFFD;
	/* symbol fonts: bytes in the private area */
	return put_char(x, c >= 0xF000 && c < 0xF100 ? c - 0xF000 : c);
}

/* --- tables --------------------------------------------------------------------------- */

static bool
in_body(struct rtf *x)
{
	return top(x)->dest == RTF_TEXT;
}

static int
cell_end(struct rtf *x)
{
	int r;

	if (!in_body(x))
		return put_text(x, span_of("\t", 1));
	x->row_begun = true;
	x->flow.channel = FLOW_BODY;
	r = row_open(x);
	if (r == 0 && !x->flow.in_cell)
		r = flow_cell(&x->flow, 0);
	return r == 0 ? flow_cell_end(&x->flow, (struct span){0}, false) : r;
}

static int
row_end(struct rtf *x)
{
	if (!in_body(x))
		return put_line(x);
	x->row_begun = false;
	x->new_row = true;
	return x->flow.tables ? flow_row_end(&x->flow) : 0;
}

/* --- control words ----------------------------------------------------------------------- */

static void
set_dest(struct rtf *x, enum rtf_dest dest)
{
	struct group *g = top(x);

	/* within something that is skipped, or is binary, nothing is text again */
	if (g->dest == RTF_SKIP || g->dest == RTF_FONTS)
		return;
	g->dest = (uint8_t)dest;
	g->star = false;
	if (dest == RTF_PICTURE)
		x->mime = NULL;
}

static void
set_charset(struct rtf *x, bool page, long arg)
{
	unsigned cp = page ? (unsigned)arg & 0xFFFF : rtf_font_code_page((unsigned)arg & 0xFF);

	if (top(x)->dest == RTF_FONTS && x->font < FONTS)
		x->font_cp[x->font] = (uint16_t)cp;
}

static void
set_font(struct rtf *x, long arg)
{
	if (arg < 0 || (unsigned long)arg >= FONTS)
		return;
	if (top(x)->dest == RTF_FONTS)
		x->font = (unsigned)arg;
	else
		top(x)->cp = x->font_cp[arg];
}

static int
act(struct rtf *x, const struct rtf_word *w, bool has, long arg)
{
	static const char *const mimes[] = {"image/png", "image/jpeg", NULL};

	switch ((enum rtf_act)w->act) {
	case RTF_DEST:
		set_dest(x, w->arg);
		return 0;
	case RTF_CHAR:
		return put_char(x, w->arg);
	case RTF_LINE:
		return put_line(x);
	case RTF_CELL:
		return cell_end(x);
	case RTF_ROW:
		return row_end(x);
	case RTF_ROW_BEGIN:
		x->row_begun |= in_body(x) && !x->new_row;
		return 0;
	case RTF_IN_TABLE:
		x->in_table |= in_body(x);
		return 0;
	case RTF_PARAGRAPH:
		x->in_table &= !in_body(x);
		return 0;
	case RTF_PLAIN:
		top(x)->deleted = false;
		return 0;
	case RTF_UNICODE:
		return put_unicode(x, arg);
	case RTF_UC:
		top(x)->uc = (uint8_t)(has && arg >= 0 && arg < 256 ? arg : 1);
		return 0;
	case RTF_BIN:
		x->bin = has && arg > 0 ? (uint64_t)arg : 0;
		return 0;
	case RTF_FONT:
		set_font(x, arg);
		return 0;
	case RTF_CHARSET:
		set_charset(x, w->arg, arg);
		return 0;
	case RTF_CODEPAGE:
		x->cp = w->arg ? w->arg : (unsigned)arg & 0xFFFF;
		return 0;
	case RTF_DELETED:
		top(x)->deleted = !has || arg;
		return 0;
	case RTF_MIME:
		x->mime = mimes[w->arg];
		return 0;
	case RTF_KEEP:
		top(x)->star = false;
		return 0;
	case RTF_NONE:
		break;
	}
	return 0;
}

/* --- tokens ------------------------------------------------------------------------------- */

static int
group_begin(struct rtf *x)
{
	int r = run_flush(x);

	x->skip = 0;
	if (x->depth == GROUPS) {
		x->deeper++;
		return r;
	}
	x->groups[x->depth + 1] = x->groups[x->depth];
	x->depth++;
	top(x)->star = false;
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
		b = side_of(x, dest);
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
	int r = run_flush(x);
	enum rtf_dest dest = top(x)->dest;

	x->skip = 0;
	if (x->deeper) {
		x->deeper--;
		return r;
	}
	if (x->depth == 0)
		return r;
	x->depth--;
	if (r == 0 && (dest != top(x)->dest || dest == RTF_INFO))
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
		if (top(x)->star && top(x)->dest != RTF_OBJECT) {
			r = run_flush(x);
			top(x)->dest = RTF_SKIP;
			top(x)->star = false;
			return r;
		}
		return 0;
	}
	r = run_flush(x);
	return r == 0 ? act(x, w, has, arg) : r;
}

static int
hex_of(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
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
		return put_byte(x, (uint8_t)(hex_of(s.p[2]) << 4 | hex_of(s.p[3])));
	case '{':
	case '}':
	case '\\':
		return put_byte(x, c);
	case '~':
		return put_char(x, 0xA0);
	case '_':
		return put_char(x, 0x2011);
	case '*':
		top(x)->star = true;
		return 0;
	case '\n':
	case '\r':
		return run_flush(x) < 0 ? -ENOMEM : put_line(x);
	case '\t':
		return put_byte(x, c);
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
	enum rtf_dest dest = top(x)->dest;
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
		size_t k = s.n < RUN_MAX ? s.n : RUN_MAX;

		buf_put(&x->run, s.p, k);
		s = span_sub(s, k, s.n);
		if (x->run.n >= RUN_MAX)
			r = run_flush(x);
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

	if (top(x)->dest == RTF_OBJECT || top(x)->dest == RTF_PICTURE)
		rtf_object_raw(&x->object, span_sub(s, 0, n));
	x->bin -= n;
	*ret_n = n;
}

static int
read_window(struct rtf *x, bool last)
{
	struct span s = buf_span(&x->win);
	int r = 0;

	while (r == 0 && s.n && (last || s.n > TOKEN_MAX)) {
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
	int r = run_flush(x);

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
		x->side[i].max = SIDE_MAX;
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
