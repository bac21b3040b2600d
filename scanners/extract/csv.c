/* What is a separated table is settled by ident; here its text is decoded and cut into rows. */
#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "extract/charset.h"
#include "extract/csv_guess.h"
#include "extract/csv_rows.h"
#include "extract/extract.h"
#include "limits.h"
#include "text_test.h"

#include "base/poison.h"

static int
read_error(struct sink *s, ssize_t got)
{
	if (got == -EFBIG || got == -E2BIG || got == -ETIME || got == -ECANCELED || got == -ENOMEM)
		return (int)got;
	return sink_gap(s, GAP_IO_ERROR, true, "reading failed before the end");
}

static int
feed_all(struct csv_rows *c, struct item *it, struct decoder *d)
{
	bool whole = it->head.n == it->r->size - it->r->pos;
	_cleanup_free_ uint8_t *piece = whole ? NULL : malloc(CSV_PIECE);
	ssize_t got;
	int r = 0;

	if (whole)
		return decoder_feed(d, it->head, csv_rows_text, c);
	if (!piece)
		return -ENOMEM;
	while (r == 0 && (got = reader_read(it->r, piece, CSV_PIECE)) != 0) {
		if (got < 0)
			return read_error(c->s, got);
		r = budget_tick(c->s->budget);
		if (r == 0)
			r = decoder_feed(d, span_of(piece, (size_t)got), csv_rows_text, c);
	}
	return r;
}

static char
find_sep(const struct item *it)
{
	uint8_t buf[LIMIT_CSV_SAMPLE];
	size_t n = text_sample(it->head, it->charset ? it->charset : "utf-8", buf, sizeof buf);

	if (n > 5 && memcmp(buf, "sep=", 4) == 0 && memchr(",;\t|", buf[4], 4))
		return (char)buf[4];
	if (it->sep)
		return it->sep;
	return csv_guess(span_of(buf, n), true, true);
}

static int
csv_run(struct item *it, struct sink *s)
{
	_cleanup_(csv_rows_free) struct csv_rows c = {0};
	const struct table_at at = {.lines = true};
	struct decoder d;
	char sep = find_sep(it);
	int r;

	if (!sep)
		return -EMEDIUMTYPE;
	csv_rows_start(&c, s, sep);
	decoder_start(&d, charset_find(span_str(it->charset ? it->charset : "utf-8")));
	r = s->ops->table_begin(s, &at);
	if (r == 0)
		r = feed_all(&c, it, &d);
	if (r == 0)
		r = decoder_end(&d, csv_rows_text, &c);
	if (r == 0)
		r = csv_rows_end(&c);
	return r < 0 ? r : s->ops->table_end(s);
}

static int
csv_bid(const struct item *it)
{
	return it->format == FORMAT_CSV ? 50 : 0;
}

const struct extractor extract_csv = {
	.name = "csv",
	.formats = "csv, tsv and other separated tables",
	.bid = csv_bid,
	.run = csv_run,
};
