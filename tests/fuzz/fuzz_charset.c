/*
 * Every decoder over arbitrary bytes: the first byte chooses the encoding, the second how the bytes
 * are cut. What comes out is UTF-8, and the same however they were cut.
 */
#include <stdlib.h>

#include "base/utf8.h"
#include "extract/charset.h"

#include "base/poison.h"

#define MOST (64u << 10) /* bytes one at a time are enough of these */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const char *const names[] = {"utf-8", "utf-16le", "utf-16be", "utf-32le", "utf-32be",
	"windows-1252", "windows-1251", "windows-1255", "windows-1258", "windows-874", "iso-8859-2",
	"koi8-r", "ibm850", "macintosh", "shift_jis", "euc-jp", "iso-2022-jp", "gb18030", "big5",
	"euc-kr", "iso-8859-6"};

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return charset_open();
}

static int
keep(void *user, struct span utf8)
{
	if (utf8_valid(utf8) != utf8.n)
		abort();
	buf_put(user, utf8.p, utf8.n);
	return 0;
}

static void
decode(const struct charset *c, struct span in, size_t piece, struct buf *out)
{
	struct decoder d;

	decoder_start(&d, c);
	for (size_t at = 0; at < in.n; at += piece) {
		if (decoder_feed(&d, span_sub(in, at, piece), keep, out) != 0)
			abort();
	}
	if (decoder_end(&d, keep, out) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct buf whole = {0}, cut = {0};
	const struct charset *c;
	struct span in;

	if (n < 2 || n > MOST)
		return 0;
	c = charset_find(span_str(names[p[0] % (sizeof names / sizeof *names)]));
	in = span_of(p + 2, n - 2);
	(void)charset_declared(in);
	(void)charset_choose(NULL, in);
	decode(c, in, in.n + 1, &whole);
	decode(c, in, 1 + p[1] % 16, &cut);
	if (whole.n != cut.n || (whole.n && memcmp(whole.p, cut.p, whole.n) != 0))
		abort();
	buf_free(&whole);
	buf_free(&cut);
	return 0;
}
