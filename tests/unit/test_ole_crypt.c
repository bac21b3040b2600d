/* Documents with a password: those that open by themselves are read, of all others the way is said. */
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <stdio.h>

#include "doctest.h"
#include "olemake.h"
#include "protectmake.h"

#define VELVET "VelvetSweatshop"
#define POINT  "/01Hannes Ruescher/01"
#define WORDS  400u /* more than one segment of 4096 bytes */

/* A letter, stored and not deflated, so that its words lie all over the package. */
static void
letter(struct zipmake *z)
{
	struct buf x = {0};

	buf_puts(&x, "<w:document xmlns:w=\"w\"><w:body>");
	for (unsigned i = 0; i < WORDS; i++)
		buf_printf(&x, "<w:p><w:t>word %u of them</w:t></w:p>", i);
	buf_puts(&x, "</w:body></w:document>");
	zipmake_begin(z);
	z->store = true;
	zipmake_add(z, "[Content_Types].xml", span_str("<Types/>"));
	zipmake_add(z, "word/document.xml", buf_span(&x));
	zipmake_end(z);
	buf_free(&x);
}

static void
read_back(struct cfbmake *m, struct recsink *rs)
{
	recsink_init(rs, true);
	assert_int_equal(recsink_bytes(rs, "a.docx", buf_span(&m->out)), 0);
	cfbmake_free(m);
}

static void
all_words(struct recsink *rs)
{
	char word[40];

	for (unsigned i = 0; i < WORDS; i++) {
		(void)snprintf(word, sizeof word, "word %u of them\\n", i);
		assert_non_null(strstr(recsink_log(rs), word));
	}
	doc_lacks(rs, "gap ");
	recsink_free(rs);
}

static void
test_agile(void **state)
{
	static const struct {
		const struct nettle_hash *hash;
		unsigned bits;
	} ways[] = {{&nettle_sha512, 256}, {&nettle_sha384, 192}, {&nettle_sha256, 256},
		{&nettle_sha1, 128}, {&nettle_sha1, 256}};
	struct zipmake z;

	(void)state;
	letter(&z);
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct cfbmake m;
		struct recsink rs;
		char gap[80];

		protect_agile(&m, buf_span(&z.out), VELVET, ways[i].hash, ways[i].bits);
		read_back(&m, &rs);
		all_words(&rs);
		protect_agile(&m, buf_span(&z.out), "another", ways[i].hash, ways[i].bits);
		read_back(&m, &rs);
		(void)snprintf(gap, sizeof gap, "gap encrypted hides Office document: agile AES-%u",
			ways[i].bits);
		doc_has(&rs, gap);
		doc_lacks(&rs, "word");
		recsink_free(&rs);
	}
	zipmake_free(&z);
}

static void
test_standard(void **state)
{
	struct zipmake z;

	(void)state;
	letter(&z);
	for (unsigned bits = 128; bits <= 256; bits += 64) {
		struct cfbmake m;
		struct recsink rs;
		char gap[80];

		protect_standard(&m, buf_span(&z.out), VELVET, bits);
		read_back(&m, &rs);
		all_words(&rs);
		protect_standard(&m, buf_span(&z.out), "another", bits);
		read_back(&m, &rs);
		(void)snprintf(gap, sizeof gap,
			"gap encrypted hides Office document: standard AES-%u", bits);
		doc_has(&rs, gap);
		doc_lacks(&rs, "word");
		recsink_free(&rs);
	}
	zipmake_free(&z);
}

/* What is deciphered is no document, or ends before it should. */
static void
test_damaged(void **state)
{
	struct cfbmake m;
	struct recsink rs;
	struct zipmake z;

	(void)state;
	protect_standard(&m, span_str("no zip, but 32 bytes in clear .."), VELVET, 128);
	read_back(&m, &rs);
	doc_has(&rs, "gap corrupt hides Office document: damaged package");
	recsink_free(&rs);
	letter(&z);
	protect_agile(&m, span_sub(buf_span(&z.out), 0, 9000), VELVET, &nettle_sha512, 256);
	read_back(&m, &rs);
	assert_non_null(strstr(recsink_log(&rs), "word 100 of them"));
	assert_non_null(strstr(recsink_log(&rs), "gap corrupt hides"));
	recsink_free(&rs);
	zipmake_free(&z);
}

static const struct {
	const char *password, *how;
	unsigned bits;
	bool opens;
} rc4s[] = {
	{VELVET, "RC4 40-bit", 0, true},
	{VELVET, "RC4 CryptoAPI", 40, true},
	{VELVET, "RC4 CryptoAPI", 128, true},
	{"", "RC4 40-bit", 0, true},
	{"", "RC4 CryptoAPI", 128, true},
	{POINT, "RC4 CryptoAPI", 56, true},
	{"another", "RC4 40-bit", 0, false},
	{"another", "RC4 CryptoAPI", 128, false},
};

static void
test_doc(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rc4s / sizeof *rc4s; i++) {
		struct cfbmake m;
		struct recsink rs;
		char gap[80];

		protect_doc(&m, rc4s[i].password, rc4s[i].bits);
		read_back(&m, &rs);
		if (rc4s[i].opens) {
			assert_non_null(
				strstr(recsink_log(&rs), "text body|Dear reader\\n\ntable"));
			doc_has(&rs, "row 2|1=Ann|2=078-05-1120");
			doc_has(&rs, "text header [headers and footers]|head\\n");
			doc_lacks(&rs, "gap ");
		} else {
			(void)snprintf(gap, sizeof gap, "gap encrypted hides Word %s", rc4s[i].how);
			doc_has(&rs, gap);
			doc_lacks(&rs, "Dear");
		}
		recsink_free(&rs);
	}
}

static void
test_ppt(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rc4s / sizeof *rc4s; i++) {
		struct cfbmake m;
		struct recsink rs;

		if (rc4s[i].bits == 0)
			continue;
		protect_ppt(&m, rc4s[i].password, rc4s[i].bits);
		read_back(&m, &rs);
		if (rc4s[i].opens) {
			doc_has(&rs, "text body p1|Budget\\nfilms\\nwide text\\n");
			doc_has(&rs, "text body p1|Outline\\n");
			doc_lacks(&rs, "gap ");
		} else {
			doc_has(&rs, "gap encrypted hides PowerPoint RC4 CryptoAPI");
			doc_lacks(&rs, "Budget");
		}
		recsink_free(&rs);
	}
}

/* Bytes changed at random, the headers' above all: no crash and no error. */
static void
test_mutants(void **state)
{
	uint64_t seed = 5;
	struct zipmake z;

	(void)state;
	letter(&z);
	for (unsigned k = 0; k < 4; k++) {
		struct cfbmake m;
		struct buf b = {0};

		if (k == 0)
			protect_agile(&m, buf_span(&z.out), VELVET, &nettle_sha1, 128);
		else if (k == 1)
			protect_standard(&m, buf_span(&z.out), VELVET, 128);
		else if (k == 2)
			protect_doc(&m, VELVET, 128);
		else
			protect_ppt(&m, VELVET, 128);
		for (unsigned i = 0; i < 200; i++) {
			struct recsink rs;

			buf_clear(&b);
			buf_put(&b, m.out.p, m.out.n);
			for (unsigned n = 0; n < 1 + i % 5; n++) {
				seed = seed * 6364136223846793005u + 1442695040888963407u;
				b.p[(seed >> 33) % b.n] = (uint8_t)(n & 1 ? 0xFF : seed >> 24);
			}
			recsink_init(&rs, true);
			assert_int_equal(recsink_bytes(&rs, "a", buf_span(&b)), 0);
			recsink_free(&rs);
		}
		buf_free(&b);
		cfbmake_free(&m);
	}
	zipmake_free(&z);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agile),
		cmocka_unit_test(test_standard),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_doc),
		cmocka_unit_test(test_ppt),
		cmocka_unit_test(test_mutants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
