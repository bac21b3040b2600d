/*
 * One program for each extractor: -DEXTRACTOR=extract_NAME. Children are fed back in. It bids first: on
 * names that some of them go by, and on what the input ends with.
 */
#include <stdlib.h>

#include "ident.h"
#include "recsink.h"

#define LONGEST_NAME 32u

extern const struct extractor EXTRACTOR;
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	(void)ident_open();
	(void)extract_open();
	return 0;
}

static void
bid(struct span in)
{
	static const char *const names[] = {"~$a.docx", "a.z02", "a.7z.002", "a.hc", "a.sqlite",
		"a.pdf.p7m", "a.csv", "a.mbox"};
	struct span end = span_sub(in, in.n > LONGEST_NAME ? in.n - LONGEST_NAME : 0, in.n);
	struct reader r;
	struct item it = {.name = end, .r = &r};

	reader_mem(&r, in);
	if (ident_item(&it) == 0) {
		(void)EXTRACTOR.bid(&it);
		for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
			it.name = span_str(names[i]);
			if (EXTRACTOR.bid(&it) < 0)
				abort();
		}
	}
	reader_end(&r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct recsink rs;

	bid(span_of(p, n));
	recsink_init(&rs, true);
	rs.log.max = 16u << 20;
	(void)recsink_force(&rs, &EXTRACTOR, "fuzz", span_of(p, n));
	recsink_free(&rs);
	return 0;
}
