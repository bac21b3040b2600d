/*
 * Folders are walked, messages are handed on as inner items that come back here one by one: a finding
 * names the message, a crash or a time-out costs that message. Folder names are words like any others
 * and no part of an item's name. A store whose index is damaged gives what can be reached, says that
 * this is not all, and its printable runs are searched besides.
 */
#include "extract/extract.h"

#ifdef HAVE_LIBPFF

#include <errno.h>
#include <stdio.h>

#include "extract/mail_codec.h"
#include "extract/oletext.h"
#include "extract/pst.h"
#include "limits.h"

#include "base/poison.h"

#define CRYPT_AT_64 513 /* bCryptMethod of a Unicode store, */
#define CRYPT_AT_32 461 /* and of an ANSI one */
#define CRYPT_EDP   0x10 /* by Windows Information Protection: its key lives elsewhere */

enum { PROP_CODEPAGE = 0x3FFD };

struct walk {
	struct pst *p;
	uint64_t messages;
	uint64_t lost; /* folders and messages that could not be had */
	bool deep;
};

static int folder_walk(struct walk *w, libpff_item_t *folder, unsigned level);

static int
sub_folders(struct walk *w, libpff_item_t *folder, unsigned level)
{
	int n = 0, r = 0;

	if (libpff_folder_get_number_of_sub_folders(folder, &n, NULL) != 1) {
		w->lost++;
		n = 0;
	}
	for (int i = 0; i < n && r == 0; i++) {
		libpff_item_t *sub = NULL;

		if (libpff_folder_get_sub_folder(folder, i, &sub, NULL) != 1) {
			w->lost++;
			r = budget_tick(w->p->budget);
			continue;
		}
		r = folder_walk(w, sub, level + 1);
		(void)libpff_item_free(&sub, NULL);
	}
	return r;
}

static int
messages(struct walk *w, libpff_item_t *folder)
{
	int n = 0, r = 0;

	if (libpff_folder_get_number_of_sub_messages(folder, &n, NULL) != 1) {
		w->lost++;
		n = 0;
	}
	for (int i = 0; i < n && r == 0; i++) {
		libpff_item_t *item = NULL;

		if (libpff_folder_get_sub_message(folder, i, &item, NULL) != 1) {
			w->lost++;
			r = budget_tick(w->p->budget);
			continue;
		}
		w->messages++;
		r = pst_child(w->p, w->p->s, item);
		(void)libpff_item_free(&item, NULL);
	}
	return r;
}

static int
folder_name(struct walk *w, libpff_item_t *folder)
{
	uint8_t name[1024];
	size_t n = 0;

	if (libpff_folder_get_utf8_name_size(folder, &n, NULL) != 1 || n < 2 || n > sizeof name ||
		libpff_folder_get_utf8_name(folder, name, n, NULL) != 1)
		return 0;
	return sink_text(w->p->s, PART_METADATA, "folder", span_of(name, n - 1));
}

static int
folder_walk(struct walk *w, libpff_item_t *folder, unsigned level)
{
	int r = budget_tick(w->p->budget);

	if (r == 0 && level > LIMIT_PST_FOLDERS) {
		w->deep = true;
		return 0;
	}
	if (r == 0)
		r = folder_name(w, folder);
	if (r == 0)
		r = messages(w, folder);
	return r < 0 ? r : sub_folders(w, folder, level);
}

/* What no folder holds any longer. */
static int
orphans(struct walk *w)
{
	int n = 0, r = 0;

	if (libpff_file_get_number_of_orphan_items(w->p->file, &n, NULL) != 1)
		n = 0;
	for (int i = 0; i < n && r == 0; i++) {
		libpff_item_t *item = NULL;
		uint8_t type = 0;

		r = budget_tick(w->p->budget);
		if (r < 0 || libpff_file_get_orphan_item_by_index(w->p->file, i, &item, NULL) != 1)
			continue;
		if (libpff_item_get_type(item, &type, NULL) == 1 && type == LIBPFF_ITEM_TYPE_FOLDER)
			r = folder_walk(w, item, 1);
		else if (type != LIBPFF_ITEM_TYPE_UNDEFINED && type != LIBPFF_ITEM_TYPE_ATTACHMENT)
			r = pst_child(w->p, w->p->s, item);
		(void)libpff_item_free(&item, NULL);
	}
	return r;
}

/* The code page Windows had when the store was made. */
static void
store_codepage(struct pst *p)
{
	int page = 0;

	p->codepage = 1252;
	if (libpff_file_get_ascii_codepage(p->file, &page, NULL) == 1 && page > 0 &&
		codepage_charset((unsigned)page))
		p->codepage = (unsigned)page;
}

/* The header tells how long the file was. */
static bool
is_cut(const struct pst *p)
{
	struct span h = p->it->head;
	uint64_t end = h.n < 192      ? UINT64_MAX
		: le16(h.p + 10) < 23 ? le32(h.p + 168)
				      : le64(h.p + 184);

	return end > p->src->size;
}

static int
say_mailbox(const struct walk *w)
{
	char words[64];
	const struct file_fact fact = {.kind = FACT_MAILBOX, .count = w->messages, .words = words};

	(void)snprintf(words, sizeof words, "Outlook store with %llu message%s",
		(unsigned long long)w->messages, w->messages == 1 ? "" : "s");
	return sink_fact(w->p->s, &fact);
}

static int
store_walk(struct pst *p)
{
	struct walk w = {.p = p, .lost = is_cut(p)};
	libpff_item_t *root = NULL;
	int r = 0;

	store_codepage(p);
	if (libpff_file_get_root_folder(p->file, &root, NULL) == 1)
		r = folder_walk(&w, root, 1);
	else
		w.lost++;
	if (root)
		(void)libpff_item_free(&root, NULL);
	if (r == 0)
		r = orphans(&w);
	if (r == 0)
		r = say_mailbox(&w);
	if (r == 0 && w.deep)
		r = sink_gap(p->s, GAP_TOO_DEEP, true, "folders of an Outlook store");
	if (r < 0 || (!w.lost && libpff_file_is_corrupted(p->file, NULL) != 1))
		return r;
	r = sink_gap(p->s, GAP_CORRUPT, true, "Outlook store: parts of it cannot be reached");
	return r < 0 ? r : extract_strings(p->src, p->s);
}

/* What could not be opened at all. */
static int
unread(struct pst *p, struct item *it, int why)
{
	bool wip = span_has(it->head, CRYPT_AT_64, "\x10", 1) && it->head.p[10] >= 23;
	bool ansi = it->head.n > CRYPT_AT_32 && it->head.p[10] < 23 &&
		it->head.p[CRYPT_AT_32] == CRYPT_EDP;
	int r;

	if (why == -EOVERFLOW)
		return sink_gap(p->s, GAP_TOO_BIG, true, "Outlook store within a container");
	if (why != -EBADMSG)
		return why;
	if (wip || ansi)
		r = sink_gap(
			p->s, GAP_ENCRYPTED, true, "Outlook store: Windows Information Protection");
	else if (it->head.n > 11 && le16(it->head.p + 10) >= 36)
		r = sink_gap(p->s, GAP_UNSUPPORTED, true,
			"Outlook store with pages of 4 KiB (OST 2013)");
	else
		r = sink_gap(p->s, GAP_CORRUPT, true, "Outlook store");
	return r < 0 ? r : extract_strings(p->src, p->s);
}

static int
run(struct item *it, struct sink *s)
{
	struct pst p = {.it = it, .s = s, .budget = s->budget};
	int r;

	if (pst_is_message(it->r))
		return pst_message_run(it, s);
	r = pst_open(&p, it->r);
	r = r == 0 ? store_walk(&p) : unread(&p, it, r);
	if (r == 0)
		r = s->budget->blown;
	pst_close(&p);
	return r;
}

static int
bid(const struct item *it)
{
	if (pst_is_message(it->r))
		return 100;
	return it->format == FORMAT_PST ? 90 : 0;
}

const struct extractor extract_pst = {
	.name = "pst",
	.formats = "Outlook stores (pst, ost, pab)",
	.open = mail_codec_open,
	.bid = bid,
	.run = run,
};

#else

static int
bid(const struct item *it)
{
	(void)it;
	return 0;
}

static int
run(struct item *it, struct sink *s)
{
	(void)it;
	(void)s;
	return 0;
}

const struct extractor extract_pst = {
	.name = "pst",
	.formats = "Outlook stores: left out of this build (no libpff)",
	.bid = bid,
	.run = run,
};

#endif
