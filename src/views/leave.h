/* Who is on approved leave now, whatever the roster says: a leave in the middle of a shift leaves the shift as it is. Nobody writes a
 * presence for it: their own stays beneath and counts again when the leave is over. */
#ifndef GUIJU_VIEWS_LEAVE_H
#define GUIJU_VIEWS_LEAVE_H

#include "views/leave.sql.h"
#include "views/people.sql.h"
#include "views/view.h"

#define LEAVE_CASE "请假"
#define LEAVE_GRANTED "批准"
/* A state in which a granted leave is over: back early (销假), or taken back. 交条 and the like leave it as it is. */
bool leave_is_over(struct str state);

struct leave_now {
  struct leave_span_ahead_row *rows; /* by person and begin */
  size_t count;
  i64 now_ms;
};
MUST_CHECK enum status leave_load(struct store *s, struct arena *a, i64 now_ms, struct leave_now *out, struct problem *p);
/* Until when, over leaves that touch; 0: not on leave. */
i64 leave_until(const struct leave_now *l, struct str person);
/* "leave_from_ms" and "leave_until_ms" of the leave that runs, else of the next; null without one. Pages tell from them who is on leave
 * when their clock passes an end, without asking again. */
void leave_put(json_t *object, const struct leave_now *l, struct str person);
/* Not over yet and covers all of [from_ms, to_ms). */
bool leave_covers(const struct leave_now *l, struct str person, i64 from_ms, i64 to_ms);
/* How much of [from_ms, to_ms) somebody was on leave. */
MUST_CHECK enum status leave_within(struct store *s, struct arena *a, struct str person, i64 from_ms, i64 to_ms, i64 *ms, struct problem *p);
MUST_CHECK enum status leave_is_on(struct store *s, struct arena *a, struct str person, i64 now_ms, bool *is, struct problem *p);
/* people_get, where who is on leave stands as offline with the reason 请假. */
MUST_CHECK enum status leave_person(struct store *s, struct arena *a, struct str person, i64 now_ms, struct people_get_row **row, struct problem *p);

#endif
