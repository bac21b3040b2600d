/*
 * Elements that repeat are rows. An element is a leaf until it shows children or attributes; then it may
 * be a record, and the first of a group is known as such only when the next one comes.
 */
#include "extract/xml.h"

#include <errno.h>

#include "base/poison.h"

int
xml_group_stop(struct xml *x)
{
	x->group_depth = x->record_depth = 0;
	return records_stop(&x->rec);
}

int
xml_att_cells(struct xml *x, const struct put_att *atts, unsigned n, struct span of)
{
	const struct buf *b = &x->out.buf;
	int r = 0;

	x->mixed |= n == LIMIT_XML_ATTS;
	for (unsigned i = 0; r == 0 && i < n; i++) {
		const struct put_att *a = &atts[i];

		if (a->to > b->n || a->key + a->key_n > b->n)
			break;
		buf_clear(&x->tmp);
		if (of.n) {
			buf_put(&x->tmp, of.p, of.n);
			buf_putc(&x->tmp, ' ');
		}
		if (a->value)
			buf_puts(&x->tmp, "value");
		else
			buf_put(&x->tmp, b->p + a->key, a->key_n);
		r = x->tmp.failed ? -ENOMEM
				  : records_cell(&x->rec, buf_span(&x->tmp), a->from, a->to, false);
	}
	return r;
}

/* What was in front of the text has gone by `by` bytes. */
static void
move_atts(struct put_att *atts, unsigned n, size_t by)
{
	for (unsigned i = 0; i < n; i++) {
		atts[i].key -= atts[i].value ? 0 : by;
		atts[i].from -= by;
		atts[i].to -= by;
	}
}

int
xml_first_to_record(struct xml *x)
{
	uint64_t sent = x->out.sent;
	int r = xml_group_stop(x);

	x->record_depth = x->group_depth = x->leaf_depth;
	x->group = x->leaf;
	x->mixed = false;
	if (r == 0)
		r = records_begin(&x->rec, xml_name(&x->leaf), x->first_at);
	if (x->out.sent != sent) {
		move_atts(x->first, x->n_first, x->first_at);
		move_atts(x->atts, x->n_atts, x->first_at);
		x->leaf_at -= x->first_at;
		x->leaf_sent = x->out.sent;
	}
	if (r == 0)
		r = xml_att_cells(x, x->first, x->n_first, (struct span){0});
	if (r < 0)
		return r;
	return x->mixed ? xml_group_stop(x) : records_end(&x->rec);
}

int
xml_leaf_to_record(struct xml *x)
{
	struct span name = xml_name(&x->leaf);
	int r = 0;

	if (x->group_depth &&
		(x->group_depth != x->leaf_depth || !span_eq(name, xml_name(&x->group))))
		r = xml_group_stop(x);
	x->record_depth = x->group_depth = x->leaf_depth;
	x->group = x->leaf;
	x->mixed = x->leaf_text;
	if (r < 0)
		return r;
	if (x->leaf_sent != x->out.sent) /* its beginning has gone as text */
		return records_begin(&x->rec, name, x->out.buf.n);
	r = records_begin(&x->rec, name, x->leaf_at);
	if (x->leaf_sent != x->out.sent)
		move_atts(x->atts, x->n_atts, x->leaf_at);
	return r == 0 ? xml_att_cells(x, x->atts, x->n_atts, (struct span){0}) : r;
}
