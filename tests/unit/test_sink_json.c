/* JSON and JSON Lines: exact output, strict syntax, hostile names, failing writes. */
#include <errno.h>
#include <stdarg.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "sink_json_common.h"
#include "sinkfix.h"

#include "base/poison.h"

static const char golden[] = "{\"type\":\"scan\",\"v\":1,\"host\":\"fs1\",\"version\":\"0.1.0\","
			     "\"rules\":\"abc\","
			     "\"roots\":[\"/srv\"],\"started\":\"2026-11-21T22:00:00Z\"}\n"
			     "{\"type\":\"finding\",\"v\":1,\"id\":\"0000000000000002\",\"rule\":"
			     "\"password-file\","
			     "\"category\":\"credential\",\"severity\":\"low\",\"confidence\":"
			     "\"medium\",\"score\":12,"
			     "\"path\":\"/srv/"
			     "Password-tr0ub4dor.xlsx\",\"inner\":[],\"mime\":\"text/plain\","
			     "\"count\":1,\"unique\":1,\"why\":[\"its "
			     "name\"],\"at\":[],\"sample\":[],\"via\":\"name\","
			     "\"reach\":{\"class\":\"unknown\",\"readers\":null,\"via\":[]},"
			     "\"owner\":\"root\","
			     "\"mode\":\"0644\",\"size\":482113,\"mtime\":\"2014-11-24T08:00:00Z\"}"
			     "\n"
			     "{\"type\":\"finding\",\"v\":1,\"id\":\"9f2c41d07a3be655\",\"rule\":"
			     "\"us-ssn\","
			     "\"category\":\"identity\",\"severity\":\"critical\",\"confidence\":"
			     "\"high\",\"score\":93,"
			     "\"path\":\"/srv/"
			     "2014.zip\",\"inner\":[\"pay!roll\",\"q4.xlsx\"],\"mime\":\"text/"
			     "plain\","
			     "\"count\":3803,\"unique\":3790,\"why\":[\"column header "
			     "\\\"SSN\\\"\","
			     "\"valid area, group and "
			     "serial\"],\"at\":[{\"sheet\":\"Staff\",\"row\":2,\"column\":\"D\"},"
			     "{\"line\":3,\"col\":14,\"part\":\"comment\"},{\"page\":7},{\"part\":"
			     "\"metadata\"},"
			     "{\"offset\":4096}],\"sample\":[\"***-**-6781\"],\"via\":\"text\","
			     "\"reach\":{\"class\":\"unknown\",\"readers\":null,\"via\":[]},"
			     "\"owner\":\"root\","
			     "\"mode\":\"0644\",\"size\":482113,\"mtime\":\"2014-11-24T08:00:00Z\"}"
			     "\n"
			     "{\"type\":\"finding\",\"v\":1,\"id\":\"0000000000000003\",\"rule\":"
			     "\"token\","
			     "\"category\":\"credential\",\"severity\":\"high\",\"confidence\":"
			     "\"high\",\"score\":70,"
			     "\"path\":\"/srv/"
			     "=a\\u000a\\u001b[31m\\\"q\\\\,!\xEF\xBF\xBD\\u202e.txt\","
			     "\"path_b64\":\"L3Nydi89YQobWzMxbSJxXCwh/+KAri50eHQ=\","
			     "\"inner\":[\"x\xEF\xBF\xBD(\"],\"inner_b64\":[\"eMMo\"],\"mime\":"
			     "\"text/plain\","
			     "\"count\":1,\"unique\":1,\"why\":[\"=cmd\"],\"at\":[{\"line\":1,"
			     "\"col\":1}],"
			     "\"sample\":[\"\xE2\x80\xA6\"],\"via\":\"text\","
			     "\"reach\":{\"class\":\"unknown\",\"readers\":null,\"via\":[]},"
			     "\"owner\":null,"
			     "\"mode\":null,\"size\":null,\"mtime\":null}\n"
			     "{\"type\":\"gap\",\"v\":1,\"id\":\"0000000000000004\",\"path\":\"/"
			     "srv/old.zip\","
			     "\"inner\":[\"pay!roll\"],\"reason\":\"encrypted\",\"detail\":\"zip "
			     "AES-256\","
			     "\"hides\":true}\n"
			     "{\"type\":\"gap\",\"v\":1,\"id\":\"0000000000000005\",\"path\":\"/"
			     "srv/d\",\"inner\":[],"
			     "\"reason\":\"excluded\",\"detail\":\"a folder that holds "
			     "itself\",\"hides\":false}\n"
			     "{\"type\":\"summary\",\"v\":1,\"complete\":true,\"hidden\":1,"
			     "\"files\":52011,"
			     "\"items\":71203,\"bytes\":81604378624,\"findings\":3,\"gaps\":2,"
			     "\"unchanged\":0,"
			     "\"seconds\":93.1,"
			     "\"values\":{\"token\":{\"unique\":1,\"copies\":1,\"files\":1},"
			     "\"us-ssn\":{\"unique\":41200,\"copies\":1003412,\"files\":601}}}\n";

static char *
run(const char *output, const struct sink_options *o)
{
	struct sinkfix x;
	char *text;
	int r = -1;

	sinkfix_init(&x);
	text = sinkfix_run(&x, output, o, &r);
	assert_non_null(text);
	assert_int_equal(r, 0);
	return text;
}

static void
jsonl(void **state)
{
	char *text = run("jsonl", &(struct sink_options){0});
	unsigned lines = 0;

	(void)state;
	assert_string_equal(text, golden);
	for (char *p = text, *end; (end = strchr(p, '\n')); p = end + 1, lines++)
		assert_true(json_valid(p, (size_t)(end - p)));
	assert_int_equal(lines, SINKFIX_RECORDS + 2);
	free(text);
}

static const char *
after(const char *text, const char *word)
{
	const char *p = strstr(text, word);

	if (!p)
		fail_msg("'%s' is missing or out of order", word);
	return p + strlen(word);
}

static void
json(void **state)
{
	char *text = run("json", &(struct sink_options){0});
	const char *p;

	(void)state;
	assert_true(json_valid(text, strlen(text)));
	p = after(text, "{\"scan\":{\"type\":\"scan\"");
	p = after(p, "\"findings\":[\n{\"type\":\"finding\"");
	p = after(p, "},\n{\"type\":\"finding\"");
	p = after(p, "},\n{\"type\":\"finding\"");
	assert_ptr_equal(after(p, "null}],\n\"gaps\":["), strstr(p, "\"gaps\":[") + 8);
	p = after(p, "\"gaps\":[\n{\"type\":\"gap\"");
	p = after(p, "},\n{\"type\":\"gap\"");
	p = after(p, "],\n\"summary\":{\"type\":\"summary\"");
	assert_null(strstr(p, "gap\""));
	free(text);
}

static void
json_empty(void **state)
{
	const struct output *out = output_find("json");
	struct sinkfix x;
	void *s = calloc(1, out->state_size);
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	(void)state;
	sinkfix_init(&x);
	x.summary.n_totals = 0;
	x.summary.complete = false;
	assert_int_equal(out->begin(s, &(struct sink_options){.to = f}, &x.head), 0);
	assert_int_equal(out->end(s, &x.summary), 0);
	out->free(s);
	free(s);
	(void)fclose(f);
	assert_true(json_valid(text, n));
	assert_non_null(strstr(text, "\"findings\":[],\n\"gaps\":[],\n"));
	assert_non_null(strstr(text, "\"complete\":false"));
	assert_non_null(strstr(text, "\"values\":{}"));
	free(text);
}

static void
masked(void **state)
{
	char *text = run("jsonl", &(struct sink_options){.show_none = true, .mask_names = true});

	(void)state;
	assert_null(strstr(text, "6781"));
	assert_null(strstr(text, "tr0ub4dor"));
	assert_non_null(strstr(text, "\"path\":\"/srv/P\xE2\x80\xA6.xlsx\""));
	/* no rule matched in these names */
	assert_non_null(
		strstr(text, "\"path\":\"/srv/2014.zip\",\"inner\":[\"pay!roll\",\"q4.xlsx\"]"));
	free(text);
}

/* Every byte there is, in a name, of any length: still JSON. */
static void
any_bytes(void **state)
{
	const struct sink_options o = {0};
	struct owners owners = {0};
	struct sinkfix x;
	struct buf b = {0};
	char name[2001];

	(void)state;
	sinkfix_init(&x);
	srand(7);
	for (int round = 0; round < 300; round++) {
		size_t n = 1 + (size_t)rand() % (sizeof(name) - 1);

		for (size_t i = 0; i < n; i++)
			name[i] = (char)(1 + rand() % 255);
		name[n] = 0;
		x.records[1].path = name;
		x.names[0] = span_of(name, n);
		buf_clear(&b);
		json_record(&b, &x.records[1], &o, &owners);
		assert_true(json_valid((char *)b.p, b.n));
	}
	buf_free(&b);
}

static void
checker(void **state)
{
	static const char *const good[] = {"{}", " [1, -0.5e+3, \"a\\u00e9\\n\"] ", "null"};
	static const char *const bad[] = {"", "{", "[1,]", "{\"a\" 1}", "01", "\"\n\"", "\"\xFF\"",
		"\"\\x\"", "1 2", "{a:1}", "tru"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(json_valid(good[i], strlen(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(json_valid(bad[i], strlen(bad[i])));
}

static void
full_disk(void **state)
{
	static const char *const names[] = {"text", "jsonl", "json", "csv"};
	struct sinkfix x;

	(void)state;
	sinkfix_init(&x);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		FILE *f = fopen("/dev/full", "we");

		assert_int_equal(sinkfix_into(&x, names[i], &(struct sink_options){0}, f), -ENOSPC);
		(void)fclose(f);
	}
}

static void
reader_gone(void **state)
{
	static const char *const names[] = {"text", "jsonl", "json", "csv"};
	struct sinkfix x;

	(void)state;
	sinkfix_init(&x);
	(void)signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int ends[2];
		FILE *f;

		assert_int_equal(pipe(ends), 0);
		(void)close(ends[0]);
		f = fdopen(ends[1], "w");
		assert_int_equal(sinkfix_into(&x, names[i], &(struct sink_options){0}, f), -EPIPE);
		(void)fclose(f);
	}
}

static void
registered(void **state)
{
	(void)state;
	for (size_t i = 0; outputs[i]; i++)
		assert_ptr_equal(output_find(outputs[i]->name), outputs[i]);
	assert_null(output_find("html"));
	assert_null(output_find(""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jsonl),
		cmocka_unit_test(json),
		cmocka_unit_test(json_empty),
		cmocka_unit_test(masked),
		cmocka_unit_test(any_bytes),
		cmocka_unit_test(checker),
		cmocka_unit_test(full_disk),
		cmocka_unit_test(reader_gone),
		cmocka_unit_test(registered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
