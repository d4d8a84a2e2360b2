/* allocations.c: malloc and its relatives, counted. */
#include "tests/bench/allocations.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static atomic_size_t asked;

size_t allocations_count(void)
{
	return atomic_load(&asked);
}

void *malloc(size_t size)
{
	atomic_fetch_add(&asked, 1);
	return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	atomic_fetch_add(&asked, 1);
	return __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
	atomic_fetch_add(&asked, 1);
	return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	atomic_fetch_add(&asked, 1);
	return __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
	atomic_fetch_add(&asked, 1);
	*out = __libc_memalign(alignment, size);
	return *out ? 0 : ENOMEM;
}
