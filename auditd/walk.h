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

/* The directory a file is in, for struct walk_memory. */
struct walk_here {
	int fd;
	dev_t dev;
	uint32_t root;
	const char *path; /* absolute bytes without a slash at the end; "" is "/" */
	size_t path_n;
	uint64_t key; /* the memory's own; 0 at first */
};

enum walk_verdict {
	WALK_READ, /* open it and give it */
	WALK_SKIP, /* it is as it was when it was read last: only counted */
	WALK_TELL, /* the same, but give it as WALK_KNOWN */
};

/* What is remembered of files; asked before a regular file of a root that is a folder is opened. */
struct walk_memory {
	enum walk_verdict (*known)(void *user, struct walk_here *here, const struct stat *st);
	/* Every entry of it has been given. Not called for one that was cut off. */
	void (*left)(void *user, struct walk_here *here);
	void *user;
};

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
	const struct walk_memory *memory; /* or NULL; outlives the walk */
};

struct walk_event {
	/* WALK_NONE: nothing for a while, so that the caller may look about; ask again. */
	enum { WALK_FILE, WALK_GAP, WALK_KNOWN, WALK_NONE } type;
	const char *path; /* absolute bytes; valid until the next walk_next() */
	size_t path_n;
	uint32_t root; /* index of the root it was found under */
	/* WALK_FILE: */
	int fd; /* the caller's from now on */
	struct stat st; /* WALK_KNOWN too */
	/* WALK_GAP: */
	enum gap_reason reason;
	bool hides;
	char detail[96];
};

struct walk_stats {
	uint64_t files, dirs; /* given; seen */
	uint64_t unchanged; /* files that the memory knows */
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
