/*
 * A finding's runs wait in a list until the finding comes; a scan has few such at any time, so the
 * list is short. What is reported goes on into one table of (rule, value) for the whole scan, which
 * is sorted and spilled as a run of each rule whenever it is full. When no room is left anywhere
 * the numbers become lower bounds and say so: a wrong number is never given for a right one.
 */
#include "values.h"

#include <errno.h>
#include <stdlib.h>

#include "limits.h"
#include "runset.h"

#include "base/poison.h"

#define PENDING_MAX 4096 /* findings awaited at once: rules times depth times workers, and spare */

struct pending {
	struct pending *next;
	uint64_t file, id;
	uint16_t rule;
	struct runset set;
};

struct pair {
	uint64_t value;
	uint16_t rule;
};

struct values {
	struct spool spool;
	size_t mem, mem_max; /* bytes of runs in memory */
	struct pending *pending;
	size_t n_pending;
	struct pair *table;
	size_t n_table, cap_table, max_table;
	struct runset *rules;
	uint16_t n_rules;
	int error;
};

int
values_new(const struct values_options *o, uint16_t n_rules, struct values **ret_v)
{
	struct values *v = calloc(1, sizeof(*v));

	if (!v)
		return -ENOMEM;
	spool_init(&v->spool, o ? o->spool_bytes : 0);
	v->mem_max = o && o->pending_bytes ? o->pending_bytes : 8 * MIB;
	v->max_table = o && o->table_values ? o->table_values : MIB;
	v->n_rules = n_rules;
	v->rules = calloc((size_t)n_rules + 1, sizeof(*v->rules));
	if (!v->rules) {
		free(v);
		return -ENOMEM;
	}
	*ret_v = v;
	return 0;
}

static void
values_note(struct values *v, int error)
{
	if (error < 0 && v->error == 0)
		v->error = error;
}

/* The link to the finding's entry, or to the NULL at the end of the list. */
static struct pending **
pending_link(struct values *v, uint64_t id)
{
	struct pending **p = &v->pending;

	while (*p && (*p)->id != id)
		p = &(*p)->next;
	return p;
}

static void
pending_remove(struct values *v, struct pending **link)
{
	struct pending *p = *link;

	*link = p->next;
	runset_free(&p->set, &v->spool, &v->mem);
	free(p);
	v->n_pending--;
}

static struct pending *
pending_get(struct values *v, uint64_t file, uint64_t id, uint16_t rule)
{
	struct pending **link = pending_link(v, id);
	struct pending *p = *link;

	if (p)
		return p;
	if (v->n_pending >= PENDING_MAX)
		return NULL;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	*p = (struct pending){.next = v->pending, .file = file, .id = id, .rule = rule};
	v->pending = p;
	v->n_pending++;
	return p;
}

/* Memory stays below its bound: everything goes out, the finding at hand last. */
static void
values_relieve(struct values *v)
{
	if (v->mem <= v->mem_max)
		return;
	for (struct pending *p = v->pending; p; p = p->next)
		values_note(v, runset_spill(&p->set, &v->spool, &v->mem));
	for (uint16_t i = 0; i < v->n_rules; i++)
		values_note(v, runset_spill(&v->rules[i], &v->spool, &v->mem));
}

static bool
run_ascends(const uint64_t *fp, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		if (fp[i - 1] >= fp[i])
			return false;
	}
	return true;
}

int
values_run(
	struct values *v, uint64_t file, uint64_t id, uint16_t rule, const uint64_t *fp, size_t n)
{
	struct pending *p;

	if (rule >= v->n_rules)
		return -ERANGE;
	if (!run_ascends(fp, n))
		return -EBADMSG;
	p = pending_get(v, file, id, rule);
	if (!p) {
		values_note(v, -ENOMEM);
		return 0;
	}
	values_note(v, runset_add(&p->set, &v->spool, &v->mem, fp, n));
	values_relieve(v);
	return 0;
}

int
values_count(struct values *v, uint64_t id, struct distinct *ret_d)
{
	const struct pending *p = *pending_link(v, id);
	uint64_t n = 0;
	int r;

	if (!p) {
		/* With an entry refused for want of memory, "none came" cannot be told from "lost". */
		*ret_d = (struct distinct){.exact = v->error != -ENOMEM};
		return 0;
	}
	r = runset_walk(&p->set, &v->spool, NULL, NULL, &n);
	if (r < 0)
		return r;
	*ret_d = (struct distinct){.n = n, .exact = !p->set.inexact, .any = true};
	return 0;
}

struct listing {
	uint64_t *fp;
	size_t n, max;
};

static int
list_put(void *user, uint64_t value)
{
	struct listing *l = user;

	if (l->n == l->max)
		return -E2BIG;
	l->fp[l->n++] = value;
	return 0;
}

void
values_list(
	struct values *v, uint64_t id, uint64_t *ret_fp, size_t max, size_t *ret_n, bool *ret_all)
{
	const struct pending *p = *pending_link(v, id);
	struct listing l = {.fp = ret_fp, .max = max};
	uint64_t n = 0;
	int r = p ? runset_walk(&p->set, &v->spool, list_put, &l, &n) : 0;

	*ret_n = l.n;
	*ret_all = r == 0 && (p ? !p->set.inexact : v->error != -ENOMEM);
}

static int
pair_compare(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	return x->value < y->value ? -1 : x->value > y->value;
}

/* Two ascending lists as one, each value once. Returns how many. */
static size_t
merge(const struct pair *a, size_t na, const struct pair *b, size_t nb, struct pair *to)
{
	size_t i = 0, j = 0, n = 0;

	while (i < na && j < nb) {
		int c = pair_compare(&a[i], &b[j]);

		to[n++] = c <= 0 ? a[i] : b[j];
		i += c <= 0;
		j += c >= 0;
	}
	for (; i < na; i++)
		to[n++] = a[i];
	for (; j < nb; j++)
		to[n++] = b[j];
	return n;
}

/* The end of the ascending stretch that begins at from; what is equal ends it. */
static size_t
stretch(const struct pair *v, size_t from, size_t n)
{
	size_t i = from + 1;

	while (i < n && pair_compare(&v[i - 1], &v[i]) < 0)
		i++;
	return i < n ? i : n;
}

/* Merges the stretches of `from` two by two. Returns how many values are left. */
static size_t
merge_pairs(const struct pair *from, size_t n, struct pair *to)
{
	size_t put = 0;

	for (size_t at = 0; at < n;) {
		size_t mid = stretch(from, at, n), end = mid < n ? stretch(from, mid, n) : n;

		put += merge(from + at, mid - at, from + mid, end - mid, to + put);
		at = end;
	}
	return put;
}

/*
 * Sorts the table and takes doubles out. It is made of sorted runs, and copies of a file have the same
 * values, so most are gone after the first merges. 0 or -ENOMEM.
 */
static int
table_tidy(struct values *v)
{
	struct pair *spare;

	if (stretch(v->table, 0, v->n_table) == v->n_table)
		return 0;
	spare = calloc(v->cap_table, sizeof(*spare));
	if (!spare)
		return -ENOMEM;
	do {
		struct pair *was = v->table;

		v->n_table = merge_pairs(was, v->n_table, spare);
		v->table = spare;
		spare = was;
	} while (stretch(v->table, 0, v->n_table) < v->n_table);
	free(spare);
	return 0;
}

/* The (tidy) table becomes one run of each of its rules. */
static int
table_flush(struct values *v)
{
	uint64_t *run = calloc(v->n_table + 1, sizeof(*run));
	size_t i = 0;

	if (!run)
		return -ENOMEM;
	while (i < v->n_table) {
		uint16_t rule = v->table[i].rule;
		size_t n = 0;

		for (; i < v->n_table && v->table[i].rule == rule; i++)
			run[n++] = v->table[i].value;
		values_note(v, runset_add(&v->rules[rule], &v->spool, &v->mem, run, n));
	}
	free(run);
	v->n_table = 0;
	values_relieve(v);
	return 0;
}

static int
table_room(struct values *v)
{
	size_t cap = v->cap_table ? v->cap_table * 2 : 1024;
	struct pair *table;

	if (v->n_table < v->cap_table)
		return 0;
	if (v->cap_table >= v->max_table) {
		int r = table_tidy(v);

		return r == 0 && v->n_table > v->max_table / 2 ? table_flush(v) : r;
	}
	cap = cap < v->max_table ? cap : v->max_table;
	table = reallocarray(v->table, cap, sizeof(*table));
	if (!table)
		return -ENOMEM;
	v->table = table;
	v->cap_table = cap;
	return 0;
}

struct keeping {
	struct values *v;
	uint16_t rule;
};

static int
table_put(void *user, uint64_t value)
{
	const struct keeping *k = user;
	struct values *v = k->v;
	int r = table_room(v);

	if (r < 0)
		return r;
	v->table[v->n_table++] = (struct pair){.value = value, .rule = k->rule};
	return 0;
}

int
values_keep(struct values *v, uint64_t id)
{
	struct pending **link = pending_link(v, id);
	struct pending *p = *link;
	struct keeping k = {.v = v};
	struct runset *rule;
	uint64_t n = 0;
	int r;

	if (!p)
		return 0;
	/* Out of the list first: table_flush() may spill what is in it, and this set is being read. */
	*link = p->next;
	v->n_pending--;
	k.rule = p->rule;
	r = runset_walk(&p->set, &v->spool, table_put, &k, &n);
	rule = &v->rules[p->rule];
	if (p->set.inexact || r == -ENOMEM) {
		rule->inexact = true;
		rule->least = n > rule->least ? n : rule->least;
	}
	if (r == -ENOMEM) {
		values_note(v, r);
		r = 0;
	}
	runset_free(&p->set, &v->spool, &v->mem);
	free(p);
	return r;
}

void
values_drop(struct values *v, uint64_t id)
{
	struct pending **link = pending_link(v, id);

	if (*link)
		pending_remove(v, link);
}

void
values_file_end(struct values *v, uint64_t file)
{
	struct pending **link = &v->pending;

	while (*link) {
		if ((*link)->file == file)
			pending_remove(v, link);
		else
			link = &(*link)->next;
	}
}

int
values_total(struct values *v, uint16_t rule, struct distinct *ret_d)
{
	uint64_t n = 0;
	int r = 0;

	if (rule >= v->n_rules)
		return -ERANGE;
	if (v->n_table) {
		r = table_tidy(v);
		r = r == 0 ? table_flush(v) : r;
	}
	if (r == 0)
		r = runset_walk(&v->rules[rule], &v->spool, NULL, NULL, &n);
	if (r < 0)
		return r;
	*ret_d = (struct distinct){
		.n = n, .exact = !v->rules[rule].inexact, .any = v->rules[rule].n > 0};
	return 0;
}

int
values_error(const struct values *v)
{
	return v->error;
}

void
values_free(struct values *v)
{
	if (!v)
		return;
	while (v->pending)
		pending_remove(v, &v->pending);
	for (uint16_t i = 0; i < v->n_rules; i++)
		runset_free(&v->rules[i], &v->spool, &v->mem);
	free(v->rules);
	free(v->table);
	spool_free(&v->spool);
	free(v);
}
