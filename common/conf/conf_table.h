/* conf_table.h: a program's settings as one table, from which all else about them comes.      (kind: adapter)
 *
 * One row says of a key its type, default, range, check and help. How a file is read (libcyaml, by a schema
 * made of the rows), the defaults, every finding and the commented sample follow from it, so that nothing can
 * be forgotten in one of them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/base/findings.h"

enum conf_type {
	CONF_TEXT,    /* const char * */
	CONF_WHOLE,   /* uint32_t or uint64_t */
	CONF_FLAG,    /* bool */
	CONF_WORD,    /* an integer or enum of any size, or bool: the place in `words` */
	CONF_LIST,    /* struct conf_list */
	CONF_NAMES,   /* struct conf_names */
	CONF_SECTION, /* no field; the keys in it follow */
};

struct conf_list {
	size_t n;
	const char *const *items;
};

struct conf_name { /* one key, and the text under it */
	const char *local, *canonical;
};

struct conf_names { /* in the order of the file */
	size_t n;
	const struct conf_name *items;
};

struct conf_key {
	const char *key;
	const char *in; /* the section that it is in; NULL: none */
	enum conf_type type;
	size_t offset, size; /* of the field: CONF_FIELD */
	/* The default, as the file would have it. NULL: the key has to be there. "": without the key the
	 * field is NULL. */
	const char *fallback;
	const char *example;      /* of a key without a default: how the sample shows it */
	uint64_t least, most;     /* CONF_WHOLE */
	const char *const *words; /* CONF_WORD; NULL at the end */
	/* CONF_TEXT, and each text of a CONF_LIST: NULL, or what it has to be ("a host and a port"). */
	const char *(*check)(const char *text);
	const char *help; /* for the sample; several lines are separated by \n */
};

#define CONF_FIELD(type, member) .offset = offsetof(type, member), .size = sizeof(((type *)0)->member)

enum { CONF_KEYS = 32 };

struct conf_table {
	const char *title;           /* above the sample, as its first comment */
	const struct conf_key *keys; /* ends with key NULL */
	size_t size;                 /* of the program's struct */
};

enum { CONF_E_OK = 0, CONF_E_BAD = 1 };

struct conf_owned; /* what the fields point to */

/* Read a file into the program's struct. CONF_E_BAD: every mistake is in `findings`, with line and column.
 * `owned_out` (also set on failure) is for conf_table_free when the struct is no longer used. */
must_check int conf_table_read(const char *path, const struct conf_table *table, struct findings *findings,
			       void *out, struct conf_owned **owned_out);
void conf_table_free(struct conf_owned *owned);

struct conf_value { /* what a sample says instead of a default */
	const char *key;
	const char *const *texts; /* one, or those of a list */
	size_t n;
};

/* The commented sample, malloc'ed: every key with its help and its default, or with what `values` (ends with
 * key NULL) have for it. */
must_check int conf_table_sample(const struct conf_table *table, const struct conf_value *values, char **out);

/* The directory of a file, malloc'ed: a program's files are beside its configuration. */
must_check int conf_table_directory(const char *path, char **out);
