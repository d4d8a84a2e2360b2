/* estimates.h: what a router estimates for every cell of a test table.                      (kind: kernel) */
#pragma once

#include <stdint.h>

#include "common/base/error.h"
#include "common/evaluate/test_table.h"

struct estimates {               /* of one router for one test table */
	double *score, *cost;    /* n × K, owned */
	const uint8_t *routable; /* K, borrowed from the router; NULL: all */
};

void estimates_deinit(struct estimates *estimates);

/* The estimates of the rows that `selected` (test_table_select of `table`) kept. */
must_check int estimates_select(const struct test_table *table, const struct estimates *estimates,
				const struct test_table *selected, struct estimates *out);
