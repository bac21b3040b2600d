/* The side of the tests that stands where audit.c stands in the program. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "poolrig.h"

#include "base/cleanup.h"

char worker_path[4096];
char rule_path[] = "/tmp/leakaudit-test-rules-XXXXXX";
static const char *
label(const struct job *j)
{
	return strrchr(j->path, '/') + 1;
}

static void
log_inner(struct rig *g, const struct inner *in)
{
	for (size_t i = 0; i < in->n; i++)
		buf_printf(&g->log, "!%.*s", (int)in->names[i].n, (const char *)in->names[i].p);
}

int
on_finding(void *user, const struct job *j, const struct inner *in, const struct finding *f)
{
	struct rig *g = user;

	g->n_findings++;
	if (g->quiet)
		return 0;
	buf_printf(&g->log, "finding %s", label(j));
	log_inner(g, in);
	buf_printf(&g->log, " rule %u count %lu %s\n", f->rule, (unsigned long)f->count,
		f->samples[0]);
	return g->stop_at && --g->stop_at == 0 ? -ECANCELED : 0;
}

int
on_run(void *user, const struct job *j, const struct inner *in, uint16_t rule, const uint64_t *fp,
	size_t n)
{
	struct rig *g = user;

	if (g->quiet)
		return 0;
	buf_printf(&g->log, "run %s", label(j));
	log_inner(g, in);
	buf_printf(&g->log, " rule %u n %zu %lx\n", rule, n, (unsigned long)fp[n - 1]);
	return 0;
}

int
on_gap(void *user, const struct job *j, const struct inner *in, enum gap_reason reason, bool hides,
	const char *detail)
{
	struct rig *g = user;

	g->n_gaps++;
	if (g->quiet)
		return 0;
	buf_printf(&g->log, "gap %s", label(j));
	log_inner(g, in);
	buf_printf(&g->log, " %s%s: %s\n", gap_name(reason), hides ? " hides" : "", detail);
	return 0;
}

int
on_done(void *user, const struct job *j, const struct pool_done *d)
{
	struct rig *g = user;

	assert_true(j->root < MAX_FILES);
	g->done[j->root]++;
	g->n_done++;
	if (!g->quiet)
		buf_printf(&g->log, "done %s items %lu%s\n", label(j), (unsigned long)d->items,
			d->failed ? " failed" : "");
	return 0;
}

const char *const rule_files[] = {rule_path};

void
rig_start(struct rig *g, unsigned workers)
{
	const struct pool_events ev = {on_finding, on_run, on_gap, on_done, g};

	g->o.workers = workers;
	g->o.worker_path = worker_path;
	g->o.worker_stderr = getenv("TEST_WORKER_STDERR") != NULL;
	if (!g->o.rule_files) {
		g->o.rule_files = rule_files;
		g->o.n_rule_files = 1;
	}
	assert_int_equal(pool_new(&g->o, &ev, &g->pool, g->error), 0);
}

void
rig_free(struct rig *g)
{
	pool_free(g->pool);
	buf_free(&g->log);
	/* nothing is left running: there is no child to wait for */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

int
rig_script(const char *script)
{
	int fd = memfd_create("script", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, script, strlen(script)), (ssize_t)strlen(script));
	return fd;
}

void
rig_submit(struct rig *g, uint32_t number, const char *script)
{
	struct job j = {.root = number};
	char path[64];

	while (!pool_wants(g->pool))
		assert_int_equal(pool_poll(g->pool, -1), 0);
	j.fd = rig_script(script);
	assert_int_equal(fstat(j.fd, &j.st), 0);
	snprintf(path, sizeof path, "/share/folder/f%u", number);
	j.path = strdup(path);
	assert_int_equal(pool_submit(g->pool, &j), 0);
}

void
rig_finish(struct rig *g)
{
	pool_flush(g->pool);
	while (!pool_idle(g->pool))
		assert_int_equal(pool_poll(g->pool, -1), 0);
}

/* One file on one worker; the events as text. */
const char *
rig_run_one(struct rig *g, const char *script)
{
	rig_start(g, 1);
	rig_submit(g, 0, script);
	rig_finish(g);
	assert_int_equal(g->done[0], 1);
	return buf_cstr(&g->log);
}

unsigned
rig_lines(const char *log, const char *what)
{
	unsigned n = 0;

	for (const char *p = log; (p = strstr(p, what)); p += strlen(what))
		n++;
	return n;
}

int
rig_find_worker(void **state)
{
	ssize_t n = readlink("/proc/self/exe", worker_path, sizeof worker_path - 64);
	char *slash;
	int fd;

	(void)state;
	if (n <= 0)
		return -1;
	worker_path[n] = 0;
	slash = strstr(worker_path, "/unit/");
	if (!slash)
		return -1;
	snprintf(slash, 64, "/tools/test-worker");
	fd = mkstemp(rule_path);
	if (fd < 0 || write(fd, "rule-a\nrule-b\nrule-c\n", 21) != 21)
		return -1;
	return close(fd);
}

int
rig_remove_rules(void **state)
{
	(void)state;
	return unlink(rule_path);
}
