/*
 * The buffer holds [context | owned | context]. It is handed to the engine when it is full; then
 * the last two contexts move to the front. Lines are counted once, as bytes are handed on, for all who
 * want to know; a place costs only the distance from the front.
 */
#include "chunker.h"

#include <errno.h>
#include <stdlib.h>

#include "base/count.h"
#include "base/utf8.h"
#include "fold.h"
#include "limits.h"

#include "base/poison.h"

#define CHUNK_CAP (CHUNK_SIZE + 2 * CHUNK_CONTEXT)

struct chunker {
	struct chunker_out out;
	struct text_at at;
	char name[64]; /* copy of at.name */
	uint64_t line; /* line of buf[0], from 1 */
	uint64_t own_line; /* of buf[own_lo] */
	uint64_t line_bytes; /* bytes of that line that have left the front */
	struct fold_log lost;
	size_t n, own_lo;
	bool starts;
	bool open; /* a run has begun and is not handed on whole; raw runs stay so */
	size_t n_runs;
	struct {
		size_t pos; /* in buf */
		uint64_t offset;
		uint8_t step;
	} runs[LIMIT_RAW_RUNS];
	uint8_t buf[CHUNK_CAP + MATCH_PAD];
};

int
chunker_new(const struct chunker_out *out, struct chunker **ret_c)
{
	struct chunker *c = malloc(sizeof *c);

	if (!c)
		return -ENOMEM;
	c->out = *out;
	c->open = false;
	c->n = c->n_runs = 0;
	c->lost = (struct fold_log){0};
	*ret_c = c;
	return 0;
}

void
chunker_free(struct chunker *c)
{
	if (c)
		fold_log_free(&c->lost);
	free(c);
}

static void
restart(struct chunker *c)
{
	c->n = c->own_lo = c->n_runs = c->lost.n = 0;
	c->lost.failed = false;
	c->line = c->own_line = 1;
	c->line_bytes = 0;
	c->starts = true;
}

/* Bytes of the item that buf[from..to) of the i-th run stands for. */
static uint64_t
raw_bytes(const struct chunker *c, size_t i, size_t from, size_t to)
{
	uint64_t chars = 0;

	if (c->runs[i].step == 1)
		return to - from;
	for (size_t at = from; at < to; at++)
		chars += (c->buf[at] & 0xC0) != 0x80;
	return chars * c->runs[i].step;
}

/* The first n bytes leave the front. */
static void
drop_front(struct chunker *c, size_t n)
{
	const uint8_t *last = n ? memrchr(c->buf, '\n', n) : NULL;
	size_t bol = last ? (size_t)(last + 1 - c->buf) : 0, kept = 0;

	c->line = c->own_line - count_byte(span_of(c->buf + n, c->own_lo - n), '\n');
	c->line_bytes = (last ? 0 : c->line_bytes) + (n - bol);
	if (n > bol)
		c->line_bytes += fold_lost(&c->lost, bol, n - 1);
	fold_log_cut(&c->lost, n);
	for (size_t i = 0; i < c->n_runs; i++) {
		/* the run that reaches over the cut is kept, moved to the new front */
		if (c->runs[i].pos < n && i + 1 < c->n_runs && c->runs[i + 1].pos <= n)
			continue;
		c->runs[kept] = c->runs[i];
		if (c->runs[i].pos < n) {
			c->runs[kept].offset += raw_bytes(c, kept, c->runs[i].pos, n);
			c->runs[kept].pos = 0;
		} else {
			c->runs[kept].pos -= n;
		}
		kept++;
	}
	c->n_runs = kept;
	memmove(c->buf, c->buf + n, c->n - n);
	c->n -= n;
	c->own_lo -= n;
	c->starts = false;
}

static int
hand_on(struct chunker *c, bool last)
{
	const enum part part = c->at.part;
	struct chunk k = {.buf = c->buf,
		.n = c->n,
		.own_lo = c->own_lo,
		.own_hi = last ? c->n : c->n - CHUNK_CONTEXT,
		.starts = c->starts,
		.ends = last,
		.scope = part == PART_RAW   ? SCOPE_RAW
			: part == PART_NAME ? SCOPE_NAME
					    : SCOPE_TEXT};
	struct span own;
	size_t newlines;
	int r;

	if (k.own_hi <= k.own_lo)
		return 0;
	own = span_of(c->buf + k.own_lo, k.own_hi - k.own_lo);
	newlines = part == PART_RAW ? 0 : count_byte(own, '\n');
	if (c->out.tables && part != PART_RAW)
		k.cells = c->out.tables(c->out.user, own, newlines, k.own_lo);
	r = matcher_scan(c->out.matcher, &k, c->out.hit, c->out.user);
	if (r != 0)
		return r;
	if (c->out.seen && k.scope == SCOPE_TEXT)
		c->out.seen(c->out.user, own, newlines);
	c->own_lo = k.own_hi;
	c->own_line += newlines;
	if (!last && c->own_lo > CHUNK_CONTEXT)
		drop_front(c, c->own_lo - CHUNK_CONTEXT);
	return 0;
}

int
chunker_flush(struct chunker *c)
{
	int r = c->open ? hand_on(c, true) : 0;

	c->open = false;
	return r;
}

int
chunker_begin(struct chunker *c, const struct text_at *at)
{
	int r;

	if (at->part == PART_RAW && c->open && c->at.part == PART_RAW) {
		if (c->n_runs == LIMIT_RAW_RUNS || c->n + 2 * CHUNK_CONTEXT > CHUNK_CAP) {
			r = chunker_flush(c);
			if (r != 0)
				return r;
			restart(c);
		} else {
			c->buf[c->n++] = '\n';
		}
	} else {
		r = chunker_flush(c);
		if (r != 0)
			return r;
		restart(c);
	}
	c->at = *at;
	if (at->line)
		c->line = c->own_line = at->line;
	if (at->col)
		c->line_bytes = at->col - 1;
	c->open = true;
	if (at->part == PART_RAW) {
		c->runs[c->n_runs].pos = c->n;
		c->runs[c->n_runs].step = at->step ? at->step : 1;
		c->runs[c->n_runs++].offset = at->offset;
	}
	utf8_copy(c->name, sizeof c->name, span_str(at->name ? at->name : ""));
	return 0;
}

int
chunker_put(struct chunker *c, struct span s)
{
	while (s.n) {
		size_t room = CHUNK_CAP - c->n, n = s.n < room ? s.n : room;

		/* cut between characters, so that folding sees whole ones */
		while (n < s.n && n > 1 && (s.p[n] & 0xC0) == 0x80)
			n--;
		c->lost.base = c->n;
		c->n += fold_copy(c->buf + c->n, span_sub(s, 0, n), &c->lost);
		if (c->lost.failed)
			return -ENOMEM;
		s = span_sub(s, n, s.n);
		if (c->n > CHUNK_CAP - 8) {
			int r = hand_on(c, false);

			if (r != 0)
				return r;
		}
	}
	return 0;
}

int
chunker_end(struct chunker *c)
{
	return c->at.part == PART_RAW ? 0 : chunker_flush(c);
}

static void
place_line(const struct chunker *c, size_t start, struct place *p)
{
	const uint8_t *last = start ? memrchr(c->buf, '\n', start) : NULL;
	size_t bol = last ? (size_t)(last + 1 - c->buf) : 0;

	p->line = c->line + count_byte(span_of(c->buf, bol), '\n');
	p->col = start - bol + 1 + fold_lost(&c->lost, bol, start) + (bol == 0 ? c->line_bytes : 0);
}

static uint64_t
raw_offset(const struct chunker *c, size_t start)
{
	size_t i = c->n_runs;

	while (i > 1 && c->runs[i - 1].pos > start)
		i--;
	if (i-- == 0)
		return 0;
	return c->runs[i].offset + raw_bytes(c, i, c->runs[i].pos, start);
}

void
chunker_place(const struct chunker *c, const struct hit *h, struct place *ret_p)
{
	*ret_p = (struct place){.part = c->at.part, .page = c->at.page};
	memcpy(ret_p->name, c->name, sizeof c->name);
	if (c->at.part == PART_RAW) {
		ret_p->kind = PLACE_OFFSET;
		ret_p->offset = raw_offset(c, h->start);
		return;
	}
	place_line(c, h->start, ret_p);
	ret_p->kind = c->at.page ? PLACE_PAGE : c->at.lines ? PLACE_LINE : PLACE_PART;
}
