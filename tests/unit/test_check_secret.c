/* Checks of keys, tokens, hashes and passwords. Tokens are put together here, none is real. */
#include "checking.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "detect/detect.h"

static void
crc_and_base64(void **state)
{
	uint8_t out[16];
	size_t used;

	(void)state;
	assert_int_equal(crc32_of(span_str("123456789")), 0xCBF43926u); /* the standard's check */
	assert_int_equal(base64_decode(span_str("Zm9vYmFy"), out, sizeof out, &used), 6);
	assert_memory_equal(out, "foobar", 6);
	assert_int_equal(base64_decode(span_str("Zm 9v\nYg=="), out, sizeof out, &used), 4);
	assert_int_equal(used, 8);
	assert_int_equal(base64_decode(span_str("Zm9vYmFy"), out, 3, &used), 3);
	assert_int_equal(base64_decode(span_str("!"), out, sizeof out, &used), 0);
}

/* PREFIX, thirty characters, and the checksum in six digits of base 62. */
static void
make_token(const char *prefix, const char *body, char *out, size_t cap)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxy"
				     "z";
	uint32_t crc = crc32_of(span_str(body));
	char sum[7] = "";

	for (int i = 5; i >= 0; i--, crc /= 62)
		sum[i] = digits[crc % 62];
	(void)snprintf(out, cap, "%s%s%s", prefix, body, sum);
}

static void
checksum_tokens(void **state)
{
	char s[64];
	uint64_t seed = 3;
	unsigned n = 0;

	(void)state;
	make_token("ghp_", "abcdefghijABCDEFGHIJ0123456789", s, sizeof s);
	want("github", s, true);
	s[10] ^= 1;
	want("github", s, false);
	make_token("npm_", "0123456789abcdefghijABCDEFGHIJ", s, sizeof s);
	want("npm", s, true);
	want("npm", "npm_", false);
	want("github", "ghp_abcdefghijABCDEFGHIJ0123456789", false);
	for (int i = 0; i < 100000; i++) {
		struct verdict v;

		for (size_t k = 4; k < 40; k++)
			s[k] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				[draw(&seed) % 62];
		n += check_find("github")->fn(span_of(s, 40), span_of(s, 40), &v);
	}
	assert_int_equal(n, 0);
}

static void
service_tokens(void **state)
{
	(void)state;
	want("aws-id",
		"AKIA"
		"MADEUPMADEUP2345",
		true);
	want("aws-id",
		"AKIA"
		"MADEUPMADEUP2315",
		false);
	want("aws-id",
		"AKIA"
		"MADEUPMADEUP234",
		false);
	assert_true(is_sample("aws-id", "AKIAIOSFODNN7EXAMPLE"));
	want("slack",
		"xoxb-"
		"000000000000-111111111111-MadeUpMadeUp01234567",
		true);
	want("slack",
		"xoxb-"
		"your-token-goes-here-please",
		false);
	want("slack",
		"xoxb-"
		"000000000000-111111111111-aaaaaaaaaaaaaaaaaaaaaaaa",
		false);
	want("stripe",
		"sk_"
		"live_MadeUp0Made1Up2Made3Up4x",
		true);
	want("stripe",
		"sk_"
		"live_aaaaaaaaaaaaaaaaaaaaaaaaaa",
		false);
	assert_true(is_sample("stripe",
		"sk_"
		"test_MadeUp0Made1Up2Made3Up4x"));
	assert_true(is_sample("azure-key",
		"Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/"
		"K1SZFPTOtr/KBHBeksoGMGw=="));
	want("azure-key", "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6", false);
}

static void
web_tokens(void **state)
{
	(void)state;
	/* RFC 7519's own example, 3.1 */
	want("jwt",
		"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
		"eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb2"
		"90Ijp0cnVlfQ."
		"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
		true);
	want("jwt", "eyJ0eXAiOiJKV1QifQ.eyJpc3MiOiJqb2UifQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r", false);
	want("jwt", "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UifQ", false);
	want("jwt", "eyJhbGciOiJIUzI1NiJ9.aGVsbG8.dBjftJeZ4CVP-mB92K27uhbUJU1p1r", false);
	want("jwt", "...", false);
	want("jwt", "", false);
}

#define S22 "abcdefghijklmnopqrstuv"
#define S43 S22 "ABCDEFGHIJKLMNOPQRSTU"
#define S86 S43 S43

static void
hashes(void **state)
{
	(void)state;
	want("crypt-hash", "$1$salt$" S22, true);
	want("crypt-hash", "$1$salt$" S22 "x", false);
	want("crypt-hash", "$1$saltsalts$" S22, false);
	want("crypt-hash", "$apr1$salt$" S22, true);
	want("crypt-hash", "$5$salt$" S43, true);
	want("crypt-hash", "$5$rounds=5000$salt$" S43, true);
	want("crypt-hash", "$6$salt$" S86, true);
	want("crypt-hash", "$6$salt$" S43, false);
	want("crypt-hash", "$2b$12$" S22 "abcdefghijklmnopqrstuvwxyz01234", true);
	want("crypt-hash", "$2b$12$" S22, false);
	want("crypt-hash", "$2z$12$" S22 "abcdefghijklmnopqrstuvwxyz01234", false);
	want("crypt-hash", "$y$j9T$salt$" S43, true);
	want("crypt-hash", "$y$j9T$" S43, false);
	want("crypt-hash", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$" S43, true);
	want("crypt-hash", "{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk=", true);
	want("crypt-hash", "{SSHA}2jmj7l5rSw0yVb/vlWAYkK/YBwkxMjM0", true);
	want("crypt-hash", "{SSHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk=", false);
	want("crypt-hash",
		"Probe:1104:aad3b435b51404eeaad3b435b51404ee:0123456789abcdef0123456789abcdef:::",
		true);
	assert_true(is_sample("crypt-hash",
		"Guest:501:aad3b435b51404eeaad3b435b51404ee:31d6cfe0d16ae931b73c59d7e0c089c0:::"));
	want("crypt-hash", "Probe:1104:aad3b435b51404ee:0123456789abcdef:::", false);
	want("crypt-hash", "$", false);
	want("crypt-hash", "$6$", false);
	want("crypt-hash", "", false);
}

static void
cpasswords(void **state)
{
	(void)state;
	want("cpassword", "AAAAAAAAAAAAAAAAAAAAAA", true);
	want("cpassword", "AAAAAAAAAAAAAAAAAAAAAA==", true);
	want("cpassword", "AAAAAAAAAAAAAAAAAAAAAAA", false);
	want("cpassword", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", true);
	want("cpassword", "AAAA", false);
	want("cpassword", "AAAAAAAAAAAAAAAAAAAAAA!", false);
	want("cpassword", "", false);
}

/* A PEM of a DER SEQUENCE { INTEGER 0, n zero bytes } with the given label and line ends. */
static void
make_pem(struct buf *b, const char *label, size_t n, const char *eol)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz012345678"
				     "9+/";
	uint8_t *der = calloc(1, n + 7);

	assert_non_null(der);
	der[0] = 0x30;
	der[1] = 0x82;
	der[2] = (uint8_t)((n + 3) >> 8);
	der[3] = (uint8_t)(n + 3);
	der[4] = 2;
	der[5] = 1;
	buf_printf(b, "-----BEGIN %s-----%s", label, eol);
	for (size_t i = 0; i + 3 <= n + 7; i += 3) {
		uint32_t w = (uint32_t)der[i] << 16 | (uint32_t)der[i + 1] << 8 | der[i + 2];

		for (int k = 18; k >= 0; k -= 6)
			buf_putc(b, (uint8_t)digits[w >> k & 63]);
		if (i % 48 == 45)
			buf_puts(b, eol);
	}
	buf_printf(b, "%s-----END %s-----%s", eol, label, eol);
	free(der);
}

static bool
pem_good(const char *label, size_t n, const char *eol, size_t cut, bool *ret_encrypted)
{
	struct buf b = {.max = 0};
	struct verdict v;
	bool ok;

	make_pem(&b, label, n, eol);
	ok = try_check("pem", span_sub(buf_span(&b), 0, b.n - cut), &v);
	if (ret_encrypted)
		*ret_encrypted = v.encrypted;
	buf_free(&b);
	return ok;
}

static void
pem_keys(void **state)
{
	bool encrypted;

	(void)state;
	assert_true(pem_good("PRIVATE KEY", 299, "\n", 0, &encrypted));
	assert_false(encrypted);
	assert_true(pem_good("RSA PRIVATE KEY", 599, "\r\n", 0, NULL));
	assert_true(pem_good("EC PRIVATE KEY", 299, "\\n", 0, NULL));
	assert_true(pem_good("PRIVATE KEY", 299, "\" +\n    \"", 0, NULL));
	assert_true(pem_good("ENCRYPTED PRIVATE KEY", 599, "\n", 0, &encrypted));
	assert_true(encrypted);
	assert_false(pem_good("PUBLIC KEY", 299, "\n", 0, NULL));
	assert_false(pem_good("PRIVATE KEY", 299, "\n", 200, NULL));
	/* longer than what is looked at: no END in sight, but the body goes on and on */
	assert_true(pem_good("PRIVATE KEY", 6002, "\n", 0, NULL));
	want("pem", "-----BEGIN PRIVATE KEY-----", false);
	want("pem", "-----BEGIN PRIVATE KEY", false);
	want("pem", "-----BEGIN ", false);
	want("pem", "", false);
	want("pem", "-----BEGIN RSA PRIVATE KEY-----\nMIIE...\n-----END RSA PRIVATE KEY-----",
		false);
}

static void
pem_legacy_cipher(void **state)
{
	struct verdict v;

	(void)state;
	assert_true(try_check("pem",
		span_str("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
			 "DEK-Info: AES-128-CBC,0123456789ABCDEF0123456789ABCDEF\n\n"
			 "CzBVep/E6Q4zWH2ix+wRNluApcrvFDleg6jN8hc8YYar0PUaP2SJrtP4HUJnjLHW\n"
			 "+yBFao+02f4jSG2St9wBJg==\n-----END RSA PRIVATE KEY-----\n"),
		&v));
	assert_true(v.encrypted);
}

static void
putty_keys(void **state)
{
	struct verdict v;

	(void)state;
	assert_true(try_check("ppk",
		span_str("PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: none\r\nComment: c\r\n"
			 "Public-Lines: 2\r\nAAAA\r\nBBBB\r\nPrivate-Lines: 1\r\nCCCC\r\n"
			 "Private-MAC: 00ff\r\n"),
		&v));
	assert_false(v.encrypted);
	assert_true(try_check("ppk",
		span_str("PuTTY-User-Key-File-2: ssh-rsa\nEncryption: aes256-cbc\nComment: c\n"
			 "Public-Lines: 2\nAAAA\nBBBB\nPrivate-Lines: 1\nCCCC\n"),
		&v));
	assert_true(v.encrypted);
	want("ppk", "PuTTY-User-Key-File-2: ssh-rsa", false);
	want("ppk", "PuTTY-User-Key-File-9: ssh-rsa\nEncryption: none\n", false);
	want("ppk", "", false);
}

static void
passwords(void **state)
{
	static const char *const yes[] = {"Winter2014!", "t0fu-Kisten", "sonnenblume",
		"123456789012", "H7KIC85R#@4$", "Pa$$w0rt", "correct horse", NULL};
	static const char *const no[] = {"", "abc", "****", "________", "xxxxxxxx", "<password>",
		"pypi-AgEIcHlwaS5vcmcxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
		"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "${DB_PASSWORD}", "%PASSWORD%",
		"{{ secret }}", "$password", "changeme", "password", "n/a", "None", "must",
		"getpass.getpass()", "getpass.getpass(", "os.environ['PW']", "self.password",
		"handler.password", "url_user_password", "DECRYPTION_FAILED", "credentials[0]",
		"/Users/probe/x", "https://a.invalid/", "/etc/shadow", "C:\\temp\\x",
		"01234567-89ab-cdef-0123-456789abcdef", "2014-11-24", "required?", "&quot;()",
		"\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2", NULL};

	(void)state;
	for (size_t i = 0; yes[i]; i++)
		want("password", yes[i], true);
	for (size_t i = 0; no[i]; i++)
		want("password", no[i], false);
}

/* Whether the check takes the word where it stands in text. */
static bool
taken_in(const char *check, const char *text, const char *word)
{
	const char *at = strstr(text, word);
	struct verdict v;

	assert_non_null(at);
	return check_find(check)->fn(span_of(at, strlen(word)), span_str(text), &v);
}

static void
in_context(void **state)
{
	(void)state;
	assert_true(taken_in("password", "password: sonnenblume\n", "sonnenblume"));
	assert_false(taken_in("password", "password: sonnenblume gefällt mir", "sonnenblume"));
	assert_true(taken_in("connection-string", "Server=a;Password=Gr4nit;Database=b", "Gr4nit"));
	assert_false(taken_in("connection-string",
		"Server=a;Password=Gr4nit;Integrated Security=SSPI;Database=b", "Gr4nit"));
	assert_true(taken_in("connection-string",
		"\"Server=a;Password=Gr4nit\" \"Integrated Security=SSPI\"", "Gr4nit"));
	assert_false(taken_in("connection-string", "Password={0};", "{0}"));
	assert_true(taken_in("url-userinfo", "ftp://up:Ofen9@ftp.intern/", "up:Ofen9"));
	assert_false(taken_in("url-userinfo", "ftp://up:password@ftp.intern/", "up:password"));
	assert_false(taken_in("url-userinfo", "ftp://same:same@ftp.intern/", "same:same"));
	assert_true(is_sample("connection-string", "hunter2"));
}

static void
measures(void **state)
{
	(void)state;
	assert_true(check_entropy(span_str("")) < 0.01f);
	assert_true(check_entropy(span_str("aaaa")) < 0.01f);
	assert_true(
		check_entropy(span_str("abcd")) > 1.99f && check_entropy(span_str("abcd")) < 2.01f);
	assert_int_equal(check_classes(span_str("")), 0);
	assert_int_equal(check_classes(span_str("aB3$")), 4);
	assert_int_equal(check_classes(span_str("abc")), 1);
}

/* What stands where a value should, with the bytes around it: | marks the value's ends. */
static void
program_text(void **state)
{
	static const struct {
		const char *text;
		bool program;
	} t[] = {{"password = |getpass|()", true}, {"pw = |prompt|(arg)", true},
		{"passwd : |PChar|;", true}, {"Pwd: |LPCWSTR|,", true},
		{"password: |CFStringRef| read x", true}, {"Password:=|Value|", false},
		{"password = |handler.password|", true}, {"passwd = |^TPasswd|", true},
		{"pw=|_ffi.NULL|", true}, {"pw = |self.pw|", true}, {"pw = |a->b|", true},
		{"--password=|\\fIword\\fP|", true}, {"pwd = |base64_encoded_64_byte_salt|", true},
		{"pw = |0x1F|;", true}, {"pw: |-7111|,", true}, {"pw = |$000F|)", true},
		{"pw: |!0|,", true}, {"pw = |passphrase=|", true}, {"pw = |names[i]|", true},
		{"password = \"|getpass|\" (x)", false}, {"password: |ZwergHahn|", false},
		{"password: |Winter2014!|", false}, {"password = '|PChar|';", false},
		{"password: |Ofen_Rohr_9|", false}, {"password: |7111|", false},
		{"password: |gr4n(7t|", false}, {"", true}};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		const char *a = strchr(t[i].text, '|'), *b = a ? strchr(a + 1, '|') : NULL;
		char text[80] = "";
		size_t at = a ? (size_t)(a - t[i].text) : 0, n = b ? (size_t)(b - a - 1) : 0;
		size_t len = (size_t)snprintf(text, sizeof text, "%.*s%.*s%s", (int)at, t[i].text,
			(int)n, a ? a + 1 : "", b ? b + 1 : "");

		if (is_program(span_of(text + at, n), span_of(text, len)) != t[i].program)
			fail_msg("'%s'", t[i].text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(program_text),
		cmocka_unit_test(crc_and_base64),
		cmocka_unit_test(checksum_tokens),
		cmocka_unit_test(service_tokens),
		cmocka_unit_test(web_tokens),
		cmocka_unit_test(hashes),
		cmocka_unit_test(cpasswords),
		cmocka_unit_test(pem_keys),
		cmocka_unit_test(pem_legacy_cipher),
		cmocka_unit_test(putty_keys),
		cmocka_unit_test(passwords),
		cmocka_unit_test(in_context),
		cmocka_unit_test(measures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
