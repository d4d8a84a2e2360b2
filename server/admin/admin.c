/* admin.c: the operator's commands that need the store alone.                            (kind: conductor) */
#include "server/admin/admin.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "server/listing/listing.h"
#include "server/registry/registry.h"

enum { INVITATION_HOURS = 168 };

json_t *admin_error(int code, const char *format, ...)
{
	char text[STORE_TEXT];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	return json_pack("{s:s, s:i}", "error", text, "exit", code);
}

const char *admin_text(const json_t *request, const char *key)
{
	const char *text = json_string_value(json_object_get(request, key));
	return text ? text : "";
}

static int invite(struct store *store, const json_t *request, json_t **answer)
{
	static const char *const why[] = { [REGISTRY_E_NAME] = "is not a name ([a-z0-9][a-z0-9._-]{0,62})",
					   [REGISTRY_E_ENROLLED] = "is enrolled already",
					   [REGISTRY_E_REVOKED] = "was revoked: choose another name" };
	const char *client = admin_text(request, "client");
	json_int_t hours = json_integer_value(json_object_get(request, "hours"));
	struct invitation invitation;
	int r = registry_invite(store, client, hours > 0 ? (uint32_t)hours : INVITATION_HOURS, &invitation);
	if (r < 0)
		return r;
	*answer = r != 0 ? admin_error(r == REGISTRY_E_NAME ? ADMIN_USAGE : ADMIN_FAILED, "%s %s", client,
				       why[r]) :
			   json_pack("{s:s, s:I}", "token", invitation.token, "expires",
				     (json_int_t)invitation.expires);
	return 0;
}

static int revoke(struct store *store, const json_t *request, json_t **answer)
{
	const char *client = admin_text(request, "client");
	int r = registry_revoke(store, client);
	if (r < 0)
		return r;
	*answer = r == REGISTRY_E_NONE ? admin_error(ADMIN_FAILED, "no client %s is known", client) :
					 json_pack("{s:s}", "revoked", client);
	return 0;
}

static int runs(struct store *store, const json_t *request, json_t **answer)
{
	const char *id = admin_text(request, "run");
	int r = listing_runs(store, id[0] ? id : NULL, answer);
	if (r != LISTING_E_NONE)
		return r;
	*answer = admin_error(ADMIN_FAILED, "there is no run %s", id);
	return 0;
}

static int clients(struct store *store, const json_t *request, json_t **answer)
{
	(void)request;
	return listing_clients(store, answer);
}

static int models(struct store *store, const json_t *request, json_t **answer)
{
	(void)request;
	return listing_models(store, answer);
}

int admin_serve(struct store *store, const json_t *request, json_t **answer)
{
	static const struct {
		const char *name;
		int (*serve)(struct store *store, const json_t *request, json_t **answer);
	} commands[] = {
		{ "runs", runs },     { "status", runs },   { "clients", clients },
		{ "models", models }, { "invite", invite }, { "revoke", revoke },
	};
	const char *name = admin_text(request, "command");
	*answer = NULL;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, name) != 0)
			continue;
		TRY(commands[i].serve(store, request, answer));
		TRY_ALLOC(*answer);
		return ADMIN_E_OK;
	}
	return ADMIN_E_NONE;
}
