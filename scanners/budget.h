/*
 * budget: what is left of bytes, items and time for one outer file, shared by all levels of
 * nesting below it. Whoever unpacks asks before it hands on.
 */
#ifndef BUDGET_H
#define BUDGET_H

#include <stdbool.h>
#include <stdint.h>

struct budget {
	uint64_t bytes; /* unpacked bytes that may still come */
	uint64_t items; /* inner items that may still come */
	uint64_t item_cpu_end; /* CPU clock, ns, at which the present item is cut off */
	bool unstarted; /* the clock was not looked at yet: item_cpu_end counts from when it is */
	uint64_t ticks; /* calls of budget_tick(), to look at the clock now and then */
	volatile uint64_t
		*progress; /* the shared page's heart-beat, raised by every tick; or NULL */
	int blown; /* 0, or the first -errno below, kept for all levels */
};

/* A fresh budget for an outer file of `size` bytes. */
void budget_start(struct budget *b, uint64_t size, volatile uint64_t *progress);

/* n unpacked bytes are about to be used: 0, or -EFBIG for ever after. */
int budget_bytes(struct budget *b, uint64_t n);

/* One more inner item: 0, or -E2BIG for ever after. */
int budget_item(struct budget *b);

/*
 * Work goes on: raises the heart-beat and now and then looks at the CPU clock. 0, or -ETIME once
 * the present item has used LIMIT_ITEM_CPU_SEC. Call it once for every few KiB or few rows.
 */
int budget_tick(struct budget *b);

/*
 * A child item of `size` bytes (UINT64_MAX: not known) begins: it gets its own CPU limit. Returns
 * what budget_item_end() wants back.
 */
uint64_t budget_item_begin(struct budget *b, uint64_t size);

/* The child ends: its time is not its parent's, whose own limit goes on; -ETIME is forgotten. */
void budget_item_end(struct budget *b, uint64_t saved);

#endif
