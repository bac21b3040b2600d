/*
 * Why something that was found before was not found by a complete scan. To say "deleted" of what is
 * only out of sight would be the worst mistake this program could make, so in doubt a finding stays.
 */
#include "store_in.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "record.h"

#include "base/poison.h"

static bool
begins_with(const struct inner *in, const struct inner *head)
{
	if (head->n > in->n)
		return false;
	for (size_t i = 0; i < head->n; i++) {
		if (!span_eq(in->names[i], head->names[i]))
			return false;
	}
	return true;
}

bool
lost_hidden(struct store *s, const struct scan_root *root, const char *path, size_t path_n,
	const struct inner *in)
{
	_cleanup_free_ char *name = strndup(path, path_n);
	_cleanup_(decoded_free) struct decoded d = {0};
	bool hidden = false;
	int r;

	if (!name)
		return true;
	r = db_row(&s->f, F_FILE_GAPS, "iii", root->share,
		(int64_t)record_file(path_n ? name : "/"), root->scan);
	while (r > 0 && !hidden) {
		hidden = record_decode(s, db_blob(&s->f, F_FILE_GAPS, 1),
				 db_blob(&s->f, F_FILE_GAPS, 2), &d) < 0 ||
			begins_with(in, &d.rec.inner);
		if (!hidden)
			r = db_next(&s->f, F_FILE_GAPS);
	}
	if (hidden)
		db_leave(&s->f, F_FILE_GAPS);
	return hidden || r < 0;
}

/* A gap of a folder above it: denied, moved away while it was read. */
static bool
out_of_sight(struct store *s, const struct scan_root *root, const struct record *r)
{
	static const struct inner whole = {0};

	if (lost_hidden(s, root, r->path, strlen(r->path), &r->inner))
		return true;
	for (size_t n = strlen(r->path); n > 0; n--) {
		if (r->path[n - 1] == '/' && lost_hidden(s, root, r->path, n - 1, &whole))
			return true;
		if (n <= strlen(root->path))
			break;
	}
	return false;
}

static bool
elsewhere(struct store *s, const struct scan_root *root, const struct decoded *d, int64_t no,
	int64_t ino, int64_t values)
{
	uint32_t rule = d->f.rule == UINT16_MAX ? 0 : s->rule_no[d->f.rule];
	int r = 0;

	if (d->rec.type != RECORD_FINDING)
		return false;
	if (ino)
		r = db_row(&s->f, F_ELSEWHERE_INODE, "iiiii", ino, no, (int64_t)rule,
			(int64_t)d->f.count, root->scan);
	if (r > 0)
		db_leave(&s->f, F_ELSEWHERE_INODE);
	if (r == 0 && values) {
		r = db_row(
			&s->f, F_ELSEWHERE_VALUES, "iiii", values, no, (int64_t)rule, root->scan);
		if (r > 0)
			db_leave(&s->f, F_ELSEWHERE_VALUES);
	}
	return r > 0;
}

enum store_cause
lost_cause(struct store *s, const struct scan_root *root, const struct decoded *d, int64_t no,
	int64_t ino, int64_t values)
{
	struct stat st;
	int r = lstat(d->rec.path, &st) < 0 ? -errno : 0;

	if (r < 0 && r != -ENOENT && r != -ENOTDIR)
		return STORE_CAUSE_NONE;
	if (out_of_sight(s, root, &d->rec))
		return STORE_CAUSE_NONE;
	if (elsewhere(s, root, d, no, ino, values))
		return STORE_MOVED;
	if (r < 0)
		return STORE_DELETED;
	/* it came back, or was replaced, behind the walk: the next scan will tell */
	if (st.st_ctim.tv_sec >= root->begun)
		return STORE_CAUSE_NONE;
	if (d->rec.type == RECORD_FINDING && d->f.rule == UINT16_MAX)
		return STORE_RULE_CHANGED;
	return cache_has(s, root, d->rec.path, &st) ? STORE_CLEAN : STORE_EXCLUDED;
}
