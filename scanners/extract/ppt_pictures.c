/*
 * The pictures of an enciphered presentation stand in a stream of their own, each field of their records
 * enciphered by itself, from the beginning of the first key on (MS-PPT 2.3.7, MS-ODRAW 2.2.22). So the
 * records are walked, where those in clear are only looked for.
 */
#include <errno.h>

#include "extract/pictures.h"
#include "extract/ppt.h"
#include "limits.h"

#include "base/poison.h"

#define HEAD   8u
#define ENTRY  36u /* bytes of an entry of the store in front of its name ... */
#define NAME_N 33u /* ... and where the number of the name's bytes stands in it */

enum { BLIP_ENTRY = 0xF007, BLIP_JPEG = 0xF01D, BLIP_PNG, BLIP_TIFF = 0xF029, BLIP_JPEG_CMYK };

/* The field that holds a picture. */
struct field {
	struct reader r; /* first */
	struct cfb_stream *s;
	struct ole_rc4 *c;
	uint64_t off, n, at;
};

static ssize_t
field_read(struct reader *r, void *to, size_t n)
{
	struct field *f = (struct field *)r;
	ssize_t got;

	n = n < f->n - f->at ? n : (size_t)(f->n - f->at);
	got = n ? reader_pread(&f->s->r, to, n, f->off + f->at) : 0;
	if (got > 0) {
		ole_rc4_apply(f->c, 0, f->at, to, (size_t)got);
		f->at += (uint64_t)got;
	}
	return got;
}

/* A short field in clear. False: the stream ends before it does. */
static bool
field_take(struct cfb_stream *s, struct ole_rc4 *c, uint64_t off, uint8_t *to, size_t n)
{
	if (reader_pread(&s->r, to, n, off) != (ssize_t)n)
		return false;
	ole_rc4_apply(c, 0, 0, to, n);
	return true;
}

static int
hand_on(struct field *f, struct sink *s)
{
	static const struct reader_ops ops = {.read = field_read};
	uint8_t magic[4];
	const char *mime = NULL;
	int r = 0;

	if (f->n >= sizeof magic && field_take(f->s, f->c, f->off, magic, sizeof magic))
		mime = picture_mime(span_of(magic, sizeof magic));
	if (mime) {
		reader_init(&f->r, &ops, f->n);
		r = s->ops->image(s, &f->r, mime, 0);
		reader_end(&f->r);
	}
	return r;
}

/* The record at off, whose head is in clear. */
static int
picture(struct cfb_stream *s, struct ole_rc4 *c, uint64_t off, const uint8_t *head,
	struct sink *sink)
{
	size_t skip =
		16 * (1 + (size_t)(le16(head) >> 4 & 1)) + 1; /* an odd instance: two digests */
	uint64_t n = le32(head + 4);
	struct field f = {.s = s, .c = c, .off = off + HEAD + skip};

	if (n > s->r.size - off - HEAD)
		n = s->r.size - off - HEAD;
	f.n = n > skip ? n - skip : 0;
	return hand_on(&f, sink);
}

static int
walk(struct cfb_stream *s, struct ole_rc4 *c, struct sink *sink)
{
	uint8_t head[HEAD], name_n;
	uint64_t off = 0;
	int r = 0;

	while (r == 0 && off < s->r.size && field_take(s, c, off, head, HEAD)) {
		unsigned type = le16(head + 2);

		if (type == BLIP_ENTRY && field_take(s, c, off + HEAD + NAME_N, &name_n, 1)) {
			off += HEAD + ENTRY + name_n;
		} else {
			if (type == BLIP_JPEG || type == BLIP_PNG || type == BLIP_TIFF ||
				type == BLIP_JPEG_CMYK)
				r = picture(s, c, off, head, sink);
			off += HEAD + (uint64_t)le32(head + 4);
		}
		if (r == 0)
			r = budget_tick(sink->budget);
	}
	return r < 0 ? r : sink->budget->blown;
}

int
ppt_pictures(struct ole *o, struct ole_rc4 *c)
{
	uint32_t e = cfb_find(o->c, o->c->root, "Pictures", CFB_STREAM);
	struct cfb_stream s;
	int r;

	if (e == CFB_NONE)
		return 0;
	r = cfb_stream_open(&s, o->c, e);
	if (r == 0)
		r = walk(&s, c, o->s);
	cfb_stream_close(&s);
	return r;
}
