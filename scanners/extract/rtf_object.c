/*
 * An OLE 1.0 object is a version, a kind, three counted strings and counted bytes. The bytes are a
 * document of the class named, mostly an OLE 2 file, or, for the class Package, a file with its name.
 */
#include "extract/rtf_object.h"

#include <errno.h>
#include <stdio.h>

#include "limits.h"

#include "base/poison.h"

#define KIND_LINK 1u

static int
digit_of(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void
rtf_object_raw(struct rtf_object *o, struct span s)
{
	o->bytes.max = LIMIT_RTF_OBJECT;
	buf_put(&o->bytes, s.p, s.n);
}

void
rtf_object_hex(struct rtf_object *o, struct span s)
{
	uint8_t out[256];
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		int d = digit_of(s.p[i]);

		if (d < 0)
			continue;
		if (!o->high) {
			o->high = (uint8_t)(d + 1);
			continue;
		}
		out[n++] = (uint8_t)((o->high - 1) << 4 | d);
		o->high = 0;
		if (n == sizeof out) {
			rtf_object_raw(o, span_of(out, n));
			n = 0;
		}
	}
	rtf_object_raw(o, span_of(out, n));
}

static bool
take32(struct span *s, uint32_t *ret)
{
	if (s->n < 4)
		return false;
	*ret = le32(s->p);
	*s = span_sub(*s, 4, s->n);
	return true;
}

static bool
take_counted(struct span *s, struct span *ret)
{
	uint32_t n;

	if (!take32(s, &n) || n > s->n)
		return false;
	*ret = span_sub(*s, 0, n);
	*s = span_sub(*s, n, s->n);
	while (ret->n && ret->p[ret->n - 1] == 0)
		ret->n--;
	return true;
}

static bool
take_string(struct span *s, struct span *ret)
{
	const uint8_t *e = s->n ? memchr(s->p, 0, s->n) : NULL;

	if (!e)
		return false;
	*ret = span_sub(*s, 0, (size_t)(e - s->p));
	*s = span_sub(*s, ret->n + 1, s->n);
	return true;
}

/* Package: flags, label, path, flags, path again, the file. */
static bool
open_package(struct span s, struct span *ret_name, struct span *ret_data)
{
	struct span path, data = s;
	uint32_t flags, n;

	s = span_sub(s, 2, s.n);
	if (!take_string(&s, ret_name) || !take_string(&s, &path) || !take32(&s, &flags) ||
		!take32(&s, &n) || n > s.n)
		return false;
	s = span_sub(s, n, s.n);
	data = s;
	if (!take32(&data, &n) || n > data.n)
		return false;
	*ret_data = span_sub(data, 0, n);
	return true;
}

static int
give_child(struct sink *s, struct span name, struct span data)
{
	struct reader r;
	struct item child = {.name = span_sub(name, 0, LIMIT_NAME), .r = &r};
	int q = budget_bytes(s->budget, data.n);

	if (q < 0 || data.n == 0)
		return q;
	reader_mem(&r, data);
	q = s->ops->child(s, &child);
	reader_end(&r);
	return q;
}

static int
give_object(struct rtf_object *o, struct sink *s)
{
	struct span in = buf_span(&o->bytes), class, topic, item, data, file;
	uint32_t version, kind, size;
	char name[32];
	int n = snprintf(name, sizeof name, "object %u", ++o->count);
	struct span called = span_of(name, (size_t)n);

	if (!take32(&in, &version) || !take32(&in, &kind) || !take_counted(&in, &class) ||
		!take_counted(&in, &topic) || !take_counted(&in, &item))
		return give_child(s, called, buf_span(&o->bytes));
	if (kind == KIND_LINK && topic.n)
		return sink_text(s, PART_METADATA, "linked file", topic);
	if (!take32(&in, &size))
		return sink_gap(s, GAP_CORRUPT, true, "embedded object");
	data = span_sub(in, 0, size);
	if (span_eq(class, span_str("Package")) && open_package(data, &file, &in)) {
		data = in;
		called = file.n ? file : called;
	}
	return give_child(s, called, data);
}

static void
start_over(struct rtf_object *o)
{
	buf_clear(&o->bytes);
	o->high = 0;
}

int
rtf_object_end(struct rtf_object *o, struct sink *s)
{
	int r = 0;

	if (o->bytes.failed)
		r = sink_gap(s, GAP_TOO_BIG, true, "embedded object");
	if (r == 0 && o->bytes.n)
		r = give_object(o, s);
	start_over(o);
	return r;
}

int
rtf_picture_end(struct rtf_object *o, struct sink *s, const char *mime)
{
	struct reader r;
	int q = 0;

	if (mime && o->bytes.n && !o->bytes.failed) {
		q = budget_bytes(s->budget, o->bytes.n);
		reader_mem(&r, buf_span(&o->bytes));
		q = q == 0 ? s->ops->image(s, &r, mime, 0) : q;
		reader_end(&r);
	}
	start_over(o);
	return q;
}

void
rtf_object_free(struct rtf_object *o)
{
	buf_free(&o->bytes);
}
