/*
 * Glushkov's construction by recursive descent: each part of a regex is what may be its first place,
 * what its last, and whether it may be empty; joining two parts lets the first places of the second
 * follow the last ones of the first. A repeated part is parsed again for each copy. Whatever is not
 * known makes the whole regex unknown. What is simplified only ever lets more match: look-around is
 * empty, a dot takes any byte, more than COPIES repeats are any number. But what a match must be
 * followed by, look-ahead at a regex's end, is a part like others as long as there is room for it:
 * many a value is told from code by what stands behind it. The text's end in it (\z) takes nothing.
 */
#include "match/guard_regex.h"

#include "base/poison.h"

#define COPIES 4u /* of a repeated part */
#define DEPTH  12u /* of groups in groups */
#define STEPS  20000u /* parts parsed, copies counted */

struct part {
	struct bits first, last;
	bool empty; /* may take nothing */
};

struct parser {
	const char *p;
	struct places *out;
	unsigned depth, steps;
	bool caseless, unknown;
	bool tails; /* look-ahead at the end is heeded */
	unsigned in_tail; /* how many look-aheads the part at hand may be the tail in */
};

static struct part parse_either(struct parser *s);

static struct part
nothing(void)
{
	return (struct part){.empty = true};
}

static struct part
give_up(struct parser *s)
{
	s->unknown = true;
	return nothing();
}

/* --- joining ----------------------------------------------------------------------------------- */

static void
link_parts(struct places *g, const struct part *a, const struct part *b)
{
	for (size_t i = bits_next(&a->last, 0); i < GUARD_PLACES; i = bits_next(&a->last, i + 1))
		bits_add(&g->after[i], &b->first);
}

static struct part
in_turn(struct places *g, const struct part *a, const struct part *b)
{
	struct part r = {a->first, b->last, a->empty && b->empty};

	link_parts(g, a, b);
	if (a->empty)
		bits_add(&r.first, &b->first);
	if (b->empty)
		bits_add(&r.last, &a->last);
	return r;
}

static struct part
either(const struct part *a, const struct part *b)
{
	struct part r = *a;

	bits_add(&r.first, &b->first);
	bits_add(&r.last, &b->last);
	r.empty |= b->empty;
	return r;
}

/* --- bytes and classes -------------------------------------------------------------------------- */

/* The byte behind a backslash that stands for one; -1 for what is none or unknown. */
static int
escaped_byte(struct parser *s)
{
	static const char names[] = "n\nr\rt\tf\fe\033a\a";
	char c = *s->p;

	for (size_t i = 0; names[i]; i += 2) {
		if (c == names[i]) {
			s->p++;
			return names[i + 1];
		}
	}
	if (c == 'x' && hex_of((uint8_t)s->p[1]) >= 0 && hex_of((uint8_t)s->p[2]) >= 0) {
		s->p += 3;
		return hex_of((uint8_t)s->p[-2]) * 16 + hex_of((uint8_t)s->p[-1]);
	}
	if (!c || hex_of((uint8_t)c) >= 0 || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
		return -1;
	s->p++;
	return (uint8_t)c;
}

/* One member of a class, or the first of a range: its byte, -1 for a set that is added to *b. */
static int
class_member(struct parser *s, struct bits *b)
{
	int c;

	if (*s->p == '[' && (s->p[1] == ':' || s->p[1] == '.' || s->p[1] == '='))
		s->unknown = true;
	if (*s->p != '\\')
		return (uint8_t)*s->p++;
	s->p++;
	if (bytes_named(*s->p, b)) {
		s->p++;
		return -1;
	}
	c = escaped_byte(s);
	if (c < 0)
		s->unknown = true;
	return c;
}

/* Behind '['. */
static bool
parse_class(struct parser *s, struct bits *ret)
{
	struct bits b = {{0}};
	bool invert = *s->p == '^';
	const char *begin = s->p += invert;

	while (*s->p && (*s->p != ']' || s->p == begin) && !s->unknown) {
		int lo = class_member(s, &b), hi = lo;

		if (lo >= 0 && *s->p == '-' && s->p[1] != ']' && s->p[1]) {
			s->p++;
			hi = class_member(s, &b);
		}
		if (hi < lo)
			s->unknown = true;
		else if (lo >= 0)
			bytes_range(&b, (unsigned)lo, (unsigned)hi);
	}
	if (*s->p++ != ']' || s->unknown)
		return false;
	if (s->caseless)
		bytes_both_cases(&b);
	if (invert)
		bytes_invert(&b);
	*ret = b;
	return true;
}

/* --- parts ------------------------------------------------------------------------------------- */

static struct part
place(struct parser *s, const struct bits *bytes)
{
	struct places *g = s->out;
	struct part r = {.empty = false};

	if (g->n == GUARD_PLACES)
		return give_up(s);
	g->bytes[g->n] = *bytes;
	g->after[g->n] = (struct bits){{0}};
	bits_set(&r.first, g->n);
	r.last = r.first;
	g->n++;
	return r;
}

static struct part
byte_place(struct parser *s, uint8_t c)
{
	struct bits b = {{0}};

	bits_set(&b, c);
	if (s->caseless)
		bytes_both_cases(&b);
	return place(s, &b);
}

static struct part
parse_escape(struct parser *s)
{
	struct bits b = {{0}};
	int c;

	if (*s->p == 'z' && s->in_tail) {
		s->p++;
		s->out->at_end = true;
		return (struct part){.empty = false};
	}
	if (*s->p && strchr("bBzZA", *s->p)) {
		s->p++;
		return nothing();
	}
	if (bytes_named(*s->p, &b)) {
		s->p++;
		return place(s, &b);
	}
	c = escaped_byte(s);
	return c < 0 ? give_up(s) : byte_place(s, (uint8_t)c);
}

/* (?i) (?-i) (?i: and the like; the letters that change what matches but i make it unknown. */
static bool
parse_options(struct parser *s)
{
	bool on = true;

	for (; *s->p && *s->p != ')' && *s->p != ':'; s->p++) {
		if (*s->p == '-')
			on = false;
		else if (*s->p == 'i')
			s->caseless = on;
		else if (*s->p != 'm' && *s->p != 's')
			return false;
	}
	return *s->p != 0;
}

/* Behind "(?": what kind of group it is. */
enum group { GROUP_PLAIN, GROUP_LOOK, GROUP_AHEAD, GROUP_OPTIONS, GROUP_UNKNOWN };

static enum group
group_kind(struct parser *s)
{
	size_t skip = *s->p == 'P' ? 1 : 0;

	if (*s->p == '=') {
		s->p++;
		return GROUP_AHEAD;
	}
	if (*s->p == '!' || (*s->p == '<' && (s->p[1] == '=' || s->p[1] == '!'))) {
		s->p += *s->p == '<' ? 2 : 1;
		return GROUP_LOOK;
	}
	if (*s->p == '|' || *s->p == '>') {
		s->p++;
		return GROUP_PLAIN;
	}
	if (s->p[skip] == '<') {
		const char *end = strchr(s->p, '>');

		if (!end)
			return GROUP_UNKNOWN;
		s->p = end + 1;
		return GROUP_PLAIN;
	}
	if (!parse_options(s))
		return GROUP_UNKNOWN;
	return *s->p++ == ':' ? GROUP_PLAIN : GROUP_OPTIONS;
}

/* Look-around, parsed: nothing, unless it is look-ahead and the regex or an alternative of it ends here. */
static struct part
look_around(struct parser *s, struct part r, size_t n, bool at_end, bool ahead)
{
	if (ahead && s->tails && s->depth == 0 && (*s->p == 0 || *s->p == '|'))
		return r;
	s->out->n = n;
	s->out->at_end = at_end;
	return nothing();
}

/* Behind '('. Options of a group end with it; those of "(?i)" with the group they stand in. */
static struct part
parse_group(struct parser *s)
{
	bool caseless = s->caseless, at_end = s->out->at_end;
	enum group kind = GROUP_PLAIN;
	size_t n = s->out->n;
	struct part r;

	if (*s->p == '*')
		return give_up(s);
	if (*s->p == '?') {
		s->p++;
		kind = group_kind(s);
	}
	if (kind == GROUP_UNKNOWN || ++s->depth > DEPTH)
		return give_up(s);
	if (kind == GROUP_OPTIONS) {
		s->depth--;
		return nothing();
	}
	s->in_tail += kind == GROUP_AHEAD;
	r = parse_either(s);
	s->in_tail -= kind == GROUP_AHEAD;
	s->depth--;
	s->caseless = caseless;
	if (*s->p++ != ')')
		return give_up(s);
	return kind == GROUP_PLAIN ? r : look_around(s, r, n, at_end, kind == GROUP_AHEAD);
}

static struct part
parse_one(struct parser *s)
{
	struct bits b = {{0}};
	char c = *s->p++;

	switch (c) {
	case '(':
		return parse_group(s);
	case '[':
		return parse_class(s, &b) ? place(s, &b) : give_up(s);
	case '\\':
		return parse_escape(s);
	case '.':
		bytes_invert(&b);
		return place(s, &b);
	case '^':
	case '$':
		return nothing();
	case '*':
	case '+':
	case '?':
		return give_up(s);
	default:
		return byte_place(s, (uint8_t)c);
	}
}

static unsigned
parse_number(const char **p)
{
	unsigned n = 0;

	while (**p >= '0' && **p <= '9' && n < 100000)
		n = n * 10 + (unsigned)(*(*p)++ - '0');
	return n;
}

/* "{3}", "{3,}", "{3,5}": anything else in braces is itself. */
static bool
parse_braces(struct parser *s, unsigned *ret_min, unsigned *ret_max)
{
	const char *p = s->p + 1;
	unsigned min, max;

	if (*p < '0' || *p > '9')
		return false;
	min = max = parse_number(&p);
	if (*p == ',') {
		p++;
		max = *p == '}' ? UINT32_MAX : parse_number(&p);
	}
	if (*p != '}')
		return false;
	s->p = p + 1;
	*ret_min = min;
	*ret_max = max;
	return true;
}

static bool
parse_times(struct parser *s, unsigned *ret_min, unsigned *ret_max)
{
	char c = *s->p;

	if (c == '{') {
		if (!parse_braces(s, ret_min, ret_max))
			return false;
	} else if (c == '*' || c == '+' || c == '?') {
		s->p++;
		*ret_min = c == '+';
		*ret_max = c == '?' ? 1 : UINT32_MAX;
	} else {
		return false;
	}
	if (*s->p == '+' || *s->p == '?')
		s->p++;
	return true;
}

/* A part with its quantifier: copies of it, the last of which may repeat. */
static struct part
parse_repeated(struct parser *s)
{
	const char *from = s->p, *to;
	bool caseless = s->caseless;
	struct part r = parse_one(s);
	unsigned min = 1, max = 1, copies;

	if (s->unknown || !parse_times(s, &min, &max))
		return r;
	to = s->p;
	if (max == 0)
		return nothing();
	copies = max < COPIES ? max : min > COPIES ? COPIES : min ? min : 1;
	if (min == 0)
		r.empty = true;
	for (unsigned i = 1; i < copies && !s->unknown; i++) {
		struct part next;

		s->p = from;
		s->caseless = caseless;
		next = parse_one(s);
		if (i >= min)
			next.empty = true;
		if (i + 1 == copies && max > copies)
			link_parts(s->out, &next, &next);
		r = in_turn(s->out, &r, &next);
	}
	if (copies == 1 && max > 1)
		link_parts(s->out, &r, &r);
	s->p = to;
	return r;
}

static struct part
parse_row(struct parser *s)
{
	struct part r = nothing();

	while (*s->p && *s->p != '|' && *s->p != ')' && !s->unknown) {
		struct part next;

		if (++s->steps > STEPS)
			return give_up(s);
		next = parse_repeated(s);
		r = in_turn(s->out, &r, &next);
	}
	return r;
}

static struct part
parse_either(struct parser *s)
{
	struct part r = parse_row(s);

	while (*s->p == '|' && !s->unknown) {
		struct part next;

		s->p++;
		next = parse_row(s);
		r = either(&r, &next);
	}
	return r;
}

static bool
parse(const char *regex, bool tails, struct places *ret, struct part *ret_all)
{
	struct parser s = {.p = regex, .out = ret, .tails = tails};
	struct part all;

	ret->n = 0;
	ret->at_end = false;
	all = parse_either(&s);
	if (s.unknown || *s.p || all.empty)
		return false;
	*ret_all = all;
	return true;
}

bool
places_of(const char *regex, struct places *ret)
{
	struct part all;

	if (!parse(regex, true, ret, &all) && !parse(regex, false, ret, &all))
		return false;
	ret->first = all.first;
	ret->last = all.last;
	memset(ret->before, 0, sizeof ret->before);
	for (size_t i = 0; i < ret->n; i++)
		for (size_t j = bits_next(&ret->after[i], 0); j < GUARD_PLACES;
			j = bits_next(&ret->after[i], j + 1))
			bits_set(&ret->before[j], i);
	return true;
}
