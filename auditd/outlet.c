/*
 * Outbox first, then send, then mark: a line is behind us when the kernel has it, and the mark is
 * written with the store's next commit, so that a crash repeats a fifth of a second of lines and
 * loses none. A logger that is away, full or stopped costs one attempt now and then, at growing
 * distances. The rate stays below what loggers take before they throw lines away in silence.
 */
#include "outlet.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <syslog.h>
#include <time.h>

#include "base/cleanup.h"
#include "outlet_in.h"

#include "base/poison.h"

#define RETRY_MIN_MS 50 /* the first distance between two attempts; doubled each time */
#define RETRY_MAX_MS 2000
#define TELL_MS	     5000 /* a logger may be away so long, as for a restart, before it is said */
#define BURST_PART   4 /* of a second's lines may go at once */

struct outlet {
	struct outlet_options o;
	char *to, *journal, *devlog; /* owned; o points at them */
	struct outlet_socket socket;
	const char *where;
	struct logline line;
	struct buf message,
		rest; /* rest: of a stream, what it has not yet taken of line rest_seq */
	size_t rest_at;
	uint64_t rest_seq;
	double tokens;
	int64_t filled_ms; /* when tokens were added last; 0 = never */
	int64_t retry_ms, wait_ms; /* not before; the distance */
	int64_t trouble_ms; /* since when it fails; 0 = it does not */
	bool told;
	int error;
};

/* --- settings ------------------------------------------------------------------------------- */

static void
free_strings(struct outlet *o)
{
	free(o->to);
	free(o->journal);
	free(o->devlog);
}

static void
hang_up(struct outlet *o)
{
	outlet_disconnect(&o->socket);
	buf_clear(&o->rest);
	o->rest_at = 0;
}

int
outlet_set(struct outlet *o, const struct outlet_options *options)
{
	struct outlet fresh = {.o = *options};

	fresh.to = strdup(options->to ? options->to : "auto");
	fresh.journal = strdup(options->journal ? options->journal : OUTLET_JOURNAL);
	fresh.devlog = strdup(options->devlog ? options->devlog : OUTLET_DEVLOG);
	if (!fresh.to || !fresh.journal || !fresh.devlog) {
		free_strings(&fresh);
		return -ENOMEM;
	}
	free_strings(o);
	hang_up(o);
	o->to = fresh.to;
	o->journal = fresh.journal;
	o->devlog = fresh.devlog;
	o->o = *options;
	if (o->o.rate == 0)
		o->o.rate = OUTLET_RATE;
	o->where = "";
	o->retry_ms = 0;
	return 0;
}

int
outlet_new(const struct outlet_options *options, struct outlet **ret_o)
{
	struct outlet *o = calloc(1, sizeof(*o));
	int r = o ? outlet_set(o, options) : -ENOMEM;

	if (r < 0)
		free(o);
	else
		*ret_o = o;
	return r;
}

void
outlet_free(struct outlet *o)
{
	if (!o)
		return;
	hang_up(o);
	logline_free(&o->line);
	buf_free(&o->message);
	buf_free(&o->rest);
	free_strings(o);
	free(o);
}

/* --- the socket ----------------------------------------------------------------------------- */

static int
connect_one(struct outlet *o, const char *path, enum outlet_kind kind)
{
	int r = outlet_connect(path, kind, &o->socket);

	if (r == 0)
		o->where = kind == OUTLET_TO_JOURNAL ? "journal" : path;
	return r;
}

static int
connect_any(struct outlet *o)
{
	bool any = strcmp(o->to, "auto") == 0;
	int r = -ENOENT;

	if (o->socket.kind != OUTLET_NONE)
		return 0;
	if (any || strcmp(o->to, "journal") == 0)
		r = connect_one(o, o->journal, OUTLET_TO_JOURNAL);
	if (any && r < 0)
		r = connect_one(o, o->devlog, OUTLET_TO_SYSLOG);
	if (o->to[0] == '/')
		r = connect_one(o, o->to, OUTLET_TO_SYSLOG);
	return r;
}

static int
now_left(int64_t deadline)
{
	struct timespec t;
	int64_t left;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	left = deadline - ((int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000);
	return left > 0 ? (int)left : 0;
}

/* Waits for room until the deadline. */
static int
wait_for_room(const struct outlet *o, int64_t deadline)
{
	struct pollfd p = {.fd = o->socket.fd, .events = POLLOUT};

	return poll(&p, 1, now_left(deadline)) > 0 ? 0 : -EAGAIN;
}

static int
send_some(const struct outlet *o, struct span bytes, size_t *ret_n)
{
	ssize_t n = send(o->socket.fd, bytes.p, bytes.n, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0)
		return errno == EWOULDBLOCK || errno == ENOBUFS ? -EAGAIN : -errno;
	*ret_n = (size_t)n;
	return 0;
}

/* The end of a line that a stream took in part. */
static int
send_rest(struct outlet *o, int64_t deadline)
{
	while (o->rest_at < o->rest.n) {
		size_t n = 0;
		int r = send_some(o, span_of(o->rest.p + o->rest_at, o->rest.n - o->rest_at), &n);

		if (r == -EAGAIN)
			r = wait_for_room(o, deadline);
		if (r < 0)
			return r;
		o->rest_at += n;
	}
	buf_clear(&o->rest);
	o->rest_at = 0;
	return 0;
}

static int
send_bytes(struct outlet *o, uint64_t seq, int64_t deadline)
{
	size_t n = 0;
	int r = send_some(o, buf_span(&o->message), &n);

	if (r == -EAGAIN && wait_for_room(o, deadline) == 0)
		r = send_some(o, buf_span(&o->message), &n);
	if (r < 0 || !o->socket.stream || n == o->message.n)
		return r;
	buf_put(&o->rest, o->message.p + n, o->message.n - n);
	o->rest_seq = seq;
	return o->rest.failed ? -ENOMEM : send_rest(o, deadline);
}

/* A socket with little room is given a shorter line. */
static int
send_message(struct outlet *o, const struct store_line *e, int64_t deadline)
{
	static const size_t sizes[] = {LOGLINE_MAX, LOGLINE_MIN};
	int r = -EMSGSIZE;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes) && r == -EMSGSIZE; i++) {
		outlet_message(&o->message, &o->socket, &o->line, e, o->o.facility, sizes[i]);
		r = o->message.failed ? -ENOMEM : send_bytes(o, e->seq, deadline);
	}
	return r;
}

static int
send_connected(struct outlet *o, const struct store_line *e, int64_t deadline)
{
	bool begun = o->rest.n > 0 && o->rest_seq == e->seq;
	int r = send_rest(o, deadline);

	return r < 0 || begun ? r : send_message(o, e, deadline);
}

/* A logger that was started anew has another socket: once more at once. */
static int
send_line(struct outlet *o, const struct store_line *e, int64_t deadline)
{
	int r = -ENOTCONN;

	for (int i = 0; i < 2 && r < 0 && r != -EAGAIN && r != -EMSGSIZE && r != -ENOMEM; i++) {
		r = connect_any(o);
		if (r < 0)
			return r;
		r = send_connected(o, e, deadline);
		if (r < 0 && r != -EAGAIN)
			hang_up(o);
	}
	return r;
}

/* --- a step --------------------------------------------------------------------------------- */

static void
tell(const struct outlet *o, int priority, const char *sentence)
{
	if (o->o.say)
		o->o.say(o->o.user, priority, sentence);
}

static void
failed(struct outlet *o, int r, int64_t now)
{
	char text[256];

	o->error = r;
	o->wait_ms = o->wait_ms ? o->wait_ms * 2 : RETRY_MIN_MS;
	if (o->wait_ms > RETRY_MAX_MS)
		o->wait_ms = RETRY_MAX_MS;
	o->retry_ms = now + o->wait_ms;
	if (!o->trouble_ms)
		o->trouble_ms = now;
	if (o->told || now - o->trouble_ms < TELL_MS)
		return;
	o->told = true;
	(void)snprintf(text, sizeof(text),
		"the log takes no lines (%s): they wait in the store and are sent when it does",
		r == -EAGAIN ? "its socket is full" : strerror(-r));
	tell(o, LOG_WARNING, text);
}

static void
went_well(struct outlet *o)
{
	o->error = 0;
	o->wait_ms = o->retry_ms = o->trouble_ms = 0;
	if (o->told)
		tell(o, LOG_NOTICE, "the log takes lines again");
	o->told = false;
}

/* What a line that cannot be read any more is replaced by, so that its number is no hole. */
static void
damaged(struct store_line *e, const struct store *s, uint64_t seq)
{
	*e = (struct store_line){.seq = seq,
		.ts = (int64_t)time(NULL),
		.event = STORE_ERROR,
		.priority = LOG_ERR,
		.store = store_id(s),
		.share = "",
		.n_pairs = 1};
	e->pairs[0] = (struct store_pair){"detail", "this line is damaged in the store", false};
}

/* The next line to go: 1, 0 when none is, -errno. */
static int
next_line(struct outlet *o, struct store *s, struct store_line *e, bool *ret_again)
{
	uint64_t after = store_sent_seq(s), left;
	int r = o->o.only_resend ? 0 : store_line_next(s, after, e);

	*ret_again = false;
	if (r == 0 && (left = store_resending(s, &after)) > 0) {
		r = store_line_next(s, after, e);
		*ret_again = true;
		if (r == 0 || (r > 0 && e->seq > after + left)) {
			store_resent(s, UINT64_MAX);
			return 0;
		}
	}
	if (r == -EUCLEAN) {
		damaged(e, s, after + 1);
		r = 1;
	}
	return r;
}

static int
send_next(struct outlet *o, struct store *s, int64_t deadline)
{
	struct logline_style style = o->o.style;
	struct store_line e;
	bool again;
	int r = next_line(o, s, &e, &again);

	if (r <= 0)
		return r;
	style.resent = again;
	r = logline_fill(&o->line, &e, &style);
	if (r == 0)
		r = send_line(o, &e, deadline);
	if (r < 0)
		return r;
	if (again)
		store_resent(s, e.seq);
	else
		store_sent(s, e.seq);
	return 1;
}

static void
add_tokens(struct outlet *o, int64_t now)
{
	double most = (double)o->o.rate / BURST_PART + 1;

	if (o->filled_ms)
		o->tokens += (double)(now - o->filled_ms) * o->o.rate / 1000;
	else
		o->tokens = most;
	if (o->tokens > most)
		o->tokens = most;
	o->filled_ms = now;
}

int
outlet_step(struct outlet *o, struct store *s, int64_t now)
{
	int r = 1;

	add_tokens(o, now);
	if (now < o->retry_ms)
		return (int)(o->retry_ms - now);
	for (unsigned i = 0; i < OUTLET_STEP && r > 0 && o->tokens >= 1; i++) {
		r = send_next(o, s, now + OUTLET_STEP_MS);
		if (r > 0) {
			o->tokens -= 1;
			went_well(o);
		}
		if (now_left(now + OUTLET_STEP_MS) == 0)
			break;
	}
	if (r < 0) {
		failed(o, r, now);
		return (int)(o->retry_ms - now);
	}
	if (r == 0 && o->error)
		went_well(o);
	if (r == 0)
		return -1;
	return o->tokens >= 1 ? 0 : 1 + (int)((1 - o->tokens) * 1000 / o->o.rate);
}

int
outlet_error(const struct outlet *o)
{
	return o->error;
}

const char *
outlet_where(const struct outlet *o)
{
	return o->where;
}

bool
outlet_is_full(const char *path)
{
	struct outlet_socket s = {0};
	struct pollfd p = {.events = POLLOUT};
	bool full;

	if (outlet_connect(path, OUTLET_TO_SYSLOG, &s) < 0)
		return false;
	p.fd = s.fd;
	full = poll(&p, 1, 0) == 0;
	outlet_disconnect(&s);
	return full;
}
