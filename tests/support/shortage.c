/* shortage.c: the linker's --wrap turns allocations into these. */
#include "tests/support/shortage.h"

#include <check.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *pointer, size_t n);
void *__real_aligned_alloc(size_t alignment, size_t n);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *pointer, size_t n);
void *__wrap_aligned_alloc(size_t alignment, size_t n);
char *__wrap_strdup(const char *text);

static atomic_long left; /* allocations until the one that fails; ≤ 0: none, or past it */
static atomic_bool armed, met, goes_on;

static bool fails(void)
{
	if (!armed)
		return false;
	long now = atomic_fetch_sub(&left, 1);
	if (now > 1 || (now < 1 && !goes_on))
		return false;
	met = true;
	return true;
}

void *__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *pointer, size_t n)
{
	return fails() ? NULL : __real_realloc(pointer, n);
}

void *__wrap_aligned_alloc(size_t alignment, size_t n)
{
	return fails() ? NULL : __real_aligned_alloc(alignment, n);
}

char *__wrap_strdup(const char *text)
{
	return fails() ? NULL : __real_strdup(text);
}

void shortage_end(void)
{
	armed = false;
}

size_t shortage_try(shortage_work work, void *context, bool and_on)
{
	goes_on = and_on;
	for (long n = 1;; n++) {
		left = n;
		met = false;
		armed = true;
		int result = work(context);
		ck_assert(!armed);
		if (met)
			continue;
		ck_assert_int_eq(result, 0);
		return (size_t)n;
	}
}
