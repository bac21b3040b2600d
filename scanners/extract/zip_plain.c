/*
 * The library's zip reader leaves inflating to zlib, which is half of what a zip costs. Here the
 * members are found and compared, header by header, before the first is read: so either all of a zip
 * is read this way or nothing of it, and what it gives is what the library would have given. The rules
 * are those of PKWARE's APPNOTE 6.3.10, 4.3.7 to 4.3.16; whatever changes a name, a size or a kind by
 * an extra field is left to the library.
 */
#include "extract/zip_plain.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "extract/zip_head.h"
#include "limits.h"

#include "base/poison.h"

#define LOCAL_SIZE	30u
#define ENTRY_SIZE	46u
#define END_SIZE	22u
#define LOCATOR_SIZE	20u
#define FLAG_DESCRIPTOR 0x0008u
#define FLAG_UTF8	0x0800u
#define FLAGS_PLAIN	(FLAG_DESCRIPTOR | FLAG_UTF8 | 0x0006u) /* and how hard it was squeezed */

/* Extra fields that say nothing about names and sizes: times, owners, kinds, paddings, jars. */
static bool
extra_plain(struct span s)
{
	static const uint16_t known[] = {
		0x000a, 0x5455, 0x5855, 0x6c78, 0x7855, 0x7875, 0xa220, 0xcafe, 0xd935};

	while (s.n >= 4) {
		uint16_t id = le16(s.p);
		bool fine = false;

		for (size_t i = 0; i < sizeof known / sizeof *known; i++)
			fine |= id == known[i];
		if (!fine || le16(s.p + 2) > s.n - 4)
			return false;
		s = span_sub(s, 4u + le16(s.p + 2), s.n);
	}
	while (s.n && s.p[0] == 0)
		s = span_sub(s, 1, s.n);
	return s.n == 0;
}

/*
 * A name that the library hands on as it stands: it takes backslashes for slashes in some, and puts
 * marked ones into the composed form of Unicode. Letters below U+0300 have none to be put into.
 */
static bool
name_plain(struct span s, bool marked)
{
	if (s.n == 0 || s.n > LIMIT_NAME || memchr(s.p, 0, s.n) || memchr(s.p, '\\', s.n))
		return false;
	if (!marked)
		return true;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] >= 0xCC)
			return false;
	}
	return utf8_valid(s) == s.n;
}

/* Is it a file, or a folder that says so by its name too? */
static bool
kind_plain(const uint8_t *entry, bool folder, uint32_t size)
{
	uint32_t outside = le32(entry + 38), type = outside >> 16 & S_IFMT;

	if (entry[5] == 3 && type != 0 && type != (folder ? S_IFDIR : S_IFREG))
		return false;
	if (entry[5] == 0 && (outside & 0x10) && !folder)
		return false;
	return !folder || size == 0;
}

/* One entry of the central directory, all of it in s; false: not plain. */
static bool
take_entry(struct zip_plain *z, struct span s, struct zip_member *m)
{
	const uint8_t *p = s.p;
	struct span name = span_sub(s, ENTRY_SIZE, le16(p + 28));
	uint16_t flags = le16(p + 8), method = le16(p + 10);

	*m = (struct zip_member){.head = le32(p + 42),
		.packed = le32(p + 20),
		.size = le32(p + 24),
		.crc = le32(p + 16),
		.name = (uint32_t)z->names.n,
		.name_n = (uint16_t)name.n,
		.deflated = method == 8};
	if ((flags & ~FLAGS_PLAIN) || (method != 0 && method != 8) || le16(p + 34) != 0 ||
		!name_plain(name, flags & FLAG_UTF8) ||
		!extra_plain(span_sub(s, ENTRY_SIZE + name.n, le16(p + 30))))
		return false;
	m->folder = name.p[name.n - 1] == '/';
	if (m->packed == UINT32_MAX || m->size == UINT32_MAX || m->head == UINT32_MAX ||
		(method == 0 && m->packed != m->size) || !kind_plain(p, m->folder, m->size))
		return false;
	buf_put(&z->names, name.p, name.n);
	return true;
}

/* All entries: 1 when they fill the directory and all are plain. */
static int
take_directory(struct zip_plain *z, struct span dir, size_t members)
{
	z->v = calloc(members, sizeof *z->v);
	if (!z->v)
		return -ENOMEM;
	while (z->n < members) {
		size_t n;

		if (dir.n < ENTRY_SIZE || le32(dir.p) != 0x02014b50)
			return 0;
		n = ENTRY_SIZE + (size_t)le16(dir.p + 28) + le16(dir.p + 30) + le16(dir.p + 32);
		if (n > dir.n || !take_entry(z, span_sub(dir, 0, n), &z->v[z->n]))
			return 0;
		z->n++;
		dir = span_sub(dir, n, dir.n);
	}
	return z->names.failed ? -ENOMEM : dir.n == 0;
}

/* A number of a local header; 0 where it was known only later, and stands behind the data. */
static bool
says(const uint8_t *p, uint32_t want, bool late)
{
	return le32(p) == want || (late && le32(p) == 0);
}

/* Does the local header say the same? h holds as much of it as there is, its tails included. */
static bool
local_agrees(const struct zip_plain *z, struct zip_member *m, struct span h)
{
	size_t name_n, extra_n;
	uint16_t flags;
	bool late;

	if (h.n < LOCAL_SIZE || le32(h.p) != 0x04034b50)
		return false;
	name_n = le16(h.p + 26);
	extra_n = le16(h.p + 28);
	flags = le16(h.p + 6);
	if (h.p[5] != 0 || (flags & ~FLAGS_PLAIN) || le16(h.p + 8) != (m->deflated ? 8 : 0) ||
		h.n < LOCAL_SIZE + name_n + extra_n ||
		!span_eq(span_sub(h, LOCAL_SIZE, name_n), zip_member_name(z, m)) ||
		!name_plain(span_sub(h, LOCAL_SIZE, name_n), flags & FLAG_UTF8) ||
		!extra_plain(span_sub(h, LOCAL_SIZE + name_n, extra_n)))
		return false;
	late = flags & FLAG_DESCRIPTOR;
	return says(h.p + 14, m->crc, late) && says(h.p + 18, m->packed, late) &&
		says(h.p + 22, m->size, late);
}

static int
by_place(const void *a, const void *b)
{
	const struct zip_member *x = a, *y = b;

	return (x->head > y->head) - (x->head < y->head);
}

/* Looks at every local header, in their order: 1 when each is as it should and none overlap. */
static int
take_locals(struct zip_plain *z, struct reader *r, struct budget *b, uint64_t dir)
{
	_cleanup_free_ uint8_t *h = malloc(LOCAL_SIZE + LIMIT_NAME + LIMIT_ZIP_EXTRA);
	uint64_t end = 0;

	if (!h)
		return -ENOMEM;
	qsort(z->v, z->n, sizeof *z->v, by_place);
	for (size_t i = 0; i < z->n; i++) {
		struct zip_member *m = &z->v[i];
		size_t want = LOCAL_SIZE + m->name_n + LIMIT_ZIP_EXTRA;
		ssize_t n = m->head < end ? 0 : reader_pread(r, h, want, m->head);
		uint64_t data;
		int q = n < 0 ? (int)n : budget_tick(b);

		if (q < 0)
			return q;
		if (!local_agrees(z, m, span_of(h, (size_t)n)))
			return 0;
		data = (uint64_t)m->head + LOCAL_SIZE + le16(h + 26) + le16(h + 28);
		end = data + m->packed;
		if (end > dir)
			return 0;
		m->data = (uint32_t)data;
	}
	return 1;
}

/* Where the directory lies, when the end record is plain. */
static int
find_directory(struct reader *r, struct zip_end *end)
{
	uint8_t b[LOCATOR_SIZE + END_SIZE];
	const uint8_t *p = b + LOCATOR_SIZE;
	int q = zip_end_find(r, end);

	if (q < 0)
		return q == -ENOENT ? 0 : q;
	if (!end->exact || end->split || end->at < LOCATOR_SIZE || end->at >= UINT32_MAX ||
		reader_pread(r, b, sizeof b, end->at - LOCATOR_SIZE) != (ssize_t)sizeof b)
		return 0;
	return le32(b) != 0x07064b50 && le16(p + 4) == 0 && le16(p + 6) == 0 &&
		le16(p + 8) == le16(p + 10) && end->members > 0 && end->members < UINT16_MAX &&
		le32(p + 16) == end->dir && end->dir + end->dir_size == end->at &&
		end->dir_size <= LIMIT_ZIP_DIR;
}

static int
take_all(struct zip_plain *z, struct reader *r, struct budget *b)
{
	_cleanup_free_ uint8_t *dir = NULL;
	struct zip_end end;
	ssize_t n;
	int q = find_directory(r, &end);

	if (q <= 0)
		return q;
	dir = malloc((size_t)end.dir_size + 1);
	if (!dir)
		return -ENOMEM;
	n = reader_pread(r, dir, (size_t)end.dir_size, end.dir);
	if (n < 0)
		return (int)n;
	q = take_directory(z, span_of(dir, (size_t)n), (size_t)end.members);
	return q <= 0 ? q : take_locals(z, r, b, end.dir);
}

int
zip_plain_read(struct reader *r, struct budget *b, struct zip_plain *ret_z)
{
	struct zip_plain z = {0};
	int q = reader_seekable(r) ? take_all(&z, r, b) : 0;

	if (q > 0)
		*ret_z = z;
	else
		zip_plain_free(&z);
	return q;
}

void
zip_plain_free(struct zip_plain *z)
{
	free(z->v);
	buf_free(&z->names);
	*z = (struct zip_plain){0};
}
