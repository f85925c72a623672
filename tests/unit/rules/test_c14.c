/* Book c14, clause by clause, each at its boundary: what is just in and what is just out. Expected values by hand. */
#include "support.h"

#define TOLD(d, types, expected)                                                   \
  do {                                                                              \
    struct str told_ = desk_told((d), (types));                                     \
    assert_string_equal(arena_cstr((d)->a, told_), (expected));                     \
  } while (0)

#define OF(d, clause, expected)                                                      \
  do {                                                                              \
    struct str told_ = desk_told_of((d), NULL, (clause));                           \
    assert_string_equal(arena_cstr((d)->a, told_), (expected));                     \
  } while (0)

static const struct lang_program *book;
static struct arena *book_arena;

static int load(void **state) {
  (void)state;
  book_arena = arena_new(1 << 30);
  book = book_c14(book_arena);
  return 0;
}
static int unload(void **state) {
  (void)state;
  arena_free(book_arena);
  return 0;
}

static int open_desk(void **state) {
  struct desk *d = malloc(sizeof *d);
  *d = desk_new(arena_new(1 << 28), book);
  *state = d;
  return 0;
}
static int close_desk(void **state) {
  struct desk *d = *state;
  desk_free(d);
  arena_free(d->a);
  free(d);
  return 0;
}

static void join(struct desk *d, const char *id, const char *role, const char *job) {
  char data[256];
  snprintf(data, sizeof data, "{\"当事人\":\"%s\",\"姓名\":\"%s\",\"岗位\":\"%s\",\"工号\":\"%s\",\"底薪\":\"3000\"}", id, id, role, job);
  desk_fact(d, "2026-03-01 00:00:00", "人员.入职", "", data);
}

static void first_question(struct desk *d, const char *at, const char *conversation, const char *agent) {
  char data[256];
  snprintf(data, sizeof data, "{\"会话\":\"%s\",\"接待人\":\"%s\",\"首条\":true,\"文\":\"在吗\"}", conversation, agent);
  desk_fact(d, at, "会话.客户消息", "", data);
}
static void reply(struct desk *d, const char *at, const char *conversation, const char *agent) {
  char data[256];
  snprintf(data, sizeof data, "{\"会话\":\"%s\",\"接待人\":\"%s\",\"文\":\"您好\"}", conversation, agent);
  desk_fact(d, at, "会话.人工回复", agent, data);
}

/* ---- greeting: 30 s inclusive, 5 per started 30 s, at most 50 ---- */

static void greeting_at_the_second(void **state) {
  struct desk *d = *state;
  first_question(d, "2026-03-05 10:00:00", "一", "小王");
  reply(d, "2026-03-05 10:00:30", "一", "小王");
  desk_until(d, "2026-03-05 12:00:00");
  TOLD(d, NULL, "");
}
static void greeting_one_ms_late(void **state) {
  struct desk *d = *state;
  first_question(d, "2026-03-05 10:00:00", "一", "小王");
  reply(d, "2026-03-05 10:00:30.001", "一", "小王");
  TOLD(d, NULL, "fine 小王 5.00 greeting");
}
static void greeting_steps(void **state) {
  struct desk *d = *state;
  first_question(d, "2026-03-05 10:00:00", "一", "小王");
  first_question(d, "2026-03-05 10:00:00", "二", "小李");
  first_question(d, "2026-03-05 10:00:00", "三", "小赵");
  reply(d, "2026-03-05 10:01:00", "一", "小王");     /* exactly one full step over */
  reply(d, "2026-03-05 10:01:00.001", "二", "小李"); /* the second has started */
  reply(d, "2026-03-05 10:05:00", "三", "小赵");     /* 270 s over: 9 steps */
  TOLD(d, NULL, "fine 小李 10.00 greeting; fine 小王 5.00 greeting; fine 小赵 45.00 greeting");
}
static void greeting_cap(void **state) {
  struct desk *d = *state;
  first_question(d, "2026-03-05 10:00:00", "一", "小王");
  first_question(d, "2026-03-05 10:00:00", "二", "小李");
  reply(d, "2026-03-05 10:05:30", "一", "小王"); /* 300 s: 10 steps, 50 */
  reply(d, "2026-03-05 11:00:00", "二", "小李"); /* far more: still 50 */
  TOLD(d, NULL, "fine 小李 50.00 greeting; fine 小王 50.00 greeting");
}
static void greeting_auto_reply_does_not_count(void **state) {
  struct desk *d = *state;
  first_question(d, "2026-03-05 10:00:00", "一", "小王");
  desk_fact(d, "2026-03-05 10:00:01", "会话.自动回复", "", "{\"会话\":\"一\",\"文\":\"稍等\"}");
  reply(d, "2026-03-05 10:01:31", "一", "小王");
  TOLD(d, NULL, "fine 小王 15.00 greeting");
  json_t *why = engine_why_json(d->engine, desk_find(d, "fine", "小王"));
  assert_non_null(why);
  assert_int_equal(json_array_size(json_object_get(why, "evidence")), 4);
  assert_string_equal(json_string_value(json_object_get(json_array_get(json_object_get(why, "evidence"), 1), "counts")), "not_counted");
  assert_string_equal(json_string_value(json_object_get(json_object_get(why, "text"), "zh")), "首次招呼晚了 61 秒");
  static const char *const sums[][2] = {{"回复用了 91 秒，减去 30 秒", "超 61 秒"}, {"61 秒 ÷ 30 秒，不足一个按一个", "3 个"}, {"3 × 5.00 元", "15.00 元"}};
  static const char *const said[] = {"顾客来话", "自动回复，不算", "期限到，含这一刻", "小王回复"};
  assert_int_equal(json_array_size(json_object_get(why, "arithmetic")), 3);
  for (size_t i = 0; i < 3; i++) {
    const json_t *line = json_array_get(json_object_get(why, "arithmetic"), i);
    assert_string_equal(json_string_value(json_object_get(line, "zh")), sums[i][0]);
    assert_string_equal(json_string_value(json_object_get(json_object_get(line, "value"), "zh")), sums[i][1]);
  }
  for (size_t i = 0; i < COUNT_OF(said); i++)
    assert_string_equal(json_string_value(json_object_get(json_array_get(json_object_get(why, "evidence"), i), "zh")), said[i]);
  assert_string_equal(json_string_value(json_object_get(json_object_get(why, "avoid"), "zh")), "在 2026-03-05 10:00:30（含）以前回复，就没有这一条。");
  json_decref(why);
}

/* Nobody is shown the name of a kind: neither while the wait lasts nor for what is no deadline. */
static void lines_are_in_words(void **state) {
  struct desk *d = *state;
  first_question(d, "2026-03-05 10:00:00", "一", "小王");
  desk_until(d, "2026-03-05 10:04:31");
  const struct consequence *c = engine_consequence(d->engine, desk_find(d, "fine", "小王"));
  assert_string_equal(arena_cstr(d->a, c->text_zh), "首次招呼：过了 4 分 30 秒还没有回复");
  assert_string_equal(arena_cstr(d->a, c->text_en), "首次招呼: no reply after 4 min 30 s");
  assert_true(c->growing);
  desk_until(d, "2026-03-05 10:06:00");
  c = engine_consequence(d->engine, desk_find(d, "fine", "小王"));
  assert_int_equal(c->fen, 5000);
  assert_false(c->growing); /* at its cap */
}
static void greeting_never_counts_to_the_end(void **state) {
  struct desk *d = *state;
  first_question(d, "2026-03-05 10:00:00", "一", "小王");
  desk_until(d, "2026-03-05 10:01:10");
  TOLD(d, NULL, "fine 小王 10.00 greeting"); /* grows while it waits: 40 s over */
  desk_fact(d, "2026-03-05 10:02:00", "会话.结束", "", "{\"会话\":\"一\"}");
  desk_until(d, "2026-03-05 12:00:00");
  TOLD(d, NULL, "fine 小王 15.00 greeting"); /* 90 s over */
}
static void greeting_without_end_stops_with_the_month(void **state) {
  struct desk *d = *state;
  first_question(d, "2026-03-31 23:58:30", "一", "小王"); /* due 23:59:00; the month ends 60 s later */
  desk_until(d, "2026-04-02 00:00:00");
  TOLD(d, NULL, "fine 小王 10.00 greeting");
}
static void greeting_closed_in_time_owes_nothing(void **state) {
  struct desk *d = *state;
  first_question(d, "2026-03-05 10:00:00", "一", "小王");
  desk_fact(d, "2026-03-05 10:00:20", "会话.结束", "", "{\"会话\":\"一\"}");
  desk_until(d, "2026-03-05 12:00:00");
  TOLD(d, NULL, "");
}
static void greeting_falls_on_the_bearer_at_the_deadline(void **state) {
  struct desk *d = *state;
  first_question(d, "2026-03-05 10:00:00", "一", "小王");
  desk_fact(d, "2026-03-05 10:00:29", "会话.转接", "小王", "{\"会话\":\"一\",\"当事人\":\"小王\",\"受让人\":\"小李\"}");
  reply(d, "2026-03-05 10:00:45", "一", "小李");
  TOLD(d, NULL, "fine 小李 5.00 greeting");
}
static void second_message_starts_nothing(void **state) {
  struct desk *d = *state;
  desk_fact(d, "2026-03-05 10:00:00", "会话.客户消息", "", "{\"会话\":\"一\",\"接待人\":\"小王\",\"首条\":false}");
  desk_until(d, "2026-03-05 12:00:00");
  TOLD(d, NULL, "");
}

/* ---- complaints and quarrels: one count per month and person ---- */

static void complaint(struct desk *d, const char *at, const char *id, const char *who, const char *cause) {
  char data[512];
  snprintf(data, sizeof data, "{\"单\":\"%s\",\"责任人\":\"%s\",\"事由\":\"%s\",\"客户\":\"甲\",\"内容\":\"慢\"}", id, who, cause);
  desk_fact(d, at, "投诉.成立", "老周", data);
}
static void quarrel(struct desk *d, const char *at, const char *who) {
  char data[256];
  snprintf(data, sizeof data, "{\"检查表\":\"现场检查\",\"项\":\"争吵\",\"当事人\":\"%s\"}", who);
  desk_fact(d, at, "检查.发现", "老周", data);
}
static void complaints_ladder(void **state) {
  struct desk *d = *state;
  complaint(d, "2026-03-05 10:00:00", "k1", "小王", "服务");
  complaint(d, "2026-03-06 10:00:00", "k2", "小王", "质量"); /* not caused by service */
  quarrel(d, "2026-03-07 10:00:00", "小王");
  complaint(d, "2026-03-08 10:00:00", "k3", "小王", "服务");
  complaint(d, "2026-03-08 11:00:00", "k4", "小李", "服务"); /* another person */
  TOLD(d, NULL, "fine 小李 50.00 complaints; fine 小王 100.00 complaints; fine 小王 50.00 complaints; suggest 小王 complaints");
}
static void complaints_count_ends_with_the_month(void **state) {
  struct desk *d = *state;
  complaint(d, "2026-03-31 23:59:59.999", "k1", "小王", "服务");
  complaint(d, "2026-04-01 00:00:00", "k2", "小王", "服务");
  TOLD(d, NULL, "fine 小王 50.00 complaints; fine 小王 50.00 complaints");
}
static void late_complaint_moves_the_ranks(void **state) {
  struct desk *d = *state;
  complaint(d, "2026-03-10 10:00:00", "k2", "小王", "服务");
  TOLD(d, NULL, "fine 小王 50.00 complaints");
  complaint(d, "2026-03-05 10:00:00", "k1", "小王", "服务");
  TOLD(d, NULL, "fine 小王 100.00 complaints; fine 小王 50.00 complaints");
}
static void same_event_twice_changes_nothing(void **state) {
  struct desk *d = *state;
  complaint(d, "2026-03-05 10:00:00", "k1", "小王", "服务");
  struct event *again = desk_event(d, "2026-03-06 10:00:00", "检查.发现", "老周", "{\"检查表\":\"现场检查\",\"项\":\"争吵\",\"当事人\":\"小王\"}");
  struct problem p = {0};
  for (int i = 0; i < 3; i++) assert_int_equal(engine_step(d->engine, again, NULL, &p), OK);
  TOLD(d, NULL, "fine 小王 100.00 complaints; fine 小王 50.00 complaints");
}

static void ruling(struct desk *d, const char *at, const char *kind, struct str id, const char *rest) {
  char data[256];
  snprintf(data, sizeof data, "{\"后果\":\"%.*s\",%s}", STR_ARG(id), rest);
  desk_fact(d, at, kind, "老周", data);
}
static void appeal_against_the_fact_moves_the_ranks(void **state) {
  struct desk *d = *state;
  complaint(d, "2026-03-05 10:00:00", "k1", "小王", "服务");
  complaint(d, "2026-03-06 10:00:00", "k2", "小王", "服务");
  struct str first = desk_find(d, "fine", "小王");
  ruling(d, "2026-03-07 10:00:00", "账.申诉", first, "\"指\":\"事实\",\"理由\":\"没有的事\"");
  ruling(d, "2026-03-08 10:00:00", "账.裁定", first, "\"指\":\"事实\",\"成立\":true");
  TOLD(d, NULL, "fine 小王 50.00 complaints"); /* the second is the first now */
  const struct consequence *gone = engine_consequence(d->engine, first);
  assert_non_null(gone);
  assert_int_equal(gone->seal, SEAL_WITHDRAWN);
  complaint(d, "2026-03-04 10:00:00", "k0", "小李", "服务"); /* another derivation does not forget it */
  assert_non_null(engine_consequence(d->engine, first));
  assert_int_equal(engine_consequence(d->engine, first)->seal, SEAL_WITHDRAWN);
}
static void waiver_keeps_the_rank(void **state) {
  struct desk *d = *state;
  complaint(d, "2026-03-05 10:00:00", "k1", "小王", "服务");
  struct str first = desk_find(d, "fine", "小王");
  ruling(d, "2026-03-05 12:00:00", "账.表态", first, "\"结果\":\"免除\"");
  complaint(d, "2026-03-06 10:00:00", "k2", "小王", "服务");
  TOLD(d, NULL, "fine 小王 100.00 complaints; fine 小王 50.00 waived complaints");
}
static void verdict_survives_derivation(void **state) {
  struct desk *d = *state;
  complaint(d, "2026-03-10 10:00:00", "k1", "小王", "服务");
  struct str id = desk_find(d, "fine", "小王");
  ruling(d, "2026-03-10 12:00:00", "账.表态", id, "\"结果\":\"确认\"");
  desk_fact(d, "2026-03-02 10:00:00", "检查.发现", "老周", "{\"检查表\":\"纪律检查\",\"项\":\"装软件\",\"当事人\":\"小李\"}"); /* late */
  assert_int_equal(engine_consequence(d->engine, id)->seal, SEAL_CONFIRMED);
}

/* ---- memo: a range that the supervisor sets ---- */

static void memo_range(void **state) {
  struct desk *d = *state;
  desk_fact(d, "2026-03-05 10:00:00", "备忘.采纳", "老周", "{\"单\":\"k9\",\"记录人\":\"小王\",\"类别\":\"想法\",\"内容\":\"x\"}");
  TOLD(d, NULL, "reward 小王 10.00-100.00 memo");
  struct str id = desk_find(d, "reward", "小王");
  assert_int_equal(engine_consequence(d->engine, id)->seal, SEAL_OPEN);
  ruling(d, "2026-03-05 11:00:00", "账.表态", id, "\"结果\":\"定为\",\"额\":\"100.01\""); /* outside: stays open */
  assert_int_equal(engine_consequence(d->engine, id)->seal, SEAL_OPEN);
  ruling(d, "2026-03-05 11:01:00", "账.表态", id, "\"结果\":\"定为\",\"额\":\"100.00\"");
  TOLD(d, NULL, "reward 小王 100.00 memo");
  assert_int_equal(engine_consequence(d->engine, id)->seal, SEAL_CONFIRMED);
}
static void supplies_lost(void **state) {
  struct desk *d = *state;
  desk_fact(d, "2026-03-05 10:00:00", "领用.遗失", "老钱", "{\"单\":\"k3\",\"领用人\":\"小王\",\"物品\":\"笔\",\"数量\":3,\"单价\":\"2.50\"}");
  desk_fact(d, "2026-03-05 10:00:00", "领用.归还", "老钱", "{\"单\":\"k4\",\"领用人\":\"小李\",\"物品\":\"笔\",\"数量\":3,\"单价\":\"2.50\"}");
  TOLD(d, NULL, "compensate 小王 7.50 supplies");
}
static void missing_price_goes_to_a_person(void **state) {
  struct desk *d = *state;
  desk_fact(d, "2026-03-05 10:00:00", "领用.遗失", "老钱", "{\"单\":\"k3\",\"领用人\":\"小王\",\"物品\":\"笔\",\"数量\":3}");
  TOLD(d, NULL, "manual 小王 supplies");
}

/* ---- orders: note, flag, commission, add-on ---- */

static void complete(struct desk *d, const char *at, const char *no, const char *agent, const char *amount) {
  char data[256];
  snprintf(data, sizeof data, "{\"订单\":\"%s\",\"客户\":\"u-%s\",\"接待人\":\"%s\",\"金额\":\"%s\"}", no, no, agent, amount);
  desk_fact(d, at, "订单.成交", "", data);
}
static void note(struct desk *d, const char *at, const char *no, const char *agent, const char *rest) {
  char data[256];
  snprintf(data, sizeof data, "{\"订单\":\"%s\",\"当事人\":\"%s\",%s}", no, agent, rest);
  desk_fact(d, at, "订单.备注", agent, data);
}
static void paid(struct desk *d, const char *at, const char *no, const char *agent, const char *yuan) {
  char data[256];
  snprintf(data, sizeof data, "{\"订单\":\"%s\",\"接待人\":\"%s\",\"金额\":\"%s\"}", no, agent, yuan);
  desk_fact(d, at, "订单.付款", "", data);
}
static void job_number_by_the_end_of_the_day(void **state) {
  struct desk *d = *state;
  join(d, "小王", "客服", "1001");
  paid(d, "2026-03-05 10:00:00", "A1", "小王", "100");
  paid(d, "2026-03-05 10:00:00", "A2", "小王", "100");
  paid(d, "2026-03-05 10:00:00", "A3", "小王", "100");
  note(d, "2026-03-05 23:59:59.999", "A1", "小王", "\"文\":\"工号1001\"");
  note(d, "2026-03-05 12:00:00", "A3", "小王", "\"文\":\"没有号\"");
  desk_until(d, "2026-03-05 23:59:59.999");
  OF(d, "order-note", "");
  note(d, "2026-03-06 00:00:00", "A2", "小王", "\"文\":\"1001\"");
  OF(d, "order-note", "remind 小王 order-note; remind 小王 order-note");
}
static void red_flag_within_the_shift(void **state) {
  struct desk *d = *state;
  desk_fact(d, "2026-03-01 09:00:00", "班次.排定", "组长", "{\"当事人\":\"小王\",\"班次\":\"白班\",\"日期\":\"2026-03-05\",\"类\":\"班\"}");
  for (int i = 1; i <= 3; i++) {
    char data[256];
    snprintf(data, sizeof data, "{\"订单\":\"B%d\",\"接待人\":\"小王\",\"金额\":\"50\"%s}", i, i == 3 ? "" : ",\"特殊要求\":\"送礼盒\"");
    desk_fact(d, "2026-03-05 10:00:00", "订单.下单", "", data);
  }
  note(d, "2026-03-05 17:30:00", "B1", "小王", "\"旗\":\"红\""); /* the shift's last instant */
  desk_until(d, "2026-03-05 17:30:00.001");
  OF(d, "order-note", "remind 小王 order-note"); /* B2; B3 asked for nothing */
}
static void commission_by_job_number(void **state) {
  struct desk *d = *state;
  join(d, "小王", "客服", "1001");
  join(d, "小李", "客服", "1002");
  complete(d, "2026-03-05 10:00:00", "A1", "小王", "1000.49");
  complete(d, "2026-03-06 10:00:00", "A2", "小王", "500");
  complete(d, "2026-03-31 23:59:59.999", "A3", "小李", "0.50");
  complete(d, "2026-04-01 00:00:00", "A4", "小李", "900");
  note(d, "2026-03-05 11:00:00", "A1", "小王", "\"文\":\"工号1001\"");
  note(d, "2026-03-31 23:59:59.999", "A3", "小李", "\"文\":\"1002\"");
  note(d, "2026-04-01 00:00:00", "A4", "小李", "\"文\":\"1002\"");
  desk_until(d, "2026-04-01 00:00:00");
  /* 1000.49 × 1 % = 10.0049 → 10.00; 0.50 × 1 % = 0.005 → 0.01; A2 has no number */
  TOLD(d, "pay", "pay 小李 0.01 commission; pay 小王 10.00 commission");
  json_t *why = engine_why_json(d->engine, desk_find(d, "pay", "小王"));
  json_t *lines = json_object_get(why, "arithmetic");
  assert_int_equal(json_array_size(lines), 2); /* what was summed, and the rate */
  assert_string_equal(json_string_value(json_object_get(json_object_get(json_array_get(lines, 1), "value"), "zh")), "1%");
  json_decref(why);
}
static void add_on_gate(void **state) {
  struct desk *d = *state;
  join(d, "小王", "客服", "1001");
  join(d, "小陈", "制单员", "2001");
  desk_fact(d, "2026-03-05 09:00:00", "订单.下单", "", "{\"订单\":\"A1\",\"客户\":\"甲\",\"金额\":\"50\"}");
  desk_fact(d, "2026-03-05 09:00:00", "订单.下单", "", "{\"订单\":\"A2\",\"客户\":\"乙\",\"金额\":\"50\"}");
  desk_fact(d, "2026-03-05 09:30:00", "订单.取单", "小陈", "{\"订单\":\"A1\",\"当事人\":\"小陈\"}");
  struct gate_decision g;
  struct problem p = {0};
  struct event *ask = desk_event(d, "2026-03-05 10:00:00", "订单.变更", "小王", "{\"订单\":\"A1\",\"项目\":\"加货\"}");
  assert_int_equal(engine_gate(d->engine, d->a, ask, &g, &p), OK);
  assert_int_equal(g.verdict, GATE_PERMIT);
  assert_int_equal(g.act_count, 2);
  assert_int_equal(g.acts[1].type, C_CHARGE);
  assert_int_equal(g.acts[1].fen, 1000);
  assert_true(str_is(g.acts[1].subject, "甲"));
  ask = desk_event(d, "2026-03-05 10:00:00", "订单.变更", "小王", "{\"订单\":\"A2\",\"项目\":\"加货\"}");
  assert_int_equal(engine_gate(d->engine, d->a, ask, &g, &p), OK);
  assert_int_equal(g.act_count, 1);
  assert_true(str_is(g.acts[0].subject, "小陈"));
  OF(d, "add-on", ""); /* asking leaves no trace */
  desk_fact(d, "2026-03-05 10:00:00", "订单.变更", "小王", "{\"订单\":\"A1\",\"项目\":\"加货\"}");
  desk_fact(d, "2026-03-05 10:00:00", "订单.变更", "小王", "{\"订单\":\"A2\",\"项目\":\"加货\"}");
  OF(d, "add-on", "charge 甲 10.00 add-on; remind 小王 add-on; remind 小陈 add-on");
  desk_until(d, "2026-03-05 10:10:00");
  assert_true(str_find(desk_told_of(d, "urge", "add-on"), STR("urge"), 0) == SIZE_MAX);
  desk_until(d, "2026-03-05 10:10:00.001"); /* ten minutes are over: only A2 was the clerk's to do */
  assert_string_equal(arena_cstr(d->a, desk_told_of(d, "urge", "add-on")), "urge 小陈 add-on");
}

/* ---- attendance ---- */

static void assign(struct desk *d, const char *who, const char *shift, const char *date) {
  char data[256];
  snprintf(data, sizeof data, "{\"当事人\":\"%s\",\"班次\":\"%s\",\"日期\":\"%s\",\"类\":\"班\"}", who, shift, date);
  desk_fact(d, "2026-03-01 09:00:00", "班次.排定", "组长", data);
}
static void punch(struct desk *d, const char *at, const char *kind, const char *who) {
  char data[128];
  snprintf(data, sizeof data, "{\"当事人\":\"%s\"}", who);
  desk_fact(d, at, kind, who, data);
}
static struct str late_told(struct desk *d) {
  struct str all = desk_told(d, "remind"), out = {"", 0};
  for (struct str rest = all; rest.n;) {
    struct str one = str_trim(str_cut(rest, ';', &rest));
    if (str_ends(one, STR("attendance"))) out = arena_printf(d->a, "%.*s%s%.*s", STR_ARG(out), out.n ? "; " : "", STR_ARG(one));
  }
  return out;
}
static void late_by_a_millisecond(void **state) {
  struct desk *d = *state;
  assign(d, "小王", "白班", "2026-03-05");
  assign(d, "小李", "白班", "2026-03-05");
  punch(d, "2026-03-05 08:30:00", "考勤.上班", "小王");
  punch(d, "2026-03-05 08:30:00.001", "考勤.上班", "小李");
  punch(d, "2026-03-05 17:30:00", "考勤.下班", "小王");
  punch(d, "2026-03-05 17:30:00", "考勤.下班", "小李");
  assert_string_equal(arena_cstr(d->a, late_told(d)), "remind 小李 attendance");
}
static void early_by_a_millisecond(void **state) {
  struct desk *d = *state;
  assign(d, "小王", "白班", "2026-03-05");
  punch(d, "2026-03-05 08:20:00", "考勤.上班", "小王");
  punch(d, "2026-03-05 17:29:59.999", "考勤.下班", "小王");
  assert_string_equal(arena_cstr(d->a, late_told(d)), "remind 小王 attendance");
}
static void night_shift_belongs_to_its_day(void **state) {
  struct desk *d = *state;
  assign(d, "小李", "夜班", "2026-03-05");
  punch(d, "2026-03-05 17:30:00", "考勤.上班", "小李");
  punch(d, "2026-03-06 01:00:00", "考勤.下班", "小李");
  assert_string_equal(arena_cstr(d->a, late_told(d)), "");
  assign(d, "小赵", "夜班", "2026-03-05");
  punch(d, "2026-03-05 17:30:00", "考勤.上班", "小赵");
  punch(d, "2026-03-06 00:59:59.999", "考勤.下班", "小赵");
  assert_string_equal(arena_cstr(d->a, late_told(d)), "remind 小赵 attendance");
}
static void night_shift_runs_on_while_a_customer_waits(void **state) {
  struct desk *d = *state;
  join(d, "老组", "组长", "9");
  assign(d, "小李", "夜班", "2026-03-05");
  punch(d, "2026-03-05 17:30:00", "考勤.上班", "小李");
  first_question(d, "2026-03-06 00:59:50", "一", "小李");
  reply(d, "2026-03-06 01:20:00", "一", "小李"); /* still serving after one o'clock */
  desk_fact(d, "2026-03-06 01:25:00", "交接.填写", "小李", "{\"单\":\"k1\",\"交班人\":\"小李\",\"接班人\":\"小王\",\"未了事项\":\"无\"}");
  punch(d, "2026-03-06 01:30:00", "考勤.下班", "小李");
  desk_until(d, "2026-03-06 08:00:00");
  assert_string_equal(arena_cstr(d->a, late_told(d)), "");
  assert_true(str_find(desk_told(d, "remind"), STR("handover"), 0) == SIZE_MAX); /* written before the real end */
}
static void night_shift_hand_over_is_due_at_one(void **state) {
  struct desk *d = *state;
  join(d, "老组", "组长", "9");
  assign(d, "小李", "夜班", "2026-03-05");
  punch(d, "2026-03-05 17:30:00", "考勤.上班", "小李");
  desk_fact(d, "2026-03-06 01:00:00", "交接.填写", "小李", "{\"单\":\"k1\",\"交班人\":\"小李\",\"接班人\":\"小王\",\"未了事项\":\"无\"}");
  assert_true(str_find(desk_told(d, "remind"), STR("老组 handover"), 0) != SIZE_MAX); /* one o'clock is not before one o'clock */
}
static void hand_over_in_time(void **state) {
  struct desk *d = *state;
  join(d, "老组", "组长", "9");
  assign(d, "小王", "白班", "2026-03-05");
  desk_fact(d, "2026-03-05 17:20:00", "交接.填写", "小王", "{\"单\":\"k1\",\"交班人\":\"小王\",\"接班人\":\"小李\",\"未了事项\":\"无\"}");
  desk_fact(d, "2026-03-05 17:29:59.999", "交接.接收", "小李", "{\"单\":\"k1\",\"交班人\":\"小王\",\"接班人\":\"小李\",\"未了事项\":\"无\"}");
  desk_until(d, "2026-03-05 18:00:00");
  assert_true(str_find(desk_told(d, "remind"), STR("handover"), 0) == SIZE_MAX);
}
static void cleaning_before_work(void **state) {
  struct desk *d = *state;
  assign(d, "小王", "白班", "2026-03-05");
  assign(d, "小李", "白班", "2026-03-05");
  assign(d, "小赵", "白班", "2026-03-05");
  desk_fact(d, "2026-03-05 08:29:59.999", "班务.完成", "小王", "{\"名\":\"打扫\",\"当事人\":\"小王\",\"照片\":[\"f1\"]}");
  desk_fact(d, "2026-03-05 08:20:00", "班务.完成", "小李", "{\"名\":\"打扫\",\"当事人\":\"小李\"}"); /* without a photo */
  desk_fact(d, "2026-03-05 08:30:00", "班务.完成", "小赵", "{\"名\":\"打扫\",\"当事人\":\"小赵\",\"照片\":[\"f2\"]}");
  TOLD(d, "fine", "fine 小李 10.00 cleaning; fine 小赵 10.00 cleaning");
  const struct consequence *c = engine_consequence(d->engine, desk_find(d, "fine", "小李"));
  assert_true(str_is(c->account, "部门基金"));
}
static void conduct_and_loss(void **state) {
  struct desk *d = *state;
  desk_fact(d, "2026-03-05 10:00:00", "检查.发现", "组长", "{\"检查表\":\"纪律检查\",\"项\":\"无关事\",\"当事人\":\"小王\"}");
  desk_fact(d, "2026-03-05 10:00:00", "检查.发现", "组长", "{\"检查表\":\"纪律检查\",\"项\":\"双耳机\",\"当事人\":\"小王\"}");
  desk_fact(d, "2026-03-05 10:00:00", "检查.发现", "组长", "{\"检查表\":\"保密检查\",\"项\":\"泄密\",\"当事人\":\"小李\"}");
  for (int day = 6; day < 9; day++) {
    char at[32];
    snprintf(at, sizeof at, "2026-03-%02d 10:00:00", day);
    desk_fact(d, at, "检查.发现", "组长", "{\"检查表\":\"交接检查\",\"项\":\"误事\",\"当事人\":\"小赵\"}");
  }
  TOLD(d, NULL, "fine 小李 10.00 secrecy; fine 小王 10.00 conduct; fine 小赵 10.00 handover-loss; fine 小赵 20.00 handover-loss; "
                "remind 小王 conduct; suggest 小赵 handover-loss");
}

/* ---- meetings ---- */

static void monday_meeting(void **state) {
  struct desk *d = *state;
  join(d, "小王", "客服", "1001");
  join(d, "小李", "客服", "1002");
  join(d, "老周", "主管", "1");
  desk_fact(d, "2026-03-09 07:59:59.999", "班务.完成", "小王", "{\"名\":\"公司例会\",\"当事人\":\"小王\",\"签到\":true}");
  desk_fact(d, "2026-03-09 07:50:00", "班务.完成", "老周", "{\"名\":\"公司例会\",\"当事人\":\"老周\",\"签到\":true}");
  desk_until(d, "2026-03-09 08:00:00"); /* 小李 was not there */
  struct str told = desk_told(d, "remind");
  size_t n = 0;
  for (size_t at = 0; (at = str_find(told, STR("remind 老周 meetings"), at)) != SIZE_MAX; at++) n++;
  /* on 2 March nobody came (three missed); on 9 March one */
  assert_int_equal(n, 3 + 1 + 2); /* and 老周 himself was reminded a quarter before, twice */
}

/* ---- gates ---- */

static enum gate_verdict ask(struct desk *d, const char *at, const char *kind, const char *who, const char *data, struct gate_decision *g) {
  struct problem p = {0};
  assert_int_equal(engine_gate(d->engine, d->a, desk_event(d, at, kind, who, data), g, &p), OK);
  return g->verdict;
}
static void leave_post_asks_the_supervisor(void **state) {
  struct desk *d = *state;
  struct gate_decision g;
  join(d, "小王", "客服", "1001");
  join(d, "老周", "主管", "1");
  join(d, "老吴", "部门经理", "0");
  assert_int_equal(ask(d, "2026-03-05 10:00:00", "考勤.离岗", "小王", "{\"当事人\":\"小王\"}", &g), GATE_CONSULT);
  assert_int_equal(g.stage_count, 1);
  assert_true(str_is(g.stages[0].persons[0], "老周"));
  assert_int_equal(ask(d, "2026-03-05 10:00:00", "考勤.离岗", "老周", "{\"当事人\":\"老周\"}", &g), GATE_CONSULT);
  assert_true(str_is(g.stages[0].persons[0], "老吴")); /* one's own request goes one higher */
}
static void leave_is_asked_before(void **state) {
  struct desk *d = *state;
  struct gate_decision g;
  join(d, "小王", "客服", "1001");
  const char *data = "{\"单\":\"k1\",\"申请人\":\"小王\",\"起时\":\"2026-03-06 08:30:00\",\"止时\":\"2026-03-06 17:30:00\",\"种类\":\"事假\",\"事由\":\"x\"}";
  assert_int_equal(ask(d, "2026-03-06 08:29:59.999", "请假.提出", "小王", data, &g), GATE_PERMIT);
  assert_int_equal(ask(d, "2026-03-06 08:30:00", "请假.提出", "小王", data, &g), GATE_REFUSE);
  assert_true(str_is(g.reasons[0].clause, "leave"));
}
static void listing_waits_for_the_exam(void **state) {
  struct desk *d = *state;
  struct gate_decision g;
  join(d, "小王", "客服", "1001");
  join(d, "小李", "客服", "1002");
  const char *data = "{\"单\":\"k1\",\"商品\":\"新茶\",\"计划上架\":\"2026-03-10\"}";
  desk_fact(d, "2026-03-05 10:00:00", "知识.考试", "小王", "{\"商品\":\"新茶\",\"当事人\":\"小王\",\"通过\":true}");
  desk_fact(d, "2026-03-05 10:00:00", "知识.考试", "小李", "{\"商品\":\"新茶\",\"当事人\":\"小李\",\"通过\":false}");
  assert_int_equal(ask(d, "2026-03-06 10:00:00", "新品.上架", "老采", data, &g), GATE_REFUSE);
  desk_fact(d, "2026-03-06 11:00:00", "知识.考试", "小李", "{\"商品\":\"新茶\",\"当事人\":\"小李\",\"通过\":true}");
  assert_int_equal(ask(d, "2026-03-06 12:00:00", "新品.上架", "老采", data, &g), GATE_PERMIT);
}
static void inside_data_needs_consent(void **state) {
  struct desk *d = *state;
  struct gate_decision g;
  join(d, "老吴", "部门经理", "0");
  assert_int_equal(ask(d, "2026-03-05 10:00:00", "资料.外发", "小王", "{\"密级\":\"内部\",\"当事人\":\"小王\"}", &g), GATE_CONSULT);
  assert_int_equal(ask(d, "2026-03-05 10:00:00", "资料.外发", "小王", "{\"密级\":\"公开\",\"当事人\":\"小王\"}", &g), GATE_PERMIT);
}
static void new_product_is_taught_before(void **state) {
  struct desk *d = *state;
  join(d, "老采", "采购部", "3");
  join(d, "老吴", "部门经理", "0");
  desk_fact(d, "2026-03-05 10:00:00", "新品.立项", "老采", "{\"单\":\"k1\",\"商品\":\"新茶\",\"计划上架\":\"2026-03-10\"}");
  desk_fact(d, "2026-03-05 10:00:00", "新品.立项", "老采", "{\"单\":\"k2\",\"商品\":\"新壶\",\"计划上架\":\"2026-03-10\"}");
  desk_until(d, "2026-03-09 00:00:00");
  OF(d, "new-product", "remind 老采 new-product; remind 老采 new-product");
  desk_fact(d, "2026-03-09 23:59:59.999", "新品.讲课", "老采", "{\"单\":\"k1\",\"商品\":\"新茶\",\"计划上架\":\"2026-03-10\"}");
  desk_until(d, "2026-03-10 00:00:00");
  OF(d, "new-product", "escalate 老吴 new-product; remind 老采 new-product; remind 老采 new-product");
}
static void roster_limits(void **state) {
  struct desk *d = *state;
  struct gate_decision g;
  join(d, "小王", "客服", "1001");
  join(d, "老组", "组长", "9");
  for (int day = 9; day <= 15; day++) {
    char date[16];
    snprintf(date, sizeof date, "2026-03-%02d", day);
    assign(d, "小王", "白班", date);
  }
  const char *week = "{\"岗位\":\"客服\",\"自\":\"2026-03-09\",\"至\":\"2026-03-15\"}";
  assert_int_equal(ask(d, "2026-03-02 10:00:00", "排班.发布", "老组", week, &g), GATE_REFUSE);
  desk_fact(d, "2026-03-02 11:00:00", "班次.排定", "老组", "{\"当事人\":\"小王\",\"日期\":\"2026-03-15\",\"类\":\"休\"}");
  assert_int_equal(ask(d, "2026-03-02 12:00:00", "排班.发布", "老组", week, &g), GATE_NONE);
  assert_int_equal(ask(d, "2026-03-02 12:00:00", "排班.发布", "小王", week, &g), GATE_REFUSE);
}
static void closing_rate(void **state) {
  struct desk *d = *state;
  join(d, "小王", "客服", "1001");
  for (int i = 0; i < 4; i++) {
    char data[128];
    snprintf(data, sizeof data, "{\"会话\":\"c%d\",\"客户\":\"u%d\"}", i, i);
    desk_fact(d, "2026-03-05 10:00:00", "会话.开始", "", data);
    snprintf(data, sizeof data, "{\"会话\":\"c%d\",\"接待人\":\"小王\"}", i);
    desk_fact(d, "2026-03-05 10:00:01", "会话.分配", "", data);
  }
  desk_fact(d, "2026-03-05 11:00:00", "订单.成交", "", "{\"订单\":\"A\",\"客户\":\"u1\",\"接待人\":\"小王\",\"金额\":\"5\"}");
  struct value v;
  struct problem p = {0};
  assert_int_equal(engine_measure(d->engine, d->a, STR("成交率"), STR("小王"), when("2026-03-01 00:00:00"), when("2026-04-01 00:00:00"), &v, &p), OK);
  assert_int_equal(v.i, 1);
  assert_int_equal(v.den, 4);
  assert_int_equal(engine_measure(d->engine, d->a, STR("成交率"), STR("小李"), when("2026-03-01 00:00:00"), when("2026-04-01 00:00:00"), &v, &p), OK);
  assert_int_equal(v.i, 0);
}
static void wage_limit(void **state) {
  struct desk *d = *state;
  struct wage_limit l;
  assert_true(engine_wage_limit(d->engine, date_from_civil(2026, 3, 31), 236000, &l));
  assert_int_equal(l.share_num * 5, l.share_den);
  assert_int_equal(l.minimum_fen, 236000);
  assert_false(l.carry_over);
}

#define T(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)
int main(void) {
  const struct CMUnitTest tests[] = {
      T(greeting_at_the_second), T(greeting_one_ms_late), T(greeting_steps), T(greeting_cap), T(greeting_auto_reply_does_not_count), T(lines_are_in_words),
      T(greeting_never_counts_to_the_end), T(greeting_without_end_stops_with_the_month), T(greeting_closed_in_time_owes_nothing),
      T(greeting_falls_on_the_bearer_at_the_deadline), T(second_message_starts_nothing), T(complaints_ladder),
      T(complaints_count_ends_with_the_month), T(late_complaint_moves_the_ranks), T(same_event_twice_changes_nothing),
      T(appeal_against_the_fact_moves_the_ranks), T(waiver_keeps_the_rank), T(verdict_survives_derivation), T(memo_range), T(supplies_lost),
      T(missing_price_goes_to_a_person), T(job_number_by_the_end_of_the_day), T(red_flag_within_the_shift), T(commission_by_job_number),
      T(add_on_gate), T(late_by_a_millisecond), T(early_by_a_millisecond), T(night_shift_belongs_to_its_day),
      T(night_shift_runs_on_while_a_customer_waits), T(night_shift_hand_over_is_due_at_one), T(hand_over_in_time), T(cleaning_before_work),
      T(conduct_and_loss), T(monday_meeting), T(leave_post_asks_the_supervisor), T(leave_is_asked_before), T(listing_waits_for_the_exam),
      T(inside_data_needs_consent), T(new_product_is_taught_before), T(roster_limits), T(closing_rate), T(wage_limit),
  };
  return cmocka_run_group_tests(tests, load, unload);
}
