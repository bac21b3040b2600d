/* Outlook stores. Those that cannot be opened are made here; the ones that can come from a corpus. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "ident.h"
#include "recsink.h"

#include "base/poison.h"

static char *
log_of(struct recsink *rs, struct span s)
{
	recsink_init(rs, true);
	assert_int_equal(recsink_bytes(rs, "a.pst", s), 0);
	return (char *)(uintptr_t)recsink_log(rs);
}

static void
header(uint8_t p[1024], uint16_t version, uint8_t crypt)
{
	memset(p, 0, 1024);
	memcpy(p, "!BDN", 4);
	memcpy(p + 8, "SM", 2);
	p[10] = (uint8_t)version;
	p[version < 23 ? 461 : 513] = crypt;
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
	} cases[] = {{23, 1, "gap corrupt hides Outlook store"},
		{15, 1, "gap corrupt hides Outlook store"},
		{23, 0x10, "gap encrypted hides Outlook store: Windows Information Protection"},
		{36, 1, "gap unsupported hides Outlook store with pages of 4 KiB"}};
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

static struct span
slurp(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *p = malloc(8u << 20);
	size_t n;

	assert_non_null(f);
	assert_non_null(p);
	n = fread(p, 1, 8u << 20, f);
	(void)fclose(f);
	return span_of(p, n);
}

/* Messages are items named by hash and date; a store cut short says so and nothing crashes. */
static void
check_store(const char *path)
{
	struct span s = slurp(path);
	struct recsink rs;

	assert_non_null(strstr(log_of(&rs, s), "item 1 mail-"));
	assert_non_null(strstr(recsink_log(&rs), "text body|"));
	assert_null(strstr(recsink_log(&rs), "gap"));
	recsink_free(&rs);
	for (size_t n = 1024; n < s.n; n += s.n / 5) {
		assert_non_null(strstr(log_of(&rs, span_sub(s, 0, n)), "gap corrupt"));
		recsink_free(&rs);
	}
	free((void *)(uintptr_t)s.p);
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

static int
open_all(void **state)
{
	(void)state;
	return ident_open() < 0 || extract_open() < 0;
}

static int
close_all(void **state)
{
	(void)state;
	extract_close();
	ident_close();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unread),
		cmocka_unit_test(test_corpus),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
