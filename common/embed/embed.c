/* embed.c: the one normalization.                                                           (kind: kernel) */
#include <math.h>

#include "common/embed/encoder.h"

bool embed_normalize(float *x, size_t dimension)
{
	double square = 0.0;
	for (size_t i = 0; i < dimension; i++)
		square += (double)x[i] * (double)x[i];
	if (!(square > 0.0) || !isfinite(square))
		return false;
	double norm = sqrt(square);
	for (size_t i = 0; i < dimension; i++)
		x[i] = (float)((double)x[i] / norm);
	return true;
}
