/*
 * Rows are cut out of one window of decoded text in place: cells of a row are spans of the window,
 * and only a doubled quote moves bytes. A quote that does not close within LIMIT_CSV_QUOTED bytes
 * (or LIMIT_CELL) and has rows of this table behind it is taken for an ordinary character, and no
 * quote is believed again before the place where that was found out, so that every byte is looked at
 * twice at most and a stray quote cannot swallow the file. A cell that is longer than a cell may be is
 * a text of its own (csv_long.h), a longer row goes out in pieces: nothing is left out.
 */
#include "extract/csv_rows.h"

#include <errno.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "extract/csv_block.h"
#include "extract/csv_long.h"
#include "limits.h"

#include "base/poison.h"

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

static int
row_give(struct csv_rows *c)
{
	size_t n = c->n_cells;

	c->n_cells = 0;
	return n ? c->s->ops->row(c->s, c->line, c->cells, n) : 0;
}

static inline int
cell_put(struct csv_rows *c, size_t from, size_t n, bool number)
{
	int r = 0;

	if (n > LIMIT_CELL)
		return csv_long_give(c, from, n);
	if (c->n_cells == c->room)
		r = c->n_cells == LIMIT_ROW_CELLS ? row_give(c) : cells_grow(c);
	if (r == 0)
		c->cells[c->n_cells++] = (struct cell){
			.col = c->col, .number = number, .text = span_of(c->win.p + from, n)};
	return r;
}

/* The cell at hand ends before end. */
static int
cell_end(struct csv_rows *c, size_t end)
{
	size_t from = c->field, n = end - from;
	int r = 0;

	if (c->where == AFTER_QUOTED) {
		from++;
		n = c->close > from ? c->close - from : 0;
		c->lines += csv_long_lines(c->win.p + from, n);
		if (c->escaped && n <= LIMIT_CELL)
			n = csv_long_unescape(c, from, n);
	}
	c->col++;
	if (c->going)
		r = csv_long_end(c, from, n);
	else if (n > 0)
		r = cell_put(c, from, n, is_number(span_of(c->win.p + from, n)));
	c->where = AT_START;
	c->escaped = c->believed = false;
	c->field = end + 1;
	return r;
}

/* The row at hand ended before end; the next one begins at pos. Excel's "sep=;" is no row. */
static int
row_end(struct csv_rows *c, size_t end)
{
	bool sep_line = c->first && end - c->row <= 6 && end - c->row >= 4 &&
		memcmp(c->win.p + c->row, "sep=", 4) == 0;
	int r = sep_line ? 0 : row_give(c);

	c->first = false;
	c->place.line = 0;
	c->line += c->lines + 1;
	c->lines = 0;
	c->n_cells = 0;
	c->cols = c->col;
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

	c->pos = at;
	if (!c->believed && (at - c->field > LIMIT_CSV_QUOTED || (!q && last))) {
		c->believed = !last && !csv_long_rows(c);
		if (!c->believed) {
			distrust(c);
			return true;
		}
	}
	if (!q || (at + 1 == c->win.n && !last))
		return false;
	if (at + 1 < c->win.n && c->win.p[at + 1] == '"') {
		c->escaped = true;
		c->pos = at + 2;
		return true;
	}
	if (!c->believed && at - c->field > LIMIT_CELL && c->cols > 1 && csv_long_rows(c)) {
		distrust(c);
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
	c->lines += csv_long_lines(c->win.p + c->field, c->pos - c->field);
	c->field += c->going; /* the quote is not in the text */
	c->where = IN_PLAIN;
	c->escaped = false;
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

		if (c->room && c->pos >= block->at && c->pos - block->at < CSV_BLOCK &&
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
		if (end > from)
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
	c->place.at = less(c->place.at, by);
	c->row = 0;
}

/* The window is full: the cells that are whole go out, the row goes on with the one at hand. */
static int
row_part(struct csv_rows *c)
{
	int r = row_give(c);

	csv_long_place(c, c->field);
	c->first = false;
	c->row = c->field;
	shift(c);
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
		size_t n = utf8_fit(in, CSV_PIECE);
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
		if ((c->where == IN_PLAIN || c->believed) && c->win.n - c->field > LIMIT_CELL)
			r = csv_long_part(c);
		if (r == 0 && c->win.n >= LIMIT_CSV_ROW)
			r = row_part(c);
		if (r < 0)
			return r;
	}
	return 0;
}

int
csv_rows_end(struct csv_rows *c)
{
	int r;

	if (c->where == IN_QUOTED && c->pos == c->win.n && !c->believed)
		distrust(c);
	r = parse(c, true);
	if (c->where == IN_QUOTED) { /* it never closes: a text to the end */
		c->close = c->win.n;
		c->where = AFTER_QUOTED;
	}
	if (r == 0 && (c->pos > c->row || c->n_cells || c->going)) {
		r = cell_end(c, c->win.n);
		if (r == 0)
			r = row_end(c, c->win.n);
	}
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
