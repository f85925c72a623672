/* Web files: which form a client gets, and what is kept for ever. */
#include "api/asset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void chooses_the_form(void **state) {
  (void)state;
  struct asset a = {.form = {STR("plain"), STR("gzip"), STR("br")}};
  static const struct {
    const char *accept;
    enum asset_form form;
  } cases[] = {{"", ASSET_PLAIN}, {"gzip", ASSET_GZIP}, {"gzip, deflate, br", ASSET_BROTLI}, {"br;q=0, gzip", ASSET_GZIP}, {"br; q=0 , gzip;q=0", ASSET_PLAIN},
               {"identity", ASSET_PLAIN}, {"xbr", ASSET_PLAIN}, {"br;q=0.5", ASSET_BROTLI}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) assert_int_equal(asset_choose(&a, str_c(cases[i].accept)), cases[i].form);
  a.form[ASSET_BROTLI] = STR("");
  assert_int_equal(asset_choose(&a, STR("br")), ASSET_PLAIN);
}

static void write_file(const char *dir, const char *name, const char *content) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", dir, name);
  FILE *f = fopen(path, "w");
  assert_non_null(f);
  fputs(content, f);
  fclose(f);
}

static void reads_a_directory(void **state) {
  (void)state;
  char dir[] = "/tmp/guiju-asset-XXXXXX", inner[64];
  assert_non_null(mkdtemp(dir));
  snprintf(inner, sizeof inner, "%s/assets", dir);
  assert_int_equal(mkdir(inner, 0700), 0);
  write_file(dir, "index.html", "<p>");
  write_file(dir, "index.html.br", "B");
  write_file(dir, "alone.gz", "G");
  write_file(inner, "app-4f3a9bc1.js", "1");
  struct asset_set *set = NULL;
  struct problem p;
  assert_int_equal(asset_set_from_directory(dir, &set, &p), OK);
  assert_int_equal(asset_count(set), 2);
  const struct asset *index = asset_find(set, STR("/index.html")), *app = asset_find(set, STR("/assets/app-4f3a9bc1.js"));
  assert_non_null(index);
  assert_string_equal(index->type, "text/html; charset=utf-8");
  assert_false(index->forever);
  assert_int_equal(index->form[ASSET_BROTLI].n, 1);
  assert_true(app && app->forever);
  assert_null(asset_find(set, STR("/alone")));
  assert_null(asset_find(set, STR("/../index.html")));
  asset_set_free(set);
  assert_int_equal(asset_set_from_directory("/nonexistent/web", &set, &p), E_IO);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(chooses_the_form), cmocka_unit_test(reads_a_directory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
