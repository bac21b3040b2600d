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
is_byte(__m256i v, char c)
{
	return _mm256_cmpeq_epi8(v, _mm256_set1_epi8(c));
}

/* Classes of bytes: those whose bit the tables of both nibbles have. '-', '.' and '/' are MARK. */
enum {
	DIGIT = 1,
	UPPER_AO = 2,
	UPPER_PZ = 4,
	LOWER_AO = 8,
	LOWER_PZ = 16,
	MARK = 32,
	OTHER_TIED = 64, /* backslash and underline */
	DOLLAR = 128,
	AO = UPPER_AO | LOWER_AO,
	PZ = UPPER_PZ | LOWER_PZ,
};

static inline __m256i
twice(__m128i v)
{
	return _mm256_broadcastsi128_si256(v);
}

static inline __m256i
classes(__m256i v)
{
	const __m256i low = twice(_mm_setr_epi8(DIGIT | PZ, DIGIT | AO | PZ, DIGIT | AO | PZ,
		DIGIT | AO | PZ, (char)(DIGIT | AO | PZ | DOLLAR), DIGIT | AO | PZ, DIGIT | AO | PZ,
		DIGIT | AO | PZ, DIGIT | AO | PZ, DIGIT | AO | PZ, AO | PZ, AO, AO | OTHER_TIED,
		AO | MARK, AO | MARK, AO | MARK | OTHER_TIED));
	const __m256i high = twice(_mm_setr_epi8(0, 0, (char)(MARK | DOLLAR), DIGIT, UPPER_AO,
		UPPER_PZ | OTHER_TIED, LOWER_AO, LOWER_PZ, 0, 0, 0, 0, 0, 0, 0, 0));
	__m256i above = _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(15));

	return _mm256_and_si256(_mm256_shuffle_epi8(low, v), _mm256_shuffle_epi8(high, above));
}

/* One bit of the classes as the topmost of each byte. */
#define CLASS_BIT(c, bit) _mm256_slli_epi16(c, __builtin_clz(bit) - 24)

static inline __m256i
none_of(__m256i c, uint8_t bits)
{
	return _mm256_cmpeq_epi8(
		_mm256_and_si256(c, _mm256_set1_epi8((char)bits)), _mm256_setzero_si256());
}

__attribute__((always_inline)) static inline void
block_masks(const uint8_t *p, uint32_t want, struct masks *ret)
{
	__m256i a = _mm256_loadu_si256((const __m256i *)(const void *)p);
	__m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
	__m256i x = classes(a), y = classes(b);

	ret->digit = join(CLASS_BIT(x, DIGIT), CLASS_BIT(y, DIGIT));
	ret->upper = ~join(none_of(x, UPPER_AO | UPPER_PZ), none_of(y, UPPER_AO | UPPER_PZ));
	ret->sep = join(_mm256_or_si256(CLASS_BIT(x, MARK), is_byte(a, ' ')),
		_mm256_or_si256(CLASS_BIT(y, MARK), is_byte(b, ' ')));
	ret->tied = ~join(none_of(x, 255), none_of(y, 255));
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
	const __m256i low = twice(_mm_setr_epi8(FIRST_DIGIT | FIRST_AT, FIRST_DIGIT, FIRST_DIGIT,
		FIRST_DIGIT, FIRST_DIGIT, FIRST_DIGIT, FIRST_DIGIT, FIRST_DIGIT,
		FIRST_DIGIT | FIRST_PLUS, FIRST_DIGIT, 0, FIRST_PLUS, FIRST_LESS, 0, 0, 0));
	const __m256i high = twice(_mm_setr_epi8(0, 0, FIRST_PLUS, FIRST_DIGIT | FIRST_LESS,
		FIRST_AT, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
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
