/*
 * rules: rule files (YAML, leakaudit-rules(5)) become const struct rule. Rules are data, checks are
 * code. Nothing here matches anything.
 */
#ifndef RULES_H
#define RULES_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "detect/check.h"
#include "finding.h"

/* Where a rule looks. Bits. */
enum scope {
	SCOPE_TEXT = 1, /* running text of any document */
	SCOPE_CELLS = 2, /* cells of tables and sheets, with their headers */
	SCOPE_RAW = 4, /* printable runs out of unknown binaries */
	SCOPE_NAME = 8 /* the name of the item and of the folder above it */
};

/* Number shapes found by the bit-parallel scanner (match/bitscan.h). */
enum shape {
	SHAPE_NONE,
	SHAPE_SSN, /* 3-2-4 digits, one of "- " throughout (also U+2011 etc. folded: see match) */
	SHAPE_DIGITS9, /* nine digits in a run */
	SHAPE_GROUP333, /* 3-3-3 digits, one of "- ." throughout */
	SHAPE_CARD, /* 13-19 digits solid, or 4-4-4-4, 4-6-5, 4-6-4 with one of "- " throughout */
	SHAPE_IBAN, /* two letters, two digits, 11-30 alphanumerics, single spaces between */
	SHAPE_MRZ, /* two or three lines of 30, 36 or 44 characters A-Z 0-9 < */
	SHAPE_NINO, /* two letters, six digits (solid or in pairs), A-D */
	SHAPE_DIGITS, /* 6-17 digits in a run: only ever with a header or near words */
	SHAPE_DATE, /* yyyy-mm-dd, dd.mm.yyyy, mm/dd/yyyy, d-Mon-yyyy */
	SHAPE_EMAIL, /* local@domain.tld */
	SHAPE_PHONE, /* NANP or +international, grouped */
	SHAPE_TERM, /* one of the rule's terms (match/terms.h) */
	SHAPE_CELL, /* the whole text of a cell whose column's header speaks for the rule */
	SHAPES
};

/* Words in lower case; each is one literal of the anchor database. */
struct words {
	const char *const *v;
	size_t n;
	uint16_t within; /* bytes between word and match, at most 2,000 */
};

/* What a value must be like beyond its pattern. 0 or false = not asked. */
struct require {
	uint16_t min_len, max_len; /* bytes of the value */
	uint8_t classes; /* at least so many of lower, upper, digit, other */
	float entropy; /* Shannon, bits a character, at least */
	bool no_placeholder; /* not in check_placeholder()'s list or shapes */
};

/*
 * One way of finding a rule's value: by a shape, or by anchors and a pattern. The confidence it
 * gives depends on what stands with it; CONF_NONE = not reported.
 */
struct pattern {
	enum shape shape; /* SHAPE_NONE: anchors and regex below */
	const char *const *anchors; /* literals >= 3 bytes, one lies inside every match; caseless */
	size_t n_anchors;
	const char *regex; /* PCRE2, bytes (no UTF); group `value` (else the whole) is it */
	uint16_t before, after; /* window round an anchor handed to PCRE2 */
	const struct check *check; /* NULL for none */
	struct require require;
	enum confidence alone; /* the pattern, and its check, and nothing else */
	enum confidence near; /* with a near word */
	enum confidence header; /* in a column whose header says so */
	enum confidence repeated; /* when there are `repeat` distinct ones in the item */
	uint32_t repeat; /* 0 = repetition says nothing */
	const char *label; /* provider or kind for `why`, e.g. "AWS access key"; or NULL */
	bool protected_value; /* what is found is itself encrypted: severity one lower */
	bool secret; /* a credential: samples never show a character or a length */
	uint8_t scope; /* SCOPE_*; 0 = the rule's */
	uint32_t line; /* where it stands in its file, for error messages */
};

/* What the cells of a column hold (classify/value.h decides). */
enum value_type {
	VALUE_ANY,
	VALUE_MONEY,
	VALUE_PERSON,
	VALUE_DATE,
	VALUE_EMAIL,
	VALUE_PHONE,
	VALUE_IP,
	VALUE_SECRET,
	VALUE_NUMBER,
	VALUE_TEXT,
	VALUE_HOST, /* a name of a machine: one token with a dot, dash or digit */
	VALUE_MAC, /* a hardware address */
	VALUE_ID, /* one token of letters and digits, a digit among them */
	VALUE_CODE, /* a diagnosis or procedure code: ICD-9, ICD-10, CPT, DSM */
	VALUE_HANDLE, /* an account's name, address or page on a network */
	VALUE_CALLED, /* what somebody may call himself: a name, or words of letters */
	VALUE_TYPES
};

/* A set of columns of one meaning, by header words and by what is in the cells. */
struct column_group {
	const char *name; /* for `why`: "salary column" */
	struct words words; /* header words, whole words, lower case */
	struct words sure; /* header words of which one is enough for min_words */
	struct words not_words; /* header words that rule a column out */
	struct words cells; /* phrases one of which a cell must hold; none = any cell will do */
	enum value_type values;
	uint8_t min_columns; /* so many columns of this group are needed; 0 = only raises */
	uint8_t min_words; /* distinct header words of the group over all columns, at most 16 */
	uint8_t min_filled; /* percent of data rows with a value of the type */
	uint8_t min_distinct; /* percent of the first 64 values that differ from those before */
	uint32_t min_rows; /* data rows with a value of the type */
	bool secret; /* its values are counted as credentials (unique, masked) */
};

/* Line items: what stands at the beginning of rows, as in a balance sheet or a film's topsheet. */
struct label_rule {
	struct words words; /* phrases, whole words, lower case */
	struct words must; /* further ones, one of which must be there; none = no matter */
	uint8_t min_distinct; /* so many different ones; 0 = the table has no line items */
	uint8_t min_amounts; /* rows with a line item and an amount */
};

/* A table of a kind: all groups with min_columns > 0 and its line items are there. */
struct table_rule {
	const struct column_group *groups;
	size_t n_groups;
	struct words not_words; /* header words that rule the whole table out */
	struct label_rule labels;
	uint8_t raise; /* optional groups needed for `raised` */
	uint32_t min_rows; /* data rows */
	enum confidence confidence; /* when all needed groups are there */
	enum confidence raised; /* when `raise` optional groups (min_columns 0) are there as well */
};

/*
 * One kind of evidence in a document: distinct phrases of a list, or lines of a form. Needed unless it
 * only raises or speaks against.
 */
struct document_group {
	const char *name; /* for `why`: "terms of a contract" */
	struct words words; /* phrases, lower case */
	uint32_t least; /* so many distinct ones */
	const char *regex; /* or: a form of line, and `least` of them */
	uint32_t head; /* only within so many bytes from the beginning; 0 = anywhere */
	bool raises, against;
};

/* A document of a kind: all needed groups are there, none that speaks against it. */
struct document_rule {
	struct words seeds; /* single words or phrases without which nothing is looked at */
	const struct document_group *groups;
	size_t n_groups;
	uint32_t min_bytes; /* of text */
	enum confidence confidence, raised;
};

/* Names of files and folders (SCOPE_NAME). */
struct name_rule {
	struct words words; /* whole words of the name without its extension */
	struct words not_words;
	const char *const *names; /* whole names, lower case: "id_rsa", ".htpasswd" */
	size_t n_names;
	const char *const *exts; /* extensions without the dot; none = any */
	size_t n_exts;
	const char *const *spaced_exts; /* those that agree only with a name that has a space */
	size_t n_spaced_exts;
	const char *const *mimes; /* mime prefixes that agree; none = any */
	size_t n_mimes;
	bool folders; /* a folder so named speaks for the files in it */
	enum confidence alone; /* the name only */
	enum confidence agreed; /* name or folder agrees with extension or mime */
};

/* Items of a kind that their bytes show (item.h enum fact_kind). */
struct file_rule {
	enum fact_kind kind;
	uint32_t min_count, min_seconds, min_height; /* what is not known is less than any */
	struct words words; /* of the name or folder: raise to `named` */
	struct words not_words; /* of the name: cap to low */
	enum confidence alone, named;
};

/* A text that a rule must find, or must not. */
struct example {
	const char *text;
	uint32_t line;
	bool good;
	bool cells; /* text is CSV and goes in as rows */
	bool base64; /* text stands for bytes: a binary file */
	const char *name; /* file name to pretend; NULL = "example.txt" */
	enum confidence at_least; /* good ones: CONF_MEDIUM unless said */
};

struct rule {
	const char *id, *category, *title, *about, *advice, *refs;
	enum ladder ladder;
	uint8_t scope;
	uint16_t index; /* its place in the set and in the catalogue */
	const struct pattern *patterns;
	size_t n_patterns;
	struct words near; /* raise */
	struct words not_near; /* cap */
	enum confidence not_near_cap; /* CONF_NONE: a not-near word drops the match */
	struct words header_yes; /* header words, whole words */
	struct words header_no;
	const char *const *terms; /* what SHAPE_TERM looks for; none = it looks for nothing */
	size_t n_terms;
	uint32_t min_count; /* distinct values an item must have; 0 and 1: one */
	const char *const *yields; /* ids of rules whose matches win where they overlap */
	size_t n_yields;
	const uint16_t *yields_to; /* rules_finish(): their indices, of those that are there */
	size_t n_yields_to;
	const struct table_rule *tables; /* alternatives: any of them will do */
	size_t n_tables;
	const struct document_rule *document; /* or NULL */
	const struct name_rule *name; /* or NULL */
	const struct file_rule *files;
	size_t n_files;
	const char *classifier; /* name in classify/table.c, or NULL */
	struct example *examples;
	size_t n_examples;
	const char *file; /* where it came from, for messages */
	uint32_t line;
};

struct ruleset {
	struct arena arena; /* everything below lives here */
	const struct rule *rules; /* sorted by id; rules[i].index == i */
	uint16_t n;
	char digest[65]; /* SHA-256 over the files' bytes in load order, hex */
	struct rules_load *load; /* between rules_add() and rules_finish() */
};

/* A mistake in a rule file: where, and what was expected there. */
struct rules_error {
	char file[256];
	uint32_t line, column; /* counted from 1; 0 = unknown */
	char message[256];
};

/*
 * Adds the rules of one file; name is for messages only. A rule with an id already there replaces
 * it. 0, or -EINVAL with *ret_error filled; the set is then unchanged and usable.
 */
int rules_add(
	struct ruleset *rs, const char *name, struct span yaml, struct rules_error *ret_error);

/*
 * After the last rules_add(): sorts, numbers, digests. When rules_select() dropped rules, the
 * digest is over the files' bytes and the ids that are left. 0 or -ENOMEM.
 */
int rules_finish(struct ruleset *rs);

/*
 * Keeps the rules chosen by id or category (only = none means all) and drops those in without.
 * -ENOENT with the unknown word in *ret_error->message. Call before rules_finish().
 */
int rules_select(struct ruleset *rs, const char *const *only, size_t n_only,
	const char *const *without, size_t n_without, struct rules_error *ret_error);

/* The rule of that id, or NULL. */
const struct rule *rules_find(const struct ruleset *rs, const char *id);

void rules_free(struct ruleset *rs);

#endif
