/*
 * A code is taken apart once for each style and walked once for each cell. Digits are laid from the
 * placeholders' positions, so that masks with literals between the digits come out as in Excel.
 * Numbers are cut to integers first: printf is several times slower than the rest of the cell.
 */
#include "extract/numfmt.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "limits.h"

#include "base/poison.h"

#define FRACS_MAX 15u
#define INTS_MAX  64u

static const double pow10_of[FRACS_MAX + 1] = {
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/* The length of the literal or bracket at s, that holds no placeholder; 0 for anything else. */
static size_t
skip_len(struct span s)
{
	const uint8_t *e;

	switch (s.p[0]) {
	case '"':
		e = memchr(s.p + 1, '"', s.n - 1);
		return e ? (size_t)(e - s.p) + 1 : s.n;
	case '[':
		e = memchr(s.p + 1, ']', s.n - 1);
		return e ? (size_t)(e - s.p) + 1 : s.n;
	case '\\':
	case '_':
	case '*':
		return s.n < 2 ? 1 : 2;
	default:
		return 0;
	}
}

static bool
is_word(struct span s, const char *word)
{
	size_t n = strlen(word);

	return s.n >= n && strncasecmp((const char *)s.p, word, n) == 0;
}

static enum numfmt_cond
cond_of(struct span s, size_t *ret_n)
{
	static const struct {
		const char *op;
		enum numfmt_cond cond;
	} ops[] = {{"<=", COND_LE}, {">=", COND_GE}, {"<>", COND_NE}, {"<", COND_LT},
		{">", COND_GT}, {"=", COND_EQ}};

	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
		*ret_n = strlen(ops[i].op);
		if (is_word(s, ops[i].op))
			return ops[i].cond;
	}
	return COND_NONE;
}

static void
see_bracket(struct numfmt_section *s, struct span in)
{
	char num[32];
	size_t n, op;
	enum numfmt_cond cond = cond_of(in, &op);

	if (cond != COND_NONE) {
		in = span_sub(in, op, in.n);
		n = in.n < sizeof num - 1 ? in.n : sizeof num - 1;
		memcpy(num, in.p, n);
		num[n] = 0;
		s->cond = cond;
		s->limit = strtod(num, NULL);
	} else if (in.n && memchr("hHmMsS", in.p[0], 6) && in.n <= 9 &&
		(in.n == 1 || (in.p[1] | 32) == (in.p[0] | 32))) {
		s->kind = NUMFMT_DATE;
	}
}

/* What one character outside literals means for the section. */
static void
see_char(struct numfmt_section *s, struct span rest, bool *point)
{
	switch (rest.p[0]) {
	case '0':
	case '#':
	case '?':
		if (s->kind == NUMFMT_LITERAL)
			s->kind = NUMFMT_NUMBER;
		if (s->exps)
			s->exps++;
		else if (*point)
			s->fracs++;
		else
			s->ints++;
		/* a comma between digits groups, one behind them divides */
		s->grouped |= s->thousands && !*point;
		s->thousands = 0;
		break;
	case '.':
		*point = true;
		break;
	case ',':
		s->thousands += s->ints > 0;
		break;
	case '%':
		s->percent++;
		break;
	case '/':
		if (s->kind == NUMFMT_NUMBER)
			s->kind = NUMFMT_UNKNOWN;
		break;
	case 'E':
	case 'e':
		if (s->ints && rest.n > 1 && (rest.p[1] == '+' || rest.p[1] == '-'))
			s->exps = 1;
		else if (s->kind != NUMFMT_UNKNOWN)
			s->kind = NUMFMT_DATE;
		break;
	case '@':
		s->kind = NUMFMT_GENERAL;
		break;
	default:
		if (memchr("yYmMdDhHsSgGbB", rest.p[0], 14))
			s->kind = NUMFMT_DATE;
	}
}

static void
section_scan(struct numfmt_section *s)
{
	bool point = false;
	size_t i = 0;

	s->kind = NUMFMT_LITERAL;
	while (i < s->text.n) {
		struct span rest = span_sub(s->text, i, s->text.n);
		size_t skip = skip_len(rest);

		if (skip) {
			if (rest.p[0] == '[' && skip > 2)
				see_bracket(s, span_sub(rest, 1, skip - 2));
			i += skip;
		} else if (is_word(rest, "General")) {
			s->kind = NUMFMT_GENERAL;
			i += 7;
		} else {
			see_char(s, rest, &point);
			i++;
		}
	}
	if (s->exps)
		s->exps--;
	if (s->fracs > FRACS_MAX || s->ints > INTS_MAX || s->percent > 3 || s->thousands > 5)
		s->kind = NUMFMT_UNKNOWN;
}

void
numfmt_compile(struct numfmt *f, const char *code)
{
	struct span all = span_str(code);
	size_t from = 0, i = 0;

	*f = (struct numfmt){0};
	if (all.n == 0 || all.n > LIMIT_FORMAT_CODE || strcasecmp(code, "Standard") == 0)
		all = span_str("General");
	while (f->n < 3) {
		size_t skip = i < all.n ? skip_len(span_sub(all, i, all.n)) : 0;

		if (i < all.n && all.p[i] != ';') {
			i += skip ? skip : 1;
			continue;
		}
		f->sec[f->n].text = span_sub(all, from, i - from);
		section_scan(&f->sec[f->n]);
		f->conditions |= f->sec[f->n].cond != COND_NONE;
		f->n++;
		if (i >= all.n)
			break;
		from = ++i;
	}
}

bool
numfmt_plain(const struct numfmt *f)
{
	return f->n == 1 && f->sec[0].kind == NUMFMT_GENERAL && f->sec[0].text.n <= 7;
}

static bool
cond_holds(const struct numfmt_section *s, double v)
{
	switch (s->cond) {
	case COND_LT:
		return v < s->limit;
	case COND_LE:
		return v <= s->limit;
	case COND_GT:
		return v > s->limit;
	case COND_GE:
		return v >= s->limit;
	case COND_EQ:
		return !(v < s->limit) && !(v > s->limit);
	case COND_NE:
		return v < s->limit || v > s->limit;
	default:
		return true;
	}
}

static unsigned
section_choose(const struct numfmt *f, double v)
{
	if (f->conditions) {
		for (unsigned i = 0; i + 1 < f->n; i++) {
			if (f->sec[i].cond == COND_NONE && (i == 0 ? v <= 0 : v >= 0))
				continue;
			if (cond_holds(&f->sec[i], v))
				return i;
		}
		return f->n - 1;
	}
	if (f->n >= 2 && v < 0)
		return 1;
	if (f->n >= 3 && !(v > 0))
		return 2;
	return 0;
}

bool
numfmt_dated(const struct numfmt *f, double v)
{
	return f->sec[section_choose(f, v)].kind == NUMFMT_DATE;
}

/* The decimal digits of n, most significant first; none for 0. */
static unsigned
digits_of(uint64_t n, char o[24])
{
	char t[24];
	unsigned k = 0;

	for (; n; n /= 10)
		t[k++] = (char)('0' + n % 10);
	for (unsigned i = 0; i < k; i++)
		o[i] = t[k - 1 - i];
	return k;
}

void
numfmt_general(double v, struct buf *out)
{
	char o[40];
	int n;

	if (fabs(v) < 1e15 && !(v < floor(v)) && !(v > floor(v))) {
		unsigned k = digits_of((uint64_t)fabs(v), o);

		if (v < 0 && k)
			buf_putc(out, '-');
		buf_put(out, k ? o : "0", k ? k : 1);
		return;
	}
	n = snprintf(o, sizeof o, fabs(v) >= 1e15 && fabs(v) < 1e21 ? "%.0f" : "%.15g", v);
	buf_put(out, o, n > 0 ? (size_t)n : 0);
}

/* A number laid out for the placeholders of one section. */
struct digits {
	char ints[40], fracs[24];
	unsigned n; /* digits before the point; 0 when it is zero */
	unsigned placed; /* placeholders before the point that have been passed */
	unsigned frac; /* placeholders behind it */
	int exp;
};

static bool
digits_fill(struct digits *d, double a, unsigned fracs)
{
	double scaled = a * pow10_of[fracs];

	if (scaled < 9e15) {
		uint64_t all = (uint64_t)(scaled + 0.5);
		uint64_t unit = (uint64_t)pow10_of[fracs], low = all % unit;

		d->n = digits_of(all / unit, d->ints);
		for (unsigned i = fracs; i-- > 0; low /= 10)
			d->fracs[i] = (char)('0' + low % 10);
		return true;
	}
	if (a >= 1e18)
		return false;
	d->n = digits_of((uint64_t)a, d->ints);
	memset(d->fracs, '0', fracs);
	return true;
}

static bool
digits_make(struct digits *d, const struct numfmt_section *s, double a)
{
	*d = (struct digits){0};
	for (unsigned i = 0; i < s->percent; i++)
		a *= 100;
	for (unsigned i = 0; i < s->thousands; i++)
		a /= 1000;
	if (!s->exps)
		return digits_fill(d, a, s->fracs);
	if (a > 0) {
		int step = s->ints > 1 && s->ints < 9 ? (int)s->ints : 1;

		d->exp = (int)floor(log10(a));
		d->exp -= ((d->exp % step) + step) % step;
		a /= pow(10, d->exp);
		if (a + 0.5 / pow10_of[s->fracs] >= pow10_of[step]) {
			a /= pow10_of[step];
			d->exp += step;
		}
	}
	return isfinite(a) && digits_fill(d, a, s->fracs);
}

/* One placeholder before the point: its digit, or what stands for a missing one. */
static void
put_int(struct digits *d, const struct numfmt_section *s, uint8_t mark, struct buf *out)
{
	unsigned pos = s->ints - 1 - d->placed; /* counted from the right */
	unsigned upto = d->placed++ == 0 && d->n > s->ints ? d->n - 1 : pos;

	for (;; upto--) {
		if (upto < d->n)
			buf_putc(out, (uint8_t)d->ints[d->n - 1 - upto]);
		else if (mark != '#')
			buf_putc(out, mark == '0' ? '0' : ' ');
		if (s->grouped && upto && upto % 3 == 0 && (upto < d->n || mark == '0'))
			buf_putc(out, ',');
		if (upto == pos)
			return;
	}
}

static void
put_frac(struct digits *d, const struct numfmt_section *s, uint8_t mark, struct buf *out)
{
	unsigned i = d->frac++;
	bool more = mark == '0';

	for (unsigned k = i; k < s->fracs && !more; k++)
		more = d->fracs[k] != '0';
	if (more)
		buf_putc(out, (uint8_t)d->fracs[i]);
	else if (mark == '?')
		buf_putc(out, ' ');
}

/* The literal at rest; [$EUR-407] shows its EUR. */
static void
put_literal(struct span rest, size_t n, struct buf *out)
{
	const uint8_t *dash;

	if (rest.p[0] == '"')
		buf_put(out, rest.p + 1, n > 1 && rest.p[n - 1] == '"' ? n - 2 : n - 1);
	else if (rest.p[0] == '\\' && n == 2)
		buf_putc(out, rest.p[1]);
	else if (rest.p[0] == '[' && n > 3 && rest.p[1] == '$') {
		dash = memchr(rest.p + 2, '-', n - 3);
		buf_put(out, rest.p + 2, dash ? (size_t)(dash - rest.p) - 2 : n - 3);
	}
}

static size_t
put_exp(struct digits *d, const struct numfmt_section *s, struct span rest, struct buf *out)
{
	size_t i = 2;

	buf_putc(out, 'E');
	if (d->exp < 0)
		buf_putc(out, '-');
	else if (rest.p[1] == '+')
		buf_putc(out, '+');
	buf_printf(out, "%0*d", (int)(s->exps < 9 ? s->exps : 9), abs(d->exp));
	while (i < rest.n && memchr("0#?", rest.p[i], 3))
		i++;
	return i;
}

/* Appends what the section shows at rest and returns its length in the code. */
static size_t
put_token(struct digits *d, const struct numfmt_section *s, struct span rest, double a,
	struct buf *out)
{
	size_t skip = skip_len(rest);
	bool past = d->placed >= s->ints;

	if (skip) {
		put_literal(rest, skip, out);
		return skip;
	}
	if (s->kind == NUMFMT_GENERAL && (rest.p[0] == '@' || is_word(rest, "General"))) {
		numfmt_general(a, out);
		return rest.p[0] == '@' ? 1 : 7;
	}
	if (s->exps && (rest.p[0] | 32) == 'e' && rest.n > 1)
		return put_exp(d, s, rest, out);
	switch (rest.p[0]) {
	case '0':
	case '#':
	case '?':
		if (s->kind != NUMFMT_NUMBER)
			break;
		if (past)
			put_frac(d, s, rest.p[0], out);
		else
			put_int(d, s, rest.p[0], out);
		break;
	case '.':
		if (s->ints == 0 && s->kind == NUMFMT_NUMBER && d->frac == 0)
			buf_put(out, d->ints, d->n);
		buf_putc(out, '.');
		break;
	case ',':
		if (s->kind == NUMFMT_LITERAL)
			buf_putc(out, ',');
		break;
	default:
		buf_putc(out, rest.p[0]);
	}
	return 1;
}

/* Removes the blanks that only align a number in its column. */
static void
trim(struct buf *out, size_t from)
{
	size_t lead = from;

	while (out->n > from && out->p[out->n - 1] == ' ')
		out->n--;
	while (lead < out->n && out->p[lead] == ' ')
		lead++;
	if (lead > from) {
		memmove(out->p + from, out->p + lead, out->n - lead);
		out->n -= lead - from;
	}
}

bool
numfmt_apply(const struct numfmt *f, double v, bool d1904, struct buf *out)
{
	unsigned k = isfinite(v) ? section_choose(f, v) : 0;
	const struct numfmt_section *s = &f->sec[k];
	size_t from = out->n;
	struct digits d = {0};

	if (!isfinite(v) || s->kind == NUMFMT_UNKNOWN || numfmt_plain(f))
		return false;
	if (s->kind == NUMFMT_DATE)
		return numdate_render(s, v, d1904, out);
	if (s->kind == NUMFMT_NUMBER && !digits_make(&d, s, fabs(v)))
		return false;
	if (v < 0 && (k == 0 || f->conditions) && s->kind != NUMFMT_LITERAL)
		buf_putc(out, '-');
	for (size_t i = 0; i < s->text.n;)
		i += put_token(&d, s, span_sub(s->text, i, s->text.n), fabs(v), out);
	trim(out, from);
	return true;
}
