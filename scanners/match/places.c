/*
 * Values that no form of number gives away: whole cells below a header that speaks for a rule, and a
 * site's own terms. They join the shapes that the scanner found, so that words are looked for round
 * them, too, and are judged as all others are.
 */
#include "match/engine.h"
#include "match/shapes.h"

#include "base/poison.h"

#define CELL_VALUE 64u /* bytes of a cell that may be one value: numbers of documents are shorter */

static int8_t
vote_of(const struct matcher *m, uint32_t col, uint16_t rule)
{
	const struct cell_map *map = m->chunk->cells;

	if (!map || !map->votes || col == 0 || col > map->columns)
		return 0;
	return map->votes[(size_t)(col - 1) * m->rules->n + rule];
}

static bool
column_wanted(const struct matcher *m, uint32_t col)
{
	for (size_t i = 0; i < m->n_users[SHAPE_CELL]; i++)
		if (vote_of(m, col, m->users[SHAPE_CELL][i].rule) > 0)
			return true;
	return false;
}

static void
put_column(struct matcher *m, uint32_t col)
{
	const struct cell_map *map = m->chunk->cells;

	for (size_t i = 0; i < map->n; i++) {
		size_t start = map->cells[i].start, end = map->cells[i].end;

		if (map->cells[i].col != col)
			continue;
		while (start < end && m->text.p[start] == ' ')
			start++;
		while (start < end && m->text.p[end - 1] == ' ')
			end--;
		if (start < end && end - start <= CELL_VALUE)
			shape_put(&m->shapes, SHAPE_CELL, start, end);
	}
}

static int
put_term(void *user, uint16_t rule, size_t start, size_t end)
{
	struct matcher *m = user;
	const struct shape_at *last = m->shapes.n ? &m->shapes.v[m->shapes.n - 1] : NULL;

	(void)rule;
	if (last && last->shape == SHAPE_TERM && last->start == start && last->n == end - start)
		return 0; /* a term of two rules */
	shape_put(&m->shapes, SHAPE_TERM, start, end);
	return 0;
}

int
places_find(struct matcher *m)
{
	const struct cell_map *map = m->chunk->cells;

	for (uint32_t col = 1; map && map->votes && col <= map->columns; col++)
		if (column_wanted(m, col))
			put_column(m, col);
	return terms_scan(m->terms, m->text, put_term, m);
}

bool
places_take(struct matcher *m, uint16_t rule, struct shape_at s)
{
	const struct cell_at *cell;

	switch (s.shape) {
	case SHAPE_TERM:
		return terms_number(m->terms, rule, span_sub(m->text, s.start, s.n)) > 0;
	case SHAPE_CELL:
		cell = context_cell(m, s.start);
		return cell && vote_of(m, cell->col, rule) > 0;
	default:
		return true;
	}
}
