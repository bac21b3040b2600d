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
	uint16_t from, to, n;
	bool known;
	char text[HEADER_TEXT];
};

struct prose {
	struct lexicon *headwords;
	const struct classify_out *out;
	struct columns *columns;
	struct lines lines;
	struct heading head[PROSE_CELLS];
	size_t n_head, head_lines, tabs;
	uint64_t head_line; /* its first line's number */
	bool open; /* a table is being read */
	unsigned other; /* lines without columns since the last row */
	unsigned tries; /* that are left */
	int error;
	struct prose_line line; /* at hand */
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
	*ret_p = p;
	return 0;
}

void
prose_free(struct prose *p)
{
	if (p)
		columns_free(p->columns);
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

static void
open_table(struct prose *p)
{
	columns_begin(p->columns);
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

static bool
is_known(const struct prose *p, struct span t)
{
	const struct said *said;
	struct folded f;
	size_t n;

	words_fold(t, &f);
	n = lexicon_ask(p->headwords, &f, &said);
	for (size_t i = 0; i < n; i++)
		if (said[i].vote > 0 && HEADWORDS_SLOT(said[i].owner))
			return true;
	return false;
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

		h->known = h->known || is_known(p, span_of(h->text, h->n));
		n += h->known;
	}
	return n;
}

/* The header under or nearest to which a stretch of a line stands, from `first` on. */
static size_t
heading_of(const struct prose *p, const struct prose_cell *c, size_t first)
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
	return best;
}

static void
hold_header(struct prose *p, uint64_t number)
{
	p->n_head = p->line.n;
	p->head_lines = 1;
	p->head_line = number;
	p->tabs = p->line.tabs;
	for (size_t i = 0; i < p->line.n; i++) {
		const struct prose_cell *c = &p->line.cells[i];

		p->head[i] = (struct heading){.from = c->from, .to = c->to};
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
	bool any = false;

	if (p->head_lines >= HEADER_LINES || p->line.n > p->n_head || p->n_head < WRAP_CELLS ||
		known_now(p) >= 2)
		return false;
	for (size_t i = 0; i < p->line.n; i++) {
		size_t k = heading_of(p, &p->line.cells[i], 0);
		bool known = is_known(p, p->line.cells[i].text);

		if (!known && k != SIZE_MAX && p->head[k].known)
			return false;
		any |= known;
	}
	for (size_t i = 0; any && i < p->line.n; i++) {
		const struct prose_cell *c = &p->line.cells[i];
		size_t k = heading_of(p, c, 0);

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

/* Cells go to the columns they stand under; where both lines have as many tabs, by their number. */
static void
take_row(struct prose *p, uint64_t number)
{
	struct cell row[PROSE_CELLS];
	size_t n = 0, first = 0;
	bool counted = p->line.n == p->n_head || (p->tabs && p->tabs == p->line.tabs);

	for (size_t i = 0; i < p->line.n && first < p->n_head; i++) {
		const struct prose_cell *c = &p->line.cells[i];
		size_t k = counted ? i : heading_of(p, c, first);

		if (k >= p->n_head)
			continue;
		row[n++] = (struct cell){.col = (uint32_t)k + 1, .text = c->text};
		first = k + 1;
	}
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

	if (p->tries == 0)
		return false;
	for (size_t i = 0; i < p->line.n && known < 2; i++)
		known += is_known(p, p->line.cells[i].text);
	p->tries -= known < 2;
	return known >= 2 && p->line.n > 2;
}

static void
take_label_line(struct prose *p, uint64_t number)
{
	if (p->open) {
		if (same_header(p))
			return;
		if (!begins_another(p)) {
			take_row(p, number);
			return;
		}
		close_table(p);
	}
	if (p->n_head && wrap_header(p))
		return;
	if (p->n_head && known_now(p) >= 2) {
		open_table(p);
		take_row(p, number);
		return;
	}
	p->n_head = 0;
	if (p->tries > 0)
		hold_header(p, number);
}

static void
take_data_line(struct prose *p, uint64_t number)
{
	if (!p->open && p->n_head && known_now(p) >= 2)
		open_table(p);
	if (p->open)
		take_row(p, number);
	else
		p->n_head = 0;
}

static void
on_line(void *user, struct span line, uint64_t number)
{
	struct prose *p = user;

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
		take_label_line(p, number);
	} else {
		take_data_line(p, number);
	}
}

/* No table is read and no header held: lines that may not be one need not be looked at. */
static bool
is_idle(const struct prose *p)
{
	return !p->open && !p->n_head && !p->lines.n && !p->lines.skip;
}

static void
take_lines(struct prose *p, struct span text)
{
	while (text.n) {
		size_t skip = is_idle(p) ? prose_head_line(text) : 0;
		const uint8_t *nl;

		p->lines.number += count_byte(span_sub(text, 0, skip), '\n');
		text = span_sub(text, skip, text.n);
		nl = text.n ? memchr(text.p, '\n', text.n) : NULL;
		skip = nl ? (size_t)(nl - text.p) + 1 : text.n;
		lines_feed(&p->lines, span_sub(text, 0, skip), on_line, p);
		text = span_sub(text, skip, text.n);
	}
}

int
prose_text(struct prose *p, struct span text)
{
	while (text.n && p->error == 0) {
		size_t skip = is_idle(p) ? prose_hint(text, 0) : 0;
		size_t n;

		/* counted as lines, and at a line's beginning */
		p->lines.number += count_byte(span_sub(text, 0, skip), '\n');
		text = span_sub(text, skip, text.n);
		n = text.n < PIECE ? text.n : PIECE;
		take_lines(p, span_sub(text, 0, n));
		text = span_sub(text, n, text.n);
	}
	return p->error;
}

int
prose_end(struct prose *p)
{
	int r;

	lines_end(&p->lines, on_line, p);
	close_table(p);
	r = p->error;
	prose_clear(p);
	return r;
}
