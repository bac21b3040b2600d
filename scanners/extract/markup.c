/*
 * Bytes gather in a window; what is whole is told and leaves it. A tag that does not end within the
 * window's bound, or in which another begins, is text: so a hostile file costs one look at each byte
 * and a bounded number of second ones. A page says the same few tags over and over: a short one that
 * its reader made up its mind on is not taken to pieces again.
 */
#include "extract/markup.h"

#include <errno.h>
#include <stddef.h>
#include <strings.h>

#include "base/lanes.h"
#include "extract/entities.h"
#include "limits.h"

#include "base/poison.h"

#define STEP (32 * KIB) /* bytes that must come before the window is looked at again */

void
markup_init(struct markup *m, const struct markup_ops *ops, void *user, bool html)
{
	memset(m, 0, offsetof(struct markup, atts));
	m->ops = ops;
	m->user = user;
	m->html = html;
}

void
markup_free(struct markup *m)
{
	buf_free(&m->win);
	buf_free(&m->scratch);
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_alpha(uint8_t c)
{
	return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || c >= 0x80;
}

static bool
is_name(uint8_t c)
{
	return is_alpha(c) || (c >= '0' && c <= '9') || c == ':' || c == '-' || c == '.';
}

/* s with its entities decoded, in b behind what is there; b has room for s.n. */
static struct span
decode_into(struct buf *b, struct span s)
{
	size_t from = b->n;

	while (s.n) {
		uint8_t c = s.p[0];
		size_t n = 0;
		uint32_t u;

		if (c == '&' && (n = entity_decode(s, &u)) > 0)
			buf_put_utf8(b, u == '\n' ? '\r' : u);
		else
			buf_putc(b, c == '\n' ? '\r' : c);
		s = span_sub(s, n ? n : 1, s.n);
	}
	return span_of(b->p + from, b->n - from);
}

/* --- tags ------------------------------------------------------------------------- */

/* Where the tag at s ends (behind '>'); 0: it is none; SIZE_MAX: not to be seen yet. */
static size_t
tag_length(struct span s)
{
	uint8_t quote = 0, before = 0;
	size_t i = s.n > 1 && s.p[1] == '/' ? 2 : 1;

	if (i >= s.n)
		return SIZE_MAX;
	if (!is_alpha(s.p[i]))
		return 0;
	for (; i < s.n && i < LIMIT_TAG; i++) {
		uint8_t c = s.p[i];

		if (quote) {
			const uint8_t *q = memchr(s.p + i, quote, s.n - i);

			if (!q)
				return s.n < LIMIT_TAG ? SIZE_MAX : 0;
			i = (size_t)(q - s.p);
			quote = 0;
			before = 0;
			continue;
		}
		if (c == '>')
			return i + 1;
		if (c == '<')
			return 0;
		if ((c == '"' || c == '\'') && before == '=')
			quote = c;
		if (!is_blank(c))
			before = c;
	}
	return s.n < LIMIT_TAG ? SIZE_MAX : 0;
}

static struct span
take_name(struct span *s)
{
	size_t n = 0;
	struct span name;

	while (n < s->n && !is_blank(s->p[n]) && s->p[n] != '=' && (n == 0 || s->p[n] != '/'))
		n++;
	name = span_sub(*s, 0, n);
	*s = span_sub(*s, n, s->n);
	return name;
}

static void
skip_blanks(struct span *s)
{
	while (s->n && is_blank(s->p[0]))
		*s = span_sub(*s, 1, s->n);
}

static struct span
take_value(struct span *s)
{
	uint8_t q = s->n ? s->p[0] : 0;
	struct span v;
	size_t n = 0;

	if (q == '"' || q == '\'') {
		const uint8_t *e = memchr(s->p + 1, q, s->n - 1);

		v = span_sub(*s, 1, e ? (size_t)(e - s->p) - 1 : s->n);
		*s = span_sub(*s, v.n + 2, s->n);
		return v;
	}
	while (n < s->n && !is_blank(s->p[n]))
		n++;
	v = span_sub(*s, 0, n);
	*s = span_sub(*s, n, s->n);
	return v;
}

static void
take_att(struct markup *m, struct span *s, struct markup_att *a)
{
	a->name = take_name(s);
	a->value = (struct span){0};
	skip_blanks(s);
	if (!s->n || s->p[0] != '=')
		return;
	*s = span_sub(*s, 1, s->n);
	skip_blanks(s);
	a->value = take_value(s);
	if (memchr(a->value.p, '&', a->value.n) || memchr(a->value.p, '\n', a->value.n))
		a->value = decode_into(&m->scratch, a->value);
}

/* Where a tag of these bytes is kept; 8 bytes can be read at its front, however short it is. */
static struct markup_known *
known_slot(struct markup *m, struct span tag)
{
	uint64_t a, b;

	memcpy(&a, tag.p, 8);
	if (tag.n < 8)
		a &= (UINT64_C(1) << tag.n * 8) - 1;
	b = a;
	if (tag.n > 8)
		memcpy(&b, tag.p + tag.n - 8, 8);
	a = (a ^ b << 23 ^ b >> 41 ^ tag.n) * UINT64_C(0x9E3779B97F4A7C15);
	return &m->known[a >> 58];
}

/* Do the bytes at p, of which MARKUP_KNOWN can be read, begin with that tag? */
static inline bool
is_known(const struct markup_known *k, const uint8_t *p)
{
	const uint8_t *q = k->source;
	const size_t end = MARKUP_KNOWN - LANES;
	uint64_t same = lanes_bits((lanes)(lanes_load(p) == lanes_load(q))) |
		lanes_bits((lanes)(lanes_load(p + LANES) == lanes_load(q + LANES))) << LANES |
		lanes_bits((lanes)(lanes_load(p + end) == lanes_load(q + end))) << end;

	return k->n && (~same & ((UINT64_C(1) << k->n) - 1)) == 0;
}

/* The tag at s, when it is one whose like left a mark; NULL for any other. */
static const struct markup_known *
known_tag(struct markup *m, struct span s)
{
	struct markup_known *last = &m->known[m->last];
	const struct markup_known *k = &m->known[last->next];
	const uint8_t *gt;

	if (s.n < MARKUP_KNOWN)
		return NULL;
	if (!is_known(k, s.p)) {
		gt = memchr(s.p, '>', MARKUP_KNOWN);
		k = gt ? known_slot(m, span_of(s.p, (size_t)(gt - s.p) + 1)) : NULL;
		if (!k || !is_known(k, s.p))
			return NULL;
		last->next = (uint8_t)(k - m->known);
	}
	m->last = last->next;
	return k;
}

static void
known_keep(struct markup *m, struct span tag, uint32_t mark)
{
	struct markup_known *k = known_slot(m, tag);

	k->mark = mark;
	k->n = (uint8_t)tag.n;
	memcpy(k->source, tag.p, tag.n);
}

/* source is a whole tag. What stands beyond the last attribute there is room for is its value. */
static int
tell_tag(struct markup *m, struct span source, uint32_t *mark)
{
	struct markup_tag t = {.source = source, .atts = m->atts, .mark = mark};
	struct span s = span_sub(source, 1, source.n - 2);
	size_t n = 0;

	t.end = s.n && s.p[0] == '/';
	if (t.end)
		s = span_sub(s, 1, s.n);
	while (n < s.n && is_name(s.p[n]))
		n++;
	t.name = span_sub(s, 0, n);
	s = span_sub(s, n, s.n);
	if (s.n && s.p[s.n - 1] == '/' && (s.n == 1 || s.p[s.n - 2] != '=')) {
		t.empty = true;
		s.n--;
	}
	buf_clear(&m->scratch);
	if (s.n && !buf_room(&m->scratch, s.n + 8))
		return -ENOMEM;
	for (skip_blanks(&s); s.n && t.n < LIMIT_TAG_ATTS - 1; skip_blanks(&s))
		take_att(m, &s, &m->atts[t.n++]);
	if (s.n)
		m->atts[t.n++] = (struct markup_att){.value = s};
	return m->ops->tag(m->user, &t);
}

/* --- text --------------------------------------------------------------------------- */

/* Bytes of s in front of its first '<' or '&'. */
static size_t
plain_length(struct span s)
{
	size_t i = 0;

	for (; i + LANES <= s.n; i += LANES) {
		lanes v = lanes_load(s.p + i);
		uint64_t bits = lanes_bits((lanes)((v == '<') | (v == '&')));

		if (bits)
			return i + (size_t)__builtin_ctzll(bits);
	}
	while (i < s.n && s.p[i] != '<' && s.p[i] != '&')
		i++;
	return i;
}

/* The same as tell_text() for one that has entities. */
static int
tell_decoded(struct markup *m, struct span s, bool last, size_t *ret_n)
{
	const uint8_t *lt = memchr(s.p, '<', s.n), *amp;
	struct span all = span_sub(s, 0, lt ? (size_t)(lt - s.p) : s.n);
	int r = 0;

	*ret_n = all.n;
	while (r == 0 && (amp = memchr(all.p, '&', all.n))) {
		struct span rest = span_of(amp, (size_t)(all.p + all.n - amp));
		uint8_t utf8[16];
		struct buf b = {.p = utf8, .cap = sizeof utf8};
		uint32_t c = '&';
		size_t n;

		if (!lt && !last && rest.n < ENTITY_MAX) {
			*ret_n -= rest.n;
			all.n -= rest.n;
			break;
		}
		n = entity_decode(rest, &c);
		if (c == '\n')
			c = '\r';
		if (amp > all.p)
			r = m->ops->text(m->user, span_of(all.p, (size_t)(amp - all.p)));
		if (c < 0x80)
			b.p[b.n++] = (uint8_t)c;
		else
			buf_put_utf8(&b, c);
		if (r == 0)
			r = m->ops->text(m->user, buf_span(&b));
		all = span_sub(rest, n ? n : 1, rest.n);
	}
	return r == 0 && all.n ? m->ops->text(m->user, all) : r;
}

/* Text up to the next '<' or the end of s; *ret_n bytes of it were told. */
static int
tell_text(struct markup *m, struct span s, bool last, size_t *ret_n)
{
	size_t n = plain_length(s);

	if (n < s.n && s.p[n] == '&')
		return tell_decoded(m, s, last, ret_n);
	*ret_n = n;
	return m->ops->text(m->user, span_of(s.p, n));
}

static size_t
find_close(struct span s, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i + n + 2 <= s.n; i++) {
		const uint8_t *lt = memchr(s.p + i, '<', s.n - i);

		if (!lt)
			break;
		i = (size_t)(lt - s.p);
		if (i + n + 2 <= s.n && lt[1] == '/' &&
			strncasecmp((const char *)lt + 2, name, n) == 0)
			return i;
	}
	return SIZE_MAX;
}

/* Insides that run to a mark. *ret_n bytes were used; the state ends with the mark. */
static int
tell_until(struct markup *m, struct span s, bool last, size_t *ret_n)
{
	static const char *const marks[] = {
		[MARKUP_COMMENT] = "-->", [MARKUP_DECL] = ">", [MARKUP_CDATA] = "]]>"};
	bool raw = m->state == MARKUP_RAW;
	int (*fn)(void *, struct span) =
		m->state == MARKUP_CDATA || raw ? m->ops->text : m->ops->aside;
	size_t mark = raw ? strlen(m->raw) + 2 : strlen(marks[m->state]), at, n;
	const uint8_t *p = raw ? NULL : memmem(s.p, s.n, marks[m->state], mark);
	int r;

	at = raw ? find_close(s, m->raw) : p ? (size_t)(p - s.p) : SIZE_MAX;
	n = at != SIZE_MAX ? at : last ? s.n : s.n > mark ? s.n - mark : 0;
	while (at == SIZE_MAX && !last && n && (s.p[n] & 0xC0) == 0x80)
		n--;
	r = n ? fn(m->user, span_sub(s, 0, n)) : 0;
	*ret_n = n;
	if (at == SIZE_MAX)
		return r;
	if (!raw)
		*ret_n += mark;
	if (r == 0 && fn == m->ops->aside)
		r = fn(m->user, (struct span){0});
	m->state = MARKUP_TEXT;
	return r;
}

/* --- the window ------------------------------------------------------------------------ */

static const char *const raw_elements[] = {"script", "style"};

static void
enter_raw(struct markup *m, struct span s)
{
	for (size_t i = 0; i < sizeof raw_elements / sizeof *raw_elements; i++) {
		size_t n = strlen(raw_elements[i]);

		if (s.n > n + 1 && !is_name(s.p[n + 1]) &&
			strncasecmp((const char *)s.p + 1, raw_elements[i], n) == 0) {
			memcpy(m->raw, raw_elements[i], n + 1);
			m->state = MARKUP_RAW;
		}
	}
}

/* What begins with '<' and is not known. *ret_n is 0 when more has to come. */
static int
tell_angle(struct markup *m, struct span s, bool last, size_t *ret_n)
{
	uint32_t mark = 0;
	size_t n;
	int r;

	*ret_n = 0;
	if (s.n < 9 && !last)
		return 0;
	if (span_has(s, 0, "<!--", 4) || span_has(s, 0, "<![CDATA[", 9)) {
		*ret_n = s.p[2] == '-' ? 4 : 9;
		m->state = s.p[2] == '-' ? MARKUP_COMMENT : MARKUP_CDATA;
		return 0;
	}
	if (s.n > 1 && (s.p[1] == '!' || s.p[1] == '?')) {
		*ret_n = 1;
		m->state = MARKUP_DECL;
		return 0;
	}
	n = tag_length(s);
	if (n == SIZE_MAX && !last)
		return 0;
	if (n == SIZE_MAX || n == 0) {
		*ret_n = 1;
		return m->ops->text(m->user, span_sub(s, 0, 1));
	}
	*ret_n = n;
	r = tell_tag(m, span_sub(s, 0, n), &mark);
	if (m->html && s.p[1] != '/' && s.p[n - 2] != '/')
		enter_raw(m, span_sub(s, 0, n));
	if (mark && m->ops->again && m->state == MARKUP_TEXT && s.n >= MARKUP_KNOWN &&
		n <= MARKUP_KNOWN)
		known_keep(m, span_sub(s, 0, n), mark);
	return r;
}

static int
tell_tag_or_angle(struct markup *m, struct span s, bool last, size_t *ret_n)
{
	const struct markup_known *k = m->ops->again ? known_tag(m, s) : NULL;

	if (!k)
		return tell_angle(m, s, last, ret_n);
	*ret_n = k->n;
	return m->ops->again(m->user, k->mark);
}

static int
tell_all(struct markup *m, bool last)
{
	struct span s = buf_span(&m->win);
	int r = 0;

	while (r == 0 && s.n) {
		enum markup_state was = m->state;
		size_t n = 0;

		if (m->state != MARKUP_TEXT)
			r = tell_until(m, s, last, &n);
		else if (s.p[0] == '<')
			r = tell_tag_or_angle(m, s, last, &n);
		else
			r = tell_text(m, s, last, &n);
		if (n == 0 && m->state == was)
			break;
		s = span_sub(s, n, s.n);
	}
	if (s.n)
		memmove(m->win.p, s.p, s.n);
	m->win.n = s.n;
	m->tried = s.n;
	return r;
}

int
markup_feed(struct markup *m, struct span in)
{
	int r = 0;

	while (r == 0 && in.n) {
		size_t n = in.n < 2 * STEP ? in.n : 2 * STEP;

		buf_put(&m->win, in.p, n);
		if (m->win.failed)
			return -ENOMEM;
		in = span_sub(in, n, in.n);
		if (m->win.n - m->tried >= STEP)
			r = tell_all(m, false);
	}
	return r;
}

int
markup_end(struct markup *m)
{
	return tell_all(m, true);
}
