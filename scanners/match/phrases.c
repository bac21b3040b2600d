/*
 * A database of literals of its own, apart from the anchors': thousands of phrases of documents would
 * slow the pass that every text goes through, and only few texts ever come here. It is compiled when
 * enough of them came: that takes as long as looking for each phrase by itself in some KiB.
 */
#include "match/phrases.h"

#include <errno.h>
#include <hs/hs.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "limits.h"
#include "match/anchors.h"
#include "match/shapes.h"

#include "base/poison.h"

/* What is looked through without the database: as many bytes in all, each text counted as more. */
#define SINGLY_BYTES (16 * KIB)
#define SINGLY_EACH  64u
#define WAYS	     3u /* a phrase is written: in small letters, with a capital, in capitals */

struct phrases {
	const char *const *v;
	size_t n;
	bool raw; /* the text is not laid out */
	hs_database_t *db; /* NULL: there are none, or no text has come yet */
	hs_scratch_t *scratch;
	size_t singly; /* bytes looked through without it */
};

/* --- letters beyond ASCII --- */

/* The small letter of a capital's last byte: À to Þ in U+00C0 to U+00DE, and Œ. */
static uint8_t
small_of(uint8_t lead, uint8_t c)
{
	if (lead == 0xC3 && c >= 0x80 && c <= 0x9E && c != 0x97)
		return c + 0x20;
	return lead == 0xC5 && c == 0x92 ? 0x93 : c;
}

static uint8_t
capital_of(uint8_t lead, uint8_t c)
{
	if (lead == 0xC3 && c >= 0xA0 && c <= 0xBE && c != 0xB7)
		return c - 0x20;
	return lead == 0xC5 && c == 0x93 ? 0x92 : c;
}

/* Writes v with its first letter, or all, in capitals where libhs knows no case: false: as it is. */
static bool
capitalise(const char *v, bool all, char *to)
{
	bool changed = false;

	to[0] = v[0];
	for (size_t i = 1; v[i - 1]; i++) {
		to[i] = v[i];
		if (v[i] && (all || i == 1))
			to[i] = (char)capital_of((uint8_t)v[i - 1], (uint8_t)v[i]);
		changed |= to[i] != v[i];
	}
	return changed;
}

/* --- compiling --- */

struct literals {
	const char **v;
	unsigned *flags, *ids;
	size_t *lens, n;
	char (*capitals)[LITERAL_MAX + 1]; /* room for n more */
	size_t n_capitals;
};

static void
literals_free(struct literals *l)
{
	free(l->v);
	free(l->flags);
	free(l->ids);
	free(l->lens);
	free(l->capitals);
}

static void
add_literal(struct literals *l, const char *v, unsigned id)
{
	l->v[l->n] = v;
	l->lens[l->n] = strlen(v);
	l->flags[l->n] = HS_FLAG_CASELESS;
	l->ids[l->n++] = id;
}

static void
add_capitals(struct literals *l, const char *v, unsigned id, bool all)
{
	char *to = l->capitals[l->n_capitals];

	if (capitalise(v, all, to)) {
		add_literal(l, to, id);
		l->n_capitals++;
	}
}

static int
literals_fill(const struct phrases *p, struct literals *l)
{
	size_t n = p->n * (p->raw ? WAYS : 1);

	l->v = calloc(n, sizeof *l->v);
	l->flags = calloc(n, sizeof *l->flags);
	l->ids = calloc(n, sizeof *l->ids);
	l->lens = calloc(n, sizeof *l->lens);
	l->capitals = calloc(n, sizeof *l->capitals);
	if (!l->v || !l->flags || !l->ids || !l->lens || !l->capitals)
		return -ENOMEM;
	for (unsigned i = 0; i < p->n; i++) {
		add_literal(l, p->v[i], i);
		if (p->raw) {
			add_capitals(l, p->v[i], i, false);
			add_capitals(l, p->v[i], i, true);
		}
	}
	return 0;
}

static int
compile(struct phrases *p)
{
	struct literals l = {0};
	hs_compile_error_t *why = NULL;
	int r = literals_fill(p, &l);

	if (r == 0 &&
		hs_compile_lit_multi(l.v, l.flags, l.ids, l.lens, (unsigned)l.n, HS_MODE_BLOCK,
			NULL, &p->db, &why) != HS_SUCCESS) {
		hs_free_compile_error(why);
		r = -ENOMEM;
	}
	literals_free(&l);
	if (r == 0 && hs_alloc_scratch(p->db, &p->scratch) != HS_SUCCESS)
		r = -ENOMEM;
	return r;
}

int
phrases_new(const char *const *v, size_t n, bool raw, struct phrases **ret_p, size_t *ret_bad)
{
	struct phrases *p;

	if (hs_valid_platform() != HS_SUCCESS)
		return -ENOTSUP;
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(v[i]);

		if (len < 2 || len > LITERAL_MAX) {
			*ret_bad = i;
			return -EINVAL;
		}
	}
	p = calloc(1, sizeof *p);
	if (!p)
		return -ENOMEM;
	p->v = v;
	p->n = n;
	p->raw = raw;
	*ret_p = p;
	return 0;
}

void
phrases_free(struct phrases *p)
{
	if (!p)
		return;
	if (p->scratch)
		hs_free_scratch(p->scratch);
	if (p->db)
		hs_free_database(p->db);
	free(p);
}

/* --- scanning --- */

struct pass {
	const struct phrases *p;
	struct span text;
	phrase_fn *fn;
	void *user;
	bool any;
};

static bool
is_wordy(uint8_t c)
{
	return is_alnum(c) || c >= 0x80;
}

static bool
is_whole(struct span t, size_t start, size_t end)
{
	if (start > 0 && is_wordy(t.p[start]) && is_wordy(t.p[start - 1]))
		return false;
	return !(end < t.n && is_wordy(t.p[end - 1]) && is_wordy(t.p[end]));
}

static int
on_hit(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *user)
{
	struct pass *s = user;

	(void)from;
	(void)flags;
	if (!is_whole(s->text, (size_t)to - strlen(s->p->v[id]), (size_t)to))
		return 0;
	s->any = true;
	if (!s->fn)
		return 1;
	s->fn(s->user, id, (size_t)to);
	return 0;
}

static int
scan(struct phrases *p, struct pass *s)
{
	hs_error_t e;

	if (!p->n || !s->text.n)
		return 0;
	if (!p->db && compile(p) < 0)
		return -ENOMEM;
	e = hs_scan(p->db, (const char *)s->text.p, (unsigned)s->text.n, 0, p->scratch, on_hit, s);
	return e == HS_SUCCESS || e == HS_SCAN_TERMINATED ? 0 : -ENOMEM;
}

int
phrases_scan(struct phrases *p, struct span text, phrase_fn *fn, void *user)
{
	struct pass s = {.p = p, .text = text, .fn = fn, .user = user};

	return scan(p, &s);
}

/* A text in lower case, and which bytes are in it: most phrases need one that is not. */
struct low {
	struct span s;
	bool has[256];
};

static bool
stands_in(const char *phrase, const struct low *low)
{
	const uint8_t *at = low->s.p, *end = low->s.p + low->s.n;
	char want[LITERAL_MAX];
	size_t n = 0;

	for (; phrase[n]; n++) {
		uint8_t c = to_lower((uint8_t)phrase[n]);

		if (!low->has[c])
			return false;
		want[n] = (char)c;
	}
	while ((at = memmem(at, (size_t)(end - at), want, n))) {
		size_t from = (size_t)(at - low->s.p);

		if (is_whole(low->s, from, from + n))
			return true;
		at++;
	}
	return false;
}

/* As the database has them: of a text that is not laid out the ways with capitals beyond ASCII too. */
static bool
written_in(const struct phrases *p, const char *v, const struct low *low)
{
	char to[LITERAL_MAX + 1];

	if (stands_in(v, low))
		return true;
	for (unsigned all = 0; p->raw && all < 2; all++) {
		if (capitalise(v, all, to) && stands_in(to, low))
			return true;
	}
	return false;
}

static bool
any_singly(struct phrases *p, struct span text)
{
	uint8_t bytes[SINGLY_BYTES];
	struct low low = {.s = span_of(bytes, text.n)};

	p->singly += SINGLY_EACH + text.n;
	for (size_t i = 0; i < text.n; i++) {
		bytes[i] = to_lower(text.p[i]);
		low.has[bytes[i]] = true;
	}
	for (size_t i = 0; i < p->n; i++) {
		if (written_in(p, p->v[i], &low))
			return true;
	}
	return false;
}

bool
phrases_any(struct phrases *p, struct span text)
{
	struct pass s = {.p = p, .text = text};

	if (!p->db && text.n < SINGLY_BYTES && p->singly < SINGLY_BYTES - text.n)
		return any_singly(p, text);
	return scan(p, &s) == 0 && s.any;
}

/* --- laying out --- */

/* The ASCII stand-in of U+2010..U+2015 and U+2018..U+201F at s, or 0. */
static uint8_t
plain_of(struct span s, size_t i)
{
	uint8_t c;

	if (s.n - i < 3 || s.p[i] != 0xE2 || s.p[i + 1] != 0x80)
		return 0;
	c = s.p[i + 2];
	if (c >= 0x90 && c <= 0x95)
		return '-';
	return c >= 0x98 && c <= 0x9B ? '\'' : c >= 0x9C && c <= 0x9F ? '"' : 0;
}

/* Bytes of the blank at i (space, tab, line ends, no-break space), or 0. */
static size_t
blank_at(struct span s, size_t i)
{
	if (s.p[i] <= ' ')
		return 1;
	return s.p[i] == 0xC2 && i + 1 < s.n && s.p[i + 1] == 0xA0 ? 2 : 0;
}

/* One step: what stands at *i goes out as one byte, or -1 for nothing (a blank behind a blank). */
static int
lay_step(struct span s, size_t *i, bool *after_blank)
{
	size_t blank = blank_at(s, *i);
	uint8_t c = s.p[*i], plain;
	bool again = *after_blank;

	if (blank) {
		*i += blank;
		*after_blank = true;
		return again ? -1 : ' ';
	}
	*after_blank = false;
	plain = c == 0xE2 ? plain_of(s, *i) : 0;
	*i += plain ? 3 : 1;
	if (plain)
		return plain;
	return c < 0x80 || *i < 2 ? to_lower(c) : small_of(s.p[*i - 2], c);
}

void
phrases_lay(struct span text, struct buf *out)
{
	bool after = true;
	uint8_t *p;
	size_t n = 0;

	buf_clear(out);
	p = buf_room(out, text.n + 1);
	for (size_t i = 0; p && i < text.n;) {
		int c = lay_step(text, &i, &after);

		if (c >= 0)
			p[n++] = (uint8_t)c;
	}
	out->n = n;
}

uint64_t
phrases_line(struct span text, size_t at)
{
	bool after = true;
	uint64_t line = 1;
	size_t n = 0;

	for (size_t i = 0; i < text.n && n < at;) {
		line += text.p[i] == '\n';
		n += lay_step(text, &i, &after) >= 0;
	}
	return line;
}
