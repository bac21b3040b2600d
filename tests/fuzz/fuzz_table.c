/*
 * Rows out of arbitrary bytes through the table stage, with the rules that are shipped. A byte of
 * commands says how each cell ends: 0x1f the cell, 0x1e the row, 0x1d the table, 0x1c skips rows or
 * columns by the next byte, 0x1b at its beginning makes the cell a number, 0x1a begins its second rendering. What is
 * found must lie in rows that were given; judgements must keep to their bounds.
 */
#include <stdlib.h>

#include "classify/classify.h"
#include "classify/headwords.h"
#include "scanrig.h"

#include "base/poison.h"

#define CELLS 64

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct ruleset rules;
static struct matcher *matcher;
static struct lexicon *headwords;

struct feed {
	struct table_stage *stage;
	struct cell cells[CELLS];
	size_t n;
	uint32_t col;
	uint64_t row;
	bool open;
};

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *folder = getenv("LEAKAUDIT_RULES");
	struct rules_error e = {0};

	(void)argc;
	(void)argv;
	if (scanrig_rules(folder ? folder : "config/rules", &rules, &e) < 0 ||
		matcher_new(&rules, &matcher, &e) < 0 || headwords_new(&rules, &headwords) < 0)
		abort();
	return 0;
}

static int
on_hit(void *user, const struct hit *h, uint64_t row)
{
	const struct feed *f = user;

	if (row == 0 || row > f->row || !h->cell || h->cell->col == 0)
		abort();
	return 0;
}

static int
on_judge(void *user, const struct judgement *j)
{
	const struct feed *f = user;

	if (!j->rule || j->confidence >= CONFIDENCES || j->at.row > f->row)
		abort();
	for (size_t i = 0; i < HIT_WHY; i++) {
		if (!memchr(j->why[i], 0, sizeof j->why[i]))
			abort();
	}
	return 0;
}

static void
on_value(void *user, const struct rule *r, struct span normal)
{
	(void)user;
	if (!r || !normal.n)
		abort();
}

static void
begin(struct feed *f)
{
	const struct table_at at = {.name = "sheet"};

	if (!f->open && table_stage_begin(f->stage, &at) != 0)
		abort();
	f->open = true;
}

static void
end_row(struct feed *f)
{
	begin(f);
	if (table_stage_row(f->stage, f->row, f->cells, f->n) != 0)
		abort();
	f->row++;
	f->n = 0;
	f->col = 1;
}

static void
end_table(struct feed *f)
{
	if (f->n)
		end_row(f);
	begin(f);
	if (table_stage_end(f->stage) != 0)
		abort();
	f->open = false;
	f->row = 1;
}

/* One cell's text and its second rendering, up to the command behind it. */
static size_t
take_cell(struct feed *f, const uint8_t *p, size_t n)
{
	struct cell *c = &f->cells[f->n];
	struct span *to = &c->text;
	size_t k = 0;

	*c = (struct cell){.col = f->col, .text = span_of(p, 0), .alt = span_of(p, 0)};
	for (; k < n && (p[k] < 0x1c || p[k] > 0x1f); k++) {
		if (p[k] == 0x1b && k == 0)
			c->number = true, to->p = p + 1;
		else if (p[k] == 0x1a && to == &c->text)
			to = &c->alt, *to = span_of(p + k + 1, 0);
		else
			to->n++;
	}
	f->n += k > 0;
	return k;
}

static size_t
take_command(struct feed *f, const uint8_t *p, size_t n)
{
	switch (p[0]) {
	case 0x1e:
		end_row(f);
		return 1;
	case 0x1d:
		end_table(f);
		return 1;
	case 0x1c:
		if (n < 2)
			return n;
		f->col += f->n ? p[1] : 0;
		f->row += f->n ? 0 : p[1];
		return 2;
	default:
		f->col++;
		return 1;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct feed f = {.row = 1, .col = 1};
	struct table_out out = {.matcher = matcher,
		.headwords = headwords,
		.hit = on_hit,
		.classify = {.judge = on_judge, .value = on_value, .user = &f},
		.user = &f};

	if (n > 65536 || table_stage_new(&rules, &out, &f.stage) != 0)
		return 0;
	for (size_t at = 0; at < n;) {
		at += take_cell(&f, p + at, n - at);
		if (at < n)
			at += take_command(&f, p + at, n - at);
		if (f.n == CELLS)
			end_row(&f);
		f.col = f.n && f.col <= f.cells[f.n - 1].col ? f.cells[f.n - 1].col + 1 : f.col;
	}
	end_table(&f);
	table_stage_free(f.stage);
	return 0;
}
