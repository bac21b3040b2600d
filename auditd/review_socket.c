/*
 * Records by way of the daemon. They come by their numbers; to print them in any other order their rows
 * are laid into a file without a name, and only their keys are kept and sorted in memory.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd.h"
#include "cmd_ask.h"
#include "review.h"
#include "review_page.h"
#include "sink_common.h"

#include "base/poison.h"

struct asked {
	int fd;
	const char *verb;
	char *said; /* room for a sentence: the review's */
	struct buf answer;
	struct review_row row;
};

/* What a record is sorted by, and where its row lies. */
struct key {
	uint64_t at, n;
	uint64_t first, second; /* as the order wants them */
	uint64_t no, id;
};

struct heap {
	FILE *file;
	struct key *keys;
	size_t n, cap;
	uint64_t size;
	enum store_sort sort;
	bool reverse;
	const uint8_t *map;
};

static int
ask_page(struct asked *a, const struct store_filter *f)
{
	struct review_words w;
	int r = review_words_make(a->verb, f, &w);

	if (r < 0)
		return r;
	buf_clear(&a->answer);
	r = control_ask(a->fd, w.v, w.n, ASK_TIMEOUT_MS, &a->answer);
	review_words_free(&w);
	if (r == STATUS_CLEAN)
		return a->answer.n < sizeof(uint64_t) ? -EBADMSG : 0;
	if (r < 0) {
		(void)snprintf(a->said, REVIEW_SAID, "the daemon: %s",
			r == -EPIPE ? "it went away" : strerror(-r));
		return r == -EPIPE ? -ECONNRESET : r;
	}
	while (a->answer.n && a->answer.p[a->answer.n - 1] == '\n')
		a->answer.n--;
	(void)snprintf(a->said, REVIEW_SAID, "%s", buf_cstr(&a->answer));
	return -EACCES;
}

/* Each row of the answer, as it comes; raw: its bytes. */
static int
page_rows(struct asked *a, int (*tell)(void *user, const struct stored *x, struct span raw),
	void *user)
{
	struct ipc_in in = {.p = a->answer.p, .n = a->answer.n, .at = sizeof(uint64_t)};
	size_t before = in.at;
	int r = 0, got;

	while (r == 0 && (got = review_row_read(&in, &a->row)) != 0) {
		if (got < 0)
			return got;
		r = tell(user, &a->row.x, span_of(in.p + before, in.at - before));
		before = in.at;
	}
	return r;
}

static int
all_pages(struct asked *a, const struct store_filter *filter,
	int (*tell)(void *user, const struct stored *x, struct span raw), void *user)
{
	struct store_filter f = *filter;
	uint64_t next;
	int r;

	do {
		r = ask_page(a, &f);
		if (r == 0) {
			next = le64(a->answer.p);
			if (next && next <= f.after)
				r = -EBADMSG;
			f.after = next;
		}
		if (r == 0)
			r = page_rows(a, tell, user);
	} while (r == 0 && f.after);
	return r;
}

/* --- an order ------------------------------------------------------------------------------- */

static void
key_order(struct key *k, const struct stored *x, enum store_sort sort)
{
	const struct record *r = &x->rec;
	bool finding = r->type == RECORD_FINDING;

	k->no = x->no;
	k->id = r->id;
	switch (sort) {
	case STORE_BY_SCORE:
		k->first = finding ? r->severity : 0;
		k->second = finding ? r->score : 0;
		break;
	case STORE_BY_PATH:
		k->second = finding ? (uint64_t)SEVERITIES - r->severity : 0;
		break;
	case STORE_BY_FIRST:
		k->first = (uint64_t)x->first;
		break;
	case STORE_BY_LAST:
		k->first = (uint64_t)x->last;
		break;
	case STORE_BY_COUNT:
		k->first = finding ? r->f->count : 0;
		break;
	default:
		break;
	}
}

static int
heap_put(void *user, const struct stored *x, struct span raw)
{
	struct heap *h = user;

	if (h->n == h->cap) {
		size_t cap = h->cap ? h->cap * 2 : 1024;
		struct key *more = reallocarray(h->keys, cap, sizeof(*more));

		if (!more)
			return -ENOMEM;
		h->keys = more;
		h->cap = cap;
	}
	if (fwrite(raw.p, 1, raw.n, h->file) != raw.n)
		return -EIO;
	h->keys[h->n] = (struct key){.at = h->size, .n = raw.n};
	key_order(&h->keys[h->n++], x, h->sort);
	h->size += raw.n;
	return 0;
}

/* The path stands in the row; it is found by reading the row as far as that. */
static struct span
key_path(const struct heap *h, const struct key *k)
{
	return review_row_path(span_of(h->map + k->at, k->n));
}

static int
compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int
compare_paths(const struct heap *h, const struct key *a, const struct key *b)
{
	struct span x = key_path(h, a), y = key_path(h, b);
	int c = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);

	return c ? c : compare_numbers(x.n, y.n);
}

/* The same order as the store's own, store_query.c. */
static int
compare(const void *va, const void *vb, void *user)
{
	const struct key *a = va, *b = vb;
	const struct heap *h = user;
	bool by_path = h->sort == STORE_BY_PATH;
	bool named = by_path || h->sort == STORE_BY_SCORE || h->sort == STORE_BY_COUNT;
	bool down = by_path == h->reverse;
	int c = by_path ? compare_paths(h, a, b) : compare_numbers(a->first, b->first);

	if (c == 0 && h->sort == STORE_BY_SCORE)
		c = compare_numbers(a->second, b->second);
	if (c)
		return down ? -c : c;
	c = by_path ? compare_numbers(a->second, b->second) : named ? compare_paths(h, a, b) : 0;
	if (c)
		return c;
	return named ? ((int64_t)a->id < (int64_t)b->id ? -1 : a->id != b->id)
		     : compare_numbers(a->no, b->no);
}

static int
heap_tell(struct heap *h, struct asked *a, uint64_t limit,
	int (*tell)(void *user, const struct stored *x), void *user)
{
	int r = 0;

	for (size_t i = 0; i < h->n && (limit == 0 || i < limit) && r == 0; i++) {
		struct ipc_in in = {
			.p = (uint8_t *)(uintptr_t)h->map + h->keys[i].at, .n = h->keys[i].n};

		r = review_row_read(&in, &a->row);
		r = r == 1 ? tell(user, &a->row.x) : r == 0 ? -EBADMSG : r;
	}
	return r;
}

static int
heap_map(struct heap *h)
{
	void *p;

	if (fflush(h->file) != 0)
		return -errno;
	p = mmap(NULL, h->size, PROT_READ, MAP_PRIVATE, fileno(h->file), 0);
	if (p == MAP_FAILED)
		return -errno;
	h->map = p;
	return 0;
}

static void
heap_free(struct heap *h)
{
	if (h->map)
		(void)munmap((void *)(uintptr_t)h->map, h->size);
	if (h->file)
		(void)fclose(h->file);
	free(h->keys);
}

static int
sorted_each(struct asked *a, const struct store_filter *f,
	int (*tell)(void *user, const struct stored *x), void *user)
{
	_cleanup_(heap_free) struct heap h = {
		.file = sink_temp(), .sort = f->sort, .reverse = f->reverse};
	int r = h.file ? all_pages(a, f, heap_put, &h) : -errno;

	if (r < 0 || h.n == 0)
		return r;
	r = heap_map(&h);
	if (r < 0)
		return r;
	qsort_r(h.keys, h.n, sizeof(*h.keys), compare, &h);
	return heap_tell(&h, a, f->limit, tell, user);
}

struct through {
	int (*tell)(void *user, const struct stored *x);
	void *user;
	uint64_t left;
};

static int
tell_through(void *user, const struct stored *x, struct span raw)
{
	struct through *t = user;
	int r = t->tell(t->user, x);

	(void)raw;
	return r || t->left == 0 ? r : --t->left == 0;
}

static int
socket_each(void *source, const struct store_filter *f,
	int (*tell)(void *user, const struct stored *x), void *user)
{
	struct through t = {.tell = tell, .user = user, .left = f->limit};

	if (f->sort == STORE_BY_ROW || f->id)
		return all_pages(source, f, tell_through, &t);
	return sorted_each(source, f, tell, user);
}

static void
socket_close(void *source)
{
	struct asked *a = source;

	(void)close(a->fd);
	buf_free(&a->answer);
	review_row_free(&a->row);
	free(a);
}

int
review_socket(const char *path, const char *verb, struct review *r)
{
	struct asked *a;
	int fd, e = control_connect(path, &fd);

	if (e < 0)
		return e;
	a = calloc(1, sizeof(*a));
	if (!a) {
		(void)close(fd);
		return -ENOMEM;
	}
	*a = (struct asked){.fd = fd, .verb = verb, .said = r->said, .answer.max = CONTROL_ANSWER};
	r->each = socket_each;
	r->close = socket_close;
	r->source = a;
	return 0;
}
