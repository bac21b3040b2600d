/*
 * Excel itself writes workbooks that are enciphered with a password of its own when only their
 * structure is protected, and opens them without a question. So do we. Any other password is nobody's
 * business: the workbook is reported as protected.
 */
#include "extract/xls.h"

#include "base/poison.h"

#define BLOCK 1024u /* the RC4 key changes after so many bytes of the stream */

static const char password[] = "VelvetSweatshop";

#define PASSWORD_N (sizeof password - 1)

/* The password in UTF-16LE behind what stands in to already; returns the bytes in all. */
static size_t
put_password(uint8_t *to, size_t n)
{
	for (size_t i = 0; i < PASSWORD_N; i++) {
		to[n++] = (uint8_t)password[i];
		to[n++] = 0;
	}
	return n;
}

static void
key_block(struct xls_cipher *c, uint64_t block)
{
	uint8_t t[24], h[20];
	size_t base = c->kind == XLS_RC4 ? 5 : 20, n;

	memcpy(t, c->base, base);
	for (unsigned i = 0; i < 4; i++)
		t[base + i] = (uint8_t)(block >> 8 * i);
	if (c->kind == XLS_RC4) {
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
verify(struct xls_cipher *c, const uint8_t *verifier, const uint8_t *digest, size_t n)
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

static bool
unlock_rc4(struct xls_cipher *c, struct span rec)
{
	uint8_t t[64], h[16], many[16 * 21];

	if (rec.n < 54)
		return false;
	md5(span_of(t, put_password(t, 0)), h);
	for (unsigned i = 0; i < 16; i++) {
		memcpy(many + 21 * i, h, 5);
		memcpy(many + 21 * i + 5, rec.p + 6, 16);
	}
	md5(span_of(many, sizeof many), h);
	memcpy(c->base, h, 5);
	c->kind = XLS_RC4;
	return verify(c, rec.p + 22, rec.p + 38, 16);
}

/* Version, flags, a header with the algorithm, then salt, verifier and its digest. */
static bool
unlock_api(struct xls_cipher *c, struct span rec)
{
	size_t header = rec.n >= 14 ? le32(rec.p + 10) : 0, at;
	uint8_t t[64];

	if (rec.n < 14 || header < 32 || header > rec.n - 14)
		return false;
	at = 14 + header;
	if (rec.n - at < 4 + 16 + 16 + 4 + 20 || le32(rec.p + at) != 16 ||
		le32(rec.p + 14 + 8) != 0x6801)
		return false;
	c->key_bits = le32(rec.p + 14 + 16);
	if (c->key_bits == 0)
		c->key_bits = 40;
	if (c->key_bits < 40 || c->key_bits > 128)
		return false;
	memcpy(t, rec.p + at + 4, 16);
	sha1(span_of(t, put_password(t, 16)), c->base);
	c->kind = XLS_RC4_API;
	return verify(c, rec.p + at + 20, rec.p + at + 40, 20);
}

static uint16_t
rol16(uint16_t v)
{
	return (uint16_t)(v << 1 | v >> 15);
}

/* A feedback register of 16 bits, stirred by the password's bits from its end on. */
static uint16_t
xor_key(void)
{
	uint16_t key = 0, base = 0x8000, end = 0xFFFF;

	for (size_t i = PASSWORD_N; i > 0; i--) {
		uint8_t ch = (uint8_t)password[i - 1] & 0x7F;

		for (unsigned bit = 0; bit < 8; bit++, ch >>= 1) {
			base = rol16(base);
			base ^= base & 1 ? 0x1020 : 0;
			key ^= ch & 1 ? base : 0;
			end = rol16(end);
			end ^= end & 1 ? 0x1020 : 0;
		}
	}
	return key ^ end;
}

static uint16_t
xor_hash(void)
{
	uint16_t v = 0;

	for (size_t i = PASSWORD_N; i > 0; i--) {
		v = (uint16_t)((v << 1 & 0x7FFF) | v >> 14);
		v ^= (uint8_t)password[i - 1];
	}
	v = (uint16_t)((v << 1 & 0x7FFF) | v >> 14);
	return v ^ (uint16_t)PASSWORD_N ^ 0xCE4B;
}

static bool
unlock_xor(struct xls_cipher *c, uint16_t key, uint16_t hash)
{
	static const uint8_t fill[16 - PASSWORD_N] = {0xBB};

	if (key != xor_key() || hash != xor_hash())
		return false;
	for (unsigned i = 0; i < 16; i++) {
		uint8_t ch = i < PASSWORD_N ? (uint8_t)password[i] : fill[i - PASSWORD_N];

		ch ^= (uint8_t)(i & 1 ? key >> 8 : key & 0xFF);
		c->xor_key[i] = (uint8_t)(ch << 2 | ch >> 6);
	}
	c->kind = XLS_XOR;
	return true;
}

bool
xls_unlock(struct xls_cipher *c, struct span rec, unsigned biff, const char **ret_how)
{
	unsigned type = biff >= 8 && rec.n >= 2 ? le16(rec.p) : 0;
	size_t at = biff >= 8 ? 2 : 0;
	bool good;

	if (type == 0) {
		*ret_how = "Excel XOR";
		good = rec.n >= at + 4 && unlock_xor(c, le16(rec.p + at), le16(rec.p + at + 2));
	} else if (rec.n >= 6 && le16(rec.p + 2) == 1) {
		*ret_how = "Excel RC4 40-bit";
		good = unlock_rc4(c, rec);
	} else {
		*ret_how = "Excel RC4 CryptoAPI";
		good = unlock_api(c, rec);
	}
	if (!good)
		c->kind = XLS_PLAIN;
	return good;
}

static void
rc4_record(struct xls_cipher *c, uint64_t off, uint8_t *p, size_t n)
{
	while (n) {
		uint64_t in = off % BLOCK;
		size_t k = n < BLOCK - in ? n : (size_t)(BLOCK - in);

		if (c->block != off / BLOCK || c->at > in)
			key_block(c, off / BLOCK);
		rc4_skip(&c->rc4, (size_t)(in - c->at));
		rc4_apply(&c->rc4, p, k);
		c->at = in + k;
		off += k;
		p += k;
		n -= k;
	}
}

void
xls_decipher(struct xls_cipher *c, unsigned id, uint64_t off, uint8_t *p, size_t n)
{
	/* BOF, FILEPASS, INTERFACEHDR, FILELOCK, RRDINFO, RRDHEAD, USREXCL */
	static const uint16_t clear[] = {
		9, 0x209, 0x409, 0x809, XLS_FILEPASS, 0xE1, 0x195, 0x196, 0x138, 0x194};
	size_t from = id == XLS_BOUNDSHEET ? 4 : 0;

	for (size_t i = 0; i < sizeof clear / sizeof *clear; i++) {
		if (clear[i] == id)
			return;
	}
	if (from > n)
		return;
	if (c->kind != XLS_XOR) {
		rc4_record(c, off + from, p + from, n - from);
		return;
	}
	for (size_t i = from; i < n; i++) {
		p[i] = (uint8_t)(p[i] << 3 | p[i] >> 5);
		p[i] ^= c->xor_key[(off + n + i) & 15];
	}
}
