/*
 * make-ole-seeds FOLDER: small old Office documents to start the fuzzers from, one folder for each
 * extractor. The same bytes every time.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "olemake.h"
#include "protectmake.h"
#include "zipmake.h"

static int
write_seed(const char *folder, const char *format, const char *name, struct span bytes)
{
	char path[4096];
	FILE *f;
	int bad;

	(void)snprintf(path, sizeof path, "%s/%s", folder, format);
	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		return 1;
	(void)snprintf(path, sizeof path, "%s/%s/%s", folder, format, name);
	f = fopen(path, "wb");
	if (!f)
		return 1;
	bad = fwrite(bytes.p, 1, bytes.n, f) != bytes.n;
	return fclose(f) != 0 || bad;
}

static int
seed(const char *folder, const char *format, struct cfbmake *m)
{
	int bad = write_seed(folder, format, "whole", buf_span(&m->out));

	bad |= write_seed(folder, format, "cut", span_sub(buf_span(&m->out), 0, m->out.n * 2 / 3));
	cfbmake_free(m);
	return bad;
}

/* A document around a packaged file, with a list of sectors outside the header. */
static void
make_other(struct cfbmake *m)
{
	struct buf b = {0};
	unsigned up;

	cfbmake_begin(m, 9);
	m->listed = 0;
	up = cfbmake_storage(m, CFBMAKE_ROOT, "_1");
	put_le(&b, 0, 4);
	put_le(&b, 2, 2);
	buf_put(&b, "a.txt\0b\0\0\0\3\0\2\0\0\0t\0\5\0\0\0words", 27);
	(void)cfbmake_stream(m, up, "\1Ole10Native", buf_span(&b));
	for (unsigned i = 0; i < 4200; i++)
		buf_putc(&b, (uint8_t)(i % 7 ? ' ' : 'w'));
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "CONTENTS", buf_span(&b));
	cfbmake_end(m);
	buf_free(&b);
}

/* A document of no known kind with properties, a macro, and a workbook within. */
static void
make_objects(struct cfbmake *m)
{
	static const uint8_t macro[] = {9, 9, 9, 1, 0x0F, 0xB0, 0, 'A', 't', 't', 'r', 'i', 'b',
		'u', 't', 0x02, 'e', 0x04, 0x60, ' ', 'x', '!'};
	struct buf b = {0};
	unsigned up;

	cfbmake_begin(m, 9);
	olemake_properties(m);
	olemake_parts(m);
	up = cfbmake_storage(m, CFBMAKE_ROOT, "Macros");
	up = cfbmake_storage(m, up, "VBA");
	(void)cfbmake_stream(m, up, "Module1", span_of(macro, sizeof macro));
	up = cfbmake_storage(m, CFBMAKE_ROOT, "ObjectPool");
	up = cfbmake_storage(m, up, "_2");
	olemake_book(&b);
	(void)cfbmake_stream(m, up, "Workbook", buf_span(&b));
	cfbmake_end(m);
	buf_free(&b);
}

static int
whole(const char *folder, const char *format, const char *name, struct cfbmake *m)
{
	int bad = write_seed(folder, format, name, buf_span(&m->out));

	cfbmake_free(m);
	return bad;
}

/* Documents that the programs open by a password of their own. */
static int
make_sealed(const char *folder)
{
	static const char velvet[] = "VelvetSweatshop", point[] = "/01Hannes Ruescher/01";
	static const struct {
		const char *name;
		unsigned bits;
	} ways[] = {{"rc4", 0}, {"cryptoapi", 128}};
	struct cfbmake m;
	struct zipmake z;
	int bad = 0;

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		protect_doc(&m, velvet, ways[i].bits);
		bad |= whole(folder, "doc", ways[i].name, &m);
		protect_xls(&m, velvet, ways[i].bits);
		bad |= whole(folder, "xls", ways[i].name, &m);
	}
	protect_ppt(&m, point, 128);
	bad |= whole(folder, "ppt", "cryptoapi", &m);
	zipmake_begin(&z);
	zipmake_add(&z, "[Content_Types].xml", span_str("<Types/>"));
	zipmake_add(&z, "word/document.xml",
		span_str("<w:document><w:body><w:p><w:t>word</w:t></w:p></w:body></w:document>"));
	zipmake_end(&z);
	protect_agile(&m, buf_span(&z.out), velvet, &nettle_sha512, 256);
	bad |= whole(folder, "cfb", "agile", &m);
	protect_standard(&m, buf_span(&z.out), velvet, 128);
	bad |= whole(folder, "cfb", "standard", &m);
	zipmake_free(&z);
	return bad;
}

int
main(int argc, char **argv)
{
	struct cfbmake m;
	struct buf b = {0};
	int bad = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: make-ole-seeds FOLDER\n");
		return 2;
	}
	olemake_xls(&m, 9);
	bad |= seed(argv[1], "xls", &m);
	olemake_xls(&m, 12);
	bad |= write_seed(argv[1], "xls", "wide-sectors", buf_span(&m.out));
	cfbmake_free(&m);
	biff_put(&b, 0x09, "\2\0\x10\0", 4);
	biff_put(&b, 0x04, "\0\0\0\0\0\0\0\4Name", 12);
	biff_put(&b, 0x02, "\1\0\0\0\0\0\0\x2A\0", 9);
	biff_put(&b, 0x0A, NULL, 0);
	bad |= write_seed(argv[1], "xls", "biff2", buf_span(&b));
	olemake_doc(&m);
	bad |= seed(argv[1], "doc", &m);
	olemake_ppt(&m);
	bad |= seed(argv[1], "ppt", &m);
	olemake_msg(&m);
	bad |= seed(argv[1], "msg", &m);
	make_other(&m);
	bad |= seed(argv[1], "cfb", &m);
	make_objects(&m);
	bad |= whole(argv[1], "cfb", "objects", &m);
	olemake_ppt_tables(&m);
	bad |= whole(argv[1], "ppt", "tables", &m);
	olemake_ppt_objects(&m);
	bad |= whole(argv[1], "ppt", "objects", &m);
	bad |= make_sealed(argv[1]);
	buf_clear(&b);
	olemake_winword(&b, 4, "Dear \x93you\x94\rName\7\7Ann\7\7\23 LINK \"a\"\24b\25\r", 60);
	bad |= write_seed(argv[1], "winword", "whole", buf_span(&b));
	buf_free(&b);
	return bad;
}
