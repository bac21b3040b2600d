/*
 * The first and the last words of a scan: what the outputs begin and end with, and what -v tells of
 * how it was done.
 */
#include "audit_in.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "spool.h"

#include "base/poison.h"

int
audit_begin_sinks(struct audit *a)
{
	size_t n = a->o->walk.files_from ? 0 : a->o->walk.n_roots;
	_cleanup_free_ const char **roots = calloc(n + 1, sizeof(*roots));
	char host[256] = "";
	struct scan_head h;
	int r;

	if (!roots)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		roots[i] = walk_root(a->walk, i);
	if (gethostname(host, sizeof(host) - 1) < 0)
		host[0] = 0;
	h = (struct scan_head){.host = host,
		.version = VERSION,
		.rules = pool_catalogue(a->pool)->digest,
		.roots = roots,
		.n_roots = n,
		.started = time(NULL)};
	r = outs_begin(&a->outs, a->o->sinks, a->o->n_sinks, &h);
	a->sink_failed = r < 0;
	return r;
}

static double
seconds_since(const struct timespec *from)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - from->tv_sec) + (double)(now.tv_nsec - from->tv_nsec) / 1e9;
}

static void
say_inexact(struct audit *a)
{
	if (values_error(a->values) < 0)
		audit_say(a,
			"counting in '%s' failed (%s): numbers of distinct values are lower bounds",
			spool_folder(), strerror(-values_error(a->values)));
	else
		audit_say(a,
			"files that were not read again: numbers of distinct values in the summary "
			"are lower bounds");
}

/* The summary and the sinks' last words; also after an interruption or a failure. */
int
audit_end(struct audit *a, bool complete)
{
	struct summary *s = &a->res.summary;
	_cleanup_free_ struct rule_total *totals = NULL;
	bool exact = true;
	int r = totals_list(a->totals, a->values, &totals, &s->n_totals, &exact);

	if (r < 0)
		return r;
	s->complete = complete;
	s->unchanged = walk_stats(a->walk)->unchanged;
	s->files += s->unchanged;
	s->items += s->unchanged;
	s->totals = totals;
	s->seconds = seconds_since(&a->began);
	progress_clear(&a->progress);
	r = outs_end(&a->outs, s);
	a->sink_failed = r < 0;
	s->totals = NULL;
	s->n_totals = 0;
	if (!exact || values_error(a->values) < 0)
		say_inexact(a);
	memory_end(a);
	return r;
}

void
audit_say_confinement(struct audit *a)
{
	const struct confinement *c = pool_confinement(a->pool);

	audit_say(a, "confinement: uid %u%s, %s capabilities, %s, %s, %s, Landlock %s%d%s%s%s",
		c->uid, c->unprivileged_uid ? "" : " (privileged)", c->no_caps ? "no" : "with",
		c->no_new_privs ? "no new privileges" : "new privileges possible",
		c->not_dumpable ? "not dumpable" : "dumpable",
		c->seccomp ? "seccomp filter" : "no seccomp filter",
		c->landlock_abi ? "ABI " : "absent, ABI ", c->landlock_abi,
		c->reads_poppler ? "; can read: /usr/share/poppler" : "",
		c->missing[0] ? "; missing: " : "", c->missing);
}

void
audit_say_end(struct audit *a)
{
	const struct walk_stats *w = walk_stats(a->walk);

	audit_say(a, "access times %s", w->atime_kept ? "kept" : "not kept for every file");
	audit_say(a,
		"%llu folders; left out: %llu snapshot folders, %llu network file systems, %llu "
		"kernel file systems, %llu by patterns, --max-depth or -x, %llu links, %llu "
		"special "
		"files, %llu further names of one file",
		(unsigned long long)w->dirs, (unsigned long long)w->pruned_snapshot,
		(unsigned long long)w->pruned_network, (unsigned long long)w->pruned_pseudo,
		(unsigned long long)w->excluded, (unsigned long long)w->links,
		(unsigned long long)w->specials, (unsigned long long)w->hardlinks);
	audit_say(a, "workers replaced: %llu", (unsigned long long)pool_replaced(a->pool));
}
