/*
 * scan: the whole line in one process. What was scanned before changes nothing; what stops a scan in
 * the middle takes nothing of what was found until then; names of inner items are unique.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "gen.h"
#include "mkarchive.h"
#include "pack.h"
#include "scanrig.h"

#include <errno.h>
#include <string.h>

#define BASES  16
#define INPUTS (BASES * 4)

struct input {
	char name[32];
	struct buf b;
};

static void
put_people(struct buf *b, struct gen *g, size_t n, const char *sep, const char *between,
	const char *after)
{
	char who[64], ssn[16];

	for (size_t i = 0; i < n; i++) {
		gen_person(g, who);
		gen_ssn(g, sep, ssn);
		buf_printf(b, "%s%s%s%s", who, between, ssn, after);
	}
}

static void
put_sheet(struct buf *b, struct gen *g, bool ods)
{
	static char cells[61][2][64];
	const char *at[61 * 2];
	struct sheet s = {"Staff", at, 61, 2};

	(void)snprintf(cells[0][0], 64, "Name");
	(void)snprintf(cells[0][1], 64, "SSN");
	for (size_t i = 1; i < 61; i++) {
		gen_person(g, cells[i][0]);
		cells[i][1][0] = '$';
		gen_ssn(g, "", cells[i][1] + 1);
	}
	for (size_t i = 0; i < 122; i++)
		at[i] = cells[i / 2][i % 2];
	if (ods)
		pack_ods(&s, 1, b);
	else
		pack_xlsx(&s, 1, b);
}

static void
put_docx(struct buf *b, struct gen *g)
{
	char ssn[16], text[64];
	const char *p[] = {"Dear colleagues,", text};

	gen_ssn(g, "-", ssn);
	(void)snprintf(text, sizeof text, "her social security number is %s, so", ssn);
	pack_docx(p, 2, NULL, b);
}

static void
put_zip(struct buf *b, struct input *in, size_t n)
{
	struct mkarchive m;
	struct span s;

	mk_open(&m, "zip", NULL);
	for (size_t i = 0; i < n; i++)
		mk_member(&m, in[i].name, buf_span(&in[i].b), UINT64_MAX);
	s = mk_close(&m);
	buf_put(b, s.p, s.n);
	mk_free(&m);
}

static void
put_noise(struct buf *b, struct gen *g, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_putc(b, (uint8_t)(gen_next(g) >> 11));
}

static void
make_base(struct input *all, size_t i, struct gen *g)
{
	static const char *const names[BASES] = {"note.txt", "staff.csv", "staff.tsv", "wide.txt",
		"staff.xlsx", "staff.ods", "letter.docx", "key.pem", "noise.bin", "cards.txt",
		"passwords.csv", "one.zip", "list.txt", "page.html", "empty", "two.zip"};
	struct buf *b = &all[i].b;
	char t[2048], u[64];

	(void)snprintf(all[i].name, sizeof all[i].name, "%s", names[i]);
	if (i == 0) {
		put_people(b, g, 40, "-", " has SSN ", " on file\n");
	} else if (i == 1) {
		buf_puts(b, "Name,SSN\n");
		put_people(b, g, 90, "", ",", "\n");
	} else if (i == 2) {
		buf_puts(b, "Name\tOrder No\n");
		put_people(b, g, 30, "", "\t", "\n");
	} else if (i == 3) {
		put_people(b, g, 9000, "-", " with ", " among rows of numbers. ");
	} else if (i == 4 || i == 5) {
		put_sheet(b, g, i == 5);
	} else if (i == 6) {
		put_docx(b, g);
	} else if (i == 7) {
		gen_pem(g, t);
		buf_puts(b, t);
	} else if (i == 8) {
		put_noise(b, g, 9000);
		put_people(b, g, 3, "-", " SSN ", "\n");
		put_noise(b, g, 9000);
	} else if (i == 9) {
		for (int k = 0; k < 20; k++) {
			gen_card(g, k & 1 ? " " : "", u);
			buf_printf(b, "card number %s\nref 4%015d\n", u, k * 7919);
		}
	} else if (i == 10) {
		buf_puts(b, "System,Login,Password\n");
		for (int k = 0; k < 12; k++) {
			gen_login(g, t);
			gen_password(g, u);
			buf_printf(b, "host%d,%s,%s\n", k, t, u);
		}
	} else if (i == 11) {
		put_zip(b, all, 8);
	} else if (i == 12) {
		for (int k = 0; k < 300; k++)
			buf_printf(b, "/srv/films/2014/reel%03d.mov\n", k);
	} else if (i == 13) {
		buf_puts(b, "<html><body><table><tr><th>SSN</th></tr><tr><td>");
		put_people(b, g, 5, "-", "</td><td>", "</td></tr><tr><td>");
	} else if (i == 15) {
		put_zip(b, all, 13);
	}
}

/* Each input whole, cut off, and twice with bytes changed. */
static void
make_inputs(struct input *all, uint64_t seed)
{
	struct gen g;

	gen_seed(&g, seed);
	for (size_t i = 0; i < BASES; i++)
		make_base(all, i, &g);
	for (size_t i = BASES; i < INPUTS; i++) {
		const struct input *from = &all[i % BASES];
		size_t n = from->b.n, kind = i / BASES;

		memcpy(all[i].name, from->name, sizeof all[i].name);
		if (kind == 1 && n)
			n = gen_range(&g, (uint32_t)n / 2, (uint32_t)n);
		buf_put(&all[i].b, from->b.p, n);
		for (size_t k = 0; kind > 1 && n && k < 1 + n / 2000; k++)
			all[i].b.p[gen_range(&g, 0, (uint32_t)n - 1)] = (uint8_t)gen_next(&g);
	}
}

static void
free_inputs(struct input *all)
{
	for (size_t i = 0; i < INPUTS; i++)
		buf_free(&all[i].b);
}

/* The second round meets all the state the first one left, in another order. */
static void
test_no_state_left(void **state)
{
	static struct input all[INPUTS];
	static struct buf want[INPUTS];
	const char *rounds = getenv("LEAKAUDIT_ROUNDS"), *seed = getenv("LEAKAUDIT_SEED");
	size_t n = INPUTS * (rounds ? (size_t)atol(rounds) : 6);
	struct scanrig g;
	struct gen order;

	(void)state;
	make_inputs(all, seed ? (uint64_t)atoll(seed) : 11);
	for (size_t i = 0; i < INPUTS; i++) {
		scanrig_open(&g);
		assert_int_equal(scanrig_bytes(&g, all[i].name, buf_span(&all[i].b)), 0);
		buf_puts(&want[i], scanrig_log(&g));
		scanrig_close(&g);
	}
	scanrig_open(&g);
	gen_seed(&order, 3);
	for (size_t k = 0; k < n; k++) {
		size_t i = gen_range(&order, 0, INPUTS - 1);

		buf_clear(&g.log);
		assert_int_equal(scanrig_bytes(&g, all[i].name, buf_span(&all[i].b)), 0);
		assert_string_equal(scanrig_log(&g), buf_cstr(&want[i]));
	}
	scanrig_close(&g);
	for (size_t i = 0; i < INPUTS; i++)
		buf_free(&want[i]);
	free_inputs(all);
}

/* Gives the bytes and then fails. */
struct failing {
	struct reader r;
	struct span left;
	int error;
};

static ssize_t
failing_read(struct reader *r, void *p, size_t n)
{
	struct failing *f = (struct failing *)r;

	if (f->left.n == 0)
		return f->error;
	n = n < f->left.n ? n : f->left.n;
	memcpy(p, f->left.p, n);
	f->left = span_sub(f->left, n, f->left.n);
	return (ssize_t)n;
}

static const struct reader_ops failing_ops = {.read = failing_read};

/* What was read before a bound was met counts, and the bound is said. */
static void
test_stopped(void **state)
{
	static const struct {
		int error;
		const char *gap;
	} ends[] = {{-ETIME, "gap timeout hides"}, {-EFBIG, "gap bomb hides"},
		{-ENOMEM, "gap memory hides"}, {-EIO, "gap io-error hides"}};
	static const char *const names[] = {"a.txt", "a.csv"};
	struct buf b[2] = {{0}};
	struct scanrig g;
	struct gen gen;

	(void)state;
	gen_seed(&gen, 5);
	buf_puts(&b[1], "Name,SSN\n");
	put_people(&b[1], &gen, 9000, "-", ",", "\n");
	put_people(&b[0], &gen, 9000, "-", " has SSN ", " on file\n");
	scanrig_open(&g);
	for (size_t i = 0; i < 8; i++) {
		struct failing f = {.left = buf_span(&b[i / 4]), .error = ends[i % 4].error};

		reader_init(&f.r, &failing_ops, UINT64_MAX);
		buf_clear(&g.log);
		assert_int_equal(scanrig_reader(&g, names[i / 4], &f.r, b[i / 4].n), 0);
		reader_end(&f.r);
		assert_non_null(strstr(scanrig_log(&g), ends[i % 4].gap));
		assert_non_null(strstr(scanrig_log(&g), "finding us-ssn high count=9000 "));
	}
	scanrig_close(&g);
	buf_free(&b[0]);
	buf_free(&b[1]);
}

static size_t
lines_with(const char *log, const char *a, const char *b)
{
	size_t n = 0;

	while (*log) {
		const char *nl = strchr(log, '\n'), *pa = strstr(log, a);
		const char *pb = pa ? strstr(pa, b) : NULL;

		n += pb && nl && pb < nl;
		log = nl ? nl + 1 : "";
	}
	return n;
}

/* Each member has a name of its own, so none is taken for another. */
static void
test_names(void **state)
{
	static const char *const names[] = {"a.txt", "a.txt", "a.txt#2", "a.txt", "x/a.txt"};
	static const char *const want[] = {
		" a.txt\n", " a.txt#2\n", " a.txt#2#2\n", " a.txt#3\n", " x/a.txt\n"};
	struct mkarchive m;
	struct scanrig g;

	(void)state;
	mk_open(&m, "zip", NULL);
	for (size_t i = 0; i < 5; i++)
		mk_file(&m, names[i], "her SSN is 862-43-5549\n");
	scanrig_open(&g);
	assert_int_equal(scanrig_bytes(&g, "a.zip", mk_close(&m)), 0);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(lines_with(scanrig_log(&g), "finding us-ssn", want[i]), 1);
	scanrig_close(&g);
	mk_free(&m);
}

/* Two tables on one sheet, a blank row between them: each has its own header. */
static void
test_two_tables(void **state)
{
	struct buf b = {0};
	struct scanrig g;
	struct gen gen;

	(void)state;
	gen_seed(&gen, 9);
	scanrig_open(&g);
	for (int rows = 5; rows <= 500; rows *= 10) {
		buf_clear(&b);
		buf_clear(&g.log);
		buf_puts(&b, "Name,Order No\n");
		put_people(&b, &gen, (size_t)rows, "", ",", "\n");
		buf_puts(&b, ",\nName,SSN\n");
		put_people(&b, &gen, (size_t)rows, "", ",", "\n");
		assert_int_equal(scanrig_bytes(&g, "a.csv", buf_span(&b)), 0);
		assert_int_equal(lines_with(scanrig_log(&g), "finding us-ssn high ", "\"SSN\""), 1);
		assert_int_equal(lines_with(scanrig_log(&g), "finding us-ssn",
					 rows == 5	      ? "count=5 "
						 : rows == 50 ? "count=50 "
							      : "count=500 "),
			1);
	}
	scanrig_close(&g);
	buf_free(&b);
}

/* What was cut off while it was read is unread; what was added behind may be. */
static void
test_changed(void **state)
{
	static const char text[] = "her SSN is 862-43-5549\n";
	struct mkarchive m;
	struct scanrig g;
	struct span zip;

	(void)state;
	mk_open(&m, "zip", NULL);
	mk_file(&m, "a.txt", text);
	zip = mk_close(&m);
	scanrig_open(&g);
	for (int i = 0; i < 2; i++) {
		struct span s = i ? zip : span_str(text);

		buf_clear(&g.log);
		assert_int_equal(scanrig_file(&g, "a.bin", s, s.n), 0);
		assert_int_equal(lines_with(scanrig_log(&g), "finding us-ssn", ""), 1);
		assert_null(strstr(scanrig_log(&g), "gap"));
		assert_int_equal(scanrig_file(&g, "a.bin", s, s.n + 100000), 0);
		assert_int_equal(lines_with(scanrig_log(&g), "finding us-ssn", ""), 2);
		assert_int_equal(lines_with(scanrig_log(&g), "gap changed hides", "shorter"), 1);
		assert_int_equal(scanrig_file(&g, "a.bin", s, s.n - 1), 0);
		assert_int_equal(lines_with(scanrig_log(&g), "finding us-ssn", ""), 3);
		assert_int_equal(lines_with(scanrig_log(&g), "gap changed (", "longer"), 1);
	}
	scanrig_close(&g);
	mk_free(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_state_left),
		cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_two_tables),
		cmocka_unit_test(test_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
