/* States and gathered parts as bytes: the same again, or refused. */
#include "tests/support/suite.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/io/safetensors.h"
#include "common/learn/state_file.h"
#include "tests/support/scratch.h"

/* Every type, an empty tensor, a scalar, numbers that a text would spoil. */
static struct state some_state(void)
{
	struct state state = { .phase = 4294967295 };
	double *weights;
	int64_t *total;
	float *centres;
	uint8_t *routable;
	ck_assert_int_eq(tensors_add(&state.tensors, "weights", TENSOR_F64, SHAPE(2, 2), &weights), 0);
	ck_assert_int_eq(tensors_add(&state.tensors, "total", TENSOR_I64, SHAPE(2), &total), 0);
	ck_assert_int_eq(tensors_add(&state.tensors, "centres", TENSOR_F32, SHAPE(3), &centres), 0);
	ck_assert_int_eq(tensors_add(&state.tensors, "routable", TENSOR_U8, SHAPE(3), &routable), 0);
	ck_assert_int_eq(tensors_add(&state.tensors, "none", TENSOR_F32, SHAPE(0, 384), NULL), 0);
	ck_assert_int_eq(tensors_add(&state.tensors, "scalar", TENSOR_F64, 0, NULL, NULL), 0);
	memcpy(weights, (double[]){ 1.0 / 3.0, -0.0, 5e-324, INFINITY }, 4 * sizeof(*weights));
	total[0] = INT64_MIN;
	centres[2] = 0.1F;
	routable[1] = 1;
	return state;
}

static const char *state_path(void)
{
	cleanup(state_deinit) struct state state = some_state();
	cleanup(free_pointer) void *bytes = NULL;
	size_t n;
	ck_assert_int_eq(state_file_bytes(&state, &bytes, &n), 0);
	return scratch_file("state", bytes, n);
}

static void check_same(const struct tensors *a, const struct tensors *b)
{
	ck_assert_uint_eq(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		ck_assert_str_eq(a->items[i].name, b->items[i].name);
		ck_assert_int_eq(a->items[i].type, b->items[i].type);
		ck_assert_uint_eq(a->items[i].rank, b->items[i].rank);
		ck_assert_mem_eq(a->items[i].shape, b->items[i].shape, sizeof(a->items[i].shape));
		if (a->items[i].n > 0)
			ck_assert_mem_eq(a->items[i].data, b->items[i].data, tensor_bytes(&a->items[i]));
	}
}

/* Refused, with one finding whose detail has `why` in it. */
static void check_refused(const char *path, const char *why)
{
	struct findings findings = { 0 };
	struct state state = { 0 };
	ck_assert_int_eq(state_file_read(path, &findings, &state), STATE_FILE_E_BAD);
	ck_assert_uint_eq(findings.n_items, 1);
	ck_assert_str_eq(findings.items[0].file, path);
	ck_assert_msg(strstr(findings.items[0].detail, why) != NULL, "%s", findings.items[0].detail);
	ck_assert_ptr_null(state.tensors.items);
	findings_deinit(&findings);
}

START_TEST(a_state_comes_back_to_its_last_bit)
{
	cleanup(state_deinit) struct state state = some_state();
	cleanup(state_deinit) struct state again = { 0 };
	struct findings findings = { 0 };
	ck_assert_int_eq(state_file_read(state_path(), &findings, &again), STATE_FILE_E_OK);
	ck_assert_uint_eq(findings.n, 0);
	ck_assert_uint_eq(again.phase, state.phase);
	check_same(&again.tensors, &state.tensors);
}
END_TEST

/* A learner's fold adds tensors to the state and changes those that are there. */
START_TEST(a_state_that_was_read_can_be_changed)
{
	cleanup(state_deinit) struct state state = { 0 };
	struct findings findings = { 0 };
	double *more;
	ck_assert_int_eq(state_file_read(state_path(), &findings, &state), STATE_FILE_E_OK);
	ck_assert_int_eq(tensors_add(&state.tensors, "more", TENSOR_F64, SHAPE(1), &more), 0);
	double *weights = tensors_data(&state.tensors, "weights", TENSOR_F64, SHAPE(2, 2));
	weights[0] = more[0] = 1.0;
	ck_assert_uint_eq((uintptr_t)weights % 64, 0);
}
END_TEST

START_TEST(the_same_state_has_the_same_bytes_also_after_it_was_read)
{
	cleanup(state_deinit) struct state again = { 0 };
	cleanup(free_pointer) void *bytes = NULL;
	struct findings findings = { 0 };
	size_t n, m;
	const char *path = state_path();
	cleanup(free_pointer) char *file = scratch_read(path, &n);
	ck_assert_int_eq(state_file_read(path, &findings, &again), STATE_FILE_E_OK);
	ck_assert_int_eq(state_file_bytes(&again, &bytes, &m), 0);
	ck_assert_uint_eq(n, m);
	ck_assert_mem_eq(file, bytes, n);
}
END_TEST

START_TEST(an_empty_state_is_a_state)
{
	cleanup(state_deinit) struct state again = { .phase = 7 };
	cleanup(free_pointer) void *bytes = NULL;
	struct findings findings = { 0 };
	size_t n;
	ck_assert_int_eq(state_file_bytes(&(struct state){ 0 }, &bytes, &n), 0);
	ck_assert_int_eq(state_file_read(scratch_file("empty", bytes, n), &findings, &again),
			 STATE_FILE_E_OK);
	ck_assert_uint_eq(again.phase, 0);
	ck_assert_uint_eq(again.tensors.n, 0);
}
END_TEST

/* A file with these metadata and no tensors. */
static const char *file_with(const char *schema, const char *phase, const char *more)
{
	const char *path = scratch_path("with");
	json_t *metadata = json_object();
	if (schema)
		json_object_set_new(metadata, "schema", json_string(schema));
	if (phase)
		json_object_set_new(metadata, "phase", json_string(phase));
	if (more)
		json_object_set_new(metadata, more, json_string("x"));
	ck_assert_int_eq(safetensors_write(path, &(struct tensors){ 0 }, metadata), 0);
	json_decref(metadata);
	return path;
}

START_TEST(what_is_no_state_is_refused_with_the_reason)
{
	static const char *const phases[] = {
		"", "-1", "01", " 1", "1.0", "4294967296", "18446744073709551616"
	};
	check_refused(scratch_path("nowhere"), "No such file");
	check_refused(scratch_text("text", "not a file of tensors"), "");
	check_refused(file_with(NULL, "1", NULL), "schema");
	check_refused(file_with("fedrouter.state/2", "1", NULL), "schema");
	check_refused(file_with("fedrouter.router/1", "1", NULL), "schema");
	check_refused(file_with("fedrouter.part/1", NULL, NULL), "schema");
	check_refused(file_with("fedrouter.state/1", "1", "more"), "schema");
	check_refused(file_with("fedrouter.state/1", NULL, "more"), "phase");
	for (size_t i = 0; i < sizeof(phases) / sizeof(phases[0]); i++)
		check_refused(file_with("fedrouter.state/1", phases[i], NULL), "phase");
}
END_TEST

START_TEST(a_state_cut_anywhere_is_refused)
{
	size_t n;
	cleanup(free_pointer) char *bytes = scratch_read(state_path(), &n);
	for (size_t cut = 0; cut < n; cut += 1 + cut / 16)
		check_refused(scratch_file("cut", bytes, cut), "");
	check_refused(scratch_file("cut", bytes, n - 1), "");
	check_refused(scratch_file("longer", bytes, n + 1), "");
}
END_TEST

START_TEST(a_part_comes_back_to_its_last_bit)
{
	cleanup(state_deinit) struct state state = some_state();
	cleanup(free_pointer) void *bytes = NULL;
	cleanup(tensors_deinit) struct tensors again = { 0 };
	struct findings findings = { 0 };
	size_t n;
	ck_assert_int_eq(part_file_bytes(&state.tensors, &bytes, &n), 0);
	ck_assert_int_eq(part_file_parse(bytes, n, "client-00", &findings, &again), STATE_FILE_E_OK);
	ck_assert_uint_eq(findings.n, 0);
	check_same(&again, &state.tensors);
}
END_TEST

START_TEST(what_is_no_part_is_refused_under_the_name_of_whoever_sent_it)
{
	static const char *const whys[] = { "schema", "" };
	struct findings findings = { 0 };
	struct tensors parts = { 0 };
	size_t n;
	cleanup(free_pointer) char *state = scratch_read(state_path(), &n);
	ck_assert_int_eq(part_file_parse(state, n, "client-07", &findings, &parts), STATE_FILE_E_BAD);
	ck_assert_int_eq(part_file_parse(state, n - 1, "client-07", &findings, &parts), STATE_FILE_E_BAD);
	ck_assert_int_eq(part_file_parse(state, 0, "client-07", &findings, &parts), STATE_FILE_E_BAD);
	ck_assert_uint_eq(findings.n_items, 3);
	for (size_t i = 0; i < 2; i++) {
		ck_assert_str_eq(findings.items[i].file, "client-07");
		ck_assert_ptr_nonnull(strstr(findings.items[i].detail, whys[i]));
	}
	findings_deinit(&findings);
}
END_TEST

SUITE_MAIN("Files of states", a_state_comes_back_to_its_last_bit, a_state_that_was_read_can_be_changed,
	   the_same_state_has_the_same_bytes_also_after_it_was_read, an_empty_state_is_a_state,
	   what_is_no_state_is_refused_with_the_reason, a_state_cut_anywhere_is_refused,
	   a_part_comes_back_to_its_last_bit, what_is_no_part_is_refused_under_the_name_of_whoever_sent_it)
