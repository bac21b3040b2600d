/*
 * A node's content is a block or a list of blocks or a list of those. Where each block begins is worked
 * out from the index, without reading it: blocks are full but for the last only where Outlook wrote them.
 */
#include <errno.h>

#include "base/cleanup.h"
#include "extract/pst.h"
#include "limits.h"

#include "base/poison.h"

#define LIST 1u /* cb: a list of blocks */
#define HEAD 8u /* bytes before its entries */

struct pst_part {
	uint64_t bid, start;
};

static bool
add_block(struct pst_stream *d, uint64_t bid)
{
	struct pst_part part = {bid, d->size};
	size_t n = pst_block_size(d->p, bid);

	if (pst_stream_blocks(d) >= d->p->src->size / d->p->slot) {
		d->p->lost++;
		return false;
	}
	if (!n)
		n = d->p->block - d->p->block_end;
	buf_put(&d->parts, &part, sizeof part);
	d->size += n;
	return !d->parts.failed;
}

/* MS-PST 2.2.2.8.3.2: a list of blocks, or of lists when its level is 2. */
static bool
add_list(struct pst_stream *d, uint64_t bid, unsigned above)
{
	struct pst *p = d->p;
	size_t w = p->wide ? 8 : 4, n;
	_cleanup_free_ uint8_t *b = malloc(p->block);
	bool going = b != NULL && budget_tick(p->budget) == 0;

	n = going ? pst_block(p, bid, b) : 0;
	if (n < HEAD || b[0] != LIST || b[1] < 1 || b[1] >= above || le16(b + 2) > (n - HEAD) / w) {
		p->lost++;
		return going;
	}
	for (size_t i = 0; i < le16(b + 2) && going; i++) {
		uint64_t next = pst_number(p, b + HEAD + i * w);

		going = b[1] == 2 ? add_list(d, next, 2) : add_block(d, next);
	}
	return going;
}

bool
pst_stream(struct pst_stream *d, struct pst *p, uint64_t bid)
{
	*d = (struct pst_stream){.p = p,
		.block = malloc(p->block),
		.parts.max = LIMIT_PST_BLOCKS * sizeof(struct pst_part)};
	if (!d->block || !bid)
		return false;
	if (bid & 2)
		(void)add_list(d, bid, 3);
	else
		(void)add_block(d, bid);
	p->too_big |= d->parts.failed;
	return d->size > 0;
}

void
pst_stream_end(struct pst_stream *d)
{
	free(d->block);
	d->block = NULL;
	buf_free(&d->parts);
}

size_t
pst_stream_blocks(const struct pst_stream *d)
{
	return d->parts.n / sizeof(struct pst_part);
}

static struct pst_part
part_of(const struct pst_stream *d, size_t i)
{
	struct pst_part part;

	memcpy(&part, d->parts.p + i * sizeof part, sizeof part);
	return part;
}

struct span
pst_stream_block(struct pst_stream *d, size_t i)
{
	if (d->block_at != i + 1) {
		uint64_t bid = part_of(d, i).bid;

		d->block_n = bid & 2 ? 0 : pst_block(d->p, bid, d->block);
		d->p->lost += (bid & 2) != 0;
		d->block_at = i + 1;
	}
	return span_of(d->block, d->block_n);
}

/* The block that holds the byte at off, which is less than the size. */
static size_t
block_of(const struct pst_stream *d, uint64_t off)
{
	size_t lo = 0, hi = pst_stream_blocks(d);

	if (d->block_at && part_of(d, d->block_at - 1).start <= off) {
		lo = d->block_at - 1;
		if (lo + 1 < hi && part_of(d, lo + 1).start > off)
			return lo;
	}
	while (hi - lo > 1) {
		size_t mid = (lo + hi) / 2;

		if (part_of(d, mid).start <= off)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

ssize_t
pst_stream_pread(struct pst_stream *d, void *to, size_t n, uint64_t off)
{
	size_t done = 0;

	while (done < n && off < d->size) {
		size_t i = block_of(d, off), k, at;
		uint64_t end = i + 1 < pst_stream_blocks(d) ? part_of(d, i + 1).start : d->size;
		struct span s = pst_stream_block(d, i);

		k = end - off < n - done ? (size_t)(end - off) : n - done;
		at = (size_t)(off - part_of(d, i).start);
		s = span_sub(s, at, k);
		if (s.n)
			memcpy((uint8_t *)to + done, s.p, s.n);
		memset((uint8_t *)to + done + s.n, 0, k - s.n);
		done += k;
		off += k;
	}
	return (ssize_t)done;
}
