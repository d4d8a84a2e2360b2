/* durable.c: write, sync, rename, sync.                                                    (kind: adapter) */
#include "common/io/durable.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/failpoint.h"
#include "common/io/folder.h"

static void pass(const char *name, const char *step)
{
	char point[64];
	snprintf(point, sizeof(point), "%s-%s", name, step);
	failpoint(point);
}

int durable_publish(const char *from, const char *to, const char *name)
{
	pass(name, "synced");
	if (rename(from, to) != 0)
		return FAIL(-errno);
	pass(name, "renamed");
	TRY(folder_sync_of(to));
	pass(name, "published");
	return 0;
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

int durable_write(const char *path, const void *bytes, size_t n, const char *name)
{
	cleanup(free_pointer) char *temporary = NULL;
	TRY(folder_path(&temporary, "%s.XXXXXX.tmp", path));
	int fd = mkostemps(temporary, 4, O_CLOEXEC);
	if (fd < 0)
		return FAIL(-errno);
	int r = write_all(fd, bytes, n);
	close(fd);
	if (r == 0)
		r = durable_publish(temporary, path, name);
	if (r != 0)
		unlink(temporary);
	return r;
}
