/*
 * What may be shown of a value, what counts as the same value, and the reasons in words. Nothing
 * made here for a person holds the value: masks keep at most its last four characters, and of a
 * header only the rule's own words are shown.
 */
#include "match/engine.h"
#include "match/shapes.h"
#include <stdio.h>

#include "base/utf8.h"

#include "base/poison.h"

#define SHORT_NORMAL 24 /* bytes of what checks make of numbers, at most: copied as they lie */
#define HEAD_KEPT    96 /* bytes of a long value that are kept as they are; a hash stands for it all */

static void
put(struct hit *h, uint8_t c)
{
	if (h->normal_n < CHECK_NORMAL)
		h->normal[h->normal_n++] = (char)c;
}

static void
put_long(struct hit *h, struct span value)
{
	uint64_t hash = 0xcbf29ce484222325ull;
	char hex[17];

	for (size_t i = 0; i < value.n; i++)
		hash = (hash ^ value.p[i]) * 0x100000001b3ull;
	for (size_t i = 0; i < HEAD_KEPT; i++)
		put(h, value.p[i]);
	(void)snprintf(hex, sizeof hex, "%016llx", (unsigned long long)hash);
	for (size_t i = 0; i < 16; i++)
		put(h, (uint8_t)hex[i]);
}

static void
put_shape(struct hit *h, enum shape shape, struct span value)
{
	for (size_t i = 0; i < value.n; i++) {
		uint8_t c = value.p[i];

		if (shape == SHAPE_EMAIL)
			put(h, to_lower(c));
		else if (shape == SHAPE_DATE || is_digit(c) || is_upper(c) || c == '<' || c == '+')
			put(h, c);
		else if (is_lower(c))
			put(h, (uint8_t)(c - 32));
	}
}

/* However it is written, a term is the one of that number in the list. */
static void
put_term(struct hit *h, const struct terms *t, struct span value)
{
	uint32_t number = terms_number(t, h->rule->index, value);

	if (number)
		h->normal_n = (uint8_t)snprintf(h->normal, sizeof h->normal, "%u", number);
}

void
show_normal(const struct matcher *m, const struct pattern *p, struct span value,
	const struct verdict *v, struct hit *h)
{
	h->normal_n = 0;
	if (p->shape == SHAPE_TERM) {
		put_term(h, m->terms, value);
		return;
	}
	if (v->normal_n > 0 && v->normal_n <= SHORT_NORMAL) {
		memcpy(h->normal, v->normal, SHORT_NORMAL);
		h->normal_n = v->normal_n;
	} else if (v->normal_n > 0 && v->normal_n <= CHECK_NORMAL) {
		memcpy(h->normal, v->normal, v->normal_n);
		h->normal_n = v->normal_n;
	} else if (value.n > CHECK_NORMAL) {
		put_long(h, value);
	} else if (p->shape != SHAPE_NONE) {
		put_shape(h, p->shape, value);
	} else {
		for (size_t i = 0; i < value.n; i++)
			put(h, value.p[i]);
	}
}

/* --- masks -------------------------------------------------------------------------------------- */

struct mask {
	char *to;
	size_t n, cap;
};

static void
mask_put(struct mask *k, char c)
{
	if (k->n + 1 < k->cap)
		k->to[k->n++] = c;
}

static bool
is_letter_or_digit(uint8_t c)
{
	return is_alnum(c) || c == '<';
}

/* Stars in the original grouping; head and tail count letters and digits that stay. */
static void
mask_groups(struct mask *k, struct span v, size_t head, size_t tail)
{
	size_t total = 0, seen = 0;

	for (size_t i = 0; i < v.n; i++)
		total += is_letter_or_digit(v.p[i]);
	if (total < 6)
		head = tail = 0;
	for (size_t i = 0; i < v.n; i++) {
		uint8_t c = v.p[i];

		if (is_letter_or_digit(c)) {
			bool shown = seen < head || seen + tail >= total;

			mask_put(k, shown ? (char)c : '*');
			seen++;
		} else if (c == ' ' || c == '-' || c == '.' || c == '/') {
			mask_put(k, (char)c);
		} else if ((c & 0xC0) != 0x80) {
			mask_put(k, c >= 0x80 && c != 0xC2 && c != 0xE2 ? '*' : '-');
		}
	}
}

static void
mask_stars(struct mask *k, size_t n)
{
	while (n-- > 0)
		mask_put(k, '*');
}

/* "j***@e***.com" */
static void
mask_email(struct mask *k, struct span v)
{
	const uint8_t *at = memchr(v.p, '@', v.n), *dot = memrchr(v.p, '.', v.n);

	if (!at || !dot || dot < at || v.n < 6) {
		mask_stars(k, 5);
		return;
	}
	mask_put(k, (char)v.p[0]);
	mask_stars(k, 3);
	mask_put(k, '@');
	mask_put(k, (char)at[1]);
	mask_stars(k, 3);
	for (const uint8_t *p = dot; p < v.p + v.n; p++)
		mask_put(k, (char)*p);
}

/* Type and state of a zone: "P<UTO…" */
static void
mask_mrz(struct mask *k, struct span v)
{
	for (size_t i = 0; i < 5 && i < v.n; i++)
		mask_put(k, (char)v.p[i]);
	for (const char *s = "…"; *s; s++)
		mask_put(k, *s);
}

static void
mask_any(struct mask *k, struct span v, const struct hit *h)
{
	if (v.n <= 40) {
		mask_groups(k, v, 0, 4);
		return;
	}
	mask_stars(k, 8);
	if (h->normal_n <= HEAD_KEPT)
		mask_groups(k, span_sub(v, v.n - 12, 12), 0, 4);
}

void
show_masked(const struct pattern *p, struct hit *h)
{
	struct mask k = {h->masked, 0, sizeof h->masked};

	if (p->secret || p->shape == SHAPE_TERM)
		h->masked[0] = '\0';
	else if (p->shape == SHAPE_EMAIL)
		mask_email(&k, h->value);
	else if (p->shape == SHAPE_MRZ)
		mask_mrz(&k, h->value);
	else if (p->shape == SHAPE_IBAN)
		mask_groups(&k, h->value, 2, 4);
	else if (p->shape == SHAPE_DATE)
		mask_groups(&k, h->value, 0, 0);
	else
		mask_any(&k, h->value, h);
	h->masked[k.n] = '\0';
}

/* --- reasons ------------------------------------------------------------------------------------ */

/* Cuts at a character and leaves no control byte. */
static void
tidy(char *s)
{
	size_t n = strlen(s);

	while (n > 0 && ((uint8_t)s[n - 1] & 0xC0) == 0x80 && n > 60)
		n--;
	if (n > 60 && (uint8_t)s[n - 1] >= 0xC0)
		n--;
	s[n] = '\0';
	for (; *s; s++)
		if ((uint8_t)*s < 32 || *s == 127)
			*s = ' ';
}

/* The strings one behind the other, cut to fit. */
static void
say(char *to, const char *a, const char *b, const char *c)
{
	const char *parts[3] = {a, b, c};
	size_t n = 0;

	for (size_t i = 0; i < 3; i++) {
		size_t len = strlen(parts[i]), room = 63 - n;

		len = len < room ? len : room;
		memcpy(to + n, parts[i], len);
		n += len;
	}
	to[n] = '\0';
	tidy(to);
}

static void
why_header(const struct matcher *m, const struct setting *set, const struct hit *h, char *to)
{
	const struct cell_map *map = m->chunk->cells;
	size_t at = (size_t)(set->cell->col - 1) * m->rules->n + h->rule->index;
	char words[41];

	utf8_copy(words, sizeof words, map->headers ? map->headers[at] : (struct span){0});
	if (*words)
		say(to, "column header \"", words, "\"");
	else
		say(to, "column header", "", "");
}

static void
why_near(const struct matcher *m, const struct setting *set, char *to)
{
	const char *word = anchors_literal(m->anchors, set->near_lit)->text;

	say(to, strchr(word, ' ') ? "the words \"" : "the word \"", word,
		set->near_before ? "\" before it" : "\" after it");
}

/* Which one it is, so that who keeps the list knows, and nobody else does. */
static void
why_term(const struct matcher *m, const struct hit *h, char *to)
{
	(void)snprintf(
		to, 64, "term %u of the list", terms_number(m->terms, h->rule->index, h->value));
}

static void
make_why(const struct matcher *m, const struct setting *set, const char *note, struct hit *h)
{
	const char *words[2] = {h->pattern->label, note};
	size_t n = 0;

	if (h->pattern->shape == SHAPE_TERM)
		why_term(m, h, h->why[n++]);
	if (set->vote > 0)
		why_header(m, set, h, h->why[n++]);
	if (set->near)
		why_near(m, set, h->why[n++]);
	for (size_t i = 0; i < 2 && n < HIT_WHY; i++)
		if (words[i] && *words[i])
			say(h->why[n++], words[i], "", "");
	while (n < HIT_WHY)
		h->why[n++][0] = '\0';
}

/* What the words are made of is that of the hit before, in the same chunk. */
static bool
said_again(const struct said *k, const struct said *a)
{
	return k->pattern == a->pattern && k->note == a->note && k->vote == a->vote &&
		k->col == a->col && k->near == a->near && k->near_lit == a->near_lit &&
		k->near_before == a->near_before;
}

/* Most hits of a column or list have the words of the one before, which h still holds. */
void
show_why(struct matcher *m, const struct setting *set, const char *note, struct hit *h)
{
	const struct said now = {.pattern = h->pattern,
		.note = note,
		.vote = set->vote > 0,
		.col = set->vote > 0 ? set->cell->col : 0,
		.near = set->near,
		.near_lit = set->near ? set->near_lit : 0,
		.near_before = set->near && set->near_before};

	if (now.pattern->shape != SHAPE_TERM && said_again(&m->said, &now))
		return;
	m->said = now;
	make_why(m, set, note, h);
}
