/* xls: a workbook's stream of records (BIFF2 to BIFF8) while it is read. */
#ifndef EXTRACT_XLS_H
#define EXTRACT_XLS_H

#include "extract/book.h"
#include "extract/ole_rc4.h"
#include "extract/oletext.h"

enum xls_record {
	XLS_EOF = 0x0A,
	XLS_CONTINUE = 0x3C,
	XLS_FILEPASS = 0x2F,
	XLS_BOUNDSHEET = 0x85,
	XLS_DRAWINGS = 0xEB,
	XLS_SST = 0xFC
};

/* How the payloads of records are enciphered. */
struct xls_cipher {
	enum { XLS_PLAIN, XLS_XOR, XLS_RC4 } kind;
	uint8_t xor_key[16];
	struct ole_rc4 rc4;
};

/* Records one after another; a record is taken whole. */
struct xls_stream {
	struct reader *r; /* seekable */
	struct sink *s;
	uint8_t *window;
	uint64_t off; /* of window[0] in the stream */
	size_t at, n;
	struct xls_cipher cipher;
	int err; /* the budget's -errno */
	bool cut; /* the stream ends within a record */
	uint64_t rec_off; /* where the present record begins */
};

/* The drawings of a workbook, whose first record begins at off, as one stream. */
struct xls_drawings {
	struct reader r; /* first: its ops find the rest by it */
	struct xls_stream *in;
	struct span rest; /* of the present record */
	bool begun;
};
void xls_drawings(struct xls_drawings *d, struct xls_stream *x, uint64_t off);

int xls_stream_open(struct xls_stream *x, struct reader *r, struct sink *s);
void xls_stream_close(struct xls_stream *x);
void xls_seek(struct xls_stream *x, uint64_t off);

/*
 * The next record; its payload is valid until the next call. False at the end of the stream, when it
 * is cut, and when x->err is set.
 */
bool xls_next(struct xls_stream *x, unsigned *ret_id, struct span *ret_rec);

/* The id of the record that xls_next() would give; UINT32_MAX at the end. */
unsigned xls_peek(struct xls_stream *x);

/*
 * Takes a FILEPASS record. True when the workbook opens with the password that Excel tries by
 * itself; else *ret_how says how it is protected.
 */
bool xls_unlock(struct xls_cipher *c, struct span rec, unsigned biff, const char **ret_how);

/* Deciphers the payload of the record at off in place. */
void xls_decipher(struct xls_cipher *c, unsigned id, uint64_t off, uint8_t *p, size_t n);

struct xls_sheet {
	uint32_t off;
	char *name;
	bool hidden;
};

/* A text box or comment of the present sheet, and a comment's place. */
struct xls_text {
	uint32_t id, off, n; /* in xls.texts */
	bool used;
};

struct xls_note {
	uint32_t id, row, col, off, n; /* author in xls.texts */
};

struct xls {
	struct book book; /* strings, styles, grid */
	struct xls_stream in;
	unsigned biff; /* 2, 3, 4, 5 or 8 */
	unsigned codepage;
	struct xls_sheet *sheets;
	uint32_t n_sheets;
	struct buf texts, objects, notes; /* of the present sheet: bytes, xls_text, xls_note */
	struct buf lines; /* links, names of series: further words of the present substream */
	struct buf meta; /* of the whole workbook */
	uint32_t object; /* id of the last drawing object */
	uint32_t fcol; /* column of a formula whose string comes; 0 = none */
	uint32_t formats; /* counted formats before BIFF5 */
	uint64_t drawings; /* where the first record of drawings begins; 0: nowhere */
	uint32_t begun, styled; /* substreams so far; the one in which styles were put in order */
	bool unsorted; /* the sheets, by offset */
	bool listed; /* the globals are behind: no sheet is added by them */
	bool protected;
	uint32_t note_left; /* before BIFF8: bytes of the last comment still to come */
};

/* Appends a string with a length of `bytes` (1 or 2) bytes before it, as this BIFF writes them. */
void xls_string(const struct xls *x, struct buf *out, struct span rec, unsigned bytes);

/* Appends n characters behind a byte of flags (BIFF8). Returns the bytes taken. */
size_t xls_chars(struct buf *out, struct span s, size_t n);

/* Records that mean the same wherever they stand. 0 or -errno. */
int xls_global(struct xls *x, unsigned id, struct span rec);
int xls_add_sheet(struct xls *x, uint32_t off, struct span name, bool hidden);

/* The first sheet of the list at off or behind it, or NULL. */
const struct xls_sheet *xls_sheet_from(struct xls *x, uint64_t off);

/* The shared strings, whose record is at hand. */
int xls_sst(struct xls *x, struct span rec);

/* A record of a sheet that is a cell. *ret_r is 0 or the sink's -errno; false: it is none. */
bool xls_cell(struct xls *x, unsigned id, struct span rec, int *ret_r);

/* A record of comments, text boxes, headers and links. As above. */
bool xls_note(struct xls *x, unsigned id, struct span rec, int *ret_r);

/* Sends comments, text boxes and other words of a sheet that ends. */
int xls_notes_end(struct xls *x);

/* Reads all substreams from r. */
int xls_book(struct xls *x, struct reader *r, struct sink *s);

#endif
