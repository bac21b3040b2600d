/* Many messages in one: in order, whole, and to be had from the page of a worker that is gone. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "bundle.h"

struct line {
	struct bundle b;
	struct ipc_out out;
	struct ipc_in in;
	int other;
};

static void
line_open(struct line *l)
{
	int pair[2];

	*l = (struct line){.b.note = calloc(1, sizeof *l->b.note)};
	assert_non_null(l->b.note);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	l->b.sock = pair[0];
	l->other = pair[1];
	assert_int_equal(fcntl(l->other, F_SETFL, O_NONBLOCK), 0);
	/* what was sent just now: nothing goes for being old */
	assert_int_equal(bundle_send(&l->b), 0);
}

static void
line_close(struct line *l)
{
	free(l->b.note);
	ipc_out_free(&l->out);
	ipc_in_free(&l->in);
	close(l->b.sock);
	close(l->other);
}

static int
say(struct line *l, uint32_t number, size_t bytes)
{
	static const uint8_t zeros[64 * KIB];

	ipc_begin(&l->out, IPC_GAP);
	ipc_u32(&l->out, number);
	ipc_bytes(&l->out, span_of(zeros, bytes));
	return bundle_put(&l->b, &l->out);
}

/* The numbers of the messages of the bundle in l->in, one digit each. */
static uint64_t
numbers(struct line *l)
{
	size_t end = l->in.n;
	uint64_t all = 0;
	int type;

	while ((type = bundle_next(&l->in, end)) != 0) {
		assert_int_equal(type, IPC_GAP);
		all = all * 10 + ipc_get_u32(&l->in);
		(void)ipc_get_bytes(&l->in, SIZE_MAX);
		assert_int_equal(ipc_end(&l->in), 0);
	}
	return all;
}

static void
gathered(void **state)
{
	struct line l;

	(void)state;
	line_open(&l);
	for (uint32_t i = 1; i <= 5; i++)
		assert_int_equal(say(&l, i, i * 100), 0);
	assert_int_equal(ipc_recv(l.other, &l.in), -EAGAIN);
	assert_int_equal(bundle_send_old(&l.b), 0);
	assert_int_equal(ipc_recv(l.other, &l.in), -EAGAIN);
	assert_int_equal(bundle_send(&l.b), 0);
	assert_int_equal(ipc_recv(l.other, &l.in), IPC_BUNDLE);
	assert_true(numbers(&l) == 12345);
	assert_int_equal(ipc_recv(l.other, &l.in), -EAGAIN);
	assert_false(bundle_left(l.b.note, &l.in));
	line_close(&l);
}

/* Nothing waits for long, and nothing comes before what was said before it. */
static void
when_it_goes(void **state)
{
	const struct timespec wait = {.tv_nsec = 2 * BUNDLE_WAIT_MS * 1000000l};
	struct line l;

	(void)state;
	line_open(&l);
	assert_int_equal(say(&l, 1, 20 * KIB), 0);
	assert_int_equal(say(&l, 2, 20 * KIB), 0); /* no room beside the first */
	assert_int_equal(ipc_recv(l.other, &l.in), IPC_BUNDLE);
	assert_true(numbers(&l) == 1);
	assert_int_equal(say(&l, 3, 40 * KIB), 0); /* no room at all */
	assert_int_equal(ipc_recv(l.other, &l.in), IPC_BUNDLE);
	assert_true(numbers(&l) == 2);
	assert_int_equal(ipc_recv(l.other, &l.in), IPC_GAP);
	assert_int_equal(ipc_get_u32(&l.in), 3);
	assert_int_equal(say(&l, 4, 0), 0);
	assert_int_equal(nanosleep(&wait, NULL), 0);
	assert_int_equal(ipc_recv(l.other, &l.in), -EAGAIN);
	assert_int_equal(say(&l, 5, 0), 0);
	assert_int_equal(ipc_recv(l.other, &l.in), IPC_BUNDLE);
	assert_true(numbers(&l) == 45);
	line_close(&l);
}

static void
left_behind(void **state)
{
	struct line l;

	(void)state;
	line_open(&l);
	assert_false(bundle_left(l.b.note, &l.in));
	assert_int_equal(say(&l, 7, 3), 0);
	assert_int_equal(say(&l, 8, 0), 0);
	/* it died while it wrote a third */
	memset(l.b.note->said + l.b.note->said_n, 0xEE, 40);
	assert_true(bundle_left(l.b.note, &l.in));
	assert_true(numbers(&l) == 78);
	line_close(&l);
}

static void
hostile(void **state)
{
	static const struct {
		uint8_t bytes[12];
		uint32_t n;
	} bad[] = {
		{{IPC_BUNDLE, 0, 0, 0, 0, 1}, 6}, /* a message of no byte */
		{{IPC_BUNDLE, 2, 0, 0, 0, IPC_GAP}, 6}, /* longer than what is there */
		{{IPC_BUNDLE, 0xFF, 0xFF, 0xFF, 0xFF, IPC_GAP}, 6},
		{{IPC_BUNDLE, 1, 0, 0}, 4}, /* a length cut short */
		{{IPC_BUNDLE, 1, 0, 0, 0, 0}, 6}, /* type 0 is the end of a stream */
		{{IPC_BUNDLE, 6, 0, 0, 0, IPC_BUNDLE, 1, 0, 0, 0, IPC_GAP}, 11},
	};
	struct line l;

	(void)state;
	line_open(&l);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		memcpy(l.b.note->said, bad[i].bytes, bad[i].n);
		l.b.note->said_n = bad[i].n;
		assert_true(bundle_left(l.b.note, &l.in));
		assert_int_equal(bundle_next(&l.in, l.in.n), -EBADMSG);
	}
	l.b.note->said_n = UINT32_MAX;
	assert_false(bundle_left(l.b.note, &l.in));
	l.b.note->said_n = sizeof l.b.note->said + 1;
	assert_false(bundle_left(l.b.note, &l.in));
	l.b.note->said_n = 4;
	l.b.note->said[0] = IPC_GAP;
	assert_false(bundle_left(l.b.note, &l.in));
	line_close(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gathered),
		cmocka_unit_test(when_it_goes),
		cmocka_unit_test(left_behind),
		cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
