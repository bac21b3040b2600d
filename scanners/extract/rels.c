/*
 * Targets are relative to the folder of the part that owns the relationships. "..", absolute names
 * and backslashes are all met in real files.
 */
#include "extract/rels.h"

#include <errno.h>
#include <stdlib.h>

#include "limits.h"

#include "base/poison.h"

#define BUCKETS 1024u

void
rels_init(struct rels *rs, struct arena *arena)
{
	*rs = (struct rels){.arena = arena};
}

void
rels_free(struct rels *rs)
{
	free(rs->v);
	free(rs->bucket);
}

static unsigned
hash(const char *s)
{
	unsigned h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h % BUCKETS;
}

/* Drops the last component of b, whose end is no '/'. */
static void
go_up(struct buf *b)
{
	while (b->n && b->p[b->n - 1] != '/')
		b->n--;
	if (b->n)
		b->n--;
}

static void
resolve(struct buf *b, struct span folder, const char *target)
{
	buf_clear(b);
	if (*target != '/' && *target != '\\')
		buf_put(b, folder.p, folder.n);
	while (*target) {
		size_t n = strcspn(target, "/\\");

		if (n == 2 && target[0] == '.' && target[1] == '.')
			go_up(b);
		else if (n && !(n == 1 && target[0] == '.')) {
			if (b->n)
				buf_putc(b, '/');
			buf_put(b, target, n);
		}
		target += n;
		target += *target != 0;
	}
}

struct reading {
	struct rels *rs;
	struct span folder;
	struct buf path;
};

static int
rel_add(struct reading *in, const char *id, const char *target, bool external)
{
	struct rels *rs = in->rs;
	unsigned h = hash(id);
	struct rel *rel;

	if (rs->n == rs->cap) {
		unsigned cap = rs->cap ? rs->cap * 2 : 16;
		struct rel *v = reallocarray(rs->v, cap, sizeof *v);

		if (!v)
			return -ENOMEM;
		rs->v = v;
		rs->cap = cap;
	}
	if (!rs->bucket && !(rs->bucket = calloc(BUCKETS, sizeof *rs->bucket)))
		return -ENOMEM;
	if (!external) {
		resolve(&in->path, in->folder, target);
		target = buf_cstr(&in->path);
	}
	rel = &rs->v[rs->n];
	*rel = (struct rel){.id = arena_strdup(rs->arena, span_str(id)),
		.target = arena_strdup(rs->arena, span_str(target)),
		.external = external,
		.next = rs->bucket[h]};
	if (!rel->id || !rel->target)
		return -ENOMEM;
	rs->bucket[h] = ++rs->n;
	return 0;
}

static int
on_start(struct xmlpart *x, const char *name, const char **atts)
{
	struct reading *in = x->user;
	const char *id, *target, *mode;

	if (strcmp(name, "Relationship") != 0 || in->rs->n >= LIMIT_RELS)
		return 0;
	id = xml_att(atts, "Id");
	target = xml_att(atts, "Target");
	mode = xml_att(atts, "TargetMode");
	if (!id || !target || strlen(target) > LIMIT_NAME)
		return 0;
	return rel_add(in, id, target, mode && strcmp(mode, "External") == 0);
}

/* "xl/_rels/workbook.xml.rels" -> "xl" */
static struct span
folder_of(const char *name)
{
	const char *at = strrchr(name, '/');
	const char *up = at ? memrchr(name, '/', (size_t)(at - name)) : NULL;

	return span_of(name, up ? (size_t)(up - name) : 0);
}

int
rels_read(struct rels *rs, struct zippart *p)
{
	static const struct xml_ops ops = {.start = on_start};
	struct reading in = {.rs = rs, .folder = folder_of(p->name)};
	int r = xmlpart_parse(p, &ops, &in, "relationships");

	buf_free(&in.path);
	return r;
}

const struct rel *
rels_find(const struct rels *rs, const char *id)
{
	unsigned i = rs->bucket && id ? rs->bucket[hash(id)] : 0;

	for (; i; i = rs->v[i - 1].next) {
		if (strcmp(rs->v[i - 1].id, id) == 0)
			return &rs->v[i - 1];
	}
	return NULL;
}
