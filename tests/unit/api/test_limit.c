/* Rate limits: buckets that refill, delays that grow, keys that do not disturb each other. */
#include "api/limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>

static void takes_and_refills(void **state) {
  (void)state;
  struct limit_table *t = limit_new(64, 3, 1000);
  struct str a = STR("10.0.0.1"), b = STR("10.0.0.2");
  for (int i = 0; i < 3; i++) assert_int_equal(limit_take(t, a, 1000), 0);
  assert_int_equal(limit_take(t, a, 1000), 1000);
  assert_int_equal(limit_take(t, a, 1400), 600); /* says how long */
  assert_int_equal(limit_take(t, b, 1400), 0);   /* somebody else */
  assert_int_equal(limit_take(t, a, 2000), 0);
  assert_int_equal(limit_take(t, a, 2000), 1000);
  for (int i = 0; i < 3; i++) assert_int_equal(limit_take(t, a, 1000000), 0); /* never more than the burst */
  assert_true(limit_take(t, a, 1000000) > 0);
  limit_free(t);
}

static void clock_that_goes_back_gives_nothing(void **state) {
  (void)state;
  struct limit_table *t = limit_new(64, 1, 1000);
  assert_int_equal(limit_take(t, STR("a"), 100000), 0);
  assert_true(limit_take(t, STR("a"), 50000) > 0);
  assert_true(limit_take(t, STR("a"), 50500) > 0);
  assert_int_equal(limit_take(t, STR("a"), 51000), 0);
  limit_free(t);
}

static void delays_grow(void **state) {
  (void)state;
  struct limit_table *t = limit_new(64, 1, 1);
  struct str a = STR("001");
  i64 now = 1000000;
  for (int i = 0; i < LIMIT_FREE_FAILURES; i++) {
    assert_int_equal(limit_delay(t, a, now), 0);
    limit_fail(t, a, now);
  }
  assert_int_equal(limit_delay(t, a, now), 0);
  static const i64 want[] = {1000, 2000, 4000, 8000};
  for (size_t i = 0; i < COUNT_OF(want); i++) {
    limit_fail(t, a, now);
    assert_int_equal(limit_delay(t, a, now), want[i]);
    assert_int_equal(limit_delay(t, a, now + want[i]), 0);
  }
  for (int i = 0; i < 100; i++) limit_fail(t, a, now);
  assert_int_equal(limit_delay(t, a, now), LIMIT_DELAY_MOST_MS);
  limit_clear(t, a);
  assert_int_equal(limit_delay(t, a, now), 0);
  for (int i = 0; i < 10; i++) limit_fail(t, a, now);
  assert_int_equal(limit_delay(t, a, now + LIMIT_FORGET_MS + 1), 0);
  limit_free(t);
}

/* Many addresses never make one that is over its limit free within a moment, unless all its neighbours are taken. */
static void full_table_gives_away_the_quietest(void **state) {
  (void)state;
  struct limit_table *t = limit_new(1024, 1, 60000);
  char key[32];
  assert_int_equal(limit_take(t, STR("victim"), 1), 0);
  for (int i = 0; i < 100000; i++) {
    snprintf(key, sizeof key, "k%d", i);
    assert_int_equal(limit_take(t, str_c(key), 2 + i / 1000), 0);
  }
  limit_free(t);
}

int main(void) {
  if (sodium_init() < 0) return 1;
  const struct CMUnitTest tests[] = {cmocka_unit_test(takes_and_refills), cmocka_unit_test(clock_that_goes_back_gives_nothing), cmocka_unit_test(delays_grow),
                                     cmocka_unit_test(full_table_gives_away_the_quietest)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
