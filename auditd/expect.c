/* Globs are those of excludes: one kind of pattern is enough for an administrator to remember. */
#include "expect.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/poison.h"

const char *
expect_glob(const char *glob)
{
	const char *why = "expected an absolute one";
	struct exclude x = {0};
	int r = *glob == '/' ? exclude_add(&x, span_str(glob), &why) : -EINVAL;

	exclude_free(&x);
	return r == -EINVAL ? why : NULL;
}

static void
one_free(struct expect *e)
{
	free(e->glob);
	exclude_free(&e->where);
	strv_free(&e->ids);
}

int
expect_add(struct expects *x, const char *glob, const struct strv *ids, enum reach reach)
{
	struct expect e = {.glob = strdup(glob), .reach = reach}, *more;
	const char *why;
	int r = e.glob ? exclude_add(&e.where, span_str(glob), &why) : -ENOMEM;

	for (size_t i = 0; i < ids->n && r == 0; i++)
		r = strv_add(&e.ids, ids->v[i]);
	more = r == 0 ? reallocarray(x->v, x->n + 1, sizeof(*more)) : NULL;
	if (!more) {
		one_free(&e);
		return r < 0 ? r : -ENOMEM;
	}
	x->v = more;
	x->v[x->n++] = e;
	return 0;
}

static bool
names(const struct strv *ids, const struct rule_info *rule)
{
	for (size_t i = 0; i < ids->n; i++) {
		if (strcmp(ids->v[i], rule->category) == 0 || strcmp(ids->v[i], rule->id) == 0)
			return true;
	}
	return false;
}

bool
expect_holds(const struct expects *x, const struct record *r)
{
	struct span path = span_str(r->path);

	while (path.n && path.p[0] == '/')
		path = span_sub(path, 1, path.n);
	for (size_t i = 0; i < x->n; i++) {
		const struct expect *e = &x->v[i];

		if (r->reach <= e->reach && names(&e->ids, r->rule) &&
			exclude_match_all(&e->where, path, false) == EXCLUDE_YES)
			return true;
	}
	return false;
}

static void
add_word(crypto_generichash_state *h, const char *s)
{
	(void)crypto_generichash_update(h, (const uint8_t *)s, strlen(s) + 1);
}

void
expect_digest(const struct expects *x, char ret_hex[33])
{
	crypto_generichash_state h;
	uint8_t out[16];

	ret_hex[0] = 0;
	if (x->n == 0)
		return;
	(void)crypto_generichash_init(&h, NULL, 0, sizeof(out));
	for (size_t i = 0; i < x->n; i++) {
		add_word(&h, x->v[i].glob);
		add_word(&h, reach_name(x->v[i].reach));
		for (size_t k = 0; k < x->v[i].ids.n; k++)
			add_word(&h, x->v[i].ids.v[k]);
		add_word(&h, "");
	}
	(void)crypto_generichash_final(&h, out, sizeof(out));
	(void)sodium_bin2hex(ret_hex, 33, out, sizeof(out));
}

void
expect_free(struct expects *x)
{
	for (size_t i = 0; i < x->n; i++)
		one_free(&x->v[i]);
	free(x->v);
	*x = (struct expects){0};
}
