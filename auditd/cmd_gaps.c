/* `leakaudit gaps`: what the scans of a store could not look into. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "review.h"

#include "base/poison.h"

static int
gaps_run(int argc, char **argv)
{
	struct review_result res = {0};
	struct review_args a;
	char error[512];
	struct review r;
	int e = review_args(argc, argv, RECORD_GAP, &a);

	if (e)
		return e;
	if (a.help) {
		verb_help(&verb_gaps);
		return STATUS_CLEAN;
	}
	if (a.n_words || a.filter.rule || a.filter.category || a.filter.severities ||
		a.filter.min_confidence)
		return cmd_error("gaps", "unexpected %s", a.n_words ? a.words[0] : "option");
	if (a.filter.sort == STORE_BY_SCORE)
		a.filter.sort = STORE_BY_PATH;
	if (review_source(&a, "gaps", &r, error) < 0)
		return cmd_error("gaps", "%s", error);
	e = review_list(&r, &a, &res);
	r.close(r.source);
	if (e == -EPIPE)
		return STATUS_CLEAN;
	if (e == -EINVAL)
		return cmd_error("gaps", "no such reason or pattern");
	if (e < 0)
		return cmd_error("gaps", "%s", review_why(&r, e));
	return res.hiding ? STATUS_HIDDEN : STATUS_CLEAN;
}

static const char gaps_help[] = "Which:\n"
				"      --reason REASON       encrypted, corrupt, too-big, denied "
				"...\n"
				"      --share NAME          of this share\n"
				"      --path GLOB           in files that match, as in gitignore\n"
				"      --state STATE[,..]    new, known, changed, resolved, open "
				"or all (open)\n"
				"      --since TIME          in that state since 24h, 7d, "
				"2026-11-21, 2026-11-21T22:10\n"
				"How:\n"
				"  -f, --format FORMAT       table, jsonl or csv (table)\n"
				"      --sort KEY            path, first or last (path)\n"
				"  -r, --reverse             the other way round\n"
				"  -n, --limit N             at most N\n" REVIEW_WHERE "\nExit "
				"status: 0 "
				"none that "
				"hides "
				"content, 2 "
				"could not "
				"run, 3 "
				"some that "
				"do.\n";

const struct verb verb_gaps = {
	.name = "gaps",
	.args = "[OPTION]...",
	.summary = "List what could not be looked into",
	.help = gaps_help,
	.run = gaps_run,
};
