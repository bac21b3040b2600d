/*
 * mail_head: the header of a mail or of one of its parts: read within bounds, unfolded, looked up by
 * name.
 */
#ifndef EXTRACT_MAIL_HEAD_H
#define EXTRACT_MAIL_HEAD_H

#include "base/buf.h"
#include "extract/linecut.h"

/*
 * Reads the fields at the stream's present line into b, each unfolded on a line of its own, and the
 * blank line behind them. A line that is no field ends them too, and is left to be read. What goes
 * over b->max is dropped and sets b->failed.
 */
void head_read(struct linecut *c, struct buf *b);

/* The first field of that name (lower case): its value without blanks around it, empty for none. */
struct span head_find(struct span head, const char *name);

/* Takes the next field off *s, a header as head_read() makes it. False at the end. */
bool head_next(struct span *s, struct span *ret_name, struct span *ret_value);

/* The length of a field's name at the beginning of a line, 0 when it is no field. */
size_t head_field(struct span line);

/* Is this the field name `name`, in any case? */
bool head_is(struct span field, const char *name);

/* Is this the line "From someone Mon Nov 24 08:00:00 2014" before a mail in a mailbox? */
bool head_from_line(struct span line);

/* Is this what Apple's Mail writes above a mail: its length and blanks? Without the line's end. */
bool head_is_length(struct span line);

#endif
