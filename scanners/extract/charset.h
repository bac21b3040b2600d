/*
 * charset: any encoding in, UTF-8 out, a piece at a time, cut anywhere. UTF-8, UTF-16, UTF-32 and
 * Windows-1252 are decoded here; the rest of a fixed table by iconv, whose descriptors are opened
 * before the sandbox closes and held.
 */
#ifndef EXTRACT_CHARSET_H
#define EXTRACT_CHARSET_H

#include "base/buf.h"
#include "base/span.h"

struct charset;

/* Opens every iconv descriptor of the table; one that the system lacks is simply not found. */
int charset_open(void);
void charset_close(void);

/* By name or alias, any case: "utf-8", "ISO-8859-2", "cp1251". NULL when it cannot be decoded. */
const struct charset *charset_find(struct span name);

/* Of two or four bytes a character, or UTF-8: what the bytes themselves tell better than a label. */
bool charset_shows(const char *name);

/*
 * The encoding that the head of a text declares: an XML prolog's encoding= or HTML's
 * <meta charset=>. NULL for none, for an unknown one, and for 16-bit ones (they lie: the
 * declaration was readable as ASCII).
 */
const struct charset *charset_declared(struct span head);

/*
 * The encoding of a text: seen (item.charset), unless that was a mere guess and the head declares
 * another.
 */
const struct charset *charset_choose(const char *seen, struct span head);

/* Where the decoder puts runs of UTF-8 (whole characters); non-zero stops and is handed back. */
typedef int charset_out(void *user, struct span utf8);

struct decoder {
	const struct charset *charset;
	bool begun; /* the mark at the beginning has been looked for */
	uint8_t n_carry;
	uint8_t carry[16]; /* an incomplete character */
};

/*
 * Starts a text. One decoder at a time for each iconv charset: texts do not nest. A NULL charset is
 * UTF-8.
 */
void decoder_start(struct decoder *d, const struct charset *charset);

/*
 * Decodes in; the end of an incomplete character waits for the next call. Bytes that are no UTF-8
 * in UTF-8 are taken for Windows-1252; what cannot be decoded elsewhere becomes U+FFFD. Runs of
 * valid UTF-8 are handed on as they are, without a copy. 0 or what out returned.
 */
int decoder_feed(struct decoder *d, struct span in, charset_out *out, void *user);

/* Says that no more comes: what still waits is handed out as U+FFFD. */
int decoder_end(struct decoder *d, charset_out *out, void *user);

#endif
