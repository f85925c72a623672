/* The working-day calendar as facts: what begins before a change keeps the calendar it began with, what lies beyond the
 * calendar is asked of a person, and a late announcement is judged as if it had come in its place. */
#include "support.h"

static const char book[] =
    "## 第一条 试 {#t}\n```guiju\n制度 试 “试”\n  版本 1.0 公布 2026-02-20 施行 2026-03-01\n岗位 客服\n单据 事\n  当事 办事人\n  字段 办事人!: 人员\n"
    "  流程 记下 (客服) → 办完 (客服)\n自 事.记下 起 1个工作日 内 办事人 须 事.办完;逾期 提醒 办事人 “晚”\n```\n";
static const char task[] = "{\"单\":\"甲\",\"办事人\":\"小王\"}";
static const char qingming[] = "{\"年\":2026,\"放假\":[\"2026-04-04 至 2026-04-06\"]}";

static struct str reminded(struct desk *d) { return desk_told(d, "remind manual"); }

static void test_ends(void **state) {
  (void)state;
  struct arena *a = arena_new((size_t)64 << 20);
  struct desk d = desk_new(a, book_of(a, str_c(book)));
  desk_fact(&d, "2026-03-02 09:00:00", "日历.变更", "", qingming);
  desk_fact(&d, "2026-12-31 09:00:00", "事.记下", "小王", task);
  desk_until(&d, "2027-01-10 00:00:00");
  struct str told = reminded(&d);
  assert_true(str_find(told, STR("manual"), 0) != SIZE_MAX);
  desk_free(&d);
  arena_free(a);
}

static void test_late_announcement(void **state) {
  (void)state;
  struct arena *a = arena_new((size_t)64 << 20);
  struct desk d = desk_new(a, book_of(a, str_c(book)));
  desk_fact(&d, "2026-04-03 10:00:00", "事.记下", "小王", task);
  desk_until(&d, "2026-04-07 09:00:00");
  assert_true(reminded(&d).n > 0); /* without the calendar the Monday was the last day */
  desk_fact(&d, "2026-03-20 10:00:00", "日历.变更", "", qingming);
  assert_int_equal(reminded(&d).n, 0);
  desk_until(&d, "2026-04-08 00:00:00");
  assert_true(reminded(&d).n > 0);
  desk_free(&d);
  arena_free(a);
}

static void test_year_replaced(void **state) {
  (void)state;
  struct arena *a = arena_new((size_t)64 << 20);
  struct desk d = desk_new(a, book_of(a, str_c(book)));
  desk_fact(&d, "2026-03-02 09:00:00", "日历.变更", "", qingming);
  desk_fact(&d, "2026-03-03 09:00:00", "日历.变更", "", "{\"年\":2026,\"放假\":[\"2026-05-01\"]}"); /* the year anew: no holiday in April */
  desk_fact(&d, "2026-04-03 10:00:00", "事.记下", "小王", task);
  desk_until(&d, "2026-04-07 00:00:00");
  assert_true(reminded(&d).n > 0);
  desk_free(&d);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_ends), cmocka_unit_test(test_late_announcement), cmocka_unit_test(test_year_replaced)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
