/*
 * A set grows file by file in one arena. A file that turns out bad gives its memory back by a mark,
 * so the set is as it was before: a daemon keeps running on the rules it has.
 */
#include "rules.h"

#include <errno.h>
#include <nettle/sha2.h>
#include <sodium.h>
#include <stdlib.h>

#include "limits.h"
#include "rules_table.h"

#include "base/poison.h"

_Static_assert(offsetof(struct rule, id) == 0, "nearest_name() looks for the name first");

struct rules_load {
	struct sha256_ctx hash;
	bool selected; /* rules_select() left something out */
};

static const struct ynode *
top_get(const struct ynode *root, const char *name)
{
	for (size_t i = 0; i < root->n; i++)
		if (strcmp(root->keys[i]->text, name) == 0)
			return root->v[i];
	return NULL;
}

static int
check_top(struct rule_load *l, const struct ynode *root, const struct ynode **ret_list)
{
	const struct ynode *rules;

	if (root->kind != YNODE_MAP)
		return rules_fail(l->error, root, "expected a map of `words` and `rules`");
	for (size_t i = 0; i < root->n; i++)
		if (strcmp(root->keys[i]->text, "rules") != 0 &&
			strcmp(root->keys[i]->text, "words") != 0)
			return rules_fail(l->error, root->keys[i],
				"unknown key '%.60s': expected `words` or `rules`",
				root->keys[i]->text);
	rules = top_get(root, "rules");
	if (!rules)
		return rules_fail(l->error, root, "'rules' is missing");
	if (rules->kind != YNODE_LIST)
		return rules_fail(l->error, rules, "'rules': expected a list of rules");
	*ret_list = rules;
	return 0;
}

static struct rule *
find_in(struct rule *v, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i].id, id) == 0)
			return &v[i];
	return NULL;
}

/* Reads the file's rules behind the n_old ones of v, replacing those of equal id. */
static int
read_rules(
	struct rule_load *l, const struct ynode *list, struct rule *v, size_t n_old, size_t *ret_n)
{
	struct rule *fresh = arena_calloc(l->arena, list->n ? list->n : 1, sizeof *fresh);
	size_t n = n_old;

	if (!fresh)
		return -ENOMEM;
	for (size_t i = 0; i < list->n; i++) {
		struct rule *twin, *old;
		int e = rule_read(l, list->v[i], &fresh[i]);

		if (e)
			return e;
		twin = find_in(fresh, i, fresh[i].id);
		if (twin)
			return rules_fail(l->error, list->v[i],
				"the id '%s' is here twice (line %u)", twin->id, twin->line);
		old = find_in(v, n_old, fresh[i].id);
		if (!old)
			old = &v[n++];
		*old = fresh[i];
	}
	if (n > RULES_MAX)
		return rules_fail(l->error, list, "more than %u rules", RULES_MAX);
	*ret_n = n;
	return 0;
}

static int
load_file(struct ruleset *rs, const char *name, struct span yaml, struct rules_error *error)
{
	struct rule_load l = {.arena = &rs->arena, .error = error};
	const struct ynode *root = NULL, *words, *list = NULL;
	struct rule *v;
	size_t n = 0;
	int e = ynode_parse(l.arena, yaml, &root, error);

	if (!e)
		e = check_top(&l, root, &list);
	if (e || !list)
		return e;
	l.file = arena_strdup(l.arena, span_str(name));
	words = top_get(root, "words");
	e = l.file ? 0 : -ENOMEM;
	if (!e && words)
		e = field_lists(&l, words);
	if (e)
		return e;
	v = arena_calloc(l.arena, (size_t)rs->n + list->n + 1, sizeof *v);
	if (!v)
		return -ENOMEM;
	if (rs->n)
		memcpy(v, rs->rules, rs->n * sizeof *v);
	e = read_rules(&l, list, v, rs->n, &n);
	if (e)
		return e;
	rs->rules = v;
	rs->n = (uint16_t)n;
	return 0;
}

static struct rules_load *
load_state(struct ruleset *rs)
{
	if (!rs->load) {
		rs->load = arena_alloc(&rs->arena, sizeof *rs->load);
		if (rs->load)
			sha256_init(&rs->load->hash);
	}
	return rs->load;
}

int
rules_add(struct ruleset *rs, const char *name, struct span yaml, struct rules_error *ret_error)
{
	struct rules_error error = {0};
	struct rules_load *load = load_state(rs);
	struct arena_mark mark = arena_mark(&rs->arena);
	size_t n = strlen(name) < sizeof error.file ? strlen(name) : sizeof error.file - 1;
	int e = load ? load_file(rs, name, yaml, &error) : -ENOMEM;

	if (!e) {
		sha256_update(&load->hash, yaml.n, yaml.p);
		return 0;
	}
	arena_release(&rs->arena, mark);
	if (e == -ENOMEM)
		(void)rules_fail(&error, NULL, "out of memory");
	memcpy(error.file, name, n);
	*ret_error = error;
	return -EINVAL;
}

static int
by_id(const void *a, const void *b)
{
	const struct rule *x = a, *y = b;

	return strcmp(x->id, y->id);
}

/* The set's rules while it is being made: the arena's own memory. */
static struct rule *
rules_own(struct ruleset *rs)
{
	return (struct rule *)(uintptr_t)rs->rules;
}

static void
digest_hex(struct ruleset *rs)
{
	struct sha256_ctx hash = rs->load->hash;
	uint8_t sum[SHA256_DIGEST_SIZE];

	for (size_t i = 0; rs->load->selected && i < rs->n; i++)
		sha256_update(&hash, strlen(rs->rules[i].id) + 1, (const uint8_t *)rs->rules[i].id);
	sha256_digest(&hash, sizeof sum, sum);
	(void)sodium_bin2hex(rs->digest, sizeof rs->digest, sum, sizeof sum);
}

/* A rule that was left out yields to nothing: then the general one has to speak. */
static int
yields_resolve(struct ruleset *rs, struct rule *r)
{
	uint16_t *to = r->n_yields ? arena_calloc(&rs->arena, r->n_yields, sizeof *to) : NULL;

	r->n_yields_to = 0;
	if (r->n_yields && !to)
		return -ENOMEM;
	for (size_t i = 0; i < r->n_yields; i++) {
		const struct rule *other = rules_find(rs, r->yields[i]);

		if (other && other != r)
			to[r->n_yields_to++] = other->index;
	}
	r->yields_to = to;
	return 0;
}

int
rules_finish(struct ruleset *rs)
{
	struct rule *v = rules_own(rs);
	int e = 0;

	if (!load_state(rs))
		return -ENOMEM;
	if (rs->n)
		qsort(v, rs->n, sizeof *v, by_id);
	for (uint16_t i = 0; i < rs->n; i++)
		v[i].index = i;
	for (uint16_t i = 0; e == 0 && i < rs->n; i++)
		e = yields_resolve(rs, &v[i]);
	digest_hex(rs);
	return e;
}

static bool
rule_in(const struct rule *r, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(r->id, names[i]) == 0 || strcmp(r->category, names[i]) == 0)
			return true;
	return false;
}

static int
check_names(const struct ruleset *rs, const char *const *names, size_t n, struct rules_error *error)
{
	for (size_t i = 0; i < n; i++) {
		const char *near;
		size_t k = 0;

		while (k < rs->n && !rule_in(&rs->rules[k], &names[i], 1))
			k++;
		if (k < rs->n)
			continue;
		*error = (struct rules_error){0};
		near = nearest_name(names[i], rs->rules, rs->n, sizeof *rs->rules);
		(void)rules_fail(error, NULL, "no rule or category '%.60s'%s%s%s", names[i],
			near ? ": did you mean '" : "", near ? near : "", near ? "'?" : "");
		return -ENOENT;
	}
	return 0;
}

int
rules_select(struct ruleset *rs, const char *const *only, size_t n_only, const char *const *without,
	size_t n_without, struct rules_error *ret_error)
{
	struct rule *v = rules_own(rs);
	uint16_t kept = 0;
	int e = check_names(rs, only, n_only, ret_error);

	if (!e)
		e = check_names(rs, without, n_without, ret_error);
	if (e)
		return e;
	for (size_t i = 0; i < rs->n; i++) {
		if (n_only && !rule_in(&v[i], only, n_only))
			continue;
		if (rule_in(&v[i], without, n_without))
			continue;
		v[kept++] = v[i];
	}
	if (kept < rs->n && rs->load)
		rs->load->selected = true;
	rs->n = kept;
	return 0;
}

const struct rule *
rules_find(const struct ruleset *rs, const char *id)
{
	for (size_t i = 0; i < rs->n; i++)
		if (strcmp(rs->rules[i].id, id) == 0)
			return &rs->rules[i];
	return NULL;
}

void
rules_free(struct ruleset *rs)
{
	arena_free(&rs->arena);
	*rs = (struct ruleset){.n = 0};
}
