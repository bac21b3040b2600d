/*
 * finding: the result. What a worker says about one (item, rule), how it is graded, and what it
 * looks like on the wire between the two sides. Plain values: no pointer into scanned memory.
 * Used by both sides, so nothing here knows a parser or a path.
 */
#ifndef FINDING_H
#define FINDING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "item.h"
#include "limits.h"

/* The names of an inner item from the outermost container inwards; n = 0: the file itself. */
struct inner {
	const struct span *names;
	size_t n;
};

enum confidence { CONF_NONE, CONF_LOW, CONF_MEDIUM, CONF_HIGH, CONFIDENCES };
enum severity { SEV_INFO, SEV_LOW, SEV_MEDIUM, SEV_HIGH, SEV_CRITICAL, SEVERITIES };
enum via { VIA_TEXT, VIA_OCR, VIA_NAME, VIA_STRUCTURE, VIAS };
enum reach { REACH_UNKNOWN, REACH_OWNER, REACH_GROUP, REACH_NAMED, REACH_EVERYONE, REACHES };

/* The contract's words; *_parse() give -EINVAL for any other. */
const char *confidence_name(enum confidence c);
const char *severity_name(enum severity s);
const char *via_name(enum via v);
const char *reach_name(enum reach r);
int confidence_parse(const char *s, enum confidence *ret_c);
int severity_parse(const char *s, enum severity *ret_s);

/* How the number found and who can read it become a severity (leakaudit-rules(5)). */
enum ladder {
	LADDER_PERSONS, /* 1: low, 2: medium, 10: high, 1000 or 10 readable by everyone: critical */
	LADDER_CREDENTIAL, /* working credentials in clear: high, everyone: critical */
	LADDER_DOCUMENT, /* one document of its kind: medium, everyone: high */
	LADDER_NOTICE, /* low whatever the number */
	LADDERS
};
const char *ladder_name(enum ladder l);
int ladder_parse(const char *s, enum ladder *ret_l);

enum place_kind { PLACE_NONE, PLACE_LINE, PLACE_CELL, PLACE_PAGE, PLACE_PART, PLACE_OFFSET };

/* One of the first LIMIT_PLACES places; everything counted from 1 but the offset. */
struct place {
	enum place_kind kind;
	uint64_t line, col; /* PLACE_LINE: col in bytes of the UTF-8 text */
	uint64_t row; /* PLACE_CELL */
	uint32_t column; /* PLACE_CELL: shown as A, B, ..., XFD */
	uint32_t page; /* PLACE_PAGE */
	uint64_t offset; /* PLACE_OFFSET */
	enum part part; /* said when it is not the body */
	char name[64]; /* sheet or part label, UTF-8, cut at a character, starred; "" for none */
};

#define FINDING_TEXT 96 /* bytes of a sample or reason, NUL included */

struct finding {
	uint16_t rule; /* index into the catalogue */
	enum confidence confidence;
	enum via via;
	bool lowered; /* sample, test or documentation data: severity one lower */
	bool encrypted; /* the credential is itself protected: severity one lower */
	uint64_t count; /* matches that passed */
	uint64_t unique; /* distinct values; exact, filled from the runs on the other side */
	uint8_t evidence; /* kinds of evidence seen (match.h EV_*), for the score */
	uint8_t n_at, n_samples, n_why;
	struct place at[LIMIT_PLACES];
	char samples[LIMIT_SAMPLES][FINDING_TEXT]; /* masked, UTF-8 */
	char why[LIMIT_WHY][FINDING_TEXT];
	char mime[96];
};

/*
 * Severity from ladder, number of distinct values and reach. marks: how many of `lowered` and
 * `encrypted` hold; each lowers by one, and so does reach owner, but never below low.
 */
enum severity finding_severity(
	enum ladder ladder, uint64_t unique, enum reach reach, unsigned marks);

/*
 * 0..99: 90 * severity/4 * (confidence + 1)/4, rounded down (low 1 .. critical 4; low 1 .. high 3),
 * plus the whole part of log10(unique), at most 9. Steps between severities are wider than 9 at any
 * one confidence, so number never lifts a finding over a more severe one that is as sure.
 */
unsigned finding_score(enum severity severity, enum confidence confidence, uint64_t unique);

/*
 * In place: numbers grouped as those of persons (3-2-4, 3-3-3, 4-4-4-4, 4-6-5, nine digits and more
 * that are no time) get * for all digits but the last four, and credentials that their first
 * characters tell get * for all but those: name_token().
 */
void name_star(uint8_t *name, size_t n);

/*
 * Length of the credential that begins at `at`; 0 for none. *ret_shown: how many of its first characters
 * tell no more than whose it is. A shorter one is believed where the name ends, which may be cut.
 * Forms: gh?_ and github_pat_ (GitHub, "Behind GitHub's new authentication token formats", 2021);
 * npm_ (the same form, GitHub's "Introducing npm's new access token format", 2021); AKIA and ASIA
 * (AWS IAM User Guide, "Unique identifiers"); glpat- (GitLab, "Token overview"); xox?- (Slack API, "Token
 * types"); sk_live_, rk_live_ (Stripe, "API keys"); AIza and 35 (Google Cloud, "API keys" in use);
 * eyJ (RFC 7519 3.1: base64url of `{"`, three parts).
 */
size_t name_token(struct span name, size_t at, size_t *ret_shown);

/* What the side with rights knows of a rule. Strings live as long as the catalogue. */
struct rule_info {
	char *id, *category, *title, *advice, *about, *refs;
	enum ladder ladder;
};

struct catalogue {
	struct rule_info *rules;
	uint16_t n;
	char digest[65]; /* SHA-256 of the rule set, hex */
};

void catalogue_free(struct catalogue *c);

#endif
