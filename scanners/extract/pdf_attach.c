/* The files within a PDF, each of which is an item of its own. */
#include "extract/pdf_doc.h"

#ifdef HAVE_POPPLER

#include <errno.h>
#include <stdio.h>

#include "limits.h"

#include "base/poison.h"

struct taken {
	struct buf bytes;
	struct budget *b;
	int error;
};

static gboolean
take(const char *p, gsize n, gpointer data, GError **e)
{
	struct taken *t = data;

	t->error = budget_bytes(t->b, n);
	if (t->error == 0)
		t->error = budget_tick(t->b);
	if (t->error == 0)
		buf_put(&t->bytes, p, n);
	if (t->error == 0 && !t->bytes.failed)
		return TRUE;
	g_set_error_literal(e, G_IO_ERROR, G_IO_ERROR_FAILED, "");
	return FALSE;
}

static int
hand_on(struct pdf *p, struct taken *t, struct span name)
{
	struct reader r;
	struct item it = {.up = p->it, .name = name, .r = &r};
	int q;

	reader_mem(&r, buf_span(&t->bytes));
	q = p->s->ops->child(p->s, &it);
	reader_end(&r);
	return q;
}

int
pdf_attachment(struct pdf *p, PopplerAttachment *a)
{
	_cleanup_gobject_ PopplerAttachment *own = a;
	_cleanup_(buf_free) struct buf name = {.max = LIMIT_NAME * 2};
	struct taken t = {.bytes = {.max = LIMIT_SLURP}, .b = p->s->budget};
	const char *text = poppler_attachment_get_description(own);
	GError *e = NULL;
	int r = pdf_text(p, PART_METADATA, "attachment", 0, text);
	struct span inner;

	(void)name_decode(&name, span_str(poppler_attachment_get_name(own)), false);
	if (name.n == 0)
		buf_puts(&name, "attachment");
	names_number(&p->names, &name);
	inner = buf_span(&name);
	if (r == 0 && !poppler_attachment_save_to_callback(own, take, &t, &e)) {
		g_clear_error(&e);
		r = t.error;
		if (r == 0 && t.bytes.failed)
			r = p->s->ops->gap(p->s, GAP_TOO_BIG, true, "attachment of a PDF", &inner);
	}
	if (r == 0 && !t.bytes.failed)
		r = hand_on(p, &t, inner);
	buf_free(&t.bytes);
	return r;
}

int
pdf_attachments(struct pdf *p)
{
	GList *all = poppler_document_get_attachments(p->doc);
	int r = 0;

	for (GList *l = all; l; l = l->next) {
		if (!l->data)
			continue;
		if (r == 0)
			r = pdf_attachment(p, l->data);
		else
			g_object_unref(l->data);
	}
	g_list_free(all);
	return r;
}

#endif
