/* gemm.c: register tiles of a few rows times two vectors of columns.                           (kind: kernel)
 *
 * With AVX-512 a tile of 12 rows keeps 24 of the 32 registers as sums and issues 24 fused multiply-adds for
 * 14 loads: it runs at the speed of the multipliers. AVX2 and the base set have 16 registers, for 6 rows of
 * half and quarter the width. Compiled with -ffp-contract=fast.
 */
#include "common/numerics/gemm.h"

#include "common/numerics/vec.h"

typedef float vec_16 __attribute__((vector_size(64)));
typedef float vec_8 __attribute__((vector_size(32)));
typedef float vec_4 __attribute__((vector_size(16)));

typedef void (*tile)(struct gemm_left a, const float *b, size_t ldb, const float *bias, float *c, size_t ldc,
		     size_t k);

/* Sums are variables with names, not an array: only then do all compilers keep them in registers. */
#define ROWS_1(X) X(0)
#define ROWS_4(X)  \
	ROWS_1(X); \
	X(1);      \
	X(2);      \
	X(3)
#define ROWS_6(X)  \
	ROWS_4(X); \
	X(4);      \
	X(5)
#define ROWS_8(X)  \
	ROWS_6(X); \
	X(6);      \
	X(7)
#define ROWS_12(X) \
	ROWS_8(X); \
	X(8);      \
	X(9);      \
	X(10);     \
	X(11)
#define START(i) wide sum_##i = left, more_##i = right
#define ADD(i) x = a.at[i * a.row], sum_##i += x * left, more_##i += x * right
#define STORE(i) memcpy(c + i * ldc, &sum_##i, bytes), memcpy(c + i * ldc + bytes / 4, &more_##i, bytes)

/* `rows` rows times two vectors of columns. */
#define TILE(rows, set, type)                                                                   \
	set static void tile_##rows##_##type(struct gemm_left a, const float *b, size_t ldb,    \
					     const float *bias, float *c, size_t ldc, size_t k) \
	{                                                                                       \
		typedef type wide;                                                              \
		enum { bytes = sizeof(wide) };                                                  \
		wide left = { 0 }, right = { 0 };                                               \
		float x;                                                                        \
		if (bias) {                                                                     \
			memcpy(&left, bias, bytes);                                             \
			memcpy(&right, bias + bytes / 4, bytes);                                \
		}                                                                               \
		ROWS_##rows(START);                                                             \
		for (; k > 0; k--, b += ldb, a.at += a.col) {                                   \
			memcpy(&left, b, bytes);                                                \
			memcpy(&right, b + bytes / 4, bytes);                                   \
			ROWS_##rows(ADD);                                                       \
		}                                                                               \
		ROWS_##rows(STORE);                                                             \
	}

#define AVX512 __attribute__((target("avx512f")))
#define AVX2 __attribute__((target("avx2,fma")))
#define BASE
TILE(12, AVX512, vec_16)
TILE(8, AVX512, vec_16)
TILE(4, AVX512, vec_16)
TILE(1, AVX512, vec_16)
TILE(6, AVX2, vec_8)
TILE(4, AVX2, vec_8)
TILE(1, AVX2, vec_8)
TILE(6, BASE, vec_4)
TILE(1, BASE, vec_4)

static const struct tiles {
	size_t columns, rows;
	tile run;
} avx512[] = { { 32, 12, tile_12_vec_16 },
	       { 32, 8, tile_8_vec_16 },
	       { 32, 4, tile_4_vec_16 },
	       { 32, 1, tile_1_vec_16 } },
  avx2[] = { { 16, 6, tile_6_vec_8 }, { 16, 4, tile_4_vec_8 }, { 16, 1, tile_1_vec_8 } },
  base[] = { { 8, 6, tile_6_vec_4 }, { 8, 1, tile_1_vec_4 } };

static const struct tiles *tiles_of_this_processor(void)
{
	if (VEC_AVX512)
		return avx512;
	return VEC_AVX2 && __builtin_cpu_supports("fma") ? avx2 : base;
}

void gemm_panel(struct gemm_left a, const float *b, size_t ldb, const float *bias, float *c, size_t ldc,
		size_t m, size_t k)
{
	const struct tiles *widest = tiles_of_this_processor();
	for (size_t j = 0; j < GEMM_PANEL; j += widest->columns) {
		const struct tiles *tiles = widest;
		for (size_t i = 0; i < m; i += tiles->rows) {
			while (tiles->rows > m - i)
				tiles++;
			tiles->run((struct gemm_left){ a.at + i * a.row, a.row, a.col }, b + j, ldb,
				   bias ? bias + j : NULL, c + i * ldc + j, ldc, k);
		}
	}
}
