/* service_in: what the files of the service share. Private to auditd/service*.c. */
#ifndef SERVICE_IN_H
#define SERVICE_IN_H

#include "audit.h"
#include "conf_rules.h"
#include "conf_service.h"
#include "control.h"
#include "key.h"
#include "notify.h"
#include "outlet.h"
#include "service.h"
#include "store.h"
#include "throttle.h"

/* What is known of a share beside its configuration. Kept over a reload, by name. */
struct share_state {
	char name[CONF_SHARE_NAME];
	int64_t complete; /* when its last complete pass ended; 0 = never */
	int64_t begun; /* its last pass; 0 = never */
	uint64_t open[SEVERITIES], gaps, hidden, held;
	int64_t retry_ms; /* monotonic: not before, after a failure */
	bool asked, confirm; /* `control rescan`, whatever the hour */
	char error[256]; /* of the last attempt; "" when it went well */
};

/* Why a scan was ended before its time. */
enum stop_why { STOP_NOT, STOP_SIGNAL, STOP_RELOAD, STOP_WINDOW, STOP_PAUSE };

/* The scan at work. */
struct running {
	const struct conf_share *share; /* NULL: none */
	struct share_state *state;
	bool asked, confirm;
	enum stop_why why;
	int64_t began; /* seconds since the epoch */
	struct audit_now now; /* as of the last tick; path is not kept */
	char path[512];
	enum hold hold;
};

/* Who reads findings, and what: so that a list of many pages is logged once. */
struct reading {
	pid_t pid;
	uid_t uid;
	uint64_t query;
	int64_t ms; /* of its last page */
};

struct service {
	const struct service_options *o;
	struct service_conf conf;
	struct conf_rules rules; /* those in force; empty before the first pass */
	struct notify notify;
	struct control *control;
	struct store *store;
	struct outlet *outlet;
	int outlet_ms; /* as of outlet_step() */
	struct throttle throttle;
	struct pressure pressure;
	uint8_t key[KEY_BYTES];
	struct share_state *states; /* one for each share of conf, in its order */
	struct running run;
	bool paused;
	int64_t started; /* seconds since the epoch */
	int64_t stepped_ms, paused_ms, pressure_ms, moved_ms, pinged_ms, told_ms;
	uint64_t moved; /* audit_now.done when it last changed */
	struct reading readings[CONTROL_CLIENTS];
	char status[512]; /* the line systemd was told last */
	char reload_error[512]; /* "" after a good one */
};

/* Set by signals. */
extern volatile int service_stop;
extern volatile int service_hup;

int64_t service_now_ms(void); /* never goes back */
int64_t service_now(void); /* seconds since the epoch */

/* To syslog, and to standard error in the foreground. One line, without values or newlines. */
void service_say(const struct service *s, int priority, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* --- service_plan.c --- */
/* States for the shares of s->conf, those of `old` taken over by name. 0 or -ENOMEM. */
int plan_states(struct service *s, const struct service_conf *old, struct share_state *states);
/* Asks the store how far each share is. */
void plan_refresh(struct service *s);
/* The share to be scanned now, or NULL: asked for, else due, longest waiting first. */
const struct conf_share *plan_next(const struct service *s);
/* When something is due next by schedule: seconds since the epoch, 0 = never; and what. */
int64_t plan_when(const struct service *s, const struct conf_share **ret_share);
struct share_state *plan_state(const struct service *s, const struct conf_share *share);

/* --- service_asked.c --- */
/* Writes down which shares are asked for. 0 or -errno. */
int asked_save(const struct service *s);
/* Reads it at the start. */
void asked_load(struct service *s);

/* --- service_scan.c --- */
/* One pass over one share, until its end or until something ends it. */
void service_scan(struct service *s, const struct conf_share *share);

/* --- service.c --- */
/* Everything that is done in between: signals, clients, store, systemd. */
void service_step(struct service *s);
/* Reads the configuration anew; the former one stays when it is bad. 0 or -errno. */
int service_reload(struct service *s);
/* Are its rules good? They are not asked for while it names no share. 0; -errno with the first mistake. */
int service_try(const struct service_conf *c, char ret_error[512]);
int service_pause(struct service *s, bool on);

/* --- service_log.c --- */
/* The outlet as the configuration wants it; made the first time. 0 or -ENOMEM. */
int service_log_open(struct service *s);
void service_log_step(struct service *s);
/* A word on what waits and why, nothing when all is well. */
void service_log_text(const struct service *s, struct buf *b);
void service_log_json(const struct service *s, struct buf *b);

/* --- service_status.c --- */
void status_line(const struct service *s, char *ret_line, size_t size);
void status_text(const struct service *s, struct buf *b);
void status_json(const struct service *s, struct buf *b);
/* As of a scan: something is open, something is hidden, nothing. */
int status_exit(const struct service *s);

/* --- service_review.c --- */
/* A page of findings or gaps, review_page.h, and the line of the log that tells of it. */
int service_review(struct service *s, const struct control_peer *peer, const char *const *words,
	size_t n, struct buf *answer);

/* --- service_request.c --- */
int service_request(void *user, const struct control_peer *peer, const char *const *words, size_t n,
	struct buf *answer);

#endif
