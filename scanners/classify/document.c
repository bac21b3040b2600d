/*
 * Single words prove nothing, and neither does one phrase: a rule names groups of evidence, each with
 * a least number of distinct phrases or of lines of a form. Groups are counted in one pass over the text
 * laid out; regular expressions run last, and only for rules whose phrases are all there.
 */
#include "classify/document.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "limits.h"
#include "match/phrases.h"

#include "base/poison.h"

/* One group while a document is judged. */
struct group {
	const struct document_group *g;
	struct line_pattern *pattern; /* or NULL: words */
	uint32_t distinct;
	size_t first; /* offset behind the phrase that ends first in the laid-out text, or of its first line */
	const char *phrase; /* that one */
};

struct judged {
	const struct rule *rule;
	size_t from, to; /* its groups */
};

struct document_set {
	struct phrases *seeds, *phrases;
	struct group *groups;
	struct judged *rules;
	uint32_t *owner; /* of each phrase: its group */
	bool *seen; /* of each phrase */
	const char **v; /* the phrases */
	const char **seed_v;
	size_t n_groups, n_rules, n_phrases, n_seeds;
	size_t least; /* a text of fewer bytes is too short for all rules */
	struct buf laid;
};

/* --- compiling --- */

static int
set_room(struct document_set *s, const struct ruleset *rs)
{
	for (uint16_t i = 0; i < rs->n; i++) {
		const struct document_rule *d = rs->rules[i].document;

		s->n_rules += d != NULL;
		s->n_groups += d ? d->n_groups : 0;
		s->n_seeds += d ? d->seeds.n : 0;
		for (size_t k = 0; d && k < d->n_groups; k++)
			s->n_phrases += d->groups[k].words.n;
	}
	s->groups = calloc(s->n_groups + 1, sizeof *s->groups);
	s->rules = calloc(s->n_rules + 1, sizeof *s->rules);
	s->owner = calloc(s->n_phrases + 1, sizeof *s->owner);
	s->seen = calloc(s->n_phrases + 1, sizeof *s->seen);
	s->v = calloc(s->n_phrases + 1, sizeof *s->v);
	s->seed_v = calloc(s->n_seeds + 1, sizeof *s->seed_v);
	return s->groups && s->rules && s->owner && s->seen && s->v && s->seed_v ? 0 : -ENOMEM;
}

static int
fail(struct rules_error *e, const struct rule *r, const char *what, const char *which)
{
	*e = (struct rules_error){.line = r->line};
	(void)snprintf(e->file, sizeof e->file, "%s", r->file ? r->file : "");
	(void)snprintf(e->message, sizeof e->message, "rule '%s', document: %s '%.80s'", r->id,
		what, which);
	return -EINVAL;
}

static int
set_rule(struct document_set *s, const struct rule *r, struct judged *j, struct rules_error *e)
{
	const struct document_rule *d = r->document;

	j->rule = r;
	j->from = j->to;
	for (size_t k = 0; k < d->seeds.n; k++)
		s->seed_v[s->n_seeds++] = d->seeds.v[k];
	for (size_t k = 0; k < d->n_groups; k++) {
		struct group *g = &s->groups[j->to];
		char why[160] = "";
		int q = 0;

		g->g = &d->groups[k];
		for (size_t i = 0; i < g->g->words.n; i++) {
			s->owner[s->n_phrases] = (uint32_t)j->to;
			s->v[s->n_phrases++] = g->g->words.v[i];
		}
		if (g->g->regex)
			q = line_pattern_new(g->g->regex, &g->pattern, why);
		if (q == -EINVAL)
			return fail(e, r, why, g->g->regex);
		if (q < 0)
			return q;
		j->to++;
	}
	return 0;
}

static int
set_phrases(const char *const *v, size_t n, const struct document_set *s, struct phrases **ret_p,
	struct rules_error *e)
{
	size_t bad = 0;
	int q = phrases_new(v, n, ret_p, &bad);

	if (q == -EINVAL)
		return fail(e, s->rules[0].rule, "a phrase has 2 to 64 bytes, unlike", v[bad]);
	return q;
}

static int
set_fill(struct document_set *s, const struct ruleset *rs, struct rules_error *e)
{
	int q = set_room(s, rs);
	size_t n = 0, groups = 0;

	s->n_phrases = s->n_seeds = 0;
	s->least = SIZE_MAX;
	for (uint16_t i = 0; i < rs->n && q == 0; i++) {
		if (!rs->rules[i].document)
			continue;
		s->rules[n].to = groups;
		q = set_rule(s, &rs->rules[i], &s->rules[n], e);
		if (rs->rules[i].document->min_bytes < s->least)
			s->least = rs->rules[i].document->min_bytes;
		groups = s->rules[n++].to;
	}
	if (q == 0)
		q = set_phrases(s->seed_v, s->n_seeds, s, &s->seeds, e);
	return q < 0 ? q : set_phrases(s->v, s->n_phrases, s, &s->phrases, e);
}

int
document_set_new(
	const struct ruleset *rules, struct document_set **ret_s, struct rules_error *ret_error)
{
	struct document_set *s;
	bool any = false;
	int q;

	for (uint16_t i = 0; i < rules->n; i++)
		any = any || rules->rules[i].document;
	if (!any) {
		*ret_s = NULL;
		return 0;
	}
	s = calloc(1, sizeof *s);
	q = s ? set_fill(s, rules, ret_error) : -ENOMEM;
	if (q < 0) {
		document_set_free(s);
		return q;
	}
	*ret_s = s;
	return 0;
}

void
document_set_free(struct document_set *s)
{
	if (!s)
		return;
	for (size_t i = 0; s->groups && i < s->n_groups; i++)
		line_pattern_free(s->groups[i].pattern);
	phrases_free(s->seeds);
	phrases_free(s->phrases);
	free(s->groups);
	free(s->rules);
	free(s->owner);
	free(s->seen);
	free(s->v);
	free(s->seed_v);
	buf_free(&s->laid);
	free(s);
}

/* --- gathering --- */

void
document_break(struct document *d, bool lines)
{
	if (!d->text.n)
		d->lines = lines;
	else if (document_wants(d) && d->text.p[d->text.n - 1] != '\n')
		buf_putc(&d->text, '\n');
}

void
document_text(struct document *d, struct span text)
{
	size_t room = document_wants(d) ? LIMIT_DOCUMENT - d->text.n : 0;

	buf_put(&d->text, text.p, text.n < room ? text.n : room);
}

/* A row that fits whole, which most do, in one go. */
static bool
row_whole(struct document *d, const struct cell *cells, size_t n)
{
	size_t total = n;
	uint8_t *to;

	for (size_t i = 0; i < n && total <= LIMIT_DOCUMENT; i++)
		total += cells[i].text.n;
	if (total > LIMIT_DOCUMENT || d->text.n > LIMIT_DOCUMENT - total)
		return false;
	to = buf_room(&d->text, total);
	for (size_t i = 0; to && i < n; i++) {
		if (cells[i].text.n)
			memcpy(to, cells[i].text.p, cells[i].text.n);
		to += cells[i].text.n;
		*to++ = i + 1 < n ? '\t' : '\n';
	}
	if (to)
		d->text.n += total;
	return true;
}

void
document_row(struct document *d, const struct cell *cells, size_t n)
{
	document_break(d, false);
	if (row_whole(d, cells, n))
		return;
	for (size_t i = 0; i < n && document_wants(d); i++) {
		document_text(d, cells[i].text);
		document_text(d, span_of(i + 1 < n ? "\t" : "\n", 1));
	}
}

void
document_clear(struct document *d)
{
	buf_clear(&d->text);
	d->lines = false;
}

void
document_free(struct document *d)
{
	buf_free(&d->text);
}

/* --- judging --- */

static void
on_phrase(void *user, uint32_t phrase, size_t end)
{
	struct document_set *s = user;
	struct group *g = &s->groups[s->owner[phrase]];

	if (s->seen[phrase] || (g->g->head && end > g->g->head))
		return;
	s->seen[phrase] = true;
	if (!g->distinct++ || end < g->first) {
		g->first = end;
		g->phrase = s->v[phrase];
	}
}

static bool
is_there(const struct group *g)
{
	return g->distinct >= g->g->least;
}

/* A group of phrases that is needed and missing, or that speaks against, ends it. */
static bool
phrases_hold(const struct document_set *s, const struct judged *j)
{
	for (size_t i = j->from; i < j->to; i++) {
		const struct group *g = &s->groups[i];

		if (g->pattern || g->g->raises)
			continue;
		if (is_there(g) == g->g->against)
			return false;
	}
	return true;
}

static bool
patterns_hold(struct document_set *s, const struct judged *j, struct span text)
{
	for (size_t i = j->from; i < j->to; i++) {
		struct group *g = &s->groups[i];

		if (!g->pattern)
			continue;
		g->distinct = line_pattern_count(g->pattern,
			g->g->head ? span_sub(text, 0, g->g->head) : text, g->g->least, &g->first);
		if (!g->g->raises && is_there(g) == g->g->against)
			return false;
	}
	return true;
}

static void
say(struct judgement *j, unsigned *n, const struct group *g)
{
	char words[128];

	if (*n >= HIT_WHY)
		return;
	if (g->phrase)
		(void)snprintf(words, sizeof words, "%s: \"%s\"%s", g->g->name, g->phrase,
			g->distinct > 1 ? " and more" : "");
	else
		(void)snprintf(words, sizeof words, "%s", g->g->name);
	utf8_copy(j->why[(*n)++], sizeof j->why[0], span_str(words));
}

/* The line that the group's first phrase ends or its first form stands in. */
static uint64_t
line_of(const struct group *g, struct span text)
{
	uint64_t line = 1;

	if (!g->pattern)
		return phrases_line(text, g->first);
	for (size_t i = 0; i < g->first && i < text.n; i++)
		line += text.p[i] == '\n';
	return line;
}

static int
judge(const struct document_set *s, const struct document *d, const struct judged *which,
	const struct classify_out *out)
{
	const struct document_rule *rule = which->rule->document;
	struct judgement j = {.rule = which->rule, .count = 1, .evidence = EV_STRUCTURE};
	uint64_t first = 0;
	bool raised = false;
	unsigned n = 0;

	for (size_t i = which->from; i < which->to; i++) {
		const struct group *g = &s->groups[i];
		uint64_t line;

		if (g->g->against || !is_there(g))
			continue;
		raised = raised || g->g->raises;
		line = line_of(g, buf_span(&d->text));
		first = first && first < line ? first : line;
		say(&j, &n, g);
	}
	j.confidence = raised ? rule->raised : rule->confidence;
	if (d->lines && first)
		j.at = (struct place){.kind = PLACE_LINE, .line = first, .col = 1};
	return out->judge(out->user, &j);
}

static int
judge_all(struct document_set *s, const struct document *d, const struct classify_out *out)
{
	struct span text = buf_span(&d->text);
	int q = 0;

	memset(s->seen, 0, s->n_phrases * sizeof *s->seen);
	for (size_t i = 0; i < s->n_groups; i++) {
		s->groups[i].distinct = 0;
		s->groups[i].phrase = NULL;
	}
	phrases_lay(text, &s->laid);
	if (s->laid.failed)
		return -ENOMEM;
	phrases_scan(s->phrases, buf_span(&s->laid), on_phrase, s);
	for (size_t i = 0; i < s->n_rules && q == 0; i++) {
		const struct judged *j = &s->rules[i];

		if (text.n >= j->rule->document->min_bytes && phrases_hold(s, j) &&
			patterns_hold(s, j, text))
			q = judge(s, d, j, out);
	}
	return q;
}

int
document_end(struct document *d, struct document_set *s, const struct classify_out *out)
{
	int q = d->text.failed ? -ENOMEM : 0;

	if (q == 0 && s && d->text.n >= s->least && phrases_any(s->seeds, buf_span(&d->text)))
		q = judge_all(s, d, out);
	document_clear(d);
	return q;
}
