/* Messages: round trips, and everything a hostile other side could send. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "wire.h"

struct line {
	int a, b;
	struct ipc_out out;
	struct ipc_in in;
};

static void
line_open(struct line *l)
{
	int pair[2];

	memset(l, 0, sizeof *l);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair), 0);
	l->a = pair[0];
	l->b = pair[1];
}

static void
line_close(struct line *l)
{
	close(l->a);
	close(l->b);
	ipc_out_free(&l->out);
	ipc_in_free(&l->in);
}

static int
across(struct line *l)
{
	assert_int_equal(ipc_send(l->a, &l->out), 0);
	return ipc_recv(l->b, &l->in);
}

static void
numbers(void **state)
{
	struct line l;
	struct span s;

	(void)state;
	line_open(&l);
	ipc_begin(&l.out, IPC_GAP);
	ipc_u8(&l.out, 0xFE);
	ipc_u16(&l.out, 0xFEDC);
	ipc_u32(&l.out, 0xFEDCBA98);
	ipc_u64(&l.out, 0xFEDCBA9876543210);
	ipc_bytes(&l.out, span_str("hello"));
	assert_int_equal(across(&l), IPC_GAP);
	assert_int_equal(ipc_get_u8(&l.in), 0xFE);
	assert_int_equal(ipc_get_u16(&l.in), 0xFEDC);
	assert_int_equal(ipc_get_u32(&l.in), 0xFEDCBA98);
	assert_true(ipc_get_u64(&l.in) == 0xFEDCBA9876543210);
	assert_int_equal(ipc_end(&l.in), -EBADMSG);
	s = ipc_get_bytes(&l.in, 5);
	assert_true(span_eq(s, span_str("hello")));
	assert_int_equal(ipc_end(&l.in), 0);
	assert_int_equal(ipc_get_u8(&l.in), 0);
	assert_int_equal(ipc_end(&l.in), -EBADMSG);
	line_close(&l);
}

static void
refused_messages(void **state)
{
	static uint8_t big[LIMIT_MESSAGE + 1] = {IPC_GAP};
	struct line l;

	(void)state;
	line_open(&l);
	assert_int_equal(ipc_recv(l.b, &l.in), -EAGAIN);
	assert_int_equal(send(l.a, big, sizeof big, 0), sizeof big);
	assert_int_equal(ipc_recv(l.b, &l.in), -EBADMSG);
	assert_int_equal(send(l.a, "\0", 1, 0), 1);
	assert_int_equal(ipc_recv(l.b, &l.in), -EBADMSG);
	assert_int_equal(send(l.a, big, sizeof big - 1, 0), sizeof big - 1);
	assert_int_equal(ipc_recv(l.b, &l.in), IPC_GAP);
	ipc_begin(&l.out, IPC_GAP);
	ipc_bytes(&l.out, span_of(big, LIMIT_MESSAGE - 4));
	assert_int_equal(ipc_send(l.a, &l.out), -EMSGSIZE);
	/* a length that is more than what follows, and one over the caller's bound */
	ipc_begin(&l.out, IPC_GAP);
	ipc_u32(&l.out, UINT32_MAX);
	assert_int_equal(across(&l), IPC_GAP);
	assert_int_equal(ipc_get_bytes(&l.in, SIZE_MAX).n, 0);
	assert_true(l.in.bad);
	ipc_begin(&l.out, IPC_GAP);
	ipc_bytes(&l.out, span_str("four"));
	assert_int_equal(across(&l), IPC_GAP);
	assert_int_equal(ipc_get_bytes(&l.in, 3).n, 0);
	assert_int_equal(ipc_end(&l.in), -EBADMSG);
	close(l.a);
	l.a = -1;
	assert_int_equal(ipc_recv(l.b, &l.in), 0);
	ipc_begin(&l.out, IPC_GAP);
	assert_int_equal(ipc_send(l.b, &l.out), -EPIPE);
	line_close(&l);
}

/* What a side sent before it died with our messages unread is still read. */
static void
last_words(void **state)
{
	struct line l;

	(void)state;
	line_open(&l);
	ipc_begin(&l.out, IPC_BATCH);
	assert_int_equal(ipc_send(l.b, &l.out), 0);
	ipc_begin(&l.out, IPC_START);
	assert_int_equal(ipc_send(l.a, &l.out), 0);
	close(l.a);
	l.a = -1;
	assert_int_equal(ipc_recv(l.b, &l.in), IPC_START);
	assert_int_equal(ipc_recv(l.b, &l.in), 0);
	line_close(&l);
}

static bool
same_file(int a, int b)
{
	struct stat x, y;

	return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_ino == y.st_ino &&
		x.st_dev == y.st_dev;
}

static void
descriptors(void **state)
{
	int null = open("/dev/null", O_RDONLY), zero = open("/dev/zero", O_RDONLY), kept;
	struct line l;

	(void)state;
	line_open(&l);
	ipc_begin(&l.out, IPC_BATCH);
	for (unsigned i = 0; i < BATCH_FILES; i++)
		ipc_fd(&l.out, i % 2 ? null : zero);
	assert_int_equal(across(&l), IPC_BATCH);
	assert_int_equal(l.in.n_fds, BATCH_FILES);
	assert_true(same_file(l.in.fds[0], zero));
	assert_true(same_file(l.in.fds[31], null));
	assert_true(fcntl(l.in.fds[0], F_GETFD) & FD_CLOEXEC);
	kept = l.in.fds[3];
	l.in.fds[3] = -1;
	ipc_begin(&l.out, IPC_BATCH);
	assert_int_equal(across(&l), IPC_BATCH);
	assert_int_equal(l.in.n_fds, 0);
	assert_true(same_file(kept, null));
	for (unsigned i = 0; i <= IPC_FDS; i++)
		ipc_fd(&l.out, null);
	assert_int_equal(ipc_send(l.a, &l.out), -EMSGSIZE);
	close(kept);
	close(null);
	close(zero);
	line_close(&l);
}

static unsigned
open_descriptors(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* Descriptors that do not fit: the message is refused and those that came are closed again. */
static void
cut_descriptors(void **state)
{
	struct rlimit was, few;
	struct line l;
	unsigned before;

	(void)state;
	line_open(&l);
	ipc_begin(&l.out, IPC_BATCH);
	for (unsigned i = 0; i < 20; i++)
		ipc_fd(&l.out, 0);
	assert_int_equal(ipc_send(l.a, &l.out), 0);
	before = open_descriptors();
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
	few = (struct rlimit){before + 5, was.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_int_equal(ipc_recv(l.b, &l.in), -EBADMSG);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
	assert_int_equal(ipc_recv(l.b, &l.in), -EAGAIN);
	assert_int_equal(open_descriptors(), before);
	line_close(&l);
}

static struct finding
full_finding(void)
{
	struct finding f = {.rule = 7,
		.confidence = CONF_HIGH,
		.via = VIA_NAME,
		.lowered = true,
		.encrypted = true,
		.count = UINT64_MAX,
		.unique = 5,
		.evidence = 0x55,
		.n_at = LIMIT_PLACES,
		.n_samples = LIMIT_SAMPLES,
		.n_why = LIMIT_WHY};

	for (unsigned i = 0; i < LIMIT_PLACES; i++) {
		f.at[i] = (struct place){PLACE_OFFSET, i, 2, 3, 4, 5, UINT64_MAX - i, PART_RAW, ""};
		memset(f.at[i].name, 'n', sizeof f.at[i].name - 1);
	}
	for (unsigned i = 0; i < LIMIT_SAMPLES; i++)
		memset(f.samples[i], '*', FINDING_TEXT - 1);
	for (unsigned i = 0; i < LIMIT_WHY; i++)
		memset(f.why[i], 'w', FINDING_TEXT - 1);
	snprintf(f.mime, sizeof f.mime, "text/plain");
	return f;
}

static void
findings(void **state)
{
	static char long_name[LIMIT_NAME];
	struct span names[WIRE_NAMES];
	const struct inner in = {names, WIRE_NAMES};
	struct finding f = full_finding(), g;
	struct wire_inner got;
	struct line l;

	(void)state;
	line_open(&l);
	memset(long_name, 'x', sizeof long_name);
	for (unsigned i = 0; i < WIRE_NAMES; i++)
		names[i] = span_of(long_name, sizeof long_name);
	names[1] = span_str("short");
	ipc_begin(&l.out, IPC_FINDING);
	wire_put_inner(&l.out, &in);
	wire_put_finding(&l.out, &f);
	assert_int_equal(across(&l), IPC_FINDING);
	assert_int_equal(wire_get_inner(&l.in, &got), 0);
	assert_int_equal(wire_get_finding(&l.in, &g), 0);
	assert_int_equal(ipc_end(&l.in), 0);
	assert_int_equal(got.in.n, WIRE_NAMES);
	assert_true(span_eq(got.names[1], names[1]));
	assert_true(got.names[0].n <= WIRE_INNER_BYTES / WIRE_NAMES);
	assert_int_equal(got.names[0].p[got.names[0].n - 17], '~');
	assert_memory_equal(&f, &g, sizeof f);
	line_close(&l);
}

/* An honest writer's unfit text arrives scrubbed; a dishonest one's is refused. */
static void
texts(void **state)
{
	static const char *const hostile[] = {"a\033[2J", "a\nb", "\xC3",
		("\xC2\x9B"
		 "31m"),
		"\x7F"};
	struct line l;
	char got[8];

	(void)state;
	line_open(&l);
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		ipc_begin(&l.out, IPC_GAP);
		wire_put_text(&l.out, hostile[i], sizeof got);
		ipc_bytes(&l.out, span_str(hostile[i]));
		assert_int_equal(across(&l), IPC_GAP);
		assert_int_equal(wire_get_text(&l.in, got, sizeof got, false), 0);
		assert_int_equal(strlen(got), strlen(hostile[i]) < 7 ? strlen(hostile[i]) : 7);
		assert_int_equal(wire_get_text(&l.in, got, sizeof got, false), -EBADMSG);
	}
	ipc_begin(&l.out, IPC_GAP);
	wire_put_text(&l.out, "123456\xC3\xA9", sizeof got); /* cut in front of the e acute */
	ipc_bytes(&l.out, span_str("12345678")); /* no room for a NUL */
	assert_int_equal(across(&l), IPC_GAP);
	assert_int_equal(wire_get_text(&l.in, got, sizeof got, false), 0);
	assert_string_equal(got, "123456");
	assert_int_equal(wire_get_text(&l.in, got, sizeof got, false), -EBADMSG);
	line_close(&l);
}

/* Every cut of a sound message is refused, and every change of a byte is read without harm. */
static void
hostile_findings(void **state)
{
	struct finding f = full_finding(), g;
	struct span name = span_str("member");
	const struct inner in = {&name, 1};
	struct wire_inner got;
	struct ipc_out o = {0};
	uint8_t *p;

	(void)state;
	ipc_begin(&o, IPC_FINDING);
	wire_put_inner(&o, &in);
	wire_put_finding(&o, &f);
	p = malloc(o.b.n);
	for (size_t n = 1; n < o.b.n; n++) {
		struct ipc_in i = {.p = p, .n = n, .at = 1};

		memcpy(p, o.b.p, n);
		assert_true(wire_get_inner(&i, &got) < 0 || wire_get_finding(&i, &g) < 0);
	}
	for (size_t at = 1; at < o.b.n; at++) {
		struct ipc_in i = {.p = p, .n = o.b.n, .at = 1};

		memcpy(p, o.b.p, o.b.n);
		p[at] = 0xFF;
		if (wire_get_inner(&i, &got) == 0 && wire_get_finding(&i, &g) == 0) {
			assert_true(g.confidence < CONFIDENCES && g.via < VIAS);
			assert_true(g.n_at <= LIMIT_PLACES && g.n_why <= LIMIT_WHY);
		}
	}
	free(p);
	ipc_out_free(&o);
}

static void
runs_ascend(void **state)
{
	const uint64_t up[] = {1, 2, UINT64_MAX}, same[] = {1, 1}, down[] = {2, 1};
	static uint64_t many[WIRE_RUN + 1], got[WIRE_RUN];
	size_t n = 0;
	struct line l;

	(void)state;
	line_open(&l);
	for (unsigned i = 0; i <= WIRE_RUN; i++)
		many[i] = i;
	ipc_begin(&l.out, IPC_RUN);
	wire_put_run(&l.out, up, 3);
	assert_int_equal(across(&l), IPC_RUN);
	assert_int_equal(wire_get_run(&l.in, got, &n), 0);
	assert_int_equal(n, 3);
	assert_memory_equal(got, up, sizeof up);
	ipc_begin(&l.out, IPC_RUN);
	wire_put_run(&l.out, same, 2);
	assert_int_equal(across(&l), IPC_RUN);
	assert_int_equal(wire_get_run(&l.in, got, &n), -EBADMSG);
	ipc_begin(&l.out, IPC_RUN);
	wire_put_run(&l.out, down, 2);
	assert_int_equal(across(&l), IPC_RUN);
	assert_int_equal(wire_get_run(&l.in, got, &n), -EBADMSG);
	ipc_begin(&l.out, IPC_RUN);
	wire_put_run(&l.out, many, WIRE_RUN + 1);
	assert_int_equal(across(&l), IPC_RUN);
	assert_int_equal(wire_get_run(&l.in, got, &n), -EBADMSG);
	ipc_begin(&l.out, IPC_RUN);
	wire_put_run(&l.out, up, 0);
	assert_int_equal(across(&l), IPC_RUN);
	assert_int_equal(wire_get_run(&l.in, got, &n), -EBADMSG);
	assert_int_equal(n, 3);
	line_close(&l);
}

static void
set_up(void **state)
{
	struct wire_job j = {.id = 9, .size = 1ull << 40, .skip = {2, 5}, .n_skip = 2}, k;
	const struct confinement c = {true, false, true, false, true, true, 7, 65534, "none"};
	const char *const words[] = {"us-ssn", "pay"};
	struct rule_info r = {0};
	struct confinement d;
	struct line l;
	char **v;
	size_t n;

	(void)state;
	line_open(&l);
	j.name = span_str("a.zip");
	j.folder = span_str("HR");
	ipc_begin(&l.out, IPC_BATCH);
	wire_put_job(&l.out, &j);
	wire_put_confinement(&l.out, &c);
	wire_put_words(&l.out, words, 2);
	j.skip[1] = 2;
	wire_put_job(&l.out, &j);
	assert_int_equal(across(&l), IPC_BATCH);
	assert_int_equal(wire_get_job(&l.in, &k), 0);
	assert_true(k.id == 9 && k.size == 1ull << 40 && k.n_skip == 2 && k.skip[1] == 5);
	assert_true(span_eq(k.name, j.name) && span_eq(k.folder, j.folder));
	assert_int_equal(wire_get_confinement(&l.in, &d), 0);
	assert_true(d.no_new_privs && !d.seccomp && d.no_caps && !d.unprivileged_uid &&
		d.not_dumpable && d.landlock_abi == 7 && d.uid == 65534);
	assert_string_equal(d.missing, "none");
	assert_int_equal(wire_get_words(&l.in, &v, &n), 0);
	assert_int_equal(n, 2);
	assert_string_equal(v[1], "pay");
	wire_words_free(v, n);
	assert_int_equal(wire_get_job(&l.in, &k), -EBADMSG);
	/* a rule without an id */
	ipc_begin(&l.out, IPC_RULE_INFO);
	wire_put_rule(&l.out, &r);
	assert_int_equal(across(&l), IPC_RULE_INFO);
	assert_int_equal(wire_get_rule(&l.in, &r), -EBADMSG);
	line_close(&l);
}

static void
note(void **state)
{
	static char long_name[LIMIT_NAME];
	static uint8_t copy[sizeof((struct worker_note *)NULL)->inner];
	struct span names[WIRE_NAMES];
	struct inner in = {names, 3};
	struct worker_note *n = calloc(1, sizeof *n);
	struct wire_inner got;

	(void)state;
	names[0] = span_str("a.zip");
	names[1] = span_str("");
	names[2] = span_str("b\nc");
	wire_note_write(n, 42, &in);
	assert_int_equal(n->ordinal, 42);
	assert_int_equal(wire_note_read(n, copy, &got), 0);
	assert_int_equal(got.in.n, 3);
	assert_true(span_eq(got.names[0], names[0]) && span_eq(got.names[2], names[2]));
	/* more than fits: every name keeps its beginning */
	in.n = WIRE_NAMES;
	for (unsigned i = 0; i < WIRE_NAMES; i++)
		names[i] = span_of(long_name, sizeof long_name);
	wire_note_write(n, 43, &in);
	assert_int_equal(wire_note_read(n, copy, &got), 0);
	assert_int_equal(got.in.n, WIRE_NAMES);
	assert_true(got.names[19].n > 100);
	/* whatever stands in the page */
	n->inner_n = sizeof n->inner + 1;
	assert_int_equal(wire_note_read(n, copy, &got), -EBADMSG);
	n->inner_n = UINT32_MAX;
	assert_int_equal(wire_note_read(n, copy, &got), -EBADMSG);
	n->inner_n = 3;
	n->inner[0] = 2;
	n->inner[1] = 0;
	assert_int_equal(wire_note_read(n, copy, &got), -EBADMSG);
	n->inner_n = 1;
	assert_int_equal(wire_note_read(n, copy, &got), -EBADMSG);
	memset(n->inner, 0, sizeof n->inner);
	n->inner_n = sizeof n->inner;
	assert_int_equal(wire_note_read(n, copy, &got), -EBADMSG);
	free(n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(refused_messages),
		cmocka_unit_test(last_words),
		cmocka_unit_test(descriptors),
		cmocka_unit_test(cut_descriptors),
		cmocka_unit_test(findings),
		cmocka_unit_test(texts),
		cmocka_unit_test(hostile_findings),
		cmocka_unit_test(runs_ascend),
		cmocka_unit_test(set_up),
		cmocka_unit_test(note),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
