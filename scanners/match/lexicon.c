/*
 * Phrases, folded as texts are, stand in one hash table. A text is hashed from each place where a
 * word begins to each place where one ends, no further than the longest phrase with that first byte
 * goes, so a header costs a few probes. What is found is kept with its place, since a refusing
 * phrase does not count inside a longer one of its owner's; room for all that can be found is made
 * when the phrases are known.
 */
#include "match/lexicon.h"

#include <errno.h>
#include <stdlib.h>

#include "base/arena.h"

#include "base/poison.h"

#define NONE	  UINT32_MAX
#define HASH_SEED 2166136261u
#define GONE	  4096u /* words remembered by their address; a power of two */

struct use {
	uint32_t owner; /* index */
	uint32_t next; /* of the same phrase; NONE ends */
	uint16_t word; /* its index in the owner's list */
	bool yes;
};

struct phrase {
	const uint8_t *text;
	uint32_t hash, uses;
	uint16_t n;
};

struct found {
	uint32_t phrase;
	uint16_t at, end;
};

struct owner {
	uint32_t tag;
	bool yes, no;
	uint16_t at, n, word; /* the longest of `yes`; of those as long the first of the list */
	uint64_t words;
};

/* Where a word of a rule file went: lists are shared by owners, pointer by pointer. */
struct gone {
	const char *word;
	uint32_t phrase; /* NONE: nothing is left of it when folded */
};

struct lexicon {
	bool whole;
	struct gone *gone; /* of GONE words, until ready */
	struct arena arena; /* texts of the phrases */
	struct phrase *phrases;
	struct use *uses;
	struct owner *owners;
	size_t n_phrases, n_uses, n_owners;
	uint32_t *slots; /* index of a phrase, or NONE */
	size_t mask;
	uint16_t longest[256]; /* of the phrases that begin with a byte; 0 = none does */
	uint16_t longest_of_all;
	uint64_t lengths[256]; /* bits: the lengths of those; 63: so long or longer */
	/* of the text at hand */
	struct found *found;
	size_t n_found;
	uint32_t *touched; /* owners */
	size_t n_touched;
	struct said *said;
};

int
lexicon_new(bool whole, struct lexicon **ret_lx)
{
	struct lexicon *lx = calloc(1, sizeof *lx);

	if (!lx)
		return -ENOMEM;
	lx->whole = whole;
	*ret_lx = lx;
	return 0;
}

void
lexicon_free(struct lexicon *lx)
{
	if (!lx)
		return;
	arena_free(&lx->arena);
	free(lx->gone);
	free(lx->phrases);
	free(lx->uses);
	free(lx->owners);
	free(lx->slots);
	free(lx->found);
	free(lx->touched);
	free(lx->said);
	free(lx);
}

/* Room for one more of n things: lists double at powers of two. */
static void *
room(void *v, size_t n, size_t size)
{
	return (n & (n - 1)) == 0 ? reallocarray(v, n ? n * 2 : 1, size) : v;
}

static uint32_t
hash_on(uint32_t h, uint8_t c)
{
	return (h ^ c) * 16777619u;
}

static uint32_t
hash_of(const uint8_t *p, size_t n)
{
	uint32_t h = HASH_SEED;

	for (size_t i = 0; i < n; i++)
		h = hash_on(h, p[i]);
	return h;
}

static uint32_t
find_phrase(const struct lexicon *lx, const uint8_t *p, size_t n, uint32_t h)
{
	for (size_t at = h & lx->mask; lx->slots[at] != NONE; at = (at + 1) & lx->mask) {
		const struct phrase *x = &lx->phrases[lx->slots[at]];

		if (x->hash == h && x->n == n && memcmp(x->text, p, n) == 0)
			return lx->slots[at];
	}
	return NONE;
}

static void
slot_put(struct lexicon *lx, uint32_t phrase)
{
	size_t at = lx->phrases[phrase].hash & lx->mask;

	while (lx->slots[at] != NONE)
		at = (at + 1) & lx->mask;
	lx->slots[at] = phrase;
}

/* At most half of the slots are taken. */
static int
slots_grow(struct lexicon *lx)
{
	size_t n = lx->slots ? (lx->mask + 1) * 2 : 64;
	uint32_t *slots = malloc(n * sizeof *slots);

	if (!slots)
		return -ENOMEM;
	free(lx->slots);
	lx->slots = slots;
	lx->mask = n - 1;
	memset(slots, 0xFF, n * sizeof *slots);
	for (uint32_t i = 0; i < lx->n_phrases; i++)
		slot_put(lx, i);
	return 0;
}

static int
take_phrase(struct lexicon *lx, const struct folded *f, uint32_t *ret_phrase)
{
	uint32_t h = hash_of(f->text, f->n), was;
	struct phrase *v;
	const char *text;

	if (!lx->slots || lx->n_phrases * 2 > lx->mask) {
		if (slots_grow(lx) < 0)
			return -ENOMEM;
	}
	was = find_phrase(lx, f->text, f->n, h);
	if (was != NONE) {
		*ret_phrase = was;
		return 0;
	}
	v = room(lx->phrases, lx->n_phrases, sizeof *v);
	if (!v)
		return -ENOMEM;
	lx->phrases = v;
	text = arena_strdup(&lx->arena, span_of(f->text, f->n));
	if (!text)
		return -ENOMEM;
	v[lx->n_phrases] = (struct phrase){
		.text = (const uint8_t *)text, .hash = h, .uses = NONE, .n = (uint16_t)f->n};
	*ret_phrase = (uint32_t)lx->n_phrases++;
	slot_put(lx, *ret_phrase);
	lx->lengths[f->text[0]] |= UINT64_C(1) << (f->n < 63 ? f->n : 63);
	if (f->n > lx->longest[f->text[0]])
		lx->longest[f->text[0]] = (uint16_t)f->n;
	if (f->n > lx->longest_of_all)
		lx->longest_of_all = (uint16_t)f->n;
	return 0;
}

/* The phrase of a word; NONE when nothing is left of it. */
static int
take_word(struct lexicon *lx, const char *word, uint32_t *ret_phrase)
{
	struct gone *g = &lx->gone[(uint32_t)((uintptr_t)word * 2654435761u) >> 7 & (GONE - 1)];
	struct folded f;
	int r;

	if (g->word != word) {
		uint32_t p = NONE;

		if (lx->whole)
			words_whole(span_str(word), &f);
		else
			words_fold(span_str(word), &f);
		r = f.n ? take_phrase(lx, &f, &p) : 0;
		if (r < 0)
			return r;
		*g = (struct gone){word, p};
	}
	*ret_phrase = g->phrase;
	return 0;
}

static int
take_words(struct lexicon *lx, const struct words *w, bool yes)
{
	if (!lx->gone)
		lx->gone = calloc(GONE, sizeof *lx->gone);
	if (!lx->gone)
		return -ENOMEM;
	for (size_t i = 0; i < w->n; i++) {
		struct use *v;
		uint32_t p;

		if (take_word(lx, w->v[i], &p) < 0)
			return -ENOMEM;
		if (p == NONE)
			continue;
		v = room(lx->uses, lx->n_uses, sizeof *v);
		if (!v)
			return -ENOMEM;
		lx->uses = v;
		v[lx->n_uses] = (struct use){.owner = (uint32_t)lx->n_owners - 1,
			.next = lx->phrases[p].uses,
			.word = (uint16_t)(i < UINT16_MAX ? i : UINT16_MAX),
			.yes = yes};
		lx->phrases[p].uses = (uint32_t)lx->n_uses++;
	}
	return 0;
}

int
lexicon_add(struct lexicon *lx, uint32_t owner, const struct words *yes, const struct words *no)
{
	struct owner *v = room(lx->owners, lx->n_owners, sizeof *v);
	int r;

	if (!v)
		return -ENOMEM;
	lx->owners = v;
	v[lx->n_owners++] = (struct owner){.tag = owner};
	r = take_words(lx, yes, true);
	return r == 0 && no ? take_words(lx, no, false) : r;
}

/* No more phrases can begin at one place than there are lengths of those with that first byte. */
static size_t
deepest(const struct lexicon *lx)
{
	size_t most = 0;

	for (size_t c = 0; c < 256; c++) {
		size_t n = (size_t)__builtin_popcountll(lx->lengths[c]) +
			(lx->longest[c] > 63 ? lx->longest[c] - 63u : 0);

		most = n > most ? n : most;
	}
	return most;
}

int
lexicon_ready(struct lexicon *lx)
{
	free(lx->gone);
	lx->gone = NULL;
	if (!lx->slots && slots_grow(lx) < 0)
		return -ENOMEM;
	lx->found = calloc(deepest(lx) * LIMIT_FOLDED + 1, sizeof *lx->found);
	lx->touched = calloc(lx->n_owners + 1, sizeof *lx->touched);
	lx->said = calloc(lx->n_owners + 1, sizeof *lx->said);
	return lx->found && lx->touched && lx->said ? 0 : -ENOMEM;
}

/* --- asking ------------------------------------------------------------------------------------- */

static void
find_at(struct lexicon *lx, const struct folded *f, size_t at)
{
	size_t end = at + lx->longest[f->text[at]];
	uint32_t h = HASH_SEED;

	for (size_t i = at; i < end && i < f->n; i++) {
		uint32_t p;

		h = hash_on(h, f->text[i]);
		if (!f->mark[i + 1])
			continue;
		p = find_phrase(lx, f->text + at, i + 1 - at, h);
		if (p != NONE)
			lx->found[lx->n_found++] =
				(struct found){p, (uint16_t)at, (uint16_t)(i + 1)};
	}
}

static void
find_all(struct lexicon *lx, const struct folded *f)
{
	lx->n_found = 0;
	for (size_t at = 0; at < f->n; at++) {
		if (f->mark[at] && lx->longest[f->text[at]])
			find_at(lx, f, at);
		if (lx->whole)
			break;
	}
}

static struct owner *
touch(struct lexicon *lx, uint32_t owner)
{
	struct owner *o = &lx->owners[owner];
	size_t at = lx->n_touched;

	if (o->yes || o->no)
		return o;
	for (; at > 0 && lx->touched[at - 1] > owner; at--)
		lx->touched[at] = lx->touched[at - 1];
	lx->touched[at] = owner;
	lx->n_touched++;
	return o;
}

static bool
used_by(const struct lexicon *lx, const struct found *f, uint32_t owner)
{
	for (uint32_t i = lx->phrases[f->phrase].uses; i != NONE; i = lx->uses[i].next)
		if (lx->uses[i].owner == owner && lx->uses[i].yes)
			return true;
	return false;
}

/* Is what was found at k a part of a longer phrase that its owner wants? */
static bool
is_inside(const struct lexicon *lx, size_t k, uint32_t owner)
{
	const struct found *f = &lx->found[k];

	while (k + 1 < lx->n_found && lx->found[k + 1].at == f->at)
		k++;
	for (size_t i = k + 1; i-- > 0;) {
		const struct found *x = &lx->found[i];

		if (f->end - x->at > lx->longest_of_all)
			break;
		if (x->end >= f->end && x->end - x->at > f->end - f->at && used_by(lx, x, owner))
			return true;
	}
	return false;
}

static void
keep_longest(struct owner *o, const struct found *f, uint16_t word)
{
	uint16_t n = (uint16_t)(f->end - f->at);

	if (n < o->n || (n == o->n && word >= o->word))
		return;
	o->at = f->at;
	o->n = n;
	o->word = word;
}

static void
take_found(struct lexicon *lx, size_t k, bool yes)
{
	for (uint32_t i = lx->phrases[lx->found[k].phrase].uses; i != NONE; i = lx->uses[i].next) {
		const struct use *u = &lx->uses[i];
		struct owner *o;

		if (u->yes != yes)
			continue;
		if (!yes && (lx->owners[u->owner].no || is_inside(lx, k, u->owner)))
			continue;
		o = touch(lx, u->owner);
		if (yes)
			keep_longest(o, &lx->found[k], u->word);
		if (yes && !is_inside(lx, k, u->owner))
			o->words |= UINT64_C(1) << (u->word % 64);
		o->yes = o->yes || yes;
		o->no = o->no || !yes;
	}
}

size_t
lexicon_ask(struct lexicon *lx, const struct folded *f, const struct said **ret_said)
{
	size_t n;

	find_all(lx, f);
	lx->n_touched = 0;
	for (size_t i = 0; i < lx->n_found; i++)
		take_found(lx, i, true);
	for (size_t i = 0; i < lx->n_found; i++)
		take_found(lx, i, false);
	n = lx->n_touched;
	for (size_t i = 0; i < n; i++) {
		struct owner *o = &lx->owners[lx->touched[i]];

		lx->said[i] = (struct said){.owner = o->tag,
			.at = o->at,
			.n = o->n,
			.vote = o->no ? -1 : 1,
			.words = o->words};
		*o = (struct owner){.tag = o->tag};
	}
	*ret_said = lx->said;
	return n;
}
