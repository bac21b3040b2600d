/* ident_text: which kind of text a text is, from its first characters. */
#ifndef IDENT_TEXT_H
#define IDENT_TEXT_H

#include "item.h"

/*
 * it->head and it->charset are set, whole says that head is all there is: fills it->format and
 * it->mime. FORMAT_TEXT, FORMAT_CSV or FORMAT_MAIL.
 */
void ident_text(struct item *it, bool whole);

/* Is it->head, which is no text, a mail all the same: with binary parts, or an odd charset? */
bool ident_mail(struct item *it);

#endif
