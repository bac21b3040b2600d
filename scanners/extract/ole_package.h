/*
 * ole_package: a new Office document with a password is an encrypted package within a compound file
 * (MS-OFFCRYPTO 2.3.4: Standard and Agile).
 */
#ifndef EXTRACT_OLE_PACKAGE_H
#define EXTRACT_OLE_PACKAGE_H

#include <nettle/aes.h>
#include <nettle/nettle-meta.h>

#include "extract/cfb.h"

#define PACKAGE_BLOCK	16u /* bytes of a block of AES */
#define PACKAGE_SEGMENT 4096u /* bytes enciphered together */
#define PACKAGE_SALT	64u
#define PACKAGE_DIGEST	64u /* of SHA-512, the longest */

/* Which hash and which length of AES key. */
struct package_method {
	const struct nettle_hash *hash;
	unsigned key_n; /* bytes: 16, 24, 32 */
};

/* What deciphers the package. */
struct package_key {
	struct package_method method;
	bool chained; /* CBC with a start of its own for each segment; else ECB */
	uint8_t key[32];
	uint8_t salt[PACKAGE_SALT];
	unsigned salt_n;
};

/*
 * Takes the stream EncryptionInfo. 1: the password that Excel tries by itself opens it, 0: it does
 * not, or the method is not known; -errno of the budget. *ret_key is set with 1 only.
 */
int package_unlock(struct span info, struct budget *b, struct package_key *ret_key);

/* The schedule of any of the lengths. */
union package_ctx {
	struct aes128_ctx aes128;
	struct aes192_ctx aes192;
	struct aes256_ctx aes256;
};

/* The stream EncryptedPackage in clear. It seeks; a segment at a time is in memory. */
struct package {
	struct reader r; /* first: its ops find the rest by it */
	struct cfb_stream in;
	const struct package_key *key;
	const struct nettle_cipher *aes;
	union package_ctx ctx;
	uint64_t at; /* of sequential reading */
	uint64_t held; /* the segment in memory; UINT64_MAX: none */
	size_t held_n;
	uint8_t segment[PACKAGE_SEGMENT];
};

/* key must outlive p. 0 or -ENOMEM. */
int package_open(struct package *p, struct cfb *c, uint32_t entry, const struct package_key *key);
void package_close(struct package *p);

/*
 * For ole_package.c and ole_agile.c: AES with a key of n bytes for deciphering, whole blocks;
 * iv NULL: each by itself. p may be what it is read from.
 */
const struct nettle_cipher *package_aes(unsigned key_n);
void package_decipher(
	const struct nettle_cipher *aes, const void *ctx, const uint8_t *iv, uint8_t *p, size_t n);

/* The digest of a and b behind one another. */
void package_hash(const struct nettle_hash *h, struct span a, struct span b,
	uint8_t ret_digest[PACKAGE_DIGEST]);

/*
 * salt and password, hashed `spins` times with the number of the turn in front. 0 or -errno of the
 * budget.
 */
int package_stretch(const struct nettle_hash *h, struct span salt, uint32_t spins, struct budget *b,
	uint8_t ret_digest[PACKAGE_DIGEST]);

/* As package_unlock(), of the XML behind the version of an Agile one. */
int package_unlock_agile(struct span xml, struct budget *b, struct package_key *ret_key);

#endif
