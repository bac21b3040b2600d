/*
 * Names of files and folders. A name alone is weak; it counts for more where the type of the file
 * is one that could hold what the name promises: web pages, pictures and what
 * programs write only when the name has a space, since those of manuals and programs, which speak of
 * passwords all the time, have none. A folder's name speaks only for files of such a
 * type, or every picture in a folder "Passwords" would be reported. All rules' words are looked up
 * at once when a name is taken, so that a file costs the same however many there are.
 */
#include "match/lexicon.h"

#include <errno.h>
#include <stdlib.h>

#include "base/poison.h"

/* What a name says to a rule. Bits. */
enum { SAYS_NAME = 1, SAYS_EXT = 2, SAYS_FOLDER = 4 };

#define EXT_BYTES 8u /* of an extension that is asked whether it is a spaced one */

struct name_words {
	char ext[EXT_BYTES + 1]; /* of a name with a space, in lower case; else empty */
	struct lexicon *words, *names, *exts;
	uint8_t *said; /* by rule */
	uint16_t n;
};

static int
add_rule(struct name_words *nm, const struct rule *r)
{
	const struct name_rule *nr = r->name;
	const struct words names = {.v = nr->names, .n = nr->n_names};
	const struct words exts = {.v = nr->exts, .n = nr->n_exts};
	int e = lexicon_add(nm->words, r->index, &nr->words, &nr->not_words);

	if (e == 0)
		e = lexicon_add(nm->names, r->index, &names, NULL);
	return e == 0 ? lexicon_add(nm->exts, r->index, &exts, NULL) : e;
}

static int
fill(struct name_words *nm, const struct ruleset *rules)
{
	int e = lexicon_new(false, &nm->words);

	if (e == 0)
		e = lexicon_new(true, &nm->names);
	if (e == 0)
		e = lexicon_new(true, &nm->exts);
	for (uint16_t i = 0; e == 0 && i < rules->n; i++) {
		if (rules->rules[i].name)
			e = add_rule(nm, &rules->rules[i]);
	}
	if (e == 0)
		e = lexicon_ready(nm->words);
	if (e == 0)
		e = lexicon_ready(nm->names);
	return e == 0 ? lexicon_ready(nm->exts) : e;
}

int
name_words_new(const struct ruleset *rules, struct name_words **ret_nm)
{
	struct name_words *nm = calloc(1, sizeof *nm);
	int e = -ENOMEM;

	if (nm) {
		nm->n = rules->n;
		nm->said = calloc((size_t)rules->n + 1, 1);
		e = nm->said ? fill(nm, rules) : -ENOMEM;
	}
	if (e < 0) {
		name_words_free(nm);
		return e;
	}
	*ret_nm = nm;
	return 0;
}

void
name_words_free(struct name_words *nm)
{
	if (!nm)
		return;
	lexicon_free(nm->words);
	lexicon_free(nm->names);
	lexicon_free(nm->exts);
	free(nm->said);
	free(nm);
}

/* Where the extension's dot is, or the end: a leading dot begins a name, not an extension. */
static size_t
dot_at(struct span name)
{
	const uint8_t *dot = name.n > 1 ? memrchr(name.p + 1, '.', name.n - 1) : NULL;

	return dot ? (size_t)(dot - name.p) : name.n;
}

static void
ask(struct name_words *nm, struct lexicon *lx, const struct folded *f, uint8_t bit)
{
	const struct said *said;
	size_t n = lexicon_ask(lx, f, &said);

	for (size_t i = 0; i < n; i++)
		nm->said[said[i].owner] |= said[i].vote > 0 ? bit : 0;
}

static void
keep_ext(struct name_words *nm, struct span stem, struct span ext)
{
	size_t n = ext.n <= EXT_BYTES && memchr(stem.p, ' ', stem.n) ? ext.n : 0;

	for (size_t i = 0; i < n; i++)
		nm->ext[i] = (char)to_lower(ext.p[i]);
	nm->ext[n] = 0;
}

static bool
spaced_ext(const struct name_words *nm, const struct name_rule *nr)
{
	for (size_t i = 0; i < nr->n_spaced_exts; i++)
		if (strcmp(nm->ext, nr->spaced_exts[i]) == 0)
			return true;
	return false;
}

void
name_words_take(struct name_words *nm, struct span name, struct span folder)
{
	size_t dot = dot_at(name);
	struct folded f;

	memset(nm->said, 0, nm->n);
	keep_ext(nm, span_sub(name, 0, dot), span_sub(name, dot + 1, name.n));
	if (words_whole(name, &f))
		ask(nm, nm->names, &f, SAYS_NAME);
	if (words_whole(span_sub(name, dot + 1, name.n), &f))
		ask(nm, nm->exts, &f, SAYS_EXT);
	words_fold(span_sub(name, 0, dot), &f);
	ask(nm, nm->words, &f, SAYS_NAME);
	words_fold(folder, &f);
	ask(nm, nm->words, &f, SAYS_FOLDER);
}

static bool
mime_listed(const char *mime, const struct name_rule *nr)
{
	for (size_t i = 0; mime && i < nr->n_mimes; i++)
		if (strncmp(mime, nr->mimes[i], strlen(nr->mimes[i])) == 0)
			return true;
	return false;
}

/* A rule of types alone: the extension or the type is the name. */
static enum confidence
type_says(const struct name_rule *nr, bool ext, bool mime, const char **ret_why)
{
	if (!ext && !mime)
		return CONF_NONE;
	*ret_why = ext ? "the file's extension" : "the file's type";
	return ext && mime ? nr->agreed : nr->alone;
}

enum confidence
name_words_say(
	const struct name_words *nm, const struct rule *r, const char *mime, const char **ret_why)
{
	const struct name_rule *nr = r->name;
	uint8_t said = nm->said[r->index];
	bool ext = said & SAYS_EXT, agrees;

	if (nr->words.n == 0 && nr->n_names == 0)
		return type_says(nr, ext, mime_listed(mime, nr), ret_why);
	if (!(said & (SAYS_NAME | SAYS_FOLDER)))
		return CONF_NONE;
	agrees = ext || mime_listed(mime, nr) || spaced_ext(nm, nr);
	if (said & SAYS_NAME) {
		*ret_why = agrees ? "the file's name and type" : "the file's name";
		return agrees ? nr->agreed : nr->alone;
	}
	if (nr->folders && agrees) {
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
