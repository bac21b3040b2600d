/* logstyle: what may be chosen of the lines of the log: leakaudit.yaml(5), `syslog`. */
#ifndef LOGSTYLE_H
#define LOGSTYLE_H

#include <stdbool.h>

enum log_format { LOG_LOGFMT, LOG_JSON };
enum log_owner { OWNER_NAME, OWNER_UID, OWNER_NONE };

struct logline_style {
	enum log_format format;
	enum log_owner owner;
	bool plain_names; /* file names are shown even where a rule matched in them */
	bool resent; /* the line is sent again because it was asked for */
};

#endif
