/*
 * Blocks are taken from the library one by one rather than through archive_read_data(): that call
 * throws away the good blocks before a bad one, and pads xar members with zeros after each other.
 * Holes of sparse members are shortened: a terabyte of nothing must not eat the budget of the rest.
 */
#include "extract/archive_member.h"

#include <errno.h>

#include "limits.h"

#include "base/poison.h"

static void
take_block(struct member *m, const void *p, size_t n, la_int64_t off)
{
	if (n == 0)
		return;
	if (off >= 0 && (uint64_t)off > m->next) {
		m->hole = (uint64_t)off - m->next;
		if (m->hole > LIMIT_HOLE)
			m->hole = LIMIT_HOLE;
		m->next = (uint64_t)off;
	}
	m->block = span_of(p, n);
	m->next += n;
}

static int
pull_plain(struct member *m)
{
	ssize_t n = zip_stream_read(m->plain, m->room, MEMBER_BLOCK);

	if (n > 0)
		take_block(m, m->room, (size_t)n, -1);
	else if (n == -EBADMSG)
		m->status = ARCHIVE_FAILED;
	else if (n == 0 || n == -EILSEQ)
		m->status = ARCHIVE_EOF;
	else
		m->src->error = (int)n;
	m->warned |= n == -EILSEQ;
	return m->src->error;
}

/* Takes what the library gives next. 0, or -errno of the source. */
static int
pull(struct member *m)
{
	const void *p = NULL;
	la_int64_t off = -1;
	size_t n = 0;
	int r;

	m->src->late = 0;
	r = archive_read_data_block(m->a, &p, &n, &off);
	if (m->src->error)
		return m->src->error;
	if (r == ARCHIVE_OK || r == ARCHIVE_WARN) {
		m->warned |= r == ARCHIVE_WARN;
		take_block(m, p, n, off);
	} else if (r != ARCHIVE_RETRY) {
		m->status = r;
		if (r == ARCHIVE_EOF && off > 0 && (uint64_t)off > m->next)
			m->next = (uint64_t)off; /* a hole at the end */
	}
	return 0;
}

/* 1: there are bytes to hand on; 0: the end; or -errno. */
static int
member_more(struct member *m)
{
	unsigned idle = 0;

	while (m->hole == 0 && m->block.n == 0) {
		int r;

		if (m->status != ARCHIVE_OK || m->left == 0)
			return 0;
		r = m->blown = budget_tick(m->src->budget);
		if (r == 0)
			r = m->plain ? pull_plain(m) : pull(m);
		if (r < 0)
			return r;
		if (++idle > LIMIT_BAD_ENTRIES)
			m->status = ARCHIVE_FAILED;
	}
	return 1;
}

static ssize_t
member_read(struct reader *r, void *p, size_t n)
{
	struct member *m = (struct member *)r;
	int q = member_more(m);

	if (q <= 0)
		return q;
	if (n > (m->hole ? m->hole : m->block.n))
		n = m->hole ? (size_t)m->hole : m->block.n;
	if (n > m->left)
		n = (size_t)m->left;
	m->blown = budget_bytes(m->src->budget, n);
	if (m->blown)
		return m->blown;
	if (m->hole) {
		memset(p, 0, n);
		m->hole -= n;
	} else {
		memcpy(p, m->block.p, n);
		m->block = span_sub(m->block, n, m->block.n);
	}
	if (m->left != UINT64_MAX)
		m->left -= n;
	return (ssize_t)n;
}

static const struct reader_ops member_ops = {.read = member_read};

void
member_start(
	struct member *m, struct archive *a, struct archive_source *src, uint64_t size, bool cut)
{
	*m = (struct member){.a = a, .src = src, .left = cut ? size : UINT64_MAX};
	reader_init(&m->r, &member_ops, size);
}

void
member_start_plain(struct member *m, struct zip_stream *plain, uint8_t *room,
	struct archive_source *src, uint64_t size)
{
	member_start(m, NULL, src, size, false);
	m->plain = plain;
	m->room = room;
}
