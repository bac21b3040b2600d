/*
 * The options of `findings` and `gaps`. `--state` has two meanings, which its value tells apart: the
 * words of a state choose records, anything else is the folder of the store.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "args.h"
#include "cmd.h"
#include "review.h"

#include "base/poison.h"

enum {
	OPT_SEVERITY = 256,
	OPT_MIN_SEVERITY,
	OPT_MIN_CONFIDENCE,
	OPT_RULE,
	OPT_CATEGORY,
	OPT_REASON,
	OPT_SHARE,
	OPT_PATH,
	OPT_STATE,
	OPT_SOCKET,
	OPT_SINCE,
	OPT_SORT,
};

static const struct option options[] = {
	{"format", required_argument, NULL, 'f'},
	{"limit", required_argument, NULL, 'n'},
	{"reverse", no_argument, NULL, 'r'},
	{"severity", required_argument, NULL, OPT_SEVERITY},
	{"min-severity", required_argument, NULL, OPT_MIN_SEVERITY},
	{"min-confidence", required_argument, NULL, OPT_MIN_CONFIDENCE},
	{"rule", required_argument, NULL, OPT_RULE},
	{"category", required_argument, NULL, OPT_CATEGORY},
	{"reason", required_argument, NULL, OPT_REASON},
	{"share", required_argument, NULL, OPT_SHARE},
	{"path", required_argument, NULL, OPT_PATH},
	{"state", required_argument, NULL, OPT_STATE},
	{"socket", required_argument, NULL, OPT_SOCKET},
	{"since", required_argument, NULL, OPT_SINCE},
	{"sort", required_argument, NULL, OPT_SORT},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

#define COUNT(v) (sizeof(v) / sizeof(*(v)))

static const char *const formats[] = {"table", "jsonl", "csv"};
static const char *const sorts[] = {
	[STORE_BY_SCORE] = "score",
	[STORE_BY_PATH] = "path",
	[STORE_BY_FIRST] = "first",
	[STORE_BY_LAST] = "last",
	[STORE_BY_COUNT] = "count",
};

static int
word_of(const char *verb, const char *option, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(words[i], optarg) == 0)
			return (int)i;
	}
	(void)cmd_error(verb, "%s: unknown word '%s' (`leakaudit help %s`)", option, optarg, verb);
	return -EINVAL;
}

/* The bits of a list of states; 0 when a word is none. */
static unsigned
states_of(const char *list)
{
	unsigned bits = 0;

	while (*list) {
		size_t n = strcspn(list, ",");
		char word[16] = "";
		enum store_state s;

		(void)snprintf(word, sizeof word, "%.*s", (int)n, list);
		if (n >= sizeof word)
			return 0;
		if (strcmp(word, "open") == 0)
			bits |= 1u << STORE_NEW | 1u << STORE_KNOWN | 1u << STORE_CHANGED;
		else if (strcmp(word, "all") == 0)
			bits |= (1u << STORE_STATES) - 1;
		else if (store_state_parse(word, &s) == 0)
			bits |= 1u << s;
		else
			return 0;
		list += n + (list[n] == ',');
	}
	return bits;
}

static int
take_state(struct review_args *a)
{
	unsigned bits = states_of(optarg);

	if (bits)
		a->filter.states = bits;
	else
		a->state = optarg;
	return 0;
}

static int
take_severities(const char *verb, struct review_args *a, bool least)
{
	enum severity s;

	if (severity_parse(optarg, &s) < 0)
		return cmd_error(verb,
			"unknown severity '%s': expected low, medium, high or critical", optarg);
	if (!least)
		a->filter.severities |= 1u << s;
	for (unsigned i = s; least && i < SEVERITIES; i++)
		a->filter.severities |= 1u << i;
	return 0;
}

/* "90m", "24h", "7d", "4w" ago, or a day or minute of local time. 0 when it is neither. */
static int64_t
since_of(const char *s, int64_t now)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = {{'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
	struct tm tm = {.tm_isdst = -1};
	const char *end;
	unsigned n;
	char number[12];
	size_t digits = strspn(s, "0123456789");

	if (digits && digits < sizeof number && s[digits] && !s[digits + 1]) {
		(void)snprintf(number, sizeof number, "%.*s", (int)digits, s);
		for (size_t i = 0; i < COUNT(units); i++) {
			if (s[digits] == units[i].unit && args_number(number, 1, 1000000, &n) == 0)
				return now - (int64_t)n * units[i].seconds;
		}
	}
	end = strptime(s, "%Y-%m-%d", &tm);
	if (end && (*end == ' ' || *end == 'T'))
		end = strptime(end + 1, "%H:%M", &tm);
	return end && !*end ? (int64_t)mktime(&tm) : 0;
}

static int
take_since(const char *verb, struct review_args *a)
{
	a->filter.since = since_of(optarg, (int64_t)time(NULL));
	if (a->filter.since > 0)
		return 0;
	return cmd_error(
		verb, "--since: '%s': expected 24h, 7d, 2026-11-21 or 2026-11-21T22:10", optarg);
}

static int
take_number(const char *verb, struct review_args *a)
{
	unsigned n;

	if (args_number(optarg, 1, 1000000000, &n) < 0)
		return cmd_error(verb, "-n: '%s': expected a number from 1", optarg);
	a->filter.limit = n;
	return 0;
}

static int
take_words(const char *verb, struct review_args *a, int c)
{
	int i = c == 'f' ? word_of(verb, "--format", formats, COUNT(formats))
			 : word_of(verb, "--sort", sorts, COUNT(sorts));

	if (i < 0)
		return STATUS_TROUBLE;
	if (c == 'f')
		a->format = (enum review_format)i;
	else
		a->filter.sort = (enum store_sort)i;
	return 0;
}

static int
take(const char *verb, struct review_args *a, int c)
{
	struct store_filter *f = &a->filter;

	switch (c) {
	case 'f':
	case OPT_SORT:
		return take_words(verb, a, c);
	case 'n':
		return take_number(verb, a);
	case OPT_SEVERITY:
		return take_severities(verb, a, false);
	case OPT_MIN_SEVERITY:
		return take_severities(verb, a, true);
	case OPT_MIN_CONFIDENCE:
		if (confidence_parse(optarg, &f->min_confidence) == 0)
			return 0;
		return cmd_error(verb, "unknown confidence '%s'", optarg);
	case OPT_STATE:
		return take_state(a);
	case OPT_SINCE:
		return take_since(verb, a);
	case 'h':
		a->help = true;
		return 0;
	case 'r':
		f->reverse = true;
		return 0;
	default:
		break;
	}
	if (c == OPT_RULE)
		f->rule = optarg;
	else if (c == OPT_CATEGORY)
		f->category = optarg;
	else if (c == OPT_REASON)
		f->reason = optarg;
	else if (c == OPT_SHARE)
		f->share = optarg;
	else if (c == OPT_SOCKET)
		a->socket = optarg;
	else
		f->path = optarg;
	return 0;
}

int
review_args(int argc, char **argv, int type, struct review_args *ret_a)
{
	struct review_args a = {.filter = {.type = type}};
	int c, r = 0;

	optind = 0;
	while (r == 0 && (c = cmd_option(argc, argv, ":f:n:rh", options)) >= 0)
		r = c == 0 ? STATUS_TROUBLE : take(argv[0], &a, c);
	a.words = argv + optind;
	a.n_words = argc - optind;
	*ret_a = a;
	return r;
}
