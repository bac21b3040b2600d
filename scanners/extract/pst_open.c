/*
 * The library gets a handle of ours that reads through the item's reader: it opens no file and knows
 * no path. Every read counts as progress and looks at the budget, and when that is spent all further
 * ones fail, which ends whatever the library is doing.
 */
#include <errno.h>
#include <stdio.h>

#include "extract/pst.h"
#include "extract/slurp.h"
#include "limits.h"

#include "base/poison.h"

static int
io_nothing(intptr_t *h, libbfio_error_t **error)
{
	(void)h;
	(void)error;
	return 0;
}

static int
io_yes(intptr_t *h, libbfio_error_t **error)
{
	(void)h;
	(void)error;
	return 1;
}

static int
io_open(intptr_t *h, int flags, libbfio_error_t **error)
{
	(void)h;
	(void)error;
	return flags & LIBBFIO_ACCESS_FLAG_WRITE ? -1 : 1;
}

static ssize_t
io_read(intptr_t *h, uint8_t *to, size_t n, libbfio_error_t **error)
{
	struct pst *p = (struct pst *)h;
	ssize_t got;

	(void)error;
	if (budget_tick(p->budget) < 0)
		return -1;
	got = reader_pread(p->src, to, n, p->pos);
	if (got > 0)
		p->pos += (uint64_t)got;
	return got < 0 ? -1 : got;
}

static off64_t
io_seek(intptr_t *h, off64_t off, int whence, libbfio_error_t **error)
{
	struct pst *p = (struct pst *)h;
	uint64_t base = whence == SEEK_CUR ? p->pos : whence == SEEK_END ? p->src->size : 0;

	(void)error;
	if (off < 0 ? (uint64_t)-off > base : (uint64_t)off > INT64_MAX - base)
		return -1;
	p->pos = off < 0 ? base - (uint64_t)-off : base + (uint64_t)off;
	return (off64_t)p->pos;
}

static int
io_size(intptr_t *h, size64_t *ret_size, libbfio_error_t **error)
{
	(void)error;
	*ret_size = ((const struct pst *)h)->src->size;
	return 1;
}

static int
source(struct pst *p, struct reader *r)
{
	int q;

	p->src = r;
	if (reader_seekable(r) && r->size != UINT64_MAX)
		return 0;
	q = reader_slurp(r, p->budget, LIMIT_SLURP, &p->mem);
	reader_mem(&p->mem_r, buf_span(&p->mem));
	p->src = &p->mem_r;
	return q;
}

int
pst_open(struct pst *p, struct reader *r)
{
	int q = source(p, r);

	if (q < 0)
		return q;
	libpff_notify_set_verbose(0);
	if (libbfio_handle_initialize(&p->io, (intptr_t *)p, NULL, NULL, io_open, io_nothing,
		    io_read, NULL, io_seek, io_yes, io_yes, io_size,
		    LIBBFIO_FLAG_IO_HANDLE_NON_MANAGED | LIBBFIO_FLAG_IO_HANDLE_CLONE_BY_REFERENCE,
		    NULL) != 1 ||
		libpff_file_initialize(&p->file, NULL) != 1)
		return -ENOMEM;
	if (libpff_file_open_file_io_handle(p->file, p->io, LIBPFF_OPEN_READ, NULL) != 1)
		return p->budget->blown < 0 ? p->budget->blown : -EBADMSG;
	return 0;
}

void
pst_close(struct pst *p)
{
	if (p->file) {
		(void)libpff_file_close(p->file, NULL);
		(void)libpff_file_free(&p->file, NULL);
	}
	if (p->io)
		(void)libbfio_handle_free(&p->io, NULL);
	if (p->src == &p->mem_r)
		reader_end(&p->mem_r);
	buf_free(&p->mem);
}
