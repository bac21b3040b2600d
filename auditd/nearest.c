/* "did you mean": edit distance with three rows, so that a typing error costs one step. */
#include "nearest.h"

#include <stdbool.h>
#include <string.h>

#include "base/poison.h"

#define WORD_MAX 64

static unsigned
min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

unsigned
nearest_distance(const char *a, const char *b)
{
	unsigned rows[3][WORD_MAX + 1] = {0};
	unsigned *before = rows[0], *last = rows[1], *row = rows[2];
	size_t an = strnlen(a, WORD_MAX), bn = strnlen(b, WORD_MAX);

	for (size_t j = 0; j <= bn; j++)
		last[j] = (unsigned)j;
	for (size_t i = 1; i <= an; i++) {
		unsigned *t = before;

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= bn; j++) {
			bool swapped =
				i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];

			row[j] = min3(
				last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
			if (swapped && before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		before = last;
		last = row;
		row = t;
	}
	return last[bn];
}

const char *
nearest_find(const char *word, const char *const *candidates, size_t n)
{
	unsigned best = (unsigned)strnlen(word, WORD_MAX) / 3 + 2;
	const char *found = NULL;

	for (size_t i = 0; i < n; i++) {
		unsigned d = nearest_distance(word, candidates[i]);

		if (d < best) {
			best = d;
			found = candidates[i];
		}
	}
	return found;
}
