/*
 * A phrase is whole words, so it can only stand where a word begins that is its first one: what is looked
 * up are the first eight bytes of words, which are found thirty-two bytes at a time. Hardly any is the
 * first word of a phrase. This needs no database, whose making takes libhs longer for thousands of
 * phrases than all texts of a usual scan.
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
#define KNOWN_LOG 15u
#define BLOCK	  32u /* bytes of text in which words are looked for at a time */

struct entry {
	uint64_t key; /* of its first word */
	const char *text; /* in small letters */
	uint32_t id, n;
};

struct phrases {
	struct entry *v; /* in order of slot_of(key); those of a slot: from[] to the next's */
	uint32_t from[SLOTS + 2]; /* one more while it is filled */
	uint64_t known[(1u << KNOWN_LOG) / 64]; /* a bit is set for each first word */
	char *texts;
	bool blanks, signs; /* phrases begin with a blank, with another sign */
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

/* Of eight bytes at the beginning of a word of n: what it is looked up by. A sign is a word of its own. */
static inline uint64_t
word_key(uint64_t eight, size_t n)
{
	return key_of(eight) & mask_of(n ? n : 1);
}

static inline uint64_t
hash_of(uint64_t key)
{
	return key * UINT64_C(0x9E3779B97F4A7C15);
}

static inline unsigned
slot_of(uint64_t key)
{
	return (unsigned)(hash_of(key) >> (64 - SLOTS_LOG));
}

static inline unsigned
known_at(uint64_t key)
{
	return (unsigned)(hash_of(key) >> (64 - KNOWN_LOG));
}

static void
entry_fill(struct entry *e, const char *phrase, char *text, uint32_t id)
{
	size_t word = 0;

	e->text = text;
	e->id = id;
	for (; phrase[e->n]; e->n++) {
		uint8_t lead = e->n ? (uint8_t)phrase[e->n - 1] : 0;

		text[e->n] = (char)latin_small(lead, (uint8_t)phrase[e->n]);
	}
	while (word < e->n && is_wordy((uint8_t)text[word]))
		word++;
	e->key = word_key(eight_at((const uint8_t *)text, e->n), word);
}

static int
fill(struct phrases *p, const char *const *v, size_t n)
{
	_cleanup_free_ struct entry *all = calloc(n + 1, sizeof *all);
	char *text;
	size_t total = 0;

	for (size_t i = 0; i < n; i++)
		total += strlen(v[i]);
	text = p->texts = malloc(total + 1);
	p->v = calloc(n + 1, sizeof *p->v);
	if (!all || !text || !p->v)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		unsigned known;

		entry_fill(&all[i], v[i], text, (uint32_t)i);
		text += all[i].n;
		known = known_at(all[i].key);
		p->known[known / 64] |= UINT64_C(1) << known % 64;
		p->from[slot_of(all[i].key) + 2]++;
		p->blanks |= (uint8_t)v[i][0] <= ' ';
		p->signs |= (uint8_t)v[i][0] > ' ' && !is_wordy((uint8_t)v[i][0]);
	}
	for (size_t i = 2; i < SLOTS + 2; i++)
		p->from[i] += p->from[i - 1];
	for (size_t i = 0; i < n; i++)
		p->v[p->from[slot_of(all[i].key) + 1]++] = all[i];
	return 0;
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
	free(p->v);
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
look_up(struct pass *s, uint64_t key, size_t at)
{
	unsigned slot = slot_of(key);

	for (uint32_t i = s->p->from[slot]; i < s->p->from[slot + 1]; i++) {
		const struct entry *e = &s->p->v[i];

		if (key != e->key || !is_there(e, s->text, at))
			continue;
		s->any = true;
		if (!s->fn)
			return true;
		s->fn(s->user, e->id, at + e->n);
	}
	return false;
}

/* Of the word that begins at the i-th byte of the block at `base`; wordy: that of this block and the next. */
static inline uint64_t
key_at(struct span text, size_t base, unsigned i, uint64_t wordy)
{
	size_t at = base + i;

	return word_key(eight_at(text.p + at, text.n - at), (size_t)__builtin_ctzll(~(wordy >> i)));
}

/* Of those places the ones where a first word of a phrase may stand. Without a branch, for speed. */
static uint64_t
promising(const struct pass *s, size_t base, uint64_t begins, uint64_t wordy)
{
	uint64_t yes = 0;

	for (; begins; begins &= begins - 1) {
		unsigned i = (unsigned)__builtin_ctzll(begins);
		unsigned at = known_at(key_at(s->text, base, i, wordy));

		yes |= (s->p->known[at / 64] >> at % 64 & 1) << i;
	}
	return yes;
}

static struct kinds
kinds_at(struct span text, size_t base)
{
	if (base >= text.n)
		return (struct kinds){0};
	return kinds_of(text.p + base, text.n - base < BLOCK ? text.n - base : BLOCK);
}

static void
scan(struct pass *s)
{
	struct kinds k = kinds_at(s->text, 0), next;
	uint64_t before = 0; /* was the byte before the block part of a word? */

	for (size_t base = 0; base < s->text.n; base += BLOCK, k = next) {
		size_t n = s->text.n - base < BLOCK ? s->text.n - base : BLOCK;
		uint64_t others =
			(s->p->blanks ? k.blank : 0) | (s->p->signs ? ~(k.wordy | k.blank) : 0);
		uint64_t begins = (k.wordy & ~(k.wordy << 1 | before)) | others, wordy;

		next = kinds_at(s->text, base + BLOCK);
		wordy = k.wordy | next.wordy << BLOCK;
		begins = promising(s, base, begins & ((UINT64_C(1) << n) - 1), wordy);
		for (; begins; begins &= begins - 1) {
			unsigned i = (unsigned)__builtin_ctzll(begins);

			if (look_up(s, key_at(s->text, base, i, wordy), base + i))
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
