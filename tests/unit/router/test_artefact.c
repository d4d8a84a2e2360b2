/* A router as a file: whole, or refused. */
#include "tests/support/suite.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/io/safetensors.h"
#include "common/router/artefact.h"
#include "tests/support/scratch.h"
#include "tests/unit/router/fake.h"

static const struct artefact_notes notes = {
	.run = "run-7",
	.parent = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
	.phases = 15,
	.participants = 4294967295,
	.held_out = 0.1,
};

static const struct artefact_reader anyone = { .find = fake_find };

static const char *good_file(void)
{
	cleanup(router_cleanup) struct router *router = fake_router();
	const char *path = scratch_path("good.safetensors");
	ck_assert_int_eq(artefact_write(router, &notes, NULL, path), 0);
	return path;
}

/* NULL where it is refused, with one finding that has `why` in it. */
static struct router *read_file(const char *path, struct artefact_notes *found, const char *why)
{
	struct findings findings = { 0 };
	struct router *router = NULL;
	int r = artefact_read(path, &anyone, &findings, found, &router);
	ck_assert_int_eq(r, router ? ARTEFACT_E_OK : ARTEFACT_E_BAD);
	ck_assert_uint_eq(findings.n_items, router ? 0 : 1);
	if (!router) {
		ck_assert_str_eq(findings.items[0].file, path);
		ck_assert_ptr_nonnull(strstr(findings.items[0].detail, why));
	}
	findings_deinit(&findings);
	return router;
}

START_TEST(what_is_written_is_read_again_with_its_notes)
{
	cleanup(router_cleanup) struct router *router = fake_router();
	struct artefact_notes found;
	cleanup(router_cleanup) struct router *again = read_file(good_file(), &found, "");
	struct digest before, after;
	ck_assert_ptr_nonnull(again);
	ck_assert_int_eq(router_digest(router, &before), 0);
	ck_assert_int_eq(router_digest(again, &after), 0);
	ck_assert_mem_eq(&before, &after, sizeof(before));
	ck_assert_uint_eq(again->n_models, 3);
	ck_assert_str_eq(again->models[1], router->models[1]);
	ck_assert_str_eq(again->settings, router->settings);
	ck_assert(encoder_identity_matches(&again->encoder, &router->encoder, NULL, 0));
	ck_assert_mem_eq(again->routable, router->routable, 3);
	ck_assert_str_eq(found.run, notes.run);
	ck_assert_str_eq(found.parent, notes.parent);
	ck_assert_uint_eq(found.phases, notes.phases);
	ck_assert_uint_eq(found.participants, notes.participants);
	ck_assert(found.held_out == 0.1);
}
END_TEST

START_TEST(a_first_artefact_has_no_parent_and_nobody_has_to_take_the_notes)
{
	cleanup(router_cleanup) struct router *router = fake_router();
	const char *path = scratch_path("first");
	ck_assert_int_eq(artefact_write(router, &(struct artefact_notes){ 0 }, NULL, path), 0);
	cleanup(router_cleanup) struct router *again = read_file(path, NULL, "");
	ck_assert_ptr_nonnull(again);
}
END_TEST

START_TEST(an_artefact_written_again_has_the_same_bytes)
{
	size_t n, m;
	const char *path = good_file(), *copy = scratch_path("copy");
	cleanup(router_cleanup) struct router *router = read_file(path, NULL, "");
	ck_assert_int_eq(artefact_write(router, &notes, NULL, copy), 0);
	cleanup(free_pointer) char *a = scratch_read(path, &n);
	cleanup(free_pointer) char *b = scratch_read(copy, &m);
	ck_assert_uint_eq(n, m);
	ck_assert_mem_eq(a, b, n);
}
END_TEST

static bool same_notes(const struct artefact_notes *found)
{
	return strcmp(found->run, notes.run) == 0 && strcmp(found->parent, notes.parent) == 0 &&
	       found->phases == notes.phases && found->participants == notes.participants &&
	       found->held_out == notes.held_out;
}

/* The notes are outside the digest, so a bit of theirs may change unseen; nothing else may. */
START_TEST(one_flipped_bit_anywhere_is_refused_unless_it_is_in_the_notes)
{
	size_t n, kept = 0;
	cleanup(free_pointer) char *bytes = scratch_read(good_file(), &n);
	for (size_t bit = 0; bit < 8 * n; bit++) {
		bytes[bit / 8] ^= (char)(1 << bit % 8);
		struct findings findings = { 0 };
		struct artefact_notes found;
		cleanup(router_cleanup) struct router *router = NULL;
		int r = artefact_read(scratch_file("flipped", bytes, n), &anyone, &findings, &found, &router);
		bytes[bit / 8] ^= (char)(1 << bit % 8);
		findings_deinit(&findings);
		if (r == ARTEFACT_E_BAD)
			continue;
		ck_assert_int_eq(r, ARTEFACT_E_OK);
		ck_assert_msg(!same_notes(&found), "bit %zu of byte %zu", bit % 8, bit / 8);
		kept++;
	}
	ck_assert_uint_le(kept, 8 * (strlen(notes.run) + strlen(notes.parent) + 12));
}
END_TEST

START_TEST(a_file_cut_anywhere_is_refused)
{
	size_t n;
	cleanup(free_pointer) char *bytes = scratch_read(good_file(), &n);
	for (size_t cut = 0; cut < n; cut += 1 + cut / 64)
		ck_assert_ptr_null(read_file(scratch_file("cut", bytes, cut), NULL, ""));
	ck_assert_ptr_null(read_file(scratch_file("cut", bytes, n - 1), NULL, ""));
}
END_TEST

/* The good file's metadata with `key` set to `value` (NULL: removed), its arrays, written again. */
static const char *with(const char *key, const char *value)
{
	struct findings findings = { 0 };
	struct tensors tensors;
	json_t *metadata;
	const char *path = scratch_path("changed");
	ck_assert_int_eq(safetensors_read(good_file(), &findings, &tensors, &metadata), SAFETENSORS_E_OK);
	if (value)
		json_object_set_new(metadata, key, json_string(value));
	else
		json_object_del(metadata, key);
	ck_assert_int_eq(safetensors_write(path, &tensors, metadata), 0);
	json_decref(metadata);
	tensors_deinit(&tensors);
	return path;
}

START_TEST(an_artefact_without_one_of_its_fields_is_refused)
{
	static const char *const keys[] = { "schema", "learner", "encoder",      "models", "settings",
					    "run",    "phases",  "participants", "parent", "digest" };
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		ck_assert_ptr_null(read_file(with(keys[i], NULL), NULL, "field of its metadata is missing"));
}
END_TEST

START_TEST(the_share_that_was_held_out_may_be_unknown)
{
	struct artefact_notes found;
	cleanup(router_cleanup) struct router *router = read_file(with("held_out", NULL), &found, "");
	ck_assert(router && isnan(found.held_out));
}
END_TEST

START_TEST(fields_of_newer_programs_do_no_harm)
{
	cleanup(router_cleanup) struct router *router = read_file(with("colour", "abc"), NULL, "");
	ck_assert_ptr_nonnull(router);
}
END_TEST

START_TEST(fields_that_are_not_such_are_refused_with_the_reason)
{
	static const char *const changes[][3] = {
		{ "schema", "fedrouter.router/2", "schema" },
		{ "learner", "oracle", "learner" },
		{ "encoder", "", "encoder" },
		{ "encoder", "{}", "encoder" },
		{ "models", "", "models" },
		{ "models", "[]", "models" },
		{ "models", "{}", "models" },
		{ "models", "[\"\"]", "models" },
		{ "models", "[1,2,3]", "models" },
		{ "models", "[\"b\",\"a\",\"c\"]", "models" },
		{ "models", "[\"a\",\"a\",\"b\"]", "models" },
		{ "models", "[ \"a\",\"b\"]", "models" },
		{ "settings", "[]", "settings" },
		{ "settings", "{\"a\":1,\"a\":2}", "settings" },
		{ "settings", "{}", "digest" },
		{ "models", "[\"a\",\"b\",\"c\"]", "digest" },
		{ "digest", "", "digest" },
		{ "digest", "0000000000000000000000000000000000000000000000000000000000000000", "digest" },
		{ "phases", "", "phases" },
		{ "phases", "-1", "phases" },
		{ "phases", "01", "phases" },
		{ "phases", " 1", "phases" },
		{ "phases", "4294967296", "phases" },
		{ "phases", "18446744073709551617", "phases" },
		{ "participants", "1.0", "participants" },
		{ "held_out", "0.1", "held_out" },
		{ "held_out", "1", "held_out" },
		{ "held_out", "-0.5", "held_out" },
		{ "held_out", "nan", "held_out" },
		{ "held_out", "", "held_out" },
		{ "parent", "abc", "parent" },
		{ "parent", "ZZ112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", "parent" },
		{ "run", "a run whose name has sixty-four letters, and so one more than fits", "run" },
	};
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		ck_assert_ptr_null(read_file(with(changes[i][0], changes[i][1]), NULL, changes[i][2]));
}
END_TEST

START_TEST(a_hundred_thousand_nested_brackets_in_a_field_are_refused)
{
	cleanup(free_pointer) char *deep = calloc(100001, 1);
	memset(deep, '[', 100000);
	ck_assert_ptr_null(read_file(with("models", deep), NULL, "models"));
	ck_assert_ptr_null(read_file(with("settings", deep), NULL, "settings"));
	ck_assert_ptr_null(read_file(with("encoder", deep), NULL, "encoder"));
}
END_TEST

/* A file whose digest is right for these tensors, as a hostile writer would make it. */
static const char *signed_with(struct tensors tensors)
{
	cleanup(router_cleanup) struct router *router = fake_router();
	tensors_deinit(&router->tensors);
	router->tensors = tensors;
	const char *path = scratch_path("hostile");
	ck_assert_int_eq(artefact_write(router, &notes, NULL, path), 0);
	return path;
}

START_TEST(arrays_of_another_shape_or_without_numbers_are_refused_though_the_digest_is_right)
{
	static const char why[] = "arrays are not those of its learner";
	ck_assert_ptr_null(read_file(signed_with(fake_tensors(3, 15)), NULL, why));
	ck_assert_ptr_null(read_file(signed_with(fake_tensors(2, 16)), NULL, why));
	ck_assert_ptr_null(read_file(signed_with((struct tensors){ 0 }), NULL, why));
	struct tensors bad = fake_tensors(3, 16);
	((double *)tensors_data(&bad, "theta", TENSOR_F64, SHAPE(3, 16)))[3] = INFINITY;
	ck_assert_ptr_null(read_file(signed_with(bad), NULL, why));
}
END_TEST

START_TEST(an_artefact_of_another_learner_is_refused_even_with_a_right_digest)
{
	static const struct predictor other = { "other", NULL, NULL, NULL };
	cleanup(router_cleanup) struct router *router = fake_router();
	const char *path = scratch_path("other");
	router->predictor = &other;
	ck_assert_int_eq(artefact_write(router, &notes, NULL, path), 0);
	ck_assert_ptr_null(read_file(path, NULL, "learner is unknown"));
}
END_TEST

START_TEST(a_model_that_is_no_text_is_not_written)
{
	cleanup(router_cleanup) struct router *router = fake_router();
	const char *path = scratch_path("x");
	router->models[0][0] = (char)0xff;
	ck_assert_int_lt(artefact_write(router, &notes, NULL, path), 0);
	ck_assert_uint_eq(scratch_count(), 0);
}
END_TEST

SUITE_MAIN("Artefacts", what_is_written_is_read_again_with_its_notes,
	   a_first_artefact_has_no_parent_and_nobody_has_to_take_the_notes,
	   an_artefact_written_again_has_the_same_bytes,
	   one_flipped_bit_anywhere_is_refused_unless_it_is_in_the_notes, a_file_cut_anywhere_is_refused,
	   an_artefact_without_one_of_its_fields_is_refused, the_share_that_was_held_out_may_be_unknown,
	   fields_of_newer_programs_do_no_harm, fields_that_are_not_such_are_refused_with_the_reason,
	   a_hundred_thousand_nested_brackets_in_a_field_are_refused,
	   arrays_of_another_shape_or_without_numbers_are_refused_though_the_digest_is_right,
	   an_artefact_of_another_learner_is_refused_even_with_a_right_digest,
	   a_model_that_is_no_text_is_not_written)
