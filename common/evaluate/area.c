/* area.c: the hull, walked corner by corner, and trapezoids.                                (kind: kernel) */
#include "common/evaluate/area.h"

#include <math.h>
#include <stdbool.h>

/* The point behind (cost, index) `last` in the order of (cost, index); NULL: there is none. */
static const struct point *next_by_cost(const struct point *points, size_t n, const struct point *last)
{
	const struct point *next = NULL;
	for (const struct point *p = points; p < points + n; p++) {
		bool behind = !last || p->cost > last->cost || (p->cost == last->cost && p > last);
		if (behind && (!next || p->cost < next->cost))
			next = p;
	}
	return next;
}

double area_nauc(const struct point *points, size_t n)
{
	if (n < 2)
		return 0.0;
	double area = 0.0;
	const struct point *first = next_by_cost(points, n, NULL), *p = first, *q;
	for (; (q = next_by_cost(points, n, p)) != NULL; p = q)
		area += (q->cost - p->cost) * (q->score + p->score) / 2.0;
	return p->cost > first->cost ? area / (p->cost - first->cost + 1e-12) : 0.0;
}

static const struct point *hull_first(const struct point *points, size_t n)
{
	const struct point *first = points;
	for (const struct point *p = points; p < points + n; p++) {
		if (p->cost < first->cost || (p->cost == first->cost && p->score > first->score))
			first = p;
	}
	return first;
}

/* The corner behind `u`: the point of steepest ascent, the farthest of several; NULL: u is the peak. */
static const struct point *hull_next(const struct point *points, size_t n, const struct point *u)
{
	const struct point *best = NULL;
	for (const struct point *q = points; q < points + n; q++) {
		if (!(q->cost > u->cost && q->score > u->score))
			continue;
		double left = best ? (q->score - u->score) * (best->cost - u->cost) : 1.0;
		double right = best ? (best->score - u->score) * (q->cost - u->cost) : 0.0;
		if (left > right || (left == right && q->cost > best->cost))
			best = q;
	}
	return best;
}

static double between(const struct point *u, const struct point *v, double cost)
{
	return u->score + (v->score - u->score) * (cost - u->cost) / (v->cost - u->cost);
}

double area_aiq(const struct point *points, size_t n, double lo, double hi)
{
	if (!(hi > lo) || n == 0)
		return NAN;
	double step = (hi - lo) / (AREA_GRID - 1), sum = 0.0;
	const struct point *u = hull_first(points, n), *v = hull_next(points, n, u);
	double start = u->cost - 1e-6 * step;
	for (size_t i = 0; i < AREA_GRID; i++) {
		double cost = i + 1 < AREA_GRID ? lo + (double)i * step : hi;
		while (v && v->cost <= cost) {
			u = v;
			v = hull_next(points, n, u);
		}
		double height = v && cost > u->cost ? between(u, v, cost) : u->score;
		if (cost < start)
			height = 0.0;
		sum += i == 0 || i + 1 == AREA_GRID ? height / 2.0 : height;
	}
	return sum * step / (hi - lo);
}

double area_hull_at(const struct point *points, size_t n, double cost)
{
	if (n == 0)
		return NAN;
	const struct point *u = hull_first(points, n), *v = hull_next(points, n, u);
	while (v && v->cost <= cost) {
		u = v;
		v = hull_next(points, n, u);
	}
	return v && cost > u->cost ? between(u, v, cost) : u->score;
}

size_t area_hull(const struct point *points, size_t n, struct point *out)
{
	size_t corners = 0;
	const struct point *u = n > 0 ? hull_first(points, n) : NULL;
	for (; u; u = hull_next(points, n, u))
		out[corners++] = *u;
	return corners;
}
