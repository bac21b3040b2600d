/*
 * A pattern is text with {a|b|c} for one of several, {name} for a made-up value (they are written small) and \ before a
 * character that is meant as such. Lines between "%repeat LO HI" and "%end" come again and again.
 * Patterns are few and ours, so the parser is plain; what it cannot read ends the program.
 */
#include "scenario.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/poison.h"

static void __attribute__((noreturn)) wrong(const char *why, const char *what)
{
	fprintf(stderr, "make-eval: %s: '%.60s'\n", why, what);
	exit(2);
}

static char *
read_whole(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct buf b = {0};
	char piece[65536];
	size_t n;

	if (!f)
		wrong("cannot open", path);
	while ((n = fread(piece, 1, sizeof piece, f)) > 0)
		buf_put(&b, piece, n);
	(void)fclose(f);
	buf_putc(&b, 0);
	return (char *)b.p;
}

static size_t
split(char *words, const char **ret, size_t cap)
{
	char *save = NULL;
	size_t n = 0;

	for (char *w = strtok_r(words, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		if (n == cap)
			wrong("too many rules", w);
		ret[n++] = w;
	}
	return n;
}

/* A line "@ key value". */
static void
directive(struct scenario *sc, char *line)
{
	char *value = strchr(line, ' ');

	if (value)
		*value++ = 0;
	else
		value = line + strlen(line);
	if (strcmp(line, "table") == 0)
		sc->shape = SHAPE_TABLE;
	else if (strcmp(line, "text") == 0)
		sc->shape = SHAPE_TEXT;
	else if (strcmp(line, "titled") == 0)
		sc->titled = true;
	else if (strcmp(line, "raw") == 0) {
		sc->shape = SHAPE_RAW;
		(void)snprintf(sc->ext, sizeof sc->ext, "%s", value);
	} else if (strcmp(line, "plants") == 0)
		sc->n_plants = split(value, sc->plants, SCENARIO_RULES);
	else if (strcmp(line, "also") == 0)
		sc->n_also = split(value, sc->also, SCENARIO_RULES);
	else if (strcmp(line, "silent") == 0)
		sc->n_silent = split(value, sc->silent, SCENARIO_RULES);
	else if (strcmp(line, "formats") == 0)
		sc->formats = value;
	else if (strcmp(line, "services") == 0)
		sc->services = value;
	else if (strcmp(line, "packed") == 0)
		sc->packed = value;
	else if (strcmp(line, "file") == 0)
		sc->file = value;
	else if (strcmp(line, "more") == 0)
		sc->more = (unsigned)strtoul(value, NULL, 10);
	else
		wrong("unknown directive", line);
}

static struct scenario *
scenario_new(struct scenarios *all, const char *name)
{
	struct scenario *v = realloc(all->v, (all->n + 1) * sizeof *v);

	if (!v)
		abort();
	all->v = v;
	v += all->n++;
	*v = (struct scenario){.file = "{document|notes|sheet|copy|info|new}", .more = 1};
	(void)snprintf(v->name, sizeof v->name, "%s", name);
	return v;
}

void
scenarios_read(struct scenarios *all, const char *path)
{
	struct scenario *sc = NULL;
	char *at = read_whole(path), *end;

	for (; *at; at = end) {
		end = strchr(at, '\n');
		if (end)
			*end++ = 0;
		else
			end = at + strlen(at);
		if (strncmp(at, "== ", 3) == 0)
			sc = scenario_new(all, at + 3);
		else if (!sc)
			continue; /* notes above the first */
		else if (strncmp(at, "@ ", 2) == 0)
			directive(sc, at + 2);
		else if (strncmp(at, "##", 2) == 0)
			continue;
		else if (sc->n_lines == SCENARIO_LINES)
			wrong("too many lines", sc->name);
		else
			sc->lines[sc->n_lines++] = at;
	}
	for (size_t i = 0; i < all->n; i++)
		while (all->v[i].n_lines && all->v[i].lines[all->v[i].n_lines - 1][0] == 0)
			all->v[i].n_lines--;
}

/* The end of what begins at p (behind a '{'): its '}'. bars: where the pieces end. */
static const char *
closing(const char *p, const char **bars, size_t cap, size_t *ret_n)
{
	unsigned depth = 0;
	size_t n = 0;

	for (; *p; p++) {
		if (*p == '\\' && p[1])
			p++;
		else if (*p == '{')
			depth++;
		else if (*p == '}' && depth-- == 0)
			break;
		else if (*p == '|' && depth == 0 && n < cap)
			bars[n++] = p;
	}
	if (!*p)
		wrong("a brace without its end", p);
	bars[n++] = p;
	*ret_n = n;
	return p;
}

static void expand(const char *p, const char *end, bool cells, struct slots *s, struct buf *ret);

static const char *
braces(const char *p, struct slots *s, struct buf *ret)
{
	const char *bars[65], *end, *from;
	size_t n, pick;

	end = closing(p, bars, 64, &n);
	if (n == 1 && (*p < 'A' || *p > 'Z')) {
		if (!slots_put(s, p, (size_t)(end - p), ret))
			wrong("no such slot", p);
		return end;
	}
	pick = gen_range(&s->g, 0, (uint32_t)n - 1);
	from = pick ? bars[pick - 1] + 1 : p;
	expand(from, bars[pick], false, s, ret);
	return end;
}

static int
hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Behind a '\': n and t are what C says, xNN a byte, all else itself. */
static const char *
escape(const char *p, struct buf *ret)
{
	if (p[0] == 'x' && hex(p[1]) >= 0 && hex(p[2]) >= 0) {
		buf_putc(ret, (uint8_t)(hex(p[1]) << 4 | hex(p[2])));
		return p + 2;
	}
	buf_putc(ret, *p == 'n' ? '\n' : *p == 't' ? '\t' : (uint8_t)*p);
	return p;
}

static void
expand(const char *p, const char *end, bool cells, struct slots *s, struct buf *ret)
{
	for (; p < end; p++) {
		if (*p == '\\' && p + 1 < end)
			p = escape(p + 1, ret);
		else if (*p == '{')
			p = braces(p + 1, s, ret);
		else if (*p == '|' && cells)
			buf_putc(ret, SCENARIO_CELL);
		else
			buf_putc(ret, (uint8_t)*p);
	}
}

void
scenario_expand(const char *pattern, struct slots *s, struct buf *ret)
{
	expand(pattern, pattern + strlen(pattern), false, s, ret);
}

static void
put_line(const struct scenario *sc, const char *line, struct slots *s, struct buf *ret)
{
	expand(line, line + strlen(line), sc->shape == SHAPE_TABLE, s, ret);
	buf_putc(ret, '\n');
}

static size_t
repeat_end(const struct scenario *sc, size_t i)
{
	for (; i < sc->n_lines; i++)
		if (strcmp(sc->lines[i], "%end") == 0)
			return i;
	wrong("%repeat without %end", sc->name);
}

void
scenario_write(const struct scenario *sc, struct slots *s, struct buf *ret)
{
	unsigned lo, hi;

	for (size_t i = 0; i < sc->n_lines; i++) {
		if (sscanf(sc->lines[i], "%%repeat %u %u", &lo, &hi) == 2) {
			size_t end = repeat_end(sc, i + 1);

			for (unsigned k = gen_range(&s->g, lo, hi); k; k--)
				for (size_t j = i + 1; j < end; j++)
					put_line(sc, sc->lines[j], s, ret);
			i = end;
		} else
			put_line(sc, sc->lines[i], s, ret);
	}
}
