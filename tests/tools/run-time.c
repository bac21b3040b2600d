/*
 * run-time N COMMAND [ARG...]: runs the command N times after one warm-up, its output thrown away.
 * Prints: median CPU seconds (user + system, children included), median wall seconds, and the most
 * resident KiB of any one process.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static long
run(char **argv, double *ret_cpu, double *ret_wall)
{
	struct timespec a, b;
	struct rusage ru;
	int status;
	pid_t pid;

	clock_gettime(CLOCK_MONOTONIC, &a);
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &ru) < 0)
		return -1;
	clock_gettime(CLOCK_MONOTONIC, &b);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return -1;
	*ret_cpu = seconds(ru.ru_utime) + seconds(ru.ru_stime);
	*ret_wall = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
	return ru.ru_maxrss;
}

int
main(int argc, char **argv)
{
	int n = argc > 2 ? (int)strtol(argv[1], NULL, 10) : 0;
	double cpu[100], wall[100];
	long rss = 0;

	if (n < 1 || n > 100) {
		fprintf(stderr, "usage: run-time N COMMAND [ARG...]\n");
		return 2;
	}
	for (int i = -1; i < n; i++) {
		long r = run(argv + 2, &cpu[i < 0 ? 0 : i], &wall[i < 0 ? 0 : i]);

		if (r < 0) {
			printf("- - -\n");
			return 1;
		}
		rss = r > rss ? r : rss;
	}
	qsort(cpu, (size_t)n, sizeof cpu[0], by_value);
	qsort(wall, (size_t)n, sizeof wall[0], by_value);
	printf("%.3f %.3f %ld\n", cpu[n / 2], wall[n / 2], rss);
	return 0;
}
