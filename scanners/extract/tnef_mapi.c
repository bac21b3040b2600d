/*
 * Properties have no table: each says its type, from which the length of its value follows, so that
 * one unknown type ends the walk.
 */
#include "extract/tnef.h"

#include "base/poison.h"

#define NAMED	  0x8000u
#define MANY	  0x1000u
#define NAME_TEXT 1u

static bool
take(struct mapi_walk *w, size_t n, struct span *ret)
{
	if (n > w->s.n)
		return false;
	*ret = span_sub(w->s, 0, n);
	w->s = span_sub(w->s, n, w->s.n);
	return true;
}

static bool
take32(struct mapi_walk *w, uint32_t *ret)
{
	struct span s;

	if (!take(w, 4, &s))
		return false;
	*ret = le32(s.p);
	return true;
}

/* n bytes, and what fills them up to a multiple of four. */
static bool
take_padded(struct mapi_walk *w, uint32_t n, struct span *ret)
{
	struct span fill;

	if (!take(w, n, ret))
		return false;
	(void)take(w, (4 - n % 4) % 4, &fill);
	return true;
}

/* The bytes of a value of fixed size; 0 for one that says its length; -1 unknown. */
static int
fixed_size(uint16_t type)
{
	switch (type) {
	case MAPI_INT16:
	case 0x0B:
	case MAPI_INT32:
	case 0x04:
	case 0x0A:
		return 4;
	case 0x05:
	case 0x06:
	case 0x07:
	case 0x14:
	case 0x40:
		return 8;
	case 0x48:
		return 16;
	case MAPI_OBJECT:
	case MAPI_STRING8:
	case MAPI_UNICODE:
	case MAPI_BINARY:
		return 0;
	default:
		return -1;
	}
}

static bool
skip_name(struct mapi_walk *w)
{
	struct span s;
	uint32_t kind, n;

	if (!take(w, 16, &s) || !take32(w, &kind) || !take32(w, &n))
		return false;
	return kind != NAME_TEXT || take_padded(w, n, &s);
}

static bool
begin_prop(struct mapi_walk *w)
{
	uint32_t tag;
	bool many;

	if (!take32(w, &tag))
		return false;
	w->at.type = (uint16_t)(tag & 0xFFFF & ~MANY);
	w->at.id = (uint16_t)(tag >> 16);
	many = tag & MANY;
	if (w->at.id >= NAMED && !skip_name(w))
		return false;
	w->values = 1;
	return fixed_size(w->at.type) >= 0 &&
		(!(many || fixed_size(w->at.type) == 0) || take32(w, &w->values));
}

static bool
take_value(struct mapi_walk *w)
{
	int n = fixed_size(w->at.type);
	uint32_t len;

	if (n > 0)
		return take(w, (size_t)n, &w->at.data);
	if (!take32(w, &len) || !take_padded(w, len, &w->at.data))
		return false;
	if (w->at.type == MAPI_STRING8 && w->at.data.n && !w->at.data.p[w->at.data.n - 1])
		w->at.data.n--;
	if (w->at.type == MAPI_UNICODE && w->at.data.n > 1 &&
		le16(w->at.data.p + w->at.data.n - 2) == 0)
		w->at.data.n -= 2;
	return true;
}

void
mapi_start(struct mapi_walk *w, struct span s)
{
	*w = (struct mapi_walk){.s = s};
	w->bad = !take32(w, &w->props);
}

bool
mapi_next(struct mapi_walk *w)
{
	while (!w->bad && !w->values) {
		if (!w->props)
			return false;
		w->props--;
		w->bad = !begin_prop(w);
	}
	if (w->bad)
		return false;
	w->values--;
	w->bad = !take_value(w);
	return !w->bad;
}
