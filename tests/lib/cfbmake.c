/*
 * Everything in the plainest order: tables, directory, mini sectors, streams. Siblings hang on each
 * other's right branches, which any reader must be able to walk.
 */
#include "cfbmake.h"

#include <stdlib.h>

#include "base/poison.h"

#define END    0xFFFFFFFEu
#define FREE   0xFFFFFFFFu
#define CUTOFF 4096u
#define MINI   64u

struct table {
	uint32_t v[65536];
	uint32_t n;
};

void
put_le(struct buf *b, uint64_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		buf_putc(b, (uint8_t)(i < 8 ? v >> 8 * i : 0));
}

void
put_wide_ascii(struct buf *b, const char *s)
{
	for (; *s; s++)
		put_le(b, (uint8_t)*s, 2);
}

static unsigned
add(struct cfbmake *m, unsigned parent, const char *name, unsigned type)
{
	struct cfbmake_entry *e = &m->entries[m->n];

	if (m->n >= CFBMAKE_ENTRIES || strlen(name) >= sizeof e->name)
		abort();
	memcpy(e->name, name, strlen(name) + 1);
	e->parent = parent;
	e->type = type;
	return m->n++;
}

void
cfbmake_begin(struct cfbmake *m, unsigned shift)
{
	*m = (struct cfbmake){.shift = shift, .listed = 109};
	(void)add(m, 0, "Root Entry", 5);
}

unsigned
cfbmake_storage(struct cfbmake *m, unsigned parent, const char *name)
{
	return add(m, parent, name, 1);
}

unsigned
cfbmake_stream(struct cfbmake *m, unsigned parent, const char *name, struct span bytes)
{
	unsigned e = add(m, parent, name, 2);

	buf_put(&m->entries[e].bytes, bytes.p, bytes.n);
	return e;
}

static void
pad(struct buf *b, size_t unit)
{
	while (b->n % unit)
		buf_putc(b, 0);
}

/* Appends a chain of n sectors to the table; returns the first. */
static uint32_t
chain(struct table *t, size_t n)
{
	uint32_t first = t->n;

	if (n == 0)
		return END;
	if (t->n + n > sizeof t->v / sizeof *t->v)
		abort();
	for (size_t i = 1; i < n; i++, t->n++)
		t->v[t->n] = t->n + 1;
	t->v[t->n++] = END;
	return first;
}

static void
put_entry(struct cfbmake *m, struct buf *out, unsigned i, uint32_t start, uint64_t size)
{
	const struct cfbmake_entry *e = &m->entries[i];
	uint32_t child = FREE, right = FREE;
	size_t from = out->n;

	for (unsigned k = m->n; k-- > 1;) {
		if (m->entries[k].parent == i)
			child = k;
		if (i && k > i && m->entries[k].parent == e->parent)
			right = k;
	}
	put_wide_ascii(out, e->name);
	while (out->n < from + 64)
		buf_putc(out, 0);
	put_le(out, 2 * strlen(e->name) + 2, 2);
	put_le(out, e->type, 1);
	put_le(out, 1, 1);
	put_le(out, FREE, 4);
	put_le(out, right, 4);
	put_le(out, child, 4);
	for (unsigned k = 0; k < 36; k++)
		buf_putc(out, 0);
	put_le(out, start, 4);
	put_le(out, size, 8);
}

static void
put_header(struct cfbmake *m, uint32_t fats, uint32_t dir, uint32_t mini, uint32_t n_mini,
	uint32_t lists, uint32_t n_lists)
{
	struct buf *b = &m->out;

	buf_put(b, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
	put_le(b, 0, 8);
	put_le(b, 0, 8);
	put_le(b, 0x3E, 2);
	put_le(b, m->shift == 12 ? 4 : 3, 2);
	put_le(b, 0xFFFE, 2);
	put_le(b, m->shift, 2);
	put_le(b, 6, 2);
	put_le(b, 0, 6);
	put_le(b, 0, 4);
	put_le(b, fats, 4);
	put_le(b, dir, 4);
	put_le(b, 0, 4);
	put_le(b, CUTOFF, 4);
	put_le(b, mini, 4);
	put_le(b, n_mini, 4);
	put_le(b, lists, 4);
	put_le(b, n_lists, 4);
	for (uint32_t i = 0; i < 109; i++)
		put_le(b, i < fats && i < m->listed ? i : FREE, 4);
	pad(b, (size_t)1 << m->shift);
}

/* Streams into mini sectors or into sectors of their own, after `t` has what stands before. */
static void
place(struct cfbmake *m, struct table *mini, struct buf *small)
{
	for (unsigned i = 1; i < m->n; i++) {
		struct cfbmake_entry *e = &m->entries[i];

		if (e->type != 2 || e->bytes.n >= CUTOFF)
			continue;
		e->start = chain(mini, (e->bytes.n + MINI - 1) / MINI);
		buf_put(small, e->bytes.p, e->bytes.n);
		pad(small, MINI);
	}
}

void
cfbmake_end(struct cfbmake *m)
{
	struct table *t = calloc(1, sizeof *t), *mini = calloc(1, sizeof *mini);
	struct buf small = {0}, dir = {0}, big = {0};
	size_t size = (size_t)1 << m->shift, per = size / 4, sectors, fats = 1, lists = 0;
	uint32_t dir_at, mini_at, small_at;

	if (!t || !mini)
		abort();
	place(m, mini, &small);
	sectors = (m->n * 128 + size - 1) / size + (mini->n * 4 + size - 1) / size +
		(small.n + size - 1) / size;
	for (unsigned i = 1; i < m->n; i++) {
		if (m->entries[i].bytes.n >= CUTOFF)
			sectors += (m->entries[i].bytes.n + size - 1) / size;
	}
	lists = m->listed ? 0 : 1;
	while (fats * per < sectors + fats + lists) {
		fats++;
		lists = fats > m->listed ? (fats - m->listed + per - 2) / (per - 1) : 0;
	}
	for (size_t i = 0; i < fats + lists; i++)
		t->v[t->n++] = i < fats ? 0xFFFFFFFDu : 0xFFFFFFFCu;
	dir_at = chain(t, (m->n * 128 + size - 1) / size);
	mini_at = chain(t, (mini->n * 4 + size - 1) / size);
	small_at = chain(t, (small.n + size - 1) / size);
	for (unsigned i = 1; i < m->n; i++) {
		struct cfbmake_entry *e = &m->entries[i];

		if (e->bytes.n < CUTOFF)
			continue;
		e->start = chain(t, (e->bytes.n + size - 1) / size);
		buf_put(&big, e->bytes.p, e->bytes.n);
		pad(&big, size);
	}
	put_entry(m, &dir, 0, small_at, small.n);
	for (unsigned i = 1; i < m->n; i++)
		put_entry(m, &dir, i, m->entries[i].start, m->entries[i].bytes.n);
	pad(&dir, size);
	put_header(m, (uint32_t)fats, dir_at, mini_at, (uint32_t)((mini->n * 4 + size - 1) / size),
		lists ? (uint32_t)fats : END, (uint32_t)lists);
	for (size_t i = 0; i < fats * per; i++)
		put_le(&m->out, i < t->n ? t->v[i] : FREE, 4);
	for (size_t i = 0; i < lists; i++) {
		for (size_t k = 0; k + 1 < per; k++) {
			size_t at = m->listed + i * (per - 1) + k;

			put_le(&m->out, at < fats ? at : FREE, 4);
		}
		put_le(&m->out, i + 1 < lists ? fats + i + 1 : END, 4);
	}
	buf_put(&m->out, dir.p, dir.n);
	for (uint32_t i = 0; i < mini->n; i++)
		put_le(&m->out, mini->v[i], 4);
	while (m->out.n % size)
		buf_putc(&m->out, 0xFF);
	buf_put(&m->out, small.p, small.n);
	pad(&m->out, size);
	buf_put(&m->out, big.p, big.n);
	buf_free(&small);
	buf_free(&dir);
	buf_free(&big);
	free(t);
	free(mini);
	if (m->out.failed)
		abort();
}

void
cfbmake_free(struct cfbmake *m)
{
	for (unsigned i = 0; i < m->n; i++)
		buf_free(&m->entries[i].bytes);
	buf_free(&m->out);
}
