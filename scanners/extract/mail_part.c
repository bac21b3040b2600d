/*
 * One part of a mail as a reader: the bytes to the next boundary that anybody waits for, its transfer
 * encoding undone on the way. The boundaries of all multiparts that are open are looked for at once, the
 * innermost first, so that one that never closes ends where its parent does.
 */
#include <errno.h>

#include "extract/mail.h"
#include "limits.h"

#include "base/poison.h"

#define PART_OUT (8u * 1024)

/* --- boundaries -------------------------------------------------------------------------- */

/* The boundary line `line`, without its hyphens: 1 of b, 2 the last of b, 0 another. */
static int
is_bound(struct span line, struct span b)
{
	if (!span_has(line, 0, b.p, b.n))
		return 0;
	line = span_sub(line, b.n, line.n);
	if (span_has(line, 0, "--", 2))
		return 2;
	while (line.n && (line.p[0] == ' ' || line.p[0] == '\t' || line.p[0] == '\r'))
		line = span_sub(line, 1, line.n);
	return line.n == 0;
}

static enum verdict
judge_bound(struct linecut *c, struct span s, bool all)
{
	struct mime *x = c->user;
	struct span line = span_sub(s, 0, LIMIT_MAIL_BOUND + 64);
	const uint8_t *nl;

	if (s.n > 1 && s.p[1] != '-')
		return CUT_GO_ON;
	nl = memchr(line.p, '\n', line.n);
	if (!nl && !all && s.n == line.n)
		return CUT_MORE;
	if (s.n < 2)
		return CUT_GO_ON;
	line = span_sub(line, 2, (nl ? (size_t)(nl - line.p) : line.n) - 2);
	for (unsigned i = x->n_bounds; i-- > 0;) {
		int is = is_bound(line, x->bounds[i]);

		if (!is)
			continue;
		x->hit = i;
		x->closed = is == 2;
		return CUT_STOP;
	}
	return CUT_GO_ON;
}

/* --- the reader of a part -------------------------------------------------------------------- */

static struct mail_part *
part_of(struct reader *r)
{
	return (struct mail_part *)r;
}

/* What the encoding still holds at its end. False: nothing. */
static bool
part_end(struct mail_part *p)
{
	if (p->t)
		p->ready = span_of(p->out, transfer_end(p->t, p->out));
	return p->ready.n > 0;
}

/* Fills `ready`. False at the end. */
static bool
part_next(struct mail_part *p)
{
	while (p->ready.n == 0) {
		struct span in;

		if (!p->raw.n && !cut_next(&p->x->cut, &p->raw))
			return part_end(p);
		if (!p->t) {
			p->ready = p->raw;
			p->raw = (struct span){0};
			continue;
		}
		in = span_sub(p->raw, 0, PART_OUT);
		p->raw = span_sub(p->raw, in.n, p->raw.n);
		p->ready = span_of(p->out, transfer_step(p->t, in, p->out));
	}
	return true;
}

static ssize_t
part_read(struct reader *r, void *to, size_t n)
{
	struct mail_part *p = part_of(r);
	int q;

	if (!part_next(p))
		return p->x->cut.error;
	if (n > p->ready.n)
		n = p->ready.n;
	q = budget_bytes(p->x->m->s->budget, n);
	if (q < 0)
		return q;
	memcpy(to, p->ready.p, n);
	p->ready = span_sub(p->ready, n, p->ready.n);
	return (ssize_t)n;
}

static const struct reader_ops part_ops = {.read = part_read};

bool
mail_is_message(const struct reader *r)
{
	return (r->ops == &part_ops && ((const struct mail_part *)r)->message) ||
		mbox_is_message(r) || smime_is_message(r);
}

int
part_open(struct mail_part *p, struct mime *x, struct span encoding, bool text)
{
	struct arena *a = x->m->s->arena;
	int q;

	*p = (struct mail_part){.x = x};
	reader_init(&p->r, &part_ops, UINT64_MAX);
	(void)cut_next(&x->cut, &p->raw);
	q = transfer_new(a, encoding, p->raw, text, &p->t);
	if (q == 0 && p->t) {
		p->out = arena_alloc(a, PART_OUT + TRANSFER_SLACK);
		q = p->out ? 0 : -ENOMEM;
	}
	return q;
}

int
mail_read_gap(struct sink *s, int error)
{
	switch (error) {
	case -EFBIG:
	case -E2BIG:
	case -ETIME:
	case -ECANCELED:
	case -ENOMEM:
		return error;
	default:
		return sink_gap(s, GAP_IO_ERROR, true, "reading failed before the end");
	}
}

int
mail_read_error(struct mail *m, int error)
{
	if (!error || m->said_error)
		return 0;
	m->said_error = true;
	return mail_read_gap(m->s, error);
}

int
mime_start(struct mime *x, struct mail *m, struct reader *r)
{
	*x = (struct mime){.m = m};
	if (cut_start(&x->cut, r, m->s->budget, m->s->arena, LIMIT_CUT_LINE) < 0)
		return -ENOMEM;
	x->cut.judge = judge_bound;
	x->cut.user = x;
	x->cut.first[0] = x->cut.first[1] = '-';
	return 0;
}
