/* The output for people, and the helpers all sinks share. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "sink_text.h"
#include "sinkfix.h"

#include "base/poison.h"

static const char golden[] = "/srv/2014.zip!pay!!roll!q4.xlsx\n"
			     "  critical  US social security numbers  3,803 found, 3,790 distinct\n"
			     "            high confidence: column header \"SSN\"; valid area, "
			     "group and serial\n"
			     "            ***-**-6781\n"
			     "            row 2, column D, sheet Staff; line 3, column 14, "
			     "comment; page 7 \xE2\x80\xA6\n"
			     "\n"
			     "/srv/=a\\x0a\\x1b[31m\"q\\,!!\\xff\\xe2\\x80\\xae.txt!x\\xc3(\n"
			     "  high      Access tokens  1 found\n"
			     "            high confidence: =cmd\n"
			     "            \xE2\x80\xA6\n"
			     "            line 1, column 1\n"
			     "\n"
			     "/srv/Password-tr0ub4dor.xlsx\n"
			     "  low       Password file\n"
			     "            medium confidence: its name\n"
			     "\n"
			     "Not looked into\n"
			     "  encrypted  1\n"
			     "    /srv/old.zip!pay!!roll  zip AES-256\n"
			     "  excluded  1, hiding nothing\n"
			     "    /srv/d  a folder that holds itself\n"
			     "\n"
			     "  Rule    Distinct     Copies  Files\n"
			     "  token          1          1      1\n"
			     "  us-ssn    41,200  1,003,412    601\n"
			     "\n"
			     "  3 findings; read: 52,011 files and 19,192 items in them, 76.0 GiB "
			     "in 1 min 33 s, 835.6 MiB/s\n"
			     "  1 place stayed unread\n";

static char *
run(const struct sinkfix *x, const struct sink_options *o)
{
	int r = -1;
	char *text = sinkfix_run(x, "text", o, &r);

	assert_non_null(text);
	assert_int_equal(r, 0);
	return text;
}

static void
plain(void **state)
{
	struct sinkfix x;
	char *text;

	(void)state;
	sinkfix_init(&x);
	text = run(&x, &(struct sink_options){.width = 80});
	assert_string_equal(text, golden);
	free(text);
}

static void
quiet_and_masked(void **state)
{
	struct sinkfix x;
	char *text;

	(void)state;
	sinkfix_init(&x);
	text = run(
		&x, &(struct sink_options){.quiet = true, .show_none = true, .mask_names = true});
	assert_null(strstr(text, "Not looked into"));
	assert_null(strstr(text, "Distinct"));
	assert_null(strstr(text, "6781"));
	assert_null(strstr(text, "tr0ub4dor"));
	assert_non_null(strstr(text, "\n/srv/P\xE2\x80\xA6.xlsx\n"));
	free(text);
}

static void
colored(void **state)
{
	struct sinkfix x;
	char *text;

	(void)state;
	sinkfix_init(&x);
	text = run(&x, &(struct sink_options){.width = 80, .color = true});
	assert_non_null(strstr(text, "\033[1;31mcritical\033[0m"));
	assert_non_null(strstr(text, "\033[31mhigh    \033[0m"));
	assert_non_null(strstr(text, "\033[2mlow     \033[0m"));
	/* and no escape of a name's own */
	assert_null(strstr(text, "=a\n"));
	assert_null(strstr(text, "\033[31m\"q"));
	free(text);
}

static void
interrupted(void **state)
{
	struct sinkfix x;
	char *text;

	(void)state;
	sinkfix_init(&x);
	x.summary.complete = false;
	x.summary.hidden = 0;
	text = run(&x, &(struct sink_options){.width = 80});
	assert_non_null(strstr(text, "interrupted"));
	assert_null(strstr(text, "nothing stayed unread"));
	free(text);
}

/* No line is wider than the terminal but that of a path, which has so many lines and no more. */
static void
narrow(void **state)
{
	static const char *const units[] = {"a", "\xC3\xA9", "\xE6\xBC\xA2", "\n", "\xFF"};
	static char path[5000];
	struct sinkfix x;

	(void)state;
	sinkfix_init(&x);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t m = strlen(units[i]);
		char *text, *save = NULL;

		path[0] = '/';
		for (size_t n = 1; n + m < sizeof(path); n += m)
			memcpy(path + n, units[i], m);
		x.records[1].path = path;
		x.records[3].path = path;
		text = run(&x, &(struct sink_options){.width = 72});
		for (char *p = strtok_r(text, "\n", &save); p && !strstr(p, " findings; ");
			p = strtok_r(NULL, "\n", &save))
			assert_true(escape_columns(span_str(p)) <=
				(p[strspn(p, " ")] == '/' ? 72 * TEXT_LINES : 72));
		free(text);
	}
}

static void
expect_places(const struct finding *f, unsigned most, const char *want)
{
	struct buf b = {0};

	text_places(&b, f, most);
	assert_string_equal(buf_cstr(&b), want);
	buf_free(&b);
}

static void
places(void **state)
{
	struct finding f = {.count = 412, .n_at = 4};

	(void)state;
	for (unsigned i = 0; i < 4; i++)
		f.at[i] = (struct place){
			.kind = PLACE_CELL, .row = 4 + i, .column = 3, .name = "Staff"};
	expect_places(&f, 3, "sheet Staff: cells C4, C5, C6 \xE2\x80\xA6");
	expect_places(&f, 10, "sheet Staff: cells C4, C5, C6, C7 \xE2\x80\xA6");
	f.at[2].name[0] = 0;
	expect_places(&f, 3,
		"row 4, column C, sheet Staff; row 5, column C, sheet Staff; row 6, column C "
		"\xE2\x80\xA6");
	f.via = VIA_STRUCTURE;
	expect_places(&f, 1, "sheet Staff: cell C4");
	f = (struct finding){.count = 3, .n_at = 3};
	for (unsigned i = 0; i < 3; i++)
		f.at[i] = (struct place){.kind = PLACE_LINE, .line = 1 + i / 2, .col = 5 + i};
	expect_places(&f, 3, "lines 1, 2");
	expect_places(&f, 1, "line 1, column 5 \xE2\x80\xA6");
	for (unsigned i = 0; i < 3; i++)
		f.at[i] = (struct place){.kind = PLACE_PART, .part = i ? PART_HEADER : PART_BODY};
	expect_places(&f, 3, "body; header");
	f.n_at = 0;
	expect_places(&f, 3, "");
}

static unsigned
count(const char *text, const char *word)
{
	unsigned n = 0;

	for (; (text = strstr(text, word)); text += strlen(word))
		n++;
	return n;
}

/* 1,000 findings that come mixed are grouped by file, each file once, the worst of all first. */
static void
grouped(void **state)
{
	const struct output *out = output_find("text");
	void *s = calloc(1, out->state_size);
	struct sinkfix x;
	char path[32], *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	(void)state;
	sinkfix_init(&x);
	assert_int_equal(out->begin(s, &(struct sink_options){.to = f}, &x.head), 0);
	for (unsigned i = 0; i < 1000; i++) {
		struct record r = x.records[i % 3];

		(void)snprintf(path, sizeof(path), "/f%03u", i % 100);
		r.path = path;
		r.severity = i == 577 ? SEV_CRITICAL : i % 100 == 30 ? SEV_MEDIUM : SEV_LOW;
		assert_int_equal(out->record(s, &r), 0);
	}
	for (unsigned i = 0; i < 50; i++) {
		(void)snprintf(path, sizeof(path), "/g%03u", i);
		x.records[3].path = path;
		assert_int_equal(out->record(s, &x.records[3]), 0);
	}
	assert_int_equal(out->end(s, &x.summary), 0);
	out->free(s);
	free(s);
	(void)fclose(f);
	assert_memory_equal(text, "/f077", 5);
	assert_int_equal(count(text, " confidence"), 1000);
	/* three items each */
	assert_int_equal(count(text, "\n/f"), 299);
	assert_int_equal(count(text, "/f042"), 3);
	assert_true(strstr(text, "/f030") < strstr(text, "/f000"));
	assert_true(strstr(text, "/f030") > strstr(text, "/f077"));
	assert_int_equal(count(text, "    /g"), TEXT_GAPS);
	assert_non_null(strstr(text, "  encrypted  50\n"));
	assert_non_null(strstr(text, "    and 30 more\n"));
	free(text);
}

static void
helpers(void **state)
{
	static const struct {
		uint32_t column;
		const char *name;
	} columns[] = {{1, "A"}, {26, "Z"}, {27, "AA"}, {52, "AZ"}, {702, "ZZ"}, {703, "AAA"},
		{16384, "XFD"}, {0, ""}, {UINT32_MAX, "MWLQKWU"}};
	static const struct {
		const char *name, *masked;
	} names[] = {{"Password1.docx", "P\xE2\x80\xA6.docx"},
		{"\xC3\xA9t\xC3\xA9.txt", "\xC3\xA9\xE2\x80\xA6.txt"}, {"key", "k\xE2\x80\xA6"},
		{".secret", ".\xE2\x80\xA6"}, {"a.862435549", "a\xE2\x80\xA6"},
		{"a.hunter2-x", "a\xE2\x80\xA6"}, {"a.averylongend", "a\xE2\x80\xA6"},
		{"\xFF\x01.zip", "\xE2\x80\xA6.zip"}, {"", "\xE2\x80\xA6"}};
	static const struct {
		const char *name, *starred;
	} numbers[] = {{"862-43-5549 Jan", "***-**-5549 Jan"},
		{"a_862_43_5549.pdf", "a_***_**_5549.pdf"}, {"x862435549", "x*****5549"},
		{"4929 7413 3346 5129", "**** **** **** 5129"}, {"123 456 789", "*** **6 789"},
		{"3782 822463 10005", "**** ****** *0005"},
		{"IMG_20141124_130509.jpg", "IMG_20141124_130509.jpg"},
		{"log 20141124130509", "log 20141124130509"},
		{"2014-11-24 12.30", "2014-11-24 12.30"}, {"call 555-0100", "call 555-0100"},
		{"DE92500901770048213590", "DE****************3590"}, {"", ""}, {"1", "1"},
		{"1-", "1-"}, {"862-43-5549-862-43-5549", "***-**-5549-***-**-5549"},
		{"1.862.43.5549", "1.***.**.5549"},
		{"1.2.3.4.5.6.7.8.9.862-43-5549", "1.2.3.4.5.6.7.8.9.***-**-5549"},
		{"\147hp_MadeUp0Token1For2Leak3Audit4xy000000.txt",
			"ghp_************************************.txt"},
		{"my-\147hs_MadeUp0Token1For2Leak3Audit4xy000000 of May",
			"my-ghs_************************************ of May"},
		{"\147ithub_pat_11MADEUP0aaaaaaaaaaaaaa_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
			"github_pat_***************************************************************"
			"**"},
		{"\147lpat-MadeUp0-Token_For1Le", "glpat-********************"},
		{"\101KIAMADEUP2KEY3FOR4Q.csv", "AKIA****************.csv"},
		{"\101SIAMADEUPXKEYXFORXQ", "ASIA****************"},
		{"\170oxb-123456789012-MadeUpTokenForLeakAudit",
			"xoxb-************************************"},
		{"\163k_live_MadeUpStripeKeyForTests01", "sk_live_*************************"},
		{"\101IzaMadeUpKeyForLeakAuditTests0123456789.x",
			"AIza************************************.x"},
		{"\156pm_MadeUp0Token1For2Leak3Audit4xy000000",
			"npm_************************************"},
		{"\145yJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwcm9iZSJ9.MadeUpSumOfNothing12.txt",
			"eyJ***********************************************************.txt"},
		/* cut where the name of a sheet is */
		{"keys \147hp_MadeUp0Token1", "keys ghp_*************"},
		{"ghp_notes_of_the_year_and_more_of_them_all.txt",
			"ghp_notes_of_the_year_and_more_of_them_all.txt"},
		{"npm_config_registry_and_other_long_names_of_npm_variables",
			"npm_config_registry_and_other_long_names_of_npm_variables"},
		{"npm_PackageManagerConfiguration", "npm_PackageManagerConfiguration"},
		{"AKIA is a prefix", "AKIA is a prefix"},
		{"AKIAMADEUP2KEY3FOR4QX.csv", "AKIAMADEUP2KEY3FOR4QX.csv"},
		{"xoxo-hugs-and-kisses-2014-11-24.jpg", "xoxo-hugs-and-kisses-2014-11-24.jpg"},
		{"glpat-how-to-rotate-tokens.md", "glpat-how-to-rotate-tokens.md"},
		{"sk_live_xxxxxxxxxxxxxxxxxxxxxxxx", "sk_live_xxxxxxxxxxxxxxxxxxxxxxxx"},
		{"LAIzaMadeUpKeyForLeakAuditTestsAbcdefghij",
			"LAIzaMadeUpKeyForLeakAuditTestsAbcdefghij"},
		{"eyJ.txt", "eyJ.txt"}};
	struct buf b = {0};
	char text[17];

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		buf_clear(&b);
		name_put_starred(&b, span_str(numbers[i].name));
		assert_string_equal(buf_cstr(&b), numbers[i].starred);
	}
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		column_name(columns[i].column, text);
		assert_string_equal(text, columns[i].name);
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		buf_clear(&b);
		name_masked(&b, span_str(names[i].name));
		assert_string_equal(buf_cstr(&b), names[i].masked);
	}
	record_id_hex(0xAB, text);
	assert_string_equal(text, "00000000000000ab");
	buf_clear(&b);
	put_number(&b, UINT64_MAX);
	buf_putc(&b, ' ');
	put_number(&b, 999);
	buf_putc(&b, ' ');
	put_size(&b, 1023.96 * 1024);
	assert_string_equal(buf_cstr(&b), "18,446,744,073,709,551,615 999 1.0 MiB");
	buf_free(&b);
}

static void
cutting(void **state)
{
	static const struct {
		const char *raw, *want;
		size_t max;
	} rows[] = {{"abcdefgh", "abcdefgh", 8},
		{"abcdefghi",
			"abc\xE2\x80\xA6"
			"fghi",
			8},
		{"\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2",
			"\xE6\xBC\xA2\xE2\x80\xA6\xE6\xBC\xA2\xE6\xBC\xA2", 8},
		{"\n\n\n\n", "\xE2\x80\xA6\\x0a", 8}, {"", "", 8}};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool cut;

		buf_clear(&b);
		cut = escape_cut(&b, span_str(rows[i].raw), ESCAPE_PLAIN, rows[i].max, true);
		assert_string_equal(buf_cstr(&b), rows[i].want);
		assert_int_equal(cut, strstr(rows[i].want, "\xE2\x80\xA6") != NULL);
	}
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain),
		cmocka_unit_test(quiet_and_masked),
		cmocka_unit_test(colored),
		cmocka_unit_test(interrupted),
		cmocka_unit_test(narrow),
		cmocka_unit_test(places),
		cmocka_unit_test(grouped),
		cmocka_unit_test(helpers),
		cmocka_unit_test(cutting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
