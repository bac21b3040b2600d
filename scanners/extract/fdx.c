/*
 * A Final Draft script is paragraphs with a type. They go out as a script is printed: scene headings and
 * characters in capitals, an empty line in front of each, dialogue below its character.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "extract/extract.h"
#include "extract/feed.h"
#include "extract/lined.h"
#include "extract/markup.h"
#include "extract/webpage.h"
#include "limits.h"

#include "base/poison.h"

enum type { ACTION, SCENE, CHARACTER, DIALOGUE };

struct script {
	struct lined out;
	struct markup m;
	bool text; /* within <Text> */
	enum type type;
};

static struct span
att_value(const struct markup_tag *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++) {
		if (att_is(t->atts[i].name, name))
			return t->atts[i].value;
	}
	return (struct span){0};
}

static enum type
type_of(struct span s)
{
	if (att_is(s, "Scene Heading") || att_is(s, "Shot") || att_is(s, "Transition"))
		return SCENE;
	if (att_is(s, "Character"))
		return CHARACTER;
	return att_is(s, "Dialogue") || att_is(s, "Parenthetical") ? DIALOGUE : ACTION;
}

static int
paragraph_begin(struct script *x, const struct markup_tag *t)
{
	int r = lined_break(&x->out);

	x->type = type_of(att_value(t, "Type"));
	if (r == 0 && x->type != DIALOGUE && x->out.last)
		r = lined_str(&x->out, "\r");
	if (r == 0 && x->type == CHARACTER)
		r = lined_str(&x->out, "\t\t\t");
	return r == 0 && x->type == DIALOGUE ? lined_str(&x->out, "\t") : r;
}

/* What people wrote outside of paragraphs: names, notes, the cast. */
static int
put_atts(struct script *x, const struct markup_tag *t)
{
	static const char *const worth[] = {
		"Name", "Title", "Text", "Summary", "Description", "Author"};
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof worth / sizeof *worth; i++) {
		struct span v = att_value(t, worth[i]);

		if (!v.n)
			continue;
		r = lined_break(&x->out);
		if (r == 0)
			r = lined_add(&x->out, v);
		if (r == 0)
			r = lined_str(&x->out, "\r");
	}
	return r;
}

static int
on_tag(void *user, const struct markup_tag *t)
{
	struct script *x = user;
	int r = lined_newlines(&x->out, t->source);

	if (r < 0)
		return r;
	if (att_is(t->name, "Text")) {
		x->text = !t->end && !t->empty;
		return 0;
	}
	if (!att_is(t->name, "Paragraph"))
		return t->end ? 0 : put_atts(x, t);
	if (!t->end && !t->empty)
		return paragraph_begin(x, t);
	return lined_break(&x->out);
}

static int
put_capitals(struct script *x, struct span s)
{
	uint8_t up[256];
	int r = 0;

	while (r == 0 && s.n) {
		size_t n = s.n < sizeof up ? s.n : sizeof up;

		for (size_t i = 0; i < n; i++)
			up[i] = s.p[i] >= 'a' && s.p[i] <= 'z' ? s.p[i] - 32 : s.p[i];
		r = lined_put(&x->out, span_of(up, n));
		s = span_sub(s, n, s.n);
	}
	return r;
}

static int
on_text(void *user, struct span s)
{
	struct script *x = user;

	/* outside of <Text> only the look of the file */
	if (!x->text) {
		for (size_t i = 0; i < s.n; i++) {
			if (s.p[i] > ' ')
				return lined_put(&x->out, s);
		}
		return lined_newlines(&x->out, s);
	}
	return x->type == SCENE || x->type == CHARACTER ? put_capitals(x, s)
							: lined_put(&x->out, s);
}

static int
on_aside(void *user, struct span s)
{
	struct script *x = user;

	return s.n ? lined_put(&x->out, s) : lined_break(&x->out);
}

static void
script_free(struct script **x)
{
	if (!*x)
		return;
	markup_free(&(*x)->m);
	lined_free(&(*x)->out);
	free(*x);
}

static int
fdx_feed(void *user, struct span utf8)
{
	return markup_feed(&((struct script *)user)->m, utf8);
}

static int
fdx_run(struct item *it, struct sink *s)
{
	static const struct markup_ops ops = {.tag = on_tag, .text = on_text, .aside = on_aside};
	_cleanup_(script_free) struct script *x = calloc(1, sizeof *x);
	int r;

	if (!x)
		return -ENOMEM;
	lined_init(&x->out, s, PART_BODY);
	markup_init(&x->m, &ops, x, false);
	r = feed_text(it, s, charset_choose(it->charset, it->head), fdx_feed, x);
	if (r == 0)
		r = markup_end(&x->m);
	return r == 0 ? lined_close(&x->out) : r;
}

static int
fdx_bid(const struct item *it)
{
	struct span h = span_sub(it->head, 0, 1024);

	if (it->format != FORMAT_TEXT || strcmp(it->mime, "text/xml") != 0)
		return 0;
	return memmem(h.p, h.n, "<FinalDraft", 11) ? 60 : 0;
}

const struct extractor extract_fdx = {
	.name = "fdx",
	.formats = "Final Draft scripts (fdx)",
	.bid = fdx_bid,
	.run = fdx_run,
};
