/*
 * ole_rc4: RC4 as the Office programs of 97 to 2003 used it (MS-OFFCRYPTO 2.3.5 and 2.3.6), with the
 * passwords that they try by themselves and never ask for.
 */
#ifndef EXTRACT_OLE_RC4_H
#define EXTRACT_OLE_RC4_H

#include "extract/digest.h"

struct ole_rc4 {
	enum { OLE_RC4_NONE, OLE_RC4_40, OLE_RC4_API } kind;
	uint8_t base[20]; /* what the key of a block is made of */
	unsigned key_bits; /* of OLE_RC4_API */
	struct rc4 rc4;
	uint64_t block,
		at; /* the block rc4 is keyed for and how far it has gone; UINT64_MAX: none */
};

/*
 * Takes the header of an enciphered document, from its version on. True when one of the passwords
 * fits; else kind is OLE_RC4_NONE. *ret_how names the method in either case.
 */
bool ole_rc4_unlock(struct ole_rc4 *c, struct span header, const char **ret_how);

/* Deciphers in place what stands at `at` of a block. Going forward costs nothing. */
void ole_rc4_apply(struct ole_rc4 *c, uint64_t block, uint64_t at, uint8_t *p, size_t n);

/* The same of a stream whose blocks have `size` bytes each. */
void ole_rc4_stream(struct ole_rc4 *c, unsigned size, uint64_t off, uint8_t *p, size_t n);

/* Appends the password as UTF-16LE to what stands in to already; returns the bytes in all. */
size_t ole_password(const char *password, uint8_t *to, size_t n);

#define OLE_PASSWORD	  "VelvetSweatshop"
#define OLE_PASSWORD_SIZE 64u /* bytes of the longest of them in UTF-16 */

#endif
