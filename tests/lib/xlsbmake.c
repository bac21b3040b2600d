/* Records as the format has them: an id and a length of seven bits a byte, then the payload. */
#include "xlsbmake.h"

#include "base/poison.h"

static void
put32(struct buf *b, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		buf_putc(b, (uint8_t)(v >> 8 * i));
}

static void
put_wide(struct buf *b, const char *s)
{
	put32(b, (uint32_t)strlen(s));
	for (; *s; s++) {
		buf_putc(b, (uint8_t)*s);
		buf_putc(b, 0);
	}
}

/* One record; the payload is emptied. */
static void
put_record(struct buf *b, uint32_t id, struct buf *payload)
{
	uint32_t n = (uint32_t)payload->n;

	if (id < 128) {
		buf_putc(b, (uint8_t)id);
	} else {
		buf_putc(b, (uint8_t)(id & 0x7F) | 0x80);
		buf_putc(b, (uint8_t)(id >> 7));
	}
	do {
		buf_putc(b, (uint8_t)((n & 0x7F) | (n > 127 ? 0x80 : 0)));
		n >>= 7;
	} while (n);
	buf_put(b, payload->p, payload->n);
	buf_clear(payload);
}

static void
put_cell(struct buf *b, struct buf *t, uint32_t id, uint32_t col, uint32_t style, struct span value)
{
	buf_clear(t);
	put32(t, col);
	put32(t, style);
	buf_put(t, value.p, value.n);
	put_record(b, id, t);
}

void
xlsbmake_sheet(struct buf *b)
{
	struct buf t = {0}, v = {0};
	const double real = 78051120, day = 41963;

	put32(&t, 4);
	put_record(b, 0, &t);
	put_cell(b, &t, 5, 0, 1, span_of(&real, 8));
	put_cell(b, &t, 9, 1, 2, span_of(&day, 8));
	put32(&v, 0);
	put_cell(b, &t, 7, 2, 0, buf_span(&v));
	buf_clear(&v);
	put_wide(&v, "inline");
	put_cell(b, &t, 6, 3, 0, buf_span(&v));
	buf_clear(&v);
	put32(&v, 1234u << 2 | 2 | 1); /* RK: an integer, divided by 100 */
	put_cell(b, &t, 2, 4, 0, buf_span(&v));
	put_cell(b, &t, 4, 5, 0, span_of("\1", 1));
	put_cell(b, &t, 7, 6, 0, span_of("\xFF\xFF\xFF\x7F", 4));
	buf_clear(&t);
	buf_put(&t, "\0\0", 2);
	put_wide(&t, "&LTop");
	put_wide(&t, "&CBottom");
	put_record(b, 479, &t);
	buf_free(&t);
	buf_free(&v);
}

void
xlsbmake_book(struct zipmake *z, struct span sheet, bool store)
{
	struct buf b = {0}, t = {0};

	zipmake_begin(z);
	z->store = store;
	zipmake_add(z, "[Content_Types].xml", span_str("<Types/>"));
	put32(&t, 1);
	put32(&t, 1);
	put_wide(&t, "rId1");
	put_wide(&t, "Staff");
	put_record(&b, 156, &t);
	zipmake_add(z, "xl/workbook.bin", buf_span(&b));
	zipmake_add(z, "xl/_rels/workbook.bin.rels",
		span_str("<R><Relationship Id='rId1' Target='worksheets/sheet1.bin'/></R>"));
	buf_clear(&b);
	buf_put(&t, "\xA4\0", 2);
	put_wide(&t, "000-00-0000");
	put_record(&b, 44, &t);
	put_record(&b, 617, &t);
	for (int i = 0; i < 3; i++) {
		static const uint8_t formats[3] = {0, 164, 14};

		put32(&t, (uint32_t)formats[i] << 16);
		put_record(&b, 47, &t);
	}
	put_record(&b, 618, &t);
	zipmake_add(z, "xl/styles.bin", buf_span(&b));
	zipmake_add(z, "xl/worksheets/sheet1.bin", sheet);
	zipmake_add(z, "xl/worksheets/_rels/sheet1.bin.rels",
		span_str("<R><Relationship Id='rId1' Target='../comments1.bin'/></R>"));
	buf_clear(&b);
	put32(&t, 0); /* by the first author, on B3 */
	put32(&t, 2);
	put32(&t, 2);
	put32(&t, 1);
	put32(&t, 1);
	put_record(&b, 635, &t);
	buf_putc(&t, 0);
	put_wide(&t, "aside");
	put_record(&b, 637, &t);
	zipmake_add(z, "xl/comments1.bin", buf_span(&b));
	buf_clear(&b);
	buf_putc(&t, 0);
	put_wide(&t, "shared");
	put_record(&b, 19, &t);
	zipmake_add(z, "xl/sharedStrings.bin", buf_span(&b));
	zipmake_end(z);
	buf_free(&b);
	buf_free(&t);
}
