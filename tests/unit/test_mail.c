/* Mails made here: headers, each transfer encoding, charsets, names, parts. */
#include "mailing.h"

#include "base/poison.h"

static void
test_plain(void **state)
{
	struct recsink rs;

	(void)state;
	read_mail(&rs, HEAD "\nhello\nworld\n");
	assert_string_equal(recsink_log(&rs),
		"item 0 a.eml message/rfc822\n" HEAD_LINE "text body|hello\\nworld\\n\n");
	recsink_free(&rs);
	expect(HEAD "\r\nhello\r\n", "text body|hello\\x0d\\n\n");
	expect(HEAD "no field, no blank line\n", "text body|no field, no blank line\\n\n");
	expect("92        \nFrom: x\nDate: y\nContent-Transfer-Encoding: base64\n\nODYyLTQz\n",
		"text header|From: x\\nDate: y\\n\ntext body|862-43\n");
	expect("MIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"
	       "ODYyLTQz\n",
		"text body|862-43\n");
	expect("Received: a\nFrom: x\nX-Y: 1", "text header|Received: a\\nFrom: x\\n\n");
}

static void
test_headers(void **state)
{
	(void)state;
	expect(HEAD "Cc: =?iso-8859-1?Q?J=F6rg?= <j@x>\n\nb", "Cc: J\xC3\xB6rg <j@x>\\n");
	expect(HEAD "Cc: =?koi8-r?B?0NLJ18XU?=\n\nb",
		"Cc: \xD0\xBF\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82\\n");
	expect(HEAD "Bcc: a@x,\n\tb@x,\r\n c@x\n\nb", "Bcc: a@x,\\tb@x, c@x\\n");
	expect(HEAD "Reply-To: \xF6\xFF\n\nb", "Reply-To: ");
	expect(HEAD "Cc: =?utf-8?B?w7Y=?= =?utf-8?Q?=C3=BC?=\n\nb", "Cc: \xC3\xB6\xC3\xBC\\n");
}

static void
test_long_header(void **state)
{
	struct buf in = {0};
	struct recsink rs;

	(void)state;
	buf_puts(&in, HEAD);
	for (int i = 0; i < 70000; i++)
		buf_printf(&in, "X-Filler-%d: some bytes\n", i);
	buf_puts(&in, "\nbody here\n");
	read_span(&rs, buf_span(&in));
	read_has(&rs, "gap too-big hides a mail header longer than the limit\n");
	read_has(&rs, "text body|body here\\n\n");
	recsink_free(&rs);
	buf_clear(&in);
	buf_puts(&in, HEAD "To: ");
	for (int i = 0; i < 400000; i++)
		buf_puts(&in, "abc, ");
	buf_puts(&in, "\n\nbody here\n");
	read_span(&rs, buf_span(&in));
	read_has(&rs, "gap too-big hides");
	read_has(&rs, "text body|body here\\n\n");
	recsink_free(&rs);
	buf_free(&in);
}

static void
put_part(struct buf *b, const char *encoding, struct span text)
{
	buf_printf(b,
		"--B\nContent-Type: text/plain; name=%s.txt\nContent-Transfer-Encoding: %s\n\n",
		encoding, encoding);
	if (strcmp(encoding, "base64") == 0)
		mailmake_base64(b, text);
	else if (strcmp(encoding, "quoted-printable") == 0)
		mailmake_qp(b, text);
	else if (strcmp(encoding, "x-uuencode") == 0)
		mailmake_uu(b, "uu.txt", text);
	else
		buf_put(b, text.p, text.n);
	buf_puts(b, "\n");
}

static void
test_transfer(void **state)
{
	static const char *const all[] = {
		"7bit", "8bit", "binary", "base64", "quoted-printable", "x-uuencode", "x-unknown"};
	static const char text[] = "number 862-43-5549 = \xC3\xBC and a line that is longer than "
				   "any line of"
				   " seventy-six characters would be, so that it is broken on its "
				   "way\nend";
	struct buf in = {0};
	struct recsink rs;
	size_t n = 0;

	(void)state;
	buf_puts(&in, HEAD "Content-Type: multipart/mixed; boundary=\"B\"\n\n");
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		put_part(&in, all[i], span_str(text));
	buf_puts(&in, "--B--\n");
	read_span(&rs, buf_span(&in));
	for (const char *p = recsink_log(&rs); (p = strstr(p,
							"would be, so that it is broken on "
							"its way\\nend"));
		p++)
		n++;
	assert_int_equal(n, sizeof all / sizeof *all);
	read_lacks(&rs, "gap");
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		char name[64];

		(void)snprintf(name, sizeof name, "item 1 %s.txt text/plain\n",
			strncmp(all[i], "x-uu", 4) == 0 ? "uu" : all[i]);
		read_has(&rs, name);
	}
	recsink_free(&rs);
	buf_free(&in);
}

static void
test_charsets(void **state)
{
	static const struct {
		const char *charset, *iconv, *text;
	} all[] = {{"utf-8", "UTF-8", "gr\xC3\xBC\xC3\x9F"},
		{"iso-8859-1", "ISO-8859-1", "gr\xC3\xBC\xC3\x9F"},
		{"windows-1252", "CP1252", "\xE2\x82\xAC 5"},
		{"iso-8859-2", "ISO-8859-2", "\xC5\x81\xC3\xB3\x64\xC5\xBA"},
		{"iso-8859-15", "ISO-8859-15", "\xE2\x82\xAC 7"},
		{"windows-1251", "CP1251", "\xD0\x9F\xD0\xB0\xD1\x80\xD0\xBE\xD0\xBB\xD1\x8C"},
		{"KOI8-R", "KOI8-R", "\xD0\x9F\xD0\xB0\xD1\x80\xD0\xBE\xD0\xBB\xD1\x8C"},
		{"iso-8859-7", "ISO-8859-7", "\xCE\xB1\xCE\xB2\xCE\xB3"},
		{"windows-1255", "CP1255", "\xD7\x90\xD7\x91"},
		{"Shift_JIS", "CP932", "\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E"},
		{"ISO-2022-JP", "ISO-2022-JP", "\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E"},
		{"euc-kr", "EUC-KR", "\xED\x95\x9C\xEA\xB5\xAD"},
		{"gb2312", "GB2312", "\xE4\xB8\xAD\xE5\x9B\xBD"},
		{"big5", "BIG5", "\xE4\xB8\xAD\xE5\x9C\x8B"},
		{"utf-16", "UTF-16", "gr\xC3\xBC\xC3\x9F"}};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		iconv_t cd = iconv_open(all[i].iconv, "UTF-8");
		char raw[64], *to = raw, *from = (char *)(uintptr_t)all[i].text, want[96];
		size_t room = sizeof raw, left = strlen(from);
		struct buf in = {0};

		assert_true(cd != (iconv_t)-1);
		assert_int_equal(iconv(cd, &from, &left, &to, &room), 0);
		(void)iconv(cd, NULL, NULL, &to, &room);
		(void)iconv_close(cd);
		buf_printf(&in,
			HEAD "Content-Type: text/plain; charset=\"%s\"\n"
			     "Content-Transfer-Encoding: base64\n\n",
			all[i].charset);
		mailmake_base64(&in, span_of(raw, sizeof raw - room));
		(void)snprintf(want, sizeof want, "text body|%s\n", all[i].text);
		expect(buf_cstr(&in), want);
		buf_free(&in);
	}
}

static void
test_names(void **state)
{
	static const struct {
		const char *field, *name;
	} all[] = {{"attachment; filename=\"a b.txt\"", "a b.txt"},
		{"attachment; filename*=utf-8''gr%C3%BCn.txt", "gr\xC3\xBCn.txt"},
		{"attachment; filename*0*=iso-8859-1'de'gr%FC; filename*1=n.txt",
			"gr\xC3\xBCn.txt"},
		{"attachment; filename=\"=?utf-8?B?Z3LDvG4udHh0?=\"", "gr\xC3\xBCn.txt"},
		{"inline; filename=x.txt", "x.txt"}, {"attachment", "part-1"}};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		struct buf in = {0};
		char want[128];

		buf_printf(&in,
			HEAD "Content-Type: multipart/mixed; boundary=B\n\n--B\n"
			     "Content-Disposition: %s\n\nx\n--B--\n",
			all[i].field);
		(void)snprintf(
			want, sizeof want, "item 1 %s text/plain\ntext body|x\n", all[i].name);
		expect(buf_cstr(&in), want);
		buf_free(&in);
	}
	expect(HEAD "Content-Type: multipart/mixed; boundary=B\n\n"
		    "--B\nContent-Type: a/b; name=n\n\n1\n--B\nContent-Type: a/b; "
		    "name=n\n\n2\n--B--\n",
		"item 1 n text/plain\ntext body|1\nitem 1 n#2 text/plain\ntext body|2\n");
}

static void
test_multipart(void **state)
{
	struct recsink rs;

	(void)state;
	read_mail(&rs,
		MIXED "before\n--B\nContent-Type: multipart/alternative; boundary=BB\n\n"
		      "--BB\n\nplain\n--BB\nContent-Type: text/html\n\n<p>page</p>\n--BB--\n"
		      "--B \t\nContent-Type: text/plain; name=t\n\nlast\n--B--\nbehind\n");
	read_has(&rs, "text body|before\n");
	read_has(&rs, "text body|plain\n");
	read_has(&rs, "page");
	read_has(&rs, "item 1 t text/plain\ntext body|last\n");
	read_has(&rs, "text body|behind\\n\n");
	read_lacks(&rs, "gap");
	recsink_free(&rs);
	/* an inner multipart that never ends is ended by the outer one */
	read_mail(&rs,
		MIXED "--B\nContent-Type: multipart/mixed; "
		      "boundary=C\n\n--C\n\nin\n--B\n\nout\n--B--");
	read_has(&rs, "text body|in\ntext body|out\n");
	read_lacks(&rs, "gap");
	recsink_free(&rs);
	read_mail(&rs, MIXED "--B\n\nin\n");
	read_has(&rs, "text body|in\\n\ngap corrupt mail ends before its last boundary\n");
	recsink_free(&rs);
	read_mail(&rs, MIXED "--X\n\nin\n--X--\n");
	read_has(&rs, "text body|--X\\n\\nin\\n--X--\\n\n");
	read_has(&rs, "gap corrupt hides mail without the parts it speaks of\n");
	recsink_free(&rs);
	expect(HEAD "Content-Type: multipart/digest; boundary=B\n\n--B\n\nSubject: "
		    "x\n\ninner\n--B--\n",
		"text header|Subject: x\\n\ntext body|inner\n");
}

/* Parts of no bytes at all, in any encoding. */
static void
test_empty_parts(void **state)
{
	static const char *const all[] = {"7bit", "base64", "quoted-printable", "x-uuencode"};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		struct buf in = {0};

		buf_printf(&in,
			MIXED "--B\nContent-Type: a/b; name=x\nContent-Transfer-Encoding: %s\n\n"
			      "--B\n\nlast\n--B--\n",
			all[i]);
		expect(buf_cstr(&in), "text body|last\n");
		buf_free(&in);
	}
}

static void
test_deep_multipart(void **state)
{
	struct buf in = {0};
	struct recsink rs;

	(void)state;
	buf_puts(&in, HEAD "Content-Type: multipart/mixed; boundary=B0\n\n");
	for (int i = 0; i < 40; i++)
		buf_printf(&in, "--B%d\nContent-Type: multipart/mixed; boundary=B%d\n\n", i, i + 1);
	buf_puts(&in, "--B40\n\ndeep\n--B0\n\nshallow\n--B0--\n");
	read_span(&rs, buf_span(&in));
	read_has(&rs, "gap too-deep hides multiparts within multiparts\n");
	read_has(&rs, "text body|shallow\n");
	recsink_free(&rs);
	buf_free(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_long_header),
		cmocka_unit_test(test_transfer),
		cmocka_unit_test(test_charsets),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_multipart),
		cmocka_unit_test(test_empty_parts),
		cmocka_unit_test(test_deep_multipart),
	};

	return cmocka_run_group_tests(tests, read_open, read_close);
}
