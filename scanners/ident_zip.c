/*
 * What a zip is when it is a document: by the names of its first members, or by the mime that it
 * stores in the first one.
 */
#include "ident_table.h"

#include "base/poison.h"

static const struct {
	const char *name; /* beginning of a member's name */
	const char *mime;
} documents[] = {
	{"word/document",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	{"xl/workbook.bin", "application/vnd.ms-excel.sheet.binary.macroenabled.12"},
	{"xl/workbook", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	{"ppt/presentation",
		"application/vnd.openxmlformats-officedocument.presentationml.presentation"},
	{"META-INF/MANIFEST.MF", "application/java-archive"},
	{"AndroidManifest.xml", "application/vnd.android.package-archive"},
};

static const char *const stored_mimes[] = {
	"application/vnd.oasis.opendocument.text-template",
	"application/vnd.oasis.opendocument.text",
	"application/vnd.oasis.opendocument.spreadsheet-template",
	"application/vnd.oasis.opendocument.spreadsheet",
	"application/vnd.oasis.opendocument.presentation",
	"application/vnd.oasis.opendocument.graphics",
	"application/vnd.oasis.opendocument.formula",
	"application/epub+zip",
};

/* ODF and EPUB store their mime as the first member. */
static const char *
stored_mime(struct span head)
{
	if (!span_has(head, 30, "mimetype", 8))
		return NULL;
	for (size_t i = 0; i < sizeof stored_mimes / sizeof *stored_mimes; i++) {
		if (span_has(head, 38, stored_mimes[i], strlen(stored_mimes[i])))
			return stored_mimes[i];
	}
	return NULL;
}

const char *
signature_zip_mime(struct span head)
{
	const char *mime = stored_mime(head);
	size_t at = 0;

	for (int members = 0; !mime && members < 64 && at + 30 < head.n; members++) {
		const uint8_t *pk = memmem(head.p + at, head.n - at, "PK\3\4", 4);

		if (!pk)
			break;
		at = (size_t)(pk - head.p) + 30;
		for (size_t i = 0; !mime && i < sizeof documents / sizeof *documents; i++) {
			if (span_has(head, at, documents[i].name, strlen(documents[i].name)))
				mime = documents[i].mime;
		}
	}
	return mime ? mime : "application/zip";
}
