/* test_db.c: what is bound comes back, what fails is rolled back, what is newer is refused. */
#include "common/db/db.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/support/scratch.h"
#include "tests/support/suite.h"

static const struct db_schema tables = { 1, "CREATE TABLE t (a TEXT, b INTEGER, c REAL);", "the program" };

static struct db *open_scratch(void)
{
	struct findings findings = { 0 };
	struct db *db = NULL;
	ck_assert_int_eq(db_open(scratch_path("t.db"), &tables, &findings, &db), 0);
	findings_deinit(&findings);
	return db;
}

static int64_t count(const struct db *db)
{
	struct db_statement statement;
	ck_assert_int_eq(db_prepare(db, "SELECT count(*) FROM t", &statement), 0);
	ck_assert_int_eq(db_step(&statement), DB_E_ROW);
	int64_t n = db_column_integer(&statement, 0);
	db_finalize(&statement);
	return n;
}

static int insert(void *context)
{
	struct db_statement statement;
	ck_assert_int_eq(db_prepare(context, "INSERT INTO t VALUES (?,?,?)", &statement), 0);
	db_text(&statement, "x");
	db_integer(&statement, INT64_MIN);
	db_real(&statement, 0.1);
	ck_assert_int_eq(db_run(&statement), 0);
	db_again(&statement);
	db_text_or_null(&statement, NULL);
	db_integer(&statement, 2);
	db_real(&statement, NAN);
	ck_assert_int_eq(db_run(&statement), 0);
	db_finalize(&statement);
	return 0;
}

static int insert_and_fail(void *context)
{
	ck_assert_int_eq(insert(context), 0);
	return 7;
}

START_TEST(values_come_back_and_nothing_is_null)
{
	struct db *db = open_scratch();
	struct db_statement statement;
	char text[2];
	char *kept;
	ck_assert_int_eq(db_transaction(db, insert, db), 0);
	db_close(db);
	db = open_scratch();
	ck_assert_int_eq(db_prepare(db, "SELECT a, b, c FROM t ORDER BY b", &statement), 0);
	ck_assert_int_eq(db_step(&statement), DB_E_ROW);
	ck_assert(db_column_integer(&statement, 1) == INT64_MIN && db_column_real(&statement, 2) == 0.1);
	db_column_text(&statement, 0, text, sizeof(text));
	ck_assert_str_eq(text, "x");
	ck_assert_int_eq(db_step(&statement), DB_E_ROW);
	ck_assert(isnan(db_column_real(&statement, 2)));
	ck_assert_ptr_null(db_column_lend(&statement, 0));
	ck_assert_int_eq(db_column_keep(&statement, 0, &kept), 0);
	ck_assert_str_eq(kept, "");
	ck_assert_int_eq(db_step(&statement), 0);
	free(kept);
	db_finalize(&statement);
	db_close(db);
}
END_TEST

START_TEST(a_transaction_that_does_not_succeed_leaves_nothing)
{
	struct db *db = open_scratch();
	ck_assert_int_eq(db_transaction(db, insert_and_fail, db), 7);
	ck_assert_int_eq(count(db), 0);
	ck_assert_int_eq(db_transaction(db, insert, db), 0);
	ck_assert_int_eq(count(db), 2);
	db_close(db);
}
END_TEST

START_TEST(only_its_owner_may_read_the_file)
{
	struct stat status;
	db_close(open_scratch());
	ck_assert_int_eq(stat(scratch_path("t.db"), &status), 0);
	ck_assert_uint_eq(status.st_mode & 0777, 0600);
}
END_TEST

START_TEST(a_newer_programs_file_is_refused)
{
	struct findings findings = { 0 };
	struct db *db = open_scratch();
	ck_assert_int_eq(db_exec(db, "PRAGMA user_version = 2"), 0);
	db_close(db);
	ck_assert_int_eq(db_open(scratch_path("t.db"), &tables, &findings, &db), DB_E_BAD);
	ck_assert_str_eq(findings.items[0].reason, "a newer program's store");
	ck_assert_ptr_nonnull(strstr(findings.items[0].detail, "update the program"));
	findings_deinit(&findings);
}
END_TEST

START_TEST(what_is_not_a_database_is_refused)
{
	static const char text[4096] = "not a database at all";
	struct findings findings = { 0 };
	struct db *db = NULL;
	ck_assert_int_eq(db_open(scratch_file("t.db", text, sizeof(text)), &tables, &findings, &db),
			 DB_E_BAD);
	ck_assert_str_eq(findings.items[0].reason, "not a store");
	findings_deinit(&findings);
}
END_TEST

START_TEST(bad_statements_are_told)
{
	struct db *db = open_scratch();
	struct db_statement statement;
	ck_assert_int_eq(db_prepare(db, "SELECT nothing FROM nowhere", &statement), -EIO);
	ck_assert_int_eq(db_exec(db, "DROP TABLE nothing"), -EIO);
	ck_assert_int_eq(db_prepare(db, "SELECT 1", &statement), 0);
	db_integer(&statement, 1); /* which has no question mark */
	ck_assert_int_eq(db_step(&statement), -EIO);
	db_finalize(&statement);
	db_close(db);
}
END_TEST

SUITE_MAIN("db", values_come_back_and_nothing_is_null, a_transaction_that_does_not_succeed_leaves_nothing,
	   only_its_owner_may_read_the_file, a_newer_programs_file_is_refused,
	   what_is_not_a_database_is_refused, bad_statements_are_told)
