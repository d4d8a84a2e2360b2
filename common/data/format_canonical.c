/* format_canonical.c: one observation per line.                                            (kind: adapter) */
#include "common/data/format_canonical.h"

#include <math.h>

#include "common/data/log_value.h"

int format_canonical_row(const json_t *json, uint32_t query, struct log_build *build)
{
	struct observation row = { .query = query };
	const char *model = json_string_value(json_object_get(json, "model"));
	const char *reason = model ? NULL : "model name is missing";
	if (!reason)
		reason = log_value_score(json_object_get(json, "score"), &row.score);
	if (!reason)
		reason = log_value_cost(json_object_get(json, "cost"), &row.cost);
	if (!reason)
		reason = log_value_propensity(json_object_get(json, "propensity"), &row.propensity);
	if (!reason && isnan(row.score) && isnan(row.cost))
		reason = "neither score nor cost";
	if (!reason)
		return log_build_observe(build, model, row);
	log_build_bad(build, reason, NULL);
	return 0;
}
