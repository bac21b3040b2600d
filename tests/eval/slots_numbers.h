/* slots_numbers: numbers with check digits or forms of their own, for slots.c. Each appends one. */
#ifndef SLOTS_NUMBERS_H
#define SLOTS_NUMBERS_H

#include "slots.h"

/* clang-format off */
/* ssn: 3-2-4 with dashes, b with blanks, 9 without; the same of the others. d: dots or dashes. */
#define SLOTS_NUMBERS(X)                                                                           \
	X(ssn)                                                                                     \
	X(ssn9)                                                                                    \
	X(ssnb)                                                                                    \
	X(itin)                                                                                    \
	X(itin9) X(sin) X(sin9) X(sind) X(nino) X(ninos) X(card) X(cardb) X(cardd) X(amex) X(iban) \
		X(ibanb) X(aba) X(mrz1) X(mrz2) X(ppus) X(ppuk) X(ppde) X(ppca) X(ppfr) X(ppit)    \
			X(dlca) X(dlfl) X(dlny) X(dltx) X(dluk) X(ghp) X(npm)
/* clang-format on */
#define DECLARE(name) void make_##name(struct slots *s, unsigned a, unsigned c, struct buf *b);
SLOTS_NUMBERS(DECLARE)
#undef DECLARE

/* n characters of a set. */
void slots_set(struct gen *g, const char *set, unsigned n, struct buf *b);

#endif
