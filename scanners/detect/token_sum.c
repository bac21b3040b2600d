/*
 * Tokens that carry a checksum of their own, other than GitHub's and npm's (token.c). Where the
 * maker's sum is published (Vercel, Zuplo, GitLab's routable tokens) a wrong one ends it; where it
 * was only worked out from the maker's sources (Grafana, Confluent, GitHub's fine-grained tokens),
 * a right one is evidence and a wrong one says nothing.
 */
#include "detect/detect.h"

#include "base/poison.h"

static const char base62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
static const char base36[] = "0123456789abcdefghijklmnopqrstuvwxyz";

/* sum writes crc in digits of the base, most significant first, filled up with the first digit. */
static bool
sum_in_base(uint32_t crc, struct span sum, const char *digits, uint32_t base)
{
	for (size_t i = sum.n; i > 0; i--, crc /= base)
		if (sum.p[i - 1] != (uint8_t)digits[crc % base])
			return false;
	return crc == 0;
}

static bool
sum_in_hex(uint32_t crc, struct span sum)
{
	return sum_in_base(crc, sum, "0123456789abcdef", 16);
}

/* PREFIX body sum: `tail` characters of sum in base 62 over what lies between. */
static bool
sum62(struct span token, size_t prefix, size_t tail)
{
	struct span body = span_sub(token, prefix, token.n - tail - prefix);

	return sum_in_base(crc32_of(body), span_sub(token, token.n - tail, token.n), base62, 62);
}

/* vcp_ and 50 characters, then six of base 62. */
static bool
sum_vercel(struct span t)
{
	return t.n > 50 && sum62(t, 4, 6);
}

/* zpka_BODY_SUM: eight hexadecimal digits. */
static bool
sum_zuplo(struct span t)
{
	return t.n == 46 && sum_in_hex(crc32_of(span_sub(t, 5, 32)), span_sub(t, 38, 8));
}

/* glpat-PAYLOAD.01.LLSUM: over all before the seven digits of base 36. */
static bool
sum_gitlab(struct span t)
{
	return t.n > 40 &&
		sum_in_base(
			crc32_of(span_sub(t, 0, t.n - 7)), span_sub(t, t.n - 7, t.n), base36, 36);
}

/* glsa_SECRET_SUM: over "glsa_SECRET", the bytes of the sum least significant first. */
static bool
sum_grafana(struct span t)
{
	return t.n == 46 &&
		sum_in_hex(__builtin_bswap32(crc32_of(span_sub(t, 0, 37))), span_sub(t, 38, 8));
}

/* github_pat_ID_BODY: the last six over the rest. */
static bool
sum_github_pat(struct span t)
{
	return t.n > 30 && sum62(t, 11, 6);
}

/* cflt and 60 characters: base64 of the sum, least significant byte first, without its last. */
static bool
sum_confluent(struct span t)
{
	uint32_t crc = t.n == 64 ? crc32_of(span_sub(t, 0, 58)) : 0;
	uint8_t out[4];
	size_t used;

	if (t.n != 64 || base64_decode(span_sub(t, 58, 6), out, sizeof out, &used) != 4)
		return false;
	for (unsigned i = 0; i < 4; i++)
		if (out[i] != (uint8_t)(crc >> 8 * i))
			return false;
	return true;
}

struct summed {
	const char *prefix;
	bool (*agrees)(struct span token);
	bool (*has_sum)(struct span token); /* NULL: always */
	bool published; /* a wrong sum is no token */
	const char *note;
};

/* A routable one has the version behind its payload; older ones have no sum. */
static bool
gitlab_routable(struct span t)
{
	return t.n > 40 && t.p[t.n - 13] == '.' && t.p[t.n - 10] == '.';
}

static const struct summed summed[] = {
	{"vcp_", sum_vercel, NULL, true, "Vercel token, checksum agrees"},
	{"zpka_", sum_zuplo, NULL, true, "Zuplo key, checksum agrees"},
	{"glpat-", sum_gitlab, gitlab_routable, true, "GitLab token, checksum agrees"},
	{"glsa_", sum_grafana, NULL, false, "Grafana token, checksum agrees"},
	{"github_pat_", sum_github_pat, NULL, false, "GitHub token, checksum agrees"},
	{"cflt", sum_confluent, NULL, false, "Confluent secret, checksum agrees"},
};

/* ok: a token of one of the makers above, mixed enough; strong when its checksum agrees. */
bool
check_token_sum(struct span value, struct span around, struct verdict *ret_v)
{
	const struct summed *s = NULL;
	const char *note = "of its maker's form";

	(void)around;
	*ret_v = (struct verdict){0};
	for (size_t i = 0; i < sizeof summed / sizeof *summed && !s; i++)
		if (span_has(value, 0, summed[i].prefix, strlen(summed[i].prefix)))
			s = &summed[i];
	if (check_entropy(value) < 3.0f)
		return false;
	if (s && (!s->has_sum || s->has_sum(value))) {
		ret_v->checksum = ret_v->strong = s->agrees(value);
		if (!ret_v->strong && s->published)
			return false;
		note = ret_v->strong ? s->note : note;
	}
	ret_v->ok = true;
	ret_v->note = note;
	verdict_normal(ret_v, value.p, value.n);
	return true;
}

static uint32_t
bech32_step(uint32_t c, uint8_t v)
{
	static const uint32_t gen[5] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
	uint32_t top = c >> 25;

	c = (c & 0x1ffffff) << 5 ^ v;
	for (unsigned i = 0; i < 5; i++)
		if (top >> i & 1)
			c ^= gen[i];
	return c;
}

/* ok: AGE-SECRET-KEY-1 and 58 characters whose Bech32 checksum (BIP 173) agrees. */
bool
check_age_key(struct span value, struct span around, struct verdict *ret_v)
{
	static const char hrp[] = "age-secret-key-", digits[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
	uint32_t c = 1;

	(void)around;
	*ret_v = (struct verdict){0};
	if (value.n != 74)
		return false;
	for (const char *p = hrp; *p; p++)
		c = bech32_step(c, (uint8_t)*p >> 5);
	c = bech32_step(c, 0);
	for (const char *p = hrp; *p; p++)
		c = bech32_step(c, *p & 31);
	for (size_t i = 16; i < value.n; i++) {
		uint8_t lower = is_upper(value.p[i]) ? value.p[i] | 32 : value.p[i];
		const char *d = lower ? strchr(digits, lower) : NULL;

		if (!d)
			return false;
		c = bech32_step(c, (uint8_t)(d - digits));
	}
	if (c != 1)
		return false;
	ret_v->ok = ret_v->checksum = ret_v->strong = true;
	ret_v->note = "age key, checksum agrees";
	verdict_normal(ret_v, value.p, value.n);
	return true;
}

/* ok: three parts, the first of which is a Discord id of 17 to 20 digits in base64. */
bool
check_discord(struct span value, struct span around, struct verdict *ret_v)
{
	const uint8_t *dot = value.n ? memchr(value.p, '.', value.n) : NULL;
	uint8_t out[24];
	size_t n, used;

	(void)around;
	*ret_v = (struct verdict){0};
	if (!dot)
		return false;
	n = base64_decode(span_sub(value, 0, (size_t)(dot - value.p)), out, sizeof out, &used);
	if (n < 17 || n > 20)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!is_digit(out[i]))
			return false;
	ret_v->ok = true;
	ret_v->note = "Discord token, names a bot";
	verdict_normal(ret_v, value.p, value.n);
	return true;
}
