/*
 * The texts go to a file without a name and only 56 bytes of each stay in memory: two hashes that
 * group them, the grade and where the text lies. A million findings sort in a moment.
 */
#include "worst.h"

#include <errno.h>
#include <stdlib.h>

#include "sink_common.h"

#include "base/poison.h"

int
worst_add(struct worst *w, const struct worst_key *key, const struct buf *text)
{
	struct worst_entry *e;

	if (w->n == w->cap) {
		size_t cap = w->cap ? 2 * w->cap : 64;
		void *p = reallocarray(w->entries, cap, sizeof(*w->entries));

		if (!p)
			return -ENOMEM;
		w->entries = p;
		w->cap = cap;
	}
	if (!w->f) {
		w->f = sink_temp();
		if (!w->f)
			return -errno;
	}
	if (text->failed || text->n > UINT32_MAX)
		return -ENOMEM;
	errno = 0;
	if (text->n && fwrite(text->p, 1, text->n, w->f) != text->n)
		return errno ? -errno : -EIO;
	e = &w->entries[w->n];
	*e = (struct worst_entry){.key = *key, .at = w->end, .len = (uint32_t)text->n};
	e->seq = w->n++;
	w->end += text->n;
	return 0;
}

static int
compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int
by_group(const void *a, const void *b)
{
	const struct worst_entry *x = a, *y = b;
	int r = compare(x->key.file, y->key.file);

	if (r == 0)
		r = compare(x->key.where, y->key.where);
	if (r == 0)
		r = compare(y->key.grade, x->key.grade);
	return r ? r : compare(x->seq, y->seq);
}

/* Files by their worst, within one file the same for its items; then as they came. */
static int
by_grade(const void *a, const void *b)
{
	const struct worst_entry *x = a, *y = b;
	int r = compare(y->file_grade, x->file_grade);

	if (r == 0)
		r = compare(x->file_seq, y->file_seq);
	if (r == 0)
		r = compare(y->where_grade, x->where_grade);
	if (r == 0)
		r = compare(x->where_seq, y->where_seq);
	if (r == 0)
		r = compare(y->key.grade, x->key.grade);
	return r ? r : compare(x->seq, y->seq);
}

/* The end of the run that begins at i and agrees in file (and where). */
static size_t
run_end(const struct worst *w, size_t i, bool where)
{
	size_t j = i;

	while (j < w->n && w->entries[j].key.file == w->entries[i].key.file &&
		(!where || w->entries[j].key.where == w->entries[i].key.where))
		j++;
	return j;
}

static void
grade_runs(struct worst *w, bool where)
{
	for (size_t i = 0, end; i < w->n; i = end) {
		uint64_t seq = UINT64_MAX;
		uint32_t grade = 0;

		end = run_end(w, i, where);
		for (size_t j = i; j < end; j++) {
			grade = w->entries[j].key.grade > grade ? w->entries[j].key.grade : grade;
			seq = w->entries[j].seq < seq ? w->entries[j].seq : seq;
		}
		for (size_t j = i; j < end; j++) {
			*(where ? &w->entries[j].where_grade : &w->entries[j].file_grade) = grade;
			*(where ? &w->entries[j].where_seq : &w->entries[j].file_seq) = seq;
		}
	}
}

int
worst_sort(struct worst *w)
{
	if (w->n == 0)
		return 0;
	if (fflush(w->f) != 0)
		return -errno;
	qsort(w->entries, w->n, sizeof(*w->entries), by_group);
	grade_runs(w, false);
	grade_runs(w, true);
	qsort(w->entries, w->n, sizeof(*w->entries), by_grade);
	return 0;
}

int
worst_text(struct worst *w, size_t i, struct buf *b)
{
	const struct worst_entry *e = &w->entries[i];
	uint8_t *to = buf_room(b, e->len);

	if (!to)
		return -ENOMEM;
	if (fseeko(w->f, (off_t)e->at, SEEK_SET) < 0 || fread(to, 1, e->len, w->f) != e->len)
		return -EIO;
	b->n += e->len;
	return 0;
}

void
worst_free(struct worst *w)
{
	if (w->f)
		(void)fclose(w->f);
	free(w->entries);
	*w = (struct worst){0};
}
