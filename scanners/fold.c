/*
 * ASCII passes in wide steps; only characters that begin with C2, E2 or EF can fold. The
 * result is never longer than the input, so the caller needs no second buffer. Only what is lost is
 * logged, so that plain text costs nothing and a place can still be told in bytes of the original.
 */
#include "fold.h"

#include <stdlib.h>

#include "base/utf8.h"

#include "base/poison.h"

#define DROP  0xFFFFFFFFu
#define PIECE 4096u /* bytes that are looked at before they are copied: they are at hand still */

/* What a character becomes: itself, an ASCII character, or DROP. */
static uint32_t
fold_char(uint32_t c)
{
	if (c >= 0xFF01 && c <= 0xFF5E)
		return c - 0xFF01 + '!';
	if (c >= 0x2010 && c <= 0x2015)
		return '-';
	if (c >= 0x2000 && c <= 0x200A)
		return ' ';
	switch (c) {
	case 0x00A0:
	case 0x202F:
	case 0x205F:
	case 0x3000:
		return ' ';
	case 0x2212:
	case 0xFE63:
		return '-';
	case 0x2018:
	case 0x2019:
		return '\'';
	case 0x201C:
	case 0x201D:
		return '"';
	case 0x00AD:
	case 0x200B:
	case 0x200C:
	case 0x200D:
	case 0x2060:
	case 0xFEFF:
		return DROP;
	default:
		return c;
	}
}

static void
log_loss(struct fold_log *log, size_t at, size_t lost)
{
	struct fold_loss *last = log->n ? &log->v[log->n - 1] : NULL;

	if (last && last->at == at && lost <= UINT32_MAX - last->lost) {
		last->lost += (uint32_t)lost;
		return;
	}
	if (log->n == log->room) {
		size_t room = log->room ? 2 * log->room : 64;
		struct fold_loss *v = reallocarray(log->v, room, sizeof *v);

		if (!v) {
			log->failed = true;
			return;
		}
		log->v = v;
		log->room = room;
	}
	log->v[log->n++] = (struct fold_loss){(uint32_t)at, (uint32_t)lost};
}

size_t
fold_copy(uint8_t *p, struct span s, struct fold_log *log)
{
	size_t out = 0;

	while (s.n) {
		size_t n = utf8_ascii(span_sub(s, 0, PIECE));
		uint32_t c = 0, to;

		memcpy(p + out, s.p, n);
		out += n;
		s = span_sub(s, n, s.n);
		if (!s.n || s.p[0] < 0x80)
			continue;
		n = utf8_decode(s, &c);
		to = n ? fold_char(c) : c;
		if (n && to != c) {
			if (to != DROP)
				p[out++] = (uint8_t)to;
			log_loss(log, log->base + out, n - (to != DROP));
		} else {
			n = n ? n : 1;
			memcpy(p + out, s.p, n);
			out += n;
		}
		s = span_sub(s, n, s.n);
	}
	return out;
}

/* The first loss at `at` or behind. */
static size_t
loss_from(const struct fold_log *log, size_t at)
{
	size_t lo = 0, hi = log->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (log->v[mid].at < at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

uint64_t
fold_lost(const struct fold_log *log, size_t from, size_t to)
{
	uint64_t sum = 0;

	for (size_t i = loss_from(log, from); i < log->n && log->v[i].at <= to; i++)
		sum += log->v[i].lost;
	return sum;
}

void
fold_log_cut(struct fold_log *log, size_t n)
{
	size_t from = loss_from(log, n);

	for (size_t i = from; i < log->n; i++) {
		log->v[i].at -= (uint32_t)n;
		log->v[i - from] = log->v[i];
	}
	log->n -= from;
}

void
fold_log_free(struct fold_log *log)
{
	free(log->v);
	*log = (struct fold_log){0};
}
