/* base64.h: bytes as text and back (RFC 4648, padded, no line breaks).                     (kind: adapter) */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"

enum { BASE64_E_OK = 0, BASE64_E_BAD = 1 };

/* The bytes as a malloc'ed string. */
must_check int base64_encode(const void *bytes, size_t n, char **out);

/* Exactly `n` bytes from `text`, or BASE64_E_BAD where the text says other than `n` bytes or is no base64 at
 * all. */
must_check int base64_decode(const char *text, void *bytes, size_t n);
