/* Ground floor: text, maps, exact values, calendar, at their boundaries. */
#include "base/calendar.h"
#include "base/fault.h"
#include "base/map.h"
#include "base/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

static void text_is_cut_trimmed_and_decoded(void **state) {
  (void)state;
  struct str rest;
  assert_true(str_is(str_cut(STR("a,b,c"), ',', &rest), "a"));
  assert_true(str_is(rest, "b,c"));
  assert_true(str_is(str_trim(STR(" \xe3\x80\x80第一条\xe3\x80\x80 ")), "第一条"));
  assert_true(str_utf8_valid(STR("规矩")));
  assert_false(str_utf8_valid(STR("\xc0\xaf")));         /* overlong */
  assert_false(str_utf8_valid(STR("\xed\xa0\x80")));     /* surrogate */
  assert_false(str_utf8_valid(STR("\xf4\x90\x80\x80"))); /* beyond U+10FFFF */
  assert_int_equal(str_han_count(STR("今天 好\n吗")), 4);
  i64 n;
  assert_true(str_to_i64(STR("-9223372036854775808"), &n) && n == INT64_MIN);
  assert_false(str_to_i64(STR("9223372036854775808"), &n));
}

static void buffers_stop_at_their_cap(void **state) {
  (void)state;
  struct buf b;
  buf_init(&b, 4);
  buf_addc(&b, "abcd");
  assert_false(b.overflow);
  buf_byte(&b, 'e');
  assert_true(b.overflow);
  assert_true(str_is(buf_str(&b), "abcd"));
  buf_release(&b);
}

static void a_map_keeps_insertion_order(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 20);
  struct map m;
  map_init(&m, a);
  for (int i = 0; i < 1000; i++) map_put(&m, arena_printf(a, "k%d", i), NULL)->i = i;
  map_remove(&m, STR("k5"));
  assert_null(map_get(&m, STR("k5")));
  assert_int_equal(map_get(&m, STR("k999"))->i, 999);
  assert_int_equal(m.live, 999);
  assert_true(str_is(m.entries[3].key, "k3"));
  arena_free(a);
}

static void money_is_exact_to_the_cent(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 20);
  i64 fen;
  assert_true(money_parse(STR("1,284.60"), &fen) && fen == 128460);
  assert_true(money_parse(STR("0.1"), &fen) && fen == 10);
  assert_false(money_parse(STR("0.001"), &fen));
  assert_false(money_parse(STR("12."), &fen));
  assert_true(str_is(money_text(a, -5), "-0.05"));
  struct value money = value_int(V_MONEY, 33333), rate = value_ratio(15, 1000), out;
  assert_int_equal(value_arith('*', &money, &rate, &out, NULL), OK);
  i64 rounded;
  assert_int_equal(ratio_round(out.i, out.den, 1, ROUND_HALF_UP, &rounded), OK); /* 499.995 fen */
  assert_int_equal(rounded, 500);
  assert_int_equal(ratio_round(5, 2, 1, ROUND_HALF_UP, &rounded), OK);
  assert_int_equal(rounded, 3);
  assert_int_equal(ratio_round(-5, 2, 1, ROUND_HALF_UP, &rounded), OK);
  assert_int_equal(rounded, -3);
  struct value days = value_int(V_DAYS, 3), months = value_int(V_MONTHS, 1);
  struct problem p;
  assert_int_equal(value_arith('+', &days, &months, &out, &p), E_INVALID);
  assert_string_equal(p.key, "value.types");
  struct value zero = value_int(V_COUNT, 0);
  assert_int_equal(value_arith('/', &money, &zero, &out, &p), E_INVALID);
  assert_string_equal(p.key, "value.divide_by_zero");
  arena_free(a);
}

static void months_end_where_they_end(void **state) {
  (void)state;
  i64 jan31 = date_from_civil(2024, 1, 31);
  assert_int_equal(date_add_months(jan31, 1), date_from_civil(2024, 2, 29));
  assert_int_equal(date_add_months(date_from_civil(2023, 1, 31), 1), date_from_civil(2023, 2, 28));
  assert_int_equal(weekday(date_from_civil(2026, 3, 2)), 1);
  for (i64 d = -800000; d < 800000; d += 997) {
    struct civil c = civil_from_date(d);
    assert_int_equal(date_from_civil(c.year, c.month, c.day), d);
  }
  i64 offset, at;
  assert_true(zone_offset(STR("Asia/Shanghai"), &offset));
  assert_true(instant_parse(STR("2026-03-05 00:00:00"), offset, &at));
  assert_int_equal(instant_date(at, offset), date_from_civil(2026, 3, 5));
  assert_int_equal(instant_date(at - 1, offset), date_from_civil(2026, 3, 4));
  assert_false(instant_parse(STR("2026-02-29 10:00"), offset, &at));
  assert_false(time_parse(STR("24:01"), &at));
}

static void working_days_follow_the_calendar_and_end_with_it(void **state) {
  (void)state;
  i64 holiday[] = {date_from_civil(2026, 5, 1)}, make_up[] = {date_from_civil(2026, 5, 9)};
  struct work_calendar c = {date_from_civil(2026, 1, 1), date_from_civil(2026, 12, 31), holiday, 1, make_up, 1};
  i64 out;
  assert_int_equal(work_calendar_add(&c, date_from_civil(2026, 4, 30), 1, &out, NULL), OK);
  assert_int_equal(out, date_from_civil(2026, 5, 4));
  assert_int_equal(work_calendar_add(&c, date_from_civil(2026, 5, 8), 1, &out, NULL), OK);
  assert_int_equal(out, date_from_civil(2026, 5, 9)); /* a Saturday worked */
  struct problem p;
  assert_int_equal(work_calendar_add(&c, date_from_civil(2026, 12, 31), 1, &out, &p), E_INVALID);
  assert_string_equal(p.key, "calendar.end");
}

static void values_read_as_people_write_them(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 20);
  struct value d = value_int(V_DURATION, 91000), m = value_int(V_MONEY, 1500), r = value_ratio(15, 1000);
  assert_true(str_is(value_show(a, &d, false, 0), "1分31秒"));
  assert_true(str_is(value_show(a, &m, false, 0), "15元"));
  assert_true(str_is(value_show(a, &r, false, 0), "1.5%"));
  assert_true(str_is(value_show(a, &m, true, 0), "CNY 15"));
  arena_free(a);
}

static void a_problem_too_long_ends_between_two_characters(void **state) {
  struct problem p;
  char name[1200];
  (void)state;
  for (int shift = 0; shift < 4; shift++) { /* the limit falls into, before and after a character */
    size_t n = (size_t)shift;
    memset(name, 'a', n);
    for (; n + 6 < sizeof name; n += 3) memcpy(name + n, "字", 3);
    name[n] = 0;
    assert_int_equal(problem_set(&p, E_INVALID, "a.b", "%s", "%s", name), E_INVALID);
    assert_true(str_utf8_valid(str_c(p.zh)) && strlen(p.zh) >= sizeof p.zh - 4);
    assert_string_equal(p.zh, p.en);
  }
}

static void a_fault_point_fails_exactly_once(void **state) {
  (void)state;
#ifdef GUIJU_FAULTS
  fault_arm("test.point", 2, E_FULL);
  assert_int_equal(fault_point("test.point"), OK);
  assert_int_equal(fault_point("test.point"), E_FULL);
  assert_int_equal(fault_point("test.point"), OK);
  assert_int_equal(fault_passes("test.point"), 3);
  fault_arm(NULL, 0, OK);
#endif
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(text_is_cut_trimmed_and_decoded),
      cmocka_unit_test(buffers_stop_at_their_cap),
      cmocka_unit_test(a_map_keeps_insertion_order),
      cmocka_unit_test(money_is_exact_to_the_cent),
      cmocka_unit_test(months_end_where_they_end),
      cmocka_unit_test(working_days_follow_the_calendar_and_end_with_it),
      cmocka_unit_test(values_read_as_people_write_them),
      cmocka_unit_test(a_problem_too_long_ends_between_two_characters),
      cmocka_unit_test(a_fault_point_fails_exactly_once),
  };
  return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
