/* Wakes the desk when time alone brings something about: deadlines, recurring duties, the end of a day or month, cases that rules ask
 * for. The writer judges by its own clock; the scheduler only makes sure it looks.
 *
 * Two clocks are watched. The wall clock may be set (by hand, by NTP, by waking from sleep); the monotonic clock may not. Where they
 * part by more than SCHEDULER_JUMP_MS, the desk is woken at once and the jump is written to the log: forward, everything that
 * came due in between is judged at its own instant; backward, nothing is judged twice, because the log's time never goes back. */
#ifndef GUIJU_SCHEDULER_SCHEDULER_H
#define GUIJU_SCHEDULER_SCHEDULER_H

#include "commands/writer.h"

enum {
  SCHEDULER_STEP_MS = 1000,   /* between two looks at the clocks */
  SCHEDULER_WAKE_MS = 15000,  /* the desk is woken at least this often */
  SCHEDULER_JUMP_MS = 3000,   /* wall and monotonic clock may part by this much between two looks */
};

/* What one look at the clocks asks for: pure, so that tests can set any clock. */
struct scheduler_look {
  bool begun;
  i64 wall_ms, monotonic_ms; /* of the look before */
  i64 woke_ms;               /* monotonic time of the last wake */
  i64 day;                   /* civil day of the look before */
};
struct scheduler_needs {
  bool wake;      /* let deadlines pass */
  bool new_day;   /* a calendar point: the civil day has changed */
  i64 jump_ms;    /* how far the wall clock jumped; 0: it did not */
};
struct scheduler_needs scheduler_decide(struct scheduler_look *look, i64 wall_ms, i64 monotonic_ms, i64 zone_offset_ms);

struct scheduler;
/* Starts the thread. The writer outlives the scheduler. */
MUST_CHECK enum status scheduler_start(struct writer *w, struct scheduler **out, struct problem *p);
void scheduler_stop(struct scheduler *s); /* NULL is allowed */
/* One round by hand, as the thread does it: wake the desk, open the cases that rules asked for. For tests and the command line. */
MUST_CHECK enum status scheduler_round(struct writer *w, struct problem *p);

#endif
