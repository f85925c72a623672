/* The timer wheel beside a plain list: whatever is added, cancelled and let pass, in whatever steps of time, both fire the same
 * timers in the same order and name the same next instant. The seed of a failure is printed.
 *
 *   test_rules_timer             a fixed number of seeds
 *   test_rules_timer SEED        one of them */
#include "rules/parts.h"

#include "support.h"

#include <stdio.h>

struct random {
  u64 state;
};

static u64 next(struct random *r) {
  u64 z = (r->state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
static i64 below(struct random *r, i64 n) { return (i64)(next(r) % (u64)n); }

enum { CASES = 40, MANY = 4000 };
struct listed {
  struct timer timer[MANY];
  size_t n;
};

static bool before(const struct timer *a, const struct timer *b) { /* the order that decision 10 asks for, written once more */
  if (a->at != b->at) return a->at < b->at;
  if (a->kind != b->kind) return a->kind < b->kind;
  if (a->kind == T_SETTLE && a->b != b->b) return a->b < b->b;
  return a->order < b->order;
}

static size_t first_of(const struct listed *l) {
  size_t best = 0;
  for (size_t i = 1; i < l->n; i++) {
    if (before(&l->timer[i], &l->timer[best])) best = i;
  }
  return best;
}

/* Spans that people write, and some that nobody does. */
static i64 span(struct random *r) {
  static const i64 some[] = {0, 1, 63, 64, 65, 1000, 30000, 60000, 4096, 262144, MS_DAY, 30 * (i64)MS_DAY, 365 * (i64)MS_DAY, 36500 * (i64)MS_DAY};
  i64 s = some[below(r, (i64)COUNT_OF(some))];
  return below(r, 3) ? s : below(r, s + 2);
}

static void add(struct engine *e, struct random *r, struct listed *l, i64 now, u64 number) {
  static const enum timer_kind kinds[] = {T_RECUR, T_SETTLE, T_ARROW, T_ARROW, T_ARROW, T_SHIFT_START};
  if (l->n == MANY) return;
  struct timer t = {.at = now + span(r) - (below(r, 20) == 0 ? below(r, 5000) : 0), .kind = kinds[below(r, (i64)COUNT_OF(kinds))],
                    .a = (u32)below(r, CASES), .b = (u32)below(r, 3), .order = next(r) << 20 | number};
  if (l->n && below(r, 4) == 0) t.at = l->timer[below(r, (i64)l->n)].at; /* many of one instant */
  l->timer[l->n++] = t;
  timer_put(e, &t);
}

static void cancel(struct engine *e, struct listed *l, u32 of) {
  timers_cancel(e, TIMERS_OF_CASE, of);
  size_t kept = 0;
  for (size_t i = 0; i < l->n; i++) {
    if (l->timer[i].kind != T_ARROW || l->timer[i].a != of) l->timer[kept++] = l->timer[i];
  }
  l->n = kept;
}

static bool same_next(const struct engine *e, const struct listed *l) {
  return timer_next(e) == (l->n ? l->timer[first_of(l)].at : INT64_MAX) && e->s.timers.count == l->n;
}

/* False: it went another way. */
static bool pass(struct engine *e, struct random *r, struct listed *l, i64 to, u64 *number) {
  for (struct timer t; timer_pop(e, to, &t);) {
    size_t want = first_of(l);
    if (l->n == 0 || memcmp(&l->timer[want], &t, sizeof t) != 0) return false;
    l->timer[want] = l->timer[--l->n];
    if (below(r, 3) == 0) add(e, r, l, t.at, ++*number); /* what fires sets another, at this instant too */
    if (below(r, 10) == 0) cancel(e, l, (u32)below(r, CASES));
    if (below(r, 4) == 0 && !same_next(e, l)) return false;
  }
  return l->n == 0 || l->timer[first_of(l)].at > to;
}

static bool run(u64 seed) {
  struct engine *e = engine_new(8 * 3600 * 1000, NULL);
  struct random r = {seed};
  struct listed *l = calloc(1, sizeof *l);
  assert_non_null(l);
  i64 now = below(&r, 4) ? 1772294400000 : below(&r, 2) ? -5000 : INT64_MIN / 4;
  u64 number = 0;
  bool right = true;
  for (int step = 0; right && step < 400; step++) {
    for (i64 n = below(&r, 8); n > 0; n--) add(e, &r, l, now, ++number);
    if (below(&r, 3) == 0) cancel(e, l, (u32)below(&r, CASES));
    right = same_next(e, l);
    if (below(&r, 2)) now += below(&r, 3) ? span(&r) : 0;
    right = right && pass(e, &r, l, now, &number) && same_next(e, l);
  }
  engine_free(e);
  free(l);
  return right;
}

static u64 only_seed;

static void random_wheels(void **state) {
  (void)state;
  for (u64 seed = only_seed ? only_seed : 1; seed <= (only_seed ? only_seed : 300); seed++) {
    if (!run(seed)) fail_msg("seed %llu: the wheel and the list differ", (unsigned long long)seed);
  }
}

/* A hundred thousand deadlines at one midnight: they come in their order, and none of it grows with the square. */
static void one_midnight(void **state) {
  (void)state;
  enum { N = 100000 };
  struct engine *e = engine_new(0, NULL);
  struct random r = {7};
  for (u32 i = 0; i < N; i++) {
    struct timer t = {.at = 86400000, .kind = T_RECUR, .a = i, .order = next(&r)};
    timer_put(e, &t);
  }
  assert_int_equal(timer_next(e), 86400000);
  u64 last = 0;
  struct timer t;
  assert_false(timer_pop(e, 86399999, &t));
  for (u32 i = 0; i < N; i++) {
    assert_true(timer_pop(e, 86400000, &t));
    assert_true(t.order >= last);
    last = t.order;
  }
  assert_int_equal(timer_next(e), INT64_MAX);
  engine_free(e);
}

/* What was cancelled leaves nothing behind: places are used again, and nothing is due. */
static void cancelled_is_gone(void **state) {
  (void)state;
  struct engine *e = engine_new(0, NULL);
  for (u32 i = 0; i < 100000; i++) {
    struct timer t = {.at = (i64)i + 86400000, .kind = T_ARROW, .a = i % 4};
    timer_put(e, &t);
    timers_cancel(e, TIMERS_OF_CASE, i % 4);
  }
  assert_int_equal(e->s.timers.count, 0);
  assert_true(e->s.timers.nodes.n <= 2);
  assert_int_equal(timer_next(e), INT64_MAX);
  engine_free(e);
}

int main(int argc, char **argv) {
  if (argc > 1) only_seed = strtoull(argv[1], NULL, 10);
  const struct CMUnitTest tests[] = {cmocka_unit_test(random_wheels), cmocka_unit_test(one_midnight), cmocka_unit_test(cancelled_is_gone)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
