/*
 * expat sees blocks of 64 KiB, so a sheet of any length costs no memory. A token that does not end
 * in a block makes the next block larger: reading it again then stays linear.
 */
#include "extract/xmlpart.h"

#include <errno.h>
#include <expat.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "extract/xmlfast.h"
#include "limits.h"

#include "base/poison.h"

#define BLOCK (64 * KIB)
#define HEAD  (4 * KIB) /* an XML declaration is much shorter */

static void
parser_free(XML_Parser *p)
{
	if (*p)
		XML_ParserFree(*p);
}

static const char *
local_name(const char *q)
{
	for (const char *s = q; *s; s++) {
		if (*s == ':')
			return s + 1;
	}
	return q;
}

static int
stop(struct xmlpart *x, int err)
{
	x->err = err;
	x->stopped = true;
	if (x->parser)
		(void)XML_StopParser(x->parser, XML_FALSE);
	return err;
}

int
xmlpart_start(struct xmlpart *x, const char *q, const char **atts)
{
	int r;

	if (x->stopped)
		return x->err;
	if (++x->depth > LIMIT_XML_DEPTH)
		return stop(x, sink_gap(x->s, GAP_TOO_DEEP, true, "xml elements within elements"));
	x->qname = q;
	r = x->ops->start ? x->ops->start(x, local_name(q), atts) : 0;
	return r < 0 ? stop(x, r) : 0;
}

int
xmlpart_end(struct xmlpart *x, const char *q)
{
	int r;

	if (x->stopped)
		return x->err;
	x->qname = q;
	r = x->ops->end ? x->ops->end(x, local_name(q)) : 0;
	x->depth--;
	return r < 0 ? stop(x, r) : 0;
}

int
xmlpart_text(struct xmlpart *x, const char *s, size_t n)
{
	int r = x->stopped || !x->ops->text ? 0 : x->ops->text(x, s, n);

	return r < 0 ? stop(x, r) : x->err;
}

int
xmlpart_doctype(struct xmlpart *x, bool internal)
{
	if (!internal)
		return 0;
	return stop(x, sink_gap(x->s, GAP_CORRUPT, true, "xml with a DOCTYPE of its own"));
}

static void
on_start(void *user, const char *q, const char **atts)
{
	(void)xmlpart_start(user, q, atts);
}

static void
on_end(void *user, const char *q)
{
	(void)xmlpart_end(user, q);
}

static void
on_text(void *user, const char *s, int n)
{
	if (n > 0)
		(void)xmlpart_text(user, s, (size_t)n);
}

static void
on_doctype(void *user, const char *name, const char *sys, const char *pub, int internal)
{
	(void)name;
	(void)sys;
	(void)pub;
	(void)xmlpart_doctype(user, internal != 0);
}

static int
say(struct xmlpart *x, enum gap_reason why, const char *how, const char *what)
{
	char detail[96];

	(void)snprintf(detail, sizeof detail, "%s: %s", how, what);
	return sink_gap(x->s, why, true, detail);
}

/* What a block has led to: > 0 to go on, 0 at the end, -errno. */
static ssize_t
outcome(struct xmlpart *x, struct zippart *p, enum XML_Status status, size_t got, const char *what)
{
	int r;

	if (x->stopped)
		return x->err;
	if (status == XML_STATUS_OK)
		return (ssize_t)got;
	if (XML_GetErrorCode(x->parser) == XML_ERROR_NO_MEMORY)
		return -ENOMEM;
	/* a part cut short by a damaged zip is said by the zip */
	r = p->broken ? 0 : say(x, GAP_CORRUPT, "damaged xml", what);
	return r < 0 ? r : 0;
}

static ssize_t
feed(struct xmlpart *x, struct zippart *p, size_t n, const char *what)
{
	void *to = XML_GetBuffer(x->parser, (int)n);
	ssize_t got;

	if (!to)
		return -ENOMEM;
	got = zippart_read(p, to, n);
	if (got < 0)
		return got;
	return outcome(x, p, XML_ParseBuffer(x->parser, (int)got, got == 0), (size_t)got, what);
}

static int
parse_expat(struct xmlpart *x, struct zippart *p, struct span head, const char *what)
{
	_cleanup_(parser_free) XML_Parser parser = XML_ParserCreate(NULL);
	size_t block = BLOCK;
	ssize_t got = 1;

	if (!parser)
		return -ENOMEM;
	x->parser = parser;
	XML_SetUserData(parser, x);
	XML_SetElementHandler(parser, on_start, on_end);
	XML_SetCharacterDataHandler(parser, on_text);
	XML_SetStartDoctypeDeclHandler(parser, on_doctype);
	if (head.n)
		got = outcome(x, p, XML_Parse(parser, (const char *)head.p, (int)head.n, 0), head.n,
			what);
	while (got > 0) {
		XML_Index done = XML_GetCurrentByteIndex(parser);
		uint64_t used = p->used, at = done > 0 ? (uint64_t)done : 0;

		if (used > LIMIT_PART)
			return say(x, GAP_TOO_BIG, "xml part", what);
		if (used > at && used - at > LIMIT_XML_TOKEN)
			return say(x, GAP_TOO_BIG, "xml token", what);
		block = used > at + BLOCK ? (size_t)(used - at) : BLOCK;
		got = feed(x, p, block, what);
	}
	return (int)got;
}

static int
parse_fast(struct xmlpart *x, struct zippart *p, struct span head, const char *what)
{
	int r = xmlfast_parse(x, p, head);

	if (r == -EBADMSG)
		return p->broken ? 0 : say(x, GAP_CORRUPT, "damaged xml", what);
	return r == -EMSGSIZE ? say(x, GAP_TOO_BIG, "xml part", what) : r;
}

int
xmlpart_parse(struct zippart *p, const struct xml_ops *ops, void *user, const char *what)
{
	struct xmlpart x = {.ops = ops, .user = user, .s = p->z->s};
	_cleanup_free_ uint8_t *b = malloc(HEAD);
	struct span head;
	ssize_t got;

	if (!b)
		return -ENOMEM;
	got = zippart_read(p, b, HEAD);
	if (got < 0)
		return (int)got;
	head = span_of(b, (size_t)got);
	if (ops->plain && xmlfast_takes(head))
		return parse_fast(&x, p, head, what);
	return parse_expat(&x, p, head, what);
}

const char *
xml_att(const char **atts, const char *local)
{
	for (; *atts; atts += 2) {
		if (strcmp(local_name(atts[0]), local) == 0)
			return atts[1];
	}
	return NULL;
}

bool
xml_true(const char *value)
{
	return value && (value[0] == '1' || value[0] == 't' || strcmp(value, "on") == 0);
}

uint64_t
xml_uint(const char *s, uint64_t dflt, uint64_t max)
{
	uint64_t v = 0;

	if (!s || *s < '0' || *s > '9')
		return dflt;
	for (; *s >= '0' && *s <= '9'; s++) {
		v = v * 10 + (uint64_t)(*s - '0');
		if (v > max)
			return max;
	}
	return v;
}
