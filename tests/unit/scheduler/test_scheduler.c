/* When to wake the desk: steps, days, and clocks that jump both ways; and that waking twice does nothing twice. */
#include "unit/scheduler/month_fixture.h"

#include "scheduler/scheduler.h"

static const i64 zone = 8 * 3600000;

static void it_wakes_at_first_and_then_by_the_interval(void **state) {
  (void)state;
  struct scheduler_look look = {0};
  i64 wall = month_ms("2026-03-05 10:00:00");
  assert_true(scheduler_decide(&look, wall, 1000, zone).wake);
  assert_false(scheduler_decide(&look, wall + 1000, 2000, zone).wake);
  assert_true(scheduler_decide(&look, wall + SCHEDULER_WAKE_MS, 1000 + SCHEDULER_WAKE_MS, zone).wake);
  assert_false(scheduler_decide(&look, wall + SCHEDULER_WAKE_MS + 1000, 2000 + SCHEDULER_WAKE_MS, zone).wake);
}

static void a_clock_set_forward_wakes_at_once(void **state) {
  (void)state;
  struct scheduler_look look = {0};
  i64 wall = month_ms("2026-03-05 10:00:00");
  scheduler_decide(&look, wall, 1000, zone);
  struct scheduler_needs needs = scheduler_decide(&look, wall + 3600000, 2000, zone);
  assert_true(needs.wake);
  assert_int_equal(needs.jump_ms, 3600000 - 1000);
  assert_int_equal(scheduler_decide(&look, wall + 3601000, 3000, zone).jump_ms, 0); /* told once */
}

static void a_clock_set_back_begins_no_day_twice(void **state) {
  (void)state;
  struct scheduler_look look = {0};
  i64 midnight = month_ms("2026-03-06 00:00:00");
  scheduler_decide(&look, midnight - 500, 1000, zone);
  assert_true(scheduler_decide(&look, midnight + 500, 2000, zone).new_day);
  struct scheduler_needs back = scheduler_decide(&look, midnight - 60000, 3000, zone);
  assert_true(back.jump_ms < 0);
  assert_false(back.new_day);
  assert_false(scheduler_decide(&look, midnight + 500, 63500, zone).new_day);
}

static void small_corrections_are_no_jump(void **state) {
  (void)state;
  struct scheduler_look look = {0};
  scheduler_decide(&look, 1000000, 1000, zone);
  assert_int_equal(scheduler_decide(&look, 1000000 + 1000 + SCHEDULER_JUMP_MS, 2000, zone).jump_ms, 0);
}

static void rounds_on_a_real_desk_do_nothing_twice(void **state) {
  struct month *m = *state;
  month_at(m, "2026-03-09 12:00:00");
  assert_int_equal(scheduler_round(m->writer, &m->problem), OK);
  i64 seq = writer_state(m->writer).last_seq;
  assert_int_equal(scheduler_round(m->writer, &m->problem), OK);
  assert_int_equal(writer_state(m->writer).last_seq, seq);
}

static void the_thread_starts_and_stops(void **state) {
  struct month *m = *state;
  struct scheduler *s = NULL;
  assert_int_equal(scheduler_start(m->writer, &s, &m->problem), OK);
  scheduler_stop(s);
  scheduler_stop(NULL);
}

int main(void) {
#define ON_DESK(f) cmocka_unit_test_setup_teardown(f, month_setup, month_teardown)
  const struct CMUnitTest tests[] = {cmocka_unit_test(it_wakes_at_first_and_then_by_the_interval), cmocka_unit_test(a_clock_set_forward_wakes_at_once),
                                     cmocka_unit_test(a_clock_set_back_begins_no_day_twice), cmocka_unit_test(small_corrections_are_no_jump),
                                     ON_DESK(rounds_on_a_real_desk_do_nothing_twice), ON_DESK(the_thread_starts_and_stops)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
