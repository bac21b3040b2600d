/*
 * A zip is a document when its own names say so. The central directory is the truth; of a stream only
 * the head is there, and its local headers are followed from one to the next, never searched for: a
 * stored spreadsheet inside a plain zip shows the same names.
 */
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "base/cleanup.h"
#include "extract/office.h"
#include "limits.h"

#include "base/poison.h"

#define LOCAL_SIZE   30u
#define CENTRAL_SIZE 46u
#define END_SIZE     22u
#define LOOK_AT	     (64 * KIB)

enum {
	SEEN_TYPES = 1,
	SEEN_XL = 2,
	SEEN_XL_BIN = 4,
	SEEN_WORD = 8,
	SEEN_PPT = 16,
	SEEN_MAIN = 32,
	SEEN_CONTENT = 64,
	SEEN_MANIFEST = 128
};

static const struct {
	const char *name;
	bool prefix;
	unsigned means;
} marks[] = {
	{"[Content_Types].xml", false, SEEN_TYPES},
	{"_rels/.rels", false, SEEN_TYPES},
	{"xl/workbook.xml", false, SEEN_XL | SEEN_MAIN},
	{"xl/workbook.bin", false, SEEN_XL | SEEN_XL_BIN | SEEN_MAIN},
	{"xl/worksheets/", true, SEEN_XL},
	{"xl/", true, SEEN_XL},
	{"word/document.xml", false, SEEN_WORD | SEEN_MAIN},
	{"word/", true, SEEN_WORD},
	{"ppt/presentation.xml", false, SEEN_PPT | SEEN_MAIN},
	{"ppt/", true, SEEN_PPT},
	{"content.xml", false, SEEN_CONTENT},
	{"META-INF/manifest.xml", false, SEEN_MANIFEST},
};

static unsigned
name_means(struct span s)
{
	char name[32] = {0};
	size_t n;

	while (s.n && (s.p[0] == '/' || s.p[0] == '\\'))
		s = span_sub(s, 1, s.n);
	n = s.n < sizeof name - 1 ? s.n : sizeof name - 1;
	for (size_t i = 0; i < n; i++)
		name[i] = s.p[i] == '\\' ? '/' : (char)s.p[i];
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		if (marks[i].prefix ? part_begins(name, marks[i].name)
				    : n == s.n && part_is(name, marks[i].name))
			return marks[i].means;
	}
	return 0;
}

static enum office
kind_of(unsigned seen)
{
	if (!(seen & (SEEN_TYPES | SEEN_MAIN)))
		return (seen & SEEN_CONTENT) && (seen & SEEN_MANIFEST) ? OFFICE_ODF : OFFICE_NONE;
	if (seen & SEEN_XL_BIN)
		return OFFICE_XLSB;
	if (seen & SEEN_XL)
		return OFFICE_XLSX;
	if (seen & SEEN_WORD)
		return OFFICE_DOCX;
	return seen & SEEN_PPT ? OFFICE_PPTX : OFFICE_NONE;
}

/* The whole entry of a streamed member ends behind its descriptor, which repeats the packed size. */
static size_t
streamed_end(struct span head, size_t data)
{
	size_t at = data;

	for (;;) {
		const uint8_t *p =
			at < head.n ? memmem(head.p + at, head.n - at, "PK\7\b", 4) : NULL;

		if (!p)
			return head.n;
		at = (size_t)(p - head.p);
		if (head.n - at >= 16 && le32(p + 8) == at - data)
			return at + 16;
		at++;
	}
}

static unsigned
local_names(struct span head)
{
	unsigned seen = 0;
	size_t at = 0;

	while (at < head.n && span_has(head, at, "PK\3\4", 4) && head.n - at >= LOCAL_SIZE) {
		const uint8_t *h = head.p + at;
		size_t data = at + LOCAL_SIZE + le16(h + 26) + le16(h + 28);

		seen |= name_means(span_sub(head, at + LOCAL_SIZE, le16(h + 26)));
		if (data > head.n)
			break;
		if (le16(h + 6) & 8)
			at = streamed_end(head, data);
		else
			at = le32(h + 18) > head.n - data ? head.n : data + le32(h + 18);
	}
	return seen;
}

static unsigned
central_names(struct span dir)
{
	unsigned seen = 0;
	size_t at = 0;

	while (span_has(dir, at, "PK\1\2", 4) && dir.n - at >= CENTRAL_SIZE) {
		const uint8_t *h = dir.p + at;

		seen |= name_means(span_sub(dir, at + CENTRAL_SIZE, le16(h + 28)));
		at += CENTRAL_SIZE + (size_t)le16(h + 28) + le16(h + 30) + le16(h + 32);
		if (at > dir.n)
			break;
	}
	return seen;
}

/* Finds the end record and reads the directory's first 64 KiB; what is not there means nothing. */
static unsigned
directory_names(struct reader *r)
{
	_cleanup_free_ uint8_t *b = malloc(LOOK_AT);
	uint64_t from = r->size > 4096 ? r->size - 4096 : 0;
	ssize_t n = b && r->size != UINT64_MAX ? reader_pread(r, b, 4096, from) : 0;
	const uint8_t *end = NULL;

	for (ssize_t i = n - (ssize_t)END_SIZE; i >= 0 && !end; i--) {
		if (memcmp(b + i, "PK\5\6", 4) == 0)
			end = b + i;
	}
	if (!end)
		return 0;
	n = reader_pread(r, b, LOOK_AT, le32(end + 16));
	return n > 0 ? central_names(span_of(b, (size_t)n)) : 0;
}

/* The stored first entry "mimetype" of OpenDocument: 1 = ODF, -1 = another (EPUB), 0 = none. */
static int
mimetype_says(struct span head)
{
	static const char *const kinds[] = {
		"application/vnd.oasis.opendocument.", "application/vnd.sun.xml."};
	size_t data;

	if (head.n < LOCAL_SIZE || !span_has(head, 0, "PK\3\4", 4) || le16(head.p + 26) != 8 ||
		!span_has(head, LOCAL_SIZE, "mimetype", 8))
		return 0;
	data = LOCAL_SIZE + 8 + (size_t)le16(head.p + 28);
	for (size_t i = 0; i < 2; i++) {
		if (span_has(head, data, kinds[i], strlen(kinds[i])))
			return 1;
	}
	return -1;
}

enum office
office_kind(const struct item *it)
{
	enum office kind;
	int odf;

	if (it->format != FORMAT_ZIP)
		return OFFICE_NONE;
	odf = mimetype_says(it->head);
	if (odf)
		return odf > 0 ? OFFICE_ODF : OFFICE_NONE;
	kind = kind_of(local_names(it->head));
	if (kind != OFFICE_XLSX && kind != OFFICE_NONE)
		return kind;
	if (reader_seekable(it->r)) {
		unsigned seen = directory_names(it->r);

		if (kind_of(seen) != OFFICE_NONE)
			return kind_of(seen);
	}
	return kind;
}

const char *
office_mime(enum office kind)
{
	switch (kind) {
	case OFFICE_XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
	case OFFICE_XLSB:
		return "application/vnd.ms-excel.sheet.binary.macroenabled.12";
	case OFFICE_DOCX:
		return "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
	case OFFICE_PPTX:
		return "application/vnd.openxmlformats-officedocument.presentationml.presentation";
	case OFFICE_ODF:
		return "application/vnd.oasis.opendocument.text";
	default:
		return "application/zip";
	}
}
