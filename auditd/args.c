/*
 * One table of long options, one switch. Messages name the option, the word and what was expected,
 * because getopt's own do not; options of parts that are not built yet are known and say so.
 */
#include "args.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "nearest.h"

#include "base/poison.h"

#define IDS_MAX	 1000u /* words of --only and --without; the worker takes 1,024 */
#define ID_MAX	 64u /* bytes of one */
#define JOBS_MAX 256 /* more workers than this is a typing error */

enum {
	OPT_MIN_SEVERITY = 256,
	OPT_MIN_CONFIDENCE,
	OPT_FAIL_ON,
	OPT_ONLY,
	OPT_WITHOUT,
	OPT_RULES,
	OPT_EXCLUDE,
	OPT_INCLUDE,
	OPT_EXCLUDE_FROM,
	OPT_NO_DEFAULT_EXCLUDES,
	OPT_MAX_DEPTH,
	OPT_MAX_FILE,
	OPT_FILES_FROM,
	OPT_STATE,
	OPT_BASELINE,
	OPT_OCR,
	OPT_TRY_KEYS,
	OPT_SHOW,
	OPT_MASK_NAMES,
	OPT_SYSLOG,
	OPT_PROGRESS,
	OPT_COLOR,
};

static const char short_options[] = ":f:o:j:x0qvc:h";

static const struct option long_options[] = {
	{"format", required_argument, NULL, 'f'},
	{"output", required_argument, NULL, 'o'},
	{"jobs", required_argument, NULL, 'j'},
	{"min-severity", required_argument, NULL, OPT_MIN_SEVERITY},
	{"min-confidence", required_argument, NULL, OPT_MIN_CONFIDENCE},
	{"fail-on", required_argument, NULL, OPT_FAIL_ON},
	{"only", required_argument, NULL, OPT_ONLY},
	{"without", required_argument, NULL, OPT_WITHOUT},
	{"rules", required_argument, NULL, OPT_RULES},
	{"exclude", required_argument, NULL, OPT_EXCLUDE},
	{"include", required_argument, NULL, OPT_INCLUDE},
	{"exclude-from", required_argument, NULL, OPT_EXCLUDE_FROM},
	{"no-default-excludes", no_argument, NULL, OPT_NO_DEFAULT_EXCLUDES},
	{"one-file-system", no_argument, NULL, 'x'},
	{"max-depth", required_argument, NULL, OPT_MAX_DEPTH},
	{"max-file", required_argument, NULL, OPT_MAX_FILE},
	{"files-from", required_argument, NULL, OPT_FILES_FROM},
	{"null", no_argument, NULL, '0'},
	{"state", required_argument, NULL, OPT_STATE},
	{"baseline", required_argument, NULL, OPT_BASELINE},
	{"ocr", required_argument, NULL, OPT_OCR},
	{"try-keys", no_argument, NULL, OPT_TRY_KEYS},
	{"show", required_argument, NULL, OPT_SHOW},
	{"mask-names", no_argument, NULL, OPT_MASK_NAMES},
	{"syslog", no_argument, NULL, OPT_SYSLOG},
	{"progress", required_argument, NULL, OPT_PROGRESS},
	{"quiet", no_argument, NULL, 'q'},
	{"verbose", no_argument, NULL, 'v'},
	{"color", required_argument, NULL, OPT_COLOR},
	{"config", required_argument, NULL, 'c'},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

static const char *const formats[] = {"text", "jsonl", "json", "csv"};
static const char *const whens[] = {"auto", "always", "never"};
static const char *const shows[] = {"masked", "none"};
static const char *const ocrs[] = {"off", "auto", "all"};

struct parse {
	struct scan_args a;
	char *error;
};

#define ERROR_MAX 512
#define COUNT(v)  (sizeof(v) / sizeof(*(v)))

__attribute__((format(printf, 3, 4))) static int
refuse(struct parse *p, int r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(p->error, ERROR_MAX, fmt, ap);
	va_end(ap);
	return r;
}

static int
absent(struct parse *p, const char *what)
{
	return refuse(p, -ENOSYS, "%s: not available in this version", what);
}

/* The index of the word in its list, or -EINVAL. */
static int
word_index(struct parse *p, const char *option, const char *const *words, size_t n,
	const char *expected)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(words[i], optarg) == 0)
			return (int)i;
	}
	return refuse(p, -EINVAL, "%s: unknown word '%s': expected %s", option, optarg, expected);
}

static int
take_format(struct parse *p)
{
	if (strcmp(optarg, "html") == 0)
		return absent(p, "--format html");
	for (size_t i = 0; i < COUNT(formats); i++) {
		if (strcmp(formats[i], optarg) == 0) {
			p->a.format = formats[i];
			return 0;
		}
	}
	return refuse(p, -EINVAL, "unknown format '%s': expected text, jsonl, json or csv", optarg);
}

static int
take_severity(struct parse *p, enum severity *ret_s)
{
	if (severity_parse(optarg, ret_s) == 0)
		return 0;
	return refuse(p, -EINVAL, "unknown severity '%s': expected low, medium, high or critical",
		optarg);
}

static int
take_confidence(struct parse *p)
{
	if (confidence_parse(optarg, &p->a.min_confidence) == 0)
		return 0;
	return refuse(p, -EINVAL, "unknown confidence '%s': expected low, medium or high", optarg);
}

static int
take_number(struct parse *p, const char *option, unsigned max, unsigned *ret_n)
{
	if (args_number(optarg, 1, max, ret_n) == 0)
		return 0;
	return refuse(p, -EINVAL, "%s: '%s': expected a number from 1 to %u", option, optarg, max);
}

static int
take_size(struct parse *p)
{
	if (args_size(optarg, &p->a.max_file) == 0 && p->a.max_file > 0)
		return 0;
	return refuse(p, -EINVAL, "--max-file: '%s': expected a size such as 500M or 2G", optarg);
}

static int
take_list(struct parse *p, const char *option, struct strv *list)
{
	int r = strv_add_list(list, optarg);

	if (r == -EINVAL)
		return refuse(
			p, r, "%s: expected rule or category ids with commas between", option);
	return r;
}

/* Ids that no rule can have are refused here: the worker takes such words for a broken message. */
static int
take_ids(struct parse *p, const char *option, struct strv *list)
{
	size_t from = list->n;
	int r = take_list(p, option, list);

	for (size_t i = from; r == 0 && i < list->n; i++) {
		const char *id = list->v[i];
		size_t n = strspn(id,
			"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			"-_.");

		if (list->n > IDS_MAX)
			r = refuse(p, -EINVAL, "%s: more than %u ids", option, IDS_MAX);
		else if (id[n] || n > ID_MAX)
			r = refuse(p, -EINVAL, "unknown rule or category '%.200s'", id);
	}
	return r;
}

static int
take_when(struct parse *p, const char *option, enum when *ret_w)
{
	int i = word_index(p, option, whens, COUNT(whens), "auto, always or never");

	if (i < 0)
		return i;
	*ret_w = (enum when)i;
	return 0;
}

static int
take_show(struct parse *p)
{
	int i = word_index(p, "--show", shows, COUNT(shows), "none or masked");

	if (i < 0)
		return i;
	p->a.show_none = i == 1;
	return 0;
}

/* Looking for documents in images comes later: until then "auto" has nothing to choose from. */
static int
take_ocr(struct parse *p)
{
	int i = word_index(p, "--ocr", ocrs, COUNT(ocrs), "off, auto or all");

	return i == 2 ? absent(p, "--ocr all") : i < 0 ? i : 0;
}

static int
take_text(const char **ret_s)
{
	*ret_s = optarg;
	return 0;
}

static int
take_flag(bool *ret_b)
{
	*ret_b = true;
	return 0;
}

/* Options that say what comes out and how. */
static int
take_output(struct parse *p, int c)
{
	struct scan_args *a = &p->a;

	switch (c) {
	case 'f':
		return take_format(p);
	case 'o':
		return take_text(&a->output);
	case 'q':
		return take_flag(&a->quiet);
	case 'v':
		a->verbose++;
		return 0;
	case 'h':
		return take_flag(&a->help);
	case OPT_MIN_SEVERITY:
		return take_severity(p, &a->min_severity);
	case OPT_MIN_CONFIDENCE:
		return take_confidence(p);
	case OPT_FAIL_ON:
		return take_severity(p, &a->fail_on);
	case OPT_BASELINE:
		return take_text(&a->baseline);
	case OPT_SHOW:
		return take_show(p);
	case OPT_MASK_NAMES:
		return take_flag(&a->mask_names);
	case OPT_SYSLOG:
		return take_flag(&a->syslog);
	case OPT_PROGRESS:
		return take_when(p, "--progress", &a->progress);
	case OPT_COLOR:
		return take_when(p, "--color", &a->color);
	default:
		return refuse(p, -EINVAL, "unknown option");
	}
}

/* Options that say what is looked at, and for what. */
static int
take_input(struct parse *p, int c)
{
	struct scan_args *a = &p->a;

	switch (c) {
	case 'j':
		return take_number(p, "--jobs", JOBS_MAX, &a->jobs);
	case 'x':
		return take_flag(&a->one_file_system);
	case '0':
		return take_flag(&a->nul);
	case 'c':
		return take_text(&a->config);
	case OPT_ONLY:
		return take_ids(p, "--only", &a->only);
	case OPT_WITHOUT:
		return take_ids(p, "--without", &a->without);
	case OPT_RULES:
		return strv_add(&a->rules, optarg);
	case OPT_EXCLUDE:
		return strv_add(&a->excludes, optarg);
	case OPT_INCLUDE:
		return strv_add(&a->includes, optarg);
	case OPT_EXCLUDE_FROM:
		return take_text(&a->exclude_from);
	case OPT_NO_DEFAULT_EXCLUDES:
		return take_flag(&a->no_default_excludes);
	case OPT_MAX_DEPTH:
		return take_number(p, "--max-depth", 1000000, &a->max_depth);
	case OPT_MAX_FILE:
		return take_size(p);
	case OPT_FILES_FROM:
		return take_text(&a->files_from);
	case OPT_STATE:
		return take_text(&a->state);
	case OPT_TRY_KEYS:
		return absent(p, "--try-keys");
	case OPT_OCR:
		return take_ocr(p);
	default:
		return take_output(p, c);
	}
}

/* getopt gave '?' or ':' for this word of the command line. */
static int
take_wrong(struct parse *p, int c, const char *word)
{
	const char *names[COUNT(long_options)];
	const char *near;
	char name[64];

	if (c == ':')
		return refuse(p, -EINVAL, "option '%s' needs a value", word);
	if (optopt && strncmp(word, "--", 2) == 0)
		return refuse(p, -EINVAL, "option '%s' takes no value", word);
	if (optopt)
		return refuse(p, -EINVAL, "unknown option '-%c'", optopt);
	(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(word, "="), word);
	for (size_t i = 0; i + 1 < COUNT(long_options); i++)
		names[i] = long_options[i].name;
	near = nearest_find(name + 2, names, COUNT(long_options) - 1);
	if (!near)
		return refuse(p, -EINVAL, "unknown option '%s'", name);
	return refuse(p, -EINVAL, "unknown option '%s': did you mean --%s?", name, near);
}

static int
args_check(struct parse *p)
{
	const struct scan_args *a = &p->a;

	if (a->files_from && a->paths.n)
		return refuse(p, -EINVAL, "PATH and --files-from exclude each other");
	if (!a->files_from && !a->paths.n)
		return refuse(p, -EINVAL, "no PATH given");
	if (a->nul && !a->files_from)
		return refuse(p, -EINVAL, "-0 needs --files-from");
	return 0;
}

static int
args_options(struct parse *p, int argc, char **argv)
{
	int c, r = 0;

	optind = 0;
	opterr = 0;
	while (r == 0) {
		int at = optind > 0 ? optind : 1;

		c = getopt_long(argc, argv, short_options, long_options, NULL);
		if (c == -1)
			break;
		r = c == '?' || c == ':' ? take_wrong(p, c, argv[optind > at ? optind - 1 : at])
					 : take_input(p, c);
	}
	for (int i = optind; r == 0 && i < argc; i++)
		r = strv_add(&p->a.paths, argv[i]);
	return r;
}

int
args_parse(int argc, char **argv, struct scan_args *ret_a, char ret_error[512])
{
	struct parse p = {
		.a = {.format = "text", .min_severity = SEV_LOW, .min_confidence = CONF_MEDIUM},
		.error = ret_error,
	};
	int r;

	(void)snprintf(ret_error, ERROR_MAX, "out of memory");
	r = args_options(&p, argc, argv);
	if (r == 0 && !p.a.help)
		r = args_check(&p);
	if (r < 0) {
		args_free(&p.a);
		return r;
	}
	*ret_a = p.a;
	return 0;
}

int
args_count(const char *s, uint64_t *ret_n)
{
	size_t n = strlen(s);
	uint64_t x = n == 0 || n > 19 || strspn(s, "0123456789") != n ? UINT64_MAX
								      : strtoull(s, NULL, 10);

	if (x > INT64_MAX)
		return -EINVAL;
	*ret_n = x;
	return 0;
}

int
args_number(const char *s, unsigned min, unsigned max, unsigned *ret_n)
{
	unsigned long long n;
	char *end;

	if (s[0] < '0' || s[0] > '9')
		return -EINVAL;
	errno = 0;
	n = strtoull(s, &end, 10);
	if (*end || errno || n < min || n > max)
		return -EINVAL;
	*ret_n = (unsigned)n;
	return 0;
}

int
args_size(const char *s, uint64_t *ret_n)
{
	static const char units[] = "KMGT";
	unsigned shift = 0;
	const char *unit;
	uint64_t n;
	char *end;

	if (s[0] < '0' || s[0] > '9')
		return -EINVAL;
	errno = 0;
	n = strtoull(s, &end, 10);
	unit = *end ? strchr(units, *end >= 'a' ? *end - 32 : *end) : NULL;
	if (unit) {
		shift = 10 * (unsigned)(unit - units + 1);
		end++;
		end += strcmp(end, "B") == 0 ? 1 : strcmp(end, "iB") == 0 ? 2 : 0;
	}
	if (*end || errno || n > UINT64_MAX >> shift)
		return -EINVAL;
	*ret_n = n << shift;
	return 0;
}

void
args_free(struct scan_args *a)
{
	strv_free(&a->only);
	strv_free(&a->without);
	strv_free(&a->rules);
	strv_free(&a->excludes);
	strv_free(&a->includes);
	strv_free(&a->paths);
}
