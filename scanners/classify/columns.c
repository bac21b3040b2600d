/*
 * Each pair of column and group that a header word joined is one entry of a list sorted by column, so
 * that a row is counted by walking its cells and the list side by side: the cost of a column that
 * nobody asked for is nothing. A table of secrets has to prove itself before its values are counted
 * as credentials; until then they wait in a small store, which is enough for any real one. Of a long
 * table's other columns, whose values are only judged and not counted, a sample is taken in the end.
 */
#include "classify/columns_state.h"

#include <errno.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "classify/header.h"
#include "classify/value.h"
#include "limits.h"

#include "base/poison.h"

#define EVERY	    16u /* from then on one row in so many is asked, and counts for so many */
#define EVERY_SHIFT 28 /* of the 32 bits of a row's hash four are left: tables have a rhythm */

#define CELLS_OWNER(watch, group) ((uint32_t)(watch) << 16 | (uint32_t)(group))

/* The phrases that cells of some groups must hold. */
static int
cell_words_new(struct columns *c)
{
	int r = lexicon_new(false, &c->cells);

	for (size_t i = 0; r == 0 && i < c->n_watches; i++) {
		for (size_t g = 0; r == 0 && g < c->watches[i].table->n_groups; g++) {
			const struct words *w = &group_of(&c->watches[i], g)->cells;

			if (w->n)
				r = lexicon_add(c->cells, CELLS_OWNER(i, g), w, NULL);
		}
	}
	return r == 0 ? lexicon_ready(c->cells) : r;
}

int
columns_new(const struct ruleset *rs, struct columns **ret_c)
{
	struct columns *c = calloc(1, sizeof *c);
	bool bad = !c;
	size_t tables = 0;

	for (uint16_t i = 0; i < rs->n; i++)
		tables += rs->rules[i].n_tables;
	if (c) {
		c->watches = calloc(tables + 1, sizeof *c->watches);
		c->entries = calloc(LIMIT_COLUMNS, sizeof *c->entries);
		c->by_rule = calloc((size_t)rs->n + 1, sizeof *c->by_rule);
		bad = !c->watches || !c->entries || !c->by_rule || labels_new(rs, &c->labels) < 0;
	}
	for (uint16_t i = 0; !bad && i < rs->n; i++) {
		const struct rule *r = &rs->rules[i];

		c->by_rule[i] = (uint16_t)c->n_watches;
		for (size_t k = 0; !bad && k < r->n_tables; k++) {
			struct watch *w = &c->watches[c->n_watches++];

			*w = (struct watch){.rule = r,
				.table = &r->tables[k],
				.wait = {.max = LIMIT_SECRETS_WAIT}};
			w->groups = calloc(w->table->n_groups + 1, sizeof *w->groups);
			bad = !w->groups;
		}
	}
	if (!bad)
		bad = cell_words_new(c) < 0;
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
		lexicon_free(c->cells);
		labels_free(c->labels);
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
	c->pruned = c->all_sampled = false;
	labels_begin(c->labels);
	for (size_t i = 0; i < c->n_watches; i++) {
		struct watch *w = &c->watches[i];

		memset(w->groups, 0, w->table->n_groups * sizeof *w->groups);
		w->proved = w->gave_up = w->refused = false;
		buf_clear(&w->wait);
	}
}

static struct entry *
entry_of(struct columns *c, uint32_t col, uint16_t watch, uint16_t group)
{
	for (size_t i = c->n_entries; i > 0 && c->entries[i - 1].col == col; i--) {
		struct entry *e = &c->entries[i - 1];

		if (e->watch == watch && e->group == group)
			return e;
	}
	if (c->n_entries == LIMIT_COLUMNS)
		return NULL;
	c->entries[c->n_entries] = (struct entry){.col = col, .watch = watch, .group = group};
	return &c->entries[c->n_entries++];
}

void
columns_header(struct columns *c, uint32_t col, struct span text, const struct said *said)
{
	uint32_t rule = HEADWORDS_RULE(said->owner);
	struct watch *w = &c->watches[c->by_rule[rule]];
	struct headword h = headword_of(w->rule, HEADWORDS_SLOT(said->owner));
	struct span shown;
	struct entry *e;

	w += h.table;
	if (h.kind == HEADWORD_REFUSES)
		w->refused = w->refused || said->vote < 0;
	if (said->vote <= 0)
		return;
	e = entry_of(c, col, (uint16_t)(w - c->watches), h.group);
	if (!e)
		return;
	shown = words_unfold(text, said->at, said->n);
	if (shown.n > strlen(e->header))
		utf8_copy(e->header, sizeof e->header, shown);
	if (h.kind == HEADWORD_SURE)
		w->groups[h.group].sure = true;
	else
		w->groups[h.group].words |= said->words;
}

static bool
may_be(const struct columns *c, const struct watch *w)
{
	for (size_t g = 0; g < w->table->n_groups && !w->refused; g++) {
		size_t k = 0;

		while (k < c->n_entries &&
			(&c->watches[c->entries[k].watch] != w || c->entries[k].group != g))
			k++;
		if (k == c->n_entries && group_of(w, g)->min_columns > 0)
			return false;
	}
	return !w->refused;
}

/*
 * Once the header is known, and once more when enough rows were seen: columns of a kind of table
 * that this one cannot be are dropped, and so are those that have shown no value so far; but not
 * those of secrets, which are few and counted one by one.
 */
static void
prune(struct columns *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_entries && c->rows; i++) {
		const struct entry *e = &c->entries[i];
		const struct column_group *g = group_of(&c->watches[e->watch], e->group);

		if (e->filled || g->secret)
			c->entries[n++] = *e;
	}
	c->n_entries = c->rows ? n : c->n_entries;
	n = 0;
	for (size_t i = 0; i < c->n_watches; i++)
		c->watches[i].dead = !may_be(c, &c->watches[i]);
	for (size_t i = 0; i < c->n_entries; i++) {
		if (!c->watches[c->entries[i].watch].dead)
			c->entries[n++] = c->entries[i];
	}
	c->n_entries = n;
	c->pruned = true;
}

static uint32_t
hash(struct span t)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < t.n; i++)
		h = (h ^ t.p[i]) * 16777619u;
	return h;
}

/* Keeps count of how different the first values are. */
static void
note_value(struct group_state *s, struct span t)
{
	uint32_t h = hash(t);

	s->asked += s->asked < LIMIT_SECRETS_SEEN;
	for (uint32_t i = 0; i < s->n_seen; i++) {
		if (s->seen[i] == h)
			return;
	}
	if (s->n_seen < LIMIT_SECRETS_SEEN)
		s->seen[s->n_seen++] = h;
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
	if (columns_there(c, w, &raised)) {
		w->proved = true;
		columns_give(w, out);
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

/* A cell, and what is known of it: several groups of several tables ask the same. */
struct asked_cell {
	const struct cell *cell;
	struct span text; /* without blanks at its ends */
	uint32_t asked, is; /* bits of enum value_type */
	bool folded;
	const struct said *said;
	size_t n_said;
};

static bool
cell_is(struct asked_cell *a, enum value_type type)
{
	uint32_t bit = UINT32_C(1) << type;

	if (!(a->asked & bit)) {
		a->asked |= bit;
		if (value_is(a->text, type) || (a->cell->alt.n && value_is(a->cell->alt, type)))
			a->is |= bit;
	}
	return a->is & bit;
}

/* Does the cell hold one of the phrases that the entry's group asks for? */
static bool
cell_says(struct columns *c, struct asked_cell *a, const struct entry *e)
{
	struct folded f;

	if (group_of(&c->watches[e->watch], e->group)->cells.n == 0)
		return true;
	if (!a->folded) {
		words_fold(a->text, &f);
		a->n_said = lexicon_ask(c->cells, &f, &a->said);
	}
	a->folded = true;
	for (size_t i = 0; i < a->n_said; i++)
		if (a->said[i].owner == CELLS_OWNER(e->watch, e->group))
			return true;
	return false;
}

static void
count_cell(struct columns *c, struct entry *e, struct asked_cell *a, const struct classify_out *out)
{
	struct watch *w = &c->watches[e->watch];
	const struct column_group *g = group_of(w, e->group);
	struct group_state *s = &w->groups[e->group];
	bool sampled = is_sampled(c, e, g, s);

	if (w->refused || (sampled && !in_sample(c)))
		return;
	if (!cell_is(a, g->values) || !cell_says(c, a, e))
		return;
	e->filled++;
	if (s->last_row != c->rows) {
		s->last_row = c->rows;
		s->rows += sampled ? EVERY : 1;
	}
	if (g->values == VALUE_SECRET)
		s->strong += value_strong_secret(a->text);
	if (g->values == VALUE_SECRET || (g->min_distinct && s->asked < LIMIT_SECRETS_SEEN))
		note_value(s, a->text);
	if (g->secret)
		take_secret(c, w, a->text, out);
}

void
columns_row(struct columns *c, uint64_t row, const struct cell *cells, size_t n,
	const struct classify_out *out)
{
	struct asked_cell a;
	size_t i = 0, k = 0;

	if (header_blank(cells, n))
		return;
	if (!c->pruned || c->rows == SURE)
		prune(c);
	c->rows++;
	labels_row(c->labels, row, cells, n);
	if (!in_sample(c)) {
		if (c->all_sampled)
			return;
	} else if (c->rows > SURE && !c->all_sampled) {
		c->all_sampled = are_sampled(c);
	}
	a.cell = NULL;
	while (i < n && k < c->n_entries) {
		if (cells[i].col < c->entries[k].col) {
			i++;
		} else if (cells[i].col > c->entries[k].col) {
			k++;
		} else {
			if (a.cell != &cells[i]) {
				a.cell = &cells[i];
				a.text = value_trim(cells[i].text);
				if (!a.text.n) /* a format may show nothing of a number */
					a.text = value_trim(cells[i].alt);
				a.asked = a.is = 0;
				a.folded = false;
			}
			count_cell(c, &c->entries[k++], &a, out);
		}
	}
}
