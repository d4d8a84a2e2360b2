/* folder.h: folders whose entries are still there after a loss of power.                   (kind: adapter) */
#pragma once

#include "common/base/error.h"

/* printf into a malloc'ed path. */
must_check int folder_path(char **out, const char *format, ...) print_like(2, 3);

/* Make PARENT/`name` (mode 0700), durably; it may be there already. */
must_check int folder_make(const char *parent, const char *name);

/* fsync a folder, so that what was renamed into it stays. */
must_check int folder_sync(const char *path);

/* The same for the folder that the file `path` is in. */
must_check int folder_sync_of(const char *path);
