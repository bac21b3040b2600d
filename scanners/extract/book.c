/*
 * What a workbook's parts mean to one another: which part is which sheet, whose comments, and the two
 * walks over the zip. Strings mostly stand behind the sheets that use them, hence two.
 */
#include "extract/book.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "limits.h"

#include "base/poison.h"

/* Room for one more of size bytes behind *n; capacities are powers of two. */
static int
room(void *array, uint32_t n, size_t size)
{
	void **p = array;
	void *q;

	if (n & (n - 1) || (n == 0 && *p))
		return 0;
	q = reallocarray(*p, n ? (size_t)n * 2 : 1, size);
	if (!q)
		return -ENOMEM;
	*p = q;
	return 0;
}

static char *
dup_str(struct book *b, const char *s)
{
	return arena_strdup(b->s->arena, span_sub(span_str(s ? s : ""), 0, LIMIT_NAME));
}

int
book_add_sheet(struct book *b, const char *name, const char *rid, bool hidden)
{
	struct book_sheet sh = {.part = "", .hidden = hidden};

	if (b->n_sheets >= LIMIT_SHEETS)
		return 0;
	sh.name = dup_str(b, name);
	sh.rid = dup_str(b, rid);
	if (!sh.name || !sh.rid || room(&b->sheets, b->n_sheets, sizeof sh) < 0)
		return -ENOMEM;
	b->sheets[b->n_sheets++] = sh;
	buf_puts(&b->names, sh.name);
	buf_putc(&b->names, '\n');
	return 0;
}

int
book_add_format(struct book *b, uint32_t id, const char *code)
{
	struct book_format f = {.id = id};
	char *keep = dup_str(b, code);

	if (b->n_formats >= LIMIT_FORMATS)
		return 0;
	if (!keep || room(&b->formats, b->n_formats, sizeof f) < 0)
		return -ENOMEM;
	numfmt_compile(&f.fmt, keep);
	b->formats[b->n_formats++] = f;
	return 0;
}

int
book_add_xf(struct book *b, uint32_t id)
{
	if (b->n_xf >= LIMIT_CELL_STYLES)
		return 0;
	if (room(&b->xf, b->n_xf, sizeof *b->xf) < 0)
		return -ENOMEM;
	b->xf[b->n_xf++] = id;
	return 0;
}

static int
add_links(struct book *b, struct zippart *p)
{
	struct rels rs;
	const char *base = strrchr(p->name, '/');
	char owner[512];
	int r;

	/* xl/worksheets/_rels/sheet1.xml.rels -> xl/worksheets/sheet1.xml */
	(void)snprintf(owner, sizeof owner, "xl/worksheets/%s", base ? base + 1 : p->name);
	owner[strlen(owner) > 5 ? strlen(owner) - 5 : 0] = 0;
	rels_init(&rs, b->s->arena);
	r = rels_read(&rs, p);
	for (unsigned i = 0; i < rs.n && r == 0 && b->n_links < LIMIT_BOOK_LINKS; i++) {
		struct book_link l = {.part = rs.v[i].target};

		if (rs.v[i].external || !strcasestr(l.part, "comment"))
			continue;
		l.owner = dup_str(b, owner);
		if (!l.owner || room(&b->links, b->n_links, sizeof l) < 0)
			r = -ENOMEM;
		else
			b->links[b->n_links++] = l;
	}
	rels_free(&rs);
	return r;
}

static int
by_part(const void *x, const void *y)
{
	return strcasecmp(
		((const struct book_sheet *)x)->part, ((const struct book_sheet *)y)->part);
}

static int
by_link(const void *x, const void *y)
{
	return strcasecmp(((const struct book_link *)x)->part, ((const struct book_link *)y)->part);
}

static int
by_id(const void *x, const void *y)
{
	uint32_t a = ((const struct book_format *)x)->id, c = ((const struct book_format *)y)->id;

	return (a > c) - (a < c);
}

static const struct numfmt *
style_of(struct book *b, uint32_t id)
{
	const struct book_format key = {.id = id};
	const struct book_format *f =
		b->n_formats ? bsearch(&key, b->formats, b->n_formats, sizeof key, by_id) : NULL;
	const struct numfmt *fmt = f ? &f->fmt : NULL;

	if (!fmt && id < BOOK_BUILTINS) {
		fmt = &b->builtin[id];
		if (fmt->n == 0)
			numfmt_compile(&b->builtin[id], numfmt_builtin(id));
	}
	return fmt && !numfmt_plain(fmt) ? fmt : NULL;
}

/* The first walk is done: what it gathered is put in order. */
static int
settle(struct book *b)
{
	for (uint32_t i = 0; i < b->n_sheets; i++) {
		const struct rel *rel = rels_find(&b->rels, b->sheets[i].rid);

		if (rel && !rel->external)
			b->sheets[i].part = rel->target;
	}
	if (b->n_sheets)
		qsort(b->sheets, b->n_sheets, sizeof *b->sheets, by_part);
	if (b->n_links)
		qsort(b->links, b->n_links, sizeof *b->links, by_link);
	return book_settle_styles(b);
}

int
book_settle_styles(struct book *b)
{
	if (b->n_formats)
		qsort(b->formats, b->n_formats, sizeof *b->formats, by_id);
	b->style = calloc(b->n_xf ? b->n_xf : 1, sizeof *b->style);
	if (!b->style)
		return -ENOMEM;
	for (uint32_t i = 0; i < b->n_xf; i++)
		b->style[i] = style_of(b, b->xf[i]);
	b->n_style = b->n_xf;
	b->ready = true;
	return 0;
}

static const struct book_sheet *
sheet_of(const struct book *b, const char *part)
{
	const struct book_sheet key = {.part = part};

	return b->n_sheets ? bsearch(&key, b->sheets, b->n_sheets, sizeof key, by_part) : NULL;
}

int
book_comment(struct book *b, const char *part, const char *ref, struct span text)
{
	struct book_link key;
	const struct book_link *l;
	const struct book_sheet *sh;
	char name[320];

	memset(&key, 0, sizeof key);
	key.part = (char *)(uintptr_t)part;
	l = b->n_links ? bsearch(&key, b->links, b->n_links, sizeof key, by_link) : NULL;
	sh = l ? sheet_of(b, l->owner) : NULL;
	if (text.n == 0)
		return 0;
	if (sh)
		(void)snprintf(name, sizeof name, "%.200s!%.16s", sh->name, ref);
	else
		(void)snprintf(name, sizeof name, "%.16s", ref);
	return sink_text(b->s, PART_COMMENT, name, text);
}

/* The code at s[i] == '&': how long it is, and whether it parts two texts. */
static size_t
header_code(struct span s, size_t i, bool *ret_break)
{
	const uint8_t *e;
	size_t n = 1;

	*ret_break = false;
	if (i + 1 >= s.n)
		return 1;
	switch (s.p[i + 1]) {
	case '"':
		e = memchr(s.p + i + 2, '"', s.n - i - 2);
		return e ? (size_t)(e - s.p) - i + 1 : s.n - i;
	case 'K':
		return s.n - i < 8 ? s.n - i : 8;
	case 'L':
	case 'C':
	case 'R':
		*ret_break = true;
		return 2;
	default:
		while (i + n < s.n && n < 4 && s.p[i + n] >= '0' && s.p[i + n] <= '9')
			n++;
		return n > 1 ? n : 2;
	}
}

int
book_header(struct book *b, enum part part, struct span text)
{
	struct buf out = {0};
	int r = 0;

	for (size_t i = 0; i < text.n;) {
		bool sep = false;

		if (text.p[i] != '&' || (i + 1 < text.n && text.p[i + 1] == '&')) {
			buf_putc(&out, text.p[i]);
			i += text.p[i] == '&' ? 2 : 1;
			continue;
		}
		i += header_code(text, i, &sep);
		if (sep && out.n)
			buf_putc(&out, '\n');
	}
	if (out.n)
		r = sink_text(b->s, part, b->grid.at.name, buf_span(&out));
	buf_free(&out);
	return r;
}

/* "xl/worksheets/sheet3.xml" -> "sheet3", for a sheet that no relationship names. */
static char *
name_from_part(struct book *b, const char *part)
{
	const char *base = strrchr(part, '/');
	struct span s = span_str(base ? base + 1 : part);

	s.n -= s.n > 4 ? 4 : 0;
	return arena_strdup(b->s->arena, s);
}

static int
read_sheet(struct book *b, struct zippart *p, const struct book_sheet *sh)
{
	char *name = sh ? sh->name : name_from_part(b, p->name);
	int r;

	if (!name)
		return -ENOMEM;
	grid_begin(&b->grid, name, sh && sh->hidden);
	r = part_ends(p->name, ".bin") ? xlsb_sheet(b, p) : xlsx_sheet(b, p);
	return r;
}

static int
visit_first(void *user, struct zippart *p)
{
	struct book *b = user;
	const char *n = p->name;
	bool bin = part_ends(n, ".bin");

	if (!bin && !part_ends(n, ".xml") && !part_ends(n, ".rels"))
		return 0;
	if (part_ends(n, "sharedStrings.xml") || part_ends(n, "sharedStrings.bin"))
		return bin ? xlsb_strings(b, p) : xlsx_strings(b, p);
	if (part_begins(n, "xl/styles"))
		return bin ? xlsb_styles(b, p) : xlsx_styles(b, p);
	if (part_begins(n, "xl/_rels/workbook"))
		return rels_read(&b->rels, p);
	if (part_begins(n, "xl/workbook"))
		return bin ? xlsb_workbook(b, p) : xlsx_workbook(b, p);
	if (part_begins(n, "xl/worksheets/_rels/"))
		return add_links(b, p);
	return 0;
}

static bool
is_first(const char *n)
{
	return part_ends(n, "sharedStrings.xml") || part_ends(n, "sharedStrings.bin") ||
		part_begins(n, "xl/styles") || part_begins(n, "xl/workbook");
}

static bool
is_sheet_folder(const char *n)
{
	return part_begins(n, "xl/worksheets/") || part_begins(n, "xl/chartsheets/") ||
		part_begins(n, "xl/dialogsheets/") || part_begins(n, "xl/macrosheets/");
}

static int
visit_second(void *user, struct zippart *p)
{
	struct book *b = user;
	const char *n = p->name;
	bool bin = part_ends(n, ".bin"), xml = part_ends(n, ".xml");
	const struct book_sheet *sh;
	int r;

	if (is_first(n) || part_is(n, "[Content_Types].xml"))
		return 0;
	sh = xml || bin ? sheet_of(b, n) : NULL;
	if (sh || ((xml || bin) && is_sheet_folder(n) && !strcasestr(n, "binaryIndex")))
		return read_sheet(b, p, sh);
	if ((xml || bin) && (part_begins(n, "xl/comments") || strcasestr(n, "/threadedComment")))
		return bin ? xlsb_comments(b, p) : xlsx_comments(b, p);
	if (xml && part_begins(n, "xl/connections"))
		return office_words(p, PART_METADATA, "data connections", "connections");
	if (xml && part_begins(n, "xl/externalLinks/"))
		return office_words(p, PART_METADATA, "external link", "external link");
	if (xml && part_begins(n, "xl/pivotCache/pivotCacheDefinition"))
		return office_words(p, PART_METADATA, "pivot table", "pivot table");
	return office_part(p, b->it, &r) ? r : 0;
}

static int
book_walk(struct book *b, struct zipdoc *z)
{
	int r = zipdoc_walk(z, visit_first, b);

	if (r == 0)
		r = settle(b);
	if (r == 0 && b->names.n)
		r = sink_text(b->s, PART_METADATA, "sheet names", buf_span(&b->names));
	return r < 0 ? r : zipdoc_walk(z, visit_second, b);
}

int
book_run(struct item *it, struct sink *s, enum office kind)
{
	struct book *b = calloc(1, sizeof *b);
	struct zipdoc z;
	bool readable = false;
	int r;

	if (!b)
		return -ENOMEM;
	b->s = s;
	b->it = it;
	it->mime = office_mime(kind);
	grid_init(&b->grid, s);
	rels_init(&b->rels, s->arena);
	b->strings.max = LIMIT_PART;
	r = zipdoc_open(&z, it, s, &readable);
	if (r == 0 && readable)
		r = book_walk(b, &z);
	zipdoc_close(&z);
	grid_free(&b->grid);
	rels_free(&b->rels);
	buf_free(&b->strings);
	buf_free(&b->offsets);
	buf_free(&b->names);
	free(b->sheets);
	free(b->formats);
	free(b->links);
	free(b->xf);
	free(b->style);
	free(b);
	return r;
}
