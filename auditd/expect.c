/* Globs are those of excludes: one kind of pattern is enough for an administrator to remember. */
#include "expect.h"

#include <errno.h>
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

void
expect_free(struct expects *x)
{
	for (size_t i = 0; i < x->n; i++)
		one_free(&x->v[i]);
	free(x->v);
	*x = (struct expects){0};
}
