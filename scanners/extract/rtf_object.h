/* rtf_object: what an RTF document embeds: OLE 1.0 objects and pictures, out of hexadecimal digits. */
#ifndef EXTRACT_RTF_OBJECT_H
#define EXTRACT_RTF_OBJECT_H

#include "base/buf.h"
#include "item.h"

struct rtf_object {
	struct buf bytes;
	uint8_t high; /* a digit that waits for its other half, plus 1; or 0 */
	unsigned count; /* objects so far */
};

/* Hexadecimal digits among whatever, or bytes as they are. What is beyond the limit is dropped. */
void rtf_object_hex(struct rtf_object *o, struct span s);
void rtf_object_raw(struct rtf_object *o, struct span s);

/* The object is whole: its payload becomes a child, or a gap is said. 0 or the sink's -errno. */
int rtf_object_end(struct rtf_object *o, struct sink *s);

/* The picture is whole. mime NULL: of a kind that nobody reads. */
int rtf_picture_end(struct rtf_object *o, struct sink *s, const char *mime);

void rtf_object_free(struct rtf_object *o);

#endif
