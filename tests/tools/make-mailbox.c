/*
 * make-mailbox [-s SEED] [-n NUMBERS] [-m] PATH MIB: a mailbox of about MIB MiB with NUMBERS made-up
 * Social Security numbers in xlsx attachments, spread over its length: an mbox, or with -m a maildir.
 * Prints how many mails and numbers there are. Mails are made of made-up prose: plain, in two
 * alternatives, with text attachments; every encoding has its turn.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gen.h"
#include "mailmake.h"
#include "pack.h"

#define ROWS 20u

struct box {
	struct gen g;
	const char *path;
	bool maildir;
	FILE *f; /* of the mbox */
	uint64_t written;
	unsigned mails, planted;
	struct buf b, part;
};

static void
put_prose(struct box *x, struct buf *b, size_t lines)
{
	char line[256];

	for (size_t i = 0; i < lines; i++) {
		gen_prose(&x->g, 10, line, sizeof line);
		buf_printf(b, "%s\n", line);
	}
}

static void
put_alternatives(struct box *x)
{
	buf_puts(&x->b,
		"Content-Type: multipart/alternative; boundary=\"alt\"\n\n--alt\n"
		"Content-Type: text/plain; charset=utf-8\n"
		"Content-Transfer-Encoding: quoted-printable\n\n");
	buf_clear(&x->part);
	put_prose(x, &x->part, 20);
	mailmake_qp(&x->b, buf_span(&x->part));
	buf_puts(&x->b, "--alt\nContent-Type: text/html; charset=iso-8859-1\n\n<html><body><p>\n");
	put_prose(x, &x->b, 20);
	buf_puts(&x->b, "</p></body></html>\n--alt--\n");
}

static void
put_attachment(struct box *x, const char *type, const char *name)
{
	buf_printf(&x->b,
		"--mix\nContent-Type: %s\nContent-Disposition: attachment; filename=\"%s\"\n"
		"Content-Transfer-Encoding: base64\n\n",
		type, name);
	mailmake_base64(&x->b, buf_span(&x->part));
}

static void
put_notes(struct box *x)
{
	buf_clear(&x->part);
	put_prose(x, &x->part, 150);
	put_attachment(x, "text/plain", "notes.txt");
}

static void
put_workbook(struct box *x, unsigned n)
{
	char names[ROWS][64], ssns[ROWS][16];
	const char *cells[2 + 2 * ROWS] = {"Name", "SSN"};
	const struct sheet s = {"Staff", cells, n + 1, 2};

	for (unsigned i = 0; i < n; i++) {
		gen_person(&x->g, names[i]);
		gen_ssn(&x->g, "-", ssns[i]);
		cells[2 + 2 * i] = names[i];
		cells[3 + 2 * i] = ssns[i];
	}
	pack_xlsx(&s, 1, &x->part);
	put_attachment(x, "application/octet-stream", "staff.xlsx");
	x->planted += n;
}

static void
put_mail(struct box *x, unsigned numbers)
{
	char who[64], whom[64];
	unsigned day = gen_range(&x->g, 1, 28);
	bool mixed = numbers || x->mails % 4 == 1;

	gen_login(&x->g, who);
	gen_login(&x->g, whom);
	buf_clear(&x->b);
	if (!x->maildir)
		buf_printf(&x->b, "From %s@example.com Mon Nov %2u 08:00:00 2014\n", who, day);
	buf_printf(&x->b,
		"From: %s@example.com\nTo: %s@example.com\nSubject: mail %u\n"
		"Date: Mon, %02u Nov 2014 08:00:00 +0000\nMessage-ID: <%u.made@example.com>\n"
		"MIME-Version: 1.0\n",
		who, whom, x->mails, day, x->mails);
	if (mixed)
		buf_puts(&x->b, "Content-Type: multipart/mixed; boundary=\"mix\"\n\n--mix\n");
	if (x->mails % 3 == 0) {
		put_alternatives(x);
	} else {
		buf_puts(&x->b, "Content-Type: text/plain\n\n");
		put_prose(x, &x->b, 30);
		buf_puts(&x->b, ">From the one who quotes\n");
	}
	if (mixed && x->mails % 4 == 1)
		put_notes(x);
	if (numbers)
		put_workbook(x, numbers);
	buf_puts(&x->b, mixed ? "--mix--\n\n" : "\n");
}

/* Writes the mail at hand. False on failure. */
static bool
write_mail(struct box *x)
{
	char path[4096];
	FILE *f = x->f;
	bool fine;

	if (x->maildir) {
		(void)snprintf(path, sizeof path, "%s/cur/%u.made.example:2,S", x->path, x->mails);
		f = fopen(path, "wb");
	}
	fine = f && !x->b.failed && fwrite(x->b.p, 1, x->b.n, f) == x->b.n;
	if (x->maildir && f)
		fine = fclose(f) == 0 && fine;
	x->written += x->b.n;
	x->mails++;
	return fine;
}

static bool
open_box(struct box *x)
{
	static const char *const folders[] = {"", "/cur", "/new", "/tmp"};
	char path[4096];

	if (!x->maildir) {
		x->f = fopen(x->path, "wb");
		return x->f != NULL;
	}
	for (size_t i = 0; i < 4; i++) {
		(void)snprintf(path, sizeof path, "%s%s", x->path, folders[i]);
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			return false;
	}
	return true;
}

static bool
make_box(struct box *x, uint64_t size, unsigned numbers)
{
	while (x->written < size || x->planted < numbers) {
		uint64_t due = x->written < size ? x->written * numbers / size + 1 : numbers;
		unsigned left = numbers - x->planted;

		put_mail(x, x->planted < due ? (left < ROWS ? left : ROWS) : 0);
		if (!write_mail(x))
			return false;
	}
	return !x->f || fclose(x->f) == 0;
}

int
main(int argc, char **argv)
{
	struct box x = {0};
	unsigned numbers = 412;
	uint64_t seed = 1;
	int o;

	while ((o = getopt(argc, argv, "s:n:m")) != -1) {
		if (o == 's')
			seed = strtoull(optarg, NULL, 10);
		else if (o == 'n')
			numbers = (unsigned)strtoul(optarg, NULL, 10);
		else if (o == 'm')
			x.maildir = true;
		else
			return 2;
	}
	if (argc - optind != 2) {
		fprintf(stderr, "usage: make-mailbox [-s SEED] [-n NUMBERS] [-m] PATH MIB\n");
		return 2;
	}
	gen_seed(&x.g, seed);
	x.path = argv[optind];
	if (!open_box(&x) || !make_box(&x, strtoull(argv[optind + 1], NULL, 10) << 20, numbers)) {
		perror(x.path);
		return 1;
	}
	printf("%u mails, %u numbers\n", x.mails, x.planted);
	buf_free(&x.b);
	buf_free(&x.part);
	return 0;
}
