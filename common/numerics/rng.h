/* rng.h: random numbers as a function of a key and a counter (Philox4x32-10).                  (kind: kernel)
 *
 * The key says what the numbers are for (learn/stream.h makes it from run seed, phase, client and purpose),
 * so a repeated phase draws the same numbers, and no stream depends on what another one drew. Source: Salmon
 * et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct rng {
	uint64_t key;
	uint64_t stream;  /* upper half of the counter */
	uint64_t counter; /* lower half: blocks drawn so far */
	uint32_t block[4];
	unsigned left; /* words of `block` not yet used */
};

void rng_init(struct rng *rng, uint64_t key, uint64_t stream);

uint32_t rng_u32(struct rng *rng);
uint64_t rng_u64(struct rng *rng);
double rng_uniform(struct rng *rng);             /* [0, 1), 53 bits */
uint64_t rng_below(struct rng *rng, uint64_t n); /* 0 … n−1 without bias; n ≥ 1 */
double rng_normal(struct rng *rng);              /* mean 0, variance 1 (Box–Muller, cosine branch) */

/* ln of a Gamma(alpha, 1) variate, alpha > 0; exact where the variate itself would underflow:
 * ln G(α) = ln G(α+1) + ln(U)/α (algorithms.md §2). */
double rng_log_gamma(struct rng *rng, double alpha);

/* p[0…n−1] ~ Dirichlet(alpha·1), summing to 1. */
void rng_dirichlet(struct rng *rng, double alpha, double *p, size_t n);

/* Fisher–Yates. */
void rng_shuffle(struct rng *rng, uint32_t *items, size_t n);

/* Words `first` … `first + n − 1` of the stream (word w = word w % 4 of block w / 4), without moving the rng:
 * kernels that fill many numbers (dropout) may do so in any order and on any thread. */
void rng_fill(const struct rng *rng, uint64_t first, uint32_t *out, size_t n);
