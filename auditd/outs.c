/* One failing sink does not silence the others: syslog still gets what a full disk refuses. */
#include "outs.h"

#include <errno.h>
#include <stdlib.h>

#include "base/poison.h"

static int
first_error(int a, int b)
{
	return a < 0 ? a : b;
}

int
outs_begin(struct outs *o, const struct audit_sink *sinks, size_t n, const struct scan_head *h)
{
	struct outs opened = {.sinks = sinks};
	int r = 0;

	opened.states = calloc(n + 1, sizeof(*opened.states));
	if (!opened.states)
		return -ENOMEM;
	for (size_t i = 0; i < n && r == 0; i++) {
		const struct output *out = sinks[i].output;

		opened.states[i] = calloc(1, out->state_size + 1);
		if (!opened.states[i])
			r = -ENOMEM;
		else if (out->begin)
			r = out->begin(opened.states[i], &sinks[i].options, h);
		opened.n += opened.states[i] != NULL;
	}
	if (r < 0) {
		outs_free(&opened);
		return r;
	}
	*o = opened;
	return 0;
}

int
outs_record(struct outs *o, const struct record *rec)
{
	int r = 0;

	for (size_t i = 0; i < o->n; i++) {
		if (o->sinks[i].output->record)
			r = first_error(r, o->sinks[i].output->record(o->states[i], rec));
	}
	return r;
}

int
outs_end(struct outs *o, const struct summary *s)
{
	int r = 0;

	for (size_t i = 0; i < o->n; i++) {
		if (o->sinks[i].output->end)
			r = first_error(r, o->sinks[i].output->end(o->states[i], s));
	}
	return r;
}

void
outs_free(struct outs *o)
{
	for (size_t i = 0; i < o->n; i++) {
		if (o->sinks[i].output->free)
			o->sinks[i].output->free(o->states[i]);
		free(o->states[i]);
	}
	free(o->states);
	*o = (struct outs){0};
}
