/*
 * protectmake: documents enciphered with a password, as MS-OFFCRYPTO has it, for tests. Written apart
 * from the code that opens them. Aborts on any failure.
 */
#ifndef PROTECTMAKE_H
#define PROTECTMAKE_H

#include <nettle/nettle-meta.h>

#include "cfbmake.h"

/* A package of a new Office document, Agile: bits 128, 192, 256; the data are AES of the same. */
void protect_agile(struct cfbmake *m, struct span package, const char *password,
	const struct nettle_hash *hash, unsigned bits);

/* The same, Standard. */
void protect_standard(struct cfbmake *m, struct span package, const char *password, unsigned bits);

/* RC4 of the old formats: bits 0 is the way of Office 97, 40 to 128 CryptoAPI. */
struct protect_rc4 {
	unsigned bits;
	uint8_t base[20];
};

/* Appends the header that stands in the document, from its version on. */
void protect_rc4(struct protect_rc4 *p, const char *password, unsigned bits, struct buf *header);

/* Enciphers a whole block in place, whose first `clear` bytes stay as they are. */
void protect_rc4_block(
	const struct protect_rc4 *p, uint32_t block, uint8_t *bytes, size_t n, size_t clear);

/* A stream in blocks of 512 bytes. */
void protect_rc4_stream(const struct protect_rc4 *p, struct buf *stream, size_t clear);

/*
 * olemake.h's document of Word, of PowerPoint and of Excel, with a password and two pictures: a PNG of
 * 3000 bytes and, with two digests, a JPEG of 700. Those of Word and Excel hold a file note.txt, too.
 */
void protect_doc(struct cfbmake *m, const char *password, unsigned bits);
void protect_ppt(struct cfbmake *m, const char *password, unsigned bits);
void protect_xls(struct cfbmake *m, const char *password, unsigned bits);

#endif
