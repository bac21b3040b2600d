/* `config show`: every value that counts, defaults among them, in a form that can be read back. */
#include <inttypes.h>

#include "conf_service.h"
#include "escape.h"

#include "base/poison.h"

void
yaml_quote(struct buf *b, const char *s)
{
	buf_putc(b, '"');
	escape_put(b, span_str(s), ESCAPE_JSON);
	buf_putc(b, '"');
}

static void
put_word(FILE *to, const char *s)
{
	struct buf b = {0};

	yaml_quote(&b, s);
	(void)fputs(buf_cstr(&b), to);
	buf_free(&b);
}

static void
put_words(FILE *to, const char *indent, const char *key, const struct strv *words)
{
	if (words->n == 0)
		return;
	(void)fprintf(to, "%s%s:\n", indent, key);
	for (size_t i = 0; i < words->n; i++) {
		(void)fprintf(to, "%s  - ", indent);
		put_word(to, words->v[i]);
		(void)fputc('\n', to);
	}
}

static void
put_schedule(FILE *to, const char *indent, const struct schedule *s)
{
	char hours[SCHEDULE_TEXT], days[SCHEDULE_TEXT];

	schedule_text(s, hours, days);
	(void)fprintf(to, "%sschedule: {hours: \"%s\", days: \"%s\", every: %ud}\n", indent, hours,
		days, s->every);
}

static void
put_share(FILE *to, const struct conf_share *s)
{
	(void)fputs("  - path: ", to);
	put_word(to, s->path);
	(void)fprintf(to, "\n    name: \"%s\"\n", s->name);
	put_schedule(to, "    ", &s->schedule);
	put_words(to, "    ", "excludes", &s->excludes);
	(void)fprintf(to, "    limits:\n      one-file-system: %s\n",
		s->one_file_system ? "true" : "false");
	if (s->max_file)
		(void)fprintf(to, "      max-file: %" PRIu64 "\n", s->max_file);
	if (s->max_depth)
		(void)fprintf(to, "      max-depth: %u\n", s->max_depth);
	if (s->only.n + s->without.n == 0)
		return;
	(void)fputs("    rules:\n", to);
	put_words(to, "      ", "only", &s->only);
	put_words(to, "      ", "without", &s->without);
}

static void
put_number(FILE *to, const char *key, uint64_t n)
{
	if (n)
		(void)fprintf(to, "  %s: %" PRIu64 "\n", key, n);
	else
		(void)fprintf(to, "  %s: off\n", key);
}

static void
put_throttle(FILE *to, const struct throttle_limits *l)
{
	(void)fputs("throttle:\n", to);
	put_number(to, "bytes", l->bytes_sec);
	put_number(to, "files", l->files_sec);
	put_number(to, "io-pressure", l->io_percent);
	put_number(to, "cpu-pressure", l->cpu_percent);
	if (l->load_percent)
		(void)fprintf(
			to, "  load: %u.%02u\n", l->load_percent / 100, l->load_percent % 100);
	else
		(void)fputs("  load: off\n", to);
}

static void
put_expect(FILE *to, const struct conf_expect *e)
{
	(void)fputs("  - path: ", to);
	put_word(to, e->path);
	(void)fputc('\n', to);
	put_words(to, "    ", "categories", &e->categories);
	(void)fprintf(to, "    reach: %s\n", reach_name(e->reach));
}

void
service_conf_print(const struct service_conf *c, FILE *to)
{
	static const char *const owners[] = {"name", "uid", "none"};

	(void)fputs(c->n_shares ? "shares:\n" : "shares: []\n", to);
	for (size_t i = 0; i < c->n_shares; i++)
		put_share(to, &c->shares[i]);
	put_schedule(to, "", &c->schedule);
	put_throttle(to, &c->throttle);
	(void)fprintf(to, "workers: %u\n", c->workers);
	(void)fprintf(to,
		"syslog:\n  facility: %s\n  format: %s\n  rate: %u\n  mask-names: %s\n  to: ",
		facility_name(c->facility), c->format == LOG_JSON ? "json" : "logfmt", c->log_rate,
		c->log_mask_names ? "true" : "false");
	put_word(to, c->log_to ? c->log_to : "auto");
	(void)fputc('\n', to);
	(void)fprintf(to, "log_owner: %s\nlog_known: %s\n", owners[c->owner],
		c->log_known ? "true" : "false");
	(void)fprintf(to, "retention: {resolved: %ud}\n", c->resolved_days);
	put_words(to, "", "rules", &c->rules);
	put_words(to, "", "excludes", &c->excludes);
	if (c->jobs || c->max_file)
		(void)fputs("limits:\n", to);
	if (c->jobs)
		(void)fprintf(to, "  jobs: %u\n", c->jobs);
	if (c->max_file)
		(void)fprintf(to, "  max-file: %" PRIu64 "\n", c->max_file);
	if (c->n_expect)
		(void)fputs("expect:\n", to);
	for (size_t i = 0; i < c->n_expect; i++)
		put_expect(to, &c->expect[i]);
}
