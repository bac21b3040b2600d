/*
 * Slots by name: a value is made by the table that has its kind, and kept when a rule finds such
 * values; {=x:kind} also keeps it under a name, for {$x}.
 */
#include "slots.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "slots_kinds.h"

#include "base/poison.h"

void
slots_begin(struct slots *s, uint64_t seed)
{
	s->n = s->n_named = 0;
	s->second[0] = 0;
	gen_seed(&s->g, seed);
}

void
slots_end(struct slots *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->values[i].text);
	for (size_t i = 0; i < s->n_named; i++)
		free(s->named[i].text);
	s->n = s->n_named = 0;
}

static char *
keep(const char *p, size_t n)
{
	char *t = strndup(p, n);

	if (!t)
		abort();
	return t;
}

static void
plant(struct slots *s, const char *rule, const char *text, size_t n)
{
	if (!*rule)
		return;
	if (s->n == SLOTS_VALUES)
		abort();
	s->values[s->n++] = (struct slot_value){.rule = rule, .text = keep(text, n)};
}

static bool
put_named(struct slots *s, const char *name, size_t n, struct buf *ret)
{
	for (size_t i = s->n_named; i-- > 0;)
		if (strlen(s->named[i].name) == n && memcmp(s->named[i].name, name, n) == 0) {
			const char *t = s->named[i].text;

			buf_puts(ret, t);
			plant(s, s->named[i].rule, t, strlen(t));
			return true;
		}
	return false;
}

static const struct slot_kind *
kind_find(const char *name, size_t n)
{
	static const struct slot_kind *const tables[] = {
		slots_values, slots_office, slots_tokens, slots_zones};

	for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++)
		for (const struct slot_kind *k = tables[t]; k->name; k++)
			if (strlen(k->name) == n && memcmp(k->name, name, n) == 0)
				return k;
	return NULL;
}

/* The numbers behind the colons. */
static void
arguments(const char *p, const char *end, unsigned ret[2])
{
	for (int i = 0; i < 2 && p < end; i++) {
		unsigned v = 0;

		for (p++; p < end && *p >= '0' && *p <= '9'; p++)
			v = v * 10 + (unsigned)(*p - '0');
		ret[i] = v;
	}
}

static void
remember(
	struct slots *s, const char *name, size_t n, const char *rule, const char *text, size_t len)
{
	size_t i = 0;

	while (i < s->n_named &&
		!(strlen(s->named[i].name) == n && memcmp(s->named[i].name, name, n) == 0))
		i++;
	if (i == SLOTS_NAMES || n >= sizeof s->named[i].name)
		abort();
	if (i == s->n_named)
		s->n_named++;
	else
		free(s->named[i].text);
	(void)snprintf(s->named[i].name, sizeof s->named[i].name, "%.*s", (int)n, name);
	s->named[i].rule = rule;
	s->named[i].text = keep(text, len);
}

bool
slots_put(struct slots *s, const char *name, size_t n, struct buf *ret)
{
	const char *end = name + n, *as = NULL, *colon;
	const struct slot_kind *k;
	size_t as_n = 0, from = ret->n;
	unsigned arg[2] = {0};

	if (*name == '$')
		return put_named(s, name + 1, n - 1, ret);
	if (*name == '=') {
		colon = memchr(name, ':', n);
		if (!colon)
			return false;
		as = name + 1;
		as_n = (size_t)(colon - as);
		name = colon + 1;
	}
	colon = memchr(name, ':', (size_t)(end - name));
	k = kind_find(name, (size_t)((colon ? colon : end) - name));
	if (!k)
		return false;
	if (colon)
		arguments(colon, end, arg);
	k->make(s, arg[0], arg[1], ret);
	plant(s, k->rule, (const char *)ret->p + from, ret->n - from);
	if (as)
		remember(s, as, as_n, k->rule, (const char *)ret->p + from, ret->n - from);
	return true;
}

static bool
same(const char *a, const char *b)
{
	static const char gaps[] = " -.\t";

	for (;; a++, b++) {
		a += strspn(a, gaps);
		b += strspn(b, gaps);
		if (*a != *b)
			return false;
		if (!*a)
			return true;
	}
}

void
slots_count(const struct slots *s, const char *rule, unsigned *ret_count, unsigned *ret_unique)
{
	unsigned count = 0, unique = 0;

	for (size_t i = 0; i < s->n; i++) {
		size_t k = 0;

		if (strcmp(s->values[i].rule, rule) != 0)
			continue;
		count++;
		while (k < i &&
			(strcmp(s->values[k].rule, rule) != 0 ||
				!same(s->values[k].text, s->values[i].text)))
			k++;
		unique += k == i;
	}
	*ret_count = count;
	*ret_unique = unique;
}
