/* The engine held against the reference evaluator on the shipped books: for every 例 both derive the same consequences and
 * clocks from its facts. Where a book uses what the reference does not cover, it says so and the book is passed over.
 * The books of tests/data/meaning pin one sentence of the meaning each. */
#include "support.h"

#include "rules/reference.h"

#include <dirent.h>

static bool compare_example(struct arena *a, const struct lang_program *program, const struct lang_item *item) {
  struct event **events;
  size_t count;
  i64 until;
  struct problem p = {0};
  if (!example_events(a, program, item, &events, &count, &until)) return false;
  struct engine *engine = engine_new(program->zone_offset_ms, NULL);
  assert_int_equal(engine_publish(engine, program, INT64_MIN / 4, INT64_MIN / 4, &p), OK);
  for (size_t i = 0; i < count; i++) assert_int_equal(engine_enter(engine, events[i], NULL, &p), OK);
  engine_advance(engine, until, NULL);
  struct reference_version version = {program, INT64_MIN / 4, INT64_MIN / 4};
  struct reference_input in = {.zone_offset_ms = program->zone_offset_ms, .versions = &version, .version_count = 1,
                               .events = (const struct event *const *)events, .event_count = count, .until_ms = until};
  struct reference_result result;
  assert_int_equal(reference_derive(a, &in, &result, &p), OK);
  struct str mine = reference_text(a, &result, program->zone_offset_ms), theirs = reference_text_of_engine(a, engine, program->zone_offset_ms);
  engine_free(engine);
  if (str_eq(mine, theirs)) return true;
  struct str text = lang_text(program, item->at);
  print_error("%.*s\nreference:\n%.*sengine:\n%.*s", STR_ARG(text), STR_ARG(mine), STR_ARG(theirs));
  return false;
}

static size_t compare_book(const char *path, size_t *examples) {
  struct arena *a = arena_new((size_t)1 << 30);
  const struct lang_program *program = book_of(a, file_text(a, path));
  struct str gap = reference_gap(a, program);
  size_t wrong = 0;
  if (gap.n) print_message("%s: the reference does not cover %.*s\n", path, STR_ARG(gap));
  for (size_t i = 0; i < program->item_count && gap.n == 0; i++) {
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
  books_of(RULEBOOKS, 50);
}

static void books_of_the_meaning(void **state) {
  (void)state;
  books_of(MEANING, 100);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(shipped_books), cmocka_unit_test(books_of_the_meaning)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
