/*
 * A VeraCrypt or TrueCrypt container has no mark: it is random bytes from its first to its last, and so
 * is a database under SQLCipher. So is much else, above all what is compressed, so only a file that
 * claims to be nothing else is suspected: without an extension or with one of theirs, of whole sectors,
 * and even in every sample. The test is
 * Pearson's: random bytes give 255 with a deviation of 23; compressed ones hardly ever stay below 400.
 */
#include "extract/extract.h"

#include <strings.h>

#include "limits.h"

#include "base/cleanup.h"

#include "base/poison.h"

#define SECTOR	    512u
#define SMALLEST    (256 * KIB) /* VeraCrypt makes none below 292 KiB */
#define SMALLEST_DB (8 * KIB) /* two pages of SQLCipher */
#define SAMPLE	    (64u * 1024)
#define SAMPLES	    8u
#define EVEN_MAX    400u /* six deviations, */
#define EVEN_MIN    160u /* and four: nothing random is smoother */

static bool
one_of(struct span extension, const char *list)
{
	for (size_t n; *list; list += n + (list[n] == ' ')) {
		n = strcspn(list, " ");
		if (n == extension.n && strncasecmp((const char *)extension.p, list, n) == 0)
			return true;
	}
	return false;
}

/* The smallest such file of that name, 0 for no suspicion at all. */
static uint64_t
smallest(struct span name)
{
	size_t base = name.n, dot;
	struct span extension;

	while (base && name.p[base - 1] != '/')
		base--;
	dot = name.n;
	while (dot > base && name.p[dot - 1] != '.')
		dot--;
	if (dot == base)
		return SMALLEST;
	extension = span_sub(name, dot, name.n);
	if (one_of(extension, "tc hc vc"))
		return SMALLEST;
	return one_of(extension, "db db3 sqlite sqlite3 sqlcipher") ? SMALLEST_DB : 0;
}

static bool
is_even(struct span s)
{
	uint32_t seen[256] = {0};
	uint64_t sum = 0, even;

	if (s.n < SMALLEST_DB)
		return false;
	for (size_t i = 0; i < s.n; i++)
		seen[s.p[i]]++;
	for (size_t i = 0; i < 256; i++)
		sum += (uint64_t)seen[i] * seen[i];
	even = sum * 256 / s.n - s.n;
	return even >= EVEN_MIN && even <= EVEN_MAX;
}

static bool
all_even(struct reader *r)
{
	_cleanup_free_ uint8_t *sample = NULL;

	if (r->size < SMALLEST)
		return true; /* the head is all of it, or much */
	sample = malloc(SAMPLE);
	for (uint64_t i = 1; sample && i <= SAMPLES; i++) {
		uint64_t at = (r->size - SAMPLE) / SAMPLES * i;
		ssize_t got = reader_pread(r, sample, SAMPLE, at);

		if (got < 0 || !is_even(span_of(sample, (size_t)got)))
			return false;
	}
	return sample != NULL;
}

static int
run(struct item *it, struct sink *s)
{
	bool database = smallest(it->name) == SMALLEST_DB;

	return sink_gap(s, GAP_ENCRYPTED, true,
		database ? "looks encrypted (random bytes), such as SQLCipher"
			 : "looks encrypted (random bytes), such as VeraCrypt");
}

static int
bid(const struct item *it)
{
	uint64_t size = it->r->size, least = smallest(it->name);

	if (it->format != FORMAT_UNKNOWN || !least || size == UINT64_MAX || size < least ||
		size % SECTOR || !reader_seekable(it->r))
		return 0;
	return is_even(it->head) && all_even(it->r) ? 60 : 0;
}

const struct extractor extract_noise = {
	.name = "noise",
	.formats = "containers without a mark (VeraCrypt, SQLCipher): a gap",
	.bid = bid,
	.run = run,
};
