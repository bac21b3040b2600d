/* pptx: slides are numbered as the presentation lists them, whatever their files are called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "doctest.h"

extern const struct extractor extract_pptx;

#define SLIDE(x) "<p:sld xmlns:p='p' xmlns:a='a'>" x "</p:sld>"
#define P(x)	 "<a:p><a:r><a:t>" x "</a:t></a:r></a:p>"
#define TC(x)	 "<a:tc><a:txBody>" P(x) "</a:txBody></a:tc>"

static const struct zipmake_part full[] = {TYPES,
	{"ppt/presentation.xml",
		"<p:presentation xmlns:p='p' xmlns:r='r'><p:sldIdLst>"
		"<p:sldId id='256' r:id='rId9'/><p:sldId id='257' r:id='rId3'/>"
		"</p:sldIdLst></p:presentation>"},
	{"ppt/_rels/presentation.xml.rels",
		"<Relationships><Relationship Id='rId3' Target='slides/slide1.xml'/>"
		"<Relationship Id='rId9' Target='slides/slide7.xml'/></Relationships>"},
	{"ppt/slides/slide1.xml",
		SLIDE(P("second") "<a:tbl><a:tr>" TC("Pay") TC("Bonus") "</a:tr><a:tr>" TC("1")
				TC("2") "</a:tr></a:tbl>" P("under"))},
	{"ppt/slides/slide7.xml", SLIDE(P("first"))}, {"ppt/slides/slide4.xml", SLIDE(P("lost"))},
	{"ppt/notesSlides/notesSlide1.xml", SLIDE(P("say this"))},
	{"ppt/comments/comment1.xml",
		"<p:cmLst xmlns:p='p'><p:cm><p:text>no way</p:text></p:cm></p:cmLst>"},
	{"ppt/embeddings/oleObject1.bin", "x"}};

static void
test_slides(void **state)
{
	struct recsink rs;

	(void)state;
	DOC_RUN(&rs, &extract_pptx, full);
	doc_has(&rs, "text body [slide 1] p1|first\\n");
	doc_has(&rs, "text body [slide 2] p2|second\\n");
	doc_has(&rs, "text body [slide 4] p4|lost\\n");
	doc_has(&rs, "row 1|1=Pay|2=Bonus");
	doc_has(&rs, "row 2|1=1|2=2");
	doc_has(&rs, "text body [slide 2] p2|under\\n");
	doc_has(&rs, "text note [notes]|say this\\n");
	doc_has(&rs, "text comment|no way");
	doc_has(&rs, "child oleObject1.bin");
	doc_lacks(&rs, "gap");
	recsink_free(&rs);
}

static void
test_kind_and_damage(void **state)
{
	struct zipmake z;
	struct recsink rs;

	(void)state;
	zipmake_all(&z, full, sizeof full / sizeof *full);
	assert_int_equal(doc_kind(buf_span(&z.out), true), OFFICE_PPTX);
	assert_int_equal(doc_kind(buf_span(&z.out), false), OFFICE_PPTX);
	for (size_t i = 0; i < z.out.n; i++) {
		uint8_t was = z.out.p[i];

		z.out.p[i] ^= (uint8_t)(1u << i % 8);
		recsink_init(&rs, false);
		assert_int_equal(recsink_force(&rs, &extract_pptx, "x", buf_span(&z.out)), 0);
		recsink_free(&rs);
		z.out.p[i] = was;
	}
	zipmake_free(&z);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slides),
		cmocka_unit_test(test_kind_and_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
