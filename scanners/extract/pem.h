/* pem: the bytes of a PEM block (RFC 7468), undone as they are read. */
#ifndef EXTRACT_PEM_H
#define EXTRACT_PEM_H

#include "base/reader.h"
#include "extract/mail_base64.h"

#define PEM_PIECE 1024u

struct pem {
	struct reader r; /* what the block says; first: its ops find the rest by it */
	struct reader *src;
	struct base64 b;
	bool ended;
	size_t at, n; /* of out */
	uint8_t out[PEM_PIECE];
};

/*
 * src stands at the line "-----BEGIN ...". Reading p->r leaves it at the line "-----END ...", once all
 * was read. To be ended with reader_end(&p->r).
 */
void pem_start(struct pem *p, struct reader *src);

#endif
