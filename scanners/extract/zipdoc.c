/*
 * libarchive reads the zip through callbacks. Both its zip readers are on: the seeking one follows
 * the central directory, the streaming one takes over for a file whose end is missing, so that the
 * parts before the cut are still read.
 */
#include "extract/zipdoc.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "base/cleanup.h"
#include "extract/slurp.h"
#include "limits.h"

#include "base/poison.h"

#define BLOCK (64 * KIB)

static void
archive_close(struct archive **a)
{
	if (*a)
		(void)archive_read_free(*a);
}

int
zipdoc_open(struct zipdoc *z, struct item *it, struct sink *s, bool *ret_readable)
{
	int r;

	*z = (struct zipdoc){.s = s, .r = it->r};
	z->block = malloc(BLOCK);
	if (!z->block)
		return -ENOMEM;
	*ret_readable = true;
	if (reader_seekable(it->r))
		return 0;
	r = reader_slurp(it->r, s->budget, LIMIT_SLURP, &z->mem);
	if (r == -EOVERFLOW) {
		*ret_readable = false;
		return sink_gap(s, GAP_TOO_BIG, true, "document within an archive");
	}
	if (r == -ENOMEM || s->budget->blown)
		return r;
	reader_mem(&z->mem_r, buf_span(&z->mem));
	z->r = &z->mem_r;
	return 0;
}

void
zipdoc_close(struct zipdoc *z)
{
	free(z->block);
	buf_free(&z->mem);
}

static la_ssize_t
on_read(struct archive *a, void *user, const void **ret_block)
{
	struct zipdoc *z = user;
	ssize_t n = reader_pread(z->r, z->block, BLOCK, z->at);

	if (n < 0) {
		archive_set_error(a, (int)-n, "read");
		return -1;
	}
	z->at += (uint64_t)n;
	*ret_block = z->block;
	return n;
}

static la_int64_t
on_seek(struct archive *a, void *user, la_int64_t off, int whence)
{
	struct zipdoc *z = user;
	int64_t base = whence == SEEK_SET ? 0 : (int64_t)(whence == SEEK_CUR ? z->at : z->r->size);

	(void)a;
	if (off > INT64_MAX / 2 || off < -INT64_MAX / 2 || base + off < 0)
		return ARCHIVE_FATAL;
	z->at = (uint64_t)(base + off);
	return base + off;
}

static la_int64_t
on_skip(struct archive *a, void *user, la_int64_t n)
{
	struct zipdoc *z = user;
	uint64_t left = z->at < z->r->size ? z->r->size - z->at : 0;

	(void)a;
	if (n <= 0)
		return 0;
	if ((uint64_t)n > left)
		n = (la_int64_t)left;
	z->at += (uint64_t)n;
	return n;
}

static struct archive *
archive_begin(struct zipdoc *z)
{
	struct archive *a = archive_read_new();

	if (!a)
		return NULL;
	z->at = 0;
	(void)archive_read_support_format_zip_seekable(a);
	(void)archive_read_support_format_zip_streamable(a);
	(void)archive_read_set_callback_data(a, z);
	(void)archive_read_set_read_callback(a, on_read);
	(void)archive_read_set_seek_callback(a, on_seek);
	(void)archive_read_set_skip_callback(a, on_skip);
	(void)archive_read_open1(a);
	return a;
}

static int
say_damaged(struct zipdoc *z)
{
	if (z->damaged)
		return 0;
	z->damaged = true;
	return sink_gap(z->s, GAP_CORRUPT, true, "damaged zip");
}

static int
say_encrypted(struct zipdoc *z)
{
	if (z->encrypted)
		return 0;
	z->encrypted = true;
	return sink_gap(z->s, GAP_ENCRYPTED, true, "encrypted parts in a document");
}

/* The name as a part name in buf; false for a folder or no name. */
static bool
part_name_of(struct archive_entry *e, struct buf *name)
{
	const char *s = archive_entry_pathname_utf8(e);

	if (!s)
		s = archive_entry_pathname(e);
	if (!s)
		return false;
	while (*s == '/' || *s == '\\')
		s++;
	buf_clear(name);
	for (size_t i = 0; s[i] && i < LIMIT_NAME; i++)
		buf_putc(name, s[i] == '\\' ? '/' : (uint8_t)s[i]);
	return name->n && name->p[name->n - 1] != '/';
}

static int
walk_entry(struct zipdoc *z, struct archive *a, struct archive_entry *e, struct buf *name,
	int (*visit)(void *user, struct zippart *p), void *user)
{
	struct zippart p = {.z = z, .a = a};
	int r;

	if (!part_name_of(e, name))
		return 0;
	if (archive_entry_is_data_encrypted(e) > 0)
		return say_encrypted(z);
	p.name = buf_cstr(name);
	r = visit(user, &p);
	if (r < 0)
		return r;
	if (p.err < 0)
		return p.err;
	return p.broken ? say_damaged(z) : 0;
}

int
zipdoc_walk(struct zipdoc *z, int (*visit)(void *user, struct zippart *p), void *user)
{
	_cleanup_(archive_close) struct archive *a = archive_begin(z);
	_cleanup_(buf_free) struct buf name = {0};
	unsigned parts = 0, retries = 0;

	if (!a)
		return -ENOMEM;
	for (;;) {
		struct archive_entry *e;
		int h = archive_read_next_header(a, &e), r;

		if (h == ARCHIVE_EOF)
			return 0;
		if (h == ARCHIVE_RETRY && ++retries < LIMIT_ZIPDOC_RETRIES)
			continue;
		if (h != ARCHIVE_OK && h != ARCHIVE_WARN)
			return say_damaged(z);
		if (++parts > LIMIT_PARTS)
			return sink_gap(z->s, GAP_TOO_MANY, true, "parts of a document");
		r = budget_tick(z->s->budget);
		if (r == 0)
			r = walk_entry(z, a, e, &name, visit, user);
		if (r < 0)
			return r;
	}
}

ssize_t
zippart_read(struct zippart *p, void *to, size_t n)
{
	ssize_t got;

	if (p->err || p->broken)
		return p->err;
	p->err = budget_tick(p->z->s->budget);
	if (p->err)
		return p->err;
	got = p->from ? reader_read(p->from, to, n) : archive_read_data(p->a, to, n);
	if (got < 0) {
		p->broken = true;
		return 0;
	}
	p->used += (uint64_t)got;
	p->err = p->from ? 0 : budget_bytes(p->z->s->budget, (uint64_t)got);
	return p->err ? p->err : got;
}

static ssize_t
part_reader_read(struct reader *r, void *p, size_t n)
{
	return zippart_read(((struct zippart_reader *)r)->p, p, n);
}

void
zippart_reader(struct zippart_reader *pr, struct zippart *p)
{
	static const struct reader_ops ops = {.read = part_reader_read};

	reader_init(&pr->r, &ops, UINT64_MAX);
	pr->p = p;
}

bool
part_is(const char *name, const char *want)
{
	return strcasecmp(name, want) == 0;
}

bool
part_begins(const char *name, const char *want)
{
	return strncasecmp(name, want, strlen(want)) == 0;
}

bool
part_ends(const char *name, const char *want)
{
	size_t n = strlen(name), k = strlen(want);

	return n >= k && strcasecmp(name + n - k, want) == 0;
}
