/* Cases (单) for the files that move them: their declared fields, values and next steps. */
#ifndef GUIJU_VIEWS_CASE_H
#define GUIJU_VIEWS_CASE_H

#include "rules/case_form.h"
#include "views/case.sql.h"
#include "views/party.h"
#include "views/show.h"

/* The word of a field's type in the API: "text", "person", "money" … */
const char *case_field_type(const struct lang_type *type);
enum event_field_type case_event_type(const struct lang_type *type);
/* One field of a case as JSON, typed as its declaration asks; a list when it holds many. */
MUST_CHECK enum status case_field_value(struct arena *a, const struct lang_type *type, const json_t *v, i64 zone_offset_ms, struct value *out, struct problem *p);
/* All filled fields of a case, typed: what rules/case_form.h judges and case events carry. */
MUST_CHECK enum status case_values(struct arena *a, const struct lang_case *type, const json_t *fields, i64 zone_offset_ms, struct event_extra **out, size_t *count, struct problem *p);

/* One open case with everything needed to judge its next steps. */
struct case_at {
  struct case_file_get_row *row;
  const struct lang_case *type; /* NULL: no longer declared */
  json_t *fields;               /* object; owned by the caller of case_load: json_decref */
  struct party_matter matter;
  struct party_vote *votes;     /* since it entered this state */
  struct str *vote_steps;
  size_t vote_count;
};
/* By id or number. E_NOT_FOUND. */
MUST_CHECK enum status case_load(struct store *s, struct arena *a, const struct lang_program *program, struct str id, struct case_at *out, struct problem *p);

/* May the person take the case along this arrow now? Votes for the target state count. */
struct party_answer case_may_move(const struct party_desk *desk, const struct case_at *c, size_t to_state, struct str person, bool owner);
/* Does the flow let this case into that state now, by hand? `calendar` NULL: Monday to Friday, as far as a page needs to know. */
enum case_step case_step_to(struct arena *a, const struct lang_program *program, const struct case_at *c, size_t to, i64 now_ms, i64 zone_offset_ms,
                            const struct work_calendar *calendar);
bool case_may_open(const struct party_desk *desk, const struct lang_case *type, const struct party_matter *m, struct str person);
/* May the person read it: named in it, above somebody who is, its handler, or a role of its steps. */
bool case_may_see(const struct party_desk *desk, const struct case_at *c, const struct actor *actor);

/* Reads. */
enum status case_read_list(struct read_ctx *r, json_t *query, json_t **result);
enum status case_read_types(struct read_ctx *r, json_t *query, json_t **result);
enum status case_read_one(struct read_ctx *r, json_t *query, json_t **result);
/* A row of a list. desk NULL: who may see by a relation is not known, roles decide. */
json_t *case_row_json(struct read_ctx *r, const struct show_people *people, const struct party_desk *desk, const struct case_file_get_row *row);
/* What its class (密级) keeps from the reader: masks or empties `fields` in place; `out` (or NULL) gets class, masked, kept_until_ms,
 * past_keeping. handles: the reader has a step to take in it. */
void case_shield(struct read_ctx *r, const struct party_desk *desk, const struct case_file_get_row *row, bool handles, json_t *fields, json_t *out);
/* Cases whose next step waits for the reader, as approvals: appended to `items`. */
MUST_CHECK enum status case_approvals(struct read_ctx *r, json_t *items);

#endif
