/*
 * extract-dump FILE...: what the extractors make of each file, one event a line (recsink.h).
 * For developers; not confined, so not for files you do not trust.
 */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "ident.h"
#include "recsink.h"

int
main(int argc, char **argv)
{
	int bad = 0;

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	if (ident_open() < 0 || extract_open() < 0)
		fprintf(stderr, "extract-dump: some format libraries could not be opened\n");
	for (int i = 1; i < argc; i++) {
		struct recsink rs;
		int r;

		recsink_init(&rs, true);
		r = recsink_file(&rs, argv[i]);
		fwrite(recsink_log(&rs), 1, rs.log.n, stdout);
		if (r < 0) {
			fprintf(stderr, "%s: %s\n", argv[i], strerror(-r));
			bad = 1;
		}
		recsink_free(&rs);
	}
	extract_close();
	ident_close();
	return bad;
}
