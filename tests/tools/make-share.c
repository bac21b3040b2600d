/*
 * make-share FOLDER [SEED]: a small company's file share with known contents, for `make demo` and
 * the end-to-end tests. Writes FOLDER/... and FOLDER.planted: what is in it, one line each:
 *   path[!inner] TAB rule TAB count TAB unique
 * and FOLDER.values: every planted value, one a line; none of them may stand in any output.
 * Everything below Decoys/ must stay silent.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen.h"
#include "pack.h"
#include "putfile.h"

static const char *root;
static FILE *planted, *values;

static void
put(const char *path, struct span bytes)
{
	put_file(root, path, bytes);
}

static void
plant(const char *where, const char *rule, unsigned count, unsigned unique)
{
	fprintf(planted, "%s\t%s\t%u\t%u\n", where, rule, count, unique);
}

static void
value(const char *v)
{
	fprintf(values, "%s\n", v);
}

/* Cells of a table, kept until the program ends. */
static const char *
keep(const char *s)
{
	char *p = strdup(s);

	if (!p)
		abort();
	return p;
}

#define STAFF 412

/* Half of the numbers are text, half are numbers under a format, some with a lost leading zero. */
static struct sheet
staff(struct gen *g, bool formatted)
{
	static const char *const head[] = {
		"Name", "Employee ID", "SSN", "Hire date", "Base salary"};
	struct sheet s = {.name = "Staff", .rows = STAFF + 3, .cols = 5};
	const char **c = calloc(s.rows * s.cols, sizeof *c);
	char a[64], b[64];

	if (!c)
		abort();
	c[0] = "Head count as of November";
	for (size_t i = 0; i < 5; i++)
		c[2 * 5 + i] = head[i];
	for (size_t r = 3; r < s.rows; r++) {
		const char **row = c + r * 5;

		gen_person(g, a);
		row[0] = keep(a);
		(void)snprintf(a, sizeof a, "E%05u", gen_range(g, 10000, 99999));
		row[1] = keep(a);
		gen_ssn(g, formatted && r % 2 ? "" : "-", b);
		value(b);
		if (formatted && r % 2)
			(void)snprintf(a, sizeof a, "$%lu", strtoul(b, NULL, 10));
		else
			(void)snprintf(a, sizeof a, "%s", b);
		row[2] = keep(a);
		(void)snprintf(a, sizeof a, "20%02u-%02u-%02u", gen_range(g, 0, 14),
			gen_range(g, 1, 12), gen_range(g, 1, 28));
		row[3] = keep(a);
		(void)snprintf(a, sizeof a, "#%u", gen_range(g, 31000, 240000));
		row[4] = keep(a);
	}
	s.cells = c;
	return s;
}

static void
hr(struct gen *g)
{
	struct buf b = {0}, x = {0};
	struct sheet s = staff(g, true);
	char ssn[16], line[512], who[64];
	const char *paragraphs[3];

	pack_xlsx(&s, 1, &b);
	put("HR/Staff 2014.xlsx", buf_span(&b));
	plant("HR/Staff 2014.xlsx", "us-ssn", STAFF, STAFF);
	plant("HR/Staff 2014.xlsx", "salary-sheet", 0, 0);

	s = staff(g, false);
	pack_ods(&s, 1, &b);
	put("HR/old/benefits.ods", buf_span(&b));
	plant("HR/old/benefits.ods", "us-ssn", STAFF, STAFF);

	buf_clear(&x);
	buf_puts(&x, "Name,Social Security Number,Gross pay,Net pay\n");
	for (int i = 0; i < 60; i++) {
		gen_person(g, who);
		gen_ssn(g, "", ssn);
		value(ssn);
		buf_printf(&x, "\"%s\",%s,\"%u.%02u\",%u.00\n", who, ssn, gen_range(g, 2000, 9000),
			gen_range(g, 0, 99), gen_range(g, 1500, 6000));
	}
	put("HR/payroll run.csv", buf_span(&x));
	plant("HR/payroll run.csv", "us-ssn", 60, 60);

	gen_person(g, who);
	gen_ssn(g, "-", ssn);
	value(ssn);
	(void)snprintf(line, sizeof line,
		"Please confirm the Social Security number on file, %s, before Friday.", ssn);
	paragraphs[0] = "Dear colleague,";
	paragraphs[1] = line;
	paragraphs[2] = "With kind regards, Human Resources";
	pack_docx(paragraphs, 3, NULL, &b);
	put("HR/letter.docx", buf_span(&b));
	plant("HR/letter.docx", "us-ssn", 1, 1);

	/* UTF-16LE with a BOM, as Notepad saves "Unicode" */
	gen_ssn(g, "-", ssn);
	value(ssn);
	(void)snprintf(line, sizeof line, "Note to file\r\nSSN: %s\r\n", ssn);
	buf_clear(&x);
	buf_put(&x, "\xFF\xFE", 2);
	for (const char *p = line; *p; p++) {
		buf_putc(&x, (uint8_t)*p);
		buf_putc(&x, 0);
	}
	put("HR/note.txt", buf_span(&x));
	plant("HR/note.txt", "us-ssn", 1, 1);
	buf_free(&b);
	buf_free(&x);
}

static void
finance(struct gen *g)
{
	struct buf b = {0};
	char v[64], who[64];

	for (int i = 0; i < 25; i++) {
		gen_person(g, who);
		gen_card(g, i % 2 ? " " : "", v);
		value(v);
		buf_printf(&b, "%s card number %s exp %02u/%u\n", who, v, gen_range(g, 1, 12),
			gen_range(g, 2015, 2019));
	}
	put("Finance/customer cards.txt", buf_span(&b));
	plant("Finance/customer cards.txt", "payment-card", 25, 25);
	buf_clear(&b);
	for (int i = 0; i < 12; i++) {
		gen_iban(g, v);
		value(v);
		buf_printf(&b, "Please wire the fee to %s before the end of the month.\n", v);
	}
	put("Finance/wires.txt", buf_span(&b));
	plant("Finance/wires.txt", "iban", 12, 12);
	buf_free(&b);
}

static void
it(struct gen *g)
{
	struct buf b = {0};
	char login[64], pw[32], pem[2048];

	buf_puts(&b, "System,User,Password\n");
	for (int i = 0; i < 14; i++) {
		gen_login(g, login);
		gen_password(g, pw);
		value(pw);
		buf_printf(&b, "srv-%02d,%s,%s\n", i + 1, login, pw);
	}
	put("IT/Password/server passwords.csv", buf_span(&b));
	plant("IT/Password/server passwords.csv", "password-list", 14, 14);
	plant("IT/Password/server passwords.csv", "password-file", 0, 0);
	gen_pem(g, pem);
	put("IT/keys/build host.pem", span_str(pem));
	plant("IT/keys/build host.pem", "private-key", 1, 1);
	gen_password(g, pw);
	value(pw);
	buf_clear(&b);
	buf_printf(&b,
		"<configuration><connectionStrings>\n<add name=\"Main\" connectionString=\"Data "
		"Source=sql07;Initial Catalog=hr;User ID=svc_hr;Password=%s\"/>\n"
		"</connectionStrings></configuration>\n",
		pw);
	put("IT/web/web.config", buf_span(&b));
	plant("IT/web/web.config", "connection-string", 1, 1);
	buf_free(&b);
}

static void
travel(struct gen *g)
{
	struct buf b = {0};
	char l1[64], l2[64], who[64];

	buf_puts(&b, "Visa applications, machine-readable zones as scanned\n\n");
	for (int i = 0; i < 3; i++) {
		gen_mrz(g, l1, l2);
		value(l2);
		buf_printf(&b, "%s\n%s\n\n", l1, l2);
	}
	put("Travel/visa batch.txt", buf_span(&b));
	plant("Travel/visa batch.txt", "passport-mrz", 3, 3);
	buf_clear(&b);
	buf_puts(&b, "Name;E-mail;Phone;Company\n");
	for (int i = 0; i < 40; i++) {
		gen_person(g, who);
		gen_login(g, l1);
		buf_printf(&b, "%s;%s@example.%s;(212) 555-%04u;Studio %u\n", who, l1,
			i % 2 ? "net" : "org", gen_range(g, 100, 9999), gen_range(g, 1, 30));
	}
	put("Travel/crew contacts.csv", buf_span(&b));
	plant("Travel/crew contacts.csv", "contact-list", 0, 0);
	buf_free(&b);
}

static void
backup(struct gen *g)
{
	struct buf xlsx = {0}, zip = {0}, tgz = {0};
	struct sheet s = staff(g, true);
	struct pack *p;
	char text[4096];

	pack_xlsx(&s, 1, &xlsx);
	p = pack_new(PACK_ZIP, NULL);
	pack_add(p, "payroll/q4.xlsx", buf_span(&xlsx));
	gen_prose(g, 300, text, sizeof text);
	pack_add(p, "payroll/readme.txt", span_str(text));
	pack_end(p, &zip);
	p = pack_new(PACK_TAR_GZ, NULL);
	pack_add(p, "archive/2014.zip", buf_span(&zip));
	pack_add(p, "archive/readme.txt", span_str(text));
	pack_end(p, &tgz);
	put("Backup/2014.tar.gz", buf_span(&tgz));
	plant("Backup/2014.tar.gz!archive/2014.zip!payroll/q4.xlsx", "us-ssn", STAFF, STAFF);
	p = pack_new(PACK_ZIP_AES256, "not in any list");
	pack_add(p, "contracts/board.xlsx", buf_span(&xlsx));
	pack_end(p, &zip);
	put("Backup/board papers.zip", buf_span(&zip));
	plant("Backup/board papers.zip!contracts/board.xlsx", "gap:encrypted", 0, 0);
	buf_free(&xlsx);
	buf_free(&zip);
	buf_free(&tgz);
}

/* Things that look like the above and are not. */
static void
decoys(struct gen *g)
{
	struct buf b = {0};
	char text[8192], who[64];

	buf_puts(&b, "Part No,Order number,Description,Price\n");
	for (int i = 0; i < 200; i++)
		buf_printf(&b, "%09u,%u,Bracket %d,%u.50\n", gen_range(g, 100000000, 899999999),
			gen_range(g, 100000, 999999), i, gen_range(g, 1, 90));
	put("Decoys/parts.csv", buf_span(&b));
	buf_clear(&b);
	for (int i = 0; i < 300; i++)
		buf_printf(&b,
			"2014-11-24 08:%02u:%02u.%06u req=%016llx-%04x ns=%u%09u build "
			"10.%u.%u.%u\n",
			gen_range(g, 0, 59), gen_range(g, 0, 59), gen_range(g, 0, 999999),
			(unsigned long long)gen_next(g), gen_range(g, 0, 65535), gen_range(g, 1, 9),
			gen_range(g, 0, 999999999), gen_range(g, 0, 9), gen_range(g, 0, 99),
			gen_range(g, 0, 9999));
	put("Decoys/server.log", buf_span(&b));
	put("Decoys/policy.txt",
		span_str("Password policy\n\nYour password: must be at least 12 characters.\n"
			 "Forgot your password? Ask the help desk.\nPassword: ________\n"
			 "password = ${DB_PASSWORD}\nPassword: changeme is never allowed.\n"));
	gen_prose(g, 1000, text, sizeof text);
	put("Decoys/minutes.txt", span_str(text));
	buf_clear(&b);
	buf_puts(&b, "#include <stdio.h>\n\nstatic const double pi[] = {");
	for (int i = 0; i < 200; i++)
		buf_printf(&b, "0.%09u, ", gen_range(g, 1, 899999999));
	buf_puts(&b,
		"0};\nint main(void) { char *password = getenv(\"PASSWORD\"); return !password; "
		"}\n");
	put("Decoys/table.c", buf_span(&b));
	buf_clear(&b);
	buf_puts(&b, "Country,Year,Population,Growth\n");
	for (int i = 0; i < 90; i++)
		buf_printf(&b, "Land %d,20%02d,%u,%u.%u\n", i, i % 15,
			gen_range(g, 100000, 899999999), gen_range(g, 0, 4), gen_range(g, 0, 9));
	put("Decoys/statistics.csv", buf_span(&b));
	buf_clear(&b);
	for (int i = 0; i < 30; i++) {
		gen_person(g, who);
		buf_printf(&b, "Call %s at 555-01%02u about lot %03u-%02u-%04u\n", who, i,
			gen_range(g, 900, 999), gen_range(g, 10, 49), gen_range(g, 1, 9999));
	}
	put("Decoys/calls.txt", buf_span(&b));
	put("Decoys/empty.txt", (struct span){0});
	buf_free(&b);
}

int
main(int argc, char **argv)
{
	struct gen g;
	char path[4096];

	if (argc < 2) {
		fprintf(stderr, "usage: make-share FOLDER [SEED]\n");
		return 2;
	}
	root = argv[1];
	gen_seed(&g, argc > 2 ? strtoull(argv[2], NULL, 10) : 20141124);
	(void)snprintf(path, sizeof path, "%s.planted", root);
	planted = fopen(path, "w");
	(void)snprintf(path, sizeof path, "%s.values", root);
	values = fopen(path, "w");
	if (!planted || !values) {
		perror(path);
		return 1;
	}
	hr(&g);
	finance(&g);
	it(&g);
	travel(&g);
	backup(&g);
	decoys(&g);
	return fclose(planted) == 0 && fclose(values) == 0 ? 0 : 1;
}
