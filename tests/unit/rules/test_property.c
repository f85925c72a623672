/* Random rulebooks and random logs: the engine and the reference evaluator must agree to the bit, however the facts arrive.
 *
 *   test_rules_property                a fixed number of seeds
 *   test_rules_property seed N         one seed, told at length
 *   test_rules_property seeds A B      from A to B
 *   test_rules_property for SECONDS    as many as there is time for, from a random first seed (./dev fuzz property SECONDS)
 *
 * A failure is made small (clauses and facts are dropped while it still fails) and printed as a book and the facts of a 例. */
#include "property.h"

#include <time.h>

#ifdef __SANITIZE_ADDRESS__
enum { SEEDS = 15, FIRST_SEED = 1 };
#else
enum { SEEDS = 100, FIRST_SEED = 1 };
#endif

/* ---- one seed ---- */

static void make_trial(struct arena *a, u64 seed, struct trial *t) {
  struct random r = {seed};
  *t = (struct trial){.seed = seed};
  t->first_at = instant_at(date_from_civil(2028, 1, 10), 0, ZONE);
  make_book(a, &r, &t->book);
  make_log(a, &r, &t->log);
  t->second = random_one_in(&r, 4);
  t->second_at = instant_at(date_from_civil(2028, 2, 25 + random_below(&r, 4)), random_one_in(&r, 2) ? 0 : 12 * MS_HOUR, ZONE);
  t->calendar = (struct work_calendar){.from = 1, .to = 0};
  if (random_one_in(&r, 2)) {
    t->holidays[0] = date_from_civil(2028, 2, 28);
    t->holidays[1] = date_from_civil(2028, 3, 1);
    t->make_up[0] = date_from_civil(2028, 3, 4);
    t->calendar = (struct work_calendar){.from = date_from_civil(2028, 1, 1), .to = date_from_civil(2028, random_one_in(&r, 3) ? 3 : 12, 2), .holidays = t->holidays,
                                         .holiday_count = 2, .make_up = t->make_up, .make_up_count = 1};
  }
}

static void prepare(struct arena *a, u64 seed, struct trial *t, bool loud) {
  struct programs p = {0};
  struct str why = {"", 0};
  make_trial(a, seed, t);
  bool good = programs_of(a, t, &p, &why);
  told_so_far.books++;
  for (size_t i = 0; !good && i < t->book.count; i++) { /* clauses the checker refuses alone are left out */
    struct trial *alone = ARENA_NEW(a, struct trial);
    *alone = *t;
    for (size_t k = 0; k < alone->book.count; k++) alone->book.clauses[k].on = k == i;
    struct str words = {"", 0};
    if (programs_of(a, alone, &p, &words)) continue;
    t->book.clauses[i].on = false;
    told_so_far.refused++;
    if (loud) say("%.*s\n%.*s\n", STR_ARG(t->book.clauses[i].text), STR_ARG(words));
  }
  for (size_t i = t->book.count; !good && i > 0; i--) { /* and those that do not go together, from the end */
    why = (struct str){"", 0};
    if ((good = programs_of(a, t, &p, &why))) break;
    if (loud && t->book.clauses[i - 1].on) say("left out with the others: %.*s\n%.*s\n", STR_ARG(t->book.clauses[i - 1].text), STR_ARG(why));
    told_so_far.refused += t->book.clauses[i - 1].on;
    t->book.clauses[i - 1].on = false;
  }
}

static bool run_seed(u64 seed, bool loud) {
  struct arena *a = arena_new((size_t)2 << 30);
  struct trial *t = ARENA_NEW(a, struct trial);
  struct programs p = {0};
  struct str why = {"", 0};
  struct random r = {seed ^ 0x5eedu};
  struct reference_result result;
  prepare(a, seed, t, loud);
  assert_true(programs_of(a, t, &p, &why));
  (void)by_reference(a, t, &p, &result);
  add_judgements(a, &r, &t->log, &result);
  make_requests(a, &r, t);
  bool good = run_trial(a, t, loud);
  arena_free(a);
  return good;
}

/* ---- the minimiser: a difference made on purpose is found, and what it needs is all that is left ---- */

static size_t left_on(const struct trial *t, bool clauses) {
  size_t n = 0;
  for (size_t i = 0; i < (clauses ? t->book.count : t->log.count); i++) n += clauses ? t->book.clauses[i].on : t->log.facts[i].on;
  return n;
}

static void planted(void **state) {
  (void)state;
  size_t tried = 0;
  for (u64 seed = 1; seed < 60 && tried < 3; seed++) {
    struct arena *a = arena_new((size_t)2 << 30);
    struct trial *t = ARENA_NEW(a, struct trial);
    struct str mine, theirs;
    prepare(a, seed, t, false);
    assert_null(disagreement(a, t, false, &mine, &theirs));
    t->planted = " fine clause=";
    const char *mode = disagreement(a, t, false, &mine, &theirs);
    if (mode) {
      size_t facts = left_on(t, false), clauses = left_on(t, true);
      shrink(t);
      mode = disagreement(a, t, false, &mine, &theirs);
      assert_non_null(mode);
      assert_true(str_find(theirs, STR(" fine clause="), 0) != SIZE_MAX);
      assert_true(str_find(mine, STR(" fine clause="), 0) == SIZE_MAX);
      print_message("seed %llu: %zu facts and %zu clauses made %zu and %zu\n", (unsigned long long)seed, facts, clauses, left_on(t, false), left_on(t, true));
      assert_true(left_on(t, true) <= 2);  /* the clause that fines, and one it may name */
      assert_true(left_on(t, false) <= 6);
      for (size_t i = 0; i < t->log.count; i++) { /* nothing is left that could go */
        if (!t->log.facts[i].on) continue;
        t->log.facts[i].on = false;
        assert_null(disagreement(a, t, false, &mine, &theirs));
        t->log.facts[i].on = true;
      }
      tried++;
    }
    arena_free(a);
  }
  assert_int_equal(tried, 3);
}

static void summary(void) {
  say("%zu books (%zu clauses refused by the checker), %zu facts, %zu lines agreed on, %zu deliveries; forgot %zu times, read again %zu times, restored %zu times; "
      "%zu requests: %zu said nothing of, %zu permitted, %zu refused, %zu for consent\n", told_so_far.books, told_so_far.refused,
                told_so_far.facts, told_so_far.lines, told_so_far.modes, told_so_far.forgot, told_so_far.read_again, told_so_far.restored, told_so_far.asked, told_so_far.answered[0],
                told_so_far.answered[1], told_so_far.answered[2], told_so_far.answered[3]);
}

static void fixed_seeds(void **state) {
  (void)state;
  size_t wrong = 0;
  for (u64 seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) wrong += !run_seed(seed, false);
  summary();
  assert_int_equal(wrong, 0);
}

int main(int argc, char **argv) {
  if (argc == 3 && strcmp(argv[1], "seed") == 0) return run_seed(strtoull(argv[2], NULL, 10), true) ? 0 : 1;
  if (argc == 4 && strcmp(argv[1], "seeds") == 0) {
    size_t wrong = 0;
    for (u64 seed = strtoull(argv[2], NULL, 10); seed <= strtoull(argv[3], NULL, 10); seed++) wrong += !run_seed(seed, false);
    summary();
    return wrong != 0;
  }
  if (argc == 3 && strcmp(argv[1], "for") == 0) {
    time_t end = time(NULL) + atol(argv[2]);
    u64 seed = (u64)time(NULL) * 1000000;
    size_t wrong = 0;
    for (; time(NULL) < end && wrong < 5; seed++) wrong += !run_seed(seed, false);
    summary();
    return wrong != 0;
  }
  const struct CMUnitTest tests[] = {cmocka_unit_test(planted), cmocka_unit_test(fixed_seeds)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
