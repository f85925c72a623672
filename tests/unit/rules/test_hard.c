/* The hardest clauses of all the books, tests/data/books/hard.md: every 例 passes, and every clause has its evidence there, a hit
 * and a near miss. english.md is the same grammar in its other surface. */
#include "support.h"

enum { CLAUSES_MOST = 64 };

struct seen_clause {
  struct str id;
  bool hit, near_miss;
  struct str first;
};

static const struct lang_program *read_book(struct arena *a, const char *path) { return book_of(a, file_text(a, path)); }

static size_t run_all(struct arena *a, const struct lang_program *p, struct seen_clause *seen, size_t *count) {
  size_t failed = 0, run = 0;
  *count = 0;
  for (size_t i = 0; i < p->clause_count; i++)
    for (size_t k = 0; k < p->clauses[i]->covers.count && *count < CLAUSES_MOST; k++) seen[(*count)++] = (struct seen_clause){.id = p->clauses[i]->covers.p[k].text};
  for (size_t i = 0; i < p->item_count; i++) {
    if (p->items[i]->kind != LI_EXAMPLE) continue;
    struct example_result r;
    example_run(a, p, p->items[i], NULL, &r);
    run++;
    if (!r.passed) {
      failed++;
      print_error("line %u #%.*s: wanted %.*s\n  got %.*s\n", p->items[i]->at.line, STR_ARG(r.clause), STR_ARG(r.outcome), STR_ARG(r.got_zh));
    }
    for (size_t k = 0; k < *count && r.passed; k++) {
      if (!str_eq(seen[k].id, r.covers)) continue;
      seen[k].hit |= r.hit && (r.spoken || str_starts(r.outcome, STR("计薪"))); /* a measure is stated, not spoken */
      seen[k].near_miss |= r.near_miss || (seen[k].first.n && !str_eq(seen[k].first, r.outcome)); /* another verdict on nearly the same request */
      seen[k].first = r.outcome;
    }
  }
  print_message("%zu examples, %zu failed\n", run, failed);
  assert_int_equal(failed, 0);
  return run;
}

static void hard(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 30);
  struct seen_clause seen[CLAUSES_MOST];
  size_t count, evidenced = 0;
  const struct lang_program *p = read_book(a, TEST_DATA "/books/hard.md");
  assert_true(run_all(a, p, seen, &count) >= 100);
  for (size_t i = 0; i < count; i++) {
    if (seen[i].hit && seen[i].near_miss) evidenced++;
    else print_message("%.*s: %s%s\n", STR_ARG(seen[i].id), seen[i].hit ? "" : "no hit ", seen[i].near_miss ? "" : "no near miss");
  }
  print_message("%zu of %zu clauses have a hit and a near miss\n", evidenced, count);
  assert_int_equal(count, 48);
  assert_int_equal(evidenced, count);
  arena_free(a);
}

static void english(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 30);
  struct seen_clause seen[CLAUSES_MOST];
  size_t count;
  const struct lang_program *p = read_book(a, TEST_DATA "/books/english.md");
  assert_true(run_all(a, p, seen, &count) >= 8);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(hard), cmocka_unit_test(english)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
