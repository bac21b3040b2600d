/*
 * conf_suggest: shares that this host offers to others, as a configuration that names them. Reads
 * what Samba and the NFS server are told, scans nothing. Home folders are never proposed.
 */
#ifndef CONF_SUGGEST_H
#define CONF_SUGGEST_H

#include <stdio.h>

struct suggestions {
	struct suggestion {
		char *path, *name;
		const char *from; /* a literal: "samba", "usershare", "nfs" */
		const char *why_not; /* why it is not proposed, a literal; NULL: it is */
	} * v;
	size_t n;
};

/* Each takes what it understands and steps over the rest. 0 or -ENOMEM. */
int suggest_samba(struct suggestions *s, FILE *testparm); /* the output of `testparm -s` */
int suggest_exports(struct suggestions *s, FILE *exports); /* exports(5) */
int suggest_usershare(struct suggestions *s, const char *name, FILE *f);

/* Decides which are proposed: nothing twice, nothing within another. Call it last. */
void suggest_settle(struct suggestions *s);

/* As YAML; what is not proposed stands there as a comment with the reason. */
void suggest_print(const struct suggestions *s, FILE *to);

void suggest_free(struct suggestions *s);

#endif
