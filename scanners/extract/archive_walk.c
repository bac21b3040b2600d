/*
 * The library's results are graded as its manual says: WARN is usable, RETRY and FAILED cost one
 * entry, FATAL ends the walk, and whatever was read before counts. Its messages are never passed on,
 * since they may quote the archive: they only choose the reason. Whoever hears the budget say no
 * first speaks of it; from there on up the error is handed on in silence.
 */
#include "extract/archive_walk.h"

#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "extract/archive_names.h"
#include "limits.h"

#include "base/poison.h"

struct walk {
	struct sink *s;
	struct archive *a; /* NULL: a plain zip */
	struct zip_stream plain;
	uint8_t *room; /* for it */
	struct archive_source src;
	struct archive_view *v;
	struct names names;
	struct buf name;
	uint64_t entries;
	unsigned bad; /* in a row */
};

/* What the headers say of a member. */
struct entry {
	struct span raw; /* its name */
	uint64_t size; /* UINT64_MAX: not said */
	bool file; /* a regular one, not a second name of one */
	bool encrypted;
};

static int
say(struct sink *s, enum gap_reason reason, bool hides, const struct archive_view *v,
	const char *words, const struct span *name)
{
	char detail[96];

	(void)snprintf(detail, sizeof detail, "%s%s", v->word, words);
	return s->ops->gap(s, reason, hides, detail, name);
}

/* The budget's refusal as a gap; returns the refusal, or what the sink says. */
int
budget_say(struct sink *s, int error, const struct archive_view *v, const struct span *name)
{
	enum gap_reason reason = error == -EFBIG ? GAP_BOMB
		: error == -E2BIG		 ? GAP_TOO_MANY
						 : GAP_TIMEOUT;
	int q = say(s, reason, true, v,
		error == -EFBIG		  ? ": unpacks to more than a file may"
			: error == -E2BIG ? ": more members than a file may have"
					  : ": takes longer than an item may",
		name);

	return q < 0 ? q : error;
}

static bool
is_stop(int error)
{
	return error == -EFBIG || error == -E2BIG || error == -ETIME || error == -ECANCELED ||
		error == -ENOMEM;
}

static bool
says(const char *message, const char *word)
{
	return message && strcasestr(message, word);
}

/*
 * A method it does not know, or, of what lies behind such a member in the same block of a 7z, a decoder
 * that was never begun.
 */
static bool
says_unsupported(const char *message)
{
	static const char *const words[] = {"upport", "unavailable", "unknown codec",
		"unexpected codec", "Decompression failed(11)", "Decompression internal error"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (says(message, words[i]))
			return true;
	}
	return false;
}

static enum gap_reason
reason_of(struct archive *a, const struct archive_view *v)
{
	const char *message = a ? archive_error_string(a) : NULL;

	if (!a)
		return GAP_CORRUPT;
	if (archive_errno(a) == ENOMEM || says(message, "allocate"))
		return GAP_MEMORY;
	if (says(message, "encrypt") || says(message, "passphrase"))
		return GAP_ENCRYPTED;
	if (says_unsupported(message))
		return GAP_UNSUPPORTED;
	return v->split ? GAP_MISSING_VOLUME : GAP_CORRUPT;
}

/* That volumes are missing is said already; of a zip's last member, which is cut short, not again. */
static int
say_volume(struct sink *s, const struct archive_view *v, const char *words, const struct span *name)
{
	return !name || v->format == FORMAT_ZIP ? 0
						: say(s, GAP_MISSING_VOLUME, true, v, words, name);
}

/* The library's error as a gap, for a member (f: what is known of it) or the archive itself. */
static int
say_error(struct archive *a, struct sink *s, const struct archive_view *v, const struct fact *f,
	const struct span *name)
{
	enum gap_reason reason = reason_of(a, v);

	if (reason == GAP_MISSING_VOLUME)
		return say_volume(s, v, ": goes on in another volume", name);
	switch (reason) {
	case GAP_ENCRYPTED:
		return s->ops->gap(s, reason, true, f && f->detail ? f->detail : v->cipher, name);
	case GAP_UNSUPPORTED:
		if (f && f->detail)
			return s->ops->gap(s, reason, true, f->detail, name);
		return say(s, reason, true, v, ": a method that is not supported", name);
	case GAP_MEMORY:
		return say(s, reason, true, v, ": asks for more memory than there is", name);
	default:
		return say(s, reason, true, v,
			name ? ": damaged data" : ": damaged, the rest cannot be read", name);
	}
}

/* The source failed: the budget's word, an error from above that is handed on, or a read error. */
int
source_say(struct archive_source *src, struct sink *s, const struct archive_view *v,
	const struct span *name)
{
	if (src->own) {
		src->own = false;
		return budget_say(s, src->error, v, name);
	}
	if (is_stop(src->error))
		return src->error;
	return say(s, GAP_IO_ERROR, true, v, ": could not be read", name);
}

int
member_say(struct member *m, struct sink *s, const struct archive_view *v, const struct fact *f,
	int q, const struct span *name)
{
	if (m->blown) {
		int r = budget_say(s, m->blown, v, name);

		/* a member's own time is up, and only that: the next one has its chance */
		return r == -ETIME && !s->budget->blown && !m->src->error ? 0 : r;
	}
	if (m->src->error && (q >= 0 || m->src->own))
		return source_say(m->src, s, v, name);
	if (q < 0)
		return q == -ETIME && !s->budget->blown ? 0 : q;
	if (m->status == ARCHIVE_FAILED || m->status == ARCHIVE_FATAL)
		return say_error(m->a, s, v, f, name);
	if (m->status == ARCHIVE_EOF && m->r.size != UINT64_MAX && m->next < m->r.size)
		return v->split
			? say_volume(s, v, ": ends before its declared size", name)
			: say(s, GAP_CORRUPT, true, v, ": ends before its declared size", name);
	if (m->warned)
		return say(s, GAP_CORRUPT, false, v, ": checksum does not match", name);
	return 0;
}

static struct span
raw_name(struct archive_entry *e)
{
	const char *p = archive_entry_pathname(e);

	return span_str(p ? p : archive_entry_pathname_utf8(e));
}

/* Puts the name of a member into w->name; false when it is not UTF-8 even so. */
static bool
make_name(struct walk *w, struct span raw)
{
	enum format f = w->v->format;
	bool fine =
		name_decode(&w->name, raw, f == FORMAT_ZIP || f == FORMAT_RAR || f == FORMAT_LHA);

	if (w->name.n == 0)
		buf_puts(&w->name, "unnamed");
	names_number(&w->names, &w->name);
	return fine;
}

/* A regular file, not a second name of one. */
static bool
is_member(struct archive_entry *e)
{
	__LA_MODE_T type = archive_entry_filetype(e);

	if (type != AE_IFREG && type != 0)
		return false;
	return !archive_entry_hardlink(e) ||
		(archive_entry_size_is_set(e) && archive_entry_size(e) > 0);
}

/* Counts one that becomes no child; also asks for the next child beforehand, to say it here. */
static int
count(struct walk *w, bool child)
{
	int q = child && w->s->budget->items ? 0 : budget_item(w->s->budget);

	return q < 0 ? budget_say(w->s, q, w->v, NULL) : 0;
}

static int
give_child(struct walk *w, const struct entry *e, const struct fact *f, bool fine)
{
	struct span name = buf_span(&w->name);
	struct member m;
	struct item child = {.name = name, .raw_name = !fine, .r = &m.r};
	int q = count(w, true);

	if (q < 0)
		return q;
	if (w->a)
		member_start(&m, w->a, &w->src, e->size, w->v->format == FORMAT_XAR);
	else
		member_start_plain(&m, &w->plain, w->room, &w->src, e->size);
	q = w->s->ops->child(w->s, &child);
	reader_end(&m.r);
	return member_say(&m, w->s, w->v, f, q, &name);
}

static int
take_entry(struct walk *w, const struct entry *e)
{
	struct span name;
	const struct fact *f;
	bool fine;
	int q;

	w->entries++;
	w->bad = 0;
	if (!e->file)
		return count(w, false);
	f = facts_find(&w->v->facts, e->raw);
	fine = make_name(w, e->raw);
	name = buf_span(&w->name);
	if (e->encrypted || (f && f->encrypted)) {
		q = count(w, false);
		return q < 0 ? q
			     : w->s->ops->gap(w->s, GAP_ENCRYPTED, true,
				       f && f->detail ? f->detail : w->v->cipher, &name);
	}
	return give_child(w, e, f, fine);
}

static int
take_library_entry(struct walk *w, struct archive_entry *e)
{
	bool sized = archive_entry_size_is_set(e) && archive_entry_size(e) >= 0;
	const struct entry entry = {.raw = raw_name(e),
		.size = sized ? (uint64_t)archive_entry_size(e) : UINT64_MAX,
		.file = is_member(e),
		.encrypted = archive_entry_is_data_encrypted(e)};

	return take_entry(w, &entry);
}

/* The library gives up on the archive: says why. */
static int
stop(struct walk *w)
{
	int format = archive_format(w->a) & ARCHIVE_FORMAT_BASE_MASK;

	if (w->src.error)
		return source_say(&w->src, w->s, w->v, NULL);
	/* to be asked only of formats that were recognised: it reads out of bounds otherwise */
	if (w->entries == 0 && (format == ARCHIVE_FORMAT_7ZIP || format == ARCHIVE_FORMAT_RAR) &&
		archive_read_has_encrypted_entries(w->a) > 0)
		return say(w->s, GAP_ENCRYPTED, true, w->v, ", names are hidden too", NULL);
	return say_error(w->a, w->s, w->v, NULL, NULL);
}

static int
skip_bad(struct walk *w, struct archive_entry *e, int r)
{
	if (++w->bad > LIMIT_BAD_ENTRIES)
		return stop(w);
	if (r == ARCHIVE_RETRY)
		return 0;
	make_name(w, raw_name(e));
	return say_error(w->a, w->s, w->v, NULL, &(struct span){w->name.p, w->name.n});
}

static int
walk_all(struct walk *w)
{
	for (;;) {
		struct archive_entry *e = NULL;
		int q = budget_tick(w->s->budget), r;

		if (q < 0)
			return budget_say(w->s, q, w->v, NULL);
		w->src.late = 0;
		r = archive_read_next_header(w->a, &e);
		if (w->src.error)
			return stop(w);
		if (r == ARCHIVE_EOF)
			return 0;
		if (r == ARCHIVE_OK || r == ARCHIVE_WARN)
			q = take_library_entry(w, e);
		else if (r == ARCHIVE_FATAL || w->bad > LIMIT_BAD_ENTRIES)
			return stop(w);
		else
			q = skip_bad(w, e, r);
		if (q < 0)
			return q;
	}
}

static int
walk_plain(struct walk *w, const struct zip_plain *z)
{
	int q = 0;

	w->room = malloc(MEMBER_BLOCK);
	if (!w->room || zip_stream_new(&w->plain, w->src.r) < 0)
		return -ENOMEM;
	for (size_t i = 0; q == 0 && i < z->n; i++) {
		const struct zip_member *m = &z->v[i];
		const struct entry e = {
			.raw = zip_member_name(z, m), .size = m->size, .file = !m->folder};

		q = budget_tick(w->s->budget);
		if (q < 0)
			return budget_say(w->s, q, w->v, NULL);
		zip_stream_begin(&w->plain, m);
		q = take_entry(w, &e);
	}
	return q;
}

static int
walk_library(struct walk *w)
{
	int q = archive_open(&w->src, w->v->format, &w->a);

	if (q == 0)
		return walk_all(w);
	return w->src.error ? source_say(&w->src, w->s, w->v, NULL) : q;
}

/* A plain zip is read here, for the library takes three times as long. As zip_plain_read(). */
static int
look_plain(const struct walk *w, struct zip_plain *ret_z)
{
	const struct archive_view *v = w->v;

	if (v->format != FORMAT_ZIP || v->base || v->end != UINT64_MAX || v->split || v->facts.n)
		return 0;
	return zip_plain_read(w->src.r, w->s->budget, ret_z);
}

int
archive_walk(struct sink *s, struct reader *r, struct archive_view *v)
{
	struct walk w = {.s = s, .v = v};
	struct zip_plain z = {0};
	int q;

	archive_source_init(&w.src, r, s->budget);
	w.src.base = v->base;
	w.src.end = v->end;
	q = look_plain(&w, &z);
	if (q > 0)
		q = walk_plain(&w, &z);
	else if (q == 0 || (q != -ENOMEM && !s->budget->blown))
		q = walk_library(&w);
	else if (q != -ENOMEM)
		q = budget_say(s, q, v, NULL);
	zip_plain_free(&z);
	zip_stream_free(&w.plain);
	free(w.room);
	names_free(&w.names);
	buf_free(&w.name);
	archive_source_end(&w.src, w.a);
	return q;
}
