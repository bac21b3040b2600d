/*
 * Tokens of services whose form its maker documents. Where a token carries a checksum or a
 * structure it is verified; none of this asks the service. GitHub ("Behind GitHub's new
 * authentication token formats", 2021) and npm end in the CRC-32 of the random part in base 62.
 */
#include "detect/detect.h"

#include "base/poison.h"

static bool
all_alnum(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]))
			return false;
	return true;
}

/* The part behind the last '_'. */
static struct span
behind_last(struct span s, char c)
{
	size_t i = s.n;

	while (i > 0 && s.p[i - 1] != (uint8_t)c)
		i--;
	return span_sub(s, i, s.n);
}

/* Thirty random characters and six of checksum. */
static bool
crc62_ok(struct span s)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxy"
				     "z";
	uint32_t crc;

	if (s.n != 36 || !all_alnum(s))
		return false;
	crc = crc32_of(span_sub(s, 0, 30));
	for (size_t i = 36; i > 30; i--, crc /= 62)
		if (s.p[i - 1] != (uint8_t)digits[crc % 62])
			return false;
	return true;
}

static bool
crc62_token(struct span value, const char *note, struct verdict *ret_v)
{
	*ret_v = (struct verdict){0};
	if (!crc62_ok(behind_last(value, '_')))
		return false;
	ret_v->ok = ret_v->checksum = ret_v->strong = true;
	ret_v->note = note;
	verdict_normal(ret_v, value.p, value.n);
	return true;
}

/* ok: ghp_, gho_, ghu_, ghs_ or ghr_ and 36 characters whose checksum agrees. */
bool
check_github(struct span value, struct span around, struct verdict *ret_v)
{
	(void)around;
	return crc62_token(value, "GitHub token, checksum agrees", ret_v);
}

/* ok: npm_ and 36 characters whose checksum agrees. */
bool
check_npm(struct span value, struct span around, struct verdict *ret_v)
{
	(void)around;
	return crc62_token(value, "npm token, checksum agrees", ret_v);
}

/* ok: four capitals and 16 characters of base 32 (A-Z 2-7); ...EXAMPLE is a sample. */
bool
check_aws_id(struct span value, struct span around, struct verdict *ret_v)
{
	(void)around;
	*ret_v = (struct verdict){0};
	if (value.n != 20 || all_same((const char *)value.p + 4, 16))
		return false;
	for (size_t i = 4; i < value.n; i++)
		if (!is_upper(value.p[i]) && !(value.p[i] >= '2' && value.p[i] <= '7'))
			return false;
	ret_v->ok = true;
	ret_v->sample = span_holds(value, "example") || span_holds(value, "abcdefgh");
	ret_v->note = ret_v->sample ? "the documentation's example" : "AWS access key id";
	verdict_normal(ret_v, value.p, value.n);
	return true;
}

/* ok: xox?- with a segment of nine or more digits and a last one of 16 or more mixed characters. */
bool
check_slack(struct span value, struct span around, struct verdict *ret_v)
{
	struct span last = behind_last(value, '-'), s = value;
	size_t digits = 0, longest = 0;

	(void)around;
	*ret_v = (struct verdict){0};
	for (; s.n; s = span_sub(s, 1, s.n)) {
		digits = is_digit(*s.p) ? digits + 1 : 0;
		longest = digits > longest ? digits : longest;
	}
	if (longest < 9 || last.n < 16 || !all_alnum(last) || check_entropy(last) < 2.5f)
		return false;
	ret_v->ok = true;
	ret_v->note = "Slack token, its segments agree";
	verdict_normal(ret_v, value.p, value.n);
	return true;
}

/* ok: sk_ or rk_, live or test, and 24 or more mixed characters; keys for testing are samples. */
bool
check_stripe(struct span value, struct span around, struct verdict *ret_v)
{
	struct span body = behind_last(value, '_');

	(void)around;
	*ret_v = (struct verdict){0};
	if (value.n < 32 || body.n < 24 || !all_alnum(body) || check_entropy(body) < 3.0f)
		return false;
	ret_v->ok = true;
	ret_v->sample = span_has(value, 2, "_test_", 6);
	ret_v->note = ret_v->sample ? "Stripe key for testing" : "Stripe live key";
	verdict_normal(ret_v, value.p, value.n);
	return true;
}

/* ok: base64 of 64 bytes (Azure Storage, Cosmos DB); the emulator's published key is a sample. */
bool
check_azure_key(struct span value, struct span around, struct verdict *ret_v)
{
	static const char emulator[] = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsu";
	static const char cosmos[] = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTq";
	uint8_t out[80];
	size_t used;

	(void)around;
	*ret_v = (struct verdict){0};
	if (value.n != 88 || base64_decode(value, out, sizeof out, &used) != 64 || used != 86 ||
		value.p[86] != '=' || value.p[87] != '=')
		return false;
	ret_v->ok = true;
	ret_v->checksum = true;
	ret_v->strong = true;
	ret_v->sample = span_has(value, 0, emulator, sizeof emulator - 1) ||
		span_has(value, 0, cosmos, sizeof cosmos - 1);
	ret_v->note = ret_v->sample ? "the emulator's published key" : "an Azure key of 64 bytes";
	verdict_normal(ret_v, value.p, value.n);
	return true;
}
