/*
 * archive_names: the names of a container's members as the report shows them. Names are hostile
 * bytes and only ever data: nothing is opened, joined or resolved by them.
 */
#ifndef EXTRACT_ARCHIVE_NAMES_H
#define EXTRACT_ARCHIVE_NAMES_H

#include "base/buf.h"
#include "base/span.h"

struct names {
	struct names_slot *slots;
	size_t n, cap;
};

/* A hash of a name, the same from run to run. */
uint64_t name_hash(struct span name);

/*
 * Puts raw into b as UTF-8: as it is when it is UTF-8, else decoded from the DOS or the Windows
 * code page, whichever makes letters of it (dos: the choice when neither does). Cut to LIMIT_NAME
 * between characters; NUL bytes are kept. False when no decoding fits: b has the bytes as they are.
 */
bool name_decode(struct buf *b, struct span raw, bool dos);

/*
 * How often this name was asked for before in this container: 0, 1, ... Names beyond LIMIT_ITEMS,
 * and some made to collide, are not remembered and count 0.
 */
uint32_t names_seen(struct names *t, struct span name);

/* Appends #2, #3 ... to the decoded name in b when the container had it before. */
void names_number(struct names *t, struct buf *b);

void names_free(struct names *t);

#endif
