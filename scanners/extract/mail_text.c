/*
 * The bodies of a mail. Plain text passes through line by line, because what is in its midst belongs
 * elsewhere: a block of uuencode is an attachment, a PGP message cannot be read. Text whose lines were
 * broken on the way (format=flowed) is joined again, so that a number broken in two is found.
 */
#include <errno.h>
#include <strings.h>

#include "extract/charset.h"
#include "extract/extract.h"
#include "extract/mail.h"
#include "text_test.h"
#include "limits.h"

#include "base/poison.h"

/* --- lines that flow (RFC 3676) ------------------------------------------------------------------ */

struct flow {
	struct sink *s;
	bool on, delsp;
	bool bol; /* at the beginning of a line ... */
	bool joined; /* ... that goes on from the one before */
	bool blank; /* a blank is held back */
	uint8_t dashes; /* "--" begins the line: 2 when it is all of it */
	size_t n;
	uint8_t out[2048];
};

static int
flow_flush(struct flow *f)
{
	int q = f->n ? f->s->ops->text(f->s, span_of(f->out, f->n)) : 0;

	f->n = 0;
	return q;
}

static void
flow_end_line(struct flow *f)
{
	bool soft = f->blank && f->dashes != 2;

	if (f->blank && !(soft && f->delsp))
		f->out[f->n++] = ' ';
	if (!soft)
		f->out[f->n++] = '\n';
	f->blank = false;
	f->joined = soft;
	f->bol = true;
	f->dashes = 0;
}

static void
flow_byte(struct flow *f, uint8_t c)
{
	if (f->bol && f->joined && c == '>')
		return;
	if (f->bol && f->joined && c == ' ') {
		f->bol = false; /* stuffed */
		return;
	}
	f->bol = false;
	if (f->blank)
		f->out[f->n++] = ' ';
	f->blank = c == ' ';
	if (!f->blank)
		f->out[f->n++] = c;
	if (c == '-' && f->dashes < 3)
		f->dashes++;
	else if (c != ' ' || f->dashes != 2)
		f->dashes = 3;
}

static int
put_text(void *user, struct span utf8)
{
	struct flow *f = user;
	int q = 0;

	if (!f->on)
		return f->s->ops->text(f->s, utf8);
	for (size_t i = 0; i < utf8.n && q == 0; i++) {
		if (utf8.p[i] == '\n')
			flow_end_line(f);
		else if (utf8.p[i] != '\r')
			flow_byte(f, utf8.p[i]);
		/* whole characters only: a piece ends before the first byte of one */
		if (f->n > sizeof f->out - 8 && (i + 1 == utf8.n || (utf8.p[i + 1] & 0xC0) != 0x80))
			q = flow_flush(f);
	}
	return q == 0 ? flow_flush(f) : q;
}

static bool
param_is(const struct content *c, const char *name, const char *value)
{
	const char *have = c ? content_param(c, name) : NULL;

	return have && strcasecmp(have, value) == 0;
}

/* --- charsets -------------------------------------------------------------------------------------- */

/* What the part declares; NULL, to be taken for UTF-8 or Windows-1252, when that is no help. */
static const struct charset *
charset_of(struct reader *r, const struct content *c)
{
	const char *name = c ? content_param(c, "charset") : NULL;
	struct span head;

	if (!name || strcasecmp(name, "us-ascii") == 0)
		return NULL;
	if (strcasecmp(name, "utf-16") == 0 && reader_peek(r, 2, &head) == 0)
		name = span_has(head, 0, "\xFF\xFE", 2) ? "utf-16le" : "utf-16be";
	return charset_find(span_str(name));
}

/* --- plain text ---------------------------------------------------------------------------------- */

struct body {
	struct linecut cut;
	struct mail *m;
	const struct charset *charset;
	struct flow flow;
	bool pgp; /* a PGP message was seen */
};

static enum verdict
judge_text(struct linecut *c, struct span s, bool all)
{
	static const char pgp[] = "-----BEGIN PGP MESSAGE-----";
	struct body *b = c->user;

	if (s.p[0] == 'b')
		return uu_judge(s, all);
	if (s.n > 1 && s.p[1] != '-')
		return CUT_GO_ON;
	if (s.n < sizeof pgp - 1 && !all)
		return CUT_MORE;
	b->pgp |= span_has(s, 0, pgp, sizeof pgp - 1);
	return CUT_GO_ON;
}

static int
feed_run(struct body *b, struct decoder *d)
{
	struct span run;
	int q = 0;

	while (q == 0 && cut_next(&b->cut, &run))
		q = decoder_feed(d, run, put_text, &b->flow);
	return q == 0 ? decoder_end(d, put_text, &b->flow) : q;
}

/* The text to the next uuencoded block or the end. */
static int
text_run(struct body *b)
{
	const struct text_at at = {.part = PART_BODY};
	struct sink *s = b->m->s;
	struct decoder d;
	int q;

	if (cut_ends(&b->cut))
		return 0;
	decoder_start(&d, b->charset);
	b->flow.bol = true;
	b->flow.joined = false;
	q = s->ops->text_begin(s, &at);
	if (q == 0)
		q = feed_run(b, &d);
	return q < 0 ? q : s->ops->text_end(s);
}

static int
text_all(struct body *b)
{
	int q = text_run(b);

	while (q == 0 && b->cut.stopped) {
		q = uu_child(b->m, &b->cut);
		if (q == 0)
			q = text_run(b);
	}
	if (q == 0 && b->pgp)
		q = sink_gap(b->m->s, GAP_ENCRYPTED, true, "PGP message");
	return q < 0 ? q : mail_read_error(b->m, b->cut.error);
}

int
mail_text(struct mail *m, struct reader *r, const struct content *c)
{
	struct body *b = arena_alloc(m->s->arena, sizeof *b);

	if (!b)
		return -ENOMEM;
	b->m = m;
	b->flow.s = m->s;
	b->flow.on = param_is(c, "format", "flowed");
	b->flow.delsp = param_is(c, "delsp", "yes");
	b->charset = charset_of(r, c);
	if (cut_start(&b->cut, r, m->s->budget, m->s->arena, LIMIT_CUT_LINE / 2) < 0)
		return -ENOMEM;
	b->cut.judge = judge_text;
	b->cut.user = b;
	b->cut.first[0] = 'b';
	b->cut.first[1] = '-';
	return text_all(b);
}

/* --- bodies of other kinds ------------------------------------------------------------------------ */

static bool
has_pgp(struct reader *r)
{
	static const char mark[] = "-----BEGIN PGP MESSAGE-----";
	struct span head;

	return reader_peek(r, READER_HEAD, &head) == 0 && head.n &&
		memmem(head.p, head.n, mark, sizeof mark - 1);
}

int
html_inline(const struct item *it, struct sink *s, struct reader *r, const char *charset)
{
	struct item in = *it;
	bool known = charset && charset_find(span_str(charset)), pgp;
	int q;

	in.r = r;
	in.head = (struct span){0};
	if (reader_peek(r, LIMIT_MAIL_TEXT, &in.head) < 0 || !in.head.n)
		return 0;
	in.format = FORMAT_TEXT;
	in.mime = "text/html";
	in.charset = known && strcasecmp(charset, "us-ascii") != 0
		? charset
		: text_test(in.head, in.head.n < LIMIT_MAIL_TEXT);
	if (!in.charset)
		in.charset = "utf-8";
	pgp = has_pgp(r);
	q = extract_item(&in, s);
	return q == 0 && pgp ? sink_gap(s, GAP_ENCRYPTED, true, "PGP message") : q;
}

int
rtf_inline(const struct item *it, struct sink *s, struct span rtf)
{
	struct item in = *it;
	struct reader r;
	int q = budget_bytes(s->budget, rtf.n);

	if (q < 0 || !rtf.n)
		return q;
	reader_mem(&r, rtf);
	in.r = &r;
	in.format = FORMAT_RTF;
	in.mime = "text/rtf";
	q = reader_peek(&r, READER_HEAD, &in.head);
	if (q == 0)
		q = extract_item(&in, s);
	reader_end(&r);
	return q;
}
