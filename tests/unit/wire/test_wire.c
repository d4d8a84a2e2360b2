/* test_wire.c: messages come back as they went, and nothing malformed comes back at all. */
#include "common/wire/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/suite.h"

/* The structs own their texts when they come in; going out they only lend them. */
static char *text(const char *literal)
{
	return (char *)(uintptr_t)literal;
}

static struct wire_poll a_poll(void)
{
	static char names[][16] = { "GPT-4", "gpt-4", "mistral 7b é" };
	static struct wire_model models[] = { { names[0], 7 }, { names[1], 12 }, { names[2], 0 } };
	static char learners[][WIRE_NAME] = { "ridge", "mlp" };
	struct wire_poll poll = { .versions = wire_versions("fedrouter-client 0.1.0"),
				  .encoder = text("{\"name\":\"given\"}"),
				  .rows = 19,
				  .n_models = 3,
				  .models = models,
				  .n_learners = 2,
				  .learners = learners,
				  .refusal = { "run-1", 3, "policy", "learner mlp is not allowed here" },
				  .artefacts_seen = 4 };
	return poll;
}

static struct wire_poll_answer an_answer(void)
{
	static struct wire_artefact artefacts[2];
	struct wire_poll_answer answer = { .n_artefacts = 2, .artefacts = artefacts, .ask_again_ms = 500 };
	for (size_t i = 0; i < 2; i++) {
		artefacts[i] = (struct wire_artefact){ .version = i + 1, .file = { { 9 }, 1000 + i } };
		snprintf(artefacts[i].learner, WIRE_NAME, "ridge");
		memset(artefacts[i].digest, 'a', 64);
		snprintf(artefacts[i].run, WIRE_RUN, "run-%zu", i);
	}
	answer.task = (struct wire_task){ .phase = 2,
					  .plan = text("version: 1\nlearner: mlp\n"),
					  .encoder = text("{}"),
					  .state = { { 1, 2, 3 }, 77 },
					  .state_digest = { 4 },
					  .lanes_digest = { 5 },
					  .deadline = 1800000000,
					  .durable = 1 << 20 };
	snprintf(answer.task.run, WIRE_RUN, "run-2");
	return answer;
}

static struct wire_submission a_submission(void)
{
	struct wire_submission submission = { .phase = 4,
					      .lanes_digest = { 8 },
					      .bytes = 500,
					      .rows = 40,
					      .offset = 100,
					      .clipped = 2,
					      .sha256 = { 7 } };
	snprintf(submission.run, WIRE_RUN, "2026-11-25-mlp-1");
	return submission;
}

START_TEST(a_poll_comes_back)
{
	struct wire_poll sent = a_poll(), got;
	struct wire_bytes bytes;
	char why[WIRE_TEXT] = "";
	ck_assert_int_eq(wire_poll_pack(&sent, &bytes), 0);
	ck_assert_int_eq(wire_poll_parse(bytes.data, bytes.n, why, &got), 0);
	ck_assert_str_eq(got.encoder, sent.encoder);
	ck_assert_uint_eq(got.n_models, 3);
	ck_assert_str_eq(got.models[2].name, sent.models[2].name);
	ck_assert_uint_eq(got.models[1].rows, 12);
	ck_assert_str_eq(got.learners[1], "mlp");
	ck_assert_str_eq(got.refusal.text, sent.refusal.text);
	ck_assert_uint_eq(got.refusal.phase, 3);
	ck_assert_uint_eq(got.artefacts_seen, 4);
	wire_poll_deinit(&got);
	wire_bytes_deinit(&bytes);
}
END_TEST

START_TEST(an_answer_comes_back_with_and_without_a_task)
{
	struct wire_poll_answer sent = an_answer(), got;
	struct wire_bytes bytes;
	char why[WIRE_TEXT] = "";
	ck_assert_int_eq(wire_poll_answer_pack(&sent, &bytes), 0);
	ck_assert_int_eq(wire_poll_answer_parse(bytes.data, bytes.n, why, &got), 0);
	ck_assert_str_eq(got.task.plan, sent.task.plan);
	ck_assert_mem_eq(got.task.lanes_digest, sent.task.lanes_digest, 32);
	ck_assert(!got.task.gather);
	ck_assert_uint_eq(got.task.durable, 1 << 20);
	ck_assert_uint_eq(got.artefacts[1].file.bytes, 1001);
	wire_poll_answer_deinit(&got);
	wire_bytes_deinit(&bytes);
	sent.task.run[0] = '\0';
	ck_assert_int_eq(wire_poll_answer_pack(&sent, &bytes), 0);
	ck_assert_int_eq(wire_poll_answer_parse(bytes.data, bytes.n, why, &got), 0);
	ck_assert_str_eq(got.task.run, "");
	ck_assert_ptr_null(got.task.plan);
	wire_poll_answer_deinit(&got);
	wire_bytes_deinit(&bytes);
}
END_TEST

START_TEST(a_submission_and_its_pieces_come_back)
{
	struct wire_submission sent = a_submission(), got;
	struct wire_bytes bytes;
	char why[WIRE_TEXT] = "";
	uint8_t *body = calloc(1, WIRE_PIECE), head[WIRE_PIECE_HEAD];
	const uint8_t *piece;
	size_t n;
	ck_assert_int_eq(wire_submission_pack(&sent, &bytes), 0);
	ck_assert_int_eq(wire_submission_parse(bytes.data, bytes.n, why, &got), 0);
	ck_assert_mem_eq(&sent, &got, sizeof(got));
	wire_bytes_deinit(&bytes);
	ck_assert_int_eq(wire_part_pack(body, WIRE_PIECE, &bytes), 0);
	ck_assert_int_eq(wire_part_parse(bytes.data, bytes.n, why, &piece, &n), 0);
	ck_assert_uint_eq(n, WIRE_PIECE);
	ck_assert_int_eq(wire_part_parse(bytes.data, bytes.n - 1, why, &piece, &n), WIRE_E_BAD);
	wire_bytes_deinit(&bytes);
	for (n = 1; n <= WIRE_PIECE; n = n * 3 + 1) {
		size_t n_head = wire_piece_head(n, head), n_piece;
		uint8_t *whole = malloc(n_head + n);
		memcpy(whole, head, n_head);
		memcpy(whole + n_head, body, n);
		ck_assert_int_eq(wire_piece_parse(whole, n_head + n, why, &piece, &n_piece), 0);
		ck_assert_uint_eq(n_piece, n);
		free(whole);
	}
	free(body);
}
END_TEST

START_TEST(certificates_results_and_fetches_come_back)
{
	struct wire_enroll enroll = { .versions = wire_versions("x"),
				      .token = "0a1b",
				      .request = { (uint8_t *)"der", 3 } };
	struct wire_enroll got_enroll;
	struct wire_certificate certificate = { text("PEM a"), text("PEM b") }, got_certificate;
	struct wire_fetch fetch = { { 1 }, 33 }, got_fetch;
	enum wire_result result;
	struct wire_bytes bytes;
	char why[WIRE_TEXT] = "";
	ck_assert_int_eq(wire_enroll_pack(&enroll, &bytes), 0);
	ck_assert_int_eq(wire_enroll_parse(bytes.data, bytes.n, why, &got_enroll), 0);
	ck_assert_str_eq(got_enroll.token, "0a1b");
	ck_assert_mem_eq(got_enroll.request.data, "der", 3);
	wire_enroll_deinit(&got_enroll);
	wire_bytes_deinit(&bytes);
	ck_assert_int_eq(wire_certificate_pack(&certificate, &bytes), 0);
	ck_assert_int_eq(wire_certificate_parse(bytes.data, bytes.n, why, &got_certificate), 0);
	ck_assert_str_eq(got_certificate.authority, "PEM b");
	wire_certificate_deinit(&got_certificate);
	wire_bytes_deinit(&bytes);
	ck_assert_int_eq(wire_fetch_pack(&fetch, &bytes), 0);
	ck_assert_int_eq(wire_fetch_parse(bytes.data, bytes.n, why, &got_fetch), 0);
	ck_assert_mem_eq(&fetch, &got_fetch, sizeof(fetch));
	wire_bytes_deinit(&bytes);
	ck_assert_int_eq(wire_result_pack(WIRE_DUPLICATE, &bytes), 0);
	ck_assert_int_eq(wire_result_parse(bytes.data, bytes.n, why, &result), 0);
	ck_assert_int_eq(result, WIRE_DUPLICATE);
	wire_bytes_deinit(&bytes);
	ck_assert_int_eq(wire_result_parse((const uint8_t *)"", 0, why, &result), WIRE_E_BAD);
}
END_TEST

/* Pack it, expect a refusal that speaks of `field`. */
static void expect_refused(const struct wire_poll *poll, const char *field)
{
	struct wire_bytes bytes;
	struct wire_poll got;
	char why[WIRE_TEXT] = "";
	ck_assert_int_eq(wire_poll_pack(poll, &bytes), 0);
	ck_assert_int_eq(wire_poll_parse(bytes.data, bytes.n, why, &got), WIRE_E_BAD);
	ck_assert_msg(strstr(why, field) != NULL, "\"%s\" does not speak of %s", why, field);
	wire_bytes_deinit(&bytes);
}

START_TEST(what_is_wrong_is_named)
{
	struct wire_model twice[] = { { text("a"), 1 }, { text("a"), 2 } },
			  control[] = { { text("a\nb"), 1 } }, utf8[] = { { text("\xc0\xaf"), 1 } };
	struct wire_poll poll = a_poll();
	poll.models = twice, poll.n_models = 2;
	expect_refused(&poll, "models");
	poll.models = control, poll.n_models = 1;
	expect_refused(&poll, "models.model");
	poll.models = utf8;
	expect_refused(&poll, "models.model");
	poll = a_poll();
	poll.versions.newest = 0;
	expect_refused(&poll, "versions");
	poll = a_poll();
	snprintf(poll.refusal.run, WIRE_RUN, "../x");
	expect_refused(&poll, "refusal.run");
}
END_TEST

START_TEST(versions_that_do_not_meet_name_both_ranges)
{
	struct wire_versions ours = wire_versions("us"),
			     theirs = { .oldest = 7, .newest = 9, .program = "them 9" };
	char why[WIRE_TEXT] = "";
	ck_assert(wire_versions_meet(&ours, why));
	ck_assert(!wire_versions_meet(&theirs, why));
	ck_assert_ptr_nonnull(strstr(why, "7 to 9"));
	ck_assert_ptr_nonnull(strstr(why, "1 to 1"));
}
END_TEST

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Parse with every parser; whatever comes back is freed. */
static void parse_all(const uint8_t *data, size_t n)
{
	char why[WIRE_TEXT];
	struct wire_poll poll;
	struct wire_poll_answer answer;
	struct wire_submission submission;
	struct wire_enroll enroll;
	struct wire_certificate certificate;
	const uint8_t *piece;
	size_t n_piece;
	if (wire_poll_parse(data, n, why, &poll) == 0)
		wire_poll_deinit(&poll);
	if (wire_poll_answer_parse(data, n, why, &answer) == 0)
		wire_poll_answer_deinit(&answer);
	if (wire_enroll_parse(data, n, why, &enroll) == 0)
		wire_enroll_deinit(&enroll);
	if (wire_certificate_parse(data, n, why, &certificate) == 0)
		wire_certificate_deinit(&certificate);
	ck_assert_int_ge(wire_submission_parse(data, n, why, &submission), 0);
	if (wire_part_parse(data, n, why, &piece, &n_piece) == 0)
		ck_assert(piece > data && piece + n_piece == data + n);
}

START_TEST(ten_thousand_mutations_of_each_message_do_no_harm)
{
	struct wire_poll poll = a_poll();
	struct wire_poll_answer answer = an_answer();
	struct wire_submission submission = a_submission();
	struct wire_bytes originals[3];
	uint32_t state = 1;
	ck_assert_int_eq(wire_poll_pack(&poll, &originals[0]), 0);
	ck_assert_int_eq(wire_poll_answer_pack(&answer, &originals[1]), 0);
	ck_assert_int_eq(wire_submission_pack(&submission, &originals[2]), 0);
	for (size_t round = 0; round < 30000; round++) {
		const struct wire_bytes *original = &originals[round % 3];
		size_t n = round % 5 == 0 ? next_random(&state) % original->n : original->n;
		uint8_t *copy = malloc(n + 1);
		memcpy(copy, original->data, n);
		for (size_t flips = next_random(&state) % 4 + 1; n > 0 && flips > 0; flips--)
			copy[next_random(&state) % n] = (uint8_t)next_random(&state);
		parse_all(copy, n);
		free(copy);
	}
	for (size_t i = 0; i < 3; i++)
		wire_bytes_deinit(&originals[i]);
}
END_TEST

SUITE_MAIN("wire", a_poll_comes_back, an_answer_comes_back_with_and_without_a_task,
	   a_submission_and_its_pieces_come_back, certificates_results_and_fetches_come_back,
	   what_is_wrong_is_named, versions_that_do_not_meet_name_both_ranges,
	   ten_thousand_mutations_of_each_message_do_no_harm)
