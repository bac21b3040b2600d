/*
 * A k-way merge over sorted runs with a small heap. Each run in the spool is read through a window
 * of a few KiB, and no more than RUNSET_FAN runs a level exist, so a walk needs the same memory for
 * a thousand values and for a thousand million.
 */
#include "runset.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/span.h"

#include "base/poison.h"

#define WINDOW 1024 /* values of one run that are read at once */

struct cursor {
	const struct run *run;
	uint64_t *window; /* NULL for runs in memory */
	uint64_t read; /* values taken from the run so far, those in the window included */
	size_t at, n; /* in the window */
	uint64_t value;
};

struct merge {
	struct cursor *c;
	size_t *heap;
	size_t n, live;
};

/* 1 when c->value is the next one, 0 at the end, -errno. */
static int
cursor_next(struct cursor *c, const struct spool *sp)
{
	uint64_t left = c->run->n - c->read;
	int r;

	if (c->run->mem) {
		if (left == 0)
			return 0;
		c->value = c->run->mem[c->read++];
		return 1;
	}
	if (c->at == c->n) {
		if (left == 0)
			return 0;
		c->n = left < WINDOW ? (size_t)left : WINDOW;
		r = spool_read(sp, c->window, c->n * 8, c->run->at + c->read * 8);
		if (r < 0)
			return r;
		c->read += c->n;
		c->at = 0;
	}
	c->value = c->window[c->at++];
	return 1;
}

static void
heap_sink(struct merge *m, size_t i)
{
	for (;;) {
		size_t least = i;

		for (size_t k = 2 * i + 1; k <= 2 * i + 2 && k < m->live; k++) {
			if (m->c[m->heap[k]].value < m->c[m->heap[least]].value)
				least = k;
		}
		if (least == i)
			return;
		size_t t = m->heap[i];

		m->heap[i] = m->heap[least];
		m->heap[least] = t;
		i = least;
	}
}

static void
merge_end(struct merge *m)
{
	for (size_t i = 0; m->c && i < m->n; i++)
		free(m->c[i].window);
	free(m->c);
	free(m->heap);
}

static int
merge_begin(struct merge *m, const struct run *runs, size_t n, const struct spool *sp)
{
	m->c = calloc(n + 1, sizeof(*m->c));
	m->heap = calloc(n + 1, sizeof(*m->heap));
	m->n = n;
	if (!m->c || !m->heap)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		int r;

		m->c[i].run = &runs[i];
		if (!runs[i].mem) {
			m->c[i].window = calloc(WINDOW, sizeof(uint64_t));
			if (!m->c[i].window)
				return -ENOMEM;
		}
		r = cursor_next(&m->c[i], sp);
		if (r < 0)
			return r;
		if (r > 0)
			m->heap[m->live++] = i;
	}
	for (size_t i = m->live; i-- > 0;)
		heap_sink(m, i);
	return 0;
}

/* 1 with the least value left, 0 at the end, -errno. */
static int
merge_next(struct merge *m, const struct spool *sp, uint64_t *ret_v)
{
	struct cursor *c;
	int r;

	if (m->live == 0)
		return 0;
	c = &m->c[m->heap[0]];
	*ret_v = c->value;
	r = cursor_next(c, sp);
	if (r < 0)
		return r;
	if (r == 0)
		m->heap[0] = m->heap[--m->live];
	heap_sink(m, 0);
	return 1;
}

static int
runs_walk(const struct run *runs, size_t n, const struct spool *sp,
	int (*each)(void *user, uint64_t v), void *user, uint64_t *ret_distinct)
{
	_cleanup_(merge_end) struct merge m = {0};
	uint64_t v = 0, last = 0, distinct = 0;
	int r = merge_begin(&m, runs, n, sp);

	if (r < 0)
		return r;
	while ((r = merge_next(&m, sp, &v)) > 0) {
		if (distinct && v == last)
			continue;
		last = v;
		distinct++;
		r = each ? each(user, v) : 0;
		if (r)
			return r;
	}
	if (r < 0)
		return r;
	*ret_distinct = distinct;
	return 0;
}

/* Writes a run piece by piece: pieces of one run lie one behind the other in the spool. */
struct run_out {
	struct spool *sp;
	uint64_t at, n;
	size_t fill;
	uint64_t v[WINDOW];
};

static int
run_out_flush(struct run_out *o)
{
	uint64_t at;
	int r;

	if (o->fill == 0)
		return 0;
	r = spool_write(o->sp, o->v, o->fill * 8, &at);
	if (r < 0)
		return r;
	if (o->n == 0)
		o->at = at;
	o->n += o->fill;
	o->fill = 0;
	return 0;
}

static int
run_out_put(void *user, uint64_t v)
{
	struct run_out *o = user;

	o->v[o->fill++] = v;
	return o->fill == WINDOW ? run_out_flush(o) : 0;
}

static void
run_free(struct run *r, struct spool *sp, size_t *mem)
{
	if (r->mem)
		*mem -= (size_t)r->n * 8;
	else
		spool_drop(sp, r->at, r->n * 8);
	free(r->mem);
}

/* Merges the last RUNSET_FAN runs into one of the next level. */
static int
runset_fold(struct runset *s, struct spool *sp, size_t *mem)
{
	_cleanup_free_ struct run_out *o = calloc(1, sizeof(*o));
	size_t first = s->n - RUNSET_FAN;
	unsigned level = s->runs[first].level;
	uint64_t distinct;
	int r;

	if (!o)
		return -ENOMEM;
	o->sp = sp;
	r = runs_walk(s->runs + first, RUNSET_FAN, sp, run_out_put, o, &distinct);
	if (r == 0)
		r = run_out_flush(o);
	if (r < 0) {
		if (o->n)
			spool_drop(sp, o->at, o->n * 8);
		return r;
	}
	while (s->n > first)
		run_free(&s->runs[--s->n], sp, mem);
	s->runs[s->n++] = (struct run){.at = o->at, .n = o->n, .level = level + 1};
	return 0;
}

static bool
runset_may_fold(const struct runset *s)
{
	return s->n >= RUNSET_FAN && s->runs[s->n - RUNSET_FAN].level == s->runs[s->n - 1].level;
}

static int
runset_room(struct runset *s)
{
	size_t cap = s->cap ? s->cap * 2 : 4;
	struct run *runs;

	if (s->n < s->cap)
		return 0;
	runs = reallocarray(s->runs, cap, sizeof(*runs));
	if (!runs)
		return -ENOMEM;
	s->runs = runs;
	s->cap = cap;
	return 0;
}

/* n values could not be kept. */
static void
runset_lose(struct runset *s, uint64_t n)
{
	s->inexact = true;
	if (n > s->least)
		s->least = n;
}

int
runset_add(struct runset *s, struct spool *sp, size_t *mem, const uint64_t *v, size_t n)
{
	uint64_t *copy;

	if (n == 0)
		return 0;
	copy = runset_room(s) == 0 ? calloc(n, sizeof(*copy)) : NULL;
	if (!copy) {
		runset_lose(s, n);
		return -ENOMEM;
	}
	memcpy(copy, v, n * sizeof(*copy));
	s->runs[s->n++] = (struct run){.mem = copy, .n = n};
	*mem += n * 8;
	while (runset_may_fold(s)) {
		int r = runset_fold(s, sp, mem);

		if (r < 0) /* still whole: it only takes more room than it should */
			return r == -ENOMEM ? r : 0;
	}
	return 0;
}

int
runset_spill(struct runset *s, struct spool *sp, size_t *mem)
{
	size_t kept = 0;
	int error = 0;

	for (size_t i = 0; i < s->n; i++) {
		struct run run = s->runs[i];
		int r = 0;

		if (run.mem)
			r = spool_write(sp, run.mem, (size_t)run.n * 8, &run.at);
		if (r < 0) {
			runset_lose(s, run.n);
			run_free(&run, sp, mem);
			error = r;
			continue;
		}
		if (run.mem) {
			*mem -= (size_t)run.n * 8;
			free(run.mem);
			run.mem = NULL;
		}
		s->runs[kept++] = run;
	}
	s->n = kept;
	return error;
}

int
runset_walk(const struct runset *s, const struct spool *sp, int (*each)(void *user, uint64_t v),
	void *user, uint64_t *ret_distinct)
{
	uint64_t distinct;
	int r = runs_walk(s->runs, s->n, sp, each, user, &distinct);

	if (r)
		return r;
	*ret_distinct = distinct > s->least ? distinct : s->least;
	return 0;
}

void
runset_free(struct runset *s, struct spool *sp, size_t *mem)
{
	while (s->n > 0)
		run_free(&s->runs[--s->n], sp, mem);
	free(s->runs);
	*s = (struct runset){0};
}
