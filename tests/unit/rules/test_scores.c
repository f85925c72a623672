/* Points accounts when the past changes: late facts, facts taken back, deductions waived or set after the month was settled, the
 * order of arrival; and what is said about them. What points mean is in tests/data/meaning/scores.md. */
#include "support.h"

#include "base/map.h"

static const char book_text[] =
    "# 试\n\n```guiju\n"
    "制度 t “试”\n  版本 1.0 公布 2026-02-20 施行 2026-03-01\n"
    "岗位 客服 上级 主管\n岗位 主管\n"
    "积分 月分 = 10分 每 自然月 重置 下限 0分\n```\n\n"
    "## 扣分 {#take}\n\n```guiju\n"
    "#five 凡 检查.发现 其中 项=甲,则 扣 5分\n"
    "#late 凡 考勤.离岗,则 扣 0.5分\n"
    "#range 凡 检查.发现 其中 项=乙,则 扣 0.5分 至 5分 由 主管 定\n```\n\n"
    "## 月末 {#end}\n\n```guiju\n"
    "#month 每 自然月 结 按 员工: 按 月分:\n"
    "  | 超过5分 | 无 |\n  | 5分以下 | 处分 员工 警告 |\n"
    "#three 每 自然月 结 按 员工: 按 连续(月分 不超过 5分, 自然月):\n"
    "  | 不满2 | 无 |\n  | 2以上 | 建议 员工 解除 |\n```\n\n"
    "## 越线 {#edge}\n\n```guiju\n"
    "凡 账.积分 其中 原余 满 6分 且 余 不满 6分,则 提醒 当事人\n```\n";

static struct arena *arena;
static const struct lang_program *book;

static struct desk start(void) {
  struct desk d = desk_new(arena, book);
  desk_fact(&d, "2026-03-02 08:00:00", "人员.入职", "", "{\"当事人\":\"小王\",\"岗位\":\"客服\"}");
  desk_fact(&d, "2026-03-02 08:00:00", "人员.入职", "", "{\"当事人\":\"小李\",\"岗位\":\"客服\"}");
  return d;
}

static struct str found(struct desk *d, const char *at, const char *item, const char *person) {
  char data[256];
  snprintf(data, sizeof data, "{\"项\":\"%s\",\"当事人\":\"%s\"}", item, person);
  return desk_fact(d, at, "检查.发现", "", data);
}

static i64 left(struct desk *d, const char *person, const char *month_from, const char *month_to) {
  struct value v;
  struct problem p = {0};
  assert_int_equal(engine_measure(d->engine, d->a, STR("月分"), str_c(person), when(month_from), when(month_to), &v, &p), OK);
  assert_int_equal(v.type, V_POINTS);
  return v.i;
}
static i64 march(struct desk *d) { return left(d, "小王", "2026-03-01 00:00:00", "2026-04-01 00:00:00"); }

static void say(struct desk *d, const char *at, const char *kind, struct str id, const char *rest) {
  char data[256];
  snprintf(data, sizeof data, "{\"后果\":\"%.*s\",%s}", STR_ARG(id), rest);
  desk_fact(d, at, kind, "老方", data);
}

static void told(struct desk *d, const char *want) {
  struct str got = desk_told(d, "discipline suggest remind");
  if (!str_is(got, want)) print_error("told: %.*s\n", STR_ARG(got));
  assert_true(str_is(got, want));
}

static void a_late_fact_moves_a_settled_month(void **state) {
  (void)state;
  struct desk d = start();
  desk_until(&d, "2026-04-02 00:00:00");
  told(&d, "");
  found(&d, "2026-03-31 23:59:59.999", "甲", "小王");
  assert_int_equal(march(&d), 500);
  told(&d, "discipline 小王 end; remind 小王 edge");
  found(&d, "2026-04-01 00:00:00", "甲", "小李"); /* the instant after: April's */
  desk_until(&d, "2026-04-03 00:00:00");
  told(&d, "discipline 小王 end; remind 小李 edge; remind 小王 edge");
  desk_free(&d);
}

static void late_facts_move_the_streak_behind_them(void **state) {
  (void)state;
  struct desk d = start();
  found(&d, "2026-04-10 10:00:00", "甲", "小王");
  found(&d, "2026-05-10 10:00:00", "甲", "小王");
  desk_until(&d, "2026-06-02 00:00:00");
  assert_true(str_is(desk_told(&d, "suggest"), "suggest 小王 end")); /* May: the second in a row */
  found(&d, "2026-03-20 10:00:00", "甲", "小王");
  assert_true(str_is(desk_told(&d, "suggest"), "suggest 小王 end; suggest 小王 end")); /* April too */
  desk_free(&d);
}

static void an_upheld_appeal_gives_the_points_back(void **state) {
  (void)state;
  struct desk d = start();
  found(&d, "2026-03-10 10:00:00", "甲", "小王");
  desk_fact(&d, "2026-03-11 10:00:00", "考勤.离岗", "", "{\"当事人\":\"小王\"}");
  struct str five = desk_find(&d, "score", "小王");
  desk_until(&d, "2026-04-02 00:00:00");
  assert_int_equal(march(&d), 450);
  told(&d, "discipline 小王 end; remind 小王 edge");
  say(&d, "2026-04-02 10:00:00", "账.申诉", five, "\"指\":\"事实\",\"理由\":\"不是我\"");
  assert_int_equal(march(&d), 450);
  say(&d, "2026-04-03 10:00:00", "账.裁定", five, "\"指\":\"事实\",\"成立\":true");
  assert_int_equal(march(&d), 950);
  told(&d, "");
  desk_free(&d);
}

static void a_waiver_after_the_settlement_counts_in_its_month(void **state) {
  (void)state;
  struct desk d = start();
  found(&d, "2026-03-10 10:00:00", "甲", "小王");
  struct str five = desk_find(&d, "score", "小王");
  desk_until(&d, "2026-04-02 00:00:00");
  told(&d, "discipline 小王 end; remind 小王 edge");
  say(&d, "2026-04-02 10:00:00", "账.表态", five, "\"结果\":\"免除\"");
  assert_int_equal(march(&d), 1000);
  told(&d, "");
  say(&d, "2026-04-02 11:00:00", "账.表态", five, "\"结果\":\"确认\""); /* a later word takes the waiver back */
  assert_int_equal(march(&d), 500);
  told(&d, "discipline 小王 end; remind 小王 edge");
  desk_free(&d);
}

static void a_range_counts_when_it_is_set_and_where_it_was_booked(void **state) {
  (void)state;
  struct desk d = start();
  found(&d, "2026-03-10 10:00:00", "乙", "小王");
  struct str range = desk_find(&d, "score", "小王");
  desk_until(&d, "2026-04-02 00:00:00");
  assert_int_equal(march(&d), 1000);
  told(&d, "");
  say(&d, "2026-04-02 10:00:00", "账.表态", range, "\"结果\":\"定为\",\"额\":\"5.01\""); /* outside: still open */
  assert_int_equal(march(&d), 1000);
  say(&d, "2026-04-02 11:00:00", "账.表态", range, "\"结果\":\"定为\",\"额\":\"5.00\"");
  assert_int_equal(march(&d), 500);
  assert_int_equal(left(&d, "小王", "2026-04-01 00:00:00", "2026-05-01 00:00:00"), 1000);
  assert_true(str_is(desk_told(&d, "discipline"), "discipline 小王 end"));
  desk_free(&d);
}

static i64 april(struct desk *d) { return left(d, "小王", "2026-04-01 00:00:00", "2026-05-01 00:00:00"); }

/* A sealed month stays: a range set afterwards counts when it is set, whatever order the facts come in. */
static void a_range_set_after_the_seal_moves_on(void **state) {
  (void)state;
  struct desk d = start();
  found(&d, "2026-03-10 10:00:00", "乙", "小王");
  found(&d, "2026-03-11 10:00:00", "乙", "小王");
  struct str first = desk_find(&d, "score", "小王");
  desk_fact(&d, "2026-04-05 10:00:00", "账.封月", "老方", "{\"期间\":\"2026-03\"}");
  say(&d, "2026-04-05 10:00:00.001", "账.表态", first, "\"结果\":\"定为\",\"额\":\"5.00\"");
  assert_int_equal(march(&d), 1000);
  assert_int_equal(april(&d), 500);
  told(&d, "remind 小王 edge");
  desk_until(&d, "2026-05-02 00:00:00");
  told(&d, "discipline 小王 end; remind 小王 edge");
  desk_fact(&d, "2026-04-20 10:00:00", "考勤.离岗", "", "{\"当事人\":\"小王\"}"); /* late: everything is derived again */
  assert_int_equal(march(&d), 1000);
  assert_int_equal(april(&d), 450);
  desk_free(&d);
  struct desk other = start(); /* the word came first, the seal is learned of later */
  found(&other, "2026-03-10 10:00:00", "乙", "小王");
  found(&other, "2026-03-11 10:00:00", "乙", "小王");
  say(&other, "2026-04-05 10:00:00.001", "账.表态", desk_find(&other, "score", "小王"), "\"结果\":\"定为\",\"额\":\"5.00\"");
  assert_int_equal(march(&other), 500);
  desk_fact(&other, "2026-04-05 10:00:00", "账.封月", "老方", "{\"期间\":\"2026-03\"}");
  assert_int_equal(march(&other), 1000);
  assert_int_equal(april(&other), 500);
  desk_free(&other);
}

struct seen_account {
  char text[256];
};
static void see(void *ctx, const struct points_account *a) {
  struct seen_account *s = ctx;
  size_t n = strlen(s->text);
  snprintf(s->text + n, sizeof s->text - n, "%.*s %lld of %lld;", STR_ARG(a->name), (long long)a->left, (long long)a->start);
}

static void accounts_of_a_person(void **state) {
  (void)state;
  struct desk d = start();
  found(&d, "2026-03-10 10:00:00", "甲", "小王");
  struct seen_account now = {""}, other = {""}, later = {""};
  engine_each_account(d.engine, STR("小王"), when("2026-03-31 23:59:59.999"), see, &now);
  engine_each_account(d.engine, STR("小李"), when("2026-03-31 23:59:59.999"), see, &other);
  engine_each_account(d.engine, STR("小王"), when("2026-04-01 00:00:00"), see, &later);
  assert_string_equal(now.text, "月分 500 of 1000;");
  assert_string_equal(other.text, "月分 1000 of 1000;");
  assert_string_equal(later.text, "月分 1000 of 1000;");
  desk_free(&d);
}

static u64 seed;
static u64 next(void) { /* splitmix64 */
  u64 z = (seed += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/* The same facts in any order: the same points, the same consequences. */
static void any_order_of_arrival(void **state) {
  (void)state;
  const char *given = getenv("GUIJU_SEED");
  u64 first = given ? strtoull(given, NULL, 0) : 20260305;
  for (int round = 0; round < 20; round++) {
    seed = first + (u64)round;
    struct arena *a = arena_new(64 << 20);
    struct desk straight = desk_new(a, book), mixed = desk_new(a, book);
    struct event *events[40];
    size_t n = 0;
    events[n++] = desk_event(&straight, "2026-03-02 08:00:00", "人员.入职", "", "{\"当事人\":\"小王\",\"岗位\":\"客服\"}");
    i64 at = when("2026-03-02 09:00:00");
    while (n < COUNT_OF(events)) {
      at += (i64)(next() % (4 * 24 * 60)) * 60000;
      char text[64], data[128];
      snprintf(text, sizeof text, "%.*s", STR_ARG(calendar_show_instant(a, at, ZONE)));
      snprintf(data, sizeof data, "{\"项\":\"%s\",\"当事人\":\"小王\"}", next() % 3 ? "甲" : "乙");
      bool post = next() % 2;
      events[n++] = desk_event(&straight, text, post ? "考勤.离岗" : "检查.发现", "", post ? "{\"当事人\":\"小王\"}" : data);
    }
    struct problem p = {0};
    for (size_t i = 0; i < n; i++) assert_int_equal(engine_step(straight.engine, events[i], NULL, &p), OK);
    for (size_t i = n - 1; i > 0; i--) {
      size_t k = (size_t)(next() % (i + 1));
      struct event *swap = events[i];
      events[i] = events[k];
      events[k] = swap;
    }
    for (size_t i = 0; i < n; i++) assert_int_equal(engine_step(mixed.engine, events[i], NULL, &p), OK);
    desk_until(&straight, "2026-12-01 00:00:00");
    desk_until(&mixed, "2026-12-01 00:00:00");
    struct str one = desk_told(&straight, NULL), other = desk_told(&mixed, NULL);
    if (!str_eq(one, other)) print_error("GUIJU_SEED=%llu\n%.*s\n%.*s\n", (unsigned long long)(first + (u64)round), STR_ARG(one), STR_ARG(other));
    assert_true(str_eq(one, other));
    assert_true(one.n > 0);
    desk_free(&straight);
    desk_free(&mixed);
    arena_free(a);
  }
}

static void the_reason_shows_the_account(void **state) {
  (void)state;
  struct desk d = start();
  desk_fact(&d, "2026-03-05 10:00:00", "考勤.离岗", "", "{\"当事人\":\"小王\"}");
  found(&d, "2026-03-10 10:00:00", "甲", "小王");
  desk_until(&d, "2026-04-01 00:00:00");
  json_t *why = engine_why_json(d.engine, desk_find(&d, "discipline", "小王"));
  char *text = json_dumps(why, JSON_SORT_KEYS);
  assert_non_null(strstr(text, "月分"));
  assert_non_null(strstr(text, "4.5"));
  assert_int_equal(json_array_size(json_object_get(why, "evidence")), 2); /* both movements */
  free(text);
  json_decref(why);
  why = engine_why_json(d.engine, desk_find(&d, "score", "小王"));
  text = json_dumps(why, JSON_SORT_KEYS);
  assert_non_null(strstr(text, "月分 10 分，扣 0.5 分"));
  assert_non_null(strstr(text, "余 9.5 分"));
  free(text);
  json_decref(why);
  desk_free(&d);
}

struct previewed {
  int warnings;
};
static void count_warnings(void *ctx, const struct consequence *c) {
  struct previewed *p = ctx;
  p->warnings += c->type == C_DISCIPLINE;
}

static void a_preview_sees_the_points_of_today(void **state) {
  (void)state;
  struct desk d = start();
  struct previewed none = {0}, one = {0};
  i64 date = instant_date(when("2026-03-10 00:00:00"), ZONE);
  engine_preview(d.engine, date, when("2026-03-10 09:00:00"), count_warnings, &none);
  found(&d, "2026-03-10 10:00:00", "甲", "小王");
  engine_preview(d.engine, date, when("2026-03-10 11:00:00"), count_warnings, &one);
  assert_int_equal(none.warnings, 0);
  assert_int_equal(one.warnings, 1);
  told(&d, "remind 小王 edge"); /* nothing was kept */
  desk_free(&d);
}

int main(void) {
  arena = arena_new(256 << 20);
  book = book_of(arena, str_c(book_text));
#define T(f) cmocka_unit_test(f)
  const struct CMUnitTest tests[] = {
      T(a_late_fact_moves_a_settled_month), T(late_facts_move_the_streak_behind_them), T(an_upheld_appeal_gives_the_points_back),
      T(a_waiver_after_the_settlement_counts_in_its_month), T(a_range_counts_when_it_is_set_and_where_it_was_booked), T(any_order_of_arrival), T(a_range_set_after_the_seal_moves_on), T(accounts_of_a_person),
      T(the_reason_shows_the_account), T(a_preview_sees_the_points_of_today)};
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  arena_free(arena);
  return failed;
}
