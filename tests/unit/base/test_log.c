/* Lines on stderr. */
#include "tests/support/suite.h"

#include <string.h>
#include <unistd.h>

#include "common/base/log.h"

static int reader;

/* From here on stderr is ours to read. */
static void catch_stderr(void)
{
	int ends[2];
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_ge(dup2(ends[1], STDERR_FILENO), 0);
	close(ends[1]);
	reader = ends[0];
}

/* What was written, without its time: it must be one line. */
static const char *caught(void)
{
	static char text[8192];
	ssize_t n = read(reader, text, sizeof(text) - 1);
	ck_assert_int_gt(n, 0);
	text[n] = '\0';
	ck_assert_ptr_eq(strchr(text, '\n'), text + n - 1);
	text[n - 1] = '\0';
	const char *rest = strstr(text, "level");
	ck_assert_ptr_nonnull(rest);
	return rest;
}

START_TEST(an_event_is_one_line_of_logfmt)
{
	catch_stderr();
	log_say(LOG_INFO, "phase-closed", { "run", "r7" }, { "clients", log_number(10) },
		{ "text", "two words" });
	ck_assert_str_eq(caught(), "level=info event=phase-closed run=r7 clients=10 text=\"two words\"");
	log_event(LOG_ERROR, "bare", NULL, 0);
	ck_assert_str_eq(caught(), "level=error event=bare");
}
END_TEST

START_TEST(an_event_is_one_line_of_json)
{
	catch_stderr();
	log_setup(true, LOG_INFO);
	log_say(LOG_WARNING, "late", { "client", "c\"1" }, { "left-out", NULL });
	ck_assert_str_eq(caught(), "level\":\"warning\",\"event\":\"late\",\"client\":\"c\\\"1\"}");
}
END_TEST

START_TEST(no_value_can_start_a_line_or_break_the_encoding)
{
	catch_stderr();
	log_say(LOG_INFO, "x", { "a", "1\nlevel=error" }, { "b", "\x1b[2J" }, { "c", "\xff\xc3" },
		{ "d", "\xc2\x9b" }, { "e", "ü" }, { "f", "" });
	ck_assert_str_eq(caught(),
			 "level=info event=x a=\"1\\nlevel=error\" b=\"\\u001b[2J\" c=\"\\ufffd\\ufffd\" "
			 "d=\"\\u009b\" e=\"ü\" f=\"\"");
}
END_TEST

START_TEST(a_long_value_is_cut_and_the_line_still_ends_well)
{
	static char value[10000];
	memset(value, 'x', sizeof(value) - 1);
	catch_stderr();
	log_setup(true, LOG_INFO);
	log_say(LOG_INFO, "long", { "value", value }, { "never", "seen" });
	const char *line = caught();
	ck_assert_uint_lt(strlen(line), 4096);
	ck_assert_ptr_null(strstr(line, "never"));
	ck_assert_str_eq(line + strlen(line) - 6, "x...\"}");
}
END_TEST

START_TEST(events_beyond_the_level_are_not_written)
{
	catch_stderr();
	log_setup(false, LOG_WARNING);
	log_say(LOG_INFO, "quiet", { "a", "b" });
	log_say(LOG_WARNING, "loud", { "a", "b" });
	ck_assert_str_eq(caught(), "level=warning event=loud a=b");
}
END_TEST

SUITE_MAIN("log", an_event_is_one_line_of_logfmt, an_event_is_one_line_of_json,
	   no_value_can_start_a_line_or_break_the_encoding, a_long_value_is_cut_and_the_line_still_ends_well,
	   events_beyond_the_level_are_not_written)
