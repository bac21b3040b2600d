/*
 * One lexicon for all levels of nesting: their tables have headers one after the other. The slots of
 * a rule are those of its tables one behind the other; of a table the words that refuse it, then two
 * for each group.
 */
#include "classify/headwords.h"

#include "base/poison.h"

static size_t
slots_of(const struct table_rule *t)
{
	return 1 + 2 * t->n_groups;
}

struct headword
headword_of(const struct rule *r, uint32_t slot)
{
	uint16_t table = 0;

	slot--;
	while (table + 1u < r->n_tables && slot >= slots_of(&r->tables[table]))
		slot -= (uint32_t)slots_of(&r->tables[table++]);
	if (slot == 0)
		return (struct headword){.kind = HEADWORD_REFUSES, .table = table};
	return (struct headword){.kind = slot % 2 ? HEADWORD_WORDS : HEADWORD_SURE,
		.table = table,
		.group = (uint16_t)((slot - 1) / 2)};
}

static int
add_table(struct lexicon *lx, const struct rule *r, const struct table_rule *t, size_t slot)
{
	static const struct words none;
	int e = lexicon_add(lx, HEADWORDS_OWNER(r->index, slot++), &none, &t->not_words);

	for (size_t g = 0; e == 0 && g < t->n_groups; g++) {
		const struct column_group *cg = &t->groups[g];

		e = lexicon_add(lx, HEADWORDS_OWNER(r->index, slot++), &cg->words, &cg->not_words);
		if (e == 0)
			e = lexicon_add(
				lx, HEADWORDS_OWNER(r->index, slot++), &cg->sure, &cg->not_words);
	}
	return e;
}

static int
add_rule(struct lexicon *lx, const struct rule *r)
{
	size_t slot = 1;
	int e = 0;

	if (r->header_yes.n || r->header_no.n)
		e = lexicon_add(lx, HEADWORDS_OWNER(r->index, 0), &r->header_yes, &r->header_no);
	for (size_t k = 0; e == 0 && k < r->n_tables && slot < UINT16_MAX / 2; k++) {
		e = add_table(lx, r, &r->tables[k], slot);
		slot += slots_of(&r->tables[k]);
	}
	return e;
}

int
headwords_new(const struct ruleset *rs, struct lexicon **ret_lx)
{
	struct lexicon *lx;
	int e = lexicon_new(false, &lx);

	if (e < 0)
		return e;
	for (uint16_t i = 0; e == 0 && i < rs->n; i++)
		e = add_rule(lx, &rs->rules[i]);
	if (e == 0)
		e = lexicon_ready(lx);
	if (e < 0)
		lexicon_free(lx);
	else
		*ret_lx = lx;
	return e;
}
