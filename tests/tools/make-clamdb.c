/*
 * make-clamdb FOLDER [PERCENT [SEED]]: a made signature database for clamscan, as large as the published
 * ones together and of their sorts, to measure beside. Nothing in it is a signature of anything.
 *
 * The size is that of main.cvd 62 and daily.cvd 27780 (6,647,427 and 2,076,928 signatures: what
 * freshclam says of them). How many of each sort they hold is published nowhere that we know: nearly
 * all are taken for hashes of files and of sections of programs, which cost memory and no time on
 * text, and one in fifty for signatures of bodies and logical ones. Of these one in nine is for any
 * file, one in four for markup, mail and text, the rest for programs and documents; a quarter has
 * wildcards. Formats: docs.clamav.net/manual/Signatures (HashSignatures, ExtendedSignatures,
 * LogicalSignatures, BodySignatureFormat).
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen.h"

#include "base/poison.h"

#define SECTIONS 5200000u /* .mdb */
#define MD5S	 1850000u /* .hdb */
#define SHA256S	 1499869u /* .hsb */
#define BODIES	 95000u /* .ndb */
#define LOGICALS 79486u /* .ldb */

static unsigned percent = 100;

static unsigned
share(unsigned n)
{
	return (unsigned)((uint64_t)n * percent / 100);
}

static FILE *
begin(const char *folder, const char *name)
{
	char path[4096];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "wb");
	if (!f) {
		perror(path);
		exit(1);
	}
	return f;
}

static void
end(FILE *f)
{
	if (ferror(f) || fclose(f) != 0) {
		perror("write");
		exit(1);
	}
}

/* n random bytes in hexadecimal; text: small letters and blanks, as signatures of scripts are. */
static void
put_hex(struct gen *g, FILE *f, unsigned n, bool text)
{
	static const char digits[] = "0123456789abcdef";
	char hex[256];

	for (unsigned i = 0; i < n; i++) {
		unsigned r = (unsigned)gen_range(g, 0, 255);
		unsigned b = !text ? r : r < 40 ? ' ' : 'a' + r % 26;

		hex[2 * i] = digits[b >> 4];
		hex[2 * i + 1] = digits[b & 15];
	}
	(void)fwrite(hex, 2, n, f);
}

/* The hexadecimal part of a signature of a body: 12 to 40 bytes, a quarter with wildcards. */
static void
put_body(struct gen *g, FILE *f, bool text)
{
	static const char *const wild[] = {"??", "{4-8}", "{-16}", "*", "(6a|70)", "{12}"};

	put_hex(g, f, gen_range(g, 8, 20), text);
	if (gen_range(g, 0, 3) == 0)
		fputs(wild[gen_range(g, 0, 5)], f);
	put_hex(g, f, gen_range(g, 4, 20), text);
}

/* A number of the manual's list of target types; *ret_text: its files are text. */
static unsigned
target(struct gen *g, bool *ret_text)
{
	static const unsigned char of[] = {0, 3, 3, 4, 7, 1, 1, 1, 1, 1, 1, 1, 1, 2, 6, 9};
	unsigned t = of[gen_range(g, 0, 15)];

	if (t == 1 && gen_range(g, 0, 10) == 0)
		t = 0;
	*ret_text = t == 3 || t == 4 || t == 7 || (t == 0 && gen_range(g, 0, 1));
	return t;
}

static void
hashes(struct gen *g, const char *folder)
{
	FILE *f = begin(folder, "made.mdb");

	for (unsigned i = 0; i < share(SECTIONS); i++) {
		fprintf(f, "%u:", 512 * gen_range(g, 1, 4000));
		put_hex(g, f, 16, false);
		fprintf(f, ":Made.Section-%u\n", i);
	}
	end(f);
	f = begin(folder, "made.hdb");
	for (unsigned i = 0; i < share(MD5S); i++) {
		put_hex(g, f, 16, false);
		fprintf(f, ":%u:Made.Md5-%u\n", gen_range(g, 100, 2000000), i);
	}
	end(f);
	f = begin(folder, "made.hsb");
	for (unsigned i = 0; i < share(SHA256S); i++) {
		put_hex(g, f, 32, false);
		if (i % 50 == 0)
			fprintf(f, ":*:Made.Sha-%u:73\n", i);
		else
			fprintf(f, ":%u:Made.Sha-%u\n", gen_range(g, 100, 2000000), i);
	}
	end(f);
}

static void
bodies(struct gen *g, const char *folder)
{
	FILE *f = begin(folder, "made.ndb");
	bool text;

	for (unsigned i = 0; i < share(BODIES); i++) {
		unsigned t = target(g, &text);

		fprintf(f, "Made.Body-%u:%u:%s:", i, t, t == 1 && i % 3 == 0 ? "EP+0" : "*");
		put_body(g, f, text);
		fputc('\n', f);
	}
	end(f);
	f = begin(folder, "made.ldb");
	for (unsigned i = 0; i < share(LOGICALS); i++) {
		unsigned n = gen_range(g, 2, 4), t = target(g, &text);

		fprintf(f, "Made.Logical-%u;Engine:51-255,Target:%u;(0", i, t);
		for (unsigned k = 1; k < n; k++)
			fprintf(f, "%c%u", i % 3 ? '&' : '|', k);
		fputc(')', f);
		for (unsigned k = 0; k < n; k++) {
			fputc(';', f);
			put_body(g, f, text);
		}
		fputc('\n', f);
	}
	end(f);
}

int
main(int argc, char **argv)
{
	struct gen g;

	if (argc < 2) {
		fprintf(stderr, "usage: make-clamdb FOLDER [PERCENT [SEED]]\n");
		return 2;
	}
	if (argc > 2)
		percent = (unsigned)strtoul(argv[2], NULL, 10);
	gen_seed(&g, argc > 3 ? strtoull(argv[3], NULL, 10) : 7);
	hashes(&g, argv[1]);
	bodies(&g, argv[1]);
	return 0;
}
