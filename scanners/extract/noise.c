/*
 * A VeraCrypt or TrueCrypt container has no mark: it is random bytes from its first to its last. So is
 * much else, above all what is compressed, so only a file that claims to be nothing else is suspected:
 * without an extension or with one of theirs, of whole sectors, and even in every sample. The test is
 * Pearson's: random bytes give 255 with a deviation of 23; compressed ones hardly ever stay below 400.
 */
#include "extract/extract.h"

#include <strings.h>

#include "limits.h"

#include "base/cleanup.h"

#include "base/poison.h"

#define SECTOR	 512u
#define SMALLEST (256 * KIB) /* VeraCrypt makes none below 292 KiB */
#define SAMPLE	 (64u * 1024)
#define SAMPLES	 8u
#define EVEN_MAX 400u /* six deviations, */
#define EVEN_MIN 160u /* and four: nothing random is smoother */

static bool
may_be_container(struct span name)
{
	static const char *const suffixes[] = {".tc", ".hc", ".vc"};
	size_t base = name.n, dot;

	while (base && name.p[base - 1] != '/')
		base--;
	dot = name.n;
	while (dot > base && name.p[dot - 1] != '.')
		dot--;
	if (dot == base)
		return true;
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		if (name.n - dot == 2 &&
			strncasecmp((const char *)name.p + dot - 1, suffixes[i], 3) == 0)
			return true;
	}
	return false;
}

static bool
is_even(struct span s)
{
	uint32_t seen[256] = {0};
	uint64_t sum = 0, even;

	if (s.n < SAMPLE)
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
	_cleanup_free_ uint8_t *sample = malloc(SAMPLE);

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
	(void)it;
	return sink_gap(
		s, GAP_ENCRYPTED, true, "looks encrypted (random bytes), such as VeraCrypt");
}

static int
bid(const struct item *it)
{
	uint64_t size = it->r->size;

	if (it->format != FORMAT_UNKNOWN || size == UINT64_MAX || size < SMALLEST ||
		size % SECTOR || !reader_seekable(it->r) || !may_be_container(it->name))
		return 0;
	return is_even(it->head) && all_even(it->r) ? 60 : 0;
}

const struct extractor extract_noise = {
	.name = "noise",
	.formats = "containers without a mark (VeraCrypt): a gap",
	.bid = bid,
	.run = run,
};
