/* Judging a draft of the roster against 排班 of the rulebook, apart from writing it. */
#ifndef GUIJU_COMMANDS_DUTY_ROSTER_H
#define GUIJU_COMMANDS_DUTY_ROSTER_H

#include "commands/command.h"

enum { ROSTER_CELLS_MOST = 20000, ROSTER_CONTEXT_DAYS = 14, ROSTER_PROBLEMS_MOST = 50 };

struct roster_cell {
  struct str person, shift; /* shift "休" = a day off */
  i64 date;
  bool works;
  i64 start_ms, end_ms;
  struct str former;        /* what was published before; "" when nothing */
  bool changed;             /* differs from what is published */
};
struct roster_draft {
  i64 from, to;
  struct roster_cell *cells;
  size_t count;
};
/* What the draft breaks: [{"person","name","days":["2026-03-02",…],"zh","en","clause"}]. */
MUST_CHECK enum status roster_judge(struct command_ctx *c, const struct roster_draft *draft, json_t **problems);

#endif
