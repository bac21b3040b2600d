/*
 * scan-case RULES-FOLDER FILE...: what one scan says of each file, one line a finding or gap:
 *   finding RULE CONFIDENCE count=N unique=N [INNER!INNER]   gap REASON [hides] [INNER]
 * Unconfined and without the other side: for cases and for developers.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "scan.h"
#include "scanrig.h"

static bool verbose;

struct ctx {
	const struct ruleset *rs;
	const char *file;
	uint64_t runs;
};

static void
put_inner(const struct inner *in)
{
	for (size_t i = 0; i < in->n; i++)
		printf("%s%.*s", i ? "!" : " ", (int)in->names[i].n, (const char *)in->names[i].p);
	putchar('\n');
}

static int
on_finding(void *user, const struct inner *in, const struct finding *f)
{
	struct ctx *c = user;

	printf("%s: finding %s %s count=%llu unique=%llu%s%s", c->file, c->rs->rules[f->rule].id,
		confidence_name(f->confidence), (unsigned long long)f->count,
		(unsigned long long)f->unique, f->lowered ? " lowered" : "",
		f->encrypted ? " encrypted" : "");
	put_inner(in);
	if (verbose) {
		for (uint8_t i = 0; i < f->n_why; i++)
			printf("    why %s\n", f->why[i]);
		for (uint8_t i = 0; i < f->n_samples; i++)
			printf("    sample %s\n", f->samples[i]);
		for (uint8_t i = 0; i < f->n_at; i++)
			printf("    at kind=%d line=%llu col=%llu row=%llu column=%u offset=%llu "
			       "%s %s\n",
				(int)f->at[i].kind, (unsigned long long)f->at[i].line,
				(unsigned long long)f->at[i].col, (unsigned long long)f->at[i].row,
				f->at[i].column, (unsigned long long)f->at[i].offset,
				part_name(f->at[i].part), f->at[i].name);
	}
	return 0;
}

static int
on_run(void *user, const struct inner *in, uint16_t rule, const uint64_t *fp, size_t n)
{
	struct ctx *c = user;

	(void)in, (void)rule, (void)fp;
	c->runs += n;
	return 0;
}

static int
on_gap(void *user, const struct inner *in, enum gap_reason reason, bool hides, const char *detail)
{
	struct ctx *c = user;

	printf("%s: gap %s%s", c->file, gap_name(reason), hides ? " hides" : "");
	if (verbose)
		printf(" (%s)", detail);
	put_inner(in);
	return 0;
}

static int
scan_one(struct scan *s, const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	struct ctx c = {.rs = scan_rules(s), .file = base};
	const struct scan_out out = {
		.finding = on_finding, .run = on_run, .gap = on_gap, .user = &c};
	struct scan_file f = {.fd = fd, .name = span_str(base)};
	struct scan_stats stats = {.mime = ""};
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	f.size = (uint64_t)st.st_size;
	if (slash) {
		const char *b = slash;

		while (b > path && b[-1] != '/')
			b--;
		f.folder = span_of(b, (size_t)(slash - b));
	}
	r = scan_fd(s, &f, &out, &stats);
	if (verbose)
		printf("%s: %s, %llu items, %llu bytes\n", base, stats.mime,
			(unsigned long long)stats.items, (unsigned long long)stats.bytes);
	return r;
}

static int
on_check(void *user, const struct rule *r, uint32_t line, bool failed, const char *message)
{
	int *bad = user;

	*bad |= failed;
	if (failed || verbose)
		printf("%s:%u: %s: %s\n", r->file, line, r->id, message);
	return 0;
}

int
main(int argc, char **argv)
{
	struct scan_options opt = {.key = {1}};
	struct rules_error e = {0};
	struct ruleset rs = {0};
	struct scan *s;
	int r, bad = 0, first = 2;

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	if (argc > 2 && strcmp(argv[2], "-v") == 0) {
		verbose = true;
		first = 3;
	}
	if (argc < 2) {
		fprintf(stderr,
			"usage: scan-case RULES-FOLDER [-v] [FILE...]  (no file: examples)\n");
		return 2;
	}
	r = scanrig_rules(argv[1], &rs, &e);
	if (r == 0)
		r = scan_new(&rs, &opt, &s, &e);
	if (r < 0) {
		fprintf(stderr, "%s:%u:%u: %s (%s)\n", e.file, e.line, e.column, e.message,
			strerror(-r));
		return 2;
	}
	if (first >= argc)
		(void)scan_check_rules(s, on_check, &bad);
	for (int i = first; i < argc; i++) {
		r = scan_one(s, argv[i]);
		if (r < 0) {
			fprintf(stderr, "%s: %s\n", argv[i], strerror(-r));
			bad = 1;
		}
	}
	scan_free(s);
	rules_free(&rs);
	return bad;
}
