/* Connections that come, go and come back. */
#include "tests/unit/rpc/serving.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/rpc/raw.h"
#include "tests/unit/rpc/relay.h"

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

static void connect_at(const char *address, const char *proxy)
{
	serving_connect_at(serving,
			   &(struct rpc_channel_options){ .address = address,
							  .proxy = proxy,
							  .credentials = serving->client_credentials },
			   &client);
}

static void is_answered(void)
{
	struct serving_call call;
	serving_ask(&client, "/t/Echo", "x", &call);
	serving_expect(&call, RPC_OK, "");
}

START_TEST(a_server_that_comes_back_is_found_again)
{
	char address[64];
	struct serving_call call;
	memcpy(address, serving->address, sizeof(address));
	connect_at(address, NULL);
	serving_until(serving, client.up);
	serving_unary(&client, "/t/Hold", "", 0, &call);
	serving_until(serving, serving->held[0]);
	serving_stop(serving);
	serving_until(serving, call.closed && !client.up && client.hint);
	ck_assert_int_eq(call.outcome.status, RPC_UNAVAILABLE);
	ck_assert_ptr_nonnull(strstr(client.hint, "nothing listens"));
	serving_ask(&client, "/t/Echo", "x", &call);
	ck_assert_int_eq(call.outcome.status, RPC_UNAVAILABLE);
	serving_start(serving, address);
	serving_until(serving, client.up);
	ck_assert_ptr_null(client.hint);
	ck_assert_uint_eq(client.ups, 2);
	ck_assert_uint_eq(client.downs, 1);
	is_answered();
	serving_disconnect(&client);
}
END_TEST

START_TEST(a_server_that_comes_later_is_waited_for)
{
	char address[64];
	memcpy(address, serving->address, sizeof(address));
	serving_stop(serving);
	connect_at(address, NULL);
	serving_until(serving, client.hint);
	ck_assert_uint_eq(client.downs, 0);
	serving_start(serving, address);
	serving_until(serving, client.up);
	is_answered();
	serving_disconnect(&client);
}
END_TEST

START_TEST(a_connection_that_is_cut_ends_its_calls_on_both_sides)
{
	char address[64];
	struct relay *relay = relay_new(serving->address, address);
	struct serving_call call;
	connect_at(address, NULL);
	serving_unary(&client, "/t/Hold", "", 0, &call);
	serving_until(serving, serving->held[0]);
	relay_cut(relay);
	serving_until(serving, call.closed && serving->closed == 1 && client.downs == 1);
	ck_assert_int_eq(call.outcome.status, RPC_UNAVAILABLE);
	ck_assert_uint_eq(serving->cancelled, 1);
	serving_until(serving, client.up);
	is_answered();
	ck_assert_int_eq(relay_passed(relay), 2);
	serving_disconnect(&client);
	serving_stop(serving);
	relay_free(relay);
}
END_TEST

START_TEST(an_upload_that_is_cut_ends)
{
	char address[64];
	struct relay *relay = relay_new(serving->address, address);
	struct serving_call call;
	connect_at(address, NULL);
	serving_upload(&client, 100000, &call);
	serving_until(serving, serving->messages > 3);
	relay_cut(relay);
	serving_until(serving, call.closed && serving->closed == 1);
	ck_assert_int_eq(call.outcome.status, RPC_UNAVAILABLE);
	ck_assert_uint_eq(serving->half_closed, 0);
	serving_disconnect(&client);
	serving_stop(serving);
	relay_free(relay);
}
END_TEST

START_TEST(a_proxy_that_was_asked_for_is_used)
{
	char address[64], proxy[80] = "http://", asked[64];
	struct relay *relay = relay_new_proxy(address);
	memcpy(proxy + 7, address, sizeof(address));
	setenv("no_proxy", "127.0.0.1", 1);
	connect_at(serving->address, proxy);
	is_answered();
	relay_asked(relay, asked);
	ck_assert_str_eq(asked, serving->address);
	ck_assert_int_eq(relay_passed(relay), 1);
	serving_disconnect(&client);
	serving_stop(serving);
	relay_free(relay);
}
END_TEST

START_TEST(a_proxy_that_refuses_is_told)
{
	char address[64], proxy[80] = "http://";
	struct relay *relay = relay_new_proxy(address);
	memcpy(proxy + 7, address, sizeof(address));
	relay_refuse(relay);
	connect_at(serving->address, proxy);
	serving_until(serving, client.hint);
	ck_assert_msg(strstr(client.hint, "proxy refuses") != NULL, "%s", client.hint);
	serving_disconnect(&client);
	relay_free(relay);
}
END_TEST

START_TEST(a_proxy_of_the_environment_is_not_used)
{
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("https_proxy", "http://127.0.0.1:1", 1);
	setenv("grpc_proxy", "http://127.0.0.1:1", 1);
	connect_at(serving->address, NULL);
	is_answered();
	serving_disconnect(&client);
}
END_TEST

START_TEST(an_unknown_host_is_told)
{
	connect_at("no-such-host.invalid:7443", NULL);
	serving_until(serving, client.hint);
	ck_assert_msg(strstr(client.hint, "host name") != NULL, "%s", client.hint);
	serving_disconnect(&client);
}
END_TEST

START_TEST(a_channel_may_go_while_it_connects)
{
	char address[64];
	int listener = raw_listener(address); /* takes connections and says nothing */
	for (size_t i = 0; i < 20; i++) {
		struct serving_call call;
		connect_at(i % 2 ? serving->address : address, NULL);
		serving_unary(&client, "/t/Echo", "x", 0, &call);
		serving_disconnect(&client);
		ck_assert(call.closed);
	}
	close(listener);
}
END_TEST

START_TEST(ipv6_addresses_are_understood)
{
	certificates_forget(&serving->server_credentials);
	serving->server_credentials =
		certificates_issue(serving->authority,
				   &(struct certificates_wish){ .name = "server", .host = "IP:::1" });
	struct rpc_server_options options = { .address = "[::1]:0",
					      .credentials = serving->server_credentials,
					      .methods = &(struct rpc_method){ .path = NULL } };
	struct rpc_server *probe = NULL;
	if (rpc_server_new(serving->loop, &options, &probe) != 0)
		return; /* this machine has no IPv6 */
	rpc_server_free(probe);
	serving_stop(serving);
	serving_start(serving, "[::1]:0");
	connect_at(serving->address, NULL);
	is_answered();
	serving_disconnect(&client);
}
END_TEST

START_TEST(credentials_that_do_not_fit_make_no_channel)
{
	struct rpc_channel *channel = NULL;
	struct rpc_channel_options options = { .address = serving->address,
					       .credentials = { serving->client_credentials.authority,
								serving->client_credentials.certificate,
								serving->server_credentials.key } };
	ck_assert_int_eq(rpc_channel_new(serving->loop, &options, &channel), -EINVAL);
	options.credentials.authority = "no certificate";
	ck_assert_int_eq(rpc_channel_new(serving->loop, &options, &channel), -EINVAL);
}
END_TEST

SUITE_MAIN_WITH("channel", set_up, tear_down, a_server_that_comes_back_is_found_again,
		a_server_that_comes_later_is_waited_for,
		a_connection_that_is_cut_ends_its_calls_on_both_sides, an_upload_that_is_cut_ends,
		a_proxy_that_was_asked_for_is_used, a_proxy_that_refuses_is_told,
		a_proxy_of_the_environment_is_not_used, an_unknown_host_is_told,
		a_channel_may_go_while_it_connects, ipv6_addresses_are_understood,
		credentials_that_do_not_fit_make_no_channel)
