/*
 * The header tells which of three layouts a store has; all that differs between them stands in struct
 * pst from then on. Pages of 4 KiB are those of Outlook 2013's offline stores, which Microsoft has not
 * described: their layout is as libpff's documentation gives it.
 */
#include <errno.h>
#include <stdlib.h>

#include "extract/pst.h"
#include "extract/slurp.h"
#include "limits.h"

#include "base/poison.h"

#define HEADER	  564u
#define WIDE_FROM 21u /* wVer of the first Unicode stores */
#define BIG	  36u /* ... and of those with pages of 4 KiB */

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

static void
lay_out(struct pst *p, unsigned version)
{
	p->wide = version >= WIDE_FROM;
	p->big = version == BIG;
	p->page = p->big ? 4096 : 512;
	p->page_end = p->block_end = p->big ? 24 : p->wide ? 16 : 12;
	p->block = p->big ? 65536 : 8192;
	p->slot = p->big ? 512 : 64;
}

/* MS-PST 2.2.2.6: the header and the roots in it. */
static int
read_header(struct pst *p)
{
	uint8_t h[HEADER];
	unsigned version;

	if (reader_pread(p->src, h, sizeof h, 0) != (ssize_t)sizeof h || memcmp(h, "!BDN", 4) != 0)
		return -EBADMSG;
	version = le16(h + 10);
	lay_out(p, version);
	p->crypt = h[p->wide ? 513 : 461];
	if ((version != 14 && version != 15 && !p->wide) || p->crypt > 2)
		return -EBADMSG;
	if (p->wide) {
		p->nodes = (struct pst_ref){le64(h + 216), le64(h + 224)};
		p->blocks = (struct pst_ref){le64(h + 232), le64(h + 240)};
	} else {
		p->nodes = (struct pst_ref){le32(h + 184), le32(h + 188)};
		p->blocks = (struct pst_ref){le32(h + 192), le32(h + 196)};
	}
	/* the header tells how long the file was */
	p->lost += (p->wide ? le64(h + 184) : le32(h + 168)) > p->src->size;
	return 0;
}

int
pst_open(struct pst *p, struct reader *r)
{
	int q = source(p, r);

	p->codepage = 1252;
	if (q == 0)
		q = read_header(p);
	if (q < 0)
		return q == -EBADMSG && p->budget->blown < 0 ? p->budget->blown : q;
	p->pages = calloc(LIMIT_PST_PAGES, p->page);
	p->page_at = calloc(LIMIT_PST_PAGES, sizeof *p->page_at);
	p->packed = p->big ? malloc(p->block) : NULL;
	return p->pages && p->page_at && (p->packed || !p->big) ? 0 : -ENOMEM;
}

void
pst_close(struct pst *p)
{
	free(p->pages);
	free(p->page_at);
	free(p->packed);
	p->pages = NULL;
	p->page_at = NULL;
	p->packed = NULL;
	if (p->src == &p->mem_r)
		reader_end(&p->mem_r);
	buf_free(&p->mem);
}
