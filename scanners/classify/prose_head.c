/*
 * What stands in columns is no table of people's as long as rules know nothing of its header, so
 * words decide first; then, since printed columns are crooked, the nearest header has a cell.
 */
#include "classify/prose_head.h"

#include "classify/headwords.h"
#include "classify/value.h"
#include "match/words.h"

#include "base/poison.h"

#define HEADER_LINES 3u /* a header may be wrapped so often */
#define LABEL_BYTES  32u /* a header in running text is short, or it is a sentence */
#define WRAP_CELLS   3u /* columns of a header that may be wrapped: two are as often a list */
#define NEAR	     8u /* a cell belongs to a header at most so far away */

bool
prose_head_labels(const struct prose_line *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->cells[i].text.n > LABEL_BYTES || !value_label(l->cells[i].text))
			return false;
	}
	return l->n > 1 && prose_plain(l);
}

struct span
prose_head_text(const struct prose_head *h, size_t i)
{
	return span_of(h->v[i].text, h->v[i].n);
}

/* Does any rule or column group know these words? *ret_wanted: a rule wants what stands below. */
static bool
is_known(const struct prose_head *h, struct span t, bool *ret_wanted)
{
	bool known = false;
	const struct said *said;
	struct folded f;
	size_t n;

	words_fold(t, &f);
	words_unglue(&f);
	n = lexicon_ask(h->headwords, &f, &said);
	*ret_wanted = false;
	for (size_t i = 0; i < n; i++) {
		known |= said[i].vote > 0 || !HEADWORDS_SLOT(said[i].owner);
		*ret_wanted |= said[i].vote > 0 && !HEADWORDS_SLOT(said[i].owner);
	}
	return known;
}

static void
add_text(struct heading *h, struct span t)
{
	size_t room = HEADING_TEXT - h->n;

	if (h->n && room > 1) {
		h->text[h->n++] = ' ';
		room--;
	}
	t = span_sub(t, 0, room);
	memcpy(h->text + h->n, t.p, t.n);
	h->n = (uint16_t)(h->n + t.n);
}

static size_t
known_now(struct prose_head *h)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n; i++) {
		if (!h->v[i].known)
			h->v[i].known = is_known(h, prose_head_text(h, i), &h->v[i].wanted);
		n += h->v[i].known;
	}
	return n;
}

bool
prose_head_ready(struct prose_head *h)
{
	bool wanted = false;

	if (h->n == 0)
		return false;
	if (known_now(h) >= 2)
		return true;
	for (size_t i = 0; i < h->n; i++)
		wanted |= h->v[i].wanted;
	return wanted && h->drawn;
}

/*
 * The header under or nearest to which a stretch of a line stands, from `first` on; SIZE_MAX for
 * none. *ret_under: it does stand under it.
 */
static size_t
heading_of(const struct prose_head *h, const struct prose_cell *c, size_t first, bool *ret_under)
{
	size_t best = SIZE_MAX;
	int most = -(int)NEAR - 1;

	for (size_t i = first; i < h->n; i++) {
		const struct heading *x = &h->v[i];
		int from = x->from > c->from ? x->from : c->from;
		int to = x->to < c->to ? x->to : c->to;

		if (to - from > most) {
			most = to - from;
			best = i;
		}
	}
	*ret_under = most > 0;
	return best;
}

bool
prose_head_hold(struct prose_head *h, const struct prose_line *l, uint64_t number)
{
	h->n = l->n;
	h->lines = 1;
	h->number = number;
	h->tabs = l->tabs;
	h->drawn = l->tabs || l->bars;
	for (size_t i = 0; i < l->n; i++) {
		const struct prose_cell *c = &l->cells[i];

		h->v[i] = (struct heading){.from = c->from, .to = c->to, .tab = c->tab};
		add_text(&h->v[i], c->text);
	}
	if (known_now(h) == 0)
		h->n = 0;
	return h->n > 0;
}

static bool
completes(const struct prose_head *h, const struct prose_line *l)
{
	bool any = false, unused;

	for (size_t i = 0; i < l->n; i++) {
		size_t k = heading_of(h, &l->cells[i], 0, &unused);
		bool known = is_known(h, l->cells[i].text, &unused);

		if (!known && k != SIZE_MAX && h->v[k].known)
			return false;
		any |= known;
	}
	return any;
}

bool
prose_head_wrap(struct prose_head *h, const struct prose_line *l)
{
	bool unused;

	if (h->lines >= HEADER_LINES || l->n > h->n || h->n < WRAP_CELLS || prose_head_ready(h) ||
		!completes(h, l))
		return false;
	for (size_t i = 0; i < l->n; i++) {
		const struct prose_cell *c = &l->cells[i];
		size_t k = heading_of(h, c, 0, &unused);

		if (k == SIZE_MAX)
			continue;
		add_text(&h->v[k], c->text);
		h->v[k].from = c->from < h->v[k].from ? c->from : h->v[k].from;
		h->v[k].to = c->to > h->v[k].to ? c->to : h->v[k].to;
	}
	h->lines++;
	return true;
}

size_t
prose_head_column(const struct prose_head *h, const struct prose_line *l, size_t i, size_t first,
	bool *ret_sure)
{
	*ret_sure = true;
	if (l->n == h->n && !l->cut)
		return i;
	for (size_t k = first; h->tabs && (h->tabs == l->tabs || l->cut) && k < h->n; k++) {
		if (h->v[k].tab == l->cells[i].tab)
			return k;
	}
	return heading_of(h, &l->cells[i], first, ret_sure);
}

bool
prose_head_again(const struct prose_head *h, const struct prose_line *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct span t = l->cells[i].text;

		if (i >= h->n || !span_has(prose_head_text(h, i), 0, (const char *)t.p, t.n))
			return false;
	}
	return true;
}

bool
prose_head_other(const struct prose_head *h, const struct prose_line *l)
{
	size_t known = 0;
	bool unused;

	for (size_t i = 0; i < l->n && known < 2; i++)
		known += is_known(h, l->cells[i].text, &unused);
	return known >= 2;
}
