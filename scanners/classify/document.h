/*
 * document: judges running text as a document of a kind (a contract, a pay statement, a report) by the
 * `document` stanzas of rules. The first LIMIT_DOCUMENT bytes of an item's text and rows are kept; when
 * none of the rules' seeds is in them, which is nearly always, that was all.
 */
#ifndef CLASSIFY_DOCUMENT_H
#define CLASSIFY_DOCUMENT_H

#include "classify/classify.h"

/* What the rules ask for, compiled once for a scan. */
struct document_set;

/* rules must outlive the set. As matcher_new(). *ret_s is NULL when no rule asks for documents. */
int document_set_new(
	const struct ruleset *rules, struct document_set **ret_s, struct rules_error *ret_error);
void document_set_free(struct document_set *s);

/* The text kept of one item. Zeroed before the first item; free with document_free(). */
struct document {
	struct buf text;
	bool lines; /* its lines are lines of the file */
};

/* Room for more? When not, nothing need be put. */
static inline bool
document_wants(const struct document *d)
{
	return d->text.n < LIMIT_DOCUMENT;
}

/* A run of text begins, or a row: it is no continuation of the line before. */
void document_break(struct document *d, bool lines);
void document_text(struct document *d, struct span text);
void document_row(struct document *d, const struct cell *cells, size_t n);

/* Judges what was kept and forgets it. 0, -ENOMEM, or what out->judge returned. */
int document_end(struct document *d, struct document_set *s, const struct classify_out *out);

/* Forgets it unjudged. */
void document_clear(struct document *d);
void document_free(struct document *d);

#endif
