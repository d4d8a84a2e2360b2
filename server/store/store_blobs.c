/* store_blobs.c: files named by the SHA-256 of their bytes.                                         (kind: adapter) */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/failpoint.h"
#include "common/crypto/digest.h"
#include "server/store/store_db.h"
#include "server/store/store_files.h"

int store_blob_path(const struct store *store, const char *sha256, char **out)
{
	return store_path(out, "%s/blobs/%s", store->dir, sha256);
}

static int write_all(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t written = write(fd, bytes, n);
		if (written < 0 && errno != EINTR)
			return FAIL(-errno);
		if (written > 0) {
			bytes += written;
			n -= (size_t)written;
		}
	}
	return fsync(fd) == 0 ? 0 : FAIL(-errno);
}

/* Rename a synced file into its place and sync the directory. */
static int publish(const struct store *store, const char *from, const char *to)
{
	cleanup(free_pointer) char *blobs = NULL;
	TRY(store_path(&blobs, "%s/blobs", store->dir));
	failpoint("blob-synced");
	if (rename(from, to) != 0)
		return FAIL(-errno);
	failpoint("blob-renamed");
	TRY(store_directory_sync(blobs));
	failpoint("blob-published");
	return 0;
}

int store_blob_write(const struct store *store, const void *bytes, size_t n, struct store_blob *out)
{
	struct digest digest;
	struct stat status;
	cleanup(free_pointer) char *path = NULL;
	cleanup(free_pointer) char *temporary = NULL;
	TRY(digest_bytes(bytes, n, &digest));
	digest_hex(&digest, out->sha256);
	out->bytes = n;
	TRY(store_blob_path(store, out->sha256, &path));
	if (stat(path, &status) == 0 && (size_t)status.st_size == n)
		return 0;
	TRY(store_path(&temporary, "%s/blobs/%s.XXXXXX.tmp", store->dir, out->sha256));
	int fd = mkostemps(temporary, 4, O_CLOEXEC);
	if (fd < 0)
		return FAIL(-errno);
	int r = write_all(fd, bytes, n);
	close(fd);
	if (r == 0)
		r = publish(store, temporary, path);
	if (r != 0)
		unlink(temporary);
	return r;
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
	return publish(store, path, target);
}
