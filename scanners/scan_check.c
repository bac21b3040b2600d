/*
 * The examples are the tests: each goes through the same line as a file, not through its rule
 * alone, because rules share one database of literals and one pass. A good example must give its
 * rule at the confidence it claims; a bad one must not give it above low.
 */
#include "scan.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/poison.h"

#define SHIFTS 32 /* offsets tried: libhs and the scanner work on blocks of up to 64 bytes */

struct seen {
	const struct rule *rule;
	enum confidence best;
};

static int
on_finding(void *user, const struct inner *in, const struct finding *f)
{
	struct seen *seen = user;

	(void)in;
	if (f->rule == seen->rule->index && f->confidence > seen->best)
		seen->best = f->confidence;
	return 0;
}

static int
on_run(void *user, const struct inner *in, uint16_t rule, const uint64_t *fp, size_t n)
{
	(void)user, (void)in, (void)rule, (void)fp, (void)n;
	return 0;
}

static int
on_gap(void *user, const struct inner *in, enum gap_reason reason, bool hides, const char *detail)
{
	(void)user, (void)in, (void)reason, (void)hides, (void)detail;
	return 0;
}

/* The confidence at which the rule is found in the bytes; -errno when it could not be told. */
static int
found_at(struct scan *s, const struct rule *r, const struct example *e, struct span bytes)
{
	struct seen seen = {.rule = r};
	const struct scan_out out = {
		.finding = on_finding, .run = on_run, .gap = on_gap, .user = &seen};
	const char *name = e->name ? e->name : e->cells ? "example.csv" : "example.txt";
	const char *slash = strrchr(name, '/');
	struct scan_file f = {.fd = -1, .size = bytes.n, .name = span_str(name)};
	struct reader rd;
	int q;

	if (slash) {
		f.folder = span_of(name, (size_t)(slash - name));
		f.name = span_str(slash + 1);
	}
	reader_mem(&rd, bytes);
	q = scan_reader(s, &rd, &f, &out, NULL);
	reader_end(&rd);
	return q < 0 ? q : (int)seen.best;
}

/* Filler before and behind an example, so that it stands at offset `at`. */
static int
found_in_filler(
	struct scan *s, const struct rule *r, const struct example *e, size_t at, struct buf *b)
{
	static const char filler[] = "the quick brown fox jumps over the lazy dog\n";

	buf_clear(b);
	while (b->n + 1 < at)
		buf_putc(b, (uint8_t)filler[b->n % (sizeof filler - 1)]);
	while (b->n < at)
		buf_putc(b, '\n');
	buf_puts(b, e->text);
	buf_puts(b, "\n\n");
	if (at >= CHUNK_SIZE / 2) {
		for (size_t i = 0; i < CHUNK_SIZE / 4; i++)
			buf_putc(b, (uint8_t)filler[i % (sizeof filler - 1)]);
	}
	return b->failed ? -ENOMEM : found_at(s, r, e, buf_span(b));
}

/* A binary file, written in base64. -EINVAL when it is not. */
static int
found_in_bytes(struct scan *s, const struct rule *r, const struct example *e, struct buf *b)
{
	size_t len = strlen(e->text), n = 0;

	buf_clear(b);
	if (!buf_room(b, len + 1))
		return -ENOMEM;
	if (sodium_base642bin(
		    b->p, len, e->text, len, " \n", &n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
		return -EINVAL;
	b->n = n;
	return found_at(s, r, e, buf_span(b));
}

/* NULL when the example behaves, else what is wrong with it. */
static const char *
check_example(struct scan *s, const struct rule *r, const struct example *e, struct buf *b)
{
	int want = e->good ? (int)(e->at_least ? e->at_least : CONF_MEDIUM) : 0;
	size_t len = strlen(e->text);
	int c;

	if (e->base64) {
		c = found_in_bytes(s, r, e, b);
		return e->good		   ? c < want ? "the file is not found" : NULL
			: c >= CONF_MEDIUM ? "a bad example is found"
					   : NULL;
	}
	c = found_at(s, r, e, span_str(e->text));

	if (c < 0)
		return "could not be scanned";
	if (!e->good)
		return c >= CONF_MEDIUM ? "a bad example is found" : NULL;
	if (c < want)
		return c == 0 ? "a good example is not found" : "found, but with less confidence";
	if (e->cells || e->name || r->classifier || r->document || r->n_tables)
		return NULL;
	for (size_t i = 1; i <= SHIFTS; i++) {
		if (found_in_filler(s, r, e, i * 3, b) < want)
			return "not found at every offset";
	}
	/* the first cut is CHUNK_CONTEXT before the end of a full buffer */
	for (size_t i = 0; i <= 4; i++) {
		size_t cut = CHUNK_SIZE + CHUNK_CONTEXT;

		if (found_in_filler(s, r, e, cut - len * i / 4, b) < want)
			return "not found across a chunk cut";
	}
	return NULL;
}

int
scan_check_rules(struct scan *s,
	int (*report)(
		void *user, const struct rule *r, uint32_t line, bool failed, const char *message),
	void *user)
{
	const struct ruleset *rs = scan_rules(s);
	struct buf b = {0};
	int q = 0;

	for (uint16_t i = 0; i < rs->n && q == 0; i++) {
		const struct rule *r = &rs->rules[i];
		unsigned n[2] = {0};
		char text[64];

		for (size_t k = 0; k < r->n_examples && q == 0; k++) {
			const char *wrong = check_example(s, r, &r->examples[k], &b);

			n[r->examples[k].good]++;
			if (wrong)
				q = report(user, r, r->examples[k].line, true, wrong);
		}
		(void)snprintf(text, sizeof text, "%u good, %u bad", n[1], n[0]);
		if (q == 0)
			q = report(user, r, r->line, false, text);
	}
	buf_free(&b);
	return q;
}
