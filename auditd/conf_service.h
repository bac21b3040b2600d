/*
 * conf_service: the whole configuration of the daemon, leakaudit.yaml(5): the file itself, then the
 * *.yaml of conf.d beside it in the order of their names. What is said once is replaced by a later
 * file, lists grow.
 */
#ifndef CONF_SERVICE_H
#define CONF_SERVICE_H

#include <stdio.h>

#include "finding.h"
#include "logstyle.h"
#include "service_schedule.h"
#include "strv.h"
#include "throttle.h"

#define CONF_SHARE_NAME 64 /* bytes of a share's name, NUL included */

/* Where something stands, for a message that comes later. */
struct conf_where {
	unsigned file; /* index into service_conf.files */
	unsigned line, column; /* from 1 */
};

struct conf_share {
	char *path; /* absolute, no slash at its end, no "." or ".." */
	char name[CONF_SHARE_NAME];
	struct schedule schedule; /* the general one where nothing else is said */
	struct strv excludes; /* the share's own, after the general ones */
	struct strv only, without; /* ids of rules and categories */
	uint64_t max_file; /* bytes; 0 = none */
	unsigned max_depth; /* 0 = none */
	bool one_file_system;
	struct conf_where at, rules_at;
};

/* What is known to lie somewhere, and who at most may read it there; see expect.h. */
struct conf_expect {
	char *path; /* an absolute glob; all that is below counts */
	struct strv categories; /* or ids of rules */
	enum reach reach; /* the widest that is as it should be */
	struct conf_where at;
};

struct service_conf {
	struct strv files; /* read, in order */
	struct conf_share *shares;
	size_t n_shares;
	struct conf_expect *expect;
	size_t n_expect;
	struct strv rules; /* rule files and folders */
	struct strv excludes; /* for every share */
	struct schedule schedule;
	struct throttle_limits throttle;
	uint64_t max_file;
	unsigned jobs; /* of `leakaudit scan`: the daemon has workers */
	unsigned workers;
	int facility; /* LOG_AUTHPRIV and the like, syslog(3) */
	enum log_format format;
	enum log_owner owner;
	bool log_known;
	bool log_mask_names;
	unsigned log_rate; /* lines a second */
	char *log_to; /* NULL = auto; "journal" or the path of a socket */
	unsigned resolved_days; /* resolved findings are kept so long */
};

/*
 * Reads path and conf.d beside it. A path that is not there is an error unless `optional`. 0; -EINVAL
 * with "FILE:LINE:COLUMN: what was expected", -errno with a sentence, in ret_error.
 */
int service_conf_load(
	const char *path, bool optional, struct service_conf *ret_c, char ret_error[512]);

/* The share of that name, or NULL. */
const struct conf_share *service_conf_share(const struct service_conf *c, const char *name);

/* "FILE:LINE:COLUMN" */
void service_conf_where(
	const struct service_conf *c, const struct conf_where *at, char *ret_text, size_t size);

/* The whole as YAML that service_conf_load() reads to the same end. */
void service_conf_print(const struct service_conf *c, FILE *to);

/* One string as a YAML scalar in double quotes. */
void yaml_quote(struct buf *b, const char *s);

void service_conf_free(struct service_conf *c);

/* "authpriv" for LOG_AUTHPRIV; the names of syslog(3). NULL and -EINVAL for what is none. */
const char *facility_name(int facility);
int facility_parse(const char *name, int *ret_facility);

#endif
