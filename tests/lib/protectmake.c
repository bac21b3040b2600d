/*
 * Salts and verifiers are fixed: what is enciphered here is no secret, and a test gives the same file
 * each time.
 */
#include "protectmake.h"

#include <nettle/aes.h>
#include <nettle/arcfour.h>
#include <nettle/base64.h>
#include <nettle/cbc.h>
#include <nettle/md5.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <stdlib.h>

#include "olemake.h"

#include "base/poison.h"

#define SEGMENT 4096u
#define SPINS	1000u /* of Agile, where the file says it */

static const uint8_t salt[16] = "salt of 16 bytes";
static const uint8_t verifier[16] = "verify these 16.";

static void
digest(const struct nettle_hash *h, struct span a, struct span b, uint8_t *to)
{
	union {
		struct md5_ctx md5;
		struct sha1_ctx sha1;
		struct sha256_ctx sha256;
		struct sha512_ctx sha512;
	} c;

	h->init(&c);
	h->update(&c, a.n, a.p);
	h->update(&c, b.n, b.p);
	h->digest(&c, h->digest_size, to);
}

static struct span
le(uint32_t v, uint8_t to[4])
{
	for (unsigned i = 0; i < 4; i++)
		to[i] = (uint8_t)(v >> 8 * i);
	return span_of(to, 4);
}

/* Salt and password, then again and again with a number in front. */
static void
stretch(const struct nettle_hash *h, const char *password, uint32_t spins, uint8_t *to)
{
	struct buf wide = {0};
	uint8_t no[4];

	put_wide_ascii(&wide, password);
	digest(h, span_of(salt, 16), buf_span(&wide), to);
	for (uint32_t i = 0; i < spins; i++)
		digest(h, le(i, no), span_of(to, h->digest_size), to);
	buf_free(&wide);
}

static void
aes(unsigned bits, const uint8_t *key, const uint8_t *iv, uint8_t *p, size_t n)
{
	const struct nettle_cipher *c = bits == 128 ? &nettle_aes128
		: bits == 192			    ? &nettle_aes192
						    : &nettle_aes256;
	struct aes256_ctx ctx[2]; /* room for any */
	uint8_t last[16];

	c->set_encrypt_key(ctx, key);
	if (iv) {
		memcpy(last, iv, 16);
		cbc_encrypt(ctx, c->encrypt, 16, last, n, p, p);
	} else {
		c->encrypt(ctx, n, p, p);
	}
}

static void
pad(struct buf *b)
{
	while (b->n % 16)
		buf_putc(b, 0);
}

/* --- Agile ----------------------------------------------------------------------------- */

struct agile {
	const struct nettle_hash *hash;
	unsigned bits;
	uint8_t stretched[64];
	struct buf xml;
};

static void
put_base64(struct buf *b, const char *name, struct span s)
{
	char text[BASE64_ENCODE_RAW_LENGTH(128) + 1] = {0};

	base64_encode_raw(text, s.n, s.p);
	buf_printf(b, " %s=\"%s\"", name, text);
}

/* A value enciphered for one purpose, as an attribute. */
static void
put_value(struct agile *a, const char *name, const uint8_t purpose[8], struct span value)
{
	struct buf b = {0};
	uint8_t key[64];

	memset(key, 0x36, sizeof key);
	digest(a->hash, span_of(a->stretched, a->hash->digest_size), span_of(purpose, 8), key);
	if (a->hash->digest_size < 32)
		memset(key + a->hash->digest_size, 0x36, 32 - a->hash->digest_size);
	buf_put(&b, value.p, value.n);
	pad(&b);
	aes(a->bits, key, salt, b.p, b.n);
	put_base64(&a->xml, name, buf_span(&b));
	buf_free(&b);
}

static void
put_method(struct agile *a)
{
	buf_printf(&a->xml,
		" saltSize=\"16\" blockSize=\"16\" keyBits=\"%u\" hashSize=\"%u\""
		" cipherAlgorithm=\"AES\" cipherChaining=\"ChainingModeCBC\""
		" hashAlgorithm=\"%s\"",
		a->bits, a->hash->digest_size,
		a->hash == &nettle_sha1		    ? "SHA1"
			: a->hash == &nettle_sha256 ? "SHA256"
			: a->hash == &nettle_sha384 ? "SHA384"
						    : "SHA512");
	put_base64(&a->xml, "saltValue", span_of(salt, 16));
}

static void
put_info(struct agile *a, const uint8_t *key)
{
	static const uint8_t input[] = {0xFE, 0xA7, 0xD2, 0x76, 0x3B, 0x4B, 0x9E, 0x79},
			     value[] = {0xD7, 0xAA, 0x0F, 0x6D, 0x30, 0x61, 0x34, 0x4E},
			     secret[] = {0x14, 0x6E, 0x0B, 0xE7, 0xAB, 0xAC, 0xD0, 0xD6};
	uint8_t is[64];

	put_le(&a->xml, 0x00040004, 4);
	put_le(&a->xml, 0x40, 4);
	buf_puts(&a->xml,
		"<?xml version=\"1.0\"?><encryption xmlns=\"http://schemas.microsoft.com/"
		"office/2006/encryption\" xmlns:p=\"http://schemas.microsoft.com/office/2006/"
		"keyEncryptor/password\"><keyData");
	put_method(a);
	buf_puts(&a->xml,
		"/><keyEncryptors><keyEncryptor uri=\"http://schemas.microsoft.com/office/"
		"2006/keyEncryptor/password\"><p:encryptedKey");
	buf_printf(&a->xml, " spinCount=\"%u\"", SPINS);
	put_method(a);
	digest(a->hash, span_of(verifier, 16), (struct span){0}, is);
	put_value(a, "encryptedVerifierHashInput", input, span_of(verifier, 16));
	put_value(a, "encryptedVerifierHashValue", value, span_of(is, a->hash->digest_size));
	put_value(a, "encryptedKeyValue", secret, span_of(key, a->bits / 8));
	buf_puts(&a->xml, "/></keyEncryptor></keyEncryptors></encryption>");
}

static void
put_streams(struct cfbmake *m, const struct buf *info, const struct buf *package)
{
	cfbmake_begin(m, 9);
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "EncryptionInfo", buf_span(info));
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "EncryptedPackage", buf_span(package));
	cfbmake_end(m);
}

void
protect_agile(struct cfbmake *m, struct span package, const char *password,
	const struct nettle_hash *hash, unsigned bits)
{
	static const uint8_t key[32] = "the key that enciphers the data";
	struct agile a = {.hash = hash, .bits = bits};
	struct buf out = {0};

	stretch(hash, password, SPINS, a.stretched);
	put_info(&a, key);
	put_le(&out, package.n, 8);
	buf_put(&out, package.p, package.n);
	while ((out.n - 8) % 16)
		buf_putc(&out, 0);
	for (size_t at = 8, i = 0; at < out.n; at += SEGMENT, i++) {
		uint8_t iv[64], no[4];

		digest(hash, span_of(salt, 16), le((uint32_t)i, no), iv);
		aes(bits, key, iv, out.p + at, out.n - at < SEGMENT ? out.n - at : SEGMENT);
	}
	put_streams(m, &a.xml, &out);
	buf_free(&out);
	buf_free(&a.xml);
}

/* --- Standard -------------------------------------------------------------------------- */

static void
standard_key(const char *password, uint8_t key[40])
{
	uint8_t h[64], no[4], pads[2][64];

	stretch(&nettle_sha1, password, 50000, h);
	digest(&nettle_sha1, span_of(h, 20), le(0, no), h);
	for (size_t i = 0; i < 64; i++) {
		pads[0][i] = 0x36 ^ (i < 20 ? h[i] : 0);
		pads[1][i] = 0x5C ^ (i < 20 ? h[i] : 0);
	}
	digest(&nettle_sha1, span_of(pads[0], 64), (struct span){0}, key);
	digest(&nettle_sha1, span_of(pads[1], 64), (struct span){0}, key + 20);
}

/* The header of EncryptionInfo and of RC4 CryptoAPI: version, flags, algorithm, its provider's name. */
static void
put_header(struct buf *b, uint32_t version, uint32_t alg, unsigned bits)
{
	struct buf h = {0};

	put_le(&h, 0x24, 4);
	put_le(&h, 0, 4);
	put_le(&h, alg, 4);
	put_le(&h, 0x8004, 4); /* SHA-1 */
	put_le(&h, bits, 4);
	put_le(&h, 24, 4);
	put_le(&h, 0, 8);
	put_wide_ascii(&h, "Cryptographic Provider");
	put_le(&h, 0, 2);
	put_le(b, version, 4);
	put_le(b, 0x24, 4);
	put_le(b, h.n, 4);
	buf_put(b, h.p, h.n);
	put_le(b, 16, 4);
	buf_put(b, salt, 16);
	buf_free(&h);
}

void
protect_standard(struct cfbmake *m, struct span package, const char *password, unsigned bits)
{
	struct buf info = {0}, out = {0};
	uint8_t key[40], v[16], is[32] = {0};

	standard_key(password, key);
	put_header(&info, 0x00020004, 0x660E + (bits - 128) / 64, bits);
	memcpy(v, verifier, 16);
	digest(&nettle_sha1, span_of(v, 16), (struct span){0}, is);
	aes(bits, key, NULL, v, 16);
	aes(bits, key, NULL, is, 32);
	buf_put(&info, v, 16);
	put_le(&info, 20, 4);
	buf_put(&info, is, 32);
	buf_put(&out, package.p, package.n);
	pad(&out);
	aes(bits, key, NULL, out.p, out.n);
	{
		struct buf all = {0};

		put_le(&all, package.n, 8);
		buf_put(&all, out.p, out.n);
		put_streams(m, &info, &all);
		buf_free(&all);
	}
	buf_free(&info);
	buf_free(&out);
}

/* --- RC4 ------------------------------------------------------------------------------- */

static void
block_key(const struct protect_rc4 *p, uint32_t block, struct arcfour_ctx *c)
{
	uint8_t key[20], no[4];

	if (p->bits == 0) {
		digest(&nettle_md5, span_of(p->base, 5), le(block, no), key);
		arcfour_set_key(c, 16, key);
		return;
	}
	digest(&nettle_sha1, span_of(p->base, 20), le(block, no), key);
	if (p->bits == 40)
		memset(key + 5, 0, 11);
	arcfour_set_key(c, p->bits == 40 ? 16 : p->bits / 8, key);
}

static void
base_key(struct protect_rc4 *p, const char *password)
{
	struct buf wide = {0}, many = {0};
	uint8_t h[16];

	put_wide_ascii(&wide, password);
	if (p->bits) {
		digest(&nettle_sha1, span_of(salt, 16), buf_span(&wide), p->base);
	} else {
		digest(&nettle_md5, buf_span(&wide), (struct span){0}, h);
		for (unsigned i = 0; i < 16; i++) {
			buf_put(&many, h, 5);
			buf_put(&many, salt, 16);
		}
		digest(&nettle_md5, buf_span(&many), (struct span){0}, p->base);
	}
	buf_free(&wide);
	buf_free(&many);
}

void
protect_rc4(struct protect_rc4 *p, const char *password, unsigned bits, struct buf *header)
{
	struct arcfour_ctx c;
	uint8_t v[16], is[20];

	p->bits = bits;
	base_key(p, password);
	block_key(p, 0, &c);
	digest(bits ? &nettle_sha1 : &nettle_md5, span_of(verifier, 16), (struct span){0}, is);
	arcfour_crypt(&c, 16, v, verifier);
	arcfour_crypt(&c, bits ? 20 : 16, is, is);
	if (bits == 0) {
		put_le(header, 0x00010001, 4);
		buf_put(header, salt, 16);
		buf_put(header, v, 16);
		buf_put(header, is, 16);
		return;
	}
	put_header(header, 0x00020002, 0x6801, bits);
	buf_put(header, v, 16);
	put_le(header, 20, 4);
	buf_put(header, is, 20);
}

void
protect_rc4_block(
	const struct protect_rc4 *p, uint32_t block, uint8_t *bytes, size_t n, size_t clear)
{
	struct arcfour_ctx c;
	uint8_t *copy = malloc(n + 1);

	if (!copy)
		abort();
	block_key(p, block, &c);
	arcfour_crypt(&c, n, copy, bytes);
	if (clear < n)
		memcpy(bytes + clear, copy + clear, n - clear);
	free(copy);
}

void
protect_rc4_stream(const struct protect_rc4 *p, struct buf *stream, size_t clear)
{
	for (size_t at = 0, i = 0; at < stream->n; at += 512, i++)
		protect_rc4_block(p, (uint32_t)i, stream->p + at,
			stream->n - at < 512 ? stream->n - at : 512, at < clear ? clear - at : 0);
}
