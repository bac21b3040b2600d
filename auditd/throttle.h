/*
 * throttle: how fast files may be given to the workers. Bytes and files a second are paid afterwards:
 * what was given is a debt, and nothing more is given until time has paid it, so that the mean holds
 * whatever the size of one file. Beside that the machine's own work comes first: see throttle_step().
 */
#ifndef THROTTLE_H
#define THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

struct throttle_limits {
	uint64_t bytes_sec; /* 0 = any */
	unsigned files_sec; /* 0 = any */
	unsigned io_percent, cpu_percent; /* of time in which somebody waits; 0 = not looked at */
	/*
	 * Load average for each processor, 100 = one. 0 = not looked at, unless the kernel does not
	 * count pressure and that is asked for: then 100.
	 */
	unsigned load_percent;
};

/* Time, in microseconds since boot, in which some task waited; and the load. */
struct pressure {
	bool psi; /* the kernel counts it: io_us and cpu_us are true */
	uint64_t io_us, cpu_us;
	unsigned load_percent; /* load average of one minute, for each processor */
	unsigned processors;
};

/* Reads FOLDER/pressure/{io,cpu} and FOLDER/loadavg; FOLDER is /proc but in tests. 0 or -errno. */
int pressure_read(const char *folder, struct pressure *ret_p);

enum hold { HOLD_NONE, HOLD_RATE, HOLD_LISTEN, HOLD_PRESSURE };

struct throttle {
	struct throttle_limits l;
	int64_t now_ms, since_ms; /* of the last step; when the phase at hand began */
	double debt_bytes, debt_files;
	uint64_t bytes, files; /* given, as of the last step */
	enum phase { PHASE_RUN, PHASE_SETTLE, PHASE_LISTEN, PHASE_WAIT } phase;
	struct pressure then; /* at since_ms */
	unsigned run_ms; /* how long to go on before the next listening */
	bool told; /* then holds something */
};

/* now_ms is a clock that never goes back. */
void throttle_init(struct throttle *t, const struct throttle_limits *l, int64_t now_ms);

/* New limits; debts and what is known of the machine stay. */
void throttle_set(struct throttle *t, const struct throttle_limits *l);

/*
 * May files be given? `bytes` and `files` are what was given since throttle_init(), `workers` how many
 * of the processes that wait or compute are ours, p what pressure_read() says now.
 *
 * Pressure cannot tell who waits: our own reading, at the lowest priority, makes some. So when it is
 * above the limit nothing is given for a moment, until the workers have come to rest, and it is looked
 * at again: what is left is of others. Then nothing is given until it is gone; if nothing is left,
 * the next such look is put off, twice as long each time, up to a minute.
 */
enum hold throttle_step(struct throttle *t, int64_t now_ms, uint64_t bytes, uint64_t files,
	unsigned workers, const struct pressure *p);

/* A word for people: "", "rate", "listening", "pressure". */
const char *hold_name(enum hold h);

#endif
