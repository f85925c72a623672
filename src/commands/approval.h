/* Requests that wait for somebody's agreement (经): opened by a gate, answered by votes, then done. */
#ifndef GUIJU_COMMANDS_APPROVAL_H
#define GUIJU_COMMANDS_APPROVAL_H

#include "commands/command.h"

/* The running command must wait: keeps it with its arguments and asker. *decision: new reference,
 * {"decision":{"verdict":"consult","approval":"a12","stages":[…],"reasons":[…]}}. */
MUST_CHECK enum status approval_open(struct command_ctx *c, const struct event *request, const struct gate_decision *d, json_t **decision);

#endif
