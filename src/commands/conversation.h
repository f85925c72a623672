/* Giving out conversations, as other commands need it. */
#ifndef GUIJU_COMMANDS_CONVERSATION_H
#define GUIJU_COMMANDS_CONVERSATION_H

#include "commands/command.h"

/* Give one to whoever is there, has room and may have it, but not to `except`. *agent "": nobody, and nothing was done. */
MUST_CHECK enum status conversation_give(struct command_ctx *c, struct str conversation, struct str former, struct str except, struct str *agent);
/* Give waiting conversations out, customers of a level first, then the oldest. */
MUST_CHECK enum status conversation_give_out(struct command_ctx *c);
/* Those that nobody answered in time go to the next; never again to who let them fall, until the customer was answered. */
MUST_CHECK enum status conversation_give_back(struct command_ctx *c, i64 *moved);
/* A person is gone: where the customer waits (or `all`: everything) goes to the next, or back to the queue with the reason. What was put
 * into a handover stays there. */
MUST_CHECK enum status conversation_release(struct command_ctx *c, struct str person, struct str reason, bool all);
/* Append conversation.queued: back to those who wait for anybody. */
MUST_CHECK enum status conversation_queue_back(struct command_ctx *c, struct str conversation, struct str former, struct str reason);
/* Append conversation.assigned, by hand: no reason of the desk. */
MUST_CHECK enum status conversation_append_assigned(struct command_ctx *c, struct str conversation, struct str agent, struct str former);

#endif
