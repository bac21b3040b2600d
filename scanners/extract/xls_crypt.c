/*
 * Excel itself writes workbooks that are enciphered with a password of its own when only their
 * structure is protected, and opens them without a question. So do we. Any other password is nobody's
 * business: the workbook is reported as protected.
 */
#include "extract/xls.h"

#include "base/poison.h"

#define BLOCK 1024u /* the RC4 key changes after so many bytes of the stream */

static const char password[] = OLE_PASSWORD;

#define PASSWORD_N (sizeof password - 1)

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
		*ret_how = "XOR";
		good = rec.n >= at + 4 && unlock_xor(c, le16(rec.p + at), le16(rec.p + at + 2));
	} else {
		good = ole_rc4_unlock(&c->rc4, span_sub(rec, 2, rec.n), ret_how);
		c->kind = XLS_RC4;
	}
	if (!good)
		c->kind = XLS_PLAIN;
	return good;
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
		ole_rc4_stream(&c->rc4, BLOCK, off + from, p + from, n - from);
		return;
	}
	for (size_t i = from; i < n; i++) {
		p[i] = (uint8_t)(p[i] << 3 | p[i] >> 5);
		p[i] ^= c->xor_key[(off + n + i) & 15];
	}
}
