/* The contract's words for states, causes, events and acts, and the priority each event has. */
#include "store_in.h"

#include <errno.h>
#include <syslog.h>

#include "base/poison.h"

static const char *const states[STORE_STATES] = {
	[STORE_NEW] = "new",
	[STORE_KNOWN] = "known",
	[STORE_CHANGED] = "changed",
	[STORE_RESOLVED] = "resolved",
};
static const char *const causes[STORE_CAUSES] = {
	[STORE_CAUSE_NONE] = "",
	[STORE_DELETED] = "deleted",
	[STORE_CLEAN] = "clean",
	[STORE_MOVED] = "moved",
	[STORE_EXCLUDED] = "excluded",
	[STORE_RULE_CHANGED] = "rule-changed",
};
static const char *const events[STORE_EVENTS] = {
	[STORE_FINDING] = "finding",
	[STORE_GAP] = "gap",
	[STORE_GONE] = "resolved",
	[STORE_ROLLUP] = "rollup",
	[STORE_SCAN_START] = "scan-start",
	[STORE_SCAN_END] = "scan-end",
	[STORE_SUMMARY] = "summary",
	[STORE_ACK] = "ack",
	[STORE_ERROR] = "error",
};
static const char *const acts[STORE_ACTS] = {
	[STORE_ACT_NEW] = "new",
	[STORE_ACT_CHANGED] = "changed",
	[STORE_ACT_REGRADED] = "regraded",
	[STORE_ACT_KNOWN] = "known",
};

const char *
store_state_name(enum store_state s)
{
	return s < STORE_STATES ? states[s] : "";
}

const char *
store_cause_name(enum store_cause c)
{
	return c < STORE_CAUSES ? causes[c] : "";
}

const char *
store_event_name(enum store_event e)
{
	return e < STORE_EVENTS ? events[e] : "";
}

const char *
store_act_name(enum store_act a)
{
	return a < STORE_ACTS ? acts[a] : "";
}

int
store_state_parse(const char *s, enum store_state *ret_s)
{
	for (unsigned i = 0; i < STORE_STATES; i++) {
		if (strcmp(states[i], s) == 0) {
			*ret_s = (enum store_state)i;
			return 0;
		}
	}
	return -EINVAL;
}

int
store_priority(enum store_event e, const struct record *r)
{
	static const int priorities[SEVERITIES] = {
		[SEV_INFO] = LOG_INFO,
		[SEV_LOW] = LOG_INFO,
		[SEV_MEDIUM] = LOG_NOTICE,
		[SEV_HIGH] = LOG_WARNING,
		[SEV_CRITICAL] = LOG_CRIT,
	};

	if (e == STORE_ERROR)
		return LOG_ERR;
	return e == STORE_FINDING && r && r->severity < SEVERITIES ? priorities[r->severity]
								   : LOG_INFO;
}
