/*
 * What stands with a value: its cell and the header's vote, and the words near by. libhs has found
 * all words that may count already (zones.c); a rule's own are drawn from them when it first asks,
 * and looked up by binary search. In a table with a header, a word counts only in the value's own
 * row. Words about numbers are labels: each names one number, mostly the next, so the nearer of two
 * decides.
 */
#include "match/engine.h"
#include "match/shapes.h"
#include <stdlib.h>

#include "base/poison.h"

static void
rules_seen(struct matcher *m, const struct literal *l)
{
	for (size_t i = 0; i < (m->rules->n + 63u) / 64; i++)
		m->near_seen[i] |= l->near_rules[i];
}

void
context_begin(struct matcher *m)
{
	memset(m->near_seen, 0, (m->rules->n + 63u) / 64 * sizeof *m->near_seen);
	memset(m->lit_seen, 0, (anchors_count(m->anchors) + 63u) / 64 * sizeof *m->lit_seen);
	for (size_t i = 0; i < m->words.n; i++) {
		uint16_t lit = m->words.v[i].lit;

		if (m->lit_seen[lit / 64] >> lit % 64 & 1)
			continue;
		m->lit_seen[lit / 64] |= 1ull << lit % 64;
		rules_seen(m, anchors_literal(m->anchors, lit));
	}
	for (size_t i = 0; i < m->rules->n; i++)
		m->near[i].built = m->not_near[i].built = false;
	m->cell_hint = 0;
	m->row_known = false;
}

bool
context_may_be_near(const struct matcher *m, uint16_t rule)
{
	return m->near_seen[rule / 64] >> rule % 64 & 1;
}

/* --- words -------------------------------------------------------------------------------------- */

static bool
word_used(const struct literal *l, uint16_t rule, enum use_kind kind)
{
	for (size_t i = 0; i < l->n_uses; i++)
		if (l->uses[i].rule == rule && l->uses[i].kind == kind)
			return true;
	return false;
}

static bool
word_put(struct word_list *w, struct word_at x)
{
	if (w->n == w->cap) {
		size_t cap = w->cap ? w->cap * 2 : 256;
		struct word_at *v = reallocarray(w->v, cap, sizeof *v);

		if (!v)
			return false;
		w->v = v;
		w->cap = cap;
	}
	w->v[w->n++] = x;
	return true;
}

static void
words_build(struct matcher *m, struct word_list *w, uint16_t rule, enum use_kind kind)
{
	w->n = 0;
	w->built = true;
	for (size_t i = 0; i < m->words.n; i++) {
		struct lit_hit h = m->words.v[i];
		const struct literal *l = anchors_literal(m->anchors, h.lit);

		if (!word_used(l, rule, kind))
			continue;
		if (!word_put(w, (struct word_at){h.end - l->n, h.end, h.lit}))
			m->no_memory = true;
	}
}

/* The first word that ends beyond `at`. */
static size_t
words_after(const struct word_list *w, size_t at)
{
	size_t lo = 0, hi = w->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (w->v[mid].end > at)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

/* Where words may stand. */
struct zone {
	size_t lo, start, end, hi;
};

static const struct word_at *
word_before(const struct word_list *w, size_t from, const struct zone *r)
{
	const struct word_at *best = NULL;

	while (from-- > 0) {
		const struct word_at *x = &w->v[from];

		if (x->end < r->lo || (best && x->end < best->end))
			break;
		if (x->start >= r->lo && (!best || x->start < best->start))
			best = x;
	}
	return best;
}

static const struct word_at *
word_behind(const struct word_list *w, size_t from, const struct zone *r)
{
	const struct word_at *best = NULL;

	for (; from < w->n; from++) {
		const struct word_at *x = &w->v[from];

		if (x->end > r->hi || (best && x->end > best->start + LITERAL_MAX))
			break;
		if (x->start < r->end)
			continue;
		if (!best || x->start < best->start ||
			(x->start == best->start && x->end > best->end))
			best = x;
	}
	return best;
}

/* --- cells -------------------------------------------------------------------------------------- */

/*
 * The first cell that starts beyond `at`. Values come nearly in order, so the search goes out from
 * the cell found last in steps that double.
 */
static size_t
cell_beyond(const struct cell_map *map, size_t hint, size_t at)
{
	size_t lo = 0, hi = map->n;

	if (hint < hi && map->cells[hint].start <= at) {
		lo = hint + 1;
		for (size_t step = 1; lo + step < hi; step *= 2) {
			if (map->cells[lo + step - 1].start > at) {
				hi = lo + step - 1;
				break;
			}
			lo += step;
		}
	} else if (hint < hi) {
		hi = hint;
		for (size_t step = 1; step <= hi; step *= 2) {
			if (map->cells[hi - step].start <= at) {
				lo = hi - step + 1;
				break;
			}
			hi -= step;
		}
	}
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (map->cells[mid].start > at)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

const struct cell_at *
context_cell(struct matcher *m, size_t at)
{
	const struct cell_map *map = m->chunk->cells;
	size_t beyond = map ? cell_beyond(map, m->cell_hint, at) : 0;

	if (beyond == 0 || at >= map->cells[beyond - 1].end)
		return NULL;
	m->cell_hint = beyond - 1;
	return &map->cells[beyond - 1];
}

static void
row_find(struct matcher *m, const struct cell_at *cell)
{
	const struct cell_map *map = m->chunk->cells;
	size_t lo = (size_t)(cell - map->cells), hi = lo;

	if (m->row_known && m->row == cell->row)
		return;
	while (lo > 0 && map->cells[lo - 1].row == cell->row)
		lo--;
	while (hi + 1 < map->n && map->cells[hi + 1].row == cell->row)
		hi++;
	m->row = cell->row;
	m->row_lo = map->cells[lo].start;
	m->row_hi = map->cells[hi].end;
	m->row_known = true;
}

static struct zone
zone_of(struct matcher *m, const struct cell_at *cell, uint16_t within, size_t start, size_t end)
{
	struct zone r = {start > within ? start - within : 0, start, end, end + within};

	/* `within` lies between word and value, so a word may begin further out than that. */
	r.lo = r.lo > m->longest_word ? r.lo - m->longest_word : 0;
	r.hi += m->longest_word;
	if (!cell || m->chunk->scope != SCOPE_CELLS || !m->chunk->cells->votes)
		return r;
	row_find(m, cell);
	if (r.lo < m->row_lo)
		r.lo = m->row_lo;
	if (r.hi > m->row_hi)
		r.hi = m->row_hi;
	return r;
}

#define LABEL_REACH 12u /* bytes from a label to the number it names: "phone no.: +1" */
#define OWN_DIGITS  3u /* of a number between a label and the next: an extension, a zip code */

/* The nearest words on both sides, NULL for none within reach. */
struct around {
	const struct word_at *before, *behind;
	size_t to_before, to_behind; /* bytes between word and value */
};

/* Does a word name the number behind it? "SSN 862-43-5549 phone: 555-0119" */
static bool
names_next(const struct matcher *m, const struct word_at *x)
{
	size_t hi = x->end + LABEL_REACH < m->text.n ? x->end + LABEL_REACH : m->text.n;

	for (size_t i = x->end; i < hi; i++) {
		uint8_t c = m->text.p[i];

		if (is_digit(c))
			return true;
		if (!is_alnum(c) && c < 0x80 && !memchr(" \t:#=.-(+", c, 9))
			return false;
	}
	return false;
}

/* Has a label in front its own number already? "mobile 555-0119, 862-43-5549" */
static bool
has_number(const struct matcher *m, const struct word_at *x, size_t start)
{
	size_t digits = 0;

	for (size_t i = x->end; i < start; i++)
		digits += is_digit(m->text.p[i]);
	return digits >= OWN_DIGITS;
}

static struct around
words_around(struct matcher *m, struct word_list *w, const struct rule *r, enum use_kind kind,
	const struct words *words, const struct cell_at *cell, size_t start, size_t end)
{
	struct around a = {0};
	struct zone zone;
	size_t from;

	if (words->n == 0)
		return a;
	if (!w->built)
		words_build(m, w, r->index, kind);
	if (w->n == 0)
		return a;
	zone = zone_of(m, cell, words->within, start, end);
	from = words_after(w, start);
	a.before = word_before(w, from, &zone);
	a.behind = word_behind(w, from, &zone);
	a.to_before = a.before ? start - a.before->end : 0;
	a.to_behind = a.behind ? a.behind->start - end : 0;
	if (a.to_before > words->within)
		a.before = NULL;
	if (a.to_behind > words->within)
		a.behind = NULL;
	return a;
}

/* The nearer of the two; the one before where both are as near. */
static const struct word_at *
nearer(const struct around *a, bool *ret_before)
{
	*ret_before = a->before && (!a->behind || a->to_before <= a->to_behind);
	return *ret_before ? a->before : a->behind;
}

/*
 * Of two labels in front of a number the nearer one is its own; of two that end there the longer.
 * One close in front outdoes any behind.
 */
static bool
label_before(const struct around *no, const struct word_at *near, size_t to_near, bool near_before)
{
	if (!no->before || !near)
		return no->before;
	if (!near_before && no->to_before <= LABEL_REACH)
		return true;
	if (to_near != no->to_before)
		return to_near > no->to_before;
	return no->before->end - no->before->start > near->end - near->start;
}

/* A label behind a number is the number's only when nothing better stands in front. */
static bool
label_behind(const struct around *no, const struct word_at *near, size_t to_near, bool before,
	uint16_t within)
{
	if (!no->behind)
		return false;
	return !near || to_near > (before ? within : no->to_behind);
}

void
context_of(struct matcher *m, const struct rule *r, const struct pattern *p, size_t start,
	size_t end, bool full, struct setting *ret)
{
	const struct cell_map *map = m->chunk->cells;
	struct setting s = {.cell = context_cell(m, start)};
	bool number = p->shape != SHAPE_NONE, before = false;
	const struct word_at *x = NULL;
	struct around a;
	size_t to_x = 0;

	if (s.cell && map->votes && s.cell->col >= 1 && s.cell->col <= map->columns)
		s.vote = map->votes[(size_t)(s.cell->col - 1) * m->rules->n + r->index];
	if (context_may_be_near(m, r->index)) {
		a = words_around(m, &m->near[r->index], r, USE_NEAR, &r->near, s.cell, start, end);
		if (number && a.behind && names_next(m, a.behind))
			a.behind = NULL;
		x = nearer(&a, &before);
		to_x = before ? a.to_before : a.to_behind;
		s.near = x != NULL;
		s.near_before = before;
		s.near_lit = x ? x->lit : 0;
	}
	if (full) {
		a = words_around(m, &m->not_near[r->index], r, USE_NOT_NEAR, &r->not_near, s.cell,
			start, end);
		if (number && a.behind && names_next(m, a.behind))
			a.behind = NULL;
		if (number && a.before && has_number(m, a.before, start))
			a.before = NULL;
		s.not_near = number ? label_before(&a, x, to_x, before) ||
				label_behind(&a, x, to_x, before, r->not_near.within)
				    : a.before || a.behind;
	}
	*ret = s;
}
