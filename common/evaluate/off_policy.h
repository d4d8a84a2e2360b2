/* off_policy.h: what a policy would be worth, from logs in which others chose.  design.md §7   (kind: kernel)
 *
 * Doubly robust: for a row with observed model m, propensity p and policy π,
 *     v = q̂(x, π(x)) + 1{π(x) = m} · min(1/p, 20) · (y − q̂(x, m)),
 * right on average if either the estimates or the propensities are; the same for the cost. Rows of one query
 * are averaged first, so a query counts once. The estimates of a row must come from a model that was not
 * trained on it (cross-fitted).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/data/dataset.h"
#include "common/evaluate/test_table.h"

#define OFF_POLICY_WEIGHT_MOST 20.0

struct off_policy_log {
	const struct dataset *data; /* rows with a score and a cost count; the others are passed over */
	const double *score, *cost; /* q̂: n_rows × K, cross-fitted */
	double *propensity;         /* n_rows, owned: logged, else the model's share within the task */
};

struct off_policy_value {
	double score, score_error; /* mean over queries, its standard error; NaN: too few queries */
	double cost, cost_error;   /* USD per query */
	size_t queries;
};

/* `score` and `cost` are borrowed. */
must_check int off_policy_log_new(const struct dataset *data, const double *score, const double *cost,
				  struct off_policy_log *out);
void off_policy_log_deinit(struct off_policy_log *log);

/* Value of the policy that chooses model policy[row] in each row. */
void off_policy_value(const struct off_policy_log *log, const uint16_t *policy, struct off_policy_value *out);

/* Paired: value of `policy` minus value of `other`, with the standard error of the difference. */
void off_policy_difference(const struct off_policy_log *log, const uint16_t *policy, const uint16_t *other,
			   struct off_policy_value *out);

/* The value of every model for every query, as cells of a table in which nothing is missing: the mean of a
 * policy's cells is off_policy_value of that policy. Single cells may lie outside [0, 1] and below 0 USD;
 * only means over many queries say something. */
must_check int off_policy_table(const struct off_policy_log *log, struct test_table *out);

/* How many queries have a score and a cost of two or more models: those on which a curve (AIQ) can be
 * drawn. */
size_t off_policy_comparable(const struct dataset *data);
