/*
 * Every rar5 header is a CRC, a size, and numbers of seven bits a byte, so a walk is short. Headers
 * are believed only when their CRC holds; the data areas between them are stepped over.
 */
#include "extract/rar5_head.h"

#include <errno.h>
#include <stdlib.h>

#include "limits.h"

#include "base/poison.h"

#define BLOCK_MAIN 1u
#define BLOCK_FILE 2u
#define BLOCK_LOCK 4u
#define BLOCK_END  5u

#define HEAD_EXTRA  0x01u
#define HEAD_DATA   0x02u
#define HEAD_BEFORE 0x08u
#define HEAD_AFTER  0x10u

struct block {
	uint64_t type, flags, extra, data;
	struct span body; /* what follows the common fields, the extra area included */
};

uint32_t
head_crc32(struct span s)
{
	static const uint32_t nibble[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
		0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8,
		0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
	uint32_t c = 0xffffffff;

	for (size_t i = 0; i < s.n; i++) {
		c = nibble[(c ^ s.p[i]) & 15] ^ (c >> 4);
		c = nibble[(c ^ (s.p[i] >> 4)) & 15] ^ (c >> 4);
	}
	return ~c;
}

/* Takes a number off the front of s. */
static bool
take(struct span *s, uint64_t *ret_v)
{
	uint64_t v = 0;

	for (size_t i = 0; i < s->n && i < 10; i++) {
		v |= (uint64_t)(s->p[i] & 127) << (7 * i);
		if (s->p[i] < 128) {
			*s = span_sub(*s, i + 1, s->n);
			*ret_v = v;
			return true;
		}
	}
	return false;
}

static bool
parse_block(struct span s, struct block *ret_block)
{
	struct block k = {0};

	if (!take(&s, &k.type) || !take(&s, &k.flags))
		return false;
	if (k.flags & HEAD_EXTRA && !take(&s, &k.extra))
		return false;
	if (k.flags & HEAD_DATA && !take(&s, &k.data))
		return false;
	if (k.extra > s.n)
		return false;
	k.body = s;
	*ret_block = k;
	return true;
}

/* Reads the header at w->at and steps behind its data: 1, 0 when there is none, -errno. */
static int
next_block(struct rar5 *w, struct block *ret_block)
{
	ssize_t got = reader_pread(w->r, w->buf, LIMIT_RAR5_HEAD, w->at);
	struct span s, rest;
	uint64_t size, end;
	size_t lead;

	if (got < 0)
		return (int)got;
	s = span_of(w->buf, (size_t)got);
	rest = span_sub(s, 4, s.n);
	if (s.n < 7 || !take(&rest, &size) || size > rest.n)
		return 0;
	lead = s.n - rest.n;
	if (head_crc32(span_sub(s, 4, lead - 4 + (size_t)size)) != le32(s.p))
		return 0;
	if (!parse_block(span_sub(rest, 0, (size_t)size), ret_block))
		return 0;
	if (__builtin_add_overflow(w->at + lead + size, ret_block->data, &end) || end <= w->at)
		return 0;
	w->at = end;
	return 1;
}

int
rar5_open(struct rar5 *w, struct reader *r, struct budget *b, uint64_t at)
{
	struct block k;
	uint64_t flags, number = 0;
	uint8_t sig[8];
	int q;

	*w = (struct rar5){.r = r, .budget = b, .at = at + sizeof sig};
	if (reader_pread(r, sig, sizeof sig, at) != (ssize_t)sizeof sig ||
		memcmp(sig, "Rar!\x1a\x07\x01\x00", sizeof sig) != 0)
		return -EBADMSG;
	w->buf = malloc(LIMIT_RAR5_HEAD);
	if (!w->buf)
		return -ENOMEM;
	q = next_block(w, &k);
	if (q < 0)
		return q;
	if (q == 0)
		return -EBADMSG;
	w->locked = k.type == BLOCK_LOCK;
	if (k.type == BLOCK_MAIN && take(&k.body, &flags)) {
		w->volume = flags & 1;
		w->first = !(flags & 2) || (take(&k.body, &number) && number == 0);
	}
	return 0;
}

/* Is there an encryption record in a file's extra area? */
static bool
extra_encrypted(struct span extra)
{
	uint64_t size, type;

	while (take(&extra, &size) && size <= extra.n) {
		struct span rec = span_sub(extra, 0, (size_t)size);

		if (take(&rec, &type) && type == 1)
			return true;
		extra = span_sub(extra, (size_t)size, extra.n);
	}
	return false;
}

static bool
parse_file(const struct block *k, struct rar5_file *ret_file)
{
	struct span s = k->body;
	struct rar5_file f = {.size = k->data};
	uint64_t flags, v, name;

	if (!take(&s, &flags) || !take(&s, &v) || !take(&s, &v))
		return false;
	s = span_sub(s, (flags & 2 ? 4 : 0) + (flags & 4 ? 4 : 0), s.n);
	if (!take(&s, &v) || !take(&s, &v) || !take(&s, &name) || name > s.n)
		return false;
	f.name = span_sub(s, 0, (size_t)name);
	f.dir = flags & 1;
	f.encrypted =
		extra_encrypted(span_sub(k->body, k->body.n - (size_t)k->extra, (size_t)k->extra));
	f.before = k->flags & HEAD_BEFORE;
	f.after = k->flags & HEAD_AFTER;
	*ret_file = f;
	return true;
}

int
rar5_next(struct rar5 *w, struct rar5_file *ret_file)
{
	struct block k;
	uint64_t flags;
	int q = 0;

	while (!w->locked && (q = budget_tick(w->budget)) == 0 && (q = next_block(w, &k)) > 0) {
		if (k.type == BLOCK_FILE && parse_file(&k, ret_file))
			return 1;
		if (k.type == BLOCK_LOCK)
			w->locked = true;
		if (k.type == BLOCK_END) {
			w->more = take(&k.body, &flags) && flags & 1;
			return 0;
		}
	}
	return q;
}

void
rar5_end(struct rar5 *w)
{
	free(w->buf);
	w->buf = NULL;
}
