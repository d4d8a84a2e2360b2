/* area.h: areas under cost–score points, and the hull they are taken under.   algorithms.md §5 (kind: kernel)
 *
 * The hull is the rising part of the upper convex chain over the points, flat behind its peak: what mixing
 * the points at random reaches for a cost. Points may come in any order and more than once.
 */
#pragma once

#include <stddef.h>

struct point {
	double cost, score; /* means over test rows, USD per query */
};

enum { AREA_GRID = 2001 };

/* The paper's AUC: trapezoid over the points in order of cost, divided by their own width (+ 1e-12). 0 for
 * fewer than two points or no width. Points of equal cost stay in the order given. */
double area_nauc(const struct point *points, size_t n);

/* Mean height of the hull over AREA_GRID costs from lo to hi (trapezoid); 0 left of the hull's first
 * point, its last value right of its peak. A first point within a millionth of a grid step of a grid cost
 * counts as at that cost: sums of costs in another order must not lose half a step. NaN where hi − lo is
 * not positive or there is no point. */
double area_aiq(const struct point *points, size_t n, double lo, double hi);

/* Height of the hull at `cost`. Left of the first point: that point's height, for a mix cannot be cheaper
 * than its cheapest part. NaN without points. */
double area_hull_at(const struct point *points, size_t n, double cost);

/* The hull's corners by rising cost, at most n of them; returns how many. `out` must not overlap `points`. */
size_t area_hull(const struct point *points, size_t n, struct point *out);
