/* libarchive writes; a failure ends the test, for there is nothing to go on with. */
#include "zipmake.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/poison.h"

static void
must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "zipmake: %s\n", what);
	abort();
}

static la_ssize_t
on_write(struct archive *a, void *user, const void *p, size_t n)
{
	struct zipmake *z = user;

	(void)a;
	buf_put(&z->out, p, n);
	return z->out.failed ? -1 : (la_ssize_t)n;
}

void
zipmake_begin(struct zipmake *z)
{
	*z = (struct zipmake){.a = archive_write_new()};
	must(z->a != NULL, "memory");
	must(archive_write_set_format_zip(z->a) == ARCHIVE_OK, "zip");
	must(archive_write_set_bytes_per_block(z->a, 0) == ARCHIVE_OK, "block");
	must(archive_write_open(z->a, z, NULL, on_write, NULL) == ARCHIVE_OK, "open");
}

void
zipmake_add(struct zipmake *z, const char *name, struct span bytes)
{
	struct archive_entry *e = archive_entry_new();

	must(e != NULL, "memory");
	if (z->store || strcmp(name, "mimetype") == 0)
		(void)archive_write_zip_set_compression_store(z->a);
	else
		(void)archive_write_zip_set_compression_deflate(z->a);
	archive_entry_set_pathname(e, name);
	archive_entry_set_size(e, (la_int64_t)bytes.n);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_mtime(e, 1416787200, 0);
	must(archive_write_header(z->a, e) == ARCHIVE_OK, name);
	must(bytes.n == 0 || archive_write_data(z->a, bytes.p, bytes.n) == (la_ssize_t)bytes.n,
		name);
	archive_entry_free(e);
}

void
zipmake_end(struct zipmake *z)
{
	must(archive_write_close(z->a) == ARCHIVE_OK, "close");
	(void)archive_write_free(z->a);
	z->a = NULL;
}

void
zipmake_free(struct zipmake *z)
{
	buf_free(&z->out);
}

void
zipmake_all(struct zipmake *z, const struct zipmake_part *parts, size_t n)
{
	zipmake_begin(z);
	for (size_t i = 0; i < n; i++)
		zipmake_add(z, parts[i].name, span_str(parts[i].text));
	zipmake_end(z);
}
