/* Records of comma-separated values, line by line. */
#include "tests/support/suite.h"

#include <string.h>

#include "common/data/csv.h"

/* Feeds lines until NULL; all but the last must leave a quoted cell open. */
static void feed(struct csv *csv, const char *const *lines)
{
	csv_begin(csv);
	for (; *lines; lines++)
		ck_assert_int_eq(csv_line(csv, *lines, strlen(*lines)), lines[1] ? CSV_E_MORE : CSV_E_OK);
}

static void feed_line(struct csv *csv, const char *line)
{
	feed(csv, (const char *const[]){ line, NULL });
}

static void has_cells(const struct csv *csv, size_t n, const char *const *cells)
{
	ck_assert_uint_eq(csv->n_cells, n);
	for (size_t i = 0; i < n; i++)
		ck_assert_str_eq(csv_cell(csv, i), cells[i]);
}

#define HAS(csv, ...)                                                            \
	has_cells(csv, sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *), \
		  (const char *const[]){ __VA_ARGS__ })

START_TEST(commas_separate_cells_and_blank_ones_count)
{
	struct csv csv = { 0 };
	feed_line(&csv, "a,,c,");
	HAS(&csv, "a", "", "c", "");
	feed_line(&csv, "");
	HAS(&csv, "");
	csv_deinit(&csv);
}
END_TEST

START_TEST(quoted_cells_hold_commas_and_doubled_quotes)
{
	struct csv csv = { 0 };
	feed_line(&csv, "\"a,b\",\"say \"\"hi\"\"\",\"\",\"\"\"\"");
	HAS(&csv, "a,b", "say \"hi\"", "", "\"");
	csv_deinit(&csv);
}
END_TEST

START_TEST(a_quote_inside_an_unquoted_cell_is_a_letter)
{
	struct csv csv = { 0 };
	feed_line(&csv, "5\" disk,a\"\"b, \"c\"");
	HAS(&csv, "5\" disk", "a\"\"b", " \"c\"");
	csv_deinit(&csv);
}
END_TEST

START_TEST(text_behind_a_closing_quote_is_kept)
{
	struct csv csv = { 0 };
	feed_line(&csv, "\"a\"b,\"c\" ,d");
	HAS(&csv, "ab", "c ", "d");
	csv_deinit(&csv);
}
END_TEST

START_TEST(a_quoted_cell_goes_on_over_lines_even_blank_ones)
{
	struct csv csv = { 0 };
	feed(&csv, (const char *const[]){ "q1,\"first", "", "third, \"\"quoted\"\"", "last\",x", NULL });
	HAS(&csv, "q1", "first\n\nthird, \"quoted\"\nlast", "x");
	csv_deinit(&csv);
}
END_TEST

START_TEST(a_cell_may_begin_and_end_with_a_line_end)
{
	struct csv csv = { 0 };
	feed(&csv, (const char *const[]){ "\"", "\"", NULL });
	HAS(&csv, "\n");
	csv_deinit(&csv);
}
END_TEST

START_TEST(a_new_record_forgets_an_open_quote)
{
	struct csv csv = { 0 };
	csv_begin(&csv);
	ck_assert_int_eq(csv_line(&csv, "a,\"open", 7), CSV_E_MORE);
	feed_line(&csv, "b,c");
	HAS(&csv, "b", "c");
	csv_deinit(&csv);
}
END_TEST

START_TEST(records_of_many_cells_and_of_long_ones_fit)
{
	enum { COMMAS = 100000, LETTERS = 1 << 20 };
	static char line[LETTERS + 1];
	struct csv csv = { 0 };
	for (size_t i = 0; i < COMMAS; i++)
		line[i] = ',';
	feed_line(&csv, line);
	ck_assert_uint_eq(csv.n_cells, COMMAS + 1);
	ck_assert_str_eq(csv_cell(&csv, COMMAS), "");
	for (size_t i = 0; i < LETTERS; i++)
		line[i] = 'x';
	feed_line(&csv, line);
	ck_assert_uint_eq(csv.n_cells, 1);
	ck_assert_uint_eq(strlen(csv_cell(&csv, 0)), LETTERS);
	csv_deinit(&csv);
}
END_TEST

SUITE_MAIN("data/csv", commas_separate_cells_and_blank_ones_count,
	   quoted_cells_hold_commas_and_doubled_quotes, a_quote_inside_an_unquoted_cell_is_a_letter,
	   text_behind_a_closing_quote_is_kept, a_quoted_cell_goes_on_over_lines_even_blank_ones,
	   a_cell_may_begin_and_end_with_a_line_end, a_new_record_forgets_an_open_quote,
	   records_of_many_cells_and_of_long_ones_fit)
