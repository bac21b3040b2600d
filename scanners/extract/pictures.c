/*
 * Word, Excel and PowerPoint keep pictures in the same records but lead to them by different ways, none
 * of which is needed: a record whose type, length and first bytes fit together is a picture. The
 * stream goes by in a window, and a picture is read out of it and then on from the stream.
 */
#include "extract/pictures.h"

#include <errno.h>
#include <stdlib.h>

#include "limits.h"

#include "base/poison.h"

#define WINDOW 32768u
#define HEAD   8u /* of a record */
#define LOOK   (HEAD + 33u + 4u) /* what decides: two digests and a mark may stand before the bytes */

struct pictures {
	struct reader r; /* first: of the picture at hand */
	struct reader *from;
	struct sink *s;
	size_t at, n;
	uint64_t left; /* of the picture */
	uint8_t window[WINDOW];
};

const char *
picture_mime(struct span head)
{
	if (span_has(head, 0, "\xFF\xD8\xFF", 3))
		return "image/jpeg";
	if (span_has(head, 0, "\x89PNG", 4))
		return "image/png";
	if (span_has(head, 0, "II*\0", 4) || span_has(head, 0, "MM\0*", 4))
		return "image/tiff";
	if (span_has(head, 0, "GIF8", 4))
		return "image/gif";
	if (span_has(head, 0, "BM", 2))
		return "image/bmp";
	return NULL;
}

/* Next bytes of the stream: out of the window, then as they come. */
static ssize_t
take(struct pictures *p, uint8_t *to, size_t n)
{
	size_t have = p->n - p->at;

	if (!have)
		return reader_read(p->from, to, n);
	n = n < have ? n : have;
	memcpy(to, p->window + p->at, n);
	p->at += n;
	return (ssize_t)n;
}

static ssize_t
picture_read(struct reader *r, void *to, size_t n)
{
	struct pictures *p = (struct pictures *)r;
	ssize_t got = take(p, to, n < p->left ? n : (size_t)p->left);

	p->left -= got > 0 ? (uint64_t)got : 0;
	return got;
}

/* The window begins at p->at again and is full, unless the stream ends. */
static int
refill(struct pictures *p)
{
	ssize_t got;
	int r = budget_tick(p->s->budget);

	memmove(p->window, p->window + p->at, p->n - p->at);
	p->n -= p->at;
	p->at = 0;
	got = r < 0 ? 0 : reader_fill(p->from, p->window + p->n, WINDOW - p->n);
	p->n += got > 0 ? (size_t)got : 0;
	return r;
}

/*
 * Is a record of a picture at `at`? *ret_skip: how far its bytes are from there, *ret_n: how many. An
 * odd instance means two digests.
 */
static const char *
record_at(const struct pictures *p, size_t at, size_t *ret_skip, uint64_t *ret_n)
{
	struct span head = span_of(p->window + at, p->n - at);
	unsigned instance = le16(head.p) >> 4;
	size_t skip = HEAD + 16 * (1 + (size_t)(instance & 1)) + 1;
	const char *mime = picture_mime(span_sub(head, skip, 4));

	if (!mime || (head.p[0] & 15) || le32(head.p + 4) <= skip - HEAD)
		return NULL;
	*ret_skip = skip;
	*ret_n = le32(head.p + 4) - (skip - HEAD);
	return mime;
}

/* The next place from p->at on where a record's type stands; p->n - LOOK at most. */
static size_t
find_type(const struct pictures *p)
{
	size_t at = p->at, end = p->n > LOOK ? p->n - LOOK : p->at;

	while (at < end) {
		const uint8_t *f = memchr(p->window + at + 3, 0xF0, end - at);
		uint8_t type = f ? f[-1] : 0;

		if (!f)
			return end;
		at = (size_t)(f - p->window) - 3;
		if (type == 0x1D || type == 0x1E || type == 0x29 || type == 0x2A)
			return at;
		at++;
	}
	return end;
}

static int
hand_on(struct pictures *p, const char *mime)
{
	static const struct reader_ops ops = {.read = picture_read};
	uint8_t rest[4096];
	ssize_t got = 1;
	int r;

	reader_init(&p->r, &ops, p->left);
	r = p->s->ops->image(p->s, &p->r, mime, 0);
	reader_end(&p->r);
	while (r == 0 && p->left && got > 0) {
		got = picture_read(&p->r, rest, sizeof rest);
		r = budget_tick(p->s->budget);
	}
	return r;
}

static int
scan(struct pictures *p)
{
	int r = refill(p);

	while (r == 0 && p->n - p->at > LOOK) {
		size_t skip = 0, at = find_type(p);
		const char *mime = record_at(p, at, &skip, &p->left);

		p->at = at + (mime ? skip : 1);
		if (mime)
			r = hand_on(p, mime);
		if (r == 0 && p->n - p->at <= LOOK)
			r = refill(p);
	}
	return r;
}

int
pictures_run(struct reader *from, struct sink *s)
{
	struct pictures *p = malloc(sizeof *p);
	int r;

	if (!p)
		return -ENOMEM;
	p->from = from;
	p->s = s;
	p->at = p->n = 0;
	p->left = 0;
	r = scan(p);
	free(p);
	return r < 0 ? r : s->budget->blown;
}
