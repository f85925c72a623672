/* What rules order the desk to do, on a real desk: cases opened, moved and handed over in the transaction of the act that brought them
 * about, once, with the clause in their history; timed arrows; what cannot be done is noted. */
#include "unit/scheduler/month_fixture.h"

static const char clauses[] =
    "\n## 第三十条 催缴 {#dun}\n收了款的当天关单；七天不收，改发限期通知。\n```guiju\n"
    "单据 费单\n  字段 户!: 文, 金额!: 钱, 手续费: 钱, 应收: 钱 = 金额 + 手续费\n  流程 出单 (主管) → 缴清 (主管)\n"
    "单据 催缴\n  当事 经办\n  字段 费单!: 费单, 金额!: 钱, 经办: 人员, 大额: 是否\n"
    "  流程 通知 → 7天 后 限期 → 复核 (主管) 若 大额 → 上门 (主管) → 结清 (主管)\n  流程 通知 → 已缴 (主管)\n  流程 限期 → 已缴 (主管)\n"
    "#open 凡 费单.出单，则 开单 催缴(费单=此, 金额=应收) 派给 主管\n"
    "#paid 凡 费单.缴清，则 转入 催缴.已缴 同 费单\n"
    "申请 催缴.已缴:\n  拒 若 金额 超过 900元 因 “大额的先对账”\n  准 其余\n```\n"
    "\n## 第三十一条 表态 {#say}\n主管定的数超过五十元，要部门经理同意。\n```guiju\n"
    "申请 账.表态 其中 操作人.岗位=主管:\n  经 部门经理 若 额 超过 50元\n  准 其余\n```\n"
    "\n## 第三十二条 打烊 {#closed}\n夜里两点到六点不开新会话。\n```guiju\n"
    "申请 会话.开始:\n  拒 若 钟点 在 2:00 至 6:00 因 “现在打烊，早上六点再来”\n  准 其余\n```\n";

static void publish(struct month *m) {
  json_t *now = month_do(m, &m->owner, "rulebook.source", NULL);
  const char *text = text_at(now, "source"), *at = strstr(text, "版本 1.0");
  struct str changed = arena_printf(m->arena, "%.*s版本 1.1%s%s", (int)(at - text), text, at + strlen("版本 1.0"), clauses);
  month_run(m, &m->owner, "rulebook.publish", json_pack("{s:o,s:s}", "source", json_stringn(changed.p, changed.n), "in_force", "2026-03-03"));
  json_decref(now);
  month_at(m, "2026-03-03 09:00:00");
}

static const char *bill(struct month *m, const char *yuan) {
  json_t *r = month_do(m, &m->supervisor, "case.open", json_pack("{s:s,s:{s:s,s:s,s:s}}", "type", "费单", "fields", "户", "101", "金额", yuan, "手续费", "1.50"));
  const char *id = arena_cstr(m->arena, str_c(text_at(r, "id")));
  json_decref(r);
  return id;
}

static json_t *listed(struct month *m, const char *type) { return month_do(m, &m->owner, "case.list", json_pack("{s:s}", "type", type)); }
static json_t *dunning(struct month *m) {
  json_t *list = listed(m, "催缴");
  assert_int_equal(json_array_size(at_path(list, "items")), 1);
  json_t *c = month_do(m, &m->owner, "case.get", json_pack("{s:s}", "id", text_at(list, "items.0.id")));
  json_decref(list);
  return c;
}

static void a_rule_opens_a_case_with_its_fields(void **state) {
  struct month *m = *state;
  publish(m);
  const char *id = bill(m, "100.00");
  json_t *c = dunning(m); /* in the very transaction of the bill */
  assert_string_equal(text_at(c, "fields.费单"), id);
  assert_string_equal(text_at(c, "fields.金额"), "101.50"); /* the computed field of the bill */
  assert_string_equal(text_at(c, "assignee"), m->supervisor.id.p);
  assert_string_equal(text_at(c, "history.0.what"), "opened");
  assert_string_equal(text_at(c, "history.0.text"), "按“催缴”");
  assert_string_equal(text_at(c, "history.1.what"), "assigned");
  json_decref(c);
  json_t *b = month_do(m, &m->owner, "case.get", json_pack("{s:s}", "id", id));
  assert_string_equal(text_at(b, "fields.应收"), "101.50");
  json_decref(b);
}

static void a_timed_arrow_moves_the_case_once(void **state) {
  struct month *m = *state;
  publish(m);
  (void)bill(m, "100.00");
  json_t *c = dunning(m);
  const char *id = arena_cstr(m->arena, str_c(text_at(c, "id")));
  json_decref(c);
  month_refused(m, &m->owner, "case.move", json_pack("{s:s,s:s}", "id", id, "to", "限期"), E_CONFLICT, "case.too_early");
  month_at(m, "2026-03-10 23:59:59");
  c = dunning(m);
  assert_string_equal(text_at(c, "state"), "通知");
  json_decref(c);
  month_at(m, "2026-03-11 00:00:00");
  c = dunning(m);
  assert_string_equal(text_at(c, "state"), "限期");
  assert_int_equal(int_at(c, "moved_ms"), month_ms("2026-03-11 00:00:00"));
  size_t history = json_array_size(at_path(c, "history"));
  json_decref(c);
  month_at(m, "2026-03-12 00:00:00");
  month_reopen(m); /* the engine is made anew from the log and orders the same again: it is not done twice */
  month_at(m, "2026-03-12 00:00:01");
  c = dunning(m);
  assert_string_equal(text_at(c, "state"), "限期");
  assert_int_equal(json_array_size(at_path(c, "history")), history);
  json_decref(c);
}

static void payment_moves_it_along_its_arrow(void **state) {
  struct month *m = *state;
  publish(m);
  const char *id = bill(m, "100.00");
  month_run(m, &m->supervisor, "case.move", json_pack("{s:s,s:s}", "id", id, "to", "缴清"));
  json_t *c = dunning(m);
  assert_string_equal(text_at(c, "state"), "已缴");
  json_decref(c);
  month_at(m, "2026-03-20 00:00:00"); /* its timed arrow died with the state */
  c = dunning(m);
  assert_string_equal(text_at(c, "state"), "已缴");
  json_decref(c);
}

/* What a clause refuses to people it refuses to rules: noted, with the reason, and the case stays. */
static void a_refused_order_is_noted(void **state) {
  struct month *m = *state;
  publish(m);
  const char *id = bill(m, "1000.00");
  month_run(m, &m->supervisor, "case.move", json_pack("{s:s,s:s}", "id", id, "to", "缴清"));
  json_t *c = dunning(m);
  assert_string_equal(text_at(c, "state"), "通知");
  json_t *orders = at_path(c, "orders") ? json_incref((json_t *)(uintptr_t)at_path(c, "orders")) : NULL;
  assert_int_equal(json_array_size(orders), 2); /* opened, then this */
  assert_string_equal(text_at(orders, "1.result"), "未办");
  assert_non_null(strstr(text_at(orders, "1.reason"), "大额的先对账"));
  json_decref(orders);
  json_decref(c);
}

static void a_step_that_does_not_apply_is_passed_over(void **state) {
  struct month *m = *state;
  publish(m);
  (void)bill(m, "100.00");
  month_at(m, "2026-03-11 00:00:00");
  json_t *c = dunning(m);
  const char *id = arena_cstr(m->arena, str_c(text_at(c, "id")));
  json_decref(c);
  month_refused(m, &m->supervisor, "case.move", json_pack("{s:s,s:s}", "id", id, "to", "复核"), E_CONFLICT, "case.no_such_step");
  month_run(m, &m->supervisor, "case.fill", json_pack("{s:s,s:{s:b}}", "id", id, "fields", "大额", 1));
  month_run(m, &m->supervisor, "case.move", json_pack("{s:s,s:s}", "id", id, "to", "复核"));
}

static void a_large_judgement_goes_up(void **state) {
  struct month *m = *state;
  publish(m);
  json_t *memo = month_do(m, &m->wang, "case.open", json_pack("{s:s,s:{s:s,s:s}}", "type", "备忘", "fields", "类别", "想法", "内容", "省胶带"));
  month_run(m, &m->wang, "case.move", json_pack("{s:s,s:s}", "id", text_at(memo, "id"), "to", "上报"));
  month_run(m, &m->supervisor, "case.move", json_pack("{s:s,s:s}", "id", text_at(memo, "id"), "to", "采纳"));
  json_decref(memo);
  json_t *slip = month_slip(m, &m->wang, "2026-03", "memo");
  const char *id = arena_cstr(m->arena, str_c(text_at(slip, "id")));
  json_decref(slip);
  json_t *r = month_do(m, &m->supervisor, "ledger.confirm", json_pack("{s:s,s:i}", "id", id, "fen", 5001));
  assert_string_equal(text_at(r, "decision.verdict"), "consult");
  json_t *voted = month_do(m, &m->owner, "approval.vote", json_pack("{s:s,s:s}", "id", text_at(r, "decision.approval"), "result", "agree"));
  json_decref(voted);
  json_decref(r);
  slip = month_slip(m, &m->wang, "2026-03", "memo");
  assert_string_equal(text_at(slip, "seal"), "confirmed");
  assert_int_equal(int_at(slip, "fen"), 5001);
  json_decref(slip);
}

static void conversations_may_be_refused(void **state) {
  struct month *m = *state;
  publish(m);
  const struct actor nobody = {0};
  json_t *visitor = month_do(m, &nobody, "widget.start", json_pack("{s:s}", "token_hash", "h1"));
  json_decref(visitor);
  month_at(m, "2026-03-04 02:00:00");
  month_refused(m, &nobody, "widget.say", json_pack("{s:s,s:s}", "token_hash", "h1", "text", "有人吗"), E_REFUSED, "gate.refused");
  month_at(m, "2026-03-04 06:00:01");
  month_run(m, &nobody, "widget.say", json_pack("{s:s,s:s}", "token_hash", "h1", "text", "有人吗"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_rule_opens_a_case_with_its_fields, month_setup, month_teardown),
      cmocka_unit_test_setup_teardown(a_timed_arrow_moves_the_case_once, month_setup, month_teardown),
      cmocka_unit_test_setup_teardown(payment_moves_it_along_its_arrow, month_setup, month_teardown),
      cmocka_unit_test_setup_teardown(a_refused_order_is_noted, month_setup, month_teardown),
      cmocka_unit_test_setup_teardown(a_step_that_does_not_apply_is_passed_over, month_setup, month_teardown),
      cmocka_unit_test_setup_teardown(a_large_judgement_goes_up, month_setup, month_teardown),
      cmocka_unit_test_setup_teardown(conversations_may_be_refused, month_setup, month_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
