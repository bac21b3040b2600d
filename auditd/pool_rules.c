/*
 * Rule files are copied once into sealed memory: a worker that is started hours later compiles the
 * same bytes, and an editor at work on a rule file cannot split a scan in two. Nothing here looks
 * into them.
 */
#include "pool_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "base/cleanup.h"

#include "base/poison.h"

#define RULE_FILE_MAX (16 * MIB)

static int
copy_file(const char *path, int *ret_fd)
{
	_cleanup_close_ int from = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	_cleanup_close_ int to = -1;
	struct stat st;
	uint64_t total = 0;
	ssize_t n;

	if (from < 0 || fstat(from, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	to = memfd_create("rules", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (to < 0)
		return -errno;
	while ((n = sendfile(to, from, NULL, MIB)) > 0) {
		total += (uint64_t)n;
		if (total > RULE_FILE_MAX)
			return -EFBIG;
	}
	if (n < 0 || fcntl(to, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK) < 0)
		return -errno;
	*ret_fd = fd_take(&to);
	return 0;
}

int
rules_copy(struct pool *p, const struct pool_options *o, char ret_error[1024])
{
	p->rules = calloc(o->n_rule_files ? o->n_rule_files : 1, sizeof *p->rules);
	if (!p->rules)
		return -ENOMEM;
	for (size_t i = 0; i < o->n_rule_files; i++) {
		int r = copy_file(o->rule_files[i], &p->rules[i].fd);

		if (r < 0) {
			(void)snprintf(
				ret_error, 1024, "'%.900s': %s", o->rule_files[i], strerror(-r));
			return r;
		}
		p->n_rules = i + 1;
		p->rules[i].name = strdup(o->rule_files[i]);
		if (!p->rules[i].name)
			return -ENOMEM;
	}
	return 0;
}

void
rules_copy_free(struct pool *p)
{
	for (size_t i = 0; i < p->n_rules; i++) {
		free(p->rules[i].name);
		(void)close(p->rules[i].fd);
	}
	free(p->rules);
	p->rules = NULL;
	p->n_rules = 0;
}
