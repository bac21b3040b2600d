/* See refmatch.h. Speed does not matter here; being easy to believe does. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "refmatch.h"
#include <ctype.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/poison.h"

void
ref_put(struct ref_list *l, struct ref_hit h)
{
	if (l->n == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 64;
		l->v = reallocarray(l->v, l->cap, sizeof *l->v);
		if (!l->v)
			abort();
	}
	l->v[l->n++] = h;
}

static int
order(const void *x, const void *y)
{
	const struct ref_hit *a = x, *b = y;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->rule != b->rule)
		return a->rule < b->rule ? -1 : 1;
	if (a->n != b->n)
		return a->n < b->n ? -1 : 1;
	return (a->pattern > b->pattern) - (a->pattern < b->pattern);
}

void
ref_sort(struct ref_list *l)
{
	size_t kept = 0;

	if (l->n == 0)
		return;
	qsort(l->v, l->n, sizeof *l->v, order);
	for (size_t i = 0; i < l->n; i++)
		if (i == 0 || order(&l->v[i], &l->v[kept - 1]) != 0)
			l->v[kept++] = l->v[i];
	l->n = kept;
}

/* --- words -------------------------------------------------------------------------------------- */

static bool
same_here(struct span t, size_t at, const char *word)
{
	for (; *word; word++, at++)
		if (at >= t.n || tolower(t.p[at]) != tolower((uint8_t)*word))
			return false;
	return true;
}

static bool
letter(uint8_t c)
{
	return isalnum(c) || c >= 0x80;
}

static bool
alone_here(struct span t, size_t at, size_t n)
{
	if (at > 0 && letter(t.p[at - 1]) && letter(t.p[at]))
		return false;
	return !(at + n < t.n && letter(t.p[at + n]) && letter(t.p[at + n - 1]));
}

static const struct cell_at *
cell_of(const struct chunk *c, size_t at)
{
	for (size_t i = 0; c->cells && i < c->cells->n; i++)
		if (c->cells->cells[i].start <= at && at < c->cells->cells[i].end)
			return &c->cells->cells[i];
	return NULL;
}

/* A word as near as any of its list; n = 0: there is none. */
struct nearest {
	size_t at, n, far;
};

/* The nearest of the words in front of [start, end), or behind it. In a table with a header: of its row. */
static struct nearest
words_near(const struct chunk *c, const struct words *w, size_t start, size_t end, bool before)
{
	struct span t = {c->buf, c->n};
	const struct cell_at *cell = cell_of(c, start);
	size_t lo = start > w->within + 64u ? start - w->within - 64u : 0;
	struct nearest best = {0};

	for (size_t i = 0; i < w->n; i++) {
		size_t n = strlen(w->v[i]);

		for (size_t at = lo; at <= end + w->within && at + n <= t.n; at++) {
			const struct cell_at *a = cell_of(c, at), *b = cell_of(c, at + n - 1);
			size_t far = before ? start - (at + n) : at - end;

			if (before ? at + n > start : at < end)
				continue;
			if (far > w->within || !same_here(t, at, w->v[i]) || !alone_here(t, at, n))
				continue;
			if (cell && c->scope == SCOPE_CELLS && c->cells->votes &&
				(!a || !b || a->row != cell->row || b->row != cell->row))
				continue;
			if (!best.n || far < best.far || (far == best.far && n > best.n))
				best = (struct nearest){at, n, far};
		}
	}
	return best;
}

/* "phone: 555": at most twelve bytes to a digit, of letters and what stands in a label. */
static bool
labels_next(const struct chunk *c, struct nearest x)
{
	for (size_t i = x.at + x.n; i < c->n && i < x.at + x.n + 12; i++) {
		if (isdigit(c->buf[i]))
			return true;
		if (!letter(c->buf[i]) && !memchr(" \t:#=.-(+", c->buf[i], 9))
			return false;
	}
	return false;
}

/* Are there three digits between a label and the value? Then the label has a number of its own. */
static bool
labels_other(const struct chunk *c, struct nearest x, size_t start)
{
	size_t digits = 0;

	for (size_t i = x.at + x.n; i < start; i++)
		digits += isdigit(c->buf[i]) != 0;
	return digits >= 3;
}

struct around {
	struct nearest before, behind;
};

static struct around
words_around(const struct chunk *c, const struct words *w, size_t start, size_t end, bool number)
{
	struct around a = {words_near(c, w, start, end, true), words_near(c, w, start, end, false)};

	if (number && a.behind.n && labels_next(c, a.behind))
		a.behind.n = 0;
	return a;
}

/* Do words speak against a number that has words for it? Each word is the label of one number. */
static bool
labelled_otherwise(struct around no, struct around yes, size_t within)
{
	bool before = yes.before.n && (!yes.behind.n || yes.before.far <= yes.behind.far);
	struct nearest y = before ? yes.before : yes.behind;

	if (no.before.n && (!y.n || no.before.far < y.far || (!before && no.before.far <= 12)))
		return true;
	if (no.before.n && no.before.far == y.far && no.before.n > y.n)
		return true;
	return no.behind.n && (!y.n || y.far > (before ? within : no.behind.far));
}

/* --- judgement ---------------------------------------------------------------------------------- */

static bool
required(const struct require *q, struct span v)
{
	if (v.n < q->min_len || (q->max_len && v.n > q->max_len))
		return false;
	if (q->classes && check_classes(v) < q->classes)
		return false;
	if (q->entropy > 0 && check_entropy(v) < q->entropy)
		return false;
	return !q->no_placeholder || !check_placeholder(v);
}

static void
judge(const struct ruleset *rules, const struct chunk *c, const struct rule *r, size_t pattern,
	size_t start, size_t end, struct ref_list *out)
{
	const struct pattern *p = &r->patterns[pattern];
	struct span value = {c->buf + start, end - start}, around = {c->buf, c->n};
	const struct cell_at *cell = cell_of(c, start);
	struct verdict v = {0};
	struct ref_hit h = {
		start, end - start, r->index, (uint16_t)pattern, p->alone, EV_SHAPE, false};
	bool number = p->shape != SHAPE_NONE, against;
	struct around yes, no;
	int vote = 0;

	if (!((p->scope ? p->scope : r->scope) & c->scope) || !required(&p->require, value))
		return;
	if (p->check && !p->check->fn(value, around, &v))
		return;
	if (cell && c->cells->votes && cell->col <= c->cells->columns)
		vote = c->cells->votes[(cell->col - 1) * rules->n + r->index];
	h.sample = v.sample;
	if (v.checksum)
		h.evidence |= EV_CHECKSUM;
	yes = words_around(c, &r->near, start, end, number);
	no = words_around(c, &r->not_near, start, end, number);
	if (number && no.before.n && labels_other(c, no.before, start))
		no.before.n = 0;
	against = number ? labelled_otherwise(no, yes, r->not_near.within)
			 : no.before.n || no.behind.n;
	if (yes.before.n || yes.behind.n) {
		h.evidence |= EV_NEAR;
		h.confidence = p->near > h.confidence ? p->near : h.confidence;
	}
	if (vote > 0) {
		h.evidence |= EV_HEADER;
		h.confidence = p->header > h.confidence ? p->header : h.confidence;
	}
	if (vote < 0 && h.confidence > CONF_LOW)
		h.confidence = CONF_LOW;
	if (vote <= 0 && against) {
		if (r->not_near_cap == CONF_NONE)
			return;
		if (h.confidence > r->not_near_cap)
			h.confidence = r->not_near_cap;
	}
	if (h.confidence == CONF_HIGH &&
		(v.sample || (!(h.evidence & (EV_NEAR | EV_HEADER)) && !v.strong)))
		h.confidence = CONF_MEDIUM;
	if (h.confidence != CONF_NONE || p->repeated != CONF_NONE)
		ref_put(out, h);
}

/* --- patterns ----------------------------------------------------------------------------------- */

struct regex {
	pcre2_code *code;
	pcre2_match_data *md;
	uint32_t group;
};

static bool
window(const struct regex *x, const struct pattern *p, const struct chunk *c, size_t at, size_t n,
	size_t *ret_start, size_t *ret_end)
{
	size_t from = at > p->before ? at - p->before : 0;
	size_t to = at + n + p->after < c->n ? at + n + p->after : c->n;
	uint32_t opt = (c->starts ? 0 : PCRE2_NOTBOL) | (c->ends && to == c->n ? 0 : PCRE2_NOTEOL);

	for (int tries = 0; tries < 16; tries++) {
		const PCRE2_SIZE *ov = pcre2_get_ovector_pointer(x->md);

		if (pcre2_match(x->code, c->buf, to, from, opt, x->md, NULL) < 0 || ov[0] > at)
			return false;
		if (ov[1] >= at + n) {
			uint32_t g = ov[2 * x->group] == PCRE2_UNSET ? 0 : x->group;

			*ret_start = ov[2 * g];
			*ret_end = ov[2 * g + 1];
			return true;
		}
		from = ov[1];
	}
	return false;
}

static void
anchored(const struct ruleset *rules, const struct chunk *c, const struct rule *r, size_t pattern,
	struct ref_list *out)
{
	const struct pattern *p = &r->patterns[pattern];
	struct span t = {c->buf, c->n};
	struct regex x;
	int code, g;
	size_t at;

	x.code = pcre2_compile((PCRE2_SPTR)p->regex, PCRE2_ZERO_TERMINATED, 0, &code, &at, NULL);
	if (!x.code)
		abort();
	x.md = pcre2_match_data_create_from_pattern(x.code, NULL);
	g = pcre2_substring_number_from_name(x.code, (PCRE2_SPTR) "value");
	x.group = g > 0 ? (uint32_t)g : 0;
	for (size_t i = 0; i < p->n_anchors; i++) {
		for (at = 0; at < t.n; at++) {
			size_t start, end;

			if (same_here(t, at, p->anchors[i]) &&
				window(&x, p, c, at, strlen(p->anchors[i]), &start, &end))
				judge(rules, c, r, pattern, start, end, out);
		}
	}
	pcre2_match_data_free(x.md);
	pcre2_code_free(x.code);
}

/* The text of every cell, without blanks at its ends, in a column whose header says yes. */
static void
whole_cells(const struct ruleset *rules, const struct chunk *c, const struct rule *r,
	size_t pattern, struct ref_list *out)
{
	const struct cell_map *map = c->cells;

	for (size_t i = 0; map && map->votes && i < map->n; i++) {
		size_t start = map->cells[i].start, end = map->cells[i].end;

		while (start < end && c->buf[start] == ' ')
			start++;
		while (start < end && c->buf[end - 1] == ' ')
			end--;
		if (start < end && end - start <= 64 && map->cells[i].col <= map->columns &&
			map->votes[(map->cells[i].col - 1) * rules->n + r->index] > 0)
			judge(rules, c, r, pattern, start, end, out);
	}
}

/* --- all of a chunk ----------------------------------------------------------------------------- */

static bool
beats(const struct ref_hit *a, const struct ref_hit *b)
{
	if (a->n != b->n)
		return a->n > b->n;
	if (a->start != b->start)
		return a->start < b->start;
	if (a->confidence != b->confidence)
		return a->confidence > b->confidence;
	return a->pattern < b->pattern;
}

static bool
beaten(const struct ref_list *l, const struct ref_hit *h)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct ref_hit *o = &l->v[i];

		if (o != h && o->rule == h->rule && o->start < h->start + h->n &&
			h->start < o->start + o->n && beats(o, h))
			return true;
	}
	return false;
}

/* Does a sure match of a rule that this one's yields to overlap it? */
static bool
yields(const struct ruleset *rules, const struct ref_list *l, const struct ref_hit *h)
{
	const struct rule *r = &rules->rules[h->rule];

	for (size_t i = 0; i < l->n; i++) {
		const struct ref_hit *o = &l->v[i];

		for (size_t k = 0; k < r->n_yields; k++)
			if (strcmp(rules->rules[o->rule].id, r->yields[k]) == 0 &&
				o->rule != h->rule && o->confidence >= CONF_MEDIUM &&
				o->start < h->start + h->n && h->start < o->start + o->n)
				return true;
	}
	return false;
}

static bool
said_by_main(const struct chunk *c, const struct ref_list *kept, const struct ref_hit *h)
{
	const struct cell_at *cell = cell_of(c, h->start);

	for (size_t i = 0; cell && cell->alt && i < kept->n; i++) {
		const struct cell_at *o = cell_of(c, kept->v[i].start);

		if (kept->v[i].rule == h->rule && o && !o->alt && o->row == cell->row &&
			o->col == cell->col)
			return true;
	}
	return false;
}

void
ref_scan(const struct ruleset *rules, const struct chunk *c, struct ref_list *out)
{
	struct ref_list all = {0}, kept = {0}, shapes[SHAPES] = {0};

	for (int s = 1; s < SHAPES; s++)
		ref_shapes((enum shape)s, (struct span){c->buf, c->n}, &shapes[s]);
	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *r = &rules->rules[i];

		for (size_t j = 0; j < r->n_patterns; j++) {
			const struct ref_list *l = &shapes[r->patterns[j].shape];

			for (size_t k = 0; k < l->n; k++)
				judge(rules, c, r, j, l->v[k].start, l->v[k].start + l->v[k].n,
					&all);
			if (r->patterns[j].shape == SHAPE_NONE)
				anchored(rules, c, r, j, &all);
			if (r->patterns[j].shape == SHAPE_CELL)
				whole_cells(rules, c, r, j, &all);
		}
	}
	ref_sort(&all);
	for (size_t i = 0; i < all.n; i++)
		if (!beaten(&all, &all.v[i]) && !yields(rules, &all, &all.v[i]))
			ref_put(&kept, all.v[i]);
	for (size_t i = 0; i < kept.n; i++)
		if (kept.v[i].start >= c->own_lo && kept.v[i].start < c->own_hi &&
			!said_by_main(c, &kept, &kept.v[i]))
			ref_put(out, kept.v[i]);
	for (int s = 0; s < SHAPES; s++)
		free(shapes[s].v);
	free(all.v);
	free(kept.v);
}

/* --- comparing ---------------------------------------------------------------------------------- */

int
ref_record(void *user, const struct hit *h)
{
	ref_put(user,
		(struct ref_hit){h->start, h->value.n, h->rule->index,
			(uint16_t)(h->pattern - h->rule->patterns), h->confidence, h->evidence,
			h->sample});
	return 0;
}

static void
print(const char *who, const struct ref_list *l, size_t i)
{
	if (i < l->n)
		fprintf(stderr, "  %s: at %zu+%zu rule %u pattern %u conf %d ev %x\n", who,
			l->v[i].start, l->v[i].n, l->v[i].rule, l->v[i].pattern, l->v[i].confidence,
			l->v[i].evidence);
	else
		fprintf(stderr, "  %s: nothing more\n", who);
}

int
ref_compare(const struct ref_list *want, const struct ref_list *have, const char *where)
{
	for (size_t i = 0; i < want->n || i < have->n; i++) {
		const struct ref_hit *a = &want->v[i], *b = &have->v[i];

		if (i < want->n && i < have->n && order(a, b) == 0 &&
			a->confidence == b->confidence && a->evidence == b->evidence &&
			a->sample == b->sample)
			continue;
		fprintf(stderr, "%s: hit %zu differs\n", where, i);
		print("slow", want, i);
		print("fast", have, i);
		return -1;
	}
	return 0;
}
