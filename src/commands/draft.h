/* What publishing asks of the draft (草稿). */
#ifndef GUIJU_COMMANDS_DRAFT_H
#define GUIJU_COMMANDS_DRAFT_H

#include "commands/command.h"

/* Ends the draft, if there is one, and keeps its text among the drafts of before. `why`: "published", "discarded", "replaced". */
MUST_CHECK enum status draft_close(struct command_ctx *c, const char *why);
/* The same book with the number of its version raised to the next one that is free. */
MUST_CHECK enum status draft_raise_version(struct command_ctx *c, struct str *source);

#endif
