/* Pay sheets at the cent and after the seal: the limit of deductions on its edges, what is over it with and without carrying, and
 * differences of sealed months, which post once in the open month while the sealed sheet stays as it is. Figures by hand. */
#include "unit/scheduler/month_fixture.h"

static const json_t *row_of(const json_t *sheet, const struct actor *who) {
  size_t i;
  json_t *row;
  json_array_foreach(json_object_get(sheet, "rows"), i, row)
    if (str_eq(str_c(text_at(row, "person")), who->id)) return row;
  fail_msg("no row");
  return NULL;
}

static json_t *sheet_of(struct month *m, const char *month) { return month_do(m, &m->owner, "settle.get", json_pack("{s:s}", "month", month)); }
static void seal(struct month *m, const char *month) { month_run(m, &m->owner, "settle.seal", json_pack("{s:s}", "month", month)); }
static char *bytes_of(struct month *m, const char *month) {
  json_t *sheet = sheet_of(m, month);
  char *text = json_dumps(sheet, JSON_COMPACT);
  json_decref(sheet);
  assert_non_null(text);
  return text;
}

static void complain(struct month *m, const char *when) {
  month_at(m, when);
  json_t *r = month_do(m, &m->wang, "case.open", json_pack("{s:s,s:{s:s,s:s,s:s,s:s%}}", "type", "投诉", "fields", "客户", "u1", "事由", "服务", "内容", "说话不客气", "责任人", m->li.id.p, m->li.id.n));
  month_run(m, &m->supervisor, "case.move", json_pack("{s:s,s:s}", "id", text_at(r, "id"), "to", "核实"));
  month_run(m, &m->supervisor, "case.move", json_pack("{s:s,s:s}", "id", text_at(r, "id"), "to", "成立"));
  json_decref(r);
}

/* The first fine of 小李 in March with this sum, whatever its state but withdrawn; its id. */
static struct str fine_of(struct month *m, i64 fen) {
  json_t *ledger = month_do(m, &m->li, "ledger.mine", json_pack("{s:s}", "month", "2026-03")), *slip;
  struct str id = {0};
  size_t i;
  json_array_foreach(json_object_get(ledger, "slips"), i, slip)
    if (!id.n && strcmp(text_at(slip, "type"), "fine") == 0 && strcmp(text_at(slip, "seal"), "withdrawn") != 0 && int_at(slip, "fen") == fen) id = arena_dup(m->arena, str_c(text_at(slip, "id")));
  json_decref(ledger);
  assert_true(id.n > 0);
  return id;
}

static void confirm(struct month *m, struct str id) { month_run(m, &m->supervisor, "ledger.confirm", json_pack("{s:s%}", "id", id.p, id.n)); }

/* Two proven complaints late in March, 50 and 100, both confirmed. */
static void fined_150(struct month *m) {
  complain(m, "2026-03-30 10:00:00");
  complain(m, "2026-03-31 10:00:00");
  confirm(m, fine_of(m, 5000));
  confirm(m, fine_of(m, 10000));
}

static void wage(struct month *m, i64 fen) { month_run(m, &m->owner, "people.change", json_pack("{s:s%,s:I}", "id", m->li.id.p, m->li.id.n, "base_wage_fen", (json_int_t)fen)); }

static void expect_row(struct month *m, const char *month, i64 limit, i64 deducted, i64 over, i64 net) {
  json_t *sheet = sheet_of(m, month);
  const json_t *row = row_of(sheet, &m->li);
  const i64 is[] = {int_at(row, "limit_fen"), int_at(row, "deducted_fen"), int_at(row, "not_deducted_fen"), int_at(row, "net_fen")};
  if (is[0] != limit || is[1] != deducted || is[2] != over || is[3] != net) {
    fail_msg("%s: limit %lld, deducted %lld, over %lld, net %lld", month, (long long)is[0], (long long)is[1], (long long)is[2], (long long)is[3]);
  }
  json_decref(sheet);
}

static void expect_adjusted(struct month *m, const char *month, size_t count, i64 fen, const char *reason) {
  json_t *sheet = sheet_of(m, month), *one;
  size_t i;
  i64 sum = 0;
  json_array_foreach(json_object_get(sheet, "adjustments"), i, one) {
    assert_string_equal(text_at(one, "month"), "2026-03"); /* always the origin, however often it went on */
    assert_true(text_at(one, "id")[0] != 0 && text_at(one, "clause.id")[0] != 0);
    if (reason) assert_string_equal(text_at(one, "reason"), reason);
    sum += int_at(one, "fen");
  }
  assert_int_equal(i, count);
  assert_int_equal(sum, fen);
  json_decref(sheet);
}

static void a_fifth_holds_a_cent_below_and_above(void **state) {
  struct month *m = *state;
  fined_150(m);
  wage(m, 75000); /* a fifth is 150.00, what the fines are */
  expect_row(m, "2026-03", 15000, 15000, 0, 60000);
  wage(m, 74995); /* 149.99 */
  expect_row(m, "2026-03", 14999, 14999, 1, 59996);
  wage(m, 74999); /* 149.998: the part of a cent stays with the person */
  expect_row(m, "2026-03", 14999, 14999, 1, 60000);
  wage(m, 75005); /* 150.01 */
  expect_row(m, "2026-03", 15001, 15000, 0, 60005);
}

static void the_minimum_wage_holds_a_cent_below_and_above(void **state) {
  struct month *m = *state;
  const struct { i64 minimum, limit, deducted, over, net; } cases[] = {
      {60000, 15000, 15000, 0, 60000}, {60001, 14999, 14999, 1, 60001}, {59999, 15000, 15000, 0, 60000}, /* then a fifth is the narrower */
      {74999, 1, 1, 14999, 74999},     {75000, 0, 0, 15000, 75000},     {75001, 0, 0, 15000, 75000}};
  fined_150(m);
  wage(m, 75000);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    month_run(m, &m->owner, "settings.change_wages", json_pack("{s:I}", "minimum_wage_fen", (json_int_t)cases[i].minimum));
    expect_row(m, "2026-03", cases[i].limit, cases[i].deducted, cases[i].over, cases[i].net);
  }
}

static void what_is_over_is_not_carried(void **state) {
  struct month *m = *state;
  fined_150(m);
  wage(m, 50000);
  month_at(m, "2026-04-01 09:00:00");
  seal(m, "2026-03");
  expect_row(m, "2026-03", 10000, 10000, 5000, 40000);
  expect_adjusted(m, "2026-04", 0, 0, NULL);
  expect_row(m, "2026-04", 10000, 0, 0, 50000);
  month_at(m, "2026-05-01 09:00:00");
  seal(m, "2026-04");
  expect_row(m, "2026-05", 10000, 0, 0, 50000);
}

/* A fifth of 200.00 is 40.00: 150.00 takes 40, 40, 40 and 30, every time listed with March as its origin. */
static void what_is_over_is_carried_until_it_is_paid(void **state) {
  struct month *m = *state;
  const char *const carried = "以前没有扣足，结转到这个月";
  fined_150(m);
  wage(m, 20000);
  month_at(m, "2026-04-01 09:00:00");
  seal(m, "2026-03");
  expect_row(m, "2026-03", 4000, 4000, 11000, 16000);
  expect_adjusted(m, "2026-04", 2, 11000, carried); /* 10.00 of the first, all of the second */
  expect_row(m, "2026-04", 4000, 4000, 7000, 16000);
  month_at(m, "2026-05-01 09:00:00");
  seal(m, "2026-04");
  month_reopen(m);
  expect_adjusted(m, "2026-05", 1, 7000, carried);
  expect_row(m, "2026-05", 4000, 4000, 3000, 16000);
  month_at(m, "2026-06-01 09:00:00");
  seal(m, "2026-05");
  expect_adjusted(m, "2026-06", 1, 3000, carried);
  expect_row(m, "2026-06", 4000, 3000, 0, 17000);
  month_at(m, "2026-07-01 09:00:00");
  seal(m, "2026-06");
  expect_adjusted(m, "2026-07", 0, 0, NULL);
  expect_row(m, "2026-07", 4000, 0, 0, 20000);
}

static void waive(struct month *m, i64 fen) {
  struct str id = fine_of(m, fen);
  month_run(m, &m->supervisor, "ledger.waive", json_pack("{s:s%,s:s}", "id", id.p, id.n, "reason", "初犯"));
}

static void expect_fund(struct month *m, i64 fen) {
  json_t *fund = month_do(m, &m->li, "fund.get", NULL);
  assert_int_equal(int_at(fund, "balance_fen"), fen);
  json_decref(fund);
}

/* Of the 100.00 the limit let 50.00 be taken in March: 50.00 comes back, once, and March's sheet does not change. */
static void waived_after_the_seal_what_was_taken_comes_back(void **state) {
  struct month *m = *state;
  fined_150(m);
  wage(m, 50000);
  month_at(m, "2026-04-01 09:00:00");
  seal(m, "2026-03");
  char *before = bytes_of(m, "2026-03");
  expect_fund(m, 10000); /* the box holds what was taken, not what was imposed */
  waive(m, 10000);
  expect_fund(m, 5000);
  expect_adjusted(m, "2026-04", 1, -5000, "封月后才表态");
  expect_row(m, "2026-04", 10000, 0, 0, 55000);
  month_reopen(m);
  month_at(m, "2026-05-01 09:00:00");
  seal(m, "2026-04");
  expect_fund(m, 5000);
  expect_adjusted(m, "2026-05", 0, 0, NULL);
  expect_row(m, "2026-05", 10000, 0, 0, 50000);
  waive(m, 5000); /* and a month later the other, which had been taken whole */
  expect_adjusted(m, "2026-05", 1, -5000, "封月后才表态");
  expect_row(m, "2026-05", 10000, 0, 0, 55000);
  month_at(m, "2026-06-01 09:00:00");
  seal(m, "2026-05");
  expect_fund(m, 0);
  expect_adjusted(m, "2026-06", 0, 0, NULL);
  char *after = bytes_of(m, "2026-03");
  assert_string_equal(before, after);
  free(before);
  free(after);
}

/* Carried: the part that had gone on is dropped, the part that was taken comes back. */
static void waived_after_it_was_carried(void **state) {
  struct month *m = *state;
  fined_150(m);
  wage(m, 50000);
  month_at(m, "2026-04-01 09:00:00");
  seal(m, "2026-03");
  expect_adjusted(m, "2026-04", 1, 5000, NULL);
  waive(m, 10000);
  expect_adjusted(m, "2026-04", 1, -5000, "封月后才表态");
  expect_row(m, "2026-04", 10000, 0, 0, 55000);
  month_at(m, "2026-05-01 09:00:00");
  seal(m, "2026-04");
  expect_adjusted(m, "2026-05", 0, 0, NULL);
  expect_row(m, "2026-05", 10000, 0, 0, 50000);
}

/* The first of two falls after the seal: the second becomes the first, 50.00 instead of 100.00, and waits for a nod of its own. */
static void an_appeal_upheld_after_the_seal_posts_in_the_open_month(void **state) {
  struct month *m = *state;
  fined_150(m);
  struct str first = fine_of(m, 5000);
  month_at(m, "2026-04-01 09:00:00");
  seal(m, "2026-03");
  expect_row(m, "2026-03", 60000, 15000, 0, 285000);
  char *before = bytes_of(m, "2026-03");
  month_run(m, &m->li, "ledger.appeal", json_pack("{s:s%,s:s,s:s}", "id", first.p, first.n, "against", "fact", "reason", "不是我接待的"));
  expect_adjusted(m, "2026-04", 1, -5000, "申诉还没有裁定");
  month_run(m, &m->supervisor, "ledger.rule", json_pack("{s:s%,s:b,s:s}", "id", first.p, first.n, "upheld", 1, "reason", "查实不是他"));
  confirm(m, fine_of(m, 5000));
  json_t *sheet = sheet_of(m, "2026-04");
  assert_int_equal(int_at(row_of(sheet, &m->li), "net_fen"), 310000); /* 150.00 was taken, 50.00 stands */
  json_decref(sheet);
  month_reopen(m);
  month_at(m, "2026-05-01 09:00:00");
  seal(m, "2026-04");
  expect_adjusted(m, "2026-05", 0, 0, NULL);
  expect_row(m, "2026-05", 60000, 0, 0, 300000);
  char *after = bytes_of(m, "2026-03");
  assert_string_equal(before, after);
  free(before);
  free(after);
}

static void completed(struct month *m, const char *no, const char *yuan) {
  const struct actor system = {.type = ACTOR_SYSTEM};
  struct str line = arena_printf(m->arena, "{\"id\":\"order:%s:done\",\"kind\":\"order.completed\",\"at\":\"2026-03-10 12:00:00\",\"data\":{\"order\":\"%s\",\"customer\":\"u:%s\",\"agent\":\"%.*s\",\"amount\":\"%s\",\"seller_note\":\"102\"}}",
                                 no, no, no, STR_ARG(m->li.id), yuan);
  json_t *r = month_do(m, &system, "event.import", json_pack("{s:[s%]}", "lines", line.p, line.n));
  assert_int_equal(int_at(r, "added"), 1);
  json_decref(r);
}

/* 1 % of sales of March that become known in March, April and May: each part is paid once, in the month then open. */
static void late_facts_two_months_in_a_row(void **state) {
  struct month *m = *state;
  completed(m, "A1", "1000.00");
  month_at(m, "2026-04-01 09:00:00");
  seal(m, "2026-03");
  expect_row(m, "2026-03", 60200, 0, 0, 301000);
  char *before = bytes_of(m, "2026-03");
  completed(m, "A2", "500.00");
  expect_adjusted(m, "2026-04", 1, 500, NULL);
  month_at(m, "2026-05-01 09:00:00");
  seal(m, "2026-04");
  expect_row(m, "2026-04", 60100, 0, 0, 300500);
  char *april = bytes_of(m, "2026-04");
  completed(m, "A3", "0.01");
  completed(m, "A4", "200.00");
  expect_adjusted(m, "2026-05", 1, 200, NULL);
  month_at(m, "2026-06-01 09:00:00");
  seal(m, "2026-05");
  expect_row(m, "2026-05", 60040, 0, 0, 300200);
  expect_adjusted(m, "2026-06", 0, 0, NULL);
  char *after = bytes_of(m, "2026-03"), *april_after = bytes_of(m, "2026-04");
  assert_string_equal(before, after);
  assert_string_equal(april, april_after);
  free(before);
  free(after);
  free(april);
  free(april_after);
}

int main(void) {
#define ON_DESK(f) cmocka_unit_test_setup_teardown(f, month_setup, month_teardown)
#define CARRIED(f) cmocka_unit_test_setup_teardown(f, month_setup_carried, month_teardown)
  const struct CMUnitTest tests[] = {ON_DESK(a_fifth_holds_a_cent_below_and_above), ON_DESK(the_minimum_wage_holds_a_cent_below_and_above), ON_DESK(what_is_over_is_not_carried),
                                     CARRIED(what_is_over_is_carried_until_it_is_paid), ON_DESK(waived_after_the_seal_what_was_taken_comes_back), CARRIED(waived_after_it_was_carried),
                                     ON_DESK(an_appeal_upheld_after_the_seal_posts_in_the_open_month), ON_DESK(late_facts_two_months_in_a_row)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
