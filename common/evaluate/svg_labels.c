/* svg_labels.c: candidates around each point, and what is wrong with them.                  (kind: kernel) */
#include "common/evaluate/svg_labels.h"

#include <math.h>

enum { DIRECTIONS = 8, RINGS = 6, PASSES = 3, POINT = 7 };

static const double direction[DIRECTIONS][2] = {
	{ 1, 0 }, { -1, 0 }, { 0, -1 }, { 0, 1 }, { .75, -.75 }, { .75, .75 }, { -.75, -.75 }, { -.75, .75 },
};
static const double ring[RINGS] = { 10, 18, 32, 48, 66, 86 };

static double overlap(const struct svg_box *a, const struct svg_box *b)
{
	double width = fmin(a->x1, b->x1) - fmax(a->x0, b->x0),
	       height = fmin(a->y1, b->y1) - fmax(a->y0, b->y0);
	return width > 0.0 && height > 0.0 ? width * height : 0.0;
}

/* The box whose nearest side or corner lies `distance` away from the point. */
static struct svg_box candidate(const struct svg_label *label, const double way[2], double distance)
{
	double x = label->x + way[0] * distance, y = label->y + way[1] * distance;
	x -= way[0] < 0.0 ? label->width : way[0] > 0.0 ? 0.0 : label->width / 2.0;
	y -= way[1] < 0.0 ? label->height : way[1] > 0.0 ? 0.0 : label->height / 2.0;
	return (struct svg_box){ x, y, x + label->width, y + label->height };
}

struct surroundings {
	const struct svg_label *labels;
	size_t n, n_placed; /* of which the first so many have a box */
	const struct svg_box *frame, *obstacles;
	size_t n_obstacles;
};

static double harm(const struct surroundings *around, size_t self, const struct svg_box *box)
{
	double inside = overlap(box, around->frame), area = (box->x1 - box->x0) * (box->y1 - box->y0);
	double sum = 100.0 * (area - inside);
	for (size_t i = 0; i < around->n; i++) {
		const struct svg_label *other = &around->labels[i];
		struct svg_box point = { other->x - POINT, other->y - POINT, other->x + POINT,
					 other->y + POINT };
		sum += 30.0 * overlap(box, &point);
		if (i != self && i < around->n_placed)
			sum += 20.0 * overlap(box, &other->box);
	}
	for (size_t i = 0; i < around->n_obstacles; i++)
		sum += overlap(box, &around->obstacles[i]);
	return sum;
}

static void place(struct svg_label *label, const struct surroundings *around, size_t self)
{
	double least = INFINITY;
	for (size_t r = 0; r < RINGS; r++) {
		for (size_t d = 0; d < DIRECTIONS; d++) {
			struct svg_box box = candidate(label, direction[d], ring[r]);
			double sum = harm(around, self, &box) + 0.5 * ring[r];
			if (sum >= least)
				continue;
			least = sum;
			label->box = box;
			label->is_far = r >= 1;
		}
	}
}

void svg_labels_place(struct svg_label *labels, size_t n, const struct svg_box *frame,
		      const struct svg_box *obstacles, size_t n_obstacles)
{
	struct surroundings around = { labels, n, 0, frame, obstacles, n_obstacles };
	for (size_t pass = 0; pass < PASSES; pass++) {
		for (size_t i = 0; i < n; i++) {
			place(&labels[i], &around, i);
			if (pass == 0)
				around.n_placed = i + 1;
		}
	}
}
