/*
 * values: how many distinct values each finding has, and each rule over the whole scan, exactly and
 * in bounded memory. It sees keyed fingerprints, never a value.
 */
#ifndef VALUES_H
#define VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct values_options {
	size_t pending_bytes; /* runs kept in memory before their finding comes; 0 = 8 MiB */
	size_t table_values; /* values of the whole scan kept in memory; 0 = 1 Mi */
	uint64_t spool_bytes; /* what the temporary file may hold; 0 = what the disk has */
};

struct values;

/* A number of distinct values. */
struct distinct {
	uint64_t n;
	bool exact; /* else a lower bound: memory or the temporary file's disk was full */
	bool any; /* some run came; else n is 0 */
};

int values_new(const struct values_options *o, uint16_t n_rules, struct values **ret_v);

/*
 * A sorted run of distinct fingerprints for the finding `id` (record.h) of the file `file`. 0;
 * -EBADMSG when it is not sorted and distinct (a worker's lie); -ERANGE for a rule there is not.
 */
int values_run(
	struct values *v, uint64_t file, uint64_t id, uint16_t rule, const uint64_t *fp, size_t n);

/* Distinct values of the finding so far. 0 or -errno (the temporary file cannot be read). */
int values_count(struct values *v, uint64_t id, struct distinct *ret_d);

/*
 * The finding's distinct values so far, ascending, at most max of them, into ret_fp. *ret_all: there
 * are no more; also when no run came.
 */
void values_list(
	struct values *v, uint64_t id, uint64_t *ret_fp, size_t max, size_t *ret_n, bool *ret_all);

/* The finding is reported: its values join the rule's. Its runs are gone then. 0 or -errno. */
int values_keep(struct values *v, uint64_t id);

/* The finding is not reported: its runs are gone. */
void values_drop(struct values *v, uint64_t id);

/* A file is done: runs of it whose finding never came are gone. */
void values_file_end(struct values *v, uint64_t file);

/* Distinct values of a rule over all findings kept. 0 or -errno. */
int values_total(struct values *v, uint16_t rule, struct distinct *ret_d);

/* The first -errno of the temporary file or of memory, 0 for none: numbers are lower bounds since. */
int values_error(const struct values *v);

void values_free(struct values *v);

#endif
