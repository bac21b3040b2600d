/*
 * Findings for the group that may read them. Each reading is logged: who, and what was asked for. A list
 * that comes in pages is one reading, and is said once; whoever begins in its middle is said too.
 */
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <syslog.h>

#include "cmd.h"
#include "escape.h"
#include "review_page.h"
#include "service_in.h"

#include "base/poison.h"

#define SAME_MS (5 * 60 * 1000) /* a page that comes later is a reading of its own */

static bool
is_after(const char *word)
{
	return strncmp(word, "after=", 6) == 0;
}

static uint64_t
words_hash(const char *const *words, size_t n)
{
	crypto_generichash_state h;
	uint8_t out[16];

	(void)crypto_generichash_init(&h, NULL, 0, sizeof(out));
	for (size_t i = 0; i < n; i++) {
		if (!is_after(words[i]))
			(void)crypto_generichash_update(
				&h, (const uint8_t *)words[i], strlen(words[i]) + 1);
	}
	(void)crypto_generichash_final(&h, out, sizeof(out));
	return le64(out);
}

/* Is it a later page of a reading that has been said? Notes it when not. */
static bool
goes_on(struct service *s, const struct control_peer *p, uint64_t query, bool first)
{
	struct reading *oldest = &s->readings[0];
	int64_t now = service_now_ms();

	for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
		struct reading *k = &s->readings[i];

		if (!first && k->pid == p->pid && k->uid == p->uid && k->query == query && k->ms &&
			now - k->ms < SAME_MS) {
			k->ms = now;
			return true;
		}
		if (k->ms < oldest->ms)
			oldest = k;
	}
	*oldest = (struct reading){.pid = p->pid, .uid = p->uid, .query = query, .ms = now};
	return false;
}

static const char *
name_of_state(unsigned i)
{
	return store_state_name((enum store_state)i);
}

static const char *
name_of_severity(unsigned i)
{
	return severity_name((enum severity)i);
}

/* A set of numbers as the words for them, with commas. */
static void
put_set(struct buf *b, const char *key, uint64_t set, unsigned n, const char *(*name)(unsigned i))
{
	const char *comma = "";

	buf_printf(b, " %s=", key);
	for (unsigned i = 0; i < n; i++) {
		if (!(set >> i & 1))
			continue;
		buf_printf(b, "%s%s", comma, name(i));
		comma = ",";
	}
}

/* Numbers on the way between our programs, which people know by words. Was it one of them? */
static bool
put_number(struct buf *b, const char *word)
{
	const char *value = strchr(word, '=');
	char *end = NULL;
	uint64_t n;

	if (!value || value[1] < '0' || value[1] > '9')
		return false;
	n = strtoull(value + 1, &end, 10);
	if (*end)
		return false;
	if (strncmp(word, "id=", 3) == 0)
		buf_printf(b, " id=%016" PRIx64, n);
	else if (strncmp(word, "states=", 7) == 0)
		put_set(b, "state", n, STORE_STATES, name_of_state);
	else if (strncmp(word, "severities=", 11) == 0)
		put_set(b, "severity", n, SEVERITIES, name_of_severity);
	else /* the request says it already */
		return strncmp(word, "type=", 5) == 0;
	return true;
}

/* A name that is looked for may be a value: its digits are not for the log. */
static void
put_word(struct buf *b, const char *word)
{
	size_t from = b->n;

	if (put_number(b, word))
		return;
	buf_putc(b, ' ');
	escape_put(b, span_str(word), ESCAPE_PLAIN);
	if (strncmp(word, "path=", 5) != 0)
		return;
	for (size_t i = from; i < b->n; i++) {
		if (b->p[i] >= '0' && b->p[i] <= '9')
			b->p[i] = '#';
	}
}

static void
say_reading(struct service *s, const struct control_peer *p, const char *const *words, size_t n,
	bool first)
{
	struct buf b = {0};

	if (goes_on(s, p, words_hash(words, n), first))
		return;
	for (size_t i = 1; i < n; i++) {
		if (!is_after(words[i]))
			put_word(&b, words[i]);
	}
	service_say(s, LOG_NOTICE, "user %u, process %d reads: %s%s", (unsigned)p->uid, (int)p->pid,
		words[0], buf_cstr(&b));
	buf_free(&b);
}

struct page {
	struct buf *b;
	uint64_t last;
	bool whole, full;
};

static int
put_row(void *user, const struct stored *x)
{
	struct page *p = user;

	review_page_row(p->b, x, p->whole);
	p->last = x->no;
	p->full = p->b->n >= REVIEW_BYTES;
	return p->b->failed ? -E2BIG : p->full ? 2 : 0;
}

static int
put_page(struct service *s, const struct store_filter *f, struct page *p)
{
	uint64_t end = f->after + f->rows, last = 0;
	int r = store_last_row(s->store, &last);

	review_page_begin(p->b);
	if (r == 0)
		r = store_each(s->store, f, put_row, p);
	if (r < 0)
		return r;
	if (p->full)
		end = p->last;
	review_page_next(p->b, f->rows && end < last ? end : 0);
	return 0;
}

int
service_review(struct service *s, const struct control_peer *peer, const char *const *words,
	size_t n, struct buf *answer)
{
	struct page p = {.b = answer, .whole = strcmp(words[0], REVIEW_SHOW) == 0};
	struct store_filter f;
	int r = review_words_read(words, n, &f);

	if (r == 0 && p.whole && f.id == 0)
		r = -EINVAL;
	if (r < 0) {
		buf_puts(answer, "not a question\n");
		return STATUS_TROUBLE;
	}
	if (p.whole)
		f.rows = 0; /* its id finds it */
	say_reading(s, peer, words, n, f.after == 0);
	r = put_page(s, &f, &p);
	if (r < 0) {
		buf_clear(answer);
		buf_printf(answer, "the store cannot be read: %s\n",
			r == -EINVAL ? "no such reason or pattern" : strerror(-r));
		return STATUS_TROUBLE;
	}
	return STATUS_CLEAN;
}
