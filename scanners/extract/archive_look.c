/*
 * The library says too little of what it cannot read, so the few header bytes that tell are read
 * here first. Behind a program only a signature whose header checks out is believed: unpackers and
 * virus scanners carry every signature as a constant.
 */
#include "extract/archive_look.h"

#include <errno.h>

#include "base/cleanup.h"
#include "extract/archive_open.h"
#include "extract/rar5_head.h"
#include "extract/zip_head.h"
#include "limits.h"

#include "base/poison.h"

#define SIG_7Z	       "7z\xbc\xaf\x27\x1c"
#define SIG_RAR4       "Rar!\x1a\x07\x00"
#define SIG_RAR5       "Rar!\x1a\x07\x01\x00"
#define HEAD_7Z	       32u
#define RAR4_VOLUME    0x0001u
#define RAR4_LOCKED    0x0080u
#define LIBRARY_SEARCH 16384u /* the library looks for a zip's end no further from the end */

bool
tar_head(struct span s)
{
	uint32_t want = 0, sum = 0;
	int32_t signed_sum = 0;
	size_t i = 148;

	if (s.n < 512)
		return false;
	while (i < 156 && s.p[i] == ' ')
		i++;
	for (; i < 156 && s.p[i] >= '0' && s.p[i] <= '7'; i++)
		want = want * 8 + (uint32_t)(s.p[i] - '0');
	for (i = 0; i < 512; i++) {
		uint8_t c = i >= 148 && i < 156 ? ' ' : s.p[i];

		sum += c;
		signed_sum += (int8_t)c;
	}
	return want > 8 * ' ' && (want == sum || want == (uint32_t)signed_sum);
}

/* Does a whole 7z or rar header stand at this place? */
static enum format
head_holds(struct span s)
{
	if (span_has(s, 0, SIG_7Z, 6) && s.n >= HEAD_7Z && s.p[6] == 0 &&
		head_crc32(span_sub(s, 12, 20)) == le32(s.p + 8))
		return FORMAT_7Z;
	if (span_has(s, 0, SIG_RAR4, 7) && s.n >= 20 && s.p[9] == 0x73 && le16(s.p + 12) >= 13 &&
		(head_crc32(span_sub(s, 9, 11)) & 0xffff) == le16(s.p + 7))
		return FORMAT_RAR;
	if (span_has(s, 0, SIG_RAR5, 8) && s.n >= 16 && s.p[12] < 128 &&
		head_crc32(span_sub(s, 12, 1u + s.p[12])) == le32(s.p + 8))
		return FORMAT_RAR;
	return FORMAT_UNKNOWN;
}

static enum format
search_stub(struct span s, uint64_t *ret_base)
{
	static const char *const sigs[] = {SIG_7Z, "Rar!\x1a\x07"};

	for (size_t k = 0; k < 2; k++) {
		const uint8_t *p = s.p;

		while ((p = memmem(p, s.n - (size_t)(p - s.p), sigs[k], 6))) {
			struct span at = span_sub(s, (size_t)(p - s.p), s.n);
			enum format f = head_holds(at);

			if (f != FORMAT_UNKNOWN) {
				*ret_base = (uint64_t)(p - s.p);
				return f;
			}
			p++;
		}
	}
	return FORMAT_UNKNOWN;
}

enum format
archive_behind(struct reader *r, bool executable, uint64_t *ret_base)
{
	_cleanup_free_ uint8_t *stub = NULL;
	struct zip_end end;
	uint8_t mark[4];
	ssize_t n;

	if (!reader_seekable(r))
		return FORMAT_UNKNOWN;
	if (zip_end_find(r, &end) == 0 && reader_pread(r, mark, 4, end.dir) == 4 &&
		(le32(mark) == 0x02014b50 || (end.split && end.exact))) {
		*ret_base = 0;
		return FORMAT_ZIP;
	}
	if (!executable)
		return FORMAT_UNKNOWN;
	stub = malloc(LIMIT_SFX_STUB);
	n = stub ? reader_pread(r, stub, LIMIT_SFX_STUB, 0) : 0;
	return n > 0 ? search_stub(span_of(stub, (size_t)n), ret_base) : FORMAT_UNKNOWN;
}

static bool
ends_in(struct span s, const char *tail)
{
	size_t n = strlen(tail);

	return s.n >= n && memcmp(s.p + s.n - n, tail, n) == 0;
}

static int
look_zip(struct reader *r, struct span name, struct budget *b, struct archive_view *v)
{
	struct zip_end end;
	uint8_t head[4];
	int q = zip_end_find(r, &end);

	/* the mark of a set's first volume; "PK00" in its place: a set that became one file */
	v->split = reader_pread(r, head, 4, v->base) == 4 && le32(head) == 0x08074b50;
	if (q == -ENOENT) /* it stands at the end: in a later volume, for the first of a set */
		v->split |= ends_in(name, ".001");
	if (q < 0)
		return q == -ENOENT ? 0 : q;
	v->split = end.split;
	v->locked = end.locked;
	if (r->size - end.at > LIBRARY_SEARCH)
		v->end = end.at + 22;
	return zip_head_read(r, &end, b, &v->facts);
}

/* The list of members stands at the end: beyond it, in a later volume, for the first of a set. */
static void
look_7z(struct reader *r, struct span name, struct archive_view *v)
{
	uint8_t h[HEAD_7Z];
	uint64_t end;

	v->cipher = "7z AES-256";
	if (reader_pread(r, h, sizeof h, v->base) != (ssize_t)sizeof h)
		return;
	if (__builtin_add_overflow(le64(h + 12), le64(h + 20), &end) ||
		__builtin_add_overflow(end, v->base + HEAD_7Z, &end))
		return;
	v->split = end > r->size && ends_in(name, ".001");
}

static int
look_rar5(struct reader *r, struct budget *b, struct archive_view *v)
{
	struct rar5 w;
	struct rar5_file f;
	uint64_t files = 0, encrypted = 0;
	int q = rar5_open(&w, r, b, v->base);

	v->rar5 = true;
	v->word = "rar5";
	v->cipher = "rar5";
	while (q >= 0 && (q = rar5_next(&w, &f)) > 0) {
		const struct fact fact = {.detail = f.encrypted ? "rar5" : NULL,
			.encrypted = f.encrypted,
			.split = f.before || f.after};

		files += !f.dir;
		encrypted += f.encrypted;
		v->split |= fact.split;
		if (fact.encrypted || fact.split)
			q = facts_add(&v->facts, f.name, fact);
	}
	v->split |= w.more || (w.volume && !w.first);
	v->locked = w.locked;
	v->all_encrypted = files && encrypted == files;
	rar5_end(&w);
	return q == -EBADMSG ? 0 : q;
}

static int
look_rar(struct reader *r, struct budget *b, struct archive_view *v)
{
	uint8_t h[20];

	if (reader_pread(r, h, sizeof h, v->base) != (ssize_t)sizeof h)
		return 0;
	if (h[6] == 1)
		return look_rar5(r, b, v);
	v->word = "rar4";
	v->cipher = "rar4";
	v->split = h[9] == 0x73 && le16(h + 10) & RAR4_VOLUME;
	v->locked = h[9] == 0x73 && le16(h + 10) & RAR4_LOCKED;
	return 0;
}

/* A cabinet says in its header whether it begins or ends in another one. */
static bool
cab_split(struct span head)
{
	return span_has(head, 0, "MSCF", 4) && head.n >= 32 && (le16(head.p + 30) & 3) != 0;
}

int
archive_look(const struct item *it, struct reader *r, struct budget *b, enum format format,
	uint64_t base, struct archive_view *ret_view)
{
	*ret_view = (struct archive_view){.format = format,
		.word = archive_word(format),
		.cipher = archive_word(format),
		.base = base,
		.end = UINT64_MAX,
		.split = format == FORMAT_CAB && cab_split(it->head)};
	if (!reader_seekable(r))
		return 0;
	switch (format) {
	case FORMAT_ZIP:
		return look_zip(r, it->name, b, ret_view);
	case FORMAT_7Z:
		look_7z(r, it->name, ret_view);
		return 0;
	case FORMAT_RAR:
		return look_rar(r, b, ret_view);
	default:
		return 0;
	}
}

void
archive_view_end(struct archive_view *v)
{
	facts_free(&v->facts);
}
