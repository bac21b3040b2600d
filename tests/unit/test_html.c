/* Web pages: what is shown, tables as rows, what is not shown, and lines that stay the file's. */
#include "texttest.h"

#include "base/poison.h"

#define H(x) "<html>" x

static void
test_words(void **state)
{
	(void)state;
	EXPECT(H("<b>078-</b>05-1120"), "text body|078-05-1120\n");
	EXPECT(H("<p>a<p>b<br>c"), "text body|a\\x0db\\x0dc\n");
	EXPECT(H("&eacute;&#233;&#xE9;&nosuch;&amp"),
		"text body|\xC3\xA9\xC3\xA9\xC3\xA9&nosuch;&\n");
	EXPECT(H("1 < 2 <3 > a&b"), "text body|1 < 2 <3 > a&b\n");
	EXPECT("<html><meta charset=koi8-r>\xD0\xC1", "text body|\xD0\xBF\xD0\xB0\n");
}

static void
test_hidden(void **state)
{
	(void)state;
	EXPECT(H("a<!-- pw: x --> b"), "text body|a pw: x \\x0d b\n");
	EXPECT(H("<script>var a='</p>';</script>b"), "text body|var a='</p>';\\x0db\n");
	EXPECT(H("<input name=pw type=text value='x&quot;y'>z"),
		"text body|z type=\"text\" pw=\"x\"y\" \n");
	EXPECT(H("Pw: <a class=q href='http://u:p@h/'>x</a>\ny"),
		"text body|Pw: x href=\"http://u:p@h/\" \\ny\n");
}

static void
test_tables(void **state)
{
	(void)state;
	EXPECT(H("a<table><tr><th colspan=2>N<th>S<tr><td>1<td><td>3</table>b"),
		"text body|a\\x0d\ntable [table 1]\nrow 1|1=N|3=S\nrow 2|1=1|3=3\nend\ntext "
		"body|b\n");
	EXPECT(H("<table><tr><td>x<table><tr><td>y</table>z</table>"),
		"text body|x\\x0d\ntable [table 2]\nrow 1|1=y\nend\ntext body|z\\x0d\n");
	EXPECT(H("<table><tr><td>a<!--c--></td>s<td>b</table>"),
		"table [table 1]\nrow 1|1=a{c}|2=b{s}\nend\n");
}

struct lines {
	struct sink sink;
	uint64_t line, want;
};

static int
on_begin(struct sink *s, const struct text_at *at)
{
	assert_true(at->lines);
	((struct lines *)s)->line = at->line ? at->line : 1;
	return 0;
}

static int
on_text(struct sink *s, struct span t)
{
	struct lines *l = (struct lines *)s;

	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] == '@')
			l->want = l->line;
		l->line += t.p[i] == '\n';
	}
	return 0;
}

static int
on_end(struct sink *s)
{
	(void)s;
	return 0;
}

static int
on_table(struct sink *s, const struct table_at *at)
{
	(void)s;
	(void)at;
	return 0;
}

static int
on_row(struct sink *s, uint64_t row, const struct cell *cells, size_t n)
{
	(void)s;
	(void)row;
	(void)cells;
	(void)n;
	return 0;
}

/* The line of the '@', whatever stands in front of it. */
static uint64_t
line_of(const char *page)
{
	static const struct sink_ops ops = {.text_begin = on_begin,
		.text = on_text,
		.text_end = on_end,
		.table_begin = on_table,
		.row = on_row,
		.table_end = on_end};
	extern const struct extractor extract_html;
	struct arena arena = {0};
	struct budget budget;
	struct lines l = {.sink = {&ops, &budget, &arena}};
	struct reader r;
	struct item it = {.name = span_str("x"), .r = &r, .charset = "utf-8"};

	budget_start(&budget, 1, NULL);
	reader_mem(&r, span_str(page));
	assert_int_equal(extract_html.run(&it, &l.sink), 0);
	reader_end(&r);
	arena_free(&arena);
	return l.want;
}

static void
test_lines(void **state)
{
	(void)state;
	assert_int_equal(line_of("a\nb @"), 2);
	assert_int_equal(line_of("<p>a<p>b\n<p\nclass=x>@"), 3);
	assert_int_equal(line_of("\n<table>\n<tr>\n<td>a\n<td>b\n</table>\n@"), 7);
	assert_int_equal(line_of("<table>\n<tr><!--\n-->\n<td>a\n<table>@"), 5);
	assert_int_equal(line_of("<table>\n<tr><td>\n<td>\n<td>a<table>\n<tr><td>b</table>@"), 5);
	assert_int_equal(line_of("<!--\n\n--><script>\n</script>&#10;@"), 4);
	assert_int_equal(line_of("<a title='\n'\n href=x>\n@"), 4);
}

/* A cell that is longer than one may be, a row that is: text, and nothing of it lost. */
static void
test_long_cell(void **state)
{
	struct buf b = {0};
	struct recsink rs;
	const char *log;

	(void)state;
	buf_puts(&b, "<html><table><tr><td>first<td>");
	for (int i = 0; i < 10000; i++)
		buf_puts(&b, "word ");
	buf_puts(&b, "<td>last</table>");
	log = text_give(&rs, "a", buf_span(&b));
	assert_null(strstr(log, "table ["));
	assert_non_null(strstr(log, "first\\tword word"));
	assert_non_null(strstr(log, "word \\tlast"));
	recsink_free(&rs);
	buf_free(&b);
}

static void
test_hostile(void **state)
{
	static const char page[] = "<html><table><tr><td "
				   "colspan=99999999999>a</td></table></table></td><a b='<c "
				   "d=\"&#x110000;"
				   "<!--<script></p><![CDATA[<td>]]><table><table>&#;&#x;&";
	struct buf b = {0};
	struct recsink rs;

	(void)state;
	text_cuts(span_of(page, sizeof page - 1));
	/* tags that never end, and tags in tags */
	buf_puts(&b, "<html>");
	for (int i = 0; i < 200000; i++)
		buf_puts(&b, i % 2 ? "<a b='" : "<a<");
	for (int i = 0; i < 100000; i++)
		buf_puts(&b, "<table><tr><td>");
	(void)text_give(&rs, "a", buf_span(&b));
	recsink_free(&rs);
	buf_free(&b);
}

/*
 * The same page twice: once in tags that come again and again, once in tags that never do, because
 * each has a class of its own. What it gives is the same.
 */
static void
test_known_tags(void **state)
{
	static const char *const tags[] = {"table", "/table", "tr", "/tr", "td", "td colspan=3",
		"td colspan=3 align=\"left\" height=\"17\"", "/td", "b", "/b", "script></script",
		"p", "br/", "td\nvalign=top", "input name=q value=r", "td width='a>b'",
		"a title=''", "td width=\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", "!-- --",
		"td width=\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\""};
	struct buf same = {0}, unlike = {0};
	struct recsink a, b;
	uint32_t x = 7;

	(void)state;
	buf_puts(&same, "<html>");
	buf_puts(&unlike, "<html>");
	for (unsigned i = 0; i < 40000; i++) {
		const char *tag;
		bool slash;

		x = x * 1664525 + 1013904223;
		tag = tags[(x >> 16) % (sizeof tags / sizeof *tags)];
		slash = tag[strlen(tag) - 1] == '/';
		buf_printf(&same, "<%s>%s", tag, x >> 12 & 1 ? "\n" : "");
		if (*tag == '!')
			buf_printf(&unlike, "<%s>", tag);
		else
			buf_printf(&unlike, "<%.*s class=q%u%s>", (int)(strlen(tag) - slash), tag,
				i, slash ? " /" : "");
		buf_puts(&unlike, x >> 12 & 1 ? "\n" : "");
		if (x >> 28 == 3) {
			buf_printf(&same, "word%u", i);
			buf_printf(&unlike, "word%u", i);
		}
	}
	assert_string_equal(
		text_give(&a, "a", buf_span(&same)), text_give(&b, "a", buf_span(&unlike)));
	assert_true(strstr(recsink_log(&a), "row 3|") != NULL);
	recsink_free(&a);
	recsink_free(&b);
	buf_free(&same);
	buf_free(&unlike);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_long_cell),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_known_tags),
	};

	return cmocka_run_group_tests(tests, text_set_up, NULL);
}
