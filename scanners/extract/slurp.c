/*
 * The size a container declares is a hint and no more: memory grows with the bytes that really
 * come, so a lie costs address space of at most one small reservation.
 */
#include "extract/slurp.h"

#include <errno.h>

#include "limits.h"

#include "base/poison.h"

#define PIECE (64 * KIB)

int
reader_slurp(struct reader *r, struct budget *b, uint64_t max, struct buf *ret)
{
	uint64_t left = r->size != UINT64_MAX && r->size > r->pos ? r->size - r->pos : 0;

	if (left > max)
		return -EOVERFLOW;
	if (left && !buf_room(ret, left < LIMIT_SLURP_AHEAD ? (size_t)left : LIMIT_SLURP_AHEAD))
		return -ENOMEM;
	for (;;) {
		uint8_t *to = buf_room(ret, PIECE);
		ssize_t got;
		int q;

		if (!to)
			return -ENOMEM;
		got = reader_read(r, to, PIECE);
		if (got <= 0)
			return (int)got;
		if ((uint64_t)got > max - ret->n)
			return -EOVERFLOW;
		ret->n += (size_t)got;
		q = budget_tick(b);
		if (q < 0)
			return q;
	}
}
