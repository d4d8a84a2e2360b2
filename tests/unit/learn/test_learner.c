/* What all learners share: digests of states, lives of answers, the list. */
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

#include "common/learn/learners.h"

static const struct setting table[] = {
	{ "penalty", SETTING_NUMBER, 1.0, 0.0, 10.0, "a number" },
	{ .name = NULL },
};
static const char *const models[] = { "a", "b" };
static const char *const other_models[] = { "a", "c" };

struct world {
	struct encoder_identity encoder;
	struct plan plan;
	struct state state;
	float *first;    /* [2, 2] */
	int64_t *second; /* [2] */
};

static void add_first(struct world *world)
{
	ck_assert_int_eq(tensors_add(&world->state.tensors, "first", TENSOR_F32, SHAPE(2, 2), &world->first),
			 0);
	for (size_t i = 0; i < 4; i++)
		world->first[i] = (float)i;
}

static void add_second(struct world *world)
{
	ck_assert_int_eq(tensors_add(&world->state.tensors, "second", TENSOR_I64, SHAPE(2), &world->second),
			 0);
	world->second[1] = -1;
}

static struct world *start(struct world *world)
{
	*world = (struct world){ .plan = {
					 .learner = "ridge", .seed = 100, .n_models = 2, .models = models } };
	ck_assert_int_eq(encoder_identity_given("given", 384, &world->encoder), 0);
	world->plan.encoder = &world->encoder;
	settings_init(&world->plan.settings, table);
	return world;
}

static void world_deinit(struct world *world)
{
	state_deinit(&world->state);
	encoder_identity_deinit(&world->encoder);
}

static struct digest digest_of(const struct world *world)
{
	struct digest digest;
	ck_assert_int_eq(state_digest(&world->plan, &world->state, &digest), 0);
	return digest;
}

static bool is_same(struct digest a, struct digest b)
{
	return memcmp(a.bytes, b.bytes, sizeof(a.bytes)) == 0;
}

START_TEST(a_digest_does_not_depend_on_the_order_in_which_tensors_came)
{
	cleanup(world_deinit) struct world one;
	cleanup(world_deinit) struct world other;
	add_first(start(&one));
	add_second(&one);
	add_second(start(&other));
	add_first(&other);
	ck_assert(is_same(digest_of(&one), digest_of(&other)));
}
END_TEST

START_TEST(every_value_name_type_and_shape_of_a_tensor_is_in_the_digest)
{
	cleanup(world_deinit) struct world world;
	double *scalar;
	add_first(start(&world));
	struct digest before = digest_of(&world);
	world.first[3] = -world.first[3];
	ck_assert(!is_same(digest_of(&world), before));
	world.first[3] = -world.first[3];
	ck_assert(is_same(digest_of(&world), before));
	world.state.tensors.items[0].shape[0] = 1;
	world.state.tensors.items[0].shape[1] = 4;
	ck_assert(!is_same(digest_of(&world), before));
	world.state.tensors.items[0].shape[0] = world.state.tensors.items[0].shape[1] = 2;
	world.state.tensors.items[0].name[0] = 'g';
	ck_assert(!is_same(digest_of(&world), before));
	world.state.tensors.items[0].name[0] = 'f';
	ck_assert(is_same(digest_of(&world), before));
	ck_assert_int_eq(tensors_add(&world.state.tensors, "zero", TENSOR_F64, 0, NULL, &scalar), 0);
	ck_assert(!is_same(digest_of(&world), before));
}
END_TEST

START_TEST(learner_models_encoder_and_settings_are_in_the_digest)
{
	cleanup(world_deinit) struct world world;
	add_first(start(&world));
	struct digest before = digest_of(&world);
	world.plan.learner = "static";
	ck_assert(!is_same(digest_of(&world), before));
	world.plan.learner = "ridge";
	world.plan.models = other_models;
	ck_assert(!is_same(digest_of(&world), before));
	world.plan.models = models;
	world.encoder.dimension = 768;
	ck_assert(!is_same(digest_of(&world), before));
	world.encoder.dimension = 384;
	ck_assert_int_eq(settings_put(&world.plan.settings, "penalty", 2.0), 0);
	ck_assert(!is_same(digest_of(&world), before));
	ck_assert_int_eq(settings_put(&world.plan.settings, "penalty", 1.0), 0);
	ck_assert(is_same(digest_of(&world), before));
}
END_TEST

START_TEST(who_takes_part_and_when_it_is_asked_are_not_in_the_digest)
{
	cleanup(world_deinit) struct world world;
	add_first(start(&world));
	struct digest before = digest_of(&world);
	world.plan.seed = 101;
	world.plan.n_clients = 7;
	world.plan.deadline_s = 60;
	world.plan.quorum = 0.5;
	ck_assert(is_same(digest_of(&world), before));
}
END_TEST

START_TEST(what_has_ended_is_empty_and_may_end_again)
{
	struct answer answer = { .rows = 3, .clipped = 1, .words = calloc(4, sizeof(uint64_t)) };
	struct state state = { .phase = 2 };
	float *data;
	ck_assert_int_eq(tensors_add(&answer.parts, "a", TENSOR_F32, SHAPE(2), &data), 0);
	ck_assert_int_eq(tensors_add(&state.tensors, "a", TENSOR_F32, SHAPE(2), &data), 0);
	answer_deinit(&answer);
	state_deinit(&state);
	ck_assert_ptr_null(answer.words);
	ck_assert_uint_eq(answer.rows + answer.clipped + answer.parts.n, 0);
	ck_assert_uint_eq(state.phase + state.tensors.n, 0);
	answer_deinit(&answer);
	state_deinit(&state);
	answer_deinit(NULL);
	state_deinit(NULL);
}
END_TEST

START_TEST(every_learner_of_the_list_is_found_by_its_name_and_complete)
{
	size_t n = 0;
	for (; learners[n]; n++) {
		const struct learner *learner = learners[n];
		ck_assert_ptr_eq(learners_find(learner->name), learner);
		ck_assert_ptr_eq(learners_predictor(learner->name), learner->predictor);
		ck_assert_str_eq(learner->predictor->learner, learner->name);
		ck_assert(learner->summary[0] != '\0');
		ck_assert(learner->settings && learner->init && learner->next && learner->contribute);
		ck_assert(learner->fold && learner->finish);
	}
	ck_assert_uint_ge(n, 4);
	ck_assert_str_eq(learners[0]->name, "static"); /* the one that the others must beat comes first */
	ck_assert_ptr_null(learners_find("Static"));
	ck_assert_ptr_null(learners_predictor(""));
}
END_TEST

SUITE_MAIN("learners", a_digest_does_not_depend_on_the_order_in_which_tensors_came,
	   every_value_name_type_and_shape_of_a_tensor_is_in_the_digest,
	   learner_models_encoder_and_settings_are_in_the_digest,
	   who_takes_part_and_when_it_is_asked_are_not_in_the_digest,
	   what_has_ended_is_empty_and_may_end_again,
	   every_learner_of_the_list_is_found_by_its_name_and_complete)
