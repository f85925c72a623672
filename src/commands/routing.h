/* What routing does when people come and go, and when time passes. */
#ifndef GUIJU_COMMANDS_ROUTING_H
#define GUIJU_COMMANDS_ROUTING_H

#include "commands/command.h"

/* A person is there again: what was to be handed over and nobody has taken stays theirs. */
MUST_CHECK enum status routing_returned(struct command_ctx *c, struct str person);
/* A person is gone: customers who wait go to the next at once, the rest is put into a handover that somebody has to take. */
MUST_CHECK enum status routing_gone(struct command_ctx *c, struct str person, struct str reason);
/* Time has passed: unanswered ones go on, ended shifts and leave are handed over, handovers are asked of the next, who waits is given out. */
MUST_CHECK enum status routing_due(struct command_ctx *c, i64 *moved);

#endif
