/* store_blobs.c: files named by the SHA-256 of their bytes.                                (kind: adapter) */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/crypto/digest.h"
#include "common/io/durable.h"
#include "server/store/store_inside.h"
#include "server/store/store_files.h"

int store_blob_path(const struct store *store, const char *sha256, char **out)
{
	return folder_path(out, "%s/blobs/%s", store->dir, sha256);
}

int store_blob_write(const struct store *store, const void *bytes, size_t n, struct store_blob *out)
{
	struct digest digest;
	struct stat status;
	cleanup(free_pointer) char *path = NULL;
	TRY(digest_bytes(bytes, n, &digest));
	digest_hex(&digest, out->sha256);
	out->bytes = n;
	TRY(store_blob_path(store, out->sha256, &path));
	if (stat(path, &status) == 0 && (size_t)status.st_size == n)
		return 0;
	return durable_write(path, bytes, n, "blob");
}

int store_blob_adopt(const struct store *store, const char *path, struct store_blob *out)
{
	struct stat status;
	cleanup(free_pointer) char *target = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return FAIL(-errno);
	int r = fstat(fd, &status) == 0 && status.st_size > 0 ? 0 : -EINVAL;
	if (r == 0)
		r = store_file_digest(fd, (uint64_t)status.st_size, out->sha256);
	if (r == 0 && fsync(fd) != 0)
		r = -errno;
	close(fd);
	TRY(r);
	out->bytes = (uint64_t)status.st_size;
	TRY(store_blob_path(store, out->sha256, &target));
	return durable_publish(path, target, "blob");
}
