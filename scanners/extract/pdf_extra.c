/*
 * What a PDF holds beside its pages' text: forms, notes, links, properties, bookmarks and files. A
 * form field goes out as "name: value", so that its name speaks for its value. Of a button there are
 * the words shown when one points at it: its caption poppler-glib gives only to who draws the page.
 */
#include "extract/pdf_doc.h"

#ifdef HAVE_POPPLER

#include <errno.h>

#include "base/utf8.h"
#include "limits.h"

#include "base/poison.h"

int
pdf_text(struct pdf *p, enum part part, const char *name, uint32_t page, const char *text)
{
	const struct text_at at = {.part = part, .name = name, .page = page};
	_cleanup_(buf_free) struct buf mended = {0};
	struct span t = span_str(text);
	int r;

	if (t.n == 0)
		return 0;
	if (utf8_valid(t) < t.n) {
		utf8_repair(&mended, t);
		if (mended.failed)
			return -ENOMEM;
		t = buf_span(&mended);
	}
	r = budget_bytes(p->s->budget, t.n);
	if (r == 0)
		r = p->s->ops->text_begin(p->s, &at);
	if (r == 0)
		r = p->s->ops->text(p->s, t);
	return r < 0 ? r : p->s->ops->text_end(p->s);
}

/* --- what belongs to a page -------------------------------------------------------- */

static void
put(struct buf *b, const char *name, const char *text)
{
	if (!text || !*text)
		return;
	if (name && *name) {
		buf_puts(b, name);
		buf_puts(b, ": ");
	}
	buf_puts(b, text);
	buf_putc(b, '\n');
}

static void
put_field(struct buf *b, PopplerFormField *f)
{
	_cleanup_gfree_ char *name = poppler_form_field_get_name(f);
	_cleanup_gfree_ char *shown = poppler_form_field_get_alternate_ui_name(f);
	_cleanup_gfree_ char *text = NULL;
	const char *said = shown && *shown ? shown : name;

	switch (poppler_form_field_get_field_type(f)) {
	case POPPLER_FORM_FIELD_TEXT:
		text = poppler_form_field_text_get_text(f);
		put(b, said, text);
		break;
	case POPPLER_FORM_FIELD_CHOICE:
		if (poppler_form_field_choice_is_editable(f)) {
			text = poppler_form_field_choice_get_text(f);
			put(b, said, text);
		}
		for (int i = 0, n = poppler_form_field_choice_get_n_items(f); i < n; i++) {
			_cleanup_gfree_ char *item = poppler_form_field_choice_get_item(f, i);
			bool chosen = poppler_form_field_choice_is_item_selected(f, i);

			put(b, chosen ? said : NULL, item);
		}
		break;
	case POPPLER_FORM_FIELD_BUTTON:
		if (poppler_form_field_button_get_button_type(f) == POPPLER_FORM_BUTTON_PUSH)
			put(b, NULL, shown);
		break;
	default:
		break;
	}
}

static int
page_fields(struct pdf *p, PopplerPage *page, uint32_t number)
{
	GList *all = g_list_reverse(poppler_page_get_form_field_mapping(page));
	_cleanup_(buf_free) struct buf b = {.max = LIMIT_PDF_EXTRA};

	for (GList *l = all; l; l = l->next)
		put_field(&b, ((PopplerFormFieldMapping *)l->data)->field);
	poppler_page_free_form_field_mapping(all);
	return pdf_text(p, PART_BODY, "form", number, buf_cstr(&b));
}

static int
put_note(struct pdf *p, struct buf *b, PopplerAnnot *a)
{
	_cleanup_gfree_ char *text = poppler_annot_get_contents(a);
	_cleanup_gfree_ char *author = NULL, *subject = NULL;

	if (POPPLER_IS_ANNOT_MARKUP(a)) {
		author = poppler_annot_markup_get_label(POPPLER_ANNOT_MARKUP(a));
		subject = poppler_annot_markup_get_subject(POPPLER_ANNOT_MARKUP(a));
	}
	put(b, author, text);
	put(b, NULL, subject);
	if (POPPLER_IS_ANNOT_FILE_ATTACHMENT(a)) {
		PopplerAttachment *f = poppler_annot_file_attachment_get_attachment(
			POPPLER_ANNOT_FILE_ATTACHMENT(a));

		return f ? pdf_attachment(p, f) : 0;
	}
	return 0;
}

static int
page_notes(struct pdf *p, PopplerPage *page, uint32_t number)
{
	GList *all = poppler_page_get_annot_mapping(page);
	_cleanup_(buf_free) struct buf b = {.max = LIMIT_PDF_EXTRA};
	int r = 0;

	for (GList *l = all; l && r == 0; l = l->next)
		r = put_note(p, &b, ((PopplerAnnotMapping *)l->data)->annot);
	poppler_page_free_annot_mapping(all);
	return r < 0 ? r : pdf_text(p, PART_COMMENT, NULL, number, buf_cstr(&b));
}

static int
page_links(struct pdf *p, PopplerPage *page, uint32_t number)
{
	GList *all = poppler_page_get_link_mapping(page);
	_cleanup_(buf_free) struct buf b = {.max = LIMIT_PDF_EXTRA};

	for (GList *l = all; l; l = l->next) {
		const PopplerAction *a = ((PopplerLinkMapping *)l->data)->action;

		if (a && a->type == POPPLER_ACTION_URI)
			put(&b, NULL, a->uri.uri);
	}
	poppler_page_free_link_mapping(all);
	return pdf_text(p, PART_METADATA, "links", number, buf_cstr(&b));
}

int
pdf_page_extras(struct pdf *p, PopplerPage *page, uint32_t number)
{
	int r = page_fields(p, page, number);

	if (r == 0)
		r = page_notes(p, page, number);
	return r < 0 ? r : page_links(p, page, number);
}

/* --- what belongs to the document ------------------------------------------------------ */

int
pdf_properties(struct pdf *p)
{
	static const struct {
		const char *name;
		char *(*get)(PopplerDocument *);
	} all[] = {
		{"title", poppler_document_get_title},
		{"subject", poppler_document_get_subject},
		{"author", poppler_document_get_author},
		{"keywords", poppler_document_get_keywords},
		{"creator", poppler_document_get_creator},
		{"producer", poppler_document_get_producer},
	};
	_cleanup_gfree_ char *xmp = NULL;
	_cleanup_(buf_free) struct buf b = {.max = LIMIT_PDF_EXTRA};
	int r;

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		_cleanup_gfree_ char *text = all[i].get(p->doc);

		put(&b, all[i].name, text);
	}
	r = pdf_text(p, PART_METADATA, "properties", 0, buf_cstr(&b));
	if (r < 0)
		return r;
	xmp = poppler_document_get_metadata(p->doc);
	return pdf_text(p, PART_METADATA, "xmp", 0, xmp);
}

static void
put_title(struct buf *b, PopplerIndexIter *it)
{
	PopplerAction *a = poppler_index_iter_get_action(it);

	if (!a)
		return;
	put(b, NULL, a->any.title);
	if (a->type == POPPLER_ACTION_URI)
		put(b, NULL, a->uri.uri);
	poppler_action_free(a);
}

/* Level by level on a stack of its own: a loop of bookmarks ends at a bound. */
int
pdf_outline(struct pdf *p)
{
	PopplerIndexIter *open[LIMIT_PDF_NESTED];
	_cleanup_(buf_free) struct buf b = {.max = LIMIT_PDF_EXTRA};
	size_t depth = 0, n = 0;
	int r = 0;

	open[0] = poppler_index_iter_new(p->doc);
	if (open[0])
		depth = 1;
	while (depth) {
		PopplerIndexIter *it = open[depth - 1], *down = NULL;

		if (it && n < LIMIT_PDF_TITLES && (r = budget_tick(p->s->budget)) == 0) {
			n++;
			put_title(&b, it);
			if (depth < LIMIT_PDF_NESTED)
				down = poppler_index_iter_get_child(it);
			if (!poppler_index_iter_next(it)) {
				poppler_index_iter_free(it);
				open[depth - 1] = NULL;
			}
			if (down)
				open[depth++] = down;
			else if (!open[depth - 1])
				depth--;
		} else {
			if (it)
				poppler_index_iter_free(it);
			depth--;
		}
	}
	return r < 0 ? r : pdf_text(p, PART_METADATA, "bookmarks", 0, buf_cstr(&b));
}

#endif
