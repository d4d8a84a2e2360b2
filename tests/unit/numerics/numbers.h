/* numbers.h: numbers for kernels, and a digest of their bits. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "common/numerics/rng.h"

/* n numbers in ±size, the same on every machine. */
static inline void numbers(float *x, size_t n, float size, uint64_t key)
{
	struct rng rng;
	rng_init(&rng, key, 0);
	for (size_t i = 0; i < n; i++)
		x[i] = size * (float)(2.0 * rng_uniform(&rng) - 1.0);
}

/* FNV-1a over the bits: the kernels promise the same ones on every processor. */
static inline uint64_t bits_of(const float *x, size_t n)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < n; i++) {
		uint32_t word;
		memcpy(&word, x + i, sizeof(word));
		hash = (hash ^ word) * UINT64_C(0x100000001b3);
	}
	return hash;
}
