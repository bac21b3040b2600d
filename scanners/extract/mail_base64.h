/* mail_base64: base64 as mails hold it, undone a piece at a time. */
#ifndef EXTRACT_MAIL_BASE64_H
#define EXTRACT_MAIL_BASE64_H

#include "base/span.h"

/* All zeros to begin with. */
struct base64 {
	uint32_t bits;
	unsigned n; /* characters of an unfinished group of four */
};

/*
 * Decodes in to out, which has room for in.n * 3 / 4 + 3 bytes; in and out do not overlap. What is no
 * base64 is passed over; '=' ends a group, and another may follow. Returns the bytes written.
 */
size_t base64_step(struct base64 *b, struct span in, uint8_t *out);

/* No more comes: the bytes of a group that lacks its padding. out has room for 2. */
size_t base64_end(struct base64 *b, uint8_t *out);

/* What is said to be base64, from its beginning: is it running text? */
bool base64_is_text(struct span s);

/* What is said to be anything else, from its beginning: is it base64, lines of one length, all of it? */
bool base64_is_sure(struct span s);

#endif
