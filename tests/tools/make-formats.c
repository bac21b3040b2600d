/*
 * make-formats FOLDER [SEED]: the same made-up lists and notes in every format that is read, as
 * FOLDER/WHAT-FORMAT.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats.h"
#include "gen.h"

#define ROWS 412u
#define FEW  24u

/* Text that is kept until the end: the program is short-lived. */
static const char *
keep(const char *s)
{
	char *d = strdup(s);

	if (!d)
		abort();
	return d;
}

static void
write_all(const char *folder, const char *what, const struct content *c)
{
	for (const struct format *f = formats; f->name; f++) {
		struct buf b = {0};
		char path[4096];
		FILE *out;

		if (c->table.rows ? !f->tables : !f->texts)
			continue;
		f->write(c, &b);
		(void)snprintf(path, sizeof path, "%s/%s-%s%s", folder, what,
			strchr(f->name, '.') ? "" : "x.", f->name);
		out = fopen(path, "wb");
		if (b.failed || !out || fwrite(b.p, 1, b.n, out) != b.n || fclose(out) != 0) {
			perror(path);
			exit(1);
		}
		buf_free(&b);
	}
}

/* columns: names by '|'; fill gives the text of a cell. */
static void
table(const char *folder, const char *what, const char *columns, size_t rows, struct gen *g,
	void (*fill)(struct gen *g, size_t k, char *ret, size_t cap))
{
	const char *cells[(ROWS + 1) * 4];
	struct content c = {.table = {.name = "List", .cells = cells, .rows = rows + 1}};
	char t[256], *save = NULL;

	(void)snprintf(t, sizeof t, "%s", columns);
	for (char *w = strtok_r(t, "|", &save); w; w = strtok_r(NULL, "|", &save))
		cells[c.table.cols++] = keep(w);
	for (size_t i = c.table.cols; i < (rows + 1) * c.table.cols; i++) {
		fill(g, i % c.table.cols, t, sizeof t);
		cells[i] = keep(t);
	}
	write_all(folder, what, &c);
}

static void
fill_ssn(struct gen *g, size_t k, char *ret, size_t cap)
{
	if (k == 0)
		gen_person(g, ret);
	else if (k == 1)
		gen_ssn(g, "-", ret);
	else
		(void)snprintf(ret, cap, "%u", gen_range(g, 100, 999));
}

static void
fill_card(struct gen *g, size_t k, char *ret, size_t cap)
{
	if (k == 0)
		gen_person(g, ret);
	else if (k == 1)
		gen_card(g, " ", ret);
	else
		(void)snprintf(ret, cap, "%02u/%u", gen_range(g, 1, 12), gen_range(g, 27, 31));
}

static void
fill_login(struct gen *g, size_t k, char *ret, size_t cap)
{
	if (k == 0)
		(void)snprintf(ret, cap, "srv%u", gen_range(g, 1, 99));
	else if (k == 1)
		gen_login(g, ret);
	else
		gen_password(g, ret);
}

static void
fill_salary(struct gen *g, size_t k, char *ret, size_t cap)
{
	static const char *const jobs[] = {"Analyst", "Director", "Producer", "Editor"};

	if (k == 0)
		gen_person(g, ret);
	else if (k == 1)
		(void)snprintf(ret, cap, "%s", jobs[gen_range(g, 0, 3)]);
	else
		(void)snprintf(ret, cap, "%u", gen_range(g, 40, 400) * 1000);
}

static void
fill_iban(struct gen *g, size_t k, char *ret, size_t cap)
{
	(void)cap;
	if (k == 0)
		gen_person(g, ret);
	else
		gen_iban(g, ret);
}

static void
text(const char *folder, const char *what, char *lines)
{
	const char *list[512];
	struct content c = {.lines = list};
	char *save = NULL;

	for (char *w = strtok_r(lines, "\n", &save); w; w = strtok_r(NULL, "\n", &save))
		list[c.n_lines++] = keep(w);
	write_all(folder, what, &c);
}

static void
texts(const char *folder, struct gen *g)
{
	struct buf b = {0};
	char a[2048], v[64], who[64];

	for (unsigned i = 0; i < FEW; i++) {
		gen_person(g, who);
		gen_ssn(g, "-", v);
		buf_printf(&b, "%s started in May. Social Security number: %s\n", who, v);
	}
	text(folder, "prose", (char *)buf_cstr(&b));
	buf_clear(&b);
	gen_password(g, v);
	buf_printf(&b, "The new build machine stands in room 4.\npassword: %s\n", v);
	gen_password(g, v);
	buf_printf(&b, "postgres://build:%s@db4.probe.lan:5432/payroll\nCall me.\n", v);
	text(folder, "notes", (char *)buf_cstr(&b));
	buf_clear(&b);
	gen_pem(g, a);
	text(folder, "key", a);
	gen_mrz(g, v, who);
	buf_printf(&b, "Copy of the passport:\n%s\n%s\n", v, who);
	text(folder, "mrz", (char *)buf_cstr(&b));
	buf_free(&b);
}

int
main(int argc, char **argv)
{
	struct gen g;

	if (argc < 2) {
		(void)fprintf(stderr, "usage: make-formats FOLDER [SEED]\n");
		return 2;
	}
	gen_seed(&g, argc > 2 ? strtoull(argv[2], NULL, 10) : 1);
	table(argv[1], "ssn", "Name|SSN|Room", ROWS, &g, fill_ssn);
	table(argv[1], "cards", "Cardholder|Card Number|Expires", 40, &g, fill_card);
	table(argv[1], "logins", "Server|User|Password", FEW, &g, fill_login);
	table(argv[1], "salaries", "Name|Title|Base Salary", 60, &g, fill_salary);
	table(argv[1], "ibans", "Name|IBAN", 40, &g, fill_iban);
	texts(argv[1], &g);
	return 0;
}
