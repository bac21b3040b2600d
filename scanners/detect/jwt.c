/*
 * JSON Web Tokens, RFC 7519 in the compact form of RFC 7515: three base64url parts, the first a
 * JSON object with "alg". The signature cannot be verified offline; the structure is evidence.
 */
#include "detect/detect.h"

#include "base/poison.h"

/* s is a JSON object that, as far as it was decoded, holds the member key with a string value. */
static bool
object_with(struct span s, const char *key)
{
	size_t k = strlen(key);

	if (s.n < 2 || s.p[0] != '{')
		return false;
	for (size_t i = 0; i + k <= s.n; i++) {
		struct span rest;

		if (memcmp(s.p + i, key, k) != 0)
			continue;
		rest = span_trim(span_sub(s, i + k, s.n));
		if (!rest.n || *rest.p != ':')
			continue;
		rest = span_trim(span_sub(rest, 1, rest.n));
		if (rest.n && *rest.p == '"')
			return true;
	}
	return false;
}

/* The part up to the next '.', or all; *s moves behind the dot. */
static struct span
next_part(struct span *s)
{
	const uint8_t *dot = s->n ? memchr(s->p, '.', s->n) : NULL;
	size_t n = dot ? (size_t)(dot - s->p) : s->n;
	struct span part = span_sub(*s, 0, n);

	*s = span_sub(*s, dot ? n + 1 : n, s->n);
	return part;
}

/* ok: header with "alg", payload an object, a signature; the well-known example is a sample. */
bool
check_jwt(struct span value, struct span around, struct verdict *ret_v)
{
	struct span rest = value, header = next_part(&rest), payload = next_part(&rest);
	struct span signature = next_part(&rest);
	uint8_t out[1024];
	size_t n, used;

	(void)around;
	*ret_v = (struct verdict){0};
	n = base64_decode(header, out, sizeof out, &used);
	if (!n || !object_with(span_of(out, n), "\"alg\""))
		return false;
	n = base64_decode(payload, out, sizeof out, &used);
	if (n < 2 || out[0] != '{' || signature.n < 16 || rest.n)
		return false;
	ret_v->ok = true;
	ret_v->checksum = true;
	ret_v->sample = span_holds(span_of(out, n), "john doe") ||
		span_holds(span_of(out, n), "\"1234567890\"");
	ret_v->note = "header and payload decode";
	/* equal headers are common: the end tells tokens apart */
	n = signature.n < CHECK_NORMAL ? signature.n : CHECK_NORMAL;
	verdict_normal(ret_v, signature.p + signature.n - n, n);
	return true;
}
