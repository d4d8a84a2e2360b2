/* dropout.h: inverted dropout of one row.                                                      (kind: kernel)
 *
 * A unit is dropped if its 16 random bits are below 6554: probability 6554/65536 = 0.100006. Kept units are
 * multiplied by the exact inverse, 65536/58982, so that the expectation is unchanged.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { DROPOUT_BELOW = 6554 };

/* Multiply y and slope (its derivative, for the backward pass) by 0 or 65536/58982. Unit j < n/2 takes the
 * low half of words[j], unit n/2 + j the high half. n is a multiple of 32. */
void dropout_apply(const uint32_t *words, float *y, float *slope, size_t n);
