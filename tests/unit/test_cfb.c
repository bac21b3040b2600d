/* cfb: both sizes of sectors, lists of lists, every cut, loops and lies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <errno.h>

#include "cfbmake.h"
#include "extract/cfb.h"

static struct buf big;

static void
make(struct cfbmake *m, unsigned shift, unsigned listed)
{
	unsigned up;

	cfbmake_begin(m, shift);
	m->listed = listed;
	up = cfbmake_storage(m, CFBMAKE_ROOT, "Folder");
	(void)cfbmake_stream(m, CFBMAKE_ROOT, "Small", span_str("a few words"));
	(void)cfbmake_stream(m, up, "Big", buf_span(&big));
	(void)cfbmake_stream(m, up, "Small", span_str("deeper"));
	cfbmake_end(m);
}

/* What the stream at that path holds. */
static void
read_all(struct cfb *c, uint32_t up, const char *name, struct buf *out)
{
	uint32_t e = cfb_find(c, up, name, CFB_STREAM);

	buf_clear(out);
	if (e != CFB_NONE)
		(void)cfb_slurp(c, e, 1u << 24, out);
}

static void
check(struct cfbmake *m, bool seek)
{
	struct reader_ops ops;
	struct budget budget;
	struct reader r;
	struct cfb c;
	struct buf b = {0};
	uint32_t folder;

	budget_start(&budget, m->out.n, NULL);
	reader_mem(&r, buf_span(&m->out));
	ops = *r.ops;
	ops.pread = seek ? ops.pread : NULL;
	r.ops = &ops;
	assert_int_equal(cfb_open(&c, &r, &budget), 0);
	read_all(&c, c.root, "small", &b);
	assert_string_equal(buf_cstr(&b), "a few words");
	assert_int_equal(cfb_find(&c, c.root, "Folder", CFB_STREAM), CFB_NONE);
	folder = cfb_find(&c, c.root, "Folder", CFB_STORAGE);
	read_all(&c, folder, "Big", &b);
	assert_int_equal(b.n, big.n);
	assert_memory_equal(b.p, big.p, big.n);
	read_all(&c, folder, "Small", &b);
	assert_string_equal(buf_cstr(&b), "deeper");
	assert_false(c.damaged);
	cfb_close(&c);
	reader_end(&r);
	buf_free(&b);
}

static void
test_read(void **state)
{
	static const struct {
		unsigned shift, listed;
	} kinds[] = {{9, 109}, {12, 109}, {9, 0}, {9, 1}, {9, 2}};

	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct cfbmake m;

		make(&m, kinds[i].shift, kinds[i].listed);
		check(&m, true);
		check(&m, false);
		cfbmake_free(&m);
	}
}

static void
test_offsets(void **state)
{
	struct cfbmake m;
	struct cfb_stream s;
	struct budget budget;
	struct reader r;
	struct cfb c;
	uint8_t p[3000];

	(void)state;
	make(&m, 9, 109);
	budget_start(&budget, m.out.n, NULL);
	reader_mem(&r, buf_span(&m.out));
	assert_int_equal(cfb_open(&c, &r, &budget), 0);
	assert_int_equal(cfb_stream_open(&s, &c,
				 cfb_find(&c, cfb_find(&c, c.root, "Folder", CFB_STORAGE), "Big",
					 CFB_STREAM)),
		0);
	for (size_t off = 0; off < big.n; off += 977) {
		ssize_t got = reader_pread(&s.r, p, sizeof p, off);

		assert_int_equal(got, big.n - off < sizeof p ? big.n - off : sizeof p);
		assert_memory_equal(p, big.p + off, (size_t)got);
	}
	assert_int_equal(reader_pread(&s.r, p, 1, big.n), 0);
	cfb_stream_close(&s);
	cfb_close(&c);
	cfbmake_free(&m);
}

/* Everything that opens can be walked and read to its end. */
static void
walk(struct span bytes)
{
	struct budget budget;
	struct reader r;
	struct cfb c;
	struct buf b = {0};

	budget_start(&budget, bytes.n, NULL);
	reader_mem(&r, bytes);
	if (cfb_open(&c, &r, &budget) == 0) {
		for (uint32_t e = 0; e < c.n; e++) {
			buf_clear(&b);
			if (cfb_type(&c, e) == CFB_STREAM)
				(void)cfb_slurp(&c, e, 1u << 20, &b);
		}
		cfb_close(&c);
	}
	buf_free(&b);
}

static void
test_hostile(void **state)
{
	uint64_t seed = 7;
	struct cfbmake m;
	struct buf b = {0};

	(void)state;
	make(&m, 9, 1);
	for (size_t n = 0; n < m.out.n; n += n < 2000 ? 1 : 211) {
		buf_clear(&b);
		buf_put(&b, m.out.p, n);
		walk(buf_span(&b));
	}
	for (unsigned i = 0; i < 3000; i++) {
		buf_clear(&b);
		buf_put(&b, m.out.p, m.out.n);
		for (unsigned k = 0; k < 4; k++) {
			size_t at;

			seed = seed * 6364136223846793005u + 1442695040888963407u;
			at = (seed >> 33) % (i & 1 ? b.n : 4096);
			b.p[at] = (uint8_t)(k & 1 ? seed >> 24 & 7 : seed >> 24);
		}
		walk(buf_span(&b));
	}
	buf_free(&b);
	cfbmake_free(&m);
}

/* Sibling pointers that lead back, and a chain of sectors that does. */
static void
test_loops(void **state)
{
	struct cfbmake m;
	struct budget budget;
	struct reader r;
	struct cfb c;
	struct buf b = {0};
	size_t dir;

	(void)state;
	make(&m, 9, 109);
	dir = ((size_t)le32(m.out.p + 48) + 1) << 9;
	m.out.p[dir + 128 + 68] = 1; /* the folder's left is itself */
	memset(m.out.p + dir + 128 + 69, 0, 3);
	memset(m.out.p + 512 + 4 * (le32(m.out.p + 48)), 0,
		4); /* the directory goes on in sector 0 */
	budget_start(&budget, m.out.n, NULL);
	reader_mem(&r, buf_span(&m.out));
	assert_int_equal(cfb_open(&c, &r, &budget), 0);
	read_all(&c, c.root, "Small", &b);
	assert_string_equal(buf_cstr(&b), "a few words");
	cfb_close(&c);
	buf_free(&b);
	cfbmake_free(&m);
}

static int
setup(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 200000; i++)
		buf_putc(&big, (uint8_t)(i * 7 + (i >> 8)));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	buf_free(&big);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_offsets),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_loops),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
