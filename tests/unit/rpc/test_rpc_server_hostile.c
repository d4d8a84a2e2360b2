/* What strangers do to a server's port. */
#include "tests/unit/rpc/serving.h"

#include <string.h>
#include <unistd.h>

#include "common/loop/thread.h"
#include "tests/unit/rpc/raw.h"

static struct serving *serving;

static void set_up(void)
{
	serving = serving_new();
}

static void tear_down(void)
{
	serving_free(serving);
}

/* A peer that announces a message of two gibibytes to a method that takes 100 bytes, and sends it. */
struct flood {
	struct raw raw;
	size_t sent;
	atomic_bool over;
};

enum { FLOOD = 1 << 30, FRAME = 16384 };

static void send_flood(void *context)
{
	struct flood *flood = context;
	static const uint8_t head[5] = { 0, 0x7f, 0xff, 0xff, 0xff };
	static const uint8_t block[FRAME];
	raw_hello(&flood->raw);
	raw_call(&flood->raw, "/t/Anyone", NULL);
	raw_data(&flood->raw, head, sizeof(head), false);
	while (!flood->raw.closed && flood->sent < FLOOD) {
		raw_listen(&flood->raw, FRAME);
		raw_data(&flood->raw, block, FRAME, false);
		flood->sent += FRAME;
	}
	atomic_store(&flood->over, true);
}

/* The server still answers who behaves. */
static void still_serves(void)
{
	struct serving_call call;
	struct serving_link client;
	serving_connect(serving, &serving->client_credentials, &client);
	serving_ask(&client, "/t/Echo", "x", &call);
	serving_expect(&call, RPC_OK, "");
	serving_disconnect(&client);
}

static void open_anonymous(struct raw *raw)
{
	struct rpc_credentials nobody = certificates_anonymous(serving->authority);
	ck_assert(raw_open(raw, serving->address, &nobody, TLS1_3_VERSION));
	certificates_forget(&nobody);
}

START_TEST(a_message_that_is_announced_too_large_is_not_gathered)
{
	struct flood flood = { .sent = 0 };
	struct thread *thread;
	open_anonymous(&flood.raw);
	ck_assert_int_eq(thread_start(send_flood, &flood, &thread), 0);
	while (!atomic_load(&flood.over))
		still_serves();
	thread_join(thread);
	ck_assert(flood.raw.closed);
	ck_assert_uint_lt(flood.sent, FLOOD);
	ck_assert_uint_gt(flood.sent, 64 << 10); /* it was the meter, not a mistake of ours */
	raw_close(&flood.raw);
}
END_TEST

START_TEST(garbage_is_no_handshake)
{
	char garbage[1000];
	uint64_t before = rpc_handshake_failures(NULL, 0);
	memset(garbage, 0xa5, sizeof(garbage));
	for (size_t i = 0; i < 20; i++) {
		int fd = raw_connect(serving->address);
		ck_assert_int_eq(write(fd, garbage, sizeof(garbage)), sizeof(garbage));
		while (read(fd, garbage, sizeof(garbage)) > 0)
			continue;
		close(fd);
		memset(garbage, (int)(i * 37), sizeof(garbage));
	}
	still_serves();
	ck_assert_uint_ge(rpc_handshake_failures(NULL, 0), before + 20);
}
END_TEST

START_TEST(handshakes_left_half_open_do_not_hold_the_server)
{
	static const uint8_t begun[6] = { 0x16, 3, 1, 2, 0, 1 }; /* the first bytes of a greeting */
	int fds[64];
	for (size_t i = 0; i < 64; i++) {
		fds[i] = raw_connect(serving->address);
		if (i % 2)
			ck_assert_int_eq(write(fds[i], begun, sizeof(begun)), sizeof(begun));
	}
	still_serves();
	serving_stop(serving);
	for (size_t i = 0; i < 64; i++)
		close(fds[i]);
}
END_TEST

START_TEST(garbage_within_tls_ends_its_connection)
{
	struct raw raw;
	open_anonymous(&raw);
	ck_assert_int_gt(SSL_write(raw.ssl, "GET / HTTP/1.1\r\nHost: x\r\n\r\n............", 40), 0);
	raw_listen(&raw, 1 << 30);
	ck_assert(raw.closed);
	raw_close(&raw);
	still_serves();
}
END_TEST

START_TEST(a_call_of_headers_alone_is_closed_when_its_peer_goes)
{
	struct raw raw;
	open_anonymous(&raw);
	raw_hello(&raw);
	raw_call(&raw, "/t/Anyone", NULL);
	serving_until(serving, serving->opened == 1);
	raw_close(&raw);
	serving_until(serving, serving->closed == 1);
	ck_assert_uint_eq(serving->cancelled, 1);
	ck_assert_uint_eq(serving->messages, 0);
	still_serves();
}
END_TEST

START_TEST(a_call_without_its_message_is_refused)
{
	struct raw raw;
	open_anonymous(&raw);
	raw_hello(&raw);
	raw_call(&raw, "/t/Anyone", NULL);
	raw_data(&raw, NULL, 0, true);
	serving_until(serving, serving->closed == 1);
	ck_assert_uint_eq(serving->messages, 0);
	raw_close(&raw);
	still_serves();
}
END_TEST

START_TEST(compressed_messages_are_not_read)
{
	/* 20 zero bytes by gzip, marked as compressed */
	static const uint8_t small[] = { 1,    0,    0,    0,    23,   0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0,
					 0x03, 0x63, 0x60, 0xc0, 0x0f, 0,    0,    0, 0, 0, 0, 0, 0, 0 };
	struct raw raw;
	open_anonymous(&raw);
	raw_hello(&raw);
	raw_call(&raw, "/t/Anyone", "gzip");
	raw_data(&raw, small, sizeof(small), true);
	raw_listen(&raw, 1 << 30); /* the core refuses it by itself */
	ck_assert(raw.closed);
	raw_close(&raw);
	still_serves();
	ck_assert_uint_eq(serving->messages, 1); /* that of still_serves */
}
END_TEST

START_TEST(a_call_that_is_not_for_anyone_is_never_opened)
{
	struct raw raw;
	open_anonymous(&raw);
	raw_hello(&raw);
	raw_call(&raw, "/t/Up", NULL);
	still_serves();
	ck_assert_uint_eq(serving->opened, 1);
	raw_close(&raw);
}
END_TEST

SUITE_MAIN_WITH("hostile", set_up, tear_down, a_message_that_is_announced_too_large_is_not_gathered,
		garbage_is_no_handshake, handshakes_left_half_open_do_not_hold_the_server,
		garbage_within_tls_ends_its_connection, a_call_of_headers_alone_is_closed_when_its_peer_goes,
		a_call_without_its_message_is_refused, compressed_messages_are_not_read,
		a_call_that_is_not_for_anyone_is_never_opened)
