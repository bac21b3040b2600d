/*
 * A mailbox in one file, of any size: messages one behind the other, each after a line "From someone
 * Mon Nov 24 08:00:00 2014". Writers of mbox quote such lines in a body with '>' (mboxo, mboxrd: one
 * '>' is taken off), or say the body's length in a header instead (mboxcl2), which is believed when a
 * message or the end does follow there. Each message is a child that reads from here on to the next
 * such line, so that memory does not grow with the mailbox nor with a message.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>

#include "extract/extract.h"
#include "extract/mail.h"
#include "extract/mail_head.h"
#include "extract/mail_name.h"
#include "extract/mbox_partial.h"
#include "limits.h"

#include "base/poison.h"

struct mbox {
	struct linecut cut;
	struct sink *s;
	uint64_t messages;
	uint64_t sealed; /* up to this offset of the stream nothing is a "From " line */
	struct partials partials;
};

struct message {
	struct reader r; /* first: its ops find the rest by it */
	struct mbox *b;
	struct span run;
	struct span held; /* its first bytes, which have been read already */
};

static enum verdict
judge_from(struct linecut *c, struct span s, bool all)
{
	const struct mbox *b = c->user;
	struct span line = span_sub(s, 0, LIMIT_FROM_LINE);
	const uint8_t *nl;
	size_t quotes = 0;

	if (c->base + (uint64_t)(s.p - c->buf) < b->sealed)
		return CUT_GO_ON;
	while (quotes < line.n && line.p[quotes] == '>')
		quotes++;
	line = span_sub(line, quotes, line.n);
	if (memcmp(line.p, "From ", line.n < 5 ? line.n : 5) != 0)
		return CUT_GO_ON;
	if (quotes)
		return line.n >= 5 ? CUT_DROP : CUT_MORE;
	nl = memchr(line.p, '\n', line.n);
	if (!nl && !all && s.n < LIMIT_FROM_LINE)
		return CUT_MORE;
	if (nl)
		line.n = (size_t)(nl - line.p);
	return head_from_line(line) ? CUT_STOP : CUT_GO_ON;
}

static ssize_t
message_read(struct reader *r, void *to, size_t n)
{
	struct message *m = (struct message *)r;

	if (m->held.n && !m->run.n) {
		m->run = m->held;
		m->held = (struct span){0};
	}
	if (!m->run.n && !cut_next(&m->b->cut, &m->run))
		return m->b->cut.error;
	if (n > m->run.n)
		n = m->run.n;
	memcpy(to, m->run.p, n);
	m->run = span_sub(m->run, n, m->run.n);
	return (ssize_t)n;
}

static const struct reader_ops message_ops = {.read = message_read};

bool
mbox_is_message(const struct reader *r)
{
	return r->ops == &message_ops || partials_is_message(r);
}

/* Is there a message, or the end, at this offset of the stream? */
static bool
follows(struct mbox *b, struct span ahead, uint64_t here, uint64_t at)
{
	uint8_t bytes[16];
	struct span s;

	if (at - here < ahead.n && ahead.n - (at - here) >= 9) {
		s = span_sub(ahead, (size_t)(at - here), 9);
	} else if (reader_seekable(b->cut.r)) {
		ssize_t got = reader_pread(b->cut.r, bytes, 9, at);

		if (got < 0 || at > b->cut.r->size)
			return false;
		s = span_of(bytes, (size_t)got);
	} else {
		return false;
	}
	while (s.n && (s.p[0] == '\r' || s.p[0] == '\n'))
		s = span_sub(s, 1, s.n);
	return s.n == 0 || span_has(s, 0, "From ", 5);
}

/* A message begins with these bytes: its Content-Length, when it is true, seals its body. */
static void
seal(struct mbox *b, struct span ahead)
{
	struct span s = ahead, line;
	uint64_t here = b->cut.base + b->cut.at, length = 0;
	bool has = false;

	while (span_line(&s, &line) && line.n) {
		size_t n = head_field(line);

		if (!n || !head_is(span_sub(line, 0, n), "content-length"))
			continue;
		length = 0;
		for (n++; n < line.n && (isdigit(line.p[n]) || line.p[n] == ' '); n++) {
			if (isdigit(line.p[n]) && length < UINT64_MAX / 100)
				length = length * 10 + (uint64_t)(line.p[n] - '0');
		}
		has = n == line.n && length < UINT64_MAX / 100;
	}
	if (has && s.p > ahead.p) {
		uint64_t body = here + (uint64_t)(s.p - ahead.p);

		if (follows(b, ahead, here, body + length))
			b->sealed = body + length;
	}
}

static int
give_message(struct mbox *b, struct span ahead, struct span held)
{
	struct message m = {.b = b, .held = held};
	char name[MAIL_NAME_SIZE];
	struct item child = {.r = &m.r};
	int q;

	mail_name(ahead, name);
	child.name = span_str(name);
	reader_init(&m.r, &message_ops, UINT64_MAX);
	q = b->s->ops->child(b->s, &child);
	reader_end(&m.r);
	cut_drain(&b->cut);
	return q;
}

/* Holds the piece of a mail that begins here; one that is too large is a message like others. */
static int
hold_piece(struct mbox *b)
{
	size_t room = partials_room(&b->partials);
	struct buf held = {.max = room + b->cut.cap};
	struct span run;
	int q = 0;

	while (held.n < room && cut_next(&b->cut, &run))
		buf_put(&held, run.p, run.n);
	if (held.failed)
		q = -ENOMEM;
	else if (held.n >= room)
		q = give_message(b, buf_span(&held), buf_span(&held));
	else
		q = partials_add(&b->partials, b->s, &held);
	buf_free(&held);
	return q;
}

static int
take_message(struct mbox *b)
{
	struct span ahead = cut_look(&b->cut);

	seal(b, ahead);
	if (partial_begins(ahead) && partials_room(&b->partials))
		return hold_piece(b);
	return give_message(b, ahead, (struct span){0});
}

static int
walk(struct mbox *b)
{
	struct span line;
	int q = 0;

	while (q == 0 && cut_line(&b->cut, &line)) {
		/* only the very first line can be another one: a message all the same */
		if (!span_has(line, 0, "From ", 5))
			cut_unread(&b->cut, line);
		if (cut_ends(&b->cut))
			continue;
		b->messages++;
		q = take_message(b);
	}
	return q;
}

static int
say_mailbox(struct mbox *b)
{
	char words[64];
	const struct file_fact fact = {.kind = FACT_MAILBOX, .count = b->messages, .words = words};

	(void)snprintf(words, sizeof words, "mbox with %llu message%s",
		(unsigned long long)b->messages, b->messages == 1 ? "" : "s");
	return sink_fact(b->s, &fact);
}

static int
mbox_run(struct item *it, struct sink *s)
{
	struct mbox b = {.s = s};
	int q = cut_start(&b.cut, it->r, s->budget, s->arena, 2 * LIMIT_CUT_LINE);

	if (q == 0) {
		b.cut.judge = judge_from;
		b.cut.user = &b;
		b.cut.first[0] = 'F';
		b.cut.first[1] = '>';
		q = walk(&b);
		if (q == 0)
			q = partials_give(&b.partials, s);
		partials_free(&b.partials);
		if (q == 0 && b.cut.error)
			q = mail_read_gap(s, b.cut.error);
		if (q == 0)
			q = say_mailbox(&b);
	}
	return q;
}

static int
mbox_bid(const struct item *it)
{
	return it->format == FORMAT_MAIL && strcmp(it->mime, "application/mbox") == 0 ? 90 : 0;
}

const struct extractor extract_mbox = {
	.name = "mbox",
	.formats = "mailboxes (mbox)",
	.open = mail_codec_open,
	.bid = mbox_bid,
	.run = mbox_run,
};
