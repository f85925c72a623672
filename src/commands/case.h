/* Cases opened and moved by other commands (approvals, rules). */
#ifndef GUIJU_COMMANDS_CASE_H
#define GUIJU_COMMANDS_CASE_H

#include "commands/command.h"

/* Answer a case's waiting step as the actor: agree takes the first arrow they may take, disagree the next one. */
MUST_CHECK enum status case_answer(struct command_ctx *c, struct str id, bool agree, struct str text, json_t **result);

/* What rules order, done as the desk: gates may refuse it, nobody's consent is asked. `given`: fields by name, NULL none;
 * `origin`: the consequence that ordered it; `words`: the clause, for the case's history. A failure has appended nothing. */
MUST_CHECK enum status case_open_by_rule(struct command_ctx *c, struct str type_name, const json_t *given, struct str origin, struct str words, struct str *id);
MUST_CHECK enum status case_move_by_rule(struct command_ctx *c, struct str id, struct str to, struct str words);
MUST_CHECK enum status case_assign_by_rule(struct command_ctx *c, struct str id, struct str to);

#endif
