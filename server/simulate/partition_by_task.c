/* partition_by_task.c: every task label is one client.                          (kind: kernel) */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/simulate/partition_split.h"

enum { NAME_LONGEST = 64 };

/* The label in lower case, with '-' for what a name may not hold and "task" in front where it begins with
 * such. */
static void make_legal(const char *label, char name[NAME_LONGEST + 1])
{
	bool begins_well = isascii(label[0]) && isalnum((unsigned char)label[0]);
	size_t n = begins_well ? 0 : strlen("task");
	memcpy(name, "task", n);
	for (; *label && n < NAME_LONGEST; label++) {
		unsigned char c = (unsigned char)*label;
		bool fits = isascii(c) && (isalnum(c) || c == '.' || c == '_' || c == '-');
		name[n++] = fits ? (char)tolower(c) : '-';
	}
	name[n] = '\0';
}

static bool is_taken(const struct partition *partition, const char *name)
{
	for (size_t c = 0; c < partition->n; c++)
		if (partition->clients[c].name && strcmp(partition->clients[c].name, name) == 0)
			return true;
	return false;
}

/* The first of "name", "name-2", "name-3" … that no client has. */
static int name_client(const struct partition *partition, const char *label, char **out)
{
	char legal[NAME_LONGEST + 1], name[2 * NAME_LONGEST], suffix[24] = "";
	make_legal(label, legal);
	for (size_t number = 2;; number++) {
		int room = NAME_LONGEST - (int)strlen(suffix);
		snprintf(name, sizeof(name), "%.*s%s", room, legal, suffix);
		if (!is_taken(partition, name))
			break;
		snprintf(suffix, sizeof(suffix), "-%zu", number);
	}
	*out = strdup(name);
	TRY_ALLOC(*out);
	return 0;
}

int partition_by_task(const struct dataset *data, const struct partition_protocol *protocol, uint64_t seed,
		      struct partition *out)
{
	cleanup(partition_deinit) struct partition partition = { 0 };
	cleanup(free_pointer) size_t *offsets = NULL;
	cleanup(free_pointer) uint32_t *queries = NULL;
	size_t n;
	TRY(partition_split_offsets(data, &offsets));
	TRY(partition_split_by_task(data, offsets, &queries, &n));
	partition.clients = calloc(n + 1, sizeof(*partition.clients));
	TRY_ALLOC(partition.clients);
	struct split split = { data, offsets, protocol, seed };
	for (size_t first = 0, end; first < n; first = end) {
		end = partition_split_task_end(data, queries, n, first);
		struct partition_client client = { 0 };
		TRY(name_client(&partition, data->queries[queries[first]].task, &client.name));
		partition.clients[partition.n++] = client;
		TRY(partition_split_client(&split, queries + first, end - first,
					   &partition.clients[partition.n - 1]));
	}
	partition_split_sort(&partition);
	*out = partition;
	partition = (struct partition){ 0 };
	return 0;
}
