/* command_init.c: everything that a coordinator needs before it first runs.              (kind: conductor) */
#include <dirent.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/clock.h"
#include "common/command/arguments.h"
#include "common/conf/conf_checks.h"
#include "common/conf/conf_coordinator.h"
#include "common/crypto/certificate.h"
#include "common/io/atomic_file.h"
#include "common/io/folder.h"
#include "server/commands/command.h"
#include "server/store/store.h"

enum { HOSTS_MOST = 32, AUTHORITY_DAYS = 3650, SERVER_DAYS = 825, DAY_S = 86400 };

struct init_options {
	const char *dir, *listen;
	const char *hosts[HOSTS_MOST];
	size_t n_hosts;
};

static const char *take_host(void *context, const char *text)
{
	struct init_options *options = context;
	const char *wanted = conf_checks_host(text);
	if (wanted || options->n_hosts == HOSTS_MOST)
		return wanted ? wanted : "at most 32 hosts";
	options->hosts[options->n_hosts++] = text;
	return NULL;
}

static const struct arguments_option table[] = {
	{ .name = "dir",
	  .kind = ARGUMENTS_TEXT,
	  .offset = offsetof(struct init_options, dir),
	  .value = "DIR",
	  .help = "new or empty folder for keys, configuration and store" },
	{ .name = "listen",
	  .kind = ARGUMENTS_TEXT,
	  .offset = offsetof(struct init_options, listen),
	  .value = "ADDRESS:PORT",
	  .help = "where clients will reach it; 0.0.0.0 or [::] for all addresses" },
	{ .name = "host",
	  .kind = ARGUMENTS_OTHER,
	  .value = "NAME",
	  .help = "a name or address by which clients know it; can be given several times",
	  .take = take_host },
	{ .name = NULL },
};

static const struct arguments_command command = {
	.name = "init",
	.summary =
		"Found a consortium: make its certificate authority, the server's certificate for the "
		"hosts, the\n"
		"key that signs routers, the store, and a commented DIR/coordinator.yaml. Keep DIR secret, "
		"and back\n"
		"it up.",
	.example = "init --dir /var/lib/fedrouter --listen 0.0.0.0:7443 --host fedrouter.example.org",
	.options = table,
};

static int fail(const char *what, const char *text)
{
	fprintf(stderr, "fedrouter-coordinator init: %s: %s\n", what, text);
	return COMMAND_FAILED;
}

static int put(const char *dir, const char *name, const char *text)
{
	cleanup(free_pointer) char *path = NULL;
	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return FAIL(-ENOMEM);
	return atomic_file_write(path, text, strlen(text));
}

static int put_key(const char *dir, const char *name, const struct key *key)
{
	char *pem = NULL;
	TRY(key_private_pem(key, &pem));
	int r = put(dir, name, pem);
	key_text_free(pem);
	return r;
}

static int write_authority(const struct init_options *options)
{
	cleanup(key_cleanup) struct key *authority_key = NULL;
	cleanup(key_cleanup) struct key *server_key = NULL;
	cleanup(free_pointer) char *authority_pem = NULL;
	cleanup(free_pointer) char *server_pem = NULL;
	int64_t now = clock_wall_s();
	TRY(key_generate(KEY_P256, &authority_key));
	TRY(key_generate(KEY_P256, &server_key));
	TRY(certificate_authority("fedrouter consortium", authority_key,
				  now + (int64_t)AUTHORITY_DAYS * DAY_S, &authority_pem));
	struct authority authority = { authority_key, authority_pem };
	TRY(certificate_server(&authority, server_key, options->hosts, options->n_hosts,
			       now + (int64_t)SERVER_DAYS * DAY_S, &server_pem));
	TRY(put_key(options->dir, "ca.key", authority_key));
	TRY(put_key(options->dir, "server.key", server_key));
	TRY(put(options->dir, "ca.pem", authority_pem));
	return put(options->dir, "server.pem", server_pem);
}

static int write_signer(const char *dir)
{
	cleanup(key_cleanup) struct key *key = NULL;
	cleanup(free_pointer) char *pem = NULL;
	TRY(key_generate(KEY_ED25519, &key));
	TRY(put_key(dir, "signing.key", key));
	TRY(key_public_pem(key, &pem));
	return put(dir, "signing.pub", pem);
}

static int write_store(const char *dir)
{
	cleanup(findings_deinit) struct findings findings = { 0 };
	struct store *store = NULL;
	int r = store_open(dir, &findings, &store);
	store_close(store);
	return r <= 0 ? r : FAIL(-EEXIST);
}

/* coordinator.yaml comes last: a folder without it is no coordinator's. */
static int write_all(const struct init_options *options)
{
	cleanup(free_pointer) char *yaml = NULL;
	TRY(write_authority(options));
	TRY(write_signer(options->dir));
	TRY(write_store(options->dir));
	TRY(conf_coordinator_sample(options->listen, options->hosts, options->n_hosts, &yaml));
	return put(options->dir, "coordinator.yaml", yaml);
}

/* A new folder, or one that is empty. Its failures leave no trail. */
static int take_folder(const char *dir)
{
	if (mkdir(dir, 0700) == 0)
		return folder_sync_of(dir);
	if (errno != EEXIST)
		return -errno;
	DIR *folder = opendir(dir);
	if (!folder)
		return errno == ENOTDIR ? -EEXIST : -errno;
	size_t n = 0;
	while (readdir(folder))
		n++;
	closedir(folder);
	return n <= 2 ? 0 : -EEXIST; /* "." and ".." */
}

int command_init(int argc, char **argv)
{
	struct init_options options = { 0 };
	int r = arguments_parse(&command, argc, argv, &options);
	if (r != ARGUMENTS_E_OK)
		return r == ARGUMENTS_E_HELP ? COMMAND_DONE : COMMAND_USAGE;
	if (!options.dir || !options.listen || options.n_hosts == 0)
		return arguments_wrong(&command, "%s is missing",
				       !options.dir    ? "--dir" :
				       !options.listen ? "--listen" :
							 "--host");
	const char *wanted = conf_checks_listen(options.listen);
	if (wanted)
		return arguments_wrong(&command, "--listen %s: needs %s", options.listen, wanted);
	umask(077);
	r = take_folder(options.dir);
	if (r != 0)
		return fail(options.dir,
			    r == -EEXIST ? "is there and not an empty folder: name another" : strerror(-r));
	if (write_all(&options) != 0)
		return fail(options.dir, "could not be written: remove it and try again");
	printf("%s is ready. Next:\n  fedrouter-coordinator run --config %s/coordinator.yaml\n"
	       "  fedrouter-coordinator invite --config %s/coordinator.yaml NAME --out NAME.invite.json\n",
	       options.dir, options.dir, options.dir);
	return COMMAND_DONE;
}
