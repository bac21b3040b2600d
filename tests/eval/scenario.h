/*
 * scenario: documents written down as patterns, for the evaluation (scenarios/README has the
 * language). For generators; aborts on failure of memory, says where a scenario is wrong.
 */
#ifndef SCENARIO_H
#define SCENARIO_H

#include "slots.h"

enum scenario_shape { SHAPE_TEXT, SHAPE_TABLE, SHAPE_RAW };

#define SCENARIO_LINES 160
#define SCENARIO_RULES 12

struct scenario {
	char name[64];
	enum scenario_shape shape;
	char ext[32]; /* SHAPE_RAW: the end of the file's name */
	const char *plants[SCENARIO_RULES], *also[SCENARIO_RULES], *silent[SCENARIO_RULES];
	size_t n_plants, n_also, n_silent;
	const char *formats; /* the only ones to write, blanks between; NULL: all of its shape */
	const char
		*packed; /* "zip" or "tgz": lies alone in an archive of that kind; NULL: as it is */
	const char *services; /* once for each of these; NULL: not of services */
	const char *file; /* a pattern for the name without its end */
	const char *lines[SCENARIO_LINES];
	size_t n_lines;
	bool titled; /* rows above the header: not for formats whose first row names the rest */
	unsigned more; /* times as many documents as others */
};

struct scenarios {
	struct scenario *v;
	size_t n;
};

/* Appends those of a file; it is read once and its bytes stay until the program ends. */
void scenarios_read(struct scenarios *all, const char *path);

/*
 * One document: its lines, of SHAPE_TABLE with cells divided by SCENARIO_CELL. What was planted
 * is in s.
 */
#define SCENARIO_CELL '\x1f'
void scenario_write(const struct scenario *sc, struct slots *s, struct buf *ret);

/* One pattern by itself (names of files). */
void scenario_expand(const char *pattern, struct slots *s, struct buf *ret);

#endif
