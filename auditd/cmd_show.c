/*
 * `leakaudit show ID`: everything that the store has of one finding or gap. Names stand whole here:
 * whoever asks for one finding is about to look at the file.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "review.h"
#include "sink_common.h"
#include "sink_json_common.h"

#include "base/poison.h"

struct show {
	struct buf b;
	struct owners owners;
	bool jsonl;
	unsigned told;
};

static void
line(struct buf *b, const char *key, const char *value)
{
	while (value && *value) {
		size_t n = strcspn(value, "\n");

		buf_printf(b, "%-12s ", key);
		escape_put(b, span_of(value, n), ESCAPE_PLAIN);
		buf_putc(b, '\n');
		value += n + (value[n] == '\n');
		key = "";
	}
}

/* A name is one line whatever is in it. */
static void
line_name(struct buf *b, const char *key, struct span name)
{
	buf_printf(b, "%-12s ", key);
	escape_put(b, name, ESCAPE_PLAIN);
	buf_putc(b, '\n');
}

static void
line_number(struct buf *b, const char *key, uint64_t n)
{
	buf_printf(b, "%-12s ", key);
	put_number(b, n);
	buf_putc(b, '\n');
}

static void
line_time(struct buf *b, const char *key, int64_t t)
{
	char text[32];

	line(b, key, review_time(t, text));
}

static void
show_names(struct buf *b, const struct record *r)
{
	line_name(b, "file", span_str(r->path));
	for (size_t i = 0; i < r->inner.n; i++)
		line_name(b, i ? "  in it" : "in it", r->inner.names[i]);
}

static void
show_stat(struct show *w, const struct stat *st)
{
	char mode[16];

	if (!st)
		return;
	(void)snprintf(mode, sizeof mode, "%04o", st->st_mode & 07777u);
	line(&w->b, "owner", owner_name(&w->owners, st->st_uid));
	line(&w->b, "mode", mode);
	line_number(&w->b, "size", (uint64_t)st->st_size);
	line_time(&w->b, "modified", st->st_mtim.tv_sec);
}

static void
show_places(struct buf *b, const struct finding *f)
{
	for (unsigned i = 0; i < f->n_at; i++) {
		struct buf t = {0};

		place_text(&t, &f->at[i]);
		line(b, i ? "" : "at", buf_cstr(&t));
		buf_free(&t);
	}
}

static void
show_finding(struct show *w, const struct stored *x)
{
	const struct record *r = &x->rec;
	const struct finding *f = r->f;
	struct buf *b = &w->b;

	line(b, "finding", r->rule->title[0] ? r->rule->title : r->rule->id);
	line(b, "rule", r->rule->id);
	line(b, "category", r->rule->category);
	line(b, "severity", severity_name(r->severity));
	line(b, "confidence", confidence_name(f->confidence));
	line_number(b, "score", r->score);
	show_names(b, r);
	line(b, "type", f->mime);
	line_number(b, "found", f->count);
	line_number(b, "distinct", f->unique);
	for (unsigned i = 0; i < f->n_why; i++)
		line(b, i ? "" : "why", f->why[i]);
	show_places(b, f);
	for (unsigned i = 0; i < f->n_samples; i++)
		line(b, i ? "" : "sample", f->samples[i]);
	line(b, "via", via_name(f->via));
	line(b, "reach", reach_name(r->reach));
	show_stat(w, r->st);
	line(b, "about", r->rule->about);
	line(b, "to do", r->rule->advice);
	line(b, "see", r->rule->refs);
}

static void
show_gap(struct show *w, const struct stored *x)
{
	const struct record *r = &x->rec;

	line(&w->b, "gap", gap_name(r->reason));
	line(&w->b, "detail", r->detail);
	line(&w->b, "hides", r->hides ? "content stayed unread" : "nothing");
	show_names(&w->b, r);
	show_stat(w, r->st);
}

static void
show_memory(struct buf *b, const struct stored *x)
{
	char id[17];

	record_id_hex(x->rec.id, id);
	line(b, "id", id);
	line(b, "share", x->share);
	line(b, "state", store_state_name(x->state));
	line(b, "cause", store_cause_name(x->cause));
	if (x->held)
		line(b, "", "looks resolved, and waits for a confirmation");
	line_time(b, "first seen", x->first);
	line_time(b, "last seen", x->last);
	line_time(b, "since", x->since);
}

static int
show_one(void *user, const struct stored *x)
{
	static const struct sink_options whole = {0};
	struct show *w = user;

	if (w->jsonl) {
		json_record(&w->b, &x->rec, &whole, &w->owners);
		buf_putc(&w->b, '\n');
	} else {
		buf_puts(&w->b, w->told ? "\n" : "");
		if (x->rec.type == RECORD_FINDING)
			show_finding(w, x);
		else
			show_gap(w, x);
		show_memory(&w->b, x);
	}
	w->told++;
	return sink_put(stdout, &w->b);
}

static int
id_parse(const char *s, uint64_t *ret_id)
{
	if (strlen(s) != 16 || strspn(s, "0123456789abcdefABCDEF") != 16)
		return -EINVAL;
	*ret_id = strtoull(s, NULL, 16);
	return 0;
}

static int
show_run(int argc, char **argv)
{
	struct show w = {0};
	struct review_args a;
	char error[512];
	struct review r;
	int e = review_args(argc, argv, -1, &a);

	if (e)
		return e;
	if (a.help) {
		verb_help(&verb_show);
		return STATUS_CLEAN;
	}
	if (a.n_words != 1 || id_parse(a.words[0], &a.filter.id) < 0 || a.filter.id == 0 ||
		a.format == REVIEW_CSV)
		return cmd_error("show", "expected one ID of 16 hexadecimal digits");
	a.filter.states = (1u << STORE_STATES) - 1;
	w.jsonl = a.format == REVIEW_JSONL;
	if (review_source(&a, "show", &r, error) < 0)
		return cmd_error("show", "%s", error);
	e = r.each(r.source, &a.filter, show_one, &w);
	r.close(r.source);
	buf_free(&w.b);
	if (e == -EPIPE)
		return STATUS_CLEAN;
	if (e < 0)
		return cmd_error("show", "%s", review_why(&r, e));
	return w.told ? STATUS_CLEAN : cmd_error("show", "no finding or gap '%s'", a.words[0]);
}

static const char show_help[] =
	"  -f, --format FORMAT       table or jsonl (table)\n" REVIEW_WHERE "\nNames of files "
	"stand whole. Exit "
	"status: 0 shown, 2 "
	"there is no such "
	"finding or gap.\n";

const struct verb verb_show = {
	.name = "show",
	.args = "[OPTION]... ID",
	.summary = "Show one finding or gap in full",
	.help = show_help,
	.run = show_run,
};
