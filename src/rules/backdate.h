/* Trying a version on what has happened. A fresh engine is given every fact this one holds and every version it knows, and
 * the new one beside them; the two results are then compared person by person and month by month.
 *
 * Cost: one replay of everything. Pure; the engine that is asked does not change. */
#ifndef GUIJU_RULES_BACKDATE_H
#define GUIJU_RULES_BACKDATE_H

#include "rules/engine.h"

struct backdate {
  size_t better, worse;   /* pairs of person and month that gain, that lose */
};

/* May this version come into force before it was published (in_force_ms < published_ms)? Only when nobody loses by it: for no
 * person and month is there less money, are there fewer points, more disciplinary measures or more left to a person to decide.
 * OK: nobody loses. E_REFUSED: somebody does; `p` names the first by month and by how much. E_INVALID: it cannot be judged. */
MUST_CHECK enum status backdate_try(struct engine *e, const struct lang_program *program, i64 published_ms, i64 in_force_ms, struct backdate *out, struct problem *p);

#endif
