/*
 * A header is read once for each table, so the words of all rules are looked up then and the answers
 * kept as a matrix of columns and rules: a row costs no more however many rules there are.
 */
#include "classify/header.h"
#include "classify/votes.h"

#include <errno.h>
#include <stdlib.h>

#include "limits.h"

#include "base/poison.h"

static bool
rule_wants_digits9(const struct rule *r)
{
	for (size_t i = 0; i < r->n_patterns; i++) {
		if (r->patterns[i].shape == SHAPE_DIGITS9)
			return true;
	}
	return false;
}

void
votes_forget(struct votes *v)
{
	free(v->votes);
	free(v->texts);
	free(v->headers);
	free(v->pads);
	v->votes = NULL;
	v->texts = NULL;
	v->headers = NULL;
	v->pads = NULL;
	v->n_columns = 0;
	v->has_header = false;
	v->pads_some = false;
}

static size_t
ask(const struct votes *v, struct span text, const struct said **ret_said)
{
	struct folded f;

	words_fold(text, &f);
	words_unglue(&f);
	return lexicon_ask(v->headwords, &f, ret_said);
}

bool
votes_known(void *user, struct span text)
{
	const struct votes *v = user;
	const struct said *said;
	size_t n = ask(v, text, &said);

	for (size_t i = 0; i < n; i++) {
		if (said[i].vote > 0)
			return true;
	}
	return false;
}

static int
header_room(struct votes *v, uint32_t columns)
{
	v->votes = calloc((size_t)columns * v->rs->n + 1, 1);
	v->texts = calloc(columns, sizeof *v->texts);
	v->headers = calloc((size_t)columns * v->rs->n + 1, sizeof *v->headers);
	v->pads = calloc(columns, sizeof *v->pads);
	v->n_columns = columns;
	return v->votes && v->texts && v->headers && v->pads ? 0 : -ENOMEM;
}

static void
vote_column(struct votes *v, uint32_t col, struct span text)
{
	const struct said *said;
	size_t n = ask(v, text, &said);

	for (size_t i = 0; i < n; i++) {
		uint32_t rule = HEADWORDS_RULE(said[i].owner);
		size_t at = (size_t)(col - 1) * v->rs->n + rule;

		if (HEADWORDS_SLOT(said[i].owner) == 0) {
			v->votes[at] = said[i].vote;
			if (said[i].vote <= 0)
				continue;
			v->headers[at] = words_unfold(text, said[i].at, said[i].n);
			if (rule_wants_digits9(&v->rs->rules[rule]))
				v->pads[col - 1] = v->pads_some = true;
		} else {
			columns_header(v->columns, col, text, &said[i]);
		}
	}
}

static uint32_t
last_column(const struct held_row *r)
{
	return r->n ? r->cells[r->n - 1].col : 0;
}

int
votes_take(struct votes *v, const struct held_row *rows, size_t first, size_t last)
{
	uint32_t columns = last_column(&rows[last]);
	int r;

	for (size_t i = first; i < last; i++) {
		if (last_column(&rows[i]) > columns)
			columns = last_column(&rows[i]);
	}
	if (columns == 0 || columns > LIMIT_ROW_CELLS)
		return 0;
	r = header_room(v, columns);
	for (uint32_t col = 1; r == 0 && col <= columns; col++) {
		char *text = (char *)v->texts[col - 1];
		size_t n = header_text(rows, first, last, col, text, sizeof v->texts[0]);

		if (n)
			vote_column(v, col, span_of(text, n));
	}
	v->has_header = r == 0;
	v->header_row = rows[last].row;
	return r;
}

bool
votes_pads(const struct votes *v, uint32_t col)
{
	return col && col <= v->n_columns && v->pads && v->pads[col - 1];
}
