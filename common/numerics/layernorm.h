/* layernorm.h: normalization of one row over its n units.                                      (kind: kernel)
 *
 * x̂ = (x − mean)/√(var + 1e-5) with the biased variance, y = γ·x̂ + β. n is a multiple of 16. Source: Ba,
 * Kiros, Hinton, "Layer normalization", 2016.
 */
#pragma once

#include <stddef.h>

#define LAYERNORM_EPSILON 1e-5f

/* x becomes x̂; y = γ·x̂ + β; *scale = 1/√(var + ε), which the backward pass needs. */
void layernorm_forward(float *x, const float *gamma, const float *beta, float *y, float *scale, size_t n);

/* From dy to the gradient of x, in place; dgamma += dy·x̂ and dbeta += dy. */
void layernorm_backward(float *dy, const float *normal, float scale, const float *gamma, float *dgamma,
			float *dbeta, size_t n);
