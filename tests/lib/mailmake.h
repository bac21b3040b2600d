/* mailmake: the encodings of mail, written; for tests and generators. */
#ifndef MAILMAKE_H
#define MAILMAKE_H

#include "base/buf.h"
#include "base/span.h"

/* Lines of 76 characters, each with its end. */
void mailmake_base64(struct buf *b, struct span s);

/* Quoted-printable; ends of lines stay what they are. */
void mailmake_qp(struct buf *b, struct span s);

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
