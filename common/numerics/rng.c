/* rng.c: Philox4x32-10 and the distributions drawn from it.                                 (kind: kernel) */
#include "common/numerics/rng.h"

#include <math.h>

#include "common/numerics/vec.h"

enum { ROUNDS = 10, BLOCKS = 64 };

/* Ten rounds of multiply, exchange and add the key. */
static void philox(uint64_t key, uint64_t stream, uint64_t counter, uint32_t out[4])
{
	uint32_t c0 = (uint32_t)counter, c1 = (uint32_t)(counter >> 32);
	uint32_t c2 = (uint32_t)stream, c3 = (uint32_t)(stream >> 32);
	uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
	for (int round = 0; round < ROUNDS; round++) {
		uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
		c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
		c1 = (uint32_t)p1;
		c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
		c3 = (uint32_t)p0;
		k0 += 0x9E3779B9u;
		k1 += 0xBB67AE85u;
	}
	out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

void rng_init(struct rng *rng, uint64_t key, uint64_t stream)
{
	*rng = (struct rng){ .key = key, .stream = stream };
}

uint32_t rng_u32(struct rng *rng)
{
	if (rng->left == 0) {
		philox(rng->key, rng->stream, rng->counter++, rng->block);
		rng->left = 4;
	}
	return rng->block[4 - rng->left--];
}

uint64_t rng_u64(struct rng *rng)
{
	uint64_t low = rng_u32(rng);
	return low | (uint64_t)rng_u32(rng) << 32;
}

double rng_uniform(struct rng *rng)
{
	return (double)(rng_u64(rng) >> 11) * 0x1p-53;
}

uint64_t rng_below(struct rng *rng, uint64_t n)
{
	uint64_t reject = (0 - n) % n; /* 2^64 mod n: the words below it would favour small results */
	uint64_t word;
	do {
		word = rng_u64(rng);
	} while (word < reject);
	return word % n;
}

double rng_normal(struct rng *rng)
{
	double u = 1.0 - rng_uniform(rng), v = rng_uniform(rng);
	return sqrt(-2.0 * log(u)) * cos(2.0 * M_PI * v);
}

/* Marsaglia and Tsang (2000), shape >= 1. */
static double gamma_of_shape(struct rng *rng, double shape)
{
	double d = shape - 1.0 / 3.0, c = 1.0 / sqrt(9.0 * d);
	for (;;) {
		double x = rng_normal(rng), v = 1.0 + c * x;
		if (v <= 0.0)
			continue;
		v = v * v * v;
		double u = 1.0 - rng_uniform(rng);
		if (log(u) < 0.5 * x * x + d - d * v + d * log(v))
			return d * v;
	}
}

double rng_log_gamma(struct rng *rng, double alpha)
{
	if (alpha >= 1.0)
		return log(gamma_of_shape(rng, alpha));
	double boosted = log(gamma_of_shape(rng, alpha + 1.0));
	return boosted + log(1.0 - rng_uniform(rng)) / alpha;
}

void rng_dirichlet(struct rng *rng, double alpha, double *p, size_t n)
{
	double most = -INFINITY, total = 0.0;
	for (size_t i = 0; i < n; i++) {
		p[i] = rng_log_gamma(rng, alpha);
		most = fmax(most, p[i]);
	}
	for (size_t i = 0; i < n; i++)
		total += p[i] = exp(p[i] - most);
	for (size_t i = 0; i < n; i++)
		p[i] /= total;
}

void rng_shuffle(struct rng *rng, uint32_t *items, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = (size_t)rng_below(rng, i);
		uint32_t item = items[i - 1];
		items[i - 1] = items[j];
		items[j] = item;
	}
}

/* `BLOCKS` blocks in a row, word by word as philox() gives them. */
VEC_INLINE void philox_many_any(const struct rng *rng, uint64_t counter, uint32_t *out)
{
	uint32_t c0[BLOCKS], c1[BLOCKS], c2[BLOCKS], c3[BLOCKS];
	uint32_t k0 = (uint32_t)rng->key, k1 = (uint32_t)(rng->key >> 32);
	for (size_t i = 0; i < BLOCKS; i++) {
		c0[i] = (uint32_t)(counter + i);
		c1[i] = (uint32_t)((counter + i) >> 32);
		c2[i] = (uint32_t)rng->stream;
		c3[i] = (uint32_t)(rng->stream >> 32);
	}
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < BLOCKS; i++) {
			uint64_t p0 = (uint64_t)0xD2511F53u * c0[i], p1 = (uint64_t)0xCD9E8D57u * c2[i];
			c0[i] = (uint32_t)(p1 >> 32) ^ c1[i] ^ k0;
			c1[i] = (uint32_t)p1;
			c2[i] = (uint32_t)(p0 >> 32) ^ c3[i] ^ k1;
			c3[i] = (uint32_t)p0;
		}
		k0 += 0x9E3779B9u;
		k1 += 0xBB67AE85u;
	}
	for (size_t i = 0; i < BLOCKS; i++) {
		out[4 * i] = c0[i];
		out[4 * i + 1] = c1[i];
		out[4 * i + 2] = c2[i];
		out[4 * i + 3] = c3[i];
	}
}

static void philox_many(const struct rng *rng, uint64_t counter, uint32_t *out);
KERNEL_VARIANTS(philox_many, (const struct rng *rng, uint64_t counter, uint32_t *out), (rng, counter, out))

void rng_fill(const struct rng *rng, uint64_t first, uint32_t *out, size_t n)
{
	uint32_t block[4];
	size_t i = 0;
	while (i < n) {
		uint64_t word = first + i;
		if (word % 4 == 0 && n - i >= 4 * BLOCKS) {
			philox_many(rng, word / 4, out + i);
			i += 4 * BLOCKS;
			continue;
		}
		if (i == 0 || word % 4 == 0)
			philox(rng->key, rng->stream, word / 4, block);
		out[i++] = block[word % 4];
	}
}
