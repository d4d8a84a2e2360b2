/* What is said of a written consortium. */
#include "tests/support/suite.h"

#include <jansson.h>
#include <string.h>

#include "server/sample/sample_report.h"

enum { TEXT = 1 << 14 };

static char text[TEXT];

static const struct world *make(struct world *world)
{
	ck_assert_int_eq(world_init(3, 240, 1, world), 0);
	return world;
}

START_TEST(a_person_reads_counts_that_add_up_and_where_things_are)
{
	struct world world;
	FILE *out = fmemopen(text, sizeof(text), "w");
	sample_report_print(make(&world), "there", out);
	ck_assert_int_eq(fclose(out), 0);
	static const char form[] =
		"there: 3 clients, 8 models, 240 queries (%zu for training, %zu for testing)";
	size_t train = 0, test = 0;
	ck_assert_int_eq(sscanf(text, form, &train, &test), 2);
	ck_assert_uint_eq(train + test, 240);
	ck_assert_uint_gt(train, 2 * test);
	ck_assert_ptr_nonnull(strstr(text, "clients/NAME/log.jsonl"));
	ck_assert_ptr_nonnull(strstr(text, "1920 scores and costs"));
	world_deinit(&world);
}
END_TEST

START_TEST(a_script_reads_every_client_and_model)
{
	struct world world;
	FILE *out = fmemopen(text, sizeof(text), "w");
	ck_assert_int_eq(sample_report_json(make(&world), 1, "there", out), 0);
	ck_assert_int_eq(fclose(out), 0);
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	const json_t *clients = json_object_get(json, "clients");
	ck_assert_str_eq(json_string_value(json_object_get(json, "schema")), "fedrouter.sample/1");
	ck_assert_str_eq(json_string_value(json_object_get(json, "out")), "there");
	ck_assert_int_eq(json_integer_value(json_object_get(json, "seed")), 1);
	ck_assert_int_eq(json_integer_value(json_object_get(json, "queries")), 240);
	ck_assert_uint_eq(json_array_size(json_object_get(json, "models")), 8);
	ck_assert_uint_eq(json_array_size(clients), 3);
	for (size_t c = 0; c < 3; c++) {
		const json_t *client = json_array_get(clients, c);
		const struct partition_client *known = &world.partition.clients[c];
		ck_assert_str_eq(json_string_value(json_object_get(client, "name")), known->name);
		ck_assert_uint_eq((size_t)json_integer_value(json_object_get(client, "train")),
				  known->n_train_queries);
		ck_assert_uint_eq((size_t)json_integer_value(json_object_get(client, "test")), known->n_test);
		ck_assert_uint_eq((size_t)json_integer_value(json_object_get(client, "observations")),
				  known->train.n_rows);
	}
	json_decref(json);
	world_deinit(&world);
}
END_TEST

SUITE_MAIN("sample_report", a_person_reads_counts_that_add_up_and_where_things_are,
	   a_script_reads_every_client_and_model)
