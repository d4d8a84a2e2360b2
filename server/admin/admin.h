/* admin.h: the operator's commands that need the store alone.                               (kind: conductor)
 *
 * {"command": "runs"|"status"|"clients"|"models"|"invite"|"revoke", …} → {…} or {"error": text, "exit": 1|2}.
 * The daemon answers them at its socket, and the program itself while no daemon has the store.
 */
#pragma once

#include <jansson.h>

#include "server/store/store.h"

enum { ADMIN_E_OK = 0, ADMIN_E_NONE = 1 };
enum { ADMIN_FAILED = 1, ADMIN_USAGE = 2 }; /* "exit" of an error */

/* An error as an answer; NULL where memory is short. */
json_t *admin_error(int code, const char *format, ...) print_like(2, 3);

/* A text of the request, "" if it has none. */
const char *admin_text(const json_t *request, const char *key);

/* *answer is a new object. NONE: another command. */
must_check int admin_serve(struct store *store, const json_t *request, json_t **answer);
