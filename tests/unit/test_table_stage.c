/*
 * What the table stage hands to the engine and what it judges. The engine is played by a recorder
 * that writes down every cell with its header's vote, and finds each "!" as a hit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/buf.h"
#include "classify/classify.h"
#include "classify/headwords.h"
#include "limits.h"

#include "base/poison.h"

static struct buf log_;
static size_t scans, cells_seen;
static bool quiet;

static void
put_cell(const struct chunk *c, const struct cell_at *a)
{
	const struct cell_map *m = c->cells;
	int vote = m->votes && a->col <= m->columns ? m->votes[(size_t)(a->col - 1) * 2] : 0;

	cells_seen++;
	assert_true(a->end <= c->n);
	assert_true(c->buf[a->end] == '\t' || c->buf[a->end] == '\n');
	if (quiet)
		return;
	buf_printf(&log_, "%u.%u%s%s%.*s\n", a->row, a->col,
		vote > 0	   ? "+"
			: vote < 0 ? "-"
				   : " ",
		a->alt ? "alt " : "", (int)(a->end - a->start), (const char *)c->buf + a->start);
}

int
matcher_scan(struct matcher *m, const struct chunk *c, hit_fn *fn, void *user)
{
	(void)m;
	scans++;
	assert_true(c->n <= CHUNK_SIZE);
	assert_int_equal(c->own_lo, 0);
	assert_int_equal(c->own_hi, c->n);
	for (size_t i = 0; i < c->cells->n; i++) {
		const struct cell_at *a = &c->cells->cells[i];
		struct hit h = {.cell = a, .start = a->start};

		put_cell(c, a);
		if (c->buf[a->start] == '!' && fn(user, &h) != 0)
			return -77;
	}
	return 0;
}

#define WORDS(...)                                                                                 \
	{                                                                                          \
		.v = (const char *const[]){__VA_ARGS__},                                           \
		.n = sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)                   \
	}

static const struct pattern nine = {.shape = SHAPE_DIGITS9};
static const struct column_group groups[] = {
	{.name = "password column",
		.words = WORDS("password", "pwd"),
		.not_words = WORDS("policy", "changed"),
		.values = VALUE_SECRET,
		.min_columns = 1,
		.min_filled = 50,
		.min_rows = 3,
		.secret = true},
	{.name = "login column",
		.words = WORDS("user", "login"),
		.values = VALUE_ANY,
		.min_columns = 1,
		.min_filled = 40,
		.min_rows = 3},
	{.name = "service", .words = WORDS("site"), .values = VALUE_ANY},
};
static const struct column_group pay_groups[] = {
	{.name = "amount",
		.words = WORDS("salary"),
		.values = VALUE_NUMBER,
		.min_columns = 1,
		.min_filled = 50,
		.min_rows = 3},
};
static const struct table_rule pay = {
	.groups = pay_groups, .n_groups = 1, .min_rows = 3, .confidence = CONF_MEDIUM};
static const struct table_rule passwords = {.groups = groups,
	.n_groups = 3,
	.min_rows = 3,
	.confidence = CONF_MEDIUM,
	.raised = CONF_HIGH};
static const struct rule rules[] = {
	{.id = "us-ssn",
		.index = 0,
		.patterns = &nine,
		.n_patterns = 1,
		.header_yes = WORDS("ssn", "social"),
		.header_no = WORDS("phone")},
	{.id = "password-list", .index = 1, .tables = &passwords, .n_tables = 1},
};
static const struct rule pay_rules[] = {
	{.id = "none"}, {.id = "pay", .index = 1, .tables = &pay, .n_tables = 1}};
static const struct ruleset set = {.rules = rules, .n = 2}, pay_set = {.rules = pay_rules, .n = 2};

static int
on_hit(void *user, const struct hit *h, uint64_t row)
{
	(void)user;
	buf_printf(&log_, "hit %u in row %llu\n", h->cell->col, (unsigned long long)row);
	return 0;
}

static int
on_judge(void *user, const struct judgement *j)
{
	(void)user;
	buf_printf(&log_, "judge %s %d count %llu at [%s] %llu.%u: %s; %s; %s\n", j->rule->id,
		(int)j->confidence, (unsigned long long)j->count, j->at.name,
		(unsigned long long)j->at.row, j->at.column, j->why[0], j->why[1], j->why[2]);
	return 0;
}

static void
on_value(void *user, const struct rule *r, struct span v)
{
	(void)user;
	(void)r;
	buf_printf(&log_, "value %.*s\n", (int)v.n, (const char *)v.p);
}

static struct table_out out = {.hit = on_hit, .classify = {.judge = on_judge, .value = on_value}};

/* Rows are lines, cells apart by '|', text and alt by '~'; "#" before a cell makes it a number. */
static void
feed(struct table_stage *t, const char *text, uint64_t row)
{
	for (; *text; row++) {
		struct cell cells[64];
		size_t len = strcspn(text, "\n"), at = 0, n = 0;
		uint32_t col = 1;

		for (; at <= len; col++) {
			size_t k = strcspn(text + at, "|\n"), tilde = strcspn(text + at, "~|\n");
			bool number = text[at] == '#';
			size_t from = at + number;

			if (k)
				cells[n++] = (struct cell){.col = col,
					.number = number,
					.text = span_of(text + from, at + tilde - from),
					.alt = tilde < k
						? span_of(text + at + tilde + 1, k - tilde - 1)
						: (struct span){0}};
			at += k + 1;
		}
		if (n)
			assert_int_equal(table_stage_row(t, row, cells, n), 0);
		text += len + (text[len] == '\n');
	}
}

static void
expect(const char *text, const char *want)
{
	const struct table_at at = {.name = "Sheet1"};
	struct table_stage *t;

	buf_clear(&log_);
	assert_int_equal(table_stage_new(&set, &out, &t), 0);
	for (int again = 0; again < 2; again++) {
		assert_int_equal(table_stage_begin(t, &at), 0);
		feed(t, text, 1);
		assert_int_equal(table_stage_end(t), 0);
		if (again == 0) {
			assert_string_equal(buf_cstr(&log_), want);
			buf_clear(&log_);
		}
	}
	assert_string_equal(buf_cstr(&log_), want);
	table_stage_free(t);
}

static void
test_layout(void **state)
{
	(void)state;
	expect("Name|SSN|Phone SSN\nAnn|123-45-6789|310-555-0100\nBob|!x\ty|\n",
		"0.1 Name\n0.2+SSN\n0.3-Phone SSN\n1.1 Ann\n1.2+123-45-6789\n1.3-310-555-0100\n"
		"2.1 Bob\n2.2+!x y\nhit 2 in row 3\n");
	expect("1|2\n3|4\n", "0.1 1\n0.2 2\n1.1 3\n1.2 4\n");
	expect("only\n", "0.1 only\n");
	expect("", "");
}

static void
test_alt_and_zeros(void **state)
{
	(void)state;
	expect("Name|SSN\nAnn|#862-43-5549~862435549\nBob|#1234567\nCid|#12345678\nDan|1234567\n"
	       "Eve|#123456\n",
		"0.1 Name\n0.2+SSN\n1.1 Ann\n1.2+862-43-5549\n1.2+alt 862435549\n"
		"2.1 Bob\n2.2+1234567\n2.2+alt 001234567\n3.1 Cid\n3.2+12345678\n"
		"3.2+alt 012345678\n4.1 Dan\n4.2+1234567\n5.1 Eve\n5.2+123456\n");
	expect("Name|Count\nAnn|#1234567\nBob|#1234568\n",
		"0.1 Name\n0.2 Count\n1.1 Ann\n1.2 1234567\n2.1 Bob\n2.2 1234568\n");
}

#define LIST_CELLS(a, b, c)                                                                        \
	"0.1 Site\n0.2 User\n0.3 Password\n1.1 ftp\n1.2 ann\n1.3 " a "\n2.1 vpn\n2.2 bob\n2.3 " b  \
	"\n3.1 crm\n3.2 cid\n3.3 " c "\n"

static void
test_password_list(void **state)
{
	(void)state;
	expect("Site|User|Password\nftp|ann|Winter2014!\nvpn|bob|gr4nit\ncrm|cid|t0fu.x\n",
		"value Winter2014!\nvalue gr4nit\nvalue t0fu.x\n" LIST_CELLS(
			"Winter2014!", "gr4nit", "t0fu.x") "judge password-list 3 count 3 at "
							   "[Sheet1] 1.3: column header "
							   "\"Password\"; column header \"User\"; "
							   "column header "
							   "\"Site\"\n");
	/* No user column, too few rows, values that are no secrets. */
	expect("Site|Owner|Password\nftp|ann|Winter2014!\nvpn|bob|gr4nit\ncrm|cid|t0fu.x\n",
		"0.1 Site\n0.2 Owner\n0.3 Password\n1.1 ftp\n1.2 ann\n1.3 Winter2014!\n2.1 vpn\n"
		"2.2 bob\n2.3 gr4nit\n3.1 crm\n3.2 cid\n3.3 t0fu.x\n");
	expect("Site|User|Password\nftp|ann|Winter2014!\nvpn|bob|gr4nit\n",
		"0.1 Site\n0.2 User\n0.3 Password\n1.1 ftp\n1.2 ann\n1.3 Winter2014!\n2.1 vpn\n"
		"2.2 bob\n2.3 gr4nit\n");
	expect("Site|User|Password\nftp|ann|Yes\nvpn|bob|No\ncrm|cid|Yes\n",
		LIST_CELLS("Yes", "No", "Yes"));
	expect("Site|User|Password\nftp|ann|weekly\nvpn|bob|wherever\ncrm|cid|sometimes\n",
		LIST_CELLS("weekly", "wherever", "sometimes"));
}

/* Notes of more rows than are held back, and then the table. */
static void
test_late_header(void **state)
{
	static const char table[] = "Site|User|Password\nftp|ann|Winter2014!\nvpn|bob|gr4nit\n"
				    "crm|cid|t0fu.x\n";
	struct buf text = {0};
	const char *judged;

	(void)state;
	for (size_t notes = 63; notes < 6000; notes = notes < 67 ? notes + 1 : notes * 2) {
		const struct table_at at = {0};
		struct table_stage *t;

		buf_clear(&text);
		buf_clear(&log_);
		for (size_t i = 0; i < notes; i++)
			buf_puts(&text, "a note|of some words\n");
		buf_puts(&text, table);
		assert_int_equal(table_stage_new(&set, &out, &t), 0);
		assert_int_equal(table_stage_begin(t, &at), 0);
		feed(t, buf_cstr(&text), 1);
		assert_int_equal(table_stage_end(t), 0);
		judged = strstr(buf_cstr(&log_), "judge password-list 3 count 3 at ");
		if (!judged)
			fail_msg("behind %zu rows no header", notes);
		assert_null(strstr(judged + 1, "judge"));
		table_stage_free(t);
	}
	buf_free(&text);
}

/* Words that rule a column out. */
static void
test_policy_column(void **state)
{
	(void)state;
	expect("Site|User|Password policy\nftp|ann|min8\nvpn|bob|min12\ncrm|cid|max90\n",
		"0.1 Site\n0.2 User\n0.3 Password policy\n1.1 ftp\n1.2 ann\n1.3 min8\n2.1 vpn\n"
		"2.2 bob\n2.3 min12\n3.1 crm\n3.2 cid\n3.3 max90\n");
}

/* A million rows: all cells go by once, in chunks, and memory stays where it is. */
static void
test_many_rows(void **state)
{
	const struct table_at at = {0};
	struct table_stage *t;

	(void)state;
	buf_clear(&log_);
	quiet = true;
	scans = cells_seen = 0;
	assert_int_equal(table_stage_new(&set, &out, &t), 0);
	assert_int_equal(table_stage_begin(t, &at), 0);
	feed(t, "User|Password\n", 1);
	for (uint64_t row = 2; row <= 1000001; row++) {
		const struct cell cells[2] = {{.col = 1, .text = span_str("ann")},
			{.col = 2, .text = span_str(row == 900000 ? "!here" : "none")}};

		assert_int_equal(table_stage_row(t, row, cells, 2), 0);
	}
	assert_int_equal(table_stage_end(t), 0);
	assert_int_equal(cells_seen, 2000002);
	assert_true(scans > 20 && scans < 100);
	assert_string_equal(buf_cstr(&log_), "hit 2 in row 900000\n");
	table_stage_free(t);
	quiet = false;
}

/* A long table's column is sampled; what it is filled with still decides, whatever its rhythm. */
static void
test_sampled(void **state)
{
	static const struct {
		uint64_t rows;
		unsigned of, filled; /* so many rows of so many hold an amount */
		bool found;
	} t[] = {{3, 1, 1, true}, {4096, 10, 6, true}, {4096, 10, 4, false}, {100000, 10, 6, true},
		{100000, 10, 4, false}, {100000, 16, 10, true}, {100000, 16, 6, false},
		{100000, 32, 18, true}, {100000, 32, 14, false}, {1000000, 1, 1, true}};

	struct table_out pay_out = out;

	(void)state;
	quiet = true;
	assert_int_equal(headwords_new(&pay_set, &pay_out.headwords), 0);
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		for (unsigned phase = 0; phase < t[i].of; phase++) {
			const struct table_at at = {0};
			struct table_stage *s;

			buf_clear(&log_);
			assert_int_equal(table_stage_new(&pay_set, &pay_out, &s), 0);
			assert_int_equal(table_stage_begin(s, &at), 0);
			feed(s, "Name|Salary\nAnn|51000\nBob|52000\nCid|53000\n", 1);
			for (uint64_t row = 5; row <= t[i].rows; row++) {
				bool amount = row < 64 || (row + phase) % t[i].of < t[i].filled;
				const struct cell cells[2] = {{.col = 1, .text = span_str("Ann")},
					{.col = 2,
						.number = amount,
						.text = span_str(amount ? "51250.75" : "none")}};

				assert_int_equal(table_stage_row(s, row, cells, 2), 0);
			}
			assert_int_equal(table_stage_end(s), 0);
			if ((log_.n > 0) != t[i].found)
				fail_msg("%zu, phase %u: '%s'", i, phase, buf_cstr(&log_));
			table_stage_free(s);
		}
	}
	lexicon_free(pay_out.headwords);
	quiet = false;
}

/* Rows wider than a chunk and cells longer than one lose nothing. */
static void
test_wide_and_long(void **state)
{
	const struct table_at at = {0};
	struct cell *cells = calloc(LIMIT_ROW_CELLS, sizeof *cells);
	char *big = malloc(CHUNK_SIZE * 2);
	struct table_stage *t;

	(void)state;
	assert_non_null(cells);
	assert_non_null(big);
	memset(big, 'b', CHUNK_SIZE * 2);
	buf_clear(&log_);
	quiet = true;
	cells_seen = 0;
	assert_int_equal(table_stage_new(&set, &out, &t), 0);
	assert_int_equal(table_stage_begin(t, &at), 0);
	for (uint32_t i = 0; i < LIMIT_ROW_CELLS; i++)
		cells[i] = (struct cell){.col = i + 1, .text = span_str("a label of some length")};
	for (uint64_t row = 1; row < 80; row++)
		assert_int_equal(table_stage_row(t, row, cells, LIMIT_ROW_CELLS), 0);
	cells[0].text = span_of(big, CHUNK_SIZE * 2);
	cells[1].text = span_str("!");
	assert_int_equal(table_stage_row(t, 80, cells, 2), 0);
	assert_int_equal(table_stage_end(t), 0);
	assert_int_equal(cells_seen, 79u * LIMIT_ROW_CELLS + 8 + 1);
	assert_string_equal(buf_cstr(&log_), "hit 2 in row 80\n");
	table_stage_free(t);
	quiet = false;
	free(cells);
	free(big);
}

static int
set_up(void **state)
{
	(void)state;
	return headwords_new(&set, &out.headwords);
}

static int
clean_up(void **state)
{
	(void)state;
	lexicon_free(out.headwords);
	buf_free(&log_);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_alt_and_zeros),
		cmocka_unit_test(test_password_list),
		cmocka_unit_test(test_late_header),
		cmocka_unit_test(test_policy_column),
		cmocka_unit_test(test_many_rows),
		cmocka_unit_test(test_sampled),
		cmocka_unit_test(test_wide_and_long),
	};

	return cmocka_run_group_tests(tests, set_up, clean_up);
}
