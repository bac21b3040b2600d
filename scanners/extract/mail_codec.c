/*
 * GMime's own parser makes an object of every part before the first is looked at, which a mail of
 * empty parts turns into gigabytes; so only its codecs are used. Its messages go nowhere. The charsets
 * it decodes headers with are held open by charset.c, whose list lacks those decoded there by hand.
 */
#include "extract/mail_codec.h"

#include <errno.h>
#include <gmime/gmime.h>
#include <iconv.h>
#include <stdlib.h>
#include <strings.h>

#include "base/utf8.h"
#include "limits.h"

#include "base/poison.h"

static const char *const held[] = {"ISO-8859-1", "CP1252", "UTF-7", "UTF-16", "US-ASCII"};

#define HELD (sizeof held / sizeof *held)

static struct {
	bool open;
	iconv_t cd[HELD];
} state;

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
	g_mime_init();
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
	if (state.open)
		g_mime_shutdown();
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

void
mail_decode_words(struct buf *b, struct span raw)
{
	char *text, *words;

	if (!raw.n)
		return;
	if (!memmem(raw.p, raw.n, "=?", 2) && utf8_valid(raw) == raw.n) {
		buf_put(b, raw.p, raw.n);
		return;
	}
	text = c_string(raw);
	words = text ? g_mime_utils_header_decode_text(NULL, text) : NULL;
	if (words)
		utf8_repair(b, span_str(words));
	g_free(words);
	free(text);
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
	GMimeEncoding state;
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

int
transfer_new(struct arena *a, struct span encoding, struct transfer **ret_t)
{
	GMimeContentEncoding e = encoding_of(encoding);
	struct transfer *t = NULL;

	if (e == GMIME_CONTENT_ENCODING_BASE64 || e == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE) {
		t = arena_alloc(a, sizeof *t);
		if (!t)
			return -ENOMEM;
		g_mime_encoding_init_decode(&t->state, e);
	}
	*ret_t = t;
	return 0;
}

size_t
transfer_step(struct transfer *t, struct span in, uint8_t *out)
{
	return g_mime_encoding_step(&t->state, (const char *)in.p, in.n, (char *)out);
}
