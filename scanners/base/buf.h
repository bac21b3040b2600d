/*
 * buf: a growing run of bytes with a ceiling. A failed growth (memory or ceiling) sets `failed`,
 * drops the bytes that did not fit and lets the caller look once at the end.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/span.h"

struct buf {
	uint8_t *p;
	size_t n;
	size_t cap;
	size_t max; /* ceiling in bytes; 0 = none */
	bool failed; /* something did not fit since the last buf_clear() */
};

/* Room for n more bytes behind p[n], or NULL. Does not change n. */
uint8_t *buf_room(struct buf *b, size_t n);

void buf_put(struct buf *b, const void *p, size_t n);
void buf_putc(struct buf *b, uint8_t c);

/* The same as buf_put() for what is mostly of a few bytes: those without a call. */
static inline void
buf_put_short(struct buf *b, struct span s)
{
	uint8_t *to;

	if (s.n > 16 || b->cap - b->n <= 16 || b->max) {
		buf_put(b, s.p, s.n);
		return;
	}
	to = b->p + b->n;
	if (s.n >= 8) {
		memcpy(to, s.p, 8);
		memcpy(to + s.n - 8, s.p + s.n - 8, 8);
	} else if (s.n >= 4) {
		memcpy(to, s.p, 4);
		memcpy(to + s.n - 4, s.p + s.n - 4, 4);
	} else if (s.n) {
		to[0] = s.p[0];
		to[s.n / 2] = s.p[s.n / 2];
		to[s.n - 1] = s.p[s.n - 1];
	}
	b->n += s.n;
}

void buf_puts(struct buf *b, const char *s);

/* Appends one Unicode scalar value as UTF-8; anything else becomes U+FFFD. */
void buf_put_utf8(struct buf *b, uint32_t c);

/* Appends a number in decimal digits: printf()'s way takes ten times as long. */
void buf_put_number(struct buf *b, uint64_t n);

void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The bytes as a C string: a NUL is kept behind p[n]. "" when nothing could be kept. */
const char *buf_cstr(struct buf *b);

static inline struct span
buf_span(const struct buf *b)
{
	return (struct span){b->p, b->n};
}

/* Drops the content, keeps the memory. */
static inline void
buf_clear(struct buf *b)
{
	b->n = 0;
	b->failed = false;
}

/* Returns the memory; the buffer may be used again. */
void buf_free(struct buf *b);

#endif
