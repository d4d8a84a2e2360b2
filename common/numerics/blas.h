/* blas.h: the one place that knows OpenBLAS and LAPACK.                                       (kind: adapter)
 *
 * OpenBLAS gives other bits with two threads than with one, so it runs single-threaded always; parallelism is
 * ours (loop/parallel.h). Debian's 0.3.21 does not know the newer processors and then falls back to SSE3
 * kernels, seven times slower: `blas_start` mends both before anything is computed.
 */
#pragma once

#include <cblas.h>

#include "common/base/error.h"

/* First thing in main. Where OpenBLAS chose kernels far below this processor, sets OPENBLAS_CORETYPE (it is
 * read only when the library is loaded) and executes the program again; an OPENBLAS_CORETYPE of the user's is
 * left alone. */
void blas_start(char **argv);

/* LAPACK, as libopenblas exports it (column-major; `uplo` 'L' or 'U'; info 0 = done). */
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info);
void dpotri_(const char *uplo, const int *n, double *a, const int *lda, int *info);
void dpotrs_(const char *uplo, const int *n, const int *nrhs, const double *a, const int *lda, double *b,
	     const int *ldb, int *info);
void dtrtrs_(const char *uplo, const char *trans, const char *diag, const int *n, const int *nrhs,
	     const double *a, const int *lda, double *b, const int *ldb, int *info);
void dsyevd_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w,
	     double *work, const int *lwork, int *iwork, const int *liwork, int *info);
