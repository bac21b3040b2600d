/*
 * Own knowledge first: a signature or the text test settles nearly every file in well under a
 * microsecond, where libmagic takes milliseconds on text. libmagic is asked only about what neither
 * knows, about the first few KiB, and its answers are kept in a small table of names, because its
 * own buffer is overwritten by the next call while inner items come and go.
 */
#include "ident.h"

#include <errno.h>
#include <magic.h>
#include <stdlib.h>

#include "ident_closed.h"
#include "ident_table.h"
#include "extract/charset.h"
#include "ident_text.h"
#include "text_test.h"
#include "limits.h"

#include "base/poison.h"

#define PDF_WITHIN 1024 /* where readers of PDF look for its mark */

static const char octets[] = "application/octet-stream";

static struct {
	magic_t cookie;
	char *names[LIMIT_MAGIC_NAMES];
	size_t n;
} state;

int
ident_open(void)
{
	const int flags = MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR |
		MAGIC_NO_CHECK_CDF | MAGIC_NO_CHECK_ENCODING | MAGIC_NO_CHECK_TOKENS;

	if (state.cookie)
		return 0;
	state.cookie = magic_open(flags);
	if (!state.cookie)
		return -ENOMEM;
	if (magic_load(state.cookie, NULL) < 0) {
		magic_close(state.cookie);
		state.cookie = NULL;
		return -ENOENT;
	}
	return 0;
}

void
ident_close(void)
{
	if (state.cookie)
		magic_close(state.cookie);
	for (size_t i = 0; i < state.n; i++)
		free(state.names[i]);
	memset(&state, 0, sizeof state);
}

static const char *
keep_name(const char *mime)
{
	for (size_t i = 0; i < state.n; i++) {
		if (strcmp(state.names[i], mime) == 0)
			return state.names[i];
	}
	if (state.n == LIMIT_MAGIC_NAMES || strlen(mime) >= 96)
		return octets;
	state.names[state.n] = strdup(mime);
	return state.names[state.n] ? state.names[state.n++] : octets;
}

static enum format
magic_format(const char *mime)
{
	static const struct {
		const char *prefix;
		enum format format;
	} kinds[] = {
		{"image/", FORMAT_IMAGE},
		{"audio/", FORMAT_AUDIO},
		{"video/", FORMAT_VIDEO},
		{"font/", FORMAT_FONT},
		{"application/x-font", FORMAT_FONT},
		{"application/x-executable", FORMAT_EXECUTABLE},
		{"application/x-sharedlib", FORMAT_EXECUTABLE},
		{"application/x-dosexec", FORMAT_EXECUTABLE},
	};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (strncmp(mime, kinds[i].prefix, strlen(kinds[i].prefix)) == 0)
			return kinds[i].format;
	}
	return FORMAT_UNKNOWN;
}

/* What our own tests say is no text stays so, whatever libmagic thinks of it. */
static void
ask_magic(struct item *it)
{
	const char *mime = NULL;

	if (state.cookie)
		mime = magic_buffer(state.cookie, it->head.p,
			it->head.n < LIMIT_MAGIC_HEAD ? it->head.n : LIMIT_MAGIC_HEAD);
	it->mime = mime && strncmp(mime, "text/", 5) != 0 ? keep_name(mime) : octets;
	it->format = magic_format(it->mime);
}

/* The mark with its version; in the midst of a text's line it is only talked about. */
static bool
find_pdf(struct item *it)
{
	struct span h = span_sub(it->head, 0, PDF_WITHIN);
	const uint8_t *p = memchr(h.p, '%', h.n);

	p = p ? memmem(p, (size_t)(h.p + h.n - p), "%PDF-", 5) : NULL;
	if (!p || p + 8 > h.p + h.n || p[5] < '1' || p[5] > '9' || p[6] != '.')
		return false;
	if (it->charset && p > h.p && p[-1] != '\n' && p[-1] != '\r')
		return false;
	it->format = FORMAT_PDF;
	it->mime = "application/pdf";
	return true;
}

/* Control bytes that are in no text of any charset told. */
static bool
has_controls(struct span h)
{
	size_t n = 0;

	for (size_t i = 0; i < h.n; i++)
		n += h.p[i] < 32 && !strchr("\a\b\t\n\v\f\r\x0E\x0F\x1A\x1B", h.p[i]);
	return n > 0;
}

/* Bytes that only say "one byte a character, perhaps" are in the charset that the container told. */
static const char *
believe(const struct item *it, const char *seen)
{
	if (!it->told ||
		(seen && strcmp(seen, "windows-1252") != 0 && strcmp(seen, "us-ascii") != 0))
		return seen;
	if (charset_shows(it->told) ||
		(seen && strcmp(seen, "us-ascii") == 0 && !memchr(it->head.p, 27, it->head.n)))
		return seen;
	return !seen && has_controls(it->head) ? NULL : it->told;
}

static bool
find_mark(struct item *it)
{
	const struct signature *sig = signature_find(it->head);
	const struct closed *closed = sig ? NULL : closed_find(it->head);

	if (sig) {
		it->format = (enum format)sig->format;
		it->mime = it->format == FORMAT_ZIP ? signature_zip_mime(it->head) : sig->mime;
	} else if (closed) {
		it->format = FORMAT_OTHER;
		it->mime = closed->mime;
	}
	return sig || closed;
}

int
ident_item(struct item *it)
{
	bool whole;
	int r;

	it->head = (struct span){0};
	it->format = FORMAT_EMPTY;
	it->mime = "application/x-empty";
	it->charset = NULL;
	it->sep = 0;
	r = reader_peek(it->r, READER_HEAD, &it->head);
	if (r < 0 || it->head.n == 0)
		return r;
	whole = it->head.n < READER_HEAD || it->r->size == it->r->pos + it->head.n;
	if (find_mark(it))
		return 0;
	it->charset = believe(it, text_test(it->head, whole));
	if (find_pdf(it)) {
		it->charset = NULL;
		return 0;
	}
	/* bodies in UTF-16 make a mail look like such a text as a whole */
	if ((!it->charset || charset_shows(it->charset)) && ident_mail(it))
		return 0;
	if (it->charset)
		ident_text(it, whole);
	else
		ask_magic(it);
	return 0;
}
