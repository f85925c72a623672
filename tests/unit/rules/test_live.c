/* Code and trees: every 例 of the shipped books and of tests/data/meaning is judged twice, once by the code that publishing made and
 * once by walking the trees. Entries, clocks, and every word of every explanation must be the same. The random books of
 * test_property hold both against the reference evaluator too. */
#include "rules/live.h"

#include "support.h"

#include "rules/image.h"
#include "rules/reference.h"

#include <dirent.h>
#include <jansson.h>

struct entries {
  struct arena *a;
  struct str id[500];
  size_t n;
};

static void entry(void *ctx, const struct consequence *c) {
  struct entries *all = ctx;
  if (all->n < COUNT_OF(all->id)) all->id[all->n++] = arena_dup(all->a, c->id);
}

static struct str explained(struct arena *a, struct engine *e) {
  struct entries *all = ARENA_NEW(a, struct entries);
  struct str out = {"", 0};
  all->a = a;
  engine_each_consequence(e, entry, all);
  for (size_t i = 0; i < all->n; i++) {
    json_t *why = engine_why_json(e, all->id[i]);
    char *text = json_dumps(why, JSON_SORT_KEYS);
    out = arena_printf(a, "%.*s%s\n", STR_ARG(out), text);
    free(text);
    json_decref(why);
  }
  return out;
}

/* All that an example comes to. */
static struct str judged(struct arena *a, const struct lang_program *program, const struct lang_item *item, bool walk, u64 *fingerprint) {
  struct example_tape tape = {0};
  engine_walk(walk);
  example_record(a, program, item, NULL, &tape);
  engine_walk(false);
  if (tape.engine == NULL) return STR("cannot be run");
  assert_int_equal(tape.engine->walks, walk);
  struct str why = explained(a, tape.engine), lines = reference_text_of_engine(a, tape.engine, program->zone_offset_ms);
  *fingerprint = engine_fingerprint(tape.engine);
  engine_free(tape.engine);
  return arena_printf(a, "%.*s%.*s", STR_ARG(lines), STR_ARG(why));
}

static void compare_book(struct arena *a, const char *path, const struct lang_program *program, size_t *seen, size_t *wrong) {
  (void)a;
  for (size_t i = 0; i < program->item_count; i++) {
    const struct lang_item *item = program->items[i];
    if (item->kind != LI_EXAMPLE) continue;
    struct arena *scratch = arena_new((size_t)1 << 30);
    u64 prints[2] = {0};
    struct str code = judged(scratch, program, item, false, &prints[0]), tree = judged(scratch, program, item, true, &prints[1]);
    ++*seen;
    if (!str_eq(code, tree) || prints[0] != prints[1]) {
      print_error("%s:%u\ncode:\n%.*s\ntree:\n%.*s\n", path, item->at.line, STR_ARG(code), STR_ARG(tree));
      ++*wrong;
    }
    arena_free(scratch);
  }
}

/* Whatever a rule asks is there as code. `seen`: its conditions; `wrong`: those that are no more than one question to the evaluator. */
static void look_at_book(struct arena *a, const char *path, const struct lang_program *program, size_t *seen, size_t *wrong) {
  (void)path;
  struct desk d = desk_new(a, program);
  for (u32 i = 0; i < d.engine->rules.n; i++) {
    const struct rule *r = &d.engine->rules.p[i];
    for (u32 k = 0; k < r->starts.n; k++) {
      for (u32 c = 0; c < r->starts.p[k].cond_count; c++) {
        const struct live_code *code = live_code_of(r->version, r->starts.p[k].conds[c]);
        assert_non_null(code);
        ++*seen;
        *wrong += code->count == 1 && code->steps[0].op == LIVE_NODE;
      }
    }
    if (r->unless && r->unless->kind != LX_LITERAL) assert_non_null(live_code_of(r->version, r->unless));
  }
  desk_free(&d);
}

static void books_of(const char *folder, void (*look)(struct arena *a, const char *path, const struct lang_program *program, size_t *seen, size_t *wrong),
                     size_t *seen, size_t *wrong) {
  DIR *dir = opendir(folder);
  assert_non_null(dir);
  for (struct dirent *at; (at = readdir(dir)) != NULL;) {
    size_t n = strlen(at->d_name);
    char path[1024];
    if (n < 4 || strcmp(at->d_name + n - 3, ".md") != 0) continue;
    snprintf(path, sizeof path, "%s/%s", folder, at->d_name);
    struct arena *a = arena_new((size_t)1 << 30);
    look(a, path, book_of(a, file_text(a, path)), seen, wrong);
    arena_free(a);
  }
  closedir(dir);
}

static void shipped_books(void **state) {
  (void)state;
  size_t examples = 0, wrong = 0;
  books_of(RULEBOOKS, compare_book, &examples, &wrong);
  print_message("%zu examples judged both ways\n", examples);
  assert_int_equal(wrong, 0);
  assert_true(examples >= 500);
}

static void books_of_the_meaning(void **state) {
  (void)state;
  size_t examples = 0, wrong = 0;
  books_of(MEANING, compare_book, &examples, &wrong);
  print_message("%zu examples judged both ways\n", examples);
  assert_int_equal(wrong, 0);
  assert_true(examples >= 100);
}

static void all_is_code(void **state) {
  (void)state;
  size_t conditions = 0, nodes = 0;
  books_of(RULEBOOKS, look_at_book, &conditions, &nodes);
  print_message("%zu conditions, %zu of them one question to the evaluator\n", conditions, nodes);
  assert_true(conditions >= 80);
  assert_true(nodes * 4 < conditions);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(shipped_books), cmocka_unit_test(books_of_the_meaning), cmocka_unit_test(all_is_code)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
