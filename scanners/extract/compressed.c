/*
 * One compressed stream is one step of nesting with one member, but a compressed tar is one step for
 * both: nobody thinks of the tar in a tar.gz as a file. Exactly one filter is taken off at a time,
 * so that a quine of filters meets the depth limit rather than the library's.
 */
#include <archive_entry.h>
#include <errno.h>

#include "extract/archive_names.h"
#include "extract/archive_walk.h"
#include "extract/extract.h"
#include "limits.h"

#include "base/poison.h"

#define EMPTY_MAX 64u /* bytes of an empty stream of any of these formats, without its name */

static int
compressed_bid(const struct item *it)
{
	switch (it->format) {
	case FORMAT_GZIP:
	case FORMAT_BZIP2:
	case FORMAT_XZ:
	case FORMAT_LZMA:
	case FORMAT_ZSTD:
	case FORMAT_LZ4:
	case FORMAT_LZIP:
	case FORMAT_COMPRESS:
		return 100;
	default:
		return 0;
	}
}

/* The name a gzip header keeps, empty for none. */
static struct span
gzip_name(struct span head)
{
	size_t at = 10;
	const uint8_t *nul;

	if (head.n < 10 || !(head.p[3] & 8))
		return (struct span){0};
	if (head.p[3] & 4) {
		if (head.n < 12)
			return (struct span){0};
		at = 12u + le16(head.p + 10);
	}
	head = span_sub(head, at, head.n);
	nul = head.n ? memchr(head.p, 0, head.n) : NULL;
	return nul ? span_sub(head, 0, (size_t)(nul - head.p)) : (struct span){0};
}

static struct span
base_name(struct span name)
{
	for (size_t i = name.n; i > 0; i--) {
		if (name.p[i - 1] == '/' || name.p[i - 1] == '\\')
			return span_sub(name, i, name.n);
	}
	return name;
}

/* The file's name without what its compressor hung on it. */
static void
strip_suffix(struct buf *b, struct span name)
{
	static const struct {
		const char *suffix, *instead;
	} table[] = {{".gz", ""}, {".bz2", ""}, {".xz", ""}, {".lzma", ""}, {".zst", ""},
		{".lz4", ""}, {".lz", ""}, {".Z", ""}, {".tgz", ".tar"}, {".tbz2", ".tar"},
		{".tbz", ".tar"}, {".txz", ".tar"}, {".tzst", ".tar"}, {".tlz", ".tar"},
		{".taz", ".tar"}, {".svgz", ".svg"}, {".cpgz", ".cpio"}, {".emz", ".emf"},
		{".wmz", ".wmf"}};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		size_t n = strlen(table[i].suffix);

		if (name.n > n &&
			strncasecmp((const char *)name.p + name.n - n, table[i].suffix, n) == 0) {
			buf_put(b, name.p, name.n - n);
			buf_puts(b, table[i].instead);
			return;
		}
	}
	buf_put(b, name.p, name.n);
}

/* False when the name is not UTF-8 even so. */
static bool
inner_name(const struct item *it, struct buf *b)
{
	struct span stored =
		it->format == FORMAT_GZIP ? base_name(gzip_name(it->head)) : (struct span){0};

	if (stored.n)
		return name_decode(b, stored, false);
	strip_suffix(b, base_name(it->name));
	if (b->n == 0)
		buf_puts(b, "unnamed");
	return !it->raw_name;
}

static int
run_tar(struct sink *s, struct member *m, const struct archive_view *outer)
{
	struct archive_view v = {.format = FORMAT_TAR,
		.word = archive_word(FORMAT_TAR),
		.cipher = "tar",
		.end = UINT64_MAX};
	int q = archive_walk(s, &m->r, &v);

	if (q == -EBADMSG)
		q = sink_gap(s, GAP_CORRUPT, true, "tar: damaged, nothing can be read");
	return member_say(m, s, outer, NULL, q, NULL);
}

static int
run_member(struct sink *s, struct member *m, struct archive_view *v, struct buf *name, bool fine)
{
	struct item child = {.name = buf_span(name), .raw_name = !fine, .r = &m->r};
	struct span head;
	int q = 0;

	if (reader_peek(&m->r, 512, &head) == 0 && tar_head(head))
		return run_tar(s, m, v);
	if (m->status == ARCHIVE_OK || m->r.head_n > 0) {
		if (!s->budget->items && (q = budget_item(s->budget)) < 0)
			return budget_say(s, q, v, NULL);
		q = s->ops->child(s, &child);
	}
	return member_say(m, s, v, NULL, q, m->r.head_n || m->r.pos ? &child.name : NULL);
}

/* To the library a stream damaged at its very beginning looks empty: real empty ones are short. */
static int
say_empty(struct sink *s, const struct archive_source *src, const struct buf *name)
{
	uint64_t used = reader_seekable(src->r) ? src->pos : src->r->pos;

	return used <= EMPTY_MAX + name->n
		? 0
		: sink_gap(s, GAP_CORRUPT, true, "damaged: nothing can be unpacked");
}

/* Behind the stream: zeros are how tapes are filled up, anything else is not looked into. */
static int
say_behind(struct sink *s, const struct archive_source *src, struct archive *a)
{
	uint64_t at = src->base + (uint64_t)archive_filter_bytes(a, -1);
	uint8_t b[4096];
	ssize_t got = 1;

	while (got > 0 && at < src->r->size && budget_tick(s->budget) == 0) {
		got = reader_pread(src->r, b, sizeof b, at);
		for (ssize_t i = 0; i < got; i++) {
			if (b[i])
				return sink_gap(
					s, GAP_CORRUPT, true, "bytes behind the end of the stream");
		}
		at += got > 0 ? (uint64_t)got : 0;
	}
	return 0;
}

static int
run_stream(struct sink *s, struct archive_source *src, struct archive *a, struct archive_view *v,
	struct buf *name, bool fine)
{
	struct archive_entry *e;
	struct member m;
	int r = archive_read_next_header(a, &e), q;

	src->head = UINT64_MAX;
	if (r == ARCHIVE_EOF)
		return src->error ? source_say(src, s, v, NULL) : say_empty(s, src, name);
	member_start(&m, a, src, UINT64_MAX, false);
	m.status = r >= ARCHIVE_WARN ? ARCHIVE_OK : r;
	q = run_member(s, &m, v, name, fine);
	if (q == 0 && m.status == ARCHIVE_EOF && reader_seekable(src->r))
		q = say_behind(s, src, a);
	reader_end(&m.r);
	return q;
}

static int
compressed_run(struct item *it, struct sink *s)
{
	struct archive_view v = {.format = it->format,
		.word = archive_word(it->format),
		.cipher = "",
		.end = UINT64_MAX};
	struct buf name = {.max = LIMIT_NAME};
	bool fine = inner_name(it, &name);
	struct archive_source src;
	struct archive *a = NULL;
	int q;

	archive_source_init(&src, it->r, s->budget);
	q = archive_open(&src, it->format, &a);
	if (q == 0)
		q = run_stream(s, &src, a, &v, &name, fine);
	else if (src.error)
		q = source_say(&src, s, &v, NULL);
	else if (q == -EBADMSG)
		q = sink_gap(s, GAP_CORRUPT, true, "damaged: nothing can be unpacked");
	archive_source_end(&src, a);
	buf_free(&name);
	return q;
}

const struct extractor extract_compressed = {
	.name = "compressed",
	.formats = "gzip, bzip2, xz, lzma, zstd, lz4, lzip, compress (.Z); compressed tar",
	.bid = compressed_bid,
	.run = compressed_run,
};
