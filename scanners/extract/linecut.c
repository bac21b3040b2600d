/*
 * The end of line before a line that stops a run belongs to the line and not to the run, so that it
 * must be held back until the next line is known. That is all the state there is: everything else
 * lies in one buffer, and a run is as long as the buffer allows.
 */
#include "extract/linecut.h"

#include <errno.h>

#include "base/poison.h"

int
cut_start(struct linecut *c, struct reader *r, struct budget *b, struct arena *a, size_t cap)
{
	*c = (struct linecut){.r = r, .budget = b, .bol = true, .cap = cap};
	c->buf = arena_alloc(a, cap);
	return c->buf ? 0 : -ENOMEM;
}

/* Reads once behind what is there. False when there is no room or nothing comes. */
static bool
more(struct linecut *c)
{
	ssize_t got;

	if (c->eof)
		return false;
	if (c->at) {
		memmove(c->buf, c->buf + c->at, c->n - c->at);
		c->base += c->at;
		c->n -= c->at;
		c->at = 0;
	}
	if (c->n == c->cap)
		return false;
	/* the time that is up may be that of a child that reads from here: its own reading ends it */
	(void)budget_tick(c->budget);
	got = reader_read(c->r, c->buf + c->n, c->cap - c->n);
	if (got <= 0) {
		c->eof = true;
		c->error = (int)got;
		return false;
	}
	c->n += (size_t)got;
	return true;
}

static enum verdict
judge(struct linecut *c, size_t at)
{
	bool all = c->eof || (c->at == 0 && c->n == c->cap);
	enum verdict v;

	if (!c->judge || (c->buf[at] != c->first[0] && c->buf[at] != c->first[1]))
		return CUT_GO_ON;
	v = c->judge(c, span_of(c->buf + at, c->n - at), all);
	return v == CUT_MORE && all ? CUT_GO_ON : v;
}

/* The line at hand; there is a byte of it. */
static enum verdict
judge_here(struct linecut *c)
{
	enum verdict v;

	while ((v = judge(c, c->at)) == CUT_MORE)
		(void)more(c);
	return v;
}

static size_t
before_end(const struct linecut *c, size_t nl)
{
	return nl > c->at && c->buf[nl - 1] == '\r' ? nl - 1 : nl;
}

static bool
give(struct linecut *c, size_t end, struct span *ret)
{
	*ret = span_of(c->buf + c->at, end - c->at);
	c->at = end;
	return ret->n > 0;
}

/* The end of line at `at` and the line behind it, whose verdict is v. True: *ret is a run. */
static bool
pass_end(struct linecut *c, size_t next, enum verdict v, struct span *ret)
{
	if (v == CUT_DROP) {
		(void)give(c, next, ret);
		c->at++;
		return true;
	}
	if (v == CUT_STOP) {
		c->at = next;
		c->bol = c->stopped = true;
	} else {
		(void)more(c);
	}
	return false;
}

/* What can be handed on from here. False: nothing yet, or the run has ended. */
static bool
take(struct linecut *c, struct span *ret)
{
	size_t p = c->at;

	for (;;) {
		const uint8_t *nl = memchr(c->buf + p, '\n', c->n - p);
		size_t end, next;
		enum verdict v;

		if (!nl) {
			end = !c->eof && c->buf[c->n - 1] == '\r' ? c->n - 1 : c->n;
			return give(c, end, ret) || (more(c) && false);
		}
		next = (size_t)(nl - c->buf) + 1;
		if (next == c->n && c->eof) {
			c->bol = true;
			return give(c, next, ret);
		}
		v = next == c->n ? CUT_MORE : judge(c, next);
		if (v == CUT_GO_ON) {
			p = next;
			continue;
		}
		end = before_end(c, next - 1);
		return give(c, end, ret) || pass_end(c, next, v, ret);
	}
}

bool
cut_next(struct linecut *c, struct span *ret_run)
{
	while (!c->stopped) {
		if (c->at == c->n && !more(c))
			return false;
		if (c->bol) {
			enum verdict v = judge_here(c);

			c->stopped = v == CUT_STOP;
			c->bol = c->stopped;
			c->at += v == CUT_DROP;
		} else if (take(c, ret_run)) {
			return true;
		}
	}
	return false;
}

void
cut_drain(struct linecut *c)
{
	struct span s;

	while (cut_next(c, &s))
		;
}

bool
cut_ends(struct linecut *c)
{
	if (!c->stopped && c->at == c->n && !more(c))
		return true;
	if (!c->stopped && c->bol)
		c->stopped = judge_here(c) == CUT_STOP;
	return c->stopped;
}

bool
cut_line(struct linecut *c, struct span *ret_line)
{
	const uint8_t *nl;

	do
		nl = memchr(c->buf + c->at, '\n', c->n - c->at);
	while (!nl && more(c));
	if (c->at == c->n)
		return false;
	c->stopped = false;
	c->bol = nl != NULL;
	(void)give(c, nl ? (size_t)(nl - c->buf) + 1 : c->n, ret_line);
	return true;
}

void
cut_unread(struct linecut *c, struct span line)
{
	c->at -= line.n;
	c->bol = true;
}

struct span
cut_look(struct linecut *c)
{
	while (more(c))
		;
	return span_of(c->buf + c->at, c->n - c->at);
}

bool
span_line(struct span *s, struct span *ret_line)
{
	const uint8_t *nl = s->n ? memchr(s->p, '\n', s->n) : NULL;
	size_t n = nl ? (size_t)(nl - s->p) : s->n;

	if (!s->n)
		return false;
	*ret_line = span_sub(*s, 0, n);
	*s = span_sub(*s, n + 1, s->n);
	if (ret_line->n && ret_line->p[ret_line->n - 1] == '\r')
		ret_line->n--;
	return true;
}
