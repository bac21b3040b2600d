/* Only odd members are kept, so that the table is empty for an archive that is all right. */
#include "extract/archive_facts.h"

#include <errno.h>
#include <stdlib.h>

#include "extract/archive_names.h"
#include "limits.h"

#include "base/poison.h"

int
facts_add(struct facts *t, struct span name, struct fact f)
{
	if (t->n >= LIMIT_FACTS)
		return 0;
	if (t->n == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 16;
		struct fact *v = realloc(t->v, cap * sizeof *v);

		if (!v)
			return -ENOMEM;
		t->v = v;
		t->cap = cap;
	}
	f.hash = name_hash(name);
	t->v[t->n++] = f;
	t->sorted = false;
	return 0;
}

static int
by_hash(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;

	return (x->hash > y->hash) - (x->hash < y->hash);
}

const struct fact *
facts_find(struct facts *t, struct span name)
{
	const struct fact key = {.hash = name_hash(name)};

	if (t->n == 0)
		return NULL;
	if (!t->sorted) {
		qsort(t->v, t->n, sizeof *t->v, by_hash);
		t->sorted = true;
	}
	return bsearch(&key, t->v, t->n, sizeof *t->v, by_hash);
}

void
facts_free(struct facts *t)
{
	free(t->v);
	*t = (struct facts){0};
}
