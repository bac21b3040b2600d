/*
 * The wide form: two AVX2 registers a block, a compare and a movemask for each class. This file
 * alone is compiled with -mavx2; bitscan() enters it only where the processor has it. On other
 * architectures the function exists and is the portable one.
 */
#include "match/bitscan_masks.h"

#ifdef __AVX2__
#include <immintrin.h>

#include "base/poison.h"

static inline uint64_t
join(__m256i a, __m256i b)
{
	return (uint32_t)_mm256_movemask_epi8(a) |
		(uint64_t)(uint32_t)_mm256_movemask_epi8(b) << 32;
}

static inline __m256i
in_range(__m256i v, char lo, char n)
{
	__m256i s = _mm256_sub_epi8(v, _mm256_set1_epi8(lo));

	return _mm256_cmpeq_epi8(_mm256_min_epu8(s, _mm256_set1_epi8((char)(n - 1))), s);
}

static inline __m256i
is_byte(__m256i v, char c)
{
	return _mm256_cmpeq_epi8(v, _mm256_set1_epi8(c));
}

struct half {
	__m256i digit, upper, sep, tied;
};

static inline struct half
classes(__m256i v)
{
	__m256i lower = in_range(_mm256_or_si256(v, _mm256_set1_epi8(0x20)), 'a', 26);
	__m256i dashes = _mm256_or_si256(in_range(v, '-', 3), is_byte(v, '\\')); /* - . / and \ */
	struct half h;

	h.digit = in_range(v, '0', 10);
	h.upper = in_range(v, 'A', 26);
	h.sep = _mm256_or_si256(is_byte(v, ' '), in_range(v, '-', 3));
	h.tied = _mm256_or_si256(_mm256_or_si256(lower, h.digit),
		_mm256_or_si256(dashes, _mm256_or_si256(is_byte(v, '_'), is_byte(v, '$'))));
	return h;
}

__attribute__((always_inline)) static inline void
block_masks(const uint8_t *p, uint32_t want, struct masks *ret)
{
	__m256i a = _mm256_loadu_si256((const __m256i *)(const void *)p);
	__m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
	struct half x = classes(a), y = classes(b);

	ret->digit = join(x.digit, y.digit);
	ret->upper = join(x.upper, y.upper);
	ret->sep = join(x.sep, y.sep);
	ret->tied = join(x.tied, y.tied);
	ret->at = want & WANT(SHAPE_EMAIL) ? join(is_byte(a, '@'), is_byte(b, '@')) : 0;
	ret->less = want & WANT(SHAPE_MRZ) ? join(is_byte(a, '<'), is_byte(b, '<')) : 0;
	ret->plus = want & WANT(SHAPE_PHONE)
		? join(_mm256_or_si256(is_byte(a, '+'), is_byte(a, '(')),
			  _mm256_or_si256(is_byte(b, '+'), is_byte(b, '(')))
		: 0;
}

/* A byte is one of the firsts whose bits its low and its high nibble share: '0', '+', '@', '<' ... */
static inline __m256i
firsts_in(__m256i v)
{
	const __m256i low = _mm256_broadcastsi128_si256(
		_mm_setr_epi8(FIRST_DIGIT | FIRST_AT, FIRST_DIGIT, FIRST_DIGIT, FIRST_DIGIT,
			FIRST_DIGIT, FIRST_DIGIT, FIRST_DIGIT, FIRST_DIGIT,
			FIRST_DIGIT | FIRST_PLUS, FIRST_DIGIT, 0, FIRST_PLUS, FIRST_LESS, 0, 0, 0));
	const __m256i high = _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 0, FIRST_PLUS,
		FIRST_DIGIT | FIRST_LESS, FIRST_AT, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
	const __m256i nibble = _mm256_set1_epi8(15);

	return _mm256_and_si256(_mm256_shuffle_epi8(low, _mm256_and_si256(v, nibble)),
		_mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble)));
}

static inline bool
block_any(const uint8_t *p, uint8_t firsts)
{
	__m256i a = _mm256_loadu_si256((const __m256i *)(const void *)p);
	__m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));

	return !_mm256_testz_si256(
		_mm256_or_si256(firsts_in(a), firsts_in(b)), _mm256_set1_epi8((char)firsts));
}

#define KERNEL bitscan_avx2
#include "match/bitscan_kernel.h"

#else
#include "base/poison.h"

void
bitscan_avx2(struct span text, uint32_t want, struct shape_list *out)
{
	bitscan_portable(text, want, out);
}
#endif
