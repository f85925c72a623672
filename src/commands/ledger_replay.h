/* The month once more, from the log, with a fresh engine: what a close compares with what was shown live. */
#ifndef GUIJU_COMMANDS_LEDGER_REPLAY_H
#define GUIJU_COMMANDS_LEDGER_REPLAY_H

#include "commands/command.h"

/* Differences for consequences booked in [from, to): [{"id","person","live_fen","replay_fen","live_seal","replay_seal","zh","en"}]. */
MUST_CHECK enum status ledger_replay(struct command_ctx *c, i64 from_ms, i64 to_ms, json_t **differences);

#endif
