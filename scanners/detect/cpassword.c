/*
 * Passwords in Group Policy Preferences (MS-GPPREF 2.2.1.1.4): AES-256-CBC under a key that the
 * protocol's documentation publishes, so the attribute is as good as clear text. Base64, padding
 * often cut off; whole cipher blocks.
 */
#include "detect/detect.h"

#include "base/poison.h"

/* ok: base64 of 1 to 32 whole blocks of 16 bytes. */
bool
check_cpassword(struct span value, struct span around, struct verdict *ret_v)
{
	uint8_t out[520];
	size_t n, used;

	(void)around;
	*ret_v = (struct verdict){0};
	n = base64_decode(value, out, sizeof out, &used);
	while (used < value.n && value.p[used] == '=' && value.n - used <= 2)
		used++;
	if (used != value.n || n == 0 || n % 16 != 0 || n > 512)
		return false;
	ret_v->ok = true;
	ret_v->checksum = true;
	ret_v->strong = true;
	ret_v->note = "decrypts with a published key";
	verdict_normal(ret_v, value.p, value.n);
	return true;
}
