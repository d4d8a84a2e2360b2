/* client_routers.c: files by version, and the history of `use`.                           (kind: adapter)
 *
 * `uses` is a stack: its top is the version in use; empty, the newest of the learner is. `rolled` marks a
 * version that rollback chose: going back once more goes on from it instead of undoing it.
 */
#include "client/store/client_routers.h"

#include <stdlib.h>
#include <string.h>

#include "client/store/client_store_inside.h"
#include "common/base/failpoint.h"
#include "common/io/durable.h"

#define COLUMNS "version, learner, digest, run, sha256, bytes"

const char *client_router_state_name(enum client_router_state state)
{
	static const char *const names[] = { "candidate", "current", "retired" };
	return names[state];
}

int client_routers_path(const struct client_store *store, const struct client_router *router, char **out)
{
	return folder_path(out, "%s/routers/%llu.safetensors", store->dir,
			   (unsigned long long)router->version);
}

static void take(struct db_statement *statement, struct client_router *out)
{
	*out = (struct client_router){ .version = (uint64_t)db_column_integer(statement, 0),
				       .bytes = (uint64_t)db_column_integer(statement, 5) };
	db_column_text(statement, 1, out->learner, sizeof(out->learner));
	db_column_text(statement, 2, out->digest, sizeof(out->digest));
	db_column_text(statement, 3, out->run, sizeof(out->run));
	db_column_text(statement, 4, out->sha256, sizeof(out->sha256));
}

static int get(const struct client_store *store, uint64_t version, struct client_router *out)
{
	cleanup(db_finalize) struct db_statement statement;
	TRY(db_prepare(store->db, "SELECT " COLUMNS " FROM routers WHERE version = ?", &statement));
	db_integer(&statement, (int64_t)version);
	int r = db_step(&statement);
	if (r != DB_E_ROW)
		return r == 0 ? CLIENT_STORE_E_NONE : r;
	take(&statement, out);
	return 0;
}

int client_routers_put(struct client_store *store, const struct client_router *router, const char *path)
{
	cleanup(free_pointer) char *target = NULL;
	cleanup(db_finalize) struct db_statement statement = { 0 };
	struct client_router known;
	int r = get(store, router->version, &known);
	if (r != CLIENT_STORE_E_NONE)
		return r;
	TRY(client_routers_path(store, router, &target));
	TRY(durable_publish(path, target, "router"));
	TRY(db_prepare(store->db, "INSERT INTO routers (" COLUMNS ") VALUES (?,?,?,?,?,?)", &statement));
	db_integer(&statement, (int64_t)router->version);
	db_text(&statement, router->learner);
	db_text(&statement, router->digest);
	db_text(&statement, router->run);
	db_text(&statement, router->sha256);
	db_integer(&statement, (int64_t)router->bytes);
	TRY(db_run(&statement));
	failpoint("router-journaled");
	return 0;
}

int client_routers_newest(struct client_store *store, uint64_t *out)
{
	cleanup(db_finalize) struct db_statement statement;
	TRY(db_prepare(store->db, "SELECT coalesce(max(version), 0) FROM routers", &statement));
	if (db_step(&statement) != DB_E_ROW)
		return FAIL(-EIO);
	*out = (uint64_t)db_column_integer(&statement, 0);
	return 0;
}

/* --- which one is in use --- */

struct use {
	int64_t number;
	uint64_t version;
	bool rolled;
};

/* The top of the stack. NONE: it is empty. */
static int top_use(const struct client_store *store, struct use *out)
{
	cleanup(db_finalize) struct db_statement statement;
	TRY(db_prepare(store->db, "SELECT number, version, rolled FROM uses ORDER BY number DESC LIMIT 1",
		       &statement));
	int r = db_step(&statement);
	if (r != DB_E_ROW)
		return r == 0 ? CLIENT_STORE_E_NONE : r;
	*out = (struct use){ db_column_integer(&statement, 0), (uint64_t)db_column_integer(&statement, 1),
			     db_column_integer(&statement, 2) != 0 };
	return 0;
}

static int push_use(const struct client_store *store, uint64_t version, bool rolled)
{
	cleanup(db_finalize) struct db_statement statement;
	TRY(db_prepare(store->db, "INSERT INTO uses (version, rolled) VALUES (?,?)", &statement));
	db_integer(&statement, (int64_t)version);
	db_integer(&statement, rolled);
	return db_run(&statement);
}

static int pop_use(const struct client_store *store, const struct use *use)
{
	cleanup(db_finalize) struct db_statement statement;
	TRY(db_prepare(store->db, "DELETE FROM uses WHERE number = ?", &statement));
	db_integer(&statement, use->number);
	return db_run(&statement);
}

/* The newest of a learner below a version. */
static int newest_below(const struct client_store *store, const char *learner, uint64_t version,
			struct client_router *out)
{
	cleanup(db_finalize) struct db_statement statement;
	TRY(db_prepare(store->db,
		       "SELECT " COLUMNS " FROM routers WHERE learner = ? AND version < ?"
		       " ORDER BY version DESC LIMIT 1",
		       &statement));
	db_text(&statement, learner);
	db_integer(&statement, (int64_t)version);
	int r = db_step(&statement);
	if (r != DB_E_ROW)
		return r == 0 ? CLIENT_STORE_E_NONE : r;
	take(&statement, out);
	return 0;
}

static int current(const struct client_store *store, const char *learner, struct client_router *out)
{
	struct use use;
	int r = top_use(store, &use);
	if (r == CLIENT_STORE_E_NONE)
		return newest_below(store, learner, INT64_MAX, out);
	return r == 0 ? get(store, use.version, out) : r;
}

/* What one moment's reading of several statements needs. */
struct asking {
	const struct client_store *store;
	const char *learner;
	uint64_t version;
	struct client_router router; /* the answer */
	struct client_router *list;
	size_t n;
};

static int find_current(void *context)
{
	struct asking *asking = context;
	int r = current(asking->store, asking->learner, &asking->router);
	asking->router.state = CLIENT_ROUTER_CURRENT;
	return r;
}

int client_routers_current(struct client_store *store, const char *learner, struct client_router *out)
{
	struct asking asking = { .store = store, .learner = learner };
	int r = db_reading(store->db, find_current, &asking);
	if (r == 0)
		*out = asking.router;
	return r;
}

static int read_list(struct asking *asking)
{
	cleanup(db_finalize) struct db_statement statement;
	int r;
	TRY(db_prepare(asking->store->db, "SELECT " COLUMNS " FROM routers ORDER BY version", &statement));
	while ((r = db_step(&statement)) == DB_E_ROW) {
		struct client_router *longer = realloc(asking->list, (asking->n + 1) * sizeof(*asking->list));
		TRY_ALLOC(longer);
		asking->list = longer;
		take(&statement, &asking->list[asking->n++]);
	}
	return r;
}

static enum client_router_state judge(const struct asking *asking, size_t i)
{
	if (asking->list[i].version == asking->version)
		return CLIENT_ROUTER_CURRENT;
	for (size_t j = i + 1; j < asking->n; j++)
		if (strcmp(asking->list[j].learner, asking->list[i].learner) == 0)
			return CLIENT_ROUTER_RETIRED;
	return CLIENT_ROUTER_CANDIDATE;
}

static int list_all(void *context)
{
	struct asking *asking = context;
	int r = current(asking->store, asking->learner, &asking->router);
	if (r < 0)
		return r;
	asking->version = r == 0 ? asking->router.version : 0;
	TRY(read_list(asking));
	for (size_t i = 0; i < asking->n; i++)
		asking->list[i].state = judge(asking, i);
	return 0;
}

int client_routers_list(struct client_store *store, const char *learner, struct client_router **out,
			size_t *n)
{
	struct asking asking = { .store = store, .learner = learner };
	int r = db_reading(store->db, list_all, &asking);
	if (r != 0) {
		free(asking.list);
		return r;
	}
	*out = asking.list;
	*n = asking.n;
	return 0;
}

static int use_version(void *context)
{
	struct asking *asking = context;
	if (asking->version == 0)
		return db_exec(asking->store->db, "DELETE FROM uses");
	int r = get(asking->store, asking->version, &asking->router);
	return r == 0 ? push_use(asking->store, asking->version, false) : r;
}

int client_routers_use(struct client_store *store, uint64_t version)
{
	struct asking asking = { .store = store, .version = version };
	return db_transaction(store->db, use_version, &asking);
}

/* From the version that rollback chose, or that is simply the newest, to the one before it. */
static int roll_on(struct asking *asking, const struct use *rolled)
{
	struct client_router from;
	int r = current(asking->store, asking->learner, &from);
	if (r == 0)
		r = newest_below(asking->store, from.learner, from.version, &asking->router);
	if (r != 0)
		return r;
	if (rolled)
		TRY(pop_use(asking->store, rolled));
	return push_use(asking->store, asking->router.version, true);
}

static int roll_back(void *context)
{
	struct asking *asking = context;
	struct use use;
	int r = top_use(asking->store, &use);
	if (r == CLIENT_STORE_E_NONE)
		return roll_on(asking, NULL);
	TRY(r);
	if (use.rolled)
		return roll_on(asking, &use);
	TRY(pop_use(asking->store, &use));
	return current(asking->store, asking->learner, &asking->router);
}

int client_routers_rollback(struct client_store *store, const char *learner, struct client_router *out)
{
	struct asking asking = { .store = store, .learner = learner };
	int r = db_transaction(store->db, roll_back, &asking);
	if (r != 0)
		return r;
	asking.router.state = CLIENT_ROUTER_CURRENT;
	*out = asking.router;
	return 0;
}
