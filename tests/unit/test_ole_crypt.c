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

static const uint8_t png[300] = {0x89, 'P', 'N', 'G', [4 ... 299] = 1};

/* Writes down what a picture is and its bytes' number and sum. */
static int
on_image(struct sink *s, struct reader *r, const char *mime, uint32_t page)
{
	struct recsink *rs = (struct recsink *)s;
	uint8_t b[1000];
	size_t n = 0, sum = 0;
	ssize_t got;

	(void)page;
	while ((got = reader_read(r, b, sizeof b)) > 0) {
		for (ssize_t i = 0; i < got; i++)
			sum += b[i];
		n += (size_t)got;
	}
	buf_printf(&rs->log, "image %s %zu %zu\n", mime, n, sum);
	return 0;
}

/* The two that protectmake.h tells of. */
static void
has_pictures(struct recsink *rs)
{
	char line[80];

	(void)snprintf(line, sizeof line, "image image/png 3000 %u", 0x89 + 'P' + 'N' + 'G' + 2996);
	doc_has(rs, line);
	(void)snprintf(line, sizeof line, "image image/jpeg 700 %u", 0xFF + 0xD8 + 0xFF + 697);
	doc_has(rs, line);
}

static void
has_note(struct recsink *rs)
{
	doc_has(rs, "item 1 note.txt text/plain");
	assert_non_null(strstr(recsink_log(rs), "text body|the words within"));
}

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
	zipmake_add(z, "word/media/image1.png", span_of(png, 300));
	zipmake_add(z, "word/embeddings/note.txt", span_str("the words within"));
	zipmake_end(z);
	buf_free(&x);
}

static void
read_back(struct cfbmake *m, struct recsink *rs)
{
	static struct sink_ops ops;

	recsink_init(rs, true);
	ops = *rs->sink.ops;
	ops.image = on_image;
	rs->sink.ops = &ops;
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
	(void)snprintf(word, sizeof word, "image image/png 300 %u", 0x89 + 'P' + 'N' + 'G' + 296);
	doc_has(rs, word);
	has_note(rs);
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
			has_pictures(&rs);
			has_note(&rs);
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
test_xls(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rc4s / sizeof *rc4s; i++) {
		struct cfbmake m;
		struct recsink rs;

		protect_xls(&m, rc4s[i].password, rc4s[i].bits);
		read_back(&m, &rs);
		if (rc4s[i].opens) {
			doc_has(&rs, "row 1|1=abcde\xE2\x82\xAC|2=Nam\xC3\xA9");
			has_pictures(&rs);
			has_note(&rs);
			doc_lacks(&rs, "gap ");
		} else {
			assert_non_null(strstr(recsink_log(&rs), "gap encrypted hides Excel RC4"));
			doc_lacks(&rs, "abcde");
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
			has_pictures(&rs);
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
		cmocka_unit_test(test_xls),
		cmocka_unit_test(test_ppt),
		cmocka_unit_test(test_mutants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
