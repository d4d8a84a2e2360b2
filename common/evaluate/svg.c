/* svg.c: axes, curves, points and a legend.                                                (kind: adapter) */
#include "common/evaluate/svg.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/evaluate/svg_labels.h"
#include "common/io/atomic_file.h"

enum { WIDTH = 1280, HEIGHT = 740, LEFT = 92, RIGHT = 960, TOP = 96, BOTTOM = 660, LEGEND = 990 };
enum { FONT = 14, BENT_STEPS = 12, OBSTACLE_STEPS = 12 };

#define INK "#222222"
#define FAINT "#767676"

/* Okabe and Ito's colours without yellow; from the fifth on the line is dashed as well. */
static const struct {
	const char *colour, *dash;
} style[SVG_ROUTERS_MOST] = {
	{ "#0072B2", "none" }, { "#D55E00", "none" }, { "#009E73", "none" }, { "#CC79A7", "none" },
	{ "#E69F00", "9 4" },  { "#56B4E9", "9 4" },  { "#8C510A", "9 4" },  { "#5E3C99", "9 4" },
};

struct frame {
	double left, right; /* log10 of USD per 1,000 queries */
	double low, high;   /* score */
};

static double log_cost(double cost)
{
	return log10(cost * 1000.0);
}

static double x_of(const struct frame *frame, double cost)
{
	return LEFT + (log_cost(cost) - frame->left) / (frame->right - frame->left) * (RIGHT - LEFT);
}

static double y_of(const struct frame *frame, double score)
{
	return BOTTOM - (score - frame->low) / (frame->high - frame->low) * (BOTTOM - TOP);
}

static bool is_drawable(const struct point *point)
{
	return point->cost > 0.0 && isfinite(point->cost) && isfinite(point->score);
}

static void print_escaped(FILE *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		case '\'':
			fputs("&#39;", out);
			break;
		default:
			fputc((unsigned char)*text < ' ' ? ' ' : *text, out);
		}
	}
}

/* One line of text; `attributes` are complete. */
static void print_text(FILE *out, double x, double y, const char *attributes, const char *text)
{
	fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" %s>", x, y, attributes);
	print_escaped(out, text);
	fputs("</text>\n", out);
}

static void widen(struct frame *frame, const struct point *point)
{
	if (!is_drawable(point))
		return;
	frame->left = fmin(frame->left, log_cost(point->cost));
	frame->right = fmax(frame->right, log_cost(point->cost));
	frame->low = fmin(frame->low, point->score);
	frame->high = fmax(frame->high, point->score);
}

static size_t count_routers(const struct svg_plot *plot)
{
	return plot->n_routers < SVG_ROUTERS_MOST ? plot->n_routers : SVG_ROUTERS_MOST;
}

/* All that is drawn, with a margin, and some width where everything is one point. */
static struct frame find_frame(const struct svg_plot *plot)
{
	struct frame frame = { INFINITY, -INFINITY, INFINITY, -INFINITY };
	for (size_t i = 0; i < plot->n_singles; i++)
		widen(&frame, &plot->singles[i].at);
	for (size_t i = 0; i < count_routers(plot); i++)
		for (size_t j = 0; j < plot->routers[i].n; j++)
			widen(&frame, &plot->routers[i].points[j]);
	for (size_t i = 0; i < plot->oracle.n; i++)
		widen(&frame, &plot->oracle.points[i]);
	widen(&frame, &plot->random);
	if (!(frame.right >= frame.left))
		return (struct frame){ -2, 1, 0, 1 };
	double x_margin = fmax(0.04 * (frame.right - frame.left), 0.05);
	double y_margin = fmax(0.05 * (frame.high - frame.low), 0.01);
	return (struct frame){ frame.left - x_margin, frame.right + x_margin, frame.low - y_margin,
			       frame.high + y_margin };
}

static void print_cost_tick(FILE *out, const struct frame *frame, double mantissa, int exponent)
{
	double cost = mantissa * pow(10.0, exponent) / 1000.0;
	char label[32];
	if (log_cost(cost) < frame->left || log_cost(cost) > frame->right)
		return;
	double x = x_of(frame, cost);
	fprintf(out, "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#E6E6E6\"/>\n", x, TOP, x,
		BOTTOM);
	snprintf(label, sizeof(label), "%.*f", exponent < 0 ? -exponent : 0, cost * 1000.0);
	print_text(out, x, BOTTOM + 22, "text-anchor=\"middle\" font-size=\"15\"", label);
}

static void print_axes(FILE *out, const struct frame *frame)
{
	static const double mantissas[] = { 1, 2, 5 };
	size_t fineness = frame->right - frame->left > 3.5 ? 1 : 3;
	for (int exponent = (int)floor(frame->left); exponent <= (int)ceil(frame->right); exponent++)
		for (size_t i = 0; i < fineness; i++)
			print_cost_tick(out, frame, mantissas[i], exponent);
	static const double steps[] = { 0.005, 0.01, 0.02, 0.05, 0.1, 0.2 };
	size_t s = 0;
	while (s < 5 && (frame->high - frame->low) / steps[s] > 8.0)
		s++;
	for (double k = ceil(frame->low / steps[s]); k * steps[s] <= frame->high; k += 1.0) {
		double y = y_of(frame, k * steps[s]);
		char label[32];
		fprintf(out, "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#E6E6E6\"/>\n", LEFT,
			y, RIGHT, y);
		snprintf(label, sizeof(label), "%.*f", s == 0 ? 3 : 2, k * steps[s]);
		print_text(out, LEFT - 10, y + 5, "text-anchor=\"end\" font-size=\"15\"", label);
	}
	fprintf(out,
		"<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#999999\"/>\n",
		LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP);
	print_text(out, (LEFT + RIGHT) / 2, BOTTOM + 58, "text-anchor=\"middle\" font-size=\"18\"",
		   "cost in USD per 1,000 queries (logarithmic)");
	fprintf(out, "<g transform=\"translate(28 %d) rotate(-90)\">", (TOP + BOTTOM) / 2);
	print_text(out, 0, 0, "text-anchor=\"middle\" font-size=\"18\"", "accuracy (mean score)");
	fputs("</g>\n", out);
}

/* From `a` (already drawn) to `b`. Mixing two points is linear in cost, so it is bent on this axis. */
static void print_segment(FILE *out, const struct frame *frame, const struct point *a, const struct point *b)
{
	int steps = fabs(log(b->cost / a->cost)) > 0.05 ? BENT_STEPS : 1;
	for (int k = 1; k <= steps; k++) {
		double share = (double)k / steps;
		double x = x_of(frame, a->cost + share * (b->cost - a->cost));
		fprintf(out, " %.1f,%.1f", x, y_of(frame, a->score + share * (b->score - a->score)));
	}
}

/* A line through the points that can be drawn. `attributes` say how. */
static void print_line(FILE *out, const struct frame *frame, const struct svg_curve *curve,
		       const char *attributes)
{
	const struct point *last = NULL;
	fprintf(out, "<polyline fill=\"none\" %s points=\"", attributes);
	for (size_t i = 0; i < curve->n; i++) {
		const struct point *p = &curve->points[i];
		if (!is_drawable(p))
			continue;
		print_segment(out, frame, last ? last : p, p);
		last = p;
	}
	fputs("\"/>\n", out);
}

/* The hull of the single models, flat behind its peak; `out` has room for one point more than there are
 * models. */
static int find_mix(const struct svg_plot *plot, const struct frame *frame, struct point *out, size_t *n_out)
{
	size_t n = 0;
	cleanup(free_pointer) struct point *points = calloc(plot->n_singles + 1, sizeof(*points));
	TRY_ALLOC(points);
	for (size_t i = 0; i < plot->n_singles; i++) {
		if (is_drawable(&plot->singles[i].at))
			points[n++] = plot->singles[i].at;
	}
	n = area_hull(points, n, out);
	if (n > 0) {
		out[n] = (struct point){ pow(10.0, frame->right) / 1000.0, out[n - 1].score };
		n++;
	}
	*n_out = n;
	return 0;
}

static void print_router(FILE *out, const struct frame *frame, const struct svg_curve *curve, size_t number)
{
	char attributes[160];
	snprintf(attributes, sizeof(attributes),
		 "stroke=\"%s\" stroke-width=\"2.6\" stroke-dasharray=\"%s\" stroke-linejoin=\"round\"",
		 style[number].colour, style[number].dash);
	print_line(out, frame, curve, attributes);
	for (size_t i = 0; i < curve->n; i++) {
		const struct point *p = &curve->points[i];
		bool repeats = i > 0 && p->cost == p[-1].cost && p->score == p[-1].score;
		if (is_drawable(p) && !repeats)
			fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.4\" fill=\"%s\"/>\n",
				x_of(frame, p->cost), y_of(frame, p->score), style[number].colour);
	}
}

/* Characters, not bytes, of UTF-8. */
static size_t count_characters(const char *text)
{
	size_t n = 0;
	for (; *text; text++)
		n += ((unsigned char)*text & 0xC0) != 0x80;
	return n;
}

/* Small boxes along a curve, which labels keep off. */
static size_t find_obstacles(const struct svg_curve *curve, const struct frame *frame, struct svg_box *out)
{
	size_t n = 0;
	for (size_t i = 0; i + 1 < curve->n; i++) {
		const struct point *a = &curve->points[i], *b = a + 1;
		if (!is_drawable(a) || !is_drawable(b))
			continue;
		for (size_t k = 0; k < OBSTACLE_STEPS; k++) {
			double share = (double)k / OBSTACLE_STEPS;
			double x = x_of(frame, a->cost + share * (b->cost - a->cost));
			double y = y_of(frame, a->score + share * (b->score - a->score));
			out[n++] = (struct svg_box){ x - 3, y - 3, x + 3, y + 3 };
		}
	}
	return n;
}

static void print_label(FILE *out, const struct svg_label *label, const char *name)
{
	if (label->is_far) {
		double x = fmin(fmax(label->x, label->box.x0), label->box.x1);
		double y = fmin(fmax(label->y, label->box.y0), label->box.y1);
		fprintf(out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#AAAAAA\"/>\n",
			label->x, label->y, x, y);
	}
	print_text(out, (label->box.x0 + label->box.x1) / 2, label->box.y1 - 4,
		   "text-anchor=\"middle\" font-size=\"14\" stroke=\"#FFFFFF\" stroke-width=\"3\" "
		   "stroke-linejoin=\"round\" paint-order=\"stroke\"",
		   name);
}

/* Without the organisation in front ("org/model"), unless that makes two models the same. */
static const char *short_name(const struct svg_plot *plot, size_t i)
{
	const char *name = plot->singles[i].name, *slash = strrchr(name, '/');
	if (!slash || slash[1] == '\0')
		return name;
	for (size_t j = 0; j < plot->n_singles; j++) {
		const char *other = strrchr(plot->singles[j].name, '/');
		if (j != i && strcmp(other ? other + 1 : plot->singles[j].name, slash + 1) == 0)
			return name;
	}
	return slash + 1;
}

/* The single models that can be drawn, and random. */
static size_t collect_marks(const struct svg_plot *plot, struct svg_mark *out)
{
	size_t n = 0;
	for (size_t i = 0; i < plot->n_singles; i++) {
		if (is_drawable(&plot->singles[i].at))
			out[n++] = (struct svg_mark){ short_name(plot, i), plot->singles[i].at };
	}
	if (is_drawable(&plot->random))
		out[n++] = (struct svg_mark){ "random", plot->random };
	return n;
}

static void print_mark(FILE *out, const struct svg_label *at, bool is_random)
{
	if (is_random)
		fprintf(out,
			"<path d=\"M%.1f %.1f l6 6 l-6 6 l-6 -6 z\" fill=\"#FFFFFF\" stroke=\"" INK
			"\" stroke-width=\"2\"/>\n",
			at->x, at->y - 6);
	else
		fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"" INK "\"/>\n", at->x, at->y);
}

static size_t count_obstacles(const struct svg_plot *plot, const struct svg_curve *mix)
{
	size_t points = mix->n;
	for (size_t r = 0; r < count_routers(plot); r++)
		points += plot->routers[r].n;
	return points * OBSTACLE_STEPS;
}

/* Single models and random, with their names off the routers' curves and the mix. */
static int print_marks(FILE *out, const struct svg_plot *plot, const struct frame *frame,
		       const struct svg_curve *mix)
{
	cleanup(free_pointer) struct svg_mark *marks = calloc(plot->n_singles + 1, sizeof(*marks));
	cleanup(free_pointer) struct svg_label *labels = calloc(plot->n_singles + 1, sizeof(*labels));
	cleanup(free_pointer) struct svg_box *boxes = calloc(count_obstacles(plot, mix) + 1, sizeof(*boxes));
	TRY_ALLOC(marks);
	TRY_ALLOC(labels);
	TRY_ALLOC(boxes);
	size_t n_boxes = find_obstacles(mix, frame, boxes), n = collect_marks(plot, marks);
	for (size_t r = 0; r < count_routers(plot); r++)
		n_boxes += find_obstacles(&plot->routers[r], frame, boxes + n_boxes);
	for (size_t i = 0; i < n; i++) {
		labels[i] = (struct svg_label){
			.x = x_of(frame, marks[i].at.cost),
			.y = y_of(frame, marks[i].at.score),
			.width = 0.55 * FONT * (double)count_characters(marks[i].name) + 4,
			.height = FONT + 3,
		};
	}
	const struct svg_box inside = { LEFT + 2, TOP + 2, RIGHT - 2, BOTTOM - 2 };
	svg_labels_place(labels, n, &inside, boxes, n_boxes);
	for (size_t i = 0; i < n; i++)
		print_label(out, &labels[i], marks[i].name);
	for (size_t i = 0; i < n; i++)
		print_mark(out, &labels[i], i + 1 == n && is_drawable(&plot->random));
	return 0;
}

struct legend_line {
	const char *name, *colour, *dash;
	double width;
};

static void print_legend_line(FILE *out, const struct legend_line *line, double y)
{
	fprintf(out,
		"<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"%.1f\" "
		"stroke-dasharray=\"%s\"/>\n",
		LEGEND, y, LEGEND + 36, y, line->colour, line->width, line->dash);
	print_text(out, LEGEND + 46, y + 5, "font-size=\"16\"", line->name);
}

static void print_legend(FILE *out, const struct svg_plot *plot)
{
	double y = TOP + 12;
	if (plot->oracle.n > 0) {
		print_legend_line(out,
				  &(struct legend_line){ "oracle (knows every score)", "#B0B0B0", "none", 2 },
				  y);
		y += 28;
	}
	for (size_t i = 0; i < count_routers(plot); i++, y += 28) {
		struct legend_line line = { plot->routers[i].name, style[i].colour, style[i].dash, 3.4 };
		print_legend_line(out, &line, y);
	}
	print_legend_line(out, &(struct legend_line){ "mix of single models", INK, "2 4", 2 }, y);
	y += 28;
	fprintf(out, "<circle cx=\"%d\" cy=\"%.1f\" r=\"5\" fill=\"" INK "\"/>\n", LEGEND + 18, y);
	print_text(out, LEGEND + 46, y + 5, "font-size=\"16\"", "single model");
}

static void print_head(FILE *out, const struct svg_plot *plot)
{
	fprintf(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" "
		"viewBox=\"0 0 %d %d\" font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\" "
		"fill=\"" INK "\">\n<rect width=\"%d\" height=\"%d\" fill=\"#FFFFFF\"/>\n",
		WIDTH, HEIGHT, WIDTH, HEIGHT);
	print_text(out, LEFT, 44, "font-size=\"26\" font-weight=\"bold\"", plot->title);
	if (plot->subtitle)
		print_text(out, LEFT, 74, "font-size=\"17\" fill=\"" FAINT "\"", plot->subtitle);
}

int svg_print(const struct svg_plot *plot, FILE *out)
{
	struct frame frame = find_frame(plot);
	cleanup(free_pointer) struct point *corners = calloc(plot->n_singles + 1, sizeof(*corners));
	struct svg_curve mix = { "mix", corners, 0 };
	TRY_ALLOC(corners);
	TRY(find_mix(plot, &frame, corners, &mix.n));
	print_head(out, plot);
	print_axes(out, &frame);
	print_line(out, &frame, &plot->oracle, "stroke=\"#B0B0B0\" stroke-width=\"2\"");
	for (size_t i = 0; i < count_routers(plot); i++)
		print_router(out, &frame, &plot->routers[i], i);
	print_line(out, &frame, &mix, "stroke=\"" INK "\" stroke-width=\"2\" stroke-dasharray=\"2 4\"");
	TRY(print_marks(out, plot, &frame, &mix));
	print_legend(out, plot);
	fputs("</svg>\n", out);
	return 0;
}

int svg_write(const struct svg_plot *plot, const char *path)
{
	cleanup(atomic_file_discard) struct atomic_file file = { 0 };
	TRY(atomic_file_open(path, &file));
	TRY(svg_print(plot, file.stream));
	TRY(atomic_file_commit(&file));
	return 0;
}
