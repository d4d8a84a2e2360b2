/* svg.h: cost against accuracy as a picture for a talk.                                       (kind: adapter)
 *
 * Cost in USD per 1,000 queries on a logarithmic axis. Names are escaped; the file is written as a whole
 * or not at all.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

#include "common/base/error.h"
#include "common/evaluate/area.h"

enum { SVG_ROUTERS_MOST = 8 }; /* with a colour of their own; further ones are left out */

struct svg_mark {
	const char *name;
	struct point at; /* cost in USD per query; left out where cost ≤ 0 or NaN */
};

struct svg_curve {
	const char *name;
	const struct point *points; /* in order of λ */
	size_t n;
};

struct svg_plot {
	const char *title, *subtitle; /* subtitle may be NULL */
	size_t n_singles;
	const struct svg_mark *singles; /* the mix of these is drawn as their hull */
	struct point random;            /* NaN: left out */
	struct svg_curve oracle;        /* n = 0: left out */
	size_t n_routers;
	const struct svg_curve *routers;
};

/* The drawing as SVG text; and as a file, written atomically. */
must_check int svg_print(const struct svg_plot *plot, FILE *out);
must_check int svg_write(const struct svg_plot *plot, const char *path);
