/*
 * Only at the item's end is it known which classes make the finding: bare ones count as low where most
 * numbers of that shape fail the check, because then those that pass do so by chance; the rest joins
 * a surer class, or is raised because there are many.
 */
#include "tally_part.h"

#include <errno.h>

#include "base/utf8.h"

#include "base/poison.h"

#define CHANCE_MIN   4u /* so many failures are needed before they say anything ... */
#define CHANCE_RATIO 2u /* ... and so many for each that nothing backs: Luhn's gives ten */

/* May this class's values be sent now, before the item's end? */
static bool
is_sure(const struct rule_tally *rt, enum class c)
{
	return c != HELD || (rt->repeat && rt->repeat <= LIMIT_RUN);
}

int
tally_add(struct rule_tally *rt, enum class c, const struct rule *r, uint64_t fp,
	const struct tally_out *out)
{
	struct part_tally *p = &rt->part[c];
	uint64_t *run;
	size_t n;
	int q = fpset_add(&p->set, fp);

	if (q != -ENOSPC)
		return q < 0 ? q : 0;
	n = fpset_drain(&p->set, &run);
	if (is_sure(rt, c)) {
		q = out->run(out->user, r->index, run, n);
		p->sent = true;
		if (q != 0)
			return q;
	}
	q = fpset_add(&p->set, fp);
	return q < 0 ? q : 0;
}

static bool
is_listed(char (*list)[FINDING_TEXT], uint8_t n, const char *s)
{
	for (uint8_t i = 0; i < n; i++) {
		if (strcmp(list[i], s) == 0)
			return true;
	}
	return false;
}

/* What is there already, as nearly all is, need not be copied; what was cut may be there too. */
void
tally_text(char (*list)[FINDING_TEXT], uint8_t *n, unsigned most, const char *s)
{
	if (!s[0] || *n >= most || is_listed(list, *n, s))
		return;
	utf8_copy(list[*n], FINDING_TEXT, span_str(s));
	if (!is_listed(list, *n, list[*n]))
		++*n;
}

/* Class `from` counts with class `to`: its values, count, places and reasons join those of `to`. */
static int
join(struct rule_tally *rt, enum class to, enum class from, const struct rule *r,
	const struct tally_out *out)
{
	struct part_tally *a = &rt->part[to], *b = &rt->part[from];
	uint64_t *run;
	size_t n = fpset_drain(&b->set, &run);

	for (size_t i = 0; i < n; i++) {
		int q = tally_add(rt, to, r, run[i], out);

		if (q != 0)
			return q;
	}
	a->count += b->count;
	if (b->best > a->best)
		a->best = b->best;
	a->samples_seen += b->samples_seen;
	a->protected += b->protected;
	a->evidence |= b->evidence;
	a->sent = a->sent || b->sent;
	for (uint8_t i = 0; i < b->n_at && a->n_at < LIMIT_PLACES; i++)
		a->at[a->n_at++] = b->at[i];
	for (uint8_t i = 0; i < b->n_samples; i++)
		tally_text(a->samples, &a->n_samples, LIMIT_SAMPLES, b->samples[i]);
	for (uint8_t i = 0; i < b->n_why; i++)
		tally_text(a->why, &a->n_why, LIMIT_WHY, b->why[i]);
	return 0;
}

static bool
is_chance(const struct rule_tally *rt)
{
	const struct part_tally *p = rt->part;
	uint64_t pass = p[BARE].count + p[LOW].count + p[HELD].count;

	return rt->misses >= CHANCE_MIN && rt->misses / CHANCE_RATIO >= pass;
}

/*
 * Values of a class but for those that stand elsewhere in the item below a header or beside a word
 * that names something else: a mail has its table twice, and its plain text has no columns.
 */
static uint64_t
undoubted(const struct rule_tally *rt, enum class c)
{
	return rt->part[c].set.n - fpset_common(&rt->part[c].set, &rt->part[CAPPED].set);
}

/* Which class makes the finding; HELD when none does. Raises by repetition. */
static int
settle(struct rule_tally *rt, const struct rule *r, const struct tally_out *out, enum class *ret_c)
{
	struct part_tally *p = rt->part;
	bool chance = is_chance(rt);
	bool unsure = chance || (p[BARE].set.n && !undoubted(rt, BARE));
	uint64_t distinct;
	bool many;
	int q = 0;

	if (p[BARE].count)
		q = join(rt, unsure ? LOW : PASSED, BARE, r, out);
	distinct = undoubted(rt, HELD) + undoubted(rt, LOW) + p[PASSED].set.n;
	many = rt->repeat && !unsure && (distinct >= rt->repeat || p[HELD].sent || p[LOW].sent);
	if (q == 0 && p[CAPPED].count && !many && (!p[PASSED].count || p[CAPPED].sent)) {
		tally_text(p[CAPPED].why, &p[CAPPED].n_why, LIMIT_WHY,
			"the column's header names something else");
		q = join(rt, LOW, CAPPED, r, out);
	}
	*ret_c = p[PASSED].count ? PASSED : p[LOW].count ? LOW : HELD;
	if (q != 0)
		return q;
	if (many && rt->repeated >= CONF_LOW) {
		*ret_c = PASSED;
		if (p[LOW].count || p[HELD].count)
			p[PASSED].evidence |= EV_REPEAT;
		q = join(rt, PASSED, LOW, r, out);
		if (q == 0)
			q = join(rt, PASSED, HELD, r, out);
		if (rt->repeated > p[PASSED].best)
			p[PASSED].best = rt->repeated;
	} else if (*ret_c == PASSED && p[LOW].sent) {
		q = join(rt, PASSED, LOW, r, out);
	}
	if (unsure && *ret_c == LOW && p[LOW].count) {
		p[LOW].best = CONF_LOW;
		if (chance)
			tally_text(p[LOW].why, &p[LOW].n_why, LIMIT_WHY,
				"most numbers like it here fail the check");
	}
	return q;
}

static void
star_names(struct finding *f)
{
	for (size_t i = 0; i < f->n_at; i++)
		name_star((uint8_t *)f->at[i].name, strlen(f->at[i].name));
}

static bool
only_in_name(const struct finding *f)
{
	for (size_t i = 0; i < f->n_at; i++) {
		if (f->at[i].part != PART_NAME)
			return false;
	}
	return f->n_at > 0;
}

int
tally_give(struct rule_tally *rt, const struct rule *r, const char *mime, bool show_none,
	const struct tally_out *out)
{
	struct finding f = {.rule = r->index, .via = rt->via};
	struct part_tally *p;
	uint64_t *run, distinct;
	enum class c;
	int q = settle(rt, r, out, &c);

	p = &rt->part[c];
	if (q != 0 || c == HELD || p->best == CONF_NONE)
		return q;
	distinct = fpset_drain(&p->set, &run);
	if (!p->sent && r->min_count > 1 && distinct < r->min_count)
		return 0;
	if (distinct) {
		q = out->run(out->user, r->index, run, (size_t)distinct);
		if (q != 0)
			return q;
	}
	f.confidence = p->best;
	f.count = p->count;
	f.unique = p->sent ? 0 : distinct ? distinct : 1;
	f.evidence = p->evidence;
	f.lowered = p->samples_seen && p->samples_seen == p->count;
	f.encrypted = p->protected && p->protected == p->count;
	if (p->evidence & EV_REPEAT)
		tally_text(p->why, &p->n_why, LIMIT_WHY, "many different ones in one place");
	if (f.lowered)
		tally_text(p->why, &p->n_why, LIMIT_WHY, "published test or sample values only");
	f.n_at = p->n_at;
	f.n_why = p->n_why;
	f.n_samples = show_none ? 0 : p->n_samples;
	memcpy(f.at, p->at, f.n_at * sizeof f.at[0]);
	star_names(&f);
	memcpy(f.why, p->why, f.n_why * sizeof f.why[0]);
	if (only_in_name(&f))
		f.via = VIA_NAME;
	memcpy(f.samples, p->samples, f.n_samples * sizeof f.samples[0]);
	(void)strncpy(f.mime, mime ? mime : "", sizeof f.mime - 1);
	return out->finding(out->user, &f);
}
