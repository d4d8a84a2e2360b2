/* A plan out of its text: the same plan again, or every mistake with its place. */
#include "tests/support/suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/plan/plan_read.h"
#include "tests/support/scratch.h"

static const struct setting table[] = {
	{ "lr", SETTING_NUMBER, 0.001, 0.0, 10.0, "learning rate" },
	{ "batch", SETTING_INTEGER, 128.0, 1.0, 65536.0, "rows of a batch" },
	{ "paper", SETTING_BOOLEAN, 0.0, 0.0, 1.0, "as published" },
	{ .name = NULL },
};

static const struct setting *find(const char *learner)
{
	return strcmp(learner, "mlp") == 0 ? table : NULL;
}

/* A good plan, line by line. */
enum {
	VERSION,
	LEARNER,
	SEED,
	CLIENTS,
	ROUNDS,
	PARTICIPATION,
	QUORUM,
	DEADLINE,
	HELD_OUT,
	ENCODER,
	MODELS,
	LIMITS,
	SETTINGS,
	LINES
};
static const char *const good[LINES] = {
	[VERSION] = "version: 1",
	[LEARNER] = "learner: mlp",
	[SEED] = "seed: 18446744073709551615",
	[CLIENTS] = "clients: [client-00, client-01]",
	[ROUNDS] = "rounds: 5",
	[PARTICIPATION] = "participation: 0.6",
	[QUORUM] = "quorum: 1.0",
	[DEADLINE] = "deadline_s: 3600",
	[HELD_OUT] = "held_out: 0.3333333333333333",
	[ENCODER] = "encoder: {name: given, dimension: 384}",
	[MODELS] = "models: [a, b]",
	[LIMITS] = "limits: {rows: 65536, cohort: 64}",
	[SETTINGS] = "settings: {lr: 0.003, batch: 128, paper: false}",
};

/* The good plan with another text for one of its lines ("": without it). */
static const char *with(size_t line, const char *text)
{
	static char out[4096];
	out[0] = '\0';
	for (size_t i = 0, n = 0; i < LINES; i++) {
		const char *here = i == line ? text : good[i];
		n += (size_t)snprintf(out + n, sizeof(out) - n, *here ? "%s\n" : "%s", here);
	}
	return out;
}

static void parse_good(const char *text, struct plan_file *file)
{
	struct findings findings = { 0 };
	int r = plan_parse("plan.yaml", text, strlen(text), find, &findings, file);
	ck_assert_msg(r == PLAN_E_OK, "%s", findings.n > 0 ? findings.items[0].detail : "");
	ck_assert_uint_eq(findings.n, 0);
}

static struct findings parse_bad(const char *text)
{
	struct findings findings = { 0 };
	struct plan_file file;
	int r = plan_parse("plan.yaml", text, strlen(text), find, &findings, &file);
	ck_assert_int_eq(r, PLAN_E_BAD);
	plan_file_deinit(&file);
	return findings;
}

/* The good plan with `text` for one line has one mistake, there, with `what` in its detail. */
static void check_mistake(size_t line, const char *text, const char *what)
{
	struct findings findings = parse_bad(with(line, text));
	ck_assert_uint_eq(findings.n, 1);
	ck_assert_str_eq(findings.items[0].file, "plan.yaml");
	ck_assert_msg(findings.items[0].line == (*text ? line + 1 : 1) &&
			      strstr(findings.items[0].detail, what) != NULL,
		      "%s → %zu: %s", text, findings.items[0].line, findings.items[0].detail);
	ck_assert_ptr_nonnull(strstr(findings.items[0].detail, "column "));
	findings_deinit(&findings);
}

static void check_texts(const char *const *found, size_t n, const char *expected)
{
	char text[256] = "";
	for (size_t i = 0, length = 0; i < n; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s ", found[i]);
	ck_assert_str_eq(text, expected);
}

START_TEST(a_plan_is_what_its_file_says)
{
	cleanup(plan_file_deinit) struct plan_file file;
	parse_good(with(LINES, ""), &file);
	const struct plan *plan = &file.plan;
	ck_assert_str_eq(plan->learner, "mlp");
	ck_assert_uint_eq(plan->seed, UINT64_MAX);
	check_texts(plan->clients, plan->n_clients, "client-00 client-01 ");
	ck_assert_uint_eq(plan->rounds, 5);
	ck_assert_double_eq(plan->participation, 0.6);
	ck_assert_double_eq(plan->quorum, 1.0);
	ck_assert_uint_eq(plan->deadline_s, 3600);
	ck_assert_double_eq(plan->held_out, 0.3333333333333333);
	ck_assert_str_eq(plan->encoder->name, "given");
	ck_assert_uint_eq(plan->encoder->dimension, 384);
	check_texts(plan->models, plan->n_models, "a b ");
	ck_assert(!file.models_auto);
	ck_assert_uint_eq(plan->limit_rows, 65536);
	ck_assert_uint_eq(plan->limit_cohort, 64);
	ck_assert_double_eq(settings_number(&plan->settings, "lr"), 0.003);
	ck_assert_uint_eq(settings_integer(&plan->settings, "batch"), 128);
	ck_assert(!settings_is(&plan->settings, "paper"));
}
END_TEST

START_TEST(a_written_plan_comes_back_as_the_same_bytes)
{
	cleanup(plan_file_deinit) struct plan_file file;
	cleanup(free_pointer) char *bytes = NULL;
	size_t n;
	const char *text = with(LINES, "");
	parse_good(text, &file);
	ck_assert_int_eq(plan_yaml(&file.plan, &bytes, &n), 0);
	ck_assert_uint_eq(n, strlen(text));
	ck_assert_mem_eq(bytes, text, n);
}
END_TEST

START_TEST(names_that_mean_something_in_yaml_come_back)
{
	static const char *const names[] = { "\t",   "  x ",   "!!int 1", "\"\\", "#x",
					     "%x",   "&a",     "'",       "*a",   "- x",
					     "1.5",  "[a, b]", "a #b",    "a: b", "auto",
					     "null", "x\ny",   "{",       "~",    "é\xe2\x82\xac" };
	cleanup(plan_file_deinit) struct plan_file file, again;
	cleanup(free_pointer) char *bytes = NULL;
	cleanup(free_pointer) char *more = NULL;
	size_t n, m;
	parse_good(with(LINES, ""), &file);
	file.plan.models = names;
	file.plan.n_models = sizeof(names) / sizeof(names[0]);
	ck_assert_int_eq(plan_yaml(&file.plan, &bytes, &n), 0);
	struct findings findings = { 0 };
	ck_assert_int_eq(plan_parse("again", bytes, n, find, &findings, &again), PLAN_E_OK);
	for (size_t i = 0; i < file.plan.n_models; i++)
		ck_assert_str_eq(again.plan.models[i], names[i]);
	ck_assert_int_eq(plan_yaml(&again.plan, &more, &m), 0);
	ck_assert_uint_eq(n, m);
	ck_assert_mem_eq(bytes, more, n);
	plan_file_deinit(&again);
}
END_TEST

START_TEST(clients_and_models_are_sorted_by_their_bytes)
{
	cleanup(plan_file_deinit) struct plan_file clients;
	cleanup(plan_file_deinit) struct plan_file models;
	parse_good(with(CLIENTS, "clients: [b, a.2, a-1, a_3, 0]"), &clients);
	check_texts(clients.plan.clients, clients.plan.n_clients, "0 a-1 a.2 a_3 b ");
	parse_good(with(MODELS, "models:\n- é\n- b\n- Z\n"), &models);
	check_texts(models.plan.models, models.plan.n_models, "Z b é ");
}
END_TEST

START_TEST(settings_that_are_left_away_are_the_learners)
{
	cleanup(plan_file_deinit) struct plan_file some;
	cleanup(plan_file_deinit) struct plan_file none;
	parse_good(with(SETTINGS, "settings: {paper: true}"), &some);
	ck_assert_double_eq(settings_number(&some.plan.settings, "lr"), 0.001);
	ck_assert(settings_is(&some.plan.settings, "paper"));
	parse_good(with(SETTINGS, ""), &none);
	ck_assert_uint_eq(settings_integer(&none.plan.settings, "batch"), 128);
}
END_TEST

START_TEST(an_auto_plan_gets_its_models_later)
{
	static const char *const reported[] = { "b", "a", "b", "c", "a" };
	cleanup(plan_file_deinit) struct plan_file file;
	cleanup(plan_file_deinit) struct plan_file again;
	cleanup(free_pointer) char *bytes = NULL;
	struct findings findings = { 0 };
	size_t n;
	parse_good(with(MODELS, "models: auto"), &file);
	ck_assert(file.models_auto);
	ck_assert_uint_eq(file.plan.n_models, 0);
	ck_assert_int_eq(plan_file_models(&file, NULL, 0), 0);
	ck_assert_uint_eq(file.plan.n_models, 0);
	ck_assert_int_eq(plan_file_models(&file, reported, 5), 0);
	check_texts(file.plan.models, file.plan.n_models, "a b c ");
	ck_assert_int_eq(plan_file_models(&file, reported, 1), 0);
	check_texts(file.plan.models, file.plan.n_models, "b ");
	ck_assert_int_eq(plan_yaml(&file.plan, &bytes, &n), 0);
	ck_assert_int_eq(plan_parse("again", bytes, n, find, &findings, &again), PLAN_E_OK);
	ck_assert(!again.models_auto);
}
END_TEST

START_TEST(a_key_that_is_missing_is_named)
{
	static const char *const keys[] = { "version",  "learner",       "seed",   "clients",
					    "rounds",   "participation", "quorum", "deadline_s",
					    "held_out", "encoder",       "models", "limits" };
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct findings findings = parse_bad(with(i, ""));
		ck_assert_uint_eq(findings.n, 1);
		ck_assert_str_eq(findings.items[0].reason, "missing key");
		ck_assert_ptr_nonnull(strstr(findings.items[0].detail, keys[i]));
		findings_deinit(&findings);
	}
	check_mistake(ENCODER, "encoder: {name: given}", "dimension is not there");
	check_mistake(LIMITS, "limits: {rows: 1}", "cohort is not there");
}
END_TEST

START_TEST(a_key_that_nobody_knows_is_an_error)
{
	check_mistake(SETTINGS, "setings: {lr: 0.1}", "setings: did you mean settings?");
	check_mistake(SETTINGS, "settings: {lr: 0.1, momentum: 1}", "column 21: momentum: leave it away");
	check_mistake(ENCODER, "encoder: {name: given, dimension: 3, weights: x}", "weights: leave it away");
	check_mistake(ROUNDS, "seed: 6", "seed is also in line 3");
}
END_TEST

START_TEST(another_version_is_all_that_is_said)
{
	check_mistake(VERSION, "version: 2\nfuture: true", "1, the version");
	check_mistake(VERSION, "version: \"1\"", "1, the version");
	check_mistake(VERSION, "version: [1]", "1, the version");
}
END_TEST

START_TEST(a_learner_that_nobody_has_does_not_hide_other_mistakes)
{
	check_mistake(LEARNER, "learner: oracle", "learner needs the name of a learner");
	check_mistake(LEARNER, "learner: [mlp]", "learner needs a text");
	struct findings findings = parse_bad(with(LEARNER, "learner: oracle\nrounds_: 3"));
	ck_assert_uint_eq(findings.n, 2);
	findings_deinit(&findings);
}
END_TEST

START_TEST(numbers_out_of_range_are_refused)
{
	static const char *const shares[] = { "0",    "-0.1",    "1.1", "nan", "inf",   "0x1p-1",
					      "half", "\"0.5\"", "1e",  "''",  "1e-400" };
	char text[64];
	for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		snprintf(text, sizeof(text), "participation: %s", shares[i]);
		check_mistake(PARTICIPATION, text, "participation needs");
	}
	check_mistake(QUORUM, "quorum: 0.0", "above 0, up to 1");
	check_mistake(HELD_OUT, "held_out: 1.0", "at least 0, below 1");
	check_mistake(HELD_OUT, "held_out: -0.1", "at least 0, below 1");
	check_mistake(ROUNDS, "rounds: 0", "rounds needs a whole number of at least 1");
	check_mistake(ROUNDS, "rounds: 2.5", "rounds needs a whole number");
	check_mistake(ROUNDS, "rounds: 4294967296", "of 0 to 4294967295");
	check_mistake(DEADLINE, "deadline_s: 0", "at least 1");
	check_mistake(SEED, "seed: -1", "seed needs a whole number");
	check_mistake(ENCODER, "encoder: {name: given, dimension: 0}", "1 to 8192");
	check_mistake(ENCODER, "encoder: {name: given, dimension: 8193}", "1 to 8192");
	check_mistake(ENCODER,
		      "encoder: {dimension: 1, name: "
		      "a-name-of-an-encoder-that-is-longer-than-sixty-three-letters-are}",
		      "at most 63 bytes");
}
END_TEST

START_TEST(nothing_held_out_is_fine)
{
	cleanup(plan_file_deinit) struct plan_file file;
	parse_good(with(HELD_OUT, "held_out: -0.0"), &file);
	ck_assert(!signbit(file.plan.held_out));
}
END_TEST

START_TEST(rows_and_cohort_are_bounded_together)
{
	cleanup(plan_file_deinit) struct plan_file file;
	parse_good(with(LIMITS, "limits: {rows: 262144, cohort: 64}"), &file);
	check_mistake(LIMITS, "limits: {rows: 262145, cohort: 64}", "2^24");
	check_mistake(LIMITS, "limits: {rows: 18446744073709551615, cohort: 2}", "2^24");
	check_mistake(LIMITS, "limits: {rows: 0, cohort: 2}", "at least 1");
	check_mistake(LIMITS, "limits: {rows: 65536, cohort: 1}", "as large as the roster");
}
END_TEST

START_TEST(names_that_are_none_are_refused)
{
	static const char *const names[] = {
		"Client", "-a",
		".a",     "_a",
		"a b",    "a/b",
		"..",     "é",
		"a''b",   "a-name-of-a-client-that-is-longer-than-sixty-four-letters-ever-are",
	};
	char text[128];
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(text, sizeof(text), "clients: [client-00, '%s']", names[i]);
		check_mistake(CLIENTS, text, "column 22: it needs 1 to 64 of");
	}
	check_mistake(CLIENTS, "clients: []", "at least one value");
	check_mistake(CLIENTS, "clients: client-00", "a list");
	check_mistake(CLIENTS, "clients: [{a: b}]", "a text");
	check_mistake(MODELS, "models: [a, '']", "not empty");
	check_mistake(MODELS, "models: automatic", "a list");
}
END_TEST

START_TEST(a_name_twice_is_refused_at_one_of_its_places)
{
	check_mistake(CLIENTS, "clients: [a, b, a]", "a is in clients more than once");
	check_mistake(MODELS, "models: [m, n, m]", "m is in models more than once");
}
END_TEST

START_TEST(settings_are_of_their_type_and_range)
{
	check_mistake(SETTINGS, "settings: {lr: 10.5}", "column 16: lr needs a number of 0 to 10");
	check_mistake(SETTINGS, "settings: {lr: fast}", "lr needs a number of 0 to 10");
	check_mistake(SETTINGS, "settings: {lr: \"1\"}", "lr needs a number of 0 to 10");
	check_mistake(SETTINGS, "settings: {batch: 1.5}", "batch needs a whole number of 1 to 65536");
	check_mistake(SETTINGS, "settings: {paper: 1}", "paper needs true or false");
	check_mistake(SETTINGS, "settings: {paper: [true]}", "paper needs a text");
	check_mistake(SETTINGS, "settings: []", "settings needs keys with values");
}
END_TEST

START_TEST(all_mistakes_of_one_kind_are_told_together)
{
	struct findings findings = parse_bad("version: 1\nlearner: mlp\nseed: 1\nclients: [A, B]\nrounds: 0\n"
					     "participation: 2\nquorum: x\ndeadline_s: 0\nheld_out: 1\n"
					     "encoder: {name: given, dimension: 0}\nmodels: [a]\n"
					     "limits: {rows: 1, cohort: 1}\nsettings: {lr: 11, batch: 0}\n");
	ck_assert_uint_eq(findings.n, 11);
	findings_deinit(&findings);
}
END_TEST

START_TEST(hostile_texts_are_refused)
{
	cleanup(free_pointer) char *deep = calloc(300001, 1);
	memset(deep, '[', 300000);
	memcpy(deep, "models: ", 8);
	struct findings findings = parse_bad(deep);
	ck_assert_uint_eq(findings.n, 1);
	findings_deinit(&findings);
	check_mistake(SEED, "seed: &a 1", "anchors and aliases");
	check_mistake(SEED, "seed: !!int 1", "tags");
	check_mistake(MODELS, "models: [a, \"\\0\"]", "NUL");
	check_mistake(MODELS, "models: [a, \xff]", "");
	check_mistake(SETTINGS, "<<: {lr: 1}", "<<: leave it away");
}
END_TEST

START_TEST(a_file_is_read_as_its_text)
{
	struct findings findings = { 0 };
	cleanup(plan_file_deinit) struct plan_file file;
	cleanup(plan_file_deinit) struct plan_file none;
	const char *path = scratch_text("plan.yaml", with(LINES, ""));
	ck_assert_int_eq(plan_read(path, find, &findings, &file), PLAN_E_OK);
	ck_assert_str_eq(file.plan.learner, "mlp");
	ck_assert_int_eq(plan_read(scratch_path("nowhere"), find, &findings, &none), PLAN_E_BAD);
	ck_assert_uint_eq(findings.n, 1);
	findings_deinit(&findings);
}
END_TEST

SUITE_MAIN("Reading plans", a_plan_is_what_its_file_says, a_written_plan_comes_back_as_the_same_bytes,
	   names_that_mean_something_in_yaml_come_back, clients_and_models_are_sorted_by_their_bytes,
	   settings_that_are_left_away_are_the_learners, an_auto_plan_gets_its_models_later,
	   a_key_that_is_missing_is_named, a_key_that_nobody_knows_is_an_error,
	   another_version_is_all_that_is_said, a_learner_that_nobody_has_does_not_hide_other_mistakes,
	   numbers_out_of_range_are_refused, nothing_held_out_is_fine, rows_and_cohort_are_bounded_together,
	   names_that_are_none_are_refused, a_name_twice_is_refused_at_one_of_its_places,
	   settings_are_of_their_type_and_range, all_mistakes_of_one_kind_are_told_together,
	   hostile_texts_are_refused, a_file_is_read_as_its_text)
