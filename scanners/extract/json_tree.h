/* json_tree: where in a JSON text the reader stands, what its values are called, which objects are rows. */
#ifndef EXTRACT_JSON_TREE_H
#define EXTRACT_JSON_TREE_H

#include "extract/records.h"
#include "limits.h"

struct json_key {
	uint8_t n, p[LIMIT_JSON_KEY];
};

enum json_where { JSON_BETWEEN, JSON_STRING, JSON_BARE };

struct json {
	struct lined out;
	struct records rec;
	struct buf tmp;
	enum json_where where;
	unsigned depth; /* open brackets */
	uint64_t arrays; /* bit d: the bracket that opened depth d + 1 is a '[' */
	struct json_key keys[LIMIT_JSON_DEPTH + 1]; /* [d]: the last key at depth d */
	struct json_key
		named[LIMIT_JSON_DEPTH + 1]; /* [d]: what the object at depth d says its name is */
	unsigned record; /* depth of the record's inside; 0 = none */
	bool listed; /* the record is a list, its columns are counted: */
	unsigned column; /* of its next value */
	/* the last list of texts alone: what the columns of a list of rows beside it are called */
	struct buf texts; /* each with a length byte in front */
	unsigned texts_at; /* inside a list of nothing but texts so far; 0 = none */
	bool texts_new; /* the first of its texts is to come */
	unsigned texts_of; /* inside the object whose list they are; 0 = none */
	unsigned group; /* depth around the records held back or given, plus 1; 0 = none */
	size_t from; /* of the present string or bare word, in out.buf */
	uint64_t sent; /* as out.sent, then */
	bool value; /* the next string or word is a value, not a key */
	bool wait_key; /* within an object, in front of ':' */
	/* an escape that is not whole */
	uint8_t esc; /* 0, '\\', or 'u' */
	uint8_t digits;
	uint32_t code, high;
};

/* A bracket, comma or colon, which is not yet in the text when it opens something. 0 or -errno. */
int json_structure(struct json *j, uint8_t c);

/* A value begins: what it is called is put in front of it, where nothing else says so. */
int json_value_begin(struct json *j);

/* It ends at out.buf[to], having begun at j->from. */
int json_value_end(struct json *j, size_t to, bool number);

/* The string from j->from on was a key. */
int json_key_end(struct json *j);

/* The records at hand are none, or have ended. */
int json_group_stop(struct json *j);

#endif
