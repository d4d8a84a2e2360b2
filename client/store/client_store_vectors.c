/* client_store_vectors.c: the embedding file: mapped to read, appended to.                (kind: adapter) */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/store/client_store_inside.h"
#include "common/base/failpoint.h"

static int tell_short(const char *path, const struct client_vectors *vectors, uint64_t bytes,
		      struct findings *findings)
{
	findings_add(findings, path, 0, "embeddings are missing",
		     "it has %llu bytes, its store names %llu vectors of %zu numbers: restore both from one "
		     "backup, or remove both and import again",
		     (unsigned long long)bytes, (unsigned long long)vectors->n, vectors->dimension);
	return CLIENT_STORE_E_BAD;
}

static int open_file(const char *path, bool writes, struct findings *findings, struct client_vectors *vectors)
{
	struct stat status;
	size_t bytes = vectors->n * vectors->dimension * sizeof(float);
	vectors->fd = open(path, writes ? O_RDWR | O_CREAT | O_CLOEXEC : O_RDONLY | O_CLOEXEC, 0600);
	if (vectors->fd < 0 && errno == ENOENT)
		return tell_short(path, vectors, 0, findings);
	if (vectors->fd < 0 || fstat(vectors->fd, &status) != 0)
		return FAIL(-errno);
	if ((uint64_t)status.st_size < bytes)
		return tell_short(path, vectors, (uint64_t)status.st_size, findings);
	if (writes && (ftruncate(vectors->fd, (off_t)bytes) != 0 || lseek(vectors->fd, 0, SEEK_END) < 0))
		return FAIL(-errno);
	if (bytes == 0)
		return 0;
	void *map = mmap(NULL, bytes, PROT_READ, MAP_SHARED, vectors->fd, 0);
	if (map == MAP_FAILED)
		return FAIL(-errno);
	vectors->map = map;
	vectors->map_bytes = bytes;
	return 0;
}

int client_vectors_open(const struct client_store *store, bool writes, struct findings *findings,
			struct client_vectors *vectors)
{
	cleanup(free_pointer) char *path = NULL;
	vectors->fd = -1;
	if (vectors->n == 0 && !writes)
		return 0;
	TRY(folder_path(&path, "%s/embeddings.f32", store->dir));
	int r = open_file(path, writes, findings, vectors);
	if (r != 0)
		client_vectors_close(vectors);
	return r;
}

void client_vectors_close(struct client_vectors *vectors)
{
	if (vectors->map)
		munmap((void *)vectors->map, vectors->map_bytes);
	if (vectors->fd >= 0)
		close(vectors->fd);
	*vectors = (struct client_vectors){ .fd = -1 };
}

int client_vectors_append(struct client_vectors *vectors, const float *x, uint64_t *slot)
{
	const char *bytes = (const char *)x;
	size_t left = vectors->dimension * sizeof(*x);
	while (left > 0) {
		ssize_t written = write(vectors->fd, bytes, left);
		if (written < 0 && errno != EINTR)
			return FAIL(-errno);
		if (written > 0) {
			bytes += written;
			left -= (size_t)written;
		}
	}
	*slot = vectors->n++;
	return 0;
}

int client_vectors_sync(const struct client_store *store, struct client_vectors *vectors)
{
	failpoint("import-written");
	if (fsync(vectors->fd) != 0)
		return FAIL(-errno);
	TRY(folder_sync(store->dir));
	failpoint("import-synced");
	return 0;
}
