/* pdf: in the cage, protected, steps that end a reader, and how it is read. */
#include <sys/mman.h>
#include <sys/resource.h>

#include "base/cleanup.h"
#include "ident.h"
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

/* --- steps that end a reader ---------------------------------------------------------------- */

struct pieces {
	struct recsink rs;
	struct sink_ops ops;
	const char *left_out; /* the step that ended a reader before */
	struct buf names;
};

static int
on_piece(struct sink *s, const char *name)
{
	struct pieces *p = (struct pieces *)s;

	buf_printf(&p->names, "%s|", name ? name : "end");
	return name && strcmp(name, p->left_out) == 0;
}

static void
put_three(struct pdfmake *p)
{
	int properties, outline, item;

	pdfmake_begin(p);
	for (int i = 1; i <= 3; i++) {
		struct buf c = {0};
		char text[32];

		snprintf(text, sizeof text, "number %d", i);
		pdfmake_text(&c, 72, 700, 10, 0, text);
		(void)pdfmake_page(p, buf_span(&c), "");
		buf_free(&c);
	}
	properties = pdfmake_object(p, "<</Title(of three)>>");
	item = pdfmake_object(p, "<</Title(mark)/Parent %d 0 R>>", p->n + 2);
	outline = pdfmake_object(
		p, "<</Type/Outlines/First %d 0 R/Last %d 0 R/Count 1>>", item, item);
	{
		int file = pdfmake_stream(p, "/Type/EmbeddedFile", span_str("attached\n"));
		int spec = pdfmake_object(
			p, "<</Type/Filespec/F(a.txt)/UF(a.txt)/EF<</F %d 0 R>>>>", file);
		char catalog[160];

		snprintf(catalog, sizeof catalog,
			"/Outlines %d 0 R/Names<</EmbeddedFiles<</Names[(a.txt) %d 0 R]>>>>",
			outline, spec);
		pdfmake_end(p, catalog, properties);
	}
}

#define PROPERTIES "text metadata [properties]|title: of three\\n\n"
#define PAGE_1	   "text body p1|number 1\\n\n"
#define PAGE_2	   "text body p2|number 2\\n\n"
#define PAGE_3	   "text body p3|number 3\\n\n"
#define MARKS	   "text metadata [bookmarks]|mark\\n\n"
#define FILES	   "child a.txt\n"
#define STEPS	   "whole document|properties|page 1|page 2|page 3|bookmarks|attachments|end|"

static void
test_left_out(void **state)
{
	static const struct {
		const char *step, *log;
	} all[] = {
		{"none", PROPERTIES PAGE_1 PAGE_2 PAGE_3 MARKS FILES},
		{"properties", PAGE_1 PAGE_2 PAGE_3 MARKS FILES},
		{"page 2", PROPERTIES PAGE_1 PAGE_3 MARKS FILES},
		{"bookmarks", PROPERTIES PAGE_1 PAGE_2 PAGE_3 FILES},
		{"attachments", PROPERTIES PAGE_1 PAGE_2 PAGE_3 MARKS},
	};
	struct pdfmake p;

	(void)state;
	put_three(&p);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		struct pieces t = {.left_out = all[i].step};

		recsink_init(&t.rs, false);
		t.ops = *t.rs.sink.ops;
		t.ops.piece = on_piece;
		t.rs.sink.ops = &t.ops;
		assert_int_equal(recsink_force(&t.rs, &extract_pdf, "x", buf_span(&p.out)), 0);
		assert_string_equal(recsink_log(&t.rs), all[i].log);
		assert_string_equal(buf_cstr(&t.names), STEPS);
		recsink_free(&t.rs);
		buf_free(&t.names);
	}
	pdfmake_free(&p);
}

/* One that cannot even be opened: what is printable in it is searched. */
static void
test_whole_left_out(void **state)
{
	struct pieces t = {.left_out = "whole document"};
	struct pdfmake p;

	(void)state;
	put_three(&p);
	recsink_init(&t.rs, false);
	t.ops = *t.rs.sink.ops;
	t.ops.piece = on_piece;
	t.rs.sink.ops = &t.ops;
	assert_int_equal(recsink_force(&t.rs, &extract_pdf, "x", buf_span(&p.out)), 0);
	assert_memory_equal(recsink_log(&t.rs), "text raw @0|%PDF", 16);
	assert_non_null(strstr(recsink_log(&t.rs), "(number 3) Tj"));
	assert_string_equal(buf_cstr(&t.names), "whole document|");
	recsink_free(&t.rs);
	buf_free(&t.names);
	pdfmake_free(&p);
}

/* --- how it is read ------------------------------------------------------------------------- */

/* Behind the end of the file there is nothing: not the last block once more, for ever. */
static void
test_beyond_end(void **state)
{
	struct buf b = {0};
	struct pdfmake p;
	struct recsink rs;
	struct span all;

	(void)state;
	put_three(&p);
	all = buf_span(&p.out);
	buf_puts(&b, "%PDF-1.4\n99 0 obj\n<</A<</B>stream\n");
	buf_put(&b, all.p, all.n);
	buf_puts(&b, "startxref\n987654\n%%EOF\n");
	alarm(60);
	doc_run_bytes(&rs, &extract_pdf, buf_span(&b));
	alarm(0);
	assert_non_null(strstr(recsink_log(&rs), PAGE_1 PAGE_2 PAGE_3));
	recsink_free(&rs);
	pdfmake_free(&p);
	buf_free(&b);
}

static long
peak_kib(void)
{
	struct rusage u;

	return getrusage(RUSAGE_SELF, &u) < 0 ? -1 : u.ru_maxrss;
}

/* 0 when the document at hand, most of which is a hole, is read in little memory. */
static int
read_large(int fd)
{
	_cleanup_(recsink_free) struct recsink rs;
	long before = peak_kib(), after;
	struct stat st;
	struct reader r;
	struct item it = {.name = span_str("x.pdf"), .r = &r};
	int q;

	recsink_init(&rs, false);
	if (fstat(fd, &st) < 0)
		return 1;
	reader_fd(&r, fd, (uint64_t)st.st_size);
	budget_start(&rs.budget, r.size, NULL);
	q = ident_item(&it);
	if (q == 0)
		q = extract_pdf.run(&it, &rs.sink);
	reader_end(&r);
	after = peak_kib();
	if (q < 0 || !strstr(recsink_log(&rs), PAGE_1 PAGE_2 PAGE_3))
		return 2;
	return before < 0 || after - before > 32 * 1024 ? 3 : 0;
}

static void
test_large(void **state)
{
	struct pdfmake p;
	int status, fd = memfd_create("pdf", MFD_CLOEXEC);
	pid_t pid;

	(void)state;
	assert_true(fd >= 0);
	put_three(&p);
	assert_int_equal(write(fd, p.out.p, p.out.n), p.out.n);
	assert_int_equal(ftruncate(fd, 128ll << 20), 0);
	pdfmake_free(&p);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(read_large(fd));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(fd);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* --- hostile pages -------------------------------------------------------------------------- */

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
		cmocka_unit_test(test_whole_left_out),
		cmocka_unit_test(test_beyond_end),
		cmocka_unit_test(test_large),
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
