/* Parts of the language that c14 does not use, on small books: joint fines, 违反, 停表, 后 … 内 无, exceptions, scores, ranges of time. */
#include "support.h"

static const char head[] =
    "# 试\n\n```guiju\n制度 t “试”\n  版本 1.0  公布 2026-02-20  施行 2026-03-01\n岗位 客服 上级 主管\n岗位 主管 上级 经理\n岗位 经理\n```\n\n";

static struct desk small(const char *clauses) {
  struct arena *a = arena_new(1 << 28);
  return desk_new(a, book_of(a, arena_printf(a, "%s%s", head, clauses)));
}
static void end(struct desk *d) {
  struct arena *a = d->a;
  desk_free(d);
  arena_free(a);
}
static void told_is(struct desk *d, const char *expected) {
  struct str told = desk_told(d, NULL);
  assert_string_equal(arena_cstr(d->a, told), expected);
}
static void join(struct desk *d, const char *who, const char *role) {
  char data[128];
  snprintf(data, sizeof data, "{\"当事人\":\"%s\",\"岗位\":\"%s\"}", who, role);
  desk_fact(d, "2026-03-01 08:00:00", "人员.入职", "", data);
}
static void found(struct desk *d, const char *at, const char *item, const char *who) {
  char data[128];
  snprintf(data, sizeof data, "{\"项\":\"%s\",\"当事人\":\"%s\"}", item, who);
  desk_fact(d, at, "检查.发现", "", data);
}

static void joint_fine(void **state) {
  (void)state;
  struct desk d = small("## 一 {#one}\n```guiju\n检查表 检查 由 主管\n  | 乱 “乱” | 罚款 当事人 10元 |\n```\n\n## 二 {#two}\n```guiju\n"
                        "凡 账.罚款 且 当事人 有 上级，则 罚款 上级(当事人) 额 × 2 不递延\n```\n");
  join(&d, "小王", "客服");
  join(&d, "老周", "主管");
  join(&d, "老吴", "经理");
  found(&d, "2026-03-05 10:00:00", "乱", "小王");
  told_is(&d, "fine 小王 10.00 one; fine 老周 20.00 two"); /* 老周's own fine is not passed on to 老吴 */
  struct str id = desk_find(&d, "fine", "小王");
  desk_fact(&d, "2026-03-05 11:00:00", "账.表态", "老周", arena_printf(d.a, "{\"后果\":\"%.*s\",\"结果\":\"免除\"}", STR_ARG(id)).p);
  told_is(&d, "fine 小王 10.00 waived one"); /* S16: nothing is left of what derives from it */
  end(&d);
}

static void violation_as_trigger(void **state) {
  (void)state;
  struct desk d = small("## 一 {#one}\n```guiju\n#answer 自 会话.客户消息 其中 首条 起 1分钟 内 接待人 须 会话.人工回复\n"
                        "#again 凡 违反 #answer，则 按 次序(本自然月, 当事人):\n  | 第1次 | 提醒 当事人 |\n  | 第2次及以后 | 罚款 当事人 5元 |\n```\n");
  desk_fact(&d, "2026-03-05 10:00:00", "会话.客户消息", "", "{\"会话\":\"一\",\"接待人\":\"小王\",\"首条\":true}");
  desk_fact(&d, "2026-03-05 11:00:00", "会话.客户消息", "", "{\"会话\":\"二\",\"接待人\":\"小王\",\"首条\":true}");
  desk_until(&d, "2026-03-05 12:00:00");
  told_is(&d, "fine 小王 5.00 one; remind 小王 one; violation 小王 one; violation 小王 one");
  end(&d);
}

static void waiting_for_nothing(void **state) {
  (void)state;
  struct desk d = small("## 一 {#one}\n```guiju\n凡 订单.下单 后 1小时 内 无 订单.付款，则 提醒 接待人 “催一下”\n```\n");
  desk_fact(&d, "2026-03-05 10:00:00", "订单.下单", "", "{\"订单\":\"A\",\"接待人\":\"小王\",\"金额\":\"5\"}");
  desk_fact(&d, "2026-03-05 10:00:00", "订单.下单", "", "{\"订单\":\"B\",\"接待人\":\"小李\",\"金额\":\"5\"}");
  desk_fact(&d, "2026-03-05 11:00:00", "订单.付款", "", "{\"订单\":\"A\",\"金额\":\"5\"}");
  desk_until(&d, "2026-03-05 11:00:00");
  told_is(&d, "");
  desk_until(&d, "2026-03-05 11:00:00.001");
  told_is(&d, "remind 小李 one");
  end(&d);
}

static void released_and_warned(void **state) {
  (void)state;
  struct desk d = small("## 一 {#one}\n```guiju\n自 订单.下单 起 1小时 内 接待人 须 订单.催付;遇 订单.付款 或 订单.取消 免;届前 10分钟 提醒 接待人;"
                        "逾期 罚款 接待人 5元;逾期 1小时 上报 主管\n```\n");
  join(&d, "老周", "主管");
  desk_fact(&d, "2026-03-05 10:00:00", "订单.下单", "", "{\"订单\":\"A\",\"接待人\":\"小王\",\"金额\":\"5\"}");
  desk_fact(&d, "2026-03-05 10:00:00", "订单.下单", "", "{\"订单\":\"B\",\"接待人\":\"小李\",\"金额\":\"5\"}");
  desk_fact(&d, "2026-03-05 10:49:59.999", "订单.付款", "", "{\"订单\":\"A\",\"金额\":\"5\"}");
  desk_until(&d, "2026-03-05 10:50:00");
  told_is(&d, "remind 小李 one");
  desk_until(&d, "2026-03-05 11:00:00.001");
  told_is(&d, "fine 小李 5.00 one; remind 小李 one");
  desk_until(&d, "2026-03-05 12:00:00.001");
  told_is(&d, "escalate 老周 one; fine 小李 5.00 one; remind 小李 one");
  end(&d);
}

static void clock_stands(void **state) {
  (void)state;
  struct desk d = small("## 一 {#one}\n```guiju\n单据 修\n  当事 人\n  字段 人!: 人员, 等料: 是否\n  流程 报修 → 修好\n"
                        "自 修.报修 起 2小时 内 (停表 修.等料) 人 须 修.修好;逾期 罚款 人 5元\n```\n");
  desk_fact(&d, "2026-03-05 10:00:00", "修.报修", "", "{\"单\":\"k1\",\"人\":\"小王\",\"等料\":false}");
  desk_fact(&d, "2026-03-05 11:00:00", "单据.填写", "", "{\"单\":\"k1\",\"种\":\"修\",\"fields\":{\"人\":\"小王\",\"等料\":true}}");
  desk_until(&d, "2026-03-05 15:00:00");
  told_is(&d, "");
  desk_fact(&d, "2026-03-05 15:00:00", "单据.填写", "", "{\"单\":\"k1\",\"种\":\"修\",\"fields\":{\"人\":\"小王\",\"等料\":false}}");
  desk_until(&d, "2026-03-05 16:00:00"); /* one hour before, one after */
  told_is(&d, "");
  desk_until(&d, "2026-03-05 16:00:00.001");
  told_is(&d, "fine 小王 5.00 one");
  end(&d);
}

static void counted_in_gate(void **state) {
  (void)state;
  struct desk d = small("## 一 {#one}\n```guiju\n单据 换班\n  当事 甲\n  字段 甲!: 人员, 乙!: 人员\n  流程 提出 (甲) → 批准 (主管)\n申请 换班.提出:\n"
                        "  拒 若 次数(换班.批准, 本自然月, 当事人) 满 2次 因 “本月已换两次”\n  准 其余\n```\n");
  struct gate_decision g;
  struct problem p = {0};
  const char *ask = "{\"单\":\"k9\",\"甲\":\"小王\",\"乙\":\"小李\"}";
  desk_fact(&d, "2026-03-02 10:00:00", "换班.批准", "", "{\"单\":\"k1\",\"甲\":\"小王\",\"乙\":\"小李\"}");
  desk_fact(&d, "2026-03-03 10:00:00", "换班.批准", "", "{\"单\":\"k2\",\"甲\":\"小李\",\"乙\":\"小王\"}");
  assert_int_equal(engine_gate(d.engine, d.a, desk_event(&d, "2026-03-04 10:00:00", "换班.提出", "小王", ask), &g, &p), OK);
  assert_int_equal(g.verdict, GATE_PERMIT);
  desk_fact(&d, "2026-03-05 10:00:00", "换班.批准", "", "{\"单\":\"k3\",\"甲\":\"小王\",\"乙\":\"小李\"}");
  assert_int_equal(engine_gate(d.engine, d.a, desk_event(&d, "2026-03-06 10:00:00", "换班.提出", "小王", ask), &g, &p), OK);
  assert_int_equal(g.verdict, GATE_REFUSE);
  assert_int_equal(engine_gate(d.engine, d.a, desk_event(&d, "2026-04-01 00:00:00", "换班.提出", "小王", ask), &g, &p), OK);
  assert_int_equal(g.verdict, GATE_PERMIT);
  end(&d);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(joint_fine), cmocka_unit_test(violation_as_trigger), cmocka_unit_test(waiting_for_nothing),
                                     cmocka_unit_test(released_and_warned), cmocka_unit_test(clock_stands), cmocka_unit_test(counted_in_gate)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
