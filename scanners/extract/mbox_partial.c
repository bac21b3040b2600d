/*
 * A piece says nothing by itself: a number or an attachment's base64 goes on in the next. So pieces are
 * held, within bounds, until the mailbox has been read; then those of one id that are all there are
 * one mail, whose header is the one inside the first of them.
 */
#include "extract/mbox_partial.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/cleanup.h"
#include "extract/mail_head.h"
#include "extract/mail_name.h"
#include "limits.h"

#include "base/poison.h"

struct piece {
	struct buf b; /* the message, header and all */
	size_t body; /* where its content begins */
	char *id;
	unsigned number, total; /* 0: not known */
	bool given;
};

bool
partial_begins(struct span ahead)
{
	static const char type[] = "message/partial";
	struct span line;

	while (span_line(&ahead, &line) && line.n) {
		size_t n = head_field(line);

		if (!n || !head_is(span_sub(line, 0, n), "content-type"))
			continue;
		for (n++;
			n < line.n && (line.p[n] == ' ' || line.p[n] == '\t' || line.p[n] == ':');)
			n++;
		return line.n - n >= sizeof type - 1 &&
			strncasecmp((const char *)line.p + n, type, sizeof type - 1) == 0;
	}
	return false;
}

size_t
partials_room(const struct partials *p)
{
	return p->n < LIMIT_PIECES ? LIMIT_PIECES_BYTES - p->bytes : 0;
}

unsigned
partial_number(const struct content *c, const char *name)
{
	const char *s = content_param(c, name);
	unsigned long v = s ? strtoul(s, NULL, 10) : 0;

	return v <= LIMIT_PIECE_NUMBER ? (unsigned)v : 0;
}

/* What the header says. 0 or -ENOMEM. */
static int
parse_piece(struct piece *x, struct sink *s)
{
	struct arena_mark mark = arena_mark(s->arena);
	struct buf head = {.max = LIMIT_MAIL_HEAD};
	_cleanup_(content_free) struct content *c = NULL;
	struct linecut cut;
	struct reader r;
	int q;

	reader_mem(&r, buf_span(&x->b));
	q = cut_start(&cut, &r, s->budget, s->arena, LIMIT_CUT_LINE);
	if (q == 0) {
		const char *id;

		head_read(&cut, &head);
		x->body = (size_t)cut.base + cut.at;
		c = content_parse(head_find(buf_span(&head), "content-type"), (struct span){0});
		id = c ? content_param(c, "id") : NULL;
		x->id = c ? strdup(id ? id : "") : NULL;
		x->number = c ? partial_number(c, "number") : 0;
		x->total = c ? partial_number(c, "total") : 0;
	}
	reader_end(&r);
	buf_free(&head);
	arena_release(s->arena, mark);
	return q == 0 && !x->id ? -ENOMEM : q;
}

int
partials_add(struct partials *p, struct sink *s, struct buf *b)
{
	struct piece *x;

	if (!p->list)
		p->list = calloc(LIMIT_PIECES, sizeof *p->list);
	if (!p->list)
		return -ENOMEM;
	x = &p->list[p->n++];
	x->b = *b;
	*b = (struct buf){0};
	p->bytes += x->b.n;
	return parse_piece(x, s);
}

/* --- what is handed on ------------------------------------------------------------------------- */

struct held {
	struct reader r; /* first: its ops find the rest by it */
	const struct piece *const *list;
	size_t n, at; /* pieces, and those that have been read */
	size_t off; /* in the message at hand */
	bool joined; /* contents only */
};

static ssize_t
held_read(struct reader *r, void *to, size_t n)
{
	struct held *h = (struct held *)r;

	for (; h->at < h->n; h->at++, h->off = 0) {
		const struct piece *x = h->list[h->at];
		struct span s = span_sub(buf_span(&x->b), (h->joined ? x->body : 0) + h->off, n);

		h->off += s.n;
		if (s.n) {
			memcpy(to, s.p, s.n);
			return (ssize_t)s.n;
		}
	}
	return 0;
}

static const struct reader_ops held_ops = {.read = held_read};

bool
partials_is_message(const struct reader *r)
{
	return r->ops == &held_ops;
}

bool
partials_is_piece(const struct reader *r)
{
	return r->ops == &held_ops && !((const struct held *)r)->joined;
}

/* The pieces as one child; ret_name: its name. */
static int
give(struct sink *s, const struct piece *const *list, size_t n, bool joined,
	char ret_name[MAIL_NAME_SIZE])
{
	struct held h = {.list = list, .n = n, .joined = joined};
	struct item child = {.r = &h.r};
	struct span head = {0};
	int q;

	reader_init(&h.r, &held_ops, UINT64_MAX);
	(void)reader_peek(&h.r, READER_HEAD / 4, &head);
	mail_name(head, ret_name);
	child.name = span_str(ret_name);
	q = s->ops->child(s, &child);
	reader_end(&h.r);
	return q;
}

static int
by_number(const void *a, const void *b)
{
	const struct piece *x = *(const struct piece *const *)a,
			   *y = *(const struct piece *const *)b;

	return (x->number > y->number) - (x->number < y->number);
}

/* What is not there, in words. */
static void
say_lack(char *to, size_t size, const struct piece *const *list, size_t n, unsigned total)
{
	unsigned said = 0;
	size_t at = 0, len;

	len = total ? (size_t)snprintf(to, size, "a mail sent in %u pieces lacks", total)
		    : (size_t)snprintf(to, size, "a mail sent in pieces lacks its last one");
	for (unsigned i = 1; i <= total && len < size; i++) {
		while (at < n && list[at]->number < i)
			at++;
		if (at < n && list[at]->number == i)
			continue;
		if (++said > LIMIT_PIECES_SAID) {
			(void)snprintf(to + len, size - len, " and others");
			return;
		}
		len += (size_t)snprintf(to + len, size - len, "%s %u", said > 1 ? "," : "", i);
	}
}

static int
give_lone(struct sink *s, const struct piece *const *list, size_t n, unsigned total)
{
	char words[160], name[MAIL_NAME_SIZE], first[MAIL_NAME_SIZE] = "";
	struct span inner;
	int q = 0;

	for (size_t i = 0; q == 0 && i < n; i++)
		q = give(s, list + i, 1, false, i ? name : first);
	say_lack(words, sizeof words, list, n, total);
	inner = span_str(first);
	return q < 0 ? q : s->ops->gap(s, GAP_MISSING_VOLUME, true, words, &inner);
}

static bool
same_content(const struct piece *a, const struct piece *b)
{
	struct span x = span_sub(buf_span(&a->b), a->body, a->b.n);
	struct span y = span_sub(buf_span(&b->b), b->body, b->b.n);

	return span_eq(x, y);
}

/* Pieces that are there again and say something else are no part of it. */
static int
give_joined(struct sink *s, const struct piece **list, size_t n, unsigned total)
{
	char name[MAIL_NAME_SIZE];
	size_t whole = 0;
	int q = 0;

	for (size_t i = 0; q == 0 && i < n; i++) {
		if (list[i]->number == whole + 1) {
			const struct piece *x = list[i];

			list[i] = list[whole];
			list[whole++] = x;
		} else if (whole == 0 || !same_content(list[i], list[whole - 1])) {
			q = give(s, list + i, 1, false, name);
		}
	}
	return q < 0 ? q : give(s, list, total, true, name);
}

/* How many of 1, 2, ... are there without a hole. */
static unsigned
in_a_row(const struct piece *const *list, size_t n)
{
	unsigned next = 1;

	for (size_t i = 0; i < n; i++)
		next += list[i]->number == next;
	return next - 1;
}

/* Those of one id: list has room for all pieces. */
static int
give_set(struct partials *p, struct sink *s, size_t first, const struct piece **list)
{
	unsigned total = 0;
	size_t n = 0;

	for (size_t i = first; i < p->n; i++) {
		struct piece *x = &p->list[i];

		if (x->given || strcmp(x->id, p->list[first].id) != 0)
			continue;
		x->given = true;
		total = x->total > total ? x->total : total;
		list[n++] = x;
	}
	qsort(list, n, sizeof *list, by_number);
	return total && in_a_row(list, n) >= total ? give_joined(s, list, n, total)
						   : give_lone(s, list, n, total);
}

int
partials_give(struct partials *p, struct sink *s)
{
	const struct piece **list = p->n ? calloc(p->n, sizeof(struct piece *)) : NULL;
	int q = p->n && !list ? -ENOMEM : 0;

	for (size_t i = 0; q == 0 && i < p->n; i++) {
		if (!p->list[i].given)
			q = give_set(p, s, i, list);
	}
	free(list);
	return q;
}

void
partials_free(struct partials *p)
{
	for (size_t i = 0; i < p->n; i++) {
		buf_free(&p->list[i].b);
		free(p->list[i].id);
	}
	free(p->list);
	*p = (struct partials){0};
}
