/*
 * dBase, FoxPro and their kin: a header of fixed fields, then records of one length. There is no mark to
 * tell them by, so the header has to add up. Deleted records are still there and are read like the others;
 * long texts are in a file beside this one, which is searched by itself.
 */
#include <errno.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "extract/extract.h"
#include "extract/grid.h"
#include "extract/oletext.h"
#include "limits.h"

#include "base/poison.h"

#define HEAD	     32u
#define FIELD	     32u
#define NAME_BYTES   11u
#define DAY_OF_EPOCH 2440588u /* Julian day of 1 January 1970 */

struct field {
	char name[NAME_BYTES + 1];
	uint8_t type;
	uint32_t off, n; /* in the record */
};

struct dbf {
	struct sink *s;
	struct grid g;
	struct field *fields;
	unsigned n;
	uint32_t records, record; /* how many, and the length of one */
	uint32_t header;
	unsigned codepage; /* 0: not said */
	bool fox;
};

static bool
known_version(uint8_t v)
{
	static const uint8_t versions[] = {0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x63,
		0x7B, 0x83, 0x8B, 0x8C, 0x8E, 0xCB, 0xE5, 0xF5, 0xFB};

	return memchr(versions, v, sizeof versions) != NULL;
}

static unsigned
language_codepage(uint8_t id)
{
	static const struct {
		uint8_t id;
		uint16_t codepage;
	} pages[] = {{0x01, 437}, {0x02, 850}, {0x03, 1252}, {0x04, 10000}, {0x08, 865},
		{0x09, 437}, {0x0A, 850}, {0x0B, 437}, {0x0D, 437}, {0x0E, 850}, {0x0F, 437},
		{0x10, 850}, {0x11, 437}, {0x12, 850}, {0x13, 932}, {0x14, 850}, {0x15, 437},
		{0x16, 850}, {0x17, 865}, {0x18, 437}, {0x19, 437}, {0x1A, 850}, {0x1B, 437},
		{0x1C, 863}, {0x1D, 850}, {0x1F, 852}, {0x22, 852}, {0x23, 852}, {0x24, 860},
		{0x25, 850}, {0x26, 866}, {0x37, 850}, {0x40, 852}, {0x4D, 936}, {0x4E, 949},
		{0x4F, 950}, {0x50, 874}, {0x57, 1252}, {0x58, 1252}, {0x59, 1252}, {0x64, 852},
		{0x65, 866}, {0x66, 865}, {0x67, 861}, {0x6A, 737}, {0x6B, 857}, {0x6C, 863},
		{0x78, 950}, {0x79, 949}, {0x7A, 936}, {0x7B, 932}, {0x7C, 874}, {0x7D, 1255},
		{0x7E, 1256}, {0x86, 737}, {0x87, 852}, {0x88, 857}, {0xC8, 1250}, {0xC9, 1251},
		{0xCA, 1254}, {0xCB, 1253}, {0xCC, 1257}};

	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		if (pages[i].id == id)
			return pages[i].codepage;
	}
	return 0;
}

static bool
field_good(const uint8_t *p)
{
	return p[0] > ' ' && p[0] != 0x7F && p[NAME_BYTES] &&
		strchr("CNFDLMGPBIYTVWQ@O+0X", p[NAME_BYTES]);
}

/* A character field of FoxPro's and Clipper's may be longer than a byte says. */
static uint32_t
field_length(const uint8_t *p)
{
	return p[11] == 'C' ? le16(p + 16) : p[16];
}

/*
 * The fields of a header in h. Their number, or 0 when it does not add up: then it is no such table.
 */
static unsigned
check(struct span h)
{
	uint32_t header, record, sum = 1;
	unsigned n = 0;

	if (h.n < HEAD + FIELD + 1 || !known_version(h.p[0]) || h.p[2] > 12 || h.p[3] > 31)
		return 0;
	header = le16(h.p + 8);
	record = le16(h.p + 10);
	if (header < HEAD + FIELD + 1 || record < 2)
		return 0;
	for (size_t at = HEAD; at + FIELD < header && at < h.n && h.p[at] != 0x0D; at += FIELD) {
		if (at + FIELD > h.n || !field_good(h.p + at) || ++n > LIMIT_DBF_FIELDS)
			return 0;
		sum += field_length(h.p + at);
	}
	return sum == record ? n : 0;
}

static int
fields_read(struct dbf *d, struct span h, unsigned n)
{
	uint32_t off = 1;

	d->fields = calloc(n, sizeof *d->fields);
	if (!d->fields)
		return -ENOMEM;
	for (unsigned i = 0; i < n; i++) {
		const uint8_t *p = h.p + HEAD + (size_t)i * FIELD;
		struct field *f = &d->fields[i];

		memcpy(f->name, p, NAME_BYTES);
		f->type = p[NAME_BYTES];
		f->off = off;
		f->n = field_length(p);
		off += f->n;
	}
	d->n = n;
	return 0;
}

/* Text without the blanks it is filled up with. */
static struct span
trimmed(struct span s)
{
	const uint8_t *nul = s.n ? memchr(s.p, 0, s.n) : NULL;

	if (nul)
		s.n = (size_t)(nul - s.p);
	while (s.n && s.p[s.n - 1] <= ' ')
		s.n--;
	while (s.n && s.p[0] <= ' ')
		s = span_sub(s, 1, s.n);
	return s;
}

static void
put_text(struct dbf *d, struct span s)
{
	if (d->codepage == 0 && utf8_valid(s) == s.n)
		buf_put(&d->g.text, s.p, s.n);
	else
		put_codepage(&d->g.text, d->codepage ? d->codepage : 1252, s);
}

/* "2014-11-24" of a Julian day. */
static void
put_day(struct buf *b, uint32_t julian)
{
	/* days since 1 March 0000, in eras of 400 years */
	uint32_t days, era, day, year, month;

	if (julian < DAY_OF_EPOCH - 719468 || julian > DAY_OF_EPOCH + 2932896)
		return;
	days = julian - DAY_OF_EPOCH + 719468;
	era = days / 146097;
	day = days % 146097;
	year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	day -= 365 * year + year / 4 - year / 100;
	month = (5 * day + 2) / 153;
	day -= (153 * month + 2) / 5;
	buf_printf(b, "%04u-%02u-%02u", era * 400 + year + (month >= 10),
		month < 10 ? month + 3 : month - 9, day + 1);
}

static void
put_binary(struct dbf *d, const struct field *f, struct span v)
{
	struct buf *b = &d->g.text;
	int64_t money;

	if (f->type == 'I' && v.n == 4)
		buf_printf(b, "%d", (int)(int32_t)le32(v.p));
	else if ((f->type == 'T' || f->type == '@') && v.n == 8)
		put_day(b, le32(v.p));
	else if (f->type == 'Y' && v.n == 8) {
		money = (int64_t)le64(v.p);
		buf_printf(b, "%s%llu.%02u", money < 0 ? "-" : "",
			(unsigned long long)(money < 0 ? 0 - (uint64_t)money : (uint64_t)money) /
				10000,
			(unsigned)((money < 0 ? 0 - (uint64_t)money : (uint64_t)money) % 10000 /
				100));
	} else if (f->type == 'B' && v.n == 8 && d->fox) {
		uint64_t bits = le64(v.p);
		double x;

		memcpy(&x, &bits, sizeof x);
		buf_printf(b, "%.15g", x);
	}
}

static bool
is_date(const struct field *f, struct span t)
{
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] < '0' || t.p[i] > '9')
			return false;
	}
	return f->type == 'D' && t.n == 8;
}

static int
field(struct dbf *d, unsigned i, struct span record)
{
	const struct field *f = &d->fields[i];
	struct span v = span_sub(record, f->off, f->n), t = trimmed(v);
	size_t from = d->g.text.n, to;
	bool number = f->type == 'N' || f->type == 'F' || strchr("IYB", f->type);

	if (is_date(f, t))
		buf_printf(&d->g.text, "%.4s-%.2s-%.2s", (const char *)t.p, (const char *)t.p + 4,
			(const char *)t.p + 6);
	else if (strchr("CNFDVL", f->type))
		put_text(d, t);
	else
		put_binary(d, f, v);
	to = d->g.text.n;
	if (is_date(f, t))
		buf_put(&d->g.text, t.p, t.n);
	if (d->g.text.failed)
		return -ENOMEM;
	/* both lie in the row's own memory: the record may be gone when the row goes out */
	return grid_cell(&d->g, i + 1, span_of(d->g.text.p + from, to - from),
		span_of(d->g.text.p + to, d->g.text.n - to), number);
}

static int
names(struct dbf *d)
{
	int r = grid_row(&d->g, 1);

	for (unsigned i = 0; i < d->n && r == 0; i++) {
		size_t from = d->g.text.n;

		put_text(d, trimmed(span_str(d->fields[i].name)));
		r = grid_cell(&d->g, i + 1, span_of(d->g.text.p + from, d->g.text.n - from),
			(struct span){0}, false);
	}
	return r;
}

static int
skip_header(struct reader *r, uint32_t n)
{
	uint8_t b[512];

	while (n) {
		ssize_t got = reader_fill(r, b, n < sizeof b ? n : sizeof b);

		if (got <= 0)
			return got < 0 ? (int)got : -EBADMSG;
		n -= (uint32_t)got;
	}
	return 0;
}

/* As many as there are, whatever the header says: one more may have been written by a crash. */
static int
records(struct dbf *d, struct reader *rd)
{
	_cleanup_free_ uint8_t *record = malloc(d->record);
	uint64_t row = 1;
	int r = record ? 0 : -ENOMEM;

	while (r == 0 && (r = grid_row(&d->g, ++row)) == 0 &&
		(r = budget_tick(d->s->budget)) == 0) {
		ssize_t got = reader_fill(rd, record, d->record);

		if (got < 0 || (got < (ssize_t)d->record && row < (uint64_t)d->records + 2))
			r = got < 0 ? (int)got : -EBADMSG;
		if (got <= 0 || record[0] == 0x1A)
			break;
		for (unsigned i = 0; i < d->n && (r == 0 || r == -EBADMSG); i++) {
			int q = field(d, i, span_of(record, (size_t)got));

			r = q < 0 ? q : r;
		}
	}
	return r;
}

static bool
is_readers(int r)
{
	return r == -EBADMSG || r == -EIO;
}

static int
run(struct item *it, struct sink *s)
{
	struct span h = it->head;
	struct dbf d = {.s = s};
	unsigned n = check(h);
	int r, q;

	if (!n)
		return -EMEDIUMTYPE;
	it->mime = "application/x-dbf";
	d.fox = h.p[0] == 0x30 || h.p[0] == 0x31 || h.p[0] == 0x32;
	d.codepage = language_codepage(h.p[29]);
	d.records = le32(h.p + 4);
	d.header = le16(h.p + 8);
	d.record = le16(h.p + 10);
	r = fields_read(&d, h, n);
	if (r < 0)
		return r;
	grid_init(&d.g, s);
	grid_begin(&d.g, NULL, false);
	r = names(&d);
	if (r == 0)
		r = skip_header(it->r, d.header);
	if (r == 0)
		r = records(&d, it->r);
	q = grid_end(&d.g);
	if (is_readers(r))
		r = q < 0 ? q
			  : sink_gap(s, r == -EIO ? GAP_IO_ERROR : GAP_CORRUPT, true,
				    "dBase table: cut short");
	grid_free(&d.g);
	free(d.fields);
	return r < 0 ? r : q;
}

static int
bid(const struct item *it)
{
	if (it->format != FORMAT_UNKNOWN && it->format != FORMAT_TEXT && it->format != FORMAT_CSV)
		return 0;
	return check(it->head) ? 85 : 0;
}

const struct extractor extract_dbf = {
	.name = "dbf",
	.formats = "dBase and FoxPro tables (dbf)",
	.bid = bid,
	.run = run,
};
