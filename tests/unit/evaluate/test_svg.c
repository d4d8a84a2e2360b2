/* The plot: well-formed, escaped, and labels that keep off each other. */
#include "tests/support/suite.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/evaluate/svg.h"
#include "common/evaluate/svg_labels.h"

static const struct svg_mark singles[] = {
	{ "big <&\"model\"'>", { 0.001, 0.8 } },
	{ "org/small", { 0.0001, 0.5 } },
	{ "free", { 0.0, 0.4 } },
	{ "unseen", { NAN, NAN } },
};
static const struct point curve[] = { { 0.0008, 0.85 }, { 0.0004, 0.8 }, { 0.0001, 0.55 } };

static struct svg_plot two_models(const struct svg_curve *router)
{
	return (struct svg_plot){ .title = "A & B",
				  .subtitle = "x < y",
				  .n_singles = 4,
				  .singles = singles,
				  .random = { 0.0005, 0.6 },
				  .oracle = { "oracle", curve, 3 },
				  .n_routers = 1,
				  .routers = router };
}

static char *draw(const struct svg_plot *plot)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	ck_assert_int_eq(svg_print(plot, out), 0);
	fclose(out);
	return text;
}

/* A small parser: tags nest and close, attributes are quoted, text has no bare & or <. */
static const char *skip_tag(const char *p)
{
	for (char quote = 0; *p && (quote || *p != '>'); p++) {
		if (quote && *p == quote)
			quote = 0;
		else if (!quote && (*p == '"' || *p == '\''))
			quote = *p;
		ck_assert(quote || *p != '<');
	}
	ck_assert(*p == '>');
	return p;
}

static void check_text(const char *p, const char *end)
{
	for (; p < end; p++) {
		ck_assert(*p != '>' && (*p == '\n' || !iscntrl((unsigned char)*p)));
		if (*p == '&')
			ck_assert(memchr(p, ';', end - p) != NULL && strcspn(p, "; ") <= 6);
	}
}

static void check_well_formed(const char *text)
{
	char open[32][16];
	size_t depth = 0, name;
	ck_assert(strncmp(text, "<?xml", 5) == 0);
	const char *p = strchr(text, '>') + 1;
	for (const char *tag; (tag = strchr(p, '<')) != NULL; p++) {
		check_text(p, tag);
		p = skip_tag(tag + 1);
		name = strspn(tag + 1 + (tag[1] == '/'), "abcdefghijklmnopqrstuvwxyz");
		if (tag[1] == '/') {
			ck_assert_uint_gt(depth, 0);
			ck_assert(strncmp(open[--depth], tag + 2, name) == 0 && strlen(open[depth]) == name);
		} else if (p[-1] != '/') {
			snprintf(open[depth++], 16, "%.*s", (int)name, tag + 1);
		}
	}
	ck_assert_uint_eq(depth, 0);
}

START_TEST(a_plot_is_well_formed_and_its_names_are_escaped)
{
	struct svg_curve router = { "ridge \001& more", curve, 3 };
	struct svg_plot plot = two_models(&router);
	char *text = draw(&plot);
	check_well_formed(text);
	ck_assert_ptr_nonnull(strstr(text, ">big &lt;&amp;&quot;model&quot;&#39;&gt;</text>"));
	ck_assert_ptr_nonnull(strstr(text, ">ridge  &amp; more</text>"));
	ck_assert_ptr_nonnull(strstr(text, ">A &amp; B</text>"));
	ck_assert_ptr_nonnull(strstr(text, ">x &lt; y</text>"));
	free(text);
}
END_TEST

START_TEST(models_without_a_place_on_a_logarithmic_axis_are_left_out)
{
	struct svg_curve router = { "ridge", curve, 3 };
	struct svg_plot plot = two_models(&router);
	char *text = draw(&plot);
	ck_assert_ptr_null(strstr(text, "nan"));
	ck_assert_ptr_null(strstr(text, "inf"));
	ck_assert_ptr_null(strstr(text, ">free<"));
	ck_assert_ptr_null(strstr(text, ">unseen<"));
	ck_assert_ptr_nonnull(strstr(text, ">small<"));
	ck_assert_ptr_nonnull(strstr(text, ">random<"));
	free(text);
}
END_TEST

START_TEST(a_plot_of_nothing_and_a_plot_of_one_point_are_plots)
{
	struct svg_plot nothing = { .title = "nothing", .random = { NAN, NAN } };
	struct svg_plot one = { .title = "one", .n_singles = 1, .singles = singles, .random = { NAN, NAN } };
	char *text = draw(&nothing);
	check_well_formed(text);
	ck_assert_ptr_null(strstr(text, "nan"));
	free(text);
	text = draw(&one);
	check_well_formed(text);
	ck_assert_ptr_null(strstr(text, "nan"));
	free(text);
}
END_TEST

START_TEST(a_plot_is_written_as_a_whole)
{
	char path[] = "/tmp/fedrouter-svg-XXXXXX";
	struct svg_curve router = { "ridge", curve, 3 };
	struct svg_plot plot = two_models(&router);
	close(mkstemp(path));
	ck_assert_int_eq(svg_write(&plot, path), 0);
	FILE *file = fopen(path, "r");
	char *text = draw(&plot), *found = calloc(strlen(text) + 2, 1);
	ck_assert_uint_eq(fread(found, 1, strlen(text) + 1, file), strlen(text));
	ck_assert_str_eq(found, text);
	fclose(file);
	unlink(path);
	free(found);
	free(text);
	ck_assert_int_lt(svg_write(&plot, "/nowhere/at/all.svg"), 0);
}
END_TEST

START_TEST(labels_of_crowded_points_do_not_overlap)
{
	struct svg_label labels[6];
	const struct svg_box frame = { 0, 0, 600, 400 };
	for (size_t i = 0; i < 6; i++)
		labels[i] = (struct svg_label){ .x = 300 + 4.0 * (double)i,
						.y = 200 + 3.0 * (double)(i % 2),
						.width = 80,
						.height = 16 };
	svg_labels_place(labels, 6, &frame, NULL, 0);
	for (size_t i = 0; i < 6; i++) {
		const struct svg_box *a = &labels[i].box;
		ck_assert(a->x0 >= 0 && a->x1 <= 600 && a->y0 >= 0 && a->y1 <= 400);
		for (size_t j = 0; j < i; j++) {
			const struct svg_box *b = &labels[j].box;
			ck_assert(a->x1 <= b->x0 || b->x1 <= a->x0 || a->y1 <= b->y0 || b->y1 <= a->y0);
		}
	}
}
END_TEST

START_TEST(a_label_keeps_off_obstacles_and_inside_the_frame)
{
	const struct svg_box frame = { 0, 0, 200, 100 }, obstacle = { 0, 0, 110, 40 };
	struct svg_label label = { .x = 195, .y = 50, .width = 80, .height = 16 };
	svg_labels_place(&label, 1, &frame, &obstacle, 1);
	ck_assert_double_eq(label.box.x1, 185);
	ck_assert(!label.is_far);
}
END_TEST

SUITE_MAIN("SVG", a_plot_is_well_formed_and_its_names_are_escaped,
	   models_without_a_place_on_a_logarithmic_axis_are_left_out,
	   a_plot_of_nothing_and_a_plot_of_one_point_are_plots, a_plot_is_written_as_a_whole,
	   labels_of_crowded_points_do_not_overlap, a_label_keeps_off_obstacles_and_inside_the_frame)
