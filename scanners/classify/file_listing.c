/*
 * A list of files tells what is where, and often travels alone in an archive. Output of dir, ls and
 * tree is unmistakable, and paths that begin with ./, a drive or a server come out of a look round
 * some folder, as do absolute ones of files outside of what is installed: medium confidence. Other
 * absolute paths and checksum lists are as often part of software: low. At least FEW entries, and most lines
 * of that shape; of bare paths nearly all. A text whose first EARLY lines hold hardly any entry is
 * taken for something else, whatever it ends with: the rest of it is not cut into lines.
 */
#include <ctype.h>
#include <stdio.h>

#include "classify/classify.h"
#include "classify/lines.h"

#include "base/poison.h"

#define FEW   20u
#define EARLY 4096u /* lines that tell a listing from other text */
#define PIECE 16384u /* bytes of text that are cut into lines at once */
#define RARE  64u /* of which one in so many at least is an entry */

enum kind { KIND_NONE, KIND_DIR, KIND_LS, KIND_TREE, KIND_FIND, KIND_PATHS, KINDS };

static const char *const kind_names[KINDS] = {
	[KIND_DIR] = "output of dir",
	[KIND_LS] = "output of ls",
	[KIND_TREE] = "output of tree",
	[KIND_FIND] = "paths of a folder's files",
	[KIND_PATHS] = "list of paths or checksums",
};

struct listing {
	const struct rule *rule;
	uint64_t filled; /* lines that are not blank */
	uint64_t count[KINDS];
	uint64_t extra; /* lines that go with a listing: folder names, totals */
	uint64_t first; /* line of the first entry */
	bool other; /* it is no listing */
	struct lines lines; /* its bytes need not be zero */
};

/* "24/11/2014  08:00    <DIR>  name", "2014-11-24  08:00 AM  12,345 name" */
static bool
is_dir_line(struct span s)
{
	size_t at = 0, n, groups = 0;

	for (; groups < 3; groups++) {
		n = span_digits(s, at);
		if (n == 0 || n > 4)
			return false;
		at += n;
		if (groups < 2 && (at >= s.n || !strchr("/-.", s.p[at]) || s.p[at++] == 0))
			return false;
	}
	while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t'))
		at++;
	n = span_digits(s, at);
	if (n == 0 || n > 2 || at + n >= s.n || s.p[at + n] != ':' ||
		span_digits(s, at + n + 1) != 2)
		return false;
	at += n + 3;
	while (at < s.n && (s.p[at] == ' ' || isalpha(s.p[at]) || s.p[at] == '.'))
		at++;
	if (span_has(s, at, "<DIR>", 5) || span_has(s, at, "<JUNCTION>", 10))
		return true;
	n = 0;
	while (at + n < s.n && (isdigit(s.p[at + n]) || s.p[at + n] == ',' || s.p[at + n] == '.'))
		n++;
	return n && at + n + 1 < s.n && s.p[at + n] == ' ' && s.p[at + n + 1] > ' ';
}

static bool
is_ls_line(struct span s)
{
	size_t at = 10;

	if (s.n < 24 || !strchr("-dlbcps", s.p[0]) || s.p[0] == 0)
		return false;
	for (size_t i = 1; i < 10; i++) {
		if (!strchr("rwxsStT-", s.p[i]) || s.p[i] == 0)
			return false;
	}
	if (s.p[at] == '+' || s.p[at] == '.' || s.p[at] == '@')
		at++;
	while (at < s.n && s.p[at] == ' ')
		at++;
	return span_digits(s, at) > 0;
}

/* What is drawn in front of a name: of tree, and of tree /F, which gives files no branch. */
static bool
is_tree_line(struct span s)
{
	static const char *const marks[] = {"\xE2\x94\x9C\xE2\x94\x80\xE2\x94\x80",
		"\xE2\x94\x94\xE2\x94\x80\xE2\x94\x80", "|-- ", "`-- ", "+---", "\\---"};
	size_t at = 0;
	bool trunk = false;

	while (at < s.n &&
		(s.p[at] == ' ' || s.p[at] == '|' || s.p[at] == '\t' ||
			span_has(s, at, "\xE2\x94\x82", 3) || span_has(s, at, "\xC2\xA0", 2))) {
		if (s.p[at] == '|' && span_has(s, at, "|-- ", 4))
			break;
		trunk |= s.p[at] == 0xE2;
		at += s.p[at] == 0xE2 ? 3 : s.p[at] == 0xC2 ? 2 : 1;
	}
	if (at >= s.n)
		return false;
	if (trunk && isalnum(s.p[at]))
		return !memmem(s.p + at, s.n - at, "\xE2\x94\x82", 3);
	if ((s.p[at] != 0xE2 && s.p[at] != '|' && s.p[at] != '`' && s.p[at] != '+' &&
		    s.p[at] != '\\'))
		return false;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		size_t n = strlen(marks[i]);

		if (span_has(s, at, marks[i], n))
			return s.n > at + n;
	}
	return false;
}

static size_t
count_byte(struct span s, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == (uint8_t)c;
	return n;
}

/* A checksum of hex digits, blanks, a name. */
static bool
is_sum_line(struct span s)
{
	size_t at = 0;

	while (at < s.n && isxdigit(s.p[at]))
		at++;
	if (at != 32 && at != 40 && at != 64 && at != 128)
		return false;
	while (at < s.n && (s.p[at] == ' ' || s.p[at] == '*'))
		at++;
	return at < s.n && !memchr(s.p + at, '\t', s.n - at);
}

/* Where software lies, whose lists package managers keep by the thousand; or no file at all. */
static bool
is_installed(struct span path)
{
	static const char *const roots[] = {"/usr/", "/etc/", "/lib", "/bin/", "/sbin/", "/opt/",
		"/boot/", "/var/lib/", "/var/cache/", "/run/", "/proc/", "/sys/", "/dev/", "/nix/",
		"/System/", "/Library/", "/Applications/"};
	size_t end = path.n;

	for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
		if (span_has(path, 0, roots[i], strlen(roots[i])))
			return true;
	}
	while (end && isalnum(path.p[end - 1]))
		end--;
	return end < 2 || path.p[end - 1] != '.' || path.n - end < 2 || path.n - end > 5 ||
		path.p[end - 2] == '/';
}

/* Paths from the current folder, a drive or a server were found on a walk; /a/b may be any list. */
static enum kind
path_kind(struct span s)
{
	enum kind k = KIND_FIND;
	char slash = '/';

	if (s.n <= 3)
		return KIND_NONE;
	if (isalpha(s.p[0]) && s.p[1] == ':' && (s.p[2] == '\\' || s.p[2] == '/'))
		slash = (char)s.p[2];
	else if (span_has(s, 0, "\\\\", 2))
		slash = '\\';
	else if (s.p[0] == '/')
		k = is_installed(s) ? KIND_PATHS : KIND_FIND;
	else if (!span_has(s, 0, "./", 2))
		return KIND_NONE;
	if (memchr(s.p, '\t', s.n) || memchr(s.p, ';', s.n) || memchr(s.p, '=', s.n) ||
		memchr(s.p, '*', s.n) || memmem(s.p, s.n, "//", 2))
		return KIND_NONE;
	return count_byte(s, slash) >= 2 && count_byte(s, ' ') <= 8 ? k : KIND_NONE;
}

/* Words of the lines that stand between the entries of dir, by their first letter. */
static bool
extra_words(struct span s, size_t at)
{
	switch (s.p[at]) {
	case 'D':
		return span_has(s, at, "Directory of ", 13) || span_has(s, at, "Dir(s)", 6) ||
			span_has(s, at, "Datei(en)", 9);
	case 'F':
		return span_has(s, at, "File(s)", 7);
	case 'S':
		return span_has(s, at, "Serial Number", 13);
	case 'V':
		return span_has(s, at, "Verzeichnis von", 15) ||
			span_has(s, at, "Volume in drive", 15);
	default:
		return false;
	}
}

/* Lines that stand between the entries of dir and ls. */
static bool
is_extra_line(struct span s)
{
	if (span_has(s, 0, "total ", 6) ||
		(s.n > 2 && s.p[s.n - 1] == ':' && memchr(s.p, '/', s.n)))
		return true;
	for (const char *first = "DFSV"; *first; first++) {
		const uint8_t *p = s.p, *end = s.p + s.n;

		for (; (p = memchr(p, *first, (size_t)(end - p))); p++) {
			if (extra_words(s, (size_t)(p - s.p)))
				return true;
		}
	}
	return false;
}

static bool
is_mode(uint8_t c)
{
	return c && strchr("rwxsStT-", c);
}

/* Most lines begin like none of the kinds: nothing more is asked of them. */
static bool
begins_like_entry(struct span s)
{
	static const bool first[256] = {['0' ... '9'] = true,
		[' '] = true,
		['\t'] = true,
		['|'] = true,
		['`'] = true,
		['+'] = true,
		['\\'] = true,
		['/'] = true,
		['.'] = true,
		['-'] = true,
		[0xE2] = true,
		[0xC2] = true};
	uint8_t c = s.p[0];

	if (!isalpha(c))
		return first[c];
	return s.n > 3 &&
		(s.p[1] == ':' || (is_mode(s.p[1]) && is_mode(s.p[2])) ||
			(isxdigit(c) && isxdigit(s.p[1]) && isxdigit(s.p[2])));
}

static enum kind
line_kind(struct span s)
{
	if (!begins_like_entry(s))
		return KIND_NONE;
	if (is_dir_line(s))
		return KIND_DIR;
	if (is_ls_line(s))
		return KIND_LS;
	if (is_tree_line(s))
		return KIND_TREE;
	return is_sum_line(s) ? KIND_PATHS : path_kind(s);
}

static void
on_line(void *user, struct span line, uint64_t number)
{
	struct listing *l = user;
	enum kind k;

	while (line.n && isspace(line.p[line.n - 1]))
		line.n--;
	if (line.n == 0 || l->other)
		return;
	l->filled++;
	k = line_kind(line);
	l->count[k]++;
	if (l->filled % EARLY == 0)
		l->other = (l->filled - l->count[KIND_NONE]) * RARE < l->filled;
	if (k == KIND_NONE)
		l->extra += (l->first || l->filled < 16) && is_extra_line(line);
	else if (!l->first)
		l->first = number;
}

static void
listing_begin(void *state, const struct rule *r, const struct item *it)
{
	(void)it;
	((struct listing *)state)->rule = r;
}

static void
listing_text(void *state, struct span utf8, size_t newlines)
{
	struct listing *l = state;

	(void)newlines;
	for (; utf8.n && !l->other; utf8 = span_sub(utf8, PIECE, utf8.n))
		lines_feed(&l->lines, span_sub(utf8, 0, PIECE), on_line, l);
}

static int
listing_end(void *state, const struct classify_out *out)
{
	struct listing *l = state;
	struct judgement j = {.rule = l->rule, .evidence = EV_STRUCTURE};
	uint64_t paths, share;
	enum kind best = KIND_DIR;
	bool bare;

	if (l->other)
		return 0;
	lines_end(&l->lines, on_line, l);
	for (enum kind k = KIND_LS; k < KINDS; k++)
		best = l->count[k] > l->count[best] ? k : best;
	paths = l->count[KIND_FIND] + l->count[KIND_PATHS];
	bare = best == KIND_FIND || best == KIND_PATHS;
	j.count = bare ? paths : l->count[KIND_DIR] + l->count[KIND_LS] + l->count[KIND_TREE];
	share = j.count + (bare ? 0 : l->extra);
	if (j.count < FEW || share * 100 < l->filled * (bare ? 90 : 60))
		return 0;
	j.confidence = best == KIND_PATHS ? CONF_LOW : CONF_MEDIUM;
	j.at = (struct place){.kind = PLACE_LINE, .line = l->first, .col = 1};
	(void)snprintf(j.why[0], sizeof j.why[0], "%s", kind_names[best]);
	(void)snprintf(j.why[1], sizeof j.why[1], "%llu entries", (unsigned long long)j.count);
	return out->judge(out->user, &j);
}

const struct classifier classifier_file_listing = {
	.name = "file-listing",
	.state_size = sizeof(struct listing),
	.zeroed = offsetof(struct listing, lines.keep),
	.begin = listing_begin,
	.text = listing_text,
	.end = listing_end,
};
