/*
 * The line and its memory. What comes from a worker goes to the store before any filter, because a
 * later scan that does not read the file again may ask for more; what the store tells of unchanged
 * files goes through the same filters and counters as if it had been read. Those are graded again,
 * so that another list of what is expected needs no second reading.
 */
#include "audit_in.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "record.h"

#include "base/poison.h"

/* Equal keys give equal checks; a check tells nothing of the key. */
static uint64_t
key_check(const uint8_t key[32])
{
	static const char word[] = "leakaudit: the same key?";
	uint8_t out[16];

	crypto_generichash(out, sizeof out, (const uint8_t *)word, sizeof word, key, 32);
	return le64(out);
}

static void
put_words(struct buf *b, const char *name, const char *const *words, size_t n)
{
	buf_printf(b, ";%s", name);
	for (size_t i = 0; i < n; i++)
		buf_printf(b, " %s", words[i]);
}

/* Whatever beside the rules decides what a file gives. */
static void
put_settings(struct buf *b, const struct audit_options *o)
{
	const struct pool_options *p = &o->pool;

	buf_puts(b, VERSION);
	put_words(b, "only", p->only, p->n_only);
	put_words(b, "without", p->without, p->n_without);
	buf_puts(b, p->show_none ? ";show none" : "");
}

static int
scan_begin(struct audit *a, size_t n, const char *const *roots, const char *const *names)
{
	const struct audit_memory *m = &a->o->memory;
	struct buf settings = {0};
	int r;

	put_settings(&settings, a->o);
	r = settings.failed ? -ENOMEM
			    : store_scan_begin(m->store,
				      &(struct store_scan){.names = names,
					      .roots = roots,
					      .n = n,
					      .rules = pool_catalogue(a->pool),
					      .settings = buf_cstr(&settings),
					      .key_check = key_check(a->o->pool.key),
					      .log_severity = m->log_severity,
					      .log_confidence = m->log_confidence,
					      .log_known = m->log_known,
					      .confirm = m->confirm});
	buf_free(&settings);
	return r;
}

int
memory_open(struct audit *a)
{
	const struct audit_memory *m = &a->o->memory;
	size_t n = a->o->walk.files_from ? 0 : a->o->walk.n_roots;
	_cleanup_free_ const char **roots = calloc(n + 1, sizeof *roots);
	_cleanup_free_ const char **names = calloc(n + 1, sizeof *names);
	const char *why = NULL;

	if (!m->store)
		return 0;
	a->fp = calloc(STORE_VALUES, sizeof *a->fp);
	if (!roots || !names || !a->fp)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		roots[i] = walk_root(a->walk, i);
		names[i] = m->shares ? m->shares[i] : NULL;
	}
	a->remembers = scan_begin(a, n, roots, names) == 0;
	if (!a->remembers) {
		(void)store_error(m->store, &why);
		audit_say(a, "nothing is remembered of this scan: %s", why ? why : "unknown error");
	}
	return 0;
}

/* A finding of a file that was not read again, with the numbers it had. */
static int
recall_finding(struct audit *a, const struct stored *s)
{
	uint64_t file = record_file(s->rec.path), plain = 0;
	const struct store_values *v = &s->values;
	struct record r = s->rec;
	int e = 0;

	r.rule = &pool_catalogue(a->pool)->rules[r.f->rule];
	if (!audit_wanted(a, &r))
		return 0;
	if (v->n)
		e = values_run(a->values, file, r.id, r.f->rule, v->fp, v->n);
	else if (v->all)
		plain = r.f->unique;
	if (e == 0 && !v->all)
		totals_least(a->totals, r.f->rule, r.f->unique);
	return e < 0 ? e : audit_report(a, &r, plain);
}

static int
recall_one(void *user, const struct stored *s)
{
	struct audit *a = user;

	return s->rec.type == RECORD_GAP ? audit_report_gap(a, &s->rec) : recall_finding(a, s);
}

static bool
same_why(const struct finding *a, const struct finding *b)
{
	bool same = a->n_why == b->n_why;

	for (unsigned i = 0; same && i < a->n_why; i++)
		same = strcmp(a->why[i], b->why[i]) == 0;
	return same;
}

/* What is expected may be another thing than when the file was read; its content is the same. */
static int
regrade_one(void *user, const struct stored *s)
{
	struct audit *a = user;
	struct record r = s->rec;
	struct finding f;

	if (r.type == RECORD_GAP)
		return 0;
	f = *r.f;
	r.f = &f;
	r.rule = &pool_catalogue(a->pool)->rules[f.rule];
	audit_grade(a, &r, &f);
	if (r.severity != s->rec.severity || !same_why(&f, s->rec.f))
		return store_regrade(a->o->memory.store, &r);
	return 0;
}

int
memory_known(struct audit *a, const struct walk_event *e)
{
	uint64_t file = record_file(e->path);
	int r = store_recall(a->o->memory.store, e->root, e->path,
		a->o->memory.recall	? recall_one
			: a->o->expects ? regrade_one
					: NULL,
		a);

	values_file_end(a->values, file);
	totals_file_end(a->totals, file);
	return r;
}

void
memory_record(struct audit *a, uint32_t root, const struct record *r)
{
	struct store_values v = {.fp = a->fp};

	if (!a->remembers)
		return;
	if (r->type == RECORD_FINDING)
		values_list(a->values, r->id, a->fp, STORE_VALUES, &v.n, &v.all);
	store_record(a->o->memory.store, root, r, &v);
}

void
memory_done(struct audit *a, const struct job *j, bool failed)
{
	if (a->remembers)
		store_file_done(a->o->memory.store,
			&(struct store_file){.root = j->root,
				.path = j->path,
				.st = &j->st,
				.fd = j->fd,
				.opened = j->opened,
				.failed = failed});
}

void
memory_end(struct audit *a)
{
	if (a->remembers)
		store_scan_end(a->o->memory.store, &a->res.summary);
}
