/*
 * The contract's words, and how a number found becomes a severity and a score. Kept apart from
 * both sides so that grading is arithmetic alone: equal inputs give equal grades everywhere.
 */
#include "finding.h"

#include <errno.h>
#include <stdlib.h>

#include "base/poison.h"

static const char *const confidence_names[CONFIDENCES] = {
	[CONF_NONE] = "none",
	[CONF_LOW] = "low",
	[CONF_MEDIUM] = "medium",
	[CONF_HIGH] = "high",
};

static const char *const severity_names[SEVERITIES] = {
	[SEV_INFO] = "info",
	[SEV_LOW] = "low",
	[SEV_MEDIUM] = "medium",
	[SEV_HIGH] = "high",
	[SEV_CRITICAL] = "critical",
};

static const char *const via_names[VIAS] = {
	[VIA_TEXT] = "text",
	[VIA_OCR] = "ocr",
	[VIA_NAME] = "name",
	[VIA_STRUCTURE] = "structure",
};

static const char *const reach_names[REACHES] = {
	[REACH_UNKNOWN] = "unknown",
	[REACH_OWNER] = "owner",
	[REACH_GROUP] = "group",
	[REACH_NAMED] = "named",
	[REACH_EVERYONE] = "everyone",
};

static const char *const ladder_names[LADDERS] = {
	[LADDER_PERSONS] = "persons",
	[LADDER_CREDENTIAL] = "credential",
	[LADDER_DOCUMENT] = "document",
	[LADDER_NOTICE] = "notice",
};

/* The index of s in names[from..n), or -EINVAL. */
static int
name_index(const char *const *names, int from, int n, const char *s)
{
	for (int i = from; s && i < n; i++) {
		if (strcmp(names[i], s) == 0)
			return i;
	}
	return -EINVAL;
}

const char *
confidence_name(enum confidence c)
{
	return c < CONFIDENCES ? confidence_names[c] : "unknown";
}

const char *
severity_name(enum severity s)
{
	return s < SEVERITIES ? severity_names[s] : "unknown";
}

const char *
via_name(enum via v)
{
	return v < VIAS ? via_names[v] : "unknown";
}

const char *
reach_name(enum reach r)
{
	return r < REACHES ? reach_names[r] : "unknown";
}

const char *
ladder_name(enum ladder l)
{
	return l < LADDERS ? ladder_names[l] : "unknown";
}

int
confidence_parse(const char *s, enum confidence *ret_c)
{
	int i = name_index(confidence_names, CONF_LOW, CONFIDENCES, s);

	if (i < 0)
		return i;
	*ret_c = (enum confidence)i;
	return 0;
}

int
severity_parse(const char *s, enum severity *ret_s)
{
	int i = name_index(severity_names, SEV_LOW, SEVERITIES, s);

	if (i < 0)
		return i;
	*ret_s = (enum severity)i;
	return 0;
}

int
ladder_parse(const char *s, enum ladder *ret_l)
{
	int i = name_index(ladder_names, 0, LADDERS, s);

	if (i < 0)
		return i;
	*ret_l = (enum ladder)i;
	return 0;
}

static enum severity
persons_severity(uint64_t unique, bool everyone)
{
	if (unique >= 1000 || (unique >= 10 && everyone))
		return SEV_CRITICAL;
	if (unique >= 10)
		return SEV_HIGH;
	return unique >= 2 ? SEV_MEDIUM : SEV_LOW;
}

static enum severity
ladder_severity(enum ladder ladder, uint64_t unique, bool everyone)
{
	switch (ladder) {
	case LADDER_PERSONS:
		return persons_severity(unique, everyone);
	case LADDER_CREDENTIAL:
		return everyone ? SEV_CRITICAL : SEV_HIGH;
	case LADDER_DOCUMENT:
		return everyone ? SEV_HIGH : SEV_MEDIUM;
	case LADDER_NOTICE:
	case LADDERS:
		break;
	}
	return SEV_LOW;
}

enum severity
finding_severity(enum ladder ladder, uint64_t unique, enum reach reach, unsigned marks)
{
	enum severity s = ladder_severity(ladder, unique, reach == REACH_EVERYONE);
	unsigned down = marks + (reach == REACH_OWNER);

	while (down-- > 0 && s > SEV_LOW)
		s--;
	return s;
}

unsigned
finding_score(enum severity severity, enum confidence confidence, uint64_t unique)
{
	unsigned score = (unsigned)severity * ((unsigned)confidence + 1) * 45 / 8;
	unsigned tens = 0;

	for (; unique >= 10 && tens < 9; unique /= 10)
		tens++;
	return score + tens;
}

void
catalogue_free(struct catalogue *c)
{
	for (uint16_t i = 0; i < c->n; i++) {
		struct rule_info *r = &c->rules[i];

		free(r->id);
		free(r->category);
		free(r->title);
		free(r->advice);
		free(r->about);
		free(r->refs);
	}
	free(c->rules);
	*c = (struct catalogue){0};
}
