/*
 * Guessing never goes further than ident's test: what is no UTF-8 is Windows-1252 unless the text
 * itself declares one of the charsets below. iconv opens a shared object for each charset, which
 * the confined worker cannot, so that all are opened at the start and held.
 */
#include "extract/charset.h"

#include <errno.h>
#include <iconv.h>
#include <strings.h>

#include "base/utf8.h"

#include "base/poison.h"

enum how { HOW_UTF8, HOW_16LE, HOW_16BE, HOW_32LE, HOW_32BE, HOW_1252, HOW_ICONV };

struct charset {
	const char *name;
	const char *aliases; /* blanks between */
	uint8_t how;
};

static const struct charset charsets[] = {
	{"utf-8", "utf8 us-ascii ascii unicode-1-1-utf-8 x-unknown", HOW_UTF8},
	{"utf-16le", "utf-16 ucs-2 utf16 unicode", HOW_16LE},
	{"utf-16be", "", HOW_16BE},
	{"utf-32le", "utf-32 ucs-4", HOW_32LE},
	{"utf-32be", "", HOW_32BE},
	{"windows-1252", "cp1252 iso-8859-1 latin1 iso8859-1 iso_8859-1 l1 x-ansi", HOW_1252},
	{"windows-1250", "cp1250 x-cp1250", HOW_ICONV},
	{"windows-1251", "cp1251 x-cp1251 win-1251", HOW_ICONV},
	{"windows-1253", "cp1253", HOW_ICONV},
	{"windows-1254", "cp1254 iso-8859-9 latin5", HOW_ICONV},
	{"windows-1255", "cp1255", HOW_ICONV},
	{"windows-1256", "cp1256", HOW_ICONV},
	{"windows-1257", "cp1257", HOW_ICONV},
	{"windows-1258", "cp1258", HOW_ICONV},
	{"windows-874", "cp874 tis-620 iso-8859-11", HOW_ICONV},
	{"iso-8859-2", "latin2 iso8859-2", HOW_ICONV},
	{"iso-8859-3", "latin3", HOW_ICONV},
	{"iso-8859-4", "latin4", HOW_ICONV},
	{"iso-8859-5", "cyrillic", HOW_ICONV},
	{"iso-8859-6", "arabic", HOW_ICONV},
	{"iso-8859-7", "greek", HOW_ICONV},
	{"iso-8859-8", "hebrew iso-8859-8-i", HOW_ICONV},
	{"iso-8859-10", "latin6", HOW_ICONV},
	{"iso-8859-13", "", HOW_ICONV},
	{"iso-8859-14", "", HOW_ICONV},
	{"iso-8859-15", "latin9 iso8859-15", HOW_ICONV},
	{"iso-8859-16", "", HOW_ICONV},
	{"koi8-r", "koi8 koi", HOW_ICONV},
	{"koi8-u", "", HOW_ICONV},
	{"ibm437", "cp437", HOW_ICONV},
	{"ibm850", "cp850", HOW_ICONV},
	{"ibm852", "cp852", HOW_ICONV},
	{"ibm866", "cp866", HOW_ICONV},
	{"macintosh", "mac x-mac-roman", HOW_ICONV},
	{"shift_jis", "shift-jis sjis x-sjis cp932 windows-31j ms_kanji", HOW_ICONV},
	{"euc-jp", "x-euc-jp", HOW_ICONV},
	{"iso-2022-jp", "", HOW_ICONV},
	{"gb18030", "gbk gb2312 gb_2312-80 x-gbk euc-cn", HOW_ICONV},
	{"big5", "big5-hkscs x-x-big5 cn-big5", HOW_ICONV},
	{"euc-kr", "ks_c_5601-1987 cp949 windows-949", HOW_ICONV},
};

#define CHARSETS (sizeof charsets / sizeof *charsets)

/* Windows-1252's own characters at 0x80..0x9F; its five holes stay control characters. */
static const uint16_t cp1252[32] = {0x20AC, 0x81, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021,
	0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0x8D, 0x17D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C,
	0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0x9D, 0x17E, 0x178};

static struct {
	iconv_t cd[CHARSETS];
	bool open;
} state;

static const char *
iconv_name(const struct charset *c)
{
	/* Microsoft's supersets, which is what bears these names in practice. */
	if (strcmp(c->name, "shift_jis") == 0)
		return "CP932";
	if (strcmp(c->name, "euc-kr") == 0)
		return "CP949";
	return strcmp(c->name, "windows-874") == 0 ? "CP874" : c->name;
}

int
charset_open(void)
{
	if (state.open)
		return 0;
	for (size_t i = 0; i < CHARSETS; i++) {
		state.cd[i] = (iconv_t)-1;
		if (charsets[i].how == HOW_ICONV)
			state.cd[i] = iconv_open("UTF-8", iconv_name(&charsets[i]));
	}
	state.open = true;
	return 0;
}

void
charset_close(void)
{
	for (size_t i = 0; state.open && i < CHARSETS; i++) {
		if (state.cd[i] != (iconv_t)-1)
			(void)iconv_close(state.cd[i]);
	}
	state.open = false;
}

static bool
has_alias(const char *list, struct span name)
{
	while (*list) {
		size_t n = strcspn(list, " ");

		if (n == name.n && strncasecmp(list, (const char *)name.p, n) == 0)
			return true;
		list += n + (list[n] == ' ');
	}
	return false;
}

const struct charset *
charset_find(struct span name)
{
	for (size_t i = 0; i < CHARSETS; i++) {
		const struct charset *c = &charsets[i];

		if (!has_alias(c->name, name) && !has_alias(c->aliases, name))
			continue;
		if (c->how == HOW_ICONV && (!state.open || state.cd[i] == (iconv_t)-1))
			return NULL;
		return c;
	}
	return NULL;
}

bool
charset_shows(const char *name)
{
	const struct charset *c = charset_find(span_str(name));

	return c && c->how < HOW_1252;
}

/* The value behind key (lower case) and an equals sign, with or without quotes, within the head. */
static struct span
value_of(struct span h, const char *key)
{
	size_t n = strlen(key);

	for (size_t i = 0; i + n < h.n; i++) {
		struct span v;
		size_t k = 0;

		if ((h.p[i] | 0x20) != key[0] || (h.p[i + 1] | 0x20) != key[1] ||
			strncasecmp((const char *)h.p + i, key, n) != 0)
			continue;
		v = span_sub(h, i + n, 48);
		while (v.n && (v.p[0] == ' ' || v.p[0] == '=' || v.p[0] == '"' || v.p[0] == '\''))
			v = span_sub(v, 1, v.n);
		while (k < v.n && v.p[k] > ' ' && !strchr("\"'>;/?", v.p[k]))
			k++;
		return span_sub(v, 0, k);
	}
	return (struct span){0};
}

const struct charset *
charset_declared(struct span head)
{
	const struct charset *c;
	struct span name = {0};

	if (span_has(head, 0, "<?xml", 5))
		name = value_of(span_sub(head, 0, 256), "encoding");
	if (!name.n && memchr(head.p, '<', head.n < 1024 ? head.n : 1024))
		name = value_of(span_sub(head, 0, 2048), "charset");
	c = name.n ? charset_find(name) : NULL;
	return c && c->how != HOW_1252 && c->how != HOW_ICONV ? NULL : c;
}

const struct charset *
charset_choose(const char *seen, struct span head)
{
	const char *name = seen ? seen : "utf-8";
	bool guessed = strcmp(name, "windows-1252") == 0 || strcmp(name, "us-ascii") == 0;
	const struct charset *said = guessed ? charset_declared(head) : NULL;

	return said ? said : charset_find(span_str(name));
}

void
decoder_start(struct decoder *d, const struct charset *charset)
{
	*d = (struct decoder){.charset = charset ? charset : &charsets[0]};
	if (d->charset->how == HOW_ICONV)
		(void)iconv(state.cd[d->charset - charsets], NULL, NULL, NULL, NULL);
}

struct out {
	charset_out *fn;
	void *user;
	struct buf buf; /* decoded and not yet handed out */
};

#define OUT_PIECE (16u * 1024)

static int
out_flush(struct out *o)
{
	int r = o->buf.failed ? -ENOMEM : 0;

	if (r == 0 && o->buf.n)
		r = o->fn(o->user, buf_span(&o->buf));
	buf_clear(&o->buf);
	return r;
}

static int
out_char(struct out *o, uint32_t c)
{
	if (c < 0x80 && o->buf.n + 1 < o->buf.cap)
		o->buf.p[o->buf.n++] = (uint8_t)c;
	else
		buf_put_utf8(&o->buf, c);
	return o->buf.n >= OUT_PIECE ? out_flush(o) : 0;
}

static uint32_t
from_1252(uint8_t c)
{
	return c >= 0x80 && c < 0xA0 ? cp1252[c - 0x80] : c;
}

/* Runs of valid UTF-8 go out as they stand. Returns the bytes left over at the end. */
static int
feed_utf8(struct out *o, struct span in, size_t *ret_left)
{
	int r = 0;

	while (in.n && r == 0) {
		size_t ok = utf8_valid(in);

		if (ok) {
			r = out_flush(o);
			if (r == 0)
				r = o->fn(o->user, span_sub(in, 0, ok));
			in = span_sub(in, ok, in.n);
			continue;
		}
		if (in.n < 4 && utf8_cut(in))
			break;
		r = out_char(o, from_1252(in.p[0]));
		in = span_sub(in, 1, in.n);
	}
	*ret_left = in.n;
	return r;
}

static int
feed_16(struct out *o, struct span in, bool big, size_t *ret_left)
{
	int r = 0;

	while (in.n >= 2 && r == 0) {
		uint32_t c = big ? be16(in.p) : le16(in.p);
		size_t n = 2;

		if (c >= 0xD800 && c < 0xDC00) {
			uint32_t low;

			if (in.n < 4)
				break;
			low = big ? be16(in.p + 2) : le16(in.p + 2);
			if (low >= 0xDC00 && low < 0xE000) {
				c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
				n = 4;
			}
		}
		r = out_char(o, c);
		in = span_sub(in, n, in.n);
	}
	*ret_left = in.n;
	return r;
}

static int
feed_32(struct out *o, struct span in, bool big, size_t *ret_left)
{
	int r = 0;

	for (; in.n >= 4 && r == 0; in = span_sub(in, 4, in.n))
		r = out_char(o, big ? be32(in.p) : le32(in.p));
	*ret_left = in.n;
	return r;
}

static int
feed_1252(struct out *o, struct span in, size_t *ret_left)
{
	int r = 0;

	while (in.n && r == 0) {
		size_t n = utf8_ascii(span_sub(in, 0, OUT_PIECE));

		buf_put(&o->buf, in.p, n);
		in = span_sub(in, n, in.n);
		r = o->buf.n >= OUT_PIECE ? out_flush(o) : 0;
		if (r == 0 && in.n && in.p[0] >= 0x80) {
			r = out_char(o, from_1252(in.p[0]));
			in = span_sub(in, 1, in.n);
		}
	}
	*ret_left = 0;
	return r;
}

static int
feed_iconv(struct out *o, iconv_t cd, struct span in, size_t *ret_left)
{
	char *p = (char *)(uintptr_t)in.p;
	size_t left = in.n;
	int r = 0;

	while (left && r == 0) {
		char *to = (char *)buf_room(&o->buf, OUT_PIECE);
		size_t room = OUT_PIECE, got;

		if (!to)
			return -ENOMEM;
		errno = 0;
		got = iconv(cd, &p, &left, &to, &room);
		o->buf.n += OUT_PIECE - room;
		r = out_flush(o);
		if (got != (size_t)-1 || errno == E2BIG || r != 0)
			continue;
		if (errno == EINVAL && left < sizeof((struct decoder *)0)->carry)
			break;
		r = out_char(o, 0xFFFD);
		p++;
		left--;
	}
	*ret_left = left;
	return r;
}

static int
feed_any(struct decoder *d, struct out *o, struct span in, size_t *ret_left)
{
	switch (d->charset->how) {
	case HOW_16LE:
	case HOW_16BE:
		return feed_16(o, in, d->charset->how == HOW_16BE, ret_left);
	case HOW_32LE:
	case HOW_32BE:
		return feed_32(o, in, d->charset->how == HOW_32BE, ret_left);
	case HOW_1252:
		return feed_1252(o, in, ret_left);
	case HOW_ICONV:
		return feed_iconv(o, state.cd[d->charset - charsets], in, ret_left);
	default:
		return feed_utf8(o, in, ret_left);
	}
}

/* The bytes of the mark (BOM) at the beginning of in; *ret_more: too short to tell. */
static size_t
mark_length(const struct decoder *d, struct span in, bool *ret_more)
{
	static const struct {
		const char *bytes;
		size_t n;
	} marks[] = {
		[HOW_UTF8] = {"\xEF\xBB\xBF", 3},
		[HOW_16LE] = {"\xFF\xFE", 2},
		[HOW_16BE] = {"\xFE\xFF", 2},
		[HOW_32LE] = {"\xFF\xFE\0\0", 4},
		[HOW_32BE] = {"\0\0\xFE\xFF", 4},
		[HOW_1252] = {"\xEF\xBB\xBF", 3},
	};
	size_t n = d->charset->how < HOW_ICONV ? marks[d->charset->how].n : 0;
	size_t have = in.n < n ? in.n : n;

	if (!n || memcmp(in.p, marks[d->charset->how].bytes, have) != 0)
		return 0;
	*ret_more = have < n;
	return have < n ? 0 : n;
}

/* Feeds in; what is left over waits in the carry. At most sizeof carry bytes can be. */
static int
feed_keep(struct decoder *d, struct out *o, struct span in)
{
	size_t left = 0;
	int r;

	if (!d->begun && in.n) {
		bool more = false;
		size_t mark = mark_length(d, in, &more);

		if (more) {
			memcpy(d->carry, in.p, in.n);
			d->n_carry = (uint8_t)in.n;
			return 0;
		}
		d->begun = true;
		in = span_sub(in, mark, in.n);
	}
	r = feed_any(d, o, in, &left);
	if (left > sizeof d->carry)
		left = sizeof d->carry;
	if (left)
		memcpy(d->carry, in.p + in.n - left, left);
	d->n_carry = (uint8_t)left;
	return r;
}

/* Joins the carry with as many bytes of *in as complete it. */
static int
feed_carry(struct decoder *d, struct out *o, struct span *in)
{
	int r = 0;

	while (r == 0 && d->n_carry && in->n) {
		uint8_t joined[sizeof d->carry + 1];
		size_t n = d->n_carry;

		memcpy(joined, d->carry, n);
		joined[n++] = in->p[0];
		*in = span_sub(*in, 1, in->n);
		if (n > sizeof d->carry) {
			r = out_char(o, 0xFFFD);
			n = 0;
		}
		d->n_carry = 0;
		if (r == 0)
			r = feed_keep(d, o, span_of(joined, n));
	}
	return r;
}

int
decoder_feed(struct decoder *d, struct span in, charset_out *out, void *user)
{
	struct out o = {.fn = out, .user = user};
	int r = feed_carry(d, &o, &in), q;

	if (r == 0 && in.n)
		r = feed_keep(d, &o, in);
	q = out_flush(&o);
	buf_free(&o.buf);
	return r ? r : q;
}

/* What iconv itself holds back: a Hebrew or Vietnamese letter that an accent might have followed. */
static int
end_iconv(const struct decoder *d, charset_out *out, void *user)
{
	char last[32], *to = last;
	size_t room = sizeof last;

	if (d->charset->how != HOW_ICONV)
		return 0;
	(void)iconv(state.cd[d->charset - charsets], NULL, NULL, &to, &room);
	return room < sizeof last ? out(user, span_of(last, sizeof last - room)) : 0;
}

int
decoder_end(struct decoder *d, charset_out *out, void *user)
{
	static const char lost[] = "\xEF\xBF\xBD";
	bool had = d->n_carry > 0;
	int r = end_iconv(d, out, user);

	d->n_carry = 0;
	return r == 0 && had ? out(user, span_str(lost)) : r;
}
