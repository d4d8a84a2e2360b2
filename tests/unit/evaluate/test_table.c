/* What the table says, and that it does not say more. */
#include "tests/support/suite.h"

#include <math.h>
#include <string.h>

#include "common/evaluate/table.h"

static const char *models[] = { "big", "small" };
static struct single singles[] = { { 0.8, 0.001 }, { 0.5, 0.0001 } };
static const struct controls controls = { .n_models = 2,
					  .singles = singles,
					  .best_single = 0,
					  .cheapest_single = 1,
					  .random = { 0.65, 0.00055 },
					  .lo = 0.0001,
					  .hi = 0.001,
					  .static_mix_aiq = 0.65,
					  .oracle_aiq = 0.9,
					  .oracle_accuracy = 0.95 };

static struct table_router router(const char *learner, const char *scope, double aiq, double lift)
{
	return (struct table_router){
		.learner = learner,
		.scope = scope,
		.aiq = aiq,
		.nauc = aiq,
		.max_accuracy = 0.8,
		.gains = { .aiq = { aiq - 0.02, aiq + 0.02 },
			   .lift = lift,
			   .mix_gain = 0.01,
			   .lift_interval = { lift - 0.01, lift + 0.01 },
			   .mix_gain_interval = { -0.01, 0.03 } },
		.quality = { .cost_save = NAN },
		.bytes_up = 1.5e6,
		.seconds = 2.5,
	};
}

/* The text lives until the next call. */
static const char *print(const struct table_router *routers, size_t n, size_t n_seeds)
{
	struct table_seed seeds[3];
	for (size_t s = 0; s < n_seeds; s++)
		seeds[s] = (struct table_seed){ 100 + s, 50, &controls, routers, n };
	struct table table = { 2, models, n_seeds, seeds };
	static char text[16384];
	FILE *out = fmemopen(text, sizeof(text), "w");
	table_print(&table, out);
	fclose(out);
	return text;
}

static void has(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) != NULL, "no \"%s\" in:\n%s", part, text);
}

START_TEST(the_controls_come_first_with_costs_per_thousand_queries)
{
	struct table_router routers[] = { router("static", "federated", 0.64, 0) };
	const char *text = print(routers, 1, 1);
	has(text, "Seed 100: 50 test queries, 2 models");
	has(text, "0.800             1.0000  best\n");
	has(text, "0.500             0.1000  cheapest\n");
	has(text, "static mix AIQ 0.650");
	has(text, "oracle AIQ 0.900, accuracy 0.950");
	ck_assert(strstr(text, "random choice") < strstr(text, "static federated"));
	has(text, "baseline");
}
END_TEST

START_TEST(a_lift_is_marked_only_where_its_interval_excludes_zero)
{
	struct table_router routers[] = { router("ridge", "federated", 0.66, 0.02),
					  router("mlp", "central", 0.6, 0.003) };
	const char *text = print(routers, 2, 1);
	has(text, "+0.020 [+0.010, +0.030] * ");
	has(text, "+0.003 [-0.007, +0.013]   ");
	has(text, "federated ridge is above the static learner by +0.020 [+0.010, +0.030]: "
		  "distinguishable, better");
	has(text, "central mlp is above the static learner by +0.003 [-0.007, +0.013]: not distinguishable");
	has(text, "AIQ 0.660 is above the static mix (0.650)");
	has(text, "AIQ 0.600 does not reach the static mix (0.650)");
	has(text, "1.5 MB");
	ck_assert_ptr_null(strstr(text, "No learner"));
}
END_TEST

START_TEST(a_loss_is_called_one_and_a_log_where_routing_does_not_pay_is_said_to_be_one)
{
	struct table_router routers[] = { router("kmeans", "federated", 0.6, -0.05) };
	const char *text = print(routers, 1, 1);
	has(text, "is below the static learner by -0.050 [-0.060, -0.040]: distinguishable, worse");
	has(text, "No learner is above the static mix");
}
END_TEST

START_TEST(local_routers_are_one_row_with_mean_and_range)
{
	struct table_router routers[] = { router("ridge", "local", 0.6, -0.02),
					  router("ridge", "local", 0.7, 0.04) };
	routers[0].client = "a";
	routers[1].client = "b";
	const char *text = print(routers, 2, 1);
	has(text, "0.650 (0.600 .. 0.700)");
	has(text, "+0.010 (-0.020 .. +0.040)");
	ck_assert_ptr_null(strstr(strstr(text, "ridge local") + 1, "ridge local"));
}
END_TEST

START_TEST(seeds_are_shown_each_and_pooled_without_narrowing_the_interval)
{
	struct table_router routers[] = { router("ridge", "federated", 0.66, 0.02) };
	const char *text = print(routers, 1, 3);
	has(text, "Seed 100:");
	has(text, "Seed 102:");
	has(text, "All 3 seeds");
	has(strstr(text, "All 3 seeds"), "+0.020 [+0.010, +0.030] *");
	has(text, "(above in 3, below in 0 of 3 seeds)");
}
END_TEST

START_TEST(names_of_any_length_and_script_stand_in_columns)
{
	struct table_router routers[] = { router("static", "federated", 0.64, 0) };
	models[0] = "a-model-with-a-name-of-more-than-thirty-six-letters";
	models[1] = "modèle-ü";
	const char *text = print(routers, 1, 1), *header = strstr(text, "  single models");
	const char *long_row = strstr(text, models[0]) - 2, *short_row = strstr(text, models[1]) - 2;
	models[0] = "big";
	models[1] = "small";
	long column = strstr(header, "accuracy") + 8 - header;
	ck_assert_int_eq(strstr(long_row, "0.800") + 5 - long_row, column);
	ck_assert_int_eq(strstr(short_row, "0.500") + 5 - short_row,
			 column + 2); /* two letters of two bytes */
}
END_TEST

START_TEST(a_saving_of_nothing_has_no_sign)
{
	struct table_router routers[] = { router("ridge", "federated", 0.64, 0) };
	routers[0].quality.cost_save = -0.0001;
	ck_assert_ptr_null(strstr(print(routers, 1, 1), "-0.0 %"));
	routers[0].quality.cost_save = -0.001;
	has(print(routers, 1, 1), "-0.1 %");
}
END_TEST

START_TEST(what_is_undefined_is_said_to_be)
{
	struct table_router routers[] = { router("ridge", "federated", NAN, NAN) };
	const char *text = print(routers, 1, 1);
	has(text, "n/a");
	has(text, "federated ridge has no AIQ here");
	ck_assert_ptr_null(strstr(text, "does as well"));
	ck_assert_ptr_null(strstr(text, "nan"));
}
END_TEST

SUITE_MAIN("Table", the_controls_come_first_with_costs_per_thousand_queries,
	   a_lift_is_marked_only_where_its_interval_excludes_zero,
	   a_loss_is_called_one_and_a_log_where_routing_does_not_pay_is_said_to_be_one,
	   local_routers_are_one_row_with_mean_and_range,
	   seeds_are_shown_each_and_pooled_without_narrowing_the_interval,
	   names_of_any_length_and_script_stand_in_columns, a_saving_of_nothing_has_no_sign,
	   what_is_undefined_is_said_to_be)
