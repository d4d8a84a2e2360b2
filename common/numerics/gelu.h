/* gelu.h: GELU(t) = t·Φ(t), exact up to float.                                                 (kind: kernel)
 *
 * Φ within 1e-7 of the normal distribution function, from our own polynomials: libm's erff is neither
 * vectorized nor the same everywhere. Source: Hendrycks, Gimpel, "Gaussian error linear units", 2016.
 */
#pragma once

#include <stddef.h>

/* t becomes GELU(t); slope = GELU′(t) = Φ(t) + t·φ(t). n is a multiple of 16. */
void gelu_forward(float *t, float *slope, size_t n);

/* dy becomes dy·slope. */
void gelu_backward(float *dy, const float *slope, size_t n);
