/* Two debts and a small machine of four phases; no clock and no file of its own but in pressure_read(). */
#include "throttle.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

#include "base/poison.h"

#define MEASURE_MS     2000 /* a shorter look takes chance for pressure */
#define SETTLE_MS      1500 /* workers end what they have begun */
#define LISTEN_MS      1000
#define WAIT_MS	       5000 /* between two looks while others need the machine */
#define RUN_MIN_MS     5000
#define RUN_MAX_MS     60000
#define LOAD_OTHERWISE 100 /* where the kernel does not count pressure */
#define BURST_SEC      1.0 /* of silence that may be made good */

void
throttle_set(struct throttle *t, const struct throttle_limits *l)
{
	t->l = *l;
}

void
throttle_init(struct throttle *t, const struct throttle_limits *l, int64_t now_ms)
{
	*t = (struct throttle){.l = *l, .now_ms = now_ms, .since_ms = now_ms, .run_ms = RUN_MIN_MS};
}

static int
read_text(const char *folder, const char *name, char *ret_text, size_t size)
{
	char path[512];
	_cleanup_close_ int fd = -1;
	ssize_t n;

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, ret_text, size - 1);
	if (n < 0)
		return -errno;
	ret_text[n] = 0;
	return 0;
}

/* The line "some avg10=0.12 avg60=... avg300=... total=MICROSECONDS" (Documentation/accounting/psi). */
static bool
some_total(const char *text, uint64_t *ret_us)
{
	const char *line = strncmp(text, "some ", 5) == 0 ? text : NULL;
	const char *total = line ? strstr(line, "total=") : NULL;

	if (!total)
		return false;
	*ret_us = strtoull(total + 6, NULL, 10);
	return true;
}

static unsigned
processors(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;

	return n < 1 ? 1 : (unsigned)n;
}

int
pressure_read(const char *folder, struct pressure *ret_p)
{
	struct pressure p = {.processors = processors()};
	char text[512];
	double load;
	int r = read_text(folder, "loadavg", text, sizeof(text));

	if (r < 0)
		return r;
	load = strtod(text, NULL);
	if (!(load >= 0 && load < 1e6))
		return -EBADMSG;
	p.load_percent = (unsigned)(load * 100 / p.processors);
	p.psi = read_text(folder, "pressure/io", text, sizeof(text)) == 0 &&
		some_total(text, &p.io_us) &&
		read_text(folder, "pressure/cpu", text, sizeof(text)) == 0 &&
		some_total(text, &p.cpu_us);
	*ret_p = p;
	return 0;
}

static void
pay(double *debt, uint64_t given, uint64_t rate, double seconds)
{
	double least = -(double)rate * BURST_SEC;

	if (rate == 0) {
		*debt = 0;
		return;
	}
	*debt += (double)given - (double)rate * seconds;
	if (*debt < least)
		*debt = least;
}

static bool
above(uint64_t now_us, uint64_t then_us, int64_t ms, unsigned percent)
{
	uint64_t waited = now_us > then_us ? now_us - then_us : 0;

	return percent && ms > 0 && waited / 10 >= (uint64_t)ms * percent;
}

/* Did somebody wait too much since t->then? */
static bool
pressed(const struct throttle *t, int64_t ms, unsigned workers, const struct pressure *p)
{
	unsigned ours = p->processors ? workers * 100 / p->processors : 0;
	unsigned load = t->l.load_percent;

	if (!load && !p->psi && (t->l.io_percent || t->l.cpu_percent))
		load = LOAD_OTHERWISE;
	if (load && p->load_percent > load + ours)
		return true;
	return p->psi && t->then.psi &&
		(above(p->io_us, t->then.io_us, ms, t->l.io_percent) ||
			above(p->cpu_us, t->then.cpu_us, ms, t->l.cpu_percent));
}

static void
enter(struct throttle *t, enum phase phase, const struct pressure *p)
{
	t->phase = phase;
	t->since_ms = t->now_ms;
	t->then = *p;
}

static void
step_phase(struct throttle *t, unsigned workers, const struct pressure *p)
{
	int64_t ms = t->now_ms - t->since_ms;

	switch (t->phase) {
	case PHASE_RUN:
		if (ms < (int64_t)t->run_ms)
			break;
		if (pressed(t, ms, workers, p))
			enter(t, PHASE_SETTLE, p);
		else {
			t->run_ms = MEASURE_MS;
			enter(t, PHASE_RUN, p);
		}
		break;
	case PHASE_SETTLE:
		if (ms >= SETTLE_MS)
			enter(t, PHASE_LISTEN, p);
		break;
	case PHASE_LISTEN:
	case PHASE_WAIT:
		if (ms < (t->phase == PHASE_LISTEN ? LISTEN_MS : WAIT_MS))
			break;
		if (pressed(t, ms, workers, p)) {
			t->run_ms = RUN_MIN_MS;
			enter(t, PHASE_WAIT, p);
			break;
		}
		t->run_ms = t->run_ms * 2 < RUN_MIN_MS ? RUN_MIN_MS : t->run_ms * 2;
		if (t->run_ms > RUN_MAX_MS)
			t->run_ms = RUN_MAX_MS;
		enter(t, PHASE_RUN, p);
		break;
	}
}

enum hold
throttle_step(struct throttle *t, int64_t now_ms, uint64_t bytes, uint64_t files, unsigned workers,
	const struct pressure *p)
{
	double seconds = now_ms > t->now_ms ? (double)(now_ms - t->now_ms) / 1000 : 0;

	pay(&t->debt_bytes, bytes - t->bytes, t->l.bytes_sec, seconds);
	pay(&t->debt_files, files - t->files, t->l.files_sec, seconds);
	t->bytes = bytes;
	t->files = files;
	t->now_ms = now_ms;
	if (!t->told) {
		t->then = *p;
		t->told = true;
	}
	step_phase(t, workers, p);
	if (t->phase == PHASE_WAIT)
		return HOLD_PRESSURE;
	if (t->phase != PHASE_RUN)
		return HOLD_LISTEN;
	return t->debt_bytes > 0 || t->debt_files > 0 ? HOLD_RATE : HOLD_NONE;
}

const char *
hold_name(enum hold h)
{
	static const char *const names[] = {"", "rate", "listening", "pressure"};

	return names[h];
}
