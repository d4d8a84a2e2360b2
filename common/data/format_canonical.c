/* format_canonical.c: one observation per line.                                            (kind: adapter) */
#include "common/data/format_canonical.h"

#include <math.h>

#include "common/data/log_value.h"

int format_canonical_row(const json_t *json, uint32_t query, struct log_build *build)
{
	struct observation row = { .query = query };
	const char *model = json_string_value(json_object_get(json, "model"));
	double none = NAN, *value = &none;
	const struct log_value_fault *fault = log_value_model(model);
	if (fault)
		model = NULL;
	if (!fault)
		fault = log_value_score(json_object_get(json, "score"), value = &row.score);
	if (!fault)
		fault = log_value_cost(json_object_get(json, "cost"), value = &row.cost);
	if (!fault)
		fault = log_value_propensity(json_object_get(json, "propensity"), value = &row.propensity);
	if (fault)
		log_build_bad_value(build, fault, model, *value);
	else if (isnan(row.score) && isnan(row.cost))
		log_build_bad(build, "neither score nor cost",
			      "model \"%s\": write one of them, or remove the row", model);
	else
		TRY(log_build_observe(build, model, row));
	return 0;
}
