/* A draft tried on a month of the desk's own log (试算), beside the writer and without its lock: a reader's connection, two engines,
 * nothing written. */
#ifndef GUIJU_COMMANDS_TRIAL_H
#define GUIJU_COMMANDS_TRIAL_H

#include "base/calendar.h"
#include "commands/command.h"

#include <stdatomic.h>

struct trial_ask {
  struct str url;               /* of the database; see store_open */
  struct str before, after;     /* sources; both must be clean of errors */
  struct str before_zh, before_en; /* what the first is called on pages and sheets: "第 1.0 版" */
  i64 from_ms, to_ms, now_ms;
  i64 zone_offset_ms;
  _Atomic i64 events;           /* to look at: the whole log until the trial knows better. Another thread may read it … */
  _Atomic i64 seen;             /* … and how many it has looked at so far */
  _Atomic bool cancelled;       /* another thread may set it: ends with E_CONFLICT (trial.cancelled) */
};
/* Facts of these nouns lie too thick to be fed for ever: before that many days ahead of the window they are passed over. */
enum { TRIAL_LOOK_BACK_DAYS = 400 };

/* See rules/trial.h for the result; here with names: people have `name` and `role`, clauses and lines `title` and `no`;
 * and `version` of the first text, `before_zh` and `before_en`. New reference. */
MUST_CHECK enum status trial_run(struct trial_ask *ask, json_t **result, struct problem *p);

#endif
