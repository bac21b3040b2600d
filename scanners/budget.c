/*
 * The clock is the thread's CPU time: a machine under load must not turn slowness into gaps. It is a
 * system call, and a small file is done before the first look at it would come.
 */
#include "budget.h"

#include <errno.h>
#include <time.h>

#include "limits.h"

#include "base/poison.h"

#define NS_PER_SEC 1000000000ull

static uint64_t
cpu_now(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) < 0)
		return 0;
	return (uint64_t)t.tv_sec * NS_PER_SEC + (uint64_t)t.tv_nsec;
}

/* CPU nanoseconds for an item: a fixed part and more for a large one. */
static uint64_t
allowance(uint64_t size)
{
	uint64_t more = size == UINT64_MAX ? 0 : size / LIMIT_CPU_BYTES;

	if (more > LIMIT_ITEM_CPU_MAX)
		more = LIMIT_ITEM_CPU_MAX;
	return (LIMIT_ITEM_CPU_SEC + more) * NS_PER_SEC;
}

void
budget_start(struct budget *b, uint64_t size, volatile uint64_t *progress)
{
	uint64_t bytes;

	if (__builtin_mul_overflow(size, LIMIT_UNPACKED_RATIO, &bytes))
		bytes = UINT64_MAX;
	if (bytes < LIMIT_UNPACKED_MIN)
		bytes = LIMIT_UNPACKED_MIN;
	*b = (struct budget){
		.bytes = bytes, .items = size / LIMIT_ITEM_BYTES, .progress = progress};
	if (b->items < LIMIT_ITEMS)
		b->items = LIMIT_ITEMS;
	b->item_cpu_end = allowance(size);
	b->unstarted = true;
}

int
budget_bytes(struct budget *b, uint64_t n)
{
	if (!b->blown && n > b->bytes)
		b->blown = -EFBIG;
	if (!b->blown)
		b->bytes -= n;
	return b->blown;
}

int
budget_item(struct budget *b)
{
	if (!b->blown && b->items == 0)
		b->blown = -E2BIG;
	if (!b->blown)
		b->items--;
	return b->blown;
}

/* The present moment, at which the clock starts if it has not. */
static uint64_t
look(struct budget *b)
{
	uint64_t now = cpu_now();

	if (b->unstarted)
		b->item_cpu_end += now;
	b->unstarted = false;
	return now;
}

int
budget_tick(struct budget *b)
{
	if (b->progress)
		*b->progress += 1;
	if (!b->blown && (++b->ticks & 63) == 0 && look(b) > b->item_cpu_end)
		b->blown = -ETIME;
	return b->blown;
}

uint64_t
budget_item_begin(struct budget *b, uint64_t size)
{
	uint64_t now = look(b);
	uint64_t left = b->item_cpu_end > now ? b->item_cpu_end - now : 0;

	b->item_cpu_end = now + allowance(size);
	return left;
}

void
budget_item_end(struct budget *b, uint64_t saved)
{
	b->item_cpu_end = cpu_now() + saved;
	if (b->blown == -ETIME)
		b->blown = 0;
}
