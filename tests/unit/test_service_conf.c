/* The daemon's configuration: what is taken, what is inherited, every mistake with its place. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>
#include <cmocka.h>

#include "conf_service.h"
#include "conf_suggest.h"

#include "base/poison.h"

static char error[512];
static char dir[] = "/tmp/leakaudit-sconf-XXXXXX";
static char path[128];

static void
put(const char *name, const char *text, size_t n)
{
	char full[160];
	FILE *f;

	(void)snprintf(full, sizeof(full), "%s/%s", dir, name);
	f = fopen(full, "we");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static void
drop(const char *name)
{
	char full[160];

	(void)snprintf(full, sizeof(full), "%s/%s", dir, name);
	assert_int_equal(unlink(full), 0);
}

static int
load(const char *text, struct service_conf *ret_c)
{
	put("c.yaml", text, strlen(text));
	error[0] = 0;
	return service_conf_load(path, false, ret_c, error);
}

static void
defaults(void **state)
{
	struct service_conf c;

	(void)state;
	assert_int_equal(load("", &c), 0);
	assert_int_equal(c.n_shares, 0);
	assert_int_equal(c.workers, 2);
	assert_int_equal(c.throttle.bytes_sec, 50 << 20);
	assert_true(c.throttle.io_percent > 0 && c.throttle.cpu_percent > 0);
	assert_int_equal(c.schedule.windows[0].from, 22 * 60);
	assert_int_equal(c.schedule.windows[0].to, 5 * 60);
	assert_int_equal(c.schedule.days, 0x7f);
	assert_int_equal(c.facility, LOG_AUTHPRIV);
	assert_int_equal(c.format, LOG_LOGFMT);
	assert_int_equal(c.owner, OWNER_NAME);
	assert_false(c.log_known);
	assert_int_equal(c.log_rate, 500);
	assert_true(c.log_mask_names);
	assert_null(c.log_to);
	assert_int_equal(c.resolved_days, 90);
	service_conf_free(&c);
}

static const char whole[] = "shares:\n"
			    "  - path: /srv//a/./b/\n"
			    "    name: hr$\n"
			    "    schedule: {days: 'sat,sun'}\n"
			    "    excludes: ['*.iso', '!keep.iso']\n"
			    "    limits: {max-file: 1G, max-depth: 7, one-file-system: true}\n"
			    "    rules: {only: [us-ssn, pay], without: [iban]}\n"
			    "  - {path: /data}\n"
			    "schedule: {hours: '20:00-06:30', days: mon-fri, every: 2w}\n"
			    "throttle: {bytes: 10M, files: 200, load: 1.5, io-pressure: off, "
			    "cpu-pressure: 30}\n"
			    "syslog: {facility: local5, format: json, rate: 900, mask-names: no, "
			    "to: /run/log//x}\n"
			    "retention: {resolved: 30d}\n"
			    "limits: {max-file: 3G, jobs: 4}\n"
			    "workers: 3\nlog_owner: uid\nlog_known: yes\n"
			    "rules: [site, /x.yaml]\n"
			    "excludes: [tmp/]\n"
			    "expect:\n  - {path: /data/hr, categories: [pay, us-ssn], reach: "
			    "group}\n";

static void
check_whole(const struct service_conf *c)
{
	const struct conf_share *hr = service_conf_share(c, "hr$");
	const struct conf_share *data = service_conf_share(c, "data");

	assert_int_equal(c->n_shares, 2);
	assert_non_null(hr);
	assert_non_null(data);
	assert_string_equal(hr->path, "/srv/a/b");
	assert_int_equal(hr->schedule.days, 0x41);
	assert_int_equal(hr->schedule.windows[0].from, 20 * 60);
	assert_int_equal(hr->schedule.every, 14);
	assert_int_equal(hr->excludes.n, 2);
	assert_int_equal(hr->max_file, 1 << 30);
	assert_int_equal(hr->max_depth, 7);
	assert_true(hr->one_file_system);
	assert_int_equal(hr->only.n, 2);
	assert_string_equal(hr->without.v[0], "iban");
	assert_int_equal(data->schedule.days, 0x3e);
	assert_int_equal(data->schedule.windows[0].to, 6 * 60 + 30);
	assert_int_equal(data->max_file, 3ull << 30);
	assert_int_equal(c->throttle.bytes_sec, 10 << 20);
	assert_int_equal(c->throttle.files_sec, 200);
	assert_int_equal(c->throttle.load_percent, 150);
	assert_int_equal(c->throttle.io_percent, 0);
	assert_int_equal(c->throttle.cpu_percent, 30);
	assert_int_equal(c->facility, LOG_LOCAL5);
	assert_int_equal(c->format, LOG_JSON);
	assert_int_equal(c->log_rate, 900);
	assert_false(c->log_mask_names);
	assert_string_equal(c->log_to, "/run/log/x");
	assert_int_equal(c->owner, OWNER_UID);
	assert_true(c->log_known);
	assert_int_equal(c->resolved_days, 30);
	assert_int_equal(c->workers, 3);
	assert_int_equal(c->jobs, 4);
	assert_int_equal(c->n_expect, 1);
	assert_string_equal(c->expect[0].path, "/data/hr");
	assert_int_equal(c->expect[0].categories.n, 2);
	assert_int_equal(c->expect[0].reach, REACH_GROUP);
}

static void
takes_all_keys(void **state)
{
	struct service_conf c;
	char where[256], wanted[256];

	(void)state;
	if (load(whole, &c) < 0)
		fail_msg("%s", error);
	check_whole(&c);
	(void)snprintf(wanted, sizeof(wanted), "%s/site", dir);
	assert_string_equal(c.rules.v[0], wanted);
	service_conf_where(&c, &c.shares[0].rules_at, where, sizeof(where));
	(void)snprintf(wanted, sizeof(wanted), "%s:7:12", path);
	assert_string_equal(where, wanted);
	service_conf_free(&c);
}

static void
shown_is_read_back(void **state)
{
	struct service_conf c;
	_Alignas(8) char text[8192];
	FILE *f = fmemopen(text, sizeof(text), "w");

	(void)state;
	assert_non_null(f);
	assert_int_equal(load(whole, &c), 0);
	service_conf_print(&c, f);
	assert_int_equal(fclose(f), 0);
	service_conf_free(&c);
	if (load(text, &c) < 0)
		fail_msg("%s\n%s", error, text);
	check_whole(&c);
	service_conf_free(&c);
}

static const struct {
	const char *text, *error;
} mistakes[] = {
	{"share: []\n", ":1:1: unknown key 'share': did you mean shares?"},
	{"xyzzyq: 1\n", ":1:1: unknown key 'xyzzyq': expected shares, schedule, throttle"},
	{"workers: 1\nworkers: 2\n", ":2:1: expected 'workers' once only"},
	{"shares: {}\n", ":1:9: shares: expected a list of shares"},
	{"shares: [a]\n", ":1:10: expected a share: a mapping of path"},
	{"shares:\n- {name: a}\n", ":2:3: share: expected a path"},
	{"shares:\n- {path: srv}\n", ":2:10: path: expected an absolute path"},
	{"shares:\n- {path: /a/../b}\n", ":2:10: path: expected an absolute path without '..'"},
	{"shares:\n- {path: \"/a\\x07\"}\n", ":2:10: path: expected an absolute path"},
	{"shares:\n- {path: \"/a\\0b\"}\n", ":2:10: path: expected an absolute path"},
	{"shares:\n- {path: [a]}\n", ":2:10: path: expected an absolute path"},
	{"shares:\n- {path: /a, nam: b}\n", ":2:14: share: unknown key 'nam': did you mean name?"},
	{"shares:\n- {path: /a, name: 'b c'}\n", ":2:20: name: expected at most 63 letters"},
	{"shares:\n- {path: '/a b'}\n", ":2:3: name: expected one for '/a b'"},
	{"shares:\n- path: /a\n- path: /b/a\n",
		":3:3: name: expected another than 'a', as /tmp/leakaudit-sconf-"},
	{"shares:\n- path: /a\n- path: /a/b\n", ":3:3: path: expected '/a/b' and '/a' (share 'a')"},
	{"shares:\n- path: /a/b\n- path: /a/\n", ":3:3: path: expected '/a' and '/a/b'"},
	{"shares:\n- path: /\n- path: /a\n", ":3:3: path: expected '/a' and '/' (share 'root')"},
	{"shares:\n- {path: /a, limits: {max-depth: 0}}\n", ":2:34: max-depth: expected a number"},
	{"shares:\n- {path: /a, limits: {one-file-system: 3}}\n",
		":2:40: one-file-system: expected true or false"},
	{"shares:\n- {path: /a, rules: [us-ssn]}\n",
		":2:21: expected a mapping of only or without"},
	{"shares:\n- {path: /a, rules: {only: us-ssn}}\n", ":2:28: only: expected a list of words"},
	{"shares:\n- {path: /a, rules: {only: [{}]}}\n", ":2:29: only: expected a word"},
	{"shares:\n- {path: /a, excludes: ['/']}\n", ":2:25: excludes: expected a pattern"},
	{"excludes: '*.iso'\n", ":1:11: excludes: expected a list of patterns"},
	{"schedule: daily\n", ":1:11: expected a mapping of hours, days and every"},
	{"schedule: {hours: 25:00-05:00}\n", ":1:19: hours: expected hours such as"},
	{"schedule: {days: someday}\n", ":1:18: days: expected days such as"},
	{"schedule: {every: 12h}\n", ":1:19: every: expected days or weeks"},
	{"schedule: {hour: always}\n", ":1:12: schedule: unknown key 'hour': did you mean hours?"},
	{"throttle: {bytes: fast}\n", ":1:19: bytes: expected bytes a second"},
	{"throttle: {files: 0}\n", ":1:19: files: expected files a second"},
	{"throttle: {io-pressure: 101}\n", ":1:25: io-pressure: expected a percentage"},
	{"throttle: {cpu-pressure: 5%}\n", ":1:26: cpu-pressure: expected a percentage"},
	{"throttle: {load: nan}\n", ":1:18: load: expected a load average"},
	{"throttle: 50M\n", ":1:11: expected a mapping of throttles"},
	{"syslog: {facility: kern}\n", ":1:20: facility: expected authpriv, auth"},
	{"syslog: {to: here}\n", ":1:14: to: expected auto, journal or the path of a socket"},
	{"syslog: {rate: 0}\n", ":1:16: rate: expected lines a second from 1 to 100000"},
	{"syslog: {format: xml}\n", ":1:18: format: expected logfmt or json"},
	{"retention: 90d\n", ":1:12: expected a mapping such as"},
	{"retention: {resolved: 90}\n", ":1:23: resolved: expected days such as 90d"},
	{"retention: {resolved: 0d}\n", ":1:23: resolved: expected days such as 90d"},
	{"log_owner: jdoe\n", ":1:12: log_owner: expected name, uid or none"},
	{"log_known: maybe\n", ":1:12: log_known: expected true or false"},
	{"workers: 0\n", ":1:10: workers: expected a number from 1 to 256"},
	{"expect: [{path: /a}]\n", ":1:10: expect: expected path, categories and reach"},
	{"expect: [{path: /a, categories: [pay], reach: all}]\n",
		":1:47: reach: expected owner, group, named or everyone"},
	{"limits: {depth: 2}\n", ":1:10: limits: unknown key 'depth': expected jobs or max-file"},
	{"shares: &a []\nexcludes: *a\n", ":2:11: expected a value, not an alias"},
	{"shares:\n\t- a\n", ":2:1: expected YAML"},
};

static void
mistakes_are_placed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		struct service_conf c;

		if (load(mistakes[i].text, &c) != -EINVAL)
			fail_msg("row %zu is taken", i);
		if (strncmp(error, path, strlen(path)) != 0 || !strstr(error, mistakes[i].error))
			fail_msg("row %zu: %s", i, error);
	}
}

static void
folder_beside_it(void **state)
{
	static const char first[] = "shares: [{path: /b}]\nworkers: 5\n", bad[] = "\n workers: x\n";
	struct service_conf c;
	char sub[160], wanted[200];

	(void)state;
	(void)snprintf(sub, sizeof(sub), "%s/conf.d", dir);
	assert_int_equal(mkdir(sub, 0700), 0);
	put("conf.d/10.yaml", first, strlen(first));
	put("conf.d/20.yaml", "workers: 7\n", 11);
	put("conf.d/30.yaml~", "nonsense\n", 9);
	assert_int_equal(load("shares: [{path: /a}]\nworkers: 1\n", &c), 0);
	assert_int_equal(c.workers, 7);
	assert_int_equal(c.n_shares, 2);
	assert_int_equal(c.files.n, 3);
	service_conf_free(&c);
	put("conf.d/20.yaml", bad, strlen(bad));
	assert_int_equal(load("workers: 1\n", &c), -EINVAL);
	(void)snprintf(wanted, sizeof(wanted), "%s/20.yaml:2:11: workers: expected", sub);
	assert_non_null(strstr(error, wanted));
	drop("conf.d/10.yaml");
	drop("conf.d/20.yaml");
	drop("conf.d/30.yaml~");
	assert_int_equal(rmdir(sub), 0);
}

static void
no_file(void **state)
{
	struct service_conf c;

	(void)state;
	assert_int_equal(service_conf_load("/nonexistent/c.yaml", false, &c, error), -ENOENT);
	assert_string_equal(error, "cannot read '/nonexistent/c.yaml': No such file or directory");
	assert_int_equal(service_conf_load("/nonexistent/c.yaml", true, &c, error), 0);
	assert_int_equal(c.n_shares, 0);
	service_conf_free(&c);
}

/* Broken anywhere, a file is refused or taken, and never read beyond its end. */
static void
cut_and_bent(void **state)
{
	char text[sizeof(whole)];
	unsigned seed = 7;

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		struct service_conf c;
		size_t n = sizeof(whole) - 1;

		memcpy(text, whole, sizeof(whole));
		for (unsigned k = 0; k < 1 + i % 4; k++) {
			seed = seed * 1103515245 + 12345;
			text[(seed >> 8) % n] = "\t\n :-[]{}'\"&*!|>%@`,#?/0az\x80"[seed >> 27 & 31
					? (seed >> 20) % 27
					: 0];
		}
		put("c.yaml", text, i % 3 ? n : (seed >> 9) % n);
		error[0] = 0;
		if (service_conf_load(path, false, &c, error) == 0)
			service_conf_free(&c);
		else
			assert_true(strncmp(error, path, strlen(path)) == 0 ||
				strncmp(error, "cannot", 6) == 0);
	}
}

static struct suggestions
suggested(const char *samba, const char *exports)
{
	struct suggestions s = {0};
	FILE *f = fmemopen((char *)(uintptr_t)samba, strlen(samba), "r");
	FILE *e = fmemopen((char *)(uintptr_t)exports, strlen(exports), "r");
	FILE *u = fmemopen((char *)(uintptr_t) "#VERSION 2\npath=/srv/user share\n", 32, "r");

	assert_int_equal(suggest_samba(&s, f), 0);
	assert_int_equal(suggest_exports(&s, e), 0);
	assert_int_equal(suggest_usershare(&s, "mine here", u), 0);
	(void)fclose(f);
	(void)fclose(e);
	(void)fclose(u);
	suggest_settle(&s);
	return s;
}

static void
suggests(void **state)
{
	static const char samba[] = "# Global\n[global]\n\tpath = /x\n[homes]\n\tpath = /home/%S\n"
				    "[Public Files]\n\tpath = /srv/pub/\n[sub]\n\tpath = "
				    "/srv/pub/sub\n"
				    "[printers]\n\tpath = /var/spool\n\tprintable = Yes\n"
				    "[all]\n\tpath = /home/staff\n[pub]\n\tPath=/srv/pub\n";
	static const char exports[] = "# comment\n/srv/nfs\\040x *(ro) \\\n  /not/this(rw)\n"
				      "\"/srv/two words\" 10.0.0.0/8(rw)\n/srv/pub *\n/ *(ro)\n"
				      "/b/pub *\n";
	struct suggestions s = suggested(samba, exports);
	struct service_conf c;
	char text[4096] = "";
	FILE *f = fmemopen(text, sizeof(text), "w");

	(void)state;
	suggest_print(&s, f);
	(void)fclose(f);
	suggest_free(&s);
	if (load(text, &c) < 0)
		fail_msg("%s\n%s", error, text);
	assert_int_equal(c.n_shares, 5);
	assert_string_equal(service_conf_share(&c, "Public_Files")->path, "/srv/pub");
	assert_string_equal(service_conf_share(&c, "nfs_x")->path, "/srv/nfs x");
	assert_string_equal(service_conf_share(&c, "two_words")->path, "/srv/two words");
	assert_string_equal(service_conf_share(&c, "pub")->path, "/b/pub");
	assert_string_equal(service_conf_share(&c, "mine_here")->path, "/srv/user share");
	assert_non_null(strstr(text, "# left out: /home/staff (samba): home folders"));
	assert_non_null(strstr(text, "# left out: /home/%S (samba): home folders"));
	assert_non_null(strstr(text, "# left out: /srv/pub/sub (samba): lies in another"));
	assert_non_null(strstr(text, "# left out: / (nfs)"));
	service_conf_free(&c);
}

static int
setup(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	(void)snprintf(path, sizeof(path), "%s/c.yaml", dir);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(takes_all_keys),
		cmocka_unit_test(shown_is_read_back),
		cmocka_unit_test(mistakes_are_placed),
		cmocka_unit_test(folder_beside_it),
		cmocka_unit_test(no_file),
		cmocka_unit_test(cut_and_bent),
		cmocka_unit_test(suggests),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
