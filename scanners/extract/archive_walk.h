/* archive_walk: every member of an opened archive, one after the other, becomes a child. */
#ifndef EXTRACT_ARCHIVE_WALK_H
#define EXTRACT_ARCHIVE_WALK_H

#include "extract/archive_look.h"
#include "extract/archive_member.h"

/*
 * Reads the archive that v describes from r and hands its members to s as children of the item at
 * hand. Returns as extractor.run; -EBADMSG when the library does not know the bytes as such an
 * archive at all (nothing has been put into s then).
 */
int archive_walk(struct sink *s, struct reader *r, struct archive_view *v);

/*
 * Says that the source failed (src->error), unless somebody has: returns 0, or the -errno to return
 * with. name: the member at hand, NULL for the item.
 */
int source_say(struct archive_source *src, struct sink *s, const struct archive_view *v,
	const struct span *name);

/* Says that the budget refused with `error`: returns it, or what the sink returns. */
int budget_say(struct sink *s, int error, const struct archive_view *v, const struct span *name);

/*
 * Says what came in the way of a member's data, if anything, once its reader is no longer used. f:
 * what its headers say, or NULL; q: what the child returned; name: the member, NULL for the item at
 * hand. Returns 0 to go on or the -errno to return with.
 */
int member_say(struct member *m, struct sink *s, const struct archive_view *v, const struct fact *f,
	int q, const struct span *name);

#endif
