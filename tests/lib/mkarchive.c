/* A writer that cannot write is a broken test, so there are no errors to hand on: it aborts. */
#include "mkarchive.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/poison.h"

static void
must(struct archive *a, int r)
{
	if (r >= ARCHIVE_WARN)
		return;
	fprintf(stderr, "mkarchive: %s\n", archive_error_string(a));
	abort();
}

static la_ssize_t
on_write(struct archive *a, void *user, const void *p, size_t n)
{
	struct buf *b = user;

	(void)a;
	buf_put(b, p, n);
	return (la_ssize_t)n;
}

static void
begin(struct mkarchive *m, const char *format)
{
	*m = (struct mkarchive){.a = archive_write_new()};
	must(m->a, archive_write_set_format_by_name(m->a, format));
	must(m->a, archive_write_set_bytes_in_last_block(m->a, 1));
}

static void
begun(struct mkarchive *m)
{
	must(m->a, archive_write_open(m->a, &m->out, NULL, on_write, NULL));
}

void
mk_open(struct mkarchive *m, const char *format, const char *filter)
{
	begin(m, format);
	if (filter)
		must(m->a, archive_write_add_filter_by_name(m->a, filter));
	if (filter && strcmp(filter, "gzip") == 0) /* the same bytes at any time */
		must(m->a, archive_write_set_filter_option(m->a, "gzip", "timestamp", NULL));
	begun(m);
}

void
mk_open_protected(struct mkarchive *m, const char *passphrase)
{
	begin(m, "zip");
	must(m->a, archive_write_set_options(m->a, "zip:encryption=aes256"));
	must(m->a, archive_write_set_passphrase(m->a, passphrase));
	begun(m);
}

void
mk_store(struct mkarchive *m, bool store)
{
	must(m->a,
		store ? archive_write_zip_set_compression_store(m->a)
		      : archive_write_zip_set_compression_deflate(m->a));
}

static struct archive_entry *
entry(const char *name, mode_t type, uint64_t size)
{
	struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, type);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_mtime(e, 1416787200, 0);
	archive_entry_set_size(e, (la_int64_t)size);
	return e;
}

static void
put_head(struct mkarchive *m, struct archive_entry *e)
{
	must(m->a, archive_write_header(m->a, e));
	archive_entry_free(e);
}

static void
put_data(struct mkarchive *m, const void *p, size_t n)
{
	if (n && archive_write_data(m->a, p, n) < 0)
		must(m->a, ARCHIVE_FATAL);
}

void
mk_zeros(struct mkarchive *m, const char *name, uint64_t n)
{
	static const uint8_t zeros[65536];

	put_head(m, entry(name, AE_IFREG, n));
	for (; n > sizeof zeros; n -= sizeof zeros)
		put_data(m, zeros, sizeof zeros);
	put_data(m, zeros, (size_t)n);
}

void
mk_member(struct mkarchive *m, const char *name, struct span data, uint64_t size)
{
	struct archive_entry *e = entry(name, AE_IFREG, size == UINT64_MAX ? data.n : size);

	if (size != UINT64_MAX) {
		static const uint8_t zeros[65536];

		archive_entry_sparse_add_entry(e, (la_int64_t)(size - data.n), (la_int64_t)data.n);
		put_head(m, e);
		for (size -= data.n; size > sizeof zeros; size -= sizeof zeros)
			put_data(m, zeros, sizeof zeros);
		put_data(m, zeros, (size_t)size);
	} else {
		put_head(m, e);
	}
	put_data(m, data.p, data.n);
}

void
mk_file(struct mkarchive *m, const char *name, const char *text)
{
	mk_member(m, name, span_str(text), UINT64_MAX);
}

void
mk_dir(struct mkarchive *m, const char *name)
{
	put_head(m, entry(name, AE_IFDIR, 0));
}

void
mk_link(struct mkarchive *m, const char *name, const char *to)
{
	struct archive_entry *e = entry(name, AE_IFLNK, 0);

	archive_entry_set_symlink(e, to);
	put_head(m, e);
}

struct span
mk_close(struct mkarchive *m)
{
	must(m->a, archive_write_close(m->a));
	archive_write_free(m->a);
	m->a = NULL;
	return buf_span(&m->out);
}

void
mk_free(struct mkarchive *m)
{
	if (m->a)
		archive_write_free(m->a);
	buf_free(&m->out);
}

struct span
mk_stream(struct mkarchive *m, const char *filter, struct span data)
{
	mk_open(m, "raw", filter);
	mk_member(m, "data", data, UINT64_MAX);
	return mk_close(m);
}
