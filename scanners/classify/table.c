/* The list of classifiers. */
#include "classify/classify.h"

#include "base/poison.h"

extern const struct classifier classifier_password_pairs, classifier_file_listing;

const struct classifier *const classifiers[] = {
	&classifier_password_pairs,
	&classifier_file_listing,
	NULL,
};

const struct classifier *
classifier_find(const char *name)
{
	for (size_t i = 0; classifiers[i]; i++) {
		if (strcmp(classifiers[i]->name, name) == 0)
			return classifiers[i];
	}
	return NULL;
}
