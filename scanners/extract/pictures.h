/* pictures: those within documents, on their way to sink->image. */
#ifndef EXTRACT_PICTURES_H
#define EXTRACT_PICTURES_H

#include "item.h"

/* What a picture with these first bytes is; NULL for none that is known. */
const char *picture_mime(struct span head);

/*
 * Hands on the pictures of a drawing as Office 97 to 2003 keeps it (MS-ODRAW: OfficeArtBlip records of
 * JPEG, PNG and TIFF), wherever they stand in r, which is read once to its end. Metafiles and bitmaps
 * without a header are left out. 0 or -errno of the sink.
 */
int pictures_run(struct reader *r, struct sink *s);

#endif
