/* Outlook stores: made ones of every layout, whole, cut and with holes; those of a corpus. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>
#include <cmocka.h>

#include "pstmake.h"
#include "readtest.h"

#include "base/poison.h"

#define PAGE 512u

static char *
log_of(struct recsink *rs, struct span s)
{
	recsink_init(rs, true);
	assert_int_equal(recsink_bytes(rs, "a.pst", s), 0);
	return (char *)(uintptr_t)recsink_log(rs);
}

/* How often a log has these words. */
static size_t
count(const char *log, const char *words)
{
	size_t n = 0;

	while ((log = strstr(log, words))) {
		log += strlen(words);
		n++;
	}
	return n;
}

static struct span
slurp(FILE *f)
{
	uint8_t *p;
	long n;

	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	n = ftell(f);
	rewind(f);
	p = malloc((size_t)n + 1);
	assert_non_null(p);
	assert_int_equal(fread(p, 1, (size_t)n, f), n);
	(void)fclose(f);
	return span_of(p, (size_t)n);
}

static void
release(struct span s)
{
	free((void *)(uintptr_t)s.p);
}

/* --- headers without a store ----------------------------------------------------------------- */

static void
header(uint8_t p[1024], uint16_t version, uint8_t crypt)
{
	memset(p, 0, 1024);
	memcpy(p, "!BDN", 4);
	memcpy(p + 8, "SM", 2);
	p[10] = (uint8_t)version;
	p[version < 21 ? 461 : 513] = crypt;
	memcpy(p + 700, "words of a store", 16);
}

/* What cannot be opened says why, and its words are searched. */
static void
test_unread(void **state)
{
	static const struct {
		uint16_t version;
		uint8_t crypt;
		const char *gap;
	} cases[] = {{23, 0, "gap corrupt hides Outlook store: parts of it cannot be reached"},
		{15, 0, "gap corrupt hides Outlook store: parts of it cannot be reached"},
		{36, 0, "gap corrupt hides Outlook store: parts of it cannot be reached"},
		{23, 3, "gap corrupt hides Outlook store\n"},
		{16, 0, "gap corrupt hides Outlook store\n"},
		{23, 0x10, "gap encrypted hides Outlook store: Windows Information Protection"},
		{15, 0x10, "gap encrypted hides Outlook store: Windows Information Protection"}};
	uint8_t p[1024];
	struct recsink rs;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		header(p, cases[i].version, cases[i].crypt);
		assert_non_null(strstr(log_of(&rs, span_of(p, sizeof p)), cases[i].gap));
		assert_non_null(strstr(recsink_log(&rs), "words of a store"));
		recsink_free(&rs);
	}
	assert_non_null(strstr(log_of(&rs, span_str("!BDN")), "gap corrupt"));
	recsink_free(&rs);
}

/* --- made stores -------------------------------------------------------------------------------- */

/* n bytes of lines, the last of them END. */
static struct buf
lines(const char *word, size_t n)
{
	struct buf b = {0};

	for (unsigned i = 0; b.n < n; i++)
		buf_printf(&b, "%s %u\r\n", word, i);
	buf_printf(&b, "%s END\r\n", word);
	return b;
}

static void
put_messages(struct pstmake *p, uint32_t folder)
{
	static const char *const to[] = {"ann@example.com", "bob@example.com"};
	struct buf body = lines("body", 30000), file = lines("file", 70000);
	const struct pstmake_attachment inmost = {
		.name = "inmost.txt", .bytes = span_str("inmost words")};
	const struct pstmake_message inner = {.subject = "inner subject",
		.body = "inner words",
		.sent = 1416816000,
		.files = &inmost,
		.n_files = 1};
	const struct pstmake_attachment files[] = {
		{.name = "short.txt", .bytes = span_str("short words")},
		{.name = "long.txt", .bytes = buf_span(&file)},
		{.name = "inner", .message = &inner}};
	const struct pstmake_message m = {.id = "<1@example.com>",
		.subject = "outer subject",
		.from = "carl@example.com",
		.headers = "X-Route: by sea\r\n",
		.body = buf_cstr(&body),
		.html = span_str("<p>rich <b>words</b></p>"),
		.to = to,
		.n_to = 2,
		.sent = 1416902400,
		.files = files,
		.n_files = 3};

	(void)pstmake_message(p, folder, &m);
	for (unsigned i = 0; i < 40; i++) {
		char subject[32];
		const struct pstmake_message small = {
			.subject = subject, .body = "a few words", .sent = 1416816000 + i};

		(void)snprintf(subject, sizeof subject, "small %u", i);
		(void)pstmake_message(p, folder, &small);
	}
	buf_free(&body);
	buf_free(&file);
}

static struct span
made(const struct pstmake_options *o)
{
	FILE *f = tmpfile();
	struct pstmake *p;
	uint32_t folder;

	assert_non_null(f);
	p = pstmake_new(f, o);
	folder = pstmake_folder(p, PSTMAKE_TOP, "Upper");
	folder = pstmake_folder(p, folder, "Lower");
	put_messages(p, folder);
	(void)pstmake_end(p);
	return slurp(f);
}

static const struct pstmake_options layouts[] = {
	{0},
	{.plain = true},
	{.cyclic = true},
	{.ost = true},
	{.password = "secret"},
	{.ansi = true},
	{.ansi = true, .plain = true},
	{.ansi = true, .cyclic = true},
	{.big = true, .ost = true},
	{.big = true, .plain = true, .deflated = true},
	{.big = true, .cyclic = true, .deflated = true},
};

#define LAYOUTS (sizeof layouts / sizeof *layouts)

/* Each layout gives the same, and all of it. */
static void
test_layouts(void **state)
{
	static const char *const parts[] = {"text metadata [folder]|Upper",
		"text metadata [folder]|Lower",
		"Subject: outer subject\\nDate: 2014-11-25\\nHeaders: X-Route: by sea",
		"From: carl@example.com", "To: ann@example.com; bob@example.com",
		"Recipient: ann@example.com", "Recipient: bob@example.com", "text body|body 0",
		"body END", "rich words", "item 2 short.txt text/plain\n", "text body|short words",
		"item 2 long.txt text/plain\n", "file END", "-2014-11-24 application",
		"Subject: inner subject", "text body|inner words", "item 3 inmost.txt text/plain\n",
		"text body|inmost words", "Subject: small 39",
		"fact mailbox 41 Outlook store with 41 messages"};
	struct recsink first, rs;

	(void)state;
	for (size_t i = 0; i < LAYOUTS; i++) {
		struct span s = made(&layouts[i]);
		char *log = log_of(i ? &rs : &first, s);

		for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
			assert_non_null(strstr(log, parts[k]));
		assert_int_equal(count(log, "item 1 mail-"), 41);
		assert_int_equal(count(log, "a few words"), 40);
		assert_null(strstr(log, "gap"));
		assert_string_equal(log, recsink_log(&first));
		if (i)
			recsink_free(&rs);
		release(s);
	}
	recsink_free(&first);
}

/* A store out of a stream that does not seek. */
static void
test_stream(void **state)
{
	struct span s = made(&layouts[0]);
	uint8_t *p = malloc(s.n + 1000);
	z_stream z = {.next_in = (Bytef *)(uintptr_t)s.p,
		.avail_in = (uInt)s.n,
		.next_out = p,
		.avail_out = (uInt)s.n + 1000};
	struct recsink rs;

	(void)state;
	assert_int_equal(deflateInit2(&z, 1, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(count(log_of(&rs, span_of(p, z.total_out)), "item 2 mail-"), 41);
	assert_null(strstr(recsink_log(&rs), "gap"));
	(void)deflateEnd(&z);
	recsink_free(&rs);
	free(p);
	release(s);
}

/* Rows over many blocks, content over lists of lists. */
static void
test_large(void **state)
{
	enum { RECIPIENTS = 3000 };
	static char names[RECIPIENTS][24];
	static const char *to[RECIPIENTS];
	struct buf file = lines("file", 9u << 20), body = lines("body", 200000);
	const struct pstmake_attachment a = {.name = "long.bin", .bytes = buf_span(&file)};
	const struct pstmake_message m = {
		.body = buf_cstr(&body), .to = to, .n_to = RECIPIENTS, .files = &a, .n_files = 1};

	(void)state;
	for (size_t i = 0; i < RECIPIENTS; i++) {
		(void)snprintf(names[i], sizeof names[i], "r%zu@example.com", i);
		to[i] = names[i];
	}
	for (size_t i = 0; i < LAYOUTS; i += 5) {
		FILE *f = tmpfile();
		struct pstmake *p = pstmake_new(f, &layouts[i]);
		struct recsink rs;
		struct span s;

		(void)pstmake_message(p, PSTMAKE_TOP, &m);
		(void)pstmake_end(p);
		s = slurp(f);
		assert_int_equal(count(log_of(&rs, s), "Recipient: r"), RECIPIENTS);
		assert_non_null(strstr(recsink_log(&rs), "Recipient: r2999@example.com"));
		assert_non_null(strstr(recsink_log(&rs), "file END"));
		assert_non_null(strstr(recsink_log(&rs), "body END"));
		assert_null(strstr(recsink_log(&rs), "gap"));
		recsink_free(&rs);
		release(s);
	}
	buf_free(&file);
	buf_free(&body);
}

/* --- damage ---------------------------------------------------------------------------------------- */

static void
check_told(struct span s, const char *whole)
{
	struct recsink rs;
	const char *log = log_of(&rs, s);

	if (strcmp(log, whole) != 0)
		assert_non_null(strstr(log, "gap corrupt"));
	recsink_free(&rs);
}

/* Cut short at any page: what is missing is told. */
static void
test_cut(void **state)
{
	static const size_t kinds[] = {0, 5, 9};

	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct span s = made(&layouts[kinds[i]]);
		struct recsink rs;

		for (size_t n = PAGE; n < s.n; n += i ? (size_t)8 * PAGE : PAGE) {
			assert_non_null(strstr(log_of(&rs, span_sub(s, 0, n)), "gap corrupt"));
			recsink_free(&rs);
		}
		release(s);
	}
}

/* Zeros in place of any page: either nothing was there or it is told. */
static void
test_holes(void **state)
{
	static const size_t kinds[] = {0, 7, 9};

	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct span s = made(&layouts[kinds[i]]);
		uint8_t *p = malloc(s.n);
		struct recsink whole;

		(void)log_of(&whole, s);
		memcpy(p, s.p, s.n);
		for (size_t at = (size_t)2 * PAGE; at < s.n; at += PAGE) {
			size_t n = s.n - at < PAGE ? s.n - at : PAGE;

			if (p[at] == 0 && memcmp(p + at, p + at + 1, n - 1) == 0)
				continue;
			memset(p + at, 0, n);
			check_told(span_of(p, s.n), recsink_log(&whole));
			memcpy(p + at, s.p + at, n);
		}
		recsink_free(&whole);
		free(p);
		release(s);
	}
}

/* A page of the tree of nodes that all entries above lead to gives its nodes once; a circle ends. */
static void
test_shared_pages(void **state)
{
	struct span s = made(&layouts[0]);
	uint8_t *p = malloc(s.n), *root;
	struct recsink rs;
	size_t whole;

	(void)state;
	whole = count(log_of(&rs, s), "item 1 mail-");
	recsink_free(&rs);
	memcpy(p, s.p, s.n);
	root = p + le64(p + 224);
	assert_true(root[491] == 1 && root[488] > 2);
	for (unsigned i = 1; i < root[488]; i++)
		memcpy(root + (size_t)24 * i + 8, root + 8, 16);
	assert_true(count(log_of(&rs, span_of(p, s.n)), "item 1 mail-") < whole);
	assert_true(count(recsink_log(&rs), "Subject: small 1\\n") <= 1);
	assert_non_null(strstr(recsink_log(&rs), "gap corrupt"));
	recsink_free(&rs);
	for (unsigned i = 0; i < root[488]; i++)
		memcpy(root + (size_t)24 * i + 8, p + 216, 16);
	assert_null(strstr(log_of(&rs, span_of(p, s.n)), "item 1 mail-"));
	assert_non_null(strstr(recsink_log(&rs), "gap corrupt"));
	recsink_free(&rs);
	free(p);
	release(s);
}

/* A store that says its blocks are plain when they are not. */
static void
test_wrong_header(void **state)
{
	struct span s = made(&layouts[0]);
	struct recsink whole, rs;

	(void)state;
	(void)log_of(&whole, s);
	((uint8_t *)(uintptr_t)s.p)[513] = 0;
	assert_string_equal(log_of(&rs, s), recsink_log(&whole));
	recsink_free(&rs);
	recsink_free(&whole);
	release(s);
}

/* The words of a store without its trees are found, permuted or not. */
static void
test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct span s = made(&layouts[i]);
		struct recsink rs;

		memset((uint8_t *)(uintptr_t)s.p + 216, 0, 32);
		assert_non_null(strstr(log_of(&rs, s), "text raw @"));
		assert_non_null(strstr(recsink_log(&rs), "a few words"));
		assert_null(strstr(recsink_log(&rs), "fact mailbox"));
		recsink_free(&rs);
		release(s);
	}
}

/* --- others' stores -------------------------------------------------------------------------------- */

/* Messages are items named by hash and date; a store cut short says so and nothing crashes. */
static void
check_store(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct recsink rs;
	struct span s;

	assert_non_null(f);
	s = slurp(f);
	assert_non_null(strstr(log_of(&rs, s), "item 1 mail-"));
	assert_non_null(strstr(recsink_log(&rs), "text body|"));
	assert_null(strstr(recsink_log(&rs), "gap"));
	recsink_free(&rs);
	for (size_t n = 1024; n < s.n; n += s.n / 5) {
		assert_non_null(strstr(log_of(&rs, span_sub(s, 0, n)), "gap corrupt"));
		recsink_free(&rs);
	}
	release(s);
}

static void
test_corpus(void **state)
{
	const char *corpus = getenv("LEAKAUDIT_CORPUS");
	char path[4096];
	const struct dirent *e;
	DIR *d;

	(void)state;
	(void)snprintf(path, sizeof path, "%s/pst", corpus ? corpus : "");
	d = corpus ? opendir(path) : NULL;
	if (!d)
		skip();
	while ((e = readdir(d))) {
		(void)snprintf(path, sizeof path, "%s/pst/%s", corpus, e->d_name);
		if (e->d_name[0] != '.')
			check_store(path);
	}
	(void)closedir(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unread),
		cmocka_unit_test(test_layouts),
		cmocka_unit_test(test_stream),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_holes),
		cmocka_unit_test(test_shared_pages),
		cmocka_unit_test(test_wrong_header),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_corpus),
	};

	return cmocka_run_group_tests(tests, read_open, read_close);
}
