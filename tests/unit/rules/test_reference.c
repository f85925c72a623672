/* The engine held against the reference evaluator on the shipped books, the hardest clauses and the books of tests/data/meaning,
 * which pin one sentence of the meaning each: for every 例 both derive the same consequences and clocks from its facts, and
 * from what the desk of the example does because a rule orders it. */
#include "support.h"

#include "rules/example.h"
#include "rules/reference.h"

#include <dirent.h>

static bool compare_example(struct arena *a, const struct lang_program *program, const struct lang_item *item) {
  struct problem p = {0};
  struct example_tape tape = {0};
  example_record(a, program, item, NULL, &tape);
  if (tape.engine == NULL) return false;
  i64 until = engine_now(tape.engine); /* the desk of the example has carried out what was ordered: that is on the tape */
  engine_free(tape.engine);
  struct engine *engine = engine_new(program->zone_offset_ms, NULL);
  assert_int_equal(engine_publish(engine, program, INT64_MIN / 4, INT64_MIN / 4, &p), OK);
  for (size_t i = 0; i < tape.count; i++) assert_int_equal(engine_enter(engine, tape.events[i], NULL, &p), OK);
  engine_advance(engine, until, NULL);
  struct reference_version version = {program, INT64_MIN / 4, INT64_MIN / 4};
  struct reference_input in = {.zone_offset_ms = program->zone_offset_ms, .versions = &version, .version_count = 1,
                               .events = (const struct event *const *)tape.events, .event_count = tape.count, .until_ms = until};
  struct reference_result result;
  assert_int_equal(reference_derive(a, &in, &result, &p), OK);
  struct str mine = reference_text(a, &result, program->zone_offset_ms), theirs = reference_text_of_engine(a, engine, program->zone_offset_ms);
  engine_free(engine);
  if (str_eq(mine, theirs)) return true;
  struct str text = lang_text(program, item->at);
  printf("%.*s\nreference:\n%.*sengine:\n%.*s", STR_ARG(text), STR_ARG(mine), STR_ARG(theirs)); /* cmocka would cut it */
  return false;
}

static size_t compare_book(const char *path, size_t *examples) {
  struct arena *a = arena_new((size_t)1 << 30);
  const struct lang_program *program = book_of(a, file_text(a, path));
  size_t wrong = 0;
  for (size_t i = 0; i < program->item_count; i++) {
    if (program->items[i]->kind != LI_EXAMPLE) continue;
    struct arena *scratch = arena_new((size_t)1 << 30);
    wrong += !compare_example(scratch, program, program->items[i]);
    arena_free(scratch);
    ++*examples;
  }
  arena_free(a);
  return wrong;
}

static void books_of(const char *folder, size_t least) {
  DIR *dir = opendir(folder);
  assert_non_null(dir);
  size_t wrong = 0, examples = 0;
  for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
    size_t n = strlen(entry->d_name);
    char path[1024];
    if (n < 4 || strcmp(entry->d_name + n - 3, ".md") != 0) continue;
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    wrong += compare_book(path, &examples);
  }
  closedir(dir);
  print_message("%zu examples compared\n", examples);
  assert_int_equal(wrong, 0);
  assert_true(examples >= least);
}

static void shipped_books(void **state) {
  (void)state;
  books_of(RULEBOOKS, 700);
}

static void books_of_the_meaning(void **state) {
  (void)state;
  books_of(MEANING, 220);
}

static void hard_books(void **state) {
  (void)state;
  size_t examples = 0;
  assert_int_equal(compare_book(TEST_DATA "/books/hard.md", &examples), 0);
  assert_int_equal(compare_book(TEST_DATA "/books/english.md", &examples), 0);
  print_message("%zu examples compared\n", examples);
  assert_true(examples >= 110);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(shipped_books), cmocka_unit_test(books_of_the_meaning), cmocka_unit_test(hard_books)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
