/* Text files line by line, whatever packs them. */
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "common/io/lines.h"
#include "tests/support/scratch.h"

enum { PACKED_ROOM = 1 << 20 };

/* `text` as one gzip member behind what `out` has; returns the new length. */
static size_t gzip(const void *text, size_t n, uint8_t *out, size_t at)
{
	z_stream deflater = { .next_in = (uint8_t *)text,
			      .avail_in = (unsigned)n,
			      .next_out = out + at,
			      .avail_out = (unsigned)(PACKED_ROOM - at) };
	ck_assert_int_eq(deflateInit2(&deflater, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	ck_assert_int_eq(deflate(&deflater, Z_FINISH), Z_STREAM_END);
	at += deflater.total_out;
	deflateEnd(&deflater);
	return at;
}

static size_t zstd(const void *text, size_t n, uint8_t *out, size_t at)
{
	size_t r = ZSTD_compress(out + at, PACKED_ROOM - at, text, n, 3);
	ck_assert(!ZSTD_isError(r));
	return at + r;
}

typedef size_t (*packer)(const void *text, size_t n, uint8_t *out, size_t at);
static const packer packers[] = { gzip, zstd };
static uint8_t packed[PACKED_ROOM];

static struct lines *opened(const char *path, struct findings *findings)
{
	struct lines *lines;
	ck_assert_int_eq(lines_open(path, findings, &lines), LINES_E_OK);
	return lines;
}

/* The file has exactly these lines. */
static void check_lines(const char *path, size_t n, const char *const *expected)
{
	struct findings findings = { 0 };
	struct line line;
	cleanup(lines_cleanup) struct lines *lines = opened(path, &findings);
	for (size_t i = 0; i < n; i++) {
		ck_assert_int_eq(lines_next(lines, &line), LINES_E_OK);
		ck_assert_str_eq(line.text, expected[i]);
		ck_assert_uint_eq(line.n, strlen(expected[i]));
		ck_assert_uint_eq(line.number, i + 1);
	}
	ck_assert_int_eq(lines_next(lines, &line), LINES_E_END);
	ck_assert_int_eq(lines_next(lines, &line), LINES_E_END);
	ck_assert_uint_eq(lines_position(lines), lines_size(lines));
	ck_assert_uint_eq(findings.n, 0);
}

#define CHECK_LINES(path, ...)                                                            \
	check_lines(path, sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(const char *), \
		    (const char *const[]){ __VA_ARGS__ })

/* At least `least` lines, then the container is broken, told once with `reason` at the next line. */
static void check_broken(const char *path, size_t least, const char *reason)
{
	struct findings findings = { 0 };
	struct line line;
	size_t good = 0;
	int r;
	cleanup(lines_cleanup) struct lines *lines = opened(path, &findings);
	while ((r = lines_next(lines, &line)) == LINES_E_OK)
		good++;
	ck_assert_int_eq(r, LINES_E_BAD);
	ck_assert_uint_ge(good, least);
	ck_assert_int_eq(lines_next(lines, &line), LINES_E_BAD);
	ck_assert_uint_eq(findings.n, 1);
	ck_assert_str_eq(findings.items[0].file, path);
	ck_assert_uint_eq(findings.items[0].line, good + 1);
	ck_assert_str_eq(findings.items[0].reason, reason);
	findings_deinit(&findings);
}

START_TEST(lines_end_with_a_line_feed_or_with_the_file)
{
	CHECK_LINES(scratch_text("a", "one\ntwo\n"), "one", "two");
	CHECK_LINES(scratch_text("b", "one\ntwo"), "one", "two");
	CHECK_LINES(scratch_text("c", "\n\nx\n"), "", "", "x");
	CHECK_LINES(scratch_text("d", "x"), "x");
	check_lines(scratch_text("e", ""), 0, NULL);
}
END_TEST

START_TEST(a_carriage_return_before_the_line_feed_belongs_to_the_end)
{
	CHECK_LINES(scratch_text("a", "one\r\ntwo\r\n\r\n"), "one", "two", "");
	CHECK_LINES(scratch_text("b", "a\rb\r\r\n"), "a\rb\r");
}
END_TEST

START_TEST(a_byte_order_mark_is_no_part_of_the_first_line)
{
	CHECK_LINES(scratch_text("a", "\xef\xbb\xbfone\n\xef\xbb\xbftwo\n"), "one", "\xef\xbb\xbftwo");
	check_lines(scratch_text("b", "\xef\xbb\xbf"), 0, NULL);
	CHECK_LINES(scratch_text("c", "\xef\xbb"), "\xef\xbb");
}
END_TEST

START_TEST(a_line_may_hold_nul_bytes)
{
	struct findings findings = { 0 };
	struct line line;
	cleanup(lines_cleanup) struct lines *lines = opened(scratch_file("a", "a\0b\nc", 5), &findings);
	ck_assert_int_eq(lines_next(lines, &line), LINES_E_OK);
	ck_assert_uint_eq(line.n, 3);
	ck_assert_mem_eq(line.text, "a\0b", 4);
	ck_assert_int_eq(lines_next(lines, &line), LINES_E_OK);
	ck_assert_str_eq(line.text, "c");
}
END_TEST

/* Many lines of many lengths, so that lines lie across every boundary of the buffers. */
static char *many_lines(size_t *n_out)
{
	char *text = malloc(4 << 20);
	size_t n = 0;
	for (size_t i = 0; i < 3000; i++) {
		n += (size_t)snprintf(text + n, 16, "%zu:", i);
		for (size_t j = 0; j < i * i % 1201; j++)
			text[n++] = (char)('a' + (i * 7 + j * j) % 26);
		text[n++] = '\n';
	}
	*n_out = n;
	return text;
}

static void check_many(const char *path, const char *text)
{
	struct findings findings = { 0 };
	struct line line;
	cleanup(lines_cleanup) struct lines *lines = opened(path, &findings);
	for (const char *at = text; *at;) {
		ck_assert_int_eq(lines_next(lines, &line), LINES_E_OK);
		ck_assert_mem_eq(line.text, at, line.n);
		ck_assert_int_eq(at[line.n], '\n');
		at += line.n + 1;
	}
	ck_assert_int_eq(lines_next(lines, &line), LINES_E_END);
	ck_assert_uint_eq(findings.n, 0);
}

START_TEST(gzip_zstd_and_plain_give_the_same_lines_whatever_the_name)
{
	size_t n;
	cleanup(free_pointer) char *text = many_lines(&n);
	text[n] = '\0';
	check_many(scratch_file("plain.gz", text, n), text);
	check_many(scratch_file("gzip.zst", packed, gzip(text, n, packed, 0)), text);
	check_many(scratch_file("zstd.jsonl", packed, zstd(text, n, packed, 0)), text);
}
END_TEST

START_TEST(members_and_frames_behind_each_other_are_one_stream)
{
	for (size_t i = 0; i < 2; i++) {
		size_t n = packers[i]("one\ntw", 6, packed, 0);
		n = packers[i]("", 0, packed, n);
		n = packers[i]("o\nthree", 7, packed, n);
		CHECK_LINES(scratch_file("a", packed, n), "one", "two", "three");
	}
}
END_TEST

START_TEST(a_member_that_ends_at_the_end_of_a_buffer_does_not_end_the_file)
{
	enum { BUFFER = 1 << 17 };
	cleanup(free_pointer) char *noise = malloc(2 * BUFFER);
	for (size_t i = 0; i < 2 * BUFFER; i++)
		noise[i] = (char)('!' + i * 2654435761u % 90);
	/* Stored, not deflated: letters are dropped until the member just fills the buffer. */
	size_t n = BUFFER + 40, end = 0;
	do {
		z_stream deflater = { .next_in = (uint8_t *)noise,
				      .avail_in = (unsigned)--n,
				      .next_out = packed,
				      .avail_out = PACKED_ROOM };
		ck_assert_int_eq(deflateInit2(&deflater, 0, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY),
				 Z_OK);
		ck_assert_int_eq(deflate(&deflater, Z_FINISH), Z_STREAM_END);
		end = deflater.total_out;
		deflateEnd(&deflater);
	} while (end > BUFFER);
	ck_assert_uint_eq(end, BUFFER);
	end = gzip("\nlast\n", 6, packed, end);
	noise[n] = '\0';
	CHECK_LINES(scratch_file("a", packed, end), noise, "last");
}
END_TEST

START_TEST(a_container_cut_anywhere_is_told_and_its_torn_line_not_given)
{
	size_t n;
	cleanup(free_pointer) char *text = many_lines(&n);
	for (size_t i = 0; i < 2; i++) {
		size_t end = packers[i](text, n, packed, 0);
		for (size_t cut = 4; cut < end; cut += 1 + cut / 3) {
			struct findings findings = { 0 };
			struct line line;
			const char *at = text;
			cleanup(lines_cleanup) struct lines *lines =
				opened(scratch_file("cut", packed, cut), &findings);
			int r;
			while ((r = lines_next(lines, &line)) == LINES_E_OK) {
				ck_assert_mem_eq(line.text, at, line.n);
				ck_assert_int_eq(at[line.n], '\n');
				at += line.n + 1;
			}
			ck_assert_int_eq(r, LINES_E_BAD);
			ck_assert_str_eq(findings.items[0].reason, "truncated file");
			findings_deinit(&findings);
		}
	}
}
END_TEST

START_TEST(a_member_cut_behind_a_whole_one_is_told)
{
	for (size_t i = 0; i < 2; i++) {
		size_t first = packers[i]("one\n", 4, packed, 0);
		size_t end = packers[i]("two\n", 4, packed, first);
		for (size_t cut = first + 1; cut < end; cut++)
			check_broken(scratch_file("cut", packed, cut), 1, "truncated file");
	}
}
END_TEST

/* The two-byte test that tells gzip must not make a one-byte file unreadable. */
START_TEST(a_file_shorter_than_a_magic_number_is_plain)
{
	CHECK_LINES(scratch_file("a", "\x1f", 1), "\x1f");
	CHECK_LINES(scratch_file("b", "\x28\xb5\x2f", 3), "\x28\xb5\x2f");
	check_broken(scratch_file("c", "\x1f\x8b", 2), 0, "truncated file");
	check_broken(scratch_file("d", "\x28\xb5\x2f\xfd", 4), 0, "truncated file");
}
END_TEST

START_TEST(a_flipped_bit_in_gzip_is_told)
{
	size_t n = gzip("one line of some length\nand another line\n", 41, packed, 0);
	for (size_t byte = 2; byte < n; byte++) {
		if (byte >= 3 && byte < 10)
			continue; /* "probably text", time, level and system mean nothing */
		packed[byte] ^= 1;
		struct findings findings = { 0 };
		struct line line;
		cleanup(lines_cleanup) struct lines *lines = opened(scratch_file("a", packed, n), &findings);
		int r;
		while ((r = lines_next(lines, &line)) == LINES_E_OK)
			;
		packed[byte] ^= 1;
		ck_assert_int_eq(r, LINES_E_BAD);
		ck_assert_uint_eq(findings.n, 1);
		findings_deinit(&findings);
	}
}
END_TEST

START_TEST(what_is_neither_container_nor_its_end_is_corrupt)
{
	for (size_t i = 0; i < 2; i++) {
		size_t n = packers[i]("one\n", 4, packed, 0);
		memcpy(packed + n, "garbage behind", 14);
		check_broken(scratch_file("a", packed, n + 14), 1, "corrupt file");
	}
}
END_TEST

START_TEST(a_zstd_window_beyond_the_limit_is_refused_before_it_is_allocated)
{
	/* Frame header: no dictionary, no checksum, window of 2^(10 + 21) bytes; one raw block of a byte. */
	const uint8_t frame[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x00, 21 << 3, 0x09, 0x00, 0x00, 'x' };
	check_broken(scratch_file("a", frame, sizeof(frame)), 0, "corrupt file");
}
END_TEST

static const char *long_line_file(const char *name, size_t n)
{
	cleanup(free_pointer) char *text = malloc(n + 12);
	memcpy(text, "first\n", 6);
	memset(text + 6, 'x', n);
	memcpy(text + 6 + n, "\nlast", 5);
	return scratch_file(name, text, n + 11);
}

static void check_long(const char *path, int expected, size_t n)
{
	struct findings findings = { 0 };
	struct line line;
	cleanup(lines_cleanup) struct lines *lines = opened(path, &findings);
	ck_assert_int_eq(lines_next(lines, &line), LINES_E_OK);
	ck_assert_int_eq(lines_next(lines, &line), expected);
	ck_assert_uint_eq(line.number, 2);
	ck_assert_uint_eq(line.n, n);
	ck_assert_int_eq(lines_next(lines, &line), LINES_E_OK);
	ck_assert_str_eq(line.text, "last");
	ck_assert_uint_eq(line.number, 3);
	ck_assert_int_eq(lines_next(lines, &line), LINES_E_END);
}

START_TEST(a_line_of_the_longest_length_is_given_and_a_longer_one_skipped)
{
	check_long(long_line_file("a", LINES_LONGEST), LINES_E_OK, LINES_LONGEST);
	check_long(long_line_file("b", LINES_LONGEST + 1), LINES_E_LONG, 0);
	check_long(long_line_file("c", LINES_LONGEST + 2), LINES_E_LONG, 0);
	check_long(long_line_file("d", LINES_LONGEST + 3), LINES_E_LONG, 0);
	check_long(long_line_file("e", 5000000), LINES_E_LONG, 0);
	check_long(long_line_file("f", 3 * LINES_LONGEST), LINES_E_LONG, 0);
}
END_TEST

START_TEST(a_long_line_that_ends_with_the_file_is_told_once)
{
	enum { LONG = 5000000 };
	cleanup(free_pointer) char *text = malloc(LONG);
	memset(text, 'x', LONG);
	struct findings findings = { 0 };
	struct line line;
	cleanup(lines_cleanup) struct lines *lines = opened(scratch_file("a", text, LONG), &findings);
	ck_assert_int_eq(lines_next(lines, &line), LINES_E_LONG);
	ck_assert_uint_eq(line.number, 1);
	ck_assert_int_eq(lines_next(lines, &line), LINES_E_END);
}
END_TEST

/* Members of one letter each: every one of them is a read of its own. */
START_TEST(a_line_in_very_many_members_is_read)
{
	enum { LETTERS = 300000 };
	size_t one = gzip("x", 1, packed, 0);
	cleanup(free_pointer) uint8_t *members = malloc(LETTERS * one);
	for (size_t i = 0; i < LETTERS; i++)
		memcpy(members + i * one, packed, one);
	struct findings findings = { 0 };
	struct line line;
	cleanup(lines_cleanup) struct lines *lines =
		opened(scratch_file("a", members, LETTERS * one), &findings);
	ck_assert_int_eq(lines_next(lines, &line), LINES_E_OK);
	ck_assert_uint_eq(line.n, LETTERS);
	ck_assert_int_eq(lines_next(lines, &line), LINES_E_END);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_told)
{
	const char *const paths[] = { scratch_path("nothing"), scratch_path(".") };
	for (size_t i = 0; i < 2; i++) {
		struct findings findings = { 0 };
		struct lines *lines;
		ck_assert_int_eq(lines_open(paths[i], &findings, &lines), LINES_E_BAD);
		ck_assert_str_eq(findings.items[0].reason, "cannot read the file");
		findings_deinit(&findings);
	}
}
END_TEST

SUITE_MAIN("Lines", lines_end_with_a_line_feed_or_with_the_file,
	   a_carriage_return_before_the_line_feed_belongs_to_the_end,
	   a_byte_order_mark_is_no_part_of_the_first_line, a_line_may_hold_nul_bytes,
	   gzip_zstd_and_plain_give_the_same_lines_whatever_the_name,
	   members_and_frames_behind_each_other_are_one_stream,
	   a_member_that_ends_at_the_end_of_a_buffer_does_not_end_the_file,
	   a_container_cut_anywhere_is_told_and_its_torn_line_not_given,
	   a_member_cut_behind_a_whole_one_is_told, a_file_shorter_than_a_magic_number_is_plain,
	   a_flipped_bit_in_gzip_is_told, what_is_neither_container_nor_its_end_is_corrupt,
	   a_zstd_window_beyond_the_limit_is_refused_before_it_is_allocated,
	   a_line_of_the_longest_length_is_given_and_a_longer_one_skipped,
	   a_long_line_that_ends_with_the_file_is_told_once, a_line_in_very_many_members_is_read,
	   a_file_that_cannot_be_read_is_told)
