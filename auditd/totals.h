/*
 * totals: the numbers of a scan for its summary: how much was read, and for each rule copies, files
 * and distinct values.
 */
#ifndef TOTALS_H
#define TOTALS_H

#include "sink.h"
#include "values.h"

struct totals;

/* The catalogue outlives the totals. 0 or -ENOMEM. */
int totals_new(const struct catalogue *c, struct totals **ret_t);

/* A finding of `file` (record.h) is reported; plain: distinct values that struct values lacks. */
int totals_finding(struct totals *t, uint64_t file, const struct finding *f, uint64_t plain);

/* Distinct values of a finding of that rule are not to be had: there are at least so many. */
void totals_least(struct totals *t, uint16_t rule, uint64_t unique);

/* The file is done: a later one is another file. */
void totals_file_end(struct totals *t, uint64_t file);

/*
 * The rules with findings, by id, into a heap array. *ret_exact tells whether every number of
 * distinct values is exact. 0 or -errno.
 */
int totals_list(const struct totals *t, struct values *v, struct rule_total **ret_totals,
	size_t *ret_n, bool *ret_exact);

void totals_free(struct totals *t);

#endif
