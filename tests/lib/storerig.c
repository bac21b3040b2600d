/*
 * The files are real, because the store asks the file system whether they are gone; what is in them
 * is only said. One scan looks at the files of one folder in the order of their names.
 */
#include "storerig.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "record.h"

#include "base/poison.h"

#define TEXT(s) ((char *)(uintptr_t)(s))

static struct rule_info rules[RIG_RULES] = {
	[RIG_SSN] = {TEXT("ssn"), TEXT("identity"), TEXT("Numbers"), TEXT(""), TEXT(""), TEXT(""),
		LADDER_PERSONS},
	[RIG_TOKEN] = {TEXT("token"), TEXT("credential"), TEXT("Tokens"), TEXT(""), TEXT(""),
		TEXT(""), LADDER_CREDENTIAL},
	[RIG_NOTE] = {TEXT("note"), TEXT("business"), TEXT("Notes"), TEXT(""), TEXT(""), TEXT(""),
		LADDER_NOTICE},
};
const struct catalogue srig_catalogue = {.rules = rules, .n = RIG_RULES, .digest = "d1"};
const struct catalogue srig_catalogue_small = {.rules = rules, .n = 1, .digest = "d2"};

static struct storerig *clock_of; /* one rig at a time */

static int64_t
srig_clock(void)
{
	return clock_of->now;
}

static void
srig_say(void *user, const char *sentence)
{
	struct storerig *r = user;
	size_t n = strlen(r->said);

	(void)snprintf(r->said + n, sizeof r->said - n, "%s\n", sentence);
}

void
srig_init(struct storerig *r)
{
	*r = (struct storerig){.top = "/tmp/leakaudit-store-XXXXXX",
		.rules = &srig_catalogue,
		.settings = "a",
		.now = 1800000000,
		.log = true};
	assert_non_null(mkdtemp(r->top));
	(void)snprintf(r->share, sizeof r->share, "%s/share", r->top);
	(void)snprintf(r->state, sizeof r->state, "%s/state", r->top);
	assert_int_equal(mkdir(r->share, 0755), 0);
	clock_of = r;
}

void
srig_open(struct storerig *r)
{
	const struct store_options o = {.dir = r->state,
		.log = r->log ? STORE_LOG_ON : STORE_LOG_KEEP,
		.say = srig_say,
		.user = r,
		.now = srig_clock};
	char error[512];

	r->said[0] = 0;
	if (store_open(&o, &r->s, error) < 0)
		fail_msg("%s", error);
}

void
srig_close(struct storerig *r)
{
	store_close(r->s);
	r->s = NULL;
}

void
srig_free(struct storerig *r)
{
	char command[128];

	srig_close(r);
	(void)snprintf(command, sizeof command, "rm -rf %s", r->top);
	assert_int_equal(system(command), 0);
}

const char *
srig_path(const struct storerig *r, const char *name)
{
	static char text[2][512];
	static unsigned turn;

	turn ^= 1;
	(void)snprintf(text[turn], sizeof text[turn], "%s/%s", r->share, name);
	return text[turn];
}

void
srig_write(const struct storerig *r, const char *name, const char *text)
{
	int fd = open(srig_path(r, name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(close(fd), 0);
}

void
srig_begin(struct storerig *r)
{
	const char *root = r->share;

	r->now += 60;
	assert_int_equal(store_scan_begin(r->s,
				 &(struct store_scan){.names = &r->name,
					 .roots = &root,
					 .n = 1,
					 .rules = r->rules,
					 .settings = r->settings,
					 .key_check = 7,
					 .log_severity = SEV_LOW,
					 .log_confidence = CONF_MEDIUM,
					 .log_known = r->log_known,
					 .confirm = r->confirm}),
		0);
	r->here = (struct walk_here){.fd = open(r->share, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
		.path = r->share,
		.path_n = strlen(r->share)};
	assert_true(r->here.fd >= 0);
}

void
srig_end(struct storerig *r, bool complete)
{
	store_left(r->s, &r->here);
	(void)close(r->here.fd);
	r->summary.complete = complete;
	store_scan_end(r->s, &r->summary);
}

enum walk_verdict
srig_known(struct storerig *r, const char *name)
{
	struct stat st;

	assert_int_equal(lstat(srig_path(r, name), &st), 0);
	return store_known(r->s, &r->here, &st);
}

static void
srig_record(struct storerig *r, const char *name, const char *inner, struct record *rec,
	const struct store_values *v)
{
	const struct span names[1] = {span_str(inner ? inner : "")};
	struct stat st;

	assert_int_equal(lstat(srig_path(r, name), &st), 0);
	rec->st = &st;
	rec->path = srig_path(r, name);
	if (inner)
		rec->inner = (struct inner){names, 1};
	rec->id = record_id(rec->path, &rec->inner,
		rec->type == RECORD_FINDING ? rec->rule->id : NULL, rec->reason);
	store_record(r->s, 0, rec, v);
}

void
srig_find(struct storerig *r, const char *name, const char *inner, unsigned rule, uint64_t first,
	size_t n)
{
	struct finding f = {.rule = (uint16_t)rule,
		.confidence = CONF_HIGH,
		.count = n,
		.unique = n,
		.n_at = 1,
		.at = {{.kind = PLACE_LINE, .line = 1, .col = 2}},
		.mime = "text/plain"};
	struct record rec = {.f = &f, .rule = &rules[rule]};
	uint64_t fp[64];

	assert_true(n <= 64);
	for (size_t i = 0; i < n; i++)
		fp[i] = first + i;
	rec.severity = finding_severity(rules[rule].ladder, n, REACH_UNKNOWN, 0);
	rec.score = finding_score(rec.severity, f.confidence, n);
	srig_record(r, name, inner, &rec, &(struct store_values){.fp = fp, .n = n, .all = true});
}

void
srig_gap(struct storerig *r, const char *name, const char *inner, enum gap_reason reason)
{
	struct record rec = {.type = RECORD_GAP, .reason = reason, .hides = true, .detail = "so"};

	srig_record(r, name, inner, &rec, NULL);
}

void
srig_done(struct storerig *r, const char *name, bool late, bool failed)
{
	const char *path = srig_path(r, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	store_file_done(r->s,
		&(struct store_file){.path = path,
			.st = &st,
			.fd = fd,
			.opened = st.st_ctim.tv_sec + (late ? 1 : 10),
			.failed = failed});
	(void)close(fd);
}

static void
scan_file(struct storerig *r, const char *name)
{
	const char *digits = strpbrk(name, "123456789");

	if (srig_known(r, name) != WALK_READ) {
		assert_int_equal(store_recall(r->s, 0, srig_path(r, name), NULL, NULL), 0);
		return;
	}
	if (digits)
		srig_find(r, name, NULL, RIG_SSN, 100, (size_t)strtoul(digits, NULL, 10));
	if (strstr(name, "gap"))
		srig_gap(r, name, NULL, GAP_ENCRYPTED);
	srig_done(r, name, false, false);
}

void
srig_scan(struct storerig *r, bool complete)
{
	struct dirent **list;
	int n = scandir(r->share, &list, NULL, alphasort);

	assert_true(n >= 0);
	srig_begin(r);
	for (int i = 0; i < n; i++) {
		if (list[i]->d_name[0] != '.')
			scan_file(r, list[i]->d_name);
		free(list[i]);
	}
	free(list);
	srig_end(r, complete);
}

static const char *
base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static char text[8192];

static const char *
what(const struct record *r)
{
	return r->type == RECORD_FINDING ? r->rule->id : gap_name(r->reason);
}

static int
note_record(void *user, const struct stored *x)
{
	size_t n = strlen(text);

	(void)user;
	(void)snprintf(text + n, sizeof text - n, "%s%s%.*s %s %s%s%s%s\n", base(x->rec.path),
		x->rec.inner.n ? "!" : "", x->rec.inner.n ? (int)x->rec.inner.names[0].n : 0,
		x->rec.inner.n ? (const char *)x->rec.inner.names[0].p : "", what(&x->rec),
		store_state_name(x->state), x->cause ? " " : "", store_cause_name(x->cause),
		x->held ? " held" : "");
	return 0;
}

const char *
srig_records(struct storerig *r)
{
	const struct store_filter all = {
		.type = -1, .states = (1u << STORE_STATES) - 1, .sort = STORE_BY_PATH};

	text[0] = 0;
	assert_int_equal(store_each(r->s, &all, note_record, NULL), 0);
	return text;
}

static void
note_line(const struct store_line *l)
{
	size_t n = strlen(text);

	if (l->record)
		(void)snprintf(text + n, sizeof text - n, "%s %s %s %s\n",
			store_event_name(l->event),
			l->event == STORE_GONE ? store_cause_name(l->cause)
					       : store_act_name(l->act),
			what(l->record), base(l->record->path));
	else
		(void)snprintf(text + n, sizeof text - n, "%s%s\n", store_event_name(l->event),
			l->event == STORE_ERROR ? " !" : "");
}

const char *
srig_lines(struct storerig *r, uint64_t after)
{
	struct store_line l;
	int e;

	text[0] = 0;
	while ((e = store_line_next(r->s, after, &l)) > 0) {
		assert_int_equal(l.seq, after + 1);
		note_line(&l);
		after = l.seq;
	}
	assert_int_equal(e, 0);
	return text;
}
