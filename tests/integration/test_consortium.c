/* test_consortium.c: coordinator and clients in one process, over real TLS: the routers that drive makes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "client/agent/agent.h"
#include "client/store/client_routers.h"
#include "common/base/clock.h"
#include "common/crypto/certificate.h"
#include "common/drive/drive.h"
#include "common/learn/learners.h"
#include "common/plan/plan_read.h"
#include "common/rpc/rpc.h"
#include "server/coordinator/coordinator.h"
#include "server/store/store.h"
#include "tests/support/scratch.h"
#include "tests/support/suite.h"

enum {
	CLIENTS = 4,
	ROWS = 120,
	DIMENSION = 8,
	DAY_S = 86400,
	PATIENCE_MS = 60000,
	TICK_MS = 20,
	/* Longer than anyone waits here: every news has to end the polls that are held for it. */
	HOLD_S = 600
};

struct consortium {
	struct loop *loop;
	struct coordinator *coordinator;
	struct agent *agents[CLIENTS];
	struct loop_timer *timer;
	struct key *authority_key;
	char *authority_pem, *signer_pem;
	char plan[2048], address[64];
	uint64_t end_ms;
	bool in_time;
	size_t stopping;
};

static const char *client_dir(size_t i)
{
	char name[32];
	snprintf(name, sizeof(name), "client-%02zu", i);
	return scratch_path(name);
}

static const char *file_in(const char *dir, const char *name)
{
	static char path[600];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void put(const char *dir, const char *name, const char *text)
{
	FILE *file = fopen(file_in(dir, name), "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	ck_assert_int_eq(fclose(file), 0);
}

static void put_key(const char *dir, const char *name, const struct key *key)
{
	char *pem = NULL;
	ck_assert_int_eq(key_private_pem(key, &pem), 0);
	put(dir, name, pem);
	key_text_free(pem);
}

/* ---- files, as init and enroll write them ---- */

static void found_coordinator(struct consortium *consortium)
{
	const char *dir = scratch_path("coordinator"), *host = "127.0.0.1";
	struct key *server = NULL, *signing = NULL;
	char *pem = NULL;
	ck_assert_int_eq(mkdir(dir, 0700), 0);
	ck_assert_int_eq(key_generate(KEY_P256, &consortium->authority_key), 0);
	ck_assert_int_eq(key_generate(KEY_P256, &server), 0);
	ck_assert_int_eq(key_generate(KEY_ED25519, &signing), 0);
	ck_assert_int_eq(certificate_authority("test", consortium->authority_key, clock_wall_s() + DAY_S,
					       &consortium->authority_pem),
			 0);
	struct authority authority = { consortium->authority_key, consortium->authority_pem };
	ck_assert_int_eq(certificate_server(&authority, server, &host, 1, clock_wall_s() + DAY_S, &pem), 0);
	ck_assert_int_eq(key_public_pem(signing, &consortium->signer_pem), 0);
	put(dir, "ca.pem", consortium->authority_pem);
	put(dir, "server.pem", pem);
	put_key(dir, "ca.key", consortium->authority_key);
	put_key(dir, "server.key", server);
	put_key(dir, "signing.key", signing);
	free(pem);
	key_free(server);
	key_free(signing);
}

static void found_client(struct consortium *consortium, struct store *store, size_t i)
{
	struct authority authority = { consortium->authority_key, consortium->authority_pem };
	struct store_client record = { .state = STORE_ENROLLED };
	struct key *key = NULL;
	uint8_t *request = NULL;
	size_t n;
	char *pem = NULL;
	const char *dir = client_dir(i);
	snprintf(record.name, sizeof(record.name), "client-%02zu", i);
	ck_assert_int_eq(mkdir(dir, 0700), 0);
	ck_assert_int_eq(key_generate(KEY_P256, &key), 0);
	ck_assert_int_eq(certificate_request(record.name, key, &request, &n), 0);
	ck_assert_int_eq(certificate_client(&authority, request, n, record.name, clock_wall_s() + DAY_S,
					    &pem),
			 0);
	put(dir, "authority.pem", consortium->authority_pem);
	put(dir, "artefact.pub", consortium->signer_pem);
	put(dir, "client.pem", pem);
	put_key(dir, "client.key", key);
	ck_assert_int_eq(store_client_put(store, &record), 0);
	free(request);
	free(pem);
	key_free(key);
}

/* Rows with embeddings of their own: three models, of which each client logs two. */
static void fill_log(FILE *log, size_t client)
{
	static const char *const models[] = { "large", "middle", "small" };
	uint32_t state = 77 + (uint32_t)client;
	for (size_t i = 0; i < ROWS; i++) {
		double x[DIMENSION];
		size_t model = (client + i % 2) % 3;
		for (size_t d = 0; d < DIMENSION; d++) {
			state = state * 1664525u + 1013904223u;
			x[d] = (double)(state >> 16) / 65536.0 - 0.5;
		}
		fprintf(log,
			"{\"id\":\"q%zu-%03zu\",\"query\":\"query %zu\",\"model\":\"%s\",\"score\":%.3f,"
			"\"cost\":%g,\"embedding\":[",
			client, i, i, models[model], x[0] + x[1] > -0.3 * (double)model ? 1.0 : 0.25,
			0.001 / (double)(model + 1) * (1.0 + x[2]));
		for (size_t d = 0; d < DIMENSION; d++)
			fprintf(log, "%s%.6f", d > 0 ? "," : "", x[d]);
		fprintf(log, "]}\n");
	}
}

static void fill_client(size_t i)
{
	const char *path = file_in(client_dir(i), "log.jsonl");
	struct findings findings = { 0 };
	struct client_store *store = NULL;
	struct client_import changed;
	struct log_source source = { 1, &path, .max_bad = LOG_MAX_BAD, .joins = true };
	struct log *log = NULL;
	FILE *file = fopen(path, "w");
	fill_log(file, i);
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_int_eq(log_read(&source, &findings, &log), 0);
	ck_assert_int_eq(client_store_open(client_dir(i), &findings, &store), 0);
	ck_assert_int_eq(client_store_import(store, log, false, &findings, &changed), 0);
	ck_assert_uint_eq(changed.added, ROWS);
	client_store_close(store);
	log_free(log);
	findings_deinit(&findings);
}

static void found(struct consortium *consortium)
{
	struct findings findings = { 0 };
	struct store *store = NULL;
	found_coordinator(consortium);
	ck_assert_int_eq(store_open(scratch_path("coordinator"), &findings, &store), 0);
	for (size_t i = 0; i < CLIENTS; i++) {
		found_client(consortium, store, i);
		fill_client(i);
	}
	store_close(store);
}

/* ---- the run ---- */

static void write_plan(struct consortium *consortium, const char *learner, const char *settings)
{
	snprintf(consortium->plan, sizeof(consortium->plan),
		 "version: 1\nlearner: %s\nseed: 100\nclients: [client-00, client-01, client-02, client-03]\n"
		 "rounds: 3\nparticipation: 0.6\nquorum: 1\ndeadline_s: 3600\nheld_out: 0\n"
		 "encoder: {name: given, dimension: %d}\n"
		 "models: [large, middle, small]\nlimits: {rows: 65536, cohort: 64}\nsettings: {%s}\n",
		 learner, DIMENSION, settings);
}

static void start_daemons(struct consortium *consortium)
{
	struct findings findings = { 0 };
	struct coordinator_options options = { .dir = scratch_path("coordinator"),
					       .listen = "127.0.0.1:0",
					       .certificate_days = 90,
					       .poll_hold_s = HOLD_S,
					       .threads = 2 };
	ck_assert_int_eq(loop_new(&consortium->loop), 0);
	int r = coordinator_new(consortium->loop, &options, &findings, &consortium->coordinator);
	findings_print(&findings, stderr, 5);
	ck_assert_int_eq(r, 0);
	snprintf(consortium->address, sizeof(consortium->address), "127.0.0.1:%d",
		 coordinator_port(consortium->coordinator));
	for (size_t i = 0; i < CLIENTS; i++) {
		struct agent_options agent = { .dir = client_dir(i), .address = consortium->address };
		r = agent_new(consortium->loop, &agent, &findings, &consortium->agents[i]);
		findings_print(&findings, stderr, 5);
		ck_assert_int_eq(r, 0);
	}
	findings_deinit(&findings);
}

static size_t routers_at(size_t i, struct client_router *newest)
{
	struct findings findings = { 0 };
	struct client_store *store = NULL;
	struct client_router *routers = NULL;
	size_t n = 0;
	ck_assert_int_eq(client_store_open(client_dir(i), &findings, &store), 0);
	ck_assert_int_eq(client_routers_list(store, "ridge", &routers, &n), 0);
	if (n > 0)
		*newest = routers[n - 1];
	free(routers);
	client_store_close(store);
	return n;
}

static void look(void *context)
{
	struct consortium *consortium = context;
	struct client_router newest;
	size_t there = 0;
	for (size_t i = 0; i < CLIENTS; i++)
		there += routers_at(i, &newest);
	consortium->in_time = there == CLIENTS;
	if (consortium->in_time || clock_steady_ms() > consortium->end_ms)
		loop_stop(consortium->loop);
	else
		loop_timer_start(consortium->timer, TICK_MS);
}

static void one_stopped(void *context)
{
	struct consortium *consortium = context;
	if (--consortium->stopping == 0)
		loop_stop(consortium->loop);
}

static void stop_daemons(struct consortium *consortium)
{
	consortium->stopping = CLIENTS + 1;
	for (size_t i = 0; i < CLIENTS; i++)
		agent_stop(consortium->agents[i], one_stopped, consortium);
	coordinator_stop(consortium->coordinator, 100, one_stopped, consortium);
	ck_assert_int_eq(loop_run(consortium->loop), 0);
	for (size_t i = 0; i < CLIENTS; i++)
		agent_free(consortium->agents[i]);
	coordinator_free(consortium->coordinator);
	loop_timer_free(consortium->timer);
	loop_free(consortium->loop);
}

static void run_to_the_end(struct consortium *consortium)
{
	json_t *answer = NULL,
	       *request = json_pack("{s:s, s:s}", "command", "start", "plan", consortium->plan);
	ck_assert_int_eq(coordinator_admin(consortium->coordinator, request, &answer), 0);
	ck_assert_msg(json_object_get(answer, "run") != NULL, "%s",
		      json_string_value(json_object_get(answer, "error")));
	json_decref(request);
	json_decref(answer);
	ck_assert_int_eq(loop_timer_new(consortium->loop, look, consortium, &consortium->timer), 0);
	loop_timer_start(consortium->timer, TICK_MS);
	consortium->end_ms = clock_steady_ms() + PATIENCE_MS;
	ck_assert_int_eq(loop_run(consortium->loop), 0);
	ck_assert_msg(consortium->in_time, "the routers did not come");
}

/* ---- the same in memory ---- */

static const struct setting *settings_of(const char *learner)
{
	const struct learner *found_learner = learners_find(learner);
	return found_learner ? found_learner->settings : NULL;
}

static void expected_digest(const struct consortium *consortium, char hex[65])
{
	struct findings findings = { 0 };
	struct plan_file plan;
	struct encoder_identity encoder;
	struct client_snapshot snapshots[CLIENTS];
	struct dataset data[CLIENTS];
	struct memory_cohort cohort;
	struct router *router = NULL;
	struct digest digest;
	ck_assert_int_eq(plan_parse("plan", consortium->plan, strlen(consortium->plan), settings_of,
				    &findings, &plan),
			 0);
	ck_assert_int_eq(encoder_identity_given("given", DIMENSION, &encoder), 0);
	plan.plan.encoder = &encoder;
	for (size_t i = 0; i < CLIENTS; i++) {
		struct client_store *store = NULL;
		struct client_want want = { .n_models = plan.plan.n_models,
					    .models = plan.plan.models,
					    .part = CLIENT_TRAINING };
		ck_assert_int_eq(client_store_open(client_dir(i), &findings, &store), 0);
		ck_assert_int_eq(client_store_snapshot(store, &want, &findings, &snapshots[i]), 0);
		client_store_close(store);
		data[i] = snapshots[i].data;
	}
	memory_cohort_init(&cohort, data, 2);
	ck_assert_int_eq(drive_run(learners_find(plan.plan.learner), &plan.plan, &cohort.cohort, 2, NULL,
				   &router, NULL),
			 0);
	ck_assert_int_eq(router_digest(router, &digest), 0);
	digest_hex(&digest, hex);
	router_free(router);
	memory_cohort_deinit(&cohort);
	for (size_t i = 0; i < CLIENTS; i++)
		client_snapshot_deinit(&snapshots[i]);
	encoder_identity_deinit(&encoder);
	plan_file_deinit(&plan);
	findings_deinit(&findings);
}

static void expect_same_router(const char *learner, const char *settings)
{
	struct consortium consortium = { 0 };
	struct client_router newest;
	char expected[65];
	found(&consortium);
	write_plan(&consortium, learner, settings);
	ck_assert_int_eq(rpc_start(), 0);
	start_daemons(&consortium);
	run_to_the_end(&consortium);
	stop_daemons(&consortium);
	rpc_stop();
	expected_digest(&consortium, expected);
	for (size_t i = 0; i < CLIENTS; i++) {
		ck_assert_uint_eq(routers_at(i, &newest), 1);
		ck_assert_str_eq(newest.digest, expected);
	}
	key_free(consortium.authority_key);
	free(consortium.authority_pem);
	free(consortium.signer_pem);
}

START_TEST(static_means_are_those_of_drive)
{
	expect_same_router("static", "");
}
END_TEST

START_TEST(the_ridge_is_that_of_drive)
{
	expect_same_router("ridge", "");
}
END_TEST

START_TEST(clusters_are_those_of_drive)
{
	expect_same_router("kmeans", "k_local: 5, k_global: 6");
}
END_TEST

START_TEST(the_network_is_that_of_drive)
{
	expect_same_router("mlp", "");
}
END_TEST

SUITE_MAIN("integration/consortium", static_means_are_those_of_drive, the_ridge_is_that_of_drive,
	   clusters_are_those_of_drive, the_network_is_that_of_drive)
