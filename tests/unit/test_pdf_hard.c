/* pdf: in the cage, protected, and pages that end a reader. */
#include "pdfing.h"

#ifdef HAVE_POPPLER

/* --- a font of East Asia, in the cage --------------------------------------------------- */

static void
put_cjk(struct pdfmake *p)
{
	/* "name" and "salary" in Chinese, as UCS-2, by a font that is not in the file */
	pdfmake_begin(p);
	(void)pdfmake_page(
		p, span_str("BT /J 12 Tf 72 700 Td <59D3 540D 85AA 6C34 FF1A> Tj ET"), "");
	pdfmake_end(p, "", 0);
}

#define CJK "text body p1|\xE5\xA7\x93\xE5\x90\x8D\xE8\x96\xAA\xE6\xB0\xB4\xEF\xBC\x9A\\n"

static void
test_cjk(void **state)
{
	struct pdfmake p;
	struct recsink rs;

	(void)state;
	if (access(SANDBOX_READS "/cMap", R_OK) < 0)
		skip();
	put_cjk(&p);
	doc_run_bytes(&rs, &extract_pdf, buf_span(&p.out));
	doc_has(&rs, CJK);
	recsink_free(&rs);
	pdfmake_free(&p);
}

#define NO_TABLES "gap unsupported hides text in fonts whose tables (poppler-data) cannot be read\n"

/* A font whose table is nowhere: its text is lost, which is said, and of that document only. */
static void
test_no_table_of_font(void **state)
{
	struct pdfmake p;
	struct recsink rs;
	char more[64];
	int font;

	(void)state;
	pdfmake_begin(&p);
	font = pdfmake_object(&p,
		"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Nowhere-H/DescendantFonts[<</Type"
		"/Font/Subtype/CIDFontType0/BaseFont/X/CIDSystemInfo<</Registry(Adobe)"
		"/Ordering(Nowhere1)/Supplement 0>>>>]>>");
	snprintf(more, sizeof more, "/Resources<</Font<</K %d 0 R>>>>", font);
	(void)pdfmake_page(&p, span_str("BT /K 12 Tf 72 700 Td <59D3540D> Tj ET"), more);
	run(&rs, &p, "", 0);
	assert_string_equal(recsink_log(&rs), NO_TABLES);
	recsink_free(&rs);
	pdfmake_begin(&p);
	(void)pdfmake_page(&p, span_str("BT /F 12 Tf 72 700 Td (other) Tj ET"), "");
	run(&rs, &p, "", 0);
	assert_string_equal(recsink_log(&rs), "text body p1|other\\n\n");
	recsink_free(&rs);
}

/* In the cage: reads the fonts' tables when Landlock lets it, and nothing else. */
static int
caged(const struct pdfmake *p)
{
	struct confinement c;
	struct recsink rs;
	bool found;

	if (sandbox_close(&c) < 0)
		return 1;
	if (open("/etc/passwd", O_RDONLY) >= 0 || errno != EACCES)
		return 2;
	if (open("/usr/share", O_RDONLY | O_DIRECTORY) >= 0 || errno != EACCES)
		return 3;
	if (open(SANDBOX_READS "/cMap/Adobe-GB1/../../../passwd", O_RDONLY) >= 0)
		return 4;
	if (open(SANDBOX_READS "/new", O_WRONLY | O_CREAT, 0600) >= 0 || errno != EACCES)
		return 5;
	if (open("/etc/passwd", O_PATH) >= 0 || errno != EACCES)
		return 6;
	recsink_init(&rs, false);
	if (recsink_force(&rs, &extract_pdf, "x", buf_span(&p->out)) < 0)
		return 7;
	found = strstr(recsink_log(&rs), CJK) != NULL;
	if (found == (strstr(recsink_log(&rs), NO_TABLES) != NULL))
		return 9;
	return found == c.reads_poppler ? 0 : 8;
}

static void
test_caged(void **state)
{
	struct pdfmake p;
	int status;
	pid_t pid;

	(void)state;
	if (access(SANDBOX_READS "/cMap", R_OK) < 0)
		skip();
	put_cjk(&p);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(caged(&p));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	pdfmake_free(&p);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* --- protected ones, where qpdf is there -------------------------------------------------- */

static bool
qpdf(const char *folder, const char *options)
{
	char line[512];

	snprintf(line, sizeof line, "qpdf %s %s/in.pdf %s/out.pdf >%s/log 2>&1", options, folder,
		folder, folder);
	return system(line) == 0;
}

static void
one_protected(const char *folder, const char *options, const char *want)
{
	char path[300];
	struct recsink rs;

	if (!qpdf(folder, options))
		fail_msg("qpdf %s", options);
	snprintf(path, sizeof path, "%s/out.pdf", folder);
	recsink_init(&rs, false);
	assert_int_equal(recsink_file(&rs, path), 0);
	doc_has(&rs, want);
	recsink_free(&rs);
}

static void
test_protected(void **state)
{
	char folder[] = "/tmp/test_pdf.XXXXXX", path[300];
	struct pdfmake p;
	struct buf c = {0};
	FILE *f;

	(void)state;
	if (system("qpdf --version >/dev/null 2>&1") != 0)
		skip();
	assert_non_null(mkdtemp(folder));
	pdfmake_begin(&p);
	pdfmake_text(&c, 72, 700, 10, 0, "for all to read");
	(void)pdfmake_page(&p, buf_span(&c), "");
	buf_free(&c);
	pdfmake_end(&p, "", 0);
	snprintf(path, sizeof path, "%s/in.pdf", folder);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(p.out.p, 1, p.out.n, f), p.out.n);
	fclose(f);
	pdfmake_free(&p);
	one_protected(folder, "--encrypt '' owner 256 --print=none --extract=n --",
		"text body p1|for all to read\\n");
	one_protected(folder, "--allow-weak-crypto --encrypt '' owner 40 --print=n --",
		"text body p1|for all to read\\n");
	one_protected(folder, "--encrypt user owner 256 --",
		"gap encrypted hides PDF user password, AES-256");
	one_protected(folder, "--allow-weak-crypto --encrypt user owner 128 --use-aes=y --",
		"gap encrypted hides PDF user password, AES-128");
	one_protected(folder, "--allow-weak-crypto --encrypt user owner 128 --",
		"gap encrypted hides PDF user password, RC4 or another");
	snprintf(path, sizeof path, "rm -r %s", folder);
	assert_int_equal(system(path), 0);
}

/* --- pages that end a reader ---------------------------------------------------------------- */

struct pieces {
	struct recsink rs;
	struct sink_ops ops;
	unsigned left_out; /* the page that ended a reader before */
	unsigned n;
	bool ended;
};

static int
on_piece(struct sink *s, const char *name)
{
	struct pieces *p = (struct pieces *)s;
	char want[24];

	p->ended = !name;
	if (!name)
		return 0;
	snprintf(want, sizeof want, "page %u", ++p->n);
	assert_string_equal(name, want);
	return p->n == p->left_out;
}

static void
test_left_out(void **state)
{
	static struct pieces t;
	struct pdfmake p;

	(void)state;
	pdfmake_begin(&p);
	for (int i = 1; i <= 3; i++) {
		struct buf c = {0};
		char text[32];

		snprintf(text, sizeof text, "number %d", i);
		pdfmake_text(&c, 72, 700, 10, 0, text);
		(void)pdfmake_page(&p, buf_span(&c), "");
		buf_free(&c);
	}
	pdfmake_end(&p, "", 0);
	recsink_init(&t.rs, false);
	t.ops = *t.rs.sink.ops;
	t.ops.piece = on_piece;
	t.rs.sink.ops = &t.ops;
	t.left_out = 2;
	assert_int_equal(recsink_force(&t.rs, &extract_pdf, "x", buf_span(&p.out)), 0);
	assert_string_equal(
		recsink_log(&t.rs), "text body p1|number 1\\n\ntext body p3|number 3\\n\n");
	assert_true(t.n == 3 && t.ended);
	recsink_free(&t.rs);
	pdfmake_free(&p);
}

/* A million words in one place, boxes of no size, and a form that shows itself. */
static void
test_hostile(void **state)
{
	struct pdfmake p;
	struct recsink rs;
	struct buf c = {0};
	int form;

	(void)state;
	pdfmake_begin(&p);
	for (int i = 0; i < 20000; i++)
		buf_printf(&c, "BT /F %d Tf 10 10 Td (w%d) Tj ET\n", i % 3 ? 10 : 1, i);
	(void)pdfmake_page(&p, buf_span(&c), "");
	buf_clear(&c);
	for (int i = 0; i < 2000; i++)
		buf_printf(&c, "BT /F 9 Tf 1e30 0 0 1e-30 %d99999999 %d Tm (z%d) Tj ET\n", i, i, i);
	(void)pdfmake_page(&p, buf_span(&c), "");
	buf_clear(&c);
	form = p.n + 1;
	buf_printf(&c, "BT /F 9 Tf (x) Tj ET /X Do /X Do");
	{
		char dict[160];

		snprintf(dict, sizeof dict,
			"/Type/XObject/Subtype/Form/BBox[0 0 99 99]/Resources<</XObject<</X %d 0 "
			"R>>/Font<</F 3 0 R>>>>",
			form);
		(void)pdfmake_stream(&p, dict, buf_span(&c));
		snprintf(dict, sizeof dict, "/Resources<</XObject<</X %d 0 R>>>>", form);
		(void)pdfmake_page(&p, span_str("/X Do"), dict);
	}
	buf_free(&c);
	run(&rs, &p, "", 0);
	assert_true(strstr(recsink_log(&rs), "w19999") != NULL);
	recsink_free(&rs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cjk),
		cmocka_unit_test(test_no_table_of_font),
		cmocka_unit_test(test_caged),
		cmocka_unit_test(test_protected),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, read_open, read_close);
}

#else

static void
test_without(void **state)
{
	(void)state;
	skip();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_without)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
