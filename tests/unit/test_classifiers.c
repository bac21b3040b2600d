/* Lists of passwords and of files in running text, and what only looks like them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/count.h"
#include "classify/classify.h"
#include "classify/lines.h"

#include "base/poison.h"

static const struct rule rule = {.id = "r"};

static int
on_judge(void *user, const struct judgement *j)
{
	assert_ptr_equal(j->rule, &rule);
	buf_printf(user, "judge %d %llu line %llu\n", (int)j->confidence,
		(unsigned long long)j->count, (unsigned long long)j->at.line);
	return 0;
}

static void
on_value(void *user, const struct rule *r, struct span v)
{
	(void)r;
	buf_printf(user, "%.*s\n", (int)v.n, (const char *)v.p);
}

static void
run(const struct classifier *c, struct span text, size_t piece, struct buf *log)
{
	const struct classify_out out = {.judge = on_judge, .value = on_value, .user = log};
	const struct item it = {.name = span_str("x.txt")};
	void *state = calloc(1, c->state_size);

	assert_non_null(state);
	c->begin(state, &rule, &it);
	for (size_t at = 0; at < text.n; at += piece) {
		struct span s = span_sub(text, at, piece);

		c->text(state, s, count_byte(s, '\n'));
	}
	assert_int_equal(c->end(state, &out), 0);
	free(state);
}

/* The same comes out wherever the text is cut. */
static void
expect(const char *name, const char *text, const char *want)
{
	const struct classifier *c = classifier_find(name);
	struct span s = span_str(text);

	assert_non_null(c);
	for (size_t piece = 1; piece <= s.n; piece = piece < 24 ? piece + 1 : piece * 3) {
		struct buf log = {0};

		run(c, s, piece, &log);
		assert_string_equal(buf_cstr(&log), want);
		buf_free(&log);
	}
}

#define PAIRS(text, want) expect("password-pairs", text, want)

static void
test_pairs_found(void **state)
{
	(void)state;
	PAIRS("Router\nuser: admin\npassword: Gr4nit77\n\nNAS\nLogin: backup\nPwd: t0fuKisten\n\n"
	      "Mail\nE-Mail: a@b.example\nPW - Ofen-Rohr9\n",
		"Gr4nit77\nt0fuKisten\nOfen-Rohr9\njudge 2 3 line 3\n");
	PAIRS("Facebook  ID/PW: studio/Popc0rn\nTwitter  ID/PW: studio/Popc0rn2\n"
	      "YouTube  Login / x\nBank  username/password: cfo / Kasse99\n",
		"Popc0rn\nPopc0rn2\nKasse99\njudge 2 3 line 1\n");
	PAIRS("login=ann, password=monkey\nlogin=bob, password=dragon\nlogin=cid, "
	      "password=kitten\n",
		"monkey\ndragon\nkitten\njudge 2 3 line 1\n");
	PAIRS("10.0.0.1 root/Secret1\n10.0.0.2 root/Secret2\n10.0.0.3 admin/Secret3\n",
		"Secret1\nSecret2\nSecret3\njudge 2 3 line 1\n");
	PAIRS("user: ann / Haus4Tor\nuser: bob / Turm5Rad\nuser: cid / See6Boot\n",
		"Haus4Tor\nTurm5Rad\nSee6Boot\njudge 2 3 line 1\n");
}

static void
test_pairs_said(void **state)
{
	(void)state;
	PAIRS("db1 - login ann, password Haus4Tor\ndb2 - login bob, password Turm5Rad\n"
	      "db3 - login cid, password See6Boot\n",
		"Haus4Tor\nTurm5Rad\nSee6Boot\njudge 2 3 line 1\n");
	PAIRS("Benutzer ann Kennwort Haus4Tor; Benutzer bob Kennwort Turm5Rad; Benutzer cid "
	      "Kennwort See6Boot\n",
		"Haus4Tor\nTurm5Rad\nSee6Boot\njudge 2 3 line 1\n");
	PAIRS("a: login: ann pw: Haus4Tor b: login: bob pw: Turm5Rad c: login: cid pw: See6Boot\n",
		"Haus4Tor\nTurm5Rad\nSee6Boot\njudge 2 3 line 1\n");
	PAIRS("user -> ann, pass -> Haus4Tor\nuser => bob, pass => Turm5Rad\n"
	      "user \xE2\x86\x92 cid, pw \xE2\x80\x93 See6Boot\n",
		"Haus4Tor\nTurm5Rad\nSee6Boot\njudge 2 3 line 1\n");
	PAIRS("usuario: ann\nclave: Haus4Tor\n\nusuario: bob\nclave: Turm5Rad\n\n"
	      "identifiant : cid\nmdp : See6Boot\n",
		"Haus4Tor\nTurm5Rad\nSee6Boot\njudge 2 3 line 2\n");
	PAIRS("Mail: ann@a.example / Haus4Tor\nBank - bob@a.example / Turm5Rad\n"
	      "NAS: cid@a.example / See6Boot\n",
		"Haus4Tor\nTurm5Rad\nSee6Boot\njudge 2 3 line 1\n");
	PAIRS("the login ann uses the password of bob\nlogin fails, password wrong5 times\n"
	      "--user ann --password Haus4Tor\n--user bob --password Turm5Rad\n"
	      "--user cid --password See6Boot\n",
		"");
}

static void
test_pairs_headed(void **state)
{
	(void)state;
	PAIRS("\nPasswords:\n\nRouter: Haus4Tor\nBank - Turm5Rad (new)\nNAS -> See6Boot\n",
		"Haus4Tor\nTurm5Rad\nSee6Boot\njudge 2 3 line 4\n");
	PAIRS("WLAN-Kennw\xC3\xB6rter 2014\nHalle 1: Haus4Tor\nHalle 2: Turm5Rad\nBox: See6Boot",
		"Haus4Tor\nTurm5Rad\nSee6Boot\njudge 2 3 line 2\n");
	PAIRS("Passwords\nhost: db14tor\nurl: www4you\nRouter: Haus4Tor\nNAS: Turm5Rad\n"
	      "Box: See6Boot\n",
		"");
	PAIRS("Passwords are secret\nRouter: Haus4Tor\nNAS: Turm5Rad\nBox: See6Boot\n", "");
	PAIRS("Passwords\nHow they are kept.\nAs text.\na: Haus4Tor\nb: Turm5Rad\nc: See6Boot\n",
		"");
}

static void
test_pairs_many(void **state)
{
	struct buf text = {0}, log = {0};

	(void)state;
	for (int i = 0; i < 1000; i++)
		buf_printf(&text, "User: u%d\nPassword: Geheim%d\n\n", i, i % 50);
	run(classifier_find("password-pairs"), buf_span(&text), 4096, &log);
	assert_non_null(strstr(buf_cstr(&log), "judge 3 1000 line 2\n"));
	assert_non_null(strstr(buf_cstr(&log), "\nGeheim49\njudge"));
	buf_free(&text);
	buf_free(&log);
}

static void
test_pairs_silent(void **state)
{
	(void)state;
	PAIRS("Username: your login name\nPassword: must be 8 characters\nUser: see above\n"
	      "Password: should be changed every month\nLogin: x\nPassword: your own password "
	      "here\n",
		"");
	PAIRS("user = get_user()\npassword = get_password()\nuser: $USER\npassword: ${PASS}\n"
	      "user: <name>\npassword: <password>\nlogin: %s\npassword: %s\n",
		"");
	PAIRS("user: ann\npassword: ********\nuser: bob\npassword: ********\nuser: c\n"
	      "password: xxxxxxxx\n",
		"");
	PAIRS("password: Gr4nit77\n\n\n\npassword: t0fu9Kisten\n\n\npassword: Ofen9Rohr\n", "");
	PAIRS("user: ann\npassword: Gr4nit77\nuser: bob\npassword: t0fuKisten\n", "");
	PAIRS("user: ann\npassword: Gr4nit77\nuser: bob\npassword: Gr4nit77\nuser: cid\n"
	      "password: Gr4nit77\n",
		"");
	PAIRS("id: 7\nPASS: gdb.ada/one.exp: it runs\nid: 8\nPASS: gdb.ada/two.exp: it runs\n"
	      "id: 9\nPASS: gdb.ada/three.exp: it runs\n",
		"");
	PAIRS("user = config['user']\npassword = config['secret1']\nuser = self.user\n"
	      "password = self.password1\nuser = a\npass -DSIZE=12\nuser = b\npass -DLEN=13\n",
		"");
	PAIRS("see http://bugs.example/?id=2819 / CVE-2018-18661\nsee http://bugs.example/?id=2820 "
	      "/ "
	      "CVE-2018-18662\nsee http://bugs.example/?id=2821 / CVE-2018-18663\n",
		"");
	PAIRS("You can pass: none of it and/or all of it. He passed on 11/24.\n", "");
}

static void
listing(struct buf *b, const char *format, int n)
{
	buf_clear(b);
	for (int i = 0; i < n; i++) {
		buf_puts(b, format);
		buf_printf(b, "file%d.doc\n", i);
	}
}

static void
test_listing_found(void **state)
{
	static const struct {
		const char *line, *want;
	} kinds[] = {
		{"11/24/2014  08:00 AM           123,456 ", "judge 2 30 line 1\n"},
		{"24.11.2014  08:00    <DIR>          ", "judge 2 30 line 1\n"},
		{"-rw-r--r-- 1 ann staff 4096 Nov 24 08:00 ", "judge 2 30 line 1\n"},
		{"|   |-- ", "judge 2 30 line 1\n"},
		{"\xE2\x94\x82   \xE2\x94\x9C\xE2\x94\x80\xE2\x94\x80 ", "judge 2 30 line 1\n"},
		{"C:\\Users\\ann\\", "judge 2 30 line 1\n"},
		{"/usr/share/hr/", "judge 1 30 line 1\n"},
		{"0123456789abcdef0123456789abcdef  ", "judge 1 30 line 1\n"},
		{"\\\\server\\share\\", "judge 2 30 line 1\n"},
		{"./share/hr/", "judge 2 30 line 1\n"},
	};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		listing(&b, kinds[i].line, 30);
		expect("file-listing", buf_cstr(&b), kinds[i].want);
		listing(&b, kinds[i].line, 19);
		expect("file-listing", buf_cstr(&b), "");
	}
	buf_free(&b);
}

/* dir /s has headings and totals between its entries. */
static void
test_listing_of_folders(void **state)
{
	struct buf b = {0};

	(void)state;
	for (int i = 0; i < 12; i++)
		buf_printf(&b,
			" Directory of C:\\hr\\%d\n\n24/11/2014  08:00  12,345 a.doc\n"
			"24/11/2014  08:00  12,345 b.doc\n   2 File(s)  24,690 bytes\n\n",
			i);
	expect("file-listing", buf_cstr(&b), "judge 2 24 line 3\n");
	buf_free(&b);
}

static void
test_listing_silent(void **state)
{
	static const char *const lines[] = {
		"2014-11-24 08:00:01 INFO request served in 12 ms, ",
		"#include <stdio.h> // ",
		"11/24/2014 08:00 meeting with ",
		"/* a comment about */ int ",
		"- buy milk and ",
		"http://host.example/a/b/",
	};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		listing(&b, lines[i], 60);
		expect("file-listing", buf_cstr(&b), "");
	}
	listing(&b, "-rw-r--r-- 1 ann staff 4096 Nov 24 08:00 ", 25);
	for (int i = 0; i < 100; i++)
		buf_puts(&b, "prose that goes on for long\n");
	expect("file-listing", buf_cstr(&b), "");
	buf_free(&b);
}

/* What is no listing for thousands of lines is none, wherever the text is cut; what is one stays it. */
static void
test_listing_early(void **state)
{
	static const struct {
		int before, entries, behind;
		bool found;
	} t[] = {{4096, 20000, 0, false}, {4033, 8000, 0, false}, {4032, 8000, 0, true},
		{5000, 500000, 0, false}, {0, 20000, 5000, true}, {0, 20000, 14000, false}};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct buf b = {0};

		for (int k = 0; k < t[i].before; k++)
			buf_puts(&b, "prose that goes on\n");
		for (int k = 0; k < t[i].entries; k++)
			buf_printf(&b, "-rw-r--r-- 1 ann staff 40 Nov 24 08:00 f%d\n", k);
		for (int k = 0; k < t[i].behind; k++)
			buf_puts(&b, "prose that goes on\n");
		for (size_t piece = 100; piece < 100000000; piece *= 100) {
			struct buf log = {0};

			run(classifier_find("file-listing"), buf_span(&b), piece, &log);
			if ((log.n > 0) != t[i].found)
				fail_msg("%zu, in pieces of %zu: %s", i, piece, buf_cstr(&log));
			buf_free(&log);
		}
		buf_free(&b);
	}
}

static void
on_line(void *user, struct span line, uint64_t number)
{
	buf_printf(user, "%llu:%zu:%.3s\n", (unsigned long long)number, line.n,
		line.n >= 3 ? (const char *)line.p : "---");
}

static void
test_lines(void **state)
{
	static struct lines l;
	char long_line[2000];
	struct buf log = {0};

	(void)state;
	memset(long_line, 'x', sizeof long_line);
	lines_feed(&l, span_str("abc\r\n\nab"), on_line, &log);
	lines_feed(&l, span_str("cd\n"), on_line, &log);
	lines_feed(&l, span_of(long_line, sizeof long_line), on_line, &log);
	lines_feed(&l, span_str("\nend"), on_line, &log);
	lines_end(&l, on_line, &log);
	lines_end(&l, on_line, &log);
	assert_string_equal(buf_cstr(&log), "1:3:abc\n2:0:---\n3:4:abc\n4:512:xxx\n5:3:end\n");
	buf_free(&log);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs_found),
		cmocka_unit_test(test_pairs_said),
		cmocka_unit_test(test_pairs_headed),
		cmocka_unit_test(test_pairs_many),
		cmocka_unit_test(test_pairs_silent),
		cmocka_unit_test(test_listing_found),
		cmocka_unit_test(test_listing_of_folders),
		cmocka_unit_test(test_listing_silent),
		cmocka_unit_test(test_listing_early),
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
