/* client_store_models.c: which models there are, by the names that everybody uses.        (kind: adapter) */
#include <stdlib.h>
#include <string.h>

#include "client/store/client_store_inside.h"

void client_models_deinit(struct client_models *models)
{
	for (size_t i = 0; i < models->n; i++)
		free(models->items[i].name);
	free(models->items);
	*models = (struct client_models){ 0 };
}

const char *client_store_canonical(const struct client_names *names, const char *local)
{
	for (size_t i = 0; names && i < names->n; i++)
		if (strcmp(names->items[i].local, local) == 0)
			return names->items[i].canonical;
	return local;
}

int client_models_add(struct client_models *models, const char *name, uint64_t rows)
{
	size_t at = 0;
	models->rows += rows;
	while (at < models->n && strcmp(models->items[at].name, name) < 0)
		at++;
	if (at < models->n && strcmp(models->items[at].name, name) == 0) {
		models->items[at].rows += rows;
		return 0;
	}
	char *copy = strdup(name);
	struct client_model *items = realloc(models->items, (models->n + 1) * sizeof(*items));
	if (items)
		models->items = items;
	if (!copy || !items) {
		free(copy);
		return FAIL(-ENOMEM);
	}
	memmove(items + at + 1, items + at, (models->n - at) * sizeof(*items));
	items[at] = (struct client_model){ copy, rows };
	models->n++;
	return 0;
}

int client_store_models(struct client_store *store, const struct client_names *names,
			struct client_models *out)
{
	cleanup(db_finalize) struct db_statement statement;
	cleanup(client_models_deinit) struct client_models models = { 0 };
	int r;
	TRY(db_prepare(
		store->db,
		"SELECT m.name, o.n FROM models m JOIN"
		" (SELECT model, count(*) AS n FROM observations GROUP BY model) o ON o.model = m.number",
		&statement));
	while ((r = db_step(&statement)) == DB_E_ROW)
		TRY(client_models_add(&models, client_store_canonical(names, db_column_lend(&statement, 0)),
				      (uint64_t)db_column_integer(&statement, 1)));
	TRY(r);
	*out = models;
	models = (struct client_models){ 0 };
	return 0;
}
