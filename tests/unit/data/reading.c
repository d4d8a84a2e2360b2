/* reading.c: logs written and read by a test. */
#include "tests/unit/data/reading.h"

#include <stdlib.h>
#include <string.h>

#include "common/io/npy.h"
#include "tests/support/scratch.h"

struct reading reading_of(struct log_source source)
{
	struct reading reading = { 0 };
	if (source.max_bad == 0.0)
		source.max_bad = LOG_MAX_BAD;
	reading.result = log_read(&source, &reading.findings, &reading.log);
	ck_assert_int_ge(reading.result, 0);
	ck_assert(!reading.log == (reading.result != LOG_E_OK));
	reading.data = reading.log ? log_data(reading.log) : NULL;
	return reading;
}

struct reading reading_text(const char *name, const char *text, double most_bad)
{
	const char *const files[] = { scratch_text(name, text) };
	return reading_of((struct log_source){
		.n_files = 1, .files = files, .encoder = "hash:8", .max_bad = most_bad });
}

void reading_close(struct reading *reading)
{
	log_free(reading->log);
	findings_deinit(&reading->findings);
	*reading = (struct reading){ 0 };
}

const struct observation *reading_row(const struct reading *reading, const char *id, const char *model)
{
	ck_assert_int_eq(reading->result, LOG_E_OK);
	const struct dataset *data = reading->data;
	for (size_t i = 0; i < data->n_rows; i++)
		if (strcmp(data->queries[data->rows[i].query].id, id) == 0 &&
		    strcmp(data->models[data->rows[i].model], model) == 0)
			return &data->rows[i];
	return NULL;
}

static bool ends_in(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);
	return n >= m && strcmp(text + n - m, end) == 0;
}

void reading_told(const struct reading *reading, const char *file, size_t line, const char *reason,
		  const char *detail)
{
	char *text = NULL;
	size_t n;
	for (size_t i = 0; i < reading->findings.n_items; i++) {
		const struct finding *finding = &reading->findings.items[i];
		if (finding->line == line && strcmp(finding->reason, reason) == 0 &&
		    ends_in(finding->file, file) &&
		    (!detail || (finding->detail && strstr(finding->detail, detail))))
			return;
	}
	FILE *out = open_memstream(&text, &n);
	findings_print(&reading->findings, out, FINDINGS_KEPT);
	fclose(out);
	ck_abort_msg("no finding \"%s:%zu: %s: %s\" among:\n%s", file, line, reason, detail ? detail : "",
		     text);
}

size_t reading_count(const struct reading *reading, const char *reason)
{
	for (size_t i = 0; i < reading->findings.n_counts; i++)
		if (strcmp(reading->findings.counts[i].reason, reason) == 0)
			return reading->findings.counts[i].n;
	return 0;
}

const char *reading_npy(const char *name, size_t rows, size_t columns, const float *values)
{
	return reading_array(name, (struct reading_array){ "<f4", false, rows, columns, values });
}

const char *reading_array(const char *name, struct reading_array array)
{
	const char *path = scratch_path(name);
	FILE *file = fopen(path, "wb");
	ck_assert_ptr_nonnull(file);
	char header[118] = "";
	snprintf(header, sizeof(header), "{'descr': '%s', 'fortran_order': %s, 'shape': (%zu, %zu), }",
		 array.type, array.fortran ? "True" : "False", array.rows, array.columns);
	fwrite("\x93NUMPY\x01\x00\x76\x00", 1, 10, file);
	fprintf(file, "%-117s\n", header);
	for (size_t i = 0; i < array.rows * array.columns; i++) {
		float value =
			array.values[array.fortran ? i % array.rows * array.columns + i / array.rows : i];
		uint16_t half = npy_float_to_half(value);
		bool is_half = array.type[2] == '2';
		fwrite(is_half ? (void *)&half : (void *)&value, is_half ? 2 : 4, 1, file);
	}
	ck_assert_int_eq(fclose(file), 0);
	return path;
}
