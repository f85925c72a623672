/* 报表: rows by person, by field and alone, with measures, details and figures that cannot be worked out; a checklist's 合格 and a
 * notice's 考试 beside it. */
#include "support.h"

static const char head[] =
    "# 试\n\n```guiju\n制度 t “试”\n  版本 1.0  公布 2026-02-20  施行 2026-03-01\n岗位 客服 上级 主管\n岗位 主管\n```\n\n## 一 {#one}\n```guiju\n";

static struct desk small(const char *blocks) {
  struct arena *a = arena_new(1 << 28);
  return desk_new(a, book_of(a, arena_printf(a, "%s%s\n```\n", head, blocks)));
}
static void end(struct desk *d) {
  struct arena *a = d->a;
  desk_free(d);
  arena_free(a);
}
static void join(struct desk *d, const char *who) { desk_fact(d, "2026-03-01 08:00:00", "人员.入职", "", arena_printf(d->a, "{\"当事人\":\"%s\",\"岗位\":\"客服\"}", who).p); }

static void report_narrowed(struct desk *d, const char *name, const struct report_narrow *by, const char *from, const char *to, const char *expected) {
  struct report_table t;
  struct problem p = {0};
  struct buf b;
  assert_int_equal(engine_report(d->engine, d->a, str_c(name), when(from), when(to), by, &t, &p), OK);
  buf_init(&b, 1 << 16);
  for (size_t i = 0; i < t.row_count; i++) {
    buf_printf(&b, "%.*s:", STR_ARG(t.rows[i].key));
    for (size_t k = 0; k < t.report->column_count; k++) {
      const struct report_cell *c = &t.rows[i].cells[k];
      struct str shown = c->value.type == V_ABSENT ? STR("?") : value_show(d->a, &c->value, false, ZONE);
      buf_printf(&b, " %.*s", STR_ARG(shown));
      if (c->value.type == V_ABSENT) assert_true(c->why_zh.n && c->why_en.n);
    }
    buf_addc(&b, "; ");
  }
  buf_byte(&b, 0);
  assert_string_equal(b.p, expected);
  buf_release(&b);
}

static void report_is(struct desk *d, const char *name, const char *from, const char *to, const char *expected) { report_narrowed(d, name, NULL, from, to, expected); }

static const char weekly[] =
    "量 成交率(员工) = 次数(会话.结束 其中 成交) ÷ 次数(会话.结束)\n"
    "报表 周报 每 周一 给 主管 按 员工: 接待 = 次数(会话.结束), 成交额 = 合计(订单.成交.金额), 成交率, 明细 会话.结束 其中 成交\n"
    "报表 合计表 每 周一 给 主管: 接待 = 次数(会话.结束), 均额 = 均值(订单.成交.金额) 四舍五入到 0.01元\n"
    "报表 缘由表 每 周一 给 主管 按 事由: 个数 = 次数(会话.结束)";

static void rows_and_columns(void **state) {
  (void)state;
  struct desk d = small(weekly);
  join(&d, "小王");
  join(&d, "小李");
  desk_fact(&d, "2026-03-02 00:00:00", "会话.结束", "", "{\"会话\":\"一\",\"接待人\":\"小王\",\"事由\":\"询价\",\"成交\":true}");
  desk_fact(&d, "2026-03-08 23:59:59.999", "会话.结束", "", "{\"会话\":\"二\",\"接待人\":\"小王\",\"事由\":\"售后\",\"成交\":false}");
  desk_fact(&d, "2026-03-08 23:59:59.999", "订单.成交", "", "{\"订单\":\"A\",\"接待人\":\"小王\",\"金额\":\"100.01\"}");
  desk_fact(&d, "2026-03-09 00:00:00", "会话.结束", "", "{\"会话\":\"三\",\"接待人\":\"小王\",\"事由\":\"询价\",\"成交\":true}");
  report_is(&d, "周报", "2026-03-02 00:00:00", "2026-03-09 00:00:00", "小王: 2 100.01元 50% 1; 小李: 0 0元 ? 0; ");
  report_is(&d, "合计表", "2026-03-02 00:00:00", "2026-03-09 00:00:00", ": 2 100.01元; ");
  report_is(&d, "缘由表", "2026-03-02 00:00:00", "2026-03-09 00:00:00", "售后: 1; 询价: 1; ");
  report_is(&d, "缘由表", "2026-03-02 00:00:00", "2026-03-09 00:00:00.001", "售后: 1; 询价: 2; ");
  report_is(&d, "合计表", "2026-02-01 00:00:00", "2026-03-01 00:00:00.001", ": 0 ?; "); /* a mean of nothing is not zero */
  struct report_table t;
  struct problem p = {0};
  assert_int_equal(engine_report(d.engine, d.a, STR("没有的"), 0, when("2026-03-09 00:00:00"), NULL, &t, &p), E_NOT_FOUND);
  assert_true(strstr(p.zh, "没有报表") != NULL && strstr(p.en, "no report") != NULL);
  end(&d);
}

/* Points are not counted from facts, orders name no channel, 明细 lists only what is narrowed; where rows are people a role chooses rows. */
static void narrowed(void **state) {
  (void)state;
  struct desk d = small("积分 月分 = 10分 每 自然月 重置\n"
                        "量 成交率(员工) = 次数(订单.成交) ÷ 次数(会话.结束)\n"
                        "报表 人表 每 周一 给 主管 按 员工: 接待 = 次数(会话.结束), 成交率, 月分, 明细 会话.结束\n"
                        "报表 缘由表 每 周一 给 主管 按 事由: 个数 = 次数(会话.结束)");
  join(&d, "小王");
  join(&d, "小李");
  desk_fact(&d, "2026-03-02 09:00:00", "会话.开始", "", "{\"会话\":\"一\",\"渠道\":\"电话\"}");
  desk_fact(&d, "2026-03-02 09:00:01", "会话.开始", "", "{\"会话\":\"二\",\"渠道\":\"网页\"}");
  desk_fact(&d, "2026-03-02 10:00:00", "会话.结束", "", "{\"会话\":\"一\",\"接待人\":\"小王\",\"事由\":\"询价\"}");
  desk_fact(&d, "2026-03-02 11:00:00", "会话.结束", "", "{\"会话\":\"二\",\"接待人\":\"小王\",\"事由\":\"售后\"}");
  static const struct {
    const char *report;
    struct report_narrow by;
    const char *expected;
  } cases[] = {
      {"人表", {.of[REPORT_PERSON] = {"小王", sizeof "小王" - 1}}, "小王: 2 0% 10分 2; "},
      {"人表", {.of[REPORT_ROLE] = {"主管", sizeof "主管" - 1}}, ""},
      {"人表", {.of[REPORT_CHANNEL] = {"电话", sizeof "电话" - 1}}, "小王: 1 ? ? 1; 小李: 0 ? ? 0; "},
      {"人表", {.of[REPORT_SHIFT] = {"-", 1}}, "小王: 2 0% ? 2; 小李: 0 ? ? 0; "},
      {"缘由表", {.of[REPORT_CHANNEL] = {"网页", sizeof "网页" - 1}}, "售后: 1; "},
      {"缘由表", {.of[REPORT_PERSON] = {"小李", sizeof "小李" - 1}}, ""},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) report_narrowed(&d, cases[i].report, &cases[i].by, "2026-03-02 00:00:00", "2026-03-09 00:00:00", cases[i].expected);
  end(&d);
}

static void told_is(struct desk *d, const char *expected) { assert_string_equal(arena_cstr(d->a, desk_told(d, NULL)), expected); }

static void pass_mark(void **state) {
  (void)state;
  struct desk d = small("#tidy 检查表 卫生 由 主管 合格 80分以上\n  | 地面 “干净”(50分) | 提醒 当事人 |\n  | 桌面 “整齐”(50分) | 提醒 当事人 |\n  违者 罚款 当事人 10元\n");
  desk_fact(&d, "2026-03-05 10:00:00", "检查.完成", "老周", "{\"检查表\":\"卫生\",\"检查人\":\"老周\",\"被查人\":\"小王\",\"总分\":\"80\"}");
  told_is(&d, "");
  desk_fact(&d, "2026-03-05 10:01:00", "检查.完成", "老周", "{\"检查表\":\"卫生\",\"检查人\":\"老周\",\"被查人\":\"小王\"}");
  told_is(&d, ""); /* nobody added it up */
  desk_fact(&d, "2026-03-05 10:02:00", "检查.完成", "老周", "{\"检查表\":\"卫生\",\"检查人\":\"老周\",\"被查人\":\"小王\",\"总分\":\"79.99\"}");
  told_is(&d, "fine 小王 10.00 one");
  end(&d);
}

struct seen {
  enum clock_state state;
  bool known;
};
static void on_clock(void *ctx, const struct rule_clock *c) {
  struct seen *s = ctx;
  s->known = true;
  s->state = c->state;
}

static void test_of_a_notice(void **state) {
  (void)state;
  struct desk d = small("告知 全员 阅读 本制度 7天 内 考试 80分以上");
  join(&d, "小王");
  desk_fact(&d, "2026-03-02 09:00:00", "制度.确认", "小王", "{\"制度\":\"t\",\"版本\":\"1.0\",\"当事人\":\"小王\"}");
  desk_fact(&d, "2026-03-02 10:00:00", "知识.考试", "小王", "{\"当事人\":\"小王\",\"分\":\"79.99\"}");
  struct seen s = {0};
  engine_each_clock(d.engine, on_clock, &s);
  assert_true(s.known && s.state == CLOCK_RUNNING);
  desk_fact(&d, "2026-03-02 11:00:00", "知识.考试", "小王", "{\"当事人\":\"小王\",\"分\":\"80\"}");
  s = (struct seen){0};
  engine_each_clock(d.engine, on_clock, &s);
  assert_false(s.known);
  end(&d);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(rows_and_columns), cmocka_unit_test(narrowed), cmocka_unit_test(pass_mark), cmocka_unit_test(test_of_a_notice)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
