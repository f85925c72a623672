/* What the checker must not complain about: guards, exceptions and tables that only look like contradictions. The wrong
 * ones stand in tests/data/gallery (never*, swallowed*, row-never, prose-words). */
#include "fixture.h"

static const char head[] = "## 第一条 试 {#t}\n```guiju\n制度 试 “试写的制度”\n  版本 1.0 公布 2026-02-20 施行 2026-03-01\n岗位 客服 上级 组长\n岗位 组长 上级 主管\n岗位 主管\n"
                           "```\n## 第二条 试 {#u}\n%s\n```guiju\n%s\n```\n## 第三条 上限 {#cap}\n```guiju\n"
                           "每 自然月 结 按 员工: 扣款 不超过 应发 × 20%%,且 实发 不低于 最低工资;超出 不结转\n```\n";

static bool says(const char *prose, const char *rules, const char *key) {
  struct fixture f;
  char text[4096];
  snprintf(text, sizeof text, head, prose, rules);
  fixture_parse(&f, str_c(text));
  fixture_check(&f);
  bool found = false;
  for (size_t i = 0; i < f.d.count; i++) {
    if (str_is(f.d.items[i].key, key)) found = true;
    else if (f.d.items[i].severity == LANG_ERROR) fail_msg("%s: %.*s", rules, STR_ARG(f.d.items[i].zh));
  }
  fixture_free(&f);
  return found;
}

static void test_bounds_touch(void **state) {
  (void)state;
  assert_false(says("", "凡 考勤.迟到 其中 时长 5分钟以上 且 时长 不超过 5分钟,则 罚款 当事人 10元", "lang.never"));
  assert_true(says("", "凡 考勤.迟到 其中 时长 超过 5分钟 且 时长 不超过 5分钟,则 罚款 当事人 10元", "lang.never"));
  assert_false(says("", "凡 考勤.迟到 其中 时长 超过 5分钟 或 时长 不满 3分钟,则 罚款 当事人 10元", "lang.never"));
  assert_true(says("", "凡 考勤.迟到 其中 非(时长 超过 5分钟 或 时长 5分钟以下),则 罚款 当事人 10元", "lang.never"));
}

static void test_words(void **state) {
  (void)state;
  assert_false(says("", "凡 考勤.离岗 其中 事由=公 或 事由=私,则 提醒 当事人", "lang.never"));
  assert_true(says("", "凡 考勤.离岗 其中 事由=公 且 事由=私,则 提醒 当事人", "lang.never"));
  assert_true(says("", "凡 考勤.离岗 其中 事由=公 且 事由 ≠ 公,则 提醒 当事人", "lang.never"));
}

static void test_named_event(void **state) {
  (void)state;
  assert_true(says("", "所称 久离 指 考勤.离岗 其中 预计时长 超过 30分钟\n凡 久离 其中 预计时长 不满 10分钟,则 提醒 当事人", "lang.never"));
  assert_false(says("", "所称 久离 指 考勤.离岗 其中 预计时长 超过 30分钟\n凡 久离 其中 预计时长 不满 40分钟,则 提醒 当事人", "lang.never"));
}

static void test_exception(void **state) {
  (void)state;
  assert_false(says("", "凡 考勤.迟到 其中 时长 超过 10分钟,则 罚款 当事人 10元;除外 时长 超过 2小时", "lang.swallowed"));
  assert_false(says("", "#a 凡 考勤.迟到 其中 时长 超过 5分钟,则 罚款 当事人 10元\n#b 凡 考勤.迟到 其中 时长 超过 30分钟,则 罚款 当事人 20元;例外于 #a", "lang.swallowed"));
}

static void test_table_minds_guard(void **state) {
  (void)state;
  const char *two = "\n  | 超过10分钟至30分钟 | 罚款 当事人 10元 |\n  | 超过30分钟 | 罚款 当事人 20元 |";
  char rule[512];
  snprintf(rule, sizeof rule, "凡 考勤.迟到 其中 时长 超过 10分钟,则 按 时长:%s", two);
  assert_false(says("", rule, "lang.tier_gap")); /* nothing at or below 10 min gets here */
  snprintf(rule, sizeof rule, "凡 考勤.迟到 其中 时长 10分钟以上,则 按 时长:%s", two);
  assert_true(says("", rule, "lang.tier_gap")); /* exactly 10 min does */
}

static void test_gate_lines(void **state) {
  (void)state;
  const char *rest = "\n  准 若 事由=公\n  经 主管 其余";
  char rule[512];
  snprintf(rule, sizeof rule, "申请 考勤.离岗:\n  拒 若 预计时长 超过 30分钟 因 “久”%s", rest);
  assert_false(says("", rule, "lang.swallowed"));
  snprintf(rule, sizeof rule, "申请 考勤.离岗:\n  拒 若 预计时长 超过 30分钟 因 “久”\n  拒 若 预计时长 不超过 30分钟 因 “短”%s", rest);
  assert_true(says("", rule, "lang.swallowed")); /* the two refusals leave nothing */
}

static void test_prose_numbers(void **state) {
  (void)state;
  const char *rule = "凡 考勤.迟到,则 罚款 当事人 20元";
  assert_false(says("每次罚二十元，同一天只算一次，第三次也一样。", rule, "lang.prose_figure"));
  assert_true(says("每次罚二十一元。", rule, "lang.prose_figure"));
  assert_true(says("每次罚两百元。", rule, "lang.prose_figure"));
  assert_false(says("顾客十分不满；三百六十行；一万个理由。", rule, "lang.prose_figure"));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_bounds_touch), cmocka_unit_test(test_words), cmocka_unit_test(test_named_event), cmocka_unit_test(test_exception),
                                     cmocka_unit_test(test_table_minds_guard), cmocka_unit_test(test_gate_lines), cmocka_unit_test(test_prose_numbers)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
