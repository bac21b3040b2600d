/*
 * archive_member: the reader of one archive entry's data. Damage ends it as an end of data does,
 * so that what was there still counts; its owner looks at `status` afterwards and says so. A blown
 * budget is an error that the child sees.
 */
#ifndef EXTRACT_ARCHIVE_MEMBER_H
#define EXTRACT_ARCHIVE_MEMBER_H

#include "extract/archive_open.h"

struct member {
	struct reader r; /* first: its ops find the rest by it */
	struct archive *a;
	struct archive_source *src;
	struct span block; /* given by the library, not yet handed on */
	uint64_t hole; /* zeros to hand on before it */
	uint64_t next; /* offset in the member behind what the library gave */
	uint64_t left; /* bytes that may still be handed on; UINT64_MAX for no bound */
	int status; /* ARCHIVE_OK, then _EOF, or _FAILED or _FATAL: no more comes */
	bool warned; /* the library was not quite happy with the data (a checksum) */
	int blown; /* -errno the budget gave to this very reader */
};

/*
 * Begins at the entry a has just read the header of. size: as declared, UINT64_MAX if not known;
 * cut: nothing beyond the declared size is believed.
 */
void member_start(
	struct member *m, struct archive *a, struct archive_source *src, uint64_t size, bool cut);

#endif
