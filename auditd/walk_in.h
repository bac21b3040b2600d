/* walk_in: what the files of the walk share. Private to auditd/walk*.c. */
#ifndef WALK_IN_H
#define WALK_IN_H

#include <stdio.h>
#include <sys/types.h>

#include "base/buf.h"
#include "exclude.h"
#include "idset.h"
#include "walk.h"

/* Opens without following links and, where allowed, without touching access times. */
struct opener {
	bool openat2; /* the kernel and our confinement know it */
	bool noatime; /* O_NOATIME at open was never refused */
	bool atime_kept;
	struct {
		dev_t dev;
		uid_t uid;
		bool set;
	} refused[64]; /* owners whose files do not let us keep the time */
};

void opener_init(struct opener *o);

/*
 * Opens one component below dirfd, O_NOFOLLOW | O_NONBLOCK | flags, and stats it. A descriptor or
 * -errno. opener_path() opens an absolute path of any length whose parents may be links; the last
 * component may be one too when `follow`.
 */
int opener_at(struct opener *o, int dirfd, const char *name, int flags, struct stat *ret_st);
int opener_path(struct opener *o, const char *path, int flags, bool follow, struct stat *ret_st);

/* The parent of an absolute path and the name in it; -1 as descriptor stands for AT_FDCWD. */
int path_parent(const char *path, int *ret_fd, const char **ret_name);

/* O_PATH descriptor of the directory rel (slashes between names) below dirfd, links refused. */
int descend(int dirfd, struct span rel, int *ret_fd);

/* What a mounted file system is, by fstatfs. */
enum mount_kind { MOUNT_LOCAL, MOUNT_NETWORK, MOUNT_PSEUDO };
enum mount_kind mount_kind(int fd, dev_t dev);

/* Is it a stub whose content lies elsewhere and would be called back by reading? */
bool file_offline(int fd, const struct stat *st);

/* The DOS attribute bits in Samba's user.DOSATTRIB; 0 when it is not understood. */
uint32_t dosattrib_parse(struct span blob);

/* One open directory of the chain from the root down. */
struct dir {
	int fd; /* -1: closed for want of descriptors, see dir_reopen() */
	dev_t dev;
	ino_t ino;
	size_t path_n; /* bytes of walk.path that name it */
	uint8_t *batch; /* entries as the kernel gave them */
	uint32_t *order; /* offsets into batch, files first, by name */
	size_t n_order, at;
	off_t batch_off, next_off;
	bool end, last_dir; /* nothing more to read; the entry given last was a directory */
	bool opened; /* a file in it could be opened */
	bool cut; /* not all of its entries could be had */
	uint64_t key; /* the memory's (walk.h) */
	uint64_t denied; /* files that could not */
	struct buf held; /* names of the first of them, NUL after each */
	size_t held_n, held_at;
};

struct entry {
	const char *name;
	uint8_t type;
};

/* The next entry: 1, 0 at the end, -errno. */
int dir_next(struct dir *d, struct entry *ret_e);

/* Goes on behind the entry of that name after the directory was opened anew. */
int dir_resume(struct dir *d, const char *last);
void dir_park(struct dir *d);
void dir_close(struct dir *d);

struct root {
	char *path; /* absolute; no slash at its end: "" is "/" */
	dev_t dev;
	ino_t ino;
	bool dir, special, again; /* again: the same as a former one */
};

struct busy {
	char *path;
	uint32_t root;
};

struct walk {
	struct opener opener;
	struct walk_stats stats;
	const struct walk_memory *memory;
	struct exclude excludes, includes;
	bool no_default_excludes, one_file_system, done;
	unsigned max_depth;
	uint64_t max_file;
	struct root *roots;
	size_t n_roots, root; /* root: the next to be begun */
	uint32_t root_now;
	struct idset root_ids, links;
	bool file_roots;
	char *cwd;
	FILE *list; /* files_from */
	int list_sep;
	char *line;
	size_t line_cap;
	struct dir *dirs;
	size_t n_dirs, cap_dirs, oldest, max_held; /* levels from oldest on are held, and level 0 */
	struct buf path;
	struct busy *busy;
	size_t n_busy, busy_at, busy_kept;
	unsigned busy_round;
};

int walk_roots(struct walk *w, const struct walk_options *o, char ret_error[512]);

/* Absolute path of p: cwd before a relative one, "." and double slashes gone. Heap, or NULL. */
char *path_absolute(const char *cwd, const char *p);

/* ".." behind a link leads elsewhere than the text says: only the kernel knows. */
bool has_dotdot(const char *p);

/* Makes walk.path its first n bytes. */
void walk_cut(struct walk *w, size_t n);

/* The stack of directories. chain_enter() takes fd over, named by walk.path as it stands. */
int chain_enter(struct walk *w, int fd, const struct stat *st);

/* Leaves the lowest for the one above, which may have to be opened again: 1 a gap, 0, -errno. */
int chain_leave(struct walk *w, struct walk_event *e);

/* Closes the uppermost held directory below the root. False when there is none to spare. */
bool chain_park(struct walk *w);

/* Steps: 1 event, 0 nothing yet, -errno. */
int dir_step(struct walk *w, struct walk_event *e);
int list_step(struct walk *w, struct walk_event *e);
int busy_step(struct walk *w, struct walk_event *e);
int busy_add(struct walk *w, const char *path);

/* Leaves the lowest directory in the memory's hands when all of it was given. */
void dir_left(struct walk *w);

/* Was the file given before under another name? */
bool walk_again(struct walk *w, const struct stat *st);

/* An event about walk.path as it stands. */
int walk_known(struct walk *w, struct walk_event *e, const struct stat *st);
int walk_gap(struct walk *w, struct walk_event *e, enum gap_reason reason, bool hides,
	const char *detail);

/* Gives an opened file, or says why not. Takes fd over. */
int walk_file(struct walk *w, struct walk_event *e, int fd, const struct stat *st);

/* What failing to open walk.path means; r is the -errno. */
int walk_failed(struct walk *w, struct walk_event *e, int r);

#endif
