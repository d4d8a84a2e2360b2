/* store_files.h: paths, directories and durable renames of the store; inside this room.  (kind: adapter) */
#pragma once

#include "common/io/folder.h"
#include "server/store/store.h"

/* Make DIR/`name` (one level), durably. */
must_check int store_directory(const struct store *store, const char *name);

/* SHA-256 (hex) of the first `n` ≥ 1 bytes of a file, as they are on disk now. */
must_check int store_file_digest(int fd, uint64_t n, char hex[STORE_HEX]);

/* Remove what no journal knows: temporary files, spools of phases that are not open. */
must_check int store_sweep(const struct store *store);
