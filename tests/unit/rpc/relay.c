/* relay.c: one thread that waits for all its sockets; it is told things through a pipe. */
#include "tests/unit/rpc/relay.h"

#include <check.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <threads.h>
#include <unistd.h>

#include "common/loop/thread.h"
#include "tests/unit/rpc/raw.h"

enum { PAIRS = 32, BUFFER = 64 << 10 };

struct pair {
	int near, far; /* −1: free */
};

struct relay {
	struct thread *thread;
	int listener, commands[2];
	char target[64]; /* "": a proxy */
	struct pair pairs[PAIRS];
	atomic_bool refuse;
	atomic_int passed;
	mtx_t lock; /* guards `asked` */
	char asked[64];
};

static void close_pair(struct pair *pair)
{
	if (pair->near >= 0)
		close(pair->near);
	if (pair->far >= 0)
		close(pair->far);
	*pair = (struct pair){ -1, -1 };
}

/* Read a proxy's request and answer it; false: not to be passed on. */
static bool negotiate(struct relay *relay, int fd, char target[64])
{
	char request[2048] = "";
	size_t n = 0;
	while (!strstr(request, "\r\n\r\n")) {
		ssize_t some = read(fd, request + n, sizeof(request) - 1 - n);
		if (some <= 0)
			return false;
		n += (size_t)some;
		request[n] = '\0';
	}
	if (sscanf(request, "CONNECT %63s HTTP/1", target) != 1)
		return false;
	mtx_lock(&relay->lock);
	memcpy(relay->asked, target, 64);
	mtx_unlock(&relay->lock);
	const char *answer =
		atomic_load(&relay->refuse) ? "HTTP/1.1 403 Forbidden\r\n\r\n" : "HTTP/1.1 200 OK\r\n\r\n";
	return write(fd, answer, strlen(answer)) == (ssize_t)strlen(answer) && !atomic_load(&relay->refuse);
}

static void take(struct relay *relay)
{
	char target[64];
	int fd = accept(relay->listener, NULL, NULL);
	memcpy(target, relay->target, sizeof(target));
	struct pair *pair = relay->pairs;
	while (pair->near >= 0)
		pair++;
	ck_assert(pair < relay->pairs + PAIRS - 1);
	if (!target[0] && !negotiate(relay, fd, target)) {
		close(fd);
		return;
	}
	pair->near = fd;
	pair->far = raw_connect_or_not(target);
	if (pair->far < 0)
		close_pair(pair);
	else
		atomic_fetch_add(&relay->passed, 1);
}

static bool pass(int from, int to)
{
	static char buffer[BUFFER];
	ssize_t n = read(from, buffer, sizeof(buffer));
	for (ssize_t done = 0; done < n;) {
		ssize_t some = write(to, buffer + done, (size_t)(n - done));
		if (some <= 0)
			return false;
		done += some;
	}
	return n > 0;
}

static void relay_run(void *context)
{
	struct relay *relay = context;
	struct pollfd waits[2 + 2 * PAIRS];
	for (;;) {
		waits[0] = (struct pollfd){ .fd = relay->commands[0], .events = POLLIN };
		waits[1] = (struct pollfd){ .fd = relay->listener, .events = POLLIN };
		for (size_t i = 0; i < PAIRS; i++) {
			waits[2 + 2 * i] = (struct pollfd){ .fd = relay->pairs[i].near, .events = POLLIN };
			waits[3 + 2 * i] = (struct pollfd){ .fd = relay->pairs[i].far, .events = POLLIN };
		}
		poll(waits, 2 + 2 * PAIRS, -1);
		char command = 0;
		if (waits[0].revents && read(relay->commands[0], &command, 1) == 1 && command == 'q')
			return;
		for (size_t i = 0; i < PAIRS; i++) {
			struct pair *pair = &relay->pairs[i];
			bool well = command != 'c';
			if (well && waits[2 + 2 * i].revents)
				well = pass(pair->near, pair->far);
			if (well && waits[3 + 2 * i].revents)
				well = pass(pair->far, pair->near);
			if (!well)
				close_pair(pair);
		}
		if (waits[1].revents)
			take(relay);
	}
}

struct relay *relay_new(const char *target, char address[64])
{
	struct relay *relay = calloc(1, sizeof(*relay));
	ck_assert_ptr_nonnull(relay);
	snprintf(relay->target, sizeof(relay->target), "%s", target);
	for (size_t i = 0; i < PAIRS; i++)
		relay->pairs[i] = (struct pair){ -1, -1 };
	relay->listener = raw_listener(address);
	ck_assert_int_eq(mtx_init(&relay->lock, mtx_plain), thrd_success);
	ck_assert_int_eq(pipe(relay->commands), 0);
	ck_assert_int_eq(thread_start(relay_run, relay, &relay->thread), 0);
	return relay;
}

struct relay *relay_new_proxy(char address[64])
{
	return relay_new("", address);
}

static void command(struct relay *relay, char letter)
{
	ck_assert_int_eq(write(relay->commands[1], &letter, 1), 1);
}

void relay_free(struct relay *relay)
{
	command(relay, 'q');
	thread_join(relay->thread);
	for (size_t i = 0; i < PAIRS; i++)
		close_pair(&relay->pairs[i]);
	close(relay->listener);
	close(relay->commands[0]);
	close(relay->commands[1]);
	mtx_destroy(&relay->lock);
	free(relay);
}

void relay_cut(struct relay *relay)
{
	command(relay, 'c');
}

void relay_refuse(struct relay *relay)
{
	atomic_store(&relay->refuse, true);
}

int relay_passed(struct relay *relay)
{
	return atomic_load(&relay->passed);
}

void relay_asked(struct relay *relay, char out[64])
{
	mtx_lock(&relay->lock);
	memcpy(out, relay->asked, 64);
	mtx_unlock(&relay->lock);
}
