/* Plain and slow on purpose: what the readers of these encodings are tested against. */
#include "mailmake.h"

#include "base/poison.h"

void
mailmake_base64(struct buf *b, struct span s)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz012345678"
				     "9+/";

	for (size_t i = 0; i < s.n; i += 3) {
		size_t n = s.n - i < 3 ? s.n - i : 3;
		uint32_t v = (uint32_t)s.p[i] << 16;

		v |= n > 1 ? (uint32_t)s.p[i + 1] << 8 : 0;
		v |= n > 2 ? s.p[i + 2] : 0;
		buf_putc(b, (uint8_t)digits[v >> 18]);
		buf_putc(b, (uint8_t)digits[v >> 12 & 63]);
		buf_putc(b, n > 1 ? (uint8_t)digits[v >> 6 & 63] : '=');
		buf_putc(b, n > 2 ? (uint8_t)digits[v & 63] : '=');
		if (i % 57 == 54 || i + 3 >= s.n)
			buf_putc(b, '\n');
	}
}

static void
put_qp(struct buf *b, struct span s, bool lines)
{
	size_t column = 0;

	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];

		if (c == '\n' && lines) {
			buf_putc(b, c);
			column = 0;
			continue;
		}
		if (column > 70) {
			buf_puts(b, "=\n");
			column = 0;
		}
		if (c < ' ' || c > '~' || c == '=') {
			buf_printf(b, "=%02X", c);
			column += 3;
		} else {
			buf_putc(b, c);
			column++;
		}
	}
}

void
mailmake_qp(struct buf *b, struct span s)
{
	put_qp(b, s, true);
}

void
mailmake_qp_bytes(struct buf *b, struct span s)
{
	put_qp(b, s, false);
}

void
mailmake_word(struct buf *b, const char *charset, char how, struct span s)
{
	buf_printf(b, "=?%s?%c?", charset, how);
	if (how == 'B' || how == 'b') {
		mailmake_base64(b, s);
		b->n -= b->n && b->p[b->n - 1] == '\n';
	} else {
		for (size_t i = 0; i < s.n; i++)
			buf_printf(b, s.p[i] >= '0' && s.p[i] <= '9' ? "%c" : "=%02X", s.p[i]);
	}
	buf_puts(b, "?=");
}

void
mailmake_param(struct buf *b, const char *name, const char *charset, struct span s, bool pieces)
{
	for (size_t i = 0; i < s.n; i++) {
		if (i == 0 && !pieces)
			buf_printf(b, " %s*=%s''", name, charset);
		else if (i == 0)
			buf_printf(b, "\n %s*0*=%s''", name, charset);
		else if (pieces && i % 3 == 0)
			buf_printf(b, ";\n %s*%zu*=", name, i / 3);
		buf_printf(b, "%%%02X", s.p[i]);
	}
}

static uint8_t
uu_digit(unsigned v)
{
	return (uint8_t)(v & 63 ? (v & 63) + ' ' : '`');
}

void
mailmake_uu(struct buf *b, const char *name, struct span s)
{
	buf_printf(b, "begin 644 %s\n", name);
	while (s.n) {
		struct span line = span_sub(s, 0, 45);

		buf_putc(b, uu_digit((unsigned)line.n));
		for (size_t i = 0; i < line.n; i += 3) {
			unsigned x = line.p[i], y = i + 1 < line.n ? line.p[i + 1] : 0;
			unsigned z = i + 2 < line.n ? line.p[i + 2] : 0;

			buf_putc(b, uu_digit(x >> 2));
			buf_putc(b, uu_digit(x << 4 | y >> 4));
			buf_putc(b, uu_digit(y << 2 | z >> 6));
			buf_putc(b, uu_digit(z));
		}
		buf_putc(b, '\n');
		s = span_sub(s, line.n, s.n);
	}
	buf_puts(b, "`\nend\n");
}

static void
put16(struct buf *b, uint32_t v)
{
	buf_putc(b, (uint8_t)v);
	buf_putc(b, (uint8_t)(v >> 8));
}

static void
put32(struct buf *b, uint32_t v)
{
	put16(b, v);
	put16(b, v >> 16);
}

void
mailmake_tnef(struct buf *b)
{
	put32(b, 0x223E9F78);
	put16(b, 1);
}

void
mailmake_attribute(struct buf *b, uint8_t level, uint32_t id, struct span data)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < data.n; i++)
		sum += data.p[i];
	buf_putc(b, level);
	put32(b, id);
	put32(b, (uint32_t)data.n);
	buf_put(b, data.p, data.n);
	put16(b, sum);
}

void
mailmake_props(struct buf *b, uint32_t n)
{
	put32(b, n);
}

void
mailmake_prop(struct buf *b, uint16_t id, uint16_t type, struct span data)
{
	put16(b, type);
	put16(b, id);
	if (type == 0x03) {
		buf_put(b, data.p, 4);
		return;
	}
	put32(b, 1);
	put32(b, (uint32_t)data.n);
	buf_put(b, data.p, data.n);
	for (size_t i = data.n; i % 4; i++)
		buf_putc(b, 0);
}

/* A DER value around what is in b from `at` on. */
static void
wrap(struct buf *b, uint8_t tag)
{
	struct buf out = {0};

	buf_putc(&out, tag);
	buf_putc(&out, 0x84);
	for (unsigned shift = 32; shift; shift -= 8)
		buf_putc(&out, (uint8_t)(b->n >> (shift - 8)));
	buf_put(&out, b->p, b->n);
	buf_free(b);
	*b = out;
}

void
mailmake_signed(struct buf *b, struct span content)
{
	struct buf in = {0}, all = {0};

	buf_put(&in, content.p, content.n);
	wrap(&in, 0x04);
	wrap(&in, 0xA0);
	buf_put(&all, "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01", 11);
	buf_put(&all, in.p, in.n);
	wrap(&all, 0x30);
	buf_clear(&in);
	buf_put(&in, "\x02\x01\x01\x31\x00", 5);
	buf_put(&in, all.p, all.n);
	wrap(&in, 0x30);
	wrap(&in, 0xA0);
	buf_clear(&all);
	buf_put(&all, "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02", 11);
	buf_put(&all, in.p, in.n);
	wrap(&all, 0x30);
	buf_put(b, all.p, all.n);
	buf_free(&in);
	buf_free(&all);
}
