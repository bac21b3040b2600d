/*
 * pst: an Outlook store (pst, ost, pab) while it is read. The store itself gives folders; each message
 * of it is an inner item, whose reader says nothing but which message it stands for.
 */
#ifndef EXTRACT_PST_H
#define EXTRACT_PST_H

#include <libbfio.h>
#include <libpff.h>

#include "base/buf.h"
#include "item.h"

struct pst {
	struct reader *src; /* seeks */
	struct reader mem_r; /* of a store out of a stream */
	struct buf mem;
	uint64_t pos; /* where the library reads next */
	struct budget *budget;
	struct item *it;
	struct sink *s;
	libbfio_handle_t *io;
	libpff_file_t *file;
	unsigned codepage; /* of 8-bit strings that do not say their own */
};

/* A message of a store, as the reader of an item. */
struct pst_message {
	struct reader r; /* first: its ops find the rest by it */
	struct pst *store;
	libpff_item_t *item;
	bool done;
};

/* Opens the store in r, taking it into memory when it does not seek. 0, or as pst_close() says. */
int pst_open(struct pst *p, struct reader *r);
void pst_close(struct pst *p);

/* Is this the reader of a message? */
bool pst_is_message(const struct reader *r);

/* Hands a message on as a child of s's item. 0 or the sink's -errno. */
int pst_child(struct pst *p, struct sink *s, libpff_item_t *item);

/* Reads a message. As extractor.run. */
int pst_message_run(struct item *it, struct sink *s);

/* --- properties: pst_values.c --- */

/* One property, its value as it stands in the store. */
struct pst_value {
	unsigned id, type;
	struct buf data;
};

/* Reads entry `at` of a set. False when it cannot be had, or is no string, binary or time. */
bool pst_value_at(libpff_record_set_t *set, int at, struct pst_value *v);

/* The same by its id, of any type. */
bool pst_value_of(libpff_record_set_t *set, unsigned id, struct pst_value *v);

/* The first set of an item's properties, or NULL. To be freed. */
libpff_record_set_t *pst_first_set(libpff_item_t *item);

/* Is it a string (or several)? */
bool pst_is_string(const struct pst_value *v);

/* Appends a string's text in UTF-8. Blanks at its end are left out. */
void pst_put(struct buf *out, const struct pst_value *v, unsigned codepage);

/* Appends "2014-11-24" of a value that is a time; nothing otherwise. */
void pst_put_date(struct buf *out, const struct pst_value *v);

/* Appends the mail's name: mail-HASH-DATE. */
void pst_name(struct buf *out, const struct pst *p, libpff_item_t *item);

#endif
