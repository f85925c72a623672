/* The working day: rosters judged by the book, punches that find their shift, the handover without which a shift stays open. */
#include "unit/scheduler/month_fixture.h"

static void seven_days_in_a_row_are_refused(void **state) {
  struct month *m = *state;
  json_t *cells = json_array();
  char date[16];
  for (int d = 2; d <= 8; d++) {
    snprintf(date, sizeof date, "2026-03-%02d", d);
    json_array_append_new(cells, json_pack("{s:s%,s:s,s:s}", "person", m->wang.id.p, m->wang.id.n, "date", date, "shift", "白班"));
  }
  json_t *args = json_pack("{s:s,s:s,s:o}", "from", "2026-03-02", "to", "2026-03-08", "cells", cells), *dry = json_deep_copy(args);
  json_object_set_new(dry, "dry", json_true());
  json_t *said = month_do(m, &m->leader, "roster.publish", dry);
  assert_int_equal(json_is_true(at_path(said, "published")), 0);
  assert_true(json_array_size(at_path(said, "problems")) >= 1);
  assert_string_equal(text_at(said, "problems.0.name"), "小王");
  assert_string_equal(text_at(said, "problems.0.clause.id"), "shifts");
  assert_int_equal(json_array_size(at_path(said, "problems.0.days")), 7);
  json_decref(said);
  month_refused(m, &m->leader, "roster.publish", json_deep_copy(args), E_REFUSED, "roster.breaks_rule");
  assert_string_equal(m->problem.clause, "shifts");
  assert_non_null(strstr(m->problem.zh, "小王"));
  month_refused(m, &m->wang, "roster.publish", args, E_DENIED, "roster.who");
}

static void six_days_and_a_rest_are_fine_and_a_change_keeps_the_former(void **state) {
  struct month *m = *state;
  month_roster(m, "2026-03-02", &m->wang, "白班,白班,白班,白班,白班,白班,休");
  month_roster(m, "2026-03-03", &m->wang, "夜班");
  json_t *roster = month_do(m, &m->wang, "roster.get", json_pack("{s:s,s:s}", "from", "2026-03-02", "to", "2026-03-08"));
  assert_int_equal(json_array_size(at_path(roster, "cells")), 7);
  assert_int_equal(json_array_size(at_path(roster, "changes")), 1);
  assert_string_equal(text_at(roster, "changes.0.former"), "白班");
  assert_string_equal(text_at(roster, "changes.0.shift"), "夜班");
  assert_int_equal(int_at(roster, "in_a_row"), 6);
  json_decref(roster);
}

/* A run that began on the page before still counts. */
static void a_run_over_the_edge_of_the_page_is_seen(void **state) {
  struct month *m = *state;
  month_roster(m, "2026-03-05", &m->wang, "白班,白班,白班,休"); /* Thursday to Saturday, Sunday off … */
  month_roster(m, "2026-03-09", &m->wang, "白班,白班,白班,白班,白班,白班");
  month_refused(m, &m->leader, "roster.publish",
                json_pack("{s:s,s:s,s:[{s:s%,s:s,s:s}]}", "from", "2026-03-15", "to", "2026-03-15", "cells", "person", m->wang.id.p, m->wang.id.n, "date", "2026-03-15", "shift", "白班"), E_REFUSED,
                "roster.breaks_rule");
}

static void hand_over(struct month *m, const struct actor *from, const struct actor *to) {
  json_t *r = month_do(m, from, "case.open", json_pack("{s:s,s:{s:s%,s:s}}", "type", "交接", "fields", "接班人", to->id.p, to->id.n, "未了事项", "没有"));
  month_run(m, to, "case.move", json_pack("{s:s,s:s}", "id", text_at(r, "id"), "to", "接收"));
  json_decref(r);
}

static void a_night_shift_signs_off_on_the_day_it_began(void **state) {
  struct month *m = *state;
  month_roster(m, "2026-03-05", &m->wang, "夜班");
  month_refused(m, &m->li, "attendance.in", NULL, E_CONFLICT, "attendance.no_shift");
  month_at(m, "2026-03-05 17:20:00");
  month_run(m, &m->wang, "attendance.in", NULL);
  month_refused(m, &m->wang, "attendance.in", NULL, E_CONFLICT, "attendance.already_in");
  month_at(m, "2026-03-06 01:05:00");
  hand_over(m, &m->wang, &m->li);
  json_t *out = month_do(m, &m->wang, "attendance.out", NULL);
  assert_string_equal(text_at(out, "date"), "2026-03-05");
  assert_int_equal(int_at(out, "overtime_ms"), 300000);
  json_decref(out);
  month_at(m, "2026-03-06 12:00:00");
  json_t *table = month_do(m, &m->wang, "attendance.table", json_pack("{s:s}", "month", "2026-03"));
  assert_int_equal(int_at(table, "cells.0.out_ms"), month_ms("2026-03-06 01:05:00"));
  assert_int_equal(json_array_size(at_path(table, "facts")), 0);
  json_decref(table);
  month_refused(m, &m->wang, "attendance.out", NULL, E_CONFLICT, "attendance.not_in");
}

static void a_late_arrival_is_found_by_the_system(void **state) {
  struct month *m = *state;
  month_roster(m, "2026-03-05", &m->wang, "白班");
  month_at(m, "2026-03-05 08:41:00");
  month_run(m, &m->wang, "attendance.in", NULL);
  month_at(m, "2026-03-05 12:00:00");
  json_t *table = month_do(m, &m->wang, "attendance.table", json_pack("{s:s}", "month", "2026-03"));
  assert_int_equal(json_array_size(at_path(table, "facts")), 1);
  assert_string_equal(text_at(table, "facts.0.kind"), "attendance.late");
  assert_int_equal(int_at(table, "facts.0.duration_ms"), 11 * 60000);
  json_decref(table);
}

static void a_shift_is_not_closed_without_the_handover(void **state) {
  struct month *m = *state;
  month_roster(m, "2026-03-05", &m->wang, "白班");
  month_at(m, "2026-03-05 08:25:00");
  month_run(m, &m->wang, "attendance.in", NULL);
  month_at(m, "2026-03-05 17:25:00");
  json_t *no = NULL;
  assert_int_equal(month_try(m, &m->wang, "attendance.out", NULL, &no), E_REFUSED);
  json_decref(no);
  assert_string_equal(m->problem.clause, "handover");
  hand_over(m, &m->wang, &m->li);
  month_at(m, "2026-03-05 17:31:00");
  month_run(m, &m->wang, "attendance.out", NULL);
}

static void leaving_the_post_asks_the_supervisor(void **state) {
  struct month *m = *state;
  month_roster(m, "2026-03-05", &m->wang, "白班");
  month_at(m, "2026-03-05 08:25:00");
  month_run(m, &m->wang, "attendance.in", NULL);
  month_at(m, "2026-03-05 10:00:00");
  json_t *asked = month_do(m, &m->wang, "attendance.leave_post", json_pack("{s:s,s:i}", "reason", "去银行", "minutes", 20));
  assert_string_equal(text_at(asked, "decision.verdict"), "consult");
  json_t *list = month_do(m, &m->supervisor, "approval.list", NULL);
  assert_int_equal(json_array_size(at_path(list, "items")), 1);
  assert_string_equal(text_at(list, "items.0.asked_by_name"), "小王");
  month_run(m, &m->supervisor, "approval.vote", json_pack("{s:s,s:s}", "id", text_at(list, "items.0.id"), "result", "agree"));
  json_decref(list);
  json_decref(asked);
  month_at(m, "2026-03-05 10:15:00");
  json_t *back = month_do(m, &m->wang, "attendance.return", NULL);
  assert_int_equal(int_at(back, "away_ms"), 15 * 60000);
  json_decref(back);
  json_t *today = month_do(m, &m->wang, "duty.today", NULL);
  assert_int_equal(int_at(today, "away_ms_today"), 15 * 60000);
  assert_string_equal(text_at(today, "shift.name"), "白班");
  json_decref(today);
}

static const json_t *duty_named(const json_t *today, const char *goal) {
  size_t i;
  json_t *d;
  json_array_foreach(json_object_get(today, "duties"), i, d)
    if (strcmp(text_at(d, "goal"), goal) == 0) return d;
  return NULL;
}

static void cleaning_wants_its_photo(void **state) {
  struct month *m = *state;
  month_roster(m, "2026-03-05", &m->wang, "白班");
  month_at(m, "2026-03-05 08:00:00");
  json_t *today = month_do(m, &m->wang, "duty.today", NULL);
  const json_t *duty = duty_named(today, "打扫");
  assert_non_null(duty);
  assert_string_equal(text_at(duty, "state"), "pending");
  const char *id = text_at(duty, "id");
  month_refused(m, &m->wang, "duty.done", json_pack("{s:s}", "id", id), E_INVALID, "duty.photo_missing");
  month_refused(m, &m->li, "duty.done", json_pack("{s:s,s:[s]}", "id", id, "files", "f1"), E_DENIED, "duty.not_yours");
  month_run(m, &m->wang, "duty.done", json_pack("{s:s,s:[s]}", "id", id, "files", "f1"));
  month_refused(m, &m->wang, "duty.done", json_pack("{s:s,s:[s]}", "id", id, "files", "f1"), E_CONFLICT, "duty.done_before");
  json_decref(today);
  today = month_do(m, &m->wang, "duty.today", NULL);
  assert_string_equal(text_at(duty_named(today, "打扫"), "state"), "met");
  json_decref(today);
}

int main(void) {
#define ON_DESK(f) cmocka_unit_test_setup_teardown(f, month_setup, month_teardown)
  const struct CMUnitTest tests[] = {ON_DESK(seven_days_in_a_row_are_refused), ON_DESK(six_days_and_a_rest_are_fine_and_a_change_keeps_the_former),
                                     ON_DESK(a_run_over_the_edge_of_the_page_is_seen), ON_DESK(a_night_shift_signs_off_on_the_day_it_began),
                                     ON_DESK(a_late_arrival_is_found_by_the_system), ON_DESK(a_shift_is_not_closed_without_the_handover),
                                     ON_DESK(leaving_the_post_asks_the_supervisor), ON_DESK(cleaning_wants_its_photo)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
