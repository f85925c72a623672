/* The two lines of the meaning that are seen from outside only here: in which order facts of one instant are judged, and in which state a
 * duty is, to the millisecond. */
#include "support.h"

static const char head[] = "# 试\n```guiju\n制度 moments “试” 版本 1.0 公布 2026-02-20 施行 2026-03-01\n岗位 客服 上级 组长\n岗位 组长\n```\n## 一 {#one}\n```guiju\n";

static struct desk desk_of(struct arena *a, const char *items) { return desk_new(a, book_of(a, arena_printf(a, "%s%s```\n", head, items))); }

/* ---- order: occurred, rank of the kind, number of the source, id ---- */

static const char ladder[] = "#nth 凡 检查.发现,则 按 次序(本自然月):\n  | 第1次 | 提醒 当事人 |\n  | 其余 | 上报 组长 |\n";

static struct event *found(struct desk *d, const char *at, const char *who, i64 seq, const char *id) {
  struct event *e = desk_event(d, at, "检查.发现", "", arena_printf(d->a, "{\"项\":\"甲\",\"当事人\":\"%s\"}", who).p);
  e->seq = seq;
  e->id = str_c(id);
  return e;
}

static void first_is(const char *who, struct event *(*make)(struct desk *d, int which)) {
  for (int turned = 0; turned < 2; turned++) {
    struct arena *a = arena_new(1 << 28);
    struct desk d = desk_of(a, ladder);
    struct problem p = {0};
    struct event *events[2] = {make(&d, 0), make(&d, 1)};
    for (int i = 0; i < 2; i++) assert_int_equal(engine_step(d.engine, events[turned ? 1 - i : i], NULL, &p), OK);
    struct str told = desk_told(&d, "remind");
    assert_string_equal(arena_cstr(a, told), arena_cstr(a, arena_printf(a, "remind %s one", who)));
    desk_free(&d);
    arena_free(a);
  }
}

static struct event *by_time(struct desk *d, int which) {
  return which ? found(d, "2026-03-05 10:00:00.000", "小李", 2, "e2") : found(d, "2026-03-05 10:00:00.001", "小王", 1, "e1");
}
static struct event *by_number(struct desk *d, int which) {
  return which ? found(d, "2026-03-05 10:00:00", "小李", 7, "e1") : found(d, "2026-03-05 10:00:00", "小王", 3, "e2");
}
static struct event *by_id(struct desk *d, int which) {
  return which ? found(d, "2026-03-05 10:00:00", "小李", 3, "b") : found(d, "2026-03-05 10:00:00", "小王", 3, "a");
}

static void order_of_equals(void **state) {
  (void)state;
  first_is("小李", by_time);
  first_is("小王", by_number);
  first_is("小王", by_id);
}

/* ---- states of a duty ---- */

struct seen {
  enum clock_state state;
  size_t times;
};

static void see(void *ctx, const struct rule_clock *c) {
  struct seen *s = ctx;
  s->state = c->state;
  s->times++;
}

static const char plain_duty[] = "自 会话.客户消息 其中 首条 起 30秒 内 接待人 须 会话.人工回复;遇 会话.结束 免;逾期 提醒 接待人 “快回”\n";
static const char standing[] = "单据 投诉\n  当事 责任人\n  字段 责任人: 人员\n  流程 登记 → 待客 → 登记\n  流程 登记 → 办结\n自 投诉.登记 起 1小时 内(停表 状态 = 待客) 责任人 须 投诉.办结;逾期 提醒 责任人 “快办”\n";

static enum clock_state after(const char *items, const char *begin, const char *object, const char *at, const char *kind, const char *until) {
  bool talk = strstr(object, "首条") != NULL;
  struct arena *a = arena_new(1 << 28);
  struct desk d = desk_of(a, items);
  struct problem p = {0};
  struct seen s = {CLOCK_DISCHARGED, 0};
  struct engine_sink sink = {.ctx = &s, .clock = see};
  assert_int_equal(engine_step(d.engine, desk_event(&d, "2026-03-05 10:00:00", begin, "", object), &sink, &p), OK);
  if (kind) assert_int_equal(engine_step(d.engine, desk_event(&d, at, kind, "小王", talk ? "{\"会话\":\"一\",\"接待人\":\"小王\"}" : object), &sink, &p), OK);
  if (until) engine_advance(d.engine, when(until), &sink);
  assert_true(s.times > 0);
  desk_free(&d);
  arena_free(a);
  return s.state;
}

static void states_of_a_duty(void **state) {
  (void)state;
  static const char talk[] = "{\"会话\":\"一\",\"接待人\":\"小王\",\"首条\":true}", paper[] = "{\"单\":\"k1\",\"责任人\":\"小王\"}";
  static const char asked[] = "会话.客户消息", reply[] = "会话.人工回复", closed[] = "会话.结束";
  assert_int_equal(after(plain_duty, asked, talk, NULL, NULL, "2026-03-05 10:00:30.000"), CLOCK_RUNNING);
  assert_int_equal(after(plain_duty, asked, talk, NULL, NULL, "2026-03-05 10:00:30.001"), CLOCK_VIOLATED);
  assert_int_equal(after(plain_duty, asked, talk, "2026-03-05 10:00:00.000", reply, NULL), CLOCK_MET); /* the question of an instant comes before its answer */
  assert_int_equal(after(plain_duty, asked, talk, "2026-03-05 10:00:30.000", reply, NULL), CLOCK_MET);
  assert_int_equal(after(plain_duty, asked, talk, "2026-03-05 10:00:30.001", reply, NULL), CLOCK_MET_LATE);
  assert_int_equal(after(plain_duty, asked, talk, "2026-03-05 10:00:30.000", closed, NULL), CLOCK_DISCHARGED);
  assert_int_equal(after(plain_duty, asked, talk, "2026-03-05 10:00:30.001", closed, NULL), CLOCK_VIOLATED); /* what was broken stays broken */
  assert_int_equal(after(standing, "投诉.登记", paper, "2026-03-05 11:00:00.000", "投诉.待客", "2026-03-06 10:00:00"), CLOCK_PAUSED);
  assert_int_equal(after(standing, "投诉.登记", paper, "2026-03-05 11:00:00.001", "投诉.待客", "2026-03-06 10:00:00"), CLOCK_VIOLATED);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(order_of_equals), cmocka_unit_test(states_of_a_duty)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
