/*
 * Lists of words in rule files: YAML lists, or block texts split at commas and line ends, because
 * vocabularies are edited by people who think in lists of words. `$name` stands for a list of the
 * file's top-level `words`; a list may use only those above it and has a ceiling, so that a few
 * lines cannot stand for millions of words.
 */
#include "rules_field.h"

#include <errno.h>

#include "limits.h"

#include "base/poison.h"

/* A list on its way; v doubles at powers of two. */
struct gather {
	struct rule_load *load;
	const struct field *field;
	const char **v;
	size_t n;
	bool lower;
};

static int
gather_one(struct gather *g, const struct ynode *at, const char *word)
{
	uint32_t max = g->field->max ? g->field->max : WORDS_MAX;

	if (g->n >= max)
		return rules_fail(
			g->load->error, at, "'%s': more than %u items", g->field->name, max);
	if ((g->n & (g->n - 1)) == 0) {
		const char **more = arena_calloc(g->load->arena, g->n ? 2 * g->n : 1, sizeof *more);

		if (!more)
			return -ENOMEM;
		if (g->n)
			memcpy(more, g->v, g->n * sizeof *more);
		g->v = more;
	}
	g->v[g->n++] = word;
	return 0;
}

static int
gather_list(struct gather *g, const struct ynode *at, const char *name)
{
	const struct rule_load *l = g->load;
	const char *near;

	for (size_t i = 0; i < l->n_lists; i++) {
		int e = 0;

		if (strcmp(l->lists[i].name, name) != 0)
			continue;
		for (size_t k = 0; !e && k < l->lists[i].n; k++)
			e = gather_one(g, at, l->lists[i].v[k]);
		return e;
	}
	near = nearest_name(name, l->lists, l->n_lists, sizeof *l->lists);
	if (near)
		return rules_fail(
			l->error, at, "no list '$%.60s' above: did you mean '$%s'?", name, near);
	return rules_fail(l->error, at, "no list '$%.60s' in this file's `words`", name);
}

/* One phrase: blanks at both ends dropped, `$name` looked up. */
static int
gather_phrase(struct gather *g, const struct ynode *at, struct span s)
{
	char *word;

	while (s.n && (*s.p == ' ' || *s.p == '\t' || *s.p == '\r'))
		s = span_sub(s, 1, s.n);
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t' || s.p[s.n - 1] == '\r'))
		s.n--;
	if (s.n > 256)
		return rules_fail(
			g->load->error, at, "'%s': an item longer than 256 bytes", g->field->name);
	word = arena_strdup(g->load->arena, s);
	if (!word)
		return -ENOMEM;
	if (g->lower && s.n > 1 && word[0] == '$')
		return gather_list(g, at, word + 1);
	if (s.n < g->field->min)
		return rules_fail(g->load->error, at, "'%s': '%.40s' is shorter than %u bytes",
			g->field->name, word, g->field->min);
	for (size_t i = 0; g->lower && i < s.n; i++)
		if (word[i] >= 'A' && word[i] <= 'Z')
			word[i] = (char)(word[i] + 32);
	return gather_one(g, at, word);
}

/* A block: phrases between commas and line ends; empty ones are skipped. */
static int
gather_block(struct gather *g, const struct ynode *v)
{
	struct span s = span_of(v->text, v->n);
	int e = 0;

	while (!e && s.n) {
		size_t n = 0, blank = 0;

		while (n < s.n && s.p[n] != ',' && s.p[n] != '\n') {
			blank += s.p[n] == ' ' || s.p[n] == '\t' || s.p[n] == '\r';
			n++;
		}
		if (n > blank)
			e = gather_phrase(g, v, span_sub(s, 0, n));
		s = span_sub(s, n < s.n ? n + 1 : n, s.n);
	}
	return e;
}

static int
gather_node(struct gather *g, const struct ynode *v)
{
	int e = 0;

	if (v->kind == YNODE_MAP)
		return rules_fail(g->load->error, v, "'%s': expected a list of words, not a map",
			g->field->name);
	if (v->kind == YNODE_SCALAR)
		e = gather_block(g, v);
	for (size_t i = 0; v->kind == YNODE_LIST && !e && i < v->n; i++) {
		const struct ynode *item = v->v[i];

		if (item->kind != YNODE_SCALAR)
			return rules_fail(
				g->load->error, item, "'%s': expected a word", g->field->name);
		e = gather_phrase(g, item, span_of(item->text, item->n));
	}
	if (!e && g->n == 0)
		return rules_fail(g->load->error, v, "'%s' is empty", g->field->name);
	return e;
}

static int
read_list(struct rule_load *l, const struct field *f, const struct ynode *v, void *into, bool lower)
{
	struct gather g = {.load = l, .field = f, .lower = lower};
	int e = gather_node(&g, v);

	if (e)
		return e;
	memcpy((uint8_t *)into + f->at, &g.v, sizeof g.v);
	memcpy((uint8_t *)into + f->at_n, &g.n, sizeof g.n);
	return 0;
}

int
field_words(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	return read_list(l, f, v, into, true);
}

int
field_terms(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	if (v->kind == YNODE_LIST && v->n == 0)
		return 0;
	return read_list(l, f, v, into, true);
}

int
field_texts(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	return read_list(l, f, v, into, false);
}

int
field_refs(struct rule_load *l, const struct field *f, const struct ynode *v, void *into)
{
	struct gather g = {.load = l, .field = f};
	int e = gather_node(&g, v);
	size_t n = 1;
	char *all;

	for (size_t i = 0; !e && i < g.n; i++)
		n += strlen(g.v[i]) + 1;
	all = e ? NULL : arena_alloc(l->arena, n);
	if (!all)
		return e ? e : -ENOMEM;
	memcpy((uint8_t *)into + f->at, &all, sizeof all);
	for (size_t i = 0; i < g.n; i++) {
		size_t len = strlen(g.v[i]);

		if (i)
			*all++ = '\n';
		memcpy(all, g.v[i], len);
		all += len;
	}
	return 0;
}

int
field_lists(struct rule_load *l, const struct ynode *map)
{
	static const struct field field = {.name = "words", .min = 1};

	if (map->kind != YNODE_MAP)
		return rules_fail(l->error, map, "'words': expected a map of names to lists");
	l->lists = arena_calloc(l->arena, map->n ? map->n : 1, sizeof *l->lists);
	if (!l->lists)
		return -ENOMEM;
	for (size_t i = 0; i < map->n; i++) {
		struct gather g = {.load = l, .field = &field, .lower = true};
		int e = gather_node(&g, map->v[i]);

		if (e)
			return e;
		l->lists[l->n_lists++] =
			(struct word_list){.name = map->keys[i]->text, .v = g.v, .n = g.n};
	}
	return 0;
}
