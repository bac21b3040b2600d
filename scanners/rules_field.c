/*
 * Every key of a rule file is a line in a const table: its name, its reader, where it goes and what
 * it may be. So each message can say what was expected and where, and the tables and the manual
 * page are the whole of the language.
 */
#include "rules_field.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "limits.h"

#include "base/poison.h"

#define NEAR_LEN 40

/* Edit distance of two short words; words longer than NEAR_LEN are far from everything. */
static size_t
word_distance(const char *a, const char *b)
{
	size_t row[NEAR_LEN + 1], n = strlen(a), m = strlen(b);

	if (n > NEAR_LEN || m > NEAR_LEN)
		return SIZE_MAX;
	for (size_t j = 0; j <= m; j++)
		row[j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[m];
}

const char *
nearest_name(const char *word, const void *names, size_t n, size_t stride)
{
	const char *best = NULL;
	size_t best_d = 1 + strlen(word) / 3;

	for (size_t i = 0; i < n; i++) {
		const char *name;
		size_t d;

		memcpy(&name, (const uint8_t *)names + i * stride, sizeof name);
		d = word_distance(word, name);
		if (d <= best_d && (!best || d < best_d)) {
			best = name;
			best_d = d;
		}
	}
	return best;
}

static size_t
table_len(const struct field *table)
{
	size_t n = 0;

	while (table[n].name)
		n++;
	return n;
}

static int
unknown_key(struct rule_load *l, const struct ynode *key, const struct field *table)
{
	const char *near = nearest_name(key->text, table, table_len(table), sizeof *table);

	if (near)
		return rules_fail(
			l->error, key, "unknown key '%.60s': did you mean '%s'?", key->text, near);
	return rules_fail(l->error, key, "unknown key '%.60s': expected one like '%s' or '%s'",
		key->text, table[0].name, table[1].name ? table[1].name : table[0].name);
}

static const struct ynode *
map_get(const struct ynode *map, const char *name)
{
	for (size_t i = 0; i < map->n; i++)
		if (strcmp(map->keys[i]->text, name) == 0)
			return map->v[i];
	return NULL;
}

int
fields_read(struct rule_load *l, const struct ynode *map, const struct field *table, void *into)
{
	if (map->kind != YNODE_MAP)
		return rules_fail(
			l->error, map, "expected a map with keys like '%s'", table[0].name);
	for (size_t i = 0; i < map->n; i++) {
		const struct field *f = table;
		int e;

		while (f->name && strcmp(f->name, map->keys[i]->text) != 0)
			f++;
		if (!f->name)
			return unknown_key(l, map->keys[i], table);
		e = f->read(l, f, map->v[i], into);
		if (e)
			return e;
	}
	for (const struct field *f = table; f->name; f++)
		if (f->required && !map_get(map, f->name))
			return rules_fail(l->error, map, "'%s' is missing", f->name);
	return 0;
}

/* --- scalars --- */

static void
put_ptr(void *into, size_t at, const void *p)
{
	memcpy((uint8_t *)into + at, &p, sizeof p);
}

static int
want_scalar(struct rule_load *l, const struct field *f, const struct ynode *v, const char *what)
{
	if (v->kind == YNODE_SCALAR)
		return 0;
	return rules_fail(l->error, v, "'%s': expected %s, not a %s", f->name, what,
		v->kind == YNODE_LIST ? "list" : "map");
}

int
field_text(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	int e = want_scalar(l, f, v, "a text");

	if (e)
		return e;
	if (v->n < f->min || v->n == 0)
		return rules_fail(l->error, v, "'%s' is empty", f->name);
	if (v->n > f->max)
		return rules_fail(l->error, v, "'%s' is longer than %u bytes", f->name, f->max);
	put_ptr(into, f->at, v->text);
	return 0;
}

int
field_id(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	int e = field_text(l, f, v, into);

	for (size_t i = 0; !e && i < v->n; i++) {
		char c = v->text[i];
		bool dash = c == '-' && i > 0 && v->text[i - 1] != '-' && v->text[i + 1];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !dash)
			return rules_fail(l->error, v,
				"'%s': expected words of a-z and 0-9 joined by single dashes",
				f->name);
	}
	return e;
}

int
field_bool(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	bool yes = v->kind == YNODE_SCALAR && !v->quoted && strcmp(v->text, "true") == 0;

	if (!yes && (v->kind != YNODE_SCALAR || v->quoted || strcmp(v->text, "false") != 0))
		return rules_fail(l->error, v, "'%s': expected true or false", f->name);
	*((bool *)((uint8_t *)into + f->at)) = yes;
	return 0;
}

static int
read_number(struct rule_load *l, const struct field *f, const struct ynode *v, uint32_t *ret_n)
{
	uint64_t n = 0;
	size_t i = 0;

	if (v->kind == YNODE_SCALAR && !v->quoted)
		for (; i < v->n && i < 10 && v->text[i] >= '0' && v->text[i] <= '9'; i++)
			n = n * 10 + (uint64_t)(v->text[i] - '0');
	if (i == 0 || i != v->n || n < f->min || n > f->max)
		return rules_fail(l->error, v, "'%s': expected a whole number from %u to %u",
			f->name, f->min, f->max);
	*ret_n = (uint32_t)n;
	return 0;
}

int
field_u8(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	uint32_t n;
	int e = read_number(l, f, v, &n);

	if (!e)
		*((uint8_t *)into + f->at) = (uint8_t)n;
	return e;
}

int
field_u16(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	uint32_t n;
	int e = read_number(l, f, v, &n);
	uint16_t short_n = (uint16_t)(e ? 0 : n);

	if (!e)
		memcpy((uint8_t *)into + f->at, &short_n, sizeof short_n);
	return e;
}

int
field_u32(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	uint32_t n;
	int e = read_number(l, f, v, &n);

	if (!e)
		memcpy((uint8_t *)into + f->at, &n, sizeof n);
	return e;
}

int
field_number(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	char *end = NULL;
	float n = 0;

	if (v->kind == YNODE_SCALAR && !v->quoted && v->text[0] >= '0' && v->text[0] <= '9')
		n = strtof(v->text, &end);
	if (!end || *end || !(n >= 0 && n <= (float)f->max))
		return rules_fail(
			l->error, v, "'%s': expected a number from 0 to %u", f->name, f->max);
	memcpy((uint8_t *)into + f->at, &n, sizeof n);
	return 0;
}

/* --- words out of a fixed set --- */

static size_t
names_len(const char *const *names)
{
	size_t n = 0;

	while (names[n])
		n++;
	return n;
}

static int
find_name(struct rule_load *l, const struct field *f, const struct ynode *v, uint32_t *ret_i)
{
	const char *const *names = f->arg;
	size_t n = names_len(names);
	const char *near;
	char all[160] = "";
	size_t used = 0;
	int e = want_scalar(l, f, v, "a word");

	if (e)
		return e;
	for (uint32_t i = 0; i < n; i++)
		if (strcmp(v->text, names[i]) == 0) {
			*ret_i = i;
			return 0;
		}
	near = nearest_name(v->text, names, n, sizeof *names);
	if (near)
		return rules_fail(l->error, v, "'%s': unknown '%.40s': did you mean '%s'?", f->name,
			v->text, near);
	for (size_t i = 0; i < n && used < sizeof all; i++)
		used += (size_t)snprintf(
			all + used, sizeof all - used, "%s%s", i ? ", " : "", names[i]);
	return rules_fail(
		l->error, v, "'%s': unknown '%.40s': expected one of %s", f->name, v->text, all);
}

int
field_enum(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	uint32_t i;
	int e = find_name(l, f, v, &i);

	if (!e)
		memcpy((uint8_t *)into + f->at, &i, sizeof i);
	return e;
}

int
field_bits(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	uint8_t *bits = (uint8_t *)into + f->at;
	uint32_t i;
	int e;

	if (v->kind != YNODE_LIST) {
		e = find_name(l, f, v, &i);
		*bits = (uint8_t)(e ? *bits : 1u << i);
		return e;
	}
	for (size_t k = 0; k < v->n; k++) {
		e = find_name(l, f, v->v[k], &i);
		if (e)
			return e;
		*bits |= (uint8_t)(1u << i);
	}
	return *bits ? 0 : rules_fail(l->error, v, "'%s' is empty", f->name);
}
