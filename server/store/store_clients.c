/* store_clients.c: the registry: invited, enrolled, revoked.                               (kind: adapter) */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/store/store_inside.h"

#define CLIENT_COLUMNS                                                                           \
	"name, state, token, token_expires, request_key, certificate_expires, last_seen, rows, " \
	"unknown_models, program"

static void take(struct db_statement *statement, struct store_client *out)
{
	*out = (struct store_client){ .state = (enum store_client_state)db_column_integer(statement, 1) };
	db_column_text(statement, 0, out->name, sizeof(out->name));
	db_column_text(statement, 2, out->token, sizeof(out->token));
	out->token_expires = db_column_integer(statement, 3);
	db_column_text(statement, 4, out->request_key, sizeof(out->request_key));
	out->certificate_expires = db_column_integer(statement, 5);
	out->last_seen = db_column_integer(statement, 6);
	out->rows = (uint64_t)db_column_integer(statement, 7);
	out->unknown_models = (uint64_t)db_column_integer(statement, 8);
	db_column_text(statement, 9, out->program, sizeof(out->program));
}

int store_client_put(struct store *store, const struct store_client *client)
{
	cleanup(db_finalize) struct db_statement statement;
	TRY(db_prepare(store->db,
		       "INSERT OR REPLACE INTO clients (" CLIENT_COLUMNS ") VALUES (?,?,?,?,?,?,?,?,?,?)",
		       &statement));
	db_text(&statement, client->name);
	db_integer(&statement, client->state);
	db_text(&statement, client->token);
	db_integer(&statement, client->token_expires);
	db_text(&statement, client->request_key);
	db_integer(&statement, client->certificate_expires);
	db_integer(&statement, client->last_seen);
	db_integer(&statement, (int64_t)client->rows);
	db_integer(&statement, (int64_t)client->unknown_models);
	db_text(&statement, client->program);
	return db_run(&statement);
}

static int get_by(struct store *store, const char *sql, const char *value, struct store_client *out)
{
	cleanup(db_finalize) struct db_statement statement;
	TRY(db_prepare(store->db, sql, &statement));
	db_text(&statement, value);
	int r = db_step(&statement);
	if (r == 0)
		return STORE_E_NONE;
	if (r != DB_E_ROW)
		return r;
	take(&statement, out);
	return 0;
}

int store_client_get(struct store *store, const char *name, struct store_client *out)
{
	return get_by(store, "SELECT " CLIENT_COLUMNS " FROM clients WHERE name = ?", name, out);
}

int store_client_by_token(struct store *store, const char *token_sha256, struct store_client *out)
{
	return get_by(store, "SELECT " CLIENT_COLUMNS " FROM clients WHERE token = ? AND token <> ''",
		      token_sha256, out);
}

int store_clients(struct store *store, struct store_client **out, size_t *n)
{
	cleanup(db_finalize) struct db_statement statement;
	struct store_client *clients = NULL;
	size_t count = 0;
	int r;
	TRY(db_prepare(store->db, "SELECT " CLIENT_COLUMNS " FROM clients ORDER BY name", &statement));
	while ((r = db_step(&statement)) == DB_E_ROW) {
		struct store_client *more = reallocarray(clients, count + 1, sizeof(*clients));
		if (!more) {
			r = -ENOMEM;
			break;
		}
		clients = more;
		take(&statement, &clients[count++]);
	}
	if (r != 0) {
		free(clients);
		return r;
	}
	*out = clients;
	*n = count;
	return 0;
}
