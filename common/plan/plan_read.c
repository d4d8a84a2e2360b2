/* plan_read.c: a plan's tree, its schema, and the rules that no schema knows.              (kind: adapter) */
#include "common/plan/plan_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/plan/plan_form.h"
#include "common/yaml/yaml_load.h"

struct plan_owned {
	struct plan_schema schema;
	struct plan_form *form;
	char **models; /* of plan_file_models */
	size_t n_models;
};

/* A file being read. */
struct reading {
	const struct yaml_tree *tree;
	struct findings *findings;
	plan_settings find;
	bool good;
};

/* --- saying what is wrong --- */

static const char unusable[] = "wrong value";

/* The value under `key` of the plan, or under `inner` in it. */
static const struct yaml_node *value_of(const struct reading *reading, const char *key, const char *inner)
{
	const struct yaml_node *value = yaml_tree_find(reading->tree->root, key);
	return inner ? yaml_tree_find(value, inner) : value;
}

static void refuse(struct reading *reading, const struct yaml_node *node, const char *needs)
{
	yaml_tree_finding(reading->tree, node->place, reading->findings, unusable, "%s needs %s", node->key,
			  needs);
	reading->good = false;
}

/* --- names --- */

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_client(const char *name)
{
	size_t n = strlen(name);
	return n > 0 && n <= PLAN_NAME && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == n &&
	       !strchr("._-", name[0]);
}

static void check_clients(struct reading *reading)
{
	const struct yaml_node *node = value_of(reading, "clients", NULL)->first;
	for (; node; node = node->next) {
		if (is_client(node->text))
			continue;
		yaml_tree_finding(reading->tree, node->place, reading->findings, "not a client's name",
				  "it needs 1 to 64 of a-z 0-9 . _ - and a letter or digit in front");
		reading->good = false;
	}
}

/* The later one of two equal names is at fault. Which: texts[i] is in node number i. */
static int check_doubles(struct reading *reading, const char *key)
{
	const struct yaml_node *list = value_of(reading, key, NULL);
	cleanup(free_pointer) const char **names = calloc(list->n, sizeof(*names));
	TRY_ALLOC(names);
	size_t n = 0;
	for (const struct yaml_node *node = list->first; node; node = node->next)
		names[n++] = node->text;
	qsort(names, n, sizeof(*names), compare_texts);
	for (size_t i = 1; i < n; i++) {
		const struct yaml_node *node = list->first;
		if (strcmp(names[i - 1], names[i]) != 0)
			continue;
		while (node->text != names[i] && node->text != names[i - 1])
			node = node->next;
		yaml_tree_finding(reading->tree, node->place, reading->findings, "name twice",
				  "%s is in %s more than once: leave one of them", node->text, key);
		reading->good = false;
	}
	return 0;
}

/* --- numbers --- */

/* A real number as people write it, in [least, most] or, where `open`, in (least, most]. */
static double take_real(struct reading *reading, const char *key, double least, bool open, const char *needs)
{
	const struct yaml_node *node = value_of(reading, key, NULL);
	char *end;
	double value = strtod(node->text, &end);
	bool is_number = node->plain && end != node->text && *end == '\0' &&
			 strspn(node->text, "+-.0123456789eE") == strlen(node->text);
	if (!is_number || !(open ? value > least : value >= least) || value > 1.0)
		refuse(reading, node, needs);
	return value + 0.0; /* −0 and 0 would have two texts */
}

static void check_least(struct reading *reading, const struct yaml_node *node, uint64_t value)
{
	if (value < 1)
		refuse(reading, node, "a whole number of at least 1");
}

static void check_limits(struct reading *reading, const struct plan *plan)
{
	const struct yaml_node *rows = value_of(reading, "limits", "rows");
	const struct yaml_node *cohort = value_of(reading, "limits", "cohort");
	uint64_t together;
	check_least(reading, rows, plan->limit_rows);
	check_least(reading, cohort, plan->limit_cohort);
	if (__builtin_mul_overflow(plan->limit_rows, plan->limit_cohort, &together) ||
	    together > PLAN_ROWS_TOGETHER)
		refuse(reading, rows, "to be smaller, or cohort: rows × cohort is at most 2^24 = 16777216");
	else if (plan->n_clients > plan->limit_cohort)
		refuse(reading, cohort, "to be at least as large as the roster in clients");
}

/* --- the learner's settings --- */

static void check_setting(struct reading *reading, const struct setting *setting)
{
	const struct yaml_node *node = value_of(reading, "settings", setting->name);
	const char *kind = setting->type == SETTING_INTEGER ? "whole number" : "number";
	if (setting->type == SETTING_BOOLEAN)
		refuse(reading, node, "true or false");
	else
		yaml_tree_finding(reading->tree, node->place, reading->findings, unusable,
				  "%s needs a %s of %g to %g", setting->name, kind, setting->least,
				  setting->most);
	reading->good = false;
}

static int take_settings(struct reading *reading, const struct plan_form *form, struct settings *settings)
{
	const struct setting *table = settings->table;
	for (size_t i = 0; table[i].name; i++) {
		if (!form->settings[i])
			continue;
		int r = settings_set(settings, table[i].name, form->settings[i]);
		if (r < 0)
			return FAIL(r);
		if (r != SETTINGS_E_OK || !value_of(reading, "settings", table[i].name)->plain)
			check_setting(reading, &table[i]);
	}
	return 0;
}

/* --- the whole --- */

static int take_encoder(struct reading *reading, const struct plan_form *form, struct encoder_identity *out)
{
	const struct yaml_node *dimension = value_of(reading, "encoder", "dimension");
	bool fits = form->encoder.dimension >= 1 && form->encoder.dimension <= ENCODER_DIMENSION_MOST;
	if (!fits)
		refuse(reading, dimension, "a whole number of 1 to 8192");
	if (strlen(form->encoder.name) >= ENCODER_NAME)
		refuse(reading, value_of(reading, "encoder", "name"), "a name of at most 63 bytes");
	else if (fits)
		TRY(encoder_identity_given(form->encoder.name, (size_t)form->encoder.dimension, out));
	return 0;
}

static void take_names(const struct plan_form *form, struct plan *plan)
{
	plan->clients = form->clients;
	plan->n_clients = (size_t)form->n_clients;
	plan->models = form->models;
	plan->n_models = (size_t)form->n_models;
	qsort((void *)form->clients, plan->n_clients, sizeof(*form->clients), compare_texts);
	if (form->models)
		qsort((void *)form->models, plan->n_models, sizeof(*form->models), compare_texts);
}

static void take_numbers(struct reading *reading, const struct plan_form *form, struct plan *plan)
{
	static const char share[] = "a number above 0, up to 1";
	plan->learner = form->learner;
	plan->seed = form->seed;
	plan->rounds = form->rounds;
	plan->deadline_s = form->deadline_s;
	plan->limit_rows = form->limits.rows;
	plan->limit_cohort = form->limits.cohort;
	plan->participation = take_real(reading, "participation", 0.0, true, share);
	plan->quorum = take_real(reading, "quorum", 0.0, true, share);
	plan->held_out = take_real(reading, "held_out", 0.0, false, "a number of at least 0, below 1");
	if (plan->held_out == 1.0)
		refuse(reading, value_of(reading, "held_out", NULL), "a number of at least 0, below 1");
	check_least(reading, value_of(reading, "rounds", NULL), plan->rounds);
	check_least(reading, value_of(reading, "deadline_s", NULL), plan->deadline_s);
	check_limits(reading, plan);
}

/* What the form says becomes the plan, rule by rule. */
static int take_form(struct reading *reading, const struct setting *table, struct plan_file *out)
{
	const struct plan_form *form = out->owned->form;
	struct plan *plan = &out->plan;
	take_names(form, plan);
	take_numbers(reading, form, plan);
	settings_init(&plan->settings, table);
	TRY(take_settings(reading, form, &plan->settings));
	TRY(take_encoder(reading, form, &out->encoder));
	plan->encoder = &out->encoder;
	check_clients(reading);
	TRY(check_doubles(reading, "clients"));
	if (!out->models_auto)
		TRY(check_doubles(reading, "models"));
	return 0;
}

/* Another version has other keys, so nothing else is said about it. */
static bool check_version(struct reading *reading)
{
	const struct yaml_node *node = value_of(reading, "version", NULL);
	if (!node || (node->kind == YAML_TEXT && strcmp(node->text, "1") == 0 && node->plain))
		return true;
	refuse(reading, node, "1, the version of plans that this program knows");
	return false;
}

static const struct setting *find_settings(struct reading *reading)
{
	const struct yaml_node *node = value_of(reading, "learner", NULL);
	if (!node || node->kind != YAML_TEXT)
		return NULL;
	const struct setting *table = reading->find(node->text);
	if (!table)
		refuse(reading, node, "the name of a learner that this program has");
	return table;
}

static bool is_auto(const struct yaml_node *models)
{
	return models && models->kind == YAML_TEXT && strcmp(models->text, "auto") == 0;
}

static int read_tree(struct reading *reading, struct plan_file *out)
{
	static const struct setting none[] = { { .name = NULL } };
	if (!check_version(reading))
		return PLAN_E_BAD;
	const struct setting *table = find_settings(reading);
	struct plan_schema *schema = &out->owned->schema;
	plan_form_schema(table ? table : none, schema);
	if (!table)
		plan_form_ignore(schema, "settings");
	out->models_auto = is_auto(value_of(reading, "models", NULL));
	if (out->models_auto)
		plan_form_ignore(schema, "models");
	int r = yaml_load_check(reading->tree, &schema->plan, reading->findings);
	if (r != YAML_LOAD_E_OK || !table)
		return r < 0 ? r : PLAN_E_BAD;
	TRY(yaml_load(reading->tree, &schema->plan, (void **)&out->owned->form));
	TRY(take_form(reading, table, out));
	return reading->good ? PLAN_E_OK : PLAN_E_BAD;
}

/* Takes the outcome of the tree's own reading. */
static int read_plan(int tree_result, const struct yaml_tree *tree, plan_settings find,
		     struct findings *findings, struct plan_file *out)
{
	struct reading reading = { .tree = tree, .findings = findings, .find = find, .good = true };
	*out = (struct plan_file){ 0 };
	if (tree_result != YAML_TREE_E_OK)
		return tree_result < 0 ? tree_result : PLAN_E_BAD;
	out->owned = calloc(1, sizeof(*out->owned));
	TRY_ALLOC(out->owned);
	return read_tree(&reading, out);
}

int plan_parse(const char *name, const char *text, size_t n, plan_settings find, struct findings *findings,
	       struct plan_file *out)
{
	cleanup(yaml_tree_deinit) struct yaml_tree tree = { 0 };
	int r = yaml_tree_parse(name, text, n, findings, &tree);
	return read_plan(r, &tree, find, findings, out);
}

int plan_read(const char *path, plan_settings find, struct findings *findings, struct plan_file *out)
{
	cleanup(yaml_tree_deinit) struct yaml_tree tree = { 0 };
	int r = yaml_tree_read(path, findings, &tree);
	return read_plan(r, &tree, find, findings, out);
}

static void free_models(struct plan_owned *owned)
{
	for (size_t i = 0; i < owned->n_models; i++)
		free(owned->models[i]);
	free(owned->models);
	owned->models = NULL;
	owned->n_models = 0;
}

void plan_file_deinit(struct plan_file *file)
{
	if (!file)
		return;
	if (file->owned) {
		free_models(file->owned);
		yaml_load_free(&file->owned->schema.plan, file->owned->form);
	}
	free(file->owned);
	encoder_identity_deinit(&file->encoder);
	*file = (struct plan_file){ 0 };
}

int plan_file_models(struct plan_file *file, const char *const *models, size_t n)
{
	struct plan_owned *owned = file->owned;
	cleanup(free_pointer) const char **sorted = calloc(n + 1, sizeof(*sorted));
	TRY_ALLOC(sorted);
	for (size_t i = 0; i < n; i++)
		sorted[i] = models[i];
	qsort(sorted, n, sizeof(*sorted), compare_texts);
	free_models(owned);
	owned->models = calloc(n + 1, sizeof(*owned->models));
	TRY_ALLOC(owned->models);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && strcmp(sorted[i - 1], sorted[i]) == 0)
			continue;
		owned->models[owned->n_models] = strdup(sorted[i]);
		TRY_ALLOC(owned->models[owned->n_models++]);
	}
	file->plan.models = (const char *const *)owned->models;
	file->plan.n_models = owned->n_models;
	return 0;
}
