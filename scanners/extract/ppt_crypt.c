/*
 * Each object of an enciphered presentation has a key made of its number (MS-PPT 2.3.7); what leads to
 * them is in clear. The stream is deciphered as it is read, mostly from front to back.
 */
#include <errno.h>
#include <stdlib.h>

#include "extract/ppt.h"
#include "limits.h"

#include "base/poison.h"

#define HEAD   8u
#define HEADER 512u /* bytes of the header of enciphering that are looked at */

/* A stretch of the stream that one key deciphers. */
struct stretch {
	uint32_t off, n, id;
};

static int
by_place(const void *a, const void *b)
{
	uint32_t x = ((const struct stretch *)a)->off, y = ((const struct stretch *)b)->off;

	return (x > y) - (x < y);
}

/* How many parts begin at off or before it. */
static size_t
parts_until(const struct stretch *p, size_t n, uint64_t off)
{
	size_t lo = 0;

	while (lo < n) {
		size_t mid = lo + (n - lo) / 2;

		if (p[mid].off <= off)
			lo = mid + 1;
		else
			n = mid;
	}
	return lo;
}

static void
decipher(void *cipher, uint64_t off, uint8_t *p, size_t n)
{
	struct ppt_cipher *c = cipher;
	const struct stretch *parts = (const struct stretch *)(const void *)c->parts.p;
	size_t count = c->parts.n / sizeof *parts, i = parts_until(parts, count, off);

	for (i -= i > 0; i < count && parts[i].off < off + n; i++) {
		uint64_t from = off > parts[i].off ? off : parts[i].off,
			 end = (uint64_t)parts[i].off + parts[i].n;

		end = end < off + n ? end : off + n;
		if (from < end)
			ole_rc4_apply(&c->rc4, parts[i].id, from - parts[i].off, p + (from - off),
				(size_t)(end - from));
	}
}

/* How long each part is stands in its first bytes; none reaches into the next. */
static void
measure(struct ppt_cipher *c, struct cfb_stream *s)
{
	struct stretch *parts = (struct stretch *)(void *)c->parts.p;
	size_t count = c->parts.n / sizeof *parts;

	for (size_t i = 0; i < count; i++) {
		uint64_t end = i + 1 < count ? parts[i + 1].off : s->r.size, n = HEAD;
		uint8_t head[HEAD];

		if (reader_pread(&s->r, head, HEAD, parts[i].off) == (ssize_t)HEAD) {
			ole_rc4_apply(&c->rc4, parts[i].id, 0, head, HEAD);
			n = HEAD + (uint64_t)le32(head + 4);
		}
		end = end > parts[i].off ? end - parts[i].off : 0;
		parts[i].n = (uint32_t)(n < end ? n : end);
	}
}

bool
ppt_unlock(struct ppt_cipher *c, struct cfb_stream *s, const uint32_t *places, uint32_t session)
{
	uint8_t head[HEADER];
	struct ppt_head h;
	const char *how;
	ssize_t got;

	if (session >= LIMIT_PPT_IDS || !ppt_head_at(s, places[session] - 1, &h) ||
		h.type != PPT_CRYPT_SESSION)
		return false;
	got = reader_pread(&s->r, head, h.n < HEADER ? h.n : HEADER, h.at);
	if (got <= 0 || !ole_rc4_unlock(&c->rc4, span_of(head, (size_t)got), &how))
		return false;
	for (uint32_t i = 0; i < LIMIT_PPT_IDS; i++) {
		const struct stretch p = {.off = places[i] - 1, .id = i};

		if (places[i] && i != session)
			buf_put(&c->parts, &p, sizeof p);
	}
	if (c->parts.n)
		qsort(c->parts.p, c->parts.n / sizeof(struct stretch), sizeof(struct stretch),
			by_place);
	measure(c, s);
	s->decipher = decipher;
	s->cipher = c;
	return !c->parts.failed;
}
