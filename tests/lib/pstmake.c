/* What Outlook expects of a store: the store's own properties, a tree of folders with three tables each, messages. */
#include "pstmake.h"

#include <stdlib.h>

#include "pstmake_ndb.h"

#include "base/poison.h"

enum {
	NID_STORE = 0x21,
	NID_NAMES = 0x61,
	NID_ROOT = 0x122,
	NID_RECIPIENTS = 0x692,
	NID_ATTACHMENTS = 0x671,
	TYPE_FOLDER = 2,
	TYPE_MESSAGE = 4,
	TYPE_ATTACHMENT = 5,
	TABLE_FOLDERS = 0x0D,
	TABLE_MESSAGES = 0x0E,
	TABLE_HIDDEN = 0x0F
};

enum { INT = 0x03, BOOL = 0x0B, OBJECT = 0x0D, STRING = 0x1F, TIME = 0x40, BINARY = 0x102 };

#define VALUES 24u

struct folder {
	uint32_t nid, parent;
	char *name;
	uint32_t *nids; /* of its messages */
	char **subjects;
	size_t n;
};

struct pstmake {
	struct ndb d;
	struct folder *folders;
	size_t n;
	uint8_t key[16];
};

static void
must(bool fine)
{
	if (!fine)
		abort();
}

static uint64_t
filetime(int64_t s)
{
	return s ? (uint64_t)(s + 11644473600) * 10000000u : 0;
}

/* --- lists of values --- */

struct list {
	struct ltp_value v[VALUES];
	size_t n;
};

static struct ltp_value *
add(struct list *l, uint32_t id, uint32_t type)
{
	must(l->n < VALUES);
	l->v[l->n] = (struct ltp_value){.id = id, .type = type};
	return &l->v[l->n++];
}

static void
add_string(struct list *l, uint32_t id, const char *s)
{
	if (s)
		add(l, id, STRING)->bytes = span_str(s);
}

static void
add_bytes(struct list *l, uint32_t id, struct span s)
{
	if (s.n)
		add(l, id, BINARY)->bytes = s;
}

static void
add_number(struct list *l, uint32_t id, uint32_t type, uint64_t v)
{
	add(l, id, type)->number = v;
}

/* --- the store ----------------------------------------------------------------------------- */

static uint32_t
check_value(const char *password)
{
	uint32_t c = 0;

	for (; *password; password++) {
		c ^= (uint8_t)*password;
		for (int k = 0; k < 8; k++)
			c = c & 1 ? c >> 1 ^ 0xEDB88320u : c >> 1;
	}
	return c;
}

static void
entry_id(const struct pstmake *p, uint32_t nid, uint8_t to[24])
{
	memset(to, 0, 24);
	memcpy(to + 4, p->key, 16);
	for (unsigned i = 0; i < 4; i++)
		to[20 + i] = (uint8_t)(nid >> 8 * i);
}

static void
node_of(struct pstmake *p, uint32_t nid, uint32_t parent, const struct list *v)
{
	struct ltp l;
	uint64_t data;

	ltp_begin(&l, &p->d);
	data = ltp_properties(&l, v->v, v->n);
	ndb_node(&p->d, nid, parent, data, ltp_end(&l));
}

static void
write_store(struct pstmake *p)
{
	static const uint8_t set[16] = {
		0x08, 0x20, 0x06, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46};
	static const uint8_t named[16] = {
		0x03, 0x85, 0, 0, 3 << 1, 0, 0, 0, 0, 0, 0, 0, 2 << 1 | 1, 0, 1, 0};
	const char *password = p->d.o.password;
	uint8_t top[24];
	struct list v = {0}, names = {0};

	entry_id(p, PSTMAKE_TOP, top);
	add_bytes(&v, 0x0FF9, span_of(p->key, 16));
	add_string(&v, 0x3001, "Store");
	add_number(&v, 0x35DF, INT, 0x89);
	add_bytes(&v, 0x35E0, span_of(top, 24));
	add_bytes(&v, 0x35E3, span_of(top, 24));
	add_bytes(&v, 0x35E7, span_of(top, 24));
	add_number(&v, 0x67FF, INT, password ? check_value(password) : 0);
	node_of(p, NID_STORE, 0, &v);
	/* named properties: 0x8000 is number 0x8503 of a set, 0x8001 the word "Keys" of PS_PUBLIC_STRINGS */
	add_number(&names, 1, INT, 251);
	add_bytes(&names, 2, span_of(set, 16));
	add_bytes(&names, 3, span_of(named, 16));
	add_bytes(&names, 4, span_of("\x08\0\0\0K\0e\0y\0s\0", 12));
	node_of(p, NID_NAMES, 0, &names);
}

struct pstmake *
pstmake_new(FILE *f, const struct pstmake_options *o)
{
	struct pstmake *p = calloc(1, sizeof *p);

	must(p);
	ndb_begin(&p->d, f, o);
	for (uint8_t i = 0; i < 16; i++)
		p->key[i] = (uint8_t)(i * 17 + 3);
	p->folders = calloc(2, sizeof *p->folders);
	must(p->folders);
	p->folders[0] = (struct folder){.nid = NID_ROOT, .parent = NID_ROOT, .name = strdup("")};
	p->folders[1] = (struct folder){
		.nid = PSTMAKE_TOP, .parent = NID_ROOT, .name = strdup("Top of Personal Folders")};
	p->n = 2;
	return p;
}

uint32_t
pstmake_folder(struct pstmake *p, uint32_t parent, const char *name)
{
	uint32_t nid = ndb_nid(&p->d, TYPE_FOLDER);

	p->folders = reallocarray(p->folders, p->n + 1, sizeof *p->folders);
	must(p->folders);
	p->folders[p->n++] = (struct folder){.nid = nid, .parent = parent, .name = strdup(name)};
	return nid;
}

/* --- messages ----------------------------------------------------------------------------------- */

static uint64_t write_message(
	struct pstmake *p, const struct pstmake_message *m, uint64_t *ret_sub);

static void
write_recipients(struct ltp *l, const struct pstmake_message *m)
{
	static const struct ltp_value columns[] = {{.id = 0x0C15, .type = INT},
		{.id = 0x3001, .type = STRING}, {.id = 0x3002, .type = STRING},
		{.id = 0x3003, .type = STRING}, {.id = 0x39FE, .type = STRING}};
	struct ltp_value *cells = calloc(m->n_to * 5 + 1, sizeof *cells);
	uint32_t *ids = calloc(m->n_to + 1, sizeof *ids);
	struct ltp in;
	uint64_t data;

	must(cells && ids);
	for (size_t i = 0; i < m->n_to; i++) {
		struct ltp_value *v = cells + i * 5;

		memcpy(v, columns, sizeof columns);
		ids[i] = (uint32_t)i;
		v[0].number = 1;
		v[1].bytes = v[3].bytes = v[4].bytes = span_str(m->to[i]);
		v[2].bytes = span_str("SMTP");
	}
	ltp_begin(&in, l->d);
	data = ltp_table(&in, columns, 5, ids, cells, m->n_to);
	ltp_sub(l, NID_RECIPIENTS, data, ltp_end(&in));
	free(cells);
	free(ids);
}

static void
write_attachment(struct pstmake *p, struct ltp *l, uint32_t nid, const struct pstmake_attachment *a)
{
	struct list v = {0};
	struct ltp in;
	uint8_t object[8] = {0};
	uint64_t data, sub = 0, inner = 0;
	uint32_t message = a->message ? ndb_nid(&p->d, TYPE_MESSAGE) : 0;

	ltp_begin(&in, &p->d);
	if (a->message) {
		inner = write_message(p, a->message, &sub);
		ltp_sub(&in, message, inner, sub);
		for (unsigned i = 0; i < 4; i++)
			object[i] = (uint8_t)(message >> 8 * i);
	}
	add_number(&v, 0x0E20, INT, a->bytes.n);
	add_string(&v, 0x3001, a->name);
	if (a->message)
		add(&v, 0x3701, OBJECT)->bytes = span_of(object, 8);
	else
		add_bytes(&v, 0x3701, a->bytes);
	add_number(&v, 0x3705, INT, a->message ? 5 : 1);
	add_string(&v, 0x3707, a->name);
	add_number(&v, 0x370B, INT, UINT32_MAX);
	data = ltp_properties(&in, v.v, v.n);
	ltp_sub(l, nid, data, ltp_end(&in));
}

static void
write_attachments(struct pstmake *p, struct ltp *l, const struct pstmake_message *m)
{
	static const struct ltp_value columns[] = {{.id = 0x0E20, .type = INT},
		{.id = 0x3704, .type = STRING}, {.id = 0x3705, .type = INT},
		{.id = 0x370B, .type = INT}};
	struct ltp_value *cells = calloc(m->n_files * 4 + 1, sizeof *cells);
	uint32_t *ids = calloc(m->n_files + 1, sizeof *ids);
	struct ltp in;
	uint64_t data;

	must(cells && ids);
	for (size_t i = 0; i < m->n_files; i++) {
		struct ltp_value *v = cells + i * 4;

		memcpy(v, columns, sizeof columns);
		ids[i] = ndb_nid(&p->d, TYPE_ATTACHMENT);
		v[0].number = m->files[i].bytes.n;
		v[1].bytes = span_str(m->files[i].name ? m->files[i].name : "");
		v[2].number = m->files[i].message ? 5 : 1;
		v[3].number = UINT32_MAX;
		write_attachment(p, l, ids[i], &m->files[i]);
	}
	ltp_begin(&in, &p->d);
	data = ltp_table(&in, columns, 4, ids, cells, m->n_files);
	ltp_sub(l, NID_ATTACHMENTS, data, ltp_end(&in));
	free(cells);
	free(ids);
}

static void
message_values(const struct pstmake_message *m, const char *subject, const char *to, struct list *v)
{
	add_string(v, 0x001A, m->class ? m->class : "IPM.Note");
	add_string(v, 0x0037, m->subject ? subject : NULL);
	if (m->sent)
		add_number(v, 0x0039, TIME, filetime(m->sent));
	add_string(v, 0x007D, m->headers);
	add_string(v, 0x0C1A, m->from);
	add_string(v, 0x0C1E, m->from ? "SMTP" : NULL);
	add_string(v, 0x0C1F, m->from);
	add_string(v, 0x0E04, m->n_to ? to : NULL);
	if (m->sent)
		add_number(v, 0x0E06, TIME, filetime(m->sent));
	add_number(v, 0x0E07, INT, m->n_files ? 0x11 : 0x01);
	add_number(v, 0x0E08, INT, 4096);
	add_number(v, 0x0E1B, BOOL, m->n_files > 0);
	add_string(v, 0x1000, m->body);
	add_bytes(v, 0x1009, m->rtf);
	add_bytes(v, 0x1013, m->html);
	add_string(v, 0x1035, m->id);
	add_number(v, 0x3007, TIME, filetime(m->sent ? m->sent : 1416816000));
	add_number(v, 0x3008, TIME, filetime(m->sent ? m->sent : 1416816000));
}

static uint64_t
write_message(struct pstmake *p, const struct pstmake_message *m, uint64_t *ret_sub)
{
	struct buf subject = {0}, to = {0};
	struct list v = {0};
	struct ltp l;
	uint64_t data;

	/* a subject begins with a mark and how long its prefix is */
	buf_puts(&subject, "\1\1");
	buf_puts(&subject, m->subject ? m->subject : "");
	for (size_t i = 0; i < m->n_to; i++)
		buf_printf(&to, "%s%s", i ? "; " : "", m->to[i]);
	message_values(m, buf_cstr(&subject), buf_cstr(&to), &v);
	ltp_begin(&l, &p->d);
	data = ltp_properties(&l, v.v, v.n);
	write_recipients(&l, m);
	if (m->n_files)
		write_attachments(p, &l, m);
	*ret_sub = ltp_end(&l);
	buf_free(&subject);
	buf_free(&to);
	return data;
}

static struct folder *
folder_of(struct pstmake *p, uint32_t nid)
{
	for (size_t i = p->n; i-- > 0;) {
		if (p->folders[i].nid == nid)
			return &p->folders[i];
	}
	abort();
}

uint32_t
pstmake_message(struct pstmake *p, uint32_t folder, const struct pstmake_message *m)
{
	struct folder *f = folder_of(p, folder);
	uint32_t nid = ndb_nid(&p->d, TYPE_MESSAGE);
	uint64_t sub, data = write_message(p, m, &sub);

	ndb_node(&p->d, nid, folder, data, sub);
	if ((f->n & (f->n - 1)) == 0) {
		f->nids = reallocarray(f->nids, f->n * 2 + 1, sizeof *f->nids);
		f->subjects = reallocarray(f->subjects, f->n * 2 + 1, sizeof *f->subjects);
		must(f->nids && f->subjects);
	}
	f->nids[f->n] = nid;
	f->subjects[f->n++] = strdup(m->subject ? m->subject : "");
	return nid;
}

/* --- folders ---------------------------------------------------------------------------------------- */

static void
write_table(struct pstmake *p, uint32_t nid, const struct ltp_value *columns, size_t n,
	const uint32_t *ids, const struct ltp_value *cells, size_t rows)
{
	struct ltp l;
	uint64_t data;

	ltp_begin(&l, &p->d);
	data = ltp_table(&l, columns, n, ids, cells, rows);
	ndb_node(&p->d, nid, 0, data, ltp_end(&l));
}

static void
write_messages(struct pstmake *p, const struct folder *f)
{
	static const struct ltp_value columns[] = {{.id = 0x001A, .type = STRING},
		{.id = 0x0037, .type = STRING}, {.id = 0x0E07, .type = INT},
		{.id = 0x0E08, .type = INT}};
	struct ltp_value *cells = calloc(f->n * 4 + 1, sizeof *cells);

	must(cells);
	for (size_t i = 0; i < f->n; i++) {
		memcpy(cells + i * 4, columns, sizeof columns);
		cells[i * 4].bytes = span_str("IPM.Note");
		cells[i * 4 + 1].bytes = span_str(f->subjects[i]);
		cells[i * 4 + 2].number = 1;
	}
	write_table(p, (f->nid & ~0x1Fu) | TABLE_MESSAGES, columns, 4, f->nids, cells, f->n);
	write_table(p, (f->nid & ~0x1Fu) | TABLE_HIDDEN, columns, 4, NULL, NULL, 0);
	free(cells);
}

static size_t
write_folders(struct pstmake *p, const struct folder *f)
{
	static const struct ltp_value columns[] = {{.id = 0x3001, .type = STRING},
		{.id = 0x3602, .type = INT}, {.id = 0x3603, .type = INT},
		{.id = 0x360A, .type = BOOL}};
	struct ltp_value *cells = calloc(p->n * 4, sizeof *cells);
	uint32_t *ids = calloc(p->n, sizeof *ids);
	size_t n = 0;

	must(cells && ids);
	/* folders were made in ascending order, but for the two that are always there */
	for (size_t i = 0; i < p->n; i++) {
		if (p->folders[i].parent != f->nid || &p->folders[i] == f)
			continue;
		memcpy(cells + n * 4, columns, sizeof columns);
		cells[n * 4].bytes = span_str(p->folders[i].name);
		cells[n * 4 + 1].number = p->folders[i].n;
		ids[n++] = p->folders[i].nid;
	}
	write_table(p, (f->nid & ~0x1Fu) | TABLE_FOLDERS, columns, 4, ids, cells, n);
	free(cells);
	free(ids);
	return n;
}

uint64_t
pstmake_end(struct pstmake *p)
{
	uint64_t size;

	write_store(p);
	for (size_t i = 0; i < p->n; i++) {
		struct folder *f = &p->folders[i];
		struct list v = {0};

		write_messages(p, f);
		add_string(&v, 0x3001, f->name);
		add_number(&v, 0x3602, INT, f->n);
		add_number(&v, 0x3603, INT, 0);
		add_number(&v, 0x360A, BOOL, write_folders(p, f) > 0);
		add_string(&v, 0x3613, "IPF.Note");
		node_of(p, f->nid, f->parent, &v);
		for (size_t k = 0; k < f->n; k++)
			free(f->subjects[k]);
		free(f->nids);
		free(f->subjects);
		free(f->name);
	}
	size = ndb_end(&p->d);
	free(p->folders);
	free(p);
	return size;
}
