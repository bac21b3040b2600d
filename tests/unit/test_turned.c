/* Tables that lie on their side: when they are taken for one, and which records come out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/buf.h"
#include "classify/turned.h"

#include "base/poison.h"

#define MAX_ROWS  32
#define MAX_CELLS 16

struct sheet {
	struct held_row rows[MAX_ROWS];
	struct cell cells[MAX_ROWS][MAX_CELLS];
	size_t n;
};

/* Rows are lines, cells are apart by '|'. */
static void
fill(struct sheet *s, const char *text)
{
	memset(s, 0, sizeof *s);
	for (uint64_t row = 1; *text; row++) {
		size_t len = strcspn(text, "\n"), at = 0, n = 0;

		for (uint32_t col = 1; at <= len; col++) {
			size_t k = strcspn(text + at, "|\n");

			if (k)
				s->cells[s->n][n++] =
					(struct cell){.col = col, .text = span_of(text + at, k)};
			at += k + 1;
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
	static const char *const words[] = {"name", "user", "password", "site", "born", "Site:"};

	(void)user;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (span_eq(t, span_str(words[i])))
			return true;
	}
	return false;
}

static void
put(void *user, uint64_t row, const struct cell *cells, size_t n)
{
	struct buf *b = user;

	buf_printf(b, "%llu:", (unsigned long long)row);
	for (size_t i = 0; i < n; i++)
		buf_printf(b, " %u=%.*s", cells[i].col, (int)cells[i].text.n,
			(const char *)cells[i].text.p);
	buf_putc(b, '\n');
}

/* want NULL: not on its side. */
static void
expect(const char *text, const char *want)
{
	struct turned t = {.n_labels = 0};
	struct buf b = {0};
	struct sheet s;
	size_t first = 0, last = 0;
	bool is;

	fill(&s, text);
	if (header_find(s.rows, s.n, known, NULL, &first, &last) < 0)
		first = last = s.n;
	is = turned_find(&t, s.rows, s.n, first, last, known, NULL);
	if (is != (want != NULL))
		fail_msg("%s on its side:\n%s", is ? "is" : "is not", text);
	for (size_t i = 0; is && i < s.n; i++)
		assert_int_equal(turned_row(&t, &s.rows[i], put, &b), 0);
	turned_flush(&t, put, &b);
	if (want)
		assert_string_equal(buf_cstr(&b), want);
	buf_free(&b);
	turned_free(&t);
}

static void
test_matrix(void **state)
{
	(void)state;
	expect("name|Ann Probe|Bob Roe|Cid Doe\nborn|1970-01-02|1971-03-04|1972-05-06\n"
	       "user|ann||cid\n",
		"1: 1=Ann Probe 2=1970-01-02 3=ann\n1: 1=Bob Roe 2=1971-03-04\n"
		"1: 1=Cid Doe 2=1972-05-06 3=cid\n");
}

static void
test_blocks(void **state)
{
	(void)state;
	expect("site|ftp\nuser|ann\npassword|x1!\n\nsite|vpn\nuser|bob\npassword|y2!\n",
		"1: 1=ftp 2=ann 3=x1!\n5: 1=vpn 2=bob 3=y2!\n");
	/* a line that is no label, and one that is not known, in between */
	expect("My list|\nsite|ftp\nuser|ann\n12|34\nsite|vpn\nuser|bob\n",
		"2: 1=ftp 2=ann\n5: 1=vpn 2=bob\n");
}

static void
test_not(void **state)
{
	(void)state;
	expect("site|user|password\nname|ann|x1!\nuser|bob|y2!\n", NULL);
	/* the corner heads its column, too, and a value below it happens to be a word */
	expect("name|password|until\nsite|x1!|2014\nBob|y2!|2015\nCid|z3!|2016\n", NULL);
	expect("Item|2013|2014\nname|12.00|13.00\nuser|14.00|15.00\n", NULL);
	expect("a|b\nc|d\n", NULL);
	expect("name|Ann\nage|12\nsize|13\nmood|good\nluck|bad\n", NULL);
	expect("", NULL);
}

/* Rows without end: what is held stays bounded, and everything comes out once. */
static void
count(void *user, uint64_t row, const struct cell *cells, size_t n)
{
	(void)row;
	(void)cells;
	*(size_t *)user += n;
}

static void
test_long(void **state)
{
	struct turned t = {.n_labels = 0};
	struct sheet s;
	size_t cells = 0;

	(void)state;
	fill(&s, "site|ftp\nuser|ann\n");
	assert_true(turned_find(&t, s.rows, s.n, s.n, s.n, known, NULL));
	for (size_t i = 0; i < 200000; i++) {
		assert_int_equal(turned_row(&t, &s.rows[i % 2], count, &cells), 0);
		assert_true(t.held.used < 64 * 1024);
	}
	turned_flush(&t, count, &cells);
	assert_int_equal(cells, 200000);
	turned_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matrix),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_not),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
