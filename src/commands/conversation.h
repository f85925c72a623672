/* Giving out conversations, as other commands need it. */
#ifndef GUIJU_COMMANDS_CONVERSATION_H
#define GUIJU_COMMANDS_CONVERSATION_H

#include "commands/command.h"

/* Give waiting conversations to who is present and has room, oldest first. */
MUST_CHECK enum status conversation_give_out(struct command_ctx *c);
/* A person is gone: give their open conversations to others as far as somebody is there. */
MUST_CHECK enum status conversation_release(struct command_ctx *c, struct str person);
/* Append conversation.assigned. */
MUST_CHECK enum status conversation_append_assigned(struct command_ctx *c, struct str conversation, struct str agent, struct str former);

#endif
