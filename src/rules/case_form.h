/* A declared case as a form: which fields are asked, which must be filled, what fits. The desk and `guiju coverage` use the
 * same function, so what coverage shows as refused is refused at the desk. */
#ifndef GUIJU_RULES_CASE_FORM_H
#define GUIJU_RULES_CASE_FORM_H

#include "base/calendar.h"
#include "events/event.h"
#include "lang/ast.h"

enum { CASE_TEXT_MAX = 5000, CASE_LIST_MAX = 100 }; /* characters of one text field; items of one list field */

/* May a case of this type be opened (or filled) with these fields? E_INVALID names the first field that is unknown
 * (case.field_unknown), missing (case.field_missing), of the wrong kind (case.field_type), not one of the words
 * (case.field_word), or out of its bounds (case.field_bound). Computed fields need not be given.
 * `partial`: only the given fields are judged, nothing is missing yet. */
MUST_CHECK enum status case_form_check(const struct lang_case *type, const struct event_extra *fields, size_t count, bool partial, struct problem *p);
/* Is the field asked for, given the others? (若 …; a condition that cannot be told from the form alone counts as asked.) */
bool case_form_asked(const struct lang_field *field, const struct event_extra *fields, size_t count);
/* A value that fits the field, for trying a form. */
struct value case_form_sample(struct arena *a, const struct lang_field *field);

/* Where a case may be taken by hand: along a declared arrow; on from steps whose condition (若) does not hold, where the flow has no
 * other way; along a timed arrow (→ 7天 后) only once its time is over. */
struct case_moment {
  i64 since_ms, now_ms;      /* in this state since; now */
  i64 zone_offset_ms;
  const struct work_calendar *calendar; /* NULL: Monday to Friday */
};
enum case_step { CASE_STEP_OPEN, CASE_STEP_NONE, CASE_STEP_EARLY /* its time is not over */ };
enum case_step case_form_step(const struct lang_program *program, const struct lang_case *type, size_t from, size_t to, const struct event_extra *fields, size_t count,
                              const struct case_moment *moment);

#endif
