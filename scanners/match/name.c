/*
 * Names of files and folders. A name alone is weak; it counts for more where the type of the file
 * is one that could hold what the name promises. A folder's name speaks only for files of such a
 * type, or every picture in a folder "Passwords" would be reported.
 */
#include "match/words.h"

#include "base/poison.h"

static bool
same_name(struct span name, const char *want)
{
	if (name.n != strlen(want))
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (to_lower(name.p[i]) != to_lower((uint8_t)want[i]))
			return false;
	return true;
}

static bool
name_listed(struct span name, const char *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (same_name(name, v[i]))
			return true;
	return false;
}

static bool
mime_listed(const char *mime, const char *const *v, size_t n)
{
	for (size_t i = 0; mime && i < n; i++)
		if (strncmp(mime, v[i], strlen(v[i])) == 0)
			return true;
	return false;
}

/* Where the extension's dot is, or the end: a leading dot begins a name, not an extension. */
static size_t
dot_at(struct span name)
{
	const uint8_t *dot = name.n > 1 ? memrchr(name.p + 1, '.', name.n - 1) : NULL;

	return dot ? (size_t)(dot - name.p) : name.n;
}

static bool
says(const struct name_rule *nr, struct span text)
{
	struct folded f;

	words_fold(text, &f);
	return words_any(&f, &nr->words) && !words_refuse(&f, &nr->not_words, &nr->words);
}

/* A rule of types alone: the extension or the type is the name. */
static enum confidence
match_type(const struct name_rule *nr, bool ext, bool mime, const char **ret_why)
{
	if (!ext && !mime)
		return CONF_NONE;
	*ret_why = ext ? "the file's extension" : "the file's type";
	return ext && mime ? nr->agreed : nr->alone;
}

enum confidence
match_name(const struct name_rule *nr, struct span name, struct span folder, const char *mime,
	const char **ret_why)
{
	size_t dot = dot_at(name);
	bool ext = name_listed(span_sub(name, dot + 1, name.n), nr->exts, nr->n_exts);
	bool of_type = mime_listed(mime, nr->mimes, nr->n_mimes);
	bool agrees = ext || of_type;

	if (nr->words.n == 0 && nr->n_names == 0)
		return match_type(nr, ext, of_type, ret_why);
	if (name_listed(name, nr->names, nr->n_names) || says(nr, span_sub(name, 0, dot))) {
		*ret_why = agrees ? "the file's name and type" : "the file's name";
		return agrees ? nr->agreed : nr->alone;
	}
	if (nr->folders && agrees && says(nr, folder)) {
		*ret_why = "the folder's name and the file's type";
		return nr->agreed;
	}
	return CONF_NONE;
}

enum confidence
match_file(const struct file_rule *fr, const struct file_fact *fact, struct span name,
	struct span folder, bool *ret_named)
{
	struct folded f;

	if (fact->kind != fr->kind || fact->count < fr->min_count ||
		fact->seconds < fr->min_seconds || fact->height < fr->min_height)
		return CONF_NONE;
	words_fold(span_sub(name, 0, dot_at(name)), &f);
	*ret_named = words_any(&f, &fr->words);
	if (words_refuse(&f, &fr->not_words, &fr->words))
		return fr->alone < CONF_LOW ? fr->alone : CONF_LOW;
	if (!*ret_named) {
		words_fold(folder, &f);
		*ret_named = words_any(&f, &fr->words);
	}
	return *ret_named ? fr->named : fr->alone;
}
