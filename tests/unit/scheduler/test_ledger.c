/* A month of money: a late greeting becomes a slip, is confirmed, reaches the pay sheet; appeals re-rank; the sealed month stands;
 * the lawful limits hold to the fen. Every figure here was computed by hand. */
#include "unit/scheduler/month_fixture.h"

#include "views/settlement.h"

/* 91 s after the question, 30 s allowed: 61 s over, three started steps of 30 s, 5 CNY each = 15.00. */
static void late_greeting(struct month *m, const char *visitor, const char *asked, const char *answered) {
  month_at(m, asked);
  struct str id = month_asks(m, &m->wang, visitor);
  month_at(m, answered);
  month_answers(m, &m->wang, id);
}

static void a_late_greeting_reaches_the_pay_sheet(void **state) {
  struct month *m = *state;
  late_greeting(m, "v1", "2026-03-05 10:00:00", "2026-03-05 10:01:31");
  json_t *slip = month_slip(m, &m->wang, "2026-03", "greeting");
  assert_string_equal(text_at(slip, "seal"), "proposed");
  assert_int_equal(int_at(slip, "fen"), 1500);
  month_refused(m, &m->wang, "ledger.confirm", json_pack("{s:s}", "id", text_at(slip, "id")), E_DENIED, "ledger.own");
  month_refused(m, &m->li, "ledger.confirm", json_pack("{s:s}", "id", text_at(slip, "id")), E_DENIED, "ledger.may_not_judge");
  month_refused(m, &m->leader, "ledger.confirm", json_pack("{s:s,s:i}", "id", text_at(slip, "id"), "fen", 1501), E_INVALID, "ledger.amount_raise");
  month_run(m, &m->leader, "ledger.confirm", json_pack("{s:s}", "id", text_at(slip, "id")));
  month_refused(m, &m->leader, "ledger.confirm", json_pack("{s:s}", "id", text_at(slip, "id")), E_CONFLICT, "ledger.state");
  json_decref(slip);

  json_t *why = month_do(m, &m->wang, "ledger.why", json_pack("{s:o}", "id", json_string(text_at(slip = month_slip(m, &m->wang, "2026-03", "greeting"), "id"))));
  assert_string_equal(text_at(why, "clause.id"), "greeting");
  assert_true(json_array_size(at_path(why, "evidence")) >= 2);
  assert_true(json_array_size(at_path(why, "arithmetic")) >= 1);
  assert_string_equal(text_at(why, "slip.title"), "首次招呼晚了 61 秒");
  assert_string_equal(text_at(why, "slip.detail"), ""); /* the clause has its own place */
  assert_non_null(strstr(text_at(why, "evidence.0.text"), "顾客：“"));
  assert_non_null(strstr(text_at(why, "evidence.2.text"), "回复：“"));
  assert_string_equal(text_at(why, "arithmetic.0.text"), "回复用了 91 秒，减去 30 秒");
  assert_string_equal(text_at(why, "arithmetic.2.value"), "15.00 元");
  assert_true(json_array_size(at_path(why, "clause.figures")) >= 1);
  assert_non_null(strstr(text_at(why, "next.0.text"), "确认 15.00 元"));
  assert_non_null(strstr(text_at(why, "next.0.text_en"), "confirmed it CNY 15.00"));
  json_decref(why);
  json_decref(slip);

  json_t *fund = month_do(m, &m->li, "fund.get", NULL);
  assert_int_equal(int_at(fund, "balance_fen"), 1500);
  json_decref(fund);
  json_t *mine = month_do(m, &m->wang, "ledger.mine", json_pack("{s:s}", "month", "2026-03"));
  assert_int_equal(int_at(mine, "preview.gross_fen"), 300000);
  assert_int_equal(int_at(mine, "preview.deducted_fen"), 1500);
  assert_int_equal(int_at(mine, "preview.net_fen"), 298500);
  json_decref(mine);
}

static const json_t *row_of(const json_t *sheet, const struct actor *who) {
  size_t i;
  json_t *row;
  json_array_foreach(json_object_get(sheet, "rows"), i, row)
    if (str_eq(str_c(text_at(row, "person")), who->id)) return row;
  fail_msg("no row");
  return NULL;
}

static void a_sealed_month_stands_and_later_differences_post_in_the_next(void **state) {
  struct month *m = *state;
  late_greeting(m, "v1", "2026-03-05 10:00:00", "2026-03-05 10:01:31");
  late_greeting(m, "v2", "2026-03-30 10:00:00", "2026-03-30 10:01:00"); /* 30 s over: one step, 5.00, left unconfirmed */
  json_t *ledger = month_do(m, &m->wang, "ledger.mine", json_pack("{s:s}", "month", "2026-03"));
  char first[40] = "", second[40] = "";
  size_t i;
  json_t *slip;
  json_array_foreach(json_object_get(ledger, "slips"), i, slip) {
    if (strcmp(text_at(slip, "clause.id"), "greeting") != 0) continue;
    if (int_at(slip, "fen") == 1500) snprintf(first, sizeof first, "%s", text_at(slip, "id"));
    if (int_at(slip, "fen") == 500) snprintf(second, sizeof second, "%s", text_at(slip, "id"));
  }
  json_decref(ledger);
  assert_true(first[0] && second[0]);
  month_run(m, &m->leader, "ledger.confirm", json_pack("{s:s}", "id", first));
  month_refused(m, &m->owner, "settle.seal", json_pack("{s:s}", "month", "2026-03"), E_CONFLICT, "settle.not_over");
  month_at(m, "2026-04-01 09:00:00");
  month_refused(m, &m->wang, "settle.seal", json_pack("{s:s}", "month", "2026-03"), E_DENIED, "may.denied");
  json_t *sheet = month_do(m, &m->owner, "settle.seal", json_pack("{s:s}", "month", "2026-03"));
  assert_int_equal(int_at(row_of(sheet, &m->wang), "net_fen"), 298500);
  assert_int_equal(json_array_size(at_path(sheet, "replayed")), 0);
  json_decref(sheet);
  month_refused(m, &m->owner, "settle.seal", json_pack("{s:s}", "month", "2026-03"), E_CONFLICT, "settle.sealed");

  month_run(m, &m->leader, "ledger.confirm", json_pack("{s:s}", "id", second)); /* too late for March */
  month_reopen(m);
  sheet = month_do(m, &m->owner, "settle.get", json_pack("{s:s}", "month", "2026-03"));
  assert_string_equal(text_at(sheet, "state"), "sealed");
  assert_int_equal(int_at(row_of(sheet, &m->wang), "net_fen"), 298500);
  json_decref(sheet);
  sheet = month_do(m, &m->owner, "settle.get", json_pack("{s:s}", "month", "2026-04"));
  assert_int_equal(json_array_size(at_path(sheet, "adjustments")), 1);
  assert_int_equal(int_at(sheet, "adjustments.0.fen"), 500);
  assert_string_equal(text_at(sheet, "adjustments.0.month"), "2026-03");
  assert_int_equal(int_at(row_of(sheet, &m->wang), "net_fen"), 299500);
  json_decref(sheet);

  month_at(m, "2026-05-01 09:00:00");
  month_run(m, &m->owner, "settle.seal", json_pack("{s:s}", "month", "2026-04"));
  sheet = month_do(m, &m->owner, "settle.get", json_pack("{s:s}", "month", "2026-05"));
  assert_int_equal(json_array_size(at_path(sheet, "adjustments")), 0); /* posted once */
  json_decref(sheet);
  json_t *file = month_do(m, &m->owner, "settle.xlsx", json_pack("{s:s}", "month", "2026-03"));
  assert_int_equal(strncmp(text_at(file, "$file.base64"), "UEsDB", 5), 0); /* a ZIP, as XLSX is */
  json_decref(file);
}

static void completed(struct month *m, const char *no, const char *when, const char *yuan, const char *note) {
  const struct actor system = {.type = ACTOR_SYSTEM};
  struct str line = arena_printf(m->arena, "{\"id\":\"order:%s:done\",\"kind\":\"order.completed\",\"at\":\"%s\",\"data\":{\"order\":\"%s\",\"customer\":\"u:%s\",\"agent\":\"%.*s\",\"amount\":\"%s\",\"seller_note\":\"%s\"}}", no,
                                 when, no, no, STR_ARG(m->wang.id), yuan, note);
  json_t *r = month_do(m, &system, "event.import", json_pack("{s:[s%]}", "lines", line.p, line.n));
  if (int_at(r, "added") != 1) fail_msg("%s", text_at(r, "refused.0.en"));
  json_decref(r);
}

/* 12,840.00 with the job number in the note: 1 % = 128.40. Without it: nothing. A sale of March that arrives in April posts in April. */
static void commission_counts_noted_orders_and_late_ones_post_later(void **state) {
  struct month *m = *state;
  month_at(m, "2026-03-20 10:00:00");
  completed(m, "A1", "2026-03-10 12:00:00", "12840.00", "工号 101");
  completed(m, "A2", "2026-03-11 12:00:00", "500.00", "");
  json_t *mine = month_do(m, &m->wang, "ledger.mine", json_pack("{s:s}", "month", "2026-03"));
  assert_int_equal(int_at(mine, "preview.pay_fen"), 12840); /* so far */
  json_decref(mine);
  month_at(m, "2026-04-01 09:00:00");
  json_t *sheet = month_do(m, &m->owner, "settle.seal", json_pack("{s:s}", "month", "2026-03"));
  assert_int_equal(int_at(row_of(sheet, &m->wang), "pay_fen"), 12840);
  assert_int_equal(int_at(row_of(sheet, &m->wang), "net_fen"), 312840);
  assert_int_equal(json_array_size(at_path(sheet, "replayed")), 0);
  json_decref(sheet);
  month_at(m, "2026-04-02 09:00:00");
  completed(m, "A3", "2026-03-31 20:00:00", "1000.00", "101");
  sheet = month_do(m, &m->owner, "settle.get", json_pack("{s:s}", "month", "2026-03"));
  assert_int_equal(int_at(row_of(sheet, &m->wang), "net_fen"), 312840); /* sealed months are never rewritten */
  json_decref(sheet);
  sheet = month_do(m, &m->owner, "settle.get", json_pack("{s:s}", "month", "2026-04"));
  assert_int_equal(int_at(sheet, "adjustments.0.fen"), 1000);
  assert_int_equal(int_at(row_of(sheet, &m->wang), "net_fen"), 301000);
  json_decref(sheet);
}

/* Two proven complaints: 50 and 100. The appeal against the first fact is upheld: the second becomes the first, 50. */
static void complain(struct month *m, const char *when) {
  month_at(m, when);
  json_t *r = month_do(m, &m->wang, "case.open", json_pack("{s:s,s:{s:s,s:s,s:s,s:s%}}", "type", "投诉", "fields", "客户", "u1", "事由", "服务", "内容", "说话不客气", "责任人", m->li.id.p, m->li.id.n));
  const char *id = text_at(r, "id");
  month_run(m, &m->supervisor, "case.move", json_pack("{s:s,s:s}", "id", id, "to", "核实"));
  month_run(m, &m->supervisor, "case.move", json_pack("{s:s,s:s}", "id", id, "to", "成立"));
  json_decref(r);
}

static void an_upheld_appeal_ranks_anew(void **state) {
  struct month *m = *state;
  complain(m, "2026-03-04 10:00:00");
  complain(m, "2026-03-05 10:00:00");
  json_t *ledger = month_do(m, &m->li, "ledger.mine", json_pack("{s:s}", "month", "2026-03"));
  char first[40] = "", second[40] = "";
  size_t i;
  json_t *slip;
  json_array_foreach(json_object_get(ledger, "slips"), i, slip) {
    if (strcmp(text_at(slip, "clause.id"), "complaints") != 0 || strcmp(text_at(slip, "type"), "fine") != 0) continue;
    if (int_at(slip, "fen") == 5000) snprintf(first, sizeof first, "%s", text_at(slip, "id"));
    if (int_at(slip, "fen") == 10000) snprintf(second, sizeof second, "%s", text_at(slip, "id"));
  }
  json_decref(ledger);
  assert_true(first[0] && second[0]);
  month_refused(m, &m->wang, "ledger.appeal", json_pack("{s:s,s:s,s:s}", "id", first, "against", "fact", "reason", "x"), E_DENIED, "ledger.appeal_own");
  month_run(m, &m->li, "ledger.appeal", json_pack("{s:s,s:s,s:s}", "id", first, "against", "fact", "reason", "不是我接待的"));
  month_run(m, &m->supervisor, "ledger.rule", json_pack("{s:s,s:b,s:s}", "id", first, "upheld", 1, "reason", "查实不是他"));
  json_t *why = month_do(m, &m->li, "ledger.why", json_pack("{s:s}", "id", first));
  assert_string_equal(text_at(why, "slip.seal"), "withdrawn");
  json_decref(why);
  why = month_do(m, &m->li, "ledger.why", json_pack("{s:s}", "id", second));
  int fen = (int)int_at(why, "slip.fen");
  json_decref(why);
  if (fen == 10000) { /* identities follow the rank: then the second fact has a new one */
    json_t *now = month_slip(m, &m->li, "2026-03", "complaints");
    fen = (int)int_at(now, "fen");
    json_decref(now);
  }
  assert_int_equal(fen, 5000);
}

/* The sum somebody agreed to is not the sum after the ranks moved: the new one waits for a nod of its own. */
static void a_changed_sum_is_confirmed_anew(void **state) {
  struct month *m = *state;
  complain(m, "2026-03-04 10:00:00");
  complain(m, "2026-03-05 10:00:00");
  json_t *ledger = month_do(m, &m->li, "ledger.mine", json_pack("{s:s}", "month", "2026-03"));
  char first[40] = "", second[40] = "";
  size_t i;
  json_t *slip;
  json_array_foreach(json_object_get(ledger, "slips"), i, slip) {
    if (strcmp(text_at(slip, "clause.id"), "complaints") != 0 || strcmp(text_at(slip, "type"), "fine") != 0) continue;
    snprintf(int_at(slip, "fen") == 5000 ? first : second, sizeof first, "%s", text_at(slip, "id"));
  }
  json_decref(ledger);
  month_run(m, &m->supervisor, "ledger.confirm", json_pack("{s:s}", "id", second));
  month_run(m, &m->li, "ledger.appeal", json_pack("{s:s,s:s,s:s}", "id", first, "against", "fact", "reason", "不是我接待的"));
  month_run(m, &m->supervisor, "ledger.rule", json_pack("{s:s,s:b,s:s}", "id", first, "upheld", 1, "reason", "查实不是他"));
  slip = month_slip(m, &m->li, "2026-03", "complaints");
  assert_int_equal(int_at(slip, "fen"), 5000);
  assert_string_equal(text_at(slip, "seal"), "proposed");
  month_run(m, &m->supervisor, "ledger.confirm", json_pack("{s:s}", "id", text_at(slip, "id")));
  json_decref(slip);
  month_reopen(m);
  slip = month_slip(m, &m->li, "2026-03", "complaints");
  assert_int_equal(int_at(slip, "fen"), 5000);
  assert_string_equal(text_at(slip, "seal"), "confirmed");
  json_decref(slip);
}

static void a_sum_that_still_rises_cannot_be_confirmed(void **state) {
  struct month *m = *state;
  month_at(m, "2026-03-05 10:00:00");
  struct str id = month_asks(m, &m->wang, "v1");
  month_at(m, "2026-03-05 10:01:10");
  json_t *slip = month_slip(m, &m->wang, "2026-03", "greeting");
  assert_int_equal(int_at(slip, "fen"), 1000);
  month_refused(m, &m->leader, "ledger.confirm", json_pack("{s:s}", "id", text_at(slip, "id")), E_CONFLICT, "ledger.growing");
  month_at(m, "2026-03-05 10:01:31");
  month_answers(m, &m->wang, id);
  month_run(m, &m->leader, "ledger.confirm", json_pack("{s:s}", "id", text_at(slip, "id")));
  json_decref(slip);
  slip = month_slip(m, &m->wang, "2026-03", "greeting");
  assert_int_equal(int_at(slip, "fen"), 1500);
  assert_string_equal(text_at(slip, "seal"), "confirmed");
  json_decref(slip);
}

static enum status appeal_at(struct month *m, i64 after_ms) {
  late_greeting(m, "v1", "2026-03-05 10:00:00", "2026-03-05 10:01:31");
  json_t *slip = month_slip(m, &m->wang, "2026-03", "greeting"), *result = NULL;
  m->now_ms = int_at(slip, "appeal_until_ms") + after_ms;
  enum status status = month_try(m, &m->wang, "ledger.appeal", json_pack("{s:s,s:s,s:s}", "id", text_at(slip, "id"), "against", "fact", "reason", "网断了"), &result);
  json_decref(result);
  json_decref(slip);
  return status;
}

static void the_last_instant_to_appeal_counts(void **state) { assert_int_equal(appeal_at(*state, 0), OK); }

static void appeals_end_after_three_days(void **state) {
  struct month *m = *state;
  assert_int_equal(appeal_at(m, 1), E_CONFLICT);
  assert_string_equal(m->problem.key, "ledger.appeal_late");
}

/* ---- the limits by themselves -------------------------------------------------------------------------------------------- */

static struct settlement_sums settled(i64 gross, i64 deduct, i64 minimum) {
  struct settlement_sums s = {.base_fen = gross, .deduct_fen = deduct};
  const struct settlement_limit limit = {.share_num = 20, .share_den = 100, .minimum_fen = minimum};
  assert_int_equal(settlement_compute(&s, &limit, NULL), OK);
  return s;
}

static void the_limit_holds_to_the_fen(void **state) {
  (void)state;
  struct settlement_sums at = settled(300000, 60000, 0); /* 20.00 % exactly: all of it */
  assert_int_equal(at.deducted_fen, 60000);
  assert_int_equal(at.not_deducted_fen, 0);
  assert_int_equal(at.net_fen, 240000);
  struct settlement_sums over = settled(300000, 60001, 0); /* one fen more stays visible */
  assert_int_equal(over.deducted_fen, 60000);
  assert_int_equal(over.not_deducted_fen, 1);
  assert_int_equal(over.net_fen, 240000);
  struct settlement_sums odd = settled(300004, 99999, 0); /* 60000.8 fen rounds down */
  assert_int_equal(odd.limit_fen, 60000);
  struct settlement_sums minimum = settled(300000, 60000, 250000); /* the minimum wage bites first */
  assert_int_equal(minimum.deducted_fen, 50000);
  assert_int_equal(minimum.not_deducted_fen, 10000);
  assert_int_equal(minimum.net_fen, 250000);
  struct settlement_sums below = settled(200000, 100, 250000); /* already below: nothing may be taken */
  assert_int_equal(below.deducted_fen, 0);
  assert_int_equal(below.net_fen, 200000);
}

static void refunds_are_not_limited(void **state) {
  (void)state;
  struct settlement_sums s = {.base_fen = 300000, .pay_fen = 1280, .deduct_fen = 1000, .refund_fen = 500, .adjust_gross_fen = -280};
  const struct settlement_limit limit = {.share_num = 1, .share_den = 5};
  assert_int_equal(settlement_compute(&s, &limit, NULL), OK);
  assert_int_equal(s.gross_fen, 301000);
  assert_int_equal(s.limit_fen, 60200);
  assert_int_equal(s.net_fen, 301000 - 1000 + 500);
}

static void the_minimum_wage_is_a_setting_with_an_event(void **state) {
  struct month *m = *state;
  month_refused(m, &m->wang, "settings.change_wages", json_pack("{s:i}", "minimum_wage_fen", 269000), E_DENIED, "may.denied");
  month_refused(m, &m->owner, "settings.change_wages", json_pack("{s:i}", "deduct_percent", 21), E_INVALID, "args.range");
  month_run(m, &m->owner, "settings.change_wages", json_pack("{s:i}", "minimum_wage_fen", 269000));
  json_t *sheet = month_do(m, &m->owner, "settle.get", json_pack("{s:s}", "month", "2026-03"));
  assert_int_equal(int_at(sheet, "limit.minimum_fen"), 269000);
  assert_int_equal(int_at(row_of(sheet, &m->wang), "limit_fen"), 31000); /* 3000.00 − 2690.00 is less than a fifth */
  json_decref(sheet);
}

static void the_fund_is_spent_by_its_keeper_only(void **state) {
  struct month *m = *state;
  late_greeting(m, "v1", "2026-03-05 10:00:00", "2026-03-05 10:01:31");
  json_t *slip = month_slip(m, &m->wang, "2026-03", "greeting");
  month_run(m, &m->leader, "ledger.confirm", json_pack("{s:s}", "id", text_at(slip, "id")));
  json_decref(slip);
  month_refused(m, &m->wang, "fund.spend", json_pack("{s:i,s:s}", "fen", 100, "purpose", "聚餐"), E_DENIED, "fund.keeper");
  month_refused(m, &m->leader, "fund.spend", json_pack("{s:i,s:s}", "fen", 1501, "purpose", "聚餐"), E_CONFLICT, "fund.short");
  month_run(m, &m->leader, "fund.spend", json_pack("{s:i,s:s}", "fen", 1500, "purpose", "聚餐"));
  json_t *fund = month_do(m, &m->li, "fund.get", NULL);
  assert_int_equal(int_at(fund, "balance_fen"), 0);
  assert_int_equal(json_array_size(at_path(fund, "entries")), 2);
  json_decref(fund);
}

int main(void) {
#define ON_DESK(f) cmocka_unit_test_setup_teardown(f, month_setup, month_teardown)
  const struct CMUnitTest tests[] = {ON_DESK(a_late_greeting_reaches_the_pay_sheet), ON_DESK(a_sealed_month_stands_and_later_differences_post_in_the_next),
                                     ON_DESK(commission_counts_noted_orders_and_late_ones_post_later), ON_DESK(an_upheld_appeal_ranks_anew), ON_DESK(a_changed_sum_is_confirmed_anew), ON_DESK(a_sum_that_still_rises_cannot_be_confirmed), ON_DESK(the_last_instant_to_appeal_counts), ON_DESK(appeals_end_after_three_days), cmocka_unit_test(the_limit_holds_to_the_fen),
                                     cmocka_unit_test(refunds_are_not_limited), ON_DESK(the_minimum_wage_is_a_setting_with_an_event), ON_DESK(the_fund_is_spent_by_its_keeper_only)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
