/*
 * The shorter anchors come first, so that a longer one finds the core of one that it holds. How rare
 * a byte is was counted over prose, source code, logs and tables; only the order of magnitude matters.
 */
#include "match/cores.h"
#include <errno.h>
#include <stdlib.h>

#include "base/poison.h"

static unsigned
commonness(uint8_t c)
{
	static const char *const classes[] = {
		"xjqz'<>;*\n\t", "vk-/123456789_=:\"()", "wyb0.,", "hldcumfpg", "taoinsr", " e"};

	for (unsigned i = 0; i < sizeof classes / sizeof *classes; i++)
		if (c && strchr(classes[i], c))
			return i + 2;
	return 1;
}

/* Pairs that are frequent in running text: within words, at their ends and at their beginnings. */
static bool
is_frequent(char first, char second)
{
	static const char pairs[] = "th he in er an re on at en nd ti es or te of ed is it al ar "
				    "st to nt ng se ha as ou io "
				    "le ve co me de hi ri ro ic ne ea ra ce li ch ll be ma si om "
				    "ur";
	const char pair[] = {first, second, '\0'};

	if (second == ' ')
		return first && strchr("edtsnyrflo", first);
	if (first == ' ')
		return second && strchr("taoswicbpfm", second);
	return first && second && strstr(pairs, pair);
}

/* libhs looks at pairs of bytes, so those weigh more. */
static unsigned
weight(const char *text, uint16_t n)
{
	unsigned sum = 0;

	for (uint16_t i = 0; i < n; i++) {
		sum += commonness((uint8_t)text[i]);
		sum += i && is_frequent(text[i - 1], text[i]) ? 2 : 0;
	}
	return sum;
}

/* Where the rarest bytes of a literal stand. */
static uint16_t
rarest(const struct core_of *l, uint16_t width)
{
	unsigned best = weight(l->text, width);
	uint16_t at = 0;

	for (uint16_t i = 1; i + width <= l->n; i++) {
		unsigned w = weight(l->text + i, width);

		if (w < best) {
			best = w;
			at = i;
		}
	}
	return at;
}

static int
use_add(struct core *c, uint16_t lit, size_t offset)
{
	struct core_use *v = c->uses;

	if ((c->n_uses & (c->n_uses - 1)) == 0) {
		v = reallocarray(c->uses, c->n_uses ? c->n_uses * 2 : 1, sizeof *v);
		if (!v)
			return -ENOMEM;
		c->uses = v;
	}
	v[c->n_uses++] = (struct core_use){lit, (uint16_t)offset};
	return 0;
}

/* A bit for each byte that it has, so that what cannot be in it need not be looked for. */
static uint64_t
bytes_of(const char *text, uint16_t n)
{
	uint64_t set = 0;

	for (uint16_t i = 0; i < n; i++)
		set |= UINT64_C(1) << (text[i] & 63);
	return set;
}

/* The core of a literal, found or made; *ret_offset: where it stands in it. */
static struct core *
core_for(struct cores *c, const struct core_of *l, size_t *ret_offset)
{
	uint16_t width = l->n < CORE_MAX ? l->n : CORE_MAX, at;
	uint64_t set = bytes_of(l->text, l->n);
	struct core *k;

	for (size_t i = 0; i < c->n; i++) {
		const char *p = c->v[i].bytes & ~set
			? NULL
			: memmem(l->text, l->n, c->v[i].text, c->v[i].n);

		if (p) {
			*ret_offset = (size_t)(p - l->text);
			return &c->v[i];
		}
	}
	at = rarest(l, width);
	k = &c->v[c->n++];
	*k = (struct core){.n = width, .bytes = bytes_of(l->text + at, width)};
	memcpy(k->text, l->text + at, width);
	*ret_offset = at;
	return k;
}

static int
by_length(const void *a, const void *b)
{
	const struct core_of *x = a, *y = b;

	return x->n != y->n ? (x->n > y->n) - (x->n < y->n) : (x->lit > y->lit) - (x->lit < y->lit);
}

int
cores_choose(struct core_of *v, size_t n, struct cores *ret)
{
	struct cores c = {.v = calloc(n + 1, sizeof *c.v)};

	if (!c.v)
		return -ENOMEM;
	qsort(v, n, sizeof *v, by_length);
	for (size_t i = 0; i < n; i++) {
		size_t offset = 0;
		struct core *k = core_for(&c, &v[i], &offset);

		if (use_add(k, v[i].lit, offset) < 0) {
			cores_free(&c);
			return -ENOMEM;
		}
	}
	*ret = c;
	return 0;
}

void
cores_free(struct cores *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->v[i].uses);
	free(c->v);
	*c = (struct cores){0};
}
