/*
 * Documents of the old programs, enciphered as a whole or in parts: each format leaves something else in
 * clear. With two pictures and an object, so that what is handed on can be compared.
 */
#include "protectmake.h"

#include <stdlib.h>

#include "olemake.h"

#include "base/poison.h"

static void
put_pictures(struct buf *b)
{
	olemake_blip(b, 0xF01E, 1, "\x89PNG", 3000);
	olemake_blip(b, 0xF01D, 2, "\xFF\xD8\xFF", 700);
}

/* A file in an object's storage, which stays in clear (MS-DOC 2.2.6.2). */
static void
put_object(struct cfbmake *m, unsigned up, const char *name)
{
	struct buf b = {0};

	put_le(&b, 0, 4);
	put_le(&b, 2, 2);
	buf_put(&b, "note.txt\0C:\\note.txt\0", 9 + 12);
	put_le(&b, 0x30000, 4);
	put_le(&b, 2, 4);
	buf_put(&b, "t\0", 2);
	put_le(&b, 16, 4);
	buf_puts(&b, "the words within");
	up = cfbmake_storage(m, up, name);
	(void)cfbmake_stream(m, up, "\1Ole10Native", buf_span(&b));
	buf_free(&b);
}

void
protect_doc(struct cfbmake *m, const char *password, unsigned bits)
{
	struct protect_rc4 p;
	struct buf main = {0}, table = {0}, header = {0}, data = {0};

	protect_rc4(&p, password, bits, &header);
	olemake_doc_streams(header.n, &main, &table);
	memcpy(table.p, header.p, header.n);
	main.p[11] |= 1; /* enciphered */
	for (unsigned i = 0; i < 4; i++)
		main.p[14 + i] = (uint8_t)(header.n >> 8 * i);
	protect_rc4_stream(&p, &main, 68);
	protect_rc4_stream(&p, &table, header.n);
	put_pictures(&data);
	protect_rc4_stream(&p, &data, 0);
	cfbmake_begin(m, 9);
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "WordDocument", buf_span(&main));
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "1Table", buf_span(&table));
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "Data", buf_span(&data));
	put_object(m, cfbmake_storage(m, CFBMAKE_ROOT, "ObjectPool"), "_1");
	cfbmake_end(m);
	buf_free(&data);
	buf_free(&main);
	buf_free(&table);
	buf_free(&header);
}

/* A field enciphered by itself. */
static size_t
field(const struct protect_rc4 *p, struct buf *b, size_t at, size_t n)
{
	protect_rc4_block(p, 0, b->p + at, n, 0);
	return at + n;
}

static void
record(const struct protect_rc4 *p, struct buf *b, size_t at, unsigned digests)
{
	size_t n = le32(b->p + at + 4), from = field(p, b, at, 8);

	for (unsigned i = 0; i < digests; i++)
		from = field(p, b, from, 16);
	from = field(p, b, from, 1);
	(void)field(p, b, from, n - 16 * digests - 1);
}

/* A picture; an entry of the store with a name of four bytes, and the other behind it. */
static void
put_fields(const struct protect_rc4 *p, struct buf *b)
{
	static const uint8_t parts[] = {8, 1, 1, 16, 2, 4, 4, 4, 1, 1, 1, 1, 4};
	size_t at, second;

	olemake_blip(b, 0xF01E, 1, "\x89PNG", 3000);
	second = b->n;
	put_le(b, 0x62, 2);
	put_le(b, 0xF007, 2);
	put_le(b, 36 + 4 + 8 + 33 + 700, 4);
	for (unsigned i = 0; i < 33; i++)
		buf_putc(b, 0x66);
	put_le(b, 4, 3); /* bytes of the name, then what is not used */
	put_wide_ascii(b, "ab");
	at = b->n;
	olemake_blip(b, 0xF01D, 2, "\xFF\xD8\xFF", 700);
	record(p, b, 0, 1);
	record(p, b, at, 2);
	for (size_t i = 0; i < sizeof parts; i++)
		second = field(p, b, second, parts[i]);
}

void
protect_ppt(struct cfbmake *m, const char *password, unsigned bits)
{
	struct protect_rc4 p;
	struct olemake_ppt o = {0};
	struct buf header = {0}, pictures = {0};

	protect_rc4(&p, password, bits, &header);
	olemake_ppt_streams(&o, buf_span(&header));
	for (uint32_t i = 1; i <= 2; i++)
		protect_rc4_block(&p, i, o.main.p + o.place[i], o.size[i], 0);
	put_fields(&p, &pictures);
	cfbmake_begin(m, 9);
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "PowerPoint Document", buf_span(&o.main));
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "Current User", buf_span(&o.user));
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "Pictures", buf_span(&pictures));
	cfbmake_end(m);
	buf_free(&pictures);
	buf_free(&o.main);
	buf_free(&o.user);
	buf_free(&header);
}

/* Where the clear bytes of a record end: its head and, of some, what tells where they are. */
static size_t
clear_of(unsigned id, size_t n)
{
	return id == 0x809 ? 4 + n : id == 0x85 ? 8 : 4;
}

void
protect_xls(struct cfbmake *m, const char *password, unsigned bits)
{
	struct protect_rc4 p;
	struct buf plain = {0}, pass = {0}, book = {0}, all = {0}, drawing = {0};

	put_le(&pass, 1, 2);
	protect_rc4(&p, password, bits, &pass);
	olemake_book(&plain);
	put_pictures(&drawing);
	plain.n -= 4; /* the sheet's end comes later */
	biff_put(&plain, 0xEB, drawing.p, 2000);
	biff_put(&plain, 0x3C, drawing.p + 2000, drawing.n - 2000);
	biff_put(&plain, 0x0A, NULL, 0);
	buf_put(&book, plain.p, 4 + le16(plain.p + 2));
	biff_put(&book, 0x2F, pass.p, pass.n);
	buf_put(&book, plain.p + 4 + le16(plain.p + 2), plain.n - 4 - le16(plain.p + 2));
	buf_put(&all, book.p, book.n);
	for (size_t at = 0; at < all.n; at += 1024)
		protect_rc4_block(&p, (uint32_t)(at / 1024), all.p + at,
			all.n - at < 1024 ? all.n - at : 1024, 0);
	for (size_t at = 0; at < book.n;) {
		unsigned id = le16(book.p + at);
		size_t n = le16(book.p + at + 2), clear = clear_of(id, n);

		if (id != 0x2F && clear < 4 + n)
			memcpy(book.p + at + clear, all.p + at + clear, 4 + n - clear);
		at += 4 + n;
	}
	cfbmake_begin(m, 9);
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "Workbook", buf_span(&book));
	put_object(m, CFBMAKE_ROOT, "MBD00000001");
	cfbmake_end(m);
	buf_free(&drawing);
	buf_free(&plain);
	buf_free(&pass);
	buf_free(&book);
	buf_free(&all);
}
