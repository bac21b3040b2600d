/* Rich text: code pages, escapes, tables, parts, embedded objects. */
#include "texttest.h"

#include "base/poison.h"

#define R(x)                                                                                       \
	"{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 A;}{\\f1\\fcharset204 B;}{\\f2\\fcharset128 "   \
	"C;}}" x "}"

static void
test_text(void **state)
{
	(void)state;
	EXPECT(R("a{\\b b}c\\par d\\line e\\tab f"), "text body|abc\\nd\\ne\\tf\n");
	EXPECT(R("\\'e9\\f1\\'cf\\f2 \\'83\\'65\\f0\\'80"),
		"text body|\xC3\xA9\xD0\x9F\xE3\x83\x86\xE2\x82\xAC\n");
	EXPECT(R("\\u233?\\uc2\\u8364\\'80 x{\\uc0\\u65 B}"),
		"text body|\xC3\xA9\xE2\x82\xAC"
		"xAB\n");
	EXPECT(R("\\u-10179?\\u-8704?\\~\\_\\-\\{\\\\"),
		"text body|\xF0\x9F\x98\x80\xC2\xA0\xE2\x80\x91{\\\\\n");
	EXPECT(R("a\\bin3 }}}b{\\*\\nobody c}{\\v hidden}{\\colortbl;x}"), "text body|abhidden\n");
	EXPECT("{\\rtf1\\mac \\'8e}", "text body|\xC3\xA9\n");
}

static void
test_parts(void **state)
{
	(void)state;
	EXPECT(R("{\\info{\\title T}{\\author A}}{\\header H}{\\footer F}x{\\footnote N}"
		 "{\\*\\annotation C}{\\deleted D}"
		 "{\\field{\\*\\fldinst HYPERLINK \"u\"}{\\fldrslt l}}"),
		"text body|xHYPERLINK \"u\"l\ntext deleted|D\ntext comment|C\\n\ntext note|N\\n\n"
		"text header|H\\n\ntext footer|F\\n\ntext metadata|T\\nA\\n\n");
}

static void
test_tables(void **state)
{
	(void)state;
	EXPECT(R("a\\par\\trowd\\pard\\intbl N\\cell S\\cell\\row\\trowd\\pard\\intbl{\\b "
		 "1}2\\cell\\cell\\row"
		 "\\pard b"),
		"text body|a\\n\ntable [table 1]\nrow 1|1=N|2=S\nrow 2|1=12\nend\ntext body|b\n");
	/* one within another */
	HOLDS(R("\\trowd\\pard\\intbl x\\par i\\nestcell "
		"j\\nestcell{\\*\\nesttableprops\\trowd\\nestrow}"
		"{\\nonesttables\\par}\\cell y\\cell\\row"),
		"row 1|1=x\\ni\\tj|2=y\n");
}

#define OLE "0105000002000000080000005061747454657874"

static void
test_objects(void **state)
{
	(void)state;
	HOLDS(R("{\\object{\\*\\objdata " OLE "00000000 "
		"00000000\n0b00000068656c6c6f20776f726c64}}"),
		"item 1 object 1 text/plain\ntext body|hello world\n");
	HOLDS(R("{\\object{\\*\\objdata 010500000200000008000000"
		"5061636b61676500"
		"0000000000000000"
		"2a000000"
		"0200"
		"612e74787400"
		"633a5c6100"
		"00000300"
		"02000000"
		"7800"
		"0b000000"
		"68656c6c6f20776f726c64"
		"}}"),
		"item 1 a.txt text/plain\ntext body|hello world\n");
	HOLDS(R("{\\pict\\pngblip 89504e47}{\\pict\\jpegblip\\bin3 abc}"),
		"image image/png\nimage image/jpeg\n");
	HOLDS("{\\rtf1 a{b", "text body|ab\ngap corrupt hides rtf ends within a group\n");
}

static void
test_hostile(void **state)
{
	static const char doc[] = R("{\\fonttbl{\\f99999 "
				    "x}}\\f-1\\f40000\\u99999999999?\\uc-1\\bin-5\\bin99999999999 "
				    "{\\*\\objdata 0105}{\\*\\objdata "
				    "0105000002000000ffffffff}\\cell\\row\\cell}}}}\\'\\'zz\\");
	struct recsink rs;
	struct buf b = {0};

	(void)state;
	text_cuts(span_of(doc, sizeof doc - 1));
	buf_puts(&b, "{\\rtf1 ");
	for (int i = 0; i < 100000; i++)
		buf_puts(&b, "{\\b ");
	buf_puts(&b, "deep");
	for (int i = 0; i < 100000; i++)
		buf_puts(&b, "}");
	buf_puts(&b, "end}");
	assert_string_equal(text_give(&rs, "a", buf_span(&b)), "text body|deepend\n");
	recsink_free(&rs);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_objects),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, text_set_up, NULL);
}
