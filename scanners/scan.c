/*
 * The line: ident -> extract -> match -> check -> tally -> emit, once for the file and once for
 * each item inside it. A frame is one level of nesting; frames and their buffers are made when a
 * level is first reached and kept, so the steady state allocates nothing.
 */
#include "scan.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "classify/headwords.h"
#include "frame.h"

#include "base/poison.h"

/* --- what an extractor gives -------------------------------------------------------- */

static struct scan *
of(struct sink *s)
{
	return (struct scan *)((char *)s - offsetof(struct scan, sink));
}

static int
on_text_begin(struct sink *s, const struct text_at *at)
{
	struct frame *f = of(s)->top;

	if (of(s)->documents)
		document_break(&f->document, at->lines);
	return chunker_begin(f->text, at);
}

static int
on_text(struct sink *s, struct span utf8)
{
	int r = budget_tick(s->budget);

	return r < 0 ? r : chunker_put(of(s)->top->text, utf8);
}

static int
on_text_end(struct sink *s)
{
	return chunker_end(of(s)->top->text);
}

static int
on_table_begin(struct sink *s, const struct table_at *at)
{
	return frame_table(of(s)->top, at);
}

static int
on_row(struct sink *s, uint64_t row, const struct cell *cells, size_t n)
{
	int r = budget_tick(s->budget);

	if (of(s)->documents && document_wants(&of(s)->top->document))
		document_row(&of(s)->top->document, cells, n);
	return r < 0 ? r : table_stage_row(of(s)->top->table, row, cells, n);
}

static int
on_table_end(struct sink *s)
{
	return table_stage_end(of(s)->top->table);
}

static int
give_gap(struct scan *sc, const struct item *it, enum gap_reason reason, bool hides,
	const char *detail, const struct span *member)
{
	struct span names[LIMIT_DEPTH + 2];
	struct inner in = inner_of(it, names);

	if (reason == GAP_BOMB || reason == GAP_TOO_MANY || reason == GAP_TIMEOUT)
		sc->top->budget_said = true;
	if (member && in.n < LIMIT_DEPTH + 2)
		names[in.n++] = *member;
	return sc->out->gap(sc->out->user, &in, reason, hides, detail);
}

static int
on_gap(struct sink *s, enum gap_reason reason, bool hides, const char *detail,
	const struct span *member)
{
	struct scan *sc = of(s);

	return give_gap(sc, sc->top->it, reason, hides, detail, member);
}

static int
on_fact(struct sink *s, const struct file_fact *fact)
{
	return frame_fact(of(s)->top, fact);
}

static int run_item(struct scan *sc, struct item *it);

static bool
is_skipped(const struct scan_file *f, uint32_t ordinal)
{
	for (size_t i = 0; i < f->n_skip; i++) {
		if (f->skip[i] == ordinal)
			return true;
	}
	return false;
}

/* Extractors give names as they stand; the second of a name gets #2. */
static int
number_child(struct scan *sc, struct item *child)
{
	_cleanup_(buf_free) struct buf b = {0};
	const char *name;

	buf_put(&b, child->name.p, child->name.n);
	names_number(&sc->top->names, &b);
	if (b.n == child->name.n)
		return b.failed ? -ENOMEM : 0;
	name = arena_strdup(&sc->arena, buf_span(&b));
	if (!name)
		return -ENOMEM;
	child->name = span_of(name, b.n);
	return 0;
}

static int
child_run(struct scan *sc, struct item *child)
{
	uint64_t saved;
	int r;

	frame_misses(sc->top);
	saved = budget_item_begin(&sc->budget, child->r->size);
	r = run_item(sc, child);
	budget_item_end(&sc->budget, saved);
	return r;
}

static int
on_form(struct sink *s, enum text_form f)
{
	return frame_form(of(s)->top, f);
}

static int
on_piece(struct sink *s, const char *name)
{
	struct scan *sc = of(s);
	const struct item *it = sc->top->it;
	struct span names[LIMIT_DEPTH + 2];
	struct inner in = inner_of(it, names);
	uint32_t ordinal = name ? ++sc->ordinals : it->ordinal;

	if (name && is_skipped(sc->file, ordinal))
		return 1;
	if (name && in.n < LIMIT_DEPTH + 2)
		names[in.n++] = span_str(name);
	if (sc->out->enter)
		sc->out->enter(sc->out->user, &in, ordinal);
	return budget_tick(s->budget);
}

static int
on_child(struct sink *s, struct item *child)
{
	struct scan *sc = of(s);
	struct arena_mark mark = arena_mark(&sc->arena);
	int r = budget_item(s->budget);

	if (r == 0)
		r = number_child(sc, child);
	if (r < 0)
		return r;
	child->up = sc->top->it;
	child->depth = sc->top->it->depth + 1;
	child->ordinal = ++sc->ordinals;
	if (is_skipped(sc->file, child->ordinal))
		return 0;
	if (child->depth > LIMIT_DEPTH)
		return give_gap(
			sc, child, GAP_TOO_DEEP, true, "containers within containers", NULL);
	r = child_run(sc, child);
	arena_release(&sc->arena, mark);
	/* its own time was up, or it alone was too much for memory: the next one has its chance */
	return r == -ETIME || r == -ENOMEM ? 0 : r;
}

/* A picture is an item of its own, as one that lies in a folder is. */
static int
on_image(struct sink *s, struct reader *r, const char *mime, uint32_t page)
{
	char name[32] = "picture";
	struct item child = {.r = r};

	(void)mime; /* its bytes decide */
	if (page)
		(void)snprintf(name, sizeof name, "picture of page %u", page);
	child.name = span_str(name);
	return on_child(s, &child);
}

static const struct sink_ops scan_sink_ops = {
	.text_begin = on_text_begin,
	.text = on_text,
	.text_end = on_text_end,
	.table_begin = on_table_begin,
	.row = on_row,
	.table_end = on_table_end,
	.image = on_image,
	.piece = on_piece,
	.form = on_form,
	.child = on_child,
	.fact = on_fact,
	.gap = on_gap,
};

/* --- one item --------------------------------------------------------------------------- */

/* What stopped the item short becomes a gap, unless the extractor has said it already. */
static int
say_stop(struct scan *sc, const struct frame *f, int r)
{
	const struct item *it = f->it;

	if (f->budget_said)
		return 0;
	switch (r) {
	case -EFBIG:
		return give_gap(sc, it, GAP_BOMB, true, "unpacks to more than the limit", NULL);
	case -E2BIG:
		return give_gap(
			sc, it, GAP_TOO_MANY, true, "more inner items than the limit", NULL);
	case -ETIME:
		return give_gap(
			sc, it, GAP_TIMEOUT, true, "more processor time than the limit", NULL);
	case -ENOMEM:
		return give_gap(sc, it, GAP_MEMORY, true, "more memory than the limit", NULL);
	default:
		return 0;
	}
}

static int
run_item(struct scan *sc, struct item *it)
{
	struct frame *was = sc->top, *f = &sc->frames[it->depth];
	struct arena_mark mark = arena_mark(&sc->arena);
	int r = frame_open(sc, f), q;

	if (r < 0) {
		q = give_gap(sc, it, GAP_MEMORY, true, "more memory than the limit", NULL);
		return q != 0 ? q : r;
	}
	f->it = it;
	f->budget_said = false;
	sc->top = f;
	sc->items++;
	if (it->ordinal && sc->out->enter) {
		struct span names[LIMIT_DEPTH + 2];
		struct inner in = inner_of(it, names);

		sc->out->enter(sc->out->user, &in, it->ordinal);
	}
	r = ident_item(it);
	if (r == 0) {
		r = frame_name(f);
		if (r == 0)
			r = extract_item(it, &sc->sink);
	} else if (r != -EFBIG && r != -E2BIG && r != -ETIME && r != -ENOMEM) {
		r = give_gap(sc, it, GAP_IO_ERROR, true, "could not be read", NULL);
	}
	if (r < 0) {
		/* a table that was cut short still counts */
		(void)table_stage_end(f->table);
		q = say_stop(sc, f, r);
		r = q != 0 ? q : r;
	}
	q = frame_finish(f, r);
	if (q == -ENOMEM && r != -ENOMEM)
		(void)say_stop(sc, f, q);
	r = q;
	/* what was said at this depth need not be said again above */
	if (was && f->budget_said && (r == -EFBIG || r == -E2BIG))
		was->budget_said = true;
	sc->top = was;
	if (was && sc->out->enter && it->ordinal) {
		struct span names[LIMIT_DEPTH + 2];
		struct inner in = inner_of(was->it, names);

		sc->out->enter(sc->out->user, &in, was->it->ordinal);
	}
	if (it->depth == 0)
		(void)snprintf(sc->mime, sizeof sc->mime, "%s",
			it->mime ? it->mime : "application/octet-stream");
	arena_release(&sc->arena, mark);
	return r;
}

int
scan_reader(struct scan *s, struct reader *r, const struct scan_file *f, const struct scan_out *out,
	struct scan_stats *ret_stats)
{
	struct item it = {.name = f->name, .r = r};
	uint64_t allowed;
	int q;

	s->file = f;
	s->out = out;
	s->ordinals = 0;
	s->items = 0;
	s->top = NULL;
	budget_start(&s->budget, f->size, f->progress);
	allowed = s->budget.bytes;
	q = run_item(s, &it);
	if (ret_stats) {
		*ret_stats = (struct scan_stats){
			.items = s->items, .bytes = f->size + (allowed - s->budget.bytes)};
		memcpy(ret_stats->mime, s->mime, sizeof ret_stats->mime);
	}
	arena_reset(&s->arena);
	return q == -EFBIG || q == -E2BIG || q == -ETIME || q == -ENOMEM ? 0 : q;
}

/* Somebody wrote to the file while it was read: what was cut off is lost, what was added may be. */
static int
say_changed(const struct scan_file *f, const struct reader *r, const struct scan_out *out)
{
	const struct inner whole = {NULL, 0};
	off_t end = r->at_once ? (off_t)f->size : lseek(f->fd, 0, SEEK_END);

	if (r->cut || (end >= 0 && (uint64_t)end < f->size))
		return out->gap(out->user, &whole, GAP_CHANGED, true, "became shorter meanwhile");
	if (end > 0 && (uint64_t)end > f->size)
		return out->gap(out->user, &whole, GAP_CHANGED, false, "became longer meanwhile");
	return 0;
}

int
scan_fd(struct scan *s, const struct scan_file *f, const struct scan_out *out,
	struct scan_stats *ret_stats)
{
	struct reader r;
	int q;

	reader_fd(&r, f->fd, f->size);
	q = scan_reader(s, &r, f, out, ret_stats);
	if (q == 0)
		q = say_changed(f, &r, out);
	reader_end(&r);
	return q;
}

/* --- the world ------------------------------------------------------------------------------ */

int
scan_new(struct ruleset *rs, const struct scan_options *opt, struct scan **ret_s,
	struct rules_error *ret_error)
{
	struct scan *s = calloc(1, sizeof *s);
	int r;

	if (!s)
		return -ENOMEM;
	s->rules = *rs;
	*rs = (struct ruleset){0};
	s->opt = *opt;
	s->sink = (struct sink){.ops = &scan_sink_ops, .budget = &s->budget, .arena = &s->arena};
	for (uint16_t i = 0; i < s->rules.n; i++) {
		const struct rule *rule = &s->rules.rules[i];

		if (!rule->classifier)
			continue;
		if (!classifier_find(rule->classifier)) {
			(void)snprintf(ret_error->file, sizeof ret_error->file, "%s", rule->file);
			ret_error->line = rule->line;
			ret_error->column = 0;
			(void)snprintf(ret_error->message, sizeof ret_error->message,
				"rule '%s': unknown classifier '%s'", rule->id, rule->classifier);
			scan_free(s);
			return -EINVAL;
		}
		s->n_judges++;
	}
	r = sodium_init() < 0 ? -ENOSYS : 0;
	if (r == 0)
		r = matcher_new(&s->rules, &s->matcher, ret_error);
	if (r == 0)
		r = document_set_new(&s->rules, &s->documents, ret_error);
	if (r == 0)
		r = headwords_new(&s->rules, &s->headwords);
	if (r == 0)
		r = name_words_new(&s->rules, &s->names);
	if (r == 0)
		r = ident_open();
	if (r == 0)
		r = extract_open();
	if (r == 0)
		r = frame_open(s, &s->frames[0]);
	if (r < 0) {
		scan_free(s);
		return r;
	}
	*ret_s = s;
	return 0;
}

const struct ruleset *
scan_rules(const struct scan *s)
{
	return &s->rules;
}

void
scan_free(struct scan *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < LIMIT_DEPTH + 2; i++)
		frame_close(s, &s->frames[i]);
	if (s->matcher)
		matcher_free(s->matcher);
	document_set_free(s->documents);
	lexicon_free(s->headwords);
	name_words_free(s->names);
	extract_close();
	ident_close();
	arena_free(&s->arena);
	rules_free(&s->rules);
	sodium_memzero(&s->opt, sizeof s->opt);
	free(s);
}
