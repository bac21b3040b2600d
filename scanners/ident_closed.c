/*
 * Their content is packed by methods that no library here undoes, or laid out so that a value lies in
 * pieces. Printable runs are searched as in any binary file, which finds little of it: without a gap
 * such a file would pass for clean. The marks are those that file(1) and the formats' papers give.
 */
#include "ident_closed.h"

#include "base/poison.h"

/* The size of its main header, and that it is one. */
static bool
is_arj(struct span h)
{
	return h.n > 10 && le16(h.p + 2) >= 30 && le16(h.p + 2) <= 2600 && h.p[10] == 2;
}

static bool
is_stuffit(struct span h)
{
	return span_has(h, 10, "rLau", 4);
}

#define C(off_, magic_, mime_, detail_)                                                            \
	{                                                                                          \
		off_, sizeof(magic_) - 1, magic_, mime_, detail_ ": only words are searched", NULL \
	}
#define D(off_, magic_, mime_, detail_, test_)                                                     \
	{                                                                                          \
		off_, sizeof(magic_) - 1, magic_, mime_, detail_ ": only words are searched",      \
			test_                                                                      \
	}

static const struct closed kinds[] = {
	D(0, "\x60\xEA", "application/x-arj", "ARJ archive", is_arj),
	C(7, "**ACE**", "application/x-ace-compressed", "ACE archive"),
	C(20, "\xDC\xA7\xC4\xFD", "application/x-zoo", "ZOO archive"),
	D(0, "SIT!", "application/x-stuffit", "StuffIt archive", is_stuffit),
	C(0, "StuffIt (c)1997", "application/x-stuffit", "StuffIt archive"),
	C(0, "(This file must be converted with BinHex", "application/mac-binhex40", "BinHex file"),
	C(0, "RE~^", "application/x-rar-old", "rar archive of the first kind"),
	C(0, "ALZ\1", "application/x-alz", "ALZ archive"),
	C(0, "EGGA", "application/x-egg", "EGG archive"),
	C(0, "7kSt", "application/x-zpaq", "ZPAQ archive"),
	C(0, "LRZI\0", "application/x-lrzip", "lrzip data"),
	C(0, "RZIP\2", "application/x-rzip", "rzip data"),
	C(0, "\x89LZO\0\r\n\x1A\n", "application/x-lzop", "lzop data"),
	C(0, "\xFF\6\0\0sNaPpY", "application/x-snappy-framed", "snappy data"),
	C(0, "pbzx\0", "application/x-pbzx", "pbzx data"),
	C(0, "SZDD\x88\xF0\x27\x33", "application/x-ms-compress-szdd", "file packed by COMPRESS"),
	C(0, "KWAJ\x88\xF0\x27\xD1", "application/x-ms-compress-kwaj", "file packed by COMPRESS"),
	C(0, "ISc(", "application/x-installshield", "InstallShield cabinet"),
	C(0, "ITSF\3\0\0\0", "application/vnd.ms-htmlhelp", "compiled help"),
	C(0, "PGDMP\1", "application/x-postgresql-dump", "PostgreSQL dump"),
	C(0, "TAPE\0\0\3\0", "application/x-ms-tape", "backup in Microsoft's tape format"),
	C(0, "MSSQLBAK", "application/x-mssql-backup", "compressed SQL Server backup"),
	C(0, "\xFE\xEF\1", "application/x-ghost-image", "Ghost image"),
	C(4, "\xEF\xCD\xAB\x89", "application/x-ms-ese", "ESE database"),
	C(0, "PAR1\x15", "application/vnd.apache.parquet", "Parquet table"),
	C(0, "Obj\1", "application/vnd.apache.avro", "Avro table"),
	C(0, "$FL3@(#)", "application/x-spss-sav", "compressed SPSS table"),
	C(12, "\xC2\xEA\x81\x60\xB3\x14\x11\xCF", "application/x-sas-data", "SAS table"),
};

#undef C
#undef D

const struct closed *
closed_find(struct span head)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const struct closed *k = &kinds[i];

		if (span_has(head, k->off, k->magic, k->n) && (!k->test || k->test(head)))
			return k;
	}
	return NULL;
}

const char *
closed_detail(const char *mime)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (strcmp(kinds[i].mime, mime) == 0)
			return kinds[i].detail;
	}
	return NULL;
}
