/* rpc_hint.h: what the core's error text lets a person try.                              (kind: machine) */
#pragma once

#include <stdbool.h>

/* A literal sentence with a remedy for the text of a call that failed because there is no connection. */
const char *rpc_hint_of(const char *text, bool with_certificate);
