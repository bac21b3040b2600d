/*
 * Property sets: who wrote a document, for which company, and whatever a program or person has kept
 * there as a custom property. Names of the well-known ones are ours; custom ones have a dictionary.
 */
#include <errno.h>
#include <stdio.h>

#include "extract/ole.h"
#include "extract/oletext.h"
#include "limits.h"

#include "base/poison.h"

enum { VT_I4 = 3, VT_VARIANT = 12, VT_BSTR = 8, VT_LPSTR = 30, VT_LPWSTR = 31, VT_VECTOR = 0x1000 };

struct props {
	struct span set; /* one section */
	unsigned codepage;
	const char *const *names;
	unsigned n_names;
	struct span dict; /* names of custom properties */
	size_t left; /* bytes of values still to be read: they do not lie within one another */
	struct buf *out;
};

static const char *const summary_names[] = {[2] = "Title",
	[3] = "Subject",
	[4] = "Author",
	[5] = "Keywords",
	[6] = "Comments",
	[7] = "Template",
	[8] = "Last author",
	[18] = "Application"};

static const char *const document_names[] = {
	[2] = "Category", [14] = "Manager", [15] = "Company", [13] = "Titles of parts"};

/* The string at off, without what stands behind a NUL. Returns the offset behind it. */
static size_t
put_string(struct props *p, size_t off, unsigned type, unsigned align)
{
	struct span s = span_sub(p->set, off, p->set.n);
	size_t bytes, size = type == VT_LPWSTR ? 2 : 1, from = p->out->n;
	const uint8_t *end;

	if (s.n < 4)
		return p->set.n;
	bytes = le32(s.p);
	if (bytes > (s.n - 4) / size)
		bytes = (s.n - 4) / size;
	bytes *= size;
	if (bytes + 4 > p->left)
		return p->set.n;
	p->left -= bytes + 4;
	end = size == 1 && bytes ? memchr(s.p + 4, 0, bytes) : NULL;
	put_codepage(p->out, size == 2 ? CODEPAGE_UTF16 : p->codepage,
		span_of(s.p + 4, end ? (size_t)(end - s.p) - 4 : bytes));
	while (p->out->n > from && p->out->p[p->out->n - 1] <= ' ')
		p->out->n--;
	return off + 4 + ((bytes + align - 1) & ~(size_t)(align - 1));
}

static void
put_vector(struct props *p, size_t off, unsigned type)
{
	uint32_t n = off + 4 <= p->set.n ? le32(p->set.p + off) : 0;

	off += 4;
	for (uint32_t i = 0; i < n && i < LIMIT_OLE_VECTOR && off + 4 <= p->set.n; i++) {
		unsigned t = type;

		if (t == VT_VARIANT) {
			t = le32(p->set.p + off);
			off += 4;
		}
		if (t == VT_LPSTR || t == VT_LPWSTR) {
			if (i)
				buf_puts(p->out, ", ");
			off = put_string(p, off, t, t == VT_LPSTR ? 1 : 4);
		} else if (t == VT_I4 && p->left >= 4) {
			off += 4;
			p->left -= 4;
		} else {
			return;
		}
	}
}

static bool
put_name(struct props *p, uint32_t id)
{
	size_t off = 4;
	uint32_t n = p->dict.n >= 4 ? le32(p->dict.p) : 0;

	if (p->names && id < p->n_names && p->names[id]) {
		buf_puts(p->out, p->names[id]);
		return true;
	}
	for (uint32_t i = 0; i < n && i < LIMIT_OLE_PROP_COUNT && off + 8 <= p->dict.n; i++) {
		uint32_t is = le32(p->dict.p + off);
		size_t len = le32(p->dict.p + off + 4), wide = p->codepage == CODEPAGE_UTF16;
		struct span name;

		off += 8;
		if (len > (p->dict.n - off) >> wide)
			return false;
		name = span_of(p->dict.p + off, len << wide);
		off += wide ? ((len << 1) + 3) & ~(size_t)3 : len;
		if (is != id || len < 2)
			continue;
		put_codepage(p->out, p->codepage, span_of(name.p, name.n - (1u << wide)));
		return true;
	}
	return false;
}

static void
put_property(struct props *p, uint32_t id, size_t off)
{
	unsigned type = off + 4 <= p->set.n ? le32(p->set.p + off) & 0xFFFF : 0;
	size_t from = p->out->n, named;
	unsigned base = type & 0xFFFu;

	if (base != VT_LPSTR && base != VT_LPWSTR && base != VT_BSTR &&
		type != (VT_VECTOR | VT_VARIANT))
		return;
	if (!put_name(p, id))
		return;
	buf_puts(p->out, ": ");
	named = p->out->n;
	if (type & VT_VECTOR)
		put_vector(p, off + 4, base);
	else
		(void)put_string(p, off + 4, base == VT_BSTR ? VT_LPSTR : base, 4);
	if (p->out->n == named)
		p->out->n = from;
	else
		buf_putc(p->out, '\n');
}

static void
put_section(struct props *p)
{
	uint32_t n = p->set.n >= 8 ? le32(p->set.p + 4) : 0;

	if (n > LIMIT_OLE_PROP_COUNT)
		n = LIMIT_OLE_PROP_COUNT;
	if (n > (p->set.n - (p->set.n >= 8 ? 8 : 0)) / 8)
		n = (uint32_t)((p->set.n - 8) / 8);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t id = le32(p->set.p + 8 + 8 * (size_t)i);
		size_t off = le32(p->set.p + 12 + 8 * (size_t)i);

		if (id == 0)
			p->dict = span_sub(p->set, off, p->set.n);
		else if (id == 1 && off + 6 <= p->set.n)
			p->codepage = le16(p->set.p + off + 4);
	}
	for (uint32_t i = 0; i < n && p->out->n < LIMIT_OLE_PROPS; i++) {
		uint32_t id = le32(p->set.p + 8 + 8 * (size_t)i);

		if (id > 1)
			put_property(p, id, le32(p->set.p + 12 + 8 * (size_t)i));
	}
}

static void
put_set(struct buf *out, struct span s, bool summary)
{
	uint32_t n = s.n >= 28 ? le32(s.p + 24) : 0;

	for (uint32_t i = 0; i < n && i < 2 && 28 + 20 * (size_t)i + 20 <= s.n; i++) {
		struct props p = {.set = span_sub(s, le32(s.p + 28 + 20 * (size_t)i + 16), s.n),
			.codepage = 1252,
			.out = out};

		p.left = p.set.n;
		if (i == 0) {
			p.names = summary ? summary_names : document_names;
			p.n_names = summary ? sizeof summary_names / sizeof *summary_names
					    : sizeof document_names / sizeof *document_names;
		}
		put_section(&p);
	}
}

int
ole_properties(struct ole *o)
{
	static const char *const streams[] = {
		"\5SummaryInformation", "\5DocumentSummaryInformation"};
	struct buf out = {0}, set = {0};
	int r = 0;

	for (size_t i = 0; i < 2 && r == 0; i++) {
		uint32_t e = cfb_find(o->c, o->c->root, streams[i], CFB_STREAM);

		buf_clear(&set);
		if (e == CFB_NONE)
			continue;
		r = cfb_slurp(o->c, e, LIMIT_OLE_PROPS, &set);
		if (r == 0)
			put_set(&out, buf_span(&set), i == 0);
	}
	if (r == 0 && out.n)
		r = sink_text(o->s, PART_METADATA, "properties", buf_span(&out));
	buf_free(&set);
	buf_free(&out);
	return r;
}
