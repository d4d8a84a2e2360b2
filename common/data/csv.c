/* csv.c: the cells of a record, by a machine of four states.                                (kind: kernel) */
#include "common/data/csv.h"

#include <stdlib.h>

enum { AT_START, PLAIN, QUOTED, AFTER_QUOTE };

void csv_deinit(struct csv *csv)
{
	free(csv->bytes);
	free(csv->starts);
	*csv = (struct csv){ 0 };
}

static int reserve_bytes(struct csv *csv, size_t more)
{
	if (csv->bytes_room - csv->n_bytes >= more)
		return 0;
	size_t room = 2 * (csv->n_bytes + more);
	char *bytes = realloc(csv->bytes, room);
	TRY_ALLOC(bytes);
	csv->bytes = bytes;
	csv->bytes_room = room;
	return 0;
}

static int reserve_cells(struct csv *csv, size_t more)
{
	if (csv->cells_room - csv->n_cells >= more)
		return 0;
	size_t room = 2 * (csv->n_cells + more);
	size_t *starts = realloc(csv->starts, room * sizeof(*starts));
	TRY_ALLOC(starts);
	csv->starts = starts;
	csv->cells_room = room;
	return 0;
}

/* Ends the cell before (there always is one) and starts the next. */
static void next_cell(struct csv *csv)
{
	csv->bytes[csv->n_bytes++] = '\0';
	csv->starts[csv->n_cells++] = csv->n_bytes;
	csv->state = AT_START;
}

static void take(struct csv *csv, char c)
{
	if (csv->state == QUOTED && c == '"') {
		csv->state = AFTER_QUOTE;
		return;
	}
	if (csv->state != QUOTED && c == ',') {
		next_cell(csv);
		return;
	}
	if (csv->state == AT_START && c == '"') {
		csv->state = QUOTED;
		return;
	}
	if (csv->state != QUOTED)
		csv->state = csv->state == AFTER_QUOTE && c == '"' ? QUOTED : PLAIN;
	csv->bytes[csv->n_bytes++] = c;
}

void csv_begin(struct csv *csv)
{
	csv->n_bytes = 0;
	csv->n_cells = 0;
	csv->state = AT_START;
}

int csv_line(struct csv *csv, const char *text, size_t n)
{
	size_t commas = 0;
	for (size_t i = 0; i < n; i++)
		commas += text[i] == ',';
	TRY(reserve_bytes(csv, n + 2)); /* each letter gives at most one; a line end before, a NUL behind */
	TRY(reserve_cells(csv, commas + 1));
	if (csv->n_cells == 0)
		csv->starts[csv->n_cells++] = 0;
	if (csv->state == QUOTED)
		csv->bytes[csv->n_bytes++] = '\n';
	for (size_t i = 0; i < n; i++)
		take(csv, text[i]);
	if (csv->state == QUOTED)
		return CSV_E_MORE;
	csv->bytes[csv->n_bytes++] = '\0';
	return CSV_E_OK;
}

char *csv_cell(const struct csv *csv, size_t index)
{
	return csv->bytes + csv->starts[index];
}
