/*
 * poppler reads where it likes, a kilobyte at a time. Going through the reader keeps a document of a
 * gigabyte out of memory, and tells the watcher that work goes on: a document that makes poppler read
 * for ever comes to its end here when its time is up. To poppler it is a stream in memory: of a stream
 * of any other class it holds room for the whole document, and reads on for ever where that ends.
 */
#include "extract/pdf_doc.h"

#ifdef HAVE_POPPLER

#include <errno.h>

#include "base/poison.h"

#define BLOCK (16u * 1024)

struct input {
	GMemoryInputStream in; /* first: GLib finds the rest by it */
	struct reader *r;
	struct budget *b;
	uint64_t pos, block_at;
	size_t block_n;
	int error;
	uint8_t block[BLOCK];
};

static bool
load(struct input *f)
{
	ssize_t got;
	int r = f->error ? f->error : budget_tick(f->b);

	f->block_n = 0;
	f->block_at = f->pos / BLOCK * BLOCK;
	got = r < 0 ? r : reader_pread(f->r, f->block, BLOCK, f->block_at);
	if (got < 0)
		f->error = (int)got;
	else
		f->block_n = (size_t)got;
	return f->pos - f->block_at < f->block_n;
}

static gssize
input_read(GInputStream *in, void *to, gsize n, GCancellable *c, GError **e)
{
	struct input *f = (struct input *)in;
	size_t at;

	(void)c;
	(void)e;
	if (f->pos < f->block_at || f->pos - f->block_at >= f->block_n) {
		if (f->pos >= f->r->size || !load(f))
			return 0;
	}
	at = (size_t)(f->pos - f->block_at);
	if (n > f->block_n - at)
		n = f->block_n - at;
	memcpy(to, f->block + at, n);
	f->pos += n;
	return (gssize)n;
}

static goffset
input_tell(GSeekable *s)
{
	return (goffset)((struct input *)s)->pos;
}

static gboolean
input_can(GSeekable *s)
{
	(void)s;
	return TRUE;
}

static gboolean
input_cannot(GSeekable *s)
{
	(void)s;
	return FALSE;
}

static gboolean
input_seek(GSeekable *s, goffset off, GSeekType whence, GCancellable *c, GError **e)
{
	struct input *f = (struct input *)s;
	uint64_t from = whence == G_SEEK_SET ? 0 : whence == G_SEEK_CUR ? f->pos : f->r->size;

	(void)c;
	(void)e;
	if (off < 0 && (uint64_t)-off > from)
		f->pos = 0;
	else
		f->pos = from + (uint64_t)off;
	return TRUE;
}

static gboolean
input_truncate(GSeekable *s, goffset off, GCancellable *c, GError **e)
{
	(void)s;
	(void)off;
	(void)c;
	(void)e;
	return FALSE;
}

static void
input_class(gpointer class, gpointer data)
{
	(void)data;
	((GInputStreamClass *)class)->read_fn = input_read;
}

static void
input_seeks(gpointer iface, gpointer data)
{
	GSeekableIface *i = iface;

	(void)data;
	i->tell = input_tell;
	i->can_seek = input_can;
	i->seek = input_seek;
	i->can_truncate = input_cannot;
	i->truncate_fn = input_truncate;
}

static GType
input_type(void)
{
	static const GInterfaceInfo seeks = {.interface_init = input_seeks};
	GType t = g_type_from_name("LeakauditInput");

	if (t == 0) {
		t = g_type_register_static_simple(G_TYPE_MEMORY_INPUT_STREAM, "LeakauditInput",
			sizeof(GMemoryInputStreamClass), input_class, sizeof(struct input), NULL,
			(GTypeFlags)0);
		g_type_add_interface_static(t, G_TYPE_SEEKABLE, &seeks);
	}
	return t;
}

GInputStream *
pdf_input_new(struct reader *r, struct budget *b)
{
	struct input *f = g_object_new(input_type(), NULL);

	f->r = r;
	f->b = b;
	return G_INPUT_STREAM(f);
}

int
pdf_input_error(const GInputStream *in)
{
	return ((const struct input *)in)->error;
}

#endif
