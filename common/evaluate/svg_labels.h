/* svg_labels.h: where labels go so that they lie on neither points, curves nor each other.  (kind: kernel) */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct svg_box {
	double x0, y0, x1, y1; /* x0 ≤ x1, y0 ≤ y1, in pixels, y downwards */
};

struct svg_label {
	double x, y; /* the point it belongs to */
	double width, height;
	struct svg_box box; /* out */
	bool is_far;        /* out: so far from its point that a line should lead to it */
};

/* Greedy, and then again with all others in place: each label takes the nearest of 8 directions × 6
 * distances that overlaps least with labels, points, `obstacles` and the world outside `frame`. */
void svg_labels_place(struct svg_label *labels, size_t n, const struct svg_box *frame,
		      const struct svg_box *obstacles, size_t n_obstacles);
