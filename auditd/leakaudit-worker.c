/*
 * leakaudit-worker: the confined process that reads content. Started by leakaudit with a socket on
 * descriptor 3 and a shared page on 4; no use by hand. It compiles the rules it is handed, closes
 * the sandbox on itself, and then scans one open file after the other.
 */
#include <errno.h>
#include <malloc.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "limits.h"
#include "rules.h"
#include "scan.h"
#include "serve.h"

#include "base/poison.h"

#define RULE_FILE_MAX (16 * MIB) /* a rule file is kilobytes; this one is a mistake */
#define ABORT_ROOM    (LIMIT_WORKER_AS / 2) /* less than this is left: memory was what was wanting */

struct world {
	struct scan *scan;
	struct scan_stats stats; /* of the last file */
	struct buf about;
};

static void
bad_from(struct serve_bad *bad, const struct rules_error *e)
{
	(void)snprintf(bad->file, sizeof bad->file, "%s", e->file);
	(void)snprintf(bad->message, sizeof bad->message, "%s", e->message);
	bad->line = e->line;
	bad->column = e->column;
}

static int
read_rules(int fd, struct buf *b)
{
	uint8_t *room;

	while ((room = buf_room(b, 64 * KIB))) {
		ssize_t n = pread(fd, room, 64 * KIB, (off_t)b->n);

		if (n <= 0)
			return n < 0 ? -errno : 0;
		b->n += (size_t)n;
	}
	return b->n > RULE_FILE_MAX / 2 ? -EFBIG : -ENOMEM;
}

static int
add_file(struct ruleset *rs, const struct serve_rule_file *f, struct rules_error *e)
{
	_cleanup_(buf_free) struct buf b = {.max = RULE_FILE_MAX};
	int r = read_rules(f->fd, &b);

	if (r < 0) {
		(void)snprintf(e->file, sizeof e->file, "%s", f->name);
		(void)snprintf(e->message, sizeof e->message, "%s", strerror(-r));
		return r;
	}
	return rules_add(rs, f->name, buf_span(&b), e);
}

static int
world_open(void *user, const struct serve_options *o, struct serve_bad *ret_bad)
{
	struct world *w = user;
	struct rules_error e = {0};
	struct ruleset rs = {0};
	struct scan_options so = {.show_none = o->show_none};
	int r = 0;

	memcpy(so.key, o->key, sizeof so.key);
	for (size_t i = 0; i < o->n_files && r == 0; i++)
		r = add_file(&rs, &o->files[i], &e);
	if (r == 0)
		r = rules_select(&rs, (const char *const *)o->only, o->n_only,
			(const char *const *)o->without, o->n_without, &e);
	if (r == 0)
		r = rules_finish(&rs);
	if (r < 0)
		rules_free(&rs);
	else
		r = scan_new(&rs, &so, &w->scan, &e);
	explicit_bzero(&so, sizeof so);
	if (r < 0)
		bad_from(ret_bad, &e);
	/* what compiling took goes back: there may be many workers, and they stay for hours */
	(void)malloc_trim(0);
	return r;
}

static uint16_t
world_rules(void *user, char ret_digest[65])
{
	const struct world *w = user;
	const struct ruleset *rs = scan_rules(w->scan);

	(void)snprintf(ret_digest, 65, "%s", rs->digest);
	return rs->n;
}

static void
world_rule(void *user, uint16_t i, struct rule_info *ret_r)
{
	const struct world *w = user;
	const struct rule *r = &scan_rules(w->scan)->rules[i];

	/* Only written from here: the texts are the rule set's. */
	*ret_r = (struct rule_info){
		.id = (char *)(uintptr_t)r->id,
		.category = (char *)(uintptr_t)r->category,
		.title = (char *)(uintptr_t)r->title,
		.advice = (char *)(uintptr_t)r->advice,
		.about = (char *)(uintptr_t)r->about,
		.refs = (char *)(uintptr_t)r->refs,
		.ladder = r->ladder,
	};
}

static int
on_finding(void *user, const struct inner *in, const struct finding *f)
{
	return serve_finding(user, in, f);
}

static int
on_run(void *user, const struct inner *in, uint16_t rule, const uint64_t *fp, size_t n)
{
	return serve_run(user, in, rule, fp, n);
}

static int
on_gap(void *user, const struct inner *in, enum gap_reason reason, bool hides, const char *detail)
{
	return serve_gap(user, in, reason, hides, detail);
}

static void
on_enter(void *user, const struct inner *in, uint32_t ordinal)
{
	serve_enter(user, in, ordinal);
}

static const char *
world_about(void *user)
{
	struct world *w = user;

	buf_clear(&w->about);
	scan_about(&w->about);
	return buf_cstr(&w->about);
}

static int
world_scan(void *user, struct serve *s, const struct wire_job *j, int fd, uint64_t *ret_items,
	uint64_t *ret_bytes, const char **ret_mime)
{
	struct world *w = user;
	const struct scan_out out = {on_finding, on_run, on_gap, on_enter, s};
	const struct scan_file f = {
		.fd = fd,
		.size = j->size,
		.name = j->name,
		.folder = j->folder,
		.skip = j->skip,
		.n_skip = j->n_skip,
		.progress = serve_progress(s),
	};
	int r = scan_fd(w->scan, &f, &out, &w->stats);

	if (r < 0)
		return r;
	*ret_items = w->stats.items;
	*ret_bytes = w->stats.bytes;
	*ret_mime = w->stats.mime;
	return 0;
}

static int
on_example(void *user, const struct rule *r, uint32_t line, bool failed, const char *message)
{
	return serve_checked(user, r->index, r->file, line, failed, message);
}

static int
world_check(void *user, struct serve *s)
{
	struct world *w = user;

	return scan_check_rules(w->scan, on_example, s);
}

/*
 * Libraries abort when an allocation fails. With most of the address space gone that is what it was,
 * and no bug of theirs.
 */
static void
on_abort(int sig)
{
	(void)sig;
	if (mmap(NULL, ABORT_ROOM, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
		_exit(SERVE_EXIT_NOMEM);
}

int
main(void)
{
	static const struct serve_ops ops = {
		.open = world_open,
		.rules = world_rules,
		.rule = world_rule,
		.about = world_about,
		.scan = world_scan,
		.check = world_check,
	};
	struct world w = {0};
	struct stat st;
	int r;

	if (fstat(WORKER_FD_SOCKET, &st) < 0 || !S_ISSOCK(st.st_mode)) {
		fprintf(stderr,
			"leakaudit-worker: a part of leakaudit, not to be started by hand\n");
		return 2;
	}
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	tzset();
	(void)signal(SIGABRT, on_abort);
	r = serve_main(&ops, &w);
	if (w.scan)
		scan_free(w.scan);
	buf_free(&w.about);
	return r;
}
