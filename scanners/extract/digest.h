/*
 * digest: MD5 and SHA-1 of a few bytes, and RC4: what Office used to protect documents with. For
 * opening what anybody can open, never for protecting anything.
 */
#ifndef EXTRACT_DIGEST_H
#define EXTRACT_DIGEST_H

#include <nettle/arcfour.h>

#include "base/span.h"

void md5(struct span s, uint8_t ret_digest[16]);
void sha1(struct span s, uint8_t ret_digest[20]);

struct rc4 {
	struct arcfour_ctx ctx;
};

/* key: 1 to 256 bytes. */
void rc4_key(struct rc4 *c, struct span key);

/* Enciphers or deciphers in place. */
void rc4_apply(struct rc4 *c, uint8_t *p, size_t n);

/* Goes on by n bytes of the key stream. */
void rc4_skip(struct rc4 *c, size_t n);

#endif
