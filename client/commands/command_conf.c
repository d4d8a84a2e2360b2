/* command_conf.c: reading client.yaml for a command.                                    (kind: conductor) */
#include <stdio.h>

#include "client/commands/command.h"

int command_conf(const char *config, struct conf_client *out)
{
	cleanup(findings_deinit) struct findings findings = { 0 };
	int r = conf_client_read(config, &findings, out);
	findings_print(&findings, stderr, FINDINGS_KEPT);
	if (r == CONF_E_BAD)
		return COMMAND_USAGE;
	return r == 0 ? COMMAND_DONE : COMMAND_FAILED;
}
