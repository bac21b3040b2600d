/* Doubling growth; the ceiling is compared with what remains, so no sum can overflow. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/poison.h"

uint8_t *
buf_room(struct buf *b, size_t n)
{
	size_t max = b->max ? b->max : SIZE_MAX / 4;
	size_t cap;
	uint8_t *p;

	if (b->n > max || n > max - b->n) {
		b->failed = true;
		return NULL;
	}
	if (b->p && n < b->cap - b->n)
		return b->p + b->n;
	cap = b->cap ? b->cap : 64;
	while (cap - b->n <= n)
		cap *= 2;
	p = realloc(b->p, cap);
	if (!p) {
		b->failed = true;
		return NULL;
	}
	b->p = p;
	b->cap = cap;
	return b->p + b->n;
}

void
buf_put(struct buf *b, const void *p, size_t n)
{
	bool fits = b->p && n < b->cap - b->n && (!b->max || b->n + n <= b->max);
	uint8_t *to = n == 0 ? NULL : fits ? b->p + b->n : buf_room(b, n);

	if (!to)
		return;
	memcpy(to, p, n);
	b->n += n;
}

void
buf_putc(struct buf *b, uint8_t c)
{
	uint8_t *to = buf_room(b, 1);

	if (!to)
		return;
	*to = c;
	b->n++;
}

void
buf_puts(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void
buf_put_utf8(struct buf *b, uint32_t c)
{
	uint8_t o[4];
	size_t n;

	if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		c = 0xFFFD;
	if (c < 0x80) {
		o[0] = (uint8_t)c;
		n = 1;
	} else if (c < 0x800) {
		o[0] = (uint8_t)(0xC0 | c >> 6);
		o[1] = (uint8_t)(0x80 | (c & 63));
		n = 2;
	} else if (c < 0x10000) {
		o[0] = (uint8_t)(0xE0 | c >> 12);
		o[1] = (uint8_t)(0x80 | (c >> 6 & 63));
		o[2] = (uint8_t)(0x80 | (c & 63));
		n = 3;
	} else {
		o[0] = (uint8_t)(0xF0 | c >> 18);
		o[1] = (uint8_t)(0x80 | (c >> 12 & 63));
		o[2] = (uint8_t)(0x80 | (c >> 6 & 63));
		o[3] = (uint8_t)(0x80 | (c & 63));
		n = 4;
	}
	buf_put(b, o, n);
}

void
buf_put_number(struct buf *b, uint64_t n)
{
	uint8_t digits[20];
	size_t at = sizeof digits;

	do
		digits[--at] = (uint8_t)('0' + n % 10);
	while (n /= 10);
	buf_put(b, digits + at, sizeof digits - at);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	uint8_t *to;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	to = n >= 0 ? buf_room(b, (size_t)n) : NULL;
	if (to) {
		(void)vsnprintf((char *)to, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
	va_end(ap);
}

const char *
buf_cstr(struct buf *b)
{
	if (!b->p && !buf_room(b, 0))
		return "";
	b->p[b->n] = 0;
	return (const char *)b->p;
}

void
buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){.max = b->max};
}
