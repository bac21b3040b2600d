/*
 * MB/s of matcher_scan() by itself over generated texts of several kinds, in chunks of CHUNK_SIZE
 * with context, in CPU time. Usage: bench_match [MB [KIND|all|anchors [RULE-FILE]...]]. Rules: the test
 * rules and enough words to make some two hundred literals. `anchors` repeats each anchor of the
 * rules with each of some separators and varying letters, and prints the slowest text of each of the
 * ten slowest rules.
 */
#include "testrules.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "limits.h"

#include "base/poison.h"

static const char *const words[] = {"the", "of", "and", "a", "to", "in", "is", "was", "he", "for",
	"it", "with", "as", "his", "on", "be", "at", "by", "had", "not", "are", "but", "from", "or",
	"have", "an", "they", "which", "one", "you", "were", "all", "her", "she", "there", "would",
	"their", "we", "him", "been", "has", "when", "who", "will", "no", "more", "if", "out",
	"meeting", "budget", "report", "quarter", "employee", "manager", "contract", "department",
	"project", "production", "schedule", "review", "company", "office", "address", "telephone",
	"account", "invoice", "customer", "delivery", "signature", "agreement", "attached"};

struct text {
	char *p;
	size_t n, cap;
	uint64_t seed;
};

static void
add(struct text *t, const char *s)
{
	size_t n = strlen(s);

	if (n > t->cap - t->n)
		n = t->cap - t->n;
	memcpy(t->p + t->n, s, n);
	t->n += n;
}

static uint32_t
rnd(struct text *t, uint32_t n)
{
	return test_random(&t->seed, n);
}

static const char *
word(struct text *t)
{
	return words[rnd(t, sizeof words / sizeof *words)];
}

static void
prose(struct text *t)
{
	for (uint32_t i = 6 + rnd(t, 14); i > 0; i--) {
		add(t, word(t));
		add(t, i == 1 ? (rnd(t, 8) ? ". " : ".\n\n") : rnd(t, 12) ? " " : ", ");
	}
}

static void
csv(struct text *t)
{
	char b[256];

	(void)snprintf(b, sizeof b,
		"%u,%s %s,%s.%s@example.com,%04u-%02u-%02u,%u.%02u,(%03u) %03u-%04u\n",
		rnd(t, 1000000), word(t), word(t), word(t), word(t), 1950 + rnd(t, 60),
		1 + rnd(t, 12), 1 + rnd(t, 28), rnd(t, 100000), rnd(t, 100), 200 + rnd(t, 700),
		rnd(t, 1000), rnd(t, 10000));
	add(t, b);
}

static void
logline(struct text *t)
{
	char b[256];

	(void)snprintf(b, sizeof b,
		"2014-11-%02uT%02u:%02u:%02u.%06u host%u sshd[%u]: %s %s from 10.%u.%u.%u port %u "
		"ns=%u%08u\n",
		1 + rnd(t, 28), rnd(t, 24), rnd(t, 60), rnd(t, 60), rnd(t, 1000000), rnd(t, 9),
		rnd(t, 30000), word(t), word(t), rnd(t, 256), rnd(t, 256), rnd(t, 256),
		rnd(t, 65536), 1000000 + rnd(t, 9000000), rnd(t, 100000000));
	add(t, b);
}

static void
code(struct text *t)
{
	char b[256];

	(void)snprintf(b, sizeof b,
		"\tif (%s_%s->%s[%u] < 0x%04x) /* %s %s */\n\t\treturn %s(%s, \"%s\");\n", word(t),
		word(t), word(t), rnd(t, 64), rnd(t, 65536), word(t), word(t), word(t), word(t),
		word(t));
	add(t, b);
}

static void
groups(struct text *t)
{
	char b[64];

	switch (rnd(t, 4)) {
	case 0:
		(void)snprintf(b, sizeof b, "%03u-%02u-%04u ", 900 + rnd(t, 100), rnd(t, 100),
			rnd(t, 10000));
		break;
	case 1:
		(void)snprintf(b, sizeof b, "%09u ", 900000000 + rnd(t, 99999999));
		break;
	case 2:
		(void)snprintf(b, sizeof b, "%010u ", 1000000000 + rnd(t, 999999999));
		break;
	default:
		(void)snprintf(b, sizeof b, "%04u %04u %04u %04u ", rnd(t, 10000), rnd(t, 10000),
			rnd(t, 10000), rnd(t, 10000));
	}
	add(t, b);
}

static void
solid(struct text *t)
{
	char b[16];

	(void)snprintf(b, sizeof b, "%09u", 100000000 + rnd(t, 99999999));
	add(t, b);
}

static void
mixed(struct text *t)
{
	static void (*const kinds[])(struct text *) = {prose, csv, logline, code};
	size_t until = t->n + t->cap / 64;
	uint32_t k = rnd(t, 4);

	while (t->n < until && t->n < t->cap)
		kinds[k](t);
}

static void
angles(struct text *t)
{
	add(t, "<<<<<<<<<<<<<<<<");
}

static void
passwords(struct text *t)
{
	add(t, "password=");
}

static const struct kind {
	const char *name;
	void (*make)(struct text *);
} kinds[] = {{"prose", prose}, {"csv", csv}, {"log", logline}, {"source", code}, {"mixed", mixed},
	{"digit groups", groups}, {"solid digits", solid}, {"all <", angles},
	{"password=...", passwords}};

static int
count(void *user, const struct hit *h)
{
	(void)h;
	++*(size_t *)user;
	return 0;
}

static double
cpu(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static size_t
scan_all(struct matcher *m, const struct text *t, uint8_t *chunk)
{
	size_t hits = 0;

	for (size_t lo = 0; lo < t->n; lo += CHUNK_SIZE) {
		size_t hi = t->n - lo > CHUNK_SIZE ? lo + CHUNK_SIZE : t->n;
		size_t from = lo > CHUNK_CONTEXT ? lo - CHUNK_CONTEXT : 0;
		size_t to = t->n - hi > CHUNK_CONTEXT ? hi + CHUNK_CONTEXT : t->n;
		struct chunk c = {chunk, to - from, lo - from, hi - from, from == 0, to == t->n,
			SCOPE_TEXT, NULL};

		memcpy(chunk, t->p + from, to - from);
		if (matcher_scan(m, &c, count, &hits) != 0)
			abort();
	}
	return hits;
}

/* The test rules and one that brings the number of literals to about 200. */
static struct ruleset
many_words(void)
{
	static char text[160][16];
	static const char *list[160];
	static struct rule rules[T_RULES + 1];
	static const struct pattern p = {.shape = SHAPE_NINO, .near = CONF_LOW};
	uint64_t seed = 5;

	memcpy(rules, test_rules()->rules, T_RULES * sizeof *rules);
	for (int i = 0; i < 160; i++) {
		for (int k = 0; k < 5 + i % 6; k++)
			text[i][k] = "etaoinshrdlu"[test_random(&seed, 12)];
		list[i] = text[i];
	}
	rules[T_RULES] = (struct rule){.id = "many",
		.index = T_RULES,
		.scope = 7,
		.patterns = &p,
		.n_patterns = 1,
		.near = {list, 160, 100}};
	return (struct ruleset){.rules = rules, .n = T_RULES + 1};
}

static void
measure(struct matcher *m, const struct kind *k, size_t bytes, uint8_t *chunk)
{
	struct text t = {malloc(bytes + 1), 0, bytes, 42};
	double best = 1e9;
	size_t hits = 0;

	if (!t.p)
		abort();
	while (t.n < t.cap)
		k->make(&t);
	for (int i = 0; i < 3; i++) {
		double from = cpu();

		hits = scan_all(m, &t, chunk);
		from = cpu() - from;
		best = from < best ? from : best;
	}
	printf("%-14s %8.1f MB/s  %zu hits\n", k->name, (double)t.n / best / 1e6, hits);
	free(t.p);
}

/* --- hostile texts: anchors and nothing else -------------------------------------------------------- */

struct slow {
	double mbs;
	char what[128];
};

#define SLOWEST 10 /* printed; of each rule its worst */
#define DENSE	(96u << 10) /* bytes of one text */

static int
slow_order(const void *a, const void *b)
{
	double x = ((const struct slow *)a)->mbs, y = ((const struct slow *)b)->mbs;

	return x < y ? -1 : x > y;
}

/* `%` in a separator stands for a random letter or digit. */
static void
repeat(struct text *t, const char *anchor, const char *sep)
{
	while (t->n < t->cap) {
		add(t, anchor);
		for (const char *c = sep; *c; c++) {
			char s[2] = {*c, 0};

			if (*c == '%')
				s[0] = "aQ3bX7k0Zr9Tm2Lp"[rnd(t, 16)];
			add(t, s);
		}
	}
}

/* The best of two: what runs beside it must not count. */
static double
speed_of(struct matcher *m, const char *anchor, const char *sep, uint8_t *chunk)
{
	struct text t = {malloc(DENSE), 0, DENSE, 42};
	double best = 1e9;

	if (!t.p)
		abort();
	repeat(&t, anchor, sep);
	for (int i = 0; i < 2; i++) {
		double from = cpu();

		(void)scan_all(m, &t, chunk);
		from = cpu() - from;
		best = from < best ? from : best;
	}
	free(t.p);
	return (double)t.n / best / 1e6;
}

static struct slow
slowest_of(struct matcher *m, const char *anchor, uint8_t *chunk)
{
	static const char *const seps[] = {"", " ", "\n", "=", ": ", " = ", ":%", "=%%%%%%%%",
		": %%%%%%%% ", "/", "\"", ">", "> ", "%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%",
		" is ", "; ", ".....", " for the %%%% ", " %%%%%%%%\n"};
	struct slow worst = {.mbs = 1e9};

	for (size_t x = 0; x < sizeof seps / sizeof *seps; x++) {
		double mbs = speed_of(m, anchor, seps[x], chunk);

		if (mbs >= worst.mbs)
			continue;
		worst.mbs = mbs;
		(void)snprintf(worst.what, sizeof worst.what, "'%s' + '%s'", anchor, seps[x]);
	}
	return worst;
}

/* Each anchor once, under the first rule that has it. */
static void
measure_anchors(struct matcher *m, const struct ruleset *rules, uint8_t *chunk)
{
	static struct slow all[1024];
	static const char *seen[8192];
	size_t n = 0, n_seen = 0;

	for (size_t i = 0; i < rules->n && n < 1024; i++, n++) {
		const struct rule *r = &rules->rules[i];

		all[n].mbs = 1e9;
		for (size_t j = 0; j < r->n_patterns; j++) {
			for (size_t k = 0; k < r->patterns[j].n_anchors && n_seen < 8192; k++) {
				const char *anchor = r->patterns[j].anchors[k];
				struct slow s;
				size_t was = 0;

				while (was < n_seen && strcasecmp(seen[was], anchor) != 0)
					was++;
				if (was < n_seen)
					continue;
				seen[n_seen++] = anchor;
				s = slowest_of(m, anchor, chunk);
				if (s.mbs < all[n].mbs) {
					all[n].mbs = s.mbs;
					(void)snprintf(all[n].what, sizeof all->what, "%s %.90s",
						r->id, s.what);
				}
			}
		}
	}
	qsort(all, n, sizeof *all, slow_order);
	for (size_t i = 0; i < n && i < SLOWEST && all[i].what[0]; i++) {
		for (char *c = all[i].what; *c; c++)
			*c = *c == '\n' || *c == '\t' ? '~' : *c;
		printf("%8.1f MB/s  %s\n", all[i].mbs, all[i].what);
	}
}

/* The rules of files, else the test rules and many words. */
static struct ruleset
rules_of(char **files)
{
	static char text[1 << 20];
	struct ruleset rs = {0};
	struct rules_error e = {0};

	if (!files || !*files)
		return many_words();
	for (; *files; files++) {
		FILE *f = fopen(*files, "rb");
		size_t n = f ? fread(text, 1, sizeof text, f) : 0;

		if (f)
			fclose(f);
		if (rules_add(&rs, *files, span_of(text, n), &e) < 0)
			fprintf(stderr, "%s:%u: %s\n", e.file, e.line, e.message);
	}
	if (rules_finish(&rs) < 0)
		abort();
	return rs;
}

int
main(int argc, char **argv)
{
	size_t mb = argc > 1 ? strtoul(argv[1], NULL, 10) : 16;
	const char *only = argc > 2 && strcmp(argv[2], "all") ? argv[2] : NULL;
	struct ruleset rules = rules_of(argc > 3 ? argv + 3 : NULL);
	struct rules_error e = {0};
	struct matcher *m = NULL;
	uint8_t *chunk = malloc(CHUNK_SIZE + 2 * CHUNK_CONTEXT + MATCH_PAD);

	if (!chunk || matcher_new(&rules, &m, &e) < 0) {
		fprintf(stderr, "%s\n", e.message);
		return 1;
	}
	if (only && strcmp(only, "anchors") == 0) {
		measure_anchors(m, &rules, chunk);
		matcher_free(m);
		free(chunk);
		return 0;
	}
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (!only || strcmp(only, kinds[i].name) == 0)
			measure(m, &kinds[i], (i < 7 ? mb : 1) << 20, chunk);
	matcher_free(m);
	free(chunk);
	return 0;
}
