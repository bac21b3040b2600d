/*
 * mail_name: the name a mail bears in a report, the same whether it lies in an eml, an mbox, a msg or an
 * Outlook store: "mail-5f3a91c2-2014-11-24". Never its subject.
 */
#ifndef EXTRACT_MAIL_NAME_H
#define EXTRACT_MAIL_NAME_H

#include <stdint.h>

#include "base/span.h"

#define MAIL_NAME_SIZE 32u /* "mail-5f3a91c2-2014-11-24" and its NUL */
#define MAIL_NO_DATE   INT64_MIN

/* What a mail is known by: its Message-ID, else its subject and date, else some of its bytes. */
struct mail_key {
	struct span id; /* brackets and blanks around it do not count */
	struct span subject; /* UTF-8; blanks do not count */
	int64_t when; /* sent: seconds since 1970, UTC, or MAIL_NO_DATE */
	struct span content; /* hashed where there is neither of these */
};

/* The name of the mail known by k. The day is that of Greenwich, which all formats can tell. */
void mail_key_name(const struct mail_key *k, char ret_name[MAIL_NAME_SIZE]);

/* The name of the mail whose first bytes, header first, are `raw`. */
void mail_name(struct span raw, char ret_name[MAIL_NAME_SIZE]);

/* A Date field's value as seconds since 1970, UTC, in any of the forms that are met; or MAIL_NO_DATE. */
int64_t mail_date(struct span value);

/* A time of Windows (100 ns since 1601) as seconds since 1970; MAIL_NO_DATE before that and after 9999. */
int64_t mail_filetime(uint64_t ticks);

#endif
