/*
 * Rows are cut out of one window of decoded text in place: cells of a row are spans of the window,
 * and only a doubled quote moves bytes. A quote that does not close within LIMIT_CSV_QUOTED bytes is taken
 * for an ordinary character, and no quote is believed again before the place where that was found
 * out, so that every byte is looked at twice at most and a stray quote cannot swallow the file.
 */
#include "extract/csv_rows.h"

#include <errno.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "extract/csv_block.h"
#include "limits.h"

#include "base/poison.h"

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
cells_grow(struct csv_rows *c)
{
	size_t room = c->room ? c->room * 2 : 64; /* LIMIT_ROW_CELLS is one of these */
	struct cell *cells = reallocarray(c->cells, room, sizeof *cells);

	if (!cells)
		return -ENOMEM;
	c->cells = cells;
	c->room = room;
	return 0;
}

/* cell_is_number(), for most cells by their ends. */
static bool
is_number(struct span t)
{
	static const bool ends[256] = {['0' ... '9'] = true, ['.'] = true, [','] = true};

	return ends[t.p[t.n - 1]] && (ends[t.p[0]] || t.p[0] == '-') && cell_is_number(t);
}

/* At most LIMIT_CELL bytes, cut between characters. */
static struct span
cell_cut(struct csv_rows *c, struct span t)
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
cell_content(struct csv_rows *c, size_t end, size_t *ret_from)
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

static inline int
cell_put(struct csv_rows *c, size_t from, size_t n, bool number)
{
	struct span t = span_of(c->win.p + from, n);

	if (c->n_cells == c->room) {
		if (c->n_cells == LIMIT_ROW_CELLS) {
			c->cut = true;
			return 0;
		}
		if (cells_grow(c) < 0)
			return -ENOMEM;
	}
	if (n > LIMIT_CELL)
		t = cell_cut(c, t);
	c->cells[c->n_cells++] = (struct cell){.col = c->col, .number = number, .text = t};
	return 0;
}

/* The cell at hand ends before end. */
static int
cell_end(struct csv_rows *c, size_t end)
{
	size_t from, n = cell_content(c, end, &from);

	c->where = AT_START;
	c->escaped = false;
	c->field = end + 1;
	c->col++;
	return n == 0 || c->drop ? 0 : cell_put(c, from, n, is_number(span_of(c->win.p + from, n)));
}

static int
row_give(struct csv_rows *c)
{
	return c->n_cells ? c->s->ops->row(c->s, c->line, c->cells, c->n_cells) : 0;
}

/* The row at hand ended before end; the next one begins at pos. Excel's "sep=;" is no row. */
static int
row_end(struct csv_rows *c, size_t end)
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
distrust(struct csv_rows *c)
{
	c->trust = c->pos;
	c->pos = c->field;
	c->where = IN_PLAIN;
	c->escaped = false;
}

/* Returns false when more bytes are needed. */
static bool
parse_quoted(struct csv_rows *c, bool last)
{
	const uint8_t *q = memchr(c->win.p + c->pos, '"', c->win.n - c->pos);
	size_t at = q ? (size_t)(q - c->win.p) : c->win.n;

	if (at - c->field > LIMIT_CSV_QUOTED || (!q && last)) {
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
parse_delimiter(struct csv_rows *c)
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
reopen(struct csv_rows *c)
{
	c->lines += count_lines(c->win.p + c->field, c->pos - c->field);
	c->where = IN_PLAIN;
}

/* The end of the plain cell that goes on at `at`, or of the window. */
static inline size_t
plain_end(const struct csv_rows *c, struct csv_block *b, size_t at)
{
	const uint8_t *p = c->win.p;
	size_t n = c->win.n;

	if (at >= b->at && at - b->at < CSV_BLOCK) {
		uint64_t ends = b->ends >> (at - b->at);

		if (ends)
			return at + (size_t)__builtin_ctzll(ends);
	}
	for (; n - at >= CSV_BLOCK; at += CSV_BLOCK) {
		b->at = at;
		csv_block_fill(b, p + at, c->sep);
		if (b->ends)
			return at + (size_t)__builtin_ctzll(b->ends);
	}
	while (at < n && !c->special[p[at]])
		at++;
	return at;
}

/* Is the plain cell a number? Most lie in one block. */
static inline bool
plain_number(const struct csv_rows *c, const struct csv_block *b, size_t from, size_t end)
{
	if (from >= b->at && end - b->at <= CSV_BLOCK)
		return csv_block_number(b, from - b->at, end - from, c->win.p[from] == '-');
	return is_number(span_of(c->win.p + from, end - from));
}

/*
 * Plain cells from pos on that end in the block at hand, each with a separator behind it; the first that
 * is anything else is left. What is counted stays out of memory, which is most of the gain.
 */
static void
cells_of_block(struct csv_rows *c, const struct csv_block *b)
{
	struct cell *cell = c->cells + c->n_cells;
	const struct cell *full = c->cells + c->room;
	const uint8_t *p = c->win.p;
	size_t from = c->pos, trust = c->trust;
	uint8_t sep = c->sep;
	uint32_t col = c->col;

	for (uint64_t ends = b->ends >> (from - b->at) << (from - b->at); ends; ends &= ends - 1) {
		size_t end = b->at + (size_t)__builtin_ctzll(ends);

		if (p[end] != sep || cell == full || (p[from] == '"' && from >= trust))
			break;
		col++;
		if (end > from)
			*cell++ = (struct cell){.col = col,
				.number = csv_block_number(
					b, from - b->at, end - from, p[from] == '-'),
				.text = span_of(p + from, end - from)};
		from = end + 1;
	}
	c->n_cells = (size_t)(cell - c->cells);
	c->col = col;
	c->pos = c->field = from;
}

/* Plain cells from pos on, one after the other, to the first that is not or is cut. */
static int
parse_plain(struct csv_rows *c, struct csv_block *block)
{
	int r = 0;

	while (r == 0 && c->pos < c->win.n) {
		size_t from, end;
		uint8_t byte;

		if (c->pos >= block->at && c->pos - block->at < CSV_BLOCK && !c->drop &&
			!c->was_cr) {
			cells_of_block(c, block);
			if (c->pos == c->win.n)
				break;
		}
		from = c->pos;
		byte = c->win.p[from];
		if ((byte == '"' && from >= c->trust) || (byte == '\n' && c->was_cr))
			break;
		c->was_cr = false;
		end = plain_end(c, block, from);
		if (end == c->win.n) {
			c->where = IN_PLAIN;
			c->pos = end;
			break;
		}
		c->col++;
		if (end > from && !c->drop)
			r = cell_put(c, from, end - from, plain_number(c, block, from, end));
		c->pos = c->field = end + 1;
		byte = c->win.p[end];
		if (byte != c->sep && r == 0) {
			c->was_cr = byte == '\r';
			r = row_end(c, end);
		}
	}
	return r;
}

static int
parse(struct csv_rows *c, bool last)
{
	const uint8_t *special = c->special;
	struct csv_block block = {.at = SIZE_MAX};
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
			} else if (p[at] == '"' && at >= c->trust) {
				c->where = IN_QUOTED;
				c->pos++;
			} else {
				r = parse_plain(c, &block);
			}
			continue;
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

/* The bytes of the window are now at another place: so are those of the cells at hand. */
static void
cells_move(struct csv_rows *c, const uint8_t *was, const uint8_t *now)
{
	for (size_t i = 0; i < c->n_cells; i++)
		c->cells[i].text.p = now + (c->cells[i].text.p - was);
}

/* Moves the row at hand to the window's beginning. */
static void
shift(struct csv_rows *c)
{
	size_t by = c->row;

	if (by == 0)
		return;
	memmove(c->win.p, c->win.p + by, c->win.n - by);
	cells_move(c, c->win.p + by, c->win.p);
	c->win.n -= by;
	c->pos -= by;
	c->field -= by;
	c->close = less(c->close, by);
	c->trust = less(c->trust, by);
	c->row = 0;
}

/* The window is full: what is there is the row; the rest of it is dropped. */
static int
row_cut(struct csv_rows *c)
{
	enum csv_where where = c->where == IN_QUOTED ? IN_QUOTED : IN_PLAIN;
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

/* Room for n more bytes; cells of the row at hand keep pointing at theirs. */
static int
window_grow(struct csv_rows *c, size_t n)
{
	struct buf bigger = {0};

	if (!buf_room(&bigger, c->win.n + n))
		return -ENOMEM;
	buf_put(&bigger, c->win.p, c->win.n);
	cells_move(c, c->win.p, bigger.p);
	buf_free(&c->win);
	c->win = bigger;
	return 0;
}

int
csv_rows_text(void *user, struct span in)
{
	struct csv_rows *c = user;

	while (in.n) {
		size_t n = in.n < CSV_PIECE ? in.n : CSV_PIECE;
		size_t room = c->win.cap;
		int r;

		if (n >= room - c->win.n && window_grow(c, n) < 0)
			return -ENOMEM;
		buf_put(&c->win, in.p, n);
		in = span_sub(in, n, in.n);
		r = parse(c, false);
		if (r < 0)
			return r;
		shift(c);
		if (c->win.n >= LIMIT_CSV_ROW) {
			r = row_cut(c);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

int
csv_rows_end(struct csv_rows *c)
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

void
csv_rows_start(struct csv_rows *c, struct sink *s, char sep)
{
	*c = (struct csv_rows){.s = s, .sep = (uint8_t)sep, .line = 1, .first = true};
	c->special[c->sep] = c->special['\n'] = c->special['\r'] = 1;
}

void
csv_rows_free(struct csv_rows *c)
{
	buf_free(&c->win);
	free(c->cells);
}
