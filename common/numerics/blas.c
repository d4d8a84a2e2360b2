/* blas.c: one thread, and kernels that fit the processor.                                  (kind: adapter) */
#include "common/numerics/blas.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void openblas_set_num_threads(int threads);
char *openblas_get_corename(void);

static const char *kernels_of_this_processor(void)
{
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
	    __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
		return "SkylakeX";
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
		return "Haswell";
	return NULL;
}

void blas_start(char **argv)
{
	const char *better = kernels_of_this_processor();
	const char *chosen = openblas_get_corename();
	int fell_back = strcmp(chosen, "Prescott") == 0 || strcmp(chosen, "Core2") == 0;
	if (better && fell_back && !getenv("OPENBLAS_CORETYPE") &&
	    setenv("OPENBLAS_CORETYPE", better, 1) == 0)
		execv("/proc/self/exe", argv); /* comes back only if it could not: slower, not wrong */
	openblas_set_num_threads(1);
}
