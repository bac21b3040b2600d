/* XML: names as keys, repeated elements as rows, and nothing expanded, refused or lost. */
#include "texttest.h"

#include "base/poison.h"

static void
test_names(void **state)
{
	(void)state;
	EXPECT("<r><password>x</password>\n<b/></r>", "text body|r password: x\\x0d\\nb\\x0d\n");
	EXPECT("<r><add key='pw' value='x' z='1'/></r>",
		"text body|r z=\"1\" add key=\"pw\"=\"x\" \\x0d\n");
	EXPECT("<r><p name='a.pw'>x</p></r>", "text body|r p name=\"a.pw\" : x\\x0d\n");
	EXPECT("<r><p><name>a.pw</name><value>x</value></p></r>",
		"text body|r p name: a.pw\\x0da.pw: x\\x0d\n");
	EXPECT("<r><key>pw</key><string>x</string></r>", "text body|r key: pw\\x0dpw: x\\x0d\n");
	EXPECT("<r><pw><value>x</value></pw></r>", "text body|r pw: x\\x0d\n");
	EXPECT("<r><d:ssn>1<![CDATA[<2>]]>&lt;&#x33;</d:ssn></r>",
		"text body|r ssn: 1<2><3\\x0d\n");
}

static void
test_records(void **state)
{
	(void)state;
	EXPECT("<r><p i='1'><n>a</n><s>1</s></p><p i='2'><n>b</n></p><p "
	       "i='3'><s>3</s><n>c</n></p>t</r>",
		"text body|r\ntable [p]\nrow 1|1=i|2=n|3=s\nrow 2|1=1|2=a|3=1\nrow 3|1=2|2=b\n"
		"row 4|1=3|2=c|3=3\nend\ntext body|t\\x0d\n");
	/* two are not many; a secret is given with its name */
	HOLDS("<r><p><n>a</n></p><p><n>b</n></p></r>", "text body|r p n: a");
	HOLDS("<r><p><pw>a</pw></p><p><pw>b</pw></p><p><pw>c</pw></p></r>", "row 2|1=a\n");
	/* a key that comes twice, a column that comes late */
	HOLDS("<r><p><t>1</t><t>2</t></p><p><t>3</t></p><p><t>4</t></p><p><u>5</u></p></r>",
		"row 1|1=t|2=t 2\nrow 2|1=1|2=2\n");
	HOLDS("<r><p><t>1</t></p><p><t>3</t></p><p><t>4</t></p><p><u>5</u></p></r>",
		"row 1|1=t|2=u\nrow 2|2=5\n");
	/* elements that are all attributes */
	HOLDS("<r><w a='1' b='2'/><w a='3' b='4'/><w a='5' b='6'/><w a='7' b='8'/></r>",
		"row 1|1=a|2=b\nrow 2|1=1|2=2\nrow 3|1=3|2=4\n");
	/* what stands between them is not lost, nor is one in front of another kind */
	HOLDS("<r><w a='1' b='2'/>words<w a='3' b='4'/><w a='5' b='6'/><w a='7' b='8'/></r>",
		"words");
	HOLDS("<r><w a='1' b='2'/><!--words--><w a='3' b='4'/><w a='5' b='6'/><w a='7' b='8'/></r>",
		"words");
	HOLDS("<r><v a='1' b='9'/><w a='3' b='4'/><w a='5' b='6'/><w a='7' b='8'/></r>",
		"row 2|1=3|2=4\n");
	HOLDS("<r><v a='1' b='9'/><w a='3' b='4'/><w a='5' b='6'/><w a='7' b='8'/></r>", "b=\"9\"");
	/* what its only attribute calls it is its name */
	HOLDS("<r><p><f name='ssn'>1</f><f name='pw'>x</f></p><p><f name='ssn'>2</f></p><p><f "
	      "name='ssn'>3</f></p></r>",
		"row 1|1=ssn|2=pw\nrow 2|1=1|2=x\nrow 3|1=2\n");
	HOLDS("<r><p><f name='a' b='1'>1</f></p><p><f name='a' b='2'>2</f></p><p><f name='a' "
	      "b='3'>3</f></p></r>",
		"row 2|1=");
	HOLDS("<r><p><w a='1' b='2'/></p><p><w a='3' b='4'/></p><p><w a='5' b='6'/></p></r>",
		"row 1|1=w a|2=w b\nrow 2|1=1|2=2\n");
}

/* Whatever stands among records is not lost with their text. */
static void
test_nothing_lost(void **state)
{
	static const char doc[] = "<r><p><n>a1</n></p><p><n>a2</n></p><p><n>a3</n></p> b1 "
				  "<p><n>a4</n> b2 </p><p><n>a5</n>"
				  "<!-- b3 --></p><q>b4</q><p><n>a6<m>b5</m></n></p><p z='b6'><n "
				  "y='b7'/></p>"
				  "<p><n>a7</n></p><p><n>a8</n></p><p><n>a9</n></p><p>b8</p></r>";
	static const char *const words[] = {"a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9",
		"b1", "b2", "b3", "b4", "b5", "b6", "b7", "b8"};

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		HOLDS(doc, words[i]);
	text_cuts(span_of(doc, sizeof doc - 1));
}

/* The bomb stays as small as it is; what is not well-formed is read to its end. */
static void
test_hostile(void **state)
{
	struct recsink rs;
	struct buf b = {0};
	const char *log;

	(void)state;
	log = text_give(&rs, "a",
		span_str("<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'xxxx'><!ENTITY c "
			 "'&b;&b;'>]>"
			 "<a>&c;</a>"));
	assert_non_null(strstr(log, "a: &c;"));
	recsink_free(&rs);
	HOLDS("<?xml version='1.0'?><a><b>one</a> two <c d=>three", "three");
	buf_puts(&b, "<?xml version='1.0'?>");
	for (int i = 0; i < 100000; i++)
		buf_puts(&b, "<a>");
	(void)text_give(&rs, "a", buf_span(&b));
	recsink_free(&rs);
	/* keys that are always others */
	buf_clear(&b);
	buf_puts(&b, "<?xml version='1.0'?><r>");
	for (int i = 0; i < 20000; i++)
		buf_printf(&b, "<p><k%d>v%d</k%d></p>", i, i, i);
	log = text_give(&rs, "a", buf_span(&b));
	assert_non_null(strstr(log, "=v0\n"));
	assert_non_null(strstr(log, "v19999\\x0d"));
	assert_true(strlen(log) < 4 * b.n);
	recsink_free(&rs);
	buf_free(&b);
}

static void
test_office2003(void **state)
{
	(void)state;
	HOLDS("<?xml version='1.0'?><Workbook "
	      "xmlns:ss='urn:schemas-microsoft-com:office:spreadsheet'>"
	      "<Table><Row><Cell><Data>N</Data></Cell><Cell "
	      "ss:Index='3'><Data>S</Data></Cell></Row>"
	      "<Row><Cell ss:MergeAcross='1' "
	      "ss:Formula='=A1'><Data>a</Data></Cell><Cell><Data>1</Data>"
	      "</Cell></Row></Table></Workbook>",
		"table [table 1]\nrow 1|1=N|3=S\nrow 2|1=a{=A1}|3=1\nend\n");
	HOLDS("<?xml version='1.0'?><w:doc "
	      "xmlns:w='http://schemas.microsoft.com/office/word/2003/wordml'>"
	      "<w:p><w:r><w:t>078-</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>05</w:t></w:r></w:p></"
	      "w:doc>",
		"078-05\\x0d");
}

static void
test_script(void **state)
{
	(void)state;
	HOLDS("<?xml version='1.0'?><FinalDraft><Paragraph Type='Scene Heading'><Text>int. "
	      "house</Text>"
	      "</Paragraph><Paragraph Type='Character'><Text>ann</Text></Paragraph><Paragraph "
	      "Type='Dialogue'><Text>Yes</Text><Text>, no.</Text></Paragraph></FinalDraft>",
		"INT. HOUSE\\x0d\\x0d\\t\\t\\tANN\\x0d\\tYes, no.");
}

/* What stands on two lines stays on two lines. */
static void
test_pieces(void **state)
{
	(void)state;
	HOLDS("<?xml version=\"1.0\"?>\n<doc><line>P&lt;UTO</line>\n<line>C4</line></doc>\n",
		"P<UTO\\x0d\\nC4\\x0d");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_nothing_lost),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_office2003),
		cmocka_unit_test(test_script),
		cmocka_unit_test(test_pieces),
	};

	return cmocka_run_group_tests(tests, text_set_up, NULL);
}
