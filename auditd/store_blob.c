/*
 * A record as it lies in the database: a fixed head, then the finding in the workers' own encoding
 * (wire.h), which is checked when it is read. A database that somebody changed by hand can give
 * wrong words but nothing that does not fit.
 */
#include "store_in.h"

#include <errno.h>
#include <sodium.h>

#include "base/poison.h"

#define BLOB_VERSION 1

uint64_t
bytes_hash(struct span s, uint64_t seed)
{
	static const uint8_t empty[1];
	uint8_t key[crypto_shorthash_KEYBYTES] = {0}, out[crypto_shorthash_BYTES];

	memcpy(key, &seed, sizeof seed);
	crypto_shorthash(out, s.n ? s.p : empty, s.n, key);
	return le64(out);
}

int
record_encode(const struct store *s, const struct record *r, struct buf *b)
{
	struct ipc_out o = {.b = *b};
	bool finding = r->type == RECORD_FINDING;

	buf_clear(&o.b);
	ipc_u8(&o, BLOB_VERSION);
	ipc_u8(&o, (uint8_t)r->type);
	ipc_u64(&o, r->id);
	wire_put_stat(&o, r->st);
	wire_put_inner(&o, &r->inner);
	if (finding) {
		ipc_u32(&o, s->rule_no[r->f->rule]);
		ipc_u8(&o, (uint8_t)r->severity);
		ipc_u8(&o, (uint8_t)r->reach);
		ipc_u32(&o, r->score);
		wire_put_finding(&o, r->f);
	} else {
		ipc_u8(&o, (uint8_t)r->reason);
		ipc_u8(&o, r->hides);
		wire_put_text(&o, r->detail, WIRE_DETAIL);
	}
	*b = o.b;
	return b->failed ? -ENOMEM : 0;
}

static int
get_finding(struct store *s, struct ipc_in *i, struct decoded *d)
{
	uint32_t no = ipc_get_u32(i);
	uint8_t severity = ipc_get_u8(i), reach = ipc_get_u8(i);

	if (severity >= SEVERITIES || reach >= REACHES)
		return -EBADMSG;
	d->rec.rule = store_rule(s, no);
	d->rec.severity = severity;
	d->rec.reach = reach;
	d->rec.score = ipc_get_u32(i);
	if (wire_get_finding(i, &d->f) < 0)
		return -EBADMSG;
	d->f.rule = s->rule_here && no <= s->n_rules && s->rule_here[no]
		? (uint16_t)(s->rule_here[no] - 1)
		: UINT16_MAX;
	d->rec.f = &d->f;
	return 0;
}

static int
get_gap(struct ipc_in *i, struct decoded *d)
{
	uint8_t reason = ipc_get_u8(i), hides = ipc_get_u8(i);

	if (reason >= GAP_REASONS || hides > 1)
		return -EBADMSG;
	d->rec.reason = reason;
	d->rec.hides = hides;
	d->rec.detail = d->detail;
	return wire_get_text(i, d->detail, sizeof d->detail, false);
}

int
record_decode(struct store *s, struct span path, struct span data, struct decoded *d)
{
	struct ipc_in i = {.p = (uint8_t *)(uintptr_t)data.p, .n = data.n};
	uint8_t version = ipc_get_u8(&i), type = ipc_get_u8(&i);
	int r;

	if (version != BLOB_VERSION || type > RECORD_GAP)
		return -EBADMSG;
	d->rec = (struct record){.id = ipc_get_u64(&i)};
	if (type == RECORD_GAP)
		d->rec.type = RECORD_GAP;
	d->rec.st = wire_get_stat(&i, &d->st) ? &d->st : NULL;
	if (wire_get_inner(&i, &d->inner) < 0)
		return -EBADMSG;
	d->rec.inner = d->inner.in;
	r = type == RECORD_FINDING ? get_finding(s, &i, d) : get_gap(&i, d);
	if (r < 0 || ipc_end(&i) < 0)
		return -EBADMSG;
	buf_clear(&d->path);
	buf_put(&d->path, path.p, path.n);
	d->rec.path = buf_cstr(&d->path);
	return d->path.failed ? -ENOMEM : 0;
}

void
decoded_free(struct decoded *d)
{
	buf_free(&d->path);
}

static void
put_place(struct ipc_out *o, const struct place *p)
{
	ipc_u8(o, (uint8_t)p->kind);
	ipc_u8(o, (uint8_t)p->part);
	ipc_u64(o, p->line);
	ipc_u64(o, p->col);
	ipc_u64(o, p->row);
	ipc_u32(o, p->column);
	ipc_u32(o, p->page);
	ipc_u64(o, p->offset);
	ipc_bytes(o, span_of(p->name, strnlen(p->name, sizeof p->name)));
}

uint64_t
record_same(const struct record *r)
{
	struct ipc_out o = {0};
	uint64_t h;

	if (r->type == RECORD_FINDING) {
		ipc_u64(&o, r->f->count);
		ipc_u64(&o, r->f->unique);
		ipc_u8(&o, (uint8_t)r->f->confidence);
		for (unsigned i = 0; i < r->f->n_at; i++)
			put_place(&o, &r->f->at[i]);
	} else {
		ipc_u8(&o, r->hides);
		ipc_bytes(&o, span_str(r->detail));
	}
	h = bytes_hash(buf_span(&o.b), 0);
	buf_free(&o.b);
	return h;
}
