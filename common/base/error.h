/* error.h: how a function says that it did not do its work.                                   (kind: adapter)
 *
 * Functions return int. 0: done. Negative: something unexpected (-errno); it is forwarded unchanged and
 * leaves a trail. Positive: an outcome that the function's header promises (ROOM_E_SOMETHING); the direct
 * caller handles it and never forwards it. Readers of foreign files say *what a person must mend* in a list
 * of findings (findings.h) beside it.
 */
#pragma once

#include <errno.h>

#define must_check __attribute__((warn_unused_result))
#define print_like(text, first) __attribute__((format(printf, text, first)))

/* Leave the function when `expr` did not return 0. A positive outcome that arrives here was a bug: it becomes
 * -ENOTRECOVERABLE. The only macro of the project with a hidden return. */
#define TRY(expr)                                                            \
	do {                                                                 \
		int try_result_ = (expr);                                    \
		if (try_result_ != 0)                                        \
			return error_trace(try_result_, __FILE__, __LINE__); \
	} while (0)

/* `TRY` for allocations: leave with -ENOMEM when `pointer` is NULL. */
#define TRY_ALLOC(pointer)                                               \
	do {                                                             \
		if (!(pointer))                                          \
			return error_trace(-ENOMEM, __FILE__, __LINE__); \
	} while (0)

/* A failure starts here: note where, and return it. */
#define FAIL(code) error_trace((code), __FILE__, __LINE__)

/* Print one line of the trail on stderr. */
void error_note(int code, const char *file, int line);

/* Note the place; returns `code` (positive ones as -ENOTRECOVERABLE). Inline, so that compilers see that a
 * failure never comes back as 0: with -O3 they would warn of results that nobody uses. */
static inline int error_trace(int code, const char *file, int line)
{
	int failure = code > 0 ? -ENOTRECOVERABLE : code;
	error_note(failure, file, line);
	return failure;
}

/* Run `function(&variable)` when the variable leaves its scope:  cleanup(free_pointer) char *text = NULL; */
#define cleanup(function) __attribute__((cleanup(function)))

/* Cleanup for anything that malloc gave. */
void free_pointer(void *pointer_to_pointer);
