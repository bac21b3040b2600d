/* The command line and the configuration both gather lists of words: one owner, one way to free. */
#include "strv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/poison.h"

static int
strv_take(struct strv *s, char *word)
{
	char **v = word ? reallocarray(s->v, s->n + 1, sizeof(*v)) : NULL;

	if (!v) {
		free(word);
		return -ENOMEM;
	}
	s->v = v;
	s->v[s->n++] = word;
	return 0;
}

int
strv_add(struct strv *s, const char *word)
{
	return strv_take(s, strdup(word));
}

int
strv_add_list(struct strv *s, const char *list)
{
	size_t before = s->n;

	while (*list) {
		size_t n = strcspn(list, ",");

		if (n > 0) {
			int r = strv_take(s, strndup(list, n));

			if (r < 0)
				return r;
		}
		list += n + (list[n] == ',');
	}
	return s->n > before ? 0 : -EINVAL;
}

static int
word_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
strv_sort(struct strv *s, size_t from)
{
	if (s->n > from)
		qsort(s->v + from, s->n - from, sizeof(*s->v), word_compare);
}

void
strv_free(struct strv *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i]);
	free(s->v);
	*s = (struct strv){0};
}
