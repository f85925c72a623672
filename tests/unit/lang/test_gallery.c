/* Wrong rulebooks and what is said about them: tests/data/gallery/NAME.md with NAME.txt, Chinese first, then English.
 * GUIJU_UPDATE=1 writes the .txt files anew; read the difference before committing it. */
#include "fixture.h"

#include <dirent.h>

static int by_name(const void *x, const void *y) { return strcmp(*(const char *const *)x, *(const char *const *)y); }

static struct str messages(struct arena *a, struct str source, const char *name) {
  struct fixture f;
  struct buf b;
  buf_init(&b, 1 << 22);
  fixture_parse(&f, source);
  fixture_check(&f);
  assert_true(f.d.count > 0);
  lang_diagnostics_text(&f.d, f.p->source, str_c(name), false, &b);
  buf_addc(&b, "\n");
  lang_diagnostics_text(&f.d, f.p->source, str_c(name), true, &b);
  for (size_t i = 0; i < f.d.count; i++) { /* every message speaks both languages and knows its place */
    assert_true(f.d.items[i].zh.n && f.d.items[i].en.n && f.d.items[i].at.line > 0);
    assert_true(str_utf8_valid(f.d.items[i].zh) && str_utf8_valid(f.d.items[i].en));
  }
  json_t *j = lang_diagnostics_json(&f.d, f.p->source);
  assert_int_equal(json_array_size(j), f.d.count);
  json_decref(j);
  struct str out = arena_buf(a, &b);
  buf_release(&b);
  fixture_free(&f);
  return out;
}

static void test_gallery(void **state) {
  (void)state;
  struct arena *a = arena_new((size_t)512 << 20);
  char *names[512];
  size_t count = 0, wrong = 0;
  DIR *dir = opendir(TEST_DATA "/gallery");
  assert_non_null(dir);
  for (struct dirent *e; (e = readdir(dir)) && count < COUNT_OF(names);) {
    size_t n = strlen(e->d_name);
    if (n > 3 && !strcmp(e->d_name + n - 3, ".md")) names[count++] = arena_cstr(a, str_c(e->d_name));
  }
  closedir(dir);
  qsort(names, count, sizeof *names, by_name);
  assert_true(count >= 60);
  for (size_t i = 0; i < count; i++) {
    struct str path = arena_printf(a, "gallery/%s", names[i]);
    struct str got = messages(a, fixture_read(a, path.p), names[i]);
    struct str text = arena_printf(a, "gallery/%.*s.txt", (int)strlen(names[i]) - 3, names[i]);
    if (getenv("GUIJU_UPDATE")) {
      struct str full = arena_printf(a, "%s/%.*s", TEST_DATA, STR_ARG(text));
      FILE *f = fopen(full.p, "wb");
      assert_non_null(f);
      fwrite(got.p, 1, got.n, f);
      fclose(f);
      continue;
    }
    struct str want = fixture_read(a, text.p);
    if (str_eq(got, want)) continue;
    wrong++;
    print_error("%s says:\n%.*s\nwanted:\n%.*s\n", names[i], STR_ARG(got), STR_ARG(want));
  }
  assert_int_equal(wrong, 0);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_gallery)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
