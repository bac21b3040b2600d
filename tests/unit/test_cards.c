/* Contacts and calendars: folded lines, encodings, cards as rows. */
#include <time.h>

#include "limits.h"
#include "texttest.h"

#include "base/poison.h"

#define CARD(x) "BEGIN:VCARD\r\nVERSION:3.0\r\n" x "END:VCARD\r\n"

static void
test_lines(void **state)
{
	(void)state;
	EXPECT(CARD("NOTE:a\\, b\\nc\r\n  d\r\nitem1.TEL;TYPE=cell:1\r\n"),
		"text body|\\nVERSION: 3.0\\nNOTE: a, b\\x0dc d\\n\\ntelephone TYPE=cell: "
		"1\\n\\n\n");
	EXPECT("BEGIN:VCARD\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCl=\nler\nEND:"
	       "VCARD\n",
		"text body|\\nname CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE: "
		"M\xC3\xBCller\\n\\n\\n\n");
	HOLDS("BEGIN:VCALENDAR\nATTENDEE;CN=\"a:b\":x\nno property\nEND:VCALENDAR\n",
		"ATTENDEE CN=\"a:b\": x\\nno property\\n");
	HOLDS("BEGIN:VCALENDAR\nUID:7\nEND:VCALENDAR\n", "identifier: 7\\n");
}

static void
test_rows(void **state)
{
	(void)state;
	HOLDS(CARD("FN:A B\r\nEMAIL:a@b\r\n") CARD("FN:C\r\nTEL:1\r\nTEL:2\r\n") CARD("FN:D\r\n"),
		"table [contacts]\nrow 1|1=full name|2=email|3=telephone|4=telephone 2\n"
		"row 2|1=A B|2=a@b\nrow 3|1=C|3=1|4=2\nrow 4|1=D\nend\n");
}

/* What is attached to an appointment is an item; a photograph of a contact stays as it is. */
static void
test_attached(void **state)
{
	(void)state;
	EXPECT("BEGIN:VCALENDAR\nSUMMARY:a\n"
	       "ATTACH;VALUE=BINARY;ENCODING=BASE64;X-FILENAME=\"p.txt\":cGF5\n IHJvbGw=\n"
	       "ATTACH;ENCODING=BASE64;X-FILENAME=p.txt:cGF5\nATTACH:http://a\nEND:VCALENDAR\n",
		"text body|\\nSUMMARY: a\\n"
		"ATTACH VALUE=BINARY;ENCODING=BASE64;X-FILENAME=\"p.txt\": \n"
		"item 1 p.txt text/plain\ntext body|pay roll\n"
		"text body|\\n\\nATTACH ENCODING=BASE64;X-FILENAME=p.txt: \n"
		"item 1 p.txt#2 text/plain\ntext body|pay\n"
		"text body|\\nATTACH: http://a\\n\\n\n");
	HOLDS(CARD("PHOTO;ENCODING=b:AAAA\r\n"), "PHOTO ENCODING=b: AAAA\\n");
}

/* Longer than any line may be, and longer than any file. */
static void
test_attached_long(void **state)
{
	for (unsigned big = 0; big < 2; big++) {
		size_t n = 2 * (big ? LIMIT_CARD_FILE : LIMIT_CARD_LINE);
		struct recsink rs;
		struct buf b = {0};

		(void)state;
		buf_puts(&b, "BEGIN:VCALENDAR\nATTACH;ENCODING=BASE64;X-FILENAME=a.txt:");
		while (b.n < n)
			buf_puts(&b, "d29yZHMg\n ");
		buf_puts(&b, "ZW5k\nEND:VCALENDAR\n");
		recsink_init(&rs, true);
		assert_int_equal(recsink_bytes(&rs, "a", buf_span(&b)), 0);
		assert_int_equal(!!strstr(recsink_log(&rs), "words end"), !big);
		assert_int_equal(
			!!strstr(recsink_log(&rs), "gap too-big hides file attached"), big);
		recsink_free(&rs);
		buf_free(&b);
	}
}

static void
test_hostile(void **state)
{
	static const char doc[] = CARD("N;ENCODING=QUOTED-PRINTABLE:=\n=\n=4") "END:VCARD\n;:\n:"
									       "x\n\n\n "
									       "\nFN:\\" CARD("FN");

	(void)state;
	text_cuts(span_of(doc, sizeof doc - 1));
}

/* Each fold goes on with a line of which all has been looked at: once is enough. */
static void
test_folds(void **state)
{
	struct recsink rs;
	struct buf b = {0};
	clock_t from = clock();

	(void)state;
	buf_puts(&b, "BEGIN:VCARD\nNOTE");
	for (unsigned i = 0; i < 700000; i++)
		buf_puts(&b, "\n x");
	recsink_init(&rs, false);
	assert_int_equal(recsink_bytes(&rs, "a", buf_span(&b)), 0);
	assert_true(clock() - from < 5 * CLOCKS_PER_SEC);
	recsink_free(&rs);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_attached),
		cmocka_unit_test(test_attached_long),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_folds),
	};

	return cmocka_run_group_tests(tests, text_set_up, NULL);
}
