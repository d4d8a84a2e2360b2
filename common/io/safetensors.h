/* safetensors.h: named tensors and a few strings in one file that can be mapped.              (kind: adapter)
 *
 * Layout: 8 bytes little-endian header length, that many bytes of JSON {name: {dtype, shape, data_offsets},
 * "__metadata__": {string: string}}, then the arrays. Written with sorted names and the data 64-byte aligned
 * (the header is padded with spaces). Reading checks lengths, types, shapes, that offsets tile the data
 * without gap or overlap, and alignment.
 */
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "common/base/error.h"
#include "common/base/findings.h"
#include "common/io/tensors.h"

enum { SAFETENSORS_E_OK = 0, SAFETENSORS_E_BAD = 1 };
enum { SAFETENSORS_HEADER_MOST = 1 << 20 };

/* The file's bytes in memory, malloc'ed; the same content gives the same bytes. `metadata`: a JSON object of
 * strings (may be NULL). */
must_check int safetensors_bytes(const struct tensors *tensors, const json_t *metadata, void **out,
				 size_t *n);

/* The same as a file, atomically. */
must_check int safetensors_write(const char *path, const struct tensors *tensors, const json_t *metadata);

/* Map the file. `metadata_out`: a new JSON object of strings, the caller decrefs it. */
must_check int safetensors_read(const char *path, struct findings *findings, struct tensors *out,
				json_t **metadata_out);
must_check int safetensors_parse(const void *bytes, size_t n, const char *name, struct findings *findings,
				 struct tensors *out, json_t **metadata_out); /* tensors borrow `bytes` */
