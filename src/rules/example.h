/* Examples (例) of a rulebook are its tests: facts in, all consequences out. `guiju test` and `guiju coverage` run them here.
 *
 * An example names what it is about by its target: 例 #c14.05 … (a clause of the inventory among the heading's covers), or the
 * tag of an item; without a target it is about the only clause its heading covers. docs/coverage.md tells the rest. */
#ifndef GUIJU_RULES_EXAMPLE_H
#define GUIJU_RULES_EXAMPLE_H

#include "rules/engine.h"

struct example_result {
  const struct lang_item *item;
  struct str clause;        /* heading id */
  struct str covers;        /* inventory number it is evidence for, or "" */
  bool passed;
  bool hit;                 /* something follows, or the request is refused or sent to somebody */
  bool near_miss;           /* nothing follows, or the request is simply permitted */
  bool spoken;              /* a rule of its heading spoke in a hit */
  struct str outcome;       /* words after 得 */
  struct str got_zh, got_en;/* what came out instead; empty when passed */
};

/* Runs one LI_EXAMPLE item on a fresh engine. Results live in the arena. */
void example_run(struct arena *a, const struct lang_program *program, const struct lang_item *item, const struct work_calendar *calendar,
                 struct example_result *out);

/* What an example fed to its engine, and the engine as it stands after: for tests that ask more of it. */
struct example_tape {
  struct event **events;
  size_t count, room;
  struct engine *engine;    /* the caller frees it; NULL when the example could not be run */
};
void example_record(struct arena *a, const struct lang_program *program, const struct lang_item *item, const struct work_calendar *calendar, struct example_tape *out);
/* The facts of an example as events, in the order written, with the instant the clock stands at in the end. False when one of
 * them is not a fact of the vocabulary. A request that is only asked for (the last fact of a verdict) is left out. */
bool example_events(struct arena *a, const struct lang_program *program, const struct lang_item *item, struct event ***events, size_t *count, i64 *until);

#endif
