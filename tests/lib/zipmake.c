/* Documents are zips with a rule or two about how their first member is stored: mkarchive does the rest. */
#include "zipmake.h"

#include "base/poison.h"

void
zipmake_begin(struct zipmake *z)
{
	*z = (struct zipmake){0};
	mk_open(&z->m, "zip", NULL);
}

void
zipmake_add(struct zipmake *z, const char *name, struct span bytes)
{
	mk_store(&z->m, z->store || strcmp(name, "mimetype") == 0);
	mk_member(&z->m, name, bytes, UINT64_MAX);
}

void
zipmake_end(struct zipmake *z)
{
	(void)mk_close(&z->m);
	z->out = z->m.out;
	z->m.out = (struct buf){0};
}

void
zipmake_free(struct zipmake *z)
{
	mk_free(&z->m);
	buf_free(&z->out);
}

void
zipmake_all(struct zipmake *z, const struct zipmake_part *parts, size_t n)
{
	zipmake_begin(z);
	for (size_t i = 0; i < n; i++)
		zipmake_add(z, parts[i].name, span_str(parts[i].text));
	zipmake_end(z);
}
