/* vec.h: eight floats at once, on any processor.                                               (kind: kernel)
 *
 * Kernels are written once, for vectors of 8 floats, and compiled for AVX-512, AVX2 and the base instruction
 * set by KERNEL_VARIANTS, which chooses at run time. Every variant does the same operations in the same order
 * without fused multiply-add, so all give the same bits; only gemm.c fuses. (Wider vectors would gain little
 * here, and GCC makes them slow where registers are narrower. Function multiversioning by the linker would be
 * shorter, but does not start under the thread sanitizer.)
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { VEC_WIDTH = 8 };

typedef float vec __attribute__((vector_size(32)));
typedef int32_t vec_bits __attribute__((vector_size(32)));

#define VEC_INLINE static inline __attribute__((always_inline))

/* Tests compile the kernels for older processors too: 2 = AVX2, 1 = the base set. */
#ifndef VEC_AT_MOST
#define VEC_AT_MOST 3
#endif
#define VEC_AVX512 (VEC_AT_MOST >= 3 && __builtin_cpu_supports("avx512f"))
#define VEC_AVX2 (VEC_AT_MOST >= 2 && __builtin_cpu_supports("avx2"))

/* Defines `void name parameters` that calls the always-inline `name_any` compiled for the best instruction
 * set here. */
#define KERNEL_VARIANTS(name, parameters, arguments)                            \
	__attribute__((target("avx512f"))) static void name##_avx512 parameters \
	{                                                                       \
		name##_any arguments;                                           \
	}                                                                       \
	__attribute__((target("avx2"))) static void name##_avx2 parameters      \
	{                                                                       \
		name##_any arguments;                                           \
	}                                                                       \
	static void name##_base parameters                                      \
	{                                                                       \
		name##_any arguments;                                           \
	}                                                                       \
	void name parameters                                                    \
	{                                                                       \
		if (VEC_AVX512)                                                 \
			name##_avx512 arguments;                                \
		else if (VEC_AVX2)                                              \
			name##_avx2 arguments;                                  \
		else                                                            \
			name##_base arguments;                                  \
	}

/* Any address will do; tensors of a mapped file begin where they begin. Fastest at multiples of 64 bytes. */
VEC_INLINE vec vec_load(const float *at)
{
	vec out;
	memcpy(&out, at, sizeof(out));
	return out;
}

VEC_INLINE void vec_store(float *at, vec x)
{
	memcpy(at, &x, sizeof(x));
}

VEC_INLINE vec vec_choose(vec_bits mask, vec where_set, vec elsewhere)
{
	return (vec)(((vec_bits)where_set & mask) | ((vec_bits)elsewhere & ~mask));
}

VEC_INLINE vec vec_abs(vec x)
{
	return (vec)((vec_bits)x & 0x7fffffff);
}

/* Sum of the eight, always as the same tree. */
VEC_INLINE float vec_sum(vec x)
{
	float part[VEC_WIDTH];
	memcpy(part, &x, sizeof(part));
	for (size_t half = VEC_WIDTH / 2; half > 0; half /= 2) {
		for (size_t i = 0; i < half; i++)
			part[i] += part[i + half];
	}
	return part[0];
}
