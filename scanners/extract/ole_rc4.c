/*
 * A workbook whose structure is protected, or a presentation that may be read and not changed, is
 * enciphered with a password that stands in the program: Excel, Word and PowerPoint open it without a
 * question. So do we. Any other password is nobody's business: the document is a gap.
 */
#include "extract/ole_rc4.h"

#include "base/poison.h"

/* Excel's own, none at all, PowerPoint's own. */
static const char *const passwords[] = {OLE_PASSWORD, "", "/01Hannes Ruescher/01"};

size_t
ole_password(const char *password, uint8_t *to, size_t n)
{
	for (; *password; password++) {
		to[n++] = (uint8_t)*password;
		to[n++] = 0;
	}
	return n;
}

static void
key_block(struct ole_rc4 *c, uint64_t block)
{
	uint8_t t[24], h[20];
	size_t base = c->kind == OLE_RC4_40 ? 5 : 20, n;

	memcpy(t, c->base, base);
	for (unsigned i = 0; i < 4; i++)
		t[base + i] = (uint8_t)(block >> 8 * i);
	if (c->kind == OLE_RC4_40) {
		md5(span_of(t, base + 4), h);
		n = 16;
	} else {
		sha1(span_of(t, base + 4), h);
		n = c->key_bits / 8;
		if (n <= 5) { /* 40 bits are filled up with zeros */
			memset(h + n, 0, 16 - n);
			n = 16;
		}
	}
	rc4_key(&c->rc4, span_of(h, n));
	c->block = block;
	c->at = 0;
}

/* Does the verifier, deciphered, have the digest that stands behind it? */
static bool
verify(struct ole_rc4 *c, const uint8_t *verifier, const uint8_t *digest, size_t n)
{
	uint8_t v[16], d[20], is[20];

	key_block(c, 0);
	memcpy(v, verifier, sizeof v);
	memcpy(d, digest, n);
	rc4_apply(&c->rc4, v, sizeof v);
	rc4_apply(&c->rc4, d, n);
	if (n == 16)
		md5(span_of(v, sizeof v), is);
	else
		sha1(span_of(v, sizeof v), is);
	c->block = UINT64_MAX;
	return memcmp(is, d, n) == 0;
}

/* Version, then salt, verifier and its digest. */
static bool
unlock_40(struct ole_rc4 *c, struct span header, const char *password)
{
	uint8_t t[OLE_PASSWORD_SIZE], h[16], many[16 * 21];

	if (header.n < 52)
		return false;
	md5(span_of(t, ole_password(password, t, 0)), h);
	for (unsigned i = 0; i < 16; i++) {
		memcpy(many + 21 * (size_t)i, h, 5);
		memcpy(many + 21 * (size_t)i + 5, header.p + 4, 16);
	}
	md5(span_of(many, sizeof many), h);
	memcpy(c->base, h, 5);
	c->kind = OLE_RC4_40;
	return verify(c, header.p + 20, header.p + 36, 16);
}

/* Version, flags, a header with the algorithm, then salt, verifier and its digest. */
static bool
unlock_api(struct ole_rc4 *c, struct span header, const char *password)
{
	size_t size = header.n >= 12 ? le32(header.p + 8) : 0, at;
	uint8_t t[16 + OLE_PASSWORD_SIZE];

	if (header.n < 12 || size < 32 || size > header.n - 12)
		return false;
	at = 12 + size;
	if (header.n - at < 4 + 16 + 16 + 4 + 20 || le32(header.p + at) != 16 ||
		le32(header.p + 12 + 8) != 0x6801)
		return false;
	c->key_bits = le32(header.p + 12 + 16);
	if (c->key_bits == 0)
		c->key_bits = 40;
	if (c->key_bits < 40 || c->key_bits > 128)
		return false;
	memcpy(t, header.p + at + 4, 16);
	sha1(span_of(t, ole_password(password, t, 16)), c->base);
	c->kind = OLE_RC4_API;
	return verify(c, header.p + at + 20, header.p + at + 40, 20);
}

bool
ole_rc4_unlock(struct ole_rc4 *c, struct span header, const char **ret_how)
{
	bool old = header.n >= 4 && le16(header.p) == 1;

	*ret_how = old ? "RC4 40-bit" : "RC4 CryptoAPI";
	for (size_t i = 0; i < sizeof passwords / sizeof *passwords; i++) {
		if (old ? unlock_40(c, header, passwords[i]) : unlock_api(c, header, passwords[i]))
			return true;
	}
	c->kind = OLE_RC4_NONE;
	return false;
}

void
ole_rc4_apply(struct ole_rc4 *c, uint64_t block, uint64_t at, uint8_t *p, size_t n)
{
	if (c->block != block || c->at > at)
		key_block(c, block);
	rc4_skip(&c->rc4, (size_t)(at - c->at));
	rc4_apply(&c->rc4, p, n);
	c->at = at + n;
}

void
ole_rc4_stream(struct ole_rc4 *c, unsigned size, uint64_t off, uint8_t *p, size_t n)
{
	while (n) {
		uint64_t in = off % size;
		size_t k = n < size - in ? n : (size_t)(size - in);

		ole_rc4_apply(c, off / size, in, p, k);
		off += k;
		p += k;
		n -= k;
	}
}
