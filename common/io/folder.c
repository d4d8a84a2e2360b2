/* folder.c: mkdir and fsync.                                                               (kind: adapter) */
#include "common/io/folder.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int folder_path(char **out, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int n = vasprintf(out, format, arguments);
	va_end(arguments);
	if (n >= 0)
		return 0;
	*out = NULL;
	return FAIL(-ENOMEM);
}

int folder_sync(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return FAIL(-errno);
	int r = fsync(fd) == 0 ? 0 : FAIL(-errno);
	close(fd);
	return r;
}

int folder_sync_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	cleanup(free_pointer) char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	TRY_ALLOC(folder);
	return folder_sync(folder);
}

int folder_make(const char *parent, const char *name)
{
	cleanup(free_pointer) char *path = NULL;
	TRY(folder_path(&path, "%s/%s", parent, name));
	if (mkdir(path, 0700) == 0)
		return folder_sync(parent);
	return errno == EEXIST ? 0 : FAIL(-errno);
}
