/*
 * expat spends more time on a worksheet than all the rest of the program: it converts, checks each
 * character and interns each name. A sheet needs none of that. Names and values are cut in place in
 * a window over the part; a token that does not fit makes the window twice as large, so that looking
 * at it again stays linear.
 */
#include "extract/xmlfast.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "limits.h"

#include "base/poison.h"

#define WINDOW	(128 * KIB)
#define REF_MAX 12u /* the longest reference that is decoded: &#x10FFFF; */

/* A start tag as found: nothing is changed in the window before all of it is there. */
struct tag {
	char *name_end;
	struct {
		char *name, *name_end, *value, *value_end;
	} att[LIMIT_CELL_ATTS];
	unsigned n;
	bool empty;
};

struct fast {
	struct xmlpart *x;
	struct zippart *p;
	char *b;
	size_t at, n, cap;
	bool eof;
	bool any; /* element has been seen */
	struct tag tag; /* here, and not cleared for each of a million tags */
	const char *atts[2 * LIMIT_CELL_ATTS + 1];
	struct buf fixed; /* text whose bytes were no UTF-8 */
};

bool
xmlfast_takes(struct span head)
{
	const uint8_t *end, *enc;
	struct span decl;

	if (span_has(head, 0, "\xEF\xBB\xBF", 3))
		head = span_sub(head, 3, head.n);
	if (head.n < 2 || head.p[0] != '<' || head.p[1] == 0)
		return false;
	if (!span_has(head, 0, "<?xml", 5))
		return true;
	end = memmem(head.p, head.n, "?>", 2);
	decl = span_of(head.p, end ? (size_t)(end - head.p) : 0);
	enc = memmem(decl.p, decl.n, "encoding", 8);
	if (!end || !enc)
		return end != NULL;
	for (enc += 8; enc < end && memchr(" =\"'\t", *enc, 5); enc++)
		;
	return end - enc >= 5 && strncasecmp((const char *)enc, "utf-8", 5) == 0;
}

/* Moves what is left to the front and reads on. 0, or -errno. */
static int
refill(struct fast *f)
{
	size_t left = f->n - f->at;

	if (f->eof)
		return -EBADMSG;
	if (left > f->cap / 2) {
		char *b = f->cap < LIMIT_XML_WINDOW ? realloc(f->b, f->cap * 2) : NULL;

		if (!b)
			return f->cap < LIMIT_XML_WINDOW ? -ENOMEM : -EMSGSIZE;
		f->b = b;
		f->cap *= 2;
	}
	memmove(f->b, f->b + f->at, left);
	f->at = 0;
	f->n = left;
	while (f->n < f->cap && !f->eof) {
		ssize_t got = zippart_read(f->p, f->b + f->n, f->cap - f->n);

		if (got < 0)
			return (int)got;
		f->eof = got == 0;
		f->n += (size_t)got;
	}
	return f->p->used > LIMIT_PART ? -EMSGSIZE : 0;
}

/* The character a reference at s[0] == '&' stands for; *ret_n is its length. 0 for none. */
static uint32_t
reference(const char *s, size_t n, size_t *ret_n)
{
	static const struct {
		const char *name;
		uint32_t c;
	} names[] = {
		{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
	const char *end = memchr(s, ';', n < REF_MAX ? n : REF_MAX);
	uint32_t c = 0, base = 10;
	const char *d = s + 2;

	if (!end)
		return 0;
	*ret_n = (size_t)(end - s) + 1;
	for (size_t i = 0; i < 5; i++) {
		if (strlen(names[i].name) == *ret_n && memcmp(s, names[i].name, *ret_n) == 0)
			return names[i].c;
	}
	if (s[1] != '#')
		return 0;
	if (d < end && (*d == 'x' || *d == 'X')) {
		base = 16;
		d++;
	}
	for (; d < end; d++) {
		int digit = *d >= '0' && *d <= '9' ? *d - '0' : (*d | 32) - 'a' + 10;

		if (digit < 0 || digit >= (int)base)
			return 0;
		c = c * base + (uint32_t)digit;
	}
	return c <= 0x10FFFF && (c >= 32 || (c >= 9 && c <= 13)) ? c : 0;
}

static size_t
put_utf8(char *to, uint32_t c)
{
	struct buf b = {0};
	size_t n;

	if (c < 0x80) {
		*to = (char)c;
		return 1;
	}
	buf_put_utf8(&b, c);
	n = b.n;
	memcpy(to, b.p, n); /* at most four bytes; "&#128;" is longer than its character */
	buf_free(&b);
	return n;
}

/* Decodes references in place and returns the new length: never longer. */
static size_t
decode(char *s, size_t n)
{
	char *amp = memchr(s, '&', n);
	size_t from = amp ? (size_t)(amp - s) : n, to = from;

	while (from < n) {
		size_t len = 0;
		uint32_t c = s[from] == '&' ? reference(s + from, n - from, &len) : 0;

		if (c) {
			to += put_utf8(s + to, c);
			from += len;
		} else {
			s[to++] = s[from++];
		}
	}
	return to;
}

static int
emit(struct fast *f, char *s, size_t n, bool raw)
{
	struct span t;

	if (n == 0)
		return 0;
	if (!raw)
		n = decode(s, n);
	t = span_of(s, n);
	if (utf8_valid(t) == n)
		return xmlpart_text(f->x, s, n);
	buf_clear(&f->fixed);
	utf8_repair(&f->fixed, t);
	if (f->fixed.failed)
		return -ENOMEM;
	return xmlpart_text(f->x, (const char *)f->fixed.p, f->fixed.n);
}

/* Where a long text may be cut: not within a character, nor within a reference. */
static size_t
safe_cut(const char *s, size_t n)
{
	const char *amp;

	n -= REF_MAX;
	amp = memrchr(s + n - REF_MAX, '&', REF_MAX);
	if (amp && !memchr(amp, ';', (size_t)(s + n - amp)))
		return (size_t)(amp - s);
	for (unsigned i = 0; i < 3 && (s[n] & 0xC0) == 0x80; i++)
		n--;
	return n;
}

/* Text up to the next '<'. Without one, all but what may be half a character or reference. */
static int
take_text(struct fast *f)
{
	char *s = f->b + f->at;
	size_t left = f->n - f->at, n;
	char *lt = memchr(s, '<', left);

	n = lt ? (size_t)(lt - s) : left;
	if (!lt && !f->eof) {
		if (left < f->cap / 2)
			return refill(f);
		n = safe_cut(s, left);
	}
	f->at += n;
	return f->x->depth ? emit(f, s, n, false) : 0;
}

/* The window from `skip` behind the present place up to `mark`: its length, 0 when it is not there. */
static size_t
upto(const struct fast *f, size_t skip, const char *mark)
{
	size_t left = f->n - f->at, k = strlen(mark);
	const char *s = f->b + f->at, *e;

	if (left < skip)
		return 0;
	e = memmem(s + skip, left - skip, mark, k);
	return e ? (size_t)(e - s) + k : 0;
}

/* <!-- -->, <![CDATA[ ]]>, <? ?>. 1: done; 0: more bytes are needed; -errno. */
static int
take_special(struct fast *f)
{
	char *s = f->b + f->at;
	size_t left = f->n - f->at, n;
	int r;

	if (s[1] == '?') {
		n = upto(f, 2, "?>");
		f->at += n;
		return n > 0;
	}
	if (left < 9 && !f->eof)
		return 0;
	if (left >= 4 && memcmp(s, "<!--", 4) == 0) {
		n = upto(f, 4, "-->");
		f->at += n;
		return n > 0;
	}
	if (left >= 9 && memcmp(s, "<![CDATA[", 9) == 0) {
		n = upto(f, 9, "]]>");
		if (n == 0)
			return 0;
		r = emit(f, s + 9, n - 12, true);
		f->at += n;
		return r < 0 ? r : 1;
	}
	if (f->x->depth)
		return -EBADMSG;
	n = upto(f, 2, ">");
	if (n == 0)
		return 0;
	r = xmlpart_doctype(f->x, memchr(s, '[', n) != NULL);
	f->at += n;
	return r < 0 ? r : 1;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static bool
ends_name(char c)
{
	return is_blank(c) || c == '>' || c == '/' || c == '=';
}

static int
take_end_tag(struct fast *f)
{
	char *s = f->b + f->at + 2;
	char *e = memchr(s, '>', f->n - f->at - 2), *name_end;

	if (!e)
		return 0;
	for (name_end = s; name_end < e && !is_blank(*name_end); name_end++)
		;
	if (f->x->depth == 0 || name_end == s)
		return -EBADMSG;
	*name_end = 0;
	f->at = (size_t)(e - f->b) + 1;
	return xmlpart_end(f->x, s) < 0 ? f->x->err : 1;
}

/* One attribute at s. Where it ends; NULL when the window ends first; *ret_bad when it is none. */
static char *
take_att(struct tag *t, char *s, const char *end, bool *ret_bad)
{
	char *name = s, *name_end, *value, *close;

	while (s < end && !ends_name(*s))
		s++;
	name_end = s;
	while (s < end && is_blank(*s))
		s++;
	if (end - s < 2)
		return NULL;
	*ret_bad = *s != '=' || name_end == name;
	for (s++; s < end && is_blank(*s); s++)
		;
	if (s >= end)
		return NULL;
	*ret_bad |= *s != '"' && *s != '\'';
	if (*ret_bad)
		return s;
	value = s + 1;
	close = memchr(value, *s, (size_t)(end - value));
	if (!close)
		return NULL;
	if (t->n < LIMIT_CELL_ATTS) {
		t->att[t->n].name = name;
		t->att[t->n].name_end = name_end;
		t->att[t->n].value = value;
		t->att[t->n++].value_end = close;
	}
	return close + 1;
}

/* The tag at s: where it ends, NULL when it does not. */
static char *
take_tag(struct tag *t, char *s, const char *end, bool *ret_bad)
{
	t->n = 0;
	while (s < end && !ends_name(*s))
		s++;
	t->name_end = s;
	while (s) {
		while (s < end && is_blank(*s))
			s++;
		if (s >= end)
			return NULL;
		t->empty = *s == '/';
		if (*s == '>')
			return s + 1;
		if (*s == '/')
			*ret_bad = s + 1 < end && s[1] != '>';
		if (*s == '/')
			return s + 1 < end ? s + 2 : NULL;
		s = take_att(t, s, end, ret_bad);
		if (*ret_bad)
			return s;
	}
	return NULL;
}

static int
take_start_tag(struct fast *f)
{
	struct tag *t = &f->tag;
	char *name = f->b + f->at + 1, *end;
	bool bad = ends_name(*name);
	int r;

	end = bad ? name : take_tag(t, name, f->b + f->n, &bad);
	if (bad)
		return -EBADMSG;
	if (!end)
		return 0;
	*t->name_end = 0;
	for (unsigned i = 0; i < t->n; i++) {
		char *value = t->att[i].value;

		*t->att[i].name_end = 0;
		value[decode(value, (size_t)(t->att[i].value_end - value))] = 0;
		f->atts[2 * i] = t->att[i].name;
		f->atts[2 * i + 1] = value;
	}
	f->atts[2 * t->n] = NULL;
	f->at = (size_t)(end - f->b);
	f->any = true;
	r = xmlpart_start(f->x, name, f->atts);
	if (r == 0 && t->empty && !f->x->stopped)
		r = xmlpart_end(f->x, name);
	return r < 0 ? r : 1;
}

/* One token; what it needs more is read. */
static int
step(struct fast *f)
{
	size_t left = f->n - f->at;
	const char *s = f->b + f->at;
	int r;

	if (*s != '<')
		return take_text(f);
	if (left < 2)
		return refill(f);
	if (s[1] == '/')
		r = take_end_tag(f);
	else if (s[1] == '!' || s[1] == '?')
		r = take_special(f);
	else
		r = take_start_tag(f);
	return r == 0 ? refill(f) : r < 0 ? r : 0;
}

int
xmlfast_parse(struct xmlpart *x, struct zippart *p, struct span head)
{
	struct fast f = {.x = x, .p = p, .cap = WINDOW, .b = malloc(WINDOW)};
	int r = f.b ? 0 : -ENOMEM;

	if (r == 0) {
		f.n = head.n < WINDOW ? head.n : WINDOW;
		memcpy(f.b, head.p, f.n);
		if (f.n >= 3 && memcmp(f.b, "\xEF\xBB\xBF", 3) == 0)
			f.at = 3;
	}
	while (r == 0 && !x->stopped) {
		if (f.at == f.n && f.eof)
			break;
		r = f.at == f.n ? refill(&f) : step(&f);
	}
	if (r == 0 && !x->stopped && (x->depth || !f.any))
		r = -EBADMSG;
	free(f.b);
	buf_free(&f.fixed);
	return r;
}
