/*
 * A line of labels of which rules know two begins a table when a line of data follows; cells below
 * belong to the header they stand under. Values are only judged here: as text they have been
 * searched already. A table ends after a few lines that have no columns, or where another begins;
 * the same header on the next page does not end it. Text whose labels are never known is asked a
 * bounded number of times, so that programs with aligned comments cost little.
 */
#include "classify/prose.h"

#include <errno.h>
#include <stdlib.h>

#include "base/count.h"
#include "classify/columns.h"
#include "classify/header.h"
#include "classify/lines.h"
#include "classify/prose_line.h"
#include "classify/prose_map.h"
#include "classify/value.h"
#include "match/words.h"

#include "limits.h"

#include "base/poison.h"

#define HEADER_LINES 3u /* a header may be wrapped so often */
#define LABEL_BYTES  32u /* a header in running text is short, or it is a sentence */
#define WRAP_CELLS   3u /* columns of a header that may be wrapped: two are as often a list */
#define HEADER_TEXT  128u /* bytes of one column's header */
#define OTHER_LINES  6u /* lines without columns that end a table */
#define PIECE	     1536u /* bytes of text that are cut into lines at once */
#define NEAR	     8u /* a cell belongs to a header at most so far away */

struct heading {
	uint16_t from, to, tab, n;
	bool known, asked_for; /* rules know it; one wants what stands below it */
	char text[HEADER_TEXT];
};

struct prose {
	struct lexicon *headwords;
	const struct classify_out *out;
	struct columns *columns;
	struct lines lines;
	struct heading head[PROSE_CELLS];
	size_t n_head, head_lines, tabs;
	bool drawn; /* its columns are parted by tabs or bars */
	uint64_t head_line; /* its first line's number */
	bool open; /* a table is being read */
	unsigned other; /* lines without columns since the last row */
	unsigned tries; /* that are left */
	int error;
	struct prose_line line; /* at hand */
	/* the stretch of text at hand */
	struct prose_map map;
	uint32_t base; /* of the open table's columns in it; UINT32_MAX: its header is not heeded */
	struct span text;
	size_t at,
		carry; /* where it begins in its chunk; bytes of its first line that stand before */
};

int
prose_new(const struct ruleset *rs, struct lexicon *headwords, const struct classify_out *out,
	struct prose **ret_p)
{
	struct prose *p = calloc(1, sizeof *p);
	int r = p ? columns_new(rs, &p->columns) : -ENOMEM;

	if (r < 0) {
		free(p);
		return r;
	}
	p->headwords = headwords;
	p->out = out;
	p->tries = LIMIT_PROSE_TRIES;
	p->map.rs = rs;
	p->map.headwords = headwords;
	*ret_p = p;
	return 0;
}

void
prose_free(struct prose *p)
{
	if (p) {
		columns_free(p->columns);
		prose_map_free(&p->map);
	}
	free(p);
}

bool
prose_idle(const struct prose *p)
{
	return columns_idle(p->columns);
}

void
prose_clear(struct prose *p)
{
	p->lines = (struct lines){0};
	p->n_head = 0;
	p->open = false;
	p->tries = LIMIT_PROSE_TRIES;
	p->error = 0;
	prose_map_clear(&p->map);
}

static void
close_table(struct prose *p)
{
	const struct place at = {.kind = PLACE_LINE, .line = p->head_line, .col = 1};

	if (p->open && p->error == 0)
		p->error = columns_end(p->columns, &at, p->out);
	p->open = false;
	p->n_head = 0;
}

/* The header's word goes to the engine, with the cells below it. */
static void
heed_header(struct prose *p)
{
	struct span texts[PROSE_CELLS];

	for (size_t i = 0; i < p->n_head; i++)
		texts[i] = span_of(p->head[i].text, p->head[i].n);
	p->base = UINT32_MAX;
	if (p->error == 0)
		p->error = prose_map_table(&p->map, texts, p->n_head, &p->base);
}

static void
open_table(struct prose *p)
{
	columns_begin(p->columns);
	heed_header(p);
	for (size_t i = 0; i < p->n_head && p->error == 0; i++) {
		struct span t = span_of(p->head[i].text, p->head[i].n);
		const struct said *said;
		struct folded f;
		size_t n;

		words_fold(t, &f);
		n = lexicon_ask(p->headwords, &f, &said);
		for (size_t k = 0; k < n; k++)
			if (HEADWORDS_SLOT(said[k].owner))
				columns_header(p->columns, (uint32_t)i + 1, t, &said[k]);
	}
	p->open = true;
	p->other = 0;
}

/* --- headers ---------------------------------------------------------------------------- */

static bool
all_labels(const struct prose_line *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->cells[i].text.n > LABEL_BYTES || !value_label(l->cells[i].text))
			return false;
	}
	return l->n > 1 && prose_plain(l);
}

/* Does any rule or column group know these words? *ret_wanted: a rule wants what stands below. */
static bool
is_known(const struct prose *p, struct span t, bool *ret_wanted)
{
	bool known = false;
	const struct said *said;
	struct folded f;
	size_t n;

	words_fold(t, &f);
	n = lexicon_ask(p->headwords, &f, &said);
	*ret_wanted = false;
	for (size_t i = 0; i < n; i++) {
		known |= said[i].vote > 0 || !HEADWORDS_SLOT(said[i].owner);
		*ret_wanted |= said[i].vote > 0 && !HEADWORDS_SLOT(said[i].owner);
	}
	return known;
}

static void
add_text(struct heading *h, struct span t)
{
	size_t room = HEADER_TEXT - h->n;

	if (h->n && room > 1) {
		h->text[h->n++] = ' ';
		room--;
	}
	t = span_sub(t, 0, room);
	memcpy(h->text + h->n, t.p, t.n);
	h->n = (uint16_t)(h->n + t.n);
}

static size_t
known_now(struct prose *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_head; i++) {
		struct heading *h = &p->head[i];

		if (!h->known)
			h->known = is_known(p, span_of(h->text, h->n), &h->asked_for);
		n += h->known;
	}
	return n;
}

/* Two known words make a header; where its columns are drawn one that a rule asks for does. */
static bool
is_header(struct prose *p)
{
	bool wanted = false;

	if (p->n_head == 0)
		return false;
	if (known_now(p) >= 2)
		return true;
	for (size_t i = 0; i < p->n_head; i++)
		wanted |= p->head[i].asked_for;
	return wanted && p->drawn;
}

/*
 * The header under or nearest to which a stretch of a line stands, from `first` on. *ret_under: it
 * does stand under it.
 */
static size_t
heading_of(const struct prose *p, const struct prose_cell *c, size_t first, bool *ret_under)
{
	size_t best = SIZE_MAX;
	int most = -(int)NEAR - 1;

	for (size_t i = first; i < p->n_head; i++) {
		const struct heading *h = &p->head[i];
		int from = h->from > c->from ? h->from : c->from;
		int to = h->to < c->to ? h->to : c->to;

		if (to - from > most) {
			most = to - from;
			best = i;
		}
	}
	*ret_under = most > 0;
	return best;
}

static void
hold_header(struct prose *p, uint64_t number)
{
	p->n_head = p->line.n;
	p->head_lines = 1;
	p->head_line = number;
	p->tabs = p->line.tabs;
	p->drawn = p->line.tabs || p->line.bars;
	for (size_t i = 0; i < p->line.n; i++) {
		const struct prose_cell *c = &p->line.cells[i];

		p->head[i] = (struct heading){.from = c->from, .to = c->to, .tab = c->tab};
		add_text(&p->head[i], c->text);
	}
	if (known_now(p) == 0) {
		p->n_head = 0;
		p->tries--;
	}
}

/*
 * A further line of a wrapped header. Not below one that is known by itself, nor a word that is not
 * known below one that is: these may be values, which must not become a part of what is shown.
 */
static bool
wrap_header(struct prose *p)
{
	bool any = false, unused;

	if (p->head_lines >= HEADER_LINES || p->line.n > p->n_head || p->n_head < WRAP_CELLS ||
		is_header(p))
		return false;
	for (size_t i = 0; i < p->line.n; i++) {
		size_t k = heading_of(p, &p->line.cells[i], 0, &unused);
		bool known = is_known(p, p->line.cells[i].text, &unused);

		if (!known && k != SIZE_MAX && p->head[k].known)
			return false;
		any |= known;
	}
	for (size_t i = 0; any && i < p->line.n; i++) {
		const struct prose_cell *c = &p->line.cells[i];
		size_t k = heading_of(p, c, 0, &unused);

		if (k == SIZE_MAX)
			continue;
		add_text(&p->head[k], c->text);
		p->head[k].from = c->from < p->head[k].from ? c->from : p->head[k].from;
		p->head[k].to = c->to > p->head[k].to ? c->to : p->head[k].to;
	}
	p->head_lines += any;
	return any;
}

/* --- rows ------------------------------------------------------------------------------- */

/*
 * The column of a line's cell, from `first` on: where both lines have as many cells by its number,
 * or as many tabs by those in front of it, else the one it stands under. *ret_sure: it is no guess.
 */
static size_t
column_of(const struct prose *p, size_t i, size_t first, bool *ret_sure)
{
	const struct prose_cell *c = &p->line.cells[i];

	*ret_sure = true;
	if (p->line.n == p->n_head)
		return i;
	for (size_t k = first; p->tabs && p->tabs == p->line.tabs && k < p->n_head; k++)
		if (p->head[k].tab == c->tab)
			return k;
	return heading_of(p, c, first, ret_sure);
}

/* The line at hand as a row: its cells in *row, and, when it stands in the chunk, in the map. */
static size_t
lay_row(struct prose *p, size_t start, const uint8_t *line, struct cell *row)
{
	size_t n = 0, first = 0;
	bool sure;

	for (size_t i = 0; i < p->line.n && first < p->n_head; i++) {
		const struct prose_cell *c = &p->line.cells[i];
		size_t k = column_of(p, i, first, &sure), at = start + (size_t)(c->text.p - line);

		if (k >= p->n_head)
			continue;
		row[n++] = (struct cell){.col = (uint32_t)k + 1, .text = c->text};
		first = k + 1;
		if (sure && start != SIZE_MAX && p->base != UINT32_MAX && p->error == 0)
			p->error = prose_map_cell(
				&p->map, at, at + c->text.n, p->base + (uint32_t)k + 1);
	}
	prose_map_row(&p->map);
	return n;
}

/* Where a line begins in its chunk; SIZE_MAX when that is not known. */
static size_t
line_start(const struct prose *p, struct span line)
{
	if (line.p >= p->text.p && line.p < p->text.p + p->text.n)
		return p->at + (size_t)(line.p - p->text.p);
	return p->carry && p->carry <= p->at && !p->lines.skip ? p->at - p->carry : SIZE_MAX;
}

static void
take_row(struct prose *p, struct span line, uint64_t number)
{
	struct cell row[PROSE_CELLS];
	size_t n = lay_row(p, line_start(p, line), line.p, row);

	columns_row(p->columns, number, row, n, p->out);
	p->other = 0;
}

/* The header of the table at hand again, on a further page? */
static bool
same_header(const struct prose *p)
{
	for (size_t i = 0; i < p->line.n; i++) {
		struct span t = p->line.cells[i].text;

		if (i >= p->n_head || t.n > p->head[i].n ||
			!span_has(
				span_of(p->head[i].text, p->head[i].n), 0, (const char *)t.p, t.n))
			return false;
	}
	return true;
}

static bool
begins_another(struct prose *p)
{
	size_t known = 0;
	bool unused;

	if (p->tries == 0)
		return false;
	for (size_t i = 0; i < p->line.n && known < 2; i++)
		known += is_known(p, p->line.cells[i].text, &unused);
	p->tries -= known < 2;
	return known >= 2 && p->line.n > 2;
}

static void
take_label_line(struct prose *p, struct span line, uint64_t number)
{
	if (p->open) {
		if (same_header(p))
			return;
		if (!begins_another(p)) {
			take_row(p, line, number);
			return;
		}
		close_table(p);
	}
	if (p->n_head && wrap_header(p))
		return;
	if (is_header(p)) {
		open_table(p);
		take_row(p, line, number);
		return;
	}
	p->n_head = 0;
	if (p->tries > 0)
		hold_header(p, number);
}

static void
take_data_line(struct prose *p, struct span line, uint64_t number)
{
	if (!p->open && is_header(p))
		open_table(p);
	if (p->open)
		take_row(p, line, number);
	else
		p->n_head = 0;
}

static void
take_line(struct prose *p, struct span line, uint64_t number)
{
	if (p->error || (!p->open && !p->n_head && (p->tries == 0 || !prose_may_head(line))))
		return;
	prose_split(line, &p->line);
	if (p->line.n == 0 || prose_rule(&p->line))
		return;
	if (p->line.n == 1) {
		if (p->open && ++p->other >= OTHER_LINES)
			close_table(p);
		if (!p->open)
			p->n_head = 0;
	} else if (all_labels(&p->line)) {
		take_label_line(p, line, number);
	} else {
		take_data_line(p, line, number);
	}
}

static void
on_line(void *user, struct span line, uint64_t number)
{
	struct prose *p = user;

	take_line(p, line, number);
	p->carry = 0;
}

/* The end of the text is not the end of its last line: the cells that are there belong to it. */
static void
lay_tail(struct prose *p)
{
	struct cell row[PROSE_CELLS];
	struct span line = span_of(p->lines.keep, p->lines.n);

	if (!p->open || !line.n || p->lines.skip || p->error || line.n > p->at + p->text.n)
		return;
	prose_split(line, &p->line);
	(void)lay_row(p, p->at + p->text.n - line.n, line.p, row);
}

/* So many bytes are cut into lines at once: whole ones, where there are any. */
static size_t
piece_of(struct span text)
{
	const uint8_t *nl;

	if (text.n <= PIECE)
		return text.n;
	nl = memrchr(text.p, '\n', PIECE);
	return nl ? (size_t)(nl - text.p) + 1 : PIECE;
}

int
prose_text(struct prose *p, struct span text, size_t at, const struct cell_map **ret_map)
{
	prose_map_clear(&p->map);
	p->text = text;
	p->at = at;
	p->carry = p->lines.n;
	if (p->open)
		heed_header(p);
	while (text.n && p->error == 0) {
		bool going = p->open || p->n_head || p->lines.n || p->lines.skip;
		size_t skip = going ? 0 : prose_hint(text, 0);
		size_t n;

		/* counted as lines, and at a line's beginning */
		p->lines.number += count_byte(span_sub(text, 0, skip), '\n');
		text = span_sub(text, skip, text.n);
		n = piece_of(text);
		lines_feed(&p->lines, span_sub(text, 0, n), on_line, p);
		text = span_sub(text, n, text.n);
	}
	lay_tail(p);
	if (p->error == 0)
		*ret_map = prose_map_get(&p->map);
	return p->error;
}

int
prose_end(struct prose *p)
{
	int r;

	p->text = (struct span){0};
	p->carry = 0;
	lines_end(&p->lines, on_line, p);
	close_table(p);
	r = p->error;
	prose_clear(p);
	return r;
}
