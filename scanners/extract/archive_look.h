/*
 * archive_look: what can be known of an archive before the library opens it: where it begins behind
 * a stub, whether volumes are missing, and which members are encrypted and how.
 */
#ifndef EXTRACT_ARCHIVE_LOOK_H
#define EXTRACT_ARCHIVE_LOOK_H

#include "extract/archive_facts.h"
#include "item.h"

struct archive_view {
	enum format format;
	const char *word; /* "zip", "rar4", "tar" */
	const char *cipher; /* for an encrypted member without a fact of its own: "7z AES-256" */
	uint64_t base, end; /* as in struct archive_source */
	bool split; /* other volumes belong to it */
	bool locked; /* even the names are encrypted: nothing to open */
	bool rar5; /* a rar of the newer kind */
	bool all_encrypted; /* rar5: every file is */
	struct facts facts;
};

/* Is there an archive behind the program or the unknown bytes in r? FORMAT_UNKNOWN for none. */
enum format archive_behind(struct reader *r, bool executable, uint64_t *ret_base);

/*
 * Looks at the archive of `format` that is the item it and begins at base in r, which is it->r or
 * holds the same bytes. 0, -ENOMEM, or the reader's or the budget's -errno; *ret_view is the
 * caller's to end in any case.
 */
int archive_look(const struct item *it, struct reader *r, struct budget *b, enum format format,
	uint64_t base, struct archive_view *ret_view);

void archive_view_end(struct archive_view *v);

/* Does this block of 512 bytes head a tar member? By its checksum, so also without "ustar". */
bool tar_head(struct span s);

#endif
