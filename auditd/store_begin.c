/*
 * A scan begins: its shares get their rows, the rules their numbers, and what the last scan only
 * believed to be gone is open again.
 */
#include "store_in.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

#include "base/poison.h"

struct scan_root *
scan_root(struct store *s, uint32_t root)
{
	return &s->roots[s->roots[root < s->n_roots ? root : 0].stands_for];
}

struct scan_root *
scan_share(struct store *s, size_t i)
{
	return s->roots[i].stands_for == i ? &s->roots[i] : NULL;
}

static int
by_name(const void *a, const void *b, void *user)
{
	const struct store *s = user;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	int r = strcmp(s->roots[x].name, s->roots[y].name);

	return r ? r : x < y ? -1 : x > y;
}

/* A root that is given twice, or two of one name, are one share: the first stands for the others. */
static int
roots_join(struct store *s)
{
	_cleanup_free_ size_t *order = calloc(s->n_roots, sizeof *order);

	if (!order)
		return -ENOMEM;
	for (size_t i = 0; i < s->n_roots; i++)
		order[i] = s->roots[i].stands_for = i;
	qsort_r(order, s->n_roots, sizeof *order, by_name, s);
	for (size_t i = 1; i < s->n_roots; i++) {
		const struct scan_root *last = &s->roots[order[i - 1]];

		if (strcmp(last->name, s->roots[order[i]].name) == 0)
			s->roots[order[i]].stands_for = last->stands_for;
	}
	return 0;
}

void
scan_free(struct store *s)
{
	for (size_t i = 0; i < s->n_roots; i++) {
		free(s->roots[i].path);
		free(s->roots[i].name);
		sweep_free(&s->roots[i]);
	}
	free(s->roots);
	s->roots = NULL;
	s->n_roots = 0;
	s->scanning = false;
}

static int
share_begin(struct store *s, struct scan_root *root, const char *digest)
{
	_cleanup_close_ int fd = open(root->path, O_PATH | O_CLOEXEC);
	struct stat st;
	int64_t fsid = 0;
	int r = db_run(&s->f, F_SHARE_PUT, "t", root->name);

	if (r == 0)
		r = db_row(&s->f, F_SHARE_GET, "t", root->name);
	if (r <= 0)
		return r < 0 ? r : -EUCLEAN;
	root->share = db_int(&s->f, F_SHARE_GET, 0);
	fsid = db_int(&s->f, F_SHARE_GET, 1);
	root->first = db_int(&s->f, F_SHARE_GET, 2) == 0;
	root->confirmed |= db_int(&s->f, F_SHARE_GET, 3) != 0;
	db_leave(&s->f, F_SHARE_GET);
	root->fsid = fd >= 0 && fstat(fd, &st) == 0 ? cache_fsid(s, fd, st.st_dev) : 0;
	root->other_device = fsid != 0 && root->fsid != 0 && fsid != (int64_t)root->fsid;
	root->begun = store_now(s);
	sweep_begin(s, root);
	r = db_run(&s->f, F_SHARE_BEGIN, "ibi", root->share, span_str(root->path), root->begun);
	if (r == 0)
		r = db_run(&s->f, F_SHARE_RESET, "i", root->share);
	if (r == 0)
		r = db_run(&s->f, F_SCAN_PUT, "iit", root->share, root->begun, digest);
	root->scan = sqlite3_last_insert_rowid(s->f.h);
	return r;
}

static int
share_line(struct store *s, const struct scan_root *root, const char *digest)
{
	const struct store_pair pairs[] = {
		{"version", VERSION, false}, {"rules", digest, false}, {"root", root->path, true}};

	return line_put(s,
		&(struct line){.event = STORE_SCAN_START,
			.priority = store_priority(STORE_SCAN_START, NULL),
			.share = root->share,
			.pairs = pairs,
			.n_pairs = 3});
}

static int
roots_take(struct store *s, const struct store_scan *o)
{
	size_t n = o->n ? o->n : 1;

	s->roots = calloc(n, sizeof *s->roots);
	if (!s->roots)
		return -ENOMEM;
	for (s->n_roots = 0; s->n_roots < n; s->n_roots++) {
		struct scan_root *root = &s->roots[s->n_roots];
		const char *path = o->n ? o->roots[s->n_roots] : "";
		const char *name =
			o->n && o->names && o->names[s->n_roots] ? o->names[s->n_roots] : path;

		root->path = strdup(path);
		root->name = strdup(name);
		root->confirmed = o->confirm;
		if (!root->path || !root->name) {
			s->n_roots++;
			return -ENOMEM;
		}
	}
	return roots_join(s);
}

static int
scan_begin(struct store *s, const struct store_scan *o)
{
	int r = db_begin(&s->f);

	if (r == 0)
		r = store_rules_take(s, o->rules);
	if (r == 0)
		r = cache_rules(s, o->rules, o->settings);
	if (r == 0)
		r = roots_take(s, o);
	for (size_t i = 0; r == 0 && i < s->n_roots; i++) {
		struct scan_root *root = scan_share(s, i);

		r = root ? share_begin(s, root, o->rules->digest) : 0;
		if (r == 0 && root && !s->list)
			r = share_line(s, root, o->rules->digest);
	}
	return r;
}

int
store_scan_begin(struct store *s, const struct store_scan *o)
{
	int r = s->read_only ? -EROFS : s->error ? store_reopen(s) : 0;

	if (r < 0)
		return r;
	scan_free(s);
	cache_forget(s);
	s->list = o->n == 0;
	s->key_check = o->key_check;
	s->log_severity = o->log_severity;
	s->log_confidence = o->log_confidence;
	s->log_known = o->log_known;
	r = scan_begin(s, o);
	if (r == 0)
		r = store_commit(s);
	if (r < 0) {
		(void)store_fail(s, r, "findings.db");
		scan_free(s);
		return r;
	}
	s->scanning = true;
	return 0;
}
