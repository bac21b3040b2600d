/* Presentations: records within records, by hand after the published layouts. */
#include <stdlib.h>
#include <zlib.h>

#include "olemake.h"

#include "base/poison.h"

/* A record of a presentation; a container when its version is 15. */
static void
ppt_put(struct buf *b, unsigned version, unsigned instance, unsigned type, const struct buf *t)
{
	put_le(b, version | instance << 4, 2);
	put_le(b, type, 2);
	put_le(b, t->n, 4);
	buf_put(b, t->p, t->n);
}

static void
ppt_text(struct buf *b, unsigned type, const char *s)
{
	struct buf t = {0};

	if (type == 4008)
		buf_puts(&t, s);
	else
		put_wide_ascii(&t, s);
	ppt_put(b, 0, 0, type, &t);
	buf_free(&t);
}

/* Text, a comment; notes; the list of slides. */
static void
ppt_objects(struct olemake_ppt *o)
{
	struct buf *b = &o->main, in = {0}, t = {0}, list = {0};

	o->place[2] = (uint32_t)b->n;
	ppt_text(&in, 4008, "Budget\rfilms");
	ppt_text(&in, 4000, "wide text");
	ppt_text(&t, 4026, "Ann");
	ppt_put(&in, 15, 0, 12000, &t);
	ppt_put(b, 15, 0, 1006, &in);
	o->size[2] = (uint32_t)b->n - o->place[2];
	buf_clear(&in);
	buf_clear(&t);
	put_le(&t, 256, 4);
	put_le(&t, 0, 4);
	ppt_put(&in, 1, 0, 1009, &t);
	ppt_text(&in, 4008, "speak slowly");
	ppt_put(b, 15, 0, 1008, &in);
	buf_clear(&in);
	buf_clear(&t);
	o->place[1] = (uint32_t)b->n;
	put_le(&t, 2, 4);
	put_le(&t, 0, 8);
	put_le(&t, 256, 4);
	put_le(&t, 0, 4);
	ppt_put(&list, 0, 0, 1011, &t);
	ppt_text(&list, 4008, "Outline");
	ppt_put(&in, 15, 0, 4080, &list);
	ppt_put(b, 15, 0, 1000, &in);
	o->size[1] = (uint32_t)b->n - o->place[1];
	buf_free(&in);
	buf_free(&t);
	buf_free(&list);
}

void
olemake_ppt_streams(struct olemake_ppt *o, struct span session)
{
	struct buf *b = &o->main, t = {0};
	uint32_t places[3], table, edit;

	ppt_objects(o);
	places[0] = o->place[1];
	places[1] = o->place[2];
	places[2] = (uint32_t)b->n;
	if (session.n) {
		buf_put(&t, session.p, session.n);
		ppt_put(b, 15, 0, 12052, &t);
		buf_clear(&t);
	}
	table = (uint32_t)b->n;
	put_le(&t, 1 | (session.n ? 3u : 2u) << 20, 4);
	for (size_t i = 0; i < (session.n ? 3u : 2u); i++)
		put_le(&t, places[i], 4);
	ppt_put(b, 0, 0, 6002, &t);
	buf_clear(&t);
	edit = (uint32_t)b->n;
	put_le(&t, 256, 4);
	put_le(&t, 0, 4);
	put_le(&t, 0, 4);
	put_le(&t, table, 4);
	put_le(&t, 1, 4);
	put_le(&t, 0, 8);
	if (session.n)
		put_le(&t, 3, 4);
	ppt_put(b, 0, 0, 4085, &t);
	put_le(&o->user, 0, 8);
	put_le(&o->user, 20, 4);
	put_le(&o->user, session.n ? 0xF3D1C4DF : 0xE391C05F, 4);
	put_le(&o->user, edit, 4);
	buf_free(&t);
}

void
olemake_ppt(struct cfbmake *m)
{
	struct olemake_ppt o = {0};

	olemake_ppt_streams(&o, (struct span){0});
	cfbmake_begin(m, 9);
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "PowerPoint Document", buf_span(&o.main));
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "Current User", buf_span(&o.user));
	cfbmake_end(m);
	buf_free(&o.main);
	buf_free(&o.user);
}

/* A cell of a table on a slide: where its shape stands, and its text. */
static void
put_shape(struct buf *group, int left, int top, const char *text)
{
	struct buf shape = {0}, t = {0};

	put_le(&t, (uint32_t)left, 4);
	put_le(&t, (uint32_t)top, 4);
	put_le(&t, 0, 8);
	ppt_put(&shape, 0, 0, 0xF00F, &t);
	ppt_text(&shape, 4008, text);
	ppt_put(group, 15, 0, 0xF004, &shape);
	buf_free(&shape);
	buf_free(&t);
}

void
olemake_ppt_tables(struct cfbmake *m)
{
	struct buf b = {0}, group = {0}, shape = {0}, t = {0};

	for (unsigned table = 0; table < 2; table++) {
		buf_clear(&shape);
		buf_clear(&group);
		buf_clear(&t);
		put_le(&t, 0x39F, 2);
		put_le(&t, table, 4);
		ppt_put(&shape, 0, 1, 0xF122, &t);
		ppt_put(&group, 15, 0, 0xF004, &shape);
		put_shape(&group, 200, -10, "SSN");
		put_shape(&group, -5, -10, "Name");
		put_shape(&group, -5, 40, "Ann");
		put_shape(&group, 100, -10, "Id");
		put_shape(&group, 200, 40, "078-05-1120");
		ppt_put(&b, 15, 0, 0xF003, &group);
	}
	cfbmake_begin(m, 9);
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "PowerPoint Document", buf_span(&b));
	cfbmake_end(m);
	buf_free(&b);
	buf_free(&group);
	buf_free(&shape);
	buf_free(&t);
}

/* Stored, then deflated behind its size. */
void
olemake_ppt_objects(struct cfbmake *m)
{
	struct buf b = {0}, t = {0};
	struct cfbmake book;
	uLongf n;
	uint8_t *to;

	olemake_xls(&book, 9);
	ppt_put(&b, 0, 0, 4113, &book.out);
	put_le(&t, book.out.n, 4);
	n = compressBound(book.out.n);
	to = buf_room(&t, n);
	if (!to || compress(to, &n, book.out.p, book.out.n) != Z_OK)
		abort();
	t.n += n;
	ppt_put(&b, 0, 1, 4113, &t);
	cfbmake_begin(m, 9);
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "PowerPoint Document", buf_span(&b));
	cfbmake_end(m);
	cfbmake_free(&book);
	buf_free(&b);
	buf_free(&t);
}
