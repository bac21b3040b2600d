/*
 * The library flags an encrypted member but not the method, fails on a method it lacks with words
 * of its own, and takes the first volume of a split zip for a damaged one. The central directory
 * says all three. It is walked through a window, since a million members make a large one.
 */
#include "extract/zip_head.h"

#include <errno.h>

#include "base/cleanup.h"

#include "base/poison.h"

#define END_SIZE   22u
#define END_SEARCH (65536u + END_SIZE)
#define END64_SIZE 76u /* of a zip64 end record, up to the cipher of its second kind */
#define ENTRY_SIZE 46u
#define ENTRY_MARK 0x02014b50u
#define WINDOW	   (256u * 1024) /* an entry with all its tails is at most 46 + 3 * 65535 */

#define FLAG_ENCRYPTED 0x0001u
#define FLAG_STRONG    0x0040u
#define METHOD_AES     99u
#define EXTRA_AES      0x9901u

/* Methods the library does not read; the rest it does, or names itself. */
static const char *const method_words[100] = {
	[1] = "zip Shrink",
	[2] = "zip Reduce",
	[3] = "zip Reduce",
	[4] = "zip Reduce",
	[5] = "zip Reduce",
	[6] = "zip Implode",
	[7] = "zip Tokenize",
	[9] = "zip Deflate64",
	[10] = "zip PKWARE DCL",
	[16] = "zip z/OS CMPSC",
	[18] = "zip TERSE",
	[19] = "zip LZ77",
	[20] = "zip Zstandard",
	[93] = "zip Zstandard",
	[94] = "zip MP3",
	[96] = "zip JPEG",
	[97] = "zip WavPack",
};

/* Does the second kind of zip64 end record name a cipher of its directory, and is there no plain one? */
static bool
is_locked(struct reader *r, struct span rec, uint64_t dir)
{
	uint8_t mark[4];

	return rec.n == END64_SIZE && le64(rec.p + 4) >= END64_SIZE - 12 && le16(rec.p + 74) != 0 &&
		reader_pread(r, mark, sizeof mark, dir) == (ssize_t)sizeof mark &&
		le32(mark) != ENTRY_MARK;
}

/* The numbers of a zip64 end record, if the locator in front of the end record leads to one. */
static void
read_zip64(struct reader *r, struct zip_end *end)
{
	uint8_t loc[20], rec[END64_SIZE];
	uint64_t size, at;
	ssize_t n;

	if (end->at < sizeof loc ||
		reader_pread(r, loc, sizeof loc, end->at - sizeof loc) != (ssize_t)sizeof loc ||
		le32(loc) != 0x07064b50)
		return;
	end->split |= le32(loc + 16) > 1;
	at = le64(loc + 8);
	n = reader_pread(r, rec, sizeof rec, at);
	if (n < 56 || le32(rec) != 0x06064b50)
		return;
	end->split |= le32(rec + 16) != 0 || le32(rec + 20) != 0;
	size = le64(rec + 40);
	if (size <= at) {
		end->members = le64(rec + 32);
		end->dir_size = size;
		end->dir = at - size;
		end->locked = is_locked(r, span_of(rec, (size_t)n), end->dir);
	}
}

static void
read_end(struct reader *r, const uint8_t *p, uint64_t at, struct zip_end *ret_end)
{
	struct zip_end end = {.at = at, .members = le16(p + 10), .dir_size = le32(p + 12)};

	end.split = (le16(p + 4) != 0 && le16(p + 4) != 0xffff) ||
		(le16(p + 6) != 0 && le16(p + 6) != 0xffff);
	if (end.dir_size > at)
		end.dir_size = 0;
	end.dir = at - end.dir_size;
	read_zip64(r, &end);
	*ret_end = end;
}

int
zip_end_find(struct reader *r, struct zip_end *ret_end)
{
	_cleanup_free_ uint8_t *tail = NULL;
	uint64_t from;
	ssize_t n;

	if (!reader_seekable(r) || r->size == UINT64_MAX || r->size < END_SIZE)
		return -ENOENT;
	from = r->size > END_SEARCH ? r->size - END_SEARCH : 0;
	tail = malloc(END_SEARCH);
	if (!tail)
		return -ENOMEM;
	n = reader_pread(r, tail, END_SEARCH, from);
	if (n < 0)
		return (int)n;
	for (ssize_t i = n - (ssize_t)END_SIZE; i >= 0; i--) {
		const uint8_t *p = tail + i;

		if (p[0] == 'P' && le32(p) == 0x06054b50 && le16(p + 8) <= le16(p + 10) &&
			le16(p + 20) <= n - i - (ssize_t)END_SIZE) {
			read_end(r, p, from + (uint64_t)i, ret_end);
			ret_end->exact = le16(p + 20) == n - i - (ssize_t)END_SIZE;
			return 0;
		}
	}
	return -ENOENT;
}

/* How strong the encryption of a member with method 99 is, by its extra field. */
static const char *
aes_words(struct span extra)
{
	while (extra.n >= 4) {
		size_t n = le16(extra.p + 2);

		if (le16(extra.p) == EXTRA_AES && n >= 7 && extra.n >= 11) {
			uint8_t strength = extra.p[8];

			return strength == 1	? "zip AES-128"
				: strength == 2 ? "zip AES-192"
				: strength == 3 ? "zip AES-256"
						: "zip AES";
		}
		extra = span_sub(extra, 4 + n, extra.n);
	}
	return "zip AES";
}

static struct fact
entry_fact(const uint8_t *p, struct span extra)
{
	uint16_t flags = le16(p + 8), method = le16(p + 10);
	struct fact f = {.encrypted = flags & FLAG_ENCRYPTED};

	if (method == METHOD_AES) {
		f.encrypted = true;
		f.detail = aes_words(extra);
	} else if (f.encrypted) {
		f.detail = flags & FLAG_STRONG ? "zip strong encryption" : "zip ZipCrypto";
	} else if (method < sizeof method_words / sizeof *method_words) {
		f.detail = method_words[method];
	}
	f.split = le16(p + 34) != 0 && le16(p + 34) != 0xffff;
	return f;
}

/* One entry at the front of s: its length, 0 when s holds none, or -ENOMEM. */
static ssize_t
read_entry(struct span s, struct facts *t)
{
	size_t name, extra, all;
	struct fact f;

	if (s.n < ENTRY_SIZE || le32(s.p) != ENTRY_MARK)
		return 0;
	name = le16(s.p + 28);
	extra = le16(s.p + 30);
	all = ENTRY_SIZE + name + extra + le16(s.p + 32);
	if (s.n < all)
		return 0;
	f = entry_fact(s.p, span_sub(s, ENTRY_SIZE + name, extra));
	if (f.detail || f.encrypted || f.split) {
		int r = facts_add(t, span_sub(s, ENTRY_SIZE, name), f);

		if (r < 0)
			return r;
	}
	return (ssize_t)all;
}

int
zip_head_read(struct reader *r, const struct zip_end *end, struct budget *b, struct facts *t)
{
	size_t size = end->dir_size < WINDOW ? (size_t)end->dir_size : WINDOW;
	_cleanup_free_ uint8_t *window = malloc(size ? size : 1);
	uint64_t at = 0;

	if (!window)
		return -ENOMEM;
	while (at < end->dir_size) {
		ssize_t got = reader_pread(r, window, size, end->dir + at), n;
		size_t used = 0;
		int q = budget_tick(b);

		if (q < 0 || got <= 0)
			return q < 0 ? q : (int)got;
		while ((n = read_entry(span_of(window + used, (size_t)got - used), t)) > 0)
			used += (size_t)n;
		if (n < 0)
			return (int)n;
		if (used == 0)
			return 0;
		at += used;
	}
	return 0;
}
