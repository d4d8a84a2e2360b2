/* store.h: a store in the directory of a test, and logs to put into it. */
#pragma once

#include "client/store/client_store.h"

/* The store of this test's directory. */
struct client_store *store_open(void);

/* Read a log as `import` does; `encoder` NULL: its rows carry embeddings. */
struct log *store_log(const char *text, const char *encoder);

/* Import it with hash:32 and keep no text; fails the test where that fails. */
struct client_import store_import(struct client_store *store, const char *text);

/* Everything in the store, all models. */
struct client_snapshot store_all(struct client_store *store);

#define ROW(id, model, score, cost)                                                                 \
	"{\"id\":\"" id "\",\"query\":\"text of " id "\",\"model\":\"" model "\",\"score\":" #score \
	",\"cost\":" #cost "}\n"
