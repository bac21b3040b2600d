/*
 * Fills a store with findings that are logged one by one, as a scan of a share would: paths, places
 * and reasons of the length real ones have. usage: store-fill DIR FROM N
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "record.h"
#include "store.h"

#include "base/poison.h"

#define TEXT(s) ((char *)(uintptr_t)(s))

static struct rule_info rule = {TEXT("connection-string"), TEXT("credential"), TEXT("Secrets"),
	TEXT(""), TEXT(""), TEXT(""), LADDER_CREDENTIAL};

static void
fill_one(struct store *s, unsigned long i)
{
	struct finding f = {.confidence = CONF_HIGH,
		.count = 1 + i % 9,
		.unique = 1 + i % 9,
		.n_at = 1,
		.at = {{.kind = PLACE_LINE, .line = i, .col = 2}},
		.n_why = 2,
		.why = {"password in a connection string", "file of settings"},
		.mime = "text/plain"};
	struct stat st = {.st_mode = S_IFREG | 0640, .st_size = 4096, .st_ino = 1000 + i};
	char path[256];
	struct record r = {.f = &f, .rule = &rule, .st = &st, .path = path};

	(void)snprintf(path, sizeof(path),
		"/srv/filled/projects/%04lu/deploy \"prod\"/settings-%06lu.config", i / 100, i);
	r.id = record_id(path, NULL, rule.id, 0);
	r.severity = finding_severity(rule.ladder, f.count, REACH_UNKNOWN, 0);
	r.score = finding_score(r.severity, f.confidence, f.count);
	store_record(s, 0, &r, NULL);
}

int
main(int argc, char **argv)
{
	static const char *const roots[] = {"/srv/filled"}, *const names[] = {"filled"};
	const struct catalogue rules = {.rules = &rule, .n = 1, .digest = "filled"};
	const struct store_scan scan = {.names = names,
		.roots = roots,
		.n = 1,
		.rules = &rules,
		.settings = "",
		.log_severity = SEV_LOW,
		.log_confidence = CONF_MEDIUM};
	const struct store_options o = {.dir = argc > 1 ? argv[1] : "", .log = STORE_LOG_ON};
	unsigned long from = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	unsigned long n = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
	struct store *s = NULL;
	char error[512] = "usage: store-fill DIR FROM N";

	if (argc != 4 || store_open(&o, &s, error) < 0 || store_scan_begin(s, &scan) < 0) {
		(void)fprintf(stderr, "store-fill: %s\n", error);
		return 2;
	}
	for (unsigned long i = from; i < from + n; i++) {
		fill_one(s, i);
		store_tick(s);
	}
	store_scan_end(s, &(struct summary){0});
	(void)printf("%llu\n", (unsigned long long)store_last_seq(s));
	n = store_error(s, NULL) < 0;
	store_close(s);
	return n ? 2 : 0;
}
