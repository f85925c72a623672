/* Every 例 of the shipped book passes. */
#include "support.h"

static void c14_examples(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 30);
  const struct lang_program *p = book_c14(a);
  size_t failed = 0, run = 0;
  for (size_t i = 0; i < p->item_count; i++) {
    if (p->items[i]->kind != LI_EXAMPLE) continue;
    struct example_result r;
    example_run(a, p, p->items[i], NULL, &r);
    run++;
    if (r.passed) continue;
    failed++;
    print_error("line %u #%.*s: wanted %.*s\n  got %.*s\n", p->items[i]->at.line, STR_ARG(r.clause), STR_ARG(r.outcome), STR_ARG(r.got_zh));
  }
  print_message("%zu examples, %zu failed\n", run, failed);
  assert_int_equal(failed, 0);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(c14_examples)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
