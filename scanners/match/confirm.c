/*
 * Each anchor is judged by its own window and nothing else, so that a text cut elsewhere gives the
 * same matches: to skip anchors inside the match before would make each match depend on all those
 * before it. What saves work is exact instead: where windows overlap, soft partial matching tells
 * how far a failure did not look at the window's end; no match starts up to there in the next
 * window either. Before that a guard made of the regex (guard.h) turns away what cannot match, at
 * a nanosecond a byte. A window costs at most LIMIT_MATCH_TRIES matches of LIMIT_MATCH_PCRE2 steps; a pattern that
 * runs into its limits LIMIT_MATCH_UNDECIDED times in one text is not tried again in it, and every window
 * left out counts as undecided.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "match/confirm.h"
#include "limits.h"
#include "match/guard.h"
#include <errno.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/poison.h"

struct program {
	pcre2_code *code; /* NULL: the pattern is a shape */
	uint32_t group; /* of `value`; 0 = the whole */
	uint32_t undecided; /* in this text */
	size_t tail; /* end of the window before */
	size_t dead_from, dead_until; /* no match starts here, whatever follows the text tried */
	struct guard *guard; /* NULL: none yet, or none can be made */
	bool guarded; /* it was tried to make one */
};

struct confirm {
	struct program *programs; /* by first[rule] + pattern */
	size_t *first;
	size_t n;
	pcre2_match_data *md;
	pcre2_match_context *mc;
	uint64_t undecided;
	bool used; /* since the last confirm_begin() */
};

static int
fail(struct rules_error *e, const struct rule *r, const struct pattern *p, const char *what)
{
	*e = (struct rules_error){.line = p->line ? p->line : r->line};
	(void)snprintf(e->file, sizeof e->file, "%s", r->file ? r->file : "");
	(void)snprintf(e->message, sizeof e->message, "rule '%s': %.200s", r->id, what);
	return -EINVAL;
}

static int
bad_regex(struct rules_error *e, const struct rule *r, const struct pattern *p, int code,
	size_t offset)
{
	PCRE2_UCHAR why[128] = "";
	char what[200];

	(void)pcre2_get_error_message(code, why, sizeof why);
	(void)snprintf(
		what, sizeof what, "regex: %s, at its byte %zu", (const char *)why, offset + 1);
	return fail(e, r, p, what);
}

static int
value_group(const pcre2_code *code, uint32_t *ret_group)
{
	int g = pcre2_substring_number_from_name(code, (PCRE2_SPTR) "value");

	if (g == PCRE2_ERROR_NOUNIQUESUBSTRING)
		return -EINVAL;
	*ret_group = g > 0 ? (uint32_t)g : 0;
	return 0;
}

static bool
window_fits(const struct pattern *p)
{
	return (size_t)p->before + p->after + LITERAL_MAX <= CHUNK_CONTEXT - 64;
}

static int
program_compile(
	struct program *g, const struct rule *r, const struct pattern *p, struct rules_error *e)
{
	uint32_t min = 0;
	int code = 0;
	size_t offset = 0;

	if (!p->regex || p->n_anchors == 0)
		return fail(e, r, p, "a pattern needs a shape, or anchors and a regex");
	if (!window_fits(p))
		return fail(
			e, r, p, "the window (before + after) is too large: at most 3968 bytes");
	g->code = pcre2_compile((PCRE2_SPTR)p->regex, PCRE2_ZERO_TERMINATED,
		PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UTF | PCRE2_USE_OFFSET_LIMIT, &code, &offset,
		NULL);
	if (!g->code)
		return code == PCRE2_ERROR_NOMEMORY ? -ENOMEM : bad_regex(e, r, p, code, offset);
	(void)pcre2_pattern_info(g->code, PCRE2_INFO_MINLENGTH, &min);
	if (min == 0)
		return fail(e, r, p, "the regex matches the empty text");
	if (value_group(g->code, &g->group) < 0)
		return fail(e, r, p, "the group 'value' stands twice in the regex; use (?|...)");
	return 0;
}

static int
programs_compile(struct confirm *c, const struct ruleset *rules, struct rules_error *e)
{
	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *r = &rules->rules[i];

		for (size_t j = 0; j < r->n_patterns; j++) {
			const struct pattern *p = &r->patterns[j];
			int rc = 0;

			if (p->shape == SHAPE_NONE)
				rc = program_compile(&c->programs[c->first[i] + j], r, p, e);
			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

static uint32_t
groups_most(const struct confirm *c)
{
	uint32_t most = 0;

	for (size_t i = 0; i < c->n; i++) {
		uint32_t n = 0;

		if (c->programs[i].code)
			(void)pcre2_pattern_info(c->programs[i].code, PCRE2_INFO_CAPTURECOUNT, &n);
		most = n > most ? n : most;
	}
	return most;
}

static int
limits_set(struct confirm *c)
{
	c->md = pcre2_match_data_create(groups_most(c) + 1, NULL);
	c->mc = pcre2_match_context_create(NULL);
	if (!c->md || !c->mc)
		return -ENOMEM;
	(void)pcre2_set_match_limit(c->mc, LIMIT_MATCH_PCRE2);
	(void)pcre2_set_depth_limit(c->mc, LIMIT_MATCH_DEPTH);
	(void)pcre2_set_heap_limit(c->mc, LIMIT_MATCH_HEAP_KIB);
	return 0;
}

int
confirm_new(const struct ruleset *rules, struct confirm **ret_c, struct rules_error *ret_error)
{
	struct confirm *c = calloc(1, sizeof *c);
	int r;

	if (!c)
		return -ENOMEM;
	c->first = calloc(rules->n + 1u, sizeof *c->first);
	for (size_t i = 0; c->first && i < rules->n; i++) {
		c->first[i] = c->n;
		c->n += rules->rules[i].n_patterns;
	}
	c->programs = calloc(c->n ? c->n : 1, sizeof *c->programs);
	r = c->first && c->programs ? programs_compile(c, rules, ret_error) : -ENOMEM;
	if (r == 0)
		r = limits_set(c);
	if (r < 0) {
		confirm_free(c);
		return r;
	}
	*ret_c = c;
	return 0;
}

void
confirm_begin(struct confirm *c)
{
	for (size_t i = 0; i < c->n && c->used; i++) {
		struct program *g = &c->programs[i];

		g->undecided = 0;
		g->tail = g->dead_from = g->dead_until = 0;
		if (g->guard)
			guard_begin(g->guard);
	}
	c->used = false;
}

static int
give_up(struct confirm *c, struct program *g)
{
	g->undecided++;
	c->undecided++;
	return -EAGAIN;
}

static void
value_of(const struct confirm *c, const struct program *g, size_t *ret_start, size_t *ret_end)
{
	const PCRE2_SIZE *ov = pcre2_get_ovector_pointer(c->md);
	uint32_t k = ov[2 * g->group] == PCRE2_UNSET ? 0 : g->group;

	*ret_start = ov[2 * k];
	*ret_end = ov[2 * k + 1];
}

/* No match starts in [from, until): joined to what is known, if it follows on that. */
static void
bury(struct program *g, size_t from, size_t until)
{
	if (from != g->dead_until)
		g->dead_from = from;
	g->dead_until = until;
}

/* Guards are made when a pattern's first anchor is met: most patterns never meet one. */
static bool
guard_passes(struct program *g, const struct pattern *p, const struct use *use, struct span text,
	size_t lo, size_t start, size_t end, size_t hi)
{
	if (!g->guarded) {
		g->guard = guard_new(p->regex, p->anchors, p->n_anchors);
		g->guarded = true;
	}
	return !g->guard || guard_may(g->guard, use->anchor, text, lo, start, end, hi);
}

int
confirm_at(struct confirm *c, const struct rule *r, const struct use *use, struct span text,
	bool starts, bool ends, size_t anchor, size_t anchor_end, size_t *ret_start,
	size_t *ret_end)
{
	const struct pattern *p = &r->patterns[use->pattern];
	struct program *g = &c->programs[c->first[r->index] + use->pattern];
	size_t at = anchor > p->before ? anchor - p->before : 0;
	size_t end = text.n - anchor_end > p->after ? anchor_end + p->after : text.n;
	uint32_t options = (starts ? 0 : PCRE2_NOTBOL) | (ends && end == text.n ? 0 : PCRE2_NOTEOL);

	if (!guard_passes(g, p, use, text, at, anchor, anchor_end, end))
		return 0;
	c->used = true;
	if (g->undecided >= LIMIT_MATCH_UNDECIDED)
		return give_up(c, g);
	(void)pcre2_set_offset_limit(c->mc, anchor);
	if (at < g->tail)
		options |= PCRE2_PARTIAL_SOFT;
	g->tail = end;
	if (at >= g->dead_from && at < g->dead_until)
		at = g->dead_until;
	for (unsigned i = 0; i < LIMIT_MATCH_TRIES && at <= anchor; i++) {
		int rc = pcre2_match(g->code, text.p, end, at, options, c->md, c->mc);
		const PCRE2_SIZE *ov = pcre2_get_ovector_pointer(c->md);

		if (rc == PCRE2_ERROR_NOMATCH || rc == PCRE2_ERROR_PARTIAL) {
			if (options & PCRE2_PARTIAL_SOFT)
				bury(g, at, rc == PCRE2_ERROR_PARTIAL ? ov[0] : anchor + 1);
			return 0;
		}
		if (rc < 0)
			return give_up(c, g);
		if (ov[1] >= anchor_end) {
			value_of(c, g, ret_start, ret_end);
			return *ret_end > *ret_start;
		}
		at = ov[1] > at ? ov[1] : at + 1;
	}
	return 0;
}

uint32_t
confirm_look_behind(const struct confirm *c, const struct use *use)
{
	const struct program *g = &c->programs[c->first[use->rule] + use->pattern];
	uint32_t n = 0;

	(void)pcre2_pattern_info(g->code, PCRE2_INFO_MAXLOOKBEHIND, &n);
	return n + 1;
}

uint64_t
confirm_undecided(struct confirm *c)
{
	uint64_t n = c->undecided;

	c->undecided = 0;
	return n;
}

void
confirm_free(struct confirm *c)
{
	if (!c)
		return;
	for (size_t i = 0; c->programs && i < c->n; i++) {
		pcre2_code_free(c->programs[i].code);
		guard_free(c->programs[i].guard);
	}
	free(c->programs);
	free(c->first);
	pcre2_match_data_free(c->md);
	pcre2_match_context_free(c->mc);
	free(c);
}
