/* evaluate_json.c: controls, gains and curves as JSON.                                     (kind: adapter) */
#include "common/evaluate/evaluate_json.h"

#include <math.h>

json_t *evaluate_json_number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

/* Append to an array that may already have failed; NULL from then on. */
static json_t *append(json_t *array, json_t *item)
{
	if (json_array_append_new(array, item) == 0)
		return array;
	json_decref(array);
	return NULL;
}

static json_t *singles_json(const struct controls *controls, const char *const *models)
{
	json_t *array = json_array();
	for (size_t m = 0; m < controls->n_models; m++) {
		const struct single *single = &controls->singles[m];
		array = append(array, json_pack("{s:s, s:o, s:o}", "model", models[m], "accuracy",
						evaluate_json_number(single->accuracy), "cost",
						evaluate_json_number(single->cost)));
	}
	return array;
}

json_t *evaluate_json_controls(const struct controls *controls, const char *const *models)
{
	if (controls->n_models == 0)
		return json_null();
	return json_pack("{s:o, s:s, s:s, s:{s:o, s:o}, s:{s:o}, s:{s:o, s:o}, s:{s:o}}", "singles",
			 singles_json(controls, models), "best_single", models[controls->best_single],
			 "cheapest_single", models[controls->cheapest_single], "random", "accuracy",
			 evaluate_json_number(controls->random.accuracy), "cost",
			 evaluate_json_number(controls->random.cost), "static_mix", "aiq",
			 evaluate_json_number(controls->static_mix_aiq), "oracle", "aiq",
			 evaluate_json_number(controls->oracle_aiq), "accuracy",
			 evaluate_json_number(controls->oracle_accuracy), "task_oracle", "aiq",
			 evaluate_json_number(controls->task_oracle_aiq));
}

json_t *evaluate_json_gains(const struct judged *judged, const struct gains *gains)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "aiq",
			 evaluate_json_number(judged->aiq), "aiq_low", evaluate_json_number(gains->aiq.low),
			 "aiq_high", evaluate_json_number(gains->aiq.high), "nauc",
			 evaluate_json_number(judged->nauc), "max_accuracy",
			 evaluate_json_number(judged->max_accuracy), "lift",
			 evaluate_json_number(gains->lift), "lift_low",
			 evaluate_json_number(gains->lift_interval.low), "lift_high",
			 evaluate_json_number(gains->lift_interval.high), "mix_gain",
			 evaluate_json_number(gains->mix_gain), "mix_gain_low",
			 evaluate_json_number(gains->mix_gain_interval.low), "mix_gain_high",
			 evaluate_json_number(gains->mix_gain_interval.high));
}

json_t *evaluate_json_curve(const struct curve *curve)
{
	json_t *array = json_array();
	for (size_t i = 0; i < curve->n; i++)
		array = append(array,
			       json_pack("{s:o, s:o, s:o}", "lambda", evaluate_json_number(curve->lambda[i]),
					 "cost", evaluate_json_number(curve->point[i].cost), "accuracy",
					 evaluate_json_number(curve->point[i].score)));
	return array;
}
