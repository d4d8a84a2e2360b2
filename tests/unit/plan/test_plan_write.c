/* A plan as the text of its file. */
#include "tests/support/suite.h"

#include <cyaml/cyaml.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/plan/plan.h"
#include "common/plan/plan_form.h"
#include "common/yaml/yaml_load.h"
#include "tests/support/scratch.h"

static const struct setting table[] = {
	{ "lr", SETTING_NUMBER, 0.001, 0.0, 10.0, "learning rate" },
	{ "batch", SETTING_INTEGER, 128.0, 1.0, 65536.0, "rows of a batch" },
	{ "paper", SETTING_BOOLEAN, 0.0, 0.0, 1.0, "as published" },
	{ 0 },
};

static const struct encoder_identity encoder = { .name = "given", .dimension = 384, .normalization = "l2" };

static struct plan plan_of(size_t n_models, const char *const *models)
{
	static const char *const clients[] = { "client-00", "client-01" };
	struct plan plan = {
		.learner = "mlp",
		.seed = UINT64_MAX,
		.n_clients = 2,
		.clients = clients,
		.rounds = 5,
		.participation = 0.6,
		.quorum = 1.0,
		.deadline_s = 3600,
		.held_out = 1.0 / 3.0,
		.encoder = &encoder,
		.n_models = n_models,
		.models = models,
		.limit_rows = PLAN_ROWS,
		.limit_cohort = PLAN_COHORT,
	};
	settings_init(&plan.settings, table);
	return plan;
}

/* The text with a NUL behind it. */
static char *text_of(const struct plan *plan)
{
	char *bytes;
	size_t n;
	ck_assert_int_eq(plan_yaml(plan, &bytes, &n), 0);
	char *text = calloc(n + 1, 1);
	memcpy(text, bytes, n);
	ck_assert_uint_eq(strlen(text), n);
	free(bytes);
	return text;
}

START_TEST(a_plan_reads_as_its_contract_has_it)
{
	struct plan plan = plan_of(2, (const char *const[]){ "a", "b" });
	cleanup(free_pointer) char *text = text_of(&plan);
	ck_assert_str_eq(text, "version: 1\n"
			       "learner: mlp\n"
			       "seed: 18446744073709551615\n"
			       "clients: [client-00, client-01]\n"
			       "rounds: 5\n"
			       "participation: 0.6\n"
			       "quorum: 1.0\n"
			       "deadline_s: 3600\n"
			       "held_out: 0.3333333333333333\n"
			       "encoder: {name: given, dimension: 384}\n"
			       "models: [a, b]\n"
			       "limits: {rows: 65536, cohort: 64}\n"
			       "settings: {lr: 0.001, batch: 128, paper: false}\n");
}
END_TEST

/* What the schema reads from `text`; the caller frees it. */
static struct plan_form *loaded(const char *text, struct plan_schema *schema)
{
	struct plan_form *form = NULL;
	plan_form_schema(table, schema);
	ck_assert_int_eq(cyaml_load_data((const uint8_t *)text, strlen(text), &yaml_load_config,
					 &schema->plan, (cyaml_data_t **)&form, NULL),
			 CYAML_OK);
	return form;
}

static void check_real(double value)
{
	struct plan plan = plan_of(1, (const char *const[]){ "a" });
	struct plan_schema schema;
	plan.participation = value;
	plan.settings.values[0] = value;
	cleanup(free_pointer) char *text = text_of(&plan);
	struct plan_form *form = loaded(text, &schema);
	ck_assert_double_eq(strtod(form->participation, NULL), value);
	ck_assert_double_eq(strtod(form->settings[0], NULL), value);
	ck_assert_ptr_nonnull(strpbrk(form->settings[0], ".e"));
	cyaml_free(&yaml_load_config, &schema.plan, form, 0);
}

START_TEST(real_numbers_come_back_to_their_last_bit)
{
	static const double values[] = { 0.1,
					 1.0 / 3.0,
					 0.3 - 0.1,
					 1e-300,
					 5e-324,
					 1.7976931348623157e308,
					 0.0,
					 1.0,
					 100000.0,
					 1e17,
					 123456789012345680.0,
					 0.30000000000000004 };
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		check_real(values[i]);
}
END_TEST

/* Names come from foreign logs: in YAML some of them would be other things, or other lines. */
START_TEST(names_that_mean_something_in_yaml_stay_names)
{
	static const char *const names[] = {
		"",   "null", "true", "~",    "1.5",  "a: b",          "- x",     "[a, b]",
		"#x", "a #b", "'",    "\"\\", "x\ny", "  x ",          "!!int 1", "&a",
		"*a", "{",    "%x",   "@x",   "\t",   "é\xe2\x82\xac", "---",     "gpt-4o, o1"
	};
	enum { NAMES = sizeof(names) / sizeof(names[0]) };
	struct plan plan = plan_of(NAMES - 1, names + 1);
	struct plan_schema schema;
	cleanup(free_pointer) char *text = text_of(&plan);
	struct plan_form *form = loaded(text, &schema);
	ck_assert_uint_eq(form->n_models, NAMES - 1);
	for (size_t i = 1; i < NAMES; i++)
		ck_assert_str_eq(form->models[i - 1], names[i]);
	cyaml_free(&yaml_load_config, &schema.plan, form, 0);
}
END_TEST

START_TEST(many_names_come_back_in_order)
{
	enum { MANY = 1000 };
	static char texts[MANY][128];
	static const char *names[MANY];
	for (size_t i = 0; i < MANY; i++) {
		snprintf(texts[i], sizeof(texts[i]), "a-vendor-with-a-long-name/model-%04zu-of-a-long-list",
			 i);
		names[i] = texts[i];
	}
	struct plan plan = plan_of(MANY, names);
	struct plan_schema schema;
	cleanup(free_pointer) char *text = text_of(&plan);
	struct plan_form *form = loaded(text, &schema);
	ck_assert_uint_eq(form->n_models, MANY);
	for (size_t i = 0; i < MANY; i++)
		ck_assert_str_eq(form->models[i], names[i]);
	ck_assert_uint_eq(form->seed, UINT64_MAX);
	cyaml_free(&yaml_load_config, &schema.plan, form, 0);
}
END_TEST

START_TEST(a_written_plan_is_its_text)
{
	struct plan plan = plan_of(2, (const char *const[]){ "a", "b" });
	const char *path = scratch_path("plan.yaml");
	cleanup(free_pointer) char *text = text_of(&plan);
	ck_assert_int_eq(plan_write(&plan, path), 0);
	cleanup(free_pointer) char *written = scratch_read(path, NULL);
	ck_assert_str_eq(written, text);
}
END_TEST

START_TEST(a_name_that_is_no_text_is_not_written)
{
	struct plan plan = plan_of(2, (const char *const[]){ "a", "b\xff" });
	ck_assert_int_lt(plan_write(&plan, scratch_path("plan.yaml")), 0);
	ck_assert_uint_eq(scratch_count(), 0);
}
END_TEST

SUITE_MAIN("Plan files", a_plan_reads_as_its_contract_has_it, real_numbers_come_back_to_their_last_bit,
	   names_that_mean_something_in_yaml_stay_names, many_names_come_back_in_order,
	   a_written_plan_is_its_text, a_name_that_is_no_text_is_not_written)
