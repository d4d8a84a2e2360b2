/* learner.c: life of states and answers.                                                    (kind: kernel) */
#include "common/learn/learner.h"

#include <stdlib.h>

void answer_deinit(struct answer *answer)
{
	if (!answer)
		return;
	free(answer->words);
	tensors_deinit(&answer->parts);
	*answer = (struct answer){ 0 };
}

void state_deinit(struct state *state)
{
	if (!state)
		return;
	tensors_deinit(&state->tensors);
	*state = (struct state){ 0 };
}

int state_digest(const struct plan *plan, const struct state *state, struct digest *out)
{
	cleanup(free_pointer) char *settings = NULL;
	TRY(settings_json(&plan->settings, &settings));
	return router_digest_parts("fedrouter.state/1", plan->learner, plan->encoder, plan->n_models,
				   plan->models, settings, &state->tensors, out);
}
