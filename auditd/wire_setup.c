/*
 * What goes over before and around the findings: the catalogue, the cage, options, jobs, and the
 * chain of names in the shared note, which is read after its writer died in the middle of anything.
 */
#include "wire.h"

#include <errno.h>
#include <stdlib.h>

#include "base/poison.h"

#define RULE_LINES 3 /* texts before this one are of one line */

void
wire_put_rule(struct ipc_out *o, const struct rule_info *r)
{
	const char *const texts[] = {r->id, r->category, r->title, r->advice, r->about, r->refs};

	for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
		if (k < RULE_LINES)
			wire_put_text(o, texts[k], WIRE_TEXT);
		else
			wire_put_lines(o, texts[k], WIRE_TEXT);
	}
	ipc_u8(o, (uint8_t)r->ladder);
}

int
wire_get_rule(struct ipc_in *i, struct rule_info *ret_r)
{
	char **const texts[] = {&ret_r->id, &ret_r->category, &ret_r->title, &ret_r->advice,
		&ret_r->about, &ret_r->refs};
	int r = 0;
	uint8_t ladder;

	*ret_r = (struct rule_info){0};
	for (size_t k = 0; k < sizeof texts / sizeof *texts && r == 0; k++)
		r = wire_get_text_new(i, WIRE_TEXT, k >= RULE_LINES, texts[k]);
	ladder = ipc_get_u8(i);
	if (r == 0 && (i->bad || ladder >= LADDERS || !*ret_r->id))
		r = -EBADMSG;
	if (r < 0)
		wire_rule_free(ret_r);
	else
		ret_r->ladder = ladder;
	return r;
}

void
wire_rule_free(struct rule_info *r)
{
	free(r->id);
	free(r->category);
	free(r->title);
	free(r->advice);
	free(r->about);
	free(r->refs);
	*r = (struct rule_info){0};
}

void
wire_put_confinement(struct ipc_out *o, const struct confinement *c)
{
	ipc_u8(o,
		(uint8_t)(c->no_new_privs | c->seccomp << 1 | c->no_caps << 2 |
			c->unprivileged_uid << 3 | c->not_dumpable << 4 | c->reads_poppler << 5));
	ipc_u16(o, (uint16_t)c->landlock_abi);
	ipc_u32(o, c->uid);
	wire_put_text(o, c->missing, sizeof c->missing);
}

int
wire_get_confinement(struct ipc_in *i, struct confinement *ret_c)
{
	uint8_t bits = ipc_get_u8(i);
	struct confinement c = {
		.no_new_privs = bits & 1,
		.seccomp = bits & 2,
		.no_caps = bits & 4,
		.unprivileged_uid = bits & 8,
		.not_dumpable = bits & 16,
		.reads_poppler = bits & 32,
		.landlock_abi = ipc_get_u16(i),
		.uid = ipc_get_u32(i),
	};

	if (bits > 63 || wire_get_text(i, c.missing, sizeof c.missing, false) < 0)
		return -EBADMSG;
	*ret_c = c;
	return 0;
}

void
wire_put_job(struct ipc_out *o, const struct wire_job *j)
{
	ipc_u32(o, j->id);
	ipc_u64(o, j->size);
	ipc_bytes(o, span_sub(j->name, 0, LIMIT_NAME));
	ipc_bytes(o, span_sub(j->folder, 0, LIMIT_NAME));
	ipc_u8(o, (uint8_t)j->n_skip);
	for (size_t k = 0; k < j->n_skip; k++)
		ipc_u32(o, j->skip[k]);
}

int
wire_get_job(struct ipc_in *i, struct wire_job *ret_j)
{
	*ret_j = (struct wire_job){.id = ipc_get_u32(i), .size = ipc_get_u64(i)};
	ret_j->name = ipc_get_bytes(i, LIMIT_NAME);
	ret_j->folder = ipc_get_bytes(i, LIMIT_NAME);
	ret_j->n_skip = ipc_get_u8(i);
	if (ret_j->n_skip > WIRE_SKIP)
		i->bad = true;
	for (size_t k = 0; k < ret_j->n_skip && !i->bad; k++) {
		ret_j->skip[k] = ipc_get_u32(i);
		if (k && ret_j->skip[k] <= ret_j->skip[k - 1])
			i->bad = true;
	}
	return i->bad ? -EBADMSG : 0;
}

void
wire_put_words(struct ipc_out *o, const char *const *v, size_t n)
{
	if (n > WIRE_WORDS)
		o->b.failed = true;
	ipc_u32(o, (uint32_t)n);
	for (size_t k = 0; k < n; k++)
		ipc_bytes(o, span_str(v[k]));
}

int
wire_get_words(struct ipc_in *i, char ***ret_v, size_t *ret_n)
{
	uint32_t n = ipc_get_u32(i);
	char **v;
	int r = 0;

	if (i->bad || n > WIRE_WORDS)
		return -EBADMSG;
	v = calloc(n ? n : 1, sizeof *v);
	if (!v)
		return -ENOMEM;
	for (uint32_t k = 0; k < n && r == 0; k++)
		r = wire_get_text_new(i, 256, false, &v[k]);
	if (r < 0) {
		wire_words_free(v, n);
		return r;
	}
	*ret_v = v;
	*ret_n = n;
	return 0;
}

void
wire_words_free(char **v, size_t n)
{
	for (size_t k = 0; v && k < n; k++)
		free(v[k]);
	free(v);
}

void
wire_note_write(struct worker_note *note, uint32_t ordinal, const struct inner *in)
{
	size_t n = in->n < WIRE_NAMES ? in->n : WIRE_NAMES;
	size_t share = sizeof note->inner, total = 0, at = 0;

	for (size_t k = 0; k < n; k++)
		total += 2 + (in->names[k].n < share ? in->names[k].n : share);
	if (total > sizeof note->inner)
		share = sizeof note->inner / n - 2;
	/* An empty chain while it is being written: dying here must not leave a mixture. */
	note->inner_n = 0;
	note->ordinal = ordinal;
	for (size_t k = 0; k < n; k++) {
		struct span s = span_sub(in->names[k], 0, share);

		note->inner[at] = (uint8_t)s.n;
		note->inner[at + 1] = (uint8_t)(s.n >> 8);
		if (s.n)
			memcpy(note->inner + at + 2, s.p, s.n);
		at += 2 + s.n;
	}
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	note->inner_n = (uint32_t)at;
}

int
wire_note_read(const struct worker_note *note, uint8_t *copy, struct wire_inner *ret_in)
{
	size_t n = note->inner_n, at = 0, k = 0;

	ret_in->in = (struct inner){ret_in->names, 0};
	if (n > sizeof note->inner)
		return -EBADMSG;
	memcpy(copy, note->inner, n);
	while (at < n) {
		size_t len;

		if (k == WIRE_NAMES || n - at < 2)
			return -EBADMSG;
		len = le16(copy + at);
		at += 2;
		if (len > n - at)
			return -EBADMSG;
		ret_in->names[k++] = (struct span){copy + at, len};
		at += len;
	}
	ret_in->in.n = k;
	return 0;
}
