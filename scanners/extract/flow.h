/*
 * flow: a document's paragraphs and tables on their way to the sink. A table at the top level goes out
 * as rows; one within a cell becomes text of that cell. What does not belong to the reading order
 * (deleted text, comments, notes) is set aside and goes out at the end as a run of its own, or
 * before it, when it is very much.
 */
#ifndef EXTRACT_FLOW_H
#define EXTRACT_FLOW_H

#include "extract/grid.h"

enum flow_channel { FLOW_BODY, FLOW_DELETED, FLOW_COMMENT, FLOW_NOTE, FLOW_OVER, FLOW_CHANNELS };

struct flow {
	struct sink *s;
	struct text_at at;
	struct grid grid;
	struct buf body, side[FLOW_CHANNELS];
	enum flow_channel channel; /* where text goes now; the caller sets it */
	bool open; /* text_begin has been called */
	bool in_cell;
	bool over; /* some of the present cell's text is set aside: it is too long for a cell */
	unsigned tables; /* open tables */
	unsigned table_no;
	char table_name[32];
	size_t cell_from;
	uint32_t col;
	uint64_t row;
};

/* name must live until flow_end(). */
void flow_begin(struct flow *f, struct sink *s, enum part part, const char *name, uint32_t page);

/* Text of the present paragraph; whole characters. 0 or the sink's -errno, as below. */
int flow_put(struct flow *f, const char *s, size_t n);

/* The paragraph ends. */
int flow_line(struct flow *f);

/* name NULL: "table N". It must live until the table ends. */
int flow_table_begin(struct flow *f, const char *name, bool hidden);
int flow_table_end(struct flow *f);

/* A row begins, `skip` rows below where it would stand (0: the next one). */
int flow_row(struct flow *f, uint64_t skip);
int flow_row_end(struct flow *f);

/* A cell begins, `skip` columns to the right. alt: see struct cell; it lives to the row's end. */
int flow_cell(struct flow *f, uint32_t skip);
int flow_cell_end(struct flow *f, struct span alt, bool number);

/* Ends what is open and sends what was set aside. */
int flow_end(struct flow *f);
void flow_free(struct flow *f);

#endif
