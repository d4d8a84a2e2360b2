/* gemm.c: register tiles of a few rows times 32 columns. Compiled with -ffp-contract=fast.     (kind: kernel)
 *
 * With AVX-512 a tile of 12 rows keeps 24 of the 32 registers as sums and issues 24 fused multiply-adds for
 * 14 loads: it runs at the speed of the multipliers. AVX2 has 16 registers of half the width, the base set 16
 * of a quarter.
 */
#include "common/numerics/gemm.h"

#include "common/numerics/vec.h"

enum { ROWS_MOST = 12 };

typedef void (*tile)(struct gemm_left a, const float *b, size_t ldb, const float *bias, float *c, size_t ldc,
		     size_t k);

VEC_INLINE void tile_any(const size_t rows, struct gemm_left a, const float *b, size_t ldb, const float *bias,
			 float *c, size_t ldc, size_t k)
{
	vec sum[ROWS_MOST][2];
#pragma GCC unroll 12
	for (size_t i = 0; i < rows; i++) {
		sum[i][0] = bias ? vec_load(bias) : (vec){ 0 };
		sum[i][1] = bias ? vec_load(bias + VEC_WIDTH) : (vec){ 0 };
	}
	for (size_t q = 0; q < k; q++) {
		vec left = vec_load(b + q * ldb), right = vec_load(b + q * ldb + VEC_WIDTH);
#pragma GCC unroll 12
		for (size_t i = 0; i < rows; i++) {
			float x = a.at[i * a.row + q * a.col];
			sum[i][0] += x * left;
			sum[i][1] += x * right;
		}
	}
#pragma GCC unroll 12
	for (size_t i = 0; i < rows; i++) {
		vec_store(c + i * ldc, sum[i][0]);
		vec_store(c + i * ldc + VEC_WIDTH, sum[i][1]);
	}
}

#define TILE(rows, set, features)                                                                   \
	features static void tile_##rows##_##set(struct gemm_left a, const float *b, size_t ldb,    \
						 const float *bias, float *c, size_t ldc, size_t k) \
	{                                                                                           \
		tile_any(rows, a, b, ldb, bias, c, ldc, k);                                         \
	}

#define AVX512 __attribute__((target("avx512f")))
#define AVX2 __attribute__((target("avx2,fma")))
#define BASE
TILE(12, avx512, AVX512)
TILE(8, avx512, AVX512)
TILE(4, avx512, AVX512)
TILE(1, avx512, AVX512)
TILE(2, avx2, AVX2)
TILE(1, avx2, AVX2)
TILE(1, base, BASE)

static const struct tiles {
	size_t rows;
	tile run;
} avx512[] = { { 12, tile_12_avx512 }, { 8, tile_8_avx512 }, { 4, tile_4_avx512 }, { 1, tile_1_avx512 } },
  avx2[] = { { 2, tile_2_avx2 }, { 1, tile_1_avx2 } }, base[] = { { 1, tile_1_base } };

static const struct tiles *tiles_of_this_processor(void)
{
	if (__builtin_cpu_supports("avx512f"))
		return avx512;
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? avx2 : base;
}

void gemm_panel(struct gemm_left a, const float *b, size_t ldb, const float *bias, float *c, size_t ldc,
		size_t m, size_t k)
{
	const struct tiles *tiles = tiles_of_this_processor();
	for (size_t i = 0; i < m; i += tiles->rows) {
		while (tiles->rows > m - i)
			tiles++;
		tiles->run((struct gemm_left){ a.at + i * a.row, a.row, a.col }, b, ldb, bias, c + i * ldc,
			   ldc, k);
	}
}
