/*
 * Containers made of boxes with a length and a name: ISO base media and QuickTime, whose index may
 * stand behind the film itself, Matroska, AVI and Windows Media, which keep it in front.
 */
#include "extract/video.h"

#include "base/cleanup.h"
#include "limits.h"

#include "base/poison.h"

/* --- ISO base media ------------------------------------------------------------------ */

/* The next box of s: its body and name; s moves behind it. A body cut by the end is given so far. */
static bool
next_box(struct span *s, uint32_t *ret_name, struct span *ret_body)
{
	uint64_t n, head = 8;

	if (s->n < 8)
		return false;
	n = film_be(s->p, 4);
	*ret_name = (uint32_t)film_be(s->p + 4, 4);
	if (n == 1 && s->n >= 16) {
		n = film_be(s->p + 8, 8);
		head = 16;
	} else if (n == 0) {
		n = s->n;
	}
	if (n < head)
		return false;
	*ret_body = span_sub(*s, head, n - head < s->n ? (size_t)(n - head) : s->n);
	*s = n < s->n ? span_sub(*s, (size_t)n, s->n) : (struct span){0};
	return true;
}

#define NAME(a, b, c, d) ((uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d))

static void
movie_header(struct span b, struct film *f)
{
	bool wide = b.n >= 32 && b.p[0] == 1;
	size_t at = wide ? 20 : 12;
	uint64_t scale;

	if (b.n < at + (wide ? 12 : 8))
		return;
	scale = film_be(b.p + at, 4);
	if (scale)
		f->seconds = (double)film_be(b.p + at + 4, wide ? 8 : 4) / (double)scale;
}

static void
track_header(struct span b, struct film *f)
{
	size_t at = b.n && b.p[0] == 1 ? 88 : 76;
	uint32_t w, h;

	if (b.n < at + 8)
		return;
	w = (uint32_t)film_be(b.p + at, 4) >> 16;
	h = (uint32_t)film_be(b.p + at + 4, 4) >> 16;
	if ((uint64_t)w * h > (uint64_t)f->width * f->height) {
		f->width = w;
		f->height = h;
	}
}

static void
movie(struct span body, struct film *f)
{
	struct span b, inner;
	uint32_t name;

	while (next_box(&body, &name, &b)) {
		if (name == NAME('m', 'v', 'h', 'd'))
			movie_header(b, f);
		if (name != NAME('t', 'r', 'a', 'k'))
			continue;
		while (next_box(&b, &name, &inner))
			if (name == NAME('t', 'k', 'h', 'd'))
				track_header(inner, f);
	}
}

static bool
index_at(struct reader *r, uint64_t off, uint64_t n, struct film *f)
{
	_cleanup_free_ uint8_t *p = malloc(LIMIT_VIDEO_LOOK);
	ssize_t got = -1;

	if (p)
		got = reader_pread(r, p, n < LIMIT_VIDEO_LOOK ? (size_t)n : LIMIT_VIDEO_LOOK, off);
	if (got > 0)
		movie(span_of(p, (size_t)got), f);
	return got > 0;
}

void
film_mp4(struct reader *r, struct span head, struct film *f)
{
	uint64_t off = 0;
	uint8_t b[16];

	if (!reader_seekable(r)) {
		struct span body;
		uint32_t name;

		while (next_box(&head, &name, &body))
			if (name == NAME('m', 'o', 'o', 'v'))
				movie(body, f);
		return;
	}
	for (unsigned i = 0; i < LIMIT_VIDEO_BOXES && off < r->size; i++) {
		ssize_t got = reader_pread(r, b, sizeof b, off);
		uint64_t n = got >= 8 ? film_be(b, 4) : 0, at = 8;

		if (got == 16 && n == 1) {
			n = film_be(b + 8, 8);
			at = 16;
		}
		if (got >= 8 && film_be(b + 4, 4) == NAME('m', 'o', 'o', 'v')) {
			(void)index_at(r, off + at, n > at ? n - at : UINT64_MAX, f);
			return;
		}
		if (n < at || n > r->size - off)
			return;
		off += n;
	}
}

/* --- Matroska --------------------------------------------------------------------------- */

/* An element's length or id: the number of leading zero bits tells how many bytes. */
static bool
vint(struct span *s, bool keep, uint64_t *ret_v)
{
	unsigned n = 1;
	uint64_t v;

	if (!s->n || !s->p[0])
		return false;
	while (!(s->p[0] & 0x80 >> (n - 1)))
		n++;
	if (s->n < n)
		return false;
	v = film_be(s->p, n);
	*ret_v = keep ? v : v & ((UINT64_C(1) << 7 * n) - 1);
	*s = span_sub(*s, n, s->n);
	return true;
}

static double
ebml_float(struct span b)
{
	uint32_t v4;
	uint64_t v8;
	float f;
	double d;

	if (b.n == 4) {
		v4 = (uint32_t)film_be(b.p, 4);
		memcpy(&f, &v4, sizeof f);
		return (double)f;
	}
	if (b.n != 8)
		return 0;
	v8 = film_be(b.p, 8);
	memcpy(&d, &v8, sizeof d);
	return d;
}

struct matroska {
	struct film *film;
	double duration, scale;
};

static void
matroska_value(struct matroska *m, uint64_t id, struct span b)
{
	uint64_t v = b.n <= 8 ? film_be(b.p, (unsigned)b.n) : 0;

	if (id == 0x2AD7B1)
		m->scale = (double)v;
	else if (id == 0x4489)
		m->duration = ebml_float(b);
	else if (id == 0xB0)
		m->film->width = (uint32_t)v;
	else if (id == 0xBA)
		m->film->height = (uint32_t)v;
}

/* Masters are walked into rather than over, so that one loop sees all of them in order. */
void
film_matroska(struct reader *r, struct span head, struct film *f)
{
	static const uint64_t masters[] = {0x18538067, 0x1549A966, 0x1654AE6B, 0xAE,
		0xE0}; /* Segment, Info, Tracks, entry, Video */
	struct matroska m = {.film = f, .scale = 1000000};
	uint64_t id, n;

	(void)r;
	while (vint(&head, true, &id) && vint(&head, false, &n)) {
		bool into = false;

		for (size_t i = 0; i < sizeof masters / sizeof *masters; i++)
			into = into || masters[i] == id;
		if (into)
			continue;
		if (n > head.n || id == 0x1F43B675) /* a Cluster: the film itself */
			break;
		matroska_value(&m, id, span_sub(head, 0, (size_t)n));
		head = span_sub(head, (size_t)n, head.n);
	}
	f->seconds = m.duration * m.scale / 1e9;
}

/* --- AVI and Windows Media ------------------------------------------------------------- */

void
film_avi(struct reader *r, struct span head, struct film *f)
{
	const uint8_t *at =
		head.n > 100 ? memmem(head.p, 4096 < head.n ? 4096 : head.n, "avih", 4) : NULL;
	struct span b;

	(void)r;
	if (!at)
		return;
	b = span_sub(head, (size_t)(at - head.p) + 8, 40);
	if (b.n < 40)
		return;
	f->seconds = (double)le32(b.p) * (double)le32(b.p + 16) / 1e6;
	f->width = le32(b.p + 32);
	f->height = le32(b.p + 36);
}

static uint64_t
le64_of(const uint8_t *p)
{
	return (uint64_t)le32(p) | (uint64_t)le32(p + 4) << 32;
}

void
film_asf(struct reader *r, struct span head, struct film *f)
{
	static const char file_properties[] = "\xA1\xDC\xAB\x8C\x47\xA9\xCF\x11\x8E\xE4\x00\xC0"
					      "\x0C\x20\x53\x65";
	static const char stream_properties[] = "\x91\x07\xDC\xB7\xB7\xA9\xCF\x11\x8E\xE6\x00\xC0"
						"\x0C\x20\x53\x65";
	static const char video_media[] = "\xC0\xEF\x19\xBC\x4D\x5B\xCF\x11\xA8\xFD\x00\x80\x5F\x5C"
					  "\x44\x2B";

	(void)r;
	head = span_sub(head, 30, head.n);
	for (unsigned i = 0; i < LIMIT_VIDEO_BOXES && head.n >= 24; i++) {
		uint64_t n = le64_of(head.p + 16);
		struct span b = span_sub(head, 24, n > 24 && n < head.n ? (size_t)n - 24 : head.n);

		if (span_has(head, 0, file_properties, 16) && b.n >= 64) {
			double play = (double)le64_of(b.p + 40) / 1e7;

			f->seconds = play - (double)le64_of(b.p + 56) / 1e3;
		} else if (span_has(head, 0, stream_properties, 16) && b.n >= 62 &&
			span_has(b, 0, video_media, 16)) {
			f->width = le32(b.p + 54);
			f->height = le32(b.p + 58);
		}
		if (n < 24 || n >= head.n)
			break;
		head = span_sub(head, (size_t)n, head.n);
	}
}
