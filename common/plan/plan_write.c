/* plan_write.c: a plan becomes its file.                                                   (kind: adapter) */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/io/atomic_file.h"
#include "common/plan/plan_form.h"
#include "common/yaml/yaml_load.h"

enum { NUMBER = 32 }; /* bytes of a number's text: sign, 17 digits, point, exponent */

struct texts {
	char participation[NUMBER], quorum[NUMBER], held_out[NUMBER], settings[SETTINGS_MOST][NUMBER];
};

/* The shortest text of at most 17 significant digits that reads back as the same double, and as a real
 * number. */
static const char *real_text(double value, char text[static NUMBER])
{
	for (int digits = 1; digits <= 17; digits++) {
		snprintf(text, NUMBER, "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	if (!strpbrk(text, ".en"))
		memcpy(text + strlen(text), ".0", sizeof(".0"));
	return text;
}

static const char *setting_text(const struct setting *setting, double value, char text[static NUMBER])
{
	if (setting->type == SETTING_NUMBER)
		return real_text(value, text);
	if (setting->type == SETTING_BOOLEAN)
		return value != 0.0 ? "true" : "false";
	snprintf(text, NUMBER, "%.0f", value);
	return text;
}

static void fill_form(const struct plan *plan, struct texts *texts, struct plan_form *form)
{
	*form = (struct plan_form){
		.version = PLAN_VERSION,
		.learner = plan->learner,
		.seed = plan->seed,
		.clients = plan->clients,
		.n_clients = plan->n_clients,
		.rounds = plan->rounds,
		.participation = real_text(plan->participation, texts->participation),
		.quorum = real_text(plan->quorum, texts->quorum),
		.deadline_s = plan->deadline_s,
		.held_out = real_text(plan->held_out, texts->held_out),
		.encoder = { .name = plan->encoder->name, .dimension = plan->encoder->dimension },
		.models = plan->models,
		.n_models = plan->n_models,
		.limits = { .rows = plan->limit_rows, .cohort = plan->limit_cohort },
	};
	const struct settings *settings = &plan->settings;
	for (size_t i = 0; settings->table[i].name; i++)
		form->settings[i] =
			setting_text(&settings->table[i], settings->values[i], texts->settings[i]);
}

int plan_yaml(const struct plan *plan, char **out, size_t *n)
{
	struct texts texts;
	struct plan_form form;
	struct plan_schema schema;
	fill_form(plan, &texts, &form);
	plan_form_schema(plan->settings.table, &schema);
	if (cyaml_save_data(out, n, &yaml_load_config, &schema.plan, &form, 0) != CYAML_OK)
		return FAIL(-EINVAL);
	return 0;
}

int plan_write(const struct plan *plan, const char *path)
{
	cleanup(free_pointer) char *text = NULL;
	size_t n;
	TRY(plan_yaml(plan, &text, &n));
	return atomic_file_write(path, text, n);
}
