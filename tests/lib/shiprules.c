/* Examples are what the rules are about: pieces of them are near misses of every kind. */
#include "shiprules.h"
#include "testrules.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/poison.h"

static int
add_file(struct ruleset *rs, const char *path)
{
	static char text[1 << 20];
	struct rules_error e = {0};
	FILE *f = fopen(path, "rb");
	size_t n = f ? fread(text, 1, sizeof text, f) : 0;

	if (f)
		(void)fclose(f);
	if (!f || rules_add(rs, path, span_of(text, n), &e) < 0) {
		fprintf(stderr, "%s:%u: %s\n", path, e.line, e.message);
		return -1;
	}
	return 0;
}

int
test_shipped_rules(struct ruleset *ret)
{
	const char *folder = getenv("LEAKAUDIT_RULES_DIR");
	struct dirent **names = NULL;
	int n, r = 0;

	folder = folder ? folder : "config/rules";
	n = scandir(folder, &names, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		size_t len = strlen(names[i]->d_name);
		char path[512];

		(void)snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
		if (r == 0 && len > 5 && strcmp(names[i]->d_name + len - 5, ".yaml") == 0)
			r = add_file(ret, path);
		free(names[i]);
	}
	free(names);
	return n > 0 && r == 0 ? rules_finish(ret) : -1;
}

static struct span
piece_of(const char *text, uint64_t *state)
{
	size_t n = strlen(text), at = n > 60 ? test_random(state, (uint32_t)(n - 60)) : 0;

	return span_of(text + at, n - at > 240 ? 240 : n - at);
}

/* An example, an anchor or a context word of a rule. */
static struct span
rule_piece(const struct ruleset *rules, uint64_t *state)
{
	const struct rule *r = &rules->rules[test_random(state, rules->n)];
	const struct pattern *p =
		r->n_patterns ? &r->patterns[test_random(state, (uint32_t)r->n_patterns)] : NULL;
	uint32_t k = test_random(state, 4);

	if (k == 0 && p && p->n_anchors)
		return span_str(p->anchors[test_random(state, (uint32_t)p->n_anchors)]);
	if (k == 1 && r->near.n)
		return span_str(r->near.v[test_random(state, (uint32_t)r->near.n)]);
	if (!r->n_examples)
		return span_str("219-09-9998");
	return piece_of(r->examples[test_random(state, (uint32_t)r->n_examples)].text, state);
}

static size_t
put_piece(uint8_t *p, size_t at, size_t n, struct span s)
{
	size_t k = s.n < n - at ? s.n : n - at;

	memcpy(p + at, s.p, k);
	return at + k;
}

uint8_t *
test_shipped_text(const struct ruleset *rules, uint64_t *state, size_t n)
{
	static const char *const seps[] = {" ", "\n", "\n", ": ", "=", "\t", ", ", "", "-", "."};
	uint8_t *p = calloc(1, n + MATCH_PAD);
	size_t at = 0;

	while (p && at < n) {
		struct span s = rule_piece(rules, state), plain = span_str("the quick lazy dog ");
		uint32_t times = test_random(state, 9) ? 1 : 2 + test_random(state, 30);
		const char *sep = seps[test_random(state, sizeof seps / sizeof *seps)];

		for (uint32_t i = 0; i < times; i++) {
			at = put_piece(p, at, n, s);
			at = put_piece(p, at, n, span_str(sep));
		}
		for (uint32_t i = test_random(state, 8) ? 0 : test_random(state, 60); i > 0; i--)
			at = put_piece(p, at, n, plain);
	}
	return p;
}
