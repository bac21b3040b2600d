/* doc, ppt, msg and what they share: made by hand, whole, cut and mutated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#include "doctest.h"
#include "olemake.h"

static void
run(struct recsink *rs, struct cfbmake *m, const char *name)
{
	recsink_init(rs, true);
	assert_int_equal(recsink_bytes(rs, name, buf_span(&m->out)), 0);
}

static void
test_doc(void **state)
{
	struct cfbmake m;
	struct recsink rs;

	(void)state;
	olemake_doc(&m);
	run(&rs, &m, "a.doc");
	assert_string_equal(recsink_log(&rs),
		"item 0 a.doc application/x-ole-storage\n"
		"text body|Dear reader\\n\ntable [table 1]\nrow 1|1=Name\nrow "
		"2|1=Ann|2=078-05-1120\nend\n"
		"text body|Bye here\\n\ntext body|HYPERLINK \"http://example.com\"\\n\n"
		"text note [footnotes]| foot\\n\ntext header [headers and footers]|head\\n\n"
		"text metadata [properties]|Title: Salaries\\n\n");
	recsink_free(&rs);
	cfbmake_free(&m);
}

/* Word 95, Russian: one run of bytes, tables told by their marks alone. */
static void
test_word95(void **state)
{
	static const char text[] = "\xC8\xEC\xFF\rA\7B\7\7C\7D\7\7\xCA\xEE\xED\xE5\xF6\r";
	const size_t n = sizeof text - 1;
	struct buf b = {0};
	struct cfbmake m;
	struct recsink rs;

	(void)state;
	put_le(&b, 0xA5DC, 2);
	put_le(&b, 104, 2);
	put_le(&b, 0, 2);
	put_le(&b, 0x419, 2);
	put_le(&b, 0, 8);
	put_le(&b, 0, 8);
	put_le(&b, 0x300, 4);
	put_le(&b, 0x300 + n, 4);
	while (b.n < 0x34)
		buf_putc(&b, 0);
	put_le(&b, n, 4);
	while (b.n < 0x300)
		buf_putc(&b, 0);
	buf_put(&b, text, n);
	cfbmake_begin(&m, 9);
	(void)cfbmake_stream(&m, CFBMAKE_ROOT, "WordDocument", buf_span(&b));
	cfbmake_end(&m);
	run(&rs, &m, "a.doc");
	assert_string_equal(recsink_log(&rs),
		"item 0 a.doc application/x-ole-storage\ntext body|Имя\\n\ntable [table 1]\n"
		"row 1|1=A|2=B\nrow 2|1=C|2=D\nend\ntext body|Конец\\n\n");
	recsink_free(&rs);
	cfbmake_free(&m);
	buf_free(&b);
}

static void
test_ppt(void **state)
{
	struct cfbmake m;
	struct recsink rs;

	(void)state;
	olemake_ppt(&m);
	run(&rs, &m, "a.ppt");
	assert_string_equal(recsink_log(&rs),
		"item 0 a.ppt application/x-ole-storage\n"
		"text body p1|Budget\\nfilms\\nwide text\\n\n"
		"text comment p1|Ann\\n\ntext note p1|speak slowly\\n\ntext body p1|Outline\\n\n");
	recsink_free(&rs);
	cfbmake_free(&m);
}

/* A record of a presentation. */
/* Shapes in any order; columns of which a row leaves one out; negative places. */
static void
test_ppt_table(void **state)
{
	struct cfbmake m;
	struct recsink rs;

	(void)state;
	olemake_ppt_tables(&m);
	run(&rs, &m, "a.ppt");
	doc_has(&rs, "text body|SSN\\nName\\nAnn\\nId\\n078-05-1120\\n");
	doc_has(&rs, "row 1|1=Name|2=Id|3=SSN");
	doc_has(&rs, "row 2|1=Ann|3=078-05-1120");
	recsink_free(&rs);
	cfbmake_free(&m);
}

/* A workbook within a slide, as it stands and deflated; and cut short. */
static void
test_ppt_objects(void **state)
{
	static const char row[] = "row 2|1=078-05-1120{78051120}|";
	struct cfbmake m;
	struct recsink rs;
	const char *first;

	(void)state;
	olemake_ppt_objects(&m);
	run(&rs, &m, "a.ppt");
	first = strstr(recsink_log(&rs), row);
	assert_non_null(first);
	assert_non_null(strstr(first + 1, row));
	assert_non_null(strstr(recsink_log(&rs), "item 1 object application/x-ole-storage\n"));
	assert_non_null(strstr(recsink_log(&rs), "item 1 object#2 application/x-ole-storage\n"));
	doc_lacks(&rs, "gap corrupt hides embedded object");
	recsink_free(&rs);
	for (size_t at = m.out.n - 1; at > 0; at--) {
		/* where the deflated one begins: its blocks of a kind that there is not */
		if (m.out.p[at] == 0x78 && m.out.p[at + 1] == 0x9C) {
			m.out.p[at + 2] |= 6;
			break;
		}
	}
	run(&rs, &m, "a.ppt");
	doc_has(&rs, "gap corrupt hides embedded object");
	recsink_free(&rs);
	cfbmake_free(&m);
}

static void
test_msg(void **state)
{
	struct cfbmake m;
	struct recsink rs;
	const char *log, *inner;

	(void)state;
	olemake_msg(&m);
	run(&rs, &m, "a.msg");
	doc_has(&rs,
		"text header [message]|From: Ann\\nSubject: Layoffs\\nRecipient: Bob  "
		"bob@example.com\\n");
	doc_has(&rs, "text metadata [properties]|555-0100\\nRoom 7\\n");
	doc_has(&rs, "text body|plain body");
	doc_has(&rs, "row 1|1=Pia|2=17");
	doc_lacks(&rs, "item 1 body");
	doc_has(&rs, "item 1 list.txt text/plain");
	log = recsink_log(&rs);
	inner = strstr(log, "item 1 mail-");
	assert_non_null(inner);
	assert_int_equal(strspn(inner + 12, "0123456789abcdef"), 8);
	assert_memory_equal(inner + 20, "-2014-11-24 ", 12);
	assert_non_null(strstr(inner, "Subject: inner subject"));
	assert_non_null(strstr(inner, "text body|inner body"));
	recsink_free(&rs);
	cfbmake_free(&m);
}

/* A packaged file and a workbook within a document; another document encrypted as a whole. */
static void
test_objects(void **state)
{
	struct cfbmake m;
	struct recsink rs;
	struct buf b = {0};
	unsigned up, pool;

	(void)state;
	cfbmake_begin(&m, 9);
	pool = cfbmake_storage(&m, CFBMAKE_ROOT, "ObjectPool");
	up = cfbmake_storage(&m, pool, "_1");
	put_le(&b, 0, 4);
	put_le(&b, 2, 2);
	buf_put(&b, "keys.txt\0C:\\x\\keys.txt\0", 9 + 14);
	put_le(&b, 0x30000, 4);
	put_le(&b, 2, 4);
	buf_put(&b, "t\0", 2);
	put_le(&b, 12, 4);
	buf_puts(&b, "packed words");
	(void)cfbmake_stream(&m, up, "\1Ole10Native", buf_span(&b));
	up = cfbmake_storage(&m, pool, "_2");
	buf_clear(&b);
	olemake_book(&b);
	(void)cfbmake_stream(&m, up, "Workbook", buf_span(&b));
	cfbmake_end(&m);
	run(&rs, &m, "a.doc");
	doc_has(&rs, "gap unsupported hides compound file of an unknown kind");
	doc_has(&rs, "item 1 keys.txt text/plain");
	doc_has(&rs, "text body|packed words");
	doc_has(&rs, "item 1 _2 application/x-ole-storage");
	doc_has(&rs, "table [Staff] hidden");
	recsink_free(&rs);
	cfbmake_free(&m);
	buf_free(&b);
}

/* An object by itself, as Office Open XML and presentations keep them: what it carries is an item. */
static void
test_object_alone(void **state)
{
	static const struct {
		const char *stream;
		bool sized; /* a length in front, as in the packager's stream */
		const char *bytes, *line;
		bool told; /* the rest of it is still unknown */
	} kinds[] = {{"\1Ole10Native", true, "packed words", "text body|packed words", false},
		{"Package", false, "payroll of May", "text body|payroll of May", false},
		{"CONTENTS", false, "%PDF-1.4\nfew objects", "item 1 object application/pdf",
			false},
		{"EmbeddedOdf", false, "open words", "text body|open words", false},
		{"CONTENTS", false, "CHNKWKS words", "text raw @2048|CHNKWKS words\\n", true}};

	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct buf b = {0};
		struct cfbmake m;
		struct recsink rs;

		if (kinds[i].sized)
			put_le(&b, strlen(kinds[i].bytes), 4);
		buf_puts(&b, kinds[i].bytes);
		cfbmake_begin(&m, 9);
		(void)cfbmake_stream(&m, CFBMAKE_ROOT, kinds[i].stream, buf_span(&b));
		cfbmake_end(&m);
		run(&rs, &m, "oleObject1.bin");
		doc_has(&rs, kinds[i].line);
		assert_int_equal(!!strstr(recsink_log(&rs), "of an unknown kind"), kinds[i].told);
		assert_int_equal(!!strstr(recsink_log(&rs), "item 1"), !kinds[i].told);
		recsink_free(&rs);
		cfbmake_free(&m);
		buf_free(&b);
	}
}

static void
test_properties(void **state)
{
	struct cfbmake m;
	struct recsink rs;

	(void)state;
	cfbmake_begin(&m, 9);
	olemake_properties(&m);
	olemake_parts(&m);
	cfbmake_end(&m);
	run(&rs, &m, "a.doc");
	doc_has(&rs,
		"text metadata [properties]|Title: Salaries\\nTitles of parts: Staff, Pay\\n"
		"Password: hush!\\n");
	recsink_free(&rs);
	cfbmake_free(&m);
}

/* Four thousand properties that are all the same four megabytes. */
static void
test_properties_overlap(void **state)
{
	enum { COUNT = 4096, SIZE = 4 << 20 };
	struct buf t = {0};
	struct cfbmake m;
	struct recsink rs;
	clock_t began;

	(void)state;
	put_le(&t, 0xFFFE, 8);
	put_le(&t, 0, 8);
	put_le(&t, 0, 8);
	put_le(&t, 1, 4);
	put_le(&t, 0, 8);
	put_le(&t, 0, 8);
	put_le(&t, 48, 4);
	put_le(&t, SIZE, 4);
	put_le(&t, COUNT, 4);
	for (unsigned i = 0; i < COUNT; i++) {
		put_le(&t, 2, 4);
		put_le(&t, 8 + 8 * COUNT, 4);
	}
	put_le(&t, 30, 4);
	put_le(&t, SIZE, 4);
	while (t.n < SIZE)
		buf_putc(&t, ' ');
	cfbmake_begin(&m, 12);
	(void)cfbmake_stream(&m, CFBMAKE_ROOT, "\5SummaryInformation", buf_span(&t));
	cfbmake_end(&m);
	began = clock();
	run(&rs, &m, "a.doc");
	assert_true(clock() - began < 4 * CLOCKS_PER_SEC);
	recsink_free(&rs);
	cfbmake_free(&m);
	buf_free(&t);
}

static void
test_protected(void **state)
{
	static const char agile[] = "\4\0\4\0\x40\0\0\0<encryption><keyData keyBits=\"256\" "
				    "cipherAlgorithm=\"AES\"/>";
	static const uint8_t standard[24] = {
		3, 0, 2, 0, 36, 0, 0, 0, 32, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0, 0x0E, 0x66, 0, 0};
	const struct {
		struct span info;
		const char *line;
	} kinds[] = {{span_of(agile, sizeof agile - 1),
			     "gap encrypted hides Office document: agile AES-256"},
		{span_of(standard, sizeof standard),
			"gap encrypted hides Office document: standard AES-128"}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct cfbmake m;
		struct recsink rs;

		cfbmake_begin(&m, 9);
		(void)cfbmake_stream(&m, CFBMAKE_ROOT, "EncryptionInfo", kinds[i].info);
		(void)cfbmake_stream(
			&m, CFBMAKE_ROOT, "EncryptedPackage", span_str("xxxxxxxxxxxx"));
		cfbmake_end(&m);
		run(&rs, &m, "a.xlsx");
		doc_has(&rs, kinds[i].line);
		recsink_free(&rs);
		cfbmake_free(&m);
	}
}

static void
test_encrypted_doc(void **state)
{
	struct cfbmake m;
	struct recsink rs;
	size_t at;

	(void)state;
	olemake_doc(&m);
	for (at = 0; !span_has(buf_span(&m.out), at, "\xEC\xA5\xC1\0", 4); at++)
		;
	m.out.p[at + 11] |= 1;
	run(&rs, &m, "a.doc");
	doc_has(&rs, "gap encrypted hides Word RC4 CryptoAPI");
	doc_lacks(&rs, "Dear reader");
	recsink_free(&rs);
	cfbmake_free(&m);
}

/* Bytes changed at random: no crash, no error, and the text that is left. */
static void
test_mutants(void **state)
{
	static void (*const makers[])(struct cfbmake *) = {olemake_doc, olemake_ppt, olemake_msg};
	uint64_t seed = 11;

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		struct cfbmake m;
		struct buf b = {0};

		makers[k](&m);
		for (unsigned i = 0; i < 1500; i++) {
			struct recsink rs;

			buf_clear(&b);
			buf_put(&b, m.out.p, i % 3 ? m.out.n : m.out.n - i);
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
}

static int
setup(void **state)
{
	(void)state;
	return extract_open();
}

/* No compound storage; whatever stands behind the text is none of it. */
static void
test_winword(void **state)
{
	static const char text[] = "Dear \x93reader\x94\rSSN: 219-09-9998\r"
				   "Name\7SSN\7\7Ann\7"
				   "078-05-1120\7\7the end\r";
	struct recsink rs;
	struct buf b = {0};

	(void)state;
	olemake_winword(&b, 0, text, sizeof text - 1);
	buf_puts(&b, "behind it");
	recsink_init(&rs, false);
	assert_int_equal(recsink_bytes(&rs, "a.doc", buf_span(&b)), 0);
	assert_string_equal(recsink_log(&rs),
		"item 0 a.doc application/octet-stream\n"
		"text body|Dear \xE2\x80\x9Creader\xE2\x80\x9D\\nSSN: 219-09-9998\\n\n"
		"table [table 1]\nrow 1|1=Name|2=SSN\nrow 2|1=Ann|2=078-05-1120\nend\n"
		"text body|the end\\n\n");
	recsink_free(&rs);
	b.n = 0;
	olemake_winword(&b, 4, "words", 99);
	recsink_init(&rs, false);
	assert_int_equal(recsink_bytes(&rs, "a.doc", buf_span(&b)), 0);
	doc_has(&rs, "text body|words");
	doc_has(&rs, "gap corrupt hides Word document: cut short");
	doc_has(&rs, "gap unsupported Word document saved fast: order of its text");
	recsink_free(&rs);
	b.n = 0;
	olemake_winword(&b, 0x100, "words", 5);
	recsink_init(&rs, false);
	assert_int_equal(recsink_bytes(&rs, "a.doc", buf_span(&b)), 0);
	doc_has(&rs, "gap encrypted hides Word 2 document");
	doc_lacks(&rs, "words");
	recsink_free(&rs);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_doc),
		cmocka_unit_test(test_word95),
		cmocka_unit_test(test_ppt),
		cmocka_unit_test(test_ppt_table),
		cmocka_unit_test(test_ppt_objects),
		cmocka_unit_test(test_properties),
		cmocka_unit_test(test_properties_overlap),
		cmocka_unit_test(test_msg),
		cmocka_unit_test(test_objects),
		cmocka_unit_test(test_object_alone),
		cmocka_unit_test(test_protected),
		cmocka_unit_test(test_encrypted_doc),
		cmocka_unit_test(test_mutants),
		cmocka_unit_test(test_winword),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
