/* store_spool.c: bodies of submissions on their way in.                                       (kind: adapter)
 *
 * CLIENT.head names the submission that CLIENT.part belongs to: a part is only continued by the very same
 * one. Whatever a crash cut off is safe up to the size of the file: bytes are appended and synced in order,
 * and the SHA-256 of the whole is checked before the rename.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/failpoint.h"
#include "server/store/store_inside.h"
#include "server/store/store_files.h"

struct store_part {
	int fd;
	char *directory, *part, *body, *head;
	char sha256[STORE_HEX];
	uint64_t bytes, written;
};

static int spool_path(const struct store *store, const char *run, uint32_t phase, const char *file,
		      char **out)
{
	return folder_path(out, "%s/spool/%s/%u/%s", store->dir, run, phase, file);
}

int store_body_path(const struct store *store, const char *run, uint32_t phase, const char *client,
		    char **out)
{
	char file[STORE_NAME + 8];
	snprintf(file, sizeof(file), "%s.body", client);
	return spool_path(store, run, phase, file, out);
}

static int make_directories(const struct store *store, const struct store_submission *submission, char **out)
{
	char name[STORE_RUN + 32];
	snprintf(name, sizeof(name), "spool/%s", submission->run);
	TRY(store_directory(store, name));
	snprintf(name, sizeof(name), "spool/%s/%u", submission->run, submission->phase);
	cleanup(free_pointer) char *of_run = NULL;
	TRY(store_directory(store, name));
	TRY(folder_path(&of_run, "%s/spool/%s", store->dir, submission->run));
	TRY(folder_sync(of_run));
	return folder_path(out, "%s/%s", store->dir, name);
}

/* Does the head file say what is being sent now? */
static bool head_matches(const char *path, const struct store_submission *submission)
{
	char text[STORE_HEX + 32] = "", expected[STORE_HEX + 32];
	snprintf(expected, sizeof(expected), "%s %llu", submission->sha256,
		 (unsigned long long)submission->bytes);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t n = read(fd, text, sizeof(text) - 1);
	close(fd);
	return n > 0 && strcmp(text, expected) == 0;
}

static int head_write(const char *path, const struct store_submission *submission)
{
	char text[STORE_HEX + 32];
	int n = snprintf(text, sizeof(text), "%s %llu", submission->sha256,
			 (unsigned long long)submission->bytes);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return FAIL(-errno);
	int r = write(fd, text, (size_t)n) == n && fsync(fd) == 0 ? 0 : -EIO;
	close(fd);
	return r == 0 ? 0 : FAIL(r);
}

static int part_names(struct store_part *part, const char *client)
{
	TRY(folder_path(&part->part, "%s/%s.part", part->directory, client));
	TRY(folder_path(&part->body, "%s/%s.body", part->directory, client));
	return folder_path(&part->head, "%s/%s.head", part->directory, client);
}

static int part_start(const struct store *store, const struct store_submission *submission,
		      struct store_part *part)
{
	struct stat status;
	TRY(make_directories(store, submission, &part->directory));
	TRY(part_names(part, submission->client));
	snprintf(part->sha256, sizeof(part->sha256), "%s", submission->sha256);
	part->bytes = submission->bytes;
	/* A body that was renamed just before a crash, but not journaled, is this very submission or
	 * worthless. */
	if (rename(part->body, part->part) != 0 && errno != ENOENT)
		return FAIL(-errno);
	bool goes_on = head_matches(part->head, submission);
	if (!goes_on) {
		if (unlink(part->part) != 0 && errno != ENOENT)
			return FAIL(-errno);
		TRY(head_write(part->head, submission));
	}
	part->fd = open(part->part, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (part->fd < 0 || fstat(part->fd, &status) != 0)
		return FAIL(-errno);
	if ((uint64_t)status.st_size > part->bytes && ftruncate(part->fd, 0) != 0)
		return FAIL(-errno);
	part->written = (uint64_t)status.st_size > part->bytes ? 0 : (uint64_t)status.st_size;
	return 0;
}

int store_part_open(const struct store *store, const struct store_submission *submission,
		    struct store_part **out, uint64_t *durable)
{
	struct store_part *part = calloc(1, sizeof(*part));
	TRY_ALLOC(part);
	part->fd = -1;
	int r = part_start(store, submission, part);
	if (r == 0)
		r = store_part_sync(part, durable);
	if (r != 0) {
		store_part_close(part);
		return r;
	}
	*out = part;
	return 0;
}

int store_part_write(struct store_part *part, const void *bytes, size_t n)
{
	const char *at = bytes;
	if (n > part->bytes - part->written)
		return STORE_E_BAD;
	while (n > 0) {
		ssize_t written = write(part->fd, at, n);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return errno == ENOSPC || errno == EDQUOT ? STORE_E_FULL : FAIL(-errno);
		at += written;
		n -= (size_t)written;
		part->written += (uint64_t)written;
	}
	failpoint("spool-written");
	return 0;
}

int store_part_sync(struct store_part *part, uint64_t *durable)
{
	if (fsync(part->fd) != 0)
		return errno == ENOSPC || errno == EDQUOT ? STORE_E_FULL : FAIL(-errno);
	failpoint("spool-synced");
	*durable = part->written;
	return 0;
}

int store_part_finish(struct store_part *part)
{
	char hex[STORE_HEX];
	uint64_t durable;
	if (part->written != part->bytes)
		return STORE_E_BAD;
	int r = store_part_sync(part, &durable);
	if (r != 0)
		return r;
	TRY(store_file_digest(part->fd, part->written, hex));
	if (strcmp(hex, part->sha256) != 0) {
		if (unlink(part->part) != 0 || unlink(part->head) != 0)
			return FAIL(-errno);
		return STORE_E_BAD;
	}
	if (rename(part->part, part->body) != 0)
		return FAIL(-errno);
	failpoint("spool-renamed");
	TRY(folder_sync(part->directory));
	failpoint("spool-published");
	return 0;
}

void store_part_discard(struct store_part *part)
{
	unlink(part->part);
	unlink(part->body);
	unlink(part->head);
}

void store_part_close(struct store_part *part)
{
	if (!part)
		return;
	if (part->fd >= 0)
		close(part->fd);
	free(part->directory);
	free(part->part);
	free(part->body);
	free(part->head);
	free(part);
}

int store_part_durable(const struct store *store, const char *run, uint32_t phase, const char *client,
		       uint64_t *out)
{
	char file[STORE_NAME + 8];
	cleanup(free_pointer) char *path = NULL;
	struct stat status;
	snprintf(file, sizeof(file), "%s.part", client);
	TRY(spool_path(store, run, phase, file, &path));
	*out = stat(path, &status) == 0 ? (uint64_t)status.st_size : 0;
	return 0;
}
