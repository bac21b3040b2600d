/*
 * Films: an unreleased one is told from a holiday by what its container says (length, picture size)
 * and by its name, which is the rules' business. Pictures and sound are not decoded. The item then
 * goes on to have its ends searched for words, as all media.
 */
#include "extract/video.h"

#include <errno.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "limits.h"

#include "base/poison.h"

static const struct kind {
	const char *mime, *words;
	film_fn *read;
} kinds[] = {
	{"video/mp4", "MP4", film_mp4},
	{"video/quicktime", "QuickTime", film_mp4},
	{"video/x-matroska", "Matroska", film_matroska},
	{"video/x-msvideo", "AVI", film_avi},
	{"video/x-ms-asf", "Windows Media", film_asf},
	{"application/mxf", "MXF", film_mxf},
	{"video/mpeg", "MPEG", film_program},
	{"video/mp2t", "MPEG transport stream", film_transport},
	{"video/x-flv", "Flash", film_flash},
};

static const struct kind *
kind_of(const struct item *it)
{
	for (size_t i = 0; it->format == FORMAT_VIDEO && i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(it->mime, kinds[i].mime) == 0)
			return &kinds[i];
	return NULL;
}

static void
say(char words[64], const struct kind *k, const struct film *f, uint32_t seconds)
{
	int n = snprintf(words, 64, "%s film", k->words);

	if (seconds)
		n += snprintf(words + n, 64 - (size_t)n, " of %u:%02u:%02u", seconds / 3600,
			seconds / 60 % 60, seconds % 60);
	if (f->width && f->height)
		(void)snprintf(words + n, 64 - (size_t)n, ", %ux%u", f->width, f->height);
}

static int
video_run(struct item *it, struct sink *s)
{
	_cleanup_free_ uint8_t *more = NULL;
	const struct kind *k = kind_of(it);
	struct file_fact fact = {.kind = FACT_VIDEO, .count = 1};
	struct span head = it->head;
	struct film f = {0};
	char words[64];
	int q;

	if (!k)
		return -EMEDIUMTYPE;
	if (reader_seekable(it->r) && it->r->size > head.n) {
		ssize_t got;

		more = malloc(LIMIT_VIDEO_LOOK);
		got = more ? reader_pread(it->r, more, LIMIT_VIDEO_LOOK, 0) : -ENOMEM;
		if (got > (ssize_t)head.n)
			head = span_of(more, (size_t)got);
	}
	k->read(it->r, head, &f);
	/* longer than a week is a broken header */
	fact.seconds = f.seconds > 0 && f.seconds < 7 * 86400 ? (uint32_t)f.seconds : 0;
	f.width = f.width < 100000 ? f.width : 0;
	f.height = f.height < 100000 ? f.height : 0;
	fact.width = f.width;
	fact.height = f.height;
	say(words, k, &f, fact.seconds);
	fact.words = words;
	q = sink_fact(s, &fact);
	return q < 0 ? q : -EMEDIUMTYPE;
}

static int
video_bid(const struct item *it)
{
	return kind_of(it) ? 100 : 0;
}

const struct extractor extract_video = {
	.name = "video",
	.formats = "films: length and picture size (MP4, QuickTime, Matroska, AVI, Windows Media, "
		   "MXF, MPEG, Flash)",
	.bid = video_bid,
	.run = video_run,
};
