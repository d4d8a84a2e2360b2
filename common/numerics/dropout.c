/* dropout.c: masks from random halves of words.                                             (kind: kernel) */
#include "common/numerics/dropout.h"

#include "common/numerics/vec.h"

VEC_INLINE void keep(vec_bits halves, float *y, float *slope)
{
	vec_bits kept = halves >= DROPOUT_BELOW;
	vec factor = (vec)((vec_bits)((vec){ 0 } + 65536.0f / (65536 - DROPOUT_BELOW)) & kept);
	vec_store(y, vec_load(y) * factor);
	vec_store(slope, vec_load(slope) * factor);
}

VEC_INLINE void dropout_apply_any(const uint32_t *words, float *y, float *slope, size_t n)
{
	for (size_t j = 0; j < n / 2; j += VEC_WIDTH) {
		vec_bits word;
		memcpy(&word, words + j, sizeof(word));
		keep(word & 0xffff, y + j, slope + j);
		keep((word >> 16) & 0xffff, y + n / 2 + j, slope + n / 2 + j);
	}
}

KERNEL_VARIANTS(dropout_apply, (const uint32_t *words, float *y, float *slope, size_t n),
		(words, y, slope, n))
