/* The outputs there are; one line each. */
#include <string.h>

#include "sink.h"

#include "base/poison.h"

extern const struct output output_text, output_jsonl, output_json, output_csv, output_syslog;

const struct output *const outputs[] = {
	&output_text,
	&output_jsonl,
	&output_json,
	&output_csv,
	&output_syslog,
	NULL,
};

const struct output *
output_find(const char *name)
{
	for (size_t i = 0; outputs[i]; i++) {
		if (strcmp(outputs[i]->name, name) == 0)
			return outputs[i];
	}
	return NULL;
}
