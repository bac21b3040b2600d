/*
 * A plain zip is read part by part; any other libarchive reads, through callbacks. Both its zip readers are on: the seeking one follows
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

/* Damage and read errors are for the library to find. */
static int
take_plain(struct zipdoc *z)
{
	int r = zip_plain_read(z->r, z->s->budget, &z->plain);

	return r == -ENOMEM || z->s->budget->blown ? r : 0;
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
		return take_plain(z);
	r = reader_slurp(it->r, s->budget, LIMIT_SLURP, &z->mem);
	if (r == -EOVERFLOW) {
		*ret_readable = false;
		return sink_gap(s, GAP_TOO_BIG, true, "document within an archive");
	}
	if (r == -ENOMEM || s->budget->blown)
		return r;
	reader_mem(&z->mem_r, buf_span(&z->mem));
	z->r = &z->mem_r;
	return take_plain(z);
}

void
zipdoc_close(struct zipdoc *z)
{
	free(z->block);
	buf_free(&z->mem);
	zip_plain_free(&z->plain);
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

static const char *
entry_name(struct archive_entry *e)
{
	const char *s = archive_entry_pathname_utf8(e);

	return s ? s : archive_entry_pathname(e);
}

/* The name as a part name in buf; false for a folder or no name. */
static bool
part_name_of(struct span s, struct buf *name)
{
	while (s.n && (s.p[0] == '/' || s.p[0] == '\\'))
		s = span_sub(s, 1, s.n);
	buf_clear(name);
	for (size_t i = 0; i < s.n && i < LIMIT_NAME; i++)
		buf_putc(name, s.p[i] == '\\' ? '/' : s.p[i]);
	return name->n && name->p[name->n - 1] != '/';
}

struct walk {
	struct zipdoc *z;
	int (*visit)(void *user, struct zippart *p);
	void *user;
	struct buf name;
	unsigned parts;
};

/* Counts a part; *ret_more false: there are too many. */
static int
next_part(struct walk *w, bool *ret_more)
{
	*ret_more = ++w->parts <= LIMIT_PARTS;
	if (!*ret_more)
		return sink_gap(w->z->s, GAP_TOO_MANY, true, "parts of a document");
	return budget_tick(w->z->s->budget);
}

static int
visit_part(struct walk *w, struct zippart *p)
{
	int r;

	p->z = w->z;
	p->name = buf_cstr(&w->name);
	r = w->visit(w->user, p);
	if (r < 0)
		return r;
	if (p->err < 0)
		return p->err;
	return p->broken ? say_damaged(w->z) : 0;
}

static int
visit_entry(struct walk *w, struct archive *a, struct archive_entry *e)
{
	struct zippart p = {.a = a};

	if (!part_name_of(span_str(entry_name(e)), &w->name))
		return 0;
	if (archive_entry_is_data_encrypted(e) > 0)
		return say_encrypted(w->z);
	return visit_part(w, &p);
}

static int
walk_library(struct walk *w)
{
	_cleanup_(archive_close) struct archive *a = archive_begin(w->z);
	unsigned retries = 0;

	if (!a)
		return -ENOMEM;
	for (;;) {
		struct archive_entry *e;
		int h = archive_read_next_header(a, &e), r;
		bool more;

		if (h == ARCHIVE_EOF)
			return 0;
		if (h == ARCHIVE_RETRY && ++retries < LIMIT_ZIPDOC_RETRIES)
			continue;
		if (h != ARCHIVE_OK && h != ARCHIVE_WARN)
			return say_damaged(w->z);
		r = next_part(w, &more);
		if (r == 0 && more)
			r = visit_entry(w, a, e);
		if (r < 0 || !more)
			return r;
	}
}

/* Walks may be in walks: each has a stream of its own. */
static int
walk_plain(struct walk *w)
{
	const struct zip_plain *plain = &w->z->plain;
	_cleanup_(zip_stream_free) struct zip_stream stream;
	bool more = true;
	int r = zip_stream_new(&stream, w->z->r);

	for (size_t i = 0; r == 0 && more && i < plain->n; i++) {
		struct zippart p = {.plain = &stream};

		r = next_part(w, &more);
		if (r < 0 || !more || !part_name_of(zip_member_name(plain, &plain->v[i]), &w->name))
			continue;
		zip_stream_begin(&stream, &plain->v[i]);
		r = visit_part(w, &p);
	}
	return r;
}

int
zipdoc_walk(struct zipdoc *z, int (*visit)(void *user, struct zippart *p), void *user)
{
	struct walk w = {.z = z, .visit = visit, .user = user};
	int r = z->plain.n ? walk_plain(&w) : walk_library(&w);

	buf_free(&w.name);
	return r;
}

static ssize_t
part_more(struct zippart *p, void *to, size_t n)
{
	if (p->from)
		return reader_read(p->from, to, n);
	return p->plain ? zip_stream_read(p->plain, to, n) : archive_read_data(p->a, to, n);
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
	got = part_more(p, to, n);
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
