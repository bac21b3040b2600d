/* One text in several forms: what a reader sees once counts once, and nothing is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "recount.h"
#include "scanrig.h"

#include "base/poison.h"

static struct scanrig g;

#define HEAD "From: a@example.com\nSubject: list\nDate: Mon, 24 Nov 2014 08:00:00 +0000\n"
#define ALT  HEAD "Content-Type: multipart/alternative; boundary=B\n\n"
#define TEXT "--B\nContent-Type: text/plain\n\n"
#define HTML "--B\nContent-Type: text/html\n\n"

static void
found(const char *mail, const char *want)
{
	buf_clear(&g.log);
	assert_int_equal(scanrig_bytes(&g, "a.eml", span_str(mail)), 0);
	if (!strstr(scanrig_log(&g), want))
		fail_msg("no '%s' in:\n%s", want, scanrig_log(&g));
}

static void
test_mail(void **state)
{
	(void)state;
	/* the same three, and one that only the page has */
	found(ALT TEXT "SSN: 219-09-5431\nSSN: 862-43-5549\nSSN: 094-11-5916\n" HTML "<p>SSN: "
		       "219-09-5431<"
		       "p>SSN: "
		       "862-43-5549<"
		       "p>SSN: "
		       "094-11-5916"
		       "<p>SSN: 543-21-8765\n--B--\n",
		"finding us-ssn high count=4 unique=4 ");
	/* one that only the text has */
	found(ALT TEXT "SSN: 219-09-5431\nSSN: 862-43-5549\n" HTML "<p>SSN: 862-43-5549\n--B--\n",
		"finding us-ssn high count=2 unique=2 ");
	/* as often as the form that has it most often */
	found(ALT TEXT "SSN: 219-09-5431\n" HTML "<p>SSN: 219-09-5431<p>SSN: 219-09-5431\n--B--\n",
		"finding us-ssn high count=2 unique=1 ");
	/* what stands outside the forms counts besides, also when it is the same */
	found(HEAD "Content-Type: multipart/mixed; boundary=M\n\n"
		   "--M\nContent-Type: multipart/alternative; boundary=B\n\n" TEXT "SSN: "
		   "219-09-"
		   "5431\n" HTML "<p>SSN: 219-09-5431\n--B--\n"
		   "--M\nContent-Type: text/plain\n\nSSN: 219-09-5431\n--M--\n",
		"finding us-ssn high count=2 unique=1 ");
	/* forms within forms */
	found(ALT "--B\nContent-Type: multipart/alternative; boundary=C\n\n"
		  "--C\n\nSSN: 219-09-5431\n--C\n\nSSN: 219-09-5431\n--C--\n" HTML "<p>SSN: "
		  "862-43-5549\n--"
		  "B--\n",
		"finding us-ssn high count=3 unique=2 ");
	/* the next mail begins anew */
	found(HEAD "\nSSN: 219-09-5431\nSSN: 219-09-5431\n", "count=2 unique=1 ");
}

/* A number alone in the text has its header in the page's table: surer, and once. */
static void
test_surer(void **state)
{
	(void)state;
	found(ALT TEXT "Ann Smith 219-09-5431\nBo Hill 862-43-5549\nCy Dunn 094-11-5916\n" HTML "<t"
		       "ab"
		       "le"
		       "><"
		       "tr"
		       "><"
		       "th"
		       ">N"
		       "am"
		       "e<"
		       "th"
		       ">S"
		       "SN"
		       "<t"
		       "r>"
		       "<t"
		       "d>"
		       "An"
		       "n "
		       "Sm"
		       "it"
		       "h<"
		       "td"
		       ">2"
		       "19"
		       "-0"
		       "9-"
		       "54"
		       "31"
		       "<tr><td>Bo Hill<td>862-43-5549<tr><td>Cy Dunn<td>094-11-5916</table>\n"
		       "--B--\n",
		"finding us-ssn high count=3 unique=3 ");
}

/* A list of passwords is judged in each form, and is one list. */
static void
test_judged(void **state)
{
	(void)state;
	found(ALT TEXT "login: ann  password: Winter2014!\nlogin: bob  password: Summer2013?\n"
		       "login: cyd  password: Autumn#2012\nlogin: dee  password: Spring$2011\n" HTML
		       "<pre>login: ann  password: Winter2014!\nlogin: bob  password: Summer2013?\n"
		       "login: cyd  password: Autumn#2012\nlogin: dee  password: "
		       "Spring$2011\n</pre>\n"
		       "--B--\n",
		"finding password-list medium count=4 unique=4 ");
}

static void
test_recount(void **state)
{
	static const uint8_t sure[RECOUNT_CLASSES] = {0, 1, 2, 3, 4};
	struct recount r = {.had = {[1] = 2, [3] = 1}, .missed = 2};
	unsigned from = 9;

	(void)state;
	assert_int_equal(recount_hit(&r, 1, sure, &from), RECOUNT_NEW);
	recount_next(&r);
	assert_int_equal(recount_hit(&r, 1, sure, &from), RECOUNT_AGAIN);
	assert_int_equal(recount_hit(&r, 4, sure, &from), RECOUNT_SURER);
	assert_int_equal(from, 3);
	assert_int_equal(recount_hit(&r, 0, sure, &from), RECOUNT_AGAIN);
	assert_int_equal(recount_hit(&r, 0, sure, &from), RECOUNT_NEW);
	assert_int_equal(recount_misses(&r, 5), 3);
}

static int
open_rig(void **state)
{
	(void)state;
	scanrig_open(&g);
	return 0;
}

static int
close_rig(void **state)
{
	(void)state;
	scanrig_close(&g);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mail),
		cmocka_unit_test(test_surer),
		cmocka_unit_test(test_judged),
		cmocka_unit_test(test_recount),
	};

	return cmocka_run_group_tests(tests, open_rig, close_rig);
}
