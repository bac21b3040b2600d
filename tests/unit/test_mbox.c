/* Mailboxes: where one message ends and the next begins, whatever the reader gives at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "extract/mail_head.h"
#include "limits.h"
#include "mailmake.h"
#include "readtest.h"

#include "base/poison.h"

#define FROM "From ann@example.com Mon Nov 24 08:00:00 2014\n"
#define HEAD "From: Ann <ann@example.com>\nDate: Mon, 24 Nov 2014 08:00:00 +0000\n"

/* A reader that cannot seek and gives `step` bytes at a time. */
struct drip {
	struct reader r;
	struct span s;
	size_t step;
};

static ssize_t
drip_read(struct reader *r, void *p, size_t n)
{
	struct drip *d = (struct drip *)r;

	n = n < d->step ? n : d->step;
	n = n < d->s.n ? n : d->s.n;
	if (n)
		memcpy(p, d->s.p, n);
	d->s = span_sub(d->s, n, d->s.n);
	return (ssize_t)n;
}

static const struct reader_ops drip_ops = {.read = drip_read};

extern const struct extractor extract_mbox;

/* The log of a mailbox read from a stream. */
static void
read_drip(struct recsink *rs, struct span in, size_t step)
{
	struct drip d = {.s = in, .step = step};
	struct item it = {.name = span_str("box"), .r = &d.r};

	reader_init(&d.r, &drip_ops, UINT64_MAX);
	recsink_init(rs, true);
	budget_start(&rs->budget, in.n, NULL);
	rs->item = &it;
	assert_int_equal(extract_mbox.run(&it, &rs->sink), 0);
	reader_end(&d.r);
}

static void
read_box(struct recsink *rs, struct span in)
{
	recsink_init(rs, true);
	assert_int_equal(recsink_bytes(rs, "box", in), 0);
}

static size_t
count(struct recsink *rs, const char *words)
{
	size_t n = 0;

	for (const char *p = recsink_log(rs); (p = strstr(p, words)); p++)
		n++;
	return n;
}

static void
has(struct recsink *rs, const char *words)
{
	if (!count(rs, words))
		fail_msg("no '%s' in:\n%s", words, recsink_log(rs));
}

static const char quoted[] = FROM HEAD "Message-ID: <1@x>\n\n>From here on\n>>From twice\n"
				       "From now on all is well\n> From a reply\n\n" FROM HEAD
				       "Message-ID: <2@x>\n\nsecond\n\n" FROM HEAD "Message-ID: "
				       "<2@x>\n\nthird";

static void
test_quoting(void **state)
{
	struct recsink rs;

	(void)state;
	read_box(&rs, span_str(quoted));
	has(&rs, "item 0 box application/mbox\nitem 1 mail-");
	assert_int_equal(count(&rs, "item 1 mail-"), 3);
	has(&rs,
		"text body|From here on\\n>From twice\\nFrom now on all is well\\n"
		"> From a reply\\n\n");
	has(&rs, "text body|second\\n\n");
	has(&rs, "text body|third\n");
	recsink_free(&rs);
}

static void
test_pieces(void **state)
{
	struct recsink whole;

	(void)state;
	read_drip(&whole, span_str(quoted), SIZE_MAX);
	for (size_t step = 1; step < 200; step++) {
		struct recsink rs;

		read_drip(&rs, span_str(quoted), step);
		assert_string_equal(recsink_log(&rs), recsink_log(&whole));
		recsink_free(&rs);
	}
	assert_int_equal(count(&whole, "item 1 mail-"), 3);
	recsink_free(&whole);
}

/* A body as long as its header says is not looked into; a wrong length is not believed. */
static void
test_content_length(void **state)
{
	static const char body[] = "a\n\n" FROM "\n>From b\n";
	struct buf in = {0};
	struct recsink rs;

	(void)state;
	buf_printf(&in, FROM HEAD "Content-Length: %zu\n\n%s\n" FROM HEAD "\nsecond\n",
		sizeof body - 1, body);
	read_box(&rs, buf_span(&in));
	assert_int_equal(count(&rs, "item 1 mail-"), 2);
	has(&rs, "\\n\\n>From b\\n");
	recsink_free(&rs);
	for (size_t i = 0; i < 2; i++) {
		static const char *const wrong[] = {"7", "99999999999999999999999"};

		buf_clear(&in);
		buf_printf(&in, FROM HEAD "Content-Length: %s\n\n%s\n" FROM HEAD "\nsecond\n",
			wrong[i], body);
		read_box(&rs, buf_span(&in));
		assert_int_equal(count(&rs, "item 1 mail-"), 3);
		recsink_free(&rs);
	}
	buf_free(&in);
}

/* Large messages, so that every cut of the buffer is met. */
static void
test_large(void **state)
{
	struct buf in = {0}, data = {0};
	struct recsink rs;

	(void)state;
	for (size_t i = 0; i < 60000; i++)
		buf_printf(&data, "%zu,", i);
	for (size_t i = 0; i < 20; i++) {
		buf_printf(&in,
			FROM HEAD "Message-ID: <%zu@x>\nContent-Type: multipart/mixed; "
				  "boundary=B\n\n"
				  "--B\nContent-Type: text/plain; name=n%zu.txt\n"
				  "Content-Transfer-Encoding: base64\n\n",
			i, i);
		mailmake_base64(&in, span_sub(buf_span(&data), 0, data.n - i * 997));
		buf_puts(&in, "--B\n\nbehind\n--B--\n\n");
	}
	assert_false(in.failed);
	read_box(&rs, buf_span(&in));
	assert_int_equal(count(&rs, "item 1 mail-"), 20);
	assert_int_equal(count(&rs, "text body|behind\n"), 20);
	assert_int_equal(count(&rs, "text body|0,1,2,"), 20);
	has(&rs, ",59998,59999,\n");
	assert_int_equal(count(&rs, "gap"), 0);
	recsink_free(&rs);
	buf_free(&in);
	buf_free(&data);
}

static void
test_from_line(void **state)
{
	(void)state;
	assert_true(head_from_line(span_str("From - Mon Nov 24 08:00:00 2014")));
	assert_true(head_from_line(span_str("From a@b  Mon Nov  3 08:00 2014 +0100")));
	assert_true(head_from_line(span_str("From ???@??? Mon, 24 Nov 2014 08:00:00 +0000")));
	assert_false(head_from_line(span_str("From Monday on, at 10:30, we meet")));
	assert_false(head_from_line(span_str("From a@b 24.11.2014")));
	assert_false(head_from_line(span_str("From: a Mon Nov 24 08:00:00 2014")));
	assert_false(head_from_line(span_str("From ")));
}

static void
put_piece(struct buf *b, unsigned number, unsigned total, struct span s)
{
	buf_printf(b,
		FROM HEAD "Message-ID: <%u@x>\nContent-Type: message/partial; id=\"whole@x\";\n"
			  "\tnumber=%u",
		number, number);
	if (total)
		buf_printf(b, "; total=%u", total);
	buf_puts(b, "\n\n");
	buf_put(b, s.p, s.n);
	buf_puts(b, "\n");
}

/* The mail that is cut: its text goes on over every cut. */
static void
put_whole(struct buf *b)
{
	struct buf text = {0};

	for (int i = 0; i < 400; i++)
		buf_printf(&text, "line %d of it\n", i);
	buf_puts(&text, "862-43-5549\n");
	buf_puts(b,
		"Subject: cut\nMessage-ID: <whole@x>\nContent-Type: multipart/mixed; boundary=P\n\n"
		"--P\n\nbefore\n--P\nContent-Type: text/plain; name=notes.txt\n"
		"Content-Transfer-Encoding: base64\n\n");
	mailmake_base64(b, buf_span(&text));
	buf_puts(b, "--P--\n");
	buf_free(&text);
}

/* Pieces that are all in the mailbox are one mail, in whatever order and however often they come. */
static void
test_partial(void **state)
{
	static const unsigned order[] = {2, 3, 1, 2};
	struct buf in = {0}, whole = {0};
	struct recsink rs;

	(void)state;
	put_whole(&whole);
	for (size_t i = 0; i < 4; i++) {
		size_t third = 1 + whole.n / 3 / 77 * 77;

		/* a cut is a line's end, which the mailbox puts behind each */
		while (whole.p[third - 1] != '\n')
			third++;
		put_piece(&in, order[i], order[i] == 3 ? 3 : 0,
			order[i] == 3 ? span_sub(buf_span(&whole), 2 * third, whole.n)
				      : span_sub(buf_span(&whole), (order[i] - 1) * third, third));
		buf_puts(&in, FROM HEAD "Subject: between\n\nother\n\n");
	}
	read_box(&rs, buf_span(&in));
	has(&rs, "text body|before\n");
	has(&rs, " notes.txt text/plain\ntext body|line 0 of it\\n");
	has(&rs, "line 399 of it\\n862-43-5549\\n\n");
	assert_int_equal(count(&rs, "862-43-5549"), 1);
	assert_int_equal(count(&rs, "text body|other\\n"), 4);
	assert_int_equal(count(&rs, "gap"), 0);
	recsink_free(&rs);
	buf_free(&in);
	buf_free(&whole);
}

static void
test_missing_piece(void **state)
{
	struct buf in = {0};
	struct recsink rs;

	(void)state;
	put_piece(&in, 1, 4, span_str("Subject: x\n\nfirst words\n"));
	put_piece(&in, 3, 4, span_str("third words\n"));
	read_box(&rs, buf_span(&in));
	has(&rs, "first words\\n");
	has(&rs, "text body|third words\\n");
	has(&rs, "gap missing-volume hides a mail sent in 4 pieces lacks 2, 4 (mail-");
	assert_int_equal(count(&rs, "gap"), 1);
	recsink_free(&rs);
	buf_clear(&in);
	put_piece(&in, 1, 0, span_str("Subject: x\n\nfirst words\n"));
	read_box(&rs, buf_span(&in));
	has(&rs, "gap missing-volume hides a mail sent in pieces lacks its last one (mail-");
	recsink_free(&rs);
	recsink_init(&rs, true);
	assert_int_equal(
		recsink_bytes(&rs, "a.eml", span_sub(buf_span(&in), sizeof FROM - 1, in.n)), 0);
	has(&rs, "gap missing-volume hides piece 1 of a mail sent in several\n");
	recsink_free(&rs);
	buf_free(&in);
}

/* More than can be held: each is a mail by itself, and says so. */
static void
test_large_pieces(void **state)
{
	struct buf in = {0}, text = {0};
	struct recsink rs;

	(void)state;
	for (size_t i = 0; text.n < LIMIT_PIECES_BYTES / 2; i++)
		buf_printf(&text, "line %zu of a long text\n", i);
	for (unsigned i = 1; i <= 3; i++)
		put_piece(&in, i, 3, buf_span(&text));
	recsink_init(&rs, true);
	rs.log.max = 1000;
	assert_int_equal(recsink_bytes(&rs, "box", buf_span(&in)), 0);
	has(&rs, "gap missing-volume hides piece 2 of 3 of a mail sent in several\n");
	recsink_free(&rs);
	buf_free(&in);
	buf_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quoting),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_content_length),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_from_line),
		cmocka_unit_test(test_partial),
		cmocka_unit_test(test_missing_piece),
		cmocka_unit_test(test_large_pieces),
	};

	return cmocka_run_group_tests(tests, read_open, read_close);
}
