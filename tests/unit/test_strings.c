/* Printable runs out of bytes that nobody can parse, and what is said of formats not read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "limits.h"
#include "recsink.h"
#include "scanrig.h"

#include "base/cleanup.h"
#include "base/poison.h"

extern const struct extractor extract_unknown;

static void
expect(struct span in, const char *want)
{
	struct recsink rs;

	recsink_init(&rs, false);
	assert_int_equal(recsink_force(&rs, &extract_unknown, "a.bin", in), 0);
	assert_string_equal(recsink_log(&rs), want);
	recsink_free(&rs);
}

#define EXPECT(in, want) expect(span_of(in, sizeof(in) - 1), want)

static void
test_runs(void **state)
{
	(void)state;
	EXPECT("\1\2\3", "");
	EXPECT("\1\2short\3\4", "");
	EXPECT("\1\2sixsix\3\4seven77\1", "text raw @2|sixsix\\nseven77\\n\n");
	EXPECT("\1\2w\0i\0d\0e\0s\0t\0\1", "text raw @2|widest\\n\n");
	EXPECT("\1\2\0w\0i\0d\0e\0s\0t\1", "text raw @3|widest\\n\n");
	EXPECT("\1\2n\0a\0"
	       "\xEF\0v\0e\0s\0\1\1",
		"text raw @2|na\xC3\xAFves\\n\n");
	EXPECT("\1narrow\0w\0i\0d\0e\0r\0\1", "text raw @1|narrow\\n\ntext raw @6|wwider\\n\n");
}

/* A file with holes gives what the same file without them gives. */
static void
test_holes(void **state)
{
	enum { SIZE = 3 << 20 };
	static const struct {
		unsigned at;
		const char *text;
	} words[] = {{65530, "over the head"}, {1048570, "narrow"}, {1500000, "middle of a page"},
		{SIZE - 9, "the end!!"}};
	_cleanup_close_ int fd = memfd_create("sparse", MFD_CLOEXEC);
	_cleanup_free_ uint8_t *whole = calloc(1, SIZE);
	struct recsink plain, sparse;
	struct reader r;

	(void)state;
	assert_non_null(whole);
	assert_int_equal(ftruncate(fd, SIZE), 0);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t n = strlen(words[i].text);

		memcpy(whole + words[i].at, words[i].text, n);
		assert_int_equal(pwrite(fd, words[i].text, n, words[i].at), n);
	}
	/* a wide character right before a hole */
	memcpy(whole + 200704 - 12, "w\0i\0d\0e\0s\0t\0", 12);
	assert_int_equal(pwrite(fd, whole + 200704 - 12, 12, 200704 - 12), 12);
	recsink_init(&plain, false);
	assert_int_equal(recsink_force(&plain, &extract_unknown, "a", span_of(whole, SIZE)), 0);
	recsink_init(&sparse, false);
	reader_fd(&r, fd, SIZE);
	assert_int_equal(extract_strings(&r, &sparse.sink), 0);
	assert_int_equal(r.pos, SIZE);
	reader_end(&r);
	assert_string_equal(recsink_log(&sparse), recsink_log(&plain));
	recsink_free(&plain);
	recsink_free(&sparse);
}

/* Far apart, each run has its own offset; every cut of the input gives the same runs. */
static void
test_offsets(void **state)
{
	static uint8_t in[200000];
	struct recsink rs;

	(void)state;
	memset(in, 1, sizeof in);
	memcpy(in + 10, "password: one", 13);
	memcpy(in + 65530, "across the piece", 16);
	memcpy(in + 150000, "l\0a\0s\0t\0o\0n\0e\0", 14);
	recsink_init(&rs, false);
	assert_int_equal(recsink_force(&rs, &extract_unknown, "a", span_of(in, sizeof in)), 0);
	assert_string_equal(recsink_log(&rs),
		"text raw @10|password: one\\n\ntext raw @65530|across the piece\\n\n"
		"text raw @150000|lastone\\n\n");
	recsink_free(&rs);
}

/* Where a number stands in wide characters, some of which are two bytes here, is told in bytes. */
static void
test_wide_place(void **state)
{
	static const struct {
		const char *before;
		size_t at;
	} cases[] = {{"Employee SSN: ", 1228}, {"Caf\xE9 Employee SSN: ", 1238}, {"", 0}};
	struct scanrig g;

	(void)state;
	scanrig_open(&g);
	for (size_t i = 0; cases[i].at; i++) {
		const char *const parts[] = {cases[i].before, "862-43-5549"};
		struct buf b = {0};
		char place[32];

		while (b.n < 1200)
			buf_put(&b, "\x01\xff\xfe\x00", 4);
		for (size_t k = 0; k < 2; k++) {
			for (const char *p = parts[k]; *p; p++)
				buf_put(&b, (const char[2]){*p}, 2);
		}
		buf_put(&b, "\x01\xff\xfe\x00", 4);
		assert_int_equal(scanrig_bytes(&g, "a.bin", buf_span(&b)), 0);
		(void)snprintf(place, sizeof place, ":%zu,]", cases[i].at);
		assert_non_null(strstr(scanrig_log(&g), place));
		buf_clear(&g.log);
		buf_free(&b);
	}
	scanrig_close(&g);
}

static void
test_gaps(void **state)
{
	(void)state;
	EXPECT("!BDN hello all",
		"gap unsupported hides Outlook store: not read in this version\n"
		"text raw @0|!BDN hello all\\n\n");
	EXPECT("\x03\xD9\xA2\x9A\x67\xFB\x4B\xB5secretary",
		"gap encrypted hides KeePass database\n");
	EXPECT("Salted__abcdefgh", "gap encrypted hides OpenSSL salted data\n");
	EXPECT("", "");
	EXPECT("\x7F"
	       "ELF\2\1secretary\1",
		"text raw @6|secretary\\n\n");
}

/* Of a picture both ends are searched, not the middle. */
static void
test_edges(void **state)
{
	uint8_t *in = calloc(1, 4 * MIB);
	struct recsink rs;

	(void)state;
	assert_non_null(in);
	memcpy(in, "\xFF\xD8\xFF", 3);
	memcpy(in + 100, "at the beginning", 16);
	memcpy(in + 2 * MIB, "in the middle", 13);
	memcpy(in + 4 * MIB - 20, "at the very end", 15);
	recsink_init(&rs, false);
	assert_int_equal(recsink_force(&rs, &extract_unknown, "a", span_of(in, 4 * MIB)), 0);
	assert_string_equal(recsink_log(&rs),
		"text raw @100|at the beginning\\n\ntext raw @4194284|at the very end\\n\n");
	recsink_free(&rs);
	free(in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_holes),
		cmocka_unit_test(test_offsets),
		cmocka_unit_test(test_wide_place),
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
