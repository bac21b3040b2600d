/*
 * prose_map: the cells of tables in running text, and what their headers say, as the engine wants
 * them (match/match.h): for one stretch of text at a time.
 */
#ifndef CLASSIFY_PROSE_MAP_H
#define CLASSIFY_PROSE_MAP_H

#include "base/arena.h"
#include "match/lexicon.h"
#include "match/match.h"

struct prose_map {
	const struct ruleset *rs;
	struct lexicon *headwords; /* of rs; not owned */
	struct arena texts;
	int8_t *votes; /* as struct cell_map; made when a first table needs it */
	struct span *headers;
	struct cell_at *cells;
	size_t n, room;
	uint32_t columns, row;
	struct cell_map map;
};

/* Forgets the tables of the stretch before. */
void prose_map_clear(struct prose_map *m);
void prose_map_free(struct prose_map *m);

/*
 * A table whose headers are these. 0 and *ret_base: its columns are *ret_base + 1, ...; or
 * *ret_base = UINT32_MAX when no header says anything to a rule, or too many tables stand in the
 * stretch. -ENOMEM.
 */
int prose_map_table(struct prose_map *m, const struct span *headers, size_t n, uint32_t *ret_base);

/* A cell of the row at hand; in order. start, end: in the chunk. 0 or -ENOMEM. */
int prose_map_cell(struct prose_map *m, size_t start, size_t end, uint32_t col);
void prose_map_row(struct prose_map *m);

/* NULL when there is no cell. Valid until the next call of another function. */
const struct cell_map *prose_map_get(struct prose_map *m);

#endif
