/* video: what the containers of films say of themselves. One reader for each (video_*.c). */
#ifndef EXTRACT_VIDEO_H
#define EXTRACT_VIDEO_H

#include "extract/extract.h"

/* What is known so far; 0 = not. */
struct film {
	double seconds;
	uint32_t width, height;
};

/*
 * Each reads through it->r by offset only and fills what it finds; head is the item's first bytes, up
 * to LIMIT_VIDEO_LOOK of them. Damaged containers give less.
 */
typedef void film_fn(struct reader *r, struct span head, struct film *f);

film_fn film_mp4; /* ISO base media, QuickTime: ISO 14496-12 */
film_fn film_matroska; /* Matroska and WebM: RFC 9559 */
film_fn film_avi; /* RIFF AVI: Microsoft's AVI RIFF file reference */
film_fn film_asf; /* Windows Media: Advanced Systems Format specification, 3.2 and 9.2 */
film_fn film_mxf; /* SMPTE 377 */
film_fn film_program; /* MPEG programme stream: ISO 13818-1, 2.5.3 */
film_fn film_transport; /* MPEG transport stream: ISO 13818-1, 2.4.3 */
film_fn film_flash; /* FLV: Adobe's video file format specification, E.4 */

/* n bytes, at most 8, most significant first. */
static inline uint64_t
film_be(const uint8_t *p, unsigned n)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < n; i++)
		v = v << 8 | p[i];
	return v;
}

/* The picture size of an MPEG-1 or -2 sequence header somewhere in s. */
void film_sequence(struct span s, struct film *f);

#endif
