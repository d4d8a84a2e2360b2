/* Artefacts when memory runs out: nothing leaks, no half file, no router that isn't the one. */
#include "tests/support/suite.h"

#include <string.h>
#include <unistd.h>

#include "common/router/artefact.h"
#include "tests/support/scratch.h"
#include "tests/support/shortage.h"
#include "tests/unit/router/fake.h"

struct target {
	const struct router *router;
	const char *path;
};

static int write_one(void *context)
{
	struct artefact_notes notes = { .run = "run-1", .phases = 1 };
	const struct target *target = context;
	int r = artefact_write(target->router, &notes, NULL, target->path);
	shortage_end();
	ck_assert_uint_eq(scratch_count(), r == 0 ? 1 : 0);
	unlink(target->path);
	return r;
}

START_TEST(writing_leaves_a_whole_file_or_none)
{
	struct router *router = fake_router();
	struct target target = { router, scratch_path("written") };
	ck_assert_uint_gt(shortage_try(write_one, &target, false), 5);
	shortage_try(write_one, &target, true);
	router_free(router);
}
END_TEST

struct expected {
	const char *path;
	struct digest digest;
};

static const struct artefact_reader anyone = { .find = fake_find };

static int read_one(void *context)
{
	const struct expected *expected = context;
	struct findings findings = { 0 };
	struct router *router = NULL;
	struct digest digest;
	int r = artefact_read(expected->path, &anyone, &findings, NULL, &router);
	shortage_end();
	ck_assert((r == 0) == (router != NULL));
	if (r == 0 && router_digest(router, &digest) == 0)
		ck_assert_mem_eq(&digest, &expected->digest, sizeof(digest));
	router_free(router);
	findings_deinit(&findings);
	return r;
}

START_TEST(reading_gives_the_router_or_none)
{
	struct router *router = fake_router();
	struct expected expected = { .path = scratch_path("good") };
	ck_assert_int_eq(artefact_write(router, &(struct artefact_notes){ 0 }, NULL, expected.path), 0);
	ck_assert_int_eq(router_digest(router, &expected.digest), 0);
	router_free(router);
	ck_assert_uint_gt(shortage_try(read_one, &expected, false), 10);
	shortage_try(read_one, &expected, true);
}
END_TEST

SUITE_MAIN("Artefacts without memory", writing_leaves_a_whole_file_or_none, reading_gives_the_router_or_none)
