/*
 * expat sees blocks of 64 KiB, so a sheet of any length costs no memory. A token that does not end
 * in a block makes the next block larger: reading it again then stays linear.
 */
#include "extract/xmlpart.h"

#include <errno.h>
#include <expat.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "limits.h"

#include "base/poison.h"

#define BLOCK	  (64 * KIB)
#define TOKEN_MAX (32 * MIB)

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

static void
stop(struct xmlpart *x, int err)
{
	x->err = err;
	x->stopped = true;
	(void)XML_StopParser(x->parser, XML_FALSE);
}

static void
on_start(void *user, const char *q, const char **atts)
{
	struct xmlpart *x = user;
	int r;

	if (x->stopped)
		return;
	if (++x->depth > LIMIT_XML_DEPTH) {
		stop(x, sink_gap(x->s, GAP_TOO_DEEP, true, "xml elements within elements"));
		return;
	}
	x->qname = q;
	r = x->ops->start ? x->ops->start(x, local_name(q), atts) : 0;
	if (r < 0)
		stop(x, r);
}

static void
on_end(void *user, const char *q)
{
	struct xmlpart *x = user;
	int r;

	if (x->stopped)
		return;
	x->qname = q;
	r = x->ops->end ? x->ops->end(x, local_name(q)) : 0;
	x->depth--;
	if (r < 0)
		stop(x, r);
}

static void
on_text(void *user, const char *s, int n)
{
	struct xmlpart *x = user;
	int r;

	if (x->stopped || n <= 0)
		return;
	r = x->ops->text(x, s, (size_t)n);
	if (r < 0)
		stop(x, r);
}

static void
on_doctype(void *user, const char *name, const char *sys, const char *pub, int internal)
{
	struct xmlpart *x = user;

	(void)name;
	(void)sys;
	(void)pub;
	(void)internal;
	stop(x, sink_gap(x->s, GAP_CORRUPT, true, "xml with a DOCTYPE"));
}

static int
say(struct xmlpart *x, enum gap_reason why, const char *how, const char *what)
{
	char detail[96];

	(void)snprintf(detail, sizeof detail, "%s: %s", how, what);
	return sink_gap(x->s, why, true, detail);
}

/* Feeds one block of at most n bytes. > 0 to go on, 0 at the end, -errno. */
static ssize_t
feed(struct xmlpart *x, struct zippart *p, size_t n, const char *what)
{
	void *to = XML_GetBuffer(x->parser, (int)n);
	ssize_t got;
	int r;

	if (!to)
		return -ENOMEM;
	got = zippart_read(p, to, n);
	if (got < 0)
		return got;
	if (XML_ParseBuffer(x->parser, (int)got, got == 0) == XML_STATUS_OK)
		return got;
	if (x->stopped)
		return x->err;
	if (XML_GetErrorCode(x->parser) == XML_ERROR_NO_MEMORY)
		return -ENOMEM;
	/* a part cut short by a damaged zip is said by the zip */
	r = p->broken ? 0 : say(x, GAP_CORRUPT, "damaged xml", what);
	return r < 0 ? r : 0;
}

int
xmlpart_parse(struct zippart *p, const struct xml_ops *ops, void *user, const char *what)
{
	_cleanup_(parser_free) XML_Parser parser = XML_ParserCreate(NULL);
	struct xmlpart x = {.ops = ops, .user = user, .s = p->z->s, .parser = parser};
	size_t block = BLOCK;

	if (!parser)
		return -ENOMEM;
	XML_SetUserData(parser, &x);
	XML_SetElementHandler(parser, on_start, on_end);
	if (ops->text)
		XML_SetCharacterDataHandler(parser, on_text);
	XML_SetStartDoctypeDeclHandler(parser, on_doctype);
	for (;;) {
		ssize_t got = feed(&x, p, block, what);
		XML_Index done = XML_GetCurrentByteIndex(parser);
		uint64_t stuck =
			done >= 0 && p->used > (uint64_t)done ? p->used - (uint64_t)done : 0;

		if (got <= 0)
			return (int)got;
		if (p->used > LIMIT_PART)
			return say(&x, GAP_TOO_BIG, "xml part", what);
		if (stuck > TOKEN_MAX)
			return say(&x, GAP_TOO_BIG, "xml token", what);
		block = stuck > BLOCK ? (size_t)stuck : BLOCK;
	}
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
