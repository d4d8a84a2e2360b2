/* table.h: a small log made on the spot, for tests of partitions. */
#pragma once

#include "common/data/dataset.h"

struct table {
	struct dataset data;
	struct query *queries;
	char (*ids)[8];
	char (*tasks)[8];
};

/* `n` queries "q000", "q001" … whose tasks "t0" … "t(tasks−1)" take turns, and the models "a", "b", "c",
 * "d". The cell (q, m) has score (q % 10) / 10 and cost m + 1, and is there where has(q, m) says so (NULL:
 * everywhere). */
void table_init(struct table *table, size_t n, size_t tasks, bool (*has)(size_t query, size_t model));
void table_deinit(struct table *table);
