/* xmlpart: one XML part of a document, pushed through expat in blocks. */
#ifndef EXTRACT_XMLPART_H
#define EXTRACT_XMLPART_H

#include "extract/zipdoc.h"

struct xmlpart;

/*
 * What is told of a part. name is the local name, x->qname the whole one. Each call gives 0, or a
 * negative errno that ends the part and comes back from xmlpart_parse(). Any may be NULL.
 */
struct xml_ops {
	int (*start)(struct xmlpart *x, const char *name, const char **atts);
	int (*end)(struct xmlpart *x, const char *name);
	int (*text)(struct xmlpart *x, const char *s, size_t n);
	/* Large and plain: xmlfast.h may read it. Attributes are then not checked to be UTF-8. */
	bool plain;
};

struct xmlpart {
	const struct xml_ops *ops;
	void *user;
	struct sink *s;
	const char *qname;
	unsigned depth; /* open elements, the present one included */
	int err;
	bool stopped; /* by a limit that is a gap */
	void *parser;
};

/*
 * Reads p to its end. Damage, a DOCTYPE (no office writes one; only entity bombs need it), nesting
 * and size over the limits are gaps that name `what`; what came before them stands. 0, or -errno of
 * a handler, of the budget, -ENOMEM.
 */
int xmlpart_parse(struct zippart *p, const struct xml_ops *ops, void *user, const char *what);

/* The value of the attribute with that local name, or NULL. */
const char *xml_att(const char **atts, const char *local);

/* A boolean attribute: "1", "true", "on". */
bool xml_true(const char *value);

/* A decimal number of at most max; dflt when s is NULL or is none. */
uint64_t xml_uint(const char *s, uint64_t dflt, uint64_t max);

#endif
