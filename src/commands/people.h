/* People as other commands need them. */
#ifndef GUIJU_COMMANDS_PEOPLE_H
#define GUIJU_COMMANDS_PEOPLE_H

#include "commands/command.h"

/* The role at the top of the book (nobody above, somebody below), else the first role, else 负责人. */
struct str people_head_role(const struct lang_program *program);
/* Store a session row from token_hash, csrf and address of the arguments (commands/session.c). */
MUST_CHECK enum status session_store(struct command_ctx *c, struct str person, json_t *args);

#endif
