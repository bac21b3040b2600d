/*
 * walk: finds the files to read. Holds a descriptor for each open directory and opens one path
 * component at a time with O_NOFOLLOW; opens regular files O_NONBLOCK and, where allowed,
 * O_NOATIME. It reads no content. What it cannot give is a gap.
 */
#ifndef WALK_H
#define WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "item.h"

struct walk_options {
	const char *const *roots; /* as given by the user; files or directories */
	size_t n_roots;
	/*
	 * Path of a list, "-" = standard input; NULL = walk the roots. Folders and symbolic links
	 * in it are only counted; excludes are matched against the paths as they stand there.
	 */
	const char *files_from;
	bool nul; /* -0: the list is NUL-separated */
	const char *const *excludes; /* gitignore-style, in order; "!" re-includes */
	size_t n_excludes;
	const char *const *includes; /* when any: only files that match one */
	size_t n_includes;
	const char *exclude_from; /* file with patterns, or NULL */
	bool no_default_excludes; /* else snapshot directories and network mounts are pruned */
	bool one_file_system;
	unsigned max_depth; /* 0 = none; 1 = the roots' own entries */
	uint64_t max_file; /* bytes; 0 = none; a larger file is a gap too-big */
};

struct walk_event {
	enum { WALK_FILE, WALK_GAP } type;
	const char *path; /* absolute bytes; valid until the next walk_next() */
	size_t path_n;
	/* WALK_FILE: */
	int fd; /* the caller's from now on */
	struct stat st;
	uint32_t root; /* index of the root it was found under */
	/* WALK_GAP: */
	enum gap_reason reason;
	bool hides;
	char detail[96];
};

struct walk_stats {
	uint64_t files, dirs; /* given; seen */
	uint64_t links, specials; /* not followed; not opened */
	uint64_t hardlinks; /* given already under another name */
	uint64_t pruned_snapshot, pruned_network, pruned_pseudo; /* directories not entered */
	uint64_t excluded; /* entries left out by a pattern, max_depth or -x */
	bool atime_kept; /* O_NOATIME worked for every file so far */
};

struct walk;

/*
 * Looks up the roots and reads the pattern files. A root that is a symbolic link is followed; one
 * given twice is walked once, and one below another is walked as its own root only. The present
 * directory is not used afterwards. 0; -ENOENT and the like with the offending path or pattern
 * in ret_error ("FILE:LINE: message" for pattern files).
 */
int walk_new(const struct walk_options *o, struct walk **ret_w, char ret_error[512]);

/* The absolute, normalised path of root i, for the scan record. */
const char *walk_root(const struct walk *w, size_t i);

/*
 * The next event: 1 with *ret_e filled, 0 at the end, -errno when the walk cannot go on.
 * A directory has its entries given in name order only within what one pass holds in memory;
 * a million entries in one directory cost bounded memory.
 */
int walk_next(struct walk *w, struct walk_event *ret_e);

/* A file that was busy (leased) is given again at the end of the walk; at most three times. */

const struct walk_stats *walk_stats(const struct walk *w);

/* True when the walk reached its end (contract: `complete`). */
bool walk_done(const struct walk *w);

void walk_free(struct walk *w);

#endif
