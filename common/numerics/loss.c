/* loss.c: squared error of a probability, and Huber's loss.                                 (kind: kernel) */
#include "common/numerics/loss.h"

#include <math.h>

float loss_sigmoid(float logit)
{
	return 1.0f / (1.0f + expf(-logit));
}

float loss_score(float logit, float y, float *slope)
{
	float a = loss_sigmoid(logit), e = a - y;
	*slope = 2.0f * e * a * (1.0f - a);
	return e * e;
}

float loss_cost(float z, float target, float *slope)
{
	float e = z - target, size = fabsf(e);
	*slope = fminf(fmaxf(e, -1.0f), 1.0f);
	return size < 1.0f ? 0.5f * e * e : size - 0.5f;
}
