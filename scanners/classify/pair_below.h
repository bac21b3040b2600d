/* pair_below: lines of a list of passwords that only its heading calls so. */
#ifndef CLASSIFY_PAIR_BELOW_H
#define CLASSIFY_PAIR_BELOW_H

#include "base/span.h"

/* "Passwords", "WLAN-Kennwörter 2014:", "Mots de passe (bureau)". line is not empty. */
bool pair_heading(struct span line);

/* "Router: x", "Bank - x", "Mail -> x", "Mail: eva/x": *ret_t is x. */
bool pair_entry(struct span line, struct span *ret_t);

/* "Bank: x", "db1 - x": *ret_rest begins at x. */
bool pair_labelled(struct span line, struct span *ret_rest);

#endif
