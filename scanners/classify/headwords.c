/* One lexicon for all levels of nesting: their tables have headers one after the other. */
#include "classify/headwords.h"

#include "base/poison.h"

static int
add_rule(struct lexicon *lx, const struct rule *r)
{
	size_t groups = r->table && r->table->n_groups < UINT16_MAX ? r->table->n_groups : 0;
	int e = 0;

	if (r->header_yes.n || r->header_no.n)
		e = lexicon_add(lx, HEADWORDS_OWNER(r->index, 0), &r->header_yes, &r->header_no);
	for (size_t g = 0; e == 0 && g < groups; g++) {
		const struct column_group *cg = &r->table->groups[g];

		e = lexicon_add(lx, HEADWORDS_OWNER(r->index, g + 1), &cg->words, &cg->not_words);
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
