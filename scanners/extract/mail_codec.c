/*
 * GMime's own parser makes an object of every part before the first is looked at, which a mail of
 * empty parts turns into gigabytes; so only its knowledge of content types is used. Its messages go
 * nowhere. It is begun once and never shut down: it cannot begin again, having lost its list of charsets.
 * Those it decodes names with are held open by charset.c, whose list lacks those decoded there by hand.
 */
#include "extract/mail_codec.h"

#include <ctype.h>
#include <errno.h>
#include <gmime/gmime.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "extract/mail_base64.h"
#include "extract/mail_qp.h"
#include "limits.h"

#include "base/poison.h"

static const char *const held[] = {"ISO-8859-1", "CP1252", "UTF-7", "UTF-16", "US-ASCII"};

#define HELD (sizeof held / sizeof *held)

static struct {
	bool open, begun;
	iconv_t cd[HELD];
} state;

const char *
mail_codec_version(void)
{
	static char text[32];

	(void)snprintf(text, sizeof text, "%u.%u.%u", gmime_major_version, gmime_minor_version,
		gmime_micro_version);
	return text;
}

static void
be_silent(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer user)
{
	(void)domain;
	(void)level;
	(void)message;
	(void)user;
}

int
mail_codec_open(void)
{
	if (state.open)
		return 0;
	(void)g_log_set_default_handler(be_silent, NULL);
	if (!state.begun)
		g_mime_init();
	state.begun = true;
	for (size_t i = 0; i < HELD; i++)
		state.cd[i] = iconv_open("UTF-8", held[i]);
	state.open = true;
	return 0;
}

void
mail_codec_close(void)
{
	for (size_t i = 0; state.open && i < HELD; i++) {
		if (state.cd[i] != (iconv_t)-1)
			(void)iconv_close(state.cd[i]);
	}
	state.open = false;
}

/* A C string of s; NUL bytes in it are blanks. */
static char *
c_string(struct span s)
{
	char *p = malloc(s.n + 1);

	if (!p)
		return NULL;
	for (size_t i = 0; i < s.n; i++)
		p[i] = s.p[i] ? (char)s.p[i] : ' ';
	p[s.n] = 0;
	return p;
}

struct content {
	GMimeContentType *type;
	GMimeContentDisposition *disposition;
};

struct content *
content_parse(struct span type, struct span disposition)
{
	struct content *c = calloc(1, sizeof *c);
	char *t = type.n ? c_string(span_sub(type, 0, LIMIT_MAIL_FIELD)) : NULL;
	char *d = disposition.n ? c_string(span_sub(disposition, 0, LIMIT_MAIL_FIELD)) : NULL;

	if (c && t)
		c->type = g_mime_content_type_parse(NULL, t);
	if (c && d)
		c->disposition = g_mime_content_disposition_parse(NULL, d);
	free(t);
	free(d);
	return c;
}

static bool
same(const char *have, const char *want)
{
	return strcmp(want, "*") == 0 || (have && strcasecmp(have, want) == 0);
}

bool
content_is(const struct content *c, const char *type, const char *subtype)
{
	if (!c->type)
		return same("text", type) && same("plain", subtype);
	return same(g_mime_content_type_get_media_type(c->type), type) &&
		same(g_mime_content_type_get_media_subtype(c->type), subtype);
}

bool
content_is_attachment(const struct content *c)
{
	const char *d =
		c->disposition ? g_mime_content_disposition_get_disposition(c->disposition) : NULL;

	return d && strcasecmp(d, "attachment") == 0;
}

const char *
content_param(const struct content *c, const char *name)
{
	return c->type ? g_mime_content_type_get_parameter(c->type, name) : NULL;
}

const char *
content_name(const struct content *c)
{
	const char *name = NULL;

	if (c->disposition)
		name = g_mime_content_disposition_get_parameter(c->disposition, "filename");
	if (!name || !*name)
		name = content_param(c, "name");
	return name && *name ? name : NULL;
}

void
content_free(struct content **c)
{
	if (!*c)
		return;
	if ((*c)->type)
		g_object_unref((*c)->type);
	if ((*c)->disposition)
		g_object_unref((*c)->disposition);
	free(*c);
	*c = NULL;
}

struct transfer {
	bool base64;
	struct base64 b;
	struct qp qp;
};

static GMimeContentEncoding
encoding_of(struct span s)
{
	char word[32];
	size_t n = 0;

	while (s.n && (s.p[0] == ' ' || s.p[0] == '"'))
		s = span_sub(s, 1, s.n);
	while (n < s.n && n < sizeof word - 1 && s.p[n] > ' ' && s.p[n] != ';' && s.p[n] != '"') {
		word[n] = (char)s.p[n];
		n++;
	}
	word[n] = 0;
	return g_mime_content_encoding_from_string(word);
}

bool
transfer_is_uu(struct span encoding)
{
	return encoding_of(encoding) == GMIME_CONTENT_ENCODING_UUENCODE;
}

/* Hexadecimal digits of bytes beyond ASCII, or lines that end in '='. */
static bool
has_qp(struct span s)
{
	for (size_t i = 0; i + 2 < s.n; i++) {
		if (s.p[i] != '=')
			continue;
		if (s.p[i + 1] == '\n' || (s.p[i + 1] == '\r' && s.p[i + 2] == '\n'))
			return true;
		if (strchr("89ABCDEF", s.p[i + 1]) && s.p[i + 1] && isxdigit(s.p[i + 2]))
			return true;
	}
	return false;
}

/* A text that says nothing of base64 and looks like it may be a list of keys: it stays one. */
static bool
is_base64(GMimeContentEncoding said, struct span head, bool text)
{
	if (said == GMIME_CONTENT_ENCODING_BASE64)
		return !base64_is_text(head);
	return (!text || said == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE ||
		       said == GMIME_CONTENT_ENCODING_UUENCODE) &&
		base64_is_sure(head);
}

int
transfer_new(
	struct arena *a, struct span encoding, struct span head, bool text, struct transfer **ret_t)
{
	GMimeContentEncoding e = encoding_of(encoding);
	struct transfer *t = NULL;
	bool base64 = is_base64(e, head, text);
	bool qp = e == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE ||
		(e == GMIME_CONTENT_ENCODING_BASE64 && has_qp(head));

	if (base64 || qp) {
		t = arena_alloc(a, sizeof *t);
		if (!t)
			return -ENOMEM;
		*t = (struct transfer){.base64 = base64};
	}
	*ret_t = t;
	return 0;
}

size_t
transfer_step(struct transfer *t, struct span in, uint8_t *out)
{
	return t->base64 ? base64_step(&t->b, in, out) : qp_step(&t->qp, in, out);
}

size_t
transfer_end(struct transfer *t, uint8_t *out)
{
	return t->base64 ? base64_end(&t->b, out) : qp_end(&t->qp, out);
}
