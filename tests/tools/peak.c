/*
 * peak FILE COMMAND [ARG...]: runs the command and writes to FILE, on one line: the most resident
 * KiB of the command itself, the most of any one child of it, wall seconds, and its exit status.
 * The kernel's own high-water marks are read every few milliseconds.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long
high_water(long pid)
{
	char path[64], line[256];
	long kib = 0;
	FILE *f;

	(void)snprintf(path, sizeof path, "/proc/%ld/status", pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f)) {
		if (strncmp(line, "VmHWM:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	}
	if (f)
		(void)fclose(f);
	return kib;
}

static long
children_high_water(long pid)
{
	char path[64], text[8192], *p = text, *end;
	long most = 0;
	size_t n = 0;
	FILE *f;

	(void)snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", pid, pid);
	f = fopen(path, "re");
	if (f) {
		n = fread(text, 1, sizeof text - 1, f);
		(void)fclose(f);
	}
	text[n] = 0;
	for (long child = strtol(p, &end, 10); end != p; child = strtol(p, &end, 10)) {
		long kib = high_water(child);

		most = kib > most ? kib : most;
		p = end;
	}
	return most;
}

int
main(int argc, char **argv)
{
	const struct timespec pause = {0, 3000000};
	struct timespec a, b;
	long own = 0, theirs = 0, k;
	int status = 0;
	pid_t pid;
	FILE *f;

	if (argc < 3) {
		fprintf(stderr, "usage: peak FILE COMMAND [ARG...]\n");
		return 2;
	}
	clock_gettime(CLOCK_MONOTONIC, &a);
	pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, WNOHANG) == 0) {
		k = high_water(pid);
		own = k > own ? k : own;
		k = children_high_water(pid);
		theirs = k > theirs ? k : theirs;
		nanosleep(&pause, NULL);
	}
	clock_gettime(CLOCK_MONOTONIC, &b);
	f = fopen(argv[1], "we");
	if (!f)
		return 2;
	status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	fprintf(f, "%ld %ld %.2f %d\n", own, theirs,
		(double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9, status);
	return fclose(f) == 0 ? status : 2;
}
