/*
 * pst: Outlook stores (MS-PST: pst, ost, pab; ANSI, Unicode and Unicode with pages of 4 KiB) in layers,
 * each of which knows only the one before: pages and blocks (pst_block.c), nodes (pst_node.c) and their
 * content (pst_stream.c), heaps (pst_heap.c) of properties (pst_values.c) and tables (pst_table.c),
 * messages (pst_item.c) and their attachments (pst_attach.c). What is damaged is counted and left out.
 */
#ifndef EXTRACT_PST_H
#define EXTRACT_PST_H

#include "base/buf.h"
#include "item.h"

/* Where a page or block is. */
struct pst_ref {
	uint64_t bid, at;
};

struct pst {
	struct reader *src; /* seeks */
	struct reader mem_r; /* of a store out of a stream */
	struct buf mem;
	struct budget *budget;
	struct item *it;
	struct sink *s;
	bool wide; /* numbers of 64 bits */
	bool big; /* pages of 4 KiB, blocks of 64, which may be deflated */
	unsigned page; /* bytes of a page, */
	unsigned page_end, block_end; /* of its trailer and of a block's, */
	unsigned block, slot; /* of the largest block with it, and what blocks are a multiple of */
	uint8_t crypt;
	struct pst_ref nodes, blocks; /* the roots of the two trees */
	uint8_t *pages; /* PST_CACHED of them */
	uint64_t *page_at; /* where each comes from + 1; 0: nothing there */
	uint8_t *packed; /* big: a block before it is inflated */
	uint64_t lost; /* pages, blocks and nodes that could not be had */
	uint64_t wrong; /* ... that have a wrong checksum */
	uint64_t told; /* of these, what was said of single messages */
	bool too_big; /* a value of the message at hand was left out for its size */
	unsigned codepage; /* of 8-bit strings that do not say their own */
};

/*
 * Opens the store in r, taking it into memory when it does not seek. 0; -EBADMSG not a store of a known
 * kind; -EOVERFLOW too large for memory; -ENOMEM; the reader's -errno. pst_close() in any case.
 */
int pst_open(struct pst *p, struct reader *r);
void pst_close(struct pst *p);

/* --- pst_crypt.c --- */

/* MS-PST 5.1, mpbbI: what a permuted byte stands for. */
extern const uint8_t pst_meaning[256];

/* Undoes the encoding of a block's n bytes (MS-PST 5.1, 5.2): 1 by a table, 2 with the block's number. */
void pst_decode(uint8_t crypt, uint64_t bid, uint8_t *b, size_t n);

/* --- pst_block.c --- */

/* A page of that type that says it is this one; NULL: there is none. Valid until the next call. */
const uint8_t *pst_page(struct pst *p, struct pst_ref ref, uint8_t type);

/* The entries of a page of a tree. False: nonsense. */
struct pst_entries {
	const uint8_t *p;
	unsigned n, size, level;
};
bool pst_entries(const struct pst *p, const uint8_t *page, struct pst_entries *ret_e);

/* A number that is as wide as the store's, at p. */
uint64_t pst_number(const struct pst *p, const uint8_t *at);

/* What a block says of itself is content: its bytes, 0 when there is no such block. */
size_t pst_block_size(struct pst *p, uint64_t bid);

/* Reads block bid to `to`, of p->block bytes. Its length, or 0: it cannot be had. */
size_t pst_block(struct pst *p, uint64_t bid, uint8_t *to);

/* --- pst_node.c --- */

/* A node's content and the nodes below it: numbers of blocks, 0 for none. */
struct pst_node {
	uint32_t nid, parent;
	uint64_t data, sub;
};

enum pst_node_type { PST_FOLDER = 2, PST_SEARCH = 3, PST_MESSAGE = 4, PST_ATTACHMENT = 5 };

#define PST_TYPE(nid) ((nid)&0x1Fu)

typedef int pst_node_fn(void *user, const struct pst_node *n);

/* Calls back for all nodes of the store in the order of their numbers; what it returns ends it. */
int pst_walk(struct pst *p, pst_node_fn *node, void *user);

/* The same for the nodes below one. */
int pst_walk_below(struct pst *p, uint64_t sub, pst_node_fn *node, void *user);

/* The node of that number below one. */
bool pst_below(struct pst *p, uint64_t sub, uint32_t nid, struct pst_node *ret_n);

/* --- pst_stream.c --- */

/* A node's content: blocks one behind the other. */
struct pst_stream {
	struct pst *p;
	uint64_t size;
	struct buf parts; /* struct pst_part */
	uint8_t *block; /* the one at hand: */
	size_t block_at, block_n; /* which, + 1; its bytes */
};

/* False: nothing of it can be had. pst_stream_end() in any case. */
bool pst_stream(struct pst_stream *d, struct pst *p, uint64_t bid);
void pst_stream_end(struct pst_stream *d);

/* How many blocks there are. */
size_t pst_stream_blocks(const struct pst_stream *d);

/* Block i, until the next call. Empty: it cannot be had. */
struct span pst_stream_block(struct pst_stream *d, size_t i);

/* Bytes at an offset, as reader_pread(). What cannot be had is zeros. -ENOMEM. */
ssize_t pst_stream_pread(struct pst_stream *d, void *to, size_t n, uint64_t off);

/* --- pst_heap.c --- */

/* A node's content as a heap, and what its root leads to. */
struct pst_heap {
	struct pst *p;
	struct pst_node node;
	struct buf bytes; /* the blocks, one behind the other */
	struct buf starts; /* where each begins: uint32_t */
	uint8_t client; /* 0xBC properties, 0x7C a table */
	uint32_t root;
};

/* 0, -EBADMSG, -ENOMEM. pst_heap_end() in any case. */
int pst_heap(struct pst_heap *h, struct pst *p, const struct pst_node *n);
void pst_heap_end(struct pst_heap *h);

/* An allocation; empty for none. */
struct span pst_heap_get(const struct pst_heap *h, uint32_t hid);

/* The records of the tree whose header is allocation hid; false when damaged. */
bool pst_heap_tree(
	const struct pst_heap *h, uint32_t hid, unsigned key, unsigned value, struct buf *out);

/*
 * Appends a value by its number, out of the heap or a node of its own; at most `max` bytes. False: there
 * is none, it is damaged (p->lost) or too large (p->too_big).
 */
bool pst_heap_value(const struct pst_heap *h, uint32_t hnid, size_t max, struct buf *out);

/* --- pst_values.c --- */

/* One property, its value as it stands in the store. */
struct pst_value {
	unsigned id, type;
	struct buf data;
};

/* The properties of a node. */
struct pst_props {
	struct pst_heap heap;
	struct buf records;
	size_t n;
};

/* 0, -EBADMSG, -ENOMEM. pst_props_end() in any case. */
int pst_props(struct pst_props *set, struct pst *p, const struct pst_node *n);
void pst_props_end(struct pst_props *set);

/* Property `at` of a set. False when it cannot be had, or is no string, binary or time. */
bool pst_value_at(const struct pst_props *set, size_t at, struct pst_value *v);

/* The same by its id. */
bool pst_value_of(const struct pst_props *set, unsigned id, struct pst_value *v);

/* What a property's record holds itself: a small number, or where its value is. 0 for none. */
uint32_t pst_number_of(const struct pst_props *set, unsigned id, unsigned *ret_type);

/* Is it a string (or several)? */
bool pst_is_string(const struct pst_value *v);

/* Appends a string's text in UTF-8. Blanks at its end are left out. */
void pst_put(struct buf *out, const struct pst_value *v, unsigned codepage);

/* Appends "2014-11-24" of a value that is a time; nothing otherwise. */
void pst_put_date(struct buf *out, const struct pst_value *v);

/* Appends the mail's name: mail-HASH-DATE. */
void pst_name(struct buf *out, const struct pst *p, const struct pst_props *set);

/* --- pst_table.c --- */

/*
 * Calls back for each row of a table (recipients) with its strings of these ids, in UTF-8, a blank before
 * each. 0, -ENOMEM, or what `row` or the budget returned. What is damaged is counted.
 */
int pst_table_rows(struct pst *p, const struct pst_node *n, const unsigned *ids, size_t n_ids,
	unsigned codepage, int (*row)(void *user, struct span words), void *user);

/* --- pst_item.c --- */

/* Is this the reader of a message? */
bool pst_is_message(const struct reader *r);

/* Hands a message on as a child of s's item. 0 or the sink's -errno. */
int pst_child(struct pst *p, struct sink *s, const struct pst_node *n);

/* Reads a message. As extractor.run. */
int pst_message_run(struct item *it, struct sink *s);

/* --- pst_attach.c --- */

/* Hands on what is attached to a message: files, messages; names of files elsewhere. As the sink. */
int pst_attachments(
	struct pst *p, struct sink *s, const struct pst_node *message, unsigned codepage);

#endif
