/*
 * Nearly no line of a share speaks of passwords, so the search for pairs must cost next to nothing
 * on text. Sixty-four bytes at a time are compared with the few beginnings of a password word, and
 * of an address at a line's beginning; the compiler makes vector instructions of it on any machine,
 * and wider ones for those that have them.
 * The places that pass become the bits of one word, and only they are looked at.
 */
#include "classify/secret_hint.h"

#include <strings.h>

#include "base/lanes.h"
#include "base/wide.h"

#include "base/poison.h"

#define BLOCK (4 * LANES)

/*
 * HINTS defines a function that marks the bytes of a vector that begin a hint; z, b and c are the same
 * text one byte back, one and two bytes on. A digit behind a newline or behind two blanks or more, and
 * what may follow it, may be an address; the last four are the rarest letters of Kennwort, contraseña
 * and senha, clave, and mdp.
 */
#define HINTS(NAME, V)                                                                             \
	static inline __attribute__((always_inline)) V NAME(V z, V a, V b, V c)                    \
	{                                                                                          \
		V la = a | 0x20, lb = b | 0x20, lc = c | 0x20;                                     \
		V pass = (V)(lb == 'a') & (V)(lc == 's');                                          \
		V secret = (V)(lb == 'w') | (V)(b == '/') | pass;                                  \
		V creds = (V)(la == 'c') & (V)(lb == 'r') & (V)(lc == 'e');                        \
		V slash = (V)(a == ' ') & (V)(b == '/') & (V)(c == ' ');                           \
		V more = (V)((V)(c - '.') <= ':' - '.') | (V)((V)(lc - 'a') <= 5);                 \
		V line = (V)(a == '\n') | ((V)(a <= ' ') & (V)(z <= ' '));                         \
		V digit = line & (V)((V)(b - '0') <= 9) & more;                                    \
		V wort = (V)(la == 'n') & (V)(lb == 'w');                                          \
		V sena = (V)(la == 's') & (V)(lb == 'e') & ((V)(lc == 'n') | (V)(c == 0xC3));      \
		V lave = (V)(la == 'l') & (V)(lb == 'a') & (V)(lc == 'v');                         \
		V mdp = (V)(la == 'm') & (V)(lb == 'd') & (V)(lc == 'p');                          \
                                                                                                   \
		return ((V)(la == 'p') & secret) | creds | slash | digit | wort | sena | lave |    \
			mdp;                                                                       \
	}

HINTS(hints_of, lanes)

static lanes
hints_at(const uint8_t *p)
{
	return hints_of(lanes_load(p - 1), lanes_load(p), lanes_load(p + 1), lanes_load(p + 2));
}

/* One bit for each byte of a block that begins a hint; the byte before it is readable, too. */
static uint64_t
block_bits(const uint8_t *p)
{
	return lanes_bits4(
		hints_at(p), hints_at(p + LANES), hints_at(p + 2 * LANES), hints_at(p + 3 * LANES));
}

#if HAVE_WIDE
/*
 * The wide form asks tables: three bytes may begin a hint when the low and the high nibble of each
 * have a bit in common. Few others pass, and hint_at() rejects them. A bit is a way to begin, or two
 * whose letters do not mix; no column of letters may stand beside another.
 */
enum {
	PW = 1,
	P_SLASH = 2, /* "p/" */
	PAS = 4,
	CRE_NWO = 8,
	MDP_LAV = 16,
	SEN = 32,
	SLASH = 64, /* " / " */
	NUMBER = 128, /* a digit behind a blank, and what may follow it */
	P = PW | P_SLASH | PAS,
	ANY = PW | P_SLASH,
};

static const wide first_low = WIDE_TABLE(P | SLASH | NUMBER, NUMBER, NUMBER, CRE_NWO | SEN | NUMBER,
	NUMBER, NUMBER, NUMBER, NUMBER, NUMBER, NUMBER, NUMBER, NUMBER, MDP_LAV | NUMBER,
	MDP_LAV | NUMBER, CRE_NWO | NUMBER, NUMBER);
static const wide first_high = WIDE_TABLE(NUMBER, NUMBER, SLASH | NUMBER, 0, CRE_NWO | MDP_LAV,
	P | SEN, CRE_NWO | MDP_LAV, P | SEN, 0, 0, 0, 0, 0, 0, 0, 0);
static const wide second_low = WIDE_TABLE(NUMBER, PAS | MDP_LAV | NUMBER, CRE_NWO | NUMBER, NUMBER,
	MDP_LAV | NUMBER, SEN | NUMBER, NUMBER, PW | CRE_NWO | NUMBER, NUMBER, NUMBER, 0, 0, 0, 0,
	0, P_SLASH | SLASH);
static const wide second_high = WIDE_TABLE(0, 0, P_SLASH | SLASH, NUMBER, PAS | MDP_LAV | SEN,
	PW | CRE_NWO, PAS | MDP_LAV | SEN, PW | CRE_NWO, 0, 0, 0, 0, 0, 0, 0, 0);
static const wide third_low = WIDE_TABLE(ANY | MDP_LAV | SLASH | NUMBER, ANY | NUMBER, ANY | NUMBER,
	ANY | PAS | CRE_NWO | SEN | NUMBER, ANY | NUMBER, ANY | CRE_NWO | NUMBER,
	ANY | MDP_LAV | NUMBER, ANY | NUMBER, ANY | NUMBER, ANY | NUMBER, ANY | NUMBER, ANY, ANY,
	ANY, ANY | SEN | NUMBER, ANY | CRE_NWO | NUMBER);
static const wide third_high = WIDE_TABLE(ANY, ANY, ANY | SLASH | NUMBER, ANY | NUMBER,
	ANY | CRE_NWO | SEN | NUMBER, ANY | PAS | MDP_LAV, ANY | CRE_NWO | SEN | NUMBER,
	ANY | PAS | MDP_LAV, ANY, ANY, ANY, ANY, ANY | CRE_NWO | SEN, ANY, ANY, ANY);

WIDE static inline __attribute__((always_inline)) wide
ways_at(const uint8_t *p)
{
	wide a = wide_load(p), b = wide_load(p + 1), c = wide_load(p + 2);

	return wide_pick(first_low, a) & wide_pick(first_high, a >> 4) & wide_pick(second_low, b) &
		wide_pick(second_high, b >> 4) & wide_pick(third_low, c & 15) &
		wide_pick(third_high, c >> 4);
}

/* The places of the ways at p; a number must stand behind a newline or two blanks and more. */
WIDE static inline __attribute__((always_inline)) uint64_t
way_bits(const uint8_t *p, wide ways)
{
	wide a = wide_load(p), z = wide_load(p - 1);
	wide line = (wide)(a == '\n') | ((wide)(a <= ' ') & (wide)(z <= ' '));

	return wide_bits((wide)((ways & (line | (uint8_t)~NUMBER)) != 0));
}

WIDE static size_t
skip_wide(struct span text, size_t from, uint64_t *ret_bits)
{
	for (; text.n - from >= BLOCK + 2; from += BLOCK) {
		const uint8_t *p = text.p + from;
		wide lo = ways_at(p), hi = ways_at(p + WIDTH);

		if (!wide_any(lo | hi))
			continue;
		*ret_bits = way_bits(p, lo) | way_bits(p + WIDTH, hi) << WIDTH;
		if (*ret_bits)
			break;
	}
	return from;
}
#endif

/* The first block from `from` on that has hints, and where they are; else where blocks end. */
typedef size_t skip_fn(struct span text, size_t from, uint64_t *ret_bits);

static size_t
skip(struct span text, size_t from, uint64_t *ret_bits)
{
	for (; text.n - from >= BLOCK + 2; from += BLOCK) {
		uint64_t bits = block_bits(text.p + from);

		if (bits) {
			*ret_bits = bits;
			break;
		}
	}
	return from;
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Hex digits and a dot or colon at place `at`, and only blanks between it and a newline. */
static bool
address_at(struct span s, size_t at)
{
	size_t n = at, bol = at;

	while (n < s.n && n - at < 16 &&
		(is_digit(s.p[n]) || ((s.p[n] | 0x20) >= 'a' && (s.p[n] | 0x20) <= 'f')))
		n++;
	if (n >= s.n || (s.p[n] != '.' && s.p[n] != ':'))
		return false;
	while (bol > 0 && s.p[bol - 1] <= ' ' && s.p[bol - 1] != '\n')
		bol--;
	return bol > 0 && s.p[bol - 1] == '\n';
}

/* Does what begins with the letters of one of those words go on as it does? */
static bool
word_goes_on(struct span s, size_t at)
{
	static const char *const parts[] = {
		"nwo", "nw\xC3\xB6", "senh", "sena", "se\xC3\xB1", "se\xC3\x91", "lave", "mdp"};

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		size_t n = strlen(parts[i]);

		if (s.n - at >= n && strncasecmp((const char *)s.p + at, parts[i], n) == 0)
			return true;
	}
	return false;
}

/* The place of the hint that begins at `at`, or s.n. */
static size_t
hint_at(struct span s, size_t at)
{
	uint8_t a = s.p[at], b = at + 1 < s.n ? s.p[at + 1] : 0, c = at + 2 < s.n ? s.p[at + 2] : 0;
	uint8_t la = a | 0x20, lb = b | 0x20, lc = c | 0x20;

	if (a <= ' ' && is_digit(b) && address_at(s, at + 1))
		return at + 1;
	if ((la == 'p' && (lb == 'w' || b == '/' || (lb == 'a' && lc == 's'))) ||
		(la == 'c' && lb == 'r' && lc == 'e') || (a == ' ' && b == '/' && c == ' '))
		return at;
	return la >= 'l' && la <= 's' && word_goes_on(s, at) ? at : s.n;
}

static size_t
next_hint(struct span text, size_t from, skip_fn *skip_to)
{
	if (from == 0 && text.n) {
		if (hint_at(text, 0) < text.n)
			return hint_at(text, 0);
		from = 1; /* a block has a byte before it */
	}
	while (text.n - from >= BLOCK + 2) {
		uint64_t bits = 0;

		from = skip_to(text, from, &bits);
		for (; bits; bits &= bits - 1) {
			size_t at = hint_at(text, from + (size_t)__builtin_ctzll(bits));

			if (at < text.n)
				return at;
		}
		if (text.n - from >= BLOCK + 2)
			from += BLOCK;
	}
	for (; from < text.n; from++) {
		size_t at = hint_at(text, from);

		if (at < text.n)
			return at;
	}
	return text.n;
}

size_t
secret_hint_portable(struct span text, size_t from)
{
	return next_hint(text, from, skip);
}

size_t
secret_hint_next(struct span text, size_t from)
{
#if HAVE_WIDE
	if (wide_here())
		return next_hint(text, from, skip_wide);
#endif
	return next_hint(text, from, skip);
}
