/* conf: what `leakaudit scan` takes of the configuration: rule files and limits. */
#ifndef CONF_H
#define CONF_H

#include <stdint.h>

#include "strv.h"

struct conf {
	struct strv
		rules; /* files and folders, in order; relative ones made relative to the file */
	unsigned jobs; /* 0 = not said */
	uint64_t max_file; /* bytes; 0 = not said */
};

/*
 * Reads a configuration file. Keys of the daemon are accepted and not looked into. 0; -ENOENT when
 * it is not there; -EINVAL with "FILE:LINE:COLUMN: what was expected", -errno with a sentence, in
 * ret_error.
 */
int conf_load(const char *path, struct conf *ret_c, char ret_error[512]);

void conf_free(struct conf *c);

#endif
