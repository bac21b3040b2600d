/*
 * archive_member: the reader of one archive entry's data. Damage ends it as an end of data does,
 * so that what was there still counts; its owner looks at `status` afterwards and says so. A blown
 * budget is an error that the child sees.
 */
#ifndef EXTRACT_ARCHIVE_MEMBER_H
#define EXTRACT_ARCHIVE_MEMBER_H

#include "extract/archive_open.h"
#include "extract/zip_stream.h"

#define MEMBER_BLOCK (64 * KIB) /* bytes of a plain zip's member at a time */

struct member {
	struct reader r; /* first: its ops find the rest by it */
	struct archive *a; /* NULL: the member of a plain zip */
	struct zip_stream *plain;
	uint8_t *room; /* MEMBER_BLOCK bytes for that */
	struct archive_source *src;
	struct span block; /* given by the library, not yet handed on */
	uint64_t hole; /* zeros to hand on before it */
	uint64_t next; /* offset in the member behind what the library gave */
	uint64_t left; /* bytes that may still be handed on; UINT64_MAX for no bound */
	int status; /* ARCHIVE_OK, then _EOF, or _FAILED or _FATAL: no more comes */
	bool warned; /* the data are not quite what they should be (a checksum) */
	int blown; /* -errno the budget gave to this very reader */
};

/*
 * Begins at the entry a has just read the header of. size: as declared, UINT64_MAX if not known;
 * cut: nothing beyond the declared size is believed.
 */
void member_start(
	struct member *m, struct archive *a, struct archive_source *src, uint64_t size, bool cut);

/* The same for the member of a plain zip that `plain` has begun with. */
void member_start_plain(struct member *m, struct zip_stream *plain, uint8_t *room,
	struct archive_source *src, uint64_t size);

#endif
