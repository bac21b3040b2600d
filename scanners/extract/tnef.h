/* tnef: Outlook's winmail.dat (MS-OXTNEF): a list of attributes, some of which hold MAPI properties. */
#ifndef EXTRACT_TNEF_H
#define EXTRACT_TNEF_H

#include "base/buf.h"
#include "base/span.h"

/* One value of a MAPI property. */
struct mapi {
	uint16_t id, type; /* without the flag of many values */
	struct span data; /* strings without their NUL */
};

/* Walks a run of properties. */
struct mapi_walk {
	struct span s;
	uint32_t props, values; /* still to come; values of the property at hand */
	struct mapi at;
	bool bad; /* it ended before it should */
};

void mapi_start(struct mapi_walk *w, struct span s);

/* The next value. False at the end: of the run, or of what can be read (w->bad). */
bool mapi_next(struct mapi_walk *w);

#define MAPI_INT16   0x02u
#define MAPI_INT32   0x03u
#define MAPI_OBJECT  0x0Du
#define MAPI_STRING8 0x1Eu
#define MAPI_UNICODE 0x1Fu
#define MAPI_BINARY  0x102u

#endif
