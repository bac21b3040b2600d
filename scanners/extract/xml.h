/* xml: an XML text of any kind while it is read, and those of its elements that are rows. */
#ifndef EXTRACT_XML_H
#define EXTRACT_XML_H

#include "extract/markup.h"
#include "extract/records.h"
#include "limits.h"

struct name {
	uint8_t n, p[LIMIT_XML_NAME];
};

/* An attribute of the leaf: offsets in out.buf. */
struct put_att {
	size_t key, key_n, from, to;
	bool value; /* of the attribute that is named by another: its column is "value" */
};

struct xml {
	struct lined out;
	struct records rec;
	struct markup m;
	struct buf tmp;
	unsigned depth;
	/* the innermost element that has begun and its parent, of which one may be a record */
	struct name leaf, key, group;
	unsigned leaf_depth, record_depth; /* 0 = none */
	unsigned last_depth; /* of the last element that began */
	unsigned group_depth; /* of the records held back or given; 0 = none */
	uint64_t leaf_sent; /* as out.sent, when the leaf began */
	size_t leaf_at, text_at; /* in out.buf */
	struct put_att atts[LIMIT_XML_ATTS];
	unsigned n_atts;
	/* an element of attributes alone, in front of what may be another such */
	struct put_att first[LIMIT_XML_ATTS];
	unsigned n_first; /* 0: there is none */
	uint64_t first_sent; /* as leaf_sent */
	size_t first_at;
	bool leaf_text; /* the leaf has text */
	bool mixed; /* the record holds something that is no cell */
	bool colon; /* a name waits for its text */
};

static inline struct span
xml_name(const struct name *x)
{
	return span_of(x->p, x->n);
}

/* The present record is none, or its group has ended. 0 or -errno, as below. */
int xml_group_stop(struct xml *x);

/* Attributes as cells; of: what their names are prefixed with. */
int xml_att_cells(struct xml *x, const struct put_att *atts, unsigned n, struct span of);

/* The element in front of the leaf is the first record of a group that the leaf belongs to. */
int xml_first_to_record(struct xml *x);

/* The element that was thought a leaf is a record, because of its children or attributes. */
int xml_leaf_to_record(struct xml *x);

#endif
