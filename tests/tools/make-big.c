/*
 * make-big: large inputs with a known number of numbers in them.
 *   line FILE MIB            one line of prose; a number at both ends, and in every third MiB two
 *                            across a cut of 256 KiB, each at another place of the number
 *   sparse FILE MIB          nothing but a hole with a line of text at both ends and in the middle
 *   tar FILE MEMBERS         members of one line; every thousandth has a number
 *   repeats FILE LINES KINDS LINES lines with a number each, KINDS different ones
 *   names FOLDER FILES       FILES empty files
 * Prints how many numbers it planted, and how many different ones.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gen.h"

#define MIB (1024l * 1024)
#define CUT (256l * 1024)

static unsigned planted;

/* The i-th valid number: all of them differ. */
static void
ssn(unsigned i, char ret[12])
{
	unsigned serial = 1 + i % 9998, group = 1 + i / 9998 % 98, area = 200 + i / 9998 / 98 % 400;

	(void)snprintf(ret, 12, "%03u-%02u-%04u", area, group, serial);
}

static FILE *
out(const char *path)
{
	FILE *f = fopen(path, "wb");

	if (!f) {
		perror(path);
		exit(1);
	}
	return f;
}

static void
write_all(int fd, const char *p, size_t n, long at)
{
	if (pwrite(fd, p, n, at) != (ssize_t)n) {
		perror("write");
		exit(1);
	}
}

/* Numbers stand apart and look alike: " SSN 123-45-6789 ". */
static void
plant_at(int fd, long at)
{
	char v[12], text[32];
	int n;

	ssn(planted * 7919, v);
	n = snprintf(text, sizeof text, " SSN %s ", v);
	write_all(fd, text, (size_t)n, at);
	planted++;
}

static int
line(const char *path, long mib)
{
	static char prose[MIB + 8192];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	struct gen g;
	size_t n = 0;

	if (fd < 0 || mib < 3) {
		perror(path);
		return 1;
	}
	gen_seed(&g, 7);
	while (n < MIB) {
		gen_prose(&g, 400, prose + n, 8000);
		n += strlen(prose + n);
	}
	for (n = 0; n < MIB; n++)
		prose[n] = prose[n] == '\n' || !prose[n] ? ' ' : prose[n];
	for (long i = 0; i < mib; i++)
		write_all(fd, prose, MIB, i * MIB);
	plant_at(fd, 0);
	plant_at(fd, mib * MIB - 17);
	for (long i = 1; i + 1 < mib; i += 3) {
		plant_at(fd, i * MIB + CUT - 1 - i / 3 % 18);
		plant_at(fd, i * MIB + 3 * CUT - 1 - (i / 3 + 9) % 18);
	}
	return close(fd);
}

static int
sparse(const char *path, long mib)
{
	static const char word[] = "Social Security Number";
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || ftruncate(fd, mib * MIB) < 0) {
		perror(path);
		return 1;
	}
	write_all(fd, "\0\0\1\2", 4, 0);
	write_all(fd, word, sizeof word - 1, 100);
	plant_at(fd, 130);
	write_all(fd, word, sizeof word - 1, mib * MIB / 2);
	plant_at(fd, mib * MIB / 2 + 30);
	write_all(fd, word, sizeof word - 1, mib * MIB - 100);
	plant_at(fd, mib * MIB - 60);
	return close(fd);
}

static void
tar_head(char h[512], const char *name, size_t size)
{
	unsigned sum = 0;

	memset(h, 0, 512);
	(void)snprintf(h, 100, "%s", name);
	memcpy(h + 100, "0000644", 8);
	memcpy(h + 108, "0000000", 8);
	memcpy(h + 116, "0000000", 8);
	(void)snprintf(h + 124, 12, "%011zo", size);
	memcpy(h + 136, "12435000000", 12);
	memset(h + 148, ' ', 8);
	h[156] = '0';
	memcpy(h + 257, "ustar\00000", 8);
	for (int i = 0; i < 512; i++)
		sum += (unsigned char)h[i];
	(void)snprintf(h + 148, 8, "%06o", sum);
}

static int
tar(const char *path, unsigned members)
{
	FILE *f = out(path);
	char h[512], name[64], v[12];

	for (unsigned i = 0; i < members; i++) {
		char body[512] = {0};

		(void)snprintf(name, sizeof name, "d%u/note %u.txt", i / 1000, i);
		(void)snprintf(body, sizeof body, "Nothing to see in this one.\n");
		if (i % 1000 == 999) {
			ssn(planted++, v);
			(void)snprintf(body, sizeof body, "Social Security Number %s\n", v);
		}
		tar_head(h, name, strlen(body));
		(void)fwrite(h, 1, 512, f);
		(void)fwrite(body, 1, 512, f);
	}
	memset(h, 0, 512);
	(void)fwrite(h, 1, 512, f);
	(void)fwrite(h, 1, 512, f);
	return fclose(f);
}

static int
repeats(const char *path, unsigned lines, unsigned kinds)
{
	FILE *f = out(path);
	char v[12];

	for (unsigned i = 0; i < lines; i++) {
		/* 7919 is prime: in another order each time round */
		ssn((unsigned)((unsigned long)i * 7919 % kinds), v);
		fprintf(f, "SSN %s\n", v);
	}
	planted = lines;
	return fclose(f);
}

static int
names(const char *folder, unsigned n)
{
	char path[4096];

	for (unsigned i = 0; i < n; i++) {
		int fd;

		(void)snprintf(path, sizeof path, "%s/a file with a name of some length %u.txt",
			folder, i);
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		if (fd < 0) {
			perror(path);
			return 1;
		}
		(void)close(fd);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	const char *what = argc > 3 ? argv[1] : "";
	long n = argc > 3 ? strtol(argv[3], NULL, 10) : 0;
	unsigned kinds = 0;
	int r = 2;

	if (strcmp(what, "line") == 0)
		r = line(argv[2], n);
	else if (strcmp(what, "sparse") == 0)
		r = sparse(argv[2], n);
	else if (strcmp(what, "tar") == 0)
		r = tar(argv[2], (unsigned)n);
	else if (strcmp(what, "names") == 0)
		r = names(argv[2], (unsigned)n);
	else if (strcmp(what, "repeats") == 0 && argc > 4)
		r = repeats(argv[2], (unsigned)n, kinds = (unsigned)strtoul(argv[4], NULL, 10));
	if (r == 2)
		fprintf(stderr, "usage: make-big line|sparse|tar|names|repeats PATH N [KINDS]\n");
	else
		printf("%u %u\n", planted, kinds ? kinds : planted);
	return r;
}
