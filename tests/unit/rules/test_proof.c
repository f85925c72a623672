/* Every consequence of every shipped example follows again from its proof alone, and from nothing less: the facts of the proof
 * are fed to a fresh engine, and each is left out in turn. */
#include "support.h"
#include "rules/proof.h"

#include <dirent.h>

struct ids {
  struct arena *a;
  struct str p[64];
  size_t n;
};
static void add(void *ctx, const struct consequence *c) {
  struct ids *x = ctx;
  if (x->n < COUNT_OF(x->p)) x->p[x->n++] = arena_dup(x->a, c->id);
}

static void prove(struct arena *a, const struct lang_program *program, const struct lang_item *item, size_t *proved) {
  struct example_tape tape;
  example_record(a, program, item, NULL, &tape);
  if (tape.engine == NULL) return;
  struct ids ids = {.a = a};
  engine_each_consequence(tape.engine, add, &ids);
  struct proof_version version = {program, INT64_MIN / 4, INT64_MIN / 4};
  struct proof_log log = {.zone_offset_ms = program->zone_offset_ms, .versions = &version, .version_count = 1, .events = tape.events, .count = tape.count,
                          .until_ms = engine_now(tape.engine)};
  for (size_t i = 0; i < ids.n; i++) {
    struct proof proof, again;
    struct problem p = {0};
    if (proof_find(a, &log, ids.p[i], &proof, &p) != OK) {
      print_error("line %u: %.*s: %s\n", item->at.line, STR_ARG(ids.p[i]), p.zh);
      fail();
    }
    assert_true(proof.smallest && proof.count <= tape.count);
    struct proof_log alone = log;
    alone.events = proof.events;
    alone.count = proof.count;
    assert_int_equal(proof_find(a, &alone, ids.p[i], &again, &p), OK);
    assert_int_equal(again.count, proof.count); /* nothing more to spare */
    ++*proved;
  }
  engine_free(tape.engine);
}

static void prove_folder(const char *folder, size_t least) {
  DIR *dir = opendir(folder);
  assert_non_null(dir);
  size_t proved = 0;
  for (struct dirent *d; (d = readdir(dir)) != NULL;) {
    size_t n = strlen(d->d_name);
    if (n < 4 || strcmp(d->d_name + n - 3, ".md") != 0) continue;
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, d->d_name);
    struct arena *a = arena_new((size_t)256 << 20);
    const struct lang_program *program = book_of(a, file_text(a, path));
    for (size_t i = 0; i < program->item_count; i++) {
      if (program->items[i]->kind != LI_EXAMPLE) continue;
      struct arena *one = arena_new((size_t)256 << 20);
      prove(one, program, program->items[i], &proved);
      arena_free(one);
    }
    arena_free(a);
  }
  closedir(dir);
  print_message("%s: %zu consequences proved\n", folder, proved);
  assert_true(proved >= least);
}

static void test_meaning(void **state) {
  (void)state;
  prove_folder(MEANING, 60);
}
static void test_rulebooks(void **state) {
  (void)state;
  prove_folder(RULEBOOKS, 60);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_meaning), cmocka_unit_test(test_rulebooks)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
