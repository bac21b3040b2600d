/*
 * item: one piece of content and the chain it came by; sink: where an extractor puts what it finds
 * in it. An extractor turns an item into text, rows and inner items, and says what it could not
 * look into. It knows nothing of what becomes of them.
 */
#ifndef ITEM_H
#define ITEM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/reader.h"
#include "base/span.h"
#include "budget.h"

/* Why content stayed unseen (contract: a gap's `reason`). Names: gap_name(). */
enum gap_reason {
	GAP_ENCRYPTED,
	GAP_CORRUPT,
	GAP_UNSUPPORTED,
	GAP_MISSING_VOLUME,
	GAP_TOO_DEEP,
	GAP_TOO_BIG,
	GAP_TOO_MANY,
	GAP_BOMB,
	GAP_TIMEOUT,
	GAP_MEMORY,
	GAP_CRASHED,
	GAP_SANDBOX,
	GAP_DENIED,
	GAP_BUSY,
	GAP_OFFLINE,
	GAP_CHANGED,
	GAP_IO_ERROR,
	GAP_EXCLUDED,
	GAP_REASONS
};

/* Which part of a document a text is (contract: `part` of a place). Names: part_name(). */
enum part {
	PART_BODY,
	PART_HEADER,
	PART_FOOTER,
	PART_COMMENT,
	PART_NOTE, /* footnotes, endnotes, speaker's notes */
	PART_METADATA, /* document properties, sheet names, archive comments */
	PART_DELETED, /* tracked changes' deleted text */
	PART_RAW, /* printable runs out of bytes that nobody could parse */
	PART_NAME, /* the item's own name */
	PARTS
};

/* What ident found an item to be (ident.h). Order is that of the signature table's names. */
enum format {
	FORMAT_UNKNOWN, /* binary: printable runs are searched */
	FORMAT_EMPTY,
	FORMAT_TEXT, /* any text, also html, xml, json, source */
	FORMAT_CSV, /* text that is a table with one separator */
	FORMAT_ZIP, /* any zip: an OOXML or ODF document is told apart by its extractor's bid */
	FORMAT_7Z,
	FORMAT_RAR,
	FORMAT_TAR,
	FORMAT_GZIP,
	FORMAT_BZIP2,
	FORMAT_XZ,
	FORMAT_LZMA,
	FORMAT_ZSTD,
	FORMAT_LZ4,
	FORMAT_LZIP,
	FORMAT_COMPRESS, /* .Z */
	FORMAT_CPIO,
	FORMAT_ISO,
	FORMAT_CAB,
	FORMAT_AR,
	FORMAT_LHA,
	FORMAT_XAR,
	FORMAT_RPM,
	FORMAT_OLE2, /* old Office, msg, encrypted OOXML */
	FORMAT_PDF,
	FORMAT_RTF,
	FORMAT_MAIL, /* eml, mbox */
	FORMAT_PST,
	FORMAT_TNEF,
	FORMAT_SQLITE,
	FORMAT_MDB,
	FORMAT_IMAGE,
	FORMAT_AUDIO,
	FORMAT_VIDEO,
	FORMAT_FONT,
	FORMAT_EXECUTABLE, /* ELF, PE, Mach-O, class, wasm */
	FORMAT_KEYSTORE, /* kdbx, jks, pkcs12 */
	FORMAT_ENCRYPTED, /* known to be wholly encrypted: PGP, LUKS, OpenSSL salted */
	FORMAT_DISK, /* images of disks and volumes */
	FORMAT_OTHER, /* known by its mime alone; without an extractor of its own a gap and words */
	FORMATS
};

struct item {
	const struct item *up; /* the container it came out of; NULL for the file itself */
	struct span name; /* last name in its container: hostile bytes, at most LIMIT_NAME */
	bool raw_name; /* name is not UTF-8 even after decoding */
	unsigned depth; /* 0 for the file itself */
	uint32_t ordinal; /* 0 for the file itself, then 1, 2, ... in order of appearance */
	struct reader *r;
	const char
		*told; /* the charset its container says it is in, one of charset.h's; NULL: none */
	/* filled by ident_item(): */
	struct span head; /* up to READER_HEAD bytes, peeked; valid until the first read */
	enum format format;
	const char *mime; /* never NULL after ident_item(); lives as long as the item */
	char sep; /* of FORMAT_CSV: what stands between its cells; 0 when nobody looked */
	const char *charset; /* of FORMAT_TEXT and _CSV: "utf-8", "utf-16le", "windows-1252" ... */
};

/* Where a run of text begins. */
struct text_at {
	enum part part;
	const char *name; /* sheet, slide or part label shown to a person; NULL for none */
	uint32_t page; /* counted from 1; 0 for no pages */
	bool lines; /* line and column make sense to a person (plain text, not a docx body) */
	uint64_t line; /* lines: the number of the first one; 0 as 1 */
	uint64_t col; /* lines: the column of bytes in it where the text begins; 0 as 1 */
	uint64_t offset; /* PART_RAW: byte offset in the item of the first byte */
	uint8_t step; /* PART_RAW: bytes of the item that a character takes; 0 as 1 */
};

/*
 * One cell of a row. `text` is what a person sees; `alt` is the second rendering of the same value
 * (the bare number behind a formatted one), empty when equal. Both are searched, found once.
 */
struct cell {
	uint32_t col; /* counted from 1 */
	bool number; /* the cell holds a number, so a leading zero may be lost */
	struct span text; /* UTF-8 */
	struct span alt; /* UTF-8 */
};

/* Written as a number, digits with points and commas? For tables that only keep what they show. */
bool cell_is_number(struct span text);

struct table_at {
	const char *name; /* sheet or table name, NULL for none */
	bool hidden; /* hidden or very hidden sheet */
	bool lines; /* rows are lines of a text file: places are line and column name */
};

/* What the bytes of an item show it to be, beyond its text (rules: `file`). Names: fact_name(). */
enum fact_kind {
	FACT_KEYSTORE, /* holds keys or passwords: count = private keys or entries seen */
	FACT_VIDEO, /* count 1; seconds, width and height where the container says so */
	FACT_MAILBOX, /* count = messages */
	FACT_MAIL_STORE, /* a mailbox by its bytes, whose messages nobody could count */
	FACT_KINDS
};

struct file_fact {
	enum fact_kind kind;
	uint64_t count; /* 0 = not known */
	uint32_t seconds, width, height; /* 0 = not known */
	bool sealed; /* under a passphrase: severity one lower */
	const char *words; /* for `why`: "Java keystore with 2 private keys"; no content */
};

/* Several forms of one text, of which a person reads one: a mail as plain text and as a web page. */
enum text_form {
	FORM_FIRST, /* what follows is the first of them */
	FORM_NEXT, /* ... the next: what it has that others had counts once */
	FORM_END
};

struct sink;

/*
 * All calls give 0, or a negative errno after which the extractor returns at once with it:
 * -EFBIG, -E2BIG, -ETIME (budget), -ECANCELED (the scan stops), -ENOMEM.
 */
struct sink_ops {
	/* One run of text: begin, any number of pieces (cut anywhere between characters), end. */
	int (*text_begin)(struct sink *s, const struct text_at *at);
	int (*text)(struct sink *s, struct span utf8);
	int (*text_end)(struct sink *s);
	/*
	 * One table: begin, rows in ascending order with cells in ascending columns, end. Texts may come
	 * between rows; a row in pieces is several of one number.
	 */
	int (*table_begin)(struct sink *s, const struct table_at *at);
	int (*row)(struct sink *s, uint64_t row, const struct cell *cells, size_t n);
	int (*table_end)(struct sink *s);
	/*
	 * A picture inside a document (bytes by r, as a file of that mime; page 0: not known). It is an
	 * inner item without a name of its own; r may be left anywhere.
	 */
	int (*image)(struct sink *s, struct reader *r, const char *mime, uint32_t page);
	/*
	 * A piece of the item at hand that may end its reader (a page) begins; name NULL: the last one
	 * has ended. 1: it did end a reader before; that is said already, and it is to be left out.
	 * NULL where nobody wants to know: see sink_piece().
	 */
	int (*piece)(struct sink *s, const char *name);
	/* Forms of one text begin, change and end; forms within forms are of the outer ones. May be NULL. */
	int (*form)(struct sink *s, enum text_form f);
	/*
	 * An inner item: name and r set, up = the item at hand; the rest is the callee's. Returns
	 * when it has been dealt with, whole or not; r may be left anywhere.
	 */
	int (*child)(struct sink *s, struct item *child);
	/* What the item is. At most once of a kind; NULL where nobody wants to know: sink_fact(). */
	int (*fact)(struct sink *s, const struct file_fact *f);
	/*
	 * Something was not looked into. detail: a few plain words ("zip AES-256"), no content.
	 * inner: the name of a member that has no item of its own, or NULL for the item at hand.
	 */
	int (*gap)(struct sink *s, enum gap_reason reason, bool hides, const char *detail,
		const struct span *inner);
};

struct sink {
	const struct sink_ops *ops;
	struct budget *budget; /* to be asked before unpacking */
	struct arena *arena; /* memory of the item at hand: gone when its extractor returns */
};

/* The contract's names. Never NULL. */
const char *gap_name(enum gap_reason reason);
const char *part_name(enum part part);
const char *fact_name(enum fact_kind kind); /* as rule files say it */

/* Short hands for an extractor. */
static inline int
sink_gap(struct sink *s, enum gap_reason reason, bool hides, const char *detail)
{
	return s->ops->gap(s, reason, hides, detail, NULL);
}

static inline int
sink_piece(struct sink *s, const char *name)
{
	return s->ops->piece ? s->ops->piece(s, name) : 0;
}

static inline int
sink_fact(struct sink *s, const struct file_fact *f)
{
	return s->ops->fact ? s->ops->fact(s, f) : 0;
}

static inline int
sink_form(struct sink *s, enum text_form f)
{
	return s->ops->form ? s->ops->form(s, f) : 0;
}

/* A whole text in one call. */
int sink_text(struct sink *s, enum part part, const char *name, struct span utf8);

#endif
