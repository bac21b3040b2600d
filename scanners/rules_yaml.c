/*
 * libyaml's events become a small tree of our own, because libyaml's document tree follows aliases
 * (a few lines can then stand for a billion nodes) and has no bound on its depth. What rule files
 * do not need is refused with its place instead of being interpreted: aliases, anchors, tags,
 * second documents, NUL bytes, two equal keys.
 */
#include "rules_yaml.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <yaml.h>

#include "limits.h"

#include "base/poison.h"

struct reading {
	yaml_parser_t parser;
	struct arena *arena;
	struct rules_error *error;
	uint32_t nodes;
};

int
rules_fail(struct rules_error *e, const struct ynode *at, const char *fmt, ...)
{
	va_list ap;

	e->line = at ? at->line : 0;
	e->column = at ? at->column : 0;
	va_start(ap, fmt);
	(void)vsnprintf(e->message, sizeof e->message, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

static struct ynode
mark_node(yaml_mark_t m)
{
	return (struct ynode){.line = (uint32_t)m.line + 1, .column = (uint32_t)m.column + 1};
}

static int
fail_at(struct reading *r, yaml_mark_t m, const char *message)
{
	struct ynode at = mark_node(m);

	return rules_fail(r->error, &at, "%s", message);
}

static int
next_event(struct reading *r, yaml_event_t *ret_ev)
{
	if (yaml_parser_parse(&r->parser, ret_ev))
		return 0;
	if (r->parser.error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	return fail_at(r,
		r->parser.problem_mark.line || r->parser.problem_mark.column
			? r->parser.problem_mark
			: r->parser.mark,
		r->parser.problem ? r->parser.problem : "this is not YAML");
}

/* What no rule file needs, said at its place. */
static int
refuse_extras(struct reading *r, const yaml_event_t *ev)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;

	if (ev->type == YAML_ALIAS_EVENT)
		return fail_at(r, ev->start_mark,
			"YAML aliases (*name) are not allowed: use a top-level `words` list and "
			"$name");
	if (ev->type == YAML_SCALAR_EVENT) {
		anchor = ev->data.scalar.anchor;
		tag = ev->data.scalar.tag;
	} else if (ev->type == YAML_SEQUENCE_START_EVENT) {
		anchor = ev->data.sequence_start.anchor;
		tag = ev->data.sequence_start.tag;
	} else if (ev->type == YAML_MAPPING_START_EVENT) {
		anchor = ev->data.mapping_start.anchor;
		tag = ev->data.mapping_start.tag;
	}
	if (anchor)
		return fail_at(r, ev->start_mark, "YAML anchors (&name) are not allowed");
	if (tag)
		return fail_at(r, ev->start_mark, "YAML tags (!name) are not allowed");
	return 0;
}

static int
read_scalar(struct reading *r, const yaml_event_t *ev, struct ynode *node)
{
	struct span s = span_of(ev->data.scalar.value, ev->data.scalar.length);

	if (s.n && memchr(s.p, 0, s.n))
		return fail_at(r, ev->start_mark, "a NUL byte in a text is not allowed");
	node->kind = YNODE_SCALAR;
	node->quoted = ev->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	node->text = arena_strdup(r->arena, s);
	node->n = s.n;
	return node->text ? 0 : -ENOMEM;
}

static int read_node(
	struct reading *r, const yaml_event_t *ev, unsigned depth, const struct ynode **ret_node);

/* Room for one more pointer in a run that doubles at powers of two. */
static int
push(struct arena *a, const struct ynode ***v, size_t n, const struct ynode *node)
{
	if ((n & (n - 1)) == 0) {
		const struct ynode **more = arena_calloc(a, n ? 2 * n : 1, sizeof *more);

		if (!more)
			return -ENOMEM;
		if (n)
			memcpy(more, *v, n * sizeof *more);
		*v = more;
	}
	(*v)[n] = node;
	return 0;
}

static int
read_list(struct reading *r, unsigned depth, struct ynode *node)
{
	for (;;) {
		const struct ynode *item;
		yaml_event_t ev;
		int e = next_event(r, &ev);

		if (e)
			return e;
		if (ev.type == YAML_SEQUENCE_END_EVENT) {
			yaml_event_delete(&ev);
			return 0;
		}
		e = read_node(r, &ev, depth + 1, &item);
		yaml_event_delete(&ev);
		if (!e)
			e = push(r->arena, &node->v, node->n, item);
		if (e)
			return e;
		node->n++;
	}
}

static int
check_key(struct reading *r, const struct ynode *map, const struct ynode *key)
{
	if (key->kind != YNODE_SCALAR)
		return rules_fail(r->error, key, "expected a word as key");
	if (map->n >= YAML_KEYS)
		return rules_fail(r->error, key, "more than %u keys in one map", YAML_KEYS);
	for (size_t i = 0; i < map->n; i++)
		if (strcmp(map->keys[i]->text, key->text) == 0)
			return rules_fail(r->error, key, "the key '%.60s' is here twice (line %u)",
				key->text, map->keys[i]->line);
	return 0;
}

static int
read_pair(struct reading *r, unsigned depth, struct ynode *node, const yaml_event_t *key_ev)
{
	const struct ynode *key, *value;
	yaml_event_t ev;
	int e = read_node(r, key_ev, depth + 1, &key);

	if (!e)
		e = check_key(r, node, key);
	if (!e)
		e = next_event(r, &ev);
	if (e)
		return e;
	e = read_node(r, &ev, depth + 1, &value);
	yaml_event_delete(&ev);
	if (!e)
		e = push(r->arena, &node->keys, node->n, key);
	if (!e)
		e = push(r->arena, &node->v, node->n, value);
	if (!e)
		node->n++;
	return e;
}

static int
read_map(struct reading *r, unsigned depth, struct ynode *node)
{
	for (;;) {
		yaml_event_t ev;
		int e = next_event(r, &ev);

		if (e)
			return e;
		if (ev.type == YAML_MAPPING_END_EVENT) {
			yaml_event_delete(&ev);
			return 0;
		}
		e = read_pair(r, depth, node, &ev);
		yaml_event_delete(&ev);
		if (e)
			return e;
	}
}

/* The tree below one event; ev stays the caller's. Recursion ends at YAML_DEPTH. */
static int
read_node(struct reading *r, const yaml_event_t *ev, unsigned depth, const struct ynode **ret_node)
{
	struct ynode *node;
	int e = refuse_extras(r, ev);

	if (e)
		return e;
	if (depth > YAML_DEPTH)
		return fail_at(r, ev->start_mark, "nested too deeply");
	if (++r->nodes > YAML_NODES)
		return fail_at(r, ev->start_mark, "the file is too large");
	node = arena_alloc(r->arena, sizeof *node);
	if (!node)
		return -ENOMEM;
	*node = mark_node(ev->start_mark);
	if (ev->type == YAML_SCALAR_EVENT) {
		e = read_scalar(r, ev, node);
	} else if (ev->type == YAML_SEQUENCE_START_EVENT) {
		node->kind = YNODE_LIST;
		e = read_list(r, depth, node);
	} else if (ev->type == YAML_MAPPING_START_EVENT) {
		node->kind = YNODE_MAP;
		e = read_map(r, depth, node);
	} else {
		e = fail_at(r, ev->start_mark, "expected a map of `words` and `rules`");
	}
	if (!e)
		*ret_node = node;
	return e;
}

/* The next event that is not the start or end of the stream or a document. */
static int
read_root(struct reading *r, const struct ynode **ret_root)
{
	const struct ynode *root = NULL;

	for (;;) {
		yaml_event_t ev;
		yaml_event_type_t type;
		int e = next_event(r, &ev);

		if (e)
			return e;
		type = ev.type;
		if (type == YAML_DOCUMENT_START_EVENT && root)
			e = fail_at(r, ev.start_mark, "a second document: a rule file has one");
		else if (type != YAML_STREAM_START_EVENT && type != YAML_DOCUMENT_START_EVENT &&
			type != YAML_DOCUMENT_END_EVENT && type != YAML_STREAM_END_EVENT)
			e = read_node(r, &ev, 0, &root);
		yaml_event_delete(&ev);
		if (e)
			return e;
		if (type == YAML_STREAM_END_EVENT)
			break;
	}
	if (!root)
		return rules_fail(r->error, &(struct ynode){.line = 1, .column = 1},
			"the file is empty: expected `rules`");
	*ret_root = root;
	return 0;
}

int
ynode_parse(struct arena *a, struct span yaml, const struct ynode **ret_root,
	struct rules_error *ret_error)
{
	struct reading r = {.arena = a, .error = ret_error};
	int e;

	if (yaml.n > YAML_BYTES)
		return rules_fail(ret_error, NULL, "larger than %u KiB", YAML_BYTES / 1024);
	if (!yaml_parser_initialize(&r.parser))
		return -ENOMEM;
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
		&r.parser, yaml.p ? yaml.p : (const unsigned char *)"", yaml.n);
	e = read_root(&r, ret_root);
	yaml_parser_delete(&r.parser);
	return e;
}
