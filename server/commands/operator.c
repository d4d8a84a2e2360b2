/* operator.c: how a command reaches the coordinator, up or down.                         (kind: conductor) */
#include "server/commands/operator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/http/http_client.h"
#include "server/admin/admin.h"
#include "server/commands/command.h"

enum { ASK_MS = 30000, AGAIN_MS = 100, AGAIN_MOST = 100, STORE_MOST = 20 };
enum { IN_USE = -1 }; /* beside enum command_exit: another process has the store */

static int fail(const char *what, const char *text)
{
	fprintf(stderr, "fedrouter-coordinator: %s: %s\n", what, text);
	return COMMAND_FAILED;
}

int operator_conf(const char *config, struct conf_coordinator *out)
{
	cleanup(findings_deinit) struct findings findings = { 0 };
	int r = conf_coordinator_read(config, &findings, out);
	findings_print(&findings, stderr, FINDINGS_KEPT);
	if (r == CONF_E_BAD)
		return COMMAND_USAGE;
	return r == 0 ? COMMAND_DONE : COMMAND_FAILED;
}

/* An error inside an answer is told, and its exit code the command's. */
static int judge(json_t **answer)
{
	const char *error = json_string_value(json_object_get(*answer, "error"));
	if (!error)
		return COMMAND_DONE;
	int code = (int)json_integer_value(json_object_get(*answer, "exit"));
	fprintf(stderr, "fedrouter-coordinator: %s\n", error);
	json_decref(*answer);
	*answer = NULL;
	return code > 0 ? code : COMMAND_FAILED;
}

/* One question to the daemon; HTTP_E_DOWN and HTTP_E_CUT are left to the caller. */
static int ask_once(const char *socket, const char *body, json_t **answer)
{
	struct http_question question = {
		.socket = socket, .path = "/v1/admin", .body = body, .n = strlen(body), .timeout_ms = ASK_MS
	};
	struct http_answer got = { 0 };
	int r = http_client_ask(&question, &got);
	if (r != HTTP_E_OK)
		return r;
	*answer = json_loadb(got.body, got.n, 0, NULL);
	http_answer_deinit(&got);
	return *answer ? HTTP_E_OK : HTTP_E_CUT;
}

static int tell(int r, const char *socket)
{
	switch (r) {
	case HTTP_E_DENIED:
		return fail(socket, "only the user who runs the daemon may use it");
	case HTTP_E_LATE:
		return fail(socket, "the daemon did not answer in time");
	case HTTP_E_CUT:
		return fail(socket,
			    "the daemon's answer was cut off: look with `status` whether it was done");
	default:
		return fail(socket, "the daemon could not be asked");
	}
}

void operator_pause(unsigned ms)
{
	struct timespec pause = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };
	nanosleep(&pause, NULL);
}

void operator_await_store(const char *dir)
{
	int r = STORE_E_LOCKED;
	for (int i = 0; r == STORE_E_LOCKED && i < STORE_MOST; i++) {
		cleanup(findings_deinit) struct findings findings = { 0 };
		struct store *store = NULL;
		if (i > 0)
			operator_pause(AGAIN_MS);
		r = store_open(dir, &findings, &store);
		store_close(store);
	}
}

/* Answer from the store; IN_USE: a daemon has it that does not listen yet or no more. */
static int serve_here(const struct conf_coordinator *conf, const json_t *request, json_t **answer)
{
	cleanup(findings_deinit) struct findings findings = { 0 };
	struct store *store = NULL;
	int r = store_open(conf->dir, &findings, &store);
	if (r == STORE_E_LOCKED)
		return IN_USE;
	if (r == 0)
		r = admin_serve(store, request, answer);
	store_close(store);
	findings_print(&findings, stderr, FINDINGS_KEPT);
	if (r == ADMIN_E_NONE)
		return fail(conf->dir, "no daemon is running: start it with `fedrouter-coordinator run`");
	return r == 0 ? judge(answer) : fail(conf->dir, "the store could not be used");
}

static int ask(const struct conf_coordinator *conf, const json_t *request, json_t **answer)
{
	cleanup(free_pointer) char *socket = NULL;
	cleanup(free_pointer) char *body = json_dumps(request, JSON_COMPACT);
	if (!body || asprintf(&socket, "%s/admin.sock", conf->dir) < 0)
		return fail(conf->dir, "out of memory");
	for (int i = 0; i < AGAIN_MOST; i++) {
		int r = ask_once(socket, body, answer);
		if (r != HTTP_E_DOWN)
			return r == HTTP_E_OK ? judge(answer) : tell(r, socket);
		r = serve_here(conf, request, answer);
		if (r != IN_USE)
			return r;
		operator_pause(AGAIN_MS);
	}
	return fail(conf->dir, "a process has the store and does not listen: is a daemon hanging?");
}

int operator_ask(const struct conf_coordinator *conf, json_t *request, json_t **answer)
{
	int result = ask(conf, request, answer);
	json_decref(request);
	return result;
}

int operator_ask_patiently(const struct conf_coordinator *conf, json_t *request, json_t **answer)
{
	cleanup(free_pointer) char *socket = NULL;
	cleanup(free_pointer) char *body = json_dumps(request, JSON_COMPACT);
	json_decref(request);
	if (!body || asprintf(&socket, "%s/admin.sock", conf->dir) < 0)
		return fail(conf->dir, "out of memory");
	int r = ask_once(socket, body, answer);
	while (r == HTTP_E_DOWN || r == HTTP_E_CUT || r == HTTP_E_LATE) {
		operator_pause(AGAIN_MS);
		r = ask_once(socket, body, answer);
	}
	return r == HTTP_E_OK ? judge(answer) : tell(r, socket);
}

bool operator_is_going(const json_t *run)
{
	const char *state = json_string_value(json_object_get(run, "state"));
	return state && (strcmp(state, "waiting") == 0 || strcmp(state, "collecting") == 0 ||
			 strcmp(state, "closing") == 0);
}

int operator_print(const json_t *json)
{
	if (json_dumpf(json, stdout, JSON_INDENT(1) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(17)) != 0 ||
	    putchar('\n') < 0 || fflush(stdout) != 0)
		return fail("standard output", "could not be written");
	return COMMAND_DONE;
}
