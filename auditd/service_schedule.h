/*
 * service_schedule: when a share may be read, and when it is due. Windows are hours of the local
 * clock, named by the day on which they open; one may reach over midnight. Everything is reckoned
 * anew from the time that is asked about, so that neither a clock that jumps nor summer time leaves
 * anything behind that could be wrong.
 */
#ifndef SERVICE_SCHEDULE_H
#define SERVICE_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCHEDULE_WINDOWS 8 /* in one day: lunch, evening, night and a few more */

struct schedule {
	struct {
		uint16_t from, to; /* minutes after local midnight; to <= from: on the next day */
	} windows[SCHEDULE_WINDOWS];
	uint8_t n;
	uint8_t days; /* bit 0 = Sunday; 0 = never by itself */
	uint16_t every; /* days between two passes, 1 = each of those days */
};

/* 22:00-05:00, all days, every day. */
void schedule_default(struct schedule *s);

/* "22:00-05:00", several with commas, or "always". 0 or -EINVAL; *s is changed in the former case. */
int schedule_hours(const char *text, struct schedule *s);

/* "daily", "never", or words and ranges with commas: "mon-fri,sun". 0 or -EINVAL. */
int schedule_days(const char *text, struct schedule *s);

/* "12h" is refused: whole days or weeks, "1d", "2w". 0 or -EINVAL. */
int schedule_every(const char *text, struct schedule *s);

/*
 * Is a window open at `now` (seconds since the epoch)? When it opened goes to *ret_since and when it
 * closes to *ret_until, either of which may be NULL. Of windows that overlap the one that closes last.
 */
bool schedule_open(const struct schedule *s, int64_t now, int64_t *ret_since, int64_t *ret_until);

/* When the next window opens after `now`; 0 when none does within 8 days. */
int64_t schedule_next(const struct schedule *s, int64_t now);

/*
 * Is a pass to be begun or gone on with at `now`, the last complete one having begun at `last` (0 =
 * never)? One that is said to have begun in the future (the clock was set back) counts as never.
 */
bool schedule_due(const struct schedule *s, int64_t now, int64_t last);

/* The words schedule_hours() and schedule_days() understand. */
#define SCHEDULE_TEXT 128
void schedule_text(
	const struct schedule *s, char ret_hours[SCHEDULE_TEXT], char ret_days[SCHEDULE_TEXT]);

#endif
