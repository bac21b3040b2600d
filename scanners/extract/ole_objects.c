/*
 * What was pasted or dragged into a document: a workbook within a letter is a storage that is itself
 * a document; a file of any other program stands in a stream with its name before it.
 */
#include <errno.h>
#include <stdio.h>

#include "extract/ole.h"
#include "limits.h"

#include "base/poison.h"

int
ole_child(struct ole *o, struct reader *r, struct span name)
{
	struct item it = {.up = o->it, .r = r};
	struct buf b = {0};
	int q;

	it.raw_name = !name_decode(&b, name.n ? name : span_str("object"), false);
	names_number(&o->names, &b);
	it.name = buf_span(&b);
	q = b.failed ? -ENOMEM : o->s->ops->child(o->s, &it);
	buf_free(&b);
	return q;
}

int
ole_child_bytes(struct ole *o, struct span bytes, struct span name)
{
	struct reader r;
	int q;

	reader_mem(&r, bytes);
	q = ole_child(o, &r, name);
	reader_end(&r);
	return q;
}

int
ole_child_stream(struct ole *o, uint32_t entry, struct span name)
{
	struct cfb_stream st;
	int r = cfb_stream_open(&st, o->c, entry);

	if (r < 0)
		return r;
	r = ole_child(o, &st.r, name);
	cfb_stream_close(&st);
	return r;
}

int
ole_child_storage(struct ole *o, uint32_t entry, struct span name)
{
	struct cfb_storage st;
	int r;

	cfb_storage_open(&st, o->c, entry);
	r = ole_child(o, &st.r, name);
	cfb_storage_close(&st);
	return r;
}

/* A string that ends with a NUL; *off goes behind it. */
static struct span
take_string(struct span b, size_t *off)
{
	struct span s = span_sub(b, *off, b.n);
	const uint8_t *end = s.n ? memchr(s.p, 0, s.n) : NULL;

	s.n = end ? (size_t)(end - s.p) : s.n;
	*off += s.n + (end != NULL);
	return s;
}

static struct span
base_name(struct span path)
{
	for (size_t i = path.n; i > 0; i--) {
		if (path.p[i - 1] == '\\' || path.p[i - 1] == '/')
			return span_sub(path, i, path.n);
	}
	return path;
}

static bool
plain_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < ' ')
			return false;
	}
	return s.n > 0;
}

/* The packager's stream: label, path, path of a temporary copy, then the file itself. */
static int
packaged(struct ole *o, struct span b, struct span name)
{
	size_t off = 6;
	struct span label = take_string(b, &off), path = take_string(b, &off);
	uint32_t n;

	off += 4;
	n = off + 4 <= b.n ? le32(b.p + off) : 0;
	if (!plain_name(label) || !plain_name(path) || off + 4 > b.n || n > b.n - off - 4)
		return ole_child_bytes(o, span_sub(b, 4, b.n), name);
	off += 4 + (size_t)n;
	n = off + 4 <= b.n ? le32(b.p + off) : 0;
	return ole_child_bytes(o, span_sub(b, off + 4, n), base_name(label));
}

static int
native(struct ole *o, uint32_t entry, struct span name)
{
	struct buf b = {0};
	int r;

	if (cfb_size(o->c, entry) > LIMIT_SLURP)
		return o->s->ops->gap(o->s, GAP_TOO_BIG, true, "embedded package", &name);
	r = cfb_slurp(o->c, entry, LIMIT_SLURP, &b);
	if (r == 0 && b.n > 8)
		r = packaged(o, buf_span(&b), name);
	buf_free(&b);
	return r;
}

/* The storage carries a file in a stream: *ret_r is what handing it on gave. False: it does not. */
static bool
carried(struct ole *o, uint32_t storage, struct span name, int *ret_r)
{
	static const char *const whole[] = {"Package", "CONTENTS", "EmbeddedOdf"};
	uint32_t e = cfb_find(o->c, storage, "\1Ole10Native", CFB_STREAM);

	if (e != CFB_NONE) {
		*ret_r = native(o, e, name);
		return true;
	}
	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
		e = cfb_find(o->c, storage, whole[i], CFB_STREAM);
		if (e == CFB_NONE)
			continue;
		*ret_r = ole_child_stream(o, e, name);
		return true;
	}
	return false;
}

/* Programs of all kinds call a stream of theirs CONTENTS; Acrobat's is a PDF. */
static bool
contents_unknown(struct ole *o)
{
	uint32_t e = cfb_find(o->c, o->c->root, "CONTENTS", CFB_STREAM);
	uint8_t head[5];
	struct cfb_stream st;
	ssize_t n;

	if (e == CFB_NONE || cfb_stream_open(&st, o->c, e) < 0)
		return false;
	n = reader_pread(&st.r, head, sizeof head, 0);
	cfb_stream_close(&st);
	return n != sizeof head || memcmp(head, "%PDF-", sizeof head) != 0;
}

bool
ole_carried(struct ole *o, int *ret_r)
{
	return !contents_unknown(o) && carried(o, o->c->root, (struct span){0}, ret_r);
}

/* The storage is an object: *ret_r is what handing it on gave. False: it is none. */
static bool
object(struct ole *o, uint32_t storage, struct span name, int *ret_r)
{
	const struct cfb *c = o->c;

	if (carried(o, storage, name, ret_r))
		return true;
	if (ole_kind(c, storage) == OLE_OTHER &&
		cfb_find(c, storage, "\1CompObj", CFB_STREAM) == CFB_NONE)
		return false;
	*ret_r = ole_child_storage(o, storage, name);
	return true;
}

/* Attachments of mails are storages too, but the mail's own reader hands them on. */
static bool
is_own(const char *name)
{
	return name[0] == 6 || strncmp(name, "__", 2) == 0;
}

/* One storage: an object, or the next folder to look into. */
static int
look(struct ole *o, uint32_t e, struct buf *todo)
{
	struct buf name = {0};
	int r = 0;

	cfb_name(o->c, e, &name);
	if (span_eq(buf_span(&name), span_str("VBA")))
		r = ole_macros(o, e);
	else if (!is_own(buf_cstr(&name)) && !object(o, e, buf_span(&name), &r))
		buf_put(todo, &e, sizeof e);
	buf_free(&name);
	return r;
}

int
ole_objects(struct ole *o)
{
	struct cfb *c = o->c;
	struct buf todo = {0};
	uint32_t storage = c->root;
	size_t done = 0;
	int r = 0;

	while (r == 0) {
		uint32_t e = cfb_first(c, storage);

		for (; e != CFB_NONE && r == 0; e = cfb_next(c, e)) {
			if (cfb_type(c, e) == CFB_STORAGE)
				r = look(o, e, &todo);
		}
		if (done + sizeof storage > todo.n)
			break;
		memcpy(&storage, todo.p + done, sizeof storage);
		done += sizeof storage;
	}
	buf_free(&todo);
	return r;
}
