/*
 * The parts of a mail in the order they stand. A boundary that is missing, doubled or out of order
 * never hides anything: whatever is no part is searched as text, and an outer boundary ends all inner
 * parts. Recursion follows the nesting of multiparts and ends at LIMIT_MAIL_LEVELS; an attached message is an
 * item of its own, bounded by LIMIT_DEPTH.
 */
#include <errno.h>
#include <stdio.h>
#include <strings.h>

#include "base/cleanup.h"
#include "extract/charset.h"
#include "extract/mail.h"
#include "extract/mail_head.h"
#include "extract/mail_name.h"
#include "extract/mbox_partial.h"
#include "limits.h"

#include "base/poison.h"

/* --- children --------------------------------------------------------------------------------- */

int
mail_child(struct mail *m, struct reader *r, const char *raw)
{
	struct item child = {.r = r, .told = m->told};

	m->name.max = LIMIT_NAME;
	buf_clear(&m->name);
	child.raw_name = raw && !name_decode(&m->name, span_str(raw), false);
	if (!m->name.n)
		buf_printf(&m->name, "part-%u", m->parts);
	names_number(&m->names, &m->name);
	child.name = buf_span(&m->name);
	return m->s->ops->child(m->s, &child);
}

static int
message_child(struct mail *m, struct mail_part *p)
{
	char name[MAIL_NAME_SIZE];
	struct span head = {0};

	p->message = true;
	(void)reader_peek(&p->r, LIMIT_MAIL_PEEK, &head);
	if (!head.n)
		return 0;
	mail_name(head, name);
	return mail_child(m, &p->r, name);
}

/* Is there a block of uuencode within the first bytes, at the beginning of a line? */
static bool
has_uu(struct span s)
{
	struct span line;

	while (s.n) {
		if (uu_judge(s, true) == CUT_STOP)
			return true;
		(void)span_line(&s, &line);
	}
	return false;
}

/* uuencode as a transfer encoding: the block is the content, or there is none. */
static int
uu_part(struct mail *m, struct mail_part *p, const char *name)
{
	struct linecut cut;
	struct span line = {0};
	int q = reader_peek(&p->r, LIMIT_UU_LOOK, &line);

	if (q == 0 && !has_uu(line))
		return mail_child(m, &p->r, name);
	q = cut_start(&cut, &p->r, m->s->budget, m->s->arena, LIMIT_CUT_LINE);
	while (q == 0 && cut_line(&cut, &line)) {
		cut_unread(&cut, line);
		if (uu_judge(cut_look(&cut), true) == CUT_STOP)
			return uu_child(m, &cut);
		(void)cut_line(&cut, &line);
	}
	return q;
}

static bool
is_signature(const struct content *c)
{
	return content_is(c, "application", "pgp-signature") ||
		content_is(c, "application", "pkcs7-signature") ||
		content_is(c, "application", "x-pkcs7-signature");
}

static bool
is_smime(const struct content *c)
{
	return content_is(c, "application", "pkcs7-mime") ||
		content_is(c, "application", "x-pkcs7-mime");
}

static bool
is_message(const struct content *c)
{
	return content_is(c, "message", "rfc822") || content_is(c, "message", "global") ||
		content_is(c, "message", "news");
}

static bool
is_text(const struct content *c)
{
	return content_is(c, "text", "*") || content_is(c, "message", "*");
}

/* A piece of a mail by itself. */
static int
piece_run(struct mail *m, struct mail_part *p, const struct content *c)
{
	unsigned number = partial_number(c, "number"), total = partial_number(c, "total");
	char words[80];
	int q = 0;

	if (total)
		(void)snprintf(words, sizeof words, "piece %u of %u of a mail sent in several",
			number, total);
	else
		(void)snprintf(words, sizeof words, "piece %u of a mail sent in several", number);
	if (!partials_is_piece(m->it->r))
		q = sink_gap(m->s, GAP_MISSING_VOLUME, true, words);
	return q < 0 ? q : mail_text(m, &p->r, c);
}

static int
run_leaf(struct mime *x, struct mail_part *p, const struct content *c, unsigned level, bool uu)
{
	struct mail *m = x->m;
	const char *name = content_name(c);
	bool attached = name || content_is_attachment(c);

	m->parts++;
	if (is_message(c))
		return message_child(m, p);
	if (is_smime(c))
		return smime_run(m, &p->r, level);
	if (uu && (attached || content_is(c, "text", "html")))
		return uu_part(m, p, name);
	if (!attached && content_is(c, "text", "html"))
		return html_inline(m->it, m->s, &p->r, content_param(c, "charset"));
	if (content_is(c, "message", "partial"))
		return piece_run(m, p, c);
	if (!attached && is_text(c))
		return mail_text(m, &p->r, c);
	if (!name && content_is(c, "application", "ms-tnef"))
		name = "winmail.dat";
	return mail_child(m, &p->r, name);
}

static const char *
told_by(const struct content *c)
{
	const char *name = content_is(c, "text", "*") ? content_param(c, "charset") : NULL;

	return name && charset_find(span_str(name)) ? name : NULL;
}

static int
walk_leaf(struct mime *x, const struct content *c, struct span encoding, unsigned level)
{
	struct arena_mark mark = arena_mark(x->m->s->arena);
	struct mail_part p;
	bool uu = transfer_is_uu(encoding);
	int q = part_open(&p, x, encoding, is_text(c));

	x->m->told = told_by(c);
	if (q == 0)
		q = run_leaf(x, &p, c, level, uu && !p.t);
	x->m->told = NULL;
	reader_end(&p.r);
	arena_release(x->m->s->arena, mark);
	return q;
}

/* --- multiparts ------------------------------------------------------------------------------- */

/* What stands before, behind or instead of the parts. */
static int
walk_around(struct mime *x)
{
	struct arena_mark mark = arena_mark(x->m->s->arena);
	struct mail_part p;
	int q = part_open(&p, x, (struct span){0}, true);

	if (q == 0)
		q = mail_text(x->m, &p.r, NULL);
	reader_end(&p.r);
	arena_release(x->m->s->arena, mark);
	return q;
}

int
mail_check_head(struct mail *m)
{
	if (!m->head.failed)
		return 0;
	return sink_gap(m->s, GAP_TOO_BIG, true, "a mail header longer than the limit");
}

static int
walk_part(struct mime *x, unsigned level, bool digest, bool is_signed)
{
	struct mail *m = x->m;
	int q;

	head_read(&x->cut, &m->head);
	q = mail_check_head(m);
	if (q < 0)
		return q;
	if (is_signed) {
		_cleanup_(content_free) struct content *c = content_parse(
			head_find(buf_span(&m->head), "content-type"), (struct span){0});

		if (!c)
			return -ENOMEM;
		if (is_signature(c))
			return 0;
	}
	return mime_body(x, level, digest);
}

static int
say_end(struct mail *m, bool any)
{
	if (m->said_end)
		return 0;
	m->said_end = true;
	return sink_gap(m->s, GAP_CORRUPT, !any,
		any ? "mail ends before its last boundary" : "mail without the parts it speaks of");
}

static int
walk_parts(struct mime *x, const struct content *c, struct span bound, unsigned level)
{
	bool digest = content_is(c, "multipart", "digest");
	bool is_signed = content_is(c, "multipart", "signed");
	bool forms = content_is(c, "multipart", "alternative");
	bool any = false, closed = false;
	unsigned me = x->n_bounds++;
	int q;

	x->bounds[me] = bound;
	q = walk_around(x);
	if (q == 0 && forms)
		q = sink_form(x->m->s, FORM_FIRST);
	while (q == 0 && x->cut.stopped && x->hit == me) {
		bool last = x->closed;
		struct span line;

		(void)cut_line(&x->cut, &line);
		q = budget_tick(x->m->s->budget);
		if (q == 0 && forms && any && !last && !closed)
			q = sink_form(x->m->s, FORM_NEXT);
		closed |= last;
		any |= !last;
		if (q == 0)
			q = last ? walk_around(x) : walk_part(x, level + 1, digest, is_signed);
		cut_drain(&x->cut);
	}
	x->n_bounds = me;
	if (q == 0 && forms)
		q = sink_form(x->m->s, FORM_END);
	return q == 0 && !x->cut.stopped && !x->cut.error && !closed ? say_end(x->m, any) : q;
}

static struct span
boundary_of(const struct content *c)
{
	const char *p = content_is(c, "multipart", "*") ? content_param(c, "boundary") : NULL;
	struct span b = span_sub(span_str(p ? p : ""), 0, LIMIT_MAIL_BOUND);

	while (b.n && (b.p[b.n - 1] == ' ' || b.p[b.n - 1] == '\t'))
		b.n--;
	return b;
}

static int
walk_encrypted(struct mime *x, const struct content *c)
{
	const char *protocol = content_param(c, "protocol");
	bool pgp = !protocol || strcasecmp(protocol, "application/pgp-encrypted") == 0;

	cut_drain(&x->cut);
	return sink_gap(x->m->s, GAP_ENCRYPTED, true, pgp ? "PGP message" : "encrypted mail");
}

int
mime_body(struct mime *x, unsigned level, bool digest)
{
	struct mail *m = x->m;
	struct span head = buf_span(&m->head), type = head_find(head, "content-type"), bound;
	_cleanup_(content_free) struct content *c =
		content_parse(type.n || !digest ? type : span_str("message/rfc822"),
			head_find(head, "content-disposition"));
	int q;

	if (!c)
		return -ENOMEM;
	bound = boundary_of(c);
	if (!bound.n)
		q = walk_leaf(x, c, head_find(head, "content-transfer-encoding"), level);
	else if (content_is(c, "multipart", "encrypted"))
		q = walk_encrypted(x, c);
	else if (level < LIMIT_MAIL_LEVELS)
		q = walk_parts(x, c, bound, level);
	else if (m->said_deep)
		q = 0;
	else
		q = sink_gap(m->s, GAP_TOO_DEEP, true, "multiparts within multiparts");
	m->said_deep |= bound.n && level >= LIMIT_MAIL_LEVELS;
	cut_drain(&x->cut);
	return q < 0 ? q : mail_read_error(m, x->cut.error);
}

int
mime_run(struct mail *m, struct reader *r, unsigned level)
{
	struct arena_mark mark = arena_mark(m->s->arena);
	struct mime x;
	int q = mime_start(&x, m, r);

	if (q == 0)
		q = walk_part(&x, level, false, false);
	arena_release(m->s->arena, mark);
	return q;
}
