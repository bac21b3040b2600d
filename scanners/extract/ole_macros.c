/* Macros hold what their authors did not want to type again: paths, accounts, passwords. */
#include <errno.h>

#include "extract/ole.h"
#include "extract/oletext.h"
#include "extract/vba.h"
#include "limits.h"

#include "base/poison.h"

static int
module(struct ole *o, uint32_t e)
{
	struct buf stream = {0}, source = {0}, text = {0}, name = {0};
	int r = cfb_slurp(o->c, e, LIMIT_MACRO_MODULE, &stream);

	if (r == 0 && vba_source(buf_span(&stream), LIMIT_MACRO_SOURCE, &source)) {
		put_codepage(&text, 1252, buf_span(&source));
		buf_puts(&name, "macro ");
		cfb_name(o->c, e, &name);
		r = budget_bytes(o->s->budget, source.n);
		if (r == 0 && (source.failed || text.failed))
			r = -ENOMEM;
		if (r == 0)
			r = sink_text(o->s, PART_BODY, buf_cstr(&name), buf_span(&text));
	}
	buf_free(&stream);
	buf_free(&source);
	buf_free(&text);
	buf_free(&name);
	return r;
}

int
ole_macros(struct ole *o, uint32_t storage)
{
	struct cfb *c = o->c;
	int r = 0;

	for (uint32_t e = cfb_first(c, storage); e != CFB_NONE && r == 0; e = cfb_next(c, e)) {
		if (cfb_type(c, e) == CFB_STREAM)
			r = module(o, e);
	}
	return r;
}
