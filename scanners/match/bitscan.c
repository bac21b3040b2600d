/*
 * The portable form of the scanner and the choice between the two. A table gives each byte its
 * classes as bits of one byte; eight such bytes are an 8x8 bit matrix, and its transpose holds
 * eight bits of each class. About five operations a byte, in plain C.
 */
#include "match/bitscan_masks.h"
#include <stdlib.h>

#include "base/poison.h"

enum { DIGIT = 1, UPPER = 2, SEP = 4, TIED = 8, ATSIGN = 16, LESS = 32, PLUS = 64 };

static const uint8_t class_of[256] = {
	[' '] = SEP,
	['-'] = SEP | TIED,
	['.'] = SEP | TIED,
	['/'] = SEP | TIED,
	['\\'] = TIED,
	['$'] = TIED,
	['_'] = TIED,
	['@'] = ATSIGN,
	['<'] = LESS,
	['+'] = PLUS,
	['('] = PLUS,
	['0' ... '9'] = DIGIT | TIED,
	['A' ... 'Z'] = UPPER | TIED,
	['a' ... 'z'] = TIED,
};

/* Bit j of byte i becomes bit i of byte j. */
static inline uint64_t
transpose(uint64_t x)
{
	uint64_t t;

	t = (x ^ (x >> 7)) & 0x00AA00AA00AA00AAull;
	x ^= t ^ (t << 7);
	t = (x ^ (x >> 14)) & 0x0000CCCC0000CCCCull;
	x ^= t ^ (t << 14);
	t = (x ^ (x >> 28)) & 0x00000000F0F0F0F0ull;
	return x ^ t ^ (t << 28);
}

__attribute__((always_inline)) static inline void
block_masks(const uint8_t *p, uint32_t want, struct masks *ret)
{
	struct masks m = {0};

	(void)want;
	for (unsigned i = 0; i < 64; i += 8) {
		uint64_t x = 0;

		for (unsigned j = 0; j < 8; j++)
			x |= (uint64_t)class_of[p[i + j]] << (8 * j);
		x = transpose(x);
		m.digit |= (x & 255) << i;
		m.upper |= (x >> 8 & 255) << i;
		m.sep |= (x >> 16 & 255) << i;
		m.tied |= (x >> 24 & 255) << i;
		m.at |= (x >> 32 & 255) << i;
		m.less |= (x >> 40 & 255) << i;
		m.plus |= (x >> 48 & 255) << i;
	}
	*ret = m;
}

static inline bool
block_any(const uint8_t *p, uint8_t firsts)
{
	unsigned any = 0;

	for (unsigned i = 0; i < 64; i++)
		any |= class_of[p[i]];
	return (any & DIGIT) || (any & PLUS && firsts & FIRST_PLUS) ||
		(any & ATSIGN && firsts & FIRST_AT) || (any & LESS && firsts & FIRST_LESS);
}

#define KERNEL bitscan_portable
#include "match/bitscan_kernel.h"

bool
bitscan_wide(void)
{
#ifdef __x86_64__
	return __builtin_cpu_supports("avx2");
#else
	return false;
#endif
}

void
bitscan(struct span text, uint32_t want, struct shape_list *out)
{
	if (bitscan_wide())
		bitscan_avx2(text, want, out);
	else
		bitscan_portable(text, want, out);
}

void
shape_put(struct shape_list *l, enum shape shape, size_t start, size_t end)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 1024;
		struct shape_at *v = reallocarray(l->v, cap, sizeof *v);

		if (!v) {
			l->failed = true;
			return;
		}
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n++] = (struct shape_at){(uint32_t)start, (uint16_t)(end - start), (uint8_t)shape};
}

void
shape_list_free(struct shape_list *l)
{
	free(l->v);
	*l = (struct shape_list){0};
}
