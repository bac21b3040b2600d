/* odf_binary: pictures and objects that stand in an OpenDocument of one file as base64. */
#ifndef EXTRACT_ODF_BINARY_H
#define EXTRACT_ODF_BINARY_H

#include <nettle/base64.h>

#include "base/buf.h"
#include "item.h"

/* They wait until the text has gone out, LIMIT_FLAT_BINARY in all. All zero: none. */
struct odf_binary {
	struct buf bytes, ends; /* ends: a size_t for each */
	struct base64_decode_ctx decode;
	bool open; /* between begin and end: what goes by is base64 */
	bool lost; /* one was too many or no base64 */
};

void odf_binary_begin(struct odf_binary *b);

/* Any piece of the base64 text. */
void odf_binary_put(struct odf_binary *b, const char *s, size_t n);
void odf_binary_end(struct odf_binary *b);

/* Hands them to the sink: pictures as such, all else as inner items of `up`. 0 or -errno. */
int odf_binary_send(struct odf_binary *b, struct item *up, struct sink *s);
void odf_binary_free(struct odf_binary *b);

#endif
