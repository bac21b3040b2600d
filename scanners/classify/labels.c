/*
 * The phrases of all rules lie in one hash table by their letters and digits, so a row costs as many
 * look-ups as its first words have beginnings and ends, however many phrases there are. A table
 * that has shown none of them in its first EARLY rows is not asked further: a statement says soon
 * what it is, and a list of a million rows pays nothing.
 */
#include "classify/labels.h"

#include <errno.h>
#include <stdlib.h>

#include "classify/value.h"
#include "match/words.h"

#include "base/poison.h"

#define EARLY	     128u /* rows within which the first line item stands */
#define LATE	     4096u /* rows that are looked at at all */
#define LABEL_CELLS  3u /* leading cells that may hold the label, behind an account's number */
#define AMOUNT_CELLS 64u /* cells of a row that are looked at for an amount */

struct phrase {
	uint32_t hash;
	uint16_t watch, word;
	uint32_t next; /* of the same bucket, + 1; 0 ends */
	uint32_t at; /* in text */
	uint16_t n;
};

struct watched {
	const struct table_rule *table;
	bool must; /* one of those that must be there was */
	uint8_t *seen; /* by word */
	size_t distinct;
	uint64_t rows, amounts, first_row;
	uint32_t column; /* of the first line item */
	const char *words[LABELS_SHOWN]; /* the first ones seen */
	uint64_t last; /* of labels.rows: the row that was counted last */
};

struct labels {
	struct watched *watches;
	size_t n_watches;
	struct phrase *phrases;
	size_t n_phrases;
	uint32_t *buckets; /* phrase + 1 */
	uint32_t mask;
	uint8_t *text;
	size_t longest;
	uint64_t begins[1024]; /* bits: the first two bytes of a phrase, one byte with any */
	uint64_t rows;
	bool any; /* some line item was seen in this table */
};

static uint32_t
hash_more(uint32_t h, uint8_t c)
{
	return (h ^ c) * 16777619u;
}

#define HASH_START 2166136261u

static void
begins_add(struct labels *l, const struct folded *f)
{
	for (unsigned c = 0; c < 256; c++) {
		if (f->n == 1 || (f->n > 1 && f->text[1] == c))
			l->begins[f->text[0] * 4u + c / 64] |= UINT64_C(1) << c % 64;
	}
}

/* May a phrase begin there? */
static bool
may_begin(const struct labels *l, const struct folded *f, size_t i)
{
	unsigned c = i + 1 < f->n ? f->text[i + 1] : 0;

	return f->mark[i] && l->begins[f->text[i] * 4u + c / 64] >> c % 64 & 1;
}

/* The words, then those that must be there. */
static const char *
word_of(const struct label_rule *lr, size_t i)
{
	return i < lr->words.n ? lr->words.v[i] : lr->must.v[i - lr->words.n];
}

static void
phrase_add(struct labels *l, uint16_t watch, uint16_t word, const char *s, uint32_t *at)
{
	struct phrase *p = &l->phrases[l->n_phrases];
	struct folded f;

	words_fold(span_str(s), &f);
	*p = (struct phrase){.hash = HASH_START, .watch = watch, .word = word, .at = *at};
	p->n = (uint16_t)f.n;
	for (size_t i = 0; i < f.n; i++)
		p->hash = hash_more(p->hash, f.text[i]);
	memcpy(l->text + *at, f.text, f.n);
	*at += (uint32_t)f.n;
	begins_add(l, &f);
	l->longest = f.n > l->longest ? f.n : l->longest;
	p->next = l->buckets[p->hash & l->mask];
	l->buckets[p->hash & l->mask] = (uint32_t)++l->n_phrases;
}

static void
sizes(const struct ruleset *rs, size_t *ret_watches, size_t *ret_words, size_t *ret_bytes)
{
	*ret_watches = *ret_words = *ret_bytes = 0;
	for (uint16_t i = 0; i < rs->n; i++) {
		for (size_t k = 0; k < rs->rules[i].n_tables; k++) {
			const struct label_rule *lr = &rs->rules[i].tables[k].labels;

			*ret_watches += lr->min_distinct > 0;
			for (size_t w = 0; w < lr->words.n + lr->must.n; w++, ++*ret_words)
				*ret_bytes += strlen(word_of(lr, w));
		}
	}
}

static int
watch_add(struct labels *l, const struct table_rule *t, uint32_t *at)
{
	struct watched *x = &l->watches[l->n_watches];
	size_t n = t->labels.words.n + t->labels.must.n;

	*x = (struct watched){.table = t, .seen = calloc(n + 1, 1)};
	if (!x->seen)
		return -ENOMEM;
	for (size_t k = 0; k < n; k++)
		phrase_add(l, (uint16_t)l->n_watches, (uint16_t)k, word_of(&t->labels, k), at);
	l->n_watches++;
	return 0;
}

static int
watch_rule(struct labels *l, const struct rule *r, uint32_t *at)
{
	int e = 0;

	for (size_t k = 0; e == 0 && k < r->n_tables; k++) {
		if (r->tables[k].labels.min_distinct)
			e = watch_add(l, &r->tables[k], at);
	}
	return e;
}

int
labels_new(const struct ruleset *rs, struct labels **ret_l)
{
	struct labels *l = calloc(1, sizeof *l);
	size_t watches, words, bytes, buckets = 64;
	uint32_t at = 0;
	int r = 0;

	if (!l)
		return -ENOMEM;
	sizes(rs, &watches, &words, &bytes);
	while (buckets < words * 2)
		buckets *= 2;
	l->mask = (uint32_t)buckets - 1;
	l->watches = calloc(watches + 1, sizeof *l->watches);
	l->phrases = calloc(words + 1, sizeof *l->phrases);
	l->buckets = calloc(buckets, sizeof *l->buckets);
	l->text = malloc(bytes + 1);
	if (!l->watches || !l->phrases || !l->buckets || !l->text)
		r = -ENOMEM;
	for (uint16_t i = 0; r == 0 && i < rs->n; i++)
		r = watch_rule(l, &rs->rules[i], &at);
	if (r < 0) {
		labels_free(l);
		return r;
	}
	*ret_l = l;
	return 0;
}

void
labels_free(struct labels *l)
{
	for (size_t i = 0; l && i < l->n_watches; i++)
		free(l->watches[i].seen);
	if (l) {
		free(l->watches);
		free(l->phrases);
		free(l->buckets);
		free(l->text);
	}
	free(l);
}

void
labels_begin(struct labels *l)
{
	for (size_t i = 0; l->any && i < l->n_watches; i++) {
		struct watched *w = &l->watches[i];

		memset(w->seen, 0, w->table->labels.words.n + w->table->labels.must.n);
		*w = (struct watched){.table = w->table, .seen = w->seen};
	}
	l->rows = 0;
	l->any = false;
}

static bool
has_amount(const struct cell *cells, size_t n, uint32_t beyond)
{
	for (size_t i = 0; i < n && i < AMOUNT_CELLS; i++) {
		if (cells[i].col > beyond && value_is(cells[i].text, VALUE_MONEY))
			return true;
	}
	return false;
}

static void
note_word(struct labels *l, struct watched *w, uint16_t word, uint64_t row, uint32_t col)
{
	if (!w->seen[word] && w->distinct < LABELS_SHOWN)
		w->words[w->distinct] = word_of(&w->table->labels, word);
	w->must = w->must || word >= w->table->labels.words.n;
	w->distinct += !w->seen[word];
	w->seen[word] = 1;
	if (w->rows == 0) {
		w->first_row = row;
		w->column = col;
	}
	w->rows += w->last != l->rows;
	w->last = l->rows;
}

/* The phrases of one bucket that are these letters. Rows are counted once for each rule. */
static bool
note(struct labels *l, uint32_t hash, struct span t, uint64_t row, uint32_t col)
{
	bool found = false;

	for (uint32_t i = l->buckets[hash & l->mask]; i; i = l->phrases[i - 1].next) {
		const struct phrase *x = &l->phrases[i - 1];

		if (x->hash != hash || !span_eq(t, span_of(l->text + x->at, x->n)))
			continue;
		found = true;
		note_word(l, &l->watches[x->watch], x->word, row, col);
	}
	return found;
}

/* Every stretch of whole words of the label. */
static bool
note_label(struct labels *l, struct span text, uint64_t row, uint32_t col)
{
	struct folded f;
	bool found = false;

	words_fold(text, &f);
	for (size_t i = 0; i < f.n; i++) {
		uint32_t h = HASH_START;

		if (!may_begin(l, &f, i))
			continue;
		for (size_t k = i; k < f.n && k - i < l->longest; k++) {
			h = hash_more(h, f.text[k]);
			if (f.mark[k + 1])
				found |= note(l, h, span_of(f.text + i, k + 1 - i), row, col);
		}
	}
	return found;
}

void
labels_row(struct labels *l, uint64_t row, const struct cell *cells, size_t n)
{
	size_t looked = 0;

	if (l->n_watches == 0 || ++l->rows > LATE || (l->rows > EARLY && !l->any))
		return;
	for (size_t i = 0; i < n && looked < LABEL_CELLS; i++) {
		if (value_trim(cells[i].text).n == 0)
			continue;
		looked++;
		if (!value_label(cells[i].text) || !note_label(l, cells[i].text, row, cells[i].col))
			continue;
		l->any = true;
		for (size_t k = 0; k < l->n_watches; k++)
			l->watches[k].amounts +=
				l->watches[k].last == l->rows && has_amount(cells, n, cells[i].col);
		return;
	}
}

struct labels_seen
labels_seen(const struct labels *l, const struct table_rule *t)
{
	for (size_t i = 0; i < l->n_watches; i++) {
		const struct watched *w = &l->watches[i];
		const struct label_rule *lr = &w->table->labels;

		if (w->table == t)
			return (struct labels_seen){.there = (w->must || lr->must.n == 0) &&
					w->distinct >= lr->min_distinct &&
					w->amounts >= lr->min_amounts,
				.rows = w->rows,
				.first_row = w->first_row,
				.column = w->column,
				.words = {w->words[0], w->words[1]}};
	}
	return (struct labels_seen){0};
}
