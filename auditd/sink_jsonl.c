/* One object a line: made whole in memory, so that an interrupted scan ends between lines. */
#include "sink_json_common.h"

#include "base/poison.h"

struct jsonl {
	struct sink_options o;
	struct owners owners;
	struct buf b;
};

static int
line_end(struct jsonl *j)
{
	buf_putc(&j->b, '\n');
	return sink_put(j->o.to, &j->b);
}

static int
jsonl_begin(void *state, const struct sink_options *o, const struct scan_head *h)
{
	struct jsonl *j = state;

	j->o = *o;
	json_scan(&j->b, h);
	return line_end(j);
}

static int
jsonl_record(void *state, const struct record *r)
{
	struct jsonl *j = state;

	json_record(&j->b, r, &j->o, &j->owners);
	return line_end(j);
}

static int
jsonl_end(void *state, const struct summary *s)
{
	struct jsonl *j = state;

	json_summary(&j->b, s);
	return line_end(j);
}

static void
jsonl_free(void *state)
{
	struct jsonl *j = state;

	buf_free(&j->b);
}

extern const struct output output_jsonl;
const struct output output_jsonl = {
	.name = "jsonl",
	.begin = jsonl_begin,
	.record = jsonl_record,
	.end = jsonl_end,
	.free = jsonl_free,
	.state_size = sizeof(struct jsonl),
};
