/*
 * Office leaves a file "~$name.xlsx" beside an open document: 162 or 165 bytes that hold the name of who
 * has it open, and none of its content. Without this they would be gaps by the thousand.
 */
#include "extract/extract.h"

#include "base/poison.h"

#define NAME_MAX_BYTES 54u

static int
bid(const struct item *it)
{
	uint64_t size = it->r->size;

	if (!span_has(it->name, 0, "~$", 2) || (size != 162 && size != 165) || it->head.n != size)
		return 0;
	return it->head.p[0] > 0 && it->head.p[0] <= NAME_MAX_BYTES ? 90 : 0;
}

static int
run(struct item *it, struct sink *s)
{
	(void)s;
	it->mime = "application/x-ms-owner";
	return 0;
}

const struct extractor extract_owner = {
	.name = "owner",
	.formats = "Office owner files",
	.bid = bid,
	.run = run,
};
