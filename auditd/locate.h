/* locate: where the worker, the rules and the configuration are, installed or in a build folder. */
#ifndef LOCATE_H
#define LOCATE_H

#include "strv.h"

#define CONF_DEFAULT SYSCONFDIR "/leakaudit/leakaudit.yaml"
#define KEY_DEFAULT  SYSCONFDIR "/leakaudit/fingerprint.key"

/*
 * The worker: beside this program, else in LIBEXECDIR. 0 with a heap string; -ENOENT with a
 * sentence in ret_error.
 */
int locate_worker(char **ret_path, char ret_error[512]);

/*
 * Rule files in the order they are loaded, later ones replacing rules of earlier ones: the shipped
 * ones (../../config/rules of a build folder, else DATADIR/rules), SYSCONFDIR/leakaudit/rules.d,
 * then each of conf and of more (files, or folders of *.yaml in the order of their names). 0;
 * -errno with a sentence in ret_error.
 */
int locate_rules(const struct strv *conf, const struct strv *more, struct strv *ret_files,
	char ret_error[512]);

#endif
