/*
 * Which share is next. The hours are looked at anew each time (service_schedule.c), and what was done
 * is asked of the store, so a restart knows as much as a daemon that never ended.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "service_in.h"

#include "base/poison.h"

int64_t
plan_when(const struct service *s, const struct conf_share **ret_share)
{
	int64_t now = service_now(), soonest = 0;

	for (size_t i = 0; i < s->conf.n_shares; i++) {
		int64_t next = schedule_next(&s->conf.shares[i].schedule, now);

		if (next && (soonest == 0 || next < soonest)) {
			soonest = next;
			*ret_share = &s->conf.shares[i];
		}
	}
	return soonest;
}

struct share_state *
plan_state(const struct service *s, const struct conf_share *share)
{
	return &s->states[share - s->conf.shares];
}

int
plan_states(struct service *s, const struct service_conf *old, struct share_state *states)
{
	struct share_state *fresh = calloc(s->conf.n_shares + 1, sizeof(*fresh));

	if (!fresh)
		return -ENOMEM;
	for (size_t i = 0; i < s->conf.n_shares; i++) {
		const struct conf_share *share = &s->conf.shares[i];
		const struct conf_share *was = old ? service_conf_share(old, share->name) : NULL;

		if (was && strcmp(was->path, share->path) == 0)
			fresh[i] = states[was - old->shares];
		fresh[i].retry_ms = 0;
		(void)snprintf(fresh[i].name, sizeof(fresh[i].name), "%s", share->name);
	}
	free(states);
	s->states = fresh;
	return 0;
}

static int
refresh_one(void *user, const struct store_share *sh)
{
	struct service *s = user;
	const struct conf_share *share = service_conf_share(&s->conf, sh->name);
	struct share_state *st;

	if (!share || strcmp(share->path, sh->root) != 0)
		return 0;
	st = plan_state(s, share);
	/* A store that cannot be written does not make us begin again and again. */
	if (sh->complete > st->complete)
		st->complete = sh->complete;
	st->begun = sh->begun;
	memcpy(st->open, sh->open, sizeof(st->open));
	st->gaps = sh->gaps;
	st->hidden = sh->hidden;
	st->held = sh->held;
	return 0;
}

void
plan_refresh(struct service *s)
{
	int r = store_shares(s->store, refresh_one, s);

	if (r < 0)
		service_say(s, 4, "the store cannot be read: %s", strerror(-r));
}

const struct conf_share *
plan_next(const struct service *s)
{
	int64_t now = service_now(), now_ms = service_now_ms();
	const struct conf_share *next = NULL;

	for (size_t i = 0; i < s->conf.n_shares; i++) {
		const struct conf_share *share = &s->conf.shares[i];
		const struct share_state *st = &s->states[i];

		if (st->asked)
			return share;
		if (now_ms < st->retry_ms || !schedule_due(&share->schedule, now, st->complete))
			continue;
		if (!next || st->complete < plan_state(s, next)->complete)
			next = share;
	}
	return next;
}
