/* fuzz_log.h: a log from foreign bytes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Read the bytes as a log with the hash encoder, or with embeddings in the rows. What is taken keeps the
 * rules of a dataset, and written in canonical form it is read as the same rows. */
void fuzz_log(const uint8_t *bytes, size_t n, bool embeddings_in_rows);
