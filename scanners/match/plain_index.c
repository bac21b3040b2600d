/*
 * A scan of a few files is over before libhs has made its databases: they are half of the worker's
 * start. So the first text is searched with a table instead, of literals in order of their first
 * two bytes, looked up wherever one may begin. A database is made when more has been asked for than
 * such a look-up is good for.
 */
#include "match/plain_index.h"

#include <errno.h>
#include <stdlib.h>

#include "match/shapes.h"

#include "base/poison.h"

#define PLAIN_BYTES (32u * 1024) /* of text that cost less this way than a database, some 10 ms */

struct plain_entry {
	uint16_t key, n;
	unsigned id;
	const char *text;
};

static unsigned
key_of(uint8_t first, uint8_t second)
{
	return (unsigned)to_lower(first) << 8 | to_lower(second);
}

int
plain_index_new(struct plain_index *p, size_t most)
{
	*p = (struct plain_index){.left = PLAIN_BYTES};
	p->v = calloc(most + 1, sizeof *p->v);
	p->keys = calloc(65536 / 64, sizeof *p->keys);
	return p->v && p->keys ? 0 : -ENOMEM;
}

void
plain_index_add(struct plain_index *p, const char *text, size_t n, unsigned id)
{
	unsigned key = key_of((uint8_t)text[0], (uint8_t)text[1]);

	p->v[p->n++] = (struct plain_entry){(uint16_t)key, (uint16_t)n, id, text};
	p->keys[key / 64] |= UINT64_C(1) << key % 64;
}

static int
by_key(const void *x, const void *y)
{
	const struct plain_entry *a = x, *b = y;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

void
plain_index_ready(struct plain_index *p)
{
	if (p->n)
		qsort(p->v, p->n, sizeof *p->v, by_key);
}

void
plain_index_free(struct plain_index *p)
{
	free(p->v);
	free(p->keys);
	*p = (struct plain_index){0};
}

bool
plain_index_may(struct plain_index *p, size_t n)
{
	if (p->left < n) {
		p->left = 0;
		return false;
	}
	p->left -= n;
	return true;
}

bool
literal_stands(struct span text, size_t at, const char *low, size_t n)
{
	if (at > text.n || text.n - at < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (to_lower(text.p[at + i]) != (uint8_t)low[i])
			return false;
	return true;
}

/* The first literal with this key, or p->n. */
static size_t
first_of(const struct plain_index *p, unsigned key)
{
	size_t lo = 0, hi = p->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (p->v[mid].key < key)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

int
plain_index_at(const struct plain_index *p, struct span text, size_t at, plain_fn *fn, void *user)
{
	unsigned key;

	if (at + 1 >= text.n)
		return 0;
	key = key_of(text.p[at], text.p[at + 1]);
	if (!(p->keys[key / 64] >> key % 64 & 1))
		return 0;
	for (size_t i = first_of(p, key); i < p->n && p->v[i].key == key; i++) {
		const struct plain_entry *e = &p->v[i];
		int r = literal_stands(text, at, e->text, e->n) ? fn(user, e->id, at + e->n) : 0;

		if (r)
			return r;
	}
	return 0;
}
