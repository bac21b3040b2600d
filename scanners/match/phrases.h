/*
 * phrases: whole words and runs of words in a text that has been laid out for it: lower case, one
 * space for any run of blanks and line ends (phrases_lay()). For judging documents, where a phrase
 * may be broken over two lines and only once matters how often it stands there.
 */
#ifndef MATCH_PHRASES_H
#define MATCH_PHRASES_H

#include "base/buf.h"
#include "base/span.h"
#include "rules.h"

struct phrases;

/*
 * A set of n phrases, each of 2 to LIMIT_PHRASE bytes. 0, -ENOMEM, or -EINVAL with *ret_bad: the index of
 * one that is too short or long.
 */
int phrases_new(const char *const *v, size_t n, struct phrases **ret_p, size_t *ret_bad);

/* Every place of every phrase that stands there as whole words, as phrases_scan() tells it. */
typedef void phrase_fn(void *user, uint32_t phrase, size_t end);

/*
 * In order of where they begin; end: offset behind it. Letters are alike whether small or capitals, of
 * ASCII and of Western European languages (latin_small()); a text not laid out has its blanks as they are.
 */
void phrases_scan(const struct phrases *p, struct span text, phrase_fn *fn, void *user);

/* Is any of them there? Stops at the first. */
bool phrases_any(const struct phrases *p, struct span text);

void phrases_free(struct phrases *p);

/* Lays text out in *out, which is emptied before; typographic quotes and dashes become ASCII ones. */
void phrases_lay(struct span text, struct buf *out);

/* The line, from 1, of text that laid-out offset `at` came from. */
uint64_t phrases_line(struct span text, size_t at);

/* --- patterns of lines --- */

struct line_pattern;

/* A PCRE2 expression; ^ and $ match at line ends. 0, -ENOMEM or -EINVAL with words in ret_why. */
int line_pattern_new(const char *regex, struct line_pattern **ret_p, char ret_why[160]);

/*
 * How often it matches in text, at most `most`; a text too intricate ends the count. *ret_first: where
 * the first match begins.
 */
uint32_t line_pattern_count(
	struct line_pattern *p, struct span text, uint32_t most, size_t *ret_first);

void line_pattern_free(struct line_pattern *p);

#endif
