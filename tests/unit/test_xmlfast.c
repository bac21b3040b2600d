/* xmlfast: whatever well-formed XML it is given, it tells the same as expat. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "doctest.h"

static int
on_start(struct xmlpart *x, const char *name, const char **atts)
{
	buf_printf(x->user, "<%s", name);
	for (; *atts; atts += 2)
		buf_printf(x->user, " %s=[%s]", atts[0], atts[1]);
	buf_putc(x->user, '>');
	return 0;
}

static int
on_end(struct xmlpart *x, const char *name)
{
	buf_printf(x->user, "</%s %u>", name, x->depth);
	return 0;
}

static int
on_text(struct xmlpart *x, const char *s, size_t n)
{
	buf_put(x->user, s, n);
	return 0;
}

static const struct xml_ops slow = {.start = on_start, .end = on_end, .text = on_text};
static const struct xml_ops fast = {
	.start = on_start, .end = on_end, .text = on_text, .plain = true};

struct both {
	struct buf events[2];
};

static int
visit(void *user, struct zippart *p)
{
	struct both *b = user;
	bool plain = part_is(p->name, "fast");

	return xmlpart_parse(p, plain ? &fast : &slow, &b->events[plain], "test");
}

/* Parses xml both ways; the gaps of both readers are in rs. */
static void
parse_both(struct both *b, struct recsink *rs, struct span xml)
{
	struct zipmake z;
	struct reader r;
	struct item it = {.r = &r};
	struct zipdoc doc;
	bool readable = false;

	*b = (struct both){0};
	zipmake_begin(&z);
	zipmake_add(&z, "slow", xml);
	zipmake_add(&z, "fast", xml);
	zipmake_end(&z);
	reader_mem(&r, buf_span(&z.out));
	recsink_init(rs, false);
	budget_start(&rs->budget, z.out.n, NULL);
	assert_int_equal(zipdoc_open(&doc, &it, &rs->sink, &readable), 0);
	assert_true(readable);
	assert_int_equal(zipdoc_walk(&doc, visit, b), 0);
	zipdoc_close(&doc);
	zipmake_free(&z);
}

static void
free_both(struct both *b, struct recsink *rs)
{
	buf_free(&b->events[0]);
	buf_free(&b->events[1]);
	recsink_free(rs);
}

static void
same(struct span xml)
{
	struct both b;
	struct recsink rs;

	parse_both(&b, &rs, xml);
	if (*recsink_log(&rs))
		fail_msg("%s of %.60s", recsink_log(&rs), (const char *)xml.p);
	assert_true(b.events[0].n > 0);
	assert_string_equal(buf_cstr(&b.events[1]), buf_cstr(&b.events[0]));
	free_both(&b, &rs);
}

static void
test_same(void **state)
{
	static const char *const docs[] = {
		"<a/>",
		"<a></a >",
		"<?xml version='1.0' encoding='utf-8' standalone=\"yes\"?>\n<a b='c'>d</a>\n",
		"\xEF\xBB\xBF<a>bom</a>",
		"<x:a xmlns:x='y' x:b = \"c>d\" e='\"'><x:b/></x:a>",
		"<a>1 &lt; 2 &amp;&amp; 3 &gt; 2 &quot;&apos; &#65;&#x42;&#xe9;&#128512;</a>",
		"<a b='&lt;&#xA;&#65;'/>",
		"<a><!-- a comment <b> --><![CDATA[<raw> & ]] ]]><?pi <x> ?>end</a>",
		"<a>caf\xC3\xA9 \xE6\x97\xA5\xF0\x9F\x98\x80</a>",
		"<a><b><c>deep</c></b>tail</a>  ",
		"<a\n\tb='1'\n\tc='2'\n/>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof docs / sizeof *docs; i++)
		same(span_str(docs[i]));
}

/* Documents longer than the window, so that every kind of token meets its edge. */
static void
test_long(void **state)
{
	static const char *const pieces[] = {"<c r='A1' t=\"s\">", "</c>", "text ", "&amp;",
		"&#x1F600;", "\xC3\xA9\xE6\x97\xA5", "<!-- - -->", "<![CDATA[ ] ]]>", "<v/>",
		"a;b"};

	(void)state;
	for (unsigned seed = 1; seed <= 6; seed++) {
		struct buf b = {0};
		uint64_t x = seed;
		unsigned open = 0;

		buf_puts(&b, "<a>");
		while (b.n < 500000) {
			unsigned k;

			x = x * 6364136223846793005u + 1442695040888963407u;
			k = (unsigned)(x >> 33) % (seed < 4 ? 10 : 6);
			if ((k == 1 && open == 0) || (k == 0 && open > 50))
				continue;
			open += k == 0;
			open -= k == 1;
			if (seed >= 4 && k < 2) /* long runs of text without any tag */
				continue;
			buf_puts(&b, pieces[k]);
		}
		while (seed < 4 && open--)
			buf_puts(&b, "</c>");
		buf_puts(&b, "</a>");
		same(buf_span(&b));
		buf_free(&b);
	}
}

static void
test_long_tokens(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_puts(&b, "<a b='");
	for (int i = 0; i < 60000; i++)
		buf_puts(&b, "a value ");
	buf_puts(&b, "'><!--");
	for (int i = 0; i < 60000; i++)
		buf_puts(&b, "a remark");
	buf_puts(&b, "--><![CDATA[");
	for (int i = 0; i < 60000; i++)
		buf_puts(&b, "<<<<&&&&");
	buf_puts(&b, "]]></a>");
	same(buf_span(&b));
	buf_free(&b);
}

static void
damaged(const char *xml, const char *events, const char *gap)
{
	struct both b;
	struct recsink rs;

	parse_both(&b, &rs, span_str(xml));
	assert_string_equal(buf_cstr(&b.events[1]), events);
	doc_has(&rs, gap);
	free_both(&b, &rs);
}

static void
test_damage(void **state)
{
	static const char gap[] = "gap corrupt hides damaged xml: test";

	(void)state;
	damaged("<a>kept<b x='1", "<a>kept", gap);
	damaged("<a>kept</a></a>", "<a>kept</a 1>", gap);
	damaged("<a>kept", "<a>kept", gap);
	damaged("<a>one< b></a>", "<a>one", gap);
	damaged("<a><b c></b></a>", "<a>", gap);
	damaged("<a><!-- never", "<a>", gap);
	damaged("<", "", gap);
	damaged("", "", gap);
	damaged("<a><!DOCTYPE b></a>", "<a>", gap);
	same(span_str("<?xml version='1.0'?><!DOCTYPE a PUBLIC '-//X' 'a.dtd'><a>kept</a>"));
	damaged("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "",
		"gap corrupt hides xml with a DOCTYPE of its own");
}

/* Text that is no UTF-8 does not reach the sink as it is, nor is it lost. */
static void
test_not_utf8(void **state)
{
	struct both b;
	struct recsink rs;

	(void)state;
	parse_both(&b, &rs, span_str("<a>caf\xE9 078-05-1120 &bad; &#0; &</a>"));
	assert_string_equal(
		buf_cstr(&b.events[1]), "<a>caf\xEF\xBF\xBD 078-05-1120 &bad; &#0; &</a 1>");
	free_both(&b, &rs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_long_tokens),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_not_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
