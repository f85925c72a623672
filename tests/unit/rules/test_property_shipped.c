/* Random logs over every book that is shipped, the books of tests/data/meaning and the hardest clauses: however the facts arrive, the
 * engine, live and over columns, and the reference evaluator agree to the bit.
 *
 *   test_rules_property_shipped                  a fixed number of seeds for each book
 *   test_rules_property_shipped BOOK SEED        one log over one book (c14, money …), told at length
 *   test_rules_property_shipped for SECONDS      as many as there is time for (./dev fuzz property SECONDS)
 *
 * A failure is made small and printed with its seed, the book and the facts. */
#include "property.h"

#include <dirent.h>
#include <time.h>

#ifdef __SANITIZE_ADDRESS__
enum { LOGS = 1 };
#else
enum { LOGS = 5 };
#endif
enum { BOOKS_MAX = 40 };

static struct { char name[64], path[1024]; } books[BOOKS_MAX];
static size_t book_count;

static void add_book(const char *folder, const char *file) {
  size_t n = strlen(file);
  if (n < 4 || strcmp(file + n - 3, ".md") != 0 || book_count == BOOKS_MAX) return;
  snprintf(books[book_count].name, sizeof books[0].name, "%.*s", (int)(n - 3), file);
  snprintf(books[book_count++].path, sizeof books[0].path, "%s/%s", folder, file);
}

static int by_name(const void *a, const void *b) { return strcmp(a, b); }

static void find_books(void) {
  static const char *const folders[] = {RULEBOOKS, MEANING};
  for (size_t i = 0; i < COUNT_OF(folders); i++) {
    DIR *dir = opendir(folders[i]);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) add_book(folders[i], entry->d_name);
    closedir(dir);
  }
  add_book(TEST_DATA "/books", "hard.md");
  qsort(books, book_count, sizeof books[0], by_name);
}

static bool run_one(const struct pool *pool, const char *name, u64 seed, bool loud) {
  struct arena *a = arena_new((size_t)4 << 30);
  struct trial *t = ARENA_NEW(a, struct trial);
  struct random r = {seed};
  struct programs p = {0};
  struct reference_result result;
  struct str why = {"", 0};
  for (const char *c = name; *c; c++) r.state = r.state * 31 + (unsigned char)*c;
  *t = (struct trial){.seed = seed, .first_at = INT64_MIN / 4, .calendar = {.from = 1, .to = 0}};
  make_shipped(a, &r, pool, &t->book, &t->log);
  t->second = random_one_in(&r, 3);
  t->second_at = instant_at(instant_date(t->log.from + (i64)(random_next(&r) % (u64)(t->log.until - t->log.from + 1)), ZONE), random_one_in(&r, 3) ? 12 * MS_HOUR : 0, ZONE);
  if (t->second && !programs_of(a, t, &p, &why)) t->second = false;
  why = (struct str){"", 0};
  if (!programs_of(a, t, &p, &why)) {
    say("%s: %.*s\n", name, STR_ARG(why));
    arena_free(a);
    return false;
  }
  told_so_far.books++;
  (void)by_reference(a, t, &p, &result);
  if (random_below(&r, 2)) add_judgements(a, &r, &t->log, &result);
  bool agreed = run_trial(a, t, loud);
  if (!agreed) say("book %s, seed %llu\n", name, (unsigned long long)seed);
  arena_free(a);
  return agreed;
}

static void summary(void) { say("%zu logs, %zu facts, %zu lines agreed on, %zu deliveries; forgot %zu times, read again %zu times\n", told_so_far.books, told_so_far.facts, told_so_far.lines, told_so_far.modes, told_so_far.forgot, told_so_far.read_again); }

static size_t run_books(u64 from, u64 to, time_t end) {
  size_t wrong = 0;
  for (size_t i = 0; i < book_count; i++) {
    struct arena *a = arena_new((size_t)1 << 30);
    const struct pool *pool = pool_of(a, books[i].path);
    for (u64 seed = from; seed <= to && (end == 0 || time(NULL) < end) && wrong < 5; seed++) wrong += !run_one(pool, books[i].name, seed, false);
    arena_free(a);
  }
  return wrong;
}

static void fixed_seeds(void **state) {
  (void)state;
  assert_true(book_count >= 20);
  size_t wrong = run_books(1, LOGS, 0);
  summary();
  assert_int_equal(wrong, 0);
}

int main(int argc, char **argv) {
  find_books();
  if (argc == 3 && strcmp(argv[1], "for") == 0) {
    time_t end = time(NULL) + atol(argv[2]);
    size_t wrong = 0;
    for (u64 seed = (u64)time(NULL) * 1000; time(NULL) < end && wrong == 0; seed++) wrong += run_books(seed, seed, end);
    summary();
    return wrong != 0;
  }
  for (size_t i = 0; i < book_count && argc >= 3; i++) {
    if (strcmp(books[i].name, argv[1]) != 0) continue;
    struct arena *a = arena_new((size_t)1 << 30);
    const struct pool *pool = pool_of(a, books[i].path);
    size_t wrong = 0;
    u64 from = strtoull(argv[2], NULL, 10), to = argc > 3 ? strtoull(argv[3], NULL, 10) : from;
    for (u64 seed = from; seed <= to && wrong < 5; seed++) wrong += !run_one(pool, argv[1], seed, argc == 3);
    summary();
    arena_free(a);
    return wrong != 0;
  }
  const struct CMUnitTest tests[] = {cmocka_unit_test(fixed_seeds)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
