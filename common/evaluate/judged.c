/* judged.c: the grid, and the end of decisions' life.                                       (kind: kernel) */
#include "common/evaluate/judged.h"

#include <math.h>
#include <stdlib.h>

double judged_lambda(size_t k)
{
	return pow(10.0, -2.0 + 9.0 * (double)k / 99.0);
}

void judged_deinit(struct judged *judged)
{
	free(judged->first);
	free(judged->turns);
	*judged = (struct judged){ 0 };
}
