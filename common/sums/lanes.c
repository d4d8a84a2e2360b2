/* lanes.c: tables of lanes, quantization and exact addition.                                (kind: kernel) */
#include "common/sums/lanes.h"

#include <errno.h>
#include <math.h>
#include <string.h>

int lanes_init(struct lanes *lanes, uint64_t rows, uint64_t cohort)
{
	*lanes = (struct lanes){ .rows = rows, .cohort = cohort };
	if (rows == 0 || cohort == 0 || rows > (UINT64_C(1) << 24) || cohort > (UINT64_C(1) << 24) / rows)
		return FAIL(-EOVERFLOW);
	return 0;
}

/* Largest |word| of one contribution of `rows` rows; one more than the real bound because of rounding. */
static double most_words(const struct lane *lane, uint64_t rows)
{
	double times = lane->kind == LANE_PER_CONTRIBUTION ? 1.0 : (double)rows;
	return ldexp(lane->bound * times, lane->scale) + 1.0;
}

int lanes_add(struct lanes *lanes, const char *name, size_t rank, const size_t *shape, int scale,
	      double bound, enum lane_kind kind)
{
	if (lanes->n == LANES_MOST || rank > LANE_RANK || strlen(name) >= LANE_NAME ||
	    lanes_find(lanes, name))
		return FAIL(-EINVAL);
	struct lane *lane = &lanes->items[lanes->n];
	*lane = (struct lane){
		.rank = rank, .first = lanes->words, .n = 1, .scale = scale, .bound = bound, .kind = kind
	};
	memcpy(lane->name, name, strlen(name) + 1);
	for (size_t i = 0; i < rank; i++) {
		lane->shape[i] = shape[i];
		if (__builtin_mul_overflow(lane->n, shape[i], &lane->n))
			return FAIL(-EOVERFLOW);
	}
	/* Not "≥": a bound that is not a number is no bound. */
	if (lane->n > (SIZE_MAX / 16) - lanes->words || !(bound > 0.0) ||
	    !(most_words(lane, lanes->rows) * (double)lanes->cohort < 0x1p63))
		return FAIL(-EOVERFLOW);
	lanes->words += lane->n;
	lanes->n++;
	return 0;
}

const struct lane *lanes_find(const struct lanes *lanes, const char *name)
{
	for (size_t i = 0; i < lanes->n; i++) {
		if (strcmp(lanes->items[i].name, name) == 0)
			return &lanes->items[i];
	}
	return NULL;
}

int lanes_digest(const struct lanes *lanes, struct digest *out)
{
	cleanup(digester_cleanup) struct digester *digester = NULL;
	TRY(digester_new(&digester));
	digester_add_string(digester, "fedrouter.lanes/1");
	digester_add_u64(digester, lanes->rows);
	digester_add_u64(digester, lanes->cohort);
	for (size_t i = 0; i < lanes->n; i++) {
		const struct lane *lane = &lanes->items[i];
		uint64_t bound;
		memcpy(&bound, &lane->bound, sizeof(bound));
		digester_add_string(digester, lane->name);
		digester_add_u64(digester, lane->rank);
		for (size_t j = 0; j < lane->rank; j++)
			digester_add_u64(digester, lane->shape[j]);
		digester_add_u64(digester, (uint64_t)lane->scale);
		digester_add_u64(digester, bound);
		digester_add_u64(digester, (uint64_t)lane->kind);
	}
	return digester_finish(digester, out);
}

int lanes_quantize(const struct lanes *lanes, const struct lane *lane, const double *values, uint64_t rows,
		   uint64_t *words, size_t *where, size_t *clipped)
{
	double times = lane->kind == LANE_PER_CONTRIBUTION ? 1.0 : (double)rows;
	double most = lane->bound * times, unit = ldexp(1.0, lane->scale);
	if (rows > lanes->rows)
		return LANES_E_BEYOND;
	for (size_t i = 0; i < lane->n; i++) {
		double value = values[i];
		bool beyond = !(fabs(value) <= most);
		if (beyond && (lane->kind == LANE_PER_ROW || !isfinite(value))) {
			if (where)
				*where = i;
			return LANES_E_BEYOND;
		}
		if (beyond) {
			value = copysign(most, value);
			if (clipped)
				++*clipped;
		}
		words[lane->first + i] = (uint64_t)llrint(value * unit);
	}
	return LANES_E_OK;
}

void lanes_values(const struct lane *lane, const uint64_t *words, double *values)
{
	double unit = ldexp(1.0, -lane->scale);
	for (size_t i = 0; i < lane->n; i++)
		values[i] = (double)(int64_t)words[lane->first + i] * unit;
}

int lanes_check(const struct lanes *lanes, const uint64_t *words, uint64_t rows, const char *who,
		struct findings *findings)
{
	if (rows > lanes->rows) {
		findings_add(findings, who, 0, "more rows than the plan allows",
			     "%llu rows, limits.rows is %llu", (unsigned long long)rows,
			     (unsigned long long)lanes->rows);
		return LANES_E_BEYOND;
	}
	for (size_t i = 0; i < lanes->n; i++) {
		const struct lane *lane = &lanes->items[i];
		/* As integers: a double would forgive the last bits of a large word. */
		int64_t most = (int64_t)most_words(lane, rows);
		for (size_t j = 0; j < lane->n; j++) {
			int64_t word = (int64_t)words[lane->first + j];
			if (word >= -most && word <= most)
				continue;
			findings_add(findings, who, 0, "a sum is beyond its lane's bound",
				     "lane %s, word %zu, with %llu rows", lane->name, j,
				     (unsigned long long)rows);
			return LANES_E_BEYOND;
		}
	}
	return LANES_E_OK;
}

void lanes_sum(uint64_t *total, const uint64_t *part, size_t n)
{
	for (size_t i = 0; i < n; i++)
		total[i] += part[i];
}

void lanes_subtract(uint64_t *total, const uint64_t *part, size_t n)
{
	for (size_t i = 0; i < n; i++)
		total[i] -= part[i];
}
