/* outletrig: a store with lines, and loggers of our own, for the tests of the outlet. */
#ifndef OUTLETRIG_H
#define OUTLETRIG_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "outlet.h"
#include "storerig.h"

#include "base/poison.h"

static struct storerig rig;
static struct outlet *out;
static char devlog[100], journal[100];
static char said[512];

static inline void
note(void *user, int priority, const char *sentence)
{
	(void)user;
	(void)snprintf(said, sizeof(said), "%d %s", priority, sentence);
}

static inline int64_t
ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static inline struct outlet_options
options(const char *to)
{
	return (struct outlet_options){.to = to,
		.facility = LOG_LOCAL3,
		.rate = OUTLET_RATE_MAX,
		.say = note,
		.journal = journal,
		.devlog = devlog};
}

/* A store with `files` findings of which nothing is sent yet. */
static inline int
setup_files(unsigned files)
{
	char name[32];

	srig_init(&rig);
	srig_open(&rig);
	(void)snprintf(devlog, sizeof(devlog), "%s/log", rig.top);
	(void)snprintf(journal, sizeof(journal), "%s/journal", rig.top);
	for (unsigned i = 0; i < files; i++) {
		(void)snprintf(name, sizeof(name), "f%04u-1", i);
		srig_write(&rig, name, "x");
	}
	srig_begin(&rig);
	for (unsigned i = 0; i < files; i++) {
		(void)snprintf(name, sizeof(name), "f%04u-1", i);
		srig_find(&rig, name, NULL, RIG_TOKEN, i, 1);
	}
	srig_end(&rig, true);
	said[0] = 0;
	return 0;
}

static inline int
setup(void **state)
{
	(void)state;
	return setup_files(10);
}

static inline int
setup_some(void **state)
{
	(void)state;
	return setup_files(300);
}

static inline int
setup_many(void **state)
{
	(void)state;
	return setup_files(2500);
}

static inline int
teardown(void **state)
{
	(void)state;
	outlet_free(out);
	out = NULL;
	srig_free(&rig);
	return 0;
}

static inline int
listen_at(const char *path, int type)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	(void)snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", path);
	(void)unlink(path);
	assert_int_equal(bind(fd, (const struct sockaddr *)&sa, sizeof(sa)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 4), 0);
	return fd;
}

/* The number of the next message, with its text; 0 when there is none. */
static char text[8192];

static inline uint64_t
next(int fd)
{
	ssize_t n = recv(fd, text, sizeof(text) - 1, 0);
	const char *seq;

	if (n < 0)
		return 0;
	text[n] = 0;
	seq = strstr(text, " seq=");
	assert_non_null(seq);
	return strtoull(seq + 5, NULL, 10);
}

/* Steps until nothing waits, reading what comes: numbers from `first` on, each once. */
static inline uint64_t
pump(int fd, uint64_t first)
{
	int64_t end = ms() + 20000;
	int wait;

	do {
		uint64_t seq;

		assert_true(ms() < end);
		wait = outlet_step(out, rig.s, ms());
		while ((seq = next(fd)) != 0)
			assert_int_equal(seq, first++);
		if (wait > 0)
			(void)poll(NULL, 0, wait < 20 ? wait : 20);
	} while (wait >= 0);
	return first;
}

static inline void
open_outlet(const char *to)
{
	const struct outlet_options o = options(to);

	assert_int_equal(outlet_new(&o, &out), 0);
}

static inline void
all_sent(void)
{
	assert_int_equal(store_sent_seq(rig.s), store_last_seq(rig.s));
	assert_int_equal(outlet_error(out), 0);
}

#endif
