/* What a hit says: confidence, reasons, masks; headers and names. */
#include "matching.h"

#include "base/poison.h"

/* A word beside a number is its label: the nearer of two decides, and one may be the next number's. */
static void
labels(void **state)
{
	static const struct {
		const char *text;
		enum confidence confidence;
		bool near;
	} t[] = {
		{"SSN: 219-09-9998, phone: 555-0119", CONF_HIGH, true},
		{"SSN: 219-09-9998 phone 555-0119", CONF_HIGH, true},
		{"SSN of the employee is 219-09-9998 phone x", CONF_HIGH, true},
		{"order no 7, SSN 219-09-9998", CONF_HIGH, true},
		{"example SSN 219-09-9998", CONF_HIGH, true},
		{"SSN on file, order no 219-09-9998", CONF_LOW, true},
		{"order no 219-09-9998 (SSN)", CONF_LOW, true},
		{"an SSN, see below, is so long as this: 219-09-9998 (phone)", CONF_HIGH, true},
		{"an SSN, as you see below, is nearly as long as a whole line of text can be: "
		 "219-09-9998 "
		 "(phone)",
			CONF_LOW, true},
		{"219-09-9998 (phone)", CONF_LOW, false},
		{"order no 12 / 219-09-9998 by SSN", CONF_LOW, true},
		{"order no 123 / 219-09-9998 by SSN", CONF_HIGH, true},
		{"219-09-9998 phone no.: +1 555", CONF_LOW, false},
		{"219-09-9998 SSN: 7", CONF_LOW, false},
		{"219-09-9998 is the SSN\n7", CONF_HIGH, true},
		{"219-09-9998 (SSN), 7", CONF_HIGH, true},
	};
	struct matcher *m = matcher(test_rules());

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		const struct hit *h = only(m, t[i].text, NULL, T_SSN);

		if (h->confidence != t[i].confidence || !(h->evidence & EV_NEAR) == t[i].near)
			fail_msg("'%s': %d, evidence %d", t[i].text, h->confidence, h->evidence);
	}
	/* what a label speaks against is not made sure by its number */
	assert_true(only(m, "order no 219-09-9998", NULL, T_SSN)->capped);
	assert_false(only(m, "phone 555-0119, 219-09-9998", NULL, T_SSN)->capped);
	assert_false(only(m, "see 219-09-9998 tel. 555", NULL, T_SSN)->capped);
	matcher_free(m);
}

static void
confidence(void **state)
{
	struct matcher *m = matcher(test_rules());
	struct seen s;
	const struct hit *h;

	(void)state;
	h = only(m, "see 219-09-9998 there", NULL, T_SSN);
	assert_int_equal(h->confidence, CONF_LOW);
	assert_int_equal(h->evidence, EV_SHAPE);
	h = only(m, "his SSN is 219-09-9998 there", NULL, T_SSN);
	assert_int_equal(h->confidence, CONF_HIGH);
	assert_int_equal(h->evidence, EV_SHAPE | EV_NEAR);
	assert_string_equal(h->why[0], "the word \"ssn\" before it");
	assert_string_equal(h->why[1], "valid area");
	assert_string_equal(h->why[2], "");
	h = only(m, "219-09-9998 (social security number)", NULL, T_SSN);
	assert_string_equal(h->why[0], "the words \"social security number\" after it");
	assert_int_equal(only(m, "ssn 123-45-6789", NULL, T_SSN)->sample, true);
	/* a strong checksum stands alone, a weak one does not make high */
	assert_int_equal(only(m, "GB82WEST12345698765432", NULL, T_IBAN)->confidence, CONF_HIGH);
	h = only(m, "4111 1111 1111 1111", NULL, T_CARD);
	assert_int_equal(h->confidence, CONF_MEDIUM);
	assert_int_equal(h->evidence, EV_SHAPE | EV_CHECKSUM);
	/* without a second kind of evidence high becomes medium */
	h = only(m,
		"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
		"L898902C36UTO7408122F1204159ZE184226B<<<<<10",
		NULL, T_MRZ);
	assert_int_equal(h->confidence, CONF_MEDIUM);
	/* repeated only: given with none */
	assert_int_equal(only(m, "a@b.example", NULL, T_MAIL)->confidence, CONF_NONE);
	scan(m, "219099998 and assn 219099998 and 000-12-3456", NULL, &s);
	assert_int_equal(s.n, 0);
	scan(m, "forgot password: Winter2014!", NULL, &s);
	assert_int_equal(s.n, 0);
	scan(m, "password: aaaaaaaa", NULL, &s);
	assert_int_equal(s.n, 0);
	matcher_free(m);
}

static void
masks(void **state)
{
	static const struct {
		const char *text;
		uint16_t rule;
		const char *masked, *normal;
	} t[] = {
		{"219-09-9998", T_SSN, "***-**-9998", "219099998"},
		{"4111 1111 1111 1111", T_CARD, "**** **** **** 1111", "4111111111111111"},
		{"GB82 WEST 1234 5698 7654 32", T_IBAN, "GB** **** **** **** **54 32",
			"GB82WEST12345698765432"},
		{"AB 12 34 56 C", T_NINO, "** ** *4 56 C", "AB123456C"},
		{"born 1975-03-07", T_BIRTH, "****-**-**", "1975-03-07"},
		{"Bob.Smith@Example.com", T_MAIL, "B***@E***.com", "bob.smith@example.com"},
		{"password: Winter2014!", T_PASSWORD, "", "Winter2014!"},
		{"no. 12345", T_NUMBER, "*****", "12345"},
		{"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
		 "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
			T_MRZ, "P<UTO…",
			"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
			"L898902C36UTO7408122F1204159ZE184226B<<<<<10"},
	};
	struct matcher *m = matcher(test_rules());

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		const struct hit *h = only(m, t[i].text, NULL, t[i].rule);

		assert_string_equal(h->masked, t[i].masked);
		assert_int_equal(h->normal_n, strlen(t[i].normal));
		assert_memory_equal(h->normal, t[i].normal, h->normal_n);
	}
	matcher_free(m);
}

/* Long values that differ only behind the part that is kept stay distinct. */
static void
long_values(void **state)
{
	struct matcher *m = matcher(test_rules());
	char a[400] = "-----BEGIN KEY-----\n", first[CHECK_NORMAL];
	const struct hit *h;

	(void)state;
	memset(a + 20, 'Q', 300);
	h = only(m, a, NULL, T_KEY);
	assert_int_equal(h->normal_n, 96 + 16);
	memcpy(first, h->normal, sizeof first);
	a[300] = 'R';
	h = only(m, a, NULL, T_KEY);
	assert_memory_equal(h->normal, first, 96);
	assert_memory_not_equal(h->normal, first, 112);
	matcher_free(m);
}

static void
tables(void **state)
{
	/*                     0         10        20        30        40 */
	static const char text[] = "219-09-9998\tphone\t219-09-9997\t219099996\tssn x\n219-09-9995";
	static const struct cell_at cells[] = {{0, 11, 2, 1, false}, {12, 17, 2, 2, false},
		{18, 29, 2, 3, false}, {30, 39, 2, 3, true}, {40, 45, 2, 5, false},
		{46, 57, 3, 2, false}};
	struct span headers[3 * T_RULES] = {{0}};
	int8_t votes[3 * T_RULES] = {0};
	struct cell_map map = {cells, 6, votes, 3, headers};
	struct matcher *m = matcher(test_rules());
	struct seen s;

	(void)state;
	votes[0 * T_RULES + T_SSN] = 1;
	votes[1 * T_RULES + T_SSN] = -1;
	votes[2 * T_RULES + T_SSN] = 1;
	headers[T_SSN] = span_str("SSN");
	scan(m, text, &map, &s);
	assert_int_equal(s.n, 3); /* the other rendering in column 3 says nothing new */
	assert_int_equal(s.v[0].confidence, CONF_HIGH); /* header beats the word phone */
	assert_string_equal(s.v[0].why[0], "column header \"SSN\"");
	assert_ptr_equal(s.v[0].cell, &cells[0]);
	assert_string_equal(s.v[1].why[0], "column header");
	assert_int_equal(s.v[2].confidence, CONF_LOW); /* voted down; "ssn" is in another row */
	assert_int_equal(s.v[2].evidence, EV_SHAPE);
	votes[2 * T_RULES + T_SSN] = 0;
	scan(m, text, &map, &s);
	assert_int_equal(s.v[1].evidence, EV_SHAPE | EV_NEAR);
	matcher_free(m);
}

static void
ownership(void **state)
{
	static const char text[] = "219-09-9998 219-09-9997 ";
	struct matcher *m = matcher(test_rules());
	size_t n = sizeof text - 1;

	(void)state;
	for (size_t lo = 0; lo <= n; lo++) {
		struct chunk c = {room, n, lo, n, true, true, SCOPE_TEXT, NULL};
		struct seen s = {.n = 0};

		memcpy(room, text, n);
		assert_int_equal(matcher_scan(m, &c, keep, &s), 0);
		assert_int_equal(s.n, (lo <= 0) + (lo <= 12));
	}
	matcher_free(m);
}

#define WORDS(...)                                                                                 \
	{                                                                                          \
		(const char *const[]){__VA_ARGS__},                                                \
			sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), 0             \
	}

static void
names(void **state)
{
	static const char *const exts[] = {"xls", "txt"}, *const whole[] = {".htpasswd"},
				 *const mimes[] = {"application/vnd.ms-"},
				 *const movies[] = {"mxf"};
	const struct name_rule nr = {.words = WORDS("password", "passwords", "password list"),
		.not_words = WORDS("reset", "list"),
		.names = whole,
		.n_names = 1,
		.exts = exts,
		.n_exts = 2,
		.mimes = mimes,
		.n_mimes = 1,
		.folders = true,
		.alone = CONF_LOW,
		.agreed = CONF_MEDIUM};
	static const struct name_rule types = {
		.exts = movies, .n_exts = 1, .alone = CONF_LOW, .agreed = CONF_HIGH};
	static const struct {
		const char *name, *folder, *mime;
		enum confidence want;
	} t[] = {{"Passwords.xls", "", NULL, CONF_MEDIUM}, {"my_password.bin", "", NULL, CONF_LOW},
		{"Password.dat", "", "application/vnd.ms-excel", CONF_MEDIUM},
		{"password-reset.txt", "", NULL, CONF_NONE},
		{"Password list.xls", "", NULL, CONF_MEDIUM},
		{"a.xls", "Passwords", NULL, CONF_MEDIUM},
		{"cat.jpg", "Passwords", NULL, CONF_NONE}, {".htpasswd", "", NULL, CONF_LOW},
		{"notes.txt", "x", "text/plain", CONF_NONE}, {"", "", NULL, CONF_NONE},
		{".", "", NULL, CONF_NONE}};
	const struct rule rules[] = {
		{.id = "password-file", .name = &nr}, {.id = "movie", .index = 1, .name = &types}};
	const struct ruleset set = {.rules = rules, .n = 2};
	const char *why = NULL;
	struct name_words *nm;

	(void)state;
	assert_int_equal(name_words_new(&set, &nm), 0);
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		enum confidence c;

		name_words_take(nm, span_str(t[i].name), span_str(t[i].folder));
		c = name_words_say(nm, &rules[0], t[i].mime, &why);
		if (c != t[i].want)
			fail_msg("'%s' in '%s': %d", t[i].name, t[i].folder, (int)c);
	}
	assert_non_null(why);
	name_words_take(nm, span_str("a.MXF"), span_str(""));
	assert_int_equal(name_words_say(nm, &rules[1], NULL, &why), CONF_LOW);
	name_words_take(nm, span_str("a.mov"), span_str(""));
	assert_int_equal(name_words_say(nm, &rules[1], NULL, &why), CONF_NONE);
	name_words_free(nm);
}

/* The special rule has the value; what it does not overlap stays, and so does what it doubts. */
static void
yields(void **state)
{
	struct matcher *m = matcher(test_rules());
	struct seen s;

	(void)state;
	scan(m, "password=AKIAABCDEFGHIJKLMNOP", NULL, &s);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.v[0].rule->index, T_TOKEN);
	scan(m, "password=xAKIAABCDEFGHIJKLMNOP password=Zw3rg AKIAABCDEFGHIJKLMNOP", NULL, &s);
	assert_int_equal(s.n, 3);
	assert_int_equal(s.v[0].rule->index, T_PASSWORD);
	assert_int_equal(s.v[1].rule->index, T_PASSWORD);
	assert_int_equal(s.v[2].rule->index, T_TOKEN);
	/* a number of medium confidence wins, and without its word there is none */
	scan(m, "account no. 12345678", NULL, &s);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.v[0].rule->index, T_ACCOUNT);
	scan(m, "no. 12345678", NULL, &s);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.v[0].rule->index, T_NUMBER);
	matcher_free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(confidence),
		cmocka_unit_test(labels),
		cmocka_unit_test(masks),
		cmocka_unit_test(long_values),
		cmocka_unit_test(tables),
		cmocka_unit_test(ownership),
		cmocka_unit_test(names),
		cmocka_unit_test(yields),
	};

	return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
