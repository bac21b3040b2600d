/* Sorted for a binary search: a document has a control word for every few letters of text. */
#include "extract/rtf_words.h"

#include "base/poison.h"

static const struct rtf_word words[] = {
	{"annotation", RTF_DEST, RTF_COMMENT},
	{"ansicpg", RTF_CODEPAGE, 0},
	{"atnauthor", RTF_DEST, RTF_COMMENT},
	{"atnid", RTF_DEST, RTF_COMMENT},
	{"author", RTF_DEST, RTF_INFO},
	{"bin", RTF_BIN, 0},
	{"bkmkend", RTF_DEST, RTF_SKIP},
	{"bkmkstart", RTF_DEST, RTF_SKIP},
	{"blipuid", RTF_DEST, RTF_SKIP},
	{"bullet", RTF_CHAR, 8226},
	{"category", RTF_DEST, RTF_INFO},
	{"cell", RTF_CELL, 0},
	{"colorschememapping", RTF_DEST, RTF_SKIP},
	{"colortbl", RTF_DEST, RTF_SKIP},
	{"column", RTF_LINE, 0},
	{"comment", RTF_DEST, RTF_INFO},
	{"company", RTF_DEST, RTF_INFO},
	{"cpg", RTF_CHARSET, 1},
	{"datastore", RTF_DEST, RTF_SKIP},
	{"deleted", RTF_DELETED, 0},
	{"dibitmap", RTF_MIME, 2},
	{"do", RTF_KEEP, 0},
	{"doccomm", RTF_DEST, RTF_INFO},
	{"docproperty", RTF_KEEP, 0},
	{"docvar", RTF_DEST, RTF_INFO},
	{"dptxbxtext", RTF_KEEP, 0},
	{"emdash", RTF_CHAR, 8212},
	{"emfblip", RTF_MIME, 2},
	{"emspace", RTF_CHAR, 32},
	{"endash", RTF_CHAR, 8211},
	{"enspace", RTF_CHAR, 32},
	{"f", RTF_FONT, 0},
	{"falt", RTF_DEST, RTF_SKIP},
	{"fcharset", RTF_CHARSET, 0},
	{"filetbl", RTF_DEST, RTF_SKIP},
	{"fldinst", RTF_KEEP, 0},
	{"fontemb", RTF_DEST, RTF_SKIP},
	{"fontfile", RTF_DEST, RTF_SKIP},
	{"fonttbl", RTF_DEST, RTF_FONTS},
	{"footer", RTF_DEST, RTF_FOOTER},
	{"footerf", RTF_DEST, RTF_FOOTER},
	{"footerl", RTF_DEST, RTF_FOOTER},
	{"footerr", RTF_DEST, RTF_FOOTER},
	{"footnote", RTF_DEST, RTF_NOTE},
	{"generator", RTF_DEST, RTF_SKIP},
	{"header", RTF_DEST, RTF_HEADER},
	{"headerf", RTF_DEST, RTF_HEADER},
	{"headerl", RTF_DEST, RTF_HEADER},
	{"headerr", RTF_DEST, RTF_HEADER},
	{"hlinkbase", RTF_DEST, RTF_INFO},
	{"htmltag", RTF_DEST, RTF_COMMENT},
	{"info", RTF_DEST, RTF_INFO},
	{"intbl", RTF_IN_TABLE, 0},
	{"jpegblip", RTF_MIME, 1},
	{"keywords", RTF_DEST, RTF_INFO},
	{"latentstyles", RTF_DEST, RTF_SKIP},
	{"ldblquote", RTF_CHAR, 8220},
	{"line", RTF_LINE, 0},
	{"listoverridetable", RTF_DEST, RTF_SKIP},
	{"listpicture", RTF_DEST, RTF_SKIP},
	{"listtable", RTF_DEST, RTF_SKIP},
	{"lquote", RTF_CHAR, 8216},
	{"mac", RTF_CODEPAGE, 10000},
	{"macpict", RTF_MIME, 2},
	{"manager", RTF_DEST, RTF_INFO},
	{"mmathPr", RTF_DEST, RTF_SKIP},
	{"nestcell", RTF_CHAR, 9},
	{"nestrow", RTF_LINE, 0},
	{"nesttableprops", RTF_KEEP, 0},
	{"nonesttables", RTF_DEST, RTF_SKIP},
	{"nonshppict", RTF_DEST, RTF_SKIP},
	{"objclass", RTF_DEST, RTF_SKIP},
	{"objdata", RTF_DEST, RTF_OBJECT},
	{"operator", RTF_DEST, RTF_INFO},
	{"page", RTF_LINE, 0},
	{"panose", RTF_DEST, RTF_SKIP},
	{"par", RTF_LINE, 0},
	{"pard", RTF_PARAGRAPH, 0},
	{"passwordhash", RTF_DEST, RTF_SKIP},
	{"pc", RTF_CODEPAGE, 437},
	{"pca", RTF_CODEPAGE, 850},
	{"pgptbl", RTF_DEST, RTF_SKIP},
	{"picprop", RTF_DEST, RTF_SKIP},
	{"pict", RTF_DEST, RTF_PICTURE},
	{"plain", RTF_PLAIN, 0},
	{"pmmetafile", RTF_MIME, 2},
	{"pngblip", RTF_MIME, 0},
	{"pnseclvl", RTF_DEST, RTF_SKIP},
	{"propname", RTF_DEST, RTF_INFO},
	{"qmspace", RTF_CHAR, 32},
	{"rdblquote", RTF_CHAR, 8221},
	{"revtbl", RTF_DEST, RTF_SKIP},
	{"row", RTF_ROW, 0},
	{"rquote", RTF_CHAR, 8217},
	{"rsidtbl", RTF_DEST, RTF_SKIP},
	{"sect", RTF_LINE, 0},
	{"shpinst", RTF_KEEP, 0},
	{"shppict", RTF_KEEP, 0},
	{"shptxt", RTF_KEEP, 0},
	{"sn", RTF_DEST, RTF_SKIP},
	{"softline", RTF_LINE, 0},
	{"staticval", RTF_DEST, RTF_INFO},
	{"stylesheet", RTF_DEST, RTF_SKIP},
	{"subject", RTF_DEST, RTF_INFO},
	{"sv", RTF_DEST, RTF_INFO},
	{"tab", RTF_CHAR, 9},
	{"themedata", RTF_DEST, RTF_SKIP},
	{"title", RTF_DEST, RTF_INFO},
	{"trowd", RTF_ROW_BEGIN, 0},
	{"u", RTF_UNICODE, 0},
	{"uc", RTF_UC, 0},
	{"ud", RTF_KEEP, 0},
	{"userprops", RTF_DEST, RTF_INFO},
	{"wbitmap", RTF_MIME, 2},
	{"wgrffmtfilter", RTF_DEST, RTF_SKIP},
	{"wmetafile", RTF_MIME, 2},
	{"xmlnstbl", RTF_DEST, RTF_SKIP},
};

const struct rtf_word *
rtf_word_find(struct span name)
{
	size_t lo = 0, hi = sizeof words / sizeof *words;

	if (name.n >= sizeof words->name)
		return NULL;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = memcmp(words[mid].name, name.p, name.n);

		if (c == 0 && words[mid].name[name.n] == 0)
			return &words[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static const struct {
	uint16_t cp;
	const char *name;
} pages[] = {
	{437, "ibm437"},
	{850, "ibm850"},
	{852, "ibm852"},
	{866, "ibm866"},
	{874, "windows-874"},
	{932, "shift_jis"},
	{936, "gb18030"},
	{949, "euc-kr"},
	{950, "big5"},
	{1250, "windows-1250"},
	{1251, "windows-1251"},
	{1252, "windows-1252"},
	{1253, "windows-1253"},
	{1254, "windows-1254"},
	{1255, "windows-1255"},
	{1256, "windows-1256"},
	{1257, "windows-1257"},
	{1258, "windows-1258"},
	{10000, "macintosh"},
	{20866, "koi8-r"},
	{65001, "utf-8"},
};

const struct charset *
rtf_code_page(unsigned cp)
{
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		if (pages[i].cp == cp)
			return charset_find(span_str(pages[i].name));
	}
	return NULL;
}

unsigned
rtf_font_code_page(unsigned charset)
{
	static const struct {
		uint8_t charset;
		uint16_t cp;
	} fonts[] = {
		{0, 1252},
		{77, 10000},
		{128, 932},
		{129, 949},
		{134, 936},
		{136, 950},
		{161, 1253},
		{162, 1254},
		{163, 1258},
		{177, 1255},
		{178, 1256},
		{186, 1257},
		{204, 1251},
		{222, 874},
		{238, 1250},
		{254, 437},
		{255, 850},
	};

	for (size_t i = 0; i < sizeof fonts / sizeof *fonts; i++) {
		if (fonts[i].charset == charset)
			return fonts[i].cp;
	}
	return 0;
}
