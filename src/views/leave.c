/* Leave folded from its cases: what counts is what was approved, not what is written into the case afterwards. See leave.h. */
#include "views/leave.h"

#include "views/show.h"

bool leave_is_over(struct str state) {
  static const char *const words[] = {"销假", "撤销", "撤回", "取消", "作废", "不准", "退回", "驳回"};
  for (size_t i = 0; i < COUNT_OF(words); i++)
    if (str_is(state, words[i])) return true;
  return false;
}

static enum status granted(struct store *s, const struct event *e, struct problem *p) {
  struct value who = event_get(e, STR("申请人")), from = event_get(e, STR("起时")), to = event_get(e, STR("止时"));
  if (who.type != V_REF || from.type != V_INSTANT || to.type != V_INSTANT || to.i <= from.i) return OK;
  return leave_span_put(s, &(struct leave_span_put_in){.case_id = event_get_text(e, "case"), .person = who.s, .from_ms = from.i, .to_ms = to.i}, NULL, p);
}

static enum status over(struct store *s, const struct event *e, struct problem *p) {
  struct str id = event_get_text(e, "case");
  enum status status = leave_span_end(s, &(struct leave_span_end_in){.case_id = id, .at_ms = e->occurred_ms}, NULL, p);
  return status == OK ? leave_span_drop(s, &(struct leave_span_drop_in){.case_id = id}, NULL, p) : status;
}

static enum status fold(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  int kind = event_kind_index(e->kind);
  (void)a;
  if (!str_is(e->case_type, LEAVE_CASE)) return OK;
  if (kind == EVENT_case_voided) return over(s, e, p);
  if (kind != EVENT_case_moved) return OK;
  if (str_is(e->case_state, LEAVE_GRANTED)) return granted(s, e, p);
  return leave_is_over(e->case_state) ? over(s, e, p) : OK;
}

enum status leave_load(struct store *s, struct arena *a, i64 now_ms, struct leave_now *out, struct problem *p) {
  *out = (struct leave_now){.now_ms = now_ms};
  return leave_span_ahead(s, a, &(struct leave_span_ahead_in){.at_ms = now_ms}, &out->rows, &out->count, p);
}

/* The first that is not over, with those that touch it. */
static bool next_of(const struct leave_now *l, struct str person, i64 *from, i64 *until) {
  *until = 0;
  for (size_t i = 0; i < l->count; i++) {
    if (!str_eq(l->rows[i].person, person)) continue;
    if (!*until) *from = l->rows[i].from_ms;
    else if (l->rows[i].from_ms > *until) break;
    if (l->rows[i].to_ms > *until) *until = l->rows[i].to_ms;
  }
  return *until != 0;
}

i64 leave_until(const struct leave_now *l, struct str person) {
  i64 from = 0, until;
  return next_of(l, person, &from, &until) && from <= l->now_ms ? until : 0;
}

void leave_put(json_t *object, const struct leave_now *l, struct str person) {
  i64 from = 0, until;
  bool any = next_of(l, person, &from, &until);
  json_object_set_new(object, "leave_from_ms", show_int_or_null(any, from));
  json_object_set_new(object, "leave_until_ms", show_int_or_null(any, until));
}

bool leave_covers(const struct leave_now *l, struct str person, i64 from_ms, i64 to_ms) {
  for (size_t i = 0; i < l->count; i++)
    if (str_eq(l->rows[i].person, person) && l->rows[i].from_ms <= from_ms && l->rows[i].to_ms >= to_ms) return true;
  return false;
}

enum status leave_within(struct store *s, struct arena *a, struct str person, i64 from_ms, i64 to_ms, i64 *ms, struct problem *p) {
  struct leave_span_of_row *rows;
  size_t count;
  *ms = 0;
  enum status status = leave_span_of(s, a, &(struct leave_span_of_in){.person = person, .from_ms = from_ms, .to_ms = to_ms}, &rows, &count, p);
  for (size_t i = 0; status == OK && i < count; i++) { /* in order; where two overlap the time counts once */
    i64 from = rows[i].from_ms > from_ms ? rows[i].from_ms : from_ms, to = rows[i].to_ms < to_ms ? rows[i].to_ms : to_ms;
    if (to > from) *ms += to - from, from_ms = to;
  }
  return status;
}

enum status leave_is_on(struct store *s, struct arena *a, struct str person, i64 now_ms, bool *is, struct problem *p) {
  i64 ms;
  enum status status = leave_within(s, a, person, now_ms, now_ms + 1, &ms, p);
  *is = ms > 0;
  return status;
}

enum status leave_person(struct store *s, struct arena *a, struct str person, i64 now_ms, struct people_get_row **row, struct problem *p) {
  bool on = false;
  enum status status = people_get(s, a, &(struct people_get_in){.id = person}, row, p);
  if (status == OK && *row && !str_is((*row)->presence, "offline")) status = leave_is_on(s, a, person, now_ms, &on, p);
  if (on) (*row)->presence = STR("offline"), (*row)->presence_reason = STR(LEAVE_CASE);
  return status;
}

static const char *const nouns[] = {"case", NULL};
static const char *const tables[] = {"leave_span", NULL};
const struct view_def view_leave = {.noun = "leave", .version = 1, .nouns = nouns, .tables = tables, .fold = fold};
