/* Differences that random logs found between the engine and the plain derivation, each as the smallest thing that showed it: what is
 * taken back does not depend on what came first, a replay forgets nothing it may need again, and a correction knows what a computed
 * field looks at. */
#include "support.h"

#include "rules/replay.h"

static const char head[] = "# 试\n```guiju\n制度 found “试” 版本 1.0 公布 2026-02-20 施行 2026-03-01\n岗位 客服 上级 组长\n岗位 组长\n";

static struct desk desk_of(struct arena *a, const char *items) {
  return desk_new(a, book_of(a, arena_printf(a, "%s```\n## 一 {#one}\n```guiju\n%s```\n", head, items)));
}

static const char complaints[] = "单据 投诉\n  当事 责任人\n  字段 责任人: 人员\n  流程 登记 → 成立 → 撤诉\n#fine 凡 投诉.成立，则 按 次序(本自然月, 当事人):\n  | 第1次 | 罚款 当事人 100元 |\n"
                                 "  | 第2次及以后 | 罚款 当事人 200元 |\n#back 凡 投诉.撤诉，则 撤销 投诉.成立\n";

/* Of two the later is taken back, also when it is told last. */
static void withdrawals(void **state) {
  (void)state;
  static const struct { const char *at, *kind; } facts[] = {{"2026-03-05 10:00:00", "投诉.成立"}, {"2026-03-05 11:00:00", "投诉.成立"}, {"2026-03-08 10:00:00", "投诉.撤诉"}};
  static const int orders[][3] = {{0, 1, 2}, {1, 0, 2}, {0, 2, 1}, {2, 1, 0}, {2, 0, 1}, {1, 2, 0}};
  for (size_t i = 0; i < COUNT_OF(orders); i++) {
    struct arena *a = arena_new(1 << 28);
    struct desk d = desk_of(a, complaints);
    struct event *events[3];
    struct problem p = {0};
    for (int k = 0; k < 3; k++) events[k] = desk_event(&d, facts[k].at, facts[k].kind, "", "{\"单\":\"k1\",\"责任人\":\"小王\"}");
    for (int k = 0; k < 3; k++) assert_int_equal(engine_step(d.engine, events[orders[i][k]], NULL, &p), OK);
    desk_until(&d, "2026-03-20 00:00:00");
    struct str told = desk_told(&d, "fine");
    assert_true(str_starts(told, STR("fine 小王 100.00")) && str_find(told, STR(";"), 0) == SIZE_MAX);
    const struct consequence *c = engine_consequence(d.engine, desk_find(&d, "fine", "小王"));
    assert_non_null(c);
    assert_true(c->occurred_ms == when("2026-03-05 10:00:00"));
    desk_free(&d);
    arena_free(a);
  }
}

/* The same book and facts, judged by a replay on two threads up to `end`. */
static struct replay *replayed(const struct desk *d, struct event *const *events, int count, const char *end) {
  struct problem p = {0};
  struct replay *r = replay_new(ZONE, NULL);
  assert_int_equal(replay_publish(r, d->program, when("2026-02-20 00:00:00"), when("2026-03-01 00:00:00"), &p), OK);
  for (int i = 0; i < count; i++) assert_int_equal(replay_add(r, events[i], &p), OK);
  assert_int_equal(replay_run(r, when(end), 2, &p), OK);
  return r;
}

static void count_reminds(void *ctx, const struct consequence *c) { *(size_t *)ctx += c->type == C_REMIND && str_is(c->subject, "小李"); }

/* A ruling that takes one fact back has a replay derive again: the order it forgot meanwhile is still known. */
static void replayed_appeals(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 28);
  struct desk d = desk_of(a, "#order 凡 订单.退款,则 提醒 订单.接待人 “退款”\n#find 凡 检查.发现,则 罚款 当事人 10元\n");
  struct event *events[4];
  struct problem p = {0};
  events[0] = desk_event(&d, "2026-03-05 10:00:00", "检查.发现", "", "{\"项\":\"甲\",\"当事人\":\"小王\"}");
  events[1] = desk_event(&d, "2026-03-05 10:01:00", "订单.下单", "", "{\"订单\":\"A1\",\"客户\":\"甲\",\"接待人\":\"小李\"}");
  events[2] = desk_event(&d, "2026-03-05 10:21:00", "订单.退款", "", "{\"订单\":\"A1\",\"金额\":\"10.00\"}");
  for (int i = 0; i < 3; i++) assert_int_equal(engine_step(d.engine, events[i], NULL, &p), OK);
  struct str fine = desk_find(&d, "fine", "小王");
  events[3] = desk_event(&d, "2026-03-05 11:00:00", "账.裁定", "老周", arena_cstr(a, arena_printf(a, "{\"后果\":\"%.*s\",\"指\":\"事实\",\"成立\":true}", STR_ARG(fine))));
  struct replay *r = replayed(&d, events, 4, "2026-03-06 00:00:00");
  size_t reminded = 0;
  replay_each_consequence(r, count_reminds, &reminded);
  assert_int_equal(reminded, 1);
  replay_free(r);
  desk_free(&d);
  arena_free(a);
}

/* What is deemed is a fact like another: an upheld appeal against it takes it back, at once. */
static void deemed(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 28);
  struct desk d = desk_of(a, "#deem 凡 考勤.离岗 其中 事由=私,则 视为 考勤.旷工(当事人=当事人)\n#absent 凡 考勤.旷工,则 提醒 当事人\n");
  desk_fact(&d, "2026-03-05 10:00:00", "考勤.离岗", "小王", "{\"当事人\":\"小王\",\"事由\":\"私\"}");
  assert_true(desk_told(&d, "remind").n > 0);
  struct str id = desk_find(&d, "remind", "小王");
  desk_fact(&d, "2026-03-05 11:00:00", "账.裁定", "老周", arena_cstr(a, arena_printf(a, "{\"后果\":\"%.*s\",\"指\":\"事实\",\"成立\":true}", STR_ARG(id))));
  assert_int_equal(desk_told(&d, "remind").n, 0);
  desk_free(&d);
  arena_free(a);
}

static void count_urges(void *ctx, const struct consequence *c) { *(size_t *)ctx += c->type == C_URGE; }

/* Who joins in the middle of a period has done what he did in it before: a replay keeps those deeds for reports, too. */
static void handed_in_before(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 28);
  struct desk d = desk_of(a, "#week 报表 周报 每 周 由 组长: 接待 = 次数(会话.结束);逾期 催办 组长\n#other 自 会话.客户消息 起 1天 内 接待人 须 会话.人工回复;逾期 提醒 接待人\n");
  struct event *events[2] = {desk_event(&d, "2026-03-10 10:00:00", "班务.完成", "老陈", "{\"当事人\":\"老陈\",\"名\":\"周报\"}"),
                             desk_event(&d, "2026-03-11 08:00:00", "人员.入职", "", "{\"当事人\":\"老陈\",\"岗位\":\"组长\"}")};
  struct replay *r = replayed(&d, events, 2, "2026-03-16 00:00:00");
  size_t urged = 0;
  replay_each_consequence(r, count_urges, &urged);
  assert_int_equal(urged, 0);
  replay_free(r);
  desk_free(&d);
  arena_free(a);
}

static void count_fines(void *ctx, const struct consequence *c) { *(i64 *)ctx += c->type == C_FINE || c->type == C_REWARD ? c->fen : 0; }

/* What a rule deems is no row of a column: whoever reads such facts sees it all the same. */
static void deemed_in_columns(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 28);
  struct desk d = desk_of(a, "#deem 凡 考勤.离岗 其中 事由=公,则 视为 检查.发现(项=甲, 当事人=当事人)\n#list 检查表 纪律 由 组长\n  | 甲 “甲事” | 罚款 当事人 1元 |\n"
                             "#when 凡 检查.发现 其中 项=甲,则 奖励 当事人 20元\n#month 每 自然月 结 按 员工: 按 次数(检查.发现):\n  | 0次 | 无 |\n  | 1次 以上 | 罚款 员工 300元 |\n");
  struct event *events[2] = {desk_event(&d, "2026-03-02 08:00:00", "人员.入职", "", "{\"当事人\":\"小王\",\"岗位\":\"客服\"}"),
                             desk_event(&d, "2026-03-05 10:00:00", "考勤.离岗", "小王", "{\"当事人\":\"小王\",\"事由\":\"公\"}")};
  struct replay *r = replayed(&d, events, 2, "2026-04-01 00:00:00");
  i64 fen = 0;
  replay_each_consequence(r, count_fines, &fen);
  assert_int_equal(fen, 32100);
  replay_free(r);
  desk_free(&d);
  arena_free(a);
}

/* A case that is told late is among those that 转入 … 同 looks through. */
static void moved_when_told_late(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 28);
  struct desk d = desk_of(a, "单据 投诉\n  当事 责任人\n  字段 责任人: 人员\n  流程 登记 → 成立\n单据 催单\n  当事 欠人\n  字段 欠人: 人员, 投诉: 投诉\n  流程 登记 → 办结\n"
                             "凡 投诉.成立,则 转入 催单.办结 同 投诉\n");
  desk_fact(&d, "2026-03-05 10:00:00", "投诉.成立", "", "{\"单\":\"k1\",\"责任人\":\"小王\"}");
  desk_fact(&d, "2026-03-06 10:00:00", "考勤.返岗", "小李", "{\"当事人\":\"小李\"}");
  const struct consequence *c = engine_consequence(d.engine, desk_find(&d, "move_case", ""));
  assert_true(c == NULL || c->noted);
  desk_fact(&d, "2026-03-04 10:00:00", "催单.登记", "", "{\"单\":\"d1\",\"欠人\":\"小王\",\"投诉\":\"k1\"}");
  struct str id = desk_find(&d, "move_case", "小王");
  assert_true(id.n > 0);
  c = engine_consequence(d.engine, id);
  assert_true(str_is(c->object, "d1") && !c->noted);
  desk_free(&d);
  arena_free(a);
}

/* A late order breaks a duty: whoever asked whether it was broken is judged again. */
static void asked_for_a_breach(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 28);
  struct desk d = desk_of(a, "#urge 自 订单.下单 起 10分钟 内 接待人 须 订单.催付;逾期 提醒 接待人 “催付”\n#back 凡 考勤.返岗 且 违反(#urge, 当事人),则 上报 组长\n");
  desk_fact(&d, "2026-03-05 12:00:00", "考勤.返岗", "小王", "{\"当事人\":\"小王\"}");
  desk_fact(&d, "2026-03-05 13:00:00", "考勤.返岗", "小李", "{\"当事人\":\"小李\"}");
  assert_int_equal(desk_told(&d, "escalate").n, 0);
  desk_fact(&d, "2026-03-05 10:00:00", "订单.下单", "", "{\"订单\":\"A1\",\"客户\":\"甲\",\"接待人\":\"小王\"}");
  assert_true(desk_told(&d, "remind").n > 0);
  assert_true(desk_told(&d, "escalate").n > 0);
  desk_free(&d);
  arena_free(a);
}

static void keep_evidence(void *ctx, enum change change, const struct consequence *c) {
  (void)change;
  *(size_t *)ctx = c->evidence_count;
}

/* A sum that reached its cap grows no more, but what ended the matter is told all the same. */
static void capped_and_met(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 28);
  struct desk d = desk_of(a, "自 会话.客户消息 其中 首条 起 30秒 内 接待人 须 会话.人工回复;逾期 罚款 接待人 5元 每 30秒(不足按一个计) 封顶 10元\n");
  struct problem p = {0};
  size_t told = 0;
  struct engine_sink sink = {.ctx = &told, .consequence = keep_evidence};
  assert_int_equal(engine_step(d.engine, desk_event(&d, "2026-03-05 10:00:00", "会话.客户消息", "", "{\"会话\":\"一\",\"接待人\":\"小王\",\"首条\":true}"), &sink, &p), OK);
  engine_advance(d.engine, when("2026-03-05 10:10:00"), &sink);
  assert_int_equal(told, 2);
  assert_int_equal(engine_step(d.engine, desk_event(&d, "2026-03-05 10:20:00", "会话.人工回复", "小王", "{\"会话\":\"一\",\"接待人\":\"小王\"}"), &sink, &p), OK);
  const struct consequence *c = engine_consequence(d.engine, desk_find(&d, "fine", "小王"));
  assert_int_equal(c->evidence_count, 3);
  assert_int_equal(told, 3);
  desk_free(&d);
  arena_free(a);
}

/* Who answers for a complaint is found among the deals: one told late is among them. */
static void computed(void **state) {
  (void)state;
  struct arena *a = arena_new(1 << 28);
  struct desk d = desk_of(a, "单据 投诉\n  当事 责任人\n  字段 客户!: 客户, 责任人: 人员 = 最近(订单.成交 其中 客户=此.客户).接待人\n  流程 登记 → 成立 (组长)\n凡 投诉.成立,则 处分 当事人 警告\n");
  desk_fact(&d, "2026-03-02 08:00:00", "订单.成交", "", "{\"订单\":\"一\",\"客户\":\"甲\",\"接待人\":\"小李\"}");
  desk_fact(&d, "2026-03-02 10:00:00", "投诉.登记", "", "{\"单\":\"k1\",\"客户\":\"甲\"}");
  desk_fact(&d, "2026-03-02 12:00:00", "投诉.成立", "", "{\"单\":\"k1\",\"客户\":\"甲\"}");
  assert_true(desk_find(&d, "discipline", "小李").n > 0);
  desk_fact(&d, "2026-03-02 09:00:00", "订单.成交", "", "{\"订单\":\"二\",\"客户\":\"甲\",\"接待人\":\"小王\"}");
  assert_true(desk_find(&d, "discipline", "小王").n > 0);
  assert_int_equal(desk_find(&d, "discipline", "小李").n, 0);
  desk_free(&d);
  arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(withdrawals), cmocka_unit_test(replayed_appeals), cmocka_unit_test(deemed), cmocka_unit_test(deemed_in_columns), cmocka_unit_test(handed_in_before), cmocka_unit_test(asked_for_a_breach), cmocka_unit_test(moved_when_told_late), cmocka_unit_test(capped_and_met), cmocka_unit_test(computed)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
