/*
 * How names are hidden. The name that a rule matched in goes but for its first character and its
 * extension. Any other name, and each folder above, may hold a number of a person too, and nobody has
 * looked: see name_star().
 */
#include "sink_common.h"

#include "base/utf8.h"

#include "base/poison.h"

#define EXTENSION_MAX 8u

/* Letters and digits behind the last dot, if there are few: no value hides in ".xlsx". */
static struct span
extension(struct span name)
{
	size_t at = name.n;
	bool letter = false;

	while (at > 1 && name.p[at - 1] != '.') {
		uint8_t c = name.p[at - 1] | 0x20;

		letter |= c >= 'a' && c <= 'z';
		if ((c < 'a' || c > 'z') && (name.p[at - 1] < '0' || name.p[at - 1] > '9'))
			return span_sub(name, name.n, 0);
		at--;
	}
	if (at <= 1 || !letter || name.n - at > EXTENSION_MAX)
		return span_sub(name, name.n, 0);
	return span_sub(name, at - 1, name.n);
}

void
name_masked(struct buf *b, struct span name)
{
	struct span ext = extension(name);
	uint32_t c;
	size_t n = utf8_decode(name, &c);

	buf_put(b, name.p, n);
	buf_puts(b, "\xE2\x80\xA6");
	buf_put(b, ext.p, ext.n);
}

void
name_put_starred(struct buf *b, struct span name)
{
	size_t at = b->n;

	buf_put(b, name.p, name.n);
	if (!b->failed)
		name_star(b->p + at, name.n);
}
