/* Configurations of both programs: taken as a whole or not at all; the sample says what it was made for. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "common/conf/conf_client.h"
#include "common/conf/conf_coordinator.h"

/* An invitation's address and name could be anything: the file made of them is YAML, and they are in it. */
static void check_sample(const struct conf_client *conf)
{
	struct findings findings = { 0 };
	cleanup(free_pointer) char *sample = NULL;
	cleanup(conf_client_deinit) struct conf_client again = { 0 };
	FUZZ_NEED(conf_client_sample(conf->coordinator, conf->name, &sample) == 0);
	const char *path = fuzz_file((const uint8_t *)sample, strlen(sample));
	FUZZ_NEED(conf_client_read(path, &findings, &again) == CONF_E_OK);
	FUZZ_NEED(strcmp(again.coordinator, conf->coordinator) == 0 && strcmp(again.name, conf->name) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct findings findings = { 0 };
	cleanup(conf_client_deinit) struct conf_client client = { 0 };
	cleanup(conf_coordinator_deinit) struct conf_coordinator coordinator = { 0 };
	int r = conf_client_read(fuzz_file(bytes, n), &findings, &client);
	fuzz_judge(r, &findings);
	if (r == CONF_E_OK)
		check_sample(&client);
	r = conf_coordinator_read(fuzz_file(bytes, n), &findings, &coordinator);
	fuzz_judge(r, &findings);
	FUZZ_NEED(r != CONF_E_OK || (coordinator.hosts.n > 0 && coordinator.poll_hold_s > 0));
	return 0;
}
