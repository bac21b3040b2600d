/*
 * One run for all kinds: whoever has been chosen, the directory decides. An item out of a stream (a
 * member of an archive) can be read only once, so its kind is known only after it has been taken
 * into memory, and by then no other extractor could be asked.
 */
#include "extract/ole.h"

#include <errno.h>

#include "extract/pictures.h"
#include "limits.h"

#include "base/poison.h"

enum ole_kind
ole_kind(const struct cfb *c, uint32_t storage)
{
	static const struct {
		const char *name;
		enum ole_kind kind;
	} names[] = {{"EncryptedPackage", OLE_PROTECTED}, {"\6DataSpaces", OLE_PROTECTED},
		{"WordDocument", OLE_DOC}, {"PowerPoint Document", OLE_PPT}, {"Workbook", OLE_XLS},
		{"Book", OLE_XLS}, {"__properties_version1.0", OLE_MSG}};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		enum cfb_type t = names[i].name[0] == 6 ? CFB_STORAGE : CFB_STREAM;

		if (cfb_find(c, storage, names[i].name, t) != CFB_NONE)
			return names[i].kind;
	}
	return OLE_OTHER;
}

int
ole_bid(const struct item *it, enum ole_kind kind)
{
	struct budget b = {.bytes = UINT64_MAX, .item_cpu_end = UINT64_MAX};
	struct cfb c;
	enum ole_kind is;

	if (it->format != FORMAT_OLE2)
		return 0;
	if (xls_is_raw(it->head))
		return kind == OLE_XLS ? 90 : 0;
	if (!cfb_is_storage(it->r) && (!reader_seekable(it->r) || it->r->size == UINT64_MAX))
		return 60;
	if (cfb_open(&c, it->r, &b) < 0)
		return kind == OLE_OTHER ? 50 : 0;
	is = ole_kind(&c, c.root);
	cfb_close(&c);
	if (is == OLE_PROTECTED)
		is = OLE_OTHER;
	return is == kind ? 90 : 0;
}

/* An object that has been emptied, an equation, and a project of macros (read with the objects). */
static bool
holds_nothing(const struct cfb *c)
{
	return cfb_first(c, c->root) == CFB_NONE ||
		cfb_find(c, c->root, "Equation Native", CFB_STREAM) != CFB_NONE ||
		cfb_find(c, c->root, "VBA", CFB_STORAGE) != CFB_NONE;
}

int
ole_pictures(struct ole *o)
{
	static const char *const names[] = {"Pictures", "Data", "WordDocument"};
	int r = 0;

	for (size_t i = 0; i < sizeof names / sizeof *names && r == 0; i++) {
		uint32_t e = cfb_find(o->c, o->c->root, names[i], CFB_STREAM);
		struct cfb_stream st;

		if (e == CFB_NONE)
			continue;
		r = cfb_stream_open(&st, o->c, e);
		if (r == 0)
			r = pictures_run(&st.r, o->s);
		cfb_stream_close(&st);
	}
	return r;
}

/* What nobody reads: its words are searched. */
static int
other_read(struct ole *o)
{
	int r;

	if (holds_nothing(o->c) && !o->c->damaged)
		return 0;
	if (ole_carried(o, &r))
		return r;
	r = sink_gap(o->s, GAP_UNSUPPORTED, true, "compound file of an unknown kind");

	return r < 0 ? r : extract_strings(o->c->r == &o->c->mem_r ? &o->c->mem_r : o->it->r, o->s);
}

static int
kind_read(struct ole *o)
{
	switch (ole_kind(o->c, o->c->root)) {
	case OLE_XLS:
		o->it->mime = "application/vnd.ms-excel";
		return xls_read(o);
	case OLE_DOC:
		o->it->mime = "application/msword";
		return doc_read(o);
	case OLE_PPT:
		o->it->mime = "application/vnd.ms-powerpoint";
		return ppt_read(o);
	case OLE_MSG:
		o->it->mime = "application/vnd.ms-outlook";
		return msg_read(o);
	case OLE_PROTECTED:
		return ole_protected(o);
	default:
		return other_read(o);
	}
}

/* The header is there but no directory behind it. */
static int
no_directory(struct item *it, struct sink *s, int why)
{
	int r;

	if (why == -EOVERFLOW)
		return sink_gap(s, GAP_TOO_BIG, true, "compound file within a container");
	if (why != -EMEDIUMTYPE)
		return why;
	r = sink_gap(s, GAP_CORRUPT, true, "compound file without a directory");
	return r < 0 ? r : extract_strings(it->r, s);
}

int
ole_run(struct item *it, struct sink *s)
{
	struct cfb c;
	struct ole o = {.c = &c, .it = it, .s = s};
	int r;

	if (xls_is_raw(it->head))
		return xls_read_raw(it, s);
	r = cfb_open(&c, it->r, s->budget);
	if (r < 0)
		return no_directory(it, s, r);
	r = kind_read(&o);
	if (r == 0)
		r = ole_properties(&o);
	if (r == 0)
		r = ole_pictures(&o);
	if (r == 0)
		r = ole_objects(&o);
	if (r == 0 && c.damaged)
		r = sink_gap(s, GAP_CORRUPT, true, "compound file: cut short");
	names_free(&o.names);
	cfb_close(&c);
	return r;
}

static int
bid(const struct item *it)
{
	int sure = ole_bid(it, OLE_OTHER);

	/* any of the kinds would do for a stream; this one is asked last */
	return sure == 60 ? 55 : sure;
}

const struct extractor extract_cfb = {
	.name = "cfb",
	.formats = "other compound files (properties, embedded objects, encrypted packages)",
	.bid = bid,
	.run = ole_run,
};
