/*
 * From the anchor on, the sets of places where the regex may be are states; they are made when text
 * first leads to them and remembered, so that a step is one look into a table. Forward until a
 * match may have ended, backward until one may have begun: what comes to neither within the window is
 * turned away. What would need more than STATES passes. An anchor may be
 * taken by several parts of the regex (by a word for password, by any value): each is a way of its
 * own, and both directions must pass on the same one.
 *
 * Windows overlap where anchors stand close together, and two walks that are in one state at one place
 * go on alike. The states of the last long walk are kept with their places: a walk that joins it knows
 * at once how that one ended, so that dense anchors cost what lies between them and not a window each.
 */
#include "match/guard.h"
#include "match/guard_regex.h"
#include <stdlib.h>

#include "base/poison.h"

#define STATES 250u
#define WAYS   6u /* of one anchor; further ones are joined to the last */
#define SHORT  24u /* bytes of a walk that are not worth keeping */
#define RING   4096u /* places of a walk that are kept: more than a window has; a power of two */

/* What a step leads to; others are states. */
enum { STEP_UNKNOWN, STEP_DEAD, STEP_PASS, STEP_FIRST };

/* One way in which a regex may take an anchor: the states on both sides of it. */
struct way {
	uint8_t forward, backward;
};

/*
 * The last long walk of one direction: its state at each place from `near`, where it began, to `far`,
 * before the byte beyond that place was read. It passed at `far`, or died there, or went on from there.
 */
struct trace {
	size_t near, far;
	bool valid;
	uint8_t state[RING];
};

struct ways {
	size_t n;
	struct way v[WAYS];
};

struct guard {
	uint8_t class_of[256]; /* bytes that no place tells apart */
	uint8_t byte_of[256]; /* one byte of each class */
	size_t n_classes, n_states, n_anchors;
	struct bits state[STATES]; /* from STEP_FIRST on */
	bool backward[STATES];
	uint8_t *step; /* [state * n_classes + class] */
	struct ways *ways; /* of each anchor */
	struct trace *traces[WAYS][2]; /* by way and direction; NULL: no walk was long yet */
	struct places places;
};

/* Bytes are of one class when the same places take them. */
static void
classes_find(struct guard *g)
{
	const struct places *p = &g->places;
	struct bits seen[256]; /* the places that take the bytes of each class */

	for (unsigned c = 0; c < 256; c++) {
		struct bits takes = {{0}};
		size_t k = 0;

		for (size_t i = 0; i < p->n; i++)
			if (bits_has(&p->bytes[i], c))
				bits_set(&takes, i);
		while (k < g->n_classes && memcmp(&seen[k], &takes, sizeof takes) != 0)
			k++;
		if (k == g->n_classes) {
			seen[k] = takes;
			g->byte_of[k] = (uint8_t)c;
			g->n_classes++;
		}
		g->class_of[c] = (uint8_t)k;
	}
}

/* The places beside those of `from` that take one of two bytes. */
static struct bits
neighbours(const struct places *p, const struct bits *from, bool backward, uint8_t a, uint8_t b)
{
	struct bits near = {{0}}, r = {{0}};

	for (size_t i = bits_next(from, 0); i < GUARD_PLACES; i = bits_next(from, i + 1))
		bits_add(&near, backward ? &p->before[i] : &p->after[i]);
	for (size_t i = bits_next(&near, 0); i < GUARD_PLACES; i = bits_next(&near, i + 1))
		if (bits_has(&p->bytes[i], a) || bits_has(&p->bytes[i], b))
			bits_set(&r, i);
	return r;
}

/* The number of a state, made if it is new. */
static uint8_t
state_of(struct guard *g, const struct bits *s, bool backward)
{
	static const struct bits none = {{0}};
	size_t i = STEP_FIRST;

	if (memcmp(s, &none, sizeof none) == 0)
		return STEP_DEAD;
	if (bits_meet(s, backward ? &g->places.first : &g->places.last))
		return STEP_PASS;
	while (i < g->n_states &&
		(g->backward[i] != backward || memcmp(&g->state[i], s, sizeof *s) != 0))
		i++;
	if (i == STATES)
		return STEP_PASS;
	if (i == g->n_states) {
		g->state[i] = *s;
		g->backward[i] = backward;
		g->n_states++;
	}
	return (uint8_t)i;
}

static uint8_t
upper_of(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? (uint8_t)(c - 32) : c;
}

static uint8_t
lower_of(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

/* Where the regex may be at the anchor's last byte when it takes the first one at place i. */
static struct bits
path_of(const struct guard *g, size_t i, const char *anchor)
{
	struct bits s = {{0}};

	if (bits_has(&g->places.bytes[i], lower_of((uint8_t)*anchor)) ||
		bits_has(&g->places.bytes[i], upper_of((uint8_t)*anchor)))
		bits_set(&s, i);
	while (*++anchor)
		s = neighbours(&g->places, &s, false, lower_of((uint8_t)*anchor),
			upper_of((uint8_t)*anchor));
	return s;
}

static void
ways_find(struct guard *g, const char *anchor, struct ways *ret)
{
	static const struct bits none = {{0}};
	struct bits ahead[WAYS], back[WAYS];
	size_t n = 0;

	for (size_t i = 0; i < g->places.n; i++) {
		struct bits s = path_of(g, i, anchor);
		size_t k = 0;

		if (memcmp(&s, &none, sizeof s) == 0)
			continue;
		while (k < n && memcmp(&ahead[k], &s, sizeof s) != 0)
			k++;
		if (k == WAYS)
			k--;
		if (k == n) {
			ahead[n] = back[n] = none;
			n++;
		}
		bits_add(&ahead[k], &s);
		bits_set(&back[k], i);
	}
	for (size_t k = 0; k < n; k++)
		ret->v[k] =
			(struct way){state_of(g, &ahead[k], false), state_of(g, &back[k], true)};
	ret->n = n;
}

struct guard *
guard_new(const char *regex, const char *const *anchors, size_t n_anchors)
{
	struct guard *g = calloc(1, sizeof *g);

	if (!g)
		return NULL;
	g->n_states = STEP_FIRST;
	if (places_of(regex, &g->places)) {
		classes_find(g);
		g->step = calloc(STATES * g->n_classes, sizeof *g->step);
		g->ways = calloc(n_anchors + 1, sizeof *g->ways);
	}
	if (!g->step || !g->ways) {
		guard_free(g);
		return NULL;
	}
	for (size_t i = 0; i < n_anchors; i++)
		ways_find(g, anchors[i], &g->ways[i]);
	g->n_anchors = n_anchors;
	return g;
}

static __attribute__((noinline)) uint8_t
step_make(struct guard *g, uint8_t state, size_t class)
{
	uint8_t c = g->byte_of[class];
	bool backward = g->backward[state];
	struct bits s = neighbours(&g->places, &g->state[state], backward, c, c);

	return g->step[state * g->n_classes + class] = state_of(g, &s, backward);
}

static inline uint8_t
step(struct guard *g, uint8_t state, uint8_t byte)
{
	size_t class = g->class_of[byte];
	uint8_t next = g->step[state * g->n_classes + class];

	return next == STEP_UNKNOWN ? step_make(g, state, class) : next;
}

/* NULL: no memory, which costs speed only. */
static struct trace *
trace_of(struct guard *g, size_t way, bool backward)
{
	struct trace **t = &g->traces[way][backward];

	if (!*t)
		*t = calloc(1, sizeof **t);
	return *t;
}

static uint8_t *
traced(struct trace *t, size_t at)
{
	return &t->state[at & (RING - 1)];
}

/* A window of text; where the walk at hand is and in which state. */
struct walk {
	struct span text;
	size_t lo, hi, at;
	uint8_t state;
};

static bool
forward_on(struct guard *g, struct walk *w, size_t until)
{
	while (w->state >= STEP_FIRST && w->at < until)
		w->state = step(g, w->state, w->text.p[w->at++]);
	return w->state >= STEP_FIRST;
}

/* Goes on to the window's end, keeping the way and joining the one that is kept. */
static void
forward_traced(struct guard *g, struct walk *w, struct trace *t)
{
	size_t from = w->at;
	bool joined = false;

	if (t->far > from && t->far - from > RING - 1)
		t->valid = false;
	while (w->state >= STEP_FIRST && w->at < w->hi) {
		if (!joined && t->valid && w->at >= t->near && w->at < t->far &&
			*traced(t, w->at) == w->state) {
			joined = true;
			w->at = t->far;
			w->state = *traced(t, w->at);
			continue;
		}
		*traced(t, w->at) = w->state;
		w->state = step(g, w->state, w->text.p[w->at++]);
	}
	if (!joined || w->at > t->far) {
		*traced(t, w->at) = w->state;
		t->far = w->at;
	}
	t->near = from;
	t->valid = true;
}

static bool
forward_may(struct guard *g, size_t way, uint8_t state, struct span text, size_t from, size_t hi)
{
	struct walk w = {text, 0, hi, from, state};
	struct trace *t;

	if (forward_on(g, &w, hi - from > SHORT ? from + SHORT : hi) && w.at < hi) {
		t = trace_of(g, way, false);
		if (t)
			forward_traced(g, &w, t);
		else
			(void)forward_on(g, &w, hi);
	}
	/* a walk that was joined has gone on beyond the end, and was not turned away before it */
	if (g->places.at_end && (w.at > hi || (w.at == hi && w.state >= STEP_FIRST)))
		return true;
	return w.state == STEP_PASS && w.at <= hi;
}

static bool
backward_on(struct guard *g, struct walk *w, size_t until)
{
	while (w->state >= STEP_FIRST && w->at > until)
		w->state = step(g, w->state, w->text.p[--w->at]);
	return w->state >= STEP_FIRST;
}

static void
backward_traced(struct guard *g, struct walk *w, struct trace *t)
{
	size_t from = w->at;
	bool joined = false;

	/* what the ring has no room for is forgotten */
	if (from > t->far && from - t->far > RING - 1)
		t->far = from - (RING - 1);
	while (w->state >= STEP_FIRST && w->at > w->lo) {
		if (!joined && t->valid && w->at <= t->near && w->at > t->far &&
			*traced(t, w->at) == w->state) {
			joined = true;
			w->at = t->far;
			w->state = *traced(t, w->at);
			continue;
		}
		*traced(t, w->at) = w->state;
		w->state = step(g, w->state, w->text.p[--w->at]);
	}
	if (!joined || w->at < t->far) {
		*traced(t, w->at) = w->state;
		t->far = w->at;
	}
	t->near = from;
	t->valid = true;
}

static bool
backward_may(struct guard *g, size_t way, uint8_t state, struct span text, size_t lo, size_t start)
{
	struct walk w = {text, lo, 0, start, state};
	struct trace *t;

	if (backward_on(g, &w, start - lo > SHORT ? start - SHORT : lo) && w.at > lo) {
		t = trace_of(g, way, true);
		if (t)
			backward_traced(g, &w, t);
		else
			(void)backward_on(g, &w, lo);
	}
	return w.state == STEP_PASS && w.at >= lo;
}

void
guard_begin(struct guard *g)
{
	for (size_t i = 0; i < 2 * WAYS; i++)
		if (g->traces[i / 2][i % 2])
			g->traces[i / 2][i % 2]->valid = false;
}

bool
guard_may(
	struct guard *g, size_t k, struct span text, size_t lo, size_t start, size_t end, size_t hi)
{
	if (k >= g->n_anchors)
		return true;
	for (size_t i = 0; i < g->ways[k].n; i++)
		if (backward_may(g, i, g->ways[k].v[i].backward, text, lo, start) &&
			forward_may(g, i, g->ways[k].v[i].forward, text, end, hi))
			return true;
	return false;
}

void
guard_free(struct guard *g)
{
	if (!g)
		return;
	free(g->step);
	free(g->ways);
	for (size_t i = 0; i < 2 * WAYS; i++)
		free(g->traces[i / 2][i % 2]);
	free(g);
}
