/*
 * Prints the outbox of a store, a JSON object a line; with "on" it first makes the store one that
 * has an outbox, with "confirm" whatever looks lost is lost. usage: store-lines DIR [on | confirm]
 */
#include <stdio.h>
#include <string.h>

#include "sink_common.h"
#include "store.h"

#include "base/poison.h"

static void
print_line(const struct store_line *l)
{
	char id[17] = "";
	struct buf b = {0};

	if (l->record) {
		record_id_hex(l->record->id, id);
		escape_put(&b, span_str(l->record->path), ESCAPE_JSON);
	}
	(void)printf("{\"store\":\"%s\",\"seq\":%llu,\"ts\":%lld,\"event\":\"%s\",\"act\":\"%s\","
		     "\"cause\":\"%s\",\"priority\":%d,\"id\":\"%s\",\"path\":\"%s\"",
		l->store, (unsigned long long)l->seq, (long long)l->ts, store_event_name(l->event),
		store_act_name(l->act), store_cause_name(l->cause), l->priority, id, buf_cstr(&b));
	for (unsigned i = 0; i < l->n_pairs; i++) {
		buf_clear(&b);
		escape_put(&b, span_str(l->pairs[i].value), ESCAPE_JSON);
		(void)printf(",\"%s\":\"%s\"", l->pairs[i].key, buf_cstr(&b));
	}
	(void)puts("}");
	buf_free(&b);
}

static void
say(void *user, const char *sentence)
{
	(void)user;
	(void)fprintf(stderr, "store-lines: %s\n", sentence);
}

int
main(int argc, char **argv)
{
	struct store_options o = {.dir = argc > 1 ? argv[1] : "", .say = say};
	struct store_line l;
	struct store *s;
	char error[512];
	int r;

	o.log = argc > 2 && strcmp(argv[2], "on") == 0 ? STORE_LOG_ON : STORE_LOG_KEEP;
	if (store_open(&o, &s, error) < 0) {
		(void)fprintf(stderr, "store-lines: %s\n", error);
		return 2;
	}
	if (argc > 2 && strcmp(argv[2], "confirm") == 0)
		(void)store_confirm(s, NULL);
	for (uint64_t after = 0; (r = store_line_next(s, after, &l)) > 0; after = l.seq)
		print_line(&l);
	store_close(s);
	return r < 0;
}
