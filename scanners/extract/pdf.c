/*
 * PDF through poppler: pages as rows, then all that hangs on them. Each page, and each step before and
 * behind them, is announced before it is read, because it can keep poppler busy for ever, exhaust its
 * memory or crash it, with no way to call it back: the reader is then ended from outside, and the next
 * one leaves that page or step out.
 */
#include "extract/extract.h"

#ifdef HAVE_POPPLER

#include <errno.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "extract/pdf_doc.h"
#include "extract/slurp.h"
#include "limits.h"

#include "base/poison.h"

/* The smallest document poppler draws text from. */
static const char tiny[] = "%PDF-1.4\n"
			   "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
			   "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
			   "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R"
			   "/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
			   "4 0 obj<</Length 28>>stream\n"
			   "BT /F 9 Tf 9 9 Td (warm) Tj ET\nendstream endobj\n"
			   "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
			   "trailer<</Root 1 0 R/Size 6>>\n%%EOF\n";

#define POPPLER "Poppler" /* as it calls itself in GLib's log */

/* Kept open: poppler drops what it read of its data files with the last document. */
static PopplerDocument *kept;

/* Has poppler said of the present document that a font's table is nowhere, and its text lost? */
static bool tables_missing;

/* Poppler's complaints go nowhere, but for this one, which it makes in no other way. */
static void
hear(struct span message)
{
	static const char *const lost[] = {
		"Missing language pack", "CMap file for '", "Unknown character collection"};

	for (size_t i = 0; i < sizeof lost / sizeof *lost; i++)
		tables_missing |= memmem(message.p, message.n, lost[i], strlen(lost[i])) != NULL;
}

static void
silent(const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
	(void)level;
	(void)data;
	if (domain && strcmp(domain, POPPLER) == 0)
		hear(span_str(message));
}

static GLogWriterOutput
silent_too(GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
	(void)level;
	(void)fields;
	(void)n;
	(void)data;
	return G_LOG_WRITER_HANDLED;
}

static int
pdf_open(void)
{
	static bool quiet;
	_cleanup_gobject_ PopplerPage *page = NULL;
	_cleanup_gfree_ char *text = NULL;
	GBytes *bytes;

	if (!quiet) {
		(void)g_log_set_default_handler(silent, NULL);
		/* the default may become that of other libraries' users */
		(void)g_log_set_handler(POPPLER, G_LOG_LEVEL_MASK, silent, NULL);
		g_log_set_writer_func(silent_too, NULL, NULL);
		quiet = true;
	}
	if (kept)
		return 0;
	bytes = g_bytes_new_static(tiny, sizeof tiny - 1);
	kept = poppler_document_new_from_bytes(bytes, NULL, NULL);
	g_bytes_unref(bytes);
	page = kept ? poppler_document_get_page(kept, 0) : NULL;
	text = page ? poppler_page_get_text(page) : NULL;
	return text && strstr(text, "warm") ? 0 : -ENOEXEC;
}

static void
pdf_close(void)
{
	g_clear_object(&kept);
}

/* --- the document as a whole --------------------------------------------------------- */

/* How the raw bytes say that they are encrypted: the dictionary that says so is always in clear. */
static const char *
cipher(struct reader *r, struct budget *b)
{
	static const struct {
		const char *mark, *words;
	} ciphers[] = {
		{"/AESV3", "PDF user password, AES-256"},
		{"/AESV2", "PDF user password, AES-128"},
	};
	_cleanup_free_ uint8_t *p = malloc(64 * KIB);
	uint64_t at = 0;
	ssize_t n;

	while (p && budget_tick(b) == 0 && (n = reader_pread(r, p, 64 * KIB, at)) > 16) {
		for (size_t i = 0; i < sizeof ciphers / sizeof *ciphers; i++) {
			if (memmem(p, (size_t)n, ciphers[i].mark, 6))
				return ciphers[i].words;
		}
		at += (uint64_t)n - 8;
	}
	return "PDF user password, RC4 or another";
}

static int
cannot_open(struct reader *r, struct sink *s, const GError *e)
{
	int q;

	if (e && e->domain == POPPLER_ERROR && e->code == POPPLER_ERROR_ENCRYPTED)
		return sink_gap(s, GAP_ENCRYPTED, true, cipher(r, s->budget));
	q = sink_gap(s, GAP_CORRUPT, true, "PDF document: damaged");
	return q < 0 ? q : extract_strings(r, s);
}

static int
page_run(struct pdf *p, uint32_t number)
{
	_cleanup_gobject_ PopplerPage *page = NULL;
	char name[24];
	int r;

	(void)snprintf(name, sizeof name, "page %u", number);
	r = sink_piece(p->s, name);
	if (r != 0)
		return r < 0 ? r : 0;
	errno = 0;
	page = poppler_document_get_page(p->doc, (int)number - 1);
	if (!page) {
		p->unread++;
		return 0;
	}
	r = pdf_page(p, page, number);
	if (r == 0)
		r = pdf_page_extras(p, page, number);
	/* poppler goes on without what it had no memory for, and says so nowhere else */
	if (r == 0 && errno == ENOMEM) {
		struct span where = span_str(name);

		r = p->s->ops->gap(
			p->s, GAP_MEMORY, true, "a part of the page needs too much", &where);
	}
	return r;
}

static int
count_gap(struct sink *s, enum gap_reason reason, const char *what, uint32_t n)
{
	char detail[64];

	if (n == 0)
		return 0;
	(void)snprintf(detail, sizeof detail, "%s: %u", what, n);
	return sink_gap(s, reason, true, detail);
}

static int
step(struct pdf *p, const char *name, int (*run)(struct pdf *))
{
	int r = sink_piece(p->s, name);

	if (r != 0)
		return r < 0 ? r : 0;
	return run(p);
}

static int
document_run(struct pdf *p)
{
	int pages = poppler_document_get_n_pages(p->doc);
	int r = step(p, "properties", pdf_properties);

	p->pages = pages > 0 ? (uint32_t)pages : 0;
	for (uint32_t i = 1; i <= p->pages && r == 0; i++) {
		if (i > LIMIT_PDF_PAGES) {
			r = sink_gap(p->s, GAP_TOO_MANY, true, "pages of a PDF");
			break;
		}
		r = page_run(p, i);
	}
	if (r == 0)
		r = step(p, "bookmarks", pdf_outline);
	if (r == 0)
		r = step(p, "attachments", pdf_attachments);
	if (r == 0)
		r = sink_piece(p->s, NULL);
	if (r == 0)
		r = count_gap(p->s, GAP_UNSUPPORTED, "pages without text", p->blank);
	if (r == 0)
		r = count_gap(p->s, GAP_CORRUPT, "pages that cannot be opened", p->unread);
	if (r == 0 && tables_missing)
		r = sink_gap(p->s, GAP_UNSUPPORTED, true,
			"text in fonts whose tables (poppler-data) cannot be read");
	return r;
}

static int
read_seekable(struct item *it, struct reader *from, struct sink *s)
{
	_cleanup_gobject_ GInputStream *in = pdf_input_new(from, s->budget);
	struct pdf p = {.it = it, .s = s};
	GError *e = NULL;
	int r = sink_piece(s, "whole document");

	if (r != 0)
		return r < 0 ? r : extract_strings(from, s);
	p.doc = poppler_document_new_from_stream(in, (goffset)from->size, NULL, NULL, &e);
	if (!p.doc) {
		r = pdf_input_error(in);
		r = r < 0 ? 0 : cannot_open(from, s, e);
	} else if (poppler_document_get_n_pages(p.doc) <= 0) {
		r = cannot_open(from, s, NULL);
	} else {
		pdf_rows_init(&p.rows, s);
		tables_missing = false;
		r = document_run(&p);
		pdf_rows_free(&p.rows);
		names_free(&p.names);
		free(p.words);
	}
	g_clear_error(&e);
	g_clear_object(&p.doc);
	if (r == 0 && pdf_input_error(in) < 0) {
		if (s->budget->blown)
			return s->budget->blown;
		r = sink_gap(s, GAP_IO_ERROR, true, "PDF document: could not be read");
	}
	return r;
}

static int
pdf_run(struct item *it, struct sink *s)
{
	_cleanup_(buf_free) struct buf mem = {0};
	struct reader r;
	int q;

	if (reader_seekable(it->r) && it->r->size != UINT64_MAX)
		return read_seekable(it, it->r, s);
	q = reader_slurp(it->r, s->budget, LIMIT_SLURP, &mem);
	if (q == -EOVERFLOW)
		return sink_gap(s, GAP_TOO_BIG, true, "PDF document inside a stream");
	/* what else cut it short is said by whoever unpacks it */
	if (q < 0 && (s->budget->blown || q == -ENOMEM))
		return q;
	reader_mem(&r, buf_span(&mem));
	q = read_seekable(it, &r, s);
	reader_end(&r);
	return q;
}

static int
pdf_bid(const struct item *it)
{
	return it->format == FORMAT_PDF ? 100 : 0;
}

const struct extractor extract_pdf = {
	.name = "pdf",
	.formats = "PDF (text as rows, forms, notes, attachments)",
	.library = "poppler",
	.version = poppler_get_version,
	.open = pdf_open,
	.close = pdf_close,
	.bid = pdf_bid,
	.run = pdf_run,
};

#else

static int
pdf_bid(const struct item *it)
{
	(void)it;
	return 0;
}

static int
pdf_run(struct item *it, struct sink *s)
{
	(void)it;
	return sink_gap(s, GAP_UNSUPPORTED, true, "PDF document: built without poppler");
}

const struct extractor extract_pdf = {
	.name = "pdf",
	.formats = "no PDF: built without poppler",
	.bid = pdf_bid,
	.run = pdf_run,
};

#endif
