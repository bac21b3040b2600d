/*
 * One document: {"scan":…,"findings":[…],"gaps":[…],"summary":…}. Findings are written as they
 * come; gaps wait in a temporary file until the findings' array is closed.
 */
#include "sink_json_common.h"

#include <errno.h>

#include "base/poison.h"

struct json {
	struct sink_options o;
	struct owners owners;
	struct buf b;
	FILE *gaps;
	bool found, gap;
};

static int
json_begin(void *state, const struct sink_options *o, const struct scan_head *h)
{
	struct json *j = state;

	j->o = *o;
	buf_puts(&j->b, "{\"scan\":");
	json_scan(&j->b, h);
	buf_puts(&j->b, ",\n\"findings\":[");
	return sink_put(j->o.to, &j->b);
}

static int
json_on_record(void *state, const struct record *r)
{
	struct json *j = state;
	bool *some = r->type == RECORD_FINDING ? &j->found : &j->gap;

	if (r->type == RECORD_GAP && !j->gaps) {
		j->gaps = sink_temp();
		if (!j->gaps)
			return -errno;
	}
	buf_puts(&j->b, *some ? ",\n" : "\n");
	*some = true;
	json_record(&j->b, r, &j->o, &j->owners);
	if (r->type == RECORD_FINDING)
		return sink_put(j->o.to, &j->b);
	if (j->b.failed)
		return -ENOMEM;
	if (fwrite(j->b.p, 1, j->b.n, j->gaps) != j->b.n)
		return errno ? -errno : -EIO;
	buf_clear(&j->b);
	return 0;
}

static int
copy_gaps(struct json *j)
{
	uint8_t part[16384];
	size_t n;
	int r;

	if (!j->gaps)
		return 0;
	if (fflush(j->gaps) != 0)
		return -errno;
	rewind(j->gaps);
	while ((n = fread(part, 1, sizeof(part), j->gaps)) > 0) {
		buf_put(&j->b, part, n);
		r = sink_put(j->o.to, &j->b);
		if (r < 0)
			return r;
	}
	return ferror(j->gaps) ? -EIO : 0;
}

static int
json_end(void *state, const struct summary *s)
{
	struct json *j = state;
	int r;

	buf_puts(&j->b, "],\n\"gaps\":[");
	r = sink_put(j->o.to, &j->b);
	if (r == 0)
		r = copy_gaps(j);
	if (r < 0)
		return r;
	buf_puts(&j->b, "],\n\"summary\":");
	json_summary(&j->b, s);
	buf_puts(&j->b, "}\n");
	return sink_put(j->o.to, &j->b);
}

static void
json_free(void *state)
{
	struct json *j = state;

	if (j->gaps)
		(void)fclose(j->gaps);
	buf_free(&j->b);
}

extern const struct output output_json;
const struct output output_json = {
	.name = "json",
	.begin = json_begin,
	.record = json_on_record,
	.end = json_end,
	.free = json_free,
	.state_size = sizeof(struct json),
};
