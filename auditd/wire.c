/*
 * Writer and reader of each thing stand next to each other, so that a change of one is seen to need
 * the other (and IPC_VERSION). A text goes over as bytes and length and is checked when it arrives.
 */
#include "wire.h"

#include <errno.h>
#include <stdlib.h>

#include "base/utf8.h"

#include "base/poison.h"

static bool
control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

/* UTF-8 and free of control characters (but newline and tab where lines are expected)? */
static bool
text_fits(struct span s, bool lines)
{
	while (s.n) {
		uint32_t c;
		size_t n = utf8_decode(s, &c);

		if (n == 0 || (control(c) && !(lines && (c == '\n' || c == '\t'))))
			return false;
		s = span_sub(s, n, s.n);
	}
	return true;
}

static void
put_scrubbed(struct ipc_out *o, struct span s, bool lines)
{
	ipc_u32(o, (uint32_t)s.n);
	while (s.n) {
		uint32_t c;
		size_t n = utf8_decode(s, &c);
		size_t step = n ? n : 1;

		if (text_fits(span_sub(s, 0, step), lines))
			buf_put(&o->b, s.p, n);
		else
			buf_put(&o->b, "????", step);
		s = span_sub(s, step, s.n);
	}
}

static struct span
cut_text(const char *text, size_t max)
{
	struct span s = span_str(text);
	struct span head = span_sub(s, 0, max - 1);

	return s.n > head.n && utf8_cut(head) ? span_sub(head, 0, utf8_valid(head)) : head;
}

void
wire_put_text(struct ipc_out *o, const char *s, size_t max)
{
	put_scrubbed(o, cut_text(s, max), false);
}

void
wire_put_lines(struct ipc_out *o, const char *s, size_t max)
{
	put_scrubbed(o, cut_text(s, max), true);
}

int
wire_get_text(struct ipc_in *i, char *dst, size_t max, bool lines)
{
	struct span s = ipc_get_bytes(i, max - 1);

	if (i->bad || !text_fits(s, lines)) {
		i->bad = true;
		return -EBADMSG;
	}
	if (s.n)
		memcpy(dst, s.p, s.n);
	dst[s.n] = 0;
	return 0;
}

int
wire_get_text_new(struct ipc_in *i, size_t max, bool lines, char **ret_s)
{
	struct span s = ipc_get_bytes(i, max - 1);
	char *p;

	if (i->bad || !text_fits(s, lines)) {
		i->bad = true;
		return -EBADMSG;
	}
	p = calloc(1, s.n + 1);
	if (!p)
		return -ENOMEM;
	if (s.n)
		memcpy(p, s.p, s.n);
	*ret_s = p;
	return 0;
}

/* A name too long for its share keeps its beginning and the hash of the whole. */
static void
put_name(struct ipc_out *o, struct span s, size_t share)
{
	uint64_t h = 0xcbf29ce484222325u;
	char tail[17];

	if (s.n <= share) {
		ipc_bytes(o, s);
		return;
	}
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ s.p[i]) * 0x100000001b3u;
	tail[0] = '~';
	for (unsigned i = 0; i < 16; i++)
		tail[1 + i] = "0123456789abcdef"[h >> (60 - 4 * i) & 15];
	s = span_sub(s, 0, share - sizeof tail);
	if (utf8_cut(s))
		s = span_sub(s, 0, utf8_valid(s));
	ipc_u32(o, (uint32_t)(s.n + sizeof tail));
	buf_put(&o->b, s.p, s.n);
	buf_put(&o->b, tail, sizeof tail);
}

void
wire_put_inner(struct ipc_out *o, const struct inner *in)
{
	size_t n = in->n < WIRE_NAMES ? in->n : WIRE_NAMES;
	size_t total = 0, share = LIMIT_NAME;

	for (size_t k = 0; k < n; k++)
		total += in->names[k].n < LIMIT_NAME ? in->names[k].n : LIMIT_NAME;
	if (total > WIRE_INNER_BYTES)
		share = WIRE_INNER_BYTES / n;
	ipc_u8(o, (uint8_t)n);
	for (size_t k = 0; k < n; k++)
		put_name(o, in->names[k], share);
}

int
wire_get_inner(struct ipc_in *i, struct wire_inner *ret_in)
{
	size_t n = ipc_get_u8(i);

	if (n > WIRE_NAMES)
		i->bad = true;
	for (size_t k = 0; k < n && !i->bad; k++)
		ret_in->names[k] = ipc_get_bytes(i, LIMIT_NAME);
	ret_in->in = (struct inner){ret_in->names, i->bad ? 0 : n};
	return i->bad ? -EBADMSG : 0;
}

static void
put_place(struct ipc_out *o, const struct place *p)
{
	ipc_u8(o, (uint8_t)p->kind);
	ipc_u64(o, p->line);
	ipc_u64(o, p->col);
	ipc_u64(o, p->row);
	ipc_u32(o, p->column);
	ipc_u32(o, p->page);
	ipc_u64(o, p->offset);
	ipc_u8(o, (uint8_t)p->part);
	wire_put_text(o, p->name, sizeof p->name);
}

static int
get_place(struct ipc_in *i, struct place *p)
{
	uint8_t kind = ipc_get_u8(i), part;

	p->line = ipc_get_u64(i);
	p->col = ipc_get_u64(i);
	p->row = ipc_get_u64(i);
	p->column = ipc_get_u32(i);
	p->page = ipc_get_u32(i);
	p->offset = ipc_get_u64(i);
	part = ipc_get_u8(i);
	if (kind > PLACE_OFFSET || part >= PARTS)
		i->bad = true;
	p->kind = kind;
	p->part = part;
	return wire_get_text(i, p->name, sizeof p->name, false);
}

void
wire_put_finding(struct ipc_out *o, const struct finding *f)
{
	ipc_u16(o, f->rule);
	ipc_u8(o, (uint8_t)f->confidence);
	ipc_u8(o, (uint8_t)f->via);
	ipc_u8(o, (uint8_t)((f->lowered ? 1 : 0) | (f->encrypted ? 2 : 0)));
	ipc_u64(o, f->count);
	ipc_u64(o, f->unique);
	ipc_u8(o, f->evidence);
	ipc_u8(o, f->n_at);
	ipc_u8(o, f->n_samples);
	ipc_u8(o, f->n_why);
	for (unsigned k = 0; k < f->n_at; k++)
		put_place(o, &f->at[k]);
	for (unsigned k = 0; k < f->n_samples; k++)
		wire_put_text(o, f->samples[k], FINDING_TEXT);
	for (unsigned k = 0; k < f->n_why; k++)
		wire_put_text(o, f->why[k], FINDING_TEXT);
	wire_put_text(o, f->mime, sizeof f->mime);
}

int
wire_get_finding(struct ipc_in *i, struct finding *ret_f)
{
	struct finding f = {.rule = ipc_get_u16(i)};
	uint8_t confidence = ipc_get_u8(i), via = ipc_get_u8(i), marks = ipc_get_u8(i);

	f.count = ipc_get_u64(i);
	f.unique = ipc_get_u64(i);
	f.evidence = ipc_get_u8(i);
	f.n_at = ipc_get_u8(i);
	f.n_samples = ipc_get_u8(i);
	f.n_why = ipc_get_u8(i);
	if (confidence >= CONFIDENCES || via >= VIAS || marks > 3 || f.n_at > LIMIT_PLACES ||
		f.n_samples > LIMIT_SAMPLES || f.n_why > LIMIT_WHY)
		i->bad = true;
	f.confidence = confidence;
	f.via = via;
	f.lowered = marks & 1;
	f.encrypted = marks & 2;
	for (unsigned k = 0; k < f.n_at && !i->bad; k++)
		(void)get_place(i, &f.at[k]);
	for (unsigned k = 0; k < f.n_samples && !i->bad; k++)
		(void)wire_get_text(i, f.samples[k], FINDING_TEXT, false);
	for (unsigned k = 0; k < f.n_why && !i->bad; k++)
		(void)wire_get_text(i, f.why[k], FINDING_TEXT, false);
	if (i->bad || wire_get_text(i, f.mime, sizeof f.mime, false) < 0)
		return -EBADMSG;
	*ret_f = f;
	return 0;
}

void
wire_put_stat(struct ipc_out *o, const struct stat *st)
{
	ipc_u8(o, st != NULL);
	if (!st)
		return;
	ipc_u64(o, st->st_ino);
	ipc_u32(o, st->st_mode);
	ipc_u32(o, st->st_uid);
	ipc_u32(o, st->st_gid);
	ipc_u64(o, (uint64_t)st->st_size);
	ipc_u64(o, (uint64_t)st->st_mtim.tv_sec);
	ipc_u32(o, (uint32_t)st->st_mtim.tv_nsec);
}

bool
wire_get_stat(struct ipc_in *i, struct stat *ret_st)
{
	if (ipc_get_u8(i) == 0)
		return false;
	*ret_st = (struct stat){.st_ino = ipc_get_u64(i)};
	ret_st->st_mode = ipc_get_u32(i);
	ret_st->st_uid = ipc_get_u32(i);
	ret_st->st_gid = ipc_get_u32(i);
	ret_st->st_size = (off_t)ipc_get_u64(i);
	ret_st->st_mtim.tv_sec = (time_t)ipc_get_u64(i);
	ret_st->st_mtim.tv_nsec = (long)ipc_get_u32(i);
	return true;
}

void
wire_put_run(struct ipc_out *o, const uint64_t *fp, size_t n)
{
	ipc_u32(o, (uint32_t)n);
	for (size_t k = 0; k < n; k++)
		ipc_u64(o, fp[k]);
}

int
wire_get_run(struct ipc_in *i, uint64_t *ret_fp, size_t *ret_n)
{
	uint32_t n = ipc_get_u32(i);

	if (n == 0 || n > WIRE_RUN)
		i->bad = true;
	for (uint32_t k = 0; k < n && !i->bad; k++) {
		ret_fp[k] = ipc_get_u64(i);
		if (k && ret_fp[k] <= ret_fp[k - 1])
			i->bad = true;
	}
	if (i->bad)
		return -EBADMSG;
	*ret_n = n;
	return 0;
}
