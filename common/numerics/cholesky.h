/* cholesky.h: symmetric positive definite matrices.                                            (kind: kernel)
 *
 * A matrix is n × n, row-major, and only its upper triangle (column ≥ row) is read or written, unless it is
 * said otherwise. The factor is A = LLᵀ; Lᵀ takes the place of A. Right-hand sides are rows: b is n_rhs × n.
 */
#pragma once

#include <stddef.h>

#include "common/base/error.h"

enum { CHOLESKY_E_OK = 0, CHOLESKY_E_INDEFINITE = 1 };

/* Factor in place. INDEFINITE: a is not positive definite (and is now of no use). */
must_check int cholesky_factor(double *a, size_t n);

/* ln det A from the factor. */
double cholesky_log_det(const double *factor, size_t n);

/* b ← A⁻¹ b for each row of b. */
void cholesky_solve(const double *factor, double *b, size_t n_rhs, size_t n);

/* b ← L⁻¹ b for each row of b, so that ‖L⁻¹b‖² = bᵀA⁻¹b. */
void cholesky_forward(const double *factor, double *b, size_t n_rhs, size_t n);

/* The factor becomes A⁻¹. */
void cholesky_invert(double *factor, size_t n);

/* The nearest positive semidefinite matrix: negative eigenvalues become 0. Returns how many there were; −1
 * if they did not converge. `workspace`: cholesky_clip_doubles(n) doubles. */
int cholesky_clip(double *a, size_t n, double *workspace);
size_t cholesky_clip_doubles(size_t n);
