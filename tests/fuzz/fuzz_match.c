/*
 * Arbitrary text through the test rules: the fast engine must give what the slow one gives. The
 * first byte says whether the text is one of rows of cells and which header votes it has.
 */
#include "refmatch.h"
#include "testrules.h"
#include <stdio.h>
#include <stdlib.h>

#include "base/poison.h"

#define MOST 4096

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct matcher *matcher;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct rules_error e = {0};

	(void)argc;
	(void)argv;
	if (matcher_new(test_rules(), &matcher, &e) < 0)
		abort();
	return 0;
}

static size_t
cells_of(const uint8_t *p, size_t n, struct cell_at *v)
{
	size_t count = 0, from = 0;
	uint32_t row = 1, col = 1;

	for (size_t i = 0; i <= n; i++) {
		if (i < n && p[i] != '\t' && p[i] != '\n')
			continue;
		if (i > from)
			v[count++] = (struct cell_at){(uint32_t)from, (uint32_t)i, row, col, false};
		col++;
		if (i < n && p[i] == '\n') {
			row++;
			col = 1;
		}
		from = i + 1;
	}
	return count;
}

static void
both(const struct chunk *c)
{
	struct ref_list want = {0}, have = {0};

	if (matcher_scan(matcher, c, ref_record, &have) != 0)
		abort();
	/* the slow engine has no limits: a window given up is no difference */
	if (matcher_undecided(matcher) == 0) {
		ref_scan(test_rules(), c, &want);
		if (ref_compare(&want, &have, "fuzz") != 0)
			abort();
	}
	free(want.v);
	free(have.v);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static uint8_t text[MOST + MATCH_PAD];
	static struct cell_at cells[MOST];
	int8_t votes[4 * T_RULES];
	struct cell_map map = {cells, 0, votes, 4, NULL};
	struct chunk c = {text, 0, 0, 0, true, true, SCOPE_TEXT, NULL};

	if (n < 1 || n > MOST)
		return 0;
	c.n = c.own_hi = n - 1;
	memcpy(text, p + 1, c.n);
	if (p[0] & 1) {
		map.n = cells_of(text, c.n, cells);
		for (size_t i = 0; i < sizeof votes; i++)
			votes[i] = (int8_t)((int)(i * p[0] % 7 % 3) - 1);
		map.votes = p[0] & 2 ? votes : NULL;
		c.scope = SCOPE_CELLS;
		c.cells = &map;
	}
	both(&c);
	return 0;
}
