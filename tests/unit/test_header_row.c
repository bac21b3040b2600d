/* Which of a table's first rows is its header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "classify/header.h"

#include "base/poison.h"

#define MAX_ROWS  32
#define MAX_CELLS 16

struct sheet {
	struct held_row rows[MAX_ROWS];
	struct cell cells[MAX_ROWS][MAX_CELLS];
	size_t n;
};

/* Rows are lines, cells are apart by '|'; empty cells do not exist, as extractors leave them out. */
static void
fill(struct sheet *s, const char *text)
{
	uint64_t row = 1;

	memset(s, 0, sizeof *s);
	for (; *text; row++) {
		size_t len = strcspn(text, "\n"), at = 0, n = 0;
		uint32_t col = 1;

		while (at <= len) {
			size_t k = strcspn(text + at, "|\n");

			if (k)
				s->cells[s->n][n++] =
					(struct cell){.col = col, .text = span_of(text + at, k)};
			at += k + 1;
			col++;
		}
		if (n) {
			s->rows[s->n] = (struct held_row){row, s->cells[s->n], n};
			s->n++;
		}
		text += len + (text[len] == '\n');
	}
}

static bool
known(void *user, struct span t)
{
	static const char *const words[] = {"user", "password", "site"};

	(void)user;
	for (size_t i = 0; i < 3; i++) {
		if (span_eq(t, span_str(words[i])))
			return true;
	}
	return false;
}

static void
expect(const char *text, uint64_t first_row, uint64_t last_row)
{
	struct sheet s;
	size_t first = 0, last = 0;

	fill(&s, text);
	if (header_find(s.rows, s.n, known, NULL, &first, &last) < 0) {
		if (first_row)
			fail_msg("no header in:\n%s", text);
		return;
	}
	if (!first_row)
		fail_msg("row %d is no header:\n%s", (int)s.rows[first].row, text);
	assert_int_equal(s.rows[first].row, first_row);
	assert_int_equal(s.rows[last].row, last_row);
}

static void
test_found(void **state)
{
	(void)state;
	expect("Name|SSN\nAnn|123-45-6789\nBob|123-45-6780\n", 1, 1);
	expect("Payroll 2014\n\nName|Salary\nAnn|65000\nBob|70000\n", 3, 3);
	expect("Confidential|\nAll staff of the department\n\nName|Born|Pay\nA|1.2.1970|5000\n"
	       "B|3.4.1971|6000\n",
		4, 4);
	expect("site|user|password\nbank|ann|monkey\nmail|bob|dragon\n", 1, 1);
	expect("SSN\n123-45-6789\n123-45-6780\n", 1, 1);
	expect("Region|2012|2013|2014\nNorth|1,200.00|1,300.00|1,400.00\n"
	       "South|1,200.50|1,300.50|1,400.50\n",
		1, 1);
}

static void
test_not_found(void **state)
{
	(void)state;
	expect("Ann|123-45-6789\nBob|123-45-6780\nCid|123-45-6781\n", 0, 0);
	expect("bank|ann|monkey\nmail|bob|dragon\nshop|cid|kitten\n", 0, 0);
	expect("A title only\n", 0, 0);
	expect("1|2\n3|4\n", 0, 0);
}

static void
test_wrapped(void **state)
{
	struct sheet s;
	size_t first, last;
	char buf[64];

	(void)state;
	fill(&s,
		"Name|Social|Date of\n|Security|birth\nAnn|123-45-6789|1.2.1970\n"
		"Bob|123-45-6780|3.4.1971\n");
	assert_int_equal(header_find(s.rows, s.n, known, NULL, &first, &last), 0);
	assert_int_equal(first, 0);
	assert_int_equal(last, 1);
	buf[header_text(s.rows, first, last, 2, buf, sizeof buf)] = 0;
	assert_string_equal(buf, "Social Security");
	buf[header_text(s.rows, first, last, 3, buf, sizeof buf)] = 0;
	assert_string_equal(buf, "Date of birth");
}

/* One word above the middle of a header belongs to its own column; one above its start is a title. */
static void
test_one_above(void **state)
{
	struct sheet s;
	size_t first, last;
	char buf[64];

	(void)state;
	fill(&s, "|Social||\nName|Security|Hired|Pay\nAnn|123-45-6789|1.2.1970|5000\n");
	assert_int_equal(header_find(s.rows, s.n, known, NULL, &first, &last), 0);
	assert_int_equal(s.rows[first].row, 1);
	buf[header_text(s.rows, first, last, 2, buf, sizeof buf)] = 0;
	assert_string_equal(buf, "Social Security");
	buf[header_text(s.rows, first, last, 3, buf, sizeof buf)] = 0;
	assert_string_equal(buf, "Hired");
	fill(&s, "Phones|||\nName|SSN|Hired|Pay\nAnn|123-45-6789|1.2.1970|5000\n");
	assert_int_equal(header_find(s.rows, s.n, known, NULL, &first, &last), 0);
	assert_int_equal(s.rows[first].row, 2);
}

/* Titles over several columns speak for all of them. */
static void
test_grouped(void **state)
{
	struct sheet s;
	size_t first, last;
	char buf[64];

	(void)state;
	fill(&s,
		"Person|||Pay\nName|Born|City|Base|Bonus\nAnn|1.2.1970|Ulm|5000|100\n"
		"Bob|3.4.1971|Bonn|6000|200\n");
	assert_int_equal(header_find(s.rows, s.n, known, NULL, &first, &last), 0);
	assert_int_equal(s.rows[first].row, 1);
	assert_int_equal(s.rows[last].row, 2);
	buf[header_text(s.rows, first, last, 5, buf, sizeof buf)] = 0;
	assert_string_equal(buf, "Pay Bonus");
	buf[header_text(s.rows, first, last, 3, buf, sizeof buf)] = 0;
	assert_string_equal(buf, "Person City");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_not_found),
		cmocka_unit_test(test_wrapped),
		cmocka_unit_test(test_one_above),
		cmocka_unit_test(test_grouped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
