/* Who gets in, by which certificate and which TLS. */
#include "tests/unit/rpc/serving.h"

#include <errno.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/loop/thread.h"
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

static struct rpc_credentials issue(const struct certificates_wish *wish)
{
	return certificates_issue(serving->authority, wish);
}

/* A call of /t/Echo with these credentials, which are forgotten. */
static void ask(struct rpc_credentials credentials, struct serving_call *out)
{
	serving_connect(serving, &credentials, &client);
	serving_ask(&client, "/t/Echo", "x", out);
	serving_disconnect(&client);
	certificates_forget(&credentials);
}

/* Nothing but a failed handshake comes of these credentials, and both sides know. */
static void is_turned_away(struct rpc_credentials credentials, const char *reason)
{
	char last[256];
	uint64_t before = rpc_handshake_failures(NULL, 0);
	serving_connect(serving, &credentials, &client);
	serving_until(serving, client.hint);
	ck_assert_ptr_nonnull(strstr(client.hint, "refuse this side's certificate"));
	ck_assert_uint_eq(client.ups, 0);
	struct serving_call call;
	serving_ask(&client, "/t/Anyone", "x", &call);
	ck_assert_int_eq(call.outcome.status, RPC_UNAVAILABLE);
	serving_disconnect(&client);
	ck_assert_uint_gt(rpc_handshake_failures(last, sizeof(last)), before);
	ck_assert_msg(strstr(last, reason) != NULL, "%s", last);
	ck_assert_uint_eq(serving->opened, 0);
	certificates_forget(&credentials);
}

/* The client finds out by itself that it speaks to the wrong one. */
static void turns_away(const char *hint)
{
	serving_connect(serving, &serving->client_credentials, &client);
	serving_until(serving, client.hint);
	ck_assert_msg(strstr(client.hint, hint) != NULL, "%s", client.hint);
	ck_assert_uint_eq(client.ups, 0);
	serving_disconnect(&client);
	ck_assert_uint_gt(rpc_handshake_failures(NULL, 0), 0);
}

static void serve_as(const struct certificates *authority, const struct certificates_wish *wish)
{
	serving_stop(serving);
	certificates_forget(&serving->server_credentials);
	serving->server_credentials = certificates_issue(authority, wish);
	serving_start(serving, "127.0.0.1:0");
}

START_TEST(who_has_no_certificate_reaches_only_what_is_for_anyone)
{
	struct serving_call call;
	struct rpc_credentials nobody = certificates_anonymous(serving->authority);
	serving_connect(serving, &nobody, &client);
	serving_ask(&client, "/t/Echo", "x", &call);
	serving_expect(&call, RPC_UNAUTHENTICATED, "no-certificate");
	serving_upload(&client, 4, &call);
	serving_until(serving, call.closed);
	serving_expect(&call, RPC_UNAUTHENTICATED, "no-certificate");
	ck_assert_uint_eq(serving->opened, 0);
	ck_assert_uint_eq(serving->messages, 0);
	serving_ask(&client, "/t/Anyone", "x", &call);
	serving_expect(&call, RPC_OK, "");
	ck_assert(!serving->known);
	serving_disconnect(&client);
	certificates_forget(&nobody);
}
END_TEST

START_TEST(who_has_a_certificate_is_known_where_anyone_may_call)
{
	struct serving_call call;
	serving_connect(serving, &serving->client_credentials, &client);
	serving_ask(&client, "/t/Anyone", "x", &call);
	serving_expect(&call, RPC_OK, "");
	ck_assert(serving->known);
	ck_assert_str_eq(serving->peer.name, "client-00");
	serving_disconnect(&client);
}
END_TEST

START_TEST(a_certificate_of_another_authority_fails)
{
	struct certificates *other = certificates_new("authority");
	struct rpc_credentials credentials =
		certificates_issue(other, &(struct certificates_wish){ .name = "client-00" });
	/* It fits itself, so it passes our own check; the authority it believes is the right one. */
	struct rpc_credentials right = certificates_anonymous(serving->authority);
	struct raw raw;
	ck_assert(raw_open(&raw, serving->address, &credentials, TLS1_3_VERSION));
	raw_listen(&raw, 1 << 30);
	ck_assert(raw.closed);
	raw_close(&raw);
	struct rpc_credentials mixed = { right.authority, credentials.certificate, credentials.key };
	struct rpc_channel_options options = { .address = serving->address, .credentials = mixed };
	struct rpc_channel *channel = NULL;
	ck_assert_int_eq(rpc_channel_new(serving->loop, &options, &channel), -EINVAL);
	certificates_forget(&right);
	certificates_forget(&credentials);
	certificates_free(other);
}
END_TEST

START_TEST(an_expired_certificate_fails)
{
	is_turned_away(issue(&(struct certificates_wish){ .name = "client-00", .from_s = -100, .to_s = -50 }),
		       "certificate verify failed");
}
END_TEST

START_TEST(a_certificate_of_tomorrow_fails)
{
	is_turned_away(issue(&(struct certificates_wish){
			       .name = "client-00", .from_s = 86400, .to_s = 90000 }),
		       "certificate verify failed");
}
END_TEST

START_TEST(a_servers_certificate_is_not_a_clients)
{
	is_turned_away(issue(&(struct certificates_wish){ .name = "client-00", .host = "IP:127.0.0.1" }),
		       "certificate verify failed");
}
END_TEST

START_TEST(a_certificate_must_have_one_name_and_a_clients)
{
	static const struct certificates_wish wishes[] = {
		{ .name = "client-00", .second_name = "client-01" },
		{ .name = "Client 00" },
		{ .name = "-client" },
		{ .name = "client/00" },
		{ .name = NULL },
	};
	for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
		struct serving_call call;
		ask(issue(&wishes[i]), &call);
		serving_expect(&call, RPC_UNAUTHENTICATED, "certificate-name");
	}
	ck_assert_uint_eq(serving->opened, 0);
}
END_TEST

START_TEST(a_certificates_dates_are_judged_at_every_call)
{
	struct serving_call call;
	serving_connect(serving, &serving->client_credentials, &client);
	serving_ask(&client, "/t/Echo", "x", &call);
	serving_expect(&call, RPC_OK, "");
	setenv("FEDROUTER_CLOCK_SHIFT", "7200", 1);
	serving_ask(&client, "/t/Echo", "x", &call);
	serving_expect(&call, RPC_UNAUTHENTICATED, "certificate-expired");
	setenv("FEDROUTER_CLOCK_SHIFT", "-7200", 1);
	serving_ask(&client, "/t/Echo", "x", &call);
	serving_expect(&call, RPC_UNAUTHENTICATED, "certificate-early");
	serving_ask(&client, "/t/Anyone", "x", &call);
	serving_expect(&call, RPC_OK, "");
	ck_assert(!serving->known);
	unsetenv("FEDROUTER_CLOCK_SHIFT");
	serving_ask(&client, "/t/Echo", "x", &call);
	serving_expect(&call, RPC_OK, "");
	serving_disconnect(&client);
}
END_TEST

START_TEST(a_client_turns_away_a_server_of_another_authority)
{
	struct certificates *other = certificates_new("authority");
	serve_as(other, &(struct certificates_wish){ .name = "server", .host = "IP:127.0.0.1" });
	turns_away("not of the authority known here");
	certificates_free(other);
}
END_TEST

START_TEST(a_client_turns_away_an_expired_server)
{
	serve_as(serving->authority,
		 &(struct certificates_wish){
			 .name = "server", .host = "IP:127.0.0.1", .from_s = -9, .to_s = -5 });
	turns_away("expired");
}
END_TEST

START_TEST(a_client_turns_away_a_server_of_another_name)
{
	serve_as(serving->authority,
		 &(struct certificates_wish){ .name = "server", .host = "DNS:elsewhere" });
	turns_away("for another host");
}
END_TEST

START_TEST(tls_1_2_is_refused_by_the_server)
{
	struct raw raw;
	ck_assert(!raw_open(&raw, serving->address, &serving->client_credentials, TLS1_2_VERSION));
	raw_close(&raw);
	ck_assert(raw_open(&raw, serving->address, &serving->client_credentials, TLS1_3_VERSION));
	raw_close(&raw);
	ck_assert_uint_eq(serving->opened, 0);
}
END_TEST

/* A server that speaks TLS 1.2 and no more. */
struct old_server {
	int listener;
	SSL_CTX *context;
	int accepted;
};

static void serve_old(void *context)
{
	struct old_server *old = context;
	int fd = accept(old->listener, NULL, NULL);
	SSL *ssl = SSL_new(old->context);
	SSL_set_fd(ssl, fd);
	old->accepted = SSL_accept(ssl);
	SSL_free(ssl);
	close(fd);
}

START_TEST(tls_1_2_is_refused_by_the_client)
{
	struct old_server old = { .context = SSL_CTX_new(TLS_server_method()) };
	struct thread *thread;
	char address[64];
	old.listener = raw_listener(address);
	raw_use(old.context, &serving->server_credentials);
	SSL_CTX_set_max_proto_version(old.context, TLS1_2_VERSION);
	ck_assert_int_eq(thread_start(serve_old, &old, &thread), 0);
	serving_connect_at(serving,
			   &(struct rpc_channel_options){ .address = address,
							  .credentials = serving->client_credentials },
			   &client);
	serving_until(serving, client.hint);
	ck_assert_msg(strstr(client.hint, "TLS 1.3") != NULL, "%s", client.hint);
	thread_join(thread);
	ck_assert_int_ne(old.accepted, 1);
	serving_disconnect(&client);
	close(old.listener);
	SSL_CTX_free(old.context);
}
END_TEST

START_TEST(renewed_credentials_serve_new_connections_and_leave_the_old)
{
	struct certificates *next = certificates_new("next authority");
	struct rpc_credentials server =
		certificates_issue(next,
				   &(struct certificates_wish){ .name = "server", .host = "IP:127.0.0.1" });
	struct rpc_credentials fresh =
		certificates_issue(next, &(struct certificates_wish){ .name = "client-07" });
	struct serving_link later;
	struct serving_call call;
	serving_connect(serving, &serving->client_credentials, &client);
	serving_until(serving, client.up);
	ck_assert_int_eq(rpc_server_renew(serving->server, &server), 0);
	serving_ask(&client, "/t/Echo", "x", &call);
	serving_expect(&call, RPC_OK, "");
	serving_connect(serving, &fresh, &later);
	serving_ask(&later, "/t/Echo", "x", &call);
	serving_expect(&call, RPC_OK, "");
	ck_assert_str_eq(serving->peer.name, "client-07");
	serving_disconnect(&later);
	serving_connect(serving, &serving->client_credentials, &later);
	serving_until(serving, later.hint);
	serving_disconnect(&later);
	serving_disconnect(&client);
	certificates_forget(&server);
	certificates_forget(&fresh);
	certificates_free(next);
}
END_TEST

START_TEST(credentials_that_do_not_fit_change_nothing)
{
	struct rpc_credentials other =
		issue(&(struct certificates_wish){ .name = "server", .host = "DNS:other" });
	struct rpc_credentials mixed = { other.authority, other.certificate,
					 serving->server_credentials.key };
	struct rpc_server_options options = { .address = "127.0.0.1:0",
					      .credentials = mixed,
					      .methods = &(struct rpc_method){ .path = NULL } };
	struct rpc_server *server = NULL;
	struct serving_call call;
	ck_assert_int_eq(rpc_server_renew(serving->server, &mixed), -EINVAL);
	ck_assert_int_eq(rpc_server_new(serving->loop, &options, &server), -EINVAL);
	mixed.key = "no key";
	ck_assert_int_eq(rpc_server_renew(serving->server, &mixed), -EINVAL);
	serving_connect(serving, &serving->client_credentials, &client);
	serving_ask(&client, "/t/Echo", "x", &call);
	serving_expect(&call, RPC_OK, "");
	serving_disconnect(&client);
	certificates_forget(&other);
}
END_TEST

SUITE_MAIN_WITH("credentials", set_up, tear_down, who_has_no_certificate_reaches_only_what_is_for_anyone,
		who_has_a_certificate_is_known_where_anyone_may_call,
		a_certificate_of_another_authority_fails, an_expired_certificate_fails,
		a_certificate_of_tomorrow_fails, a_servers_certificate_is_not_a_clients,
		a_certificate_must_have_one_name_and_a_clients, a_certificates_dates_are_judged_at_every_call,
		a_client_turns_away_a_server_of_another_authority, a_client_turns_away_an_expired_server,
		a_client_turns_away_a_server_of_another_name, tls_1_2_is_refused_by_the_server,
		tls_1_2_is_refused_by_the_client, renewed_credentials_serve_new_connections_and_leave_the_old,
		credentials_that_do_not_fit_change_nothing)
