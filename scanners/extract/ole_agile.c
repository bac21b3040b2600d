/*
 * Agile encryption says in XML what it did. The password only deciphers the key, and that deciphers
 * the package; both times with a hash and a length of its own.
 */
#include <errno.h>
#include <expat.h>
#include <nettle/base64.h>
#include <stdlib.h>
#include <strings.h>

#include "extract/ole_package.h"
#include "limits.h"

#include "base/poison.h"

#define FILL 0x36 /* what a digest too short for its use is filled up with */

struct bytes {
	uint8_t p[PACKAGE_SALT + BASE64_DECODE_LENGTH(4)];
	unsigned n;
};

/* The attributes of <keyData> and <p:encryptedKey>. */
struct part {
	struct package_method method;
	unsigned block, hash_n;
	uint32_t spins;
	struct bytes salt, verifier, digest, key;
	bool chained, seen;
};

struct agile {
	XML_Parser parser;
	struct part data, password;
};

static const struct nettle_hash *
hash_of(const char *name)
{
	static const struct {
		const char *name;
		const struct nettle_hash *hash;
	} known[] = {{"SHA1", &nettle_sha1}, {"SHA-1", &nettle_sha1}, {"SHA256", &nettle_sha256},
		{"SHA384", &nettle_sha384}, {"SHA512", &nettle_sha512}};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (strcasecmp(name, known[i].name) == 0)
			return known[i].hash;
	}
	return NULL;
}

static void
decode(const char *s, struct bytes *to)
{
	struct base64_decode_ctx c;
	size_t n = strlen(s), got = sizeof to->p;

	to->n = 0;
	if (BASE64_DECODE_LENGTH(n) > sizeof to->p)
		return;
	base64_decode_init(&c);
	if (base64_decode_update(&c, &got, to->p, n, s))
		to->n = (unsigned)got;
}

static unsigned
number(const char *s)
{
	unsigned long v = strtoul(s, NULL, 10);

	return v < UINT32_MAX ? (unsigned)v : UINT32_MAX;
}

static void
take(struct part *p, const char *name, const char *value)
{
	struct {
		const char *name;
		struct bytes *to;
	} bytes[] = {{"saltValue", &p->salt}, {"encryptedVerifierHashInput", &p->verifier},
		{"encryptedVerifierHashValue", &p->digest}, {"encryptedKeyValue", &p->key}};

	for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++) {
		if (strcmp(name, bytes[i].name) == 0)
			decode(value, bytes[i].to);
	}
	if (strcmp(name, "spinCount") == 0)
		p->spins = number(value);
	else if (strcmp(name, "keyBits") == 0)
		p->method.key_n = number(value) / 8;
	else if (strcmp(name, "blockSize") == 0)
		p->block = number(value);
	else if (strcmp(name, "hashAlgorithm") == 0)
		p->method.hash = hash_of(value);
	else if (strcmp(name, "cipherChaining") == 0)
		p->chained = strcmp(value, "ChainingModeCBC") == 0;
	else if (strcmp(name, "cipherAlgorithm") == 0)
		p->seen = strcmp(value, "AES") == 0;
}

static void
on_start(void *user, const char *q, const char **atts)
{
	struct agile *a = user;
	const char *colon = strchr(q, ':'), *name = colon ? colon + 1 : q;
	struct part *p = strcmp(name, "keyData") == 0 ? &a->data
		: strcmp(name, "encryptedKey") == 0   ? &a->password
						      : NULL;

	for (; p && *atts; atts += 2)
		take(p, atts[0], atts[1]);
}

/* No entity is ever expanded. */
static void
on_doctype(void *user, const char *name, const char *sys, const char *pub, int internal)
{
	struct agile *a = user;

	(void)name;
	(void)sys;
	(void)pub;
	(void)internal;
	(void)XML_StopParser(a->parser, XML_FALSE);
}

static bool
known(const struct part *p)
{
	return p->seen && p->chained && p->block == PACKAGE_BLOCK && p->method.hash &&
		package_aes(p->method.key_n) && p->salt.n > 0 && p->salt.n <= PACKAGE_SALT;
}

/* The digest and a purpose's own bytes make a key; what is missing is filled up. */
static void
purpose_key(const struct part *p, const uint8_t *digest, const uint8_t purpose[8], uint8_t key[32])
{
	uint8_t d[PACKAGE_DIGEST];

	package_hash(p->method.hash, span_of(digest, p->method.hash->digest_size),
		span_of(purpose, 8), d);
	memset(key, FILL, 32);
	memcpy(key, d, p->method.hash->digest_size < 32 ? p->method.hash->digest_size : (size_t)32);
}

static void
decipher(const struct part *p, const uint8_t *digest, const uint8_t purpose[8], struct bytes *b)
{
	const struct nettle_cipher *aes = package_aes(p->method.key_n);
	uint8_t key[32], iv[PACKAGE_BLOCK];
	union package_ctx ctx;

	purpose_key(p, digest, purpose, key);
	memset(iv, FILL, sizeof iv);
	memcpy(iv, p->salt.p, p->salt.n < sizeof iv ? p->salt.n : sizeof iv);
	aes->set_decrypt_key(&ctx, key);
	package_decipher(aes, &ctx, iv, b->p, b->n / PACKAGE_BLOCK * PACKAGE_BLOCK);
}

/* The verifier has the digest that stands beside it, once both are in clear. */
static bool
fits(struct part *p, const uint8_t *digest)
{
	static const uint8_t input[] = {0xFE, 0xA7, 0xD2, 0x76, 0x3B, 0x4B, 0x9E, 0x79},
			     value[] = {0xD7, 0xAA, 0x0F, 0x6D, 0x30, 0x61, 0x34, 0x4E};
	const struct nettle_hash *h = p->method.hash;
	uint8_t is[PACKAGE_DIGEST];

	if (p->verifier.n < p->salt.n || p->digest.n < h->digest_size)
		return false;
	decipher(p, digest, input, &p->verifier);
	decipher(p, digest, value, &p->digest);
	package_hash(h, span_of(p->verifier.p, p->salt.n), (struct span){0}, is);
	return memcmp(is, p->digest.p, h->digest_size) == 0;
}

static int
unlock(struct agile *a, struct budget *b, struct package_key *k)
{
	static const uint8_t purpose[] = {0x14, 0x6E, 0x0B, 0xE7, 0xAB, 0xAC, 0xD0, 0xD6};
	struct part *p = &a->password;
	uint8_t digest[PACKAGE_DIGEST];
	int r;

	if (!known(p) || !known(&a->data) || p->spins > LIMIT_OLE_SPINS ||
		p->key.n < a->data.method.key_n)
		return 0;
	r = package_stretch(p->method.hash, span_of(p->salt.p, p->salt.n), p->spins, b, digest);
	if (r < 0 || !fits(p, digest))
		return r;
	decipher(p, digest, purpose, &p->key);
	k->method = a->data.method;
	k->chained = true;
	memcpy(k->key, p->key.p, k->method.key_n);
	memcpy(k->salt, a->data.salt.p, a->data.salt.n);
	k->salt_n = a->data.salt.n;
	return 1;
}

int
package_unlock_agile(struct span xml, struct budget *b, struct package_key *ret_key)
{
	struct agile a = {.parser = XML_ParserCreate(NULL)};
	int r = -ENOMEM;

	if (!a.parser)
		return r;
	XML_SetUserData(a.parser, &a);
	XML_SetStartElementHandler(a.parser, on_start);
	XML_SetStartDoctypeDeclHandler(a.parser, on_doctype);
	/* zeros behind the end are no concern of ours: what has been seen decides */
	(void)XML_Parse(a.parser, (const char *)xml.p, (int)xml.n, 1);
	XML_ParserFree(a.parser);
	return unlock(&a, b, ret_key);
}
