/* `leakaudit version`: what a bug report and an auditor's file need. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <yaml.h>

#include "cmd.h"
#include "conf.h"
#include "locate.h"

#include "base/cleanup.h"

#include "base/poison.h"

static void
pool_drop(struct pool **p)
{
	if (*p)
		pool_free(*p);
}

static void
version_worker(const struct pool *p)
{
	const struct catalogue *c = pool_catalogue(p);
	const struct confinement *m = pool_confinement(p);

	(void)printf("rules: %u, sha256 %s\n", c->n, c->digest);
	(void)printf("confinement: uid %u, capabilities %s, no_new_privs %s, not dumpable %s, "
		     "seccomp %s, Landlock ",
		m->uid, m->no_caps ? "none" : "KEPT", m->no_new_privs ? "yes" : "NO",
		m->not_dumpable ? "yes" : "NO", m->seccomp ? "yes" : "NO");
	if (m->landlock_abi)
		(void)printf("ABI %d%s\n", m->landlock_abi,
			m->reads_poppler ? ", can read /usr/share/poppler" : "");
	else
		(void)printf("absent\n");
	if (m->missing[0])
		(void)printf("missing: %s\n", m->missing);
}

/* One line an entry. */
static void
version_about(const char *about)
{
	for (const char *p = about; *p;) {
		size_t n = strcspn(p, "|");

		(void)printf("%s%.*s\n", p == about ? "" : "  ", (int)n, p);
		if (p == about)
			(void)printf("formats:\n");
		p += n + (p[n] == '|');
	}
}

static int
version_run(int argc, char **argv)
{
	_cleanup_(cmd_setup_free) struct cmd_setup s = {0};
	_cleanup_(pool_drop) struct pool *p = NULL;
	char error[1024] = "";

	if (argc > 1 && (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0)) {
		verb_help(&verb_version);
		return STATUS_CLEAN;
	}
	if (argc > 1)
		return cmd_error("version", "unexpected '%s'", argv[1]);
	(void)printf("leakaudit " VERSION "\n");
	(void)printf("libraries here: libsodium %s, libyaml %s\n", sodium_version_string(),
		yaml_get_version_string());
	if (cmd_setup(&s, NULL, NULL, 1, error) < 0 || cmd_catalogue(&s, &p, error) < 0)
		return cmd_error("version", "%s", error);
	(void)printf("worker: %s\n", s.worker);
	version_worker(p);
	version_about(pool_about(p));
	return STATUS_CLEAN;
}

const struct verb verb_version = {
	.name = "version",
	.args = "",
	.summary = "Version, rule set and confinement in force",
	.run = version_run,
};
