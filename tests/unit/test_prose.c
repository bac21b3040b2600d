/* Tables in running text: where they begin and end, which cell belongs to which column. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/count.h"
#include "classify/headwords.h"
#include "classify/prose.h"
#include "classify/prose_line.h"

#include "base/poison.h"

#define WORDS(...)                                                                                 \
	{                                                                                          \
		.v = (const char *const[]){__VA_ARGS__},                                           \
		.n = sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)                   \
	}

static const struct column_group groups[] = {
	{.name = "pay",
		.words = WORDS("gross pay", "pay"),
		.values = VALUE_MONEY,
		.min_columns = 1,
		.min_filled = 50,
		.min_rows = 3},
	{.name = "name",
		.words = WORDS("name", "employee"),
		.values = VALUE_PERSON,
		.min_columns = 1,
		.min_filled = 50,
		.min_rows = 3},
};
static const struct column_group secret[] = {
	{.name = "password",
		.words = WORDS("password"),
		.values = VALUE_SECRET,
		.min_columns = 1,
		.min_filled = 50,
		.min_rows = 3,
		.secret = true},
	{.name = "login",
		.words = WORDS("user"),
		.values = VALUE_ANY,
		.min_columns = 1,
		.min_filled = 50,
		.min_rows = 3},
};
static const struct table_rule tables[] = {
	{.groups = groups, .n_groups = 2, .min_rows = 3, .raise = 1, .confidence = CONF_MEDIUM},
	{.groups = secret, .n_groups = 2, .min_rows = 3, .raise = 1, .confidence = CONF_MEDIUM},
};
static const struct rule rules[] = {
	{.id = "pay", .index = 0, .tables = &tables[0], .n_tables = 1},
	{.id = "passwords", .index = 1, .tables = &tables[1], .n_tables = 1},
	{.id = "ssn", .index = 2, .header_yes = WORDS("ssn"), .header_no = WORDS("order", "phone")},
};
static const struct ruleset set = {.rules = rules, .n = 3};

static struct lexicon *headwords;
static struct buf said;
static const struct cell_map *map;

static int
on_judge(void *user, const struct judgement *j)
{
	(void)user;
	assert_int_equal(j->at.kind, PLACE_LINE);
	buf_printf(&said, "%s %llu line %llu: %s; %s\n", j->rule->id, (unsigned long long)j->count,
		(unsigned long long)j->at.line, j->why[0], j->why[1]);
	return 0;
}

static void
on_value(void *user, const struct rule *r, struct span v)
{
	(void)user;
	(void)r;
	buf_printf(&said, "%.*s,", (int)v.n, (const char *)v.p);
}

static const struct classify_out out = {.judge = on_judge, .value = on_value};

static int
give(struct prose *p, struct span text, size_t at, const struct cell_map **ret_map)
{
	return prose_text(p, text, count_byte(text, '\n'), at, ret_map);
}

/* The same comes out wherever the text is cut, and for the next item. */
static void
expect(const char *text, const char *want)
{
	struct span s = span_str(text);
	struct prose *p = NULL;

	assert_int_equal(prose_new(&set, headwords, &out, &p), 0);
	for (size_t piece = s.n; piece > 0; piece = piece > 64 ? piece / 3 : piece - 1) {
		buf_clear(&said);
		for (size_t at = 0; at < s.n; at += piece)
			assert_int_equal(give(p, span_sub(s, at, piece), at, &map), 0);
		assert_int_equal(prose_end(p), 0);
		/* a table too small to be seen at once is not seen in crumbs either */
		if (piece == s.n || piece >= 400)
			assert_string_equal(buf_cstr(&said), want);
	}
	prose_free(p);
}

#define LETTER                                                                                     \
	"Dear all,\n\nthese are the figures for November. Please keep them to yourselves.\n\n"
#define PAY "column header \"Gross Pay\"; column header \"Employee\"\n"

static void
test_columns(void **state)
{
	(void)state;
	expect(LETTER "Employee          No        Gross Pay\n"
		      "-----------------------------------\n"
		      "PROBE, JAN        10117      3,120.00\n"
		      "MUSTER, EVA       10118      4,850.00\n"
		      "\n"
		      "DOE, KIM          10119      2,975.00\n",
		"pay 3 line 5: " PAY);
	expect("Employee\tNo\tGross Pay\nJan Probe\t10117\t3,120.00\n"
	       "Eva Muster-Nordwind-Feldmann\t10118\t4,850.00\nKim Doe\t10119\t2,975.00\n",
		"pay 3 line 1: " PAY);
	expect("| Employee   | No    | Gross Pay |\n|------------|-------|-----------|\n"
	       "| Jan Probe  | 10117 | 3,120.00  |\n| Eva Muster |       | 4,850.00  |\n"
	       "| Kim Doe    | 10119 | 2,975.00  |\n",
		"pay 3 line 1: " PAY);
	/* amounts stand right under the end of their header, and one is missing in the middle */
	expect("Employee             Dept      Gross Pay\n"
	       "Jan Probe                       3,120.00\n"
	       "Eva Muster           Law           50.00\n"
	       "Kim Doe              IT         2,975.00\n",
		"pay 3 line 1: " PAY);
}

/* The same header on the next page goes on; another one, or other text, ends the table. */
static void
test_pages(void **state)
{
	(void)state;
	expect("Employee     Gross Pay\nJan Probe     3,120.00\nEva Muster    4,850.00\n"
	       "Page 1\n\n\nEmployee     Gross Pay\nKim Doe       2,975.00\n",
		"pay 3 line 1: " PAY);
	expect("Employee     Gross Pay\nJan Probe     3,120.00\nEva Muster    4,850.00\n"
	       "and\nso\nwe\nwent\nhome\nagain\nKim Doe       2,975.00\n",
		"");
	expect("Employee     Gross Pay   City\nJan Probe     3,120.00   Bonn\n"
	       "Eva Muster    4,850.00   Ulm\nKim Doe       2,975.00   Ulm\n\n"
	       "User       Password     Site\njan        Ofen-Rohr9   ftp.x\n"
	       "eva        t0fu!        ftp.y\nkim        Gr4nit       ftp.z\n",
		"pay 3 line 1: " PAY "Ofen-Rohr9,t0fu!,Gr4nit,passwords 3 line 6: column header "
		"\"Password\"; column header \"User\"\n");
}

/* What stands below a known header is never taken for a part of it. */
static void
test_no_value_shown(void **state)
{
	(void)state;
	expect("User     Password     Remark\nuser     geheim       name\n"
	       "eva      t0fu!        x\nkim      Gr4nit       y\nana      Ofen-9       z\n",
		"geheim,t0fu!,Gr4nit,Ofen-9,passwords 4 line 1: column header \"Password\"; column "
		"header \"User\"\n");
}

static void
test_none(void **state)
{
	(void)state;
	expect("", "");
	expect("struct employee {\n\tchar *name;     /* of the employee */\n"
	       "\tint pay;        /* gross pay */\n\tint no;         /* its number */\n};\n",
		"");
	expect("Employee name and gross pay.  See below.  The name is on the list.  Pay is not.\n",
		"");
	expect("name           pay\nvalue one      other two\nvalue three    other four\n"
	       "value five     other six\n",
		"");
}

static void
splits(const char *line, const char *want)
{
	struct prose_line l;
	struct buf b = {0};

	prose_split(span_str(line), &l);
	for (size_t i = 0; i < l.n; i++)
		buf_printf(&b, "%u-%u[%.*s]", l.cells[i].from, l.cells[i].to,
			(int)l.cells[i].text.n, (const char *)l.cells[i].text.p);
	assert_string_equal(buf_cstr(&b), want);
	buf_free(&b);
}

static void
test_split(void **state)
{
	(void)state;
	splits("", "");
	splits("   ", "");
	splits("one two", "0-7[one two]");
	splits("one  two", "0-3[one]5-8[two]");
	splits(" a\tb\t\tc ", "1-2[a]8-9[b]24-25[c]");
	splits("| a | b |", "2-3[a]6-7[b]");
	splits("Müller  x", "0-6[Müller]8-9[x]");
	splits("End.  Next", "0-10[End.  Next]");
	splits("End.   Next", "0-4[End.]7-11[Next]");
}

#define ROWS 20

/*
 * The cells that an engine would see below a header, wherever the text is cut: "text=vote" of the
 * third rule, for each of the rows.
 */
static void
maps(const char *head, const char *row, const char *want)
{
	struct buf text = {0}, all = {0};
	struct span s;

	buf_puts(&text, head);
	for (int i = 0; i < ROWS; i++) {
		buf_puts(&text, row);
		buf_puts(&all, want);
	}
	text.n--; /* the last line has no end */
	s = buf_span(&text);
	for (size_t piece = s.n; piece >= s.n / 2; piece--) {
		struct prose *p = NULL;
		struct buf b = {0};
		size_t done = 0;

		assert_int_equal(prose_new(&set, headwords, &out, &p), 0);
		for (size_t at = 0; at < s.n; at += piece) {
			assert_int_equal(give(p, span_sub(s, at, piece), at, &map), 0);
			for (size_t i = 0; map && i < map->n; i++) {
				const struct cell_at *c = &map->cells[i];
				int vote = map->votes[(c->col - 1) * set.n + 2];

				assert_true(c->col >= 1 && c->col <= map->columns);
				assert_true(c->end <= s.n);
				assert_true(i == 0 || map->cells[i - 1].end <= c->start);
				if (c->start < at || c->start < done)
					continue; /* begins in the part before */
				if (vote)
					buf_printf(&b, "%.3s=%d ", text.p + c->start, vote);
				done = c->start + 1;
			}
			map = NULL;
		}
		assert_int_equal(prose_end(p), 0);
		assert_string_equal(buf_cstr(&b), buf_cstr(&all));
		buf_free(&b);
		prose_free(p);
	}
	buf_free(&text);
	buf_free(&all);
}

static void
test_map(void **state)
{
	(void)state;
	maps("Hello, here is the list of today.\n\nEmployee\tSSN\tUnit\n",
		"Jan Probe\t862435549\t7\nEva\t\t8\nKim Doe-Nordwind-Sandberg\t731228164\t9\n",
		"862=1 731=1 ");
	maps("Sales order   Name          Gross Pay\n", "862435549     Jan Probe     3,120.00\n",
		"862=-1 ");
	maps("| Name | Cell phone | SSN |\n|------|------------|-----|\n",
		"| Jan  | 555        | 862 |\n", "555=-1 862=1 ");
	/* one word that a rule wants is enough where columns are drawn, not where blanks part them */
	maps("Our people and their numbers, all:\nSSN\tRoom\n", "862435549\t504\n", "862=1 ");
	maps("Our people and their numbers, all:\nSSN         Room\n", "862435549   504\n", "");
	/* what stands beside all headers belongs to none for certain */
	maps("Name     SSN     City\n", "Jan Probe   of Bonn on the Rhine   862435549    12   x\n",
		"");
	maps("No table:\n", "order 862435549, phone 555-0100, and so on, and on, and on.\n", "");
}

/* Any bytes: nothing is read beyond them, nothing takes long. */
static void
test_hostile(void **state)
{
	static const char some[] = "name pay  \t|\n-user password 12.50\xC3";
	struct prose *p = NULL;
	uint64_t s = 1;

	(void)state;
	assert_int_equal(prose_new(&set, headwords, &out, &p), 0);
	for (int i = 0; i < 300; i++) {
		size_t n = 1 + (size_t)(i * 37 % 5000);
		char *b = malloc(n);

		assert_non_null(b);
		for (size_t k = 0; k < n; k++) {
			s = s * 6364136223846793005u + 1442695040888963407u;
			b[k] = some[(s >> 33) % (sizeof some - 1)];
		}
		assert_int_equal(give(p, span_of(b, n), 0, &map), 0);
		if (i % 7 == 0)
			assert_int_equal(prose_end(p), 0);
		free(b);
	}
	prose_free(p);
	prose_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_no_value_shown),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_map),
		cmocka_unit_test(test_hostile),
	};
	int r = headwords_new(&set, &headwords) < 0 || cmocka_run_group_tests(tests, NULL, NULL);

	lexicon_free(headwords);

	buf_free(&said);
	return r;
}
