/* wire_versions.h: the versions inside other messages; inside the wire room only.          (kind: adapter) */
#pragma once

#include <fedrouter.pb-c.h>

#include "common/wire/wire_check.h"

/* Borrows `versions`. */
Fedrouter__V1__Versions wire_versions_put(const struct wire_versions *versions);
bool wire_versions_take(struct wire_checking *checking, const Fedrouter__V1__Versions *message,
			struct wire_versions *out);
