/*
 * Text is gathered as bytes until its code page or place changes, because a character may be split into
 * several escapes. A table is whatever stands between row marks: writers agree on little else.
 */
#include "extract/rtf_text.h"

#include <errno.h>

#include "limits.h"

#include "base/poison.h"

/* --- text ----------------------------------------------------------------------------- */

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
	const struct rtf_group *g = rtf_top(x);
	int r = 0;

	switch (g->dest) {
	case RTF_HEADER:
	case RTF_FOOTER:
	case RTF_INFO:
		buf_put(rtf_side(x, g->dest), s.p, s.n);
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

int
rtf_line(struct rtf *x)
{
	const struct rtf_group *g = rtf_top(x);

	if (g->dest == RTF_HEADER || g->dest == RTF_FOOTER || g->dest == RTF_INFO) {
		buf_putc(rtf_side(x, g->dest), '\n');
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

int
rtf_flush(struct rtf *x)
{
	struct span s = buf_span(&x->run);
	const struct rtf_group *g = rtf_top(x);
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

int
rtf_char(struct rtf *x, uint32_t c)
{
	uint8_t utf8[16];
	struct buf b = {.p = utf8, .cap = sizeof utf8};
	int r = rtf_flush(x);

	buf_put_utf8(&b, c);
	return r == 0 ? put_text(x, buf_span(&b)) : r;
}

/* A byte of text, once written as an escape or as itself. */
int
rtf_byte(struct rtf *x, uint8_t c)
{
	if (x->skip) {
		x->skip--;
		return 0;
	}
	x->high = 0;
	buf_putc(&x->run, c);
	return x->run.n >= RTF_RUN ? rtf_flush(x) : 0;
}

static int
put_unicode(struct rtf *x, long arg)
{
	uint32_t c = (uint32_t)arg & 0xFFFF, high = x->high;

	x->skip = rtf_top(x)->uc;
	x->high = 0;
	if (c >= 0xD800 && c < 0xDC00) {
		x->high = c;
		return 0;
	}
	if (c >= 0xDC00 && c < 0xE000)
		c = high ? 0x10000 + ((high - 0xD800) << 10) + (c - 0xDC00) : 0xFFFD;
	/* symbol fonts: bytes in the private area */
	return rtf_char(x, c >= 0xF000 && c < 0xF100 ? c - 0xF000 : c);
}

/* --- tables --------------------------------------------------------------------------- */

static bool
in_body(struct rtf *x)
{
	return rtf_top(x)->dest == RTF_TEXT;
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
		return rtf_line(x);
	x->row_begun = false;
	x->new_row = true;
	return x->flow.tables ? flow_row_end(&x->flow) : 0;
}

/* --- control words ----------------------------------------------------------------------- */

static void
set_dest(struct rtf *x, enum rtf_dest dest)
{
	struct rtf_group *g = rtf_top(x);

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

	if (rtf_top(x)->dest == RTF_FONTS && x->font < LIMIT_RTF_FONTS)
		x->font_cp[x->font] = (uint16_t)cp;
}

static void
set_font(struct rtf *x, long arg)
{
	if (arg < 0 || (unsigned long)arg >= LIMIT_RTF_FONTS)
		return;
	if (rtf_top(x)->dest == RTF_FONTS)
		x->font = (unsigned)arg;
	else
		rtf_top(x)->cp = x->font_cp[arg];
}

int
rtf_act(struct rtf *x, const struct rtf_word *w, bool has, long arg)
{
	static const char *const mimes[] = {"image/png", "image/jpeg", NULL};

	switch ((enum rtf_act)w->act) {
	case RTF_DEST:
		set_dest(x, w->arg);
		return 0;
	case RTF_CHAR:
		return rtf_char(x, w->arg);
	case RTF_LINE:
		return rtf_line(x);
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
		rtf_top(x)->deleted = false;
		return 0;
	case RTF_UNICODE:
		return put_unicode(x, arg);
	case RTF_UC:
		rtf_top(x)->uc = (uint8_t)(has && arg >= 0 && arg < 256 ? arg : 1);
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
		rtf_top(x)->deleted = !has || arg;
		return 0;
	case RTF_MIME:
		x->mime = mimes[w->arg];
		return 0;
	case RTF_KEEP:
		rtf_top(x)->star = false;
		return 0;
	case RTF_NONE:
		break;
	}
	return 0;
}
