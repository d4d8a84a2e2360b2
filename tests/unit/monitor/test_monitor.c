/* test_monitor.c: what monitoring reads of a daemon, and where it is told. */
#include "common/monitor/monitor.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/metric.h"
#include "tests/support/scratch.h"
#include "tests/support/suite.h"
#include "tests/unit/http/serving.h"

struct watched { /* a daemon, and one request to it */
	struct loop *loop;
	struct monitor *monitor;
	bool ready;
	const char *path;
	char *answer;
};

static void print(const void *context, FILE *out)
{
	const struct watched *watched = context;
	metric_one(out, "fedrouter_ready", METRIC_GAUGE, "Its own.", watched->ready);
}

static bool ready(const void *context)
{
	return ((const struct watched *)context)->ready;
}

static void start(struct watched *watched, const char *dir)
{
	struct monitor_options options = { .dir = dir,
					   .address = "127.0.0.1:0",
					   .version = "1.2.3",
					   .print = print,
					   .ready = ready,
					   .context = watched };
	(void)mkdir(dir, 0700);
	*watched = (struct watched){ 0 };
	ck_assert_int_eq(loop_new(&watched->loop), 0);
	ck_assert_int_eq(monitor_new(watched->loop, &options, &watched->monitor), 0);
}

static void end(struct watched *watched)
{
	monitor_free(watched->monitor);
	loop_free(watched->loop);
}

static int ask(void *context)
{
	struct watched *watched = context;
	char text[200];
	snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		 watched->path);
	watched->answer = serving_raw(monitor_address(watched->monitor), text);
	return 0;
}

static void asked(void *context, int result)
{
	ck_assert_int_eq(result, 0);
	loop_stop(((struct watched *)context)->loop);
}

/* GET the path; `words` (ends with NULL) are in the answer, the first at its begin. */
static void check(struct watched *watched, const char *path, const char *const *words)
{
	watched->path = path;
	ck_assert_int_eq(loop_job(watched->loop, ask, asked, watched), 0);
	ck_assert_int_eq(loop_run(watched->loop), 0);
	ck_assert_ptr_eq(strstr(watched->answer, words[0]), watched->answer);
	for (; *words; words++)
		ck_assert_msg(strstr(watched->answer, *words) != NULL, "%s is not in %s", *words,
			      watched->answer);
	free(watched->answer);
}

#define CHECK(watched, path, ...) check((watched), (path), (const char *const[]){ __VA_ARGS__, NULL })

START_TEST(metrics_are_the_processs_and_the_daemons)
{
	struct watched watched;
	start(&watched, scratch_path("dir"));
	watched.ready = true;
	CHECK(&watched, "/metrics", "HTTP/1.1 200 OK\r\n", "text/plain; version=0.0.4",
	      "\nfedrouter_build_info{version=\"1.2.3\"} 1\n", "\nprocess_resident_memory_bytes ",
	      "\nprocess_cpu_seconds_total ", "\nprocess_open_fds ", "\nprocess_start_time_seconds ",
	      "\nfedrouter_ready 1\n");
	end(&watched);
}
END_TEST

START_TEST(a_daemon_is_alive_before_it_is_ready)
{
	struct watched watched;
	start(&watched, scratch_path("dir"));
	CHECK(&watched, "/healthz", "HTTP/1.1 200 OK\r\n", "\r\n\r\nok\n");
	CHECK(&watched, "/readyz", "HTTP/1.1 503 ", "\r\n\r\nnot ready\n");
	watched.ready = true;
	CHECK(&watched, "/readyz", "HTTP/1.1 200 OK\r\n", "\r\n\r\nok\n");
	CHECK(&watched, "/other", "HTTP/1.1 404 ");
	end(&watched);
}
END_TEST

START_TEST(the_real_address_is_told_while_the_daemon_lives)
{
	struct watched watched;
	size_t n;
	start(&watched, scratch_path("dir"));
	char *told = scratch_read(scratch_path("dir/run/http"), &n);
	ck_assert_uint_eq(n, strlen(monitor_address(watched.monitor)) + 1);
	ck_assert_mem_eq(told, monitor_address(watched.monitor), n - 1);
	ck_assert_int_eq(told[n - 1], '\n');
	free(told);
	end(&watched);
	struct stat status;
	ck_assert_int_ne(stat(scratch_path("dir/run/http"), &status), 0);
}
END_TEST

START_TEST(an_address_in_use_is_an_error)
{
	struct watched watched;
	start(&watched, scratch_path("dir"));
	struct monitor_options options = { .dir = scratch_path("other"),
					   .address = monitor_address(watched.monitor),
					   .version = "",
					   .print = print,
					   .ready = ready };
	struct monitor *monitor = NULL;
	ck_assert_int_eq(monitor_new(watched.loop, &options, &monitor), -EADDRINUSE);
	ck_assert_ptr_null(monitor);
	end(&watched);
}
END_TEST

SUITE_MAIN("monitor/monitor", metrics_are_the_processs_and_the_daemons, a_daemon_is_alive_before_it_is_ready,
	   the_real_address_is_told_while_the_daemon_lives, an_address_in_use_is_an_error)
