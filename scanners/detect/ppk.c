/*
 * PuTTY's private keys (PuTTY manual, appendix C "PPK file format"): a first line with version and
 * algorithm, `Encryption:`, and N lines of base64 behind `Private-Lines: N`.
 */
#include "detect/detect.h"

#include "base/poison.h"

#define PPK_MAX	  3900
#define PPK_SHORT 1500 /* a text of fewer bytes is not just cut before the private lines */

/* The rest of the line behind the key, e.g. "Encryption: "; empty when it is not there. */
static struct span
line_value(struct span s, const char *key)
{
	size_t k = strlen(key), n = 0;

	for (size_t i = 0; i + k <= s.n; i++) {
		if (memcmp(s.p + i, key, k) != 0)
			continue;
		s = span_sub(s, i + k, s.n);
		while (n < s.n && s.p[n] != '\n' && s.p[n] != '\r' && s.p[n] != '\\')
			n++;
		return span_trim(span_sub(s, 0, n));
	}
	return (struct span){0};
}

/* ok: version 1 to 3, a named algorithm and encryption, private lines (or a file cut before them). */
bool
check_ppk(struct span value, struct span around, struct verdict *ret_v)
{
	struct span s = span_behind(span_sub(value, 0, 0), around), cipher, key;

	*ret_v = (struct verdict){0};
	s = span_sub(s.n >= value.n ? s : value, 0, PPK_MAX);
	if (!span_has(s, 0, "PuTTY-User-Key-File-", 20) || s.n < 24 || s.p[20] < '1' ||
		s.p[20] > '3' || s.p[21] != ':')
		return false;
	cipher = line_value(s, "Encryption: ");
	key = line_value(s, "Public-Lines: ");
	if (!cipher.n || !key.n || !is_digit(*key.p))
		return false;
	if (s.n < PPK_SHORT && !line_value(s, "Private-Lines: ").n)
		return false;
	ret_v->ok = ret_v->checksum = ret_v->strong = true;
	ret_v->encrypted = !span_is(cipher, "none");
	ret_v->note = ret_v->encrypted ? "a PuTTY key under a passphrase" : "a PuTTY key in clear";
	key = line_value(s, "Private-MAC: ");
	if (!key.n)
		key = span_sub(s, 22, CHECK_NORMAL);
	verdict_normal(ret_v, key.p, key.n);
	return true;
}
