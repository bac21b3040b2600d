/* outlet_in: a logger's socket, and a line in its form. Private to auditd/outlet*.c. */
#ifndef OUTLET_IN_H
#define OUTLET_IN_H

#include "logline.h"
#include "store.h"

#define OUTLET_IDENT "leakaudit"

enum outlet_kind { OUTLET_NONE, OUTLET_TO_JOURNAL, OUTLET_TO_SYSLOG };

struct outlet_socket {
	enum outlet_kind kind;
	bool stream;
	int fd; /* valid unless kind is OUTLET_NONE */
};

/* Connects, without waiting. 0 or -errno; -EPROTOTYPE is tried as a stream for syslog. */
int outlet_connect(const char *path, enum outlet_kind kind, struct outlet_socket *ret_s);
void outlet_disconnect(struct outlet_socket *s);

/* The bytes of one message: the line in l, `max` as in logline_put(). b has failed without memory. */
void outlet_message(struct buf *b, const struct outlet_socket *s, struct logline *l,
	const struct store_line *e, int facility, size_t max);

#endif
