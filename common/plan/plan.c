/* plan.c: the numbers that follow from a plan.                                              (kind: kernel) */
#include "common/plan/plan.h"

#include <math.h>

size_t plan_cohort(const struct plan *plan)
{
	double n = nearbyint(plan->participation * (double)plan->n_clients);
	if (!(n >= 1.0))
		return 1;
	return n > (double)plan->n_clients ? plan->n_clients : (size_t)n;
}
