/*
 * Each pair of column and group that a header word joined is one entry of a list sorted by column, so
 * that a row is counted by walking its cells and the list side by side: the cost of a column that
 * nobody asked for is nothing. A table of secrets has to prove itself before its values are counted
 * as credentials; until then they wait in a small store, which is enough for any real one. Of a long
 * table's other columns, whose values are only judged and not counted, a sample is taken in the end.
 */
#include "classify/columns.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "classify/header.h"
#include "classify/value.h"
#include "limits.h"

#include "base/poison.h"

#define SURE	    4096u /* rows after which a column is known for what it is */
#define EVERY	    16u /* from then on one row in so many is asked, and counts for so many */
#define EVERY_SHIFT 28 /* of the 32 bits of a row's hash four are left: tables have a rhythm */

struct entry {
	uint32_t col;
	uint16_t watch, group;
	uint64_t filled; /* rows with a value of the type */
	char header[41];
};

struct group_state {
	uint64_t rows; /* rows in which some column has a value of the type */
	uint64_t last_row; /* counted already */
	uint64_t words; /* bits: the group's words seen in headers */
	uint64_t strong; /* secrets that are no plain words */
	uint32_t seen[LIMIT_SECRETS_SEEN];
	uint32_t n_seen; /* distinct ones among the first values */
};

/* One rule that judges tables. */
struct watch {
	const struct rule *rule;
	struct group_state *groups;
	bool proved; /* values are handed on as they come */
	bool gave_up; /* the store was full before that */
	struct buf wait; /* length byte, value, ... */
};

struct columns {
	struct watch *watches;
	size_t n_watches;
	uint16_t *by_rule; /* place in watches */
	struct entry *entries;
	size_t n_entries;
	uint64_t rows;
	bool all_sampled; /* entries: it stays so */
};

static const struct column_group *
group_of(const struct watch *w, size_t g)
{
	return &w->rule->table->groups[g];
}

int
columns_new(const struct ruleset *rs, struct columns **ret_c)
{
	struct columns *c = calloc(1, sizeof *c);
	bool bad = !c;

	if (c) {
		c->watches = calloc((size_t)rs->n + 1, sizeof *c->watches);
		c->entries = calloc(LIMIT_COLUMNS, sizeof *c->entries);
		c->by_rule = calloc((size_t)rs->n + 1, sizeof *c->by_rule);
		bad = !c->watches || !c->entries || !c->by_rule;
	}
	for (uint16_t i = 0; !bad && i < rs->n; i++) {
		const struct rule *r = &rs->rules[i];
		struct watch *w = &c->watches[c->n_watches];

		if (!r->table || r->table->n_groups == 0 || r->table->n_groups >= UINT16_MAX)
			continue;
		*w = (struct watch){.rule = r, .wait = {.max = LIMIT_SECRETS_WAIT}};
		w->groups = calloc(r->table->n_groups, sizeof *w->groups);
		bad = !w->groups;
		c->by_rule[i] = (uint16_t)c->n_watches++;
	}
	if (bad) {
		columns_free(c);
		return -ENOMEM;
	}
	*ret_c = c;
	return 0;
}

void
columns_free(struct columns *c)
{
	for (size_t i = 0; c && i < c->n_watches; i++) {
		free(c->watches[i].groups);
		buf_free(&c->watches[i].wait);
	}
	if (c) {
		free(c->watches);
		free(c->entries);
		free(c->by_rule);
	}
	free(c);
}

bool
columns_idle(const struct columns *c)
{
	return c->n_watches == 0;
}

void
columns_begin(struct columns *c)
{
	c->n_entries = 0;
	c->rows = 0;
	c->all_sampled = false;
	for (size_t i = 0; i < c->n_watches; i++) {
		struct watch *w = &c->watches[i];

		memset(w->groups, 0, w->rule->table->n_groups * sizeof *w->groups);
		w->proved = w->gave_up = false;
		buf_clear(&w->wait);
	}
}

void
columns_header(struct columns *c, uint32_t col, struct span text, const struct said *said)
{
	uint16_t group = (uint16_t)(HEADWORDS_GROUP(said->owner) - 1);
	uint16_t watch = c->by_rule[HEADWORDS_RULE(said->owner)];
	struct entry *e = &c->entries[c->n_entries];

	if (c->n_entries == LIMIT_COLUMNS)
		return;
	*e = (struct entry){.col = col, .watch = watch, .group = group};
	utf8_copy(e->header, sizeof e->header, words_unfold(text, said->at, said->n));
	c->watches[watch].groups[group].words |= said->words;
	c->n_entries++;
}

static uint32_t
hash(struct span t)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < t.n; i++)
		h = (h ^ t.p[i]) * 16777619u;
	return h;
}

/* Keeps count of how different and how strong the first secrets are. */
static void
note_secret(struct group_state *s, struct span t)
{
	uint32_t h = hash(t);

	s->strong += value_strong_secret(t);
	for (uint32_t i = 0; i < s->n_seen; i++) {
		if (s->seen[i] == h)
			return;
	}
	if (s->n_seen < LIMIT_SECRETS_SEEN)
		s->seen[s->n_seen++] = h;
}

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
	if ((unsigned)__builtin_popcountll(s->words) < cg->min_words || s->rows < cg->min_rows)
		return false;
	if (s->rows * 100 < c->rows * cg->min_filled)
		return false;
	return cg->values != VALUE_SECRET || secrets_plausible(s);
}

/* All needed groups are there; *ret_raised: an optional one is, too. */
static bool
table_there(const struct columns *c, const struct watch *w, bool *ret_raised)
{
	const struct table_rule *t = w->rule->table;
	bool raised = false;

	if (c->rows < t->min_rows)
		return false;
	for (size_t g = 0; g < t->n_groups; g++) {
		bool there = group_there(c, w, g);

		if (t->groups[g].min_columns > 0 && !there)
			return false;
		raised = raised || (there && t->groups[g].min_columns == 0);
	}
	*ret_raised = raised;
	return true;
}

static void
give_waiting(struct watch *w, const struct classify_out *out)
{
	struct span s = buf_span(&w->wait);

	while (s.n > 1 && s.p[0] < s.n) {
		out->value(out->user, w->rule, span_sub(s, 1, s.p[0]));
		s = span_sub(s, (size_t)s.p[0] + 1, s.n);
	}
	buf_clear(&w->wait);
}

static void
take_secret(struct columns *c, struct watch *w, struct span t, const struct classify_out *out)
{
	uint8_t n = (uint8_t)(t.n < CHECK_NORMAL ? t.n : CHECK_NORMAL);
	bool raised;

	if (w->proved) {
		out->value(out->user, w->rule, span_sub(t, 0, n));
		return;
	}
	if (w->gave_up)
		return;
	if (w->wait.n + n + 1 > LIMIT_SECRETS_WAIT) {
		w->gave_up = true;
		buf_clear(&w->wait);
		return;
	}
	buf_putc(&w->wait, n);
	buf_put(&w->wait, t.p, n);
	if (table_there(c, w, &raised)) {
		w->proved = true;
		give_waiting(w, out);
	}
}

static bool
is_sampled(const struct columns *c, const struct entry *e, const struct column_group *g,
	const struct group_state *s)
{
	return c->rows > SURE && e->filled && s->rows >= g->min_rows && !g->secret &&
		g->values != VALUE_SECRET;
}

/* Is the row at hand asked of columns that are known? */
static bool
in_sample(const struct columns *c)
{
	return (uint32_t)c->rows * 2654435761u >> EVERY_SHIFT == 0;
}

static bool
are_sampled(const struct columns *c)
{
	for (size_t i = 0; i < c->n_entries; i++) {
		const struct entry *e = &c->entries[i];
		const struct watch *w = &c->watches[e->watch];

		if (!is_sampled(c, e, group_of(w, e->group), &w->groups[e->group]))
			return false;
	}
	return true;
}

static void
count_cell(
	struct columns *c, struct entry *e, const struct cell *cell, const struct classify_out *out)
{
	struct watch *w = &c->watches[e->watch];
	const struct column_group *g = group_of(w, e->group);
	struct group_state *s = &w->groups[e->group];
	bool sampled = is_sampled(c, e, g, s);
	struct span t;

	if (sampled && !in_sample(c))
		return;
	t = value_trim(cell->text);
	if (!value_is(t, g->values) && !(cell->alt.n && value_is(cell->alt, g->values)))
		return;
	e->filled++;
	if (s->last_row != c->rows) {
		s->last_row = c->rows;
		s->rows += sampled ? EVERY : 1;
	}
	if (g->values == VALUE_SECRET)
		note_secret(s, t);
	if (g->secret)
		take_secret(c, w, t, out);
}

void
columns_row(struct columns *c, const struct cell *cells, size_t n, const struct classify_out *out)
{
	size_t i = 0, k = 0;

	if (header_blank(cells, n))
		return;
	c->rows++;
	if (!in_sample(c)) {
		if (c->all_sampled)
			return;
	} else if (c->rows > SURE && !c->all_sampled) {
		c->all_sampled = are_sampled(c);
	}
	while (i < n && k < c->n_entries) {
		if (cells[i].col < c->entries[k].col)
			i++;
		else if (cells[i].col > c->entries[k].col)
			k++;
		else
			count_cell(c, &c->entries[k++], &cells[i], out);
	}
}

static void
add_why(struct judgement *j, const struct columns *c, const struct watch *w)
{
	size_t k = 0;

	for (size_t g = 0; g < w->rule->table->n_groups && k < HIT_WHY; g++) {
		for (size_t i = 0; i < c->n_entries; i++) {
			const struct entry *e = &c->entries[i];

			if (&c->watches[e->watch] != w || e->group != g || e->filled == 0)
				continue;
			if (j->at.column == 0 || group_of(w, g)->secret)
				j->at.column = e->col;
			(void)snprintf(
				j->why[k++], sizeof j->why[0], "column header \"%s\"", e->header);
			break;
		}
	}
}

static uint64_t
rows_counted(const struct columns *c, const struct watch *w)
{
	for (size_t g = 0; g < w->rule->table->n_groups; g++) {
		if (group_of(w, g)->secret)
			return w->groups[g].rows;
	}
	return c->rows;
}

int
columns_end(struct columns *c, const struct place *at, const struct classify_out *out)
{
	int r = 0;

	for (size_t i = 0; r == 0 && c->n_entries && i < c->n_watches; i++) {
		struct watch *w = &c->watches[i];
		const struct table_rule *t = w->rule->table;
		struct judgement j = {.rule = w->rule, .at = *at};
		bool raised = false;

		if (!table_there(c, w, &raised))
			continue;
		if (!w->gave_up)
			give_waiting(w, out);
		j.confidence = raised && t->raised > t->confidence ? t->raised : t->confidence;
		j.evidence = EV_HEADER | EV_STRUCTURE;
		j.count = rows_counted(c, w);
		add_why(&j, c, w);
		r = out->judge(out->user, &j);
	}
	return r;
}
