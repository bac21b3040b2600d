/*
 * Several files are at work at once and one file may hold many items, so "files with this rule"
 * needs to know which rules a file at work has shown already: a few bits for each file that has a
 * finding and is not done yet.
 */
#include "totals.h"

#include <errno.h>
#include <stdlib.h>

#include "base/poison.h"

struct rule_sum {
	uint64_t plain, copies, files;
	uint64_t least; /* the most that a finding without its values had */
};

struct open_file {
	struct open_file *next;
	uint64_t file;
	uint64_t seen[]; /* a bit for each rule */
};

struct totals {
	const struct catalogue *c;
	struct rule_sum *sums;
	struct open_file *open;
};

int
totals_new(const struct catalogue *c, struct totals **ret_t)
{
	struct totals *t = calloc(1, sizeof(*t));

	if (!t)
		return -ENOMEM;
	t->c = c;
	t->sums = calloc((size_t)c->n + 1, sizeof(*t->sums));
	if (!t->sums) {
		free(t);
		return -ENOMEM;
	}
	*ret_t = t;
	return 0;
}

static struct open_file *
open_file_get(struct totals *t, uint64_t file)
{
	struct open_file *f;

	for (f = t->open; f; f = f->next) {
		if (f->file == file)
			return f;
	}
	f = calloc(1, sizeof(*f) + ((size_t)t->c->n / 64 + 1) * sizeof(uint64_t));
	if (!f)
		return NULL;
	f->file = file;
	f->next = t->open;
	t->open = f;
	return f;
}

int
totals_finding(struct totals *t, uint64_t file, const struct finding *f, uint64_t plain)
{
	struct open_file *o = open_file_get(t, file);
	struct rule_sum *s = &t->sums[f->rule];
	uint64_t bit = 1ull << f->rule % 64;

	if (!o)
		return -ENOMEM;
	s->copies += f->count;
	s->plain += plain;
	if (!(o->seen[f->rule / 64] & bit))
		s->files++;
	o->seen[f->rule / 64] |= bit;
	return 0;
}

void
totals_least(struct totals *t, uint16_t rule, uint64_t unique)
{
	if (unique > t->sums[rule].least)
		t->sums[rule].least = unique;
}

void
totals_file_end(struct totals *t, uint64_t file)
{
	for (struct open_file **p = &t->open; *p; p = &(*p)->next) {
		struct open_file *gone = *p;

		if (gone->file == file) {
			*p = gone->next;
			free(gone);
			return;
		}
	}
}

int
totals_list(const struct totals *t, struct values *v, struct rule_total **ret_totals, size_t *ret_n,
	bool *ret_exact)
{
	struct rule_total *totals = calloc((size_t)t->c->n + 1, sizeof(*totals));
	bool exact = true;
	size_t n = 0;

	if (!totals)
		return -ENOMEM;
	for (uint16_t i = 0; i < t->c->n; i++) {
		const struct rule_sum *s = &t->sums[i];
		struct distinct d;
		int r;

		if (s->files == 0)
			continue;
		r = values_total(v, i, &d);
		if (r < 0) {
			free(totals);
			return r;
		}
		d.n += s->plain;
		exact = exact && d.exact && s->least == 0;
		totals[n++] = (struct rule_total){.rule = &t->c->rules[i],
			.unique = d.n > s->least ? d.n : s->least,
			.at_least = !d.exact || s->least,
			.copies = s->copies,
			.files = s->files};
	}
	*ret_totals = totals;
	*ret_n = n;
	*ret_exact = exact;
	return 0;
}

void
totals_free(struct totals *t)
{
	if (!t)
		return;
	while (t->open) {
		struct open_file *f = t->open;

		t->open = f->next;
		free(f);
	}
	free(t->sums);
	free(t);
}
