/* http_listen.c: TCP addresses and unix sockets.                                          (kind: adapter) */
#include "common/http/http_listen.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/http/socket_path.h"

enum { WAITING_MOST = 64 };

static int bind_and_listen(int descriptor, const struct sockaddr *address, socklen_t n)
{
	if (bind(descriptor, address, n) != 0 || listen(descriptor, WAITING_MOST) != 0)
		return -errno;
	return 0;
}

/* "host:port" or "[host]:port"; the port is a number. */
static int resolve(const char *address, struct addrinfo **out)
{
	static const struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
					       .ai_socktype = SOCK_STREAM };
	const char *colon = strrchr(address, ':');
	/* getaddrinfo would take the port's last 16 bits. */
	if (!colon || colon == address || strlen(colon) > 6 || strtoul(colon + 1, NULL, 10) > UINT16_MAX)
		return -EINVAL;
	bool bracketed = address[0] == '[' && colon[-1] == ']' && colon - address > 2;
	cleanup(free_pointer) char *host = bracketed ? strndup(address + 1, (size_t)(colon - address) - 2) :
						       strndup(address, (size_t)(colon - address));
	TRY_ALLOC(host);
	return getaddrinfo(host, colon + 1, &hints, out) == 0 ? 0 : -EINVAL;
}

static int tell_address(int descriptor, char real[HTTP_ADDRESS])
{
	struct sockaddr_storage bound = { 0 };
	socklen_t n = sizeof(bound);
	char host[48], port[8];
	if (getsockname(descriptor, (struct sockaddr *)&bound, &n) != 0)
		return -errno;
	if (getnameinfo((struct sockaddr *)&bound, n, host, sizeof(host), port, sizeof(port),
			NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return -EINVAL;
	snprintf(real, HTTP_ADDRESS, bound.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
	return 0;
}

int http_listen_address(const char *address, int *out, char real[HTTP_ADDRESS])
{
	struct addrinfo *found = NULL;
	int r = resolve(address, &found);
	if (r != 0)
		return r;
	int descriptor = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	r = descriptor < 0 ? -errno : 0;
	if (r == 0) {
		(void)setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
		r = bind_and_listen(descriptor, found->ai_addr, found->ai_addrlen);
	}
	freeaddrinfo(found);
	if (r == 0)
		r = tell_address(descriptor, real);
	if (r != 0 && descriptor >= 0)
		close(descriptor);
	*out = r == 0 ? descriptor : -1;
	return r;
}

int http_listen_socket(const char *path, int *out)
{
	cleanup(socket_path_close) struct socket_path name = { 0 };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int r = socket_path_open(path, &name);
	if (r != 0)
		return r;
	memcpy(address.sun_path, name.text, sizeof(name.text));
	if (unlink(name.text) != 0 && errno != ENOENT)
		return -errno;
	int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (descriptor < 0)
		return -errno;
	/* Linux makes the file with the mode that the socket has before it is bound. */
	r = fchmod(descriptor, 0600) == 0 ? 0 : -errno;
	if (r == 0)
		r = bind_and_listen(descriptor, (const struct sockaddr *)&address, sizeof(address));
	if (r != 0)
		close(descriptor);
	else
		*out = descriptor;
	return r;
}
