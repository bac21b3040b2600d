/*
 * The directory: entries of 128 bytes, those of a storage hung into a red-black tree. The trees are
 * walked once and each entry is taken into the first storage that claims it, so that neither a loop
 * nor a shared branch can be met again.
 */
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "extract/cfb.h"
#include "extract/oletext.h"

#include "base/poison.h"

#define ENTRY 128u

static const uint8_t *
entry_at(const struct cfb *c, uint32_t entry)
{
	return c->dir.p + (size_t)entry * ENTRY;
}

enum cfb_type
cfb_type(const struct cfb *c, uint32_t entry)
{
	uint8_t t = entry < c->n ? entry_at(c, entry)[66] : CFB_FREE;

	return t == CFB_STORAGE || t == CFB_STREAM || t == CFB_ROOT ? t : CFB_FREE;
}

uint64_t
cfb_size(const struct cfb *c, uint32_t entry)
{
	const uint8_t *e = entry_at(c, entry);

	/* writers of 512-byte sectors leave rubbish in the upper half */
	return c->shift > 9 ? le64(e + 120) : le32(e + 120);
}

const uint8_t *
cfb_class(const struct cfb *c, uint32_t entry)
{
	return entry_at(c, entry) + 80;
}

/* The characters of the name, at most 31. */
static struct span
name_of(const struct cfb *c, uint32_t entry)
{
	const uint8_t *e = entry_at(c, entry);
	size_t n = le16(e + 64);

	n = n > 64 ? 62 : n < 2 ? 0 : n - 2;
	return span_of(e, n & ~(size_t)1);
}

void
cfb_name(const struct cfb *c, uint32_t entry, struct buf *ret_name)
{
	put_utf16(ret_name, name_of(c, entry));
}

uint32_t
cfb_first(const struct cfb *c, uint32_t storage)
{
	return storage < c->n ? c->first[storage] : CFB_NONE;
}

uint32_t
cfb_next(const struct cfb *c, uint32_t entry)
{
	return entry < c->n ? c->next[entry] : CFB_NONE;
}

static uint8_t
lower(uint8_t ch)
{
	return ch >= 'A' && ch <= 'Z' ? (uint8_t)(ch | 32) : ch;
}

uint32_t
cfb_find(const struct cfb *c, uint32_t storage, const char *name, enum cfb_type type)
{
	size_t n = strlen(name);

	for (uint32_t e = cfb_first(c, storage); e != CFB_NONE; e = c->next[e]) {
		struct span s = name_of(c, e);
		size_t i = 0;

		if (s.n != 2 * n || cfb_type(c, e) != type)
			continue;
		while (i < n && s.p[2 * i + 1] == 0 && lower(s.p[2 * i]) == lower((uint8_t)name[i]))
			i++;
		if (i == n)
			return e;
	}
	return CFB_NONE;
}

struct walk {
	struct cfb *c;
	uint8_t *seen;
	uint32_t *stack; /* entries whose left branch is being walked */
	uint32_t *queue; /* storages to walk */
	uint32_t n_queue;
};

/* All entries of the tree at `at` become children of storage, in order. */
static void
walk_tree(struct walk *w, uint32_t storage, uint32_t at)
{
	struct cfb *c = w->c;
	uint32_t depth = 0, *link = &c->first[storage];

	for (;;) {
		while (at < c->n && !w->seen[at]) {
			w->seen[at] = 1;
			w->stack[depth++] = at;
			at = le32(entry_at(c, at) + 68);
		}
		if (depth == 0)
			return;
		at = w->stack[--depth];
		if (cfb_type(c, at) != CFB_FREE) {
			*link = at;
			link = &c->next[at];
			if (cfb_type(c, at) == CFB_STORAGE)
				w->queue[w->n_queue++] = at;
		}
		at = le32(entry_at(c, at) + 72);
	}
}

int
cfb_index(struct cfb *c)
{
	struct walk w = {.c = c,
		.seen = calloc(c->n, 1),
		.stack = calloc(c->n, sizeof *w.stack),
		.queue = calloc(c->n, sizeof *w.queue)};
	int r = -ENOMEM;

	c->first = malloc(c->n * sizeof *c->first);
	c->next = malloc(c->n * sizeof *c->next);
	if (w.seen && w.stack && w.queue && c->first && c->next) {
		memset(c->first, 0xFF, c->n * sizeof *c->first);
		memset(c->next, 0xFF, c->n * sizeof *c->next);
		w.seen[0] = 1;
		w.queue[w.n_queue++] = 0;
		for (uint32_t i = 0; i < w.n_queue; i++)
			walk_tree(&w, w.queue[i], le32(entry_at(c, w.queue[i]) + 76));
		r = 0;
	}
	free(w.seen);
	free(w.stack);
	free(w.queue);
	return r;
}
