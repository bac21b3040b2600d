/* Arbitrary bytes as a rule file: loaded beside a good one, which must stay as it was. */
#include <stdlib.h>

#include "rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const char good[] = "rules:\n- {id: kept, category: c, title: t, ladder: notice,\n"
			   "   name: {names: [abc]}}\n";

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct ruleset rs = {.n = 0};
	struct rules_error e = {.line = 0};

	if (rules_add(&rs, "good.yaml", span_str(good), &e) || rs.n != 1)
		abort();
	if (rules_add(&rs, "fuzz.yaml", span_of(p, n), &e)) {
		if (rs.n != 1 || !e.message[0] || !rules_find(&rs, "kept"))
			abort();
	}
	if (rules_finish(&rs) || strlen(rs.digest) != 64)
		abort();
	for (uint16_t i = 0; i < rs.n; i++)
		if (rs.rules[i].index != i || !rs.rules[i].id || !rs.rules[i].title)
			abort();
	rules_free(&rs);
	return 0;
}
