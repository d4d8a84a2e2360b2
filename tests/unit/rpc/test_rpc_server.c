/* How a server begins and ends. */
#include "tests/unit/rpc/serving.h"

#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/unit/rpc/raw.h"

static struct serving *serving;
static struct serving_link client;

static void set_up(void)
{
	serving = serving_new();
}

static void tear_down(void)
{
	serving_free(serving);
}

static void connect_client(void)
{
	serving_connect(serving, &serving->client_credentials, &client);
	serving_until(serving, client.up);
}

static void stopped(void *context)
{
	struct serving *its = context;
	its->stopped++;
	loop_stop(its->loop);
}

static void stopped_and_freed(void *context)
{
	struct serving *its = context;
	serving_stop(its);
	stopped(its);
}

START_TEST(a_server_that_stops_waits_for_calls_under_way)
{
	struct serving_call call, late;
	connect_client();
	serving_unary(&client, "/t/Hold", "", 0, &call);
	serving_until(serving, serving->held[0]);
	rpc_server_stop(serving->server, 600000, stopped, serving);
	serving_until(serving, !client.up);
	serving_ask(&client, "/t/Echo", "x", &late);
	ck_assert_int_eq(late.outcome.status, RPC_UNAVAILABLE);
	ck_assert_uint_eq(serving->stopped, 0);
	rpc_call_reply(serving->held[0], "at last", 7);
	serving_until(serving, call.closed && serving->stopped == 1);
	serving_expect(&call, RPC_OK, "");
	ck_assert_str_eq(call.text, "at last");
	ck_assert_uint_eq(serving->closed, 1);
	serving_disconnect(&client);
}
END_TEST

START_TEST(after_its_grace_a_server_ends_what_is_under_way)
{
	struct serving_call held, up, down;
	connect_client();
	serving_unary(&client, "/t/Hold", "", 0, &held);
	serving_upload(&client, 0, &up);
	serving_download(&client, "40 1000000", &down); /* stalled: it is not read */
	serving_until(serving, serving->opened == 3);
	rpc_server_stop(serving->server, 20, stopped_and_freed, serving);
	serving_until(serving, serving->stopped == 1);
	ck_assert_uint_eq(serving->closed, 3);
	ck_assert_uint_eq(serving->cancelled, 3);
	rpc_stream_read(down.stream);
	serving_until(serving, held.closed && up.closed && down.closed);
	ck_assert_int_eq(held.outcome.status, RPC_UNAVAILABLE);
	serving_disconnect(&client);
}
END_TEST

START_TEST(a_server_without_calls_stops_at_once)
{
	connect_client();
	rpc_server_stop(serving->server, 600000, stopped, serving);
	rpc_server_stop(serving->server, 600000, stopped, serving);
	serving_until(serving, serving->stopped == 1);
	serving_disconnect(&client);
}
END_TEST

START_TEST(a_port_that_is_taken_is_told)
{
	struct rpc_method none = { .path = NULL };
	struct rpc_server_options options = { .address = serving->address,
					      .credentials = serving->server_credentials,
					      .methods = &none };
	struct rpc_server *other = NULL;
	ck_assert_int_eq(rpc_server_new(serving->loop, &options, &other), -EADDRINUSE);
	options.address = "nonsense";
	ck_assert_int_ne(rpc_server_new(serving->loop, &options, &other), 0);
}
END_TEST

static void look_again(void *context)
{
	struct serving *its = context;
	loop_stop(its->loop);
}

START_TEST(a_listener_that_ran_out_of_files_is_told)
{
	struct rlimit files = { .rlim_cur = 60, .rlim_max = 60 };
	int fds[64], n = 0;
	connect_client();
	ck_assert(!rpc_deaf());
	setrlimit(RLIMIT_NOFILE, &files);
	while (n < 64 && (fds[n] = dup(0)) >= 0)
		n++;
	ck_assert_int_gt(n, 0);
	close(fds[--n]);
	int last = raw_connect(serving->address); /* takes the last one, so the server has none */
	struct loop_timer *look;
	ck_assert_int_eq(loop_timer_new(serving->loop, look_again, serving, &look), 0);
	while (!rpc_deaf()) {
		loop_timer_start(look, 5); /* nothing else ends the loop */
		ck_assert_int_eq(loop_run(serving->loop), 0);
	}
	loop_timer_free(look);
	close(last);
	while (n > 0)
		close(fds[--n]);
	serving_disconnect(&client);
}
END_TEST

SUITE_MAIN_WITH("server", set_up, tear_down, a_server_that_stops_waits_for_calls_under_way,
		after_its_grace_a_server_ends_what_is_under_way, a_server_without_calls_stops_at_once,
		a_port_that_is_taken_is_told, a_listener_that_ran_out_of_files_is_told)
