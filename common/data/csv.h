/* csv.h: one record of comma-separated values (RFC 4180), fed line by line.                    (kind: kernel)
 *
 * A cell may be quoted: it then may hold commas, line ends and, doubled, quotes. A quote inside an unquoted
 * cell is a letter like any other.
 */
#pragma once

#include <stddef.h>

#include "common/base/error.h"

enum { CSV_E_OK = 0, CSV_E_MORE = 1 };

struct csv {
	char *bytes; /* all cells, each with a NUL behind it */
	size_t n_bytes, bytes_room;
	size_t *starts; /* of each cell in `bytes` */
	size_t n_cells, cells_room;
	int state;
};

void csv_deinit(struct csv *csv);

/* Forget the record before; its memory is used again. */
void csv_begin(struct csv *csv);

/* Add a line without its end. CSV_E_MORE: a quoted cell is still open, the record goes on with the next
 * line. */
must_check int csv_line(struct csv *csv, const char *text, size_t n);

/* Cell `index` < n_cells of a finished record; lent until the next csv_begin. */
char *csv_cell(const struct csv *csv, size_t index);
