/*
 * How a fuzzer changes its input, with libFuzzer only. What it changes at random in a container breaks
 * the container and no more: a byte of a zip's member fails its checksum, a byte more in a compound
 * file moves all sectors behind it. So mostly one member of a zip is changed and put back into a whole
 * zip, and a compound file keeps its length.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/cleanup.h"

#include "base/poison.h"

#define MEMBERS 64u
#define GROWTH	4096u /* bytes a member may get */
#define WINDOW	256u /* bytes of a compound file changed at once, at most */

size_t LLVMFuzzerMutate(uint8_t *p, size_t n, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *p, size_t n, size_t max, unsigned seed);

struct member {
	struct span name, data; /* as stored */
	uint32_t method, crc, size; /* size: unpacked */
};

static uint32_t
le(struct span s, size_t at, unsigned bytes)
{
	uint32_t v = 0;

	for (unsigned i = 0; i < bytes; i++)
		v |= (uint32_t)s.p[at + i] << 8 * i;
	return v;
}

/* The entry of the directory at `at`; its length, or 0 where it does not hold. */
static size_t
member_at(struct span zip, size_t at, struct member *ret_m)
{
	size_t name, entry, local, data;
	uint32_t packed;

	if (at + 46 > zip.n || le(zip, at, 4) != 0x02014b50)
		return 0;
	packed = le(zip, at + 20, 4);
	name = le(zip, at + 28, 2);
	local = le(zip, at + 42, 4);
	entry = 46 + name + le(zip, at + 30, 2) + le(zip, at + 32, 2);
	if (entry > zip.n - at || local + 30 > zip.n)
		return 0;
	data = local + 30 + le(zip, local + 26, 2) + le(zip, local + 28, 2);
	if (data > zip.n || packed > zip.n - data)
		return 0;
	*ret_m = (struct member){
		.name = span_sub(zip, at + 46, name),
		.data = span_sub(zip, data, packed),
		.method = le(zip, at + 10, 2),
		.crc = le(zip, at + 16, 4),
		.size = le(zip, at + 24, 4),
	};
	return entry;
}

/* How many members; 0: not a whole zip. */
static size_t
members_of(struct span zip, struct member *ret_m)
{
	size_t end = zip.n, at, n = 0;

	if (zip.n < 22 || memcmp(zip.p, "PK\3\4", 4) != 0)
		return 0;
	for (end -= 22; end && le(zip, end, 4) != 0x06054b50; end--)
		;
	at = le(zip, end + 16, 4);
	for (size_t len; end && at < end && n < MEMBERS; at += len, n++) {
		len = member_at(zip, at, &ret_m[n]);
		if (len == 0)
			return 0;
	}
	return n;
}

static void
put(struct buf *b, uint32_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		buf_putc(b, (uint8_t)(v >> 8 * i));
}

/* What the local header and the directory have in common. */
static void
put_facts(struct buf *b, const struct member *m)
{
	put(b, 20, 4); /* version 2.0, no flags */
	put(b, m->method, 2);
	put(b, 0x45780000, 4); /* 24 November 2014 */
	put(b, m->crc, 4);
	put(b, (uint32_t)m->data.n, 4);
	put(b, m->size, 4);
	put(b, (uint32_t)m->name.n, 2);
}

static void
put_zip(struct buf *b, const struct member *m, size_t n)
{
	uint32_t at[MEMBERS], directory;

	for (size_t i = 0; i < n; i++) {
		at[i] = (uint32_t)b->n;
		put(b, 0x04034b50, 4);
		put_facts(b, &m[i]);
		put(b, 0, 2);
		buf_put(b, m[i].name.p, m[i].name.n);
		buf_put(b, m[i].data.p, m[i].data.n);
	}
	directory = (uint32_t)b->n;
	for (size_t i = 0; i < n; i++) {
		put(b, 0x02014b50, 4);
		put(b, 20, 2);
		put_facts(b, &m[i]);
		for (unsigned k = 0; k < 6; k++)
			put(b, 0, 2);
		put(b, at[i], 4);
		buf_put(b, m[i].name.p, m[i].name.n);
	}
	put(b, 0x06054b50, 4);
	put(b, 0, 4);
	put(b, (uint32_t)n, 2);
	put(b, (uint32_t)n, 2);
	put(b, (uint32_t)b->n - 12 - directory, 4);
	put(b, directory, 4);
	put(b, 0, 2);
}

/* Changes one stored member of the zip; its new length, or 0: not done. */
static size_t
change_member(uint8_t *p, size_t n, size_t max, unsigned seed)
{
	struct member all[MEMBERS], *m = all;
	_cleanup_(buf_free) struct buf b = {0};
	_cleanup_free_ uint8_t *data = NULL;
	size_t members = members_of(span_of(p, n), all), len;

	if (members == 0)
		return 0;
	m += seed % members;
	data = m->method == 0 ? malloc(m->data.n + GROWTH) : NULL;
	if (!data)
		return 0;
	memcpy(data, m->data.p, m->data.n);
	len = LLVMFuzzerMutate(data, m->data.n, m->data.n + GROWTH);
	m->data = span_of(data, len);
	m->size = (uint32_t)len;
	m->crc = (uint32_t)crc32_z(0, data, len);
	put_zip(&b, all, members);
	if (b.failed || b.n > max)
		return 0;
	memcpy(p, b.p, b.n);
	return b.n;
}

/* Changes some bytes of a compound file and keeps its length. */
static size_t
change_window(uint8_t *p, size_t n, unsigned seed)
{
	size_t at = seed % n, len = 1 + (seed >> 8) % WINDOW;
	uint8_t window[WINDOW];

	if (len > n - at)
		len = n - at;
	memcpy(window, p + at, len);
	memcpy(p + at, window, LLVMFuzzerMutate(window, len, len));
	return n;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *p, size_t n, size_t max, unsigned seed)
{
	size_t len = 0;

	if (seed % 4 != 0 && n > 512 && memcmp(p, "\xD0\xCF\x11\xE0", 4) == 0)
		return change_window(p, n, seed / 4);
	if (seed % 4 != 0)
		len = change_member(p, n, max, seed / 4);
	return len ? len : LLVMFuzzerMutate(p, n, max);
}
