/* mapped.c: open, look, map.                                                               (kind: adapter) */
#include "common/io/mapped.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int refuse(struct findings *findings, const char *path, int error)
{
	findings_add(findings, path, 0, "cannot read the file", "%s: check the path and its permissions",
		     strerror(error));
	return MAPPED_E_UNREADABLE;
}

int mapped_open(const char *path, struct findings *findings, void **bytes_out, size_t *n_out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return refuse(findings, path, errno);
	struct stat status = { 0 };
	void *bytes = MAP_FAILED;
	int error = fstat(fd, &status) != 0 ? errno : S_ISDIR(status.st_mode) ? EISDIR : 0;
	if (error == 0 && status.st_size > 0) {
		bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		error = bytes == MAP_FAILED ? errno : 0;
	}
	close(fd);
	if (error != 0)
		return refuse(findings, path, error);
	if (bytes == MAP_FAILED) {
		findings_add(findings, path, 0, "empty file", "no byte in it: make it again");
		return MAPPED_E_UNREADABLE;
	}
	*bytes_out = bytes;
	*n_out = (size_t)status.st_size;
	return MAPPED_E_OK;
}
