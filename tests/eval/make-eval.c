/*
 * make-eval FOLDER SEED TIMES SCENARIOS...: the labelled set. Each scenario becomes TIMES documents
 * (those that say "more", so many times as many), each of a format of its own; FOLDER.labels says,
 * a JSON object a line, what was planted in each: never what the program finds in it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats.h"
#include "putfile.h"
#include "scenario.h"
#include "slots_token.h"

#include "base/poison.h"

#define COLUMNS 24
#define ROWS	1200

struct run {
	const char *root;
	FILE *labels;
	unsigned n; /* documents so far */
	struct slots s;
	struct buf text, out, name;
	const char *cells[ROWS * COLUMNS], *lines[ROWS * 2];
};

static bool
is_ascii(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 0x80)
			return false;
	return true;
}

static bool
one_of(const char *name, const char *list)
{
	size_t n = strlen(name);

	for (const char *p = list; *p; p += strcspn(p, " "), p += strspn(p, " "))
		if (strcspn(p, " ") == n && memcmp(p, name, n) == 0)
			return true;
	return false;
}

/* What a format cannot say: letters beyond ASCII, rows above the header, many columns, none. */
static bool
fits(const struct format *f, const struct scenario *sc, const struct content *c, bool ascii)
{
	static const char narrow[] = "rtf pdf xls msg", named[] = "xml attributes.xml json jsonl",
			  loose[] = "json xml vcf ics xls xlsx ods attributes.xml",
			  commas[] = "csv semicolons.csv";

	if (sc->formats)
		return one_of(f->name, sc->formats) && (ascii || !one_of(f->name, narrow));
	if (c->table.rows ? !f->tables : !f->texts || one_of(f->name, loose))
		return false;
	if (!ascii && one_of(f->name, narrow))
		return false;
	if (c->table.rows && sc->titled && one_of(f->name, named))
		return false;
	if (strcmp(f->name, "pdf") == 0 && c->table.cols > 3)
		return false;
	for (size_t i = 0; i < c->table.rows * c->table.cols; i++) {
		const char *cell = c->table.cells[i];

		if (one_of(f->name, commas) && strpbrk(cell, ",;\"\n"))
			return false;
		if (i < c->table.cols && one_of(f->name, "xml attributes.xml") &&
			(!*cell || strpbrk(cell, "()#/&.'%$:")))
			return false;
	}
	return true;
}

static void
write_wide(const struct content *c, struct buf *out)
{
	struct buf t = {0};

	formats[0].write(c, &t);
	buf_puts(out, "\xff\xfe");
	for (size_t i = 0; i < t.n; i++) {
		buf_putc(out, t.p[i]);
		buf_putc(out, 0);
	}
	buf_free(&t);
}

/* Lines of r->text as content. */
static struct content
content_of(struct run *r, const struct scenario *sc)
{
	struct content c = {.lines = r->lines, .table = {.name = "Sheet1", .cells = r->cells}};
	size_t cols = 0, rows = 0;
	char *end;

	for (char *p = (char *)r->text.p; *p; p = end) {
		end = strchr(p, '\n');
		*end++ = 0;
		if (rows == ROWS)
			abort();
		r->lines[rows++] = p;
	}
	if (sc->shape != SHAPE_TABLE) {
		c.n_lines = rows;
		return c;
	}
	for (size_t i = 0; i < rows; i++) {
		size_t n = 1;

		for (const char *p = r->lines[i]; *p; p++)
			n += *p == SCENARIO_CELL;
		cols = n > cols ? n : cols;
	}
	if (cols > COLUMNS)
		abort();
	for (size_t i = 0; i < rows; i++) {
		char *at = (char *)r->lines[i];

		for (size_t k = 0; k < cols; k++) {
			char *cell = strsep(&at, (const char[]){SCENARIO_CELL, 0});

			r->cells[i * cols + k] = cell ? cell : "";
			if (cell) {
				while (*cell == ' ')
					r->cells[i * cols + k] = ++cell;
				for (size_t n = strlen(cell); n && cell[n - 1] == ' ';)
					cell[--n] = 0;
			}
		}
	}
	c.table.rows = rows;
	c.table.cols = cols;
	return c;
}

static void
put_json(FILE *f, const char *s)
{
	fputc('"', f);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fputc('\\', f);
		if (*s == '\n')
			fputs("\\n", f);
		else
			fputc(*s, f);
	}
	fputc('"', f);
}

static void
put_names(FILE *f, const char *key, const char *const *v, size_t n)
{
	fprintf(f, ",\"%s\":[", key);
	for (size_t i = 0; i < n; i++) {
		fputs(i ? "," : "", f);
		put_json(f, v[i]);
	}
	fputc(']', f);
}

static bool
is_password_rule(const char *rule)
{
	return strcmp(rule, "password-assignment") == 0 || strcmp(rule, "password-list") == 0;
}

static void
put_plant(struct run *r, const char *rule)
{
	const char *kind = is_password_rule(rule) ? "password" : rule;
	unsigned count, unique;
	bool first = true;

	slots_count(&r->s, kind, &count, &unique);
	fprintf(r->labels, "{\"rule\":\"%s\",\"count\":%u,\"unique\":%u,\"values\":[", rule, count,
		unique);
	for (size_t i = 0; i < r->s.n; i++)
		if (strcmp(r->s.values[i].rule, kind) == 0) {
			fputs(first ? "" : ",", r->labels);
			put_json(r->labels, r->s.values[i].text);
			first = false;
		}
	fputs("]}", r->labels);
}

static void
label(struct run *r, const struct scenario *sc, const char *format)
{
	fputs("{\"path\":", r->labels);
	put_json(r->labels, buf_cstr(&r->name));
	fputs(",\"scenario\":", r->labels);
	put_json(r->labels, sc->name);
	if (sc->services) {
		fputs(",\"service\":", r->labels);
		put_json(r->labels, slots_services[r->s.service].name);
	}
	fprintf(r->labels, ",\"format\":\"%s\",\"plants\":[", format);
	for (size_t i = 0; i < sc->n_plants; i++) {
		fputs(i ? "," : "", r->labels);
		put_plant(r, sc->plants[i]);
	}
	fputc(']', r->labels);
	put_names(r->labels, "also", sc->also, sc->n_also);
	put_names(r->labels, "silent", sc->silent, sc->n_silent);
	fputs("}\n", r->labels);
}

/* r->out as the only member of an archive; r->name becomes the archive's. */
static void
pack_alone(struct run *r, const char *kind)
{
	bool zip = strcmp(kind, "zip") == 0;
	struct pack *p = pack_new(zip ? PACK_ZIP : PACK_TAR_GZ, NULL);
	const char *name = strrchr(buf_cstr(&r->name), '/') + 1;
	struct buf whole = {0};

	pack_add(p, name, buf_span(&r->out));
	pack_end(p, &whole);
	buf_puts(&r->name, zip ? ".zip" : ".tar.gz");
	buf_free(&r->out);
	r->out = whole;
}

/* The format of this document: chance among those that fit. NULL: plain text, UTF-16. */
static const struct format *
format_of(struct run *r, const struct scenario *sc, const struct content *c, bool ascii)
{
	const struct format *fit[64];
	size_t n = 0;

	for (size_t i = 0; formats[i].name; i++)
		if (fits(formats + i, sc, c, ascii))
			fit[n++] = formats + i;
	if (n == 0) {
		fprintf(stderr, "make-eval: no format fits '%s'\n", sc->name);
		exit(2);
	}
	return fit[gen_range(&r->s.g, 0, (uint32_t)n - 1)];
}

static void
document(struct run *r, const struct scenario *sc, size_t number, uint64_t seed)
{
	const char *ext = sc->ext;
	struct content c;
	bool ascii;

	slots_begin(&r->s, seed);
	buf_clear(&r->text);
	buf_clear(&r->out);
	buf_clear(&r->name);
	buf_printf(&r->name, "%03zu/", number);
	scenario_expand(sc->file, &r->s, &r->name);
	scenario_write(sc, &r->s, &r->text);
	ascii = is_ascii(buf_span(&r->text));
	if (sc->shape == SHAPE_RAW)
		buf_put(&r->out, r->text.p, r->text.n);
	else {
		const struct format *f;

		buf_putc(&r->text, 0);
		c = content_of(r, sc);
		f = format_of(r, sc, &c, ascii);
		ext = f->name;
		if (f == formats && ascii && gen_range(&r->s.g, 0, 3) == 0)
			write_wide(&c, &r->out);
		else
			f->write(&c, &r->out);
	}
	if (*ext == '=')
		buf_printf(&r->name, "/%u/%s", r->n, ext + 1);
	else
		buf_printf(&r->name, " %u.%s", r->n, ext);
	if (sc->packed)
		pack_alone(r, sc->packed);
	put_file(r->root, buf_cstr(&r->name), buf_span(&r->out));
	label(r, sc, ext);
	slots_end(&r->s);
	r->n++;
}

/* A fifth as many of each service as of other patterns, but one. */
static void
documents(struct run *r, const struct scenario *sc, size_t number, uint64_t seed, unsigned times)
{
	unsigned k = 0, each = times * sc->more;

	if (!sc->services) {
		for (; k < each; k++)
			document(r, sc, number, seed + k);
		return;
	}
	for (size_t i = 0; slots_services[i].name; i++) {
		if (!service_is(slots_services + i, sc->services))
			continue;
		r->s.service = i;
		for (unsigned n = (each + 4) / 5; n; n--)
			document(r, sc, number, seed + k++);
	}
}

int
main(int argc, char **argv)
{
	struct scenarios all = {0};
	struct run *r = calloc(1, sizeof *r);
	struct buf name = {0};
	uint64_t seed;
	unsigned times;

	if (argc < 5 || !r) {
		fprintf(stderr, "usage: make-eval FOLDER SEED TIMES SCENARIOS...\n");
		return 2;
	}
	seed = strtoull(argv[2], NULL, 10);
	times = (unsigned)strtoul(argv[3], NULL, 10);
	for (int i = 4; i < argc; i++)
		scenarios_read(&all, argv[i]);
	r->root = argv[1];
	buf_printf(&name, "%s.labels", r->root);
	r->labels = fopen(buf_cstr(&name), "w");
	if (!r->labels) {
		perror(buf_cstr(&name));
		return 2;
	}
	for (size_t i = 0; i < all.n; i++)
		documents(r, all.v + i, i, seed * 1000003 + i * 1009, times);
	printf("%u documents of %zu scenarios\n", r->n, all.n);
	return fclose(r->labels) == 0 ? 0 : 2;
}
