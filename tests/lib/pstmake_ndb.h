/* pstmake_ndb: the lower half of an Outlook store (MS-PST 2.2 and 2.3): blocks and nodes, heaps of properties. */
#ifndef PSTMAKE_NDB_H
#define PSTMAKE_NDB_H

#include "base/buf.h"
#include "pstmake.h"

/* --- blocks and nodes --- */

struct ndb_block {
	uint64_t bid, at;
	uint16_t n, stored; /* stored: deflated */
};

struct ndb_node {
	uint32_t nid, parent;
	uint64_t data, sub;
};

/* How the three layouts differ. */
struct ndb_layout {
	unsigned w; /* bytes of a number */
	unsigned page, page_end; /* of a page, and of its trailer */
	unsigned content, block_end,
		slot; /* the most a block holds, its trailer, what it is a multiple of */
	uint64_t first_map, map_span; /* allocation maps */
};

struct ndb {
	FILE *f;
	struct pstmake_options o;
	struct ndb_layout y;
	uint64_t at, next_bid;
	uint32_t next_nid; /* the index part */
	struct ndb_block *blocks;
	struct ndb_node *nodes;
	size_t n_blocks, n_nodes;
};

void ndb_begin(struct ndb *d, FILE *f, const struct pstmake_options *o);

/* Writes bytes as a tree of blocks; chunks: each a block. 0 for none. */
uint64_t ndb_data(struct ndb *d, struct span bytes);
uint64_t ndb_chunks(struct ndb *d, const struct span *chunks, size_t n);

/* Writes a list of nodes within a node. 0 for none. */
uint64_t ndb_subnodes(struct ndb *d, const struct ndb_node *list, size_t n);

void ndb_node(struct ndb *d, uint32_t nid, uint32_t parent, uint64_t data, uint64_t sub);

/* A node number of that type that was not used before. */
uint32_t ndb_nid(struct ndb *d, unsigned type);

/* Writes the trees and the header. The size of the file. */
uint64_t ndb_end(struct ndb *d);

/* --- for pstmake_tree.c --- */

enum ndb_page { NDB_BBT = 0x80, NDB_NBT = 0x81, NDB_AMAP = 0x84 };

/* Little-endian, n bytes. */
void ndb_put(uint8_t *p, uint64_t v, unsigned n);

/* Writes bytes at an offset; a page there, with its trailer. */
void ndb_write(struct ndb *d, uint64_t at, const void *p, size_t n);
void ndb_write_page(struct ndb *d, uint8_t *page, uint8_t type, uint64_t bid, uint64_t at);

/* Room for n bytes that is not across an allocation map. */
uint64_t ndb_room(struct ndb *d, size_t n, unsigned align);

/* A block's number that was not used before. */
uint64_t ndb_bid(struct ndb *d, bool internal);

/* MS-PST 5.3 */
uint32_t ndb_crc(const uint8_t *p, size_t n);

#define NDB_HEAP    8168u /* bytes of a heap's block: fits all layouts */
#define NDB_CONTENT 65512u /* the most that a block holds in any layout */

/* --- contexts: properties and tables in a heap, large values in nodes below --- */

struct ltp_value {
	uint32_t id, type; /* 0x0037, 0x1F */
	uint64_t number; /* of a fixed type */
	struct span bytes; /* of others: UTF-8 for 0x1F */
};

struct ltp {
	struct ndb *d;
	struct ndb_node *subs;
	size_t n_subs;
};

void ltp_begin(struct ltp *l, struct ndb *d);
void ltp_sub(struct ltp *l, uint32_t nid, uint64_t data, uint64_t sub);

/* Values ascend by id. The data of the node; what is large has become nodes of l. */
uint64_t ltp_properties(struct ltp *l, const struct ltp_value *v, size_t n);

/* rows * n values, row by row, each row with the same ids and types, which ascend. */
uint64_t ltp_table(struct ltp *l, const struct ltp_value *columns, size_t n,
	const uint32_t *row_ids, const struct ltp_value *cells, size_t rows);

/* The nodes below; l is empty again. */
uint64_t ltp_end(struct ltp *l);

#endif
