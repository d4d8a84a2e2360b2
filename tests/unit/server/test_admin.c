/* test_admin.c: the operator's commands as they are asked at the socket. */
#include "server/admin/admin.h"

#include <string.h>

#include "common/base/clock.h"
#include "tests/support/scratch.h"
#include "tests/support/suite.h"

static struct store *opened(void)
{
	struct findings findings = { 0 };
	struct store *store = NULL;
	ck_assert_int_eq(store_open(scratch_path("."), &findings, &store), 0);
	return store;
}

/* The answer to a request. */
static json_t *ask(struct store *store, const char *text)
{
	json_t *request = json_loads(text, 0, NULL), *answer = NULL;
	ck_assert_ptr_nonnull(request);
	ck_assert_int_eq(admin_serve(store, request, &answer), ADMIN_E_OK);
	json_decref(request);
	ck_assert(json_is_object(answer));
	return answer;
}

/* The request fails with this exit code and a text in which `word` is. */
static void expect_error(struct store *store, const char *text, int code, const char *word)
{
	json_t *answer = ask(store, text);
	ck_assert_int_eq(json_integer_value(json_object_get(answer, "exit")), code);
	ck_assert_msg(strstr(admin_text(answer, "error"), word), "%s", admin_text(answer, "error"));
	json_decref(answer);
}

START_TEST(an_invitation_has_a_token_and_an_end)
{
	struct store *store = opened();
	json_t *answer = ask(store, "{\"command\":\"invite\",\"client\":\"client-01\",\"hours\":1}");
	json_int_t expires = json_integer_value(json_object_get(answer, "expires"));
	ck_assert_uint_eq(strlen(admin_text(answer, "token")), 64);
	ck_assert(expires > clock_wall_s() + 3500 && expires <= clock_wall_s() + 3600);
	json_decref(answer);
	answer = ask(store, "{\"command\":\"invite\",\"client\":\"client-02\"}");
	expires = json_integer_value(json_object_get(answer, "expires"));
	ck_assert(expires > clock_wall_s() + 167 * 3600 && expires <= clock_wall_s() + 168 * 3600);
	json_decref(answer);
	store_close(store);
}
END_TEST

START_TEST(what_cannot_be_done_is_an_error_that_says_why)
{
	struct store *store = opened();
	expect_error(store, "{\"command\":\"invite\",\"client\":\"Client\"}", ADMIN_USAGE, "not a name");
	expect_error(store, "{\"command\":\"invite\"}", ADMIN_USAGE, "not a name");
	expect_error(store, "{\"command\":\"revoke\",\"client\":\"nobody\"}", ADMIN_FAILED, "nobody");
	expect_error(store, "{\"command\":\"runs\",\"run\":\"none\"}", ADMIN_FAILED, "no run none");
	json_decref(ask(store, "{\"command\":\"invite\",\"client\":\"client-01\"}"));
	json_decref(ask(store, "{\"command\":\"revoke\",\"client\":\"client-01\"}"));
	expect_error(store, "{\"command\":\"invite\",\"client\":\"client-01\"}", ADMIN_FAILED, "revoked");
	store_close(store);
}
END_TEST

START_TEST(lists_of_an_empty_store_are_empty)
{
	static const char *const commands[] = { "runs", "status", "clients", "models" };
	static const char *const keys[] = { "runs", "runs", "clients", "models" };
	struct store *store = opened();
	for (size_t i = 0; i < 4; i++) {
		char text[60];
		snprintf(text, sizeof(text), "{\"command\":\"%s\"}", commands[i]);
		json_t *answer = ask(store, text), *list = json_object_get(answer, keys[i]);
		ck_assert(json_is_array(list) && json_array_size(list) == 0);
		json_decref(answer);
	}
	store_close(store);
}
END_TEST

START_TEST(other_commands_are_left_to_the_daemon)
{
	static const char *const texts[] = { "{\"command\":\"start\"}", "{}", "{\"command\":1}", "[]" };
	struct store *store = opened();
	for (size_t i = 0; i < 4; i++) {
		json_t *request = json_loads(texts[i], 0, NULL), *answer;
		ck_assert_int_eq(admin_serve(store, request, &answer), ADMIN_E_NONE);
		ck_assert_ptr_null(answer);
		json_decref(request);
	}
	store_close(store);
}
END_TEST

SUITE_MAIN("server/admin", an_invitation_has_a_token_and_an_end,
	   what_cannot_be_done_is_an_error_that_says_why, lists_of_an_empty_store_are_empty,
	   other_commands_are_left_to_the_daemon)
