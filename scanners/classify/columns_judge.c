/*
 * A table is what its header, its values and its line items make it together: every needed group of
 * columns has its share of values of the right kind. Of a rule's kinds of table the surest speaks,
 * once, so that a table counts once however many of them it could be.
 */
#include <stdio.h>

#include "classify/columns_state.h"

#include "base/poison.h"

/* Secrets differ from row to row, and some of them look it: answers of a survey do neither. */
static bool
secrets_plausible(const struct group_state *s)
{
	uint64_t first = s->rows < LIMIT_SECRETS_SEEN ? s->rows : LIMIT_SECRETS_SEEN;

	return s->strong * 4 >= s->rows && (uint64_t)s->n_seen * 4 >= first && s->n_seen >= 2;
}

static bool
group_there(const struct columns *c, const struct watch *w, size_t g)
{
	const struct column_group *cg = group_of(w, g);
	const struct group_state *s = &w->groups[g];
	size_t columns = 0;

	for (size_t i = 0; i < c->n_entries; i++) {
		const struct entry *e = &c->entries[i];

		columns += &c->watches[e->watch] == w && e->group == g && e->filled > 0;
	}
	if (columns == 0 || columns < cg->min_columns)
		return false;
	if (((unsigned)__builtin_popcountll(s->words) < cg->min_words && !s->sure) ||
		s->rows < cg->min_rows)
		return false;
	if (s->rows * 100 < c->rows * cg->min_filled)
		return false;
	if (s->n_seen * 100u < s->asked * cg->min_distinct)
		return false;
	return cg->values != VALUE_SECRET || secrets_plausible(s);
}

/* Columns that some needed group counts: one that serves two of them is still but one. */
static size_t
needed_columns(const struct columns *c, const struct watch *w)
{
	uint32_t last = 0;
	size_t n = 0;

	for (size_t i = 0; i < c->n_entries; i++) {
		const struct entry *e = &c->entries[i];

		if (&c->watches[e->watch] != w || e->filled == 0 || e->col == last ||
			group_of(w, e->group)->min_columns == 0)
			continue;
		last = e->col;
		n++;
	}
	return n;
}

bool
columns_there(const struct columns *c, const struct watch *w, bool *ret_raised)
{
	const struct table_rule *t = w->table;
	unsigned optional = 0, needed = 0;

	if (w->refused || c->rows < t->min_rows)
		return false;
	if (t->labels.min_distinct && !labels_seen(c->labels, t).there)
		return false;
	for (size_t g = 0; g < t->n_groups; g++) {
		bool there = group_there(c, w, g);

		if (t->groups[g].min_columns > 0 && !there)
			return false;
		needed += t->groups[g].min_columns > 0;
		optional += there && t->groups[g].min_columns == 0;
	}
	*ret_raised = optional >= t->raise;
	return needed < 2 || needed_columns(c, w) >= needed;
}

void
columns_give(struct watch *w, const struct classify_out *out)
{
	struct span s = buf_span(&w->wait);

	while (s.n > 1 && s.p[0] < s.n) {
		out->value(out->user, w->rule, span_sub(s, 1, s.p[0]));
		s = span_sub(s, (size_t)s.p[0] + 1, s.n);
	}
	buf_clear(&w->wait);
}

static bool
told_of(const uint32_t *cols, size_t n, uint32_t col)
{
	while (n > 0)
		if (cols[--n] == col)
			return true;
	return false;
}

/* One column of each group, the needed ones first as they stand first in rules; each column once. */
static size_t
why_columns(struct judgement *j, const struct columns *c, const struct watch *w)
{
	uint32_t told[HIT_WHY];
	size_t k = 0;

	for (size_t g = 0; g < w->table->n_groups && k < HIT_WHY; g++) {
		for (size_t i = 0; i < c->n_entries; i++) {
			const struct entry *e = &c->entries[i];

			if (&c->watches[e->watch] != w || e->group != g || e->filled == 0)
				continue;
			if (j->at.column == 0 || group_of(w, g)->secret)
				j->at.column = e->col;
			if (told_of(told, k, e->col))
				continue;
			told[k] = e->col;
			(void)snprintf(
				j->why[k++], sizeof j->why[0], "column header \"%s\"", e->header);
			break;
		}
	}
	return k;
}

static void
why_labels(struct judgement *j, const struct labels_seen *seen, size_t k)
{
	j->at.row = seen->first_row;
	j->at.column = seen->column;
	j->count = seen->rows;
	for (size_t i = 0; i < LABELS_SHOWN && k < HIT_WHY && seen->words[i]; i++)
		(void)snprintf(
			j->why[k++], sizeof j->why[0], "a row named \"%.44s\"", seen->words[i]);
}

static uint64_t
rows_counted(const struct columns *c, const struct watch *w)
{
	for (size_t g = 0; g < w->table->n_groups; g++) {
		if (group_of(w, g)->secret && w->groups[g].rows > 0)
			return w->groups[g].rows;
	}
	return c->rows;
}

static void
judge_watch(const struct columns *c, const struct watch *w, bool raised, struct judgement *j)
{
	const struct table_rule *t = w->table;
	struct labels_seen seen;
	size_t k;

	j->confidence = raised && t->raised > t->confidence ? t->raised : t->confidence;
	j->count = rows_counted(c, w);
	k = why_columns(j, c, w);
	j->evidence = EV_STRUCTURE | (k > 0 ? EV_HEADER : 0);
	if (t->labels.min_distinct == 0)
		return;
	seen = labels_seen(c->labels, t);
	why_labels(j, &seen, k);
}

/* The surest of a rule's kinds of table that this one is; *ret_j is its judgement. */
static bool
judge_rule(struct columns *c, size_t first, size_t end, const struct place *at,
	struct judgement *ret_j, struct watch **ret_w)
{
	bool any = false;

	for (size_t i = first; i < end; i++) {
		struct judgement j = {.rule = c->watches[i].rule, .at = *at};
		bool raised = false;

		if (!columns_there(c, &c->watches[i], &raised))
			continue;
		judge_watch(c, &c->watches[i], raised, &j);
		if (any && j.confidence <= ret_j->confidence)
			continue;
		*ret_j = j;
		*ret_w = &c->watches[i];
		any = true;
	}
	return any;
}

int
columns_end(struct columns *c, const struct place *at, const struct classify_out *out)
{
	size_t end;
	int r = 0;

	for (size_t i = 0; r == 0 && c->rows && i < c->n_watches; i = end) {
		struct judgement j;
		struct watch *w;

		end = i + c->watches[i].rule->n_tables;
		if (!judge_rule(c, i, end, at, &j, &w))
			continue;
		if (!w->gave_up)
			columns_give(w, out);
		r = out->judge(out->user, &j);
	}
	return r;
}
