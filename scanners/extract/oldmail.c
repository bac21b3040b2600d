/*
 * Mailboxes of programs whose files nobody here reads: Outlook Express (dbx; layout by A. Kloss, "Outlook
 * Express Version 5.0 File Format") and Lotus Notes (nsf). What they are is worth a finding, the words
 * in them are searched, and the gap says that a message's text may lie in pieces.
 */
#include <errno.h>

#include "extract/extract.h"

#include "base/poison.h"

static const struct store_mark {
	const char *bytes;
	size_t n;
	const char *words, *gap;
} stores[] = {
	{"\xCF\xAD\x12\xFE\xC5\xFD\x74\x6F", 8, "Outlook Express mailbox",
		"Outlook Express mailbox: only words are searched"},
	{"\x1A\0\0\4\0\0", 6, "Lotus Notes database",
		"Lotus Notes database: only words are searched"},
};

static const struct store_mark *
mark_of(const struct item *it)
{
	for (size_t i = 0; i < sizeof stores / sizeof *stores; i++) {
		if (span_has(it->head, 0, stores[i].bytes, stores[i].n))
			return &stores[i];
	}
	return NULL;
}

static int
oldmail_run(struct item *it, struct sink *s)
{
	const struct store_mark *m = mark_of(it);
	struct file_fact fact = {.kind = FACT_MAIL_STORE};
	int q;

	if (!m)
		return -EMEDIUMTYPE;
	fact.words = m->words;
	q = sink_fact(s, &fact);
	if (q == 0)
		q = sink_gap(s, GAP_UNSUPPORTED, true, m->gap);
	return q < 0 ? q : extract_strings(it->r, s);
}

static int
oldmail_bid(const struct item *it)
{
	return mark_of(it) ? 60 : 0;
}

const struct extractor extract_oldmail = {
	.name = "oldmail",
	.formats = "mailboxes of Outlook Express and Lotus Notes (dbx, nsf): words and a gap",
	.bid = oldmail_bid,
	.run = oldmail_run,
};
