/* zip_stream: the bytes of one member of a plain zip, unpacked, and whether they are what they were. */
#ifndef EXTRACT_ZIP_STREAM_H
#define EXTRACT_ZIP_STREAM_H

#include "extract/inflater.h"
#include "extract/zip_plain.h"

struct zip_stream {
	struct reader *r;
	const struct zip_member *m;
	struct inflater *inflater;
	uint8_t *block; /* packed bytes */
	struct span in; /* of them, what is not unpacked */
	uint64_t at; /* where more of them are */
	uint32_t left; /* how many more */
	uint64_t given;
	uint32_t crc;
	bool ended;
};

/* What one needs for all members of a zip, one after the other. 0 or -ENOMEM. */
int zip_stream_new(struct zip_stream *s, struct reader *r);
void zip_stream_free(struct zip_stream *s);

/* Begins with m, which must stay. */
void zip_stream_begin(struct zip_stream *s, const struct zip_member *m);

/*
 * The next bytes, at most n: > 0; 0 at the end; -EBADMSG where what stands there cannot be unpacked or
 * has no end; -EILSEQ at the end when size or checksum are not the declared ones; the reader's -errno.
 */
ssize_t zip_stream_read(struct zip_stream *s, uint8_t *p, size_t n);

#endif
