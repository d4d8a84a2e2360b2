/* scratch.c: one directory per test program, removed at its end. */
#include "tests/support/scratch.h"

#include <check.h>
#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 256, PATHS = 64 };

static char directory[PATH_BYTES - 80];
static char paths[PATHS][PATH_BYTES];
static size_t n_paths;
static pid_t owner;

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	(void)status;
	(void)kind;
	(void)walk;
	return remove(path);
}

/* A process that the test forked leaves the directory to its parent. */
static void remove_directory(void)
{
	if (getpid() == owner)
		nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void make_directory(void)
{
	const char *parent = getenv("TMPDIR");
	int n = snprintf(directory, sizeof(directory), "%s/fedrouter-test-XXXXXX", parent ? parent : "/tmp");
	ck_assert_int_lt(n, sizeof(directory));
	ck_assert_ptr_nonnull(mkdtemp(directory));
	owner = getpid();
	atexit(remove_directory);
}

const char *scratch_path(const char *name)
{
	if (!directory[0])
		make_directory();
	char path[PATH_BYTES];
	ck_assert_int_lt(snprintf(path, PATH_BYTES, "%s/%s", directory, name), PATH_BYTES);
	size_t i = 0;
	while (i < n_paths && strcmp(paths[i], path) != 0)
		i++;
	ck_assert_uint_lt(i, PATHS);
	n_paths += i == n_paths;
	memcpy(paths[i], path, sizeof(path));
	return paths[i];
}

const char *scratch_file(const char *name, const void *bytes, size_t n)
{
	const char *path = scratch_path(name);
	FILE *file = fopen(path, "wb");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(n > 0 ? fwrite(bytes, 1, n, file) : 0, n);
	ck_assert_int_eq(fclose(file), 0);
	return path;
}

const char *scratch_text(const char *name, const char *text)
{
	return scratch_file(name, text, strlen(text));
}

char *scratch_read(const char *path, size_t *n_out)
{
	FILE *file = fopen(path, "rb");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
	size_t n = (size_t)ftell(file);
	char *bytes = calloc(n + 1, 1);
	ck_assert_ptr_nonnull(bytes);
	rewind(file);
	ck_assert_uint_eq(fread(bytes, 1, n, file), n);
	fclose(file);
	if (n_out)
		*n_out = n;
	return bytes;
}

size_t scratch_count(void)
{
	DIR *files = opendir(directory);
	ck_assert_ptr_nonnull(files);
	size_t n = 0;
	for (const struct dirent *file; (file = readdir(files));)
		n += strcmp(file->d_name, ".") != 0 && strcmp(file->d_name, "..") != 0;
	closedir(files);
	return n;
}
