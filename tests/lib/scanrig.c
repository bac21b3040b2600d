/*
 * The log holds everything a scan says, values as sums of their fingerprints, so that comparing two
 * logs compares two scans. A rig that cannot start is a broken test: it aborts.
 */
#include "scanrig.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"

#include "base/poison.h"

#define MOST_FILES 256
#define MOST_BYTES (1u << 20)

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
add_file(struct ruleset *rs, const char *path, struct rules_error *e)
{
	_cleanup_free_ char *p = malloc(MOST_BYTES);
	FILE *f = fopen(path, "rb");
	size_t n;

	if (!f)
		return -errno;
	n = p ? fread(p, 1, MOST_BYTES, f) : 0;
	(void)fclose(f);
	return p ? rules_add(rs, path, span_of(p, n), e) : -ENOMEM;
}

int
scanrig_rules(const char *folder, struct ruleset *rs, struct rules_error *e)
{
	char *names[MOST_FILES], path[4096];
	DIR *d = opendir(folder);
	struct dirent *de;
	size_t n = 0;
	int r = d ? 0 : -errno;

	while (d && (de = readdir(d)) && n < MOST_FILES) {
		size_t len = strlen(de->d_name);

		if (len > 5 && strcmp(de->d_name + len - 5, ".yaml") == 0)
			names[n++] = strdup(de->d_name);
	}
	if (d)
		(void)closedir(d);
	qsort(names, n, sizeof names[0], by_name);
	for (size_t i = 0; i < n; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		r = r == 0 ? add_file(rs, path, e) : r;
		free(names[i]);
	}
	return r < 0 ? r : rules_finish(rs);
}

void
scanrig_open(struct scanrig *g)
{
	const char *folder = getenv("LEAKAUDIT_RULES");
	const struct scan_options opt = {.key = {1, 2, 3}};
	struct rules_error e = {0};
	struct ruleset rs = {0};
	int r;

	*g = (struct scanrig){0};
	r = scanrig_rules(folder ? folder : "config/rules", &rs, &e);
	if (r == 0)
		r = scan_new(&rs, &opt, &g->s, &e);
	if (r == 0)
		return;
	fprintf(stderr, "scanrig: %s:%u: %s (%s)\n", e.file, e.line, e.message, strerror(-r));
	abort();
}

static void
put_inner(struct buf *b, const struct inner *in)
{
	for (size_t i = 0; i < in->n; i++) {
		buf_puts(b, i ? "!" : " ");
		buf_put(b, in->names[i].p, in->names[i].n);
	}
	buf_putc(b, '\n');
}

static void
put_place(struct buf *b, const struct place *p)
{
	buf_printf(b, "%d:%s:%.63s:%llu:%llu:%llu:%u:%u:%llu,", (int)p->kind, part_name(p->part),
		p->name, (unsigned long long)p->line, (unsigned long long)p->col,
		(unsigned long long)p->row, p->column, p->page, (unsigned long long)p->offset);
}

static int
on_finding(void *user, const struct inner *in, const struct finding *f)
{
	struct scanrig *g = user;
	struct buf *b = &g->log;

	g->findings++;
	buf_printf(b, "finding %s %s count=%llu unique=%llu via=%d ev=%d%s%s at[",
		scan_rules(g->s)->rules[f->rule].id, confidence_name(f->confidence),
		(unsigned long long)f->count, (unsigned long long)f->unique, (int)f->via,
		f->evidence, f->lowered ? " lowered" : "", f->encrypted ? " encrypted" : "");
	for (unsigned i = 0; i < f->n_at; i++)
		put_place(b, &f->at[i]);
	buf_puts(b, "] why[");
	for (unsigned i = 0; i < f->n_why; i++)
		buf_printf(b, "%s;", f->why[i]);
	buf_puts(b, "] sample[");
	for (unsigned i = 0; i < f->n_samples; i++)
		buf_printf(b, "%s;", f->samples[i]);
	buf_printf(b, "] %s", f->mime);
	put_inner(b, in);
	return 0;
}

static int
on_run(void *user, const struct inner *in, uint16_t rule, const uint64_t *fp, size_t n)
{
	struct scanrig *g = user;
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum = sum * 31 + fp[i];
	g->values += n;
	buf_printf(&g->log, "run %s n=%zu sum=%llx", scan_rules(g->s)->rules[rule].id, n,
		(unsigned long long)sum);
	put_inner(&g->log, in);
	return 0;
}

static int
on_gap(void *user, const struct inner *in, enum gap_reason reason, bool hides, const char *detail)
{
	struct scanrig *g = user;

	g->gaps++;
	buf_printf(&g->log, "gap %s%s (%s)", gap_name(reason), hides ? " hides" : "", detail);
	put_inner(&g->log, in);
	return 0;
}

int
scanrig_reader(struct scanrig *g, const char *name, struct reader *r, uint64_t size)
{
	const struct scan_out out = {
		.finding = on_finding, .run = on_run, .gap = on_gap, .user = g};
	const struct scan_file f = {.fd = -1, .size = size, .name = span_str(name)};
	struct scan_stats stats;
	int q = scan_reader(g->s, r, &f, &out, &stats);

	buf_printf(&g->log, "type %s\n", stats.mime);
	return q;
}

int
scanrig_bytes(struct scanrig *g, const char *name, struct span bytes)
{
	struct reader rd;
	int r;

	reader_mem(&rd, bytes);
	r = scanrig_reader(g, name, &rd, bytes.n);
	reader_end(&rd);
	return r;
}

int
scanrig_file(struct scanrig *g, const char *name, struct span bytes, uint64_t size)
{
	const struct scan_out out = {
		.finding = on_finding, .run = on_run, .gap = on_gap, .user = g};
	_cleanup_close_ int fd = memfd_create(name, MFD_CLOEXEC);
	const struct scan_file f = {.fd = fd, .size = size, .name = span_str(name)};
	struct scan_stats stats;

	if (fd < 0 || write(fd, bytes.p, bytes.n) != (ssize_t)bytes.n)
		return -EIO;
	return scan_fd(g->s, &f, &out, &stats);
}

const char *
scanrig_log(struct scanrig *g)
{
	return buf_cstr(&g->log);
}

void
scanrig_close(struct scanrig *g)
{
	scan_free(g->s);
	buf_free(&g->log);
}
