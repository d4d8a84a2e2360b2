/* evaluate_json.h: what was measured, as JSON; simulate and evaluate write alike. (kind: adapter)
 *
 * All return a new reference, NULL where memory is short: packed into another object, that one is NULL as
 * well, so it is enough to ask at the end. What is undefined is null.
 */
#pragma once

#include <jansson.h>

#include "common/evaluate/bootstrap.h"
#include "common/evaluate/controls.h"
#include "common/evaluate/judged.h"

/* null where it is no finite number. */
json_t *evaluate_json_number(double value);

/* {singles[] {model, accuracy, cost}, best_single, cheapest_single, random, static_mix, oracle, task_oracle};
 * null for zeroed controls. */
json_t *evaluate_json_controls(const struct controls *controls, const char *const *models);

/* {aiq, aiq_low, aiq_high, nauc, max_accuracy, lift, lift_low, lift_high, mix_gain, mix_gain_low,
 * mix_gain_high} */
json_t *evaluate_json_gains(const struct judged *judged, const struct gains *gains);

/* [{lambda, cost, accuracy}] */
json_t *evaluate_json_curve(const struct curve *curve);
