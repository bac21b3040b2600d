/* Mails within mails, uuencode, what is protected, what names an item, and every cut. */
#include "mailing.h"

#include "base/poison.h"

/* A mail within a mail six times over, and in the innermost a zip of an xlsx. */
static void
test_nested(void **state)
{
	static const char *const cells[] = {"Name", "SSN", "Ann", "862-43-5549"};
	const struct sheet sheet = {"Staff", cells, 2, 2};
	struct buf xlsx = {0}, zip = {0}, in = {0};
	struct recsink rs;
	struct pack *p;

	(void)state;
	pack_xlsx(&sheet, 1, &xlsx);
	p = pack_new(PACK_ZIP, NULL);
	pack_add(p, "staff.xlsx", buf_span(&xlsx));
	pack_end(p, &zip);
	for (int i = 0; i < 6; i++)
		buf_printf(&in,
			HEAD "Message-ID: <%d@x>\nContent-Type: multipart/mixed; "
			     "boundary=\"B%d\"\n\n"
			     "--B%d\nContent-Type: message/rfc822\n\n",
			i, i, i);
	buf_puts(&in,
		HEAD "Content-Type: application/zip; name=\"staff.zip\"\n"
		     "Content-Transfer-Encoding: base64\n\n");
	mailmake_base64(&in, buf_span(&zip));
	for (int i = 5; i >= 0; i--)
		buf_printf(&in, "\n--B%d--\n", i);
	read_span(&rs, buf_span(&in));
	read_has(&rs, "item 6 mail-");
	read_has(&rs, "-2014-11-24 message/rfc822\n");
	read_has(&rs, "item 7 staff.zip application/zip\nitem 8 staff.xlsx ");
	read_has(&rs, "row 2|1=Ann|2=862-43-5549\n");
	read_lacks(&rs, "gap");
	recsink_free(&rs);
	buf_free(&xlsx);
	buf_free(&zip);
	buf_free(&in);
}

/* Mails within mails without end are cut off at the limit, in time that does not explode. */
static void
test_too_deep(void **state)
{
	struct buf in = {0};
	struct recsink rs;

	(void)state;
	for (int i = 0; i < 300; i++)
		buf_puts(&in, HEAD "Content-Type: message/rfc822\n\n");
	read_span(&rs, buf_span(&in));
	read_has(&rs, "gap too-deep hides containers within containers");
	recsink_free(&rs);
	buf_free(&in);
}

static void
test_uu(void **state)
{
	struct buf in = {0}, data = {0};
	struct recsink rs;

	(void)state;
	for (int i = 0; i < 500; i++)
		buf_printf(&data, "line %d of the file\n", i);
	buf_puts(&in, HEAD "\nbefore\nbegin with this\nbegin 644 nothing\nafter all\n");
	mailmake_uu(&in, "file.txt", buf_span(&data));
	buf_puts(&in, "between\n");
	mailmake_uu(&in, "file.txt", span_str("short"));
	buf_puts(&in, "behind\nbegin 644 cut.txt\n#86)C\nno more\n");
	read_span(&rs, buf_span(&in));
	read_has(&rs, "text body|before\\nbegin with this\\nbegin 644 nothing\\nafter all\n");
	read_has(&rs, "item 1 file.txt text/plain\ntext body|line 0 of the file\\n");
	read_has(&rs, "line 499 of the file\\n\ntext body|between\n");
	read_has(&rs, "item 1 file.txt#2 text/plain\ntext body|short\ntext body|behind\n");
	read_has(&rs, "item 1 cut.txt ");
	read_has(&rs, "gap corrupt uuencoded attachment without its end\ntext body|no more\\n\n");
	recsink_free(&rs);
	buf_free(&data);
	buf_free(&in);
}

static void
test_flowed(void **state)
{
	(void)state;
	expect(HEAD "Content-Type: text/plain; format=flowed\n\n862-43- \n5549 \r\n x\n-- \nme\n",
		"text body|862-43- 5549 x\\n-- \\nme\\n\n");
	expect(HEAD "Content-Type: text/plain; format=flowed; delsp=yes\n\n862-43- \n5549\n> a \n> "
		    "b\n",
		"text body|862-43-5549\\n> ab\\n\n");
	expect(HEAD "Content-Type: text/plain\n\na \nb\n", "text body|a \\nb\\n\n");
}

static void
test_protected(void **state)
{
	struct buf in = {0}, cms = {0};
	struct recsink rs;

	(void)state;
	expect(HEAD "Content-Type: multipart/encrypted; boundary=B;"
		    " protocol=\"application/pgp-encrypted\"\n\n--B\n\nVersion: "
		    "1\n--B\n\nxyz\n--B--\n",
		"gap encrypted hides PGP message\n");
	expect(HEAD "\nhi\n-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----\nbye\n",
		"gap encrypted hides PGP message\n");
	read_mail(&rs, HEAD "\n-----BEGIN PGP SIGNED MESSAGE-----\n");
	read_lacks(&rs, "gap");
	recsink_free(&rs);
	read_mail(&rs,
		HEAD "Content-Type: multipart/signed; boundary=B\n\n--B\n\nsigned words\n--B\n"
		     "Content-Type: application/pkcs7-signature; name=smime.p7s\n\nMII\n--B--\n");
	read_has(&rs, "text body|signed words\n");
	read_lacks(&rs, "smime.p7s");
	read_lacks(&rs, "gap");
	recsink_free(&rs);

	mailmake_signed(&cms, span_str("Content-Type: text/plain\n\n862-43-5549 signed\n"));
	buf_puts(&in,
		HEAD "Content-Type: application/pkcs7-mime; smime-type=signed-data;"
		     " name=smime.p7m\nContent-Transfer-Encoding: base64\n\n");
	mailmake_base64(&in, buf_span(&cms));
	expect(buf_cstr(&in), "text body|862-43-5549 signed\\n\n");
	buf_clear(&in);
	buf_puts(&in,
		HEAD "Content-Type: application/x-pkcs7-mime; name=smime.p7m\n"
		     "Content-Transfer-Encoding: base64\n\n");
	cms.p[16] = 3; /* enveloped */
	mailmake_base64(&in, buf_span(&cms));
	expect(buf_cstr(&in), "gap encrypted hides S/MIME message\n");
	expect(HEAD "Content-Type: application/pkcs7-mime\n\nnonsense\n",
		"gap corrupt hides S/MIME: damaged\n");
	buf_free(&cms);
	buf_free(&in);
}

static void
name_is(const char *raw, const char *want)
{
	char name[MAIL_NAME_SIZE];

	mail_name(span_str(raw), name);
	if (strlen(name) < 13 || strcmp(name + 13, want) != 0)
		fail_msg("'%s' has the name %s", raw, name);
}

static void
test_item_name(void **state)
{
	char a[MAIL_NAME_SIZE], b[MAIL_NAME_SIZE], c[MAIL_NAME_SIZE];

	(void)state;
	name_is("Date: Mon, 24 Nov 2014 08:00:00 +0000\n\n", "-2014-11-24");
	name_is("DATE:24 Nov 14 08:00 GMT\n\n", "-2014-11-24");
	name_is("Date: Nov 3, 2014\n\n", "-2014-11-03");
	name_is("Date: 2014-11-24T08:00:00Z\n\n", "-2014-11-24");
	name_is("Date: 08:00:00 24 Nov 2014\n\n", "-2014-11-24");
	name_is("Date: Mon, 24 Nov 2014 23:30:00 -0500\n\n", "-2014-11-25");
	name_is("Date: Mon, 24 Nov 2014 00:30:00 +0100 (CET)\n\n", "-2014-11-23");
	name_is("Date: 2014-12-31T23:30:00-05:00\n\n", "-2015-01-01");
	name_is("Date: 31 Dec 14 20:00 PST\n\n", "-2015-01-01");
	name_is("Date: Thu, 29 Feb 2024\n 23:59:60 +0000\n\n", "-2024-03-01");
	name_is("Date: yesterday 99 Foo\n\n", "");
	name_is("Subject: secret\n\nDate: Mon, 24 Nov 2014 08:00:00 +0000\n", "");
	mail_name(span_str("Message-Id: <1@x>\nDate: 1 Jan 2014\n\na"), a);
	mail_name(span_str("X: y\nMessage-ID:\n <1@x>\r\nDate: 1 Jan 2014\n\nb"), b);
	mail_name(span_str("Message-Id: <2@x>\nDate: 1 Jan 2014\n\na"), c);
	assert_string_equal(a, b);
	assert_string_not_equal(a, c);
}

/* What properties say of a mail names it as its header does; without an id by subject and time. */
static void
test_key_name(void **state)
{
	char a[MAIL_NAME_SIZE], b[MAIL_NAME_SIZE];
	struct mail_key k = {.id = span_str("1@x"), .subject = span_str("other"), .when = 0};

	(void)state;
	mail_name(span_str("Message-Id: <1@x>\nSubject: s\nDate: 1 Jan 1970\n\na"), a);
	mail_key_name(&k, b);
	assert_string_equal(a, b);
	k.id = span_str(" ");
	k.subject = span_str("Gr\303\274\303\237e aus K\303\266ln ");
	k.when = mail_filetime(130612968000000000);
	mail_name(span_str("Date: Mon, 24 Nov 2014 05:00:00 -0500\nSubject: "
			   "=?utf-8?q?Gr=C3=BC=C3=9Fe?=\n"
			   " =?iso-8859-1?q?_aus_K=F6ln?=\n\nbody"),
		a);
	mail_key_name(&k, b);
	assert_string_equal(a, b);
	assert_string_equal(a + 13, "-2014-11-24");
	assert_true(mail_filetime(0) == MAIL_NO_DATE);
	assert_true(mail_filetime(UINT64_MAX) == MAIL_NO_DATE);
	mail_name(span_str("X: y\n\nwords"), a);
	mail_name(span_str("X: y\n\nother words"), b);
	assert_string_not_equal(a, b);
}

/* Every cut of a mail is read without a fault, and what stands before the cut is seen. */
static void
test_every_cut(void **state)
{
	static const char in[] = MIXED "--B\nContent-Type: text/plain; "
				       "name=a\nContent-Transfer-Encoding: base64\n\n"
				       "aGVsbG8gd29ybGQ=\n--B\nContent-Type: "
				       "message/rfc822\n\n" HEAD "\nbegin 644 x\n"
				       "%86)C9&4`\n`\nend\n--B--\n";

	(void)state;
	for (size_t n = 0; n < sizeof in; n++) {
		uint8_t *exact = malloc(n ? n : 1);
		struct recsink rs;

		assert_non_null(exact);
		memcpy(exact, in, n);
		recsink_init(&rs, true);
		assert_int_equal(recsink_bytes(&rs, "a.eml", span_of(exact, n)), 0);
		recsink_free(&rs);
		free(exact);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_too_deep),
		cmocka_unit_test(test_uu),
		cmocka_unit_test(test_flowed),
		cmocka_unit_test(test_protected),
		cmocka_unit_test(test_item_name),
		cmocka_unit_test(test_key_name),
		cmocka_unit_test(test_every_cut),
	};

	return cmocka_run_group_tests(tests, read_open, read_close);
}
