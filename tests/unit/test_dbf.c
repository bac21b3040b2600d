/* dBase tables, written here field by field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "readtest.h"

#include "base/poison.h"

struct column {
	const char *name;
	char type;
	uint8_t n;
};

static void
put_le(struct buf *b, uint64_t v, unsigned n)
{
	while (n--) {
		buf_putc(b, (uint8_t)v);
		v >>= 8;
	}
}

static void
dbf_begin(struct buf *b, uint8_t version, uint8_t language, const struct column *c, unsigned n,
	uint32_t records)
{
	unsigned record = 1;

	for (unsigned i = 0; i < n; i++)
		record += c[i].n;
	put_le(b, version, 1);
	put_le(b, 114 | 11 << 8 | 24 << 16, 3);
	put_le(b, records, 4);
	put_le(b, 32 + 32 * n + 1, 2);
	put_le(b, record, 2);
	put_le(b, 0, 17);
	put_le(b, language, 1);
	put_le(b, 0, 2);
	for (unsigned i = 0; i < n; i++) {
		char name[11] = {0};

		memcpy(name, c[i].name, strlen(c[i].name));
		buf_put(b, name, sizeof name);
		put_le(b, (uint8_t)c[i].type, 1);
		put_le(b, 0, 4);
		put_le(b, c[i].n, 1);
		put_le(b, 0, 15);
	}
	put_le(b, 0x0D, 1);
}

static const struct column staff[] = {
	{"NAME", 'C', 10}, {"SSN", 'C', 11}, {"PAY", 'N', 8}, {"BORN", 'D', 8}, {"NOTE", 'M', 10}};

static void
staff_table(struct buf *b)
{
	dbf_begin(b, 0x03, 0x65, staff, 5, 2);
	buf_puts(b,
		" "
		"\x8F\xA5\xE2\xE0      "
		"078-05-1120"
		" 1234.50"
		"19800131"
		"         1");
	buf_puts(b,
		"*"
		"Bob       "
		"219-09-9999"
		"   99.00"
		"19751224"
		"          ");
	buf_putc(b, 0x1A);
}

/* A code page of DOS, a date in both forms, and a record that was deleted. */
static void
test_rows(void **state)
{
	struct buf b = {0};

	(void)state;
	staff_table(&b);
	read_expect("staff.dbf", buf_span(&b),
		"table []\nrow 1|1=NAME|2=SSN|3=PAY|4=BORN|5=NOTE\n"
		"row "
		"2|1=\xD0\x9F\xD0\xB5\xD1\x82\xD1\x80|2=078-05-1120|3=1234.50|4=1980-01-31{"
		"19800131}\n"
		"row 3|1=Bob|2=219-09-9999|3=99.00|4=1975-12-24{19751224}\nend\n",
		NULL);
	buf_free(&b);
}

static void
test_foxpro(void **state)
{
	const struct column c[] = {{"I", 'I', 4}, {"Y", 'Y', 8}, {"T", 'T', 8}, {"B", 'B', 8}};
	struct buf b = {0};

	(void)state;
	dbf_begin(&b, 0x30, 0x03, c, 4, 1);
	buf_putc(&b, ' ');
	put_le(&b, (uint32_t)-42, 4);
	put_le(&b, 1234500, 8);
	put_le(&b, 2456986, 4);
	put_le(&b, 0, 4);
	put_le(&b, 0x3FF8000000000000u, 8);
	read_expect("staff.dbf", buf_span(&b), "row 2|1=-42|2=123.45|3=2014-11-24|4=1.5\n", NULL);
	buf_free(&b);
}

static void
test_cut_short(void **state)
{
	struct buf b = {0};

	(void)state;
	staff_table(&b);
	b.n -= 8;
	read_expect("staff.dbf", buf_span(&b),
		"row 3|1=Bob|2=219-09-9999|3=99.00|4=1975-12-24{19751224}\nend\n", NULL);
	b.n -= 22;
	read_expect("staff.dbf", buf_span(&b), "gap corrupt hides dBase table: cut short", NULL);
	read_expect("staff.dbf", buf_span(&b), "row 3|1=Bob|2=219-09-9", NULL);
	buf_free(&b);
}

/* A header that does not add up is no table. */
static void
test_no_table(void **state)
{
	struct buf b = {0};

	(void)state;
	staff_table(&b);
	b.p[10]++;
	read_expect("staff.dbf", buf_span(&b), "text raw", NULL);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_foxpro),
		cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_no_table),
	};

	return cmocka_run_group_tests(tests, read_open, read_close);
}
