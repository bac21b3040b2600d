/*
 * Containers without an index: MPEG streams, whose length is the difference of two clocks or a rate,
 * MXF, a run of keys, lengths and values, and Flash, which begins with a list of named numbers.
 */
#include "extract/video.h"

#include "base/cleanup.h"
#include "limits.h"

#include "base/poison.h"

void
film_sequence(struct span s, struct film *f)
{
	const uint8_t *at;

	while (s.n >= 8 && (at = memmem(s.p, s.n - 4, "\0\0\1\xB3", 4))) {
		uint32_t w = (uint32_t)film_be(at + 4, 3) >> 12,
			 h = (uint32_t)film_be(at + 4, 3) & 0xFFF;

		if (w >= 16 && h >= 16) {
			f->width = w;
			f->height = h;
			return;
		}
		s = span_sub(s, (size_t)(at - s.p) + 4, s.n);
	}
}

/* The clock of a pack header (SCR, 33 bits in 1/90,000 s): three parts with a marker bit behind each. */
static double
pack_clock(const uint8_t *p)
{
	uint64_t v = film_be(p + 4, 5);
	uint64_t high = p[4] >> 6 == 1 ? v >> 35 & 7 : v >> 33 & 7;
	unsigned down = p[4] >> 6 == 1 ? 2 : 0;
	uint64_t middle = v >> (17 + down) & 0x7FFF, low = v >> (1 + down) & 0x7FFF;

	return (double)(high << 30 | middle << 15 | low) / 90000;
}

static bool
last_pack(struct span s, double *ret_seconds)
{
	for (size_t i = s.n >= 10 ? s.n - 9 : 0; i > 0; i--) {
		if (!span_has(s, i - 1, "\0\0\1\xBA", 4))
			continue;
		*ret_seconds = pack_clock(s.p + i - 1);
		return true;
	}
	return false;
}

/* The last bytes of r into a heap buffer, the caller's; empty when r does not seek. */
static struct span
tail_of(struct reader *r, uint8_t **ret_p)
{
	ssize_t got = -1;

	*ret_p = malloc(LIMIT_VIDEO_LOOK);
	if (*ret_p && reader_seekable(r) && r->size > LIMIT_VIDEO_LOOK)
		got = reader_pread(r, *ret_p, LIMIT_VIDEO_LOOK, r->size - LIMIT_VIDEO_LOOK);
	return got > 0 ? span_of(*ret_p, (size_t)got) : (struct span){0};
}

void
film_program(struct reader *r, struct span head, struct film *f)
{
	_cleanup_free_ uint8_t *p = NULL;
	struct span tail = tail_of(r, &p);
	double last;

	film_sequence(head, f);
	if (head.n >= 14 && span_has(head, 0, "\0\0\1\xBA", 4) &&
		last_pack(tail.n ? tail : head, &last))
		f->seconds = last - pack_clock(head.p);
}

/* The first or last clock (PCR, in 1/90,000 s) of one of the packets of 188 bytes in s. */
static bool
clock_of(struct span s, bool last, double *ret_seconds)
{
	size_t at = 0;
	bool found = false;

	while (at + 188 * 2 <= s.n && !(s.p[at] == 0x47 && s.p[at + 188] == 0x47))
		at++;
	for (; at + 188 <= s.n && s.p[at] == 0x47; at += 188) {
		const uint8_t *p = s.p + at;

		if (!(p[3] & 0x20) || p[4] < 7 || !(p[5] & 0x10))
			continue;
		*ret_seconds = (double)(film_be(p + 6, 5) >> 7) / 90000;
		found = true;
		if (!last)
			break;
	}
	return found;
}

void
film_transport(struct reader *r, struct span head, struct film *f)
{
	_cleanup_free_ uint8_t *p = NULL;
	struct span tail = tail_of(r, &p);
	double first, last;

	film_sequence(head, f);
	if (clock_of(head, false, &first) && clock_of(tail.n ? tail : head, true, &last))
		f->seconds = last - first;
}

/* --- MXF -------------------------------------------------------------------------- */

static void
mxf_set(struct span body, struct film *f, double *duration, double *rate)
{
	while (body.n >= 4) {
		unsigned tag = (unsigned)film_be(body.p, 2), n = (unsigned)film_be(body.p + 2, 2);
		struct span v = span_sub(body, 4, n);

		if (v.n < n)
			return;
		if (tag == 0x3203 && n == 4)
			f->width = (uint32_t)film_be(v.p, 4);
		else if (tag == 0x3202 && n == 4)
			f->height = (uint32_t)film_be(v.p, 4);
		else if ((tag == 0x0202 || tag == 0x3002) && n == 8)
			*duration = (double)film_be(v.p, 8) > *duration ? (double)film_be(v.p, 8)
									: *duration;
		else if ((tag == 0x3001 || tag == 0x4B01) && n == 8 && film_be(v.p + 4, 4))
			*rate = (double)film_be(v.p, 4) / (double)film_be(v.p + 4, 4);
		body = span_sub(body, 4 + (size_t)n, body.n);
	}
}

void
film_mxf(struct reader *r, struct span head, struct film *f)
{
	double duration = 0, rate = 0;

	(void)r;
	for (unsigned i = 0; i < LIMIT_VIDEO_BOXES && head.n >= 17; i++) {
		size_t at = 17;
		uint64_t n = head.p[16];

		if (n & 0x80) {
			unsigned bytes = n & 0x7F;

			if (bytes > 8 || head.n < 17 + bytes)
				break;
			n = film_be(head.p + 17, bytes);
			at += bytes;
		}
		if (span_has(head, 0, "\x06\x0E\x2B\x34\x02\x53\x01\x01", 8))
			mxf_set(span_sub(head, at, n < head.n ? (size_t)n : head.n), f, &duration,
				&rate);
		if (n > head.n - at)
			break;
		head = span_sub(head, at + (size_t)n, head.n);
	}
	if (rate > 1 && duration < 1e12)
		f->seconds = duration / rate;
}

/* --- Flash ------------------------------------------------------------------------ */

/* A number of the script data: its name, the type 0 and eight bytes of floating point. */
static double
script_number(struct span head, const char *name)
{
	size_t n = strlen(name);
	const uint8_t *at = memmem(head.p, head.n, name, n);
	uint64_t bits;
	double d;

	if (!at || (size_t)(head.p + head.n - at) < n + 9 || at[n] != 0)
		return 0;
	bits = film_be(at + n + 1, 8);
	memcpy(&d, &bits, sizeof d);
	return d > 0 && d < 1e7 ? d : 0;
}

void
film_flash(struct reader *r, struct span head, struct film *f)
{
	(void)r;
	head = span_sub(head, 0, 8192);
	f->seconds = script_number(head, "duration");
	f->width = (uint32_t)script_number(head, "width");
	f->height = (uint32_t)script_number(head, "height");
}
