/* socket_path.c: /proc names every open folder shortly.                                   (kind: adapter) */
#include "common/http/socket_path.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int open_folder(const char *path, const char *slash)
{
	cleanup(free_pointer) char *folder = slash ? strndup(path, (size_t)(slash - path)) : strdup(".");
	TRY_ALLOC(folder);
	int descriptor = open(folder[0] ? folder : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return descriptor < 0 ? -errno : descriptor;
}

int socket_path_open(const char *path, struct socket_path *out)
{
	const char *slash = strrchr(path, '/');
	int folder = open_folder(path, slash);
	if (folder < 0)
		return folder;
	*out = (struct socket_path){ .folder = folder };
	int n = snprintf(out->text, sizeof(out->text), "/proc/self/fd/%d/%s", folder,
			 slash ? slash + 1 : path);
	if (n < (int)sizeof(out->text))
		return 0;
	socket_path_close(out);
	return -ENAMETOOLONG;
}

void socket_path_close(struct socket_path *path)
{
	if (path->text[0])
		close(path->folder);
	path->text[0] = '\0';
}
