/* The checker is strict and knows no extension: what it takes, any reader of JSON takes. */
#include "sinkfix.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#include "base/poison.h"

static void
finding_init(
	struct finding *f, uint64_t count, uint64_t unique, const char *why, const char *sample)
{
	*f = (struct finding){.confidence = CONF_HIGH, .count = count, .unique = unique};
	f->n_why = f->n_samples = 1;
	(void)snprintf(f->why[0], sizeof(f->why[0]), "%s", why);
	(void)snprintf(f->samples[0], sizeof(f->samples[0]), "%s", sample);
	(void)snprintf(f->mime, sizeof(f->mime), "text/plain");
}

static void
places_init(struct finding *f)
{
	f->at[0] = (struct place){.kind = PLACE_CELL, .row = 2, .column = 4, .name = "Staff"};
	f->at[1] = (struct place){.kind = PLACE_LINE, .line = 3, .col = 14, .part = PART_COMMENT};
	f->at[2] = (struct place){.kind = PLACE_PAGE, .page = 7};
	f->at[3] = (struct place){.kind = PLACE_PART, .part = PART_METADATA};
	f->at[4] = (struct place){.kind = PLACE_OFFSET, .offset = 4096, .part = PART_RAW};
	f->at[5] = (struct place){.kind = PLACE_NONE};
	f->n_at = 6;
}

static void
findings_init(struct sinkfix *x)
{
	finding_init(&x->findings[0], 3803, 3790, "column header \"SSN\"", "***-**-6781");
	(void)snprintf(x->findings[0].why[1], FINDING_TEXT, "valid area, group and serial");
	x->findings[0].n_why = 2;
	places_init(&x->findings[0]);
	finding_init(&x->findings[1], 1, 1, "=cmd", "\xE2\x80\xA6");
	x->findings[1].at[0] = (struct place){.kind = PLACE_LINE, .line = 1, .col = 1};
	x->findings[1].n_at = 1;
	finding_init(&x->findings[2], 1, 1, "its name", "");
	x->findings[2].n_samples = 0;
	x->findings[2].via = VIA_NAME;
	x->findings[2].confidence = CONF_MEDIUM;
}

static void
records_init(struct sinkfix *x)
{
	x->records[0] = (struct record){.type = RECORD_FINDING,
		.id = 2,
		.path = "/srv/Password-tr0ub4dor.xlsx",
		.st = &x->st,
		.f = &x->findings[2],
		.rule = &x->rules[1],
		.severity = SEV_LOW,
		.score = 12};
	x->records[1] = (struct record){.type = RECORD_FINDING,
		.id = 0x9f2c41d07a3be655,
		.path = "/srv/2014.zip",
		.inner = {x->names, 2},
		.st = &x->st,
		.f = &x->findings[0],
		.rule = &x->rules[0],
		.severity = SEV_CRITICAL,
		.score = 93};
	x->records[2] = (struct record){.type = RECORD_FINDING,
		.id = 3,
		.path = "/srv/=a\n\033[31m\"q\\,!\xFF\xE2\x80\xAE.txt",
		.inner = {x->hostile, 1},
		.f = &x->findings[1],
		.rule = &x->rules[2],
		.severity = SEV_HIGH,
		.score = 70};
	x->records[3] = (struct record){.type = RECORD_GAP,
		.id = 4,
		.path = "/srv/old.zip",
		.inner = {x->names, 1},
		.st = &x->st,
		.reason = GAP_ENCRYPTED,
		.hides = true,
		.detail = "zip AES-256"};
	x->records[4] = (struct record){.type = RECORD_GAP,
		.id = 5,
		.path = "/srv/d",
		.reason = GAP_EXCLUDED,
		.detail = "a folder that holds itself"};
}

void
sinkfix_init(struct sinkfix *x)
{
	*x = (struct sinkfix){
		.rules = {{.id = (char *)"us-ssn",
				  .category = (char *)"identity",
				  .title = (char *)"US social security numbers"},
			{.id = (char *)"password-file",
				.category = (char *)"credential",
				.title = (char *)"Password file"},
			{.id = (char *)"token",
				.category = (char *)"credential",
				.title = (char *)"Access tokens"}},
		.st = {.st_uid = 0,
			.st_mode = S_IFREG | 0644,
			.st_size = 482113,
			.st_mtim = {.tv_sec = 1416816000}},
		.names = {{(const uint8_t *)"pay!roll", 8}, {(const uint8_t *)"q4.xlsx", 7}},
		.hostile = {{(const uint8_t *)"x\xC3\x28", 3}},
		.head = {.host = "fs1",
			.version = "0.1.0",
			.rules = "abc",
			.n_roots = 1,
			.started = 1795298400},
		.summary = {.complete = true,
			.hidden = 1,
			.files = 52011,
			.items = 71203,
			.bytes = 81604378624,
			.findings = 3,
			.gaps = 2,
			.seconds = 93.14,
			.n_totals = 2},
	};
	findings_init(x);
	records_init(x);
	x->roots[0] = "/srv";
	x->head.roots = x->roots;
	x->totals[0] =
		(struct rule_total){.rule = &x->rules[2], .unique = 1, .copies = 1, .files = 1};
	x->totals[1] = (struct rule_total){
		.rule = &x->rules[0], .unique = 41200, .copies = 1003412, .files = 601};
	x->summary.totals = x->totals;
}

int
sinkfix_into(const struct sinkfix *x, const char *output, const struct sink_options *o, FILE *to)
{
	const struct output *out = output_find(output);
	struct sink_options options = *o;
	void *state = calloc(1, out->state_size);
	int r = state ? 0 : -1;

	options.to = to;
	if (r == 0 && out->begin)
		r = out->begin(state, &options, &x->head);
	for (size_t i = 0; r == 0 && i < SINKFIX_RECORDS && out->record; i++)
		r = out->record(state, &x->records[i]);
	if (r == 0 && out->end)
		r = out->end(state, &x->summary);
	if (state && out->free)
		out->free(state);
	free(state);
	return r;
}

char *
sinkfix_run(const struct sinkfix *x, const char *output, const struct sink_options *o, int *ret_r)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	if (!f)
		return NULL;
	*ret_r = sinkfix_into(x, output, o, f);
	(void)fclose(f);
	return text;
}

struct json_in {
	const char *p, *end;
};

static void
blanks(struct json_in *j)
{
	while (j->p < j->end && strchr(" \t\r\n", *j->p) && *j->p)
		j->p++;
}

static bool
literal(struct json_in *j, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(j->end - j->p) < n || memcmp(j->p, word, n) != 0)
		return false;
	j->p += n;
	return true;
}

static bool
digits(struct json_in *j)
{
	const char *start = j->p;

	while (j->p < j->end && *j->p >= '0' && *j->p <= '9')
		j->p++;
	return j->p > start;
}

static bool
number(struct json_in *j)
{
	(void)literal(j, "-");
	if (!literal(j, "0") && !digits(j))
		return false;
	if (literal(j, ".") && !digits(j))
		return false;
	if (!literal(j, "e") && !literal(j, "E"))
		return true;
	(void)(literal(j, "+") || literal(j, "-"));
	return digits(j);
}

static bool
escape(struct json_in *j)
{
	if (j->p == j->end)
		return false;
	if (*j->p != 'u')
		return *j->p && strchr("\"\\/bfnrt", *j->p++);
	j->p++;
	for (int i = 0; i < 4; i++, j->p++) {
		if (j->p == j->end || !*j->p || !strchr("0123456789abcdefABCDEF", *j->p))
			return false;
	}
	return true;
}

static bool
string(struct json_in *j)
{
	const char *start = j->p;

	if (!literal(j, "\""))
		return false;
	while (j->p < j->end && *j->p != '"') {
		if ((unsigned char)*j->p < 0x20)
			return false;
		if (*j->p++ == '\\' && !escape(j))
			return false;
	}
	return literal(j, "\"") &&
		utf8_valid(span_of(start, (size_t)(j->p - start))) == (size_t)(j->p - start);
}

static bool value(struct json_in *j, unsigned depth);

static bool
members(struct json_in *j, char close, unsigned depth)
{
	j->p++;
	blanks(j);
	if (j->p < j->end && *j->p == close) {
		j->p++;
		return true;
	}
	for (;;) {
		blanks(j);
		if (close == '}') {
			if (!string(j))
				return false;
			blanks(j);
			if (!literal(j, ":"))
				return false;
		}
		if (!value(j, depth + 1))
			return false;
		blanks(j);
		if (j->p < j->end && *j->p == close) {
			j->p++;
			return true;
		}
		if (!literal(j, ","))
			return false;
	}
}

static bool
value(struct json_in *j, unsigned depth)
{
	blanks(j);
	if (j->p == j->end || depth > 32)
		return false;
	if (*j->p == '{')
		return members(j, '}', depth);
	if (*j->p == '[')
		return members(j, ']', depth);
	if (*j->p == '"')
		return string(j);
	return literal(j, "true") || literal(j, "false") || literal(j, "null") || number(j);
}

bool
json_valid(const char *text, size_t n)
{
	struct json_in j = {text, text + n};

	if (!value(&j, 0))
		return false;
	blanks(&j);
	return j.p == j.end;
}
