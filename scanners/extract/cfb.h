/*
 * cfb: the compound file (OLE2 structured storage) that old Office documents, Outlook messages and
 * encrypted new ones are kept in: a small FAT file system of streams within storages. Nothing in it
 * is believed: every sector number and chain is bounded by the size of the file.
 */
#ifndef EXTRACT_CFB_H
#define EXTRACT_CFB_H

#include "base/buf.h"
#include "base/reader.h"
#include "budget.h"
#include "limits.h"

#define CFB_NONE UINT32_MAX

enum cfb_type { CFB_FREE = 0, CFB_STORAGE = 1, CFB_STREAM = 2, CFB_ROOT = 5 };

struct cfb {
	struct reader *r; /* seekable: the file, or mem_r */
	struct budget *budget; /* asked for every byte of a stream */
	struct reader mem_r;
	struct buf mem; /* the file, when its reader cannot seek */
	uint64_t size;
	unsigned shift, mini_shift; /* log2 of the sizes of a sector and of a mini sector */
	uint32_t cutoff; /* streams below it are kept in mini sectors */
	uint32_t *fat, *mini_fat;
	uint32_t n_fat, n_mini_fat;
	uint32_t *mini; /* the sectors that hold the mini sectors */
	uint32_t n_mini;
	struct buf dir; /* entries of 128 bytes */
	uint32_t *first, *next; /* by entry: first child; next one in the same storage */
	uint32_t n; /* entries */
	uint32_t root; /* the storage that is looked at */
	bool damaged; /* something ends before it should */
	bool borrowed; /* all of it belongs to another (a storage read as a file) */
};

/*
 * Opens the compound file that r holds; one that cannot seek is read into memory. 0; -EMEDIUMTYPE:
 * none; -EOVERFLOW: too big to hold in memory; -ENOMEM; the budget's or the reader's -errno. On
 * failure nothing is left to close.
 */
int cfb_open(struct cfb *c, struct reader *r, struct budget *b);
void cfb_close(struct cfb *c);

/* Entries of a storage: first one, and the one behind; CFB_NONE at the end. In order of names. */
uint32_t cfb_first(const struct cfb *c, uint32_t storage);
uint32_t cfb_next(const struct cfb *c, uint32_t entry);

/* The entry of that name (ASCII, without case) and type in a storage, or CFB_NONE. */
uint32_t cfb_find(const struct cfb *c, uint32_t storage, const char *name, enum cfb_type type);

enum cfb_type cfb_type(const struct cfb *c, uint32_t entry);
uint64_t cfb_size(const struct cfb *c, uint32_t entry);

/* The name as UTF-8, appended; characters below 32 as they are. */
void cfb_name(const struct cfb *c, uint32_t entry, struct buf *ret_name);

/* The 16 bytes of the class id. */
const uint8_t *cfb_class(const struct cfb *c, uint32_t entry);

/* A stream as a reader that seeks. */
struct cfb_stream {
	struct reader r; /* first: its ops find the rest by it */
	struct cfb *c;
	uint32_t *sectors;
	uint32_t n;
	uint64_t at; /* of sequential reading */
	bool mini;
	/* Set behind cfb_stream_open(): deciphers in place what stands at off; NULL: it is in clear. */
	void (*decipher)(void *cipher, uint64_t off, uint8_t *p, size_t n);
	void *cipher;
};

/* Opens a stream; its size is what its chain can hold. 0 or -ENOMEM. */
int cfb_stream_open(struct cfb_stream *s, struct cfb *c, uint32_t entry);
void cfb_stream_close(struct cfb_stream *s);

/* Appends a whole stream of at most max bytes (the rest is left). 0, -ENOMEM or the budget's. */
int cfb_slurp(struct cfb *c, uint32_t entry, uint64_t max, struct buf *ret);

/*
 * A storage as if it were a file of its own: cfb_open() of its reader gives that storage as the root;
 * whoever reads it plainly sees a header and then all its streams one behind the other. c must stay.
 */
struct cfb_storage {
	struct reader r;
	struct cfb *c;
	uint32_t root, at; /* the stream being read plainly; CFB_NONE: the header */
	uint32_t left; /* entries that may still be looked at */
	uint32_t up[LIMIT_CFB_DEPTH]; /* where to go on in the storages around */
	unsigned depth;
	size_t head_at;
	bool open;
	struct cfb_stream s;
};
void cfb_storage_open(struct cfb_storage *st, struct cfb *c, uint32_t entry);
void cfb_storage_close(struct cfb_storage *st);

/*
 * For cfb_stream.c: the sectors of a chain that holds at most size bytes; *ret_list is the caller's
 * to free. 0 or -ENOMEM.
 */
int cfb_stream_chain(const struct cfb *c, uint32_t start, uint64_t size, bool mini,
	uint32_t **ret_list, uint32_t *ret_n);

/* For cfb.c: builds first and next from the trees of the directory. 0 or -ENOMEM. */
int cfb_index(struct cfb *c);

/* For cfb.c: r is a storage read as a file; then its cfb and entry. */
bool cfb_is_storage(const struct reader *r);

#endif
