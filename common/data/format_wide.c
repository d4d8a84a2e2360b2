/* format_wide.c: one query per line, all its models beside each other.                     (kind: adapter) */
#include "common/data/format_wide.h"

#include <math.h>

#include "common/data/log_value.h"

bool format_wide_is(const json_t *json)
{
	return json_object_get(json, "scores") != NULL;
}

static int read_cell(const char *model, const json_t *score, const json_t *cost, struct observation row,
		     struct log_build *build)
{
	double none = NAN, *value = &none;
	const struct log_value_fault *fault = log_value_model(model);
	if (fault)
		model = NULL;
	if (!fault)
		fault = log_value_score(score, value = &row.score);
	if (!fault)
		fault = log_value_cost(cost, value = &row.cost);
	if (fault)
		log_build_bad_value(build, fault, model, *value);
	else if (!isnan(row.score) || !isnan(row.cost))
		TRY(log_build_observe(build, model, row));
	return 0;
}

int format_wide_row(const json_t *json, uint32_t query, struct log_build *build)
{
	struct observation row = { .query = query, .propensity = NAN };
	json_t *scores = json_object_get(json, "scores"), *costs = json_object_get(json, "costs");
	if (!costs || json_is_null(costs)) {
		costs = json_object_get(json, "derived_costs");
		build->report.derived_costs |= json_object_size(costs) > 0;
	}
	if (!json_is_object(scores) || (costs && !json_is_null(costs) && !json_is_object(costs))) {
		log_build_bad(build, "scores and costs are not objects by model",
			      "write {\"MODEL\": value, …} in both");
		return 0;
	}
	const char *model;
	json_t *value;
	json_object_foreach (scores, model, value)
		TRY(read_cell(model, value, json_object_get(costs, model), row, build));
	json_object_foreach (costs, model, value)
		if (!json_object_get(scores, model))
			TRY(read_cell(model, NULL, value, row, build));
	return 0;
}
