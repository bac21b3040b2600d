/*
 * Nothing behind the block is taken from the reader below, so that whoever reads on there finds it: no more
 * is asked for than was looked at and has no dash.
 */
#include "extract/pem.h"

#include "base/poison.h"

#define LONGEST_MARK 64u /* of the line that begins a block */

static void
decode(struct pem *p)
{
	uint8_t in[PEM_PIECE];
	const uint8_t *dash = NULL;
	struct span head = {0};
	ssize_t got = 0;

	if (reader_peek(p->src, PEM_PIECE, &head) == 0 && head.n) {
		head.n = head.n < PEM_PIECE ? head.n : PEM_PIECE;
		dash = memchr(head.p, '-', head.n);
		got = reader_read(p->src, in, dash ? (size_t)(dash - head.p) : head.n);
	}
	p->at = 0;
	p->n = got > 0 ? base64_step(&p->b, span_of(in, (size_t)got), p->out) : 0;
	p->ended = dash || got <= 0;
	if (p->ended)
		p->n += base64_end(&p->b, p->out + p->n);
}

static ssize_t
pem_read(struct reader *r, void *to, size_t n)
{
	struct pem *p = (struct pem *)r;

	while (p->at == p->n && !p->ended)
		decode(p);
	n = n < p->n - p->at ? n : p->n - p->at;
	memcpy(to, p->out + p->at, n);
	p->at += n;
	return (ssize_t)n;
}

static const struct reader_ops ops = {.read = pem_read};

void
pem_start(struct pem *p, struct reader *src)
{
	uint8_t c = 0;

	*p = (struct pem){.src = src};
	for (size_t i = 0; i < LONGEST_MARK && c != '\n' && reader_read(src, &c, 1) == 1; i++)
		;
	reader_init(&p->r, &ops, UINT64_MAX);
}
