/*
 * Tokens by the forms that their makers publish, in a small notation of our own: <h64> is 64
 * hexadecimal digits, and so on (see classes below), <g> a UUID, <!name> a form with arithmetic.
 * The forms and the sums come from the makers' documentation, not from the rules; a sum is computed
 * here a second time. A decoy is the same with its sum spoilt, or with every drawn character an x.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "slots_token.h"

#include "base/poison.h"

#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

static const char base62[] = DIGITS UPPER LOWER, base64[] = UPPER LOWER DIGITS "+/";

static const struct {
	char letter;
	const char *set;
} classes[] = {
	{'h', DIGITS "abcdef"},
	{'H', DIGITS "ABCDEF"},
	{'d', DIGITS},
	{'l', LOWER},
	{'u', UPPER},
	{'i', UPPER LOWER},
	{'a', UPPER LOWER DIGITS},
	{'c', LOWER DIGITS},
	{'C', UPPER DIGITS},
	{'w', UPPER LOWER DIGITS "_-"},
	{'b', UPPER LOWER DIGITS "+/"},
	{'q', UPPER "234567"},
	{'p', "ABCDEFGHIJKLMNOP"},
	{'z', "AQgw"},
	{'y', "ABCD"},
	{'Y', "ABCDEFGHIJKL"},
	{'n', "123456789"},
	{'s', "ABCDEFGHJKLMNPQRSTVWXYZ23456789"},
};

enum spoil { SPOIL_NOT, SPOIL_SUM, SPOIL_ALL };

/* Where a token is being made. */
struct mint {
	struct gen *g;
	struct buf *b;
	size_t from; /* its first byte */
	enum spoil spoil;
};

static uint32_t
crc32_bytes(const uint8_t *p, size_t n)
{
	uint32_t v = 0xFFFFFFFFu;

	while (n--) {
		v ^= *p++;
		for (int k = 0; k < 8; k++)
			v = v >> 1 ^ (v & 1 ? 0xEDB88320u : 0);
	}
	return ~v;
}

static void
draw(struct mint *m, const char *set, unsigned n)
{
	if (m->spoil == SPOIL_ALL)
		while (n--)
			buf_putc(m->b, 'x');
	else
		slots_set(m->g, set, n, m->b);
}

/* v in n digits of a base, most significant first. A spoilt one is another number. */
static void
digits_of(struct mint *m, uint32_t v, const char *set, uint32_t base, unsigned n)
{
	char t[16];

	v += m->spoil == SPOIL_SUM ? 1 + gen_range(m->g, 0, 9999) : 0;
	for (unsigned i = n; i-- > 0; v /= base)
		t[i] = m->spoil == SPOIL_ALL ? 'x' : set[v % base];
	buf_put(m->b, t, n);
}

static uint32_t
crc_from(const struct mint *m, size_t skip)
{
	return crc32_bytes((const uint8_t *)m->b->p + m->from + skip, m->b->n - m->from - skip);
}

/* Six digits of base 62 over what stands behind a prefix of `skip` characters. */
static void
github(struct mint *m, size_t skip)
{
	digits_of(m, crc_from(m, skip), base62, 62, 6);
}

static void
sum_four(struct mint *m)
{
	github(m, 4);
}

static void
sum_eleven(struct mint *m)
{
	github(m, 11);
}

static void
sum_zuplo(struct mint *m)
{
	uint32_t v = crc_from(m, 5);

	buf_putc(m->b, '_');
	digits_of(m, v, "0123456789abcdef", 16, 8);
}

/* Over all before it; its bytes least significant first. */
static void
sum_grafana(struct mint *m)
{
	uint32_t v = __builtin_bswap32(crc_from(m, 0));

	buf_putc(m->b, '_');
	digits_of(m, v, "0123456789abcdef", 16, 8);
}

static void
sum_gitlab(struct mint *m)
{
	digits_of(m, crc_from(m, 0), DIGITS LOWER, 36, 7);
}

static void
put_base64(struct buf *b, const uint8_t *p, size_t n, bool url)
{
	for (size_t i = 0; i < n; i += 3) {
		uint32_t v = (uint32_t)p[i] << 16 | (i + 1 < n ? p[i + 1] << 8 : 0) |
			(i + 2 < n ? p[i + 2] : 0);

		for (unsigned k = 0; k < 4 && i + k <= n; k++) {
			char c = base64[v >> (18 - 6 * k) & 63];

			buf_putc(b, (uint8_t)(url && c == '+' ? '-' : url && c == '/' ? '_' : c));
		}
	}
}

static void
sum_confluent(struct mint *m)
{
	uint32_t v = crc_from(m, 0) + (m->spoil == SPOIL_SUM ? 77 : 0);
	uint8_t t[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};

	put_base64(m->b, t, 4, false);
}

/* Bech32 (BIP 173) over the readable part and 52 values. */
static uint32_t
polymod(uint32_t c, unsigned v)
{
	static const uint32_t step[5] = {
		0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
	uint32_t top = c >> 25;

	c = (c & 0x1ffffff) << 5 ^ v;
	for (int i = 0; i < 5; i++)
		c ^= top >> i & 1 ? step[i] : 0;
	return c;
}

static void
sum_age(struct mint *m)
{
	static const char hrp[] = "age-secret-key-", set[] = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
	uint32_t c = 1;

	for (const char *p = hrp; *p; p++)
		c = polymod(c, (unsigned)*p >> 5);
	c = polymod(c, 0);
	for (const char *p = hrp; *p; p++)
		c = polymod(c, (unsigned)*p & 31);
	for (int i = 0; i < 52; i++) {
		unsigned v = gen_range(m->g, 0, 31);

		v &= i == 51 ? 16 : 31; /* 32 bytes are 51 fives and a bit */
		c = polymod(c, v);
		buf_putc(m->b, m->spoil == SPOIL_ALL ? 'x' : (uint8_t)set[v]);
	}
	for (int i = 0; i < 6; i++)
		c = polymod(c, 0);
	c ^= m->spoil == SPOIL_SUM ? 2 : 1;
	for (int i = 0; i < 6; i++)
		buf_putc(m->b, m->spoil == SPOIL_ALL ? 'x' : (uint8_t)set[c >> (5 * (5 - i)) & 31]);
}

static void
put_text64(struct mint *m, const char *text)
{
	if (m->spoil == SPOIL_ALL)
		draw(m, base62, (unsigned)strlen(text));
	else
		put_base64(m->b, (const uint8_t *)text, strlen(text), true);
}

static void
make_jwt(struct mint *m)
{
	char t[128];

	put_text64(m, m->spoil == SPOIL_SUM ? "{\"algo" : "{\"alg\":\"HS256\",\"typ\":\"JWT\"}");
	(void)snprintf(t, sizeof t, "{\"sub\":\"%u\",\"exp\":19%08u}", gen_range(m->g, 1000, 99999),
		gen_range(m->g, 0, 99999999));
	buf_putc(m->b, '.');
	put_text64(m, t);
	buf_putc(m->b, '.');
	draw(m, base62, 43);
}

/* The bot's id, 18 digits, in base64. */
static void
make_discord(struct mint *m)
{
	char t[32];

	(void)snprintf(t, sizeof t, "%u%08u%09u", gen_range(m->g, 1, 9),
		gen_range(m->g, 0, 99999999), gen_range(m->g, 0, 999999999));
	put_text64(m, m->spoil == SPOIL_SUM ? "not-a-snowflake-id" : t);
	buf_putc(m->b, '.');
	draw(m, base62, 6);
	buf_putc(m->b, '.');
	draw(m, base62, 27);
}

static const struct {
	const char *name;
	void (*make)(struct mint *m);
} sums[] = {
	{"!github", sum_four},
	{"!finegrained", sum_eleven},
	{"!zuplo", sum_zuplo},
	{"!grafana", sum_grafana},
	{"!gitlab", sum_gitlab},
	{"!confluent", sum_confluent},
	{"!age", sum_age},
	{"!jwt", make_jwt},
	{"!discord", make_discord},
};

static void
put_part(struct mint *m, const char *p, size_t n)
{
	static const unsigned uuid[] = {8, 4, 4, 4, 12};

	for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++)
		if (strlen(sums[i].name) == n && memcmp(sums[i].name, p, n) == 0) {
			sums[i].make(m);
			return;
		}
	if (*p == 'g') {
		for (int i = 0; i < 5; i++) {
			if (i)
				buf_putc(m->b, '-');
			draw(m, DIGITS "abcdef", uuid[i]);
		}
		return;
	}
	for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
		if (classes[i].letter == *p) {
			draw(m, classes[i].set, (unsigned)strtoul(p + 1, NULL, 10));
			return;
		}
	fprintf(stderr, "make-eval: no such part of a token: '%.*s'\n", (int)n, p);
	exit(2);
}

static void
mint(struct slots *s, enum spoil spoil, struct buf *b)
{
	struct mint m = {.g = &s->g, .b = b, .from = b->n, .spoil = spoil};

	for (const char *p = slots_services[s->service].form; *p; p++)
		if (*p == '<') {
			size_t n = strcspn(++p, ">");

			put_part(&m, p, n);
			p += n;
		} else
			buf_putc(b, (uint8_t)*p);
}

#define MAKE(name) static void make_##name(struct slots *s, unsigned a, unsigned c, struct buf *b)
#define UNUSED	   (void)a, (void)c

MAKE(token)
{
	UNUSED;
	mint(s, SPOIL_NOT, b);
}

MAKE(tokenbad)
{
	UNUSED;
	mint(s, SPOIL_SUM, b);
}

MAKE(tokenx)
{
	UNUSED;
	mint(s, SPOIL_ALL, b);
}

MAKE(service)
{
	UNUSED;
	buf_puts(b, slots_services[s->service].name);
}

MAKE(variable)
{
	UNUSED;
	buf_puts(b, slots_services[s->service].variable);
}

/* Nothing is written: what follows is of another service, 0: that its form names, 1: any. */
MAKE(another)
{
	uint32_t n = 0;

	(void)b, (void)c;
	while (slots_services[n].name)
		n++;
	do
		s->service = gen_range(&s->g, 0, n - 1);
	while (a == 0 && slots_services[s->service].kind != SERVICE_OWN);
}

const struct slot_kind slots_tokens[] = {
	{"token", "token", make_token},
	{"tokenbad", "", make_tokenbad},
	{"tokenx", "", make_tokenx},
	{"another", "", make_another},
	{"service", "", make_service},
	{"variable", "", make_variable},
	{NULL, NULL, NULL},
};
