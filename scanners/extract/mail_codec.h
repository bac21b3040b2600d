/*
 * mail_codec: parameters of content types in all their broken forms, and transfer encodings. GMime,
 * which knows them, only ever sees bounded pieces of memory, so that its habit of ending the process
 * when memory is short has no occasion.
 */
#ifndef EXTRACT_MAIL_CODEC_H
#define EXTRACT_MAIL_CODEC_H

#include "base/arena.h"
#include "base/buf.h"

/* Before the sandbox closes: GMime's tables, and the charsets of headers. 0 always. */
int mail_codec_open(void);
void mail_codec_close(void);

/* GMime's, as it is linked. */
const char *mail_codec_version(void);

/* mail_words.c: appends a field's value as UTF-8, encoded words decoded. */
void mail_decode_words(struct buf *b, struct span raw);

/* Content-Type and Content-Disposition of a part. */
struct content;

/* type and disposition are fields' values, empty for none. NULL: out of memory. */
struct content *content_parse(struct span type, struct span disposition);

/* By the type's two words, in any case; "*" agrees with any. */
bool content_is(const struct content *c, const char *type, const char *subtype);
bool content_is_attachment(const struct content *c);

/* A parameter of the type, NULL for none. Valid as long as c. */
const char *content_param(const struct content *c, const char *name);

/* The file's name, from either field, as UTF-8 wherever it can be decoded; NULL for none. */
const char *content_name(const struct content *c);
void content_free(struct content **c);

/* A transfer encoding being undone. */
struct transfer;

/*
 * encoding: the field's value; head: the part's first bytes, which are believed more than the field; text:
 * they are to be read as they stand when nobody says they are encoded. NULL in *ret_t: they stand as they
 * are (7bit, 8bit, binary, unknown).
 */
int transfer_new(struct arena *a, struct span encoding, struct span head, bool text,
	struct transfer **ret_t);

/* Is it uuencode, which transfer_new() leaves as it stands? */
bool transfer_is_uu(struct span encoding);

#define TRANSFER_SLACK 72u /* bytes that may come out more than went in */

/* Decodes in to out, which has room for in.n + TRANSFER_SLACK. Returns the bytes written. */
size_t transfer_step(struct transfer *t, struct span in, uint8_t *out);

/* No more comes. out has room for TRANSFER_SLACK. Returns the bytes written. */
size_t transfer_end(struct transfer *t, uint8_t *out);

#endif
