/* Cases as the book declares them: who opens, what must be filled, who moves, and what an approved leave does to the roster. */
#include "unit/scheduler/month_fixture.h"

static void a_case_without_its_required_fields_is_refused(void **state) {
  struct month *m = *state;
  month_refused(m, &m->wang, "case.open", json_pack("{s:s,s:{s:s}}", "type", "备忘", "fields", "类别", "想法"), E_INVALID, "case.field_missing");
  month_refused(m, &m->wang, "case.open", json_pack("{s:s,s:{s:s,s:s}}", "type", "备忘", "fields", "类别", "闲聊", "内容", "x"), E_INVALID, "case.field_word");
  month_refused(m, &m->wang, "case.open", json_pack("{s:s,s:{s:s}}", "type", "备忘", "fields", "心情", "好"), E_INVALID, "case.field_unknown");
  month_refused(m, &m->wang, "case.open", json_pack("{s:s,s:{}}", "type", "报销", "fields"), E_NOT_FOUND, "case.type_unknown");
  month_refused(m, &m->wang, "case.open", json_pack("{s:s,s:{s:s,s:i}}", "type", "领用", "fields", "物品", "本子", "数量", 1), E_DENIED, "case.may_not_open");
}

static void an_adopted_memo_is_rewarded_inside_its_range(void **state) {
  struct month *m = *state;
  month_at(m, "2026-03-05 10:00:00");
  json_t *r = month_do(m, &m->wang, "case.open", json_pack("{s:s,s:{s:s,s:s}}", "type", "备忘", "fields", "类别", "想法", "内容", "包装盒里放一张保养卡"));
  const char *id = text_at(r, "id");
  assert_string_equal(text_at(r, "number"), "2603-0001");
  month_run(m, &m->wang, "case.move", json_pack("{s:s,s:s}", "id", id, "to", "上报"));
  month_refused(m, &m->li, "case.move", json_pack("{s:s,s:s}", "id", id, "to", "采纳"), E_DENIED, "case.may_not_move");
  month_refused(m, &m->supervisor, "case.move", json_pack("{s:s,s:s}", "id", id, "to", "记下"), E_CONFLICT, "case.no_such_step");
  json_t *waiting = month_do(m, &m->supervisor, "approval.list", NULL);
  assert_int_equal(json_array_size(at_path(waiting, "items")), 1);
  assert_string_equal(text_at(waiting, "items.0.id"), id);
  json_decref(waiting);
  month_run(m, &m->supervisor, "approval.vote", json_pack("{s:s,s:s}", "id", id, "result", "agree"));
  month_refused(m, &m->supervisor, "approval.vote", json_pack("{s:s,s:s}", "id", id, "result", "agree"), E_CONFLICT, "case.closed");
  json_t *slip = month_slip(m, &m->wang, "2026-03", "memo");
  assert_string_equal(text_at(slip, "seal"), "open");
  assert_int_equal(int_at(slip, "fen"), 1000);
  assert_int_equal(int_at(slip, "fen_max"), 10000);
  month_refused(m, &m->supervisor, "ledger.confirm", json_pack("{s:s}", "id", text_at(slip, "id")), E_INVALID, "ledger.amount_missing");
  month_refused(m, &m->supervisor, "ledger.confirm", json_pack("{s:s,s:i}", "id", text_at(slip, "id"), "fen", 10001), E_INVALID, "ledger.amount_range");
  month_refused(m, &m->leader, "ledger.confirm", json_pack("{s:s,s:i}", "id", text_at(slip, "id"), "fen", 5000), E_DENIED, "ledger.may_not_judge");
  month_run(m, &m->supervisor, "ledger.confirm", json_pack("{s:s,s:i}", "id", text_at(slip, "id"), "fen", 5000));
  json_decref(slip);
  json_t *mine = month_do(m, &m->wang, "ledger.mine", json_pack("{s:s}", "month", "2026-03"));
  assert_int_equal(int_at(mine, "totals.reward_fen"), 5000);
  assert_int_equal(int_at(mine, "preview.net_fen"), 305000);
  json_decref(mine);
  json_t *page = month_do(m, &m->wang, "case.print", json_pack("{s:s}", "id", id));
  assert_non_null(strstr(text_at(page, "$file.text"), "包装盒里放一张保养卡"));
  json_decref(page);
  json_decref(r);
}

/* What somebody may not see takes no place on a page, and an empty page never says that there is more. */
static void pages_hold_what_the_reader_may_see(void **state) {
  struct month *m = *state;
  month_at(m, "2026-03-05 10:00:00");
  month_run(m, &m->wang, "case.open", json_pack("{s:s,s:{s:s,s:s}}", "type", "备忘", "fields", "类别", "想法", "内容", "小王的"));
  for (int i = 0; i < 3; i++) month_run(m, &m->li, "case.open", json_pack("{s:s,s:{s:s,s:s,s:s,s:s}}", "type", "请假", "fields", "起时", "2026-03-15 08:30", "止时", "2026-03-15 17:30", "种类", "事假", "事由", "小李的"));
  json_t *list = month_do(m, &m->wang, "case.list", json_pack("{s:i,s:b}", "limit", 1, "open", 1));
  assert_int_equal(json_array_size(at_path(list, "items")), 1);
  assert_string_equal(text_at(list, "items.0.title"), "小王的");
  json_decref(list);
  list = month_do(m, &m->wang, "case.list", json_pack("{s:i,s:b}", "limit", 1, "open", 0));
  assert_int_equal(json_array_size(at_path(list, "items")), 0);
  assert_true(json_is_null(at_path(list, "next")));
  json_decref(list);
}

static void an_approved_leave_frees_the_shift(void **state) {
  struct month *m = *state;
  month_roster(m, "2026-03-05", &m->wang, "白班,白班");
  month_at(m, "2026-03-04 10:00:00");
  json_t *r = month_do(m, &m->wang, "case.open", json_pack("{s:s,s:{s:s,s:s,s:s,s:s}}", "type", "请假", "fields", "起时", "2026-03-05 08:30", "止时", "2026-03-05 17:30", "种类", "事假", "事由", "搬家"));
  json_t *list = month_do(m, &m->owner, "approval.list", NULL);
  assert_true(json_array_size(at_path(list, "items")) >= 1);
  month_run(m, &m->owner, "approval.vote", json_pack("{s:s,s:s}", "id", text_at(list, "items.0.id"), "result", "agree"));
  json_decref(list);
  json_decref(r);
  list = month_do(m, &m->owner, "case.list", json_pack("{s:s}", "type", "请假"));
  assert_int_equal(json_array_size(at_path(list, "items")), 1);
  if (strcmp(text_at(list, "items.0.state"), "提出") == 0) month_run(m, &m->owner, "case.move", json_pack("{s:s,s:s}", "id", text_at(list, "items.0.id"), "to", "批准"));
  json_decref(list);
  json_t *shifts = month_do(m, &m->wang, "shift.list", json_pack("{s:s,s:s,s:s}", "from", "2026-03-05", "to", "2026-03-06", "person", "me"));
  assert_string_equal(text_at(shifts, "items.0.shift"), "假");
  assert_string_equal(text_at(shifts, "items.0.former"), "白班");
  assert_string_equal(text_at(shifts, "items.1.shift"), "白班");
  json_decref(shifts);
  month_at(m, "2026-03-06 08:00:00");
  json_t *table = month_do(m, &m->wang, "attendance.table", json_pack("{s:s}", "month", "2026-03"));
  assert_int_equal(json_array_size(at_path(table, "facts")), 0); /* neither late nor absent */
  json_decref(table);
}

static void a_product_is_listed_when_everybody_has_passed(void **state) {
  struct month *m = *state;
  month_at(m, "2026-03-05 10:00:00");
  json_t *p = month_do(m, &m->owner, "product.create", json_pack("{s:s}", "name", "保温杯"));
  json_t *x = month_do(m, &m->owner, "exam.create", json_pack("{s:s,s:i,s:[{s:s,s:[s,s],s:i},{s:s,s:[s,s],s:i}]}", "product", text_at(p, "id"), "pass", 100, "questions", "text", "容量", "choices",
                                                              "300", "500", "answer", 1, "text", "材质", "choices", "钢", "玻璃", "answer", 0));
  json_t *k = month_do(m, &m->purchasing, "case.open", json_pack("{s:s,s:{s:s,s:s}}", "type", "新品", "fields", "商品", text_at(p, "id"), "计划上架", "2026-03-20"));
  month_run(m, &m->purchasing, "case.move", json_pack("{s:s,s:s}", "id", text_at(k, "id"), "to", "讲课"));
  json_t *no = NULL;
  assert_int_equal(month_try(m, &m->purchasing, "case.move", json_pack("{s:s,s:s}", "id", text_at(k, "id"), "to", "上架"), &no), E_REFUSED);
  json_decref(no);
  assert_string_equal(m->problem.clause, "new-product");
  json_t *shown = month_do(m, &m->wang, "exam.list", NULL);
  assert_null(at_path(shown, "items.0.questions.0.answer")); /* nobody is shown the answers */
  json_decref(shown);
  json_t *half = month_do(m, &m->wang, "exam.answer", json_pack("{s:s,s:[i,i]}", "id", text_at(x, "id"), "answers", 1, 1));
  assert_int_equal(json_is_true(at_path(half, "passed")), 0);
  assert_string_equal(text_at(half, "points"), "50.00");
  json_decref(half);
  month_run(m, &m->wang, "exam.answer", json_pack("{s:s,s:[i,i]}", "id", text_at(x, "id"), "answers", 1, 0));
  month_run(m, &m->li, "exam.answer", json_pack("{s:s,s:[i,i]}", "id", text_at(x, "id"), "answers", 1, 0));
  month_run(m, &m->purchasing, "case.move", json_pack("{s:s,s:s}", "id", text_at(k, "id"), "to", "上架"));
  json_t *products = month_do(m, &m->wang, "product.list", NULL);
  assert_true(json_is_true(at_path(products, "items.0.listed")));
  json_decref(products);
  json_decref(k);
  json_decref(x);
  json_decref(p);
}

static void findings_are_for_those_who_check(void **state) {
  struct month *m = *state;
  month_at(m, "2026-03-05 10:00:00");
  json_t *args = json_pack("{s:s,s:s,s:s%}", "id", "纪律检查", "item", "无关事", "person", m->wang.id.p, m->wang.id.n);
  month_refused(m, &m->li, "review.find", json_deep_copy(args), E_DENIED, "review.who");
  month_run(m, &m->leader, "review.find", args);
  json_t *slip = month_slip(m, &m->wang, "2026-03", "conduct");
  assert_int_equal(int_at(slip, "fen"), 1000);
  json_decref(slip);
  month_refused(m, &m->leader, "review.find", json_pack("{s:s,s:s,s:s%}", "id", "纪律检查", "item", "打哈欠", "person", m->wang.id.p, m->wang.id.n), E_INVALID, "review.item");
}

int main(void) {
#define ON_DESK(f) cmocka_unit_test_setup_teardown(f, month_setup, month_teardown)
  const struct CMUnitTest tests[] = {ON_DESK(a_case_without_its_required_fields_is_refused), ON_DESK(an_adopted_memo_is_rewarded_inside_its_range), ON_DESK(pages_hold_what_the_reader_may_see), ON_DESK(an_approved_leave_frees_the_shift),
                                     ON_DESK(a_product_is_listed_when_everybody_has_passed), ON_DESK(findings_are_for_those_who_check)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
