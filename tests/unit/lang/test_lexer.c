/* The lexer: widths, Chinese numerals, units, bound words, places, and characters that do not belong. */
#include "fixture.h"

#include "lang/lexer.h"

/* Tokens as one line: words as they are, numbers N, units U… */
static struct str lexed(struct arena *a, const char *text, struct lang_diagnostics *d) {
  struct lang_lexer x;
  lang_lexer_init(&x, a, arena_dup(a, str_c(text)), d);
  struct lang_tokens t = lang_lex(&x, 0, strlen(text), 1);
  struct buf b;
  buf_init(&b, 1 << 20);
  for (size_t i = 0; i + 1 < t.count; i++) {
    const struct lang_token *k = &t.p[i];
    if (i) buf_byte(&b, ' ');
    switch (k->kind) {
      case TK_NUMBER: buf_printf(&b, "N:%.*s", STR_ARG(k->text)); break;
      case TK_UNIT: buf_printf(&b, "U:%.*s", STR_ARG(k->unit->name)); break;
      case TK_TEXT: buf_printf(&b, "T:%.*s", STR_ARG(k->text)); break;
      case TK_DATE: buf_printf(&b, "D:%lld", (long long)k->number); break;
      case TK_TIME: buf_printf(&b, "H:%lld", (long long)k->number / 1000); break;
      case TK_MONTH_DAY: buf_printf(&b, "M:%lld", (long long)k->number); break;
      case TK_ID: buf_printf(&b, "#%.*s", STR_ARG(k->text)); break;
      case TK_PUNCTUATION: buf_byte(&b, k->punctuation); break;
      case TK_BAD: buf_addc(&b, "BAD"); break;
      default: buf_add(&b, k->word == LW_NAME ? k->text : lang_word_entry(k->word)->zh); break;
    }
  }
  struct str s = arena_buf(a, &b);
  buf_release(&b);
  return s;
}

static void test_tokens(void **state) {
  (void)state;
  static const struct { const char *in, *out; } cases[] = {
      {"30秒内", "N:30 U:秒 内"},
      {"３０秒", "N:30 U:秒"},
      {"三十秒", "N:30 U:秒"},
      {"三十分钟整", "三十分钟整"},
      {"一次通过率", "一次通过率"},
      {"十分", "N:10 U:分"},
      {"半小时", "N:0.5 U:小时"},
      {"半年", "半年"},
      {"第三次及以后", "第 N:3 U:次 及以后"},
      {"第1次至第4次", "第 N:1 U:次 至 第 N:4 U:次"},
      {"1000元以上不满5000元", "N:1000 U:元 以上 不满 N:5000 U:元"},
      {"3个工作日", "N:3 U:个工作日"},
      {"不满意", "不满意"},
      {"不满 3次", "不满 N:3 U:次"},
      {"近12个月", "近 N:12 U:个月"},
      {"1.5%", "N:1.5 U:%"},
      {"两万元", "N:2 U:万元"},
      {"8:30 至 次日 1:00", "H:30600 至 次日 H:3600"},
      {"8：30前", "H:30600 前"},
      {"2026-03-01", "D:20513"},
      {"2026年3月1日", "D:20513"},
      {"5月1日", "M:501"},
      {"罚款 当事人 5元；提醒 组长。", "罚款 当事人 N:5 U:元 ; 提醒 组长"},
      {"甲、乙，丙", "甲 , 乙 , 丙"},
      {"“原文，没写”", "T:原文，没写"},
      {"a -- 注释\nb", "a b"},
      {"≥ >= → -> × * ÷", "G G A A * * ~"},
      {"within 30s agent must", "WITHIN N:30 U:s agent 须"},
      {"at least 3 working days", "至少 N:3 U:working days"},
      {"1st to 3rd", "第 N:1 U:次 至 第 N:3 U:次"},
      {"3rd and later", "第 N:3 U:次 及以后"},
      {"#late 凡", "#late 凡"},
      {"CNY 50", "CNY N:50"},
      {"A4", "A4"},
  };
  struct arena *a = arena_new(1 << 26);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct lang_diagnostics d;
    lang_diagnostics_init(&d, a);
    struct str got = lexed(a, cases[i].in, &d);
    if (!str_is(got, cases[i].out)) fail_msg("%s: got %.*s, want %s", cases[i].in, STR_ARG(got), cases[i].out);
    assert_int_equal(d.errors, 0);
  }
  arena_free(a);
}

static void test_refused(void **state) {
  (void)state;
  static const struct { const char *in, *key; } cases[] = {
      {"3次因", "lang.after_number"}, {"“没有合上", "lang.text_open"}, {"迟\xE2\x80\x8B到", "lang.invisible_character"},
      {"\xE2\xBC\x88", "lang.look_alike"}, {"@", "lang.unknown_character"}, {"25:00", "lang.no_such_date"}, {"2026-02-30", "lang.no_such_date"},
      {"12345678901234567", "lang.number_too_long"}, {"\xFF", "lang.not_utf8"}, {"# 甲", "lang.bad_id"}};
  struct arena *a = arena_new(1 << 26);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct lang_diagnostics d;
    lang_diagnostics_init(&d, a);
    lexed(a, cases[i].in, &d);
    if (d.count < 1 || !str_is(d.items[0].key, cases[i].key)) fail_msg("%s: wants %s, got %.*s", cases[i].in, cases[i].key, d.count ? (int)d.items[0].key.n : 4, d.count ? d.items[0].key.p : "none");
  }
  arena_free(a);
}

static void test_places(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 26);
  struct lang_lexer x;
  struct str s = STR("凡 甲\n  则 “一\n二” 乙");
  lang_lexer_init(&x, a, s, NULL);
  struct lang_tokens t = lang_lex(&x, 0, s.n, 7);
  assert_int_equal(t.count, 6);
  assert_int_equal(t.p[1].at.column, 3);
  assert_int_equal(t.p[2].at.line, 8);
  assert_int_equal(t.p[2].at.column, 3);
  assert_true(t.p[2].line_start && !t.p[2].margin);
  assert_int_equal(t.p[4].at.line, 9);
  assert_int_equal(t.p[4].at.column, 4);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_tokens), cmocka_unit_test(test_refused), cmocka_unit_test(test_places)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
