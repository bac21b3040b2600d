/* strv: a growing list of owned strings. */
#ifndef STRV_H
#define STRV_H

#include <stddef.h>

struct strv {
	char **v;
	size_t n;
};

/* Appends a copy. 0 or -ENOMEM. */
int strv_add(struct strv *s, const char *word);

/* Appends each non-empty word between commas. 0, -EINVAL when there is none, -ENOMEM. */
int strv_add_list(struct strv *s, const char *list);

/* Sorts the strings from index `from` on by their bytes. */
void strv_sort(struct strv *s, size_t from);

void strv_free(struct strv *s);

#endif
