/*
 * Folders that are gone leave rows in the cache. Once a week the folders that a complete scan came
 * by are noted, as sorted runs that go to a temporary file when they are many, and what lies between
 * them is taken out.
 */
#include "store_in.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/poison.h"

#define SWEEP_EVERY_SEC (7 * 86400)
#define SWEEP_BUFFER	16384u /* keys noted before they are sorted */
#define SWEEP_MEMORY	(1 * MIB)

static void
meta_name(const struct scan_root *root, char ret_name[32])
{
	(void)snprintf(ret_name, 32, "swept-%lld", (long long)root->share);
}

void
sweep_begin(struct store *s, struct scan_root *root)
{
	char name[32];
	int64_t last;

	meta_name(root, name);
	last = store_meta(s, name, 0);
	root->sweep = last != 0 && (root->begun - last >= SWEEP_EVERY_SEC || root->begun < last);
	if (last == 0)
		(void)store_meta_set(s, name, root->begun);
	if (root->sweep)
		spool_init(&root->spool, 0);
}

static int
by_key(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void
flush(struct scan_root *root)
{
	size_t n = 0;

	qsort(root->noted, root->n_noted, sizeof *root->noted, by_key);
	for (size_t i = 0; i < root->n_noted; i++) {
		if (n == 0 || root->noted[n - 1] != root->noted[i])
			root->noted[n++] = root->noted[i];
	}
	root->n_noted = 0;
	if (n && runset_add(&root->seen, &root->spool, &root->memory, root->noted, n) < 0)
		root->sweep = false;
	if (root->memory > SWEEP_MEMORY &&
		runset_spill(&root->seen, &root->spool, &root->memory) < 0)
		root->sweep = false;
}

void
sweep_note(struct scan_root *root, uint64_t key)
{
	if (!root->sweep)
		return;
	if (!root->noted)
		root->noted = calloc(SWEEP_BUFFER, sizeof *root->noted);
	if (!root->noted) {
		root->sweep = false;
		return;
	}
	root->noted[root->n_noted++] = key;
	if (root->n_noted == SWEEP_BUFFER)
		flush(root);
}

struct gap_between {
	struct store *s;
	uint64_t last;
};

static int
drop_between(void *user, uint64_t key)
{
	struct gap_between *g = user;
	int r = db_run(&g->s->c, C_DROP_BETWEEN, "ii", (int64_t)g->last, (int64_t)key);

	g->last = key;
	return r;
}

void
sweep_end(struct store *s, struct scan_root *root, bool complete)
{
	uint64_t end = ((uint64_t)(root->share & 0x7FFF) + 1) << 48, n = 0;
	struct gap_between g = {s, ((uint64_t)root->share & 0x7FFF) << 48};
	char name[32];
	int r = 0;

	if (root->sweep && complete && s->c.h) {
		flush(root);
		r = db_begin(&s->c);
		if (r == 0 && root->sweep && !root->seen.inexact)
			r = runset_walk(&root->seen, &root->spool, drop_between, &g, &n);
		if (r == 0 && root->sweep && !root->seen.inexact)
			r = drop_between(&g, end > INT64_MAX ? INT64_MAX : end);
		if (r < 0)
			cache_failed(s, r);
		meta_name(root, name);
		if (store_ready(s))
			(void)store_meta_set(s, name, root->begun);
	}
	sweep_free(root);
}

void
sweep_free(struct scan_root *root)
{
	if (root->sweep || root->noted)
		runset_free(&root->seen, &root->spool, &root->memory);
	if (root->sweep || root->noted)
		spool_free(&root->spool);
	free(root->noted);
	root->noted = NULL;
	root->sweep = false;
}
