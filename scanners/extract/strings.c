/*
 * What nobody can parse is still searched for words: runs of printable ASCII, and the same with a
 * NUL between the characters, which is UTF-16 of either byte order. Runs follow each other in one
 * text as long as they are of one width and the offset a person is shown stays within RAW_DRIFT of
 * the truth; then a new text begins, because an exact one for each run would cost more than the
 * search itself.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "extract/extract.h"
#include "ident_closed.h"
#include "limits.h"

#include "base/poison.h"

#define RUN_MIN	  6u /* characters; shorter runs are noise */
#define RAW_DRIFT 1024u
#define RAW_PIECE (64u * 1024)

enum mode {
	MODE_NONE,
	MODE_NARROW, /* in a run of single bytes */
	MODE_WIDE_CHAR, /* in a wide run: a character must follow */
	MODE_WIDE_NUL /* in a wide run: a NUL must follow */
};

struct raw {
	struct sink *s;
	uint64_t pos; /* offset of the byte at hand */
	enum mode mode;
	uint8_t last; /* the run's last character */
	uint64_t start; /* where the run began */
	uint64_t chars; /* its length */
	uint8_t head[RUN_MIN * 2]; /* its first characters wait until there are enough of them */
	size_t head_n;
	bool open; /* a text has begun */
	uint64_t base; /* its offset */
	uint64_t put; /* characters given to it */
	uint8_t step; /* bytes that each of them takes */
	size_t n;
	uint8_t out[8192];
};

static int
raw_flush(struct raw *w)
{
	int r = w->n ? w->s->ops->text(w->s, span_of(w->out, w->n)) : 0;

	w->n = 0;
	return r;
}

static int
raw_close(struct raw *w)
{
	int r = raw_flush(w);

	if (r == 0 && w->open)
		r = w->s->ops->text_end(w->s);
	w->open = false;
	return r;
}

static int
raw_put(struct raw *w, const uint8_t *p, size_t n)
{
	int r = 0;

	w->put += n;
	for (size_t i = 0; w->step > 1 && i < n; i++)
		w->put -= (p[i] & 0xC0) == 0x80;
	if (n > sizeof w->out - w->n)
		r = raw_flush(w);
	if (r == 0 && n > sizeof w->out)
		return w->s->ops->text(w->s, span_of(p, n));
	memcpy(w->out + w->n, p, n);
	w->n += n;
	return r;
}

/* The run is long enough: it joins the open text, or opens one when that has drifted away. */
static int
run_accept(struct raw *w)
{
	uint8_t step = w->mode == MODE_NARROW ? 1 : 2;
	uint64_t shown = w->base + w->put * w->step;
	uint64_t drift = shown > w->start ? shown - w->start : w->start - shown;
	int r = 0;

	if (!w->open || step != w->step || drift > RAW_DRIFT) {
		const struct text_at at = {.part = PART_RAW, .offset = w->start, .step = step};

		r = raw_close(w);
		if (r == 0)
			r = w->s->ops->text_begin(w->s, &at);
		if (r < 0)
			return r;
		w->open = true;
		w->base = w->start;
		w->put = 0;
		w->step = step;
	}
	return raw_put(w, w->head, w->head_n);
}

/* One more character of a run that may still be too short; beyond ASCII it is Latin-1. */
static int
run_add(struct raw *w, uint8_t c)
{
	const uint8_t two[2] = {(uint8_t)(0xC0 | c >> 6), (uint8_t)(0x80 | (c & 63))};
	const uint8_t *p = c < 0x80 ? &c : two;
	size_t n = c < 0x80 ? 1 : 2;

	w->last = c;
	if (++w->chars > RUN_MIN)
		return raw_put(w, p, n);
	memcpy(w->head + w->head_n, p, n);
	w->head_n += n;
	return w->chars == RUN_MIN ? run_accept(w) : 0;
}

static int
run_stop(struct raw *w)
{
	int r = w->chars >= RUN_MIN ? raw_put(w, (const uint8_t *)"\n", 1) : 0;

	w->mode = MODE_NONE;
	w->chars = 0;
	w->head_n = 0;
	return r;
}

static int
run_start(struct raw *w, enum mode mode, uint8_t c, uint64_t at)
{
	int r = run_stop(w);

	if (r < 0)
		return r;
	w->mode = mode;
	w->start = at;
	return run_add(w, c);
}

static bool
printable(uint8_t c)
{
	return (c >= 32 && c < 127) || c == '\t' || c == '\n' || c == '\r';
}

static int
step(struct raw *w, uint8_t c)
{
	int r = 0;

	switch (w->mode) {
	case MODE_NARROW:
		if (printable(c))
			return run_add(w, c);
		if (c == 0)
			return run_start(w, MODE_WIDE_CHAR, w->last, w->pos - 1);
		return run_stop(w);
	case MODE_WIDE_NUL:
		if (c == 0) {
			w->mode = MODE_WIDE_CHAR;
			return 0;
		}
		if (!printable(c) || !printable(w->last))
			return run_stop(w);
		r = run_start(w, MODE_NARROW, w->last, w->pos - 1);
		return r < 0 ? r : run_add(w, c);
	case MODE_WIDE_CHAR:
		if (printable(c) || c >= 0xA0) {
			w->mode = MODE_WIDE_NUL;
			return run_add(w, c);
		}
		return run_stop(w);
	default:
		return printable(c) ? run_start(w, MODE_NARROW, c, w->pos) : 0;
	}
}

/* Zeros that s begins with, in words of eight. */
static size_t
zeros(struct span s)
{
	size_t n = 0;
	uint64_t word;

	for (; s.n - n >= sizeof word; n += sizeof word) {
		memcpy(&word, s.p + n, sizeof word);
		if (word)
			break;
	}
	return n;
}

/* The bulk of a piece goes by in runs: what is not printable is skipped, what is is copied. */
static int
raw_piece(struct raw *w, struct span in)
{
	size_t i = 0;
	int r = 0;

	while (i < in.n && r == 0) {
		size_t from = i;

		if (w->mode == MODE_NONE) {
			i += zeros(span_sub(in, i, in.n));
			while (i < in.n && !printable(in.p[i]))
				i++;
		} else if (w->mode == MODE_NARROW && w->chars >= RUN_MIN) {
			while (i < in.n && printable(in.p[i]))
				i++;
			if (i > from) {
				r = raw_put(w, in.p + from, i - from);
				w->last = in.p[i - 1];
				w->chars += i - from;
			}
		}
		w->pos += i - from;
		if (i < in.n && r == 0) {
			r = step(w, in.p[i++]);
			w->pos++;
		}
	}
	return r;
}

static int
raw_end(struct raw *w)
{
	int r = run_stop(w);

	return r < 0 ? r : raw_close(w);
}

static bool
is_sinks_error(ssize_t r)
{
	return r == -EFBIG || r == -E2BIG || r == -ETIME || r == -ECANCELED || r == -ENOMEM;
}

/* Holes of a file cost nothing; the two zeros in front of the rest end a run of either kind. */
static int
raw_hole(struct raw *w, struct reader *rd)
{
	static const uint8_t two[2];
	uint64_t n = reader_skip_hole(rd);
	int r = n > sizeof two ? raw_piece(w, span_of(two, sizeof two)) : 0;

	w->pos += n > sizeof two ? n - sizeof two : n;
	return r;
}

/* At most `limit` bytes of r, from where it stands. */
static int
raw_read(struct raw *w, struct reader *rd, uint64_t limit)
{
	_cleanup_free_ uint8_t *piece = malloc(RAW_PIECE);
	int r = piece ? 0 : -ENOMEM;

	while (r == 0 && limit) {
		size_t n = limit < RAW_PIECE ? (size_t)limit : RAW_PIECE;
		ssize_t got;

		r = raw_hole(w, rd);
		if (r < 0)
			break;
		got = reader_read(rd, piece, n);
		if (got < 0)
			r = is_sinks_error(got) ? (int)got
						: sink_gap(w->s, GAP_IO_ERROR, true,
							  "reading failed before the end");
		if (got <= 0)
			break;
		limit -= (uint64_t)got;
		r = budget_tick(w->s->budget);
		if (r == 0)
			r = raw_piece(w, span_of(piece, (size_t)got));
	}
	return r;
}

int
extract_strings(struct reader *r, struct sink *s)
{
	struct raw w = {.s = s, .pos = r->pos};
	int q = raw_read(&w, r, UINT64_MAX);

	return q < 0 ? q : raw_end(&w);
}

/* The last LIMIT_MEDIA_EDGE bytes of a reader that seeks. */
static int
raw_tail(struct raw *w, struct reader *rd, uint64_t from)
{
	_cleanup_free_ uint8_t *piece = malloc(RAW_PIECE);
	uint64_t at = rd->size > LIMIT_MEDIA_EDGE ? rd->size - LIMIT_MEDIA_EDGE : 0;
	int r = piece ? 0 : -ENOMEM;

	w->pos = at = at > from ? at : from;
	while (r == 0) {
		ssize_t got = reader_pread(rd, piece, RAW_PIECE, at);

		if (got <= 0)
			break;
		at += (uint64_t)got;
		r = raw_piece(w, span_of(piece, (size_t)got));
	}
	return r;
}

static int
strings_of_edges(struct reader *rd, struct sink *s)
{
	struct raw w = {.s = s, .pos = rd->pos};
	int r = raw_read(&w, rd, LIMIT_MEDIA_EDGE);

	if (r == 0 && reader_seekable(rd) && rd->size != UINT64_MAX && rd->size > rd->pos) {
		r = rd->size - rd->pos > LIMIT_MEDIA_EDGE ? run_stop(&w) : 0;
		if (r == 0)
			r = raw_tail(&w, rd, rd->pos);
	}
	return r < 0 ? r : raw_end(&w);
}

/* What is said of a format that nobody else in the table reads. */
static const struct unread {
	enum gap_reason reason;
	bool strings; /* its printable runs are worth a search */
	const char *detail;
} unread[FORMATS] = {
	[FORMAT_ZIP] = {GAP_UNSUPPORTED, true, "zip archive: not read in this version"},
	[FORMAT_7Z] = {GAP_UNSUPPORTED, true, "7z archive: not read in this version"},
	[FORMAT_RAR] = {GAP_UNSUPPORTED, true, "rar archive: not read in this version"},
	[FORMAT_TAR] = {GAP_UNSUPPORTED, true, "tar archive: not read in this version"},
	[FORMAT_GZIP] = {GAP_UNSUPPORTED, true, "gzip data: not read in this version"},
	[FORMAT_BZIP2] = {GAP_UNSUPPORTED, true, "bzip2 data: not read in this version"},
	[FORMAT_XZ] = {GAP_UNSUPPORTED, true, "xz data: not read in this version"},
	[FORMAT_LZMA] = {GAP_UNSUPPORTED, true, "lzma data: not read in this version"},
	[FORMAT_ZSTD] = {GAP_UNSUPPORTED, true, "zstd data: not read in this version"},
	[FORMAT_LZ4] = {GAP_UNSUPPORTED, true, "lz4 data: not read in this version"},
	[FORMAT_LZIP] = {GAP_UNSUPPORTED, true, "lzip data: not read in this version"},
	[FORMAT_COMPRESS] = {GAP_UNSUPPORTED, true, "compress data: not read in this version"},
	[FORMAT_CPIO] = {GAP_UNSUPPORTED, true, "cpio archive: not read in this version"},
	[FORMAT_ISO] = {GAP_UNSUPPORTED, true, "ISO 9660 image: not read in this version"},
	[FORMAT_CAB] = {GAP_UNSUPPORTED, true, "cabinet archive: not read in this version"},
	[FORMAT_AR] = {GAP_UNSUPPORTED, true, "ar archive: not read in this version"},
	[FORMAT_LHA] = {GAP_UNSUPPORTED, true, "lha archive: not read in this version"},
	[FORMAT_XAR] = {GAP_UNSUPPORTED, true, "xar archive: not read in this version"},
	[FORMAT_RPM] = {GAP_UNSUPPORTED, true, "RPM package: not read in this version"},
#ifndef HAVE_POPPLER
	[FORMAT_PDF] = {GAP_UNSUPPORTED, true, "PDF document: built without poppler"},
#endif
	[FORMAT_RTF] = {GAP_UNSUPPORTED, true, "RTF document: not read in this version"},
	[FORMAT_PST] = {GAP_UNSUPPORTED, true, "Outlook store: not read in this version"},
	[FORMAT_SQLITE] = {GAP_UNSUPPORTED, true, "SQLite database: not read in this version"},
	[FORMAT_MDB] = {GAP_UNSUPPORTED, true, "Access database: only words are searched"},
	[FORMAT_KEYSTORE] = {GAP_ENCRYPTED, false, "keystore"},
	[FORMAT_ENCRYPTED] = {GAP_ENCRYPTED, false, "encrypted data"},
	[FORMAT_OTHER] = {GAP_UNSUPPORTED, true, "known, but only words are searched"},
	[FORMAT_DISK] = {GAP_UNSUPPORTED, true, "disk image: only words are searched"},
};

static const struct {
	const char *mime;
	const char *detail;
} protected_kinds[] = {
	{"application/x-keepass2", "KeePass database"},
	{"application/x-keepass", "KeePass 1 database"},
	{"application/x-java-keystore", "Java keystore"},
	{"application/x-java-jce-keystore", "Java JCE keystore"},
	{"application/pkcs12", "PKCS #12 keystore"},
	{"application/x-luks", "LUKS volume"},
	{"application/x-openssl-salted", "OpenSSL salted data"},
	{"application/pgp-encrypted", "OpenPGP message"},
	{"application/x-age-encryption", "age file"},
	{"application/x-ansible-vault", "Ansible vault"},
	{"application/x-bitlocker", "BitLocker volume"},
	{"application/x-apple-encrypted-diskimage", "encrypted disk image"},
	{"application/pkcs7-mime", "S/MIME (CMS) message"},
	{"application/pgp-signature",
		"signed or compressed OpenPGP message: only words are searched"},
	{"application/x-sqlite3-wal",
		"write-ahead log of a SQLite database: only words are searched"},
	{"application/x-ms-wim", "Windows image: only words are searched"},
	{"application/vnd.squashfs", "squashfs image: only words are searched"},
	{"application/x-qemu-disk", "qcow2 disk image: only words are searched"},
	{"application/x-vmdk-disk", "VMware disk image: only words are searched"},
	{"application/x-vhdx-disk", "VHDX disk image: only words are searched"},
	{"application/x-vhd-disk", "VHD disk image: only words are searched"},
	{"application/x-virtualbox-vdi", "VirtualBox disk image: only words are searched"},
};

static const char *
unread_detail(const struct item *it)
{
	const char *detail;

	for (size_t i = 0; i < sizeof protected_kinds / sizeof *protected_kinds; i++) {
		if (strcmp(it->mime, protected_kinds[i].mime) == 0)
			return protected_kinds[i].detail;
	}
	detail = closed_detail(it->mime);
	return detail ? detail : unread[it->format].detail;
}

static int
unknown_run(struct item *it, struct sink *s)
{
	const struct unread *u = &unread[it->format];
	int r = 0;

	switch (it->format) {
	case FORMAT_EMPTY:
		return 0;
	case FORMAT_IMAGE:
	case FORMAT_AUDIO:
	case FORMAT_VIDEO:
	case FORMAT_FONT:
		return strings_of_edges(it->r, s);
	default:
		if (u->detail)
			r = sink_gap(s, u->reason, true, unread_detail(it));
		if (r == 0 && (!u->detail || u->strings))
			r = extract_strings(it->r, s);
		return r;
	}
}

static int
unknown_bid(const struct item *it)
{
	(void)it;
	return 1;
}

const struct extractor extract_unknown = {
	.name = "unknown",
	.formats = "printable runs of anything else",
	.bid = unknown_bid,
	.run = unknown_run,
};
