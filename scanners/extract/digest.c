/*
 * RFC 1321, RFC 3174 and the cipher once called arcfour. No library at hand has all three, and the
 * keys here are made of a password that is printed in every manual.
 */
#include "extract/digest.h"

#include <math.h>

#include "base/poison.h"

typedef void block_fn(uint32_t *h, const uint8_t *block);

static uint32_t
rol(uint32_t v, unsigned n)
{
	return v << n | v >> (32 - n);
}

static void
md5_block(uint32_t *h, const uint8_t *block)
{
	static const uint8_t shifts[16] = {
		7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21};
	uint32_t a = h[0], b = h[1], c = h[2], d = h[3];

	for (unsigned i = 0; i < 64; i++) {
		uint32_t k = (uint32_t)(int64_t)floor(fabs(sin(i + 1)) * 4294967296.0), f, t;
		unsigned g, round = i / 16;

		if (round == 0) {
			f = (b & c) | (~b & d);
			g = i;
		} else if (round == 1) {
			f = (d & b) | (~d & c);
			g = 5 * i + 1;
		} else if (round == 2) {
			f = b ^ c ^ d;
			g = 3 * i + 5;
		} else {
			f = c ^ (b | ~d);
			g = 7 * i;
		}
		t = d;
		d = c;
		c = b;
		b += rol(a + f + k + le32(block + 4 * (g & 15)), shifts[round * 4 + i % 4]);
		a = t;
	}
	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
}

static void
sha1_block(uint32_t *h, const uint8_t *block)
{
	static const uint32_t k[4] = {0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6};
	uint32_t w[80], v[5];

	for (unsigned i = 0; i < 80; i++)
		w[i] = i < 16 ? be32(block + 4 * i)
			      : rol(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
	memcpy(v, h, sizeof v);
	for (unsigned i = 0; i < 80; i++) {
		uint32_t f, t;

		if (i < 20)
			f = (v[1] & v[2]) | (~v[1] & v[3]);
		else if (i < 40 || i >= 60)
			f = v[1] ^ v[2] ^ v[3];
		else
			f = (v[1] & v[2]) | (v[1] & v[3]) | (v[2] & v[3]);
		t = rol(v[0], 5) + f + v[4] + k[i / 20] + w[i];
		v[4] = v[3];
		v[3] = v[2];
		v[2] = rol(v[1], 30);
		v[1] = v[0];
		v[0] = t;
	}
	for (unsigned i = 0; i < 5; i++)
		h[i] += v[i];
}

/* Whole blocks, then the padding: 0x80, zeros, the length in bits. */
static void
hash(uint32_t *h, struct span s, block_fn *fn, bool big)
{
	uint8_t last[128] = {0};
	uint64_t bits = (uint64_t)s.n * 8;
	size_t n;

	for (; s.n >= 64; s = span_sub(s, 64, s.n))
		fn(h, s.p);
	if (s.n)
		memcpy(last, s.p, s.n);
	last[s.n] = 0x80;
	n = s.n < 56 ? 64 : 128;
	for (unsigned i = 0; i < 8; i++)
		last[n - 8 + i] = (uint8_t)(bits >> 8 * (big ? 7 - i : i));
	for (size_t i = 0; i < n; i += 64)
		fn(h, last + i);
}

void
md5(struct span s, uint8_t ret_digest[16])
{
	uint32_t h[4] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476};

	hash(h, s, md5_block, false);
	for (unsigned i = 0; i < 16; i++)
		ret_digest[i] = (uint8_t)(h[i / 4] >> 8 * (i % 4));
}

void
sha1(struct span s, uint8_t ret_digest[20])
{
	uint32_t h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};

	hash(h, s, sha1_block, true);
	for (unsigned i = 0; i < 20; i++)
		ret_digest[i] = (uint8_t)(h[i / 4] >> 8 * (3 - i % 4));
}

void
rc4_key(struct rc4 *c, struct span key)
{
	uint8_t j = 0;

	for (unsigned i = 0; i < 256; i++)
		c->s[i] = (uint8_t)i;
	c->i = c->j = 0;
	for (unsigned i = 0; i < 256 && key.n; i++) {
		uint8_t t = c->s[i];

		j = (uint8_t)(j + t + key.p[i % key.n]);
		c->s[i] = c->s[j];
		c->s[j] = t;
	}
}

static uint8_t
rc4_next(struct rc4 *c)
{
	uint8_t t = c->s[++c->i];

	c->j = (uint8_t)(c->j + t);
	c->s[c->i] = c->s[c->j];
	c->s[c->j] = t;
	return c->s[(uint8_t)(c->s[c->i] + t)];
}

void
rc4_apply(struct rc4 *c, uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] ^= rc4_next(c);
}

void
rc4_skip(struct rc4 *c, size_t n)
{
	while (n--)
		(void)rc4_next(c);
}
