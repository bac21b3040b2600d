/*
 * mbox_partial: mails that were sent in several pieces (message/partial, RFC 2046, 5.2.2), joined when
 * all of them lie in one mailbox, wherever in it and in whatever order.
 */
#ifndef EXTRACT_MBOX_PARTIAL_H
#define EXTRACT_MBOX_PARTIAL_H

#include "base/buf.h"
#include "extract/mail_codec.h"
#include "item.h"

struct piece;

/* The pieces seen so far. All zeros to begin with. */
struct partials {
	struct piece *list;
	size_t n;
	size_t bytes; /* held: LIMIT_PIECES_BYTES at the most */
};

/* Does the header at the beginning of a message say that it is a piece? */
bool partial_begins(struct span ahead);

/* Bytes that may still be held; 0 when there are too many pieces. */
size_t partials_room(const struct partials *p);

/* Takes a message out of b, which is left empty. 0 or -ENOMEM. */
int partials_add(struct partials *p, struct sink *s, struct buf *b);

/*
 * Hands on what was joined, and pieces that lack others as they are, with a gap that says what they
 * lack. 0 or the sink's -errno.
 */
int partials_give(struct partials *p, struct sink *s);
void partials_free(struct partials *p);

/* Is this reader a mail or a piece of those? */
bool partials_is_message(const struct reader *r);

/* A piece that was looked for the others of: what it lacks is said already. */
bool partials_is_piece(const struct reader *r);

/* Of a piece's content type: 1 and more, 0 for none. */
unsigned partial_number(const struct content *c, const char *name);

#endif
