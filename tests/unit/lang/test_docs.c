/* The manual is a rulebook: every example in it is read and checked, in both languages, and every word of the
 * language stands in it. */
#include "fixture.h"

#include "lang/words.h"

static void check_page(const char *name, size_t least_blocks) {
  struct arena *a = arena_new((size_t)64 << 20);
  struct str path = arena_printf(a, "../../docs/%s", name);
  struct str source = fixture_read(a, path.p);
  assert_true(source.n > 0);
  struct fixture f;
  fixture_parse(&f, source);
  fixture_check(&f);
  if (f.d.count) fixture_print(&f);
  assert_int_equal(f.d.errors + f.d.warnings, 0);
  assert_true(f.p->block_count >= least_blocks);
  bool seen[LI_EXAMPLE + 1] = {false};
  for (size_t i = 0; i < f.p->item_count; i++) seen[f.p->items[i]->kind] = true;
  for (int k = 0; k <= LI_EXAMPLE; k++)
    if (!seen[k] && k != LI_LIMIT) fail_msg("%s shows no %.*s", name, STR_ARG(lang_item_en((enum lang_item_kind)k)));
  for (int w = 1; w < LW_WORD_COUNT; w++) {
    const struct lang_word_entry *e = lang_word_entry((enum lang_word)w);
    struct str code = arena_printf(a, "`%.*s`", STR_ARG(e->en));
    if (str_find(source, code, 0) == SIZE_MAX) fail_msg("%s does not list the word %.*s", name, STR_ARG(e->en));
    if (w != LW_WITHIN_EN && w != LW_BEFORE_EN && str_find(source, e->zh, 0) == SIZE_MAX) fail_msg("%s does not list the word %.*s", name, STR_ARG(e->zh));
  }
  fixture_free(&f);
  arena_free(a);
}

static void test_chinese(void **state) {
  (void)state;
  check_page("language.zh-CN.md", 12);
}
static void test_english(void **state) {
  (void)state;
  check_page("language.md", 12);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_chinese), cmocka_unit_test(test_english)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
