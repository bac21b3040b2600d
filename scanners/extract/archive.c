/*
 * Archives. A zip, 7z or rar that comes out of another container is held in memory, because its list
 * of members stands at its end or its members need each other; all others stream. Programs and
 * unknown bytes are looked at for an archive behind them, as self-extracting ones have it.
 */
#include <errno.h>
#include <locale.h>

#include "extract/archive_names.h"
#include "extract/archive_walk.h"
#include "extract/extract.h"
#include "extract/rar5_head.h"
#include "extract/slurp.h"
#include "limits.h"

#include "base/poison.h"

/*
 * The library turns the UTF-16 names of 7z and others into the locale's charset: without one that
 * has all characters they would be lost.
 */
static int
archive_open_locale(void)
{
	return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -ENOENT;
}

static int
archive_bid(const struct item *it)
{
	uint64_t base;

	switch (it->format) {
	case FORMAT_7Z:
	case FORMAT_RAR:
	case FORMAT_TAR:
	case FORMAT_CPIO:
	case FORMAT_ISO:
	case FORMAT_CAB:
	case FORMAT_AR:
	case FORMAT_LHA:
	case FORMAT_XAR:
	case FORMAT_RPM:
		return 100;
	case FORMAT_ZIP: /* documents that are zips bid higher */
		return 60;
	case FORMAT_EXECUTABLE:
	case FORMAT_UNKNOWN:
		return archive_behind(it->r, it->format == FORMAT_EXECUTABLE, &base) ? 60 : 0;
	default:
		return 0;
	}
}

/* What one file header of a rar5 says by itself: all encrypted, or begun in a volume not here. */
static int
say_rar5_file(struct sink *s, const struct archive_view *v, const struct rar5_file *f,
	struct names *names, struct buf *name)
{
	int q;

	if (f->dir || !(v->all_encrypted || f->before))
		return 0;
	q = budget_item(s->budget);
	if (q < 0)
		return q;
	(void)name_decode(name, f->name, true);
	names_number(names, name);
	return s->ops->gap(s, v->all_encrypted ? GAP_ENCRYPTED : GAP_MISSING_VOLUME, true,
		v->all_encrypted ? v->cipher : "rar5: begins in another volume",
		&(struct span){name->p, name->n});
}

/* The files of a rar5 that the library does not show or cannot step over, by the headers alone. */
static int
say_rar5(struct sink *s, struct reader *r, const struct archive_view *v)
{
	struct names names = {0};
	struct buf name = {0};
	struct rar5_file f;
	struct rar5 w;
	int q = rar5_open(&w, r, s->budget, v->base);

	while (q >= 0 && (q = rar5_next(&w, &f)) > 0)
		q = say_rar5_file(s, v, &f, &names, &name);
	rar5_end(&w);
	names_free(&names);
	buf_free(&name);
	return q;
}

static int
run_view(struct sink *s, struct reader *r, struct archive_view *v)
{
	int q = 0;

	if (v->locked) {
		struct buf words = {0};

		buf_printf(&words, "%s, names are hidden too", v->word);
		q = sink_gap(s, GAP_ENCRYPTED, true, buf_cstr(&words));
		buf_free(&words);
		return q;
	}
	if (v->split)
		q = sink_gap(s, GAP_MISSING_VOLUME, true, "one volume of several");
	if (q < 0)
		return q;
	if (v->all_encrypted || (v->split && v->rar5))
		q = say_rar5(s, r, v);
	if (q < 0)
		return s->budget->blown == q ? budget_say(s, q, v, NULL) : q;
	return v->all_encrypted ? 0 : archive_walk(s, r, v);
}

static int
run_reader(struct item *it, struct sink *s, struct reader *r)
{
	enum format format = it->format;
	struct archive_view v;
	uint64_t base = 0;
	int q;

	if (format == FORMAT_EXECUTABLE || format == FORMAT_UNKNOWN)
		format = archive_behind(r, format == FORMAT_EXECUTABLE, &base);
	if (format == FORMAT_UNKNOWN)
		return -EMEDIUMTYPE;
	q = archive_look(it, r, s->budget, format, base, &v);
	if (q == 0)
		q = run_view(s, r, &v);
	else if (s->budget->blown)
		q = budget_say(s, s->budget->blown, &v, NULL);
	else if (q != -ENOMEM)
		q = sink_gap(s, GAP_IO_ERROR, true, "could not be read");
	if (q == -EBADMSG && v.split) /* which has been said */
		q = extract_strings(r, s);
	else if (q == -EBADMSG && it->format != format)
		q = -EMEDIUMTYPE;
	else if (q == -EBADMSG)
		q = sink_gap(s, GAP_CORRUPT, true, "damaged: no archive can be read");
	archive_view_end(&v);
	return q;
}

static int
run_slurped(struct item *it, struct sink *s)
{
	struct buf all = {0};
	struct reader mem;
	int q = reader_slurp(it->r, s->budget, LIMIT_SLURP, &all);

	if (q == -EOVERFLOW) {
		q = sink_gap(s, GAP_TOO_BIG, true, "nested archive larger than memory allows");
	} else if (q == -ENOMEM) {
		q = sink_gap(s, GAP_MEMORY, true, "nested archive does not fit into memory");
	} else if (q == -ETIME) {
		q = sink_gap(s, GAP_TIMEOUT, true, "takes longer than an item may");
		q = q < 0 ? q : -ETIME;
	} else if (q == 0) {
		reader_mem(&mem, buf_span(&all));
		q = run_reader(it, s, &mem);
		reader_end(&mem);
	}
	buf_free(&all);
	return q;
}

static int
archive_run(struct item *it, struct sink *s)
{
	if (archive_needs_seek(it->format) && !reader_seekable(it->r))
		return run_slurped(it, s);
	return run_reader(it, s, it->r);
}

const struct extractor extract_archive = {
	.name = "archive",
	.formats = "zip, 7z, rar, tar, cpio, iso, cab, ar, deb, lha, xar, rpm; self-extracting",
	.library = INFLATER_LIBRARY,
	.version = inflater_version,
	.open = archive_open_locale,
	.bid = archive_bid,
	.run = archive_run,
};
