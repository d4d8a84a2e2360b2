/* Calls of every kind, and every way in which they end. */
#include "tests/unit/rpc/serving.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct serving *serving;
static struct serving_link client;

static void set_up(void)
{
	serving = serving_new();
	serving_connect(serving, &serving->client_credentials, &client);
	serving_until(serving, client.up);
}

static void tear_down(void)
{
	serving_disconnect(&client);
	serving_free(serving);
}

START_TEST(an_answer_comes_back_and_the_server_knows_who_asked)
{
	struct serving_call call;
	serving_ask(&client, "/t/Echo", "hello", &call);
	serving_expect(&call, RPC_OK, "");
	ck_assert_str_eq(call.text, "hello");
	ck_assert_uint_eq(call.messages, 1);
	ck_assert(serving->known);
	ck_assert_str_eq(serving->peer.name, "client-00");
	ck_assert_uint_eq(strlen(serving->peer.fingerprint), 64);
	ck_assert_int_gt(serving->peer.not_after, 1700000000);
	serving_until(serving, serving->closed == 1);
	ck_assert_uint_eq(serving->cancelled, 0);
	ck_assert_uint_eq(rpc_server_calls(serving->server), 0);
}
END_TEST

START_TEST(an_empty_message_is_a_message)
{
	struct serving_call call;
	serving_ask(&client, "/t/Echo", "", &call);
	serving_expect(&call, RPC_OK, "");
	ck_assert_uint_eq(call.messages, 1);
	ck_assert_uint_eq(call.bytes, 0);
}
END_TEST

START_TEST(eight_mebibytes_go_up_in_chunks)
{
	struct serving_call call;
	size_t bytes = 0;
	serving_upload(&client, 32, &call);
	serving_until(serving, call.closed);
	serving_expect(&call, RPC_OK, "");
	ck_assert_uint_eq(call.sent, 32);
	ck_assert_uint_eq(serving->messages, 32);
	ck_assert_uint_eq(serving->half_closed, 1);
	ck_assert_int_eq(sscanf(call.text, "%zu", &bytes), 1);
	ck_assert_uint_eq(bytes, 8u << 20);
}
END_TEST

START_TEST(an_upload_may_have_nothing_to_say)
{
	struct serving_call call;
	serving_upload(&client, 0, &call);
	rpc_stream_done(call.stream);
	serving_until(serving, call.closed);
	serving_expect(&call, RPC_OK, "");
	ck_assert_str_eq(call.text, "0 0");
}
END_TEST

START_TEST(tails_come_down_whole_and_are_released)
{
	struct serving_call once, twice;
	serving_download(&client, "1 1000000", &once);
	rpc_stream_read(once.stream);
	serving_until(serving, once.closed);
	serving_download(&client, "20 1000000", &twice);
	rpc_stream_read(twice.stream);
	serving_until(serving, twice.closed);
	serving_expect(&twice, RPC_OK, "");
	ck_assert_uint_eq(twice.messages, 20);
	ck_assert_uint_eq(twice.bytes, 20 * 1000004);
	ck_assert_uint_eq(twice.sum, 20 * once.sum);
	serving_disconnect(&client);
	serving_stop(serving);
	ck_assert_uint_eq(atomic_load(&serving->released), 21);
	serving_start(serving, "127.0.0.1:0");
	serving_connect(serving, &serving->client_credentials, &client);
}
END_TEST

START_TEST(a_download_waits_for_who_does_not_read)
{
	struct serving_call call;
	serving_download(&client, "40 1000000", &call);
	serving_until(serving, serving->opened == 1);
	struct serving_call other;
	serving_ask(&client, "/t/Echo", "still there?", &other);
	serving_expect(&other, RPC_OK, "");
	ck_assert_uint_eq(call.messages, 0);
	rpc_stream_cancel(call.stream);
	serving_until(serving, call.closed && serving->closed == 2);
	serving_expect(&call, RPC_CANCELLED, "");
	ck_assert_uint_eq(serving->cancelled, 1);
	serving_disconnect(&client);
	serving_stop(serving);
	ck_assert_uint_lt(atomic_load(&serving->released), 20);
	serving_start(serving, "127.0.0.1:0");
	serving_connect(serving, &serving->client_credentials, &client);
}
END_TEST

START_TEST(a_caller_that_cancels_is_heard)
{
	struct serving_call call;
	serving_unary(&client, "/t/Hold", "", 0, &call);
	serving_until(serving, serving->held[0]);
	rpc_stream_cancel(call.stream);
	serving_until(serving, call.closed && serving->closed == 1);
	serving_expect(&call, RPC_CANCELLED, "");
	ck_assert_uint_eq(serving->cancelled, 1);
}
END_TEST

START_TEST(a_refusal_carries_status_reason_and_sentence)
{
	struct serving_call call;
	serving_unary(&client, "/t/Hold", "", 0, &call);
	serving_until(serving, serving->held[0]);
	rpc_call_refuse(serving->held[0], RPC_RANGE, "wrong-offset", "offset %d, not %d: \"ü\"\n", 7, 8);
	serving_until(serving, call.closed);
	serving_expect(&call, RPC_RANGE, "wrong-offset");
	ck_assert_str_eq(call.outcome.text, "offset 7, not 8: \"ü\" ");
	ck_assert_uint_eq(call.messages, 0);
}
END_TEST

START_TEST(an_upload_refused_early_ends_early)
{
	struct serving_call call = { .serving = serving, .to_send = 1 };
	serving_upload(&client, 0, &call);
	call.to_send = 1000;
	rpc_stream_send(call.stream, "!", 1);
	serving_until(serving, call.closed);
	serving_expect(&call, RPC_ABORTED, "early");
	ck_assert_uint_lt(call.sent, 1000);
	ck_assert_uint_eq(serving->messages, 1);
}
END_TEST

START_TEST(cutting_a_client_ends_all_its_calls)
{
	struct serving_call held, up, down;
	serving_unary(&client, "/t/Hold", "", 0, &held);
	serving_upload(&client, 0, &up);
	serving_download(&client, "40 1000000", &down); /* stalled: it is not read */
	serving_until(serving, serving->opened == 3);
	ck_assert_uint_eq(rpc_server_cut(serving->server, "client-01"), 0);
	ck_assert_uint_eq(rpc_server_cut(serving->server, "client-00"), 3);
	ck_assert_uint_eq(rpc_server_calls(serving->server), 0);
	ck_assert_uint_eq(rpc_server_cut(serving->server, "client-00"), 0);
	rpc_stream_read(down.stream);
	serving_until(serving, held.closed && up.closed && down.closed && serving->closed == 3);
	serving_expect(&held, RPC_DENIED, "revoked");
	serving_expect(&up, RPC_DENIED, "revoked");
	ck_assert_int_eq(down.outcome.status, RPC_DENIED);
}
END_TEST

START_TEST(the_callers_deadline_ends_the_call_on_both_sides)
{
	struct serving_call call;
	serving_unary(&client, "/t/Hold", "", 50, &call);
	serving_until(serving, call.closed && serving->closed == 1);
	serving_expect(&call, RPC_LATE, "");
	ck_assert_uint_eq(serving->cancelled, 1);
}
END_TEST

START_TEST(the_servers_deadline_ends_the_call_on_both_sides)
{
	struct serving_call call;
	serving_ask(&client, "/t/Short", "", &call);
	serving_expect(&call, RPC_LATE, "deadline");
	serving_until(serving, serving->closed == 1);
}
END_TEST

START_TEST(an_unknown_method_is_refused_at_once)
{
	struct serving_call call;
	serving_ask(&client, "/t/Nothing", "x", &call);
	serving_expect(&call, RPC_UNIMPLEMENTED, "unknown-method");
	ck_assert_uint_eq(serving->opened, 0);
}
END_TEST

START_TEST(a_message_beyond_its_methods_limit_is_refused)
{
	char text[1002];
	struct serving_call call;
	memset(text, 'x', 1001);
	text[1001] = '\0';
	serving_ask(&client, "/t/Small", text, &call);
	serving_expect(&call, RPC_EXHAUSTED, "too-large");
	ck_assert_uint_eq(serving->messages, 0);
	text[1000] = '\0';
	serving_ask(&client, "/t/Small", text, &call);
	serving_expect(&call, RPC_OK, "");
	ck_assert_uint_eq(call.bytes, 1000);
}
END_TEST

START_TEST(a_message_beyond_every_limit_is_refused)
{
	char *text = malloc(SERVING_MOST + 2);
	struct serving_call call;
	ck_assert_ptr_nonnull(text);
	memset(text, 'x', SERVING_MOST + 1);
	text[SERVING_MOST + 1] = '\0';
	serving_ask(&client, "/t/Echo", text, &call);
	ck_assert_int_eq(call.outcome.status, RPC_EXHAUSTED);
	ck_assert_uint_eq(serving->messages, 0);
	free(text);
}
END_TEST

START_TEST(an_answer_beyond_the_callers_limit_is_not_read)
{
	struct serving_call call;
	serving_download(&client, "1 1048573", &call); /* and four bytes before it */
	rpc_stream_read(call.stream);
	serving_until(serving, call.closed);
	serving_expect(&call, RPC_EXHAUSTED, "too-large");
	ck_assert_uint_eq(call.messages, 0);
}
END_TEST

START_TEST(calls_beyond_the_methods_number_are_refused_until_one_ends)
{
	struct serving_call calls[SERVING_HELD], further;
	for (size_t i = 0; i < SERVING_HELD; i++)
		serving_unary(&client, "/t/Hold", "", 0, &calls[i]);
	serving_until(serving, serving->opened == SERVING_HELD);
	ck_assert_uint_eq(rpc_server_calls(serving->server), SERVING_HELD);
	serving_ask(&client, "/t/Hold", "", &further);
	serving_expect(&further, RPC_EXHAUSTED, "busy");
	rpc_call_reply(serving->held[0], "done", 4);
	serving_until(serving, serving->closed == 1);
	serving_unary(&client, "/t/Hold", "", 0, &further);
	serving_until(serving, serving->opened == SERVING_HELD + 1);
	serving_disconnect(&client);
	for (size_t i = 0; i < SERVING_HELD; i++)
		ck_assert(calls[i].closed);
	ck_assert(further.closed);
	serving_expect(&further, RPC_CANCELLED, "");
	serving_connect(serving, &serving->client_credentials, &client);
}
END_TEST

START_TEST(two_hundred_calls_at_once_are_all_answered)
{
	static struct serving_call calls[200];
	char text[16];
	for (size_t i = 0; i < 200; i++) {
		snprintf(text, sizeof(text), "call %zu", i);
		serving_unary(&client, "/t/Echo", text, 0, &calls[i]);
	}
	for (size_t i = 0; i < 200; i++) {
		serving_until(serving, calls[i].closed);
		snprintf(text, sizeof(text), "call %zu", i);
		serving_expect(&calls[i], RPC_OK, "");
		ck_assert_str_eq(calls[i].text, text);
	}
	serving_until(serving, serving->closed == 200);
}
END_TEST

SUITE_MAIN_WITH("calls", set_up, tear_down, an_answer_comes_back_and_the_server_knows_who_asked,
		an_empty_message_is_a_message, eight_mebibytes_go_up_in_chunks,
		an_upload_may_have_nothing_to_say, tails_come_down_whole_and_are_released,
		a_download_waits_for_who_does_not_read, a_caller_that_cancels_is_heard,
		a_refusal_carries_status_reason_and_sentence, an_upload_refused_early_ends_early,
		cutting_a_client_ends_all_its_calls, the_callers_deadline_ends_the_call_on_both_sides,
		the_servers_deadline_ends_the_call_on_both_sides, an_unknown_method_is_refused_at_once,
		a_message_beyond_its_methods_limit_is_refused, a_message_beyond_every_limit_is_refused,
		an_answer_beyond_the_callers_limit_is_not_read,
		calls_beyond_the_methods_number_are_refused_until_one_ends,
		two_hundred_calls_at_once_are_all_answered)
