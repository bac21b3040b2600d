/* mail_qp: quoted-printable, undone a piece at a time. */
#ifndef EXTRACT_MAIL_QP_H
#define EXTRACT_MAIL_QP_H

#include "base/span.h"

#define QP_HELD                                                                                    \
	64u /* blanks that are held back until it is known whether a line ends behind them */

/* All zeros to begin with. */
struct qp {
	bool equals; /* '=' has been seen ... */
	uint8_t digit; /* ... and this behind it, 0 for none; a return counts as one */
	uint8_t n; /* blanks held */
	uint8_t held[QP_HELD];
};

/*
 * Decodes in to out, which has room for in.n + QP_HELD + 2 bytes; in and out do not overlap. What is no
 * encoded byte stays as it stands. Returns the bytes written.
 */
size_t qp_step(struct qp *q, struct span in, uint8_t *out);

/* No more comes. out has room for QP_HELD + 2. */
size_t qp_end(struct qp *q, uint8_t *out);

/* The value of a hexadecimal digit in either case, -1 for no digit. */
int qp_digit(uint8_t c);

#endif
