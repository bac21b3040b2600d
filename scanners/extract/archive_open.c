/*
 * One table says which parts of the library each format switches on. The callbacks read by offset
 * where the reader seeks, so that an archive can be opened behind a stub and skipped in without
 * reading. Time is looked at in every callback, because some damaged archives make the library read
 * for ever; but an item that merely ran out of time gets a few callbacks more, so that the library
 * comes back whole and the next member can still be read.
 */
#include "extract/archive_open.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "limits.h"

#include "base/poison.h"

#define SOURCE_BUF (64u * 1024)

typedef int support_fn(struct archive *a);

static const struct archive_kind {
	const char *word;
	int filter; /* the one filter of a compressed stream; 0: an archive */
	bool seeks;
	support_fn *support[8];
} kinds[FORMATS] = {
	[FORMAT_ZIP] = {"zip", 0, true,
		{archive_read_support_format_zip_seekable,
			archive_read_support_format_zip_streamable}},
	[FORMAT_7Z] = {"7z", 0, true, {archive_read_support_format_7zip}},
	[FORMAT_RAR] = {"rar", 0, true,
		{archive_read_support_format_rar, archive_read_support_format_rar5}},
	[FORMAT_TAR] = {"tar", 0, false, {archive_read_support_format_tar}},
	[FORMAT_CPIO] = {"cpio", 0, false, {archive_read_support_format_cpio}},
	[FORMAT_ISO] = {"iso", 0, false, {archive_read_support_format_iso9660}},
	[FORMAT_CAB] = {"cab", 0, false, {archive_read_support_format_cab}},
	[FORMAT_AR] = {"ar", 0, false, {archive_read_support_format_ar}},
	[FORMAT_LHA] = {"lha", 0, false, {archive_read_support_format_lha}},
	[FORMAT_XAR] = {"xar", 0, false, {archive_read_support_format_xar}},
	[FORMAT_RPM] = {"rpm", 0, false,
		{archive_read_support_filter_rpm, archive_read_support_filter_gzip,
			archive_read_support_filter_bzip2, archive_read_support_filter_xz,
			archive_read_support_filter_lzma, archive_read_support_filter_zstd,
			archive_read_support_format_cpio}},
	[FORMAT_GZIP] = {"gzip", ARCHIVE_FILTER_GZIP, false, {NULL}},
	[FORMAT_BZIP2] = {"bzip2", ARCHIVE_FILTER_BZIP2, false, {NULL}},
	[FORMAT_XZ] = {"xz", ARCHIVE_FILTER_XZ, false, {NULL}},
	[FORMAT_LZMA] = {"lzma", ARCHIVE_FILTER_LZMA, false, {NULL}},
	[FORMAT_ZSTD] = {"zstd", ARCHIVE_FILTER_ZSTD, false, {NULL}},
	[FORMAT_LZ4] = {"lz4", ARCHIVE_FILTER_LZ4, false, {NULL}},
	[FORMAT_LZIP] = {"lzip", ARCHIVE_FILTER_LZIP, false, {NULL}},
	/* by bidding: appended, this filter would read before there is anything to read */
	[FORMAT_COMPRESS] = {"compress", 0, false,
		{archive_read_support_filter_compress, archive_read_support_format_raw,
			archive_read_support_format_empty}},
};

const char *
archive_word(enum format format)
{
	return format < FORMATS && kinds[format].word ? kinds[format].word : "archive";
}

bool
archive_needs_seek(enum format format)
{
	return format < FORMATS && kinds[format].seeks;
}

void
archive_source_init(struct archive_source *src, struct reader *r, struct budget *b)
{
	*src = (struct archive_source){.r = r, .budget = b, .end = UINT64_MAX, .head = UINT64_MAX};
}

void
archive_source_end(struct archive_source *src, struct archive *a)
{
	if (a)
		(void)archive_read_free(a);
	free(src->buf);
	src->buf = NULL;
}

static uint64_t
source_end(const struct archive_source *src)
{
	return src->end < src->r->size ? src->end : src->r->size;
}

/* The budget's word on going on; a late item is let through for a while. */
static int
source_tick(struct archive_source *src)
{
	int r = budget_tick(src->budget);

	if (r == -ETIME && src->late++ < LIMIT_LATE_READS)
		return 0;
	if (r < 0 && !src->error) {
		src->error = r;
		src->own = true;
	}
	return r;
}

static ssize_t
source_get(struct archive_source *src)
{
	uint64_t end = source_end(src);
	size_t n = SOURCE_BUF;
	ssize_t got;

	if (!reader_seekable(src->r))
		return reader_read(src->r, src->buf, n);
	if (src->pos >= end)
		return 0;
	if (n > end - src->pos)
		n = (size_t)(end - src->pos);
	got = reader_pread(src->r, src->buf, n, src->pos);
	if (got > 0)
		src->pos += (uint64_t)got;
	return got;
}

static la_ssize_t
on_read(struct archive *a, void *data, const void **ret_p)
{
	struct archive_source *src = data;
	ssize_t got = source_tick(src);

	if (got == 0)
		got = source_get(src);
	if (got > 0 && (uint64_t)got > src->head) {
		archive_set_error(a, EILSEQ, "no end of its head");
		return ARCHIVE_FATAL;
	}
	if (got > 0)
		src->head -= (uint64_t)got;
	if (got < 0) {
		if (!src->error)
			src->error = (int)got;
		archive_set_error(a, EIO, "source");
		return ARCHIVE_FATAL;
	}
	*ret_p = src->buf;
	return got;
}

static la_int64_t
on_skip(struct archive *a, void *data, la_int64_t n)
{
	struct archive_source *src = data;
	uint64_t end = source_end(src);
	uint64_t left = src->pos < end ? end - src->pos : 0;

	(void)a;
	if (n < 0 || source_tick(src) < 0)
		return 0;
	if ((uint64_t)n < left)
		left = (uint64_t)n;
	src->pos += left;
	return (la_int64_t)left;
}

static la_int64_t
on_seek(struct archive *a, void *data, la_int64_t off, int whence)
{
	struct archive_source *src = data;
	uint64_t end = source_end(src);
	int64_t from = 0, to;

	(void)a;
	if (whence == SEEK_CUR)
		from = (int64_t)(src->pos - src->base);
	else if (whence == SEEK_END)
		from = (int64_t)(end - src->base);
	if (source_tick(src) < 0 || __builtin_add_overflow(from, off, &to) || to < 0 ||
		(uint64_t)to > end - src->base)
		return ARCHIVE_FATAL;
	src->pos = src->base + (uint64_t)to;
	return to;
}

static int
support(struct archive *a, const struct archive_kind *k)
{
	int r = ARCHIVE_OK;

	for (size_t i = 0; i < 8 && k->support[i] && r >= ARCHIVE_WARN; i++)
		r = k->support[i](a);
	if (r < ARCHIVE_WARN || !k->filter)
		return r;
	r = archive_read_support_format_raw(a);
	if (r >= ARCHIVE_WARN)
		r = archive_read_support_format_empty(a);
	if (r >= ARCHIVE_WARN)
		r = archive_read_append_filter(a, k->filter);
	return r;
}

static int
connect(struct archive *a, struct archive_source *src)
{
	(void)archive_read_set_read_callback(a, on_read);
	if (reader_seekable(src->r) && source_end(src) <= INT64_MAX) {
		(void)archive_read_set_seek_callback(a, on_seek);
		(void)archive_read_set_skip_callback(a, on_skip);
	}
	(void)archive_read_set_callback_data(a, src);
	return archive_read_open1(a);
}

int
archive_open(struct archive_source *src, enum format format, struct archive **ret_a)
{
	const struct archive_kind *k = &kinds[format];
	struct archive *a = archive_read_new();

	src->buf = malloc(SOURCE_BUF);
	src->pos = src->base;
	src->head = k->filter ? LIMIT_STREAM_HEAD : UINT64_MAX;
	if (!a || !src->buf) {
		(void)archive_read_free(a);
		return -ENOMEM;
	}
	if (src->base > source_end(src) || support(a, k) < ARCHIVE_WARN ||
		connect(a, src) < ARCHIVE_WARN) {
		int r = archive_errno(a) == ENOMEM ? -ENOMEM : -EBADMSG;

		(void)archive_read_free(a);
		return src->error ? src->error : r;
	}
	*ret_a = a;
	return 0;
}
