/*
 * Most texts ask for the words of few rules, over and over: a log has dates and long numbers. A
 * database of those words alone is twice as fast as one of all. It is made when enough text has
 * asked for no more than a part of them, or before there is any other; it is used where it has all
 * that is asked for; the words it lacks belong to rules that have no value there, so what is found
 * near values is the same.
 */
#include "match/anchors_db.h"
#include <errno.h>
#include <stdlib.h>

#include "base/poison.h"

#define FEW_AFTER (3u << 20) /* bytes of text that pay for making one, some 2 ms */
#define FEW_MOST                                                                                   \
	6u /* made at most, so that texts which alternate do not make one after the other */

static size_t
set_words(const struct anchors *a)
{
	return (a->n_rules + 63) / 64;
}

int
words_few_new(struct anchors *a)
{
	a->few.rules = calloc(set_words(a) + 1, sizeof *a->few.rules);
	a->few.asked = calloc(set_words(a) + 1, sizeof *a->few.asked);
	return a->few.rules && a->few.asked ? 0 : -ENOMEM;
}

void
words_few_free(struct anchors *a)
{
	hs_free_database(a->few.db);
	free(a->few.rules);
	free(a->few.asked);
}

static bool
is_part(const uint64_t *set, const uint64_t *of, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (set[i] & ~of[i])
			return false;
	return true;
}

/* Words of the rules that were asked for, a part of all or not. */
static bool
worth_it(const struct anchors *a)
{
	size_t few = 0, all = 0;

	for (size_t i = 0; i < a->n; i++) {
		few += a->lits[i].word && literal_of(&a->lits[i], a->few.asked);
		all += a->lits[i].word;
	}
	return few <= all / 2;
}

static void
make(struct anchors *a)
{
	struct rules_error e;
	hs_database_t *db = NULL;

	a->few.made++;
	if (words_compile(a, a->few.asked, &db, &e) < 0) {
		a->few.made = FEW_MOST;
		return;
	}
	hs_free_database(a->few.db);
	a->few.db = db;
	memcpy(a->few.rules, a->few.asked, set_words(a) * sizeof *a->few.rules);
}

void
words_few_ask(struct anchors *a, const uint64_t *rules)
{
	for (size_t i = 0; i < set_words(a); i++)
		a->few.asked[i] |= rules[i];
}

/* Makes one when what was asked for is worth it, and forgets that it was asked for. */
static void
settle(struct anchors *a)
{
	if (worth_it(a))
		make(a);
	memset(a->few.asked, 0, set_words(a) * sizeof *a->few.asked);
	a->few.bytes = 0;
}

static bool
has_all(const struct anchors *a, const uint64_t *rules)
{
	return a->few.db && is_part(rules, a->few.rules, set_words(a));
}

int
words_few_of(struct anchors *a, const uint64_t *rules, size_t n, const hs_database_t **ret_db)
{
	struct rules_error e;
	int r = 0;

	if (!has_all(a, rules) && a->few.made < FEW_MOST) {
		words_few_ask(a, rules);
		a->few.bytes += n;
		if (a->few.bytes >= FEW_AFTER || !(a->few.made || a->words))
			settle(a);
	}
	if (has_all(a, rules)) {
		*ret_db = a->few.db;
		return 0;
	}
	if (!a->words)
		r = words_compile(a, NULL, &a->words, &e);
	if (r == 0)
		*ret_db = a->words;
	return r;
}
