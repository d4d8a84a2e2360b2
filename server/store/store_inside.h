/* store_inside.h: what the files of this room share.                                      (kind: adapter) */
#pragma once

#include "common/db/db.h"
#include "server/store/store.h"

struct store {
	char *dir;
	int lock; /* descriptor of DIR/lock, held exclusively */
	struct db *db;
};
