/*
 * A frame ties the stages of one level together: the chunker and the table stage call back with
 * hits, classifiers with judgements, all into the level's tally. Frames are kept from item to item.
 */
#include "frame.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"

#include "base/poison.h"

/* --- names ----------------------------------------------------------------- */

struct inner
inner_of(const struct item *it, struct span names[LIMIT_DEPTH + 2])
{
	size_t n = it ? it->depth : 0;

	if (n > LIMIT_DEPTH + 1)
		n = LIMIT_DEPTH + 1;
	for (size_t i = n; i > 0 && it; i--, it = it->up)
		names[i - 1] = it->name;
	return (struct inner){names, n};
}

/* --- from the tally to the outside -------------------------------------------- */

static int
on_run(void *user, uint16_t rule, const uint64_t *fp, size_t n)
{
	struct frame *f = user;
	struct span names[LIMIT_DEPTH + 2];
	struct inner in = inner_of(f->it, names);

	return f->s->out->run(f->s->out->user, &in, rule, fp, n);
}

static int
on_finding(void *user, const struct finding *fi)
{
	struct frame *f = user;
	struct span names[LIMIT_DEPTH + 2];
	struct inner in = inner_of(f->it, names);

	return f->s->out->finding(f->s->out->user, &in, fi);
}

static struct tally_out
tally_out(struct frame *f)
{
	return (struct tally_out){.run = on_run, .finding = on_finding, .user = f};
}

/* --- hits ------------------------------------------------------------------------ */

static void
text_place(void *user, const struct hit *h, struct place *p)
{
	const struct frame *f = user;

	chunker_place(f->text, h, p);
}

static int
text_hit(void *user, const struct hit *h)
{
	struct frame *f = user;
	struct tally_out out = tally_out(f);

	return tally_hit(f->tally, h, text_place, f, &out);
}

struct row_at {
	const struct frame *f;
	uint64_t row;
};

static void
cell_place(void *user, const struct hit *h, struct place *p)
{
	const struct row_at *at = user;

	*p = (struct place){.kind = PLACE_CELL, .row = at->row};
	p->column = h->cell ? h->cell->col : 0;
	memcpy(p->name, at->f->table_name, sizeof p->name);
}

static int
cell_hit(void *user, const struct hit *h, uint64_t row)
{
	struct frame *f = user;
	struct row_at at = {f, row};
	struct tally_out out = tally_out(f);

	return tally_hit(f->tally, h, cell_place, &at, &out);
}

static int
on_judge(void *user, const struct judgement *j)
{
	return tally_judge(((struct frame *)user)->tally, j);
}

static void
on_value(void *user, const struct rule *r, struct span normal)
{
	struct frame *f = user;
	struct tally_out out = tally_out(f);
	int q = tally_value(f->tally, r, normal, &out);

	if (q != 0 && f->error == 0)
		f->error = q;
}

static void
text_seen(void *user, struct span text, size_t newlines)
{
	struct frame *f = user;

	if (f->s->documents && document_wants(&f->document))
		document_text(&f->document, text);
	for (size_t i = 0; i < f->s->n_judges; i++) {
		if (!f->judges[i].begun) {
			const struct classifier *c = f->judges[i].c;

			memset(f->judges[i].state, 0, c->zeroed ? c->zeroed : c->state_size);
			c->begin(f->judges[i].state, f->judges[i].r, f->it);
			f->judges[i].begun = true;
		}
		f->judges[i].c->text(f->judges[i].state, text, newlines);
	}
}

static const struct cell_map *
text_tables(void *user, struct span text, size_t newlines, size_t at)
{
	struct frame *f = user;
	const struct cell_map *map = NULL;
	int q = prose_idle(f->prose) ? 0 : prose_text(f->prose, text, newlines, at, &map);

	if (q != 0 && f->error == 0)
		f->error = q;
	return map;
}

int
frame_table(struct frame *f, const struct table_at *at)
{
	int r = chunker_flush(f->text);

	if (r != 0)
		return r;
	utf8_copy(f->table_name, sizeof f->table_name, span_str(at->name ? at->name : ""));
	return table_stage_begin(f->table, at);
}

/* --- frames --------------------------------------------------------------------------- */

static int
frame_make(struct scan *sc, struct frame *f)
{
	const struct table_out to = {.matcher = sc->matcher,
		.headwords = sc->headwords,
		.hit = cell_hit,
		.classify = {.judge = on_judge, .value = on_value, .user = f},
		.user = f};
	const struct chunker_out co = {.matcher = sc->matcher,
		.hit = text_hit,
		.tables = text_tables,
		.seen = text_seen,
		.user = f};
	size_t n = 0;
	int r;

	r = tally_new(&sc->rules, sc->opt.key, &f->tally);
	if (r == 0)
		r = chunker_new(&co, &f->text);
	if (r == 0)
		r = table_stage_new(&sc->rules, &to, &f->table);
	f->judged = to.classify;
	if (r == 0)
		r = prose_new(&sc->rules, sc->headwords, &f->judged, &f->prose);
	if (r < 0)
		return r;
	f->judges = calloc(sc->n_judges + 1, sizeof *f->judges);
	if (!f->judges)
		return -ENOMEM;
	for (uint16_t i = 0; i < sc->rules.n; i++) {
		const struct rule *rule = &sc->rules.rules[i];
		const struct classifier *c =
			rule->classifier ? classifier_find(rule->classifier) : NULL;

		if (!c)
			continue;
		f->judges[n].c = c;
		f->judges[n].r = rule;
		f->judges[n].state = calloc(1, c->state_size + 1);
		if (!f->judges[n++].state)
			return -ENOMEM;
	}
	f->s = sc;
	return 0;
}

void
frame_close(struct scan *sc, struct frame *f)
{
	tally_free(f->tally);
	chunker_free(f->text);
	if (f->table)
		table_stage_free(f->table);
	for (size_t i = 0; f->judges && i < sc->n_judges; i++)
		free(f->judges[i].state);
	free(f->judges);
	prose_free(f->prose);
	names_free(&f->names);
	document_free(&f->document);
	*f = (struct frame){0};
}

int
frame_open(struct scan *sc, struct frame *f)
{
	int r = f->s ? 0 : frame_make(sc, f);

	if (r < 0)
		frame_close(sc, f);
	return r;
}

/* Behind the last slash of either kind. */
static size_t
last_slash(struct span name)
{
	size_t i = name.n;

	while (i > 0 && name.p[i - 1] != '/' && name.p[i - 1] != '\\')
		i--;
	return i;
}

/* The item's own name and the name of the folder it lies in; a member's name may carry folders. */
static struct span
item_names(const struct frame *f, struct span *ret_folder)
{
	struct span rest = f->it->name, name = rest;
	size_t i = last_slash(rest);

	if (!f->it->depth) {
		*ret_folder = f->s->file->folder;
		return name;
	}
	name = span_sub(rest, i, rest.n);
	rest = span_sub(rest, 0, i ? i - 1 : 0);
	i = last_slash(rest);
	*ret_folder = span_sub(rest, i, rest.n);
	return name;
}

static bool
is_letter(uint8_t c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* Where a name has _, . or - as a blank: "scan_ssn-862-43-5549.pdf". */
static bool
is_blank(struct span name, size_t i)
{
	const uint8_t c = name.p[i];

	if (c == '_')
		return true;
	return (c == '.' || c == '-') &&
		((i && is_letter(name.p[i - 1])) || (i + 1 < name.n && is_letter(name.p[i + 1])));
}

/* Numbers of persons in the name itself. */
static int
name_values(struct frame *f, struct span name)
{
	const struct text_at at = {.part = PART_NAME};
	uint8_t plain[LIMIT_NAME];
	size_t digits = 0, n = name.n < sizeof plain ? name.n : sizeof plain;
	int r;

	for (size_t i = 0; i < n; i++)
		digits += name.p[i] >= '0' && name.p[i] <= '9';
	if (digits < LIMIT_NAME_DIGITS)
		return 0;
	for (size_t i = 0; i < n; i++)
		plain[i] = is_blank(name, i) ? ' ' : name.p[i];
	r = chunker_begin(f->text, &at);
	if (r == 0)
		r = chunker_put(f->text, span_of(plain, n));
	return r == 0 ? chunker_end(f->text) : r;
}

int
frame_name(struct frame *f)
{
	const struct scan *sc = f->s;
	struct span folder, name = item_names(f, &folder);

	name_words_take(sc->names, name, folder);
	for (uint16_t i = 0; i < sc->rules.n; i++) {
		const struct rule *r = &sc->rules.rules[i];
		const char *why = NULL;
		enum confidence c;

		if (!r->name)
			continue;
		c = name_words_say(sc->names, r, f->it->mime, &why);
		if (c != CONF_NONE)
			tally_name(f->tally, r, c, why);
	}
	return name_values(f, name);
}

static int
fact_judge(struct frame *f, const struct file_fact *fact, const struct rule *r)
{
	struct span folder, name = item_names(f, &folder);
	struct judgement j = {
		.rule = r, .count = fact->count ? fact->count : 1, .sealed = fact->sealed};
	bool named = false;

	for (size_t i = 0; i < r->n_files; i++) {
		bool says = false;
		enum confidence c = match_file(&r->files[i], fact, name, folder, &says);

		if (c > j.confidence) {
			j.confidence = c;
			named = says;
		}
	}
	if (j.confidence == CONF_NONE)
		return 0;
	j.evidence = (uint8_t)(EV_STRUCTURE | (named ? EV_NAME : 0));
	(void)snprintf(j.why[0], sizeof j.why[0], "%s", fact->words);
	if (named)
		(void)snprintf(j.why[1], sizeof j.why[1], "%s", "the name of the file or folder");
	return tally_judge(f->tally, &j);
}

int
frame_fact(struct frame *f, const struct file_fact *fact)
{
	int q = 0;

	for (uint16_t i = 0; i < f->s->rules.n && q == 0; i++)
		if (f->s->rules.rules[i].n_files)
			q = fact_judge(f, fact, &f->s->rules.rules[i]);
	return q;
}

void
frame_misses(struct frame *f)
{
	for (uint16_t i = 0; i < f->s->rules.n; i++) {
		const struct rule *r = &f->s->rules.rules[i];

		tally_misses(f->tally, r, matcher_misses(f->s->matcher, r));
	}
	f->undecided += matcher_undecided(f->s->matcher);
}

static int
judges_end(struct frame *f)
{
	int q = prose_end(f->prose);

	for (size_t i = 0; i < f->s->n_judges; i++) {
		if (f->judges[i].begun && q == 0)
			q = f->judges[i].c->end(f->judges[i].state, &f->judged);
		f->judges[i].begun = false;
	}
	if (q == 0)
		q = document_end(&f->document, f->s->documents, &f->judged);
	return q;
}

int
frame_form(struct frame *f, enum text_form form)
{
	int q = chunker_flush(f->text);

	if (q == 0 && form != FORM_FIRST)
		q = judges_end(f);
	frame_misses(f);
	tally_form(f->tally, form);
	return q;
}

int
frame_finish(struct frame *f, int r)
{
	struct scan *sc = f->s;
	struct tally_out out = tally_out(f);
	int q = chunker_flush(f->text);

	q = q != 0 ? q : judges_end(f);
	q = q != 0 ? q : f->error;
	frame_misses(f);
	if (f->undecided && q == 0)
		q = sc->sink.ops->gap(
			&sc->sink, GAP_TIMEOUT, true, "text too intricate for a rule", NULL);
	/* for want of memory some of it is lost, but not what was counted */
	if (q == 0 || q == -ENOMEM) {
		int e = tally_end(f->tally, f->it->mime, sc->opt.show_none, &out);

		q = e != 0 ? e : q;
	}
	tally_clear(f->tally);
	document_clear(&f->document);
	for (size_t i = 0; i < sc->n_judges; i++)
		f->judges[i].begun = false;
	prose_clear(f->prose);
	names_free(&f->names);
	f->undecided = 0;
	f->error = 0;
	return q != 0 ? q : r;
}
