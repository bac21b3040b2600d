/* mailmake: the encodings of mail, written; for tests and generators. */
#ifndef MAILMAKE_H
#define MAILMAKE_H

#include "base/buf.h"
#include "base/span.h"

/* Lines of 76 characters, each with its end. */
void mailmake_base64(struct buf *b, struct span s);

/* Quoted-printable; ends of lines stay what they are. */
void mailmake_qp(struct buf *b, struct span s);

/* The same of any bytes: ends of lines are bytes as well (UTF-16). */
void mailmake_qp_bytes(struct buf *b, struct span s);

/* An encoded word (RFC 2047); how: 'B' or 'Q', in either case. s: bytes in that charset. */
void mailmake_word(struct buf *b, const char *charset, char how, struct span s);

/* " name*=charset''..." (RFC 2231), or in pieces of three bytes, each on a line of its own. */
void mailmake_param(
	struct buf *b, const char *name, const char *charset, struct span s, bool pieces);

/* "begin 644 name" ... "end". */
void mailmake_uu(struct buf *b, const char *name, struct span s);

/* winmail.dat: first the mark, then attributes (level 1: message, 2: attachment). */
void mailmake_tnef(struct buf *b);
void mailmake_attribute(struct buf *b, uint8_t level, uint32_t id, struct span data);

/* MAPI properties for an attribute: a count first, then each. Strings are 8-bit. */
void mailmake_props(struct buf *b, uint32_t n);
void mailmake_prop(struct buf *b, uint16_t id, uint16_t type, struct span data);

/* S/MIME with the content inside (CMS SignedData), in one piece; no signer. */
void mailmake_signed(struct buf *b, struct span content);

#endif
