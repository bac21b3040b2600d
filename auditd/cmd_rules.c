/*
 * `leakaudit rules`: what is looked for. This side parses no rule file: a confined worker does, and
 * its catalogue is all that is known here.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "cmd.h"
#include "conf.h"
#include "locate.h"

#include "base/poison.h"

#define SHOW_WIDTH 78

struct rules_args {
	const char *config;
	struct strv rules;
	bool help;
	char **words; /* what follows the options */
	int n_words;
};

static const char *const ladder_words[LADDERS] = {
	[LADDER_PERSONS] = ("1 low, from 2 medium, from 10 high, from 1,000 critical;"
			    " critical from 10 where everyone can read them"),
	[LADDER_CREDENTIAL] = "high; critical where everyone can read it",
	[LADDER_DOCUMENT] = "medium; high where everyone can read it",
	[LADDER_NOTICE] = "low, whatever the number",
};

static void
pool_drop(struct pool **p)
{
	if (*p)
		pool_free(*p);
}

static void
rules_args_free(struct rules_args *a)
{
	strv_free(&a->rules);
}

static int
rules_args(int argc, char **argv, struct rules_args *ret_a)
{
	static const struct option options[] = {
		{"rules", required_argument, NULL, 'r'},
		{"config", required_argument, NULL, 'c'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int c;

	optind = 0;
	while ((c = cmd_option(argc, argv, ":c:h", options)) > 0) {
		if (c == 'c')
			ret_a->config = optarg;
		if (c == 'h')
			ret_a->help = true;
		if (c == 'r' && strv_add(&ret_a->rules, optarg) < 0)
			return cmd_error("rules", "out of memory");
	}
	if (c == 0)
		return STATUS_TROUBLE;
	ret_a->words = argv + optind;
	ret_a->n_words = argc - optind;
	return 0;
}

static int
column_width(int width, const char *s)
{
	int n = (int)strnlen(s, 40);

	return n > width ? n : width;
}

static int
rules_list(const struct catalogue *c)
{
	int id = 2, category = 8, ladder = 6;

	for (uint16_t i = 0; i < c->n; i++) {
		id = column_width(id, c->rules[i].id);
		category = column_width(category, c->rules[i].category);
		ladder = column_width(ladder, ladder_name(c->rules[i].ladder));
	}
	for (uint16_t i = 0; i < c->n; i++) {
		const struct rule_info *r = &c->rules[i];

		(void)printf("%-*s  %-*s  %-*s  %s\n", id, r->id, category, r->category, ladder,
			ladder_name(r->ladder), r->title);
	}
	return STATUS_CLEAN;
}

/* Words up to SHOW_WIDTH bytes a line; a line's end in the text stays one. */
static void
show_text(const char *text)
{
	size_t column = 0;

	while (*text) {
		size_t n = strcspn(text, " \n");

		if (column > 0 && column + 1 + n > SHOW_WIDTH) {
			(void)putchar('\n');
			column = 0;
		}
		if (n > 0) {
			(void)printf("%s%.*s", column ? " " : "  ", (int)n, text);
			column += n + (column ? 1 : 2);
		}
		text += n;
		if (*text == '\n' && column > 0) {
			(void)putchar('\n');
			column = 0;
		}
		text += *text != 0;
	}
	if (column > 0)
		(void)putchar('\n');
}

static void
show_part(const char *head, const char *text)
{
	if (!text || !*text)
		return;
	(void)printf("\n%s\n", head);
	show_text(text);
}

static int
rules_show(const struct catalogue *c, const char *id)
{
	char error[1024];

	for (uint16_t i = 0; i < c->n; i++) {
		const struct rule_info *r = &c->rules[i];

		if (strcmp(r->id, id) != 0)
			continue;
		(void)printf("%s  (%s)\n  %s\n", r->id, r->category, r->title);
		show_part("What it finds", r->about);
		if (r->ladder < LADDERS)
			show_part("How severe", ladder_words[r->ladder]);
		show_part("What to do", r->advice);
		show_part("References", r->refs);
		return STATUS_CLEAN;
	}
	if (cmd_check_ids(c, &id, 1, error) == 0)
		return cmd_error("rules", "'%s' is a category: name one of its rules", id);
	return cmd_error("rules", "%s", error);
}

static int
rules_config(const struct rules_args *a, struct conf *ret_c, char error[512])
{
	int r = conf_load(a->config ? a->config : CONF_DEFAULT, ret_c, error);

	return !a->config && (r == -ENOENT || r == -EACCES) ? 0 : r;
}

static int
rules_with(const struct rules_args *a, const struct cmd_setup *s)
{
	_cleanup_(pool_drop) struct pool *p = NULL;
	char error[1024];

	if (cmd_catalogue(s, &p, error) < 0)
		return cmd_error("rules", "%s", error);
	if (a->n_words == 2)
		return rules_show(pool_catalogue(p), a->words[1]);
	return rules_list(pool_catalogue(p));
}

struct checking {
	const struct strv *files;
	size_t from; /* files before this one are not asked about */
	const struct rule_info *rule; /* reported last; a rule's reports come together */
	unsigned rules, failed;
};

static int
rules_checked(void *user, const struct rule_checked *c)
{
	struct checking *k = user;
	bool asked = false;

	for (size_t i = k->from; i < k->files->n && !asked; i++)
		asked = strcmp(k->files->v[i], c->file) == 0;
	if (!asked)
		return 0;
	k->rules += c->rule != k->rule;
	k->rule = c->rule;
	k->failed += c->failed;
	if (c->failed)
		(void)printf("%s:%u: %s: %s\n", c->file, c->line, c->rule->id, c->message);
	return 0;
}

/*
 * Runs the examples of the files named (of all files when none is), together with every other rule,
 * as a scan would. `s` holds the rules without the named ones.
 */
static int
rules_check(struct rules_args *a, const struct conf *conf, const struct cmd_setup *s)
{
	_cleanup_(cmd_setup_free) struct cmd_setup all = {0};
	struct checking k = {.files = &all.files, .from = a->n_words > 1 ? s->files.n : 0};
	char error[1024] = "";
	int r = 0;

	for (int i = 1; i < a->n_words && r == 0; i++)
		r = strv_add(&a->rules, a->words[i]);
	if (r == 0)
		r = cmd_setup(&all, &conf->rules, &a->rules, 1, error);
	if (r == 0)
		r = pool_check_rules(&all.pool, rules_checked, &k, error);
	if (r < 0)
		return cmd_error("rules", "%s", error[0] ? error : strerror(-r));
	(void)printf("%u rule%s, %u example%s failed\n", k.rules, k.rules == 1 ? "" : "s", k.failed,
		k.failed == 1 ? "" : "s");
	return k.failed ? STATUS_FOUND : STATUS_CLEAN;
}

static bool
word_is(const struct rules_args *a, const char *word)
{
	return a->n_words > 0 && strcmp(a->words[0], word) == 0;
}

static int
rules_usage(const struct rules_args *a)
{
	if (a->n_words == 0 || (word_is(a, "list") && a->n_words == 1) || word_is(a, "check"))
		return 0;
	if (word_is(a, "show"))
		return a->n_words == 2 ? 0 : cmd_error("rules", "show: expected one rule id");
	return cmd_error("rules", "unknown word '%s': expected list, show ID or check [FILE]...",
		a->words[word_is(a, "list")]);
}

static int
rules_run(int argc, char **argv)
{
	_cleanup_(rules_args_free) struct rules_args a = {0};
	_cleanup_(conf_free) struct conf c = {0};
	_cleanup_(cmd_setup_free) struct cmd_setup s = {0};
	char error[512];
	int r = rules_args(argc, argv, &a);

	if (r == 0 && a.help) {
		verb_help(&verb_rules);
		return STATUS_CLEAN;
	}
	if (r == 0)
		r = rules_usage(&a);
	if (r)
		return r;
	if (rules_config(&a, &c, error) < 0 || cmd_setup(&s, &c.rules, &a.rules, 1, error) < 0)
		return cmd_error("rules", "%s", error);
	return word_is(&a, "check") ? rules_check(&a, &c, &s) : rules_with(&a, &s);
}

const struct verb verb_rules = {
	.name = "rules",
	.args = "[OPTION]... [list | show ID | check [FILE]...]",
	.summary = "List and explain the rules, or run their examples",
	.help = "      --rules DIR_OR_FILE  more rules; the same id replaces\n"
		"  -c, --config FILE        instead of " CONF_DEFAULT "\n"
		"  -h, --help               this text\n",
	.run = rules_run,
};
