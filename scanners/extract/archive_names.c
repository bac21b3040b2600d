/*
 * Zip names without the UTF-8 mark are DOS code page 437 by the book and Windows-1252 in practice
 * often enough. Accented letters lie in 0x80-0xA5 of the one and in 0xC0-0xFF of the other, where
 * the one has box drawings and the other punctuation: so counting tells them apart. The table of
 * names seen keeps hashes only; its probes are bounded, so colliding names cost nothing.
 */
#include "extract/archive_names.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "limits.h"

#include "base/poison.h"

#define PROBES 64u

/* Eight bytes a name, for mailboxes have millions: the hash's upper bits, and how often it came. */
struct names_slot {
	uint64_t v; /* 0: free */
};

#define COUNTED 0xFFFFFull /* and more are not told apart */

static const uint16_t cp437[128] = {0x00c7, 0x00fc, 0x00e9, 0x00e2, 0x00e4, 0x00e0, 0x00e5, 0x00e7,
	0x00ea, 0x00eb, 0x00e8, 0x00ef, 0x00ee, 0x00ec, 0x00c4, 0x00c5, 0x00c9, 0x00e6, 0x00c6,
	0x00f4, 0x00f6, 0x00f2, 0x00fb, 0x00f9, 0x00ff, 0x00d6, 0x00dc, 0x00a2, 0x00a3, 0x00a5,
	0x20a7, 0x0192, 0x00e1, 0x00ed, 0x00f3, 0x00fa, 0x00f1, 0x00d1, 0x00aa, 0x00ba, 0x00bf,
	0x2310, 0x00ac, 0x00bd, 0x00bc, 0x00a1, 0x00ab, 0x00bb, 0x2591, 0x2592, 0x2593, 0x2502,
	0x2524, 0x2561, 0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557, 0x255d, 0x255c, 0x255b,
	0x2510, 0x2514, 0x2534, 0x252c, 0x251c, 0x2500, 0x253c, 0x255e, 0x255f, 0x255a, 0x2554,
	0x2569, 0x2566, 0x2560, 0x2550, 0x256c, 0x2567, 0x2568, 0x2564, 0x2565, 0x2559, 0x2558,
	0x2552, 0x2553, 0x256b, 0x256a, 0x2518, 0x250c, 0x2588, 0x2584, 0x258c, 0x2590, 0x2580,
	0x03b1, 0x00df, 0x0393, 0x03c0, 0x03a3, 0x03c3, 0x00b5, 0x03c4, 0x03a6, 0x0398, 0x03a9,
	0x03b4, 0x221e, 0x03c6, 0x03b5, 0x2229, 0x2261, 0x00b1, 0x2265, 0x2264, 0x2320, 0x2321,
	0x00f7, 0x2248, 0x00b0, 0x2219, 0x00b7, 0x221a, 0x207f, 0x00b2, 0x25a0, 0x00a0};

/* Windows-1252's own part; from 0xA0 on it is Latin-1. 0: no such character. */
static const uint16_t cp1252[32] = {0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d,
	0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178};

uint64_t
name_hash(struct span name)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < name.n; i++)
		h = (h ^ name.p[i]) * 0x100000001b3u;
	h ^= h >> 29;
	return h ? h : 1;
}

static bool
looks_dos(struct span s, bool dos)
{
	size_t as_dos = 0, as_windows = 0;

	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		as_dos += (c >= 0x80 && c <= 0xa5) || c == 0xe1;
		as_windows += c >= 0xc0 && c != 0xe1;
	}
	return as_dos == as_windows ? dos : as_dos > as_windows;
}

static uint32_t
decode_byte(uint8_t c, bool dos)
{
	if (c < 0x80)
		return c;
	if (dos)
		return cp437[c - 0x80];
	return c < 0xa0 ? cp1252[c - 0x80] : c;
}

static bool
decodes(struct span s, bool dos)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] && !decode_byte(s.p[i], dos))
			return false;
	}
	return true;
}

bool
name_decode(struct buf *b, struct span raw, bool dos)
{
	size_t valid;
	bool utf8;

	buf_clear(b);
	valid = utf8_valid(raw);
	utf8 = valid == raw.n;
	raw = span_sub(raw, 0, LIMIT_NAME);
	if (utf8) {
		buf_put(b, raw.p, utf8_valid(raw));
		return true;
	}
	dos = looks_dos(raw, dos);
	if (!decodes(raw, dos)) {
		buf_put(b, raw.p, raw.n);
		return false;
	}
	for (size_t i = 0; i < raw.n && b->n + 3 <= LIMIT_NAME; i++)
		buf_put_utf8(b, decode_byte(raw.p[i], dos));
	return true;
}

/* The slot of a hash, or the free one it would get; NULL when too many lie in the way. */
static struct names_slot *
find_slot(struct names_slot *slots, size_t cap, uint64_t hash)
{
	for (size_t i = 0; i < PROBES && i < cap; i++) {
		struct names_slot *s = &slots[((hash >> 20) + i) & (cap - 1)];

		if (s->v == 0 || (s->v ^ hash) <= COUNTED)
			return s;
	}
	return NULL;
}

static bool
names_grow(struct names *t)
{
	size_t cap = t->cap ? t->cap * 2 : 64;
	struct names_slot *slots = calloc(cap, sizeof *slots);

	if (!slots)
		return false;
	for (size_t i = 0; i < t->cap; i++) {
		struct names_slot *s;

		if (!t->slots[i].v)
			continue;
		s = find_slot(slots, cap, t->slots[i].v);
		if (s)
			*s = t->slots[i];
	}
	free(t->slots);
	t->slots = slots;
	t->cap = cap;
	return true;
}

/* All bits of a hash count in each of the upper ones, which alone are kept. */
static uint64_t
mix(uint64_t h)
{
	h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9u;
	h = (h ^ h >> 27) * 0x94d049bb133111ebu;
	return h ^ h >> 31;
}

static uint32_t
hash_seen(struct names *t, uint64_t hash)
{
	struct names_slot *s;
	uint32_t seen;

	hash = mix(hash);
	if (t->n >= t->cap / 2 && t->n < LIMIT_ITEMS && !names_grow(t) && !t->cap)
		return 0;
	s = find_slot(t->slots, t->cap, hash);
	if (!s || (!s->v && t->n >= t->cap - t->cap / 4))
		return 0;
	if (!s->v) {
		s->v = hash & ~COUNTED;
		t->n++;
	}
	seen = (uint32_t)(s->v & COUNTED);
	s->v += seen < COUNTED;
	return seen;
}

uint32_t
names_seen(struct names *t, struct span name)
{
	return hash_seen(t, name_hash(name));
}

/* b becomes "cut#n". Is the name new? Where too many collide none is remembered: then it is. */
static bool
try_number(struct names *t, struct buf *b, size_t cut, uint32_t n)
{
	b->n = cut;
	buf_printf(b, "#%u", n);
	return names_seen(t, buf_span(b)) == 0;
}

/* A number that is taken counts as given, so a name tries each but once. */
void
names_number(struct names *t, struct buf *b)
{
	uint64_t hash = name_hash(buf_span(b));
	uint32_t seen = names_seen(t, buf_span(b));
	struct span cut = span_sub(buf_span(b), 0, LIMIT_NAME - 12);
	size_t n = b->n;

	if (!seen)
		return;
	if (cut.n < n)
		n = utf8_valid(buf_span(b)) == n ? utf8_valid(cut) : cut.n;
	for (unsigned i = 0; !try_number(t, b, n, seen + 1) && i < LIMIT_NAME_TRIES; i++)
		seen = hash_seen(t, hash);
}

void
names_free(struct names *t)
{
	free(t->slots);
	*t = (struct names){0};
}
