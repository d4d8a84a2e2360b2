/* fuzz.c: files in memory, and what every outcome has to be. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

const char *fuzz_file(const uint8_t *bytes, size_t n)
{
	static int fd = -1;
	static char path[64];
	if (fd < 0) {
		fd = memfd_create("input", 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	FUZZ_NEED(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, bytes, n, 0) == (ssize_t)n);
	return path;
}

static char written[256];

static void remove_written(void)
{
	remove(written);
}

const char *fuzz_path(void)
{
	if (!written[0]) {
		const char *directory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
		snprintf(written, sizeof(written), "%s/fedrouter-fuzz-%ld", directory, (long)getpid());
		atexit(remove_written);
	}
	return written;
}

void fuzz_judge(int result, struct findings *findings)
{
	FUZZ_NEED(result >= 0);
	FUZZ_NEED(result == 0 || findings->n > 0);
	findings_deinit(findings);
}
