/* The examples of the rules are run by the same confined worker that will use the rules. */
#include "pool_priv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

#include "base/poison.h"

static void
free_pool(struct pool **p)
{
	pool_free(*p);
}

int
pool_check_rules(const struct pool_options *o,
	int (*report)(void *user, const struct rule_checked *c), void *user, char ret_error[1024])
{
	_cleanup_(free_pool) struct pool *p = NULL;
	const struct pool_events none = {0};
	struct pool_options one = *o;
	int r;

	one.workers = 1;
	r = pool_new(&one, &none, &p, ret_error);
	if (r < 0)
		return r;
	p->report = report;
	p->report_user = user;
	ipc_begin(&p->out, IPC_CHECK);
	r = ipc_send(p->workers[0].sock, &p->out);
	while (r == 0 && p->stop == 0 && p->report_done == 0) {
		bool happened;

		pool_turn(p, -1, &happened);
	}
	if (p->stop)
		return p->stop;
	if (r == 0 && p->report_done < 0)
		r = p->report_done;
	if (r < 0)
		(void)snprintf(ret_error, 1024, "the examples could not be run: %s", strerror(-r));
	return r;
}
