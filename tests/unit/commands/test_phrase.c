/* The words of quick phrases: variables, first letters of the pinyin, the form in which answers are counted. */
#include "views/phrase.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void unknown_is(const char *text, const char *expected) {
  struct str s = phrase_unknown_variable(str_c(text));
  assert_int_equal(s.n, strlen(expected));
  assert_memory_equal(s.p ? s.p : "", expected, s.n);
}

static void variables_are_known(void **state) {
  (void)state;
  size_t count;
  const struct phrase_variable *all = phrase_variables(&count);
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; all[i].names[k]; k++) {
      char text[64];
      snprintf(text, sizeof text, "a{%s}b{ %s }", all[i].names[k], all[i].names[k]);
      unknown_is(text, "");
    }
  unknown_is("", "");
  unknown_is("{", "");
  unknown_is("{}", "");
  unknown_is("{ }", "");
  unknown_is("{顾客}{快递}", "{快递}");
  unknown_is("{ 没有 }", "{ 没有 }");
  unknown_is("{{顾客}}", "");
  unknown_is("{{谁}}", "{谁}");
  unknown_is("{Customer}", "{Customer}"); /* names are told apart by case, as they are filled */
  unknown_is("{这是十三个字的一段话就不是了}", "");
  unknown_is("{一二三四五六七八九十甲乙}", "{一二三四五六七八九十甲乙}");
}

static void pinyin_is(const char *text, const char *expected) {
  struct arena *a = arena_new(1 << 20);
  assert_string_equal(arena_cstr(a, phrase_pinyin(a, str_c(text))), expected);
  arena_free(a);
}

static void first_letters(void **state) {
  (void)state;
  pinyin_is("您好，请稍等", "nhqsd");
  pinyin_is("您好，{顾客}！运单 SF12", "nhydsf12");
  pinyin_is("換貨", "hh"); /* traditional is said the same */
  pinyin_is("女儿绿", "nel"); /* ü */
  pinyin_is("ＡＢ", "ab");
  pinyin_is("。！😀", "");
  pinyin_is("", "");
  pinyin_is("\xff\xfe", "");
  struct arena *a = arena_new(1 << 20);
  char *many = malloc(3 * 500 + 1);
  for (int i = 0; i < 500; i++) memcpy(many + 3 * i, "好", 3);
  many[1500] = 0;
  assert_int_equal(phrase_pinyin(a, str_c(many)).n, PHRASE_PINYIN_MOST);
  free(many);
  arena_free(a);
}

static void forms(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 20);
  struct str one = phrase_form(a, STR("您的包裹 12 号到。")), two = phrase_form(a, STR("您的包裹，8号到！"));
  assert_true(one.n && str_eq(one, two));
  assert_false(str_eq(one, phrase_form(a, STR("您的包裹没到"))));
  assert_int_equal(phrase_form(a, STR("好的")).n, 0); /* too short to be worth a phrase */
  assert_int_equal(phrase_form(a, STR("12345678")).n, 0);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(variables_are_known), cmocka_unit_test(first_letters), cmocka_unit_test(forms)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
