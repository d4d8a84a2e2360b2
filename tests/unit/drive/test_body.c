/* Answers as the bytes that travel: the same answer again, and what a stranger's bytes meet. */
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

#include "common/drive/body.h"
#include "tests/unit/drive/consortium.h"

struct sent {
	struct consortium consortium;
	struct plan plan;
	struct phase phase;
	struct answer answer; /* of the first client */
	void *bytes;
	size_t n;
};

static void send(const char *name, struct sent *out)
{
	const struct learner *learner = learners_find(name);
	struct state state = { 0 };
	consortium_draw(&out->consortium);
	out->plan = consortium_plan(learner);
	ck_assert_int_eq(learner->next(&out->plan, &state, &out->phase), LEARNER_E_OK);
	ck_assert_int_eq(learner->contribute(&out->plan, &out->phase, &state, &out->consortium.data[0],
					     out->plan.clients[0], &out->answer),
			 0);
	ck_assert_int_eq(body_pack(&out->phase, &out->answer, &out->bytes, &out->n), 0);
	ck_assert(body_size_fits(&out->phase, out->n));
}

static void end(struct sent *sent)
{
	answer_deinit(&sent->answer);
	free(sent->bytes);
}

/* Bytes of this phase that are refused, with one finding under the client's name. */
static void expect_bad(const struct phase *phase, const void *bytes, size_t n, uint64_t rows)
{
	struct findings findings = { 0 };
	struct answer answer;
	ck_assert_int_eq(body_parse(phase, bytes, n, rows, "client-00", &findings, &answer), BODY_E_BAD);
	ck_assert_uint_ge(findings.n, 1);
	ck_assert_str_eq(findings.items[0].file, "client-00");
	answer_deinit(&answer);
	findings_deinit(&findings);
}

START_TEST(sums_are_the_words_in_little_endian_and_come_back)
{
	struct sent sent;
	struct findings findings = { 0 };
	struct answer answer;
	send("ridge", &sent);
	size_t words = sent.phase.lanes.words;
	ck_assert_uint_eq(sent.n, words * 8);
	const uint8_t *bytes = sent.bytes;
	for (size_t i = 0; i < words; i++)
		for (unsigned b = 0; b < 8; b++)
			ck_assert_uint_eq(bytes[8 * i + b], sent.answer.words[i] >> 8 * b & 0xff);
	ck_assert_int_eq(body_parse(&sent.phase, sent.bytes, sent.n, CLIENT_ROWS, "client-00", &findings,
				    &answer),
			 BODY_E_OK);
	ck_assert_uint_eq(answer.rows, CLIENT_ROWS);
	ck_assert_mem_eq(answer.words, sent.answer.words, sent.n);
	answer_deinit(&answer);
	end(&sent);
}
END_TEST

START_TEST(sums_of_another_size_or_beyond_their_bounds_are_refused)
{
	struct sent sent;
	send("ridge", &sent);
	ck_assert(!body_size_fits(&sent.phase, sent.n - 8) && !body_size_fits(&sent.phase, sent.n + 8));
	expect_bad(&sent.phase, sent.bytes, sent.n - 1, CLIENT_ROWS);
	expect_bad(&sent.phase, sent.bytes, 0, CLIENT_ROWS);
	expect_bad(&sent.phase, sent.bytes, sent.n, 0);
	memset(sent.bytes, 0x5a, sent.n);
	expect_bad(&sent.phase, sent.bytes, sent.n, CLIENT_ROWS);
	end(&sent);
}
END_TEST

START_TEST(parts_are_a_file_of_tensors_and_come_back)
{
	struct sent sent;
	struct findings findings = { 0 };
	struct answer answer;
	send("kmeans", &sent);
	ck_assert_int_eq(sent.phase.kind, PHASE_GATHER);
	ck_assert_int_eq(body_parse(&sent.phase, sent.bytes, sent.n, CLIENT_ROWS, "client-00", &findings,
				    &answer),
			 BODY_E_OK);
	ck_assert_uint_eq(answer.parts.n, sent.answer.parts.n);
	for (size_t i = 0; i < answer.parts.n; i++) {
		const struct tensor *one = &answer.parts.items[i];
		const struct tensor *other = tensors_find(&sent.answer.parts, one->name);
		ck_assert_ptr_nonnull(other);
		ck_assert_uint_eq(tensor_bytes(one), tensor_bytes(other));
		ck_assert_mem_eq(one->data, other->data, tensor_bytes(one));
	}
	answer_deinit(&answer);
	end(&sent);
}
END_TEST

START_TEST(parts_that_are_no_file_or_too_large_a_one_are_refused)
{
	struct sent sent;
	send("kmeans", &sent);
	ck_assert(!body_size_fits(&sent.phase, 0));
	ck_assert(body_size_fits(&sent.phase, BODY_GATHER_MOST));
	ck_assert(!body_size_fits(&sent.phase, (uint64_t)BODY_GATHER_MOST + 1));
	expect_bad(&sent.phase, sent.bytes, sent.n - 1, CLIENT_ROWS);
	expect_bad(&sent.phase, "what", 4, CLIENT_ROWS);
	end(&sent);
}
END_TEST

SUITE_MAIN("bodies", sums_are_the_words_in_little_endian_and_come_back,
	   sums_of_another_size_or_beyond_their_bounds_are_refused, parts_are_a_file_of_tensors_and_come_back,
	   parts_that_are_no_file_or_too_large_a_one_are_refused)
