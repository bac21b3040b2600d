/* rtf_words: what the control words of RTF mean to someone who wants the text. */
#ifndef EXTRACT_RTF_WORDS_H
#define EXTRACT_RTF_WORDS_H

#include "extract/charset.h"

enum rtf_dest {
	RTF_TEXT,
	RTF_SKIP,
	RTF_FONTS,
	RTF_HEADER,
	RTF_FOOTER,
	RTF_NOTE,
	RTF_COMMENT,
	RTF_INFO, /* document properties; each group in it is one */
	RTF_PICTURE,
	RTF_OBJECT,
	RTF_DESTS
};

enum rtf_act {
	RTF_NONE,
	RTF_DEST, /* arg: enum rtf_dest */
	RTF_CHAR, /* arg: a character */
	RTF_LINE,
	RTF_CELL,
	RTF_ROW,
	RTF_ROW_BEGIN,
	RTF_IN_TABLE,
	RTF_PARAGRAPH, /* \pard */
	RTF_PLAIN,
	RTF_UNICODE,
	RTF_UC,
	RTF_BIN,
	RTF_FONT,
	RTF_CHARSET,
	RTF_CODEPAGE, /* arg: 0 = the parameter */
	RTF_DELETED,
	RTF_MIME, /* arg: 0 png, 1 jpeg, 2 others */
	RTF_KEEP /* a starred destination that is none: its group is read as what is around it */
};

struct rtf_word {
	char name[20];
	uint8_t act;
	uint16_t arg;
};

/* NULL for a word that means nothing here. */
const struct rtf_word *rtf_word_find(struct span name);

/* The encoding of a code page, or of a font's charset number; NULL when unknown. */
const struct charset *rtf_code_page(unsigned cp);
unsigned rtf_font_code_page(unsigned charset);

#endif
