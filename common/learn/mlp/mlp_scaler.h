/* mlp_scaler.h: phase 0: what normalizes costs, who is routable. algorithms.md §9 row 1     (kind: kernel) */
#pragma once

#include "common/learn/learner.h"

/* The state's scaler: tensors scaler.mu and scaler.sigma (F64 [K]) and routable (U8 [K]). */
must_check int mlp_scaler_add(size_t n_models, struct tensors *tensors);

/* What struct learner asks for (learn/learner.h), for this phase. */
must_check int mlp_scaler_lanes(const struct plan *plan, struct lanes *lanes);
must_check int mlp_scaler_contribute(const struct plan *plan, const struct phase *phase,
				     const struct dataset *data, struct answer *out);
must_check int mlp_scaler_check(const struct plan *plan, const struct phase *phase,
				const struct answer *answer, const char *client, struct findings *findings);
must_check int mlp_scaler_fold(const struct plan *plan, const struct phase *phase, struct state *state,
			       const struct answers *answers);

/* ℓ(c): ln(10⁶c + 0.1), in paper mode ln(1 + c); at most 32, the bound of its lane. */
double mlp_scaler_log(double cost, bool paper);

/* τ of a cost for the model's μ and σ: (ℓ − μ)/(σ + 1e-8), in paper mode clamped to ±3. */
double mlp_scaler_target(double cost, double mu, double sigma, bool paper);
