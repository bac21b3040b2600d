/*
 * Encoded words (RFC 2047), leniently: words that follow each other are one text, so that a character
 * may be cut between them; each may have a padding of its own; blanks within a word, a language
 * behind the charset and charsets of any name are met. What is no such word stays as it stands, and
 * bytes beyond ASCII are UTF-8 or Windows-1252, as they are in bodies.
 */
#include "extract/charset.h"
#include "extract/mail_base64.h"
#include "extract/mail_codec.h"
#include "extract/mail_qp.h"
#include "limits.h"

#include "base/poison.h"

struct words {
	struct buf *b;
	struct decoder d;
	bool open; /* the decoder is in the midst of words */
	struct span charset; /* ... of this charset */
	struct buf raw; /* a word's bytes */
};

struct word {
	struct span charset, text;
	bool base64;
	size_t length; /* of all of it */
};

static int
put(void *user, struct span utf8)
{
	struct words *w = user;
	size_t at = w->b->n;

	buf_put(w->b, utf8.p, utf8.n);
	for (; at < w->b->n; at++) {
		if (w->b->p[at] < ' ' && w->b->p[at] != '\t')
			w->b->p[at] = ' ';
	}
	return 0;
}

static void
end_words(struct words *w)
{
	if (w->open)
		(void)decoder_end(&w->d, put, w);
	w->open = false;
}

static void
put_plain(struct words *w, struct span s)
{
	if (!s.n)
		return;
	end_words(w);
	decoder_start(&w->d, NULL);
	(void)decoder_feed(&w->d, s, put, w);
	(void)decoder_end(&w->d, put, w);
}

/* 1: a word begins at s, 0: none does, -1: nor does any behind it, which all lack their end. */
static int
word_at(struct span s, struct word *ret)
{
	const uint8_t *end, *star;
	size_t n = 2, at;

	while (n < s.n && n < LIMIT_WORD_CHARSET && s.p[n] > ' ' && s.p[n] != '?')
		n++;
	at = n + 3;
	if (n == 2 || at > s.n || s.p[n] != '?' || s.p[n + 2] != '?' || !strchr("BbQq", s.p[n + 1]))
		return 0;
	end = memmem(s.p + at, s.n - at, "?=", 2);
	if (!end)
		return -1;
	ret->charset = span_sub(s, 2, n - 2);
	star = memchr(ret->charset.p, '*', ret->charset.n);
	if (star)
		ret->charset.n = (size_t)(star - ret->charset.p);
	ret->base64 = s.p[n + 1] == 'B' || s.p[n + 1] == 'b';
	ret->text = span_of(s.p + at, (size_t)(end - (s.p + at)));
	ret->length = (size_t)(end - s.p) + 2;
	return 1;
}

static void
undo_q(struct buf *b, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i] == '_' ? ' ' : s.p[i];

		if (c == '=' && i + 2 < s.n && qp_digit(s.p[i + 1]) >= 0 &&
			qp_digit(s.p[i + 2]) >= 0) {
			c = (uint8_t)(qp_digit(s.p[i + 1]) << 4 | qp_digit(s.p[i + 2]));
			i += 2;
		}
		buf_putc(b, c);
	}
}

static void
undo_base64(struct buf *b, struct span s)
{
	struct base64 x = {0};
	uint8_t *to = buf_room(b, s.n + 4);

	if (!to)
		return;
	b->n += base64_step(&x, s, to);
	b->n += base64_end(&x, b->p + b->n);
}

static bool
same_charset(struct span a, struct span b)
{
	return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

static void
put_word(struct words *w, const struct word *x)
{
	buf_clear(&w->raw);
	if (x->base64)
		undo_base64(&w->raw, x->text);
	else
		undo_q(&w->raw, x->text);
	if (!w->open || !same_charset(w->charset, x->charset)) {
		end_words(w);
		w->charset = x->charset;
		decoder_start(&w->d, charset_find(x->charset));
		w->open = true;
	}
	(void)decoder_feed(&w->d, buf_span(&w->raw), put, w);
}

static bool
is_blank(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != ' ' && s.p[i] != '\t' && s.p[i] != '\r' && s.p[i] != '\n')
			return false;
	}
	return true;
}

void
mail_decode_words(struct buf *b, struct span raw)
{
	struct words w = {.b = b, .raw = {.max = raw.n + 16}};
	size_t at = 0, done = 0;
	int is = 0;

	while (is >= 0 && at < raw.n) {
		const uint8_t *p = memmem(raw.p + at, raw.n - at, "=?", 2);
		struct word x;

		if (!p)
			break;
		at = (size_t)(p - raw.p);
		is = word_at(span_sub(raw, at, raw.n), &x);
		if (is <= 0) {
			at += 2;
			continue;
		}
		if (!w.open || !is_blank(span_sub(raw, done, at - done)))
			put_plain(&w, span_sub(raw, done, at - done));
		put_word(&w, &x);
		at += x.length;
		done = at;
	}
	put_plain(&w, span_sub(raw, done, raw.n));
	end_words(&w);
	buf_free(&w.raw);
}
