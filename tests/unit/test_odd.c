/* Containers of odd shapes, made here: what is in them is found, or a gap says truly what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "limits.h"
#include "mailmake.h"
#include "mkarchive.h"
#include "pack.h"
#include "pstmake.h"
#include "readtest.h"

#include "base/poison.h"

#define WORDS "Social security number 862-43-5549\n"

/* Bytes without any mark, word or pattern; the first is no letter. */
static void
put_random(struct buf *b, size_t n)
{
	uint64_t x = 88172645463325252u;

	buf_putc(b, 0xB7);
	for (size_t i = 1; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		buf_putc(b, (uint8_t)(x >> 24));
	}
}

static void
put_zip(struct buf *b, const char *name, struct span s)
{
	struct pack *p = pack_new(PACK_ZIP, NULL);
	struct buf zip = {0};

	pack_add(p, name, s);
	pack_end(p, &zip);
	buf_put(b, zip.p, zip.n);
	buf_free(&zip);
}

/* What a file is called says nothing of what it is. */
static void
test_names(void **state)
{
	static const char *const names[] = {
		"a.zip", "a.jar", "a.apk", "a.1pux", "a.txt", "a", "a.doc", "a.xpi", "a.whl"};
	static const char *const paragraphs[] = {WORDS};
	struct buf b = {0}, docx = {0};

	(void)state;
	put_zip(&b, "notes.txt", span_str(WORDS));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		read_expect(
			names[i], buf_span(&b), "item 1 notes.txt text/plain\ntext body|", "gap");
	pack_docx(paragraphs, 1, NULL, &docx);
	read_expect("letter.txt", buf_span(&docx), "862-43-5549", "gap");
	buf_clear(&b);
	put_zip(&b, "export.data", span_str("{\"password\": \"862-43-5549\"}"));
	read_expect("vault.1pux", buf_span(&b), "862-43-5549", "gap");
	buf_free(&b);
	buf_free(&docx);
}

static void
test_prefix(void **state)
{
	struct buf zip = {0}, b = {0};

	(void)state;
	put_zip(&zip, "notes.txt", span_str(WORDS));
	put_random(&b, 5000);
	buf_put(&b, zip.p, zip.n);
	read_expect("data.bin", buf_span(&b), "item 1 notes.txt text/plain\n", "gap");
	buf_free(&zip);
	buf_free(&b);
}

/* A mailbox in a zip in a tar in a 7z, each mail an item of its own. */
static void
test_nested(void **state)
{
	struct buf box = {0}, zip = {0};
	struct mkarchive tar = {0}, z = {0};

	(void)state;
	for (int i = 0; i < 3; i++)
		buf_printf(&box,
			"From ann@example.com Mon Nov 24 08:00:00 2014\nFrom: ann@example.com\n"
			"Date: Mon, 24 Nov 2014 08:00:00 +0000\nMessage-ID: <%d@x>\n\nmail %d\n\n",
			i, i);
	put_zip(&zip, "box.mbox", buf_span(&box));
	mk_open(&tar, "gnutar", NULL);
	mk_member(&tar, "n.zip", buf_span(&zip), UINT64_MAX);
	mk_open(&z, "7zip", NULL);
	mk_member(&z, "n.tar", mk_close(&tar), UINT64_MAX);
	read_expect("n.7z", mk_close(&z), "text body|mail 2\\n", "gap");
	read_expect(
		"n.7z", buf_span(&z.out), "item 3 box.mbox application/mbox\nitem 4 mail-", NULL);
	mk_free(&tar);
	mk_free(&z);
	buf_free(&box);
	buf_free(&zip);
}

/* A mailbox in a zip that is attached to a message of an Outlook store in a 7z. */
static void
test_nested_store(void **state)
{
	struct buf box = {0}, zip = {0}, store = {0};
	struct mkarchive z = {0};
	FILE *f = tmpfile();
	struct pstmake *p;
	size_t n;

	(void)state;
	assert_non_null(f);
	buf_puts(&box,
		"From ann@example.com Mon Nov 24 08:00:00 2014\nFrom: ann@example.com\n"
		"Date: Mon, 24 Nov 2014 08:00:00 +0000\nMessage-ID: <1@x>\n\n" WORDS "\n");
	put_zip(&zip, "box.mbox", buf_span(&box));
	p = pstmake_new(f, &(struct pstmake_options){0});
	{
		const struct pstmake_attachment file = {.name = "n.zip", .bytes = buf_span(&zip)};
		const struct pstmake_message mail = {
			.id = "<2@x>", .body = "see there", .files = &file, .n_files = 1};

		(void)pstmake_message(p, pstmake_folder(p, PSTMAKE_TOP, "Inbox"), &mail);
	}
	n = (size_t)pstmake_end(p);
	rewind(f);
	assert_int_equal(fread(buf_room(&store, n), 1, n, f), n);
	store.n = n;
	(void)fclose(f);
	mk_open(&z, "7zip", NULL);
	mk_member(&z, "n.pst", buf_span(&store), UINT64_MAX);
	read_expect("n.7z", mk_close(&z), "text body|Social security number 862-43-5549\\n", "gap");
	read_expect(
		"n.7z", buf_span(&z.out), "item 4 box.mbox application/mbox\nitem 5 mail-", NULL);
	mk_free(&z);
	buf_free(&store);
	buf_free(&zip);
	buf_free(&box);
}

static void
test_behind_stream(void **state)
{
	static const char *const filters[] = {"gzip", "bzip2", "xz", "zstd", "lzip"};
	static const uint8_t zeros[700];

	(void)state;
	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
		struct mkarchive m = {0};
		struct span s = mk_stream(&m, filters[i], span_str(WORDS));
		struct buf b = {0};

		buf_put(&b, s.p, s.n);
		read_expect("a", buf_span(&b), "862-43-5549", "gap");
		buf_put(&b, zeros, sizeof zeros);
		/* the libraries of xz and zstd refuse all of it then */
		if (filters[i][0] != 'z')
			read_expect("a", buf_span(&b), "862-43-5549", "gap");
		buf_puts(&b, "more words");
		if (filters[i][0] != 'z' && filters[i][0] != 'x')
			read_expect("a", buf_span(&b), "862-43-5549", NULL);
		read_expect("a", buf_span(&b), "gap corrupt hides", NULL);
		buf_free(&b);
		mk_free(&m);
	}
}

static void
put_at(struct buf *b, size_t at, const char *p, size_t n)
{
	assert_true(at + n <= b->n);
	memcpy(b->p + at, p, n);
}

/* Volumes and images that nobody opens: their words and a gap. */
static void
test_volumes_of_disks(void **state)
{
	static const struct {
		size_t at;
		const char *mark;
		size_t n;
		const char *gap;
	} all[] = {{1080, "\x53\xEF\1\0", 4, "gap unsupported hides disk image"},
		{0, "XFSB\0\0\x10", 7, "gap unsupported hides disk image"},
		{512, "LABELONE", 8, "gap unsupported hides disk image"},
		{512, "EFI PART", 8, "gap unsupported hides disk image"},
		{1024, "H+\0\4", 4, "gap unsupported hides disk image"},
		{32769, "BEA01\1", 6, "gap unsupported hides disk image"},
		{0, "MSWIM\0\0\0", 8, "gap unsupported hides Windows image"},
		{0, "QFI\xFB\0\0\0\3", 8, "gap unsupported hides qcow2"},
		{0, "KDMV\1\0\0\0", 8, "gap unsupported hides VMware"},
		{0, "vhdxfile", 8, "gap unsupported hides VHDX"},
		{0, "conectix", 8, "gap unsupported hides VHD"},
		{64, "\x7F\x10\xDA\xBE", 4, "gap unsupported hides VirtualBox"}};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		struct buf b = {0};

		for (size_t n = 0; n < 70000; n++)
			buf_putc(&b, 0);
		if (all[i].at == 1080) {
			put_at(&b, 1024, "\x10\0\0\0\x80\0\0\0", 8);
			put_at(&b, 1048, "\2\0\0\0", 4);
		}
		put_at(&b, all[i].at, all[i].mark, all[i].n);
		put_at(&b, 50000, WORDS, sizeof WORDS - 2);
		read_expect("disk", buf_span(&b), all[i].gap, NULL);
		read_expect("disk", buf_span(&b),
			"text raw @50000|Social security number 862-43-5549", NULL);
		buf_free(&b);
	}
}

static void
test_squashfs(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_puts(&b, "hsqs");
	while (b.n < 28)
		buf_putc(&b, 1);
	buf_putc(&b, 4);
	while (b.n < 200)
		buf_putc(&b, 0);
	buf_puts(&b, WORDS);
	read_expect("a.snap", buf_span(&b), "gap unsupported hides squashfs image", NULL);
	buf_free(&b);
}

/* Volumes behind the first have no mark: their name says what they are. */
static void
test_later_volumes(void **state)
{
	static const char *const are[] = {
		"a.z02", "a.Z15", "a.r00", "a.7z.002", "a.zip.003", "b.rar.012"};
	static const char *const are_not[] = {
		"a.bin", "a.002", "a.z2", "z02", ".z02", "a.log.0002"};
	struct buf b = {0};

	(void)state;
	put_random(&b, 9001);
	for (size_t i = 0; i < sizeof are / sizeof *are; i++)
		read_expect(are[i], buf_span(&b), "gap missing-volume hides one volume", NULL);
	for (size_t i = 0; i < sizeof are_not / sizeof *are_not; i++)
		read_expect(are_not[i], buf_span(&b), "item 0", "gap missing-volume");
	read_expect("a.z02", span_str(WORDS), "text body|", "gap");
	buf_free(&b);
}

static void
test_databases(void **state)
{
	static const char gap[] = "gap encrypted hides looks encrypted";
	struct buf b = {0};

	(void)state;
	put_random(&b, 16384);
	read_expect("main.db", buf_span(&b), gap, NULL);
	read_expect("main.SQLITE", buf_span(&b), gap, NULL);
	read_expect("main.mov", buf_span(&b), "item 0", gap);
	read_expect("main.db", span_sub(buf_span(&b), 0, 16000), "item 0", gap);
	for (size_t i = 4096; i < 8192; i++)
		b.p[i] = (uint8_t)i & 31;
	read_expect("main.db", buf_span(&b), "item 0", gap);
	buf_clear(&b);
	buf_put(&b, "\x37\x7F\x06\x82\0\x2D\xE2\x18\0\0\x10\0\0\0\0\0", 16);
	while (b.n < 600)
		buf_putc(&b, 0);
	buf_puts(&b, WORDS);
	read_expect("main.db-wal", buf_span(&b), "gap unsupported hides write-ahead log", NULL);
	read_expect("main.db-wal", buf_span(&b), "text raw @600|Social security", NULL);
	buf_free(&b);
}

/* What was signed and lies in the file itself: any document, or an entity of MIME. */
static void
test_signed_files(void **state)
{
	static const char *const cells[] = {"Name", "SSN", "Ann", "862-43-5549"};
	const struct sheet sheet = {"Staff", cells, 2, 2};
	struct buf xlsx = {0}, b = {0};

	(void)state;
	pack_xlsx(&sheet, 1, &xlsx);
	mailmake_signed(&b, buf_span(&xlsx));
	read_expect(
		"staff.xlsx.p7m", buf_span(&b), "item 1 staff.xlsx application/vnd.openxml", "gap");
	read_expect("x", buf_span(&b), "item 1 signed application/vnd.openxml", "gap");
	read_expect("x", span_sub(buf_span(&b), 0, b.n - 40), "gap corrupt", NULL);
	buf_clear(&b);
	mailmake_signed(&b,
		span_str("Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"
			 "ODYyLTQzLTU1NDk=\n"));
	read_expect("smime.p7m", buf_span(&b), "text body|862-43-5549\n", "gap");
	/* certificates and nothing signed: what follows has the tag of a content */
	read_expect("c.p7b",
		span_of("\x30\x80\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02\xA0\x80\x30\x80\x02"
			"\x01"
			"\x01\x31\x00\x30\x0B\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01\xA0\x03"
			"\x30\x01\x00",
			40),
		"item 0", "gap");
	buf_clear(&b);
	buf_put(&b, "\xA3\2\x78\x9C", 4);
	put_random(&b, 100);
	read_expect(
		"a.gpg", buf_span(&b), "gap unsupported hides signed or compressed OpenPGP", NULL);
	buf_free(&b);
	buf_free(&xlsx);
}

/* The same between lines of PEM, and what lies behind it. */
static void
test_signed_pem(void **state)
{
	struct buf in = {0}, b = {0}, long_text = {0};

	(void)state;
	for (int i = 0; i < 300; i++)
		buf_puts(&long_text, "line of text\n");
	buf_puts(&long_text, WORDS);
	mailmake_signed(&in, buf_span(&long_text));
	buf_puts(&b, "-----BEGIN CMS-----\n");
	mailmake_base64(&b, buf_span(&in));
	read_expect("a.pem", buf_span(&b), "Social security number 862-43-5549\\n", "gap");
	buf_puts(&b, "\n-----END CMS-----\n-----BEGIN PRIVATE KEY-----\nMIIE\n");
	read_expect("a.pem", buf_span(&b), "Social security number 862-43-5549\\n", "gap");
	read_expect("a.pem", buf_span(&b), "text raw @", "gap");
	read_expect("a.pem", buf_span(&b), "-----BEGIN PRIVATE KEY-----", "gap");
	read_expect(
		"a.pem", span_sub(buf_span(&b), 0, 2000), "gap corrupt hides S/MIME: ends", NULL);
	read_expect("a.p7b",
		span_str("-----BEGIN PKCS7-----\nMIAGCSqGSIb3DQEHA6CAMIACAQAxggFA\n-----END "
			 "PKCS7-----\n"),
		"gap encrypted hides S/MIME message", NULL);
	buf_free(&in);
	buf_free(&b);
	buf_free(&long_text);
}

/* Pages, Numbers and Keynote before 2013 are XML, plain or compressed, in a zip. */
static void
test_old_iwork(void **state)
{
	static const char xml[] = "<?xml version=\"1.0\"?><sl:document xmlns:sl=\"http://x/\">"
				  "<sl:p>862-43-5549</sl:p></sl:document>";
	struct mkarchive m = {0};
	struct buf b = {0};

	(void)state;
	put_zip(&b, "index.xml", span_str(xml));
	read_expect("a.pages", buf_span(&b), "862-43-5549", "gap");
	buf_clear(&b);
	put_zip(&b, "index.xml.gz", mk_stream(&m, "gzip", span_str(xml)));
	read_expect("a.numbers", buf_span(&b), "862-43-5549", "gap");
	mk_free(&m);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_nested_store),
		cmocka_unit_test(test_behind_stream),
		cmocka_unit_test(test_volumes_of_disks),
		cmocka_unit_test(test_squashfs),
		cmocka_unit_test(test_later_volumes),
		cmocka_unit_test(test_databases),
		cmocka_unit_test(test_signed_files),
		cmocka_unit_test(test_signed_pem),
		cmocka_unit_test(test_old_iwork),
	};

	return cmocka_run_group_tests(tests, read_open, read_close);
}
