/* Cases opened and moved by other commands (approvals, rules). */
#ifndef GUIJU_COMMANDS_CASE_H
#define GUIJU_COMMANDS_CASE_H

#include "commands/command.h"

/* Answer a case's waiting step as the actor: agree takes the first arrow they may take, disagree the next one. */
MUST_CHECK enum status case_answer(struct command_ctx *c, struct str id, bool agree, struct str text, json_t **result);

#endif
