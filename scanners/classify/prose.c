/*
 * A line of labels of which rules know two begins a table when a line of data follows; cells below
 * belong to the header they stand under. Values are judged here as those of columns, and where the
 * header says something to a rule the engine, which searches them as text, is told. A table ends after a few lines that have no columns, or where another begins;
 * the same header on the next page does not end it. Text whose labels are never known is asked a
 * bounded number of times, so that programs with aligned comments cost little.
 */
#include "classify/prose.h"

#include <errno.h>
#include <stdlib.h>

#include "base/count.h"
#include "classify/columns.h"
#include "classify/lines.h"
#include "classify/prose_head.h"
#include "classify/prose_line.h"
#include "classify/prose_map.h"
#include "classify/value.h"
#include "match/words.h"

#include "limits.h"

#include "base/poison.h"

#define OTHER_LINES 6u /* lines without columns that end a table */
#define PIECE	    1536u /* bytes of text that are cut into lines at once */

struct prose {
	const struct classify_out *out;
	struct columns *columns;
	struct lines lines;
	struct prose_head head; /* of the open table, or what may become one */
	bool open; /* a table is being read */
	unsigned other; /* lines without columns since the last row */
	unsigned tries; /* that are left */
	int error;
	struct prose_line line; /* at hand */
	/* the stretch of text at hand */
	struct prose_map map;
	uint32_t base; /* of the open table's columns in it; UINT32_MAX: its header is not heeded */
	struct span text;
	size_t counted; /* bytes of it whose lines are */
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
	p->head.headwords = headwords;
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
	p->head.n = 0;
	p->open = false;
	p->tries = LIMIT_PROSE_TRIES;
	p->error = 0;
	prose_map_clear(&p->map);
}

static void
close_table(struct prose *p)
{
	const struct place at = {.kind = PLACE_LINE, .line = p->head.number, .col = 1};

	if (p->open && p->error == 0)
		p->error = columns_end(p->columns, &at, p->out);
	p->open = false;
	p->head.n = 0;
}

/* The header's word goes to the engine, with the cells below it. */
static void
heed_header(struct prose *p)
{
	struct span texts[PROSE_CELLS];

	for (size_t i = 0; i < p->head.n; i++)
		texts[i] = prose_head_text(&p->head, i);
	p->base = UINT32_MAX;
	if (p->error == 0)
		p->error = prose_map_table(&p->map, texts, p->head.n, &p->base);
}

static void
open_table(struct prose *p)
{
	columns_begin(p->columns);
	heed_header(p);
	for (size_t i = 0; i < p->head.n && p->error == 0; i++) {
		struct span t = prose_head_text(&p->head, i);
		const struct said *said;
		struct folded f;
		size_t n;

		words_fold(t, &f);
		words_unglue(&f);
		n = lexicon_ask(p->head.headwords, &f, &said);
		for (size_t k = 0; k < n; k++)
			if (HEADWORDS_SLOT(said[k].owner))
				columns_header(p->columns, (uint32_t)i + 1, t, &said[k]);
	}
	p->open = true;
	p->other = 0;
}

/* --- rows ------------------------------------------------------------------------------- */

/* The line at hand as a row: its cells in *row, and, when it stands in the chunk, in the map. */
static size_t
lay_row(struct prose *p, size_t start, const uint8_t *line, struct cell *row)
{
	size_t n = 0, first = 0;
	bool sure;

	for (size_t i = 0; i < p->line.n && first < p->head.n; i++) {
		const struct prose_cell *c = &p->line.cells[i];
		size_t k = prose_head_column(&p->head, &p->line, i, first, &sure);
		size_t at = start + (size_t)(c->text.p - line);

		if (k >= p->head.n)
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

static bool
begins_another(struct prose *p)
{
	bool other;

	if (p->tries == 0)
		return false;
	other = prose_head_other(&p->head, &p->line);
	p->tries -= !other;
	return other && p->line.n > 2;
}

static void
take_label_line(struct prose *p, struct span line, uint64_t number)
{
	if (p->open) {
		if (prose_head_again(&p->head, &p->line))
			return;
		if (!begins_another(p)) {
			take_row(p, line, number);
			return;
		}
		close_table(p);
	}
	if (p->head.n && prose_head_wrap(&p->head, &p->line))
		return;
	if (prose_head_ready(&p->head)) {
		open_table(p);
		take_row(p, line, number);
		return;
	}
	p->head.n = 0;
	if (p->tries > 0)
		p->tries -= !prose_head_hold(&p->head, &p->line, number);
}

static void
take_data_line(struct prose *p, struct span line, uint64_t number)
{
	if (!p->open && prose_head_ready(&p->head))
		open_table(p);
	if (p->open)
		take_row(p, line, number);
	else
		p->head.n = 0;
}

static void
take_line(struct prose *p, struct span line, uint64_t number)
{
	if (p->error || (!p->open && !p->head.n && (p->tries == 0 || !prose_may_head(line))))
		return;
	prose_split(line, &p->line);
	if (p->line.n == 0 || prose_rule(&p->line))
		return;
	if (p->line.n == 1) {
		if (p->open && ++p->other >= OTHER_LINES)
			close_table(p);
		if (!p->open)
			p->head.n = 0;
	} else if (prose_head_labels(&p->line)) {
		take_label_line(p, line, number);
	} else {
		take_data_line(p, line, number);
	}
}

/* No table is read and no header held: lines that may not be one need not be looked at. */
static bool
is_idle(const struct prose *p)
{
	return !p->open && !p->head.n && !p->lines.n && !p->lines.skip;
}

static void
on_line(void *user, struct span line, uint64_t number)
{
	struct prose *p = user;

	take_line(p, line, number);
	p->carry = 0;
}

/* Text that is looked at: the lines in front of it are counted only now, for most is never. */
static void
feed(struct prose *p, struct span s)
{
	size_t at = (size_t)(s.p - p->text.p);

	p->lines.number += count_byte(span_sub(p->text, p->counted, at - p->counted), '\n');
	lines_feed(&p->lines, s, on_line, p);
	p->counted = at + s.n;
}

static void
take_lines(struct prose *p, struct span text)
{
	while (text.n) {
		size_t skip = is_idle(p) ? prose_head_line(text) : 0;
		const uint8_t *nl;

		text = span_sub(text, skip, text.n);
		if (!text.n)
			break;
		nl = memchr(text.p, '\n', text.n);
		skip = nl ? (size_t)(nl - text.p) + 1 : text.n;
		feed(p, span_sub(text, 0, skip));
		text = span_sub(text, skip, text.n);
	}
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
	if (p->line.n == 0 || (p->line.n == 1 && value_label(p->line.cells[0].text)))
		return;
	p->line.cut = true;
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
prose_text(struct prose *p, struct span text, size_t newlines, size_t at,
	const struct cell_map **ret_map)
{
	uint64_t number = p->lines.number + newlines;

	prose_map_clear(&p->map);
	p->text = text;
	p->counted = 0;
	p->at = at;
	p->carry = p->lines.n;
	if (p->open)
		heed_header(p);
	while (text.n && p->error == 0) {
		size_t skip = is_idle(p) ? prose_hint(text, 0) : 0;
		size_t n;

		text = span_sub(text, skip, text.n);
		n = piece_of(text);
		take_lines(p, span_sub(text, 0, n));
		text = span_sub(text, n, text.n);
	}
	p->lines.number = number;
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
