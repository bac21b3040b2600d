/*
 * without CALL[:ERRNO][,..] COMMAND [ARG...]: runs the command on a kernel that seems to lack those
 * system calls (ENOSYS, or the number given).
 */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
deny(scmp_filter_ctx ctx, char *word)
{
	char *colon = strchr(word, ':');
	uint32_t error = colon ? (uint32_t)strtoul(colon + 1, NULL, 10) : ENOSYS;
	int nr;

	if (colon)
		*colon = 0;
	nr = seccomp_syscall_resolve_name(word);
	return nr < 0 ? -ENOENT : seccomp_rule_add(ctx, SCMP_ACT_ERRNO(error), nr, 0);
}

int
main(int argc, char **argv)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	char *save = NULL, *word;

	if (argc < 3 || !ctx) {
		fprintf(stderr, "usage: without CALL[:ERRNO][,..] COMMAND [ARG...]\n");
		return 2;
	}
	for (word = strtok_r(argv[1], ",", &save); word; word = strtok_r(NULL, ",", &save)) {
		if (deny(ctx, word) < 0) {
			fprintf(stderr, "without: %s: unknown or not possible\n", word);
			return 2;
		}
	}
	if (seccomp_load(ctx) < 0) {
		fprintf(stderr, "without: no filter\n");
		return 2;
	}
	seccomp_release(ctx);
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
