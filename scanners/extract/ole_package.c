/*
 * The package is read through a window of one segment, so that a workbook of any size is deciphered
 * as it is asked for. Whether the password fits is told by a verifier that is enciphered with it.
 */
#include "extract/ole_package.h"

#include <errno.h>
#include <nettle/cbc.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>

#include "extract/ole_rc4.h"
#include "limits.h"

#include "base/poison.h"

#define SIZE_N 8u /* the package's size, in front of it */
#define SPINS  50000u /* of Standard encryption */
#define TICK   1024u

const struct nettle_cipher *
package_aes(unsigned key_n)
{
	switch (key_n) {
	case 16:
		return &nettle_aes128;
	case 24:
		return &nettle_aes192;
	case 32:
		return &nettle_aes256;
	default:
		return NULL;
	}
}

void
package_decipher(
	const struct nettle_cipher *aes, const void *ctx, const uint8_t *iv, uint8_t *p, size_t n)
{
	uint8_t last[PACKAGE_BLOCK];

	if (!iv) {
		aes->decrypt(ctx, n, p, p);
		return;
	}
	memcpy(last, iv, sizeof last);
	cbc_decrypt(ctx, aes->decrypt, PACKAGE_BLOCK, last, n, p, p);
}

static void
hash_three(
	const struct nettle_hash *h, struct span a, struct span b, struct span c, uint8_t *digest)
{
	union {
		struct sha1_ctx one;
		struct sha256_ctx two;
		struct sha512_ctx big;
	} ctx;

	h->init(&ctx);
	h->update(&ctx, a.n, a.p);
	h->update(&ctx, b.n, b.p);
	h->update(&ctx, c.n, c.p);
	h->digest(&ctx, h->digest_size, digest);
}

void
package_hash(const struct nettle_hash *h, struct span a, struct span b,
	uint8_t ret_digest[PACKAGE_DIGEST])
{
	hash_three(h, a, b, (struct span){0}, ret_digest);
}

static struct span
number(uint32_t v, uint8_t to[4])
{
	for (unsigned i = 0; i < 4; i++)
		to[i] = (uint8_t)(v >> 8 * i);
	return span_of(to, 4);
}

int
package_stretch(const struct nettle_hash *h, struct span salt, uint32_t spins, struct budget *b,
	uint8_t ret_digest[PACKAGE_DIGEST])
{
	uint8_t password[OLE_PASSWORD_SIZE], turn[4];
	int r = 0;

	package_hash(
		h, salt, span_of(password, ole_password(OLE_PASSWORD, password, 0)), ret_digest);
	for (uint32_t i = 0; i < spins && r == 0; i++) {
		package_hash(h, number(i, turn), span_of(ret_digest, h->digest_size), ret_digest);
		if (i % TICK == 0)
			r = budget_tick(b);
	}
	return r;
}

/* --- Standard ------------------------------------------------------------------------ */

/* SHA-1 of the digest laid over a block of one byte. */
static void
derive(const uint8_t digest[20], uint8_t fill, uint8_t ret[20])
{
	uint8_t block[64];

	memset(block, fill, sizeof block);
	for (unsigned i = 0; i < 20; i++)
		block[i] ^= digest[i];
	sha1(span_of(block, sizeof block), ret);
}

/* The key out of salt and password. */
static int
standard_key(struct span salt, struct budget *b, struct package_key *k)
{
	uint8_t h[PACKAGE_DIGEST], none[4] = {0}, both[40];
	int r = package_stretch(&nettle_sha1, salt, SPINS, b, h);

	package_hash(&nettle_sha1, span_of(h, 20), span_of(none, 4), h);
	derive(h, 0x36, both);
	derive(h, 0x5C, both + 20);
	memcpy(k->key, both, k->method.key_n);
	return r;
}

/* Does the verifier, deciphered, have the digest that stands behind it? */
static bool
standard_fits(const struct package_key *k, const uint8_t *verifier, const uint8_t *digest)
{
	const struct nettle_cipher *aes = package_aes(k->method.key_n);
	union package_ctx ctx;
	uint8_t v[16], d[32], is[20];

	aes->set_decrypt_key(&ctx, k->key);
	memcpy(v, verifier, sizeof v);
	memcpy(d, digest, sizeof d);
	package_decipher(aes, &ctx, NULL, v, sizeof v);
	package_decipher(aes, &ctx, NULL, d, sizeof d);
	sha1(span_of(v, sizeof v), is);
	return memcmp(is, d, sizeof is) == 0;
}

/* Flags, a header with the algorithm, then salt, verifier and its digest. */
static int
unlock_standard(struct span info, struct budget *b, struct package_key *k)
{
	size_t size = info.n >= 12 ? le32(info.p + 8) : 0, at;
	uint32_t alg;
	int r;

	if (info.n < 12 || size < 32 || size > info.n - 12)
		return 0;
	at = 12 + size;
	alg = le32(info.p + 12 + 8);
	if (info.n - at < 4 + 16 + 16 + 4 + 32 || le32(info.p + at) != 16 || alg < 0x660E ||
		alg > 0x6610)
		return 0;
	k->method = (struct package_method){&nettle_sha1, 16 + 8 * (unsigned)(alg - 0x660E)};
	r = standard_key(span_of(info.p + at + 4, 16), b, k);
	if (r < 0)
		return r;
	return standard_fits(k, info.p + at + 20, info.p + at + 40);
}

int
package_unlock(struct span info, struct budget *b, struct package_key *ret_key)
{
	struct package_key k = {0};
	unsigned major = info.n >= 8 ? le16(info.p) : 0, minor = info.n >= 8 ? le16(info.p + 2) : 0;
	int r = 0;

	if (major == 4 && minor == 4)
		r = package_unlock_agile(span_sub(info, 8, info.n), b, &k);
	else if (major >= 2 && major <= 4 && minor == 2)
		r = unlock_standard(info, b, &k);
	if (r > 0)
		*ret_key = k;
	return r;
}

/* --- the package in clear -------------------------------------------------------------- */

/* The start of a segment's chain: the digest of the salt and the segment's number. */
static void
segment_iv(const struct package_key *k, uint64_t segment, uint8_t iv[PACKAGE_BLOCK])
{
	uint8_t digest[PACKAGE_DIGEST], no[4];

	package_hash(
		k->method.hash, span_of(k->salt, k->salt_n), number((uint32_t)segment, no), digest);
	memcpy(iv, digest, PACKAGE_BLOCK);
}

/* Brings a segment into memory. 0 or -errno. */
static int
load(struct package *p, uint64_t segment)
{
	uint8_t iv[PACKAGE_BLOCK];
	ssize_t got;

	if (p->held == segment)
		return 0;
	p->held = UINT64_MAX;
	got = reader_pread(
		&p->in.r, p->segment, PACKAGE_SEGMENT, SIZE_N + segment * PACKAGE_SEGMENT);
	if (got < 0)
		return (int)got;
	p->held_n = (size_t)got / PACKAGE_BLOCK * PACKAGE_BLOCK;
	if (p->key->chained)
		segment_iv(p->key, segment, iv);
	package_decipher(p->aes, &p->ctx, p->key->chained ? iv : NULL, p->segment, p->held_n);
	p->held = segment;
	return 0;
}

static ssize_t
package_pread(struct reader *r, void *to, size_t n, uint64_t off)
{
	struct package *p = (struct package *)r;
	size_t done = 0;

	if (off >= r->size)
		return 0;
	n = n < r->size - off ? n : (size_t)(r->size - off);
	while (done < n) {
		uint64_t at = off + done, in = at % PACKAGE_SEGMENT;
		int q = load(p, at / PACKAGE_SEGMENT);
		size_t k;

		if (q < 0)
			return q;
		if (in >= p->held_n)
			break;
		k = p->held_n - in < n - done ? (size_t)(p->held_n - in) : n - done;
		memcpy((uint8_t *)to + done, p->segment + in, k);
		done += k;
	}
	return (ssize_t)done;
}

static ssize_t
package_read(struct reader *r, void *to, size_t n)
{
	struct package *p = (struct package *)r;
	int q = budget_tick(p->in.c->budget);
	ssize_t got = q < 0 ? q : package_pread(r, to, n, p->at);

	if (got > 0)
		p->at += (uint64_t)got;
	return got;
}

int
package_open(struct package *p, struct cfb *c, uint32_t entry, const struct package_key *key)
{
	static const struct reader_ops ops = {.read = package_read, .pread = package_pread};
	uint8_t b[SIZE_N] = {0};
	uint64_t size;
	int r;

	*p = (struct package){
		.key = key, .held = UINT64_MAX, .aes = package_aes(key->method.key_n)};
	r = cfb_stream_open(&p->in, c, entry);
	if (r < 0)
		return r;
	p->aes->set_decrypt_key(&p->ctx, key->key);
	(void)reader_pread(&p->in.r, b, sizeof b, 0);
	size = p->in.r.size > SIZE_N ? p->in.r.size - SIZE_N : 0;
	if (le64(b) < size)
		size = le64(b);
	else if (le64(b) > size)
		c->damaged = true;
	reader_init(&p->r, &ops, size);
	return 0;
}

void
package_close(struct package *p)
{
	cfb_stream_close(&p->in);
	reader_end(&p->r);
}
