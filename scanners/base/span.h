/* span: a borrowed run of bytes. Never owns, never NUL-terminated by promise. */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
	const uint8_t *p;
	size_t n;
};

/* The bytes of a C string, without its NUL. */
static inline struct span
span_str(const char *s)
{
	return (struct span){(const uint8_t *)s, s ? strlen(s) : 0};
}

static inline struct span
span_of(const void *p, size_t n)
{
	return (struct span){(const uint8_t *)p, n};
}

/* At most n bytes from offset off on; an offset beyond the end gives an empty span. */
static inline struct span
span_sub(struct span s, size_t off, size_t n)
{
	if (off > s.n)
		off = s.n;
	if (n > s.n - off)
		n = s.n - off;
	return (struct span){s.p ? s.p + off : s.p, n};
}

static inline bool
span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* True when s has the n bytes of lit at offset off. */
static inline bool
span_has(struct span s, size_t off, const void *lit, size_t n)
{
	return off <= s.n && n <= s.n - off && memcmp(s.p + off, lit, n) == 0;
}

/* Decimal digits from offset `at` on. */
static inline size_t
span_digits(struct span s, size_t at)
{
	size_t n = 0;

	while (at + n < s.n && (uint8_t)(s.p[at + n] - '0') < 10)
		n++;
	return n;
}

/* The value of a hexadecimal digit, or -1. */
static inline int
hex_of(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static inline uint16_t
le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t
le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t
le64(const uint8_t *p)
{
	return (uint64_t)le32(p) | (uint64_t)le32(p + 4) << 32;
}

static inline uint16_t
be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

#endif
