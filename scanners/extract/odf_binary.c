/*
 * A picture stands amid the text of its paragraph, where nothing can be handed on without breaking that
 * text in two: so it is decoded and waits.
 */
#include "extract/odf_binary.h"

#include <errno.h>

#include "extract/pictures.h"
#include "limits.h"

#include "base/poison.h"

static size_t
ends_at(const struct odf_binary *b, size_t i)
{
	size_t at;

	memcpy(&at, b->ends.p + i * sizeof at, sizeof at);
	return at;
}

static size_t
count(const struct odf_binary *b)
{
	return b->ends.n / sizeof(size_t);
}

/* Where the present one begins. */
static size_t
begin_of(const struct odf_binary *b)
{
	return count(b) ? ends_at(b, count(b) - 1) : 0;
}

static void
drop(struct odf_binary *b)
{
	b->bytes.n = begin_of(b);
	b->open = false;
	b->lost = true;
}

void
odf_binary_begin(struct odf_binary *b)
{
	base64_decode_init(&b->decode);
	b->open = true;
}

void
odf_binary_put(struct odf_binary *b, const char *s, size_t n)
{
	while (n && b->open) {
		size_t part = n < 4096 ? n : 4096, got = 0;
		uint8_t *to = buf_room(&b->bytes, BASE64_DECODE_LENGTH(part));

		if (!to || b->bytes.n > LIMIT_FLAT_BINARY ||
			!base64_decode_update(&b->decode, &got, to, part, s)) {
			drop(b);
			return;
		}
		b->bytes.n += got;
		s += part;
		n -= part;
	}
}

void
odf_binary_end(struct odf_binary *b)
{
	if (b->open && b->bytes.n > begin_of(b))
		buf_put(&b->ends, &b->bytes.n, sizeof b->bytes.n);
	b->open = false;
}

static int
send_one(struct span bytes, struct item *up, struct sink *s)
{
	const char *mime = picture_mime(bytes);
	struct reader r;
	struct item it = {.up = up, .name = span_str("object"), .r = &r};
	int q;

	reader_mem(&r, bytes);
	q = mime ? s->ops->image(s, &r, mime, 0) : s->ops->child(s, &it);
	reader_end(&r);
	return q;
}

int
odf_binary_send(struct odf_binary *b, struct item *up, struct sink *s)
{
	size_t from = 0;
	int r = b->ends.failed ? -ENOMEM : 0;

	for (size_t i = 0; i < count(b) && r == 0; i++) {
		size_t end = ends_at(b, i);

		r = budget_bytes(s->budget, end - from);
		if (r == 0)
			r = send_one(span_of(b->bytes.p + from, end - from), up, s);
		from = end;
	}
	if (r == 0 && b->lost)
		r = sink_gap(s, GAP_TOO_BIG, true, "pictures and objects of the document");
	return r;
}

void
odf_binary_free(struct odf_binary *b)
{
	buf_free(&b->bytes);
	buf_free(&b->ends);
}
