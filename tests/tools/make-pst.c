/*
 * make-pst [-s SEED] [-n NUMBERS] [-f BYTES] [-o] [-P PASSWORD] [-l LAYOUT] PATH MIB: an Outlook store of
 * about MIB MiB with NUMBERS made-up Social Security numbers, spread over its length: in bodies (plain, HTML), in
 * workbooks and in messages attached. -f: bytes of filling attachments (default 60000); -o: an offline
 * store; -P: with a password; -l: any of the letters a (ANSI), b (pages of 4 KiB), d (deflated blocks), c
 * (cyclic) and p (plain). Prints how many messages and numbers there are.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gen.h"
#include "pack.h"
#include "pstmake.h"

#define EACH 300u /* messages of a folder */

struct store {
	struct gen g;
	FILE *f;
	struct pstmake *p;
	uint32_t folder;
	unsigned messages, planted;
	size_t fill;
	struct buf body, html, file, inner;
};

static void
put_prose(struct gen *g, struct buf *b, size_t bytes)
{
	char line[256];

	while (b->n < bytes) {
		gen_prose(g, 10, line, sizeof line);
		buf_printf(b, "%s\r\n", line);
	}
}

static void
put_number(struct store *x, struct buf *b)
{
	char ssn[16];

	gen_ssn(&x->g, "-", ssn);
	buf_printf(b, "SSN: %s\r\n", ssn);
	x->planted++;
}

static void
workbook(struct store *x)
{
	char who[64], ssn[16];
	const char *cells[] = {"Name", "SSN", who, ssn};
	const struct sheet s = {"Staff", cells, 2, 2};

	gen_person(&x->g, who);
	gen_ssn(&x->g, "-", ssn);
	pack_xlsx(&s, 1, &x->file);
	x->planted++;
}

static void
put_message(struct store *x, bool numbers)
{
	char from[80], to[80], id[64], subject[64];
	const char *const list[] = {to};
	struct pstmake_message inner = {.subject = "inner", .from = from, .sent = 1416816000};
	struct pstmake_attachment files[2] = {{.name = "notes.txt"}, {.name = "inner"}};
	struct pstmake_message m = {
		.id = id, .subject = subject, .from = from, .to = list, .n_to = 1};
	unsigned kind = x->messages % 4;

	gen_login(&x->g, from);
	gen_login(&x->g, to);
	strcat(from, "@example.com");
	strcat(to, "@example.com");
	(void)snprintf(id, sizeof id, "<%u.made@example.com>", x->messages);
	(void)snprintf(subject, sizeof subject, "message %u", x->messages);
	if (x->messages % EACH == 0) {
		char name[32];

		(void)snprintf(name, sizeof name, "Folder %u", x->messages / EACH);
		x->folder = pstmake_folder(x->p, PSTMAKE_TOP, name);
	}
	m.sent = 1416816000 + x->messages * 61;
	buf_clear(&x->body);
	buf_clear(&x->html);
	buf_clear(&x->file);
	put_prose(&x->g, &x->body, 1500);
	if (numbers && kind < 2)
		put_number(x, &x->body);
	m.body = buf_cstr(&x->body);
	if (kind == 1) {
		buf_printf(&x->html, "<html><body><pre>%s</pre></body></html>", m.body);
		m.html = buf_span(&x->html);
	}
	if (numbers && kind == 2) {
		workbook(x);
		files[0].name = "staff.xlsx";
	} else {
		put_prose(&x->g, &x->file, x->fill);
	}
	files[0].bytes = buf_span(&x->file);
	m.files = files;
	m.n_files = x->fill || kind == 2;
	if (kind == 3) {
		buf_clear(&x->inner);
		put_prose(&x->g, &x->inner, 500);
		if (numbers)
			put_number(x, &x->inner);
		inner.body = buf_cstr(&x->inner);
		files[1].message = &inner;
		m.n_files = 2;
	}
	(void)pstmake_message(x->p, x->folder, &m);
	x->messages++;
}

static void
lay_out(struct pstmake_options *o, const char *letters)
{
	o->ansi = strchr(letters, 'a') != NULL;
	o->big = strchr(letters, 'b') != NULL;
	o->deflated = strchr(letters, 'd') != NULL;
	o->cyclic = strchr(letters, 'c') != NULL;
	o->plain = strchr(letters, 'p') != NULL;
}

int
main(int argc, char **argv)
{
	struct store x = {.fill = 60000};
	struct pstmake_options opt = {0};
	unsigned numbers = 412;
	uint64_t seed = 1, size;
	int o;

	while ((o = getopt(argc, argv, "s:n:f:oP:l:")) != -1) {
		if (o == 's')
			seed = strtoull(optarg, NULL, 10);
		else if (o == 'n')
			numbers = (unsigned)strtoul(optarg, NULL, 10);
		else if (o == 'f')
			x.fill = strtoul(optarg, NULL, 10);
		else if (o == 'o')
			opt.ost = true;
		else if (o == 'P')
			opt.password = optarg;
		else if (o == 'l')
			lay_out(&opt, optarg);
		else
			return 2;
	}
	if (argc - optind != 2) {
		fprintf(stderr,
			"usage: make-pst [-s SEED] [-n NUMBERS] [-f BYTES] [-o] [-P PASSWORD]"
			" [-l LAYOUT] PATH MIB\n");
		return 2;
	}
	gen_seed(&x.g, seed);
	size = strtoull(argv[optind + 1], NULL, 10) << 20;
	x.f = fopen(argv[optind], "w+b");
	if (!x.f) {
		perror(argv[optind]);
		return 1;
	}
	x.p = pstmake_new(x.f, &opt);
	for (uint64_t at = 0; at < size || x.planted < numbers; at = (uint64_t)ftello(x.f)) {
		uint64_t due = at < size ? at * numbers / size + 1 : numbers;

		put_message(&x, x.planted < due);
	}
	(void)pstmake_end(x.p);
	if (fclose(x.f) != 0)
		return 1;
	printf("%u messages, %u numbers\n", x.messages, x.planted);
	buf_free(&x.body);
	buf_free(&x.html);
	buf_free(&x.file);
	buf_free(&x.inner);
	return 0;
}
