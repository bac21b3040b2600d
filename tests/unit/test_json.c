/* JSON: as it is written but decoded, values with their names, objects in lists as rows. */
#include "texttest.h"

#include "base/poison.h"

static void
test_text(void **state)
{
	(void)state;
	EXPECT("{\"a\": \"x\\/y\\u00e9\\n\\ud83d\\ude00\\\"\"}\n",
		"text body|{\"a\": \"x/y\xC3\xA9\\x0d\xF0\x9F\x98\x80\"\"}\\n\n");
	EXPECT("{\"ssn\": {\"value\": \"1\"}}", "text body|{\"ssn\": {\"value\": ssn: \"1\"}}\n");
	EXPECT("{\"ssn\": [1, \"2\"]}", "text body|{\"ssn\": [ssn: 1, ssn: \"2\"]}\n");
	EXPECT("[{\"name\": \"PW\", \"value\": \"x\"}]",
		"text body|[{\"name\": \"PW\", \"value\": PW: \"x\"}]\n");
}

static void
test_rows(void **state)
{
	(void)state;
	EXPECT("{\"s\":[{\"n\":\"a\",\"x\":{\"y\":1,\"z\":[2,3]}},{\"n\":\"b\"},{\"x\":{\"y\":4},"
	       "\"n\":\"c\"}],\"t\":5}",
		"text body|{\"s\":[\ntable [s]\nrow 1|1=n|2=x.y|3=x.z|4=x.z 2\nrow "
		"2|1=a|2=1|3=2|4=3\n"
		"row 3|1=b\nrow 4|1=c|2=4\nend\ntext body|],\"t\":5}\n");
	EXPECT("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n",
		"table []\nrow 1|1=a\nrow 2|1=1\nrow 3|1=2\nrow 4|1=3\nend\ntext body|\\n\n");
	HOLDS("[{\"pw\":\"a\"},{\"pw\":\"b\"},{\"pw\":\"c\"}]", "row 2|1=a\n");
	/* the innermost list makes the table */
	HOLDS("[{\"d\":1,\"l\":[{\"a\":1},{\"a\":2},{\"a\":3}]},{\"d\":2}]",
		"table [l]\nrow 1|1=a\n");
}

/* Lists in a list have no keys: their first is what a header is in a sheet. */
static void
test_lists(void **state)
{
	(void)state;
	EXPECT("[[\"Name\",\"SSN\"],\n[\"Ann\",1],\n[null,2,true,\"x\"]]\n",
		"text body|[\ntable []\nrow 1|1=Name|2=SSN\nrow 2|1=Ann|2=1\nrow 3|2=2|4=x\nend\n"
		"text body|]\\n\n");
	HOLDS("{\"v\":[[1,2],[3,4],[5,6]]}", "table [v]\nrow 1|1=1|2=2\n");
	/* objects with lists in them are rows still, and of lists the innermost */
	HOLDS("[{\"n\":1,\"c\":[[1,2],[3,4],[5,6]]},{\"n\":2},{\"n\":3}]", "row 4|1=3\n");
	HOLDS("[[[1,2],[3,4],[5,6]],[[7],[8],[9]]]", "row 3|1=5|2=6\n");
	HOLDS("[[1],{\"a\":2},[3],[4],[[5]],\"w6\",[7],[8],[9],\"w10\"]", "row 3|1=9\n");
	HOLDS("[[1],{\"a\":2},[3],[4],[[5]],\"w6\",[7],[8],[9],\"w10\"]", "\"w10\"");
	HOLDS("[[1],{\"a\":2},[3],[4],[[5]],\"w6\",[7],[8],[9],\"w10\"]", "{\"a\":2}");
}

/* A list of texts names the columns of the lists beside it; lists of lines are rows, too. */
static void
test_named_lists(void **state)
{
	(void)state;
	HOLDS("{\"columns\":[\"Name\",\"SSN\"],\"rows\":[[\"Ann\",1],[\"Bob\",2],[\"Cy\",3]]}",
		"table [rows]\nrow 1|1=Name|2=SSN\nrow 2|1=Ann|2=1\n");
	HOLDS("{\"x\":{\"f\":[\"a\",\"b\"],\"m\":{\"n\":[7]},\"d\":[[1,2],[3,4],[5,6]]}}",
		"row 1|1=a|2=b\nrow 2|1=1|2=2\n");
	HOLDS("[\"Name\",\"SSN\"]\n[\"Ann\",1]\n[\"Bob\",2]\n", "row 1|1=Name|2=SSN\n");
	/* of another object, not of texts alone, or fewer than the columns */
	HOLDS("{\"o\":{\"f\":[\"a\",\"b\"]},\"d\":[[1,2],[3,4],[5,6]]}", "row 1|1=1|2=2\n");
	HOLDS("{\"f\":[\"a\",1],\"d\":[[1,2],[3,4],[5,6]]}", "row 1|1=1|2=2\n");
	HOLDS("{\"f\":[\"a\",\"b\"],\"d\":[[1,2,9],[3,4,9],[5,6,9]]}", "row 1|1=1|2=2|3=9\n");
}

static void
test_nothing_lost(void **state)
{
	static const char doc[] = "[{\"k\":\"a1\"},{\"k\":\"a2\"},{\"k\":\"a3\"},\"b1\",{\"k\":"
				  "\"a4\"},{\"k\":\"a5\"},{\"k\":\"a6\"}, b2 "
				  ",{\"k\":\"a7\" /* b3 "
				  "*/"
				  "},{\"k\":\"a8\",b4},{\"k\":\"a9\"},{\"k\":[\"c1\",{\"k\":\"c2\"}"
				  "]},[\"c3\"]"
				  ",{\"k\":\"c4\n\"},{\"k\":\"c5\"},{\"k\":\"c6\"},{\"k\":\"c7\"}] "
				  "c8 \"c9";
	static const char *const words[] = {"a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9",
		"b1", "b2", "b3", "b4", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9"};

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		HOLDS(doc, words[i]);
	text_cuts(span_of(doc, sizeof doc - 1));
}

static void
test_hostile(void **state)
{
	struct recsink rs;
	struct buf b = {0};

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_puts(&b, i % 3 ? "[" : "{\"a\":");
	for (int i = 0; i < 200000; i++)
		buf_puts(&b, "]}");
	buf_puts(&b, "{\"last\": 1}");
	assert_non_null(strstr(text_give(&rs, "a", buf_span(&b)), "last"));
	recsink_free(&rs);
	/* a record larger than is held back, among others */
	buf_clear(&b);
	buf_puts(&b, "[{\"k\":\"first\"},{\"k\":\"");
	for (int i = 0; i < 60000; i++)
		buf_puts(&b, "word ");
	buf_puts(&b, "\"},{\"k\":\"second\"},{\"k\":\"third\"}]");
	assert_non_null(strstr(text_give(&rs, "a", buf_span(&b)), "\"first\""));
	assert_non_null(strstr(recsink_log(&rs), "word \"}"));
	assert_non_null(strstr(recsink_log(&rs), "\"third\""));
	recsink_free(&rs);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_named_lists),
		cmocka_unit_test(test_nothing_lost),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, text_set_up, NULL);
}
