/* sinkfix: records with ordinary and hostile names, and an output run over them into memory. */
#ifndef SINKFIX_H
#define SINKFIX_H

#include "sink.h"

#define SINKFIX_RECORDS 5u

/* Findings in a zip, under a hostile name, by name; two gaps. */
struct sinkfix {
	struct rule_info rules[3];
	struct finding findings[3];
	struct stat st;
	struct span names[2], hostile[1];
	struct record records[SINKFIX_RECORDS];
	struct scan_head head;
	struct rule_total totals[2];
	struct summary summary;
	const char *roots[2];
};

void sinkfix_init(struct sinkfix *x);

/* Runs the output over all records. Heap text, or NULL with what a call returned in *ret_r. */
char *sinkfix_run(
	const struct sinkfix *x, const char *output, const struct sink_options *o, int *ret_r);

/* Runs it into an open file until a call fails: that call's result, else 0. Closes nothing. */
int sinkfix_into(
	const struct sinkfix *x, const char *output, const struct sink_options *o, FILE *to);

/* Is the text exactly one JSON value (RFC 8259; strings valid UTF-8 without raw controls)? */
bool json_valid(const char *text, size_t n);

#endif
