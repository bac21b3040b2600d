/*
 * make-corpus KIND FOLDER AMOUNT [SEED]: seeded data for the bench.
 *   prose|csv|log|source MB   text of that sort in files of 4 MB, a few values planted
 *   small N                   N files of 1-8 KiB, 100 a folder
 *   digits MB                 groups of digits only, every one a near miss
 *   line MB                   one line of that length
 *   xlsx N                    N workbooks of 2,000 rows, a Social Security number in each row
 *   zip MB                    one zip of text
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gen.h"
#include "pack.h"

#define MB 1000000u

static void
put(const char *path, struct span s)
{
	FILE *f = fopen(path, "wb");

	if (!f || fwrite(s.p, 1, s.n, f) != s.n || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
}

/* A pool of text is made once and cut anew, so that hundreds of MB take seconds. */
static void
prose(struct gen *g, struct buf *b)
{
	char text[4096], v[32];

	gen_prose(g, 400, text, sizeof text);
	buf_puts(b, text);
	if (gen_range(g, 0, 9) == 0) {
		gen_ssn(g, "-", v);
		buf_printf(b, "\nSocial Security number: %s\n", v);
	}
	buf_puts(b, "\n\n");
}

static void
csv(struct gen *g, struct buf *b)
{
	char who[64], login[64], v[32];

	if (!b->n)
		buf_puts(b, "id,name,e-mail,amount,date,status,balance\n");
	gen_person(g, who);
	gen_login(g, login);
	gen_card(g, "", v);
	buf_printf(b, "%u,%s,%s@example.org,%u.%02u,2014-%02u-%02u,%s,%u\n",
		gen_range(g, 1, 999999), who, login, gen_range(g, 1, 9999), gen_range(g, 0, 99),
		gen_range(g, 1, 12), gen_range(g, 1, 28), gen_range(g, 0, 63) ? "pending" : v,
		gen_range(g, 0, 99999));
}

static void
logline(struct gen *g, struct buf *b)
{
	buf_printf(b,
		"2014-11-%02uT%02u:%02u:%02u.%03uZ host%02u app[%u]: level=info req=%016llx "
		"ns=%u%09u "
		"path=/api/v%u/items/%u status=200 bytes=%u from=10.%u.%u.%u\n",
		gen_range(g, 1, 28), gen_range(g, 0, 23), gen_range(g, 0, 59), gen_range(g, 0, 59),
		gen_range(g, 0, 999), gen_range(g, 1, 40), gen_range(g, 300, 32000),
		(unsigned long long)gen_next(g), gen_range(g, 1, 9), gen_range(g, 0, 999999999),
		gen_range(g, 1, 3), gen_range(g, 1, 99999), gen_range(g, 100, 99999),
		gen_range(g, 0, 255), gen_range(g, 0, 255), gen_range(g, 1, 254));
}

/* A password word stands in about one of 200 lines, a comment in one of eight. */
static void
source(struct gen *g, struct buf *b)
{
	static const char *const line[] = {"\tif (r < 0)\n\t\treturn r;\n",
		"\tfor (size_t i = 0; i < n; i++) {\n", "\t\tbuf_put(b, p + i, %u);\n\t}\n",
		"\nstatic int\n", "\treturn value & 0x%08x;\n", "#include \"thing_%u.h\"\n",
		"\tstruct node *next = list->head[%u];\n", "}\n\n", "\tn = min(n, (size_t)%u);\n",
		"\t\tmemcpy(dst + off, src, %u * sizeof *src);\n", "\tcase %u:\n", "\t\tbreak;\n",
		"\tassert(list->count <= %u);\n", "\n",
		"\tlog_debug(\"reading block %%zu of %u\", i);\n", "\tlist->flags |= 1u << %u;\n"};
	unsigned k = gen_range(g, 0, 199);
	char text[96];

	if (k == 0) {
		buf_printf(b, "\tconst char *password = getenv(\"PASSWORD_%u\");\n",
			gen_range(g, 0, 99));
	} else if (k < 25) {
		gen_prose(g, gen_range(g, 4, 9), text, sizeof text);
		buf_printf(b, "\t/* %s */\n", text);
	} else {
		/* the format strings are the constants above */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		buf_printf(b, line[k % (sizeof line / sizeof *line)], gen_range(g, 0, 99999));
#pragma GCC diagnostic pop
	}
}

static void
digits(struct gen *g, struct buf *b)
{
	switch (gen_range(g, 0, 3)) {
	case 0:
		buf_printf(b, "%03u-%02u-%05u ", gen_range(g, 0, 999), gen_range(g, 0, 99),
			gen_range(g, 0, 99999));
		break;
	case 1:
		buf_printf(b, "%09u ", gen_range(g, 0, 999999999));
		break;
	case 2:
		buf_printf(b, "%010llu ", (unsigned long long)(gen_next(g) % 10000000000u));
		break;
	default:
		buf_printf(b, "%016llu ", (unsigned long long)(gen_next(g) % 10000000000000000u));
		break;
	}
}

static void
many(const char *folder, uint64_t bytes, size_t each, struct gen *g,
	void (*add)(struct gen *, struct buf *), const char *ext)
{
	struct buf b = {0};
	char path[4096];
	unsigned n = 0;

	for (uint64_t made = 0; made < bytes; made += b.n) {
		buf_clear(&b);
		while (b.n < each)
			add(g, &b);
		(void)snprintf(path, sizeof path, "%s/%04u.%s", folder, n++, ext);
		put(path, buf_span(&b));
	}
	buf_free(&b);
}

/* Whole lines of the pool from about `at` on; the first line before them if it is a header. */
static void
piece(const char *path, struct span pool, size_t at, size_t len)
{
	const uint8_t *nl = memchr(pool.p + at, '\n', pool.n - at);
	struct span text = span_sub(pool, nl ? (size_t)(nl + 1 - pool.p) : at, len);
	struct buf b = {0};

	if (span_has(pool, 0, "id,", 3))
		buf_put(&b, pool.p,
			(size_t)((const uint8_t *)memchr(pool.p, '\n', pool.n) + 1 - pool.p));
	buf_put(&b, text.p, text.n);
	put(path, buf_span(&b));
	buf_free(&b);
}

static void
small(const char *folder, unsigned n, struct gen *g)
{
	static void (*const kinds[])(struct gen *, struct buf *) = {prose, csv, logline, source};
	static const char *const ext[] = {"txt", "csv", "log", "c"};
	struct buf pool[4] = {0};
	char path[4096];

	for (int k = 0; k < 4; k++) {
		while (pool[k].n < MB)
			kinds[k](g, &pool[k]);
	}
	for (unsigned i = 0; i < n; i++) {
		int k = (int)(i % 4);
		size_t len = gen_range(g, 1024, 8192);

		if (i % 100 == 0) {
			(void)snprintf(path, sizeof path, "%s/%05u", folder, i / 100);
			if (mkdir(path, 0755) < 0 && errno != EEXIST)
				exit(1);
		}
		(void)snprintf(
			path, sizeof path, "%s/%05u/f%02u.%s", folder, i / 100, i % 100, ext[k]);
		piece(path, buf_span(&pool[k]), gen_range(g, 0, MB - 8192), len);
	}
}

static void
workbooks(const char *folder, unsigned n, struct gen *g)
{
	enum { ROWS = 2001, COLS = 11 };
	const char **c = calloc(ROWS * COLS, sizeof *c);
	struct sheet s = {.name = "Staff", .cells = c, .rows = ROWS, .cols = COLS};
	struct buf b = {0};
	char path[4096], v[64];

	for (unsigned i = 0; c && i < n; i++) {
		for (size_t k = 0; k < ROWS * COLS; k++) {
			size_t col = k % COLS;

			if (k < COLS)
				(void)snprintf(v, sizeof v, col == 2 ? "SSN" : "Field %zu", col);
			else if (col == 2)
				gen_ssn(g, "-", v);
			else if (col == 0)
				gen_person(g, v);
			else
				(void)snprintf(v, sizeof v, "#%u", gen_range(g, 0, 99999));
			free((void *)(uintptr_t)c[k]);
			c[k] = strdup(v);
		}
		pack_xlsx(&s, 1, &b);
		(void)snprintf(path, sizeof path, "%s/%04u.xlsx", folder, i);
		put(path, buf_span(&b));
	}
	buf_free(&b);
}

static void
zipped(const char *folder, unsigned mb, struct gen *g)
{
	struct pack *p = pack_new(PACK_ZIP, NULL);
	struct buf b = {0};
	char path[4096];

	for (unsigned i = 0; i < mb; i++) {
		buf_clear(&b);
		while (b.n < MB)
			prose(g, &b);
		(void)snprintf(path, sizeof path, "folder/%04u.txt", i);
		pack_add(p, path, buf_span(&b));
	}
	pack_end(p, &b);
	(void)snprintf(path, sizeof path, "%s/text.zip", folder);
	put(path, buf_span(&b));
	buf_free(&b);
}

int
main(int argc, char **argv)
{
	unsigned n = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;
	uint64_t bytes = (uint64_t)n * MB;
	struct gen g;

	if (argc < 4 || (mkdir(argv[2], 0755) < 0 && errno != EEXIST)) {
		fprintf(stderr, "usage: make-corpus KIND FOLDER AMOUNT [SEED]\n");
		return 2;
	}
	gen_seed(&g, argc > 4 ? strtoull(argv[4], NULL, 10) : 20261121);
	if (strcmp(argv[1], "prose") == 0)
		many(argv[2], bytes, 4 * MB, &g, prose, "txt");
	else if (strcmp(argv[1], "csv") == 0)
		many(argv[2], bytes, 4 * MB, &g, csv, "csv");
	else if (strcmp(argv[1], "log") == 0)
		many(argv[2], bytes, 4 * MB, &g, logline, "log");
	else if (strcmp(argv[1], "source") == 0)
		many(argv[2], bytes, 4 * MB, &g, source, "c");
	else if (strcmp(argv[1], "digits") == 0)
		many(argv[2], bytes, 4 * MB, &g, digits, "txt");
	else if (strcmp(argv[1], "line") == 0)
		many(argv[2], bytes, (size_t)bytes, &g, digits, "txt");
	else if (strcmp(argv[1], "small") == 0)
		small(argv[2], n, &g);
	else if (strcmp(argv[1], "xlsx") == 0)
		workbooks(argv[2], n, &g);
	else if (strcmp(argv[1], "zip") == 0)
		zipped(argv[2], n, &g);
	else
		return 2;
	return 0;
}
