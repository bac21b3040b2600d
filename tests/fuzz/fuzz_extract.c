/* One program for each extractor: -DEXTRACTOR=extract_NAME. Children are fed back in. */
#include "ident.h"
#include "recsink.h"

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

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct recsink rs;

	recsink_init(&rs, true);
	rs.log.max = 16u << 20;
	(void)recsink_force(&rs, &EXTRACTOR, "fuzz", span_of(p, n));
	recsink_free(&rs);
	return 0;
}
