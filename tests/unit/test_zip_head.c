/* Central directories made by hand: methods, volumes, zip64, damage. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "extract/zip_head.h"

static void
put16(struct buf *b, unsigned v)
{
	buf_putc(b, (uint8_t)v);
	buf_putc(b, (uint8_t)(v >> 8));
}

static void
put32(struct buf *b, uint32_t v)
{
	put16(b, v & 0xffff);
	put16(b, v >> 16);
}

static void
put_entry(struct buf *b, const char *name, unsigned flags, unsigned method, struct span extra,
	unsigned disk)
{
	put32(b, 0x02014b50);
	put32(b, 0x00140014);
	put16(b, flags);
	put16(b, method);
	for (int i = 0; i < 4; i++)
		put32(b, 0);
	put16(b, (unsigned)strlen(name));
	put16(b, (unsigned)extra.n);
	put16(b, 0);
	put16(b, disk);
	put16(b, 0);
	put32(b, 0);
	put32(b, 0);
	buf_puts(b, name);
	buf_put(b, extra.p, extra.n);
}

static void
put_end(struct buf *b, size_t dir, unsigned disk, size_t comment)
{
	size_t size = b->n - dir;

	put32(b, 0x06054b50);
	put16(b, disk);
	put16(b, 0);
	put16(b, 5);
	put16(b, 5);
	put32(b, (uint32_t)size);
	put32(b, (uint32_t)dir);
	put16(b, (unsigned)comment);
	for (size_t i = 0; i < comment; i++)
		buf_putc(b, '.');
}

static void
detail(struct facts *t, const char *name, const char *want, bool encrypted)
{
	const struct fact *f = facts_find(t, span_str(name));

	if (!want) {
		assert_null(f);
		return;
	}
	assert_non_null(f);
	assert_string_equal(f->detail, want);
	assert_int_equal(f->encrypted, encrypted);
}

static void
read_all(struct buf *b, struct zip_end *end, struct facts *t)
{
	struct budget budget;
	struct reader r;

	budget_start(&budget, b->n, NULL);
	reader_mem(&r, buf_span(b));
	assert_int_equal(zip_end_find(&r, end), 0);
	assert_int_equal(zip_head_read(&r, end, &budget, t), 0);
}

static void
test_methods(void **state)
{
	static const uint8_t aes128[] = {1, 0x99, 7, 0, 2, 0, 'A', 'E', 1, 8, 0};
	static const uint8_t aes256[] = {9, 9, 2, 0, 0, 0, 1, 0x99, 7, 0, 2, 0, 'A', 'E', 3, 8, 0};
	struct buf b = {0};
	struct facts t = {0};
	struct zip_end end;

	(void)state;
	buf_puts(&b, "a stub in front");
	put_entry(&b, "plain", 0, 8, span_str(""), 0);
	put_entry(&b, "old", 1, 8, span_str(""), 0);
	put_entry(&b, "strong", 0x41, 8, span_str(""), 0);
	put_entry(&b, "aes128", 1, 99, span_of(aes128, sizeof aes128), 0);
	put_entry(&b, "aes256", 1, 99, span_of(aes256, sizeof aes256), 0);
	put_entry(&b, "cut", 1, 99, span_of(aes256, 9), 0);
	put_entry(&b, "d64", 0, 9, span_str(""), 0);
	put_entry(&b, "implode", 0, 6, span_str(""), 0);
	put_end(&b, 15, 0, 60000);
	read_all(&b, &end, &t);
	assert_false(end.split);
	assert_int_equal(end.dir, 15);
	assert_int_equal(t.n, 7);
	detail(&t, "plain", NULL, false);
	detail(&t, "old", "zip ZipCrypto", true);
	detail(&t, "strong", "zip strong encryption", true);
	detail(&t, "aes128", "zip AES-128", true);
	detail(&t, "aes256", "zip AES-256", true);
	detail(&t, "cut", "zip AES", true);
	detail(&t, "d64", "zip Deflate64", false);
	detail(&t, "implode", "zip Implode", false);
	facts_free(&t);
	buf_free(&b);
}

static void
test_split(void **state)
{
	struct buf b = {0};
	struct facts t = {0};
	struct zip_end end;

	(void)state;
	put_entry(&b, "here", 0, 8, span_str(""), 0);
	put_entry(&b, "there", 0, 8, span_str(""), 1);
	put_end(&b, 0, 2, 0);
	read_all(&b, &end, &t);
	assert_true(end.split);
	assert_null(facts_find(&t, span_str("here")));
	assert_true(facts_find(&t, span_str("there"))->split);
	facts_free(&t);
	buf_free(&b);
}

/* A zip64 end record of the second kind, whose directory is encrypted by `cipher`; 0 for none. */
static void
put_end64(struct buf *b, size_t dir, unsigned cipher)
{
	size_t at = b->n;

	put32(b, 0x06064b50);
	put32(b, 76);
	put32(b, 0);
	put32(b, 0x003e0040);
	for (int i = 0; i < 6; i++)
		put32(b, 0);
	put32(b, (uint32_t)(at - dir));
	put32(b, 0);
	put32(b, (uint32_t)dir);
	put32(b, 0);
	put16(b, 8);
	for (int i = 0; i < 4; i++)
		put32(b, 0);
	put16(b, cipher);
	put32(b, 0x00010100);
	put32(b, 0);
	put32(b, 0);
	put32(b, 0x07064b50);
	put32(b, 0);
	put32(b, (uint32_t)at);
	put32(b, 0);
	put32(b, 1);
}

static void
test_locked(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct buf b = {0};
		struct facts t = {0};
		struct zip_end end;

		buf_puts(&b, "PK\3\4 members");
		if (i == 2)
			put_entry(&b, "open", 0, 8, span_str(""), 0);
		else
			buf_puts(&b, "nobody can read this without the passphrase");
		put_end64(&b, 12, i == 0 ? 0 : 0x6610);
		put_end(&b, 12, 0, 0);
		read_all(&b, &end, &t);
		assert_int_equal(end.dir, 12);
		assert_int_equal(end.locked, i == 1);
		facts_free(&t);
		buf_free(&b);
	}
}

/* More entries than one window holds, with the longest names there can be. */
static void
test_large(void **state)
{
	struct buf b = {0};
	struct facts t = {0};
	struct zip_end end;
	char name[60001];

	(void)state;
	for (int i = 0; i < 100; i++) {
		memset(name, 'a' + i % 26, sizeof name - 1);
		name[i % 2 ? 60000 : 10] = 0;
		name[0] = (char)(33 + i);
		put_entry(&b, name, 1, 8, span_str(""), 0);
	}
	put_end(&b, 0, 0, 7);
	read_all(&b, &end, &t);
	assert_int_equal(t.n, 100);
	facts_free(&t);
	buf_free(&b);
}

static void
test_damage(void **state)
{
	struct buf b = {0};
	struct facts t = {0};
	struct zip_end end;
	struct reader r;

	(void)state;
	reader_mem(&r, span_str("PK\5\6 far too short"));
	assert_int_equal(zip_end_find(&r, &end), -ENOENT);
	put_entry(&b, "first", 1, 8, span_str(""), 0);
	put_entry(&b, "second", 1, 8, span_str(""), 0);
	b.p[51 + 28] = 0xff; /* a name longer than all there is */
	b.p[51 + 29] = 0xff;
	put_end(&b, 0, 0, 0);
	read_all(&b, &end, &t);
	assert_int_equal(t.n, 1);
	memset(b.p + b.n - 10, 0xff, 4); /* a directory larger than the file */
	read_all(&b, &end, &t);
	assert_int_equal(t.n, 1);
	facts_free(&t);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_methods),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_locked),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
