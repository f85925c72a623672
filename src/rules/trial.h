/* A changed rulebook tried on facts that happened: two engines, one with each text, fed the same facts; then what differs.
 *
 * Both texts are judged as if they had always been in force, so the difference is the text's alone; only consequences booked inside
 * [from, to) are compared. Nothing is changed anywhere. Pure, as the engine is: the caller reads the log. */
#ifndef GUIJU_RULES_TRIAL_H
#define GUIJU_RULES_TRIAL_H

#include "rules/engine.h"

#include <jansson.h>

enum {
  TRIAL_LINES_MOST = 2000,          /* differing consequences that are kept with their why */
  TRIAL_FACTS_MOST = 3 * 1000 * 1000, /* facts that one trial looks at */
};

struct trial;
struct trial_options {
  const struct lang_program *before, *after; /* checked, outlive the trial */
  i64 zone_offset_ms;
  const struct work_calendar *calendar;      /* may be NULL; borrowed */
  i64 from_ms, to_ms;
};
MUST_CHECK enum status trial_new(const struct trial_options *o, struct trial **out, struct problem *p);
/* Facts in the order of occurrence; derived kinds and clock.due are passed over. E_TOO_LARGE beyond TRIAL_FACTS_MOST. */
MUST_CHECK enum status trial_step(struct trial *t, const struct event *e, struct problem *p);
/* Lets time pass to the end of the window (not beyond `now_ms`) and compares:
 * {facts, people:[{person, before_fen, after_fen, change_fen, before_points, after_points, change_points, before_count, after_count, added, gone, changed}],
 *  clauses:[{clause, … the same}], hours:[{added, gone, changed} × 24], lines:[{id, side, change:"added"|"gone"|"changed", type, type_zh, person, clause, tag, at,
 *  item, before_fen, after_fen, change_fen, before_points, after_points, text, text_en, before_text}], more, whys:{id: see engine_why_json}, whys_before:{the same by the first text, for lines that stand in it}}
 * Sums are from the employee's side: a fine is minus. Waived and withdrawn entries count nothing. New reference. */
MUST_CHECK enum status trial_result(struct trial *t, i64 now_ms, json_t **out, struct problem *p);
void trial_free(struct trial *t);

#endif
