/* CSV as RFC 4180 wants it, and harmless in a spreadsheet. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "sinkfix.h"

#include "base/poison.h"

static const char golden[] = "type,id,rule,category,severity,confidence,score,path,inner,mime,"
			     "count,unique,why,at,"
			     "sample,via,reach,owner,mode,size,mtime,reason,detail,hides\r\n"
			     "finding,0000000000000002,password-file,credential,low,medium,12,"
			     "/srv/Password-tr0ub4dor.xlsx,,text/plain,1,1,its "
			     "name,,,name,unknown,root,0644,482113,"
			     "2014-11-24T08:00:00Z,,,\r\n"
			     "finding,9f2c41d07a3be655,us-ssn,identity,critical,high,93,/srv/"
			     "2014.zip,"
			     "pay!!roll!q4.xlsx,text/plain,3803,3790,"
			     "\"column header \"\"SSN\"\"; valid area, group and serial\","
			     "\"row 2, column D, sheet Staff; line 3, column 14, comment; page 7; "
			     "metadata; byte 4096\","
			     "***-**-6781,text,unknown,root,0644,482113,2014-11-24T08:00:00Z,,,\r\n"
			     "finding,0000000000000003,token,credential,high,high,70,"
			     "\"/srv/"
			     "=a\\x0a\\x1b[31m\"\"q\\,!\\xff\\xe2\\x80\\xae.txt\",x\\xc3(,text/"
			     "plain,1,1,'=cmd,"
			     "\"line 1, column 1\",\xE2\x80\xA6,text,unknown,,,,,,,\r\n"
			     "gap,0000000000000004,,,,,,/srv/"
			     "old.zip,pay!!roll,,,,,,,,,root,0644,482113,"
			     "2014-11-24T08:00:00Z,encrypted,zip AES-256,true\r\n"
			     "gap,0000000000000005,,,,,,/srv/d,,,,,,,,,,,,,,excluded,a folder that "
			     "holds itself,"
			     "false\r\n";

/* Cells of the line that begins at *p, as a reader of RFC 4180 counts them. */
static unsigned
cells(const char **p)
{
	unsigned n = 1;
	bool quoted = false;

	for (; **p && (quoted || **p != '\r'); (*p)++) {
		if (**p == '"')
			quoted = !quoted;
		else if (**p == ',' && !quoted)
			n++;
	}
	*p += 2;
	return n;
}

static void
csv(void **state)
{
	struct sinkfix x;
	int r = -1;
	const char *p;
	char *text;

	(void)state;
	sinkfix_init(&x);
	text = sinkfix_run(&x, "csv", &(struct sink_options){0}, &r);
	assert_int_equal(r, 0);
	assert_string_equal(text, golden);
	p = text;
	while (*p)
		assert_int_equal(cells(&p), 24);
	free(text);
}

static void
formulas(void **state)
{
	static const char *const starts[] = {"=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(\"x\",1)"};
	static const char *const wants[] = {
		",'=1+1,", ",'+1,", ",'-1,", ",'@SUM(A1),", ",\"'=HYPERLINK(\"\"x\"\",1)\","};
	struct sinkfix x;

	(void)state;
	sinkfix_init(&x);
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		int r = -1;
		char *text;

		x.hostile[0] = span_str(starts[i]);
		text = sinkfix_run(&x, "csv", &(struct sink_options){.show_none = true}, &r);
		assert_int_equal(r, 0);
		assert_non_null(strstr(text, wants[i]));
		assert_null(strstr(text, "6781"));
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv),
		cmocka_unit_test(formulas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
