/* adamw.h: one optimiser step over a block of parameters.                                      (kind: kernel)
 *
 * p ← p·(1 − lr·wd) − lr·m̂/(√v̂ + 1e-8), m̂ = m/(1 − 0.9^t), v̂ = v/(1 − 0.999^t), after the gradient has
 * been scaled to a norm of at most 1. Source: Loshchilov, Hutter, "Decoupled weight decay regularization",
 * 2019; algorithms.md §3.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct adamw {
	float clip;   /* factor on the gradient */
	float keep;   /* 1 − lr·wd */
	float rate;   /* lr/(1 − 0.9^t) */
	float unbias; /* 1/(1 − 0.999^t) */
};

/* The numbers of step t = 1, 2, … for a gradient whose squared norm over all parameters is `squares`:
 * clip = min(1, 1/(√squares + 1e-6)). */
struct adamw adamw_at(double lr, double weight_decay, uint64_t t, double squares);

/* Σ g². n is a multiple of 16; sixteen sums, added in a fixed order. */
double adamw_squares(const float *g, size_t n);

/* One step for n parameters (a multiple of 16): p, m, v are updated from g. */
void adamw_step(const struct adamw *at, float *p, const float *g, float *m, float *v, size_t n);
