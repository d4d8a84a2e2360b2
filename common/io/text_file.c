/* text_file.c: small files read as a whole.                                                (kind: adapter) */
#include "common/io/text_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int read_all(int fd, size_t most, char *text)
{
	size_t n = 0;
	for (;;) {
		ssize_t got = read(fd, text + n, most + 1 - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		n += (size_t)got;
		if (n > most)
			return -EFBIG;
	}
	text[n] = '\0';
	return memchr(text, '\0', n) ? -EILSEQ : 0;
}

int text_file_read(const char *path, size_t most, char **out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	char *text = calloc(1, most + 2);
	int r = text ? read_all(fd, most, text) : -ENOMEM;
	close(fd);
	if (r != 0) {
		free(text);
		return r;
	}
	*out = text;
	return 0;
}
