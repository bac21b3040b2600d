#include "putfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/poison.h"

void
put_file(const char *root, const char *path, struct span bytes)
{
	char full[4096];
	FILE *f;

	(void)snprintf(full, sizeof full, "%s/%s", root, path);
	for (char *p = full + 1; (p = strchr(p, '/')); p++) {
		*p = 0;
		if (mkdir(full, 0755) < 0 && errno != EEXIST) {
			perror(full);
			exit(2);
		}
		*p = '/';
	}
	f = fopen(full, "wb");
	if (!f || (bytes.n && fwrite(bytes.p, 1, bytes.n, f) != bytes.n) || fclose(f) != 0) {
		perror(full);
		exit(2);
	}
}
