/* A proof of a consequence: a smallest set of facts from which the rulebook gives the very same consequence again.
 *
 * The listed evidence tells a person what counted; the proof is what a court would ask for: leave out any one of its facts and the
 * consequence is gone or differs, feed them alone into a fresh engine and it is there, to the cent. Found by leaving
 * out (delta debugging, Zeller & Hildebrandt 2002), so it holds for every rule there is or will be. Pure; takes as
 * long as some hundred replays of the facts it is given, so give it those that may matter. */
#ifndef GUIJU_RULES_PROOF_H
#define GUIJU_RULES_PROOF_H

#include "rules/engine.h"

struct proof_version {
  const struct lang_program *program;
  i64 published_ms, in_force_ms;
};
struct proof_log {
  i64 zone_offset_ms;
  const struct proof_version *versions;
  size_t version_count;
  struct event *const *events; /* any order; borrowed */
  size_t count;
  i64 until_ms;                /* the instant as of which the consequence is looked at */
};
struct proof {
  struct event **events;       /* in order of occurrence; in the arena, the events themselves are borrowed */
  size_t count;
  bool smallest;               /* false: the search was cut short, some of them may be spared */
  size_t replays;
};

/* E_NOT_FOUND: these facts do not give that consequence. */
MUST_CHECK enum status proof_find(struct arena *a, const struct proof_log *log, struct str consequence_id, struct proof *out, struct problem *p);

#endif
