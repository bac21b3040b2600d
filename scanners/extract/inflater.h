/*
 * inflater: raw deflate (RFC 1951) undone a piece at a time, and the checksum that zip and gzip keep
 * beside it. ISA-L does it where the build has it, zlib elsewhere: the bytes are the same.
 */
#ifndef EXTRACT_INFLATER_H
#define EXTRACT_INFLATER_H

#include <sys/types.h>

#include "base/span.h"

struct inflater;

/* 0 or -ENOMEM; *ret_f goes to inflater_free(). */
int inflater_new(struct inflater **ret_f);
void inflater_free(struct inflater *f);

/* Another stream begins. */
void inflater_reset(struct inflater *f);

/*
 * Puts at most n bytes to out and moves *in past what it took. How many were put; 0 at the end of the
 * stream (inflater_ended()), or when *in is used up: then it wants more; -EBADMSG where no deflate
 * stands, for ever after.
 */
ssize_t inflater_run(struct inflater *f, struct span *in, uint8_t *out, size_t n);

bool inflater_ended(const struct inflater *f);

/* At the end: bytes that were taken and lie behind it. */
size_t inflater_spare(const struct inflater *f);

/* CRC-32 of zip and gzip: 0 to begin with, then what the call before returned. */
uint32_t inflater_crc(uint32_t crc, struct span s);

#ifdef HAVE_ISAL
#define INFLATER_LIBRARY "ISA-L"
#else
#define INFLATER_LIBRARY "zip three times as slow, without ISA-L: zlib"
#endif

/* Its version. */
const char *inflater_version(void);

#endif
