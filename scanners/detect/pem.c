/*
 * Private keys in armour: PEM of RFC 7468 and its ancestors (RFC 1421 headers), OpenSSH's own
 * format (PROTOCOL.key) and OpenPGP's (RFC 9580). The BEGIN line alone stands in every manual; a
 * key is one whose body decodes to what the line promises. Keys travel inside JSON, YAML, mails and
 * source, so line ends may be written as \n and lines may have quotes round them.
 */
#include "detect/detect.h"

#include "base/poison.h"

#define BODY_MAX 3900 /* bytes looked at behind BEGIN: the context that is sure to be there */

struct armour {
	struct span label; /* between BEGIN and dashes: "RSA PRIVATE KEY" */
	uint8_t text[BODY_MAX]; /* base64 characters of the body */
	size_t n;
	uint8_t body[BODY_MAX]; /* decoded */
	size_t body_n;
	bool encrypted; /* by a header */
	bool ended; /* the END line was there */
};

/* The next line of *s, also when ended by a written-out \n; blanks and quotes round it dropped. */
static struct span
next_line(struct span *s)
{
	size_t n = 0, skip;
	struct span line;

	while (n < s->n && s->p[n] != '\n' && s->p[n] != '\r' &&
		!(s->p[n] == '\\' && n + 1 < s->n && (s->p[n + 1] == 'n' || s->p[n + 1] == 'r')))
		n++;
	skip = n < s->n && s->p[n] == '\\' ? 2 : 1;
	line = span_sub(*s, 0, n);
	*s = span_sub(*s, n < s->n ? n + skip : n, s->n);
	while (line.n && (is_blank(*line.p) || one_of(*line.p, "\"'>")))
		line = span_sub(line, 1, line.n);
	while (line.n && (is_blank(line.p[line.n - 1]) || one_of(line.p[line.n - 1], "\"',;\\")))
		line.n--;
	if (line.n > 2 && line.p[line.n - 1] == '+' && one_of(line.p[line.n - 2], "\"' "))
		line.n -= line.p[line.n - 2] == ' ' && line.n > 3 ? 3 : 2;
	return line;
}

static bool
base64_line(struct span line)
{
	for (size_t i = 0; i < line.n; i++)
		if (!is_alnum(line.p[i]) && !one_of(line.p[i], "+/="))
			return false;
	return line.n > 0;
}

/* Headers (Proc-Type, DEK-Info, Version) and body up to END or the first foreign line. */
static void
read_body(struct span s, struct armour *a)
{
	while (s.n) {
		struct span line = next_line(&s);

		if (line.n >= 5 && memcmp(line.p, "-----", 5) == 0) {
			a->ended = true;
			return;
		}
		if (span_holds(line, "encrypted") || span_holds(line, "dek-info"))
			a->encrypted = true;
		if (line.n == 0 || memchr(line.p, ':', line.n))
			continue;
		if (!base64_line(line))
			return;
		/* OpenPGP's CRC-24; a "+" that joins strings in source */
		if (line.n <= 5 && (*line.p == '=' || line.n == 1))
			continue;
		memcpy(a->text + a->n, line.p, line.n);
		a->n += line.n;
	}
}

/* Label and body of the armour that starts value. */
static bool
read_armour(struct span value, struct span around, struct armour *a)
{
	struct span behind = span_behind(span_sub(value, 0, 0), around);
	struct span s = behind.n >= value.n ? behind : value;
	size_t end, used;

	s = span_sub(s, 0, BODY_MAX);
	if (!span_has(s, 0, "-----BEGIN ", 11))
		return false;
	s = span_sub(s, 11, s.n);
	for (end = 0; end < s.n && end < 48 && s.p[end] != '-'; end++)
		;
	a->label = span_sub(s, 0, end);
	if (!span_has(s, end, "-----", 5))
		return false;
	read_body(span_sub(s, end + 5, s.n), a);
	a->body_n = base64_decode(span_of(a->text, a->n), a->body, sizeof a->body, &used);
	return a->body_n > 0;
}

/* Does the body start a DER SEQUENCE of just the body's length (or longer, when cut)? */
static bool
der_ok(const struct armour *a)
{
	const uint8_t *p = a->body;
	size_t len, head = 2;

	if (a->body_n < 16 || p[0] != 0x30)
		return false;
	len = p[1];
	if (len >= 0x80) {
		size_t octets = len & 0x7F;

		if (octets < 1 || octets > 3)
			return false;
		head += octets;
		for (len = 0; octets > 0; octets--)
			len = len << 8 | p[2 + (head - 2) - octets];
	}
	/* a version number or, in an encrypted key, an algorithm leads */
	if (p[head] != 0x02 && p[head] != 0x30)
		return false;
	return a->ended ? len + head == a->body_n : len + head > a->body_n && a->body_n > 1000;
}

static bool
openssh_ok(struct armour *a)
{
	static const char magic[15] = "openssh-key-v1";
	struct span b = span_of(a->body, a->body_n);
	uint32_t n;

	if (!span_has(b, 0, magic, sizeof magic) || b.n < 60)
		return false;
	n = be32(b.p + 15);
	if (n > 40 || n > b.n - 19)
		return false;
	a->encrypted = !(n == 4 && memcmp(b.p + 19, "none", 4) == 0);
	return true;
}

/* A secret-key packet (tag 5) in old or new format leads. */
static bool
pgp_ok(const struct armour *a)
{
	uint8_t tag = a->body[0];

	if (a->body_n < 64 || !(tag & 0x80))
		return false;
	return (tag & 0x40 ? tag & 0x3F : tag >> 2 & 0x0F) == 5;
}

/* A legacy key under a cipher: whole blocks, and no longer DER. */
static bool
cipher_ok(const struct armour *a)
{
	return a->body_n >= 48 && (!a->ended || a->body_n % 8 == 0);
}

static const char *
judge(struct armour *a)
{
	if (span_is(a->label, "openssh private key"))
		return openssh_ok(a) ? "an OpenSSH key" : NULL;
	if (span_is(a->label, "pgp private key block"))
		return pgp_ok(a) ? "an OpenPGP secret key" : NULL;
	if (a->encrypted)
		return cipher_ok(a) ? "a private key" : NULL;
	if (span_is(a->label, "encrypted private key"))
		a->encrypted = true;
	return der_ok(a) ? "a private key that decodes" : NULL;
}

/* The ends of the body: the middle of a long key adds nothing to telling keys apart. */
static void
set_normal(const struct armour *a, struct verdict *v)
{
	uint8_t s[CHECK_NORMAL];
	size_t half = sizeof s / 2;

	if (a->n <= sizeof s) {
		verdict_normal(v, a->text, a->n);
		return;
	}
	memcpy(s, a->text, half);
	memcpy(s + half, a->text + a->n - half, half);
	verdict_normal(v, s, sizeof s);
}

/* ok: value starts at BEGIN, and the body in around decodes to a private key of that kind. */
bool
check_pem(struct span value, struct span around, struct verdict *ret_v)
{
	struct armour a;
	const char *note;

	*ret_v = (struct verdict){0};
	memset(&a, 0, sizeof a);
	if (!read_armour(value, around, &a) || !span_holds(a.label, "private key"))
		return false;
	note = judge(&a);
	if (!note)
		return false;
	ret_v->ok = ret_v->checksum = ret_v->strong = true;
	ret_v->encrypted = a.encrypted;
	ret_v->note = a.encrypted ? "a private key under a passphrase" : note;
	set_normal(&a, ret_v);
	return true;
}
