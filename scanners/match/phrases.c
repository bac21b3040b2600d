/*
 * Phrases are whole words, so they are looked up only where a word begins: one place in three of a text,
 * found thirty-two bytes at a time. There their first bytes choose a list of few. This needs no database,
 * whose making takes libhs longer for thousands of phrases than all texts of a usual scan.
 */
#include "match/phrases.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/wide.h"
#include "limits.h"
#include "match/latin.h"
#include "match/whole.h"

#include "base/poison.h"

#define SLOTS_LOG 12u
#define SLOTS	  (1u << SLOTS_LOG)
#define BLOCK	  32u /* bytes of text in which words are looked for at a time */
#define STARTS	  (1u << 15) /* bits by which the first three bytes of phrases are known */

/* A phrase; its first eight bytes, or all, as key_of() gives them, and which of them count. */
struct entry {
	uint64_t key, mask;
	const char *text; /* in small letters */
	const struct shelf *shelf;
	uint32_t id, n;
};

/* Entries in order of slot, which their first `width` bytes tell; those of a slot: from[] to the next's. */
struct shelf {
	struct entry *v;
	unsigned width;
	uint32_t from[SLOTS + 2]; /* one more while it is filled */
};

struct phrases {
	struct shelf longer, shorter; /* phrases of four bytes and more, and the rest */
	uint64_t starts[STARTS / 64]; /* few words of a text begin like a phrase */
	char *texts;
	bool blanks; /* a phrase begins with one */
};

/* --- making --- */

/* Eight bytes without the bits that capitals and small letters differ in (latin_small()), and others. */
static inline uint64_t
key_of(uint64_t eight)
{
	return eight | UINT64_C(0x2020202020202020) | (eight >> 7 & UINT64_C(0x0101010101010101));
}

static inline uint64_t
mask_of(size_t n)
{
	return n >= 8 ? UINT64_MAX : (UINT64_C(1) << 8 * n) - 1;
}

static inline uint64_t
eight_at(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	if (n >= 8)
		return le64(p);
	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)p[i] << 8 * i;
	return v;
}

static inline unsigned
slot_of(uint64_t key, unsigned width)
{
	return (uint32_t)(key & mask_of(width)) * 0x9E3779B1u >> (32 - SLOTS_LOG);
}

static inline unsigned
start_of(uint64_t key)
{
	return (uint32_t)(key & 0xFFFFFF) * 0x9E3779B1u >> 17;
}

/* A phrase of two bytes may go on with any third one. */
static void
starts_add(struct phrases *p, const struct entry *e)
{
	for (unsigned c = 0; c < (e->n < 3 ? 256 : 1); c++) {
		unsigned at = start_of(e->key | (e->n < 3 ? key_of((uint64_t)c << 16) : 0));

		p->starts[at / 64] |= UINT64_C(1) << at % 64;
	}
}

static void
entry_fill(struct entry *e, const char *phrase, char *text, uint32_t id)
{
	e->text = text;
	e->id = id;
	for (; phrase[e->n]; e->n++) {
		uint8_t lead = e->n ? (uint8_t)phrase[e->n - 1] : 0;

		text[e->n] = (char)latin_small(lead, (uint8_t)phrase[e->n]);
	}
	e->mask = mask_of(e->n);
	e->key = key_of(eight_at((const uint8_t *)text, e->n)) & e->mask;
}

static int
shelf_fill(struct shelf *s, const struct entry *all, size_t n)
{
	s->v = calloc(n + 1, sizeof *s->v);
	if (!s->v)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (all[i].shelf == s)
			s->from[slot_of(all[i].key, s->width) + 2]++;
	for (size_t i = 2; i < SLOTS + 2; i++)
		s->from[i] += s->from[i - 1];
	for (size_t i = 0; i < n; i++)
		if (all[i].shelf == s)
			s->v[s->from[slot_of(all[i].key, s->width) + 1]++] = all[i];
	return 0;
}

static int
fill(struct phrases *p, const char *const *v, size_t n)
{
	_cleanup_free_ struct entry *all = calloc(n + 1, sizeof *all);
	char *text;
	size_t total = 0;
	int r;

	for (size_t i = 0; i < n; i++)
		total += strlen(v[i]);
	text = p->texts = malloc(total + 1);
	if (!all || !text)
		return -ENOMEM;
	p->longer.width = 4;
	p->shorter.width = 2;
	for (size_t i = 0; i < n; i++) {
		entry_fill(&all[i], v[i], text, (uint32_t)i);
		all[i].shelf = all[i].n < p->longer.width ? &p->shorter : &p->longer;
		starts_add(p, &all[i]);
		text += all[i].n;
		p->blanks = p->blanks || (uint8_t)v[i][0] <= ' ';
	}
	r = shelf_fill(&p->longer, all, n);
	return r < 0 ? r : shelf_fill(&p->shorter, all, n);
}

int
phrases_new(const char *const *v, size_t n, struct phrases **ret_p, size_t *ret_bad)
{
	struct phrases *p;

	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(v[i]);

		if (len < 2 || len > LIMIT_PHRASE) {
			*ret_bad = i;
			return -EINVAL;
		}
	}
	p = calloc(1, sizeof *p);
	if (!p || fill(p, v, n) < 0) {
		phrases_free(p);
		return -ENOMEM;
	}
	*ret_p = p;
	return 0;
}

void
phrases_free(struct phrases *p)
{
	if (!p)
		return;
	free(p->longer.v);
	free(p->shorter.v);
	free(p->texts);
	free(p);
}

/* --- where a phrase may begin --- */

/* Of n <= BLOCK bytes, a bit for each: is it part of a word, is it a blank? */
struct kinds {
	uint64_t wordy, blank;
};

static struct kinds
kinds_plain(const uint8_t *p, size_t n)
{
	struct kinds k = {0};

	for (size_t i = 0; i < n; i++) {
		k.wordy |= (uint64_t)is_wordy(p[i]) << i;
		k.blank |= (uint64_t)(p[i] <= ' ') << i;
	}
	return k;
}

#if HAVE_WIDE
WIDE static struct kinds
kinds_wide(const uint8_t *p)
{
	wide v = wide_load(p);
	wide wordy = (wide)((wide)((v | 0x20) - 'a') < 26) | (wide)((wide)(v - '0') < 10) |
		(wide)(v >= 0x80);

	return (struct kinds){wide_bits(wordy), wide_bits((wide)(v <= ' '))};
}
#endif

static struct kinds
kinds_of(const uint8_t *p, size_t n)
{
#if HAVE_WIDE
	if (n == WIDTH && wide_here())
		return kinds_wide(p);
#endif
	return kinds_plain(p, n);
}

/* --- scanning --- */

struct pass {
	const struct phrases *p;
	struct span text;
	phrase_fn *fn;
	void *user;
	bool any;
};

static bool
is_there(const struct entry *e, struct span text, size_t at)
{
	if (text.n - at < e->n)
		return false;
	for (size_t i = 0; i < e->n; i++) {
		uint8_t lead = at + i ? text.p[at + i - 1] : 0;

		if (latin_small(lead, text.p[at + i]) != (uint8_t)e->text[i])
			return false;
	}
	return is_whole(text, at, at + e->n);
}

/* What begins there. True ends the search. */
static bool
look_up(struct pass *s, const struct shelf *shelf, uint64_t key, size_t at)
{
	unsigned slot = slot_of(key, shelf->width);

	for (uint32_t i = shelf->from[slot]; i < shelf->from[slot + 1]; i++) {
		const struct entry *e = &shelf->v[i];

		if ((key & e->mask) != e->key || !is_there(e, s->text, at))
			continue;
		s->any = true;
		if (!s->fn)
			return true;
		s->fn(s->user, e->id, at + e->n);
	}
	return false;
}

/* Of those places, from base on, those where three bytes begin as in a phrase. Without a branch, for speed. */
static uint64_t
promising(const struct phrases *p, struct span text, size_t base, uint64_t begins)
{
	uint64_t yes = 0;

	for (; begins; begins &= begins - 1) {
		unsigned i = (unsigned)__builtin_ctzll(begins);
		unsigned at = start_of(key_of(le32(text.p + base + i)));

		yes |= (p->starts[at / 64] >> at % 64 & 1) << i;
	}
	return yes;
}

static void
scan(struct pass *s)
{
	uint64_t before = 0; /* was the byte before the block part of a word? */

	for (size_t base = 0; base < s->text.n; base += BLOCK) {
		size_t n = s->text.n - base < BLOCK ? s->text.n - base : BLOCK;
		struct kinds k = kinds_of(s->text.p + base, n);
		uint64_t others = s->p->blanks ? ~k.wordy : ~(k.wordy | k.blank);
		uint64_t begins = (k.wordy & ~(k.wordy << 1 | before)) | others;

		begins &= (UINT64_C(1) << n) - 1;
		if (s->text.n - base >= BLOCK + 4)
			begins = promising(s->p, s->text, base, begins);
		for (; begins; begins &= begins - 1) {
			size_t at = base + (size_t)__builtin_ctzll(begins);
			uint64_t key = key_of(eight_at(s->text.p + at, s->text.n - at));

			if (look_up(s, &s->p->longer, key, at) ||
				look_up(s, &s->p->shorter, key, at))
				return;
		}
		before = k.wordy >> (BLOCK - 1) & 1;
	}
}

void
phrases_scan(const struct phrases *p, struct span text, phrase_fn *fn, void *user)
{
	scan(&(struct pass){.p = p, .text = text, .fn = fn, .user = user});
}

bool
phrases_any(const struct phrases *p, struct span text)
{
	struct pass s = {.p = p, .text = text};

	scan(&s);
	return s.any;
}
