/*
 * One record a line, for people or for programs. Lines go out as they are read, so that a million
 * findings take no memory. Names in which a rule matched are masked here as in the log: a list is
 * passed on more easily than a scan.
 */
#include <errno.h>

#include "review.h"
#include "sink_common.h"
#include "sink_json_common.h"

#include "base/poison.h"

struct list {
	const struct review_args *a;
	struct review_result res;
	struct owners owners;
	struct buf b;
};

static void
put_where(struct buf *b, const struct record *r)
{
	struct buf raw = {0};

	record_joined(&raw, r, true);
	escape_put(b, buf_span(&raw), ESCAPE_PLAIN);
	b->failed |= raw.failed;
	buf_free(&raw);
}

static const char *
state_word(const struct stored *x)
{
	return x->state == STORE_RESOLVED ? store_cause_name(x->cause)
		: x->held		  ? "held"
					  : store_state_name(x->state);
}

static void
put_table(struct list *l, const struct stored *x)
{
	const struct record *r = &x->rec;
	char id[17], when[32];

	record_id_hex(r->id, id);
	if (r->type == RECORD_FINDING)
		buf_printf(&l->b, "%-8s  %-12s  %s  %s  %-18s  %9llu  ", severity_name(r->severity),
			state_word(x), review_time(x->since, when), id, r->rule->id,
			(unsigned long long)r->f->count);
	else
		buf_printf(&l->b, "%-14s  %-12s  %s  %s  ", gap_name(r->reason), state_word(x),
			review_time(x->since, when), id);
	put_where(&l->b, r);
	if (r->type == RECORD_GAP && r->detail && r->detail[0]) {
		buf_puts(&l->b, "  ");
		escape_put(&l->b, span_str(r->detail), ESCAPE_PLAIN);
	}
	buf_putc(&l->b, '\n');
}

static void
put_json_text(struct buf *b, const char *key, const char *value)
{
	buf_printf(b, ",\"%s\":\"", key);
	escape_put(b, span_str(value), ESCAPE_JSON);
	buf_putc(b, '"');
}

static void
put_json_time(struct buf *b, const char *key, int64_t t)
{
	buf_printf(b, ",\"%s\":\"", key);
	put_time(b, t);
	buf_putc(b, '"');
}

/* The object of a scan's output, and what the store knows beside it. */
static void
put_jsonl(struct list *l, const struct stored *x)
{
	static const struct sink_options masked = {.mask_names = true};

	json_record(&l->b, &x->rec, &masked, &l->owners);
	if (l->b.n)
		l->b.n--; /* its last brace */
	put_json_text(&l->b, "share", x->share);
	put_json_text(&l->b, "state", store_state_name(x->state));
	if (x->state == STORE_RESOLVED)
		put_json_text(&l->b, "cause", store_cause_name(x->cause));
	put_json_time(&l->b, "first_seen", x->first);
	put_json_time(&l->b, "last_seen", x->last);
	put_json_time(&l->b, "since", x->since);
	buf_puts(&l->b, x->held ? ",\"held\":true}\n" : "}\n");
}

static void
csv_text(struct buf *b, const char *text)
{
	csv_cell(b, span_str(text));
	buf_putc(b, ',');
}

static void
csv_time(struct buf *b, int64_t t)
{
	put_time(b, t);
	buf_putc(b, ',');
}

static void
csv_names(struct buf *b, const struct record *r)
{
	struct buf t = {0};

	record_path(&t, r, true);
	csv_cell(b, buf_span(&t));
	buf_putc(b, ',');
	buf_clear(&t);
	record_inner(&t, r, true);
	csv_cell(b, buf_span(&t));
	b->failed |= t.failed;
	buf_free(&t);
}

static void
put_csv(struct list *l, const struct stored *x)
{
	const struct record *r = &x->rec;
	struct buf *b = &l->b;
	char id[17];

	record_id_hex(r->id, id);
	csv_text(b, r->type == RECORD_FINDING ? "finding" : "gap");
	csv_text(b, id);
	csv_text(b, store_state_name(x->state));
	csv_text(b, store_cause_name(x->cause));
	csv_time(b, x->first);
	csv_time(b, x->last);
	csv_time(b, x->since);
	csv_text(b, x->share);
	if (r->type == RECORD_FINDING) {
		csv_text(b, r->rule->id);
		csv_text(b, r->rule->category);
		csv_text(b, severity_name(r->severity));
		csv_text(b, confidence_name(r->f->confidence));
		buf_printf(b, "%u,%llu,%llu,,", r->score, (unsigned long long)r->f->count,
			(unsigned long long)r->f->unique);
	} else {
		buf_puts(b, ",,,,,,,");
		csv_text(b, gap_name(r->reason));
	}
	csv_names(b, r);
	buf_putc(b, '\n');
}

static int
list_one(void *user, const struct stored *x)
{
	struct list *l = user;

	l->res.told++;
	l->res.hiding += x->rec.type == RECORD_GAP && x->rec.hides;
	switch (l->a->format) {
	case REVIEW_JSONL:
		put_jsonl(l, x);
		break;
	case REVIEW_CSV:
		put_csv(l, x);
		break;
	default:
		put_table(l, x);
	}
	return l->b.n > 32 * KIB ? sink_put(stdout, &l->b) : 0;
}

int
review_list(const struct review *r, const struct review_args *a, struct review_result *ret_res)
{
	struct list l = {.a = a};
	int e;

	if (a->format == REVIEW_CSV)
		buf_puts(&l.b,
			"type,id,state,cause,first_seen,last_seen,since,share,rule,category,"
			"severity,"
			"confidence,score,count,unique,reason,path,inner\n");
	e = r->each(r->source, &a->filter, list_one, &l);
	if (e == 0)
		e = sink_put(stdout, &l.b);
	buf_free(&l.b);
	*ret_res = l.res;
	return e;
}
