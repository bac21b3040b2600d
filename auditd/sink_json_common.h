/* sink_json_common: the objects of JSON Lines, version 1, shared by jsonl and json. */
#ifndef SINK_JSON_COMMON_H
#define SINK_JSON_COMMON_H

#include "sink_common.h"

/* Each appends one object without a newline. */
void json_scan(struct buf *b, const struct scan_head *h);
void json_record(
	struct buf *b, const struct record *r, const struct sink_options *o, struct owners *owners);
void json_summary(struct buf *b, const struct summary *s);

#endif
