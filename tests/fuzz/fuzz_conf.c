/*
 * Arbitrary bytes as the daemon's configuration: refused with a place and a reason, or taken; then what
 * is printed of it must be read to the same end.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf_service.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static char path[64];

static void
remove_file(void)
{
	(void)unlink(path);
}

static void
write_file(const void *p, size_t n)
{
	int fd;

	if (!*path) {
		(void)snprintf(path, sizeof(path), "/tmp/leakaudit-fuzz-%d.yaml", (int)getpid());
		(void)atexit(remove_file);
	}
	fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, p, n) != (ssize_t)n || close(fd) < 0)
		abort();
}

static char *
print(const struct service_conf *c, size_t *ret_n)
{
	char *text = NULL;
	FILE *to = open_memstream(&text, ret_n);

	if (!to)
		abort();
	service_conf_print(c, to);
	if (fclose(to))
		abort();
	return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct service_conf c, again;
	char error[512] = "", *one, *two;
	size_t n_one, n_two;

	write_file(p, n);
	if (service_conf_load(path, false, &c, error) < 0) {
		if (!*error || strncmp(error, path, strlen(path)) != 0)
			abort();
		return 0;
	}
	one = print(&c, &n_one);
	service_conf_free(&c);
	write_file(one, n_one);
	if (service_conf_load(path, false, &again, error) < 0) {
		(void)fprintf(stderr, "%s\n%s", error, one);
		abort();
	}
	two = print(&again, &n_two);
	service_conf_free(&again);
	if (n_one != n_two || memcmp(one, two, n_one) != 0) {
		(void)fprintf(stderr, "%s\n%s", one, two);
		abort();
	}
	free(one);
	free(two);
	return 0;
}
