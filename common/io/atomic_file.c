/* atomic_file.c: write beside, sync, rename, sync the directory.                           (kind: adapter) */
#include "common/io/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A terminal, a pipe or /dev/null can't be renamed over: it is written as it is, without a temporary file. */
static int open_special(const char *path, struct atomic_file *file)
{
	file->stream = fopen(path, "we");
	return file->stream ? 0 : FAIL(-errno);
}

/* Create "PATH.PID-NUMBER.partial" with the first number that is free: a killed process may have left
 * some. */
static int open_temporary(struct atomic_file *file, mode_t mode)
{
	enum { LEFT_OVER_MOST = 1000 };
	int fd = -1;
	for (int i = 0; i < LEFT_OVER_MOST && fd < 0; i++) {
		free(file->temporary);
		if (asprintf(&file->temporary, "%s.%ld-%d.partial", file->path, (long)getpid(), i) < 0)
			file->temporary = NULL;
		TRY_ALLOC(file->temporary);
		fd = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	int error = errno;
	file->stream = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (file->stream)
		return 0;
	if (fd >= 0) {
		error = errno;
		unlink(file->temporary);
		close(fd);
	}
	free(file->temporary);
	file->temporary = NULL;
	return FAIL(-error);
}

int atomic_file_open(const char *path, struct atomic_file *out)
{
	cleanup(atomic_file_discard) struct atomic_file file = { 0 };
	struct stat status;
	int exists = stat(path, &status) == 0;
	if (exists && !S_ISREG(status.st_mode)) {
		TRY(open_special(path, &file));
	} else {
		/* A symbolic link stays one: what it points to is replaced. Nobody gains a right by that. */
		file.path = exists ? realpath(path, NULL) : strdup(path);
		if (!file.path)
			return FAIL(-errno);
		TRY(open_temporary(&file, exists ? status.st_mode & 0777 : 0666));
	}
	*out = file;
	file = (struct atomic_file){ 0 };
	return 0;
}

/* The directory of a path, to be synced; < 0: -errno. */
static int open_directory_of(const char *path)
{
	cleanup(free_pointer) char *directory = strdup(path);
	TRY_ALLOC(directory);
	char *slash = strrchr(directory, '/');
	if (slash)
		slash[slash == directory] = '\0';
	int fd = open(slash ? directory : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? FAIL(-errno) : fd;
}

/* Rename and sync. What else could fail was done before: behind the rename the new file is there. */
static int publish(struct atomic_file *file)
{
	int directory = open_directory_of(file->path);
	if (directory < 0)
		return directory;
	int error = rename(file->temporary, file->path) == 0 ? 0 : errno;
	if (error == 0) {
		free(file->temporary);
		file->temporary = NULL;
		error = fsync(directory) == 0 ? 0 : errno;
	}
	close(directory);
	return error == 0 ? 0 : FAIL(-error);
}

int atomic_file_commit(struct atomic_file *file)
{
	FILE *stream = file->stream;
	int error = fflush(stream) != 0 ? errno : ferror(stream) ? EIO : 0;
	if (error == 0 && file->temporary && fsync(fileno(stream)) != 0)
		error = errno;
	file->stream = NULL;
	if (fclose(stream) != 0 && error == 0)
		error = errno;
	if (error != 0)
		return FAIL(-error);
	return file->temporary ? publish(file) : 0;
}

void atomic_file_discard(struct atomic_file *file)
{
	if (file->stream)
		fclose(file->stream);
	if (file->temporary)
		unlink(file->temporary);
	free(file->temporary);
	free(file->path);
	*file = (struct atomic_file){ 0 };
}

int atomic_file_write(const char *path, const void *bytes, size_t n)
{
	cleanup(atomic_file_discard) struct atomic_file file = { 0 };
	TRY(atomic_file_open(path, &file));
	if (fwrite(bytes, 1, n, file.stream) != n)
		return FAIL(-errno);
	return atomic_file_commit(&file);
}
