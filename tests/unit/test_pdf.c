/* pdf: rows out of places, tables, turned pages, and all that hangs on a document beside its pages. */
#include "pdfing.h"

#ifdef HAVE_POPPLER

static const int pay_x[] = {72, 230, 330, 420};
static const char *const pay[] = {
	"Name", "SSN", "Salary", "Department", /**/
	"Smith, Ann", "219-09-9999", "81,000", "Art", /**/
	"Jones, Bob", "457-55-5462", "79,500", "", /**/
	"Miller-Lindstroem, Caroline", "078-05-1121", "112,000", "Legal", /**/
};

static void
test_lines(void **state)
{
	struct recsink rs;
	struct buf c = {0};

	(void)state;
	pdfmake_text(&c, 72, 600, 10, 0, "second");
	pdfmake_text(&c, 300, 700, 10, 0, "(right)");
	pdfmake_text(&c, 72, 700, 10, 0, "left of");
	pdfmake_text(&c, 118, 601, 10, 0, "line, a point higher");
	run_page(&rs, &c, "");
	assert_string_equal(recsink_log(&rs),
		"text body p1|left of\\t(right)\\nsecond\\tline, a point higher\\n\n");
	recsink_free(&rs);
}

/* Drawn column by column, as payroll programs do; the title does not belong to the table. */
static void
test_table(void **state)
{
	struct recsink rs;
	struct buf c = {0};

	(void)state;
	pdfmake_text(&c, 72, 700, 14, 0, "Payroll of the art department, all of it, March");
	pdfmake_table(&c, pay_x, 4, 660, pay, 4);
	pdfmake_text(&c, 72, 560, 10, 0, "Checked by the accountant who was there on that day.");
	run_page(&rs, &c, "");
	assert_string_equal(recsink_log(&rs),
		"text body p1|Payroll of the art department, all of it, March\\n\n"
		"table [page 1]\n"
		"row 1|1=Name|2=SSN|3=Salary|4=Department\n"
		"row 2|1=Smith, Ann|2=219-09-9999|3=81,000|4=Art\n"
		"row 3|1=Jones, Bob|2=457-55-5462|3=79,500\n"
		"row 4|1=Miller-Lindstroem, Caroline|2=078-05-1121|3=112,000|4=Legal\n"
		"end\n"
		"text body p1|Checked by the accountant who was there on that day.\\n\n");
	recsink_free(&rs);
}

/* A page of the list whose columns only the first page names; page 0 has the names. */
static void
list_page(struct pdfmake *p, int page, const int *x)
{
	static const char *const body[] = {"Smith, Ann", "219099999", "81,000", /**/
		"Jones, Bob", "7655462", "79,500", /**/
		"Miller, Caroline", "078051121", "112,000"};
	static const char *const head[] = {"Name", "SSN", "Salary"};
	struct buf c = {0};

	if (page == 0)
		pdfmake_table(&c, x, 3, 660, head, 1);
	pdfmake_table(&c, x, 3, 640, body, 3);
	(void)pdfmake_page(p, buf_span(&c), "");
	buf_free(&c);
}

static void
test_next_pages(void **state)
{
	static const int there[] = {72, 230, 330}, elsewhere[] = {72, 340, 480};
	struct recsink rs;
	struct pdfmake p;
	const char *log;

	(void)state;
	pdfmake_begin(&p);
	list_page(&p, 0, there);
	list_page(&p, 1, there);
	list_page(&p, 2, elsewhere);
	run(&rs, &p, "", 0);
	log = recsink_log(&rs);
	assert_non_null(strstr(log,
		"table [page 1]\nrow 1|1=Name|2=SSN|3=Salary\n"
		"row 2|1=Smith, Ann|2=219099999|3=81,000\n"));
	assert_non_null(strstr(log,
		"table [page 2]\nrow 0|1=Name|2=SSN|3=Salary\n"
		"row 1|1=Smith, Ann|2=219099999|3=81,000\n"));
	assert_non_null(strstr(log, "table [page 3]\nrow 1|1=Smith, Ann|2=219099999|3=81,000\n"));
	recsink_free(&rs);
}

/* A page without a table ends the list: its names do not speak for what comes later. */
static void
test_names_end(void **state)
{
	static const int there[] = {72, 230, 330};
	struct recsink rs;
	struct pdfmake p;
	struct buf c = {0};

	(void)state;
	pdfmake_begin(&p);
	list_page(&p, 0, there);
	pdfmake_text(&c, 72, 700, 10, 0, "And now for something else.");
	(void)pdfmake_page(&p, buf_span(&c), "");
	buf_free(&c);
	list_page(&p, 2, there);
	run(&rs, &p, "", 0);
	assert_non_null(strstr(recsink_log(&rs), "table [page 3]\nrow 1|1=Smith, Ann|"));
	recsink_free(&rs);
}

/* Text stands left in its column, numbers stand right, close to the column behind them. */
static void
test_numbers_right(void **state)
{
	struct recsink rs;
	struct buf c = {0};

	(void)state;
	pdfmake_table(&c, (const int[]){72, 200, 290}, 3, 700,
		(const char *const[]){"Name", "SSN", "Hired"}, 1);
	for (int i = 0; i < 6; i++) {
		int y = 686 - 14 * i;

		pdfmake_text(&c, 72, y, 10, 0, "Smith, Ann");
		pdfmake_text(&c, i % 2 ? 200 : 234, y, 10, 0, i % 2 ? "219-09-9999" : "219099999");
		pdfmake_text(&c, 290, y, 10, 0, "2010-01-23");
	}
	run_page(&rs, &c, "");
	assert_string_equal(recsink_log(&rs),
		"table [page 1]\nrow 1|1=Name|2=SSN|3=Hired\n"
		"row 2|1=Smith, Ann|2=219099999|3=2010-01-23\n"
		"row 3|1=Smith, Ann|2=219-09-9999|3=2010-01-23\n"
		"row 4|1=Smith, Ann|2=219099999|3=2010-01-23\n"
		"row 5|1=Smith, Ann|2=219-09-9999|3=2010-01-23\n"
		"row 6|1=Smith, Ann|2=219099999|3=2010-01-23\n"
		"row 7|1=Smith, Ann|2=219-09-9999|3=2010-01-23\nend\n");
	recsink_free(&rs);
}

/* One row runs across the strips: the table goes on behind it. */
static void
test_table_bears(void **state)
{
	static const char *const cells[] = {"Name", "Number", "Pay", "Ann", "1001", "81,000",
		"A heading that runs across all of the columns here", "", "", "Bob", "1002",
		"79,500", "Cem", "1003", "64,000"};
	static const int x[] = {72, 200, 300};
	struct recsink rs;
	struct buf c = {0};

	(void)state;
	pdfmake_table(&c, x, 3, 700, cells, 5);
	run_page(&rs, &c, "");
	doc_has(&rs, "row 1|1=Name|2=Number|3=Pay");
	doc_has(&rs, "row 4|1=Bob|2=1002|3=79,500");
	doc_has(&rs, "row 5|1=Cem|2=1003|3=64,000");
	recsink_free(&rs);
}

/* Columns as close as words are parted where the names above them are too; a number's groups never. */
static void
test_close(void **state)
{
	static const int x[] = {20, 90, 150, 210, 265, 360};
	static const char *const head[] = {"ID", "Name", "SSN", "Hired", "Net pay", "Card number"};
	static const char *const body[] = {"E1", "Ann", "219-09-9999", "2010-01-23", "8,559",
		"5555 4444 3333 1111", /**/
		"E2", "Roberta", "457-55-5462", "2011-07-24", "990", "5555 4444 3333 2222"};
	struct recsink rs;
	struct buf c = {0};

	(void)state;
	pdfmake_table(&c, x, 6, 700, head, 1);
	for (int i = 0; i < 4; i++)
		pdfmake_table(&c, x, 6, 680 - 40 * i, body, 2);
	run_page(&rs, &c, "");
	doc_has(&rs, "row 1|1=ID|2=Name|3=SSN|4=Hired|5=Net pay|6=Card number");
	doc_has(&rs, "row 2|1=E1|2=Ann|3=219-09-9999|4=2010-01-23|5=8,559|6=5555 4444 3333 1111");
	doc_has(&rs, "row 9|1=E2|2=Roberta|3=457-55-5462|4=2011-07-24|5=990|6=5555 4444 3333 2222");
	recsink_free(&rs);
}

/* Names set so close that no gap between them is wide still stand above their columns. */
static void
test_close_names(void **state)
{
	static const int x[] = {72, 112, 190, 260}, head_x[] = {72, 112, 188, 257};
	static const char *const head[] = {
		"Name", "Social Number", "Date of hire", "Net pay of month"};
	static const char *const body[] = {"Ann", "219099999", "2010", "8,559", /**/
		"Bob", "457555462", "2011", "990", "Cem", "862435549", "2012", "1,440"};
	struct recsink rs;
	struct buf c = {0};

	(void)state;
	pdfmake_text(&c, 72, 740, 10, 0, "A title that is none of them and long enough to cross");
	pdfmake_table(&c, head_x, 4, 700, head, 1);
	pdfmake_table(&c, x, 4, 685, body, 3);
	run_page(&rs, &c, "");
	doc_has(&rs, "row 1|1=Name|2=Social Number|3=Date of hire|4=Net pay of month");
	doc_has(&rs, "row 2|1=Ann|2=219099999|3=2010|4=8,559");
	recsink_free(&rs);
}

static void
test_no_table(void **state)
{
	/* two lines are none, and neither are two columns of running text */
	static const char *const two[] = {"a", "b", "c", "d", "e", "f"};
	static const char *const prose[] = {"the left column of a paper", "and the right one",
		"goes on and on with words", "has others of its own", "until it ends at last",
		"and ends as well"};
	static const int x[] = {72, 300, 400};
	struct recsink rs;
	struct buf c = {0};

	(void)state;
	pdfmake_table(&c, x, 3, 700, two, 2);
	pdfmake_table(&c, x, 2, 500, prose, 3);
	run_page(&rs, &c, "");
	doc_lacks(&rs, "table");
	doc_has(&rs,
		"text body p1|a\\tb\\tc\\nd\\te\\tf\\n"
		"the left column of a paper\\tand the right one\\n"
		"goes on and on with words\\thas others of its own\\n"
		"until it ends at last\\tand ends as well\\n");
	recsink_free(&rs);
}

/* The same table on pages turned by the page's own entry, and with the letters turned instead. */
static void
test_turned(void **state)
{
	struct recsink rs;

	(void)state;
	for (int quarter = 1; quarter < 4; quarter++) {
		struct buf c = {0};
		char more[32];

		pdfmake_table(&c, pay_x, 4, 660, pay, 4);
		snprintf(more, sizeof more, "/Rotate %d", quarter * 90);
		run_page(&rs, &c, more);
		doc_has(&rs, "row 2|1=Smith, Ann|2=219-09-9999|3=81,000|4=Art");
		recsink_free(&rs);
		for (int k = 3; k >= 0; k--) {
			for (int i = 0; i < 4; i++) {
				int along = pay_x[k], down = 100 + 14 * i;
				int x = quarter == 1   ? down
					: quarter == 2 ? 612 - along
						       : 612 - down;
				int y = quarter == 1 ? along : quarter == 2 ? down : 792 - along;

				if (*pay[4 * i + k])
					pdfmake_text(&c, x, y, 10, quarter, pay[4 * i + k]);
			}
		}
		pdfmake_text(&c, 500, 60, 10, 0, "upright");
		run_page(&rs, &c, "");
		doc_has(&rs, "text body p1|upright\\n");
		doc_has(&rs, "row 3|1=Jones, Bob|2=457-55-5462|3=79,500");
		doc_has(&rs, "row 4|1=Miller-Lindstroem, Caroline|2=078-05-1121|3=112,000|4=Legal");
		recsink_free(&rs);
	}
}

/* Numbers that were broken at the end of a line, and figures that only stand one above the other. */
static void
test_breaks(void **state)
{
	static const char *const lines[] = {"The number of the employee is 457-55-",
		"5462, and she was given a card, 4539 5787",
		"6362 1486", /* the number is all of the line */
		"until March; another has 378282-246310-", "10005 and one 4539-5787-6362-", "1486.",
		"In the years of 1997 1998 1999", "2000 words", "were said 5 1234 2345 3456",
		"4567 times and 219-09-", "99991 of them were of 219-", "099999"};
	struct recsink rs;
	struct buf c = {0};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		pdfmake_text(&c, 72, 700 - 12 * (int)i, 10, 0, lines[i]);
	run_page(&rs, &c, "");
	assert_string_equal(recsink_log(&rs),
		"text body p1|The number of the employee is 457-55-5462,\\n"
		"and she was given a card, 4539 5787 6362 1486\\n"
		"until March; another has 378282-246310-\\n10005 and one 4539-5787-6362-1486.\\n"
		"In the years of 1997 1998 1999 2000\\nwords\\nwere said 5 1234 2345 3456\\n"
		"4567 times and 219-09-\\n99991 of them were of 219-\\n099999\\n\n");
	recsink_free(&rs);
	buf_clear(&c);
	pdfmake_text(&c, 72, 700, 10, 0, "457-55-");
	pdfmake_text(&c, 72, 660, 10, 0, "5462");
	run_page(&rs, &c, "");
	doc_has(&rs, "text body p1|457-55-\\n5462\\n");
	recsink_free(&rs);
}

static void
test_extras(void **state)
{
	const char inner[] = "inner file";
	struct pdfmake p;
	struct recsink rs;
	struct buf c = {0};
	char page[200], catalog[400];
	int field, choice, push, note, link, file, info, xmp, top;

	(void)state;
	pdfmake_begin(&p);
	field = pdfmake_object(&p,
		"<</Type/Annot/Subtype/Widget/FT/Tx/T(ssn)/TU(Social Security)/V(219-09-9999)"
		"/Rect[10 10 90 30]>>");
	choice = pdfmake_object(&p,
		"<</Type/Annot/Subtype/Widget/FT/Ch/T(city)/V(Oslo)/Opt[(Rome)(Oslo)]"
		"/Rect[10 40 90 60]>>");
	push = pdfmake_object(&p,
		"<</Type/Annot/Subtype/Widget/FT/Btn/Ff 65536/T(b1)/TU(Send to pay)"
		"/MK<</CA(Send)>>/Rect[10 70 90 90]>>");
	note = pdfmake_object(
		&p, "<</Type/Annot/Subtype/Text/T(Ann)/Contents(do not show)/Rect[1 1 9 9]>>");
	link = pdfmake_object(&p,
		"<</Type/Annot/Subtype/Link/Rect[1 1 9 "
		"9]/A<</S/URI/URI(http://u:pw@h.example/)>>>>");
	file = pdfmake_stream(&p, "/Type/EmbeddedFile", span_str(inner));
	file = pdfmake_object(
		&p, "<</Type/Filespec/F(a.txt)/Desc(the file)/EF<</F %d 0 R>>>>", file);
	info = pdfmake_object(&p, "<</Title(A title)/Author(Ann)>>");
	xmp = pdfmake_stream(&p, "/Type/Metadata/Subtype/XML", span_str("<x>about</x>"));
	top = pdfmake_object(&p, "<</First %d 0 R/Last %d 0 R/Count 1>>", p.n + 2, p.n + 2);
	(void)pdfmake_object(&p,
		"<</Title(Chapter of Ann)/Parent %d 0 R/First %d 0 R/Last %d 0 R>>", top, top + 1,
		top + 1); /* holds itself */
	pdfmake_text(&c, 72, 700, 10, 0, "page");
	snprintf(page, sizeof page, "/Annots[%d 0 R %d 0 R %d 0 R %d 0 R %d 0 R]", field, choice,
		push, note, link);
	(void)pdfmake_page(&p, buf_span(&c), page);
	buf_free(&c);
	snprintf(catalog, sizeof catalog,
		"/AcroForm<</Fields[%d 0 R %d 0 R %d 0 R]>>/Metadata %d 0 R/Outlines %d 0 R"
		"/Names<</EmbeddedFiles<</Names[(a.txt) %d 0 R (b.txt) %d 0 R]>>>>",
		field, choice, push, xmp, top, file, file);
	run(&rs, &p, catalog, info);
	doc_has(&rs, "text metadata [properties]|title: A title\\nauthor: Ann\\n");
	doc_has(&rs, "text metadata [xmp]|<x>about</x>");
	doc_has(&rs, "text body p1|page\\n");
	doc_has(&rs,
		"text body [form] p1|Social Security: 219-09-9999\\nRome\\ncity: Oslo\\n"
		"Send to pay\\n");
	doc_has(&rs, "text comment p1|Ann: do not show\\n");
	doc_has(&rs, "text metadata [links] p1|http://u:pw@h.example/\\n");
	assert_non_null(strstr(recsink_log(&rs), "text metadata [bookmarks]|Chapter of Ann\\n"));
	doc_has(&rs, "text metadata [attachment]|the file");
	doc_has(&rs, "child a.txt");
	doc_has(&rs, "child a.txt#2");
	recsink_free(&rs);
}

/* A page whose letters are outlines is a gap; neither an empty one is, nor one painted white. */
static void
test_drawings(void **state)
{
	struct pdfmake p;
	struct recsink rs;

	(void)state;
	pdfmake_begin(&p);
	(void)pdfmake_page(&p, span_str("72 700 m 76 706 l 78 700 l f\n"), "");
	(void)pdfmake_page(&p, span_str("1 g 0 0 612 792 re f\n"), "");
	(void)pdfmake_page(&p, span_str("0.5 w 72 700 m 172 700 l S\n"), "");
	(void)pdfmake_page(&p, span_str("BT /F 9 Tf 72 700 Td (   ) Tj ET\n"), "");
	run(&rs, &p, "", 0);
	assert_string_equal(recsink_log(&rs), "gap unsupported hides pages without text: 2\n");
	recsink_free(&rs);
}

/* A page that is a picture is a gap; an empty one is nothing. */
static void
test_pictures(void **state)
{
	struct pdfmake p;
	struct recsink rs;
	struct buf c = {0};

	(void)state;
	pdfmake_begin(&p);
	buf_puts(&c, "q 100 0 0 100 50 50 cm BI /W 8 /H 1 /BPC 1 /CS /G ID \xAA EI Q\n");
	(void)pdfmake_page(&p, buf_span(&c), "");
	(void)pdfmake_page(&p, span_str(""), "");
	(void)pdfmake_page(&p, buf_span(&c), "");
	pdfmake_text(&c, 72, 700, 10, 0, "words");
	(void)pdfmake_page(&p, buf_span(&c), "");
	buf_free(&c);
	run(&rs, &p, "", 0);
	assert_string_equal(recsink_log(&rs),
		"text body p4|words\\n\ngap unsupported hides pages without text: 2\n");
	recsink_free(&rs);
}

static void
test_damaged(void **state)
{
	struct recsink rs;
	struct pdfmake p;
	struct buf c = {0};

	(void)state;
	doc_run_bytes(&rs, &extract_pdf, span_str("%PDF-1.4 hello, nothing more than that"));
	assert_string_equal(recsink_log(&rs),
		"gap corrupt hides PDF document: damaged\n"
		"text raw @0|%PDF-1.4 hello, nothing more than that\\n\n");
	recsink_free(&rs);
	/* without its table of objects it is still read */
	pdfmake_begin(&p);
	pdfmake_text(&c, 72, 700, 10, 0, "still there");
	(void)pdfmake_page(&p, buf_span(&c), "");
	buf_free(&c);
	pdfmake_end(&p, "", 0);
	doc_run_bytes(&rs, &extract_pdf, span_sub(buf_span(&p.out), 0, p.out.n - 14));
	doc_has(&rs, "text body p1|still there\\n");
	recsink_free(&rs);
	pdfmake_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_next_pages),
		cmocka_unit_test(test_names_end),
		cmocka_unit_test(test_numbers_right),
		cmocka_unit_test(test_table_bears),
		cmocka_unit_test(test_close),
		cmocka_unit_test(test_close_names),
		cmocka_unit_test(test_no_table),
		cmocka_unit_test(test_turned),
		cmocka_unit_test(test_breaks),
		cmocka_unit_test(test_extras),
		cmocka_unit_test(test_pictures),
		cmocka_unit_test(test_drawings),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, read_open, read_close);
}

#else

static void
test_without(void **state)
{
	struct recsink rs;

	(void)state;
	recsink_init(&rs, false);
	assert_int_equal(recsink_bytes(&rs, "a.pdf", span_str("%PDF-1.4 words of it")), 0);
	doc_has(&rs, "gap unsupported hides PDF document: built without poppler");
	doc_has(&rs, "text raw @0|%PDF-1.4 words of it\\n");
	recsink_free(&rs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_without)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
