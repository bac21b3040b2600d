/* Small checks stand in for the real ones: the engine is what is tested. */
#include "testrules.h"
#include <stdlib.h>

#include "base/poison.h"

static bool
check_area(struct span v, struct span around, struct verdict *ret)
{
	(void)around;
	if (v.p[0] == '9' || memcmp(v.p, "000", 3) == 0 || memcmp(v.p, "666", 3) == 0)
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] >= '0' && v.p[i] <= '9')
			ret->normal[ret->normal_n++] = (char)v.p[i];
	ret->note = "valid area";
	ret->sample = memcmp(ret->normal, "123456789", 9) == 0;
	return true;
}

static bool
check_sum(struct span v, struct span around, struct verdict *ret)
{
	unsigned sum = 0, n = 0;

	for (size_t i = v.n; i-- > 0;) {
		unsigned d = (unsigned)(v.p[i] - '0');

		if (d > 9)
			continue;
		d = n++ & 1 ? d * 2 : d;
		sum += d > 9 ? d - 9 : d;
	}
	ret->checksum = true;
	/* looks at its neighbours, as checks may */
	return sum % 10 == 0 && !(v.p > around.p && v.p[-1] == '#');
}

static bool
check_strong(struct span v, struct span around, struct verdict *ret)
{
	unsigned sum = 0;

	(void)around;
	for (size_t i = 0; i < v.n; i++)
		sum += v.p[i] == ' ' ? 0 : v.p[i];
	ret->checksum = ret->strong = true;
	ret->note = "check digits agree";
	return sum % 3 != 0;
}

static const struct check area = {"area", check_area}, sum = {"sum", check_sum},
			  strong = {"strong", check_strong};

#define WORDS(w, ...)                                                                              \
	{                                                                                          \
		(const char *const[]){__VA_ARGS__},                                                \
			sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), (w)           \
	}
#define PATTERNS(...)                                                                              \
	.patterns = (const struct pattern[]){__VA_ARGS__},                                         \
	.n_patterns = sizeof((const struct pattern[]){__VA_ARGS__}) / sizeof(struct pattern)
#define ANCHORS(...)                                                                               \
	.anchors = (const char *const[]){__VA_ARGS__},                                             \
	.n_anchors = sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)

/* By id for the slow engine, by index for the fast one. */
#define YIELDS(id, i)                                                                              \
	.yields = (const char *const[]){id}, .n_yields = 1, .yields_to = (const uint16_t[]){i},    \
	.n_yields_to = 1

static const struct rule rules[T_RULES] = {
	[T_SSN] = {.id = "t-ssn",
		.index = T_SSN,
		.scope = SCOPE_TEXT | SCOPE_CELLS,
		PATTERNS({.shape = SHAPE_SSN,
				 .check = &area,
				 .alone = CONF_LOW,
				 .near = CONF_HIGH,
				 .header = CONF_HIGH},
			{.shape = SHAPE_DIGITS9,
				.check = &area,
				.near = CONF_MEDIUM,
				.header = CONF_HIGH}),
		.near = WORDS(100, "ssn", "social security", "social security number", "ss#"),
		.not_near = WORDS(60, "phone", "example", "order no"),
		.not_near_cap = CONF_LOW,
		.header_yes = WORDS(0, "ssn", "social security number"),
		.header_no = WORDS(0, "phone", "number")},
	[T_CARD] = {.id = "t-card",
		.index = T_CARD,
		.scope = SCOPE_TEXT | SCOPE_CELLS,
		PATTERNS({.shape = SHAPE_CARD,
			.check = &sum,
			.alone = CONF_MEDIUM,
			.near = CONF_HIGH,
			.header = CONF_HIGH,
			.label = "a card"}),
		.near = WORDS(200, "card", "visa", "cvv"),
		.not_near = WORDS(40, "test"),
		.not_near_cap = CONF_LOW},
	[T_IBAN] = {.id = "t-iban",
		.index = T_IBAN,
		.scope = 7,
		PATTERNS({.shape = SHAPE_IBAN, .check = &strong, .alone = CONF_HIGH})},
	[T_MRZ] = {.id = "t-mrz",
		.index = T_MRZ,
		.scope = 7,
		PATTERNS({.shape = SHAPE_MRZ, .alone = CONF_HIGH})},
	[T_NINO] = {.id = "t-nino",
		.index = T_NINO,
		.scope = 7,
		PATTERNS({.shape = SHAPE_NINO, .alone = CONF_LOW, .near = CONF_HIGH}),
		.near = WORDS(2000, "nino", "national insurance")},
	[T_SIN] = {.id = "t-sin",
		.index = T_SIN,
		.scope = 7,
		PATTERNS({.shape = SHAPE_GROUP333,
				 .check = &sum,
				 .alone = CONF_LOW,
				 .near = CONF_HIGH},
			{.shape = SHAPE_DIGITS9, .check = &sum, .near = CONF_MEDIUM}),
		.near = WORDS(80, "sin", "social insurance")},
	[T_ACCOUNT] = {.id = "t-account",
		.index = T_ACCOUNT,
		.scope = 7,
		PATTERNS({.shape = SHAPE_DIGITS, .near = CONF_MEDIUM, .header = CONF_MEDIUM}),
		.near = WORDS(50, "account", "acct"),
		.header_yes = WORDS(0, "account"),
		.not_near = WORDS(30, "invoice"),
		.not_near_cap = CONF_NONE},
	[T_BIRTH] = {.id = "t-birth",
		.index = T_BIRTH,
		.scope = 7,
		PATTERNS({.shape = SHAPE_DATE,
			.near = CONF_LOW,
			.header = CONF_MEDIUM,
			.repeated = CONF_MEDIUM,
			.repeat = 10}),
		.near = WORDS(60, "born", "dob", "date of birth")},
	[T_MAIL] = {.id = "t-mail",
		.index = T_MAIL,
		.scope = 7,
		PATTERNS({.shape = SHAPE_EMAIL, .repeated = CONF_LOW, .repeat = 20})},
	[T_PHONE] = {.id = "t-phone",
		.index = T_PHONE,
		.scope = 7,
		PATTERNS({.shape = SHAPE_PHONE, .alone = CONF_LOW, .near = CONF_MEDIUM}),
		.near = WORDS(40, "phone", "tel", "mobile")},
	[T_PASSWORD] = {.id = "t-password",
		.index = T_PASSWORD,
		YIELDS("t-token", T_TOKEN),
		.scope = 7,
		PATTERNS({ANCHORS("password", "passwd", "pwd", "pass"),
			.regex = "(?i)\\b(?:password|passwd|pwd|pass)\\s{0,3}[:=]\\s{0,3}"
				 "(?<value>\\S{4,32})",
			.before = 4, .after = 48, .require = {.min_len = 4, .classes = 2},
			.alone = CONF_MEDIUM, .near = CONF_HIGH, .secret = true}),
		.near = WORDS(80, "login", "user", "username"),
		.not_near = WORDS(40, "forgot", "example"),
		.not_near_cap = CONF_NONE},
	[T_TOKEN] = {.id = "t-token",
		.index = T_TOKEN,
		.scope = 7,
		PATTERNS({ANCHORS("akia"), .regex = "\\bAKIA[A-Z0-9]{16}\\b", .before = 1,
				 .after = 24, .alone = CONF_MEDIUM, .label = "AWS access key",
				 .secret = true},
			{ANCHORS("ghp_", "gho_"), .regex = "\\bgh[po]_[A-Za-z0-9]{10,36}\\b",
				.after = 48, .check = &strong, .alone = CONF_HIGH,
				.secret = true})},
	[T_KEY] = {.id = "t-key",
		.index = T_KEY,
		.scope = 7,
		PATTERNS({ANCHORS("-----begin"),
			.regex = "(?m)^-----BEGIN [A-Z ]{0,20}KEY-----$\\s{1,2}"
				 "(?<value>[A-Za-z0-9+/=\\n]{20,400})$",
			.after = 460, .alone = CONF_MEDIUM, .secret = true})},
	[T_NUMBER] = {.id = "t-number",
		.index = T_NUMBER,
		YIELDS("t-account", T_ACCOUNT),
		.scope = 7,
		PATTERNS({ANCHORS("no.", "nr. "), .regex = "(?i)n[or]\\. ?(?<value>[\\d -]{5,20})",
				 .before = 2, .after = 24, .alone = CONF_LOW},
			{ANCHORS("number"), .regex = "[\\w ]{0,12}number:? (?<value>\\w+[ -]\\w+)",
				.before = 12, .after = 40, .alone = CONF_LOW, .near = CONF_HIGH},
			{.shape = SHAPE_DIGITS, .near = CONF_MEDIUM, .require = {.max_len = 9}},
			{.shape = SHAPE_CELL, .header = CONF_MEDIUM, .require = {.min_len = 6}}),
		.near = WORDS(20, "personal", "staff")},
};

static const struct ruleset set = {.rules = rules, .n = T_RULES};

const struct ruleset *
test_rules(void)
{
	return &set;
}

uint32_t
test_random(uint64_t *s, uint32_t n)
{
	*s = *s * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)((*s >> 33) % n);
}

static const char *const bits[] = {"the ", "report ", "of ", "Smith ", "New York", "a", "0", "9",
	" ", "  ", "\n", "\r\n", "\t", ",", ";", ".", "-", "/", ":", "_", "$", "#", "@", "+", "(",
	")", "\"", "=", "%", "<", "<<", "<<<<<<<", "é", "\xA0", "ssn",
	"SSN: ", "social security number ", "ss#", "phone ", "example ", "order no", "card ",
	"Visa ", "cvv ", "test ", "nino ", "National Insurance ", "sin ", "account ", "acct ",
	"invoice ", "born ", "dob ", "tel ", "mobile ", "login ", "user ", "forgot ", "password",
	"password: ", "password=", "PWD = ", "pass:", "AKIA", "ghp_",
	"-----BEGIN RSA PRIVATE KEY-----\n", "no. ", "nr. ", "number: ", "personal ", "staff ",
	"x@", "bob.smith@example.com", "a.b@c.d.org.", "@x.co", "JAN", "Mar ", "\\", "'", "{", "}",
	"personal number 12-34", "T"};

static const char *const forms[] = {"ddd-dd-dddd", "ddd dd dddd", "ddddddddd", "ddd-ddd-ddd",
	"ddd ddd ddd", "ddd.ddd.ddd", "dddd dddd dddd dddd", "dddd-dddd-dddd-dddd",
	"dddd dddddd ddddd", "dddd-dddddd-dddd", "dddddddddddddddd", "ddddddddddddd",
	"dddd dddd dddd dddd ddd", "UUddUUUUdddddddddddddd", "UUdd UUUU dddd dddd dddd dd",
	"UUdd dddd dddd dddd", "UUddddddU", "UU dd dd dd U", "UU-ddddddU", "dddddd",
	"ddddddddddddddddd", "19dd-0d-1d", "0d/1d/19dd", "1d.d.20dd", "d-Mar-19dd", "1d Jun 2011",
	"19dd-0d-0dT", "(ddd) ddd-dddd", "ddd-ddd-dddd", "ddd.ddd.dddd", "1-ddd-ddd-dddd",
	"+1 ddd ddd dddd", "+44 (dd) dddd dddd", "+ddddddddddd", "aaaaa@aaaa.com", "aaa.aa@aa.aa",
	"AKIAUUUUUUUUddddUUUU", "ghp_aUdaUdaUdaUdaUd", "aUdaUd!", "dd", "dddd", "aaaa", "UUUU",
	"aUddaaU",
	"P<UTOUUUUUUUU<<UUUU<UUUUU<<<<<<<<<<<<<<<<<<<\nUddddddddUUTOdddddddFddddddd<<<<<<<<<<<<<<"
	"dd",
	"I<UTOUddddddddd<<<<<<<<<<<<<<<\ndddddddFdddddddUTO<<<<<<<<<<<d\r\nUUUUUUU<<UUUU<UUUUU<<<<<"
	"<<<<<",
	"\n-----BEGIN RSA PRIVATE KEY-----\naUdaUdaUdaUdaUdaUda\nUdaUdaUdaUdaUdaUda==\n"};

static size_t
put_form(uint64_t *s, const char *form, uint8_t *to, size_t room)
{
	size_t n = 0;

	for (; form[n] && n < room; n++) {
		uint8_t c = (uint8_t)form[n];

		if (c == 'd')
			c = (uint8_t)('0' + test_random(s, 10));
		else if (c == 'U')
			c = (uint8_t)('A' + test_random(s, 26));
		else if (c == 'a')
			c = (uint8_t)('a' + test_random(s, 26));
		if (test_random(s, 200) == 0)
			c = (uint8_t) " -0A.<"[test_random(s, 6)];
		to[n] = c;
	}
	return n;
}

uint8_t *
test_text(uint64_t *s, size_t n)
{
	uint8_t *p = calloc(1, n + MATCH_PAD);
	size_t at = 0;

	while (p && at < n) {
		if (test_random(s, 3) == 0) {
			at += put_form(s, forms[test_random(s, sizeof forms / sizeof *forms)],
				p + at, n - at);
			if (test_random(s, 3))
				at += put_form(s, " ", p + at, n - at);
		} else {
			const char *b = bits[test_random(s, sizeof bits / sizeof *bits)];
			size_t len = strlen(b) < n - at ? strlen(b) : n - at;

			memcpy(p + at, b, len);
			at += len;
		}
	}
	return p;
}
