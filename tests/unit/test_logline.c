/* Lines of the log: exact, short enough, of one line whatever the names are, and read back. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <syslog.h>

#include "base/utf8.h"
#include "logline.h"
#include "sinkfix.h"

#include "base/poison.h"

static struct logline made;
static size_t line_max = LOGLINE_MAX;

static const char *
event_line(struct buf *b, const struct store_line *e, const struct logline_style *style)
{
	buf_clear(b);
	assert_int_equal(logline_fill(&made, e, style), 0);
	logline_put(b, &made, line_max);
	assert_false(b->failed);
	assert_true(b->n <= line_max);
	for (size_t i = 0; i < b->n; i++)
		assert_true(b->p[i] >= 0x20 && b->p[i] != 0x7F);
	assert_int_equal(utf8_valid(buf_span(b)), b->n);
	if (style->format == LOG_JSON)
		assert_true(json_valid(buf_cstr(b), b->n));
	return buf_cstr(b);
}

static struct store_line
event_of(const struct record *r)
{
	return (struct store_line){.event = r->type == RECORD_FINDING ? STORE_FINDING : STORE_GAP,
		.record = r,
		.store = "0",
		.share = "",
		.seq = 812,
		.ts = 1795299004};
}

static const char *
line(struct buf *b, const struct record *r, bool mask)
{
	const struct store_line e = event_of(r);

	return event_line(b, &e, &(struct logline_style){.plain_names = !mask});
}

static void
golden(void **state)
{
	struct sinkfix x;
	struct buf b = {0};

	(void)state;
	sinkfix_init(&x);
	assert_string_equal(line(&b, &x.records[1], true),
		"v=1 event=finding store=0 seq=812 ts=2026-11-21T22:10:04Z id=9f2c41d07a3be655 "
		"act=new "
		"sev=crit score=93 rule=us-ssn conf=high count=3803 unique=3790 reach=unknown "
		"file=\"/srv/2014.zip\" inner=\"pay!!roll!q4.xlsx\" owner=root mode=0644 "
		"why=\"column header \\\"SSN\\\"; valid area, group and serial\"");
	assert_string_equal(line(&b, &x.records[2], true),
		"v=1 event=finding store=0 seq=812 ts=2026-11-21T22:10:04Z id=0000000000000003 "
		"act=new "
		"sev=high score=70 rule=token conf=high count=1 unique=1 reach=unknown "
		"file=\"/srv/=a\\x0a\\x1b[31m\\\"q\\\\,!\\xff\\xe2\\x80\\xae.txt\" "
		"inner=\"x\\xc3(\" "
		"why=\"=cmd\"");
	assert_string_equal(line(&b, &x.records[3], true),
		"v=1 event=gap store=0 seq=812 ts=2026-11-21T22:10:04Z id=0000000000000004 act=new "
		"reason=encrypted hides=1 file=\"/srv/old.zip\" inner=\"pay!!roll\" owner=root "
		"mode=0644 detail=\"zip AES-256\"");
	assert_non_null(
		strstr(line(&b, &x.records[0], true), " file=\"/srv/P\xE2\x80\xA6.xlsx\" "));
	assert_null(strstr(line(&b, &x.records[0], true), "tr0ub4dor"));
	assert_non_null(strstr(line(&b, &x.records[0], false), "tr0ub4dor"));
	buf_free(&b);
}

static int
priority(const struct record *r)
{
	return store_priority(r->type == RECORD_FINDING ? STORE_FINDING : STORE_GAP, r);
}

static void
priorities(void **state)
{
	struct sinkfix x;

	(void)state;
	sinkfix_init(&x);
	assert_int_equal(priority(&x.records[1]), LOG_CRIT);
	assert_int_equal(priority(&x.records[2]), LOG_WARNING);
	assert_int_equal(priority(&x.records[0]), LOG_INFO);
	x.records[0].severity = SEV_MEDIUM;
	assert_int_equal(priority(&x.records[0]), LOG_NOTICE);
	assert_int_equal(priority(&x.records[3]), LOG_INFO);
	assert_int_equal(store_priority(STORE_ERROR, NULL), LOG_ERR);
	assert_int_equal(store_priority(STORE_GONE, &x.records[1]), LOG_INFO);
	assert_int_equal(store_priority(STORE_SUMMARY, NULL), LOG_INFO);
}

/* Long names of one, two and four bytes a character and of bytes that grow by escaping. */
static void
cut(void **state)
{
	static const char *const units[] = {
		"a", "\"", "\\", "\n", "\xFF", "\xC3\xA9", "\xF0\x9F\x94\x91", "\xE2\x80\xAE"};
	static char path[40000], inner[40000];
	struct sinkfix x;
	struct buf b = {0};

	(void)state;
	sinkfix_init(&x);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t n = 0, m = strlen(units[i]);
		const char *text;

		memcpy(path, "/begin/", 7);
		for (n = 7; n + m + 5 < sizeof(path); n += m)
			memcpy(path + n, units[i], m);
		memcpy(path + n, "/end", 5);
		memcpy(inner, path, sizeof(path));
		x.records[1].path = path;
		x.names[0] = span_of(inner, n + 4);
		memset(x.findings[0].why, 'w', sizeof(x.findings[0].why));
		x.findings[0].n_why = LIMIT_WHY;
		text = line(&b, &x.records[1], true);
		assert_non_null(strstr(text, " file=\"/begin/"));
		assert_non_null(strstr(text, "/end\" inner=\"/begin/"));
		assert_non_null(strstr(text, "/end!q4.xlsx\" owner=root"));
		assert_non_null(strstr(text, "\xE2\x80\xA6"));
		assert_string_equal(text + b.n - 6, " cut=1");
	}
	buf_free(&b);
}

/* A line that just fits is not cut; one byte more is. */
static void
edge(void **state)
{
	static char path[4096];
	struct sinkfix x;
	struct buf b = {0};
	size_t rest;

	(void)state;
	sinkfix_init(&x);
	x.records[2].path = "/";
	(void)line(&b, &x.records[2], true);
	rest = b.n - 1;
	memset(path, 'p', LOGLINE_MAX - rest);
	x.records[2].path = path;
	assert_null(strstr(line(&b, &x.records[2], true), "cut=1"));
	assert_int_equal(b.n, LOGLINE_MAX);
	path[LOGLINE_MAX - rest] = 'p';
	assert_non_null(strstr(line(&b, &x.records[2], true), "cut=1"));
	buf_free(&b);
}

/* --- read back ------------------------------------------------------------------------------ */

struct pair {
	char key[32];
	struct buf value;
};

/* One escape of logfmt; gives the bytes taken. */
static size_t
unescape(const char *p, struct buf *b)
{
	char hex[3] = {0};

	if (p[1] != 'x') {
		assert_true(p[1] == '"' || p[1] == '\\');
		buf_putc(b, (uint8_t)p[1]);
		return 2;
	}
	memcpy(hex, p + 2, 2);
	assert_int_equal(strspn(hex, "0123456789abcdef"), 2);
	buf_putc(b, (uint8_t)strtoul(hex, NULL, 16));
	return 4;
}

static const char *
parse_quoted(const char *p, struct buf *b)
{
	for (p++; *p != '"';) {
		assert_int_not_equal(*p, 0);
		if (*p == '\\')
			p += unescape(p, b);
		else
			buf_putc(b, (uint8_t)*p++);
	}
	return p + 1;
}

/* Strict: KEY=BARE or KEY="QUOTED", one blank between. How many. */
static size_t
parse(const char *p, struct pair *pairs, size_t max)
{
	size_t n = 0;

	while (*p) {
		size_t k = strspn(p, "abcdefghijklmnopqrstuvwxyz_");

		assert_true(n < max && k > 0 && k < sizeof(pairs->key) && p[k] == '=');
		pairs[n] = (struct pair){0};
		memcpy(pairs[n].key, p, k);
		p += k + 1;
		if (*p == '"')
			p = parse_quoted(p, &pairs[n].value);
		else
			for (; *p && *p != ' '; p++) {
				assert_true(*p != '"' && *p != '=' && *p != '\\');
				buf_putc(&pairs[n].value, (uint8_t)*p);
			}
		n++;
		assert_true(*p == 0 || (*p == ' ' && p[1] != 0));
		p += *p == ' ';
	}
	return n;
}

static const struct buf *
find(const struct pair *pairs, size_t n, const char *key)
{
	const struct buf *found = NULL;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(pairs[i].key, key) != 0)
			continue;
		assert_null(found);
		found = &pairs[i].value;
	}
	return found;
}

static void
pairs_free(struct pair *pairs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_free(&pairs[i].value);
}

/* Each key once, in whatever name; what is not cut is the name to the byte. */
static void
check_parsed(const char *text, const char *path, const char *inner)
{
	struct pair pairs[LOGLINE_FIELDS + 1];
	size_t n = parse(text, pairs, LOGLINE_FIELDS + 1);
	const struct buf *file = find(pairs, n, "file"), *in = find(pairs, n, "inner");
	bool cut = find(pairs, n, "cut") != NULL;

	assert_string_equal(pairs[1].key, "event");
	assert_true(span_eq(buf_span(find(pairs, n, "seq")), span_str("812")));
	assert_non_null(file);
	assert_non_null(in);
	if (!cut) {
		assert_true(span_eq(buf_span(file), span_str(path)));
		assert_int_equal(in->n, strlen(inner));
	}
	/* of what is cut the beginning and the end are there */
	assert_memory_equal(file->p, path, 6);
	assert_memory_equal(file->p + file->n - 2, path + strlen(path) - 2, 2);
	pairs_free(pairs, n);
}

static uint64_t seed = 20261122;

static uint32_t
dice(uint32_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % n;
}

/* Pieces that have broken logs before, and bytes of any kind; no NUL and no slash. */
static void
hostile(char *text, size_t n)
{
	static const char *const pieces[] = {"\n", "\r\n<82>Nov 22 05:00:00 x leakaudit: v=1 ",
		"\" event=finding sev=low ", "\\", "\\\"", "\x1b[2J", "\x1b]0;x\x07", "\xFF\xFE",
		"\xC3", "\xED\xA0\x80", "\xE2\x80\xAE", "\xE2\x80\xA8", "\xF0\x9F\x94\x91", "%s%n",
		"cut=1", "=", " ", "\t", "\x7F", "\xC2\x85", "\xC2\x9B", "{\"a\":", "abc", "seq=1"};
	size_t at = 0;

	while (at < n) {
		const char *p = pieces[dice(sizeof(pieces) / sizeof(*pieces))];
		char any[2] = {(char)(1 + dice(255)), 0};
		size_t m;

		if (dice(4) == 0)
			p = any[0] == '/' || any[0] == '!' ? "a" : any;
		m = strlen(p);
		m = m < n - at ? m : n - at;
		memcpy(text + at, p, m);
		at += m;
	}
	text[n] = 0;
}

static void
properties(void **state)
{
	static char path[66000], inner[66000];
	struct sinkfix x;
	struct buf b = {0};

	(void)state;
	sinkfix_init(&x);
	for (unsigned i = 0; i < 1500; i++) {
		static const size_t most[] = {4, 30, 200, 900, 4096, 65000};
		size_t n = 1 + dice((uint32_t)most[dice(i % 50 ? 5 : 6)]);
		struct store_line e = event_of(&x.records[1]);

		memcpy(path, "/srv/", 5);
		hostile(path + 5, n);
		memcpy(path + 5 + n, "/z", 3);
		hostile(inner, 1 + dice((uint32_t)most[dice(4)]));
		x.records[1].path = path;
		x.records[1].inner.n = 1;
		x.names[0] = span_str(inner);
		line_max = i % 3 ? LOGLINE_MAX : LOGLINE_MIN;
		e.share = "hr \"1\"\n";
		e.act = dice(STORE_ACTS);
		check_parsed(
			event_line(&b, &e, &(struct logline_style){.owner = dice(3)}), path, inner);
		e.event = i % 2 ? STORE_FINDING : STORE_GONE;
		e.cause = STORE_DELETED;
		check_parsed(
			event_line(&b, &e, &(struct logline_style){.resent = true}), path, inner);
		(void)event_line(&b, &e, &(struct logline_style){.format = LOG_JSON});
	}
	line_max = LOGLINE_MAX;
	buf_free(&b);
}

/* Values of events without a record: any text, sixteen of them, and each is kept where it fits. */
static void
pairs_of_any_kind(void **state)
{
	static const char *const keys[16] = {"detail", "config", "folder", "root", "a", "b", "c",
		"d", "e", "f", "g", "h", "i", "j", "k", "l"};
	static char text[16][5000];
	struct buf b = {0};

	(void)state;
	for (unsigned round = 0; round < 600; round++) {
		struct store_line e = {.event = STORE_ROLLUP + dice(STORE_EVENTS - STORE_ROLLUP),
			.seq = UINT64_MAX,
			.store = "5e1f0000",
			.share = round % 2 ? "a share with a name" : "",
			.n_pairs = 1 + dice(16)};
		struct pair got[LOGLINE_FIELDS];
		size_t n;

		for (unsigned i = 0; i < e.n_pairs; i++) {
			hostile(text[i], 1 + dice(dice(3) ? 20 : 4900));
			e.pairs[i] = (struct store_pair){keys[i], text[i], dice(2) == 0};
		}
		line_max = dice(2) ? LOGLINE_MAX : LOGLINE_MIN;
		n = parse(event_line(&b, &e, &(struct logline_style){0}), got, LOGLINE_FIELDS);
		for (unsigned i = 0; i < e.n_pairs; i++) {
			const struct buf *v = find(got, n, keys[i]);

			assert_non_null(v);
			if (!find(got, n, "cut"))
				assert_true(span_eq(buf_span(v), span_str(text[i])));
		}
		pairs_free(got, n);
		(void)event_line(&b, &e, &(struct logline_style){.format = LOG_JSON});
	}
	line_max = LOGLINE_MAX;
	buf_free(&b);
}

static void
every_event(void **state)
{
	struct sinkfix x;
	struct buf b = {0};
	struct store_line e;

	(void)state;
	sinkfix_init(&x);
	e = event_of(&x.records[1]);
	e.store = "5e1f0a2b";
	e.event = STORE_GONE;
	e.cause = STORE_MOVED;
	e.share = "hr";
	assert_string_equal(event_line(&b, &e, &(struct logline_style){.owner = OWNER_UID}),
		"v=1 event=resolved store=5e1f0a2b seq=812 ts=2026-11-21T22:10:04Z "
		"id=9f2c41d07a3be655 cause=moved sev=crit score=93 rule=us-ssn share=hr "
		"file=\"/srv/2014.zip\" inner=\"pay!!roll!q4.xlsx\" owner=0 mode=0644");
	e.record = &x.records[3];
	assert_string_equal(
		event_line(&b, &e, &(struct logline_style){.owner = OWNER_NONE, .resent = true}),
		"v=1 event=resolved store=5e1f0a2b seq=812 ts=2026-11-21T22:10:04Z "
		"id=0000000000000004 cause=moved reason=encrypted hides=1 share=hr "
		"file=\"/srv/old.zip\" inner=\"pay!!roll\" mode=0644 resent=1");
	e = (struct store_line){.event = STORE_ROLLUP,
		.seq = 7,
		.ts = 1795299004,
		.store = "5e1f0a2b",
		.share = "hr",
		.pairs = {{"folder", "/srv/a b", true}, {"findings", "12", false},
			{"sev", "critical", false}, {"rules", "us-ssn:3,iban:1", false}},
		.n_pairs = 4};
	assert_string_equal(event_line(&b, &e, &(struct logline_style){0}),
		"v=1 event=rollup store=5e1f0a2b seq=7 ts=2026-11-21T22:10:04Z share=hr "
		"folder=\"/srv/a b\" findings=12 sev=crit rules=us-ssn:3,iban:1");
	assert_string_equal(event_line(&b, &e, &(struct logline_style){.format = LOG_JSON}),
		"{\"v\":1,\"event\":\"rollup\",\"store\":\"5e1f0a2b\",\"seq\":7,"
		"\"ts\":\"2026-11-21T22:10:04Z\",\"share\":\"hr\",\"folder\":\"/srv/a b\","
		"\"findings\":12,\"sev\":\"crit\",\"rules\":\"us-ssn:3,iban:1\"}");
	e.pairs[0].value = "/srv/862-43-5549 Jan";
	e.n_pairs = 1;
	assert_non_null(strstr(
		event_line(&b, &e, &(struct logline_style){0}), "folder=\"/srv/***-**-5549 Jan\""));
	assert_non_null(strstr(event_line(&b, &e, &(struct logline_style){.plain_names = true}),
		"folder=\"/srv/862-43-5549 Jan\""));
	e.event = STORE_ERROR;
	e.pairs[0] = (struct store_pair){"detail", "14", false};
	e.n_pairs = 1;
	assert_string_equal(event_line(&b, &e, &(struct logline_style){.format = LOG_JSON}),
		"{\"v\":1,\"event\":\"error\",\"store\":\"5e1f0a2b\",\"seq\":7,"
		"\"ts\":\"2026-11-21T22:10:04Z\",\"share\":\"hr\",\"detail\":\"14\"}");
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden),
		cmocka_unit_test(priorities),
		cmocka_unit_test(cut),
		cmocka_unit_test(edge),
		cmocka_unit_test(properties),
		cmocka_unit_test(pairs_of_any_kind),
		cmocka_unit_test(every_event),
	};
	int r = cmocka_run_group_tests(tests, NULL, NULL);

	logline_free(&made);
	return r;
}
