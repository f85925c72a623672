/* The build's table of traditional and simplified characters, held against OpenCC as it is installed. */
#include "base/plain_text.h"
#include "base/arena.h"

#include <opencc/opencc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void folds(const char *text, const char *plain) {
  struct arena *a = arena_new(1 << 20);
  assert_string_equal(arena_cstr(a, plain_form(a, str_c(text))), plain);
  arena_free(a);
}

static void every_character(void **state) {
  (void)state;
  opencc_t cc = opencc_open("t2s.json");
  assert_true(cc != (opencc_t)-1);
  size_t changed = 0;
  for (u32 c = 0x3400; c <= 0x3134f; c++) {
    if (c == 0xa000) c = 0x20000;
    char in[5] = {0};
    str_encode(c, in);
    char *out = opencc_convert_utf8(cc, in, strlen(in));
    u32 want;
    if (str_code_points(str_c(out)) == 1) {
      str_decode(str_c(out), 0, &want);
      changed += want != c;
      assert_int_equal(plain_fold(want), plain_fold(c)); /* both spellings are one */
    }
    opencc_convert_utf8_free(out);
    assert_int_equal(plain_fold(plain_fold(c)), plain_fold(c)); /* and folding again changes nothing */
  }
  assert_true(changed > 3000);
  opencc_close(cc);
}

static void some_words(void **state) {
  (void)state;
  folds("騙子", "骗子");
  folds("這個不歸我管，問別人去", "这个不归我管问别人去");
  folds("臺灣　台湾", "台湾台湾");
  folds("ＶＩＰ客戶", "vip客户");
  folds("發財 頭髮", "发财头发");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_character), cmocka_unit_test(some_words)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
