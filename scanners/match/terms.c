/*
 * A list of ten thousand names is a database of literals of its own, so that the words of the rules
 * pay nothing for it. The text is folded into a second buffer as the terms were, and places in it
 * are led back by a list of the points where both went apart; only hits are led back. German umlauts
 * are also looked for as two letters, as they are typed where a keyboard has none.
 */
#include "match/terms.h"

#include <errno.h>
#include <hs/hs.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "limits.h"
#include "match/terms_fold.h"
#include "match/whole.h"

#include "base/poison.h"

struct term {
	char text[TERM_BYTES + 1]; /* folded */
	uint16_t n, rule;
	uint32_t number; /* in its rule's list, from 1 */
};

/* From here on a place in the text is so much further than in the folded text. */
struct apart {
	uint32_t folded, text;
};

struct terms {
	struct term *v; /* by rule, then text */
	size_t n;
	hs_database_t *db;
	hs_scratch_t *scratch;
	uint8_t *buf;
	size_t room;
	struct apart *apart;
	size_t n_apart, cap_apart;
};

size_t
terms_fold(struct span s, uint8_t *to)
{
	size_t n = 0;

	for (size_t used; s.n; s = span_sub(s, used, s.n)) {
		size_t k = term_char(s, &used, to + n);

		if (k == 1 && to[n] == ' ' && (n == 0 || to[n - 1] == ' '))
			continue;
		n += k;
	}
	return n > 0 && to[n - 1] == ' ' ? n - 1 : n;
}

static int
by_text(const void *x, const void *y)
{
	const struct term *a = x, *b = y;

	return a->rule != b->rule ? (a->rule > b->rule) - (a->rule < b->rule)
				  : strcmp(a->text, b->text);
}

static int
fail(struct rules_error *e, const struct rule *r, uint32_t number, const char *what)
{
	*e = (struct rules_error){.line = r->line};
	(void)snprintf(e->file, sizeof e->file, "%s", r->file ? r->file : "");
	(void)snprintf(e->message, sizeof e->message, "rule '%s': term %u %s", r->id, number, what);
	return -EINVAL;
}

static int
add(struct terms *t, const struct rule *r, uint32_t number, struct span s, struct rules_error *e)
{
	struct term *x = &t->v[t->n];
	uint8_t folded[4 * TERM_BYTES + 4];
	size_t n;

	if (s.n > 4 * TERM_BYTES)
		return fail(e, r, number, "is too long");
	n = terms_fold(s, folded);
	if (n < 3 || n > TERM_BYTES)
		return fail(e, r, number, "has less than 3 or more than 128 letters and digits");
	*x = (struct term){.n = (uint16_t)n, .rule = r->index, .number = number};
	memcpy(x->text, folded, n);
	t->n++;
	return 0;
}

/* The same with "ae", "oe", "ue" for the umlauts. 0 bytes: there are none, or no room. */
static size_t
two_letters(const char *s, uint8_t *to, size_t room)
{
	static const char *const umlauts[] = {"ä", "ö", "ü", "Ä", "Ö", "Ü"};
	size_t n = 0;
	bool any = false;

	for (; *s && n + 2 < room; s++) {
		size_t k = 0;

		while (k < 6 && strncmp(s, umlauts[k], 2) != 0)
			k++;
		if (k < 6) {
			to[n++] = (uint8_t) "aouaou"[k];
			to[n++] = 'e';
			s++;
			any = true;
		} else {
			to[n++] = (uint8_t)*s;
		}
	}
	return any && !*s ? n : 0;
}

static int
add_rule(struct terms *t, const struct rule *r, struct rules_error *e)
{
	for (uint32_t i = 0; i < r->n_terms; i++) {
		uint8_t other[4 * TERM_BYTES];
		size_t n = two_letters(r->terms[i], other, sizeof other);
		int q = add(t, r, i + 1, span_str(r->terms[i]), e);

		if (q == 0 && n)
			q = add(t, r, i + 1, span_of(other, n), e);
		if (q < 0)
			return q;
	}
	return 0;
}

/* Equal terms of a rule are one; the first number stays. */
static void
sort_terms(struct terms *t)
{
	size_t n = 0;

	qsort(t->v, t->n, sizeof *t->v, by_text);
	for (size_t i = 0; i < t->n; i++) {
		if (n && by_text(&t->v[n - 1], &t->v[i]) == 0) {
			if (t->v[i].number < t->v[n - 1].number)
				t->v[n - 1].number = t->v[i].number;
		} else {
			t->v[n++] = t->v[i];
		}
	}
	t->n = n;
}

static int
compile(struct terms *t, struct rules_error *e)
{
	_cleanup_free_ const char **text = calloc(t->n, sizeof *text);
	_cleanup_free_ unsigned *flags = calloc(t->n, sizeof *flags);
	_cleanup_free_ unsigned *ids = calloc(t->n, sizeof *ids);
	_cleanup_free_ size_t *lens = calloc(t->n, sizeof *lens);
	hs_compile_error_t *why = NULL;
	hs_error_t rc;

	if (!text || !flags || !ids || !lens)
		return -ENOMEM;
	for (unsigned i = 0; i < t->n; i++) {
		text[i] = t->v[i].text;
		lens[i] = t->v[i].n;
		ids[i] = i;
	}
	rc = hs_compile_lit_multi(
		text, flags, ids, lens, (unsigned)t->n, HS_MODE_BLOCK, NULL, &t->db, &why);
	if (rc != HS_SUCCESS) {
		*e = (struct rules_error){.message = "the terms cannot be compiled"};
		hs_free_compile_error(why);
		return rc == HS_NOMEM ? -ENOMEM : -EINVAL;
	}
	return hs_alloc_scratch(t->db, &t->scratch) == HS_SUCCESS ? 0 : -ENOMEM;
}

int
terms_new(const struct ruleset *rs, struct terms **ret_t, struct rules_error *ret_error)
{
	struct terms *t = NULL;
	size_t n = 0;
	int r = 0;

	for (uint16_t i = 0; i < rs->n; i++)
		n += rs->rules[i].n_terms;
	if (n > 0) {
		t = calloc(1, sizeof *t);
		if (t)
			t->v = calloc(2 * n, sizeof *t->v);
		r = t && t->v ? 0 : -ENOMEM;
		for (uint16_t i = 0; r == 0 && i < rs->n; i++)
			r = add_rule(t, &rs->rules[i], ret_error);
		if (r == 0) {
			sort_terms(t);
			r = compile(t, ret_error);
		}
	}
	if (r < 0) {
		terms_free(t);
		return r;
	}
	*ret_t = t;
	return 0;
}

void
terms_free(struct terms *t)
{
	if (!t)
		return;
	if (t->scratch)
		hs_free_scratch(t->scratch);
	if (t->db)
		hs_free_database(t->db);
	free(t->v);
	free(t->buf);
	free(t->apart);
	free(t);
}

/* --- scanning ----------------------------------------------------------------------------------- */

static bool
note_apart(struct terms *t, size_t folded, size_t text)
{
	if (t->n_apart == t->cap_apart) {
		size_t cap = t->cap_apart ? 2 * t->cap_apart : 1024;
		struct apart *v = reallocarray(t->apart, cap, sizeof *v);

		if (!v)
			return false;
		t->apart = v;
		t->cap_apart = cap;
	}
	t->apart[t->n_apart++] = (struct apart){(uint32_t)folded, (uint32_t)text};
	return true;
}

/* The text as terms_fold() makes it, but for blanks at its ends; ret_n bytes of it. */
static int
fold_text(struct terms *t, struct span s, size_t *ret_n)
{
	size_t n = 0, gone = 0;

	if (t->room < s.n + 4) {
		free(t->buf);
		t->buf = malloc(s.n + 4);
		t->room = t->buf ? s.n + 4 : 0;
		if (!t->buf)
			return -ENOMEM;
	}
	t->n_apart = 0;
	for (size_t at = 0, used; at < s.n; at += used) {
		size_t k = term_char(span_sub(s, at, s.n), &used, t->buf + n);

		if (k == 1 && t->buf[n] == ' ' && n > 0 && t->buf[n - 1] == ' ')
			k = 0;
		if (k && at - n != gone) {
			gone = at - n;
			if (!note_apart(t, n, at))
				return -ENOMEM;
		}
		n += k;
	}
	*ret_n = n;
	return 0;
}

/* The place in the text of a byte of the folded text. */
static size_t
text_place(const struct terms *t, size_t folded)
{
	size_t lo = 0, hi = t->n_apart;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (t->apart[mid].folded <= folded)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? t->apart[lo - 1].text + (folded - t->apart[lo - 1].folded) : folded;
}

struct pass {
	const struct terms *t;
	struct span text, folded;
	term_fn *fn;
	void *user;
	int r;
};

static int
on_hit(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *user)
{
	struct pass *p = user;
	const struct term *x = &p->t->v[id];
	size_t end = (size_t)to, start = end - x->n, a, used;
	uint8_t scratch[4];

	(void)from;
	(void)flags;
	if (!is_whole(p->folded, start, end))
		return 0;
	a = text_place(p->t, start);
	end = text_place(p->t, end - 1);
	(void)term_char(span_sub(p->text, end, p->text.n), &used, scratch);
	if (end + used - a > LIMIT_TERM)
		return 0;
	p->r = p->fn(p->user, x->rule, a, end + used);
	return p->r != 0;
}

int
terms_scan(struct terms *t, struct span text, term_fn *fn, void *user)
{
	struct pass p = {.t = t, .text = text, .fn = fn, .user = user};
	size_t n = 0;
	int r;

	if (!t || text.n == 0)
		return 0;
	r = fold_text(t, text, &n);
	if (r < 0)
		return r;
	p.folded = span_of(t->buf, n);
	if (hs_scan(t->db, (const char *)t->buf, (unsigned)n, 0, t->scratch, on_hit, &p) !=
			HS_SUCCESS &&
		p.r == 0)
		return -ENOMEM;
	return p.r;
}

uint32_t
terms_number(const struct terms *t, uint16_t rule, struct span value)
{
	struct term key = {.rule = rule};
	uint8_t folded[LIMIT_TERM];
	const struct term *x;

	if (!t || value.n > LIMIT_TERM)
		return 0;
	key.n = (uint16_t)terms_fold(value, folded);
	if (key.n > TERM_BYTES)
		return 0;
	memcpy(key.text, folded, key.n);
	x = bsearch(&key, t->v, t->n, sizeof *t->v, by_text);
	return x ? x->number : 0;
}
