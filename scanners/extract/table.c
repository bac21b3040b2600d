/*
 * The list of extractors and the choice among them. A format that nobody can read is still searched
 * for printable runs, and its gap says so.
 */
#include "extract/extract.h"

#include <errno.h>

#include "base/poison.h"

extern const struct extractor extract_xlsx, extract_xlsb, extract_docx, extract_pptx, extract_odf,
	extract_fodf;
extern const struct extractor extract_owner;
extern const struct extractor extract_xls, extract_doc, extract_winword, extract_ppt, extract_msg,
	extract_cfb;
extern const struct extractor extract_pdf;
extern const struct extractor extract_archive, extract_compressed;
extern const struct extractor extract_html, extract_xml, extract_xml2003, extract_fdx, extract_json;
extern const struct extractor extract_rtf, extract_epub, extract_vcf, extract_ics;
extern const struct extractor extract_mbox, extract_mail, extract_tnef;
extern const struct extractor extract_pst, extract_sqlite, extract_dbf, extract_iwork,
	extract_noise, extract_volume, extract_cms, extract_oldmail;
extern const struct extractor extract_keystore, extract_video;
extern const struct extractor extract_csv, extract_text, extract_unknown;

const struct extractor *const extractors[] = {
	&extract_keystore,
	&extract_video,
	&extract_xlsx,
	&extract_xlsb,
	&extract_docx,
	&extract_pptx,
	&extract_odf,
	&extract_fodf,
	&extract_owner,
	&extract_xls,
	&extract_doc,
	&extract_winword,
	&extract_ppt,
	&extract_msg,
	&extract_cfb,
	&extract_pdf,
	&extract_archive,
	&extract_compressed,
	&extract_rtf,
	&extract_html,
	&extract_epub,
	&extract_xml2003,
	&extract_fdx,
	&extract_xml,
	&extract_json,
	&extract_vcf,
	&extract_ics,
	&extract_mbox,
	&extract_mail,
	&extract_tnef,
	&extract_pst,
	&extract_sqlite,
	&extract_dbf,
	&extract_iwork,
	&extract_noise,
	&extract_oldmail,
	&extract_volume,
	&extract_cms,
	&extract_csv,
	&extract_text,
	&extract_unknown,
	NULL,
};

int
extract_open(void)
{
	int r = 0;

	for (size_t i = 0; extractors[i]; i++) {
		int q = extractors[i]->open ? extractors[i]->open() : 0;

		if (q < 0 && r == 0)
			r = q;
	}
	return r;
}

void
extract_close(void)
{
	for (size_t i = 0; extractors[i]; i++) {
		if (extractors[i]->close)
			extractors[i]->close();
	}
}

/* The best bidder that has not been asked yet (bit i of asked), or -1. */
static int
best_bidder(const struct item *it, uint64_t asked)
{
	int best = -1, most = 0;

	for (int i = 0; extractors[i]; i++) {
		int bid = asked >> i & 1 ? 0 : extractors[i]->bid(it);

		if (bid > most) {
			most = bid;
			best = i;
		}
	}
	return best;
}

int
extract_item(struct item *it, struct sink *s)
{
	uint64_t asked = 0;
	int i;

	while ((i = best_bidder(it, asked)) >= 0) {
		int r = extractors[i]->run(it, s);

		if (r != -EMEDIUMTYPE)
			return r;
		asked |= UINT64_C(1) << i;
	}
	return 0;
}
