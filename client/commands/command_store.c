/* command_store.c: client.yaml and the store, for commands that ask the store.          (kind: conductor) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/commands/command.h"

int command_names(const struct conf_client *conf, struct client_name **out)
{
	struct client_name *items = calloc(conf->models.n + 1, sizeof(*items));
	TRY_ALLOC(items);
	for (size_t i = 0; i < conf->models.n; i++)
		items[i] =
			(struct client_name){ conf->models.items[i].local, conf->models.items[i].canonical };
	*out = items;
	return 0;
}

int command_store_open(const char *config, struct command_store *out)
{
	int result = command_conf(config, &out->conf);
	if (result != COMMAND_DONE)
		return result;
	int r = client_store_open(out->conf.dir, &out->findings, &out->store);
	if (r == 0)
		r = command_names(&out->conf, &out->name_items);
	out->names = (struct client_names){ out->conf.models.n, out->name_items };
	return r == 0 ? COMMAND_DONE : command_store_fail(out, r);
}

int command_store_fail(struct command_store *opened, int result)
{
	findings_print(&opened->findings, stderr, FINDINGS_KEPT);
	if (result < 0)
		fprintf(stderr, "%s: %s: %s\n", COMMAND_PROGRAM, opened->conf.dir, strerror(-result));
	return COMMAND_FAILED;
}

void command_store_close(struct command_store *opened)
{
	client_store_close(opened->store);
	free(opened->name_items);
	findings_deinit(&opened->findings);
	conf_client_deinit(&opened->conf);
}
