/*
 * main() for compilers without libFuzzer: feeds each named file, and every file of each named
 * folder, to the fuzz target, so that a corpus is an ordinary regression test.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static int
feed(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *p = malloc(16u << 20);
	size_t n;

	if (!f || !p) {
		perror(path);
		free(p);
		if (f)
			fclose(f);
		return 1;
	}
	n = fread(p, 1, 16u << 20, f);
	fclose(f);
	p = realloc(p, n ? n : 1); /* so that a sanitizer sees the end */
	if (p)
		(void)LLVMFuzzerTestOneInput(p, n);
	free(p);
	return 0;
}

static int
feed_folder(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	int bad = 0;

	while (d && (e = readdir(d))) {
		char path[4096];

		if (e->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
		bad |= feed(path);
	}
	if (d)
		closedir(d);
	return bad;
}

int
main(int argc, char **argv)
{
	int bad = 0;

	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++) {
		struct stat st;

		if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode))
			bad |= feed_folder(argv[i]);
		else
			bad |= feed(argv[i]);
	}
	return bad;
}
