/*
 * Lines of the store on their way to the log, between everything else; and what the status says of
 * them: an auditor whose findings do not arrive must not look idle.
 */
#include <inttypes.h>
#include <string.h>

#include "escape.h"
#include "service_in.h"

#include "base/poison.h"

static void
outlet_said(void *user, int priority, const char *sentence)
{
	service_say(user, priority, "%s", sentence);
}

int
service_log_open(struct service *s)
{
	const struct outlet_options o = {.to = s->conf.log_to,
		.facility = s->conf.facility,
		.rate = s->conf.log_rate,
		.style = {.format = s->conf.format,
			.owner = s->conf.owner,
			.plain_names = !s->conf.log_mask_names},
		.say = outlet_said,
		.user = s};

	return s->outlet ? outlet_set(s->outlet, &o) : outlet_new(&o, &s->outlet);
}

void
service_log_step(struct service *s)
{
	s->outlet_ms = outlet_step(s->outlet, s->store, service_now_ms());
}

static uint64_t
waiting(const struct service *s)
{
	return store_last_seq(s->store) - store_sent_seq(s->store);
}

void
service_log_text(const struct service *s, struct buf *b)
{
	int r = outlet_error(s->outlet);

	if (waiting(s))
		buf_printf(b, "  log: %" PRIu64 " lines wait", waiting(s));
	if (waiting(s) && r < 0)
		buf_printf(b, ": %s takes none: %s", s->conf.log_to ? s->conf.log_to : "the log",
			strerror(-r));
	if (waiting(s))
		buf_putc(b, '\n');
	if (store_resending(s->store, NULL))
		buf_printf(b, "  log: %" PRIu64 " lines are sent again\n",
			store_resending(s->store, NULL));
}

void
service_log_json(const struct service *s, struct buf *b)
{
	int r = outlet_error(s->outlet);

	buf_printf(b,
		",\"seq\":%" PRIu64 ",\"sent\":%" PRIu64 ",\"resending\":%" PRIu64 ",\"log\":\"",
		store_last_seq(s->store), store_sent_seq(s->store),
		store_resending(s->store, NULL));
	escape_put(b, span_str(outlet_where(s->outlet)), ESCAPE_JSON);
	buf_printf(b, "\",\"log_error\":\"%s\"", r < 0 ? strerror(-r) : "");
}
