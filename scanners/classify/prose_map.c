/*
 * Several tables may stand in one chunk, so each has columns of its own: those of the second begin
 * where those of the first end. The matrix is as large as a chunk may need and is made only when
 * text with such a table comes, since most items have none.
 */
#include "classify/prose_map.h"

#include <errno.h>
#include <stdlib.h>

#include "classify/headwords.h"
#include "limits.h"

#include "base/poison.h"

void
prose_map_clear(struct prose_map *m)
{
	if (m->columns) {
		memset(m->votes, 0, (size_t)m->columns * m->rs->n);
		memset(m->headers, 0, (size_t)m->columns * m->rs->n * sizeof *m->headers);
		arena_reset(&m->texts);
	}
	m->columns = m->row = 0;
	m->n = 0;
}

void
prose_map_free(struct prose_map *m)
{
	free(m->votes);
	free(m->headers);
	free(m->cells);
	arena_free(&m->texts);
}

static int
make_room(struct prose_map *m)
{
	size_t n = (size_t)LIMIT_PROSE_COLUMNS * m->rs->n + 1;

	if (!m->votes)
		m->votes = calloc(n, sizeof *m->votes);
	if (!m->headers)
		m->headers = calloc(n, sizeof *m->headers);
	return m->votes && m->headers ? 0 : -ENOMEM;
}

/* What a header says to rules. 1 when anything, 0, or -ENOMEM. */
static int
vote(struct prose_map *m, struct span header, uint32_t col)
{
	const struct said *said;
	struct folded f;
	size_t n;
	int any = 0;

	words_fold(header, &f);
	words_unglue(&f);
	n = lexicon_ask(m->headwords, &f, &said);
	for (size_t i = 0; i < n; i++) {
		size_t at = (size_t)(col - 1) * m->rs->n + HEADWORDS_RULE(said[i].owner);
		const char *text;

		if (HEADWORDS_SLOT(said[i].owner) || !said[i].vote)
			continue;
		any = 1;
		m->votes[at] = said[i].vote;
		if (said[i].vote < 0)
			continue;
		text = arena_strdup(&m->texts, words_unfold(header, said[i].at, said[i].n));
		if (!text)
			return -ENOMEM;
		m->headers[at] = span_str(text);
	}
	return any;
}

int
prose_map_table(struct prose_map *m, const struct span *headers, size_t n, uint32_t *ret_base)
{
	uint32_t base = m->columns;
	int any = 0;

	*ret_base = UINT32_MAX;
	if (n > LIMIT_PROSE_COLUMNS - base)
		return 0;
	if (make_room(m) < 0)
		return -ENOMEM;
	m->columns += (uint32_t)n;
	for (size_t i = 0; i < n; i++) {
		int r = vote(m, headers[i], base + (uint32_t)i + 1);

		if (r < 0)
			return r;
		any |= r;
	}
	if (any)
		*ret_base = base;
	else
		m->columns = base;
	return 0;
}

int
prose_map_cell(struct prose_map *m, size_t start, size_t end, uint32_t col)
{
	if (m->n == m->room) {
		size_t room = m->room ? m->room * 2 : 256;
		struct cell_at *v = reallocarray(m->cells, room, sizeof *v);

		if (!v)
			return -ENOMEM;
		m->cells = v;
		m->room = room;
	}
	m->cells[m->n++] = (struct cell_at){
		.start = (uint32_t)start, .end = (uint32_t)end, .row = m->row, .col = col};
	return 0;
}

void
prose_map_row(struct prose_map *m)
{
	m->row++;
}

const struct cell_map *
prose_map_get(struct prose_map *m)
{
	m->map = (struct cell_map){.cells = m->cells,
		.n = m->n,
		.votes = m->votes,
		.columns = m->columns,
		.headers = m->headers};
	return m->n ? &m->map : NULL;
}
