/* What would have avoided it: said with the figures of the clause and of the fact, and only where it is certain. */
#include "support.h"

static const char book[] =
    "## 第一条 离岗 {#away}\n```guiju\n制度 试 “试”\n  版本 1.0 公布 2026-02-20 施行 2026-03-01\n岗位 客服 上级 组长\n岗位 组长\n参数 离岗限 = 30分钟\n"
    "凡 考勤.离岗 其中 预计时长 超过 离岗限,则 按 次序(本自然月, 当事人):\n  | 第1次 | 提醒 当事人 |\n  | 第2次 | 罚款 当事人 10元 |\n  | 第3次及以后 | 罚款 当事人 20元 |\n```\n"
    "## 第二条 连带 {#joint}\n```guiju\n凡 账.罚款 且 当事人 有 上级,则 罚款 上级(当事人) 额 × 2 不递延\n```\n"
    "## 第三条 上限 {#cap}\n```guiju\n每 自然月 结 按 员工: 扣款 不超过 应发 × 20%,且 实发 不低于 最低工资;超出 不结转\n```\n";

static struct str avoid(struct desk *d, const char *type, const char *subject, const char *language) {
  struct str id = desk_find(d, type, subject);
  assert_int_equal(id.n, 16);
  json_t *why = engine_why_json(d->engine, id);
  assert_non_null(why);
  struct str out = arena_dup(d->a, str_c(json_string_value(json_object_get(json_object_get(why, "avoid"), language))));
  json_decref(why);
  return out;
}

static void says(struct str got, const char *want) {
  if (str_is(got, want)) return;
  print_error("%.*s\n", STR_ARG(got));
  fail();
}

static void leave(struct desk *d, const char *at, const char *minutes) {
  char data[200];
  snprintf(data, sizeof data, "{\"当事人\":\"小王\",\"预计时长\":\"%s\"}", minutes);
  desk_fact(d, at, "考勤.离岗", "小王", data);
}

static void test_bound_and_rank(void **state) {
  (void)state;
  struct arena *a = arena_new((size_t)64 << 20);
  struct desk d = desk_new(a, book_of(a, str_c(book)));
  desk_fact(&d, "2026-03-01 09:00:00", "人员.入职", "", "{\"当事人\":\"老陈\",\"岗位\":\"组长\"}");
  desk_fact(&d, "2026-03-01 09:00:00", "人员.入职", "", "{\"当事人\":\"小王\",\"岗位\":\"客服\",\"上级\":\"老陈\"}");
  leave(&d, "2026-03-05 10:00:00", "31分钟");
  says(avoid(&d, "remind", "小王", "zh"), "预计时长不超过 30分钟，就没有这一条；这次是 31分钟。");
  leave(&d, "2026-03-05 14:00:00", "40分钟");
  says(avoid(&d, "fine", "小王", "zh"), "预计时长不超过 30分钟，就没有这一条；这次是 40分钟。前面少一次，这次就是第 1 次：提醒 当事人。");
  assert_true(str_find(avoid(&d, "fine", "小王", "en"), STR("at most 30 min"), 0) != SIZE_MAX);
  says(avoid(&d, "fine", "老陈", "zh"), ""); /* the leader could do nothing about this one */
  desk_free(&d);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_bound_and_rank)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
