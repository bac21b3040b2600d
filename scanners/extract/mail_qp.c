/*
 * Blanks at the end of a line are what a gateway put there (RFC 2045, 6.7, rule 3), so that they are held
 * back; behind '=' they still leave a line that goes on. A '=' that means nothing is a character, as
 * in texts that only claim to be encoded; at the very end it goes.
 */
#include "extract/mail_qp.h"

#include "base/poison.h"

int
qp_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static uint8_t *
put_held(struct qp *q, uint8_t *to)
{
	memcpy(to, q->held, q->n);
	to += q->n;
	q->n = 0;
	return to;
}

/* '=' and what stands behind it are characters. */
static uint8_t *
put_equals(struct qp *q, uint8_t *to)
{
	*to++ = '=';
	if (q->digit)
		*to++ = q->digit;
	q->equals = false;
	q->digit = 0;
	return put_held(q, to);
}

/* Bytes that mean themselves, from p on. */
static const uint8_t *
plain_run(const uint8_t *p, const uint8_t *end)
{
	while (p < end && *p != '=' && *p > ' ')
		p++;
	return p;
}

static uint8_t *
take_plain(struct qp *q, uint8_t c, uint8_t *to)
{
	if (c == '=') {
		to = put_held(q, to);
		q->equals = true;
	} else if (c == ' ' || c == '\t') {
		if (q->n == QP_HELD)
			to = put_held(q, to);
		q->held[q->n++] = c;
	} else {
		if (c == '\n' || c == '\r')
			q->n = 0;
		to = put_held(q, to);
		*to++ = c;
	}
	return to;
}

/* Behind '='. False: c is yet to be dealt with. */
static bool
take_coded(struct qp *q, uint8_t c, uint8_t **to)
{
	bool digit = q->digit && qp_digit(q->digit) >= 0;

	if (c == '\n' && !digit) {
		*q = (struct qp){0};
	} else if (digit && qp_digit(c) >= 0) {
		*(*to)++ = (uint8_t)(qp_digit(q->digit) << 4 | qp_digit(c));
		*q = (struct qp){0};
	} else if (!q->digit && (c == '\r' || (!q->n && qp_digit(c) >= 0))) {
		q->digit = c;
	} else if (!q->digit && (c == ' ' || c == '\t') && q->n < QP_HELD) {
		q->held[q->n++] = c;
	} else {
		*to = put_equals(q, *to);
		return false;
	}
	return true;
}

size_t
qp_step(struct qp *q, struct span in, uint8_t *out)
{
	const uint8_t *p = in.p, *end = in.p + in.n;
	uint8_t *to = out;

	while (p < end) {
		const uint8_t *run;

		if (q->equals) {
			p += take_coded(q, *p, &to);
			continue;
		}
		run = plain_run(p, end);
		if (run == p) {
			to = take_plain(q, *p++, to);
			continue;
		}
		to = put_held(q, to);
		memcpy(to, p, (size_t)(run - p));
		to += run - p;
		p = run;
	}
	return (size_t)(to - out);
}

size_t
qp_end(struct qp *q, uint8_t *out)
{
	if (q->equals && (!q->digit || q->digit == '\r'))
		*q = (struct qp){0};
	return (size_t)((q->equals ? put_equals(q, out) : put_held(q, out)) - out);
}
