/* `leakaudit findings`: the findings that stand in the store, worst first. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "cmd.h"
#include "review.h"

#include "base/poison.h"

static int
count_one(void *user, const struct stored *x)
{
	(void)x;
	*(bool *)user = true;
	return 1;
}

/* Nothing listed is no good news while content stayed unread. */
static int
status(const struct review *r, const struct review_args *a, const struct review_result *res)
{
	struct store_filter gaps = {.type = RECORD_GAP,
		.share = a->filter.share,
		.path = a->filter.path,
		.sort = STORE_BY_ROW,
		.limit = 1};
	bool some = false;
	int e;

	if (res->told)
		return STATUS_FOUND;
	e = r->each(r->source, &gaps, count_one, &some);
	if (e < 0)
		return e;
	return some ? STATUS_HIDDEN : STATUS_CLEAN;
}

static int
findings_run(int argc, char **argv)
{
	struct review_result res = {0};
	struct review_args a;
	char error[512];
	struct review r;
	int e = review_args(argc, argv, RECORD_FINDING, &a);

	if (e)
		return e;
	if (a.help) {
		verb_help(&verb_findings);
		return STATUS_CLEAN;
	}
	if (a.n_words || a.filter.reason)
		return cmd_error(
			"findings", "unexpected '%s'", a.n_words ? a.words[0] : "--reason");
	if (review_source(&a, "findings", &r, error) < 0)
		return cmd_error("findings", "%s", error);
	e = review_list(&r, &a, &res);
	if (e == 0)
		e = status(&r, &a, &res);
	r.close(r.source);
	if (e == -EPIPE)
		return STATUS_CLEAN;
	return e < 0 ? cmd_error("findings", "%s", review_why(&r, e)) : e;
}

static const char findings_help[] = "Which:\n"
				    "      --severity S          low, medium, high or critical; "
				    "may be given more than once\n"
				    "      --min-severity S      this and above\n"
				    "      --min-confidence C    low, medium or high and above\n"
				    "      --rule ID             of this rule\n"
				    "      --category ID         of this category\n"
				    "      --share NAME          of this share\n"
				    "      --path GLOB           in files that match, as in "
				    "gitignore\n"
				    "      --state STATE[,..]    new, known, changed, resolved, "
				    "open or all (open)\n"
				    "      --since TIME          in that state since 24h, 7d, "
				    "2026-11-21, 2026-11-21T22:10\n"
				    "How:\n"
				    "  -f, --format FORMAT       table, jsonl or csv (table)\n"
				    "      --sort KEY            score, path, first, last or count "
				    "(score)\n"
				    "  -r, --reverse             the other way round\n"
				    "  -n, --limit N             at most N\n" REVIEW_WHERE "\nExit "
				    "status:"
				    " 0 "
				    "none "
				    "and "
				    "nothing"
				    " hidden"
				    ", 1 "
				    "some, "
				    "2 "
				    "could "
				    "not "
				    "run, 3 "
				    "none, "
				    "but "
				    "there "
				    "are\n"
				    "gaps.\n";

const struct verb verb_findings = {
	.name = "findings",
	.args = "[OPTION]...",
	.summary = "List the findings that stand in the store",
	.help = findings_help,
	.run = findings_run,
};
