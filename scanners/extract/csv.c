/*
 * Rows are cut out of one window of decoded text in place: cells of a row are spans of the window,
 * and only a doubled quote moves bytes. A quote that does not close within CSV_QUOTED bytes is taken
 * for an ordinary character, and no quote is believed again before the place where that was found
 * out, so that every byte is looked at twice at most and a stray quote cannot swallow the file.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/lanes.h"
#include "base/utf8.h"
#include "extract/charset.h"
#include "extract/csv_guess.h"
#include "extract/extract.h"
#include "limits.h"
#include "text_test.h"

#include "base/poison.h"

#define CSV_PIECE  (64u * 1024)
#define BLOCK	   (4 * LANES) /* bytes that are searched at once for the end of a cell */
#define CSV_ROW	   (1 * MIB) /* bytes of one row; the window holds no more */
#define CSV_QUOTED (64 * KIB) /* bytes within which a quote must close */

enum where { AT_START, IN_PLAIN, IN_QUOTED, AFTER_QUOTED };

struct csv {
	struct sink *s;
	uint8_t sep;
	struct buf win;
	size_t row; /* where the row at hand begins */
	size_t pos; /* next byte to look at */
	size_t field; /* where the cell at hand begins */
	size_t close; /* AFTER_QUOTED: where its closing quote is */
	size_t trust; /* quotes before this place are ordinary characters */
	enum where where;
	bool escaped; /* a doubled quote is in the cell */
	bool was_cr; /* the row before ended in a return: a newline belongs to it */
	bool drop; /* the row was cut: everything up to its end is dropped */
	bool cut; /* a gap is due */
	uint64_t line; /* of the row at hand, counted from 1 */
	uint64_t lines; /* newlines inside it */
	struct cell *cells;
	size_t n_cells, room;
	uint32_t col; /* of the cell at hand */
	bool first; /* no row has ended yet */
	uint8_t special[256]; /* what ends a plain cell */
};

/* Makes "" one quote, in place. */
static size_t
unescape(uint8_t *p, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		p[k++] = p[i];
		if (p[i] == '"' && i + 1 < n && p[i + 1] == '"')
			i++;
	}
	return k;
}

static int
cells_grow(struct csv *c)
{
	size_t room = c->room ? c->room * 2 : 64;
	struct cell *cells = reallocarray(c->cells, room, sizeof *cells);

	if (!cells)
		return -ENOMEM;
	c->cells = cells;
	c->room = room;
	return 0;
}

/* At most LIMIT_CELL bytes, cut between characters. */
static struct span
cell_cut(struct csv *c, struct span t)
{
	if (t.n <= LIMIT_CELL)
		return t;
	c->cut = true;
	return span_sub(t, 0, utf8_fit(t, LIMIT_CELL));
}

static uint64_t
count_lines(const uint8_t *p, size_t n)
{
	uint64_t lines = 0;
	const uint8_t *end = p + n;

	while ((p = memchr(p, '\n', (size_t)(end - p)))) {
		lines++;
		p++;
	}
	return lines;
}

/* The bytes of the cell at hand, quotes taken off: *ret_from and their number. */
static size_t
cell_content(struct csv *c, size_t end, size_t *ret_from)
{
	size_t from = c->field, n = end - from;

	if (c->where == AFTER_QUOTED) {
		from++;
		n = c->close > from ? c->close - from : 0;
		c->lines += count_lines(c->win.p + from, n);
		if (c->escaped)
			n = unescape(c->win.p + from, n);
	}
	*ret_from = from;
	return n;
}

/* The cell at hand ends before end. Its offset stands in alt.n until row_give(). */
static int
cell_end(struct csv *c, size_t end)
{
	size_t from, n = cell_content(c, end, &from);

	c->where = AT_START;
	c->escaped = false;
	c->field = end + 1;
	c->col++;
	if (n == 0 || c->drop)
		return 0;
	if (c->n_cells == LIMIT_ROW_CELLS) {
		c->cut = true;
		return 0;
	}
	if (c->n_cells == c->room && cells_grow(c) < 0)
		return -ENOMEM;
	c->cells[c->n_cells++] =
		(struct cell){.col = c->col, .text = {NULL, n}, .alt = {NULL, from}};
	return 0;
}

static int
row_give(struct csv *c)
{
	for (size_t i = 0; i < c->n_cells; i++) {
		struct cell *l = &c->cells[i];

		l->text = cell_cut(c, span_of(c->win.p + l->alt.n, l->text.n));
		l->alt = (struct span){0};
		l->number = cell_is_number(l->text);
	}
	return c->n_cells ? c->s->ops->row(c->s, c->line, c->cells, c->n_cells) : 0;
}

/* The row at hand ended before end; the next one begins at pos. Excel's "sep=;" is no row. */
static int
row_end(struct csv *c, size_t end)
{
	bool sep_line = c->first && end - c->row <= 6 && end - c->row >= 4 &&
		memcmp(c->win.p + c->row, "sep=", 4) == 0;
	int r = c->drop || sep_line ? 0 : row_give(c);

	c->first = false;
	c->drop = false;
	c->line += c->lines + 1;
	c->lines = 0;
	c->n_cells = 0;
	c->col = 0;
	c->row = c->field = c->pos;
	return r;
}

/* The opening quote of the cell at hand does not close: it is data, and so are all up to here. */
static void
distrust(struct csv *c)
{
	c->trust = c->pos;
	c->pos = c->field;
	c->where = IN_PLAIN;
	c->escaped = false;
}

/* Returns false when more bytes are needed. */
static bool
parse_quoted(struct csv *c, bool last)
{
	const uint8_t *q = memchr(c->win.p + c->pos, '"', c->win.n - c->pos);
	size_t at = q ? (size_t)(q - c->win.p) : c->win.n;

	if (at - c->field > CSV_QUOTED || (!q && last)) {
		c->pos = at;
		distrust(c);
		return true;
	}
	c->pos = at;
	if (!q || (at + 1 == c->win.n && !last))
		return false;
	if (at + 1 < c->win.n && c->win.p[at + 1] == '"') {
		c->escaped = true;
		c->pos = at + 2;
		return true;
	}
	c->close = at;
	c->pos = at + 1;
	c->where = AFTER_QUOTED;
	return true;
}

/* A separator or a line's end at pos. */
static int
parse_delimiter(struct csv *c)
{
	size_t end = c->pos++;
	uint8_t byte = c->win.p[end];
	int r = cell_end(c, end);

	if (r < 0 || byte == c->sep)
		return r;
	c->was_cr = byte == '\r';
	return row_end(c, end);
}

/* Text behind a closing quote: the quotes were part of the cell after all. */
static void
reopen(struct csv *c)
{
	c->lines += count_lines(c->win.p + c->field, c->pos - c->field);
	c->where = IN_PLAIN;
}

/* Sixty-four bytes of the window, and which of them end a plain cell. */
struct block {
	size_t at;
	uint64_t ends;
};

static uint64_t
block_ends(const uint8_t *p, uint8_t sep)
{
	lanes e[4];

	for (size_t i = 0; i < 4; i++) {
		lanes v = lanes_load(p + i * LANES);

		e[i] = (lanes)(v == sep) | (lanes)(v == '\n') | (lanes)(v == '\r');
	}
	return lanes_bits4(e[0], e[1], e[2], e[3]);
}

/* The end of the plain cell that goes on at `at`, or of the window. */
static inline size_t
plain_end(const struct csv *c, struct block *b, size_t at)
{
	const uint8_t *p = c->win.p;
	size_t n = c->win.n;

	for (;;) {
		if (at >= b->at && at - b->at < BLOCK) {
			uint64_t ends = b->ends >> (at - b->at);

			if (ends)
				return at + (size_t)__builtin_ctzll(ends);
			at = b->at + BLOCK;
		}
		if (n - at < BLOCK)
			break;
		*b = (struct block){at, block_ends(p + at, c->sep)};
	}
	while (at < n && !c->special[p[at]])
		at++;
	return at;
}

static int
parse(struct csv *c, bool last)
{
	const uint8_t *special = c->special;
	struct block block = {.at = SIZE_MAX};
	int r = 0;

	while (c->pos < c->win.n && r == 0) {
		const uint8_t *p = c->win.p;
		size_t at = c->pos, n = c->win.n;

		if (c->where == IN_QUOTED) {
			if (!parse_quoted(c, last))
				break;
			continue;
		}
		if (c->where == AT_START) {
			bool newline = c->was_cr && p[at] == '\n';

			c->was_cr = false;
			if (newline) {
				c->pos = c->row = c->field = at + 1;
				continue;
			}
			c->where = p[at] == '"' && at >= c->trust ? IN_QUOTED : IN_PLAIN;
			if (c->where == IN_QUOTED) {
				c->pos++;
				continue;
			}
		}
		if (c->where == AFTER_QUOTED && !special[p[at]])
			reopen(c);
		at = plain_end(c, &block, at);
		c->pos = at;
		if (at < n)
			r = parse_delimiter(c);
	}
	return r;
}

static size_t
less(size_t a, size_t b)
{
	return a > b ? a - b : 0;
}

/* Moves the row at hand to the window's beginning. */
static void
shift(struct csv *c)
{
	size_t by = c->row;

	if (by == 0)
		return;
	memmove(c->win.p, c->win.p + by, c->win.n - by);
	c->win.n -= by;
	c->pos -= by;
	c->field -= by;
	c->close = less(c->close, by);
	c->trust = less(c->trust, by);
	c->row = 0;
	for (size_t i = 0; i < c->n_cells; i++)
		c->cells[i].alt.n -= by;
}

/* The window is full: what is there is the row; the rest of it is dropped. */
static int
row_cut(struct csv *c)
{
	enum where where = c->where == IN_QUOTED ? IN_QUOTED : IN_PLAIN;
	int r = 0;

	if (!c->drop) {
		if (c->where == IN_QUOTED) {
			c->close = c->win.n;
			c->where = AFTER_QUOTED;
		}
		r = cell_end(c, c->win.n);
		if (r == 0)
			r = row_give(c);
	}
	c->cut = c->drop = true;
	c->n_cells = 0;
	c->win.n = c->pos = c->field = c->close = 0;
	c->trust = 0;
	c->where = where;
	return r;
}

static int
csv_text(void *user, struct span in)
{
	struct csv *c = user;

	while (in.n) {
		size_t n = in.n < CSV_PIECE ? in.n : CSV_PIECE;
		int r;

		buf_put(&c->win, in.p, n);
		if (c->win.failed)
			return -ENOMEM;
		in = span_sub(in, n, in.n);
		r = parse(c, false);
		if (r < 0)
			return r;
		shift(c);
		if (c->win.n >= CSV_ROW) {
			r = row_cut(c);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

static int
csv_finish(struct csv *c)
{
	int r;

	if (c->where == IN_QUOTED && c->pos == c->win.n)
		distrust(c);
	r = parse(c, true);
	if (r == 0 && (c->pos > c->row || c->n_cells)) {
		r = cell_end(c, c->win.n);
		if (r == 0)
			r = row_end(c, c->win.n);
	}
	if (r == 0 && c->cut)
		r = sink_gap(c->s, GAP_TOO_BIG, true, "table cell or row cut short");
	return r;
}

static int
read_error(struct sink *s, ssize_t got)
{
	if (got == -EFBIG || got == -E2BIG || got == -ETIME || got == -ECANCELED || got == -ENOMEM)
		return (int)got;
	return sink_gap(s, GAP_IO_ERROR, true, "reading failed before the end");
}

static int
feed_all(struct csv *c, struct item *it, struct decoder *d)
{
	bool whole = it->head.n == it->r->size - it->r->pos;
	_cleanup_free_ uint8_t *piece = whole ? NULL : malloc(CSV_PIECE);
	ssize_t got;
	int r = 0;

	if (whole)
		return decoder_feed(d, it->head, csv_text, c);
	if (!piece)
		return -ENOMEM;
	while (r == 0 && (got = reader_read(it->r, piece, CSV_PIECE)) != 0) {
		if (got < 0)
			return read_error(c->s, got);
		r = budget_tick(c->s->budget);
		if (r == 0)
			r = decoder_feed(d, span_of(piece, (size_t)got), csv_text, c);
	}
	return r;
}

static char
find_sep(const struct item *it)
{
	uint8_t buf[CSV_SAMPLE];
	size_t n = text_sample(it->head, it->charset ? it->charset : "utf-8", buf, sizeof buf);

	if (n > 5 && memcmp(buf, "sep=", 4) == 0 && memchr(",;\t|", buf[4], 4))
		return (char)buf[4];
	return csv_guess(span_of(buf, n), true, true);
}

static void
csv_free(struct csv *c)
{
	buf_free(&c->win);
	free(c->cells);
}

static int
csv_run(struct item *it, struct sink *s)
{
	_cleanup_(csv_free) struct csv c = {.s = s, .line = 1, .first = true};
	const struct table_at at = {.lines = true};
	struct decoder d;
	char sep = find_sep(it);
	int r;

	if (!sep)
		return -EMEDIUMTYPE;
	c.sep = (uint8_t)sep;
	c.special[c.sep] = c.special['\n'] = c.special['\r'] = 1;
	decoder_start(&d, charset_find(span_str(it->charset ? it->charset : "utf-8")));
	r = s->ops->table_begin(s, &at);
	if (r == 0)
		r = feed_all(&c, it, &d);
	if (r == 0)
		r = decoder_end(&d, csv_text, &c);
	if (r == 0)
		r = csv_finish(&c);
	return r < 0 ? r : s->ops->table_end(s);
}

static int
csv_bid(const struct item *it)
{
	return it->format == FORMAT_CSV ? 50 : 0;
}

const struct extractor extract_csv = {
	.name = "csv",
	.formats = "csv, tsv and other separated tables",
	.bid = csv_bid,
	.run = csv_run,
};
