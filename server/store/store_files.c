/* store_files.c: paths, directories and durable renames of the store.                      (kind: adapter) */
#include "server/store/store_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/crypto/digest.h"
#include "server/store/store_inside.h"

int store_directory(const struct store *store, const char *name)
{
	return folder_make(store->dir, name);
}

int store_file_digest(int fd, uint64_t n, char hex[STORE_HEX])
{
	struct digest digest;
	void *bytes = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return FAIL(-errno);
	int r = digest_bytes(bytes, n, &digest);
	munmap(bytes, n);
	TRY(r);
	digest_hex(&digest, hex);
	return 0;
}

static void directory_cleanup(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

/* Remove the files of a directory whose names end in `suffix` ("": all), then, if it is empty, the
 * directory. */
static int remove_files(const char *path, const char *suffix)
{
	cleanup(directory_cleanup) DIR *directory = opendir(path);
	if (!directory)
		return errno == ENOENT ? 0 : FAIL(-errno);
	for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory)) {
		size_t n = strlen(entry->d_name), n_suffix = strlen(suffix);
		bool ends = n >= n_suffix && strcmp(entry->d_name + n - n_suffix, suffix) == 0;
		if (entry->d_name[0] != '.' && ends && unlinkat(dirfd(directory), entry->d_name, 0) != 0 &&
		    errno != EISDIR && errno != EPERM)
			return FAIL(-errno);
	}
	return 0;
}

int store_spool_drop(const struct store *store, const char *run, uint32_t phase)
{
	cleanup(free_pointer) char *spool = NULL;
	cleanup(free_pointer) char *of_run = NULL;
	TRY(folder_path(&of_run, "%s/spool/%s", store->dir, run));
	TRY(folder_path(&spool, "%s/%u", of_run, phase));
	TRY(remove_files(spool, ""));
	if (rmdir(spool) != 0 && errno != ENOENT && errno != ENOTEMPTY)
		return FAIL(-errno);
	if (rmdir(of_run) != 0 && errno != ENOENT && errno != ENOTEMPTY)
		return FAIL(-errno);
	return 0;
}

/* Is phase `number` of the run the open one? */
static int is_open(const struct store *store, const char *run, uint32_t number, bool *out)
{
	cleanup(db_finalize) struct db_statement statement;
	TRY(db_prepare(store->db, "SELECT 1 FROM phases WHERE run = ? AND number = ? AND open = 1",
		       &statement));
	db_text(&statement, run);
	db_integer(&statement, number);
	int r = db_step(&statement);
	*out = r == DB_E_ROW;
	return r == DB_E_ROW ? 0 : r;
}

static int sweep_run(const struct store *store, const char *run)
{
	cleanup(free_pointer) char *path = NULL;
	TRY(folder_path(&path, "%s/spool/%s", store->dir, run));
	cleanup(directory_cleanup) DIR *directory = opendir(path);
	if (!directory)
		return errno == ENOTDIR ? 0 : FAIL(-errno);
	for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory)) {
		char *end;
		bool open;
		unsigned long number = strtoul(entry->d_name, &end, 10);
		if (entry->d_name[0] == '.' || *end != '\0' || number > UINT32_MAX)
			continue;
		TRY(is_open(store, run, (uint32_t)number, &open));
		if (!open)
			TRY(store_spool_drop(store, run, (uint32_t)number));
	}
	return 0;
}

int store_sweep(const struct store *store)
{
	cleanup(free_pointer) char *blobs = NULL;
	cleanup(free_pointer) char *spool = NULL;
	TRY(folder_path(&blobs, "%s/blobs", store->dir));
	TRY(folder_path(&spool, "%s/spool", store->dir));
	TRY(remove_files(blobs, ".tmp"));
	cleanup(directory_cleanup) DIR *directory = opendir(spool);
	if (!directory)
		return FAIL(-errno);
	for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory)) {
		if (entry->d_name[0] != '.')
			TRY(sweep_run(store, entry->d_name));
	}
	return 0;
}
