/* Versions: what happened is judged by the version of its own instant, counts say what they remember across a change, figures
 * have dates, and a version may reach back only where nobody loses by it. */
#include "support.h"

#include "lang/versions.h"
#include "rules/backdate.h"
#include "rules/vocabulary.h"

#define BOOK(version, body) \
  "# 试 {#t}\n\n```guiju\n制度 t “试”\n  版本 " version "  公布 2026-02-20  施行 2026-03-01\n岗位 客服 上级 主管\n岗位 主管\n" \
  "#limit 每 自然月 结 按 员工: 扣款 不超过 应发 × 20%,且 实发 不低于 最低工资;超出 不结转\n```\n\n## 一 {#one}\n```guiju\n" body "\n```\n"
#define LADDER(window, first, second, third, tail) \
  "#nth 凡 考勤.迟到,则 按 次序(" window ", 当事人):\n  | 第1次 | 罚款 当事人 " first " |\n  | 第2次 | 罚款 当事人 " second " |\n  | 第3次及以后 | 罚款 当事人 " third " |" tail

static const struct lang_program *book(struct arena *a, const char *source) { return book_of(a, str_c(source)); }

static struct desk two(const char *before, const char *next, const char *in_force) {
  struct arena *a = arena_new(1 << 28);
  struct desk d = desk_new(a, book(a, before));
  struct problem p = {0};
  if (next) assert_int_equal(engine_publish(d.engine, book(a, next), when("2026-03-10 00:00:00"), when(in_force), &p), OK);
  return d;
}
static void publish(struct desk *d, const char *next, const char *in_force) {
  struct problem p = {0};
  assert_int_equal(engine_publish(d->engine, book(d->a, next), when("2026-03-10 00:00:00"), when(in_force), &p), OK);
}
static void end(struct desk *d) {
  struct arena *a = d->a;
  desk_free(d);
  arena_free(a);
}
static void late(struct desk *d, const char *at, const char *who) {
  struct problem p = {0};
  struct event *e = desk_event(d, at, "考勤.迟到", "", arena_printf(d->a, "{\"当事人\":\"%s\",\"时长\":\"5分钟\"}", who).p);
  assert_int_equal(engine_enter(d->engine, e, NULL, &p), OK);
}
static void told_is(struct desk *d, const char *expected) { assert_string_equal(arena_cstr(d->a, desk_told(d, NULL)), expected); }

static void to_the_millisecond(void **state) {
  (void)state;
  struct desk d = two(BOOK("1.0", "凡 考勤.迟到,则 罚款 当事人 10元"), BOOK("1.1", "凡 考勤.迟到,则 罚款 当事人 20元"), "2026-03-16 00:00:00");
  late(&d, "2026-03-16 00:00:00", "小李");
  late(&d, "2026-03-15 23:59:59.999", "小王"); /* comes in late, judged by its own day */
  late(&d, "2026-02-28 23:59:59.999", "小赵"); /* before any version was in force */
  told_is(&d, "fine 小李 20.00 one; fine 小王 10.00 one");
  const struct consequence *c = engine_consequence(d.engine, desk_find(&d, "fine", "小王"));
  assert_true(str_is(c->version, "1.0"));
  end(&d);
}

/* A clause counts on from version to version, also where a fact is told late: what the version before counted is counted. */
static void late_after_the_change(void **state) {
  (void)state;
#define FOUND "#nth 凡 检查.发现,则 按 次序(本自然月, 当事人):\n  | 第1次 | 罚款 当事人 10元 |\n  | 第2次 | 罚款 当事人 20元 |\n  | 第3次及以后 | 罚款 当事人 30元 |"
  static const struct { const char *at, *who; } facts[] = {{"2026-03-05 09:00:00", "小王"}, {"2026-03-18 09:00:00", "小王"}, {"2026-03-25 09:00:00", "小李"}};
  static const int orders[][3] = {{0, 1, 2}, {0, 2, 1}, {2, 0, 1}, {2, 1, 0}, {1, 2, 0}, {1, 0, 2}};
  for (size_t i = 0; i < COUNT_OF(orders); i++) {
    struct desk d = two(BOOK("1.0", FOUND), BOOK("1.1", FOUND), "2026-03-16 00:00:00");
    for (int k = 0; k < 3; k++) {
      const char *who = facts[orders[i][k]].who;
      desk_fact(&d, facts[orders[i][k]].at, "检查.发现", "", arena_printf(d.a, "{\"当事人\":\"%s\",\"项\":\"甲\"}", who).p);
    }
    told_is(&d, "fine 小李 10.00 one; fine 小王 10.00 one; fine 小王 20.00 one");
    end(&d);
  }
#undef FOUND
}

static void running_duty_keeps_its_version(void **state) {
  (void)state;
  struct desk d = two(BOOK("1.0", "自 会话.客户消息 其中 首条 起 30秒 内 接待人 须 会话.人工回复;逾期 罚款 接待人 5元"),
                      BOOK("1.1", "自 会话.客户消息 其中 首条 起 10秒 内 接待人 须 会话.人工回复;逾期 罚款 接待人 9元"), "2026-03-16 00:00:00");
  desk_fact(&d, "2026-03-15 23:59:59.999", "会话.客户消息", "", "{\"会话\":\"一\",\"接待人\":\"小王\",\"首条\":true}");
  desk_fact(&d, "2026-03-16 00:00:00", "会话.客户消息", "", "{\"会话\":\"二\",\"接待人\":\"小李\",\"首条\":true}");
  desk_fact(&d, "2026-03-16 00:00:29.999", "会话.人工回复", "", "{\"会话\":\"一\",\"接待人\":\"小王\"}");
  desk_until(&d, "2026-03-16 00:01:00");
  told_is(&d, "fine 小李 9.00 one");
  end(&d);
}

static void counts_are_kept(void **state) {
  (void)state;
  struct desk d = two(BOOK("1.0", LADDER("本自然月", "1元", "2元", "3元", "")), BOOK("1.1", LADDER("本自然月", "10元", "20元", "30元", ";过渡 沿用次数")), "2026-03-16 00:00:00");
  late(&d, "2026-03-14 09:00:00", "小王");
  late(&d, "2026-03-16 00:00:00", "小王");
  told_is(&d, "fine 小王 1.00 one; fine 小王 20.00 one");
  late(&d, "2026-03-15 23:59:59.999", "小王"); /* late: now the second of the old version, and the third of the month after it */
  told_is(&d, "fine 小王 1.00 one; fine 小王 2.00 one; fine 小王 30.00 one");
  end(&d);
}

static void counts_start_afresh(void **state) {
  (void)state;
  struct desk d = two(BOOK("1.0", LADDER("本自然月", "1元", "2元", "3元", "")), BOOK("1.1", LADDER("本自然月", "10元", "20元", "30元", ";过渡 重新计次")), "2026-03-16 00:00:00");
  late(&d, "2026-03-15 23:59:59.999", "小王");
  late(&d, "2026-03-16 00:00:00", "小王");
  late(&d, "2026-03-17 09:00:00", "小王");
  told_is(&d, "fine 小王 1.00 one; fine 小王 10.00 one; fine 小王 20.00 one");
  /* a third version still carries the words, but changes nothing here: it goes on counting */
  publish(&d, BOOK("1.2", LADDER("本自然月", "10元", "20元", "30元", ";过渡 重新计次") "\n#other 凡 考勤.早退,则 提醒 当事人"), "2026-03-20 00:00:00");
  late(&d, "2026-03-21 09:00:00", "小王");
  told_is(&d, "fine 小王 1.00 one; fine 小王 10.00 one; fine 小王 20.00 one; fine 小王 30.00 one");
  end(&d);
}

static void kept_in_another_window(void **state) {
  (void)state;
  struct desk d = two(BOOK("1.0", LADDER("本自然月", "1元", "2元", "3元", "")), BOOK("1.1", LADDER("本年", "10元", "20元", "30元", ";过渡 沿用次数")), "2026-04-01 00:00:00");
  late(&d, "2026-03-31 23:59:59.999", "小王");
  late(&d, "2026-04-01 00:00:00", "小王"); /* the second of the year */
  told_is(&d, "fine 小王 1.00 one; fine 小王 20.00 one");
  end(&d);
}

static void rolling_window(void **state) {
  (void)state;
  struct desk d = two(BOOK("1.0", LADDER("近 30天", "1元", "2元", "3元", "")), NULL, NULL);
  late(&d, "2026-03-02 09:00:00", "小王");
  late(&d, "2026-04-01 09:00:00", "小王"); /* thirty days later to the millisecond: still inside */
  late(&d, "2026-05-01 09:00:00.001", "小王");
  told_is(&d, "fine 小王 1.00 one; fine 小王 1.00 one; fine 小王 2.00 one");
  end(&d);
}

static void counted_from_the_restart(void **state) {
  (void)state;
#define COUNTED(tail) "凡 考勤.迟到 其中 次数(考勤.迟到, 本自然月, 当事人) 满 2次,则 罚款 当事人 5元" tail
  struct desk d = two(BOOK("1.0", COUNTED("")), BOOK("1.1", "凡 考勤.迟到 其中 次数(考勤.迟到, 本自然月, 当事人) 满 2次,则 罚款 当事人 7元;过渡 重新计次"), "2026-03-16 00:00:00");
  late(&d, "2026-03-15 23:59:59.999", "小王");
  late(&d, "2026-03-16 00:00:00", "小王"); /* nothing counts before the new version */
  told_is(&d, "");
  late(&d, "2026-03-16 00:00:00.001", "小王");
  told_is(&d, "fine 小王 7.00 one");
  end(&d);
}

static void figures_have_dates(void **state) {
  (void)state;
  struct desk d = two(BOOK("1.0", "参数 迟到罚 = 10元 自 2026-03-16 起 10.01元 自 2026-04-01 起 9.99元\n凡 考勤.迟到,则 罚款 当事人 迟到罚"), NULL, NULL);
  late(&d, "2026-03-15 23:59:59.999", "甲");
  late(&d, "2026-03-16 00:00:00", "乙");
  late(&d, "2026-03-31 23:59:59.999", "丙");
  late(&d, "2026-04-01 00:00:00", "丁");
  told_is(&d, "fine 丁 9.99 one; fine 丙 10.01 one; fine 乙 10.01 one; fine 甲 10.00 one");
  end(&d);
}

/* ---- surveys ---- */

static void answers_are_facts(void **state) {
  (void)state;
  struct desk d = two(BOOK("1.0", "问卷 满意度 给 客户 于 会话.结束 有效 7天\n  题 态度: 分\n量 态度分(员工) = 均值(满意度.态度)\n#low 凡 满意度 且 态度 不满 3分,则 提醒 当事人"), NULL, NULL);
  struct value v;
  struct problem p = {0};
  i64 from = when("2026-03-01 00:00:00"), to = when("2026-04-01 00:00:00");
  desk_fact(&d, "2026-03-05 10:00:00", "问卷.答复", "", "{\"问卷\":\"满意度\",\"当事人\":\"小王\"}"); /* nothing ticked */
  assert_int_equal(engine_measure(d.engine, d.a, STR("态度分"), STR("小王"), from, to, &v, &p), OK);
  assert_int_equal(v.type, V_ABSENT); /* not 0 */
  desk_fact(&d, "2026-03-05 11:00:00", "问卷.答复", "", "{\"问卷\":\"满意度\",\"当事人\":\"小王\",\"态度\":{\"points\":\"2.99\"}}");
  desk_fact(&d, "2026-03-05 12:00:00", "问卷.答复", "", "{\"问卷\":\"满意度\",\"当事人\":\"小王\",\"fields\":{\"态度\":{\"points\":\"3.00\"}}}");
  told_is(&d, "remind 小王 one");
  end(&d);
}

/* ---- the question ---- */

static size_t asked(const char *before, const char *next, const char *in_force) {
  struct arena *a = arena_new(1 << 28);
  struct lang_diagnostics d;
  lang_diagnostics_init(&d, a);
  i64 day;
  assert_true(date_parse(str_c(in_force), &day));
  lang_check_versions(book(a, before), book(a, next), day, &d);
  size_t errors = d.errors;
  if (errors) assert_true(str_is(d.items[0].key, "lang.transition_missing") && d.items[0].repair_count == 2 && d.items[0].example_zh.n);
  arena_free(a);
  return errors;
}

static void a_change_must_say(void **state) {
  (void)state;
  const char *old = BOOK("1.0", LADDER("本自然月", "1元", "2元", "3元", ""));
  assert_int_equal(asked(old, BOOK("1.1", LADDER("本自然月", "1元", "2元", "4元", "")), "2026-03-16"), 1);
  assert_int_equal(asked(old, BOOK("1.1", LADDER("本自然月", "1元", "2元", "4元", "")), "2026-04-01"), 0); /* the month begins: nothing is cut */
  assert_int_equal(asked(old, BOOK("1.1", LADDER("本年", "1元", "2元", "3元", "")), "2026-04-01"), 1);        /* the year does not */
  assert_int_equal(asked(old, BOOK("1.1", LADDER("近 30天", "1元", "2元", "3元", "")), "2026-04-01"), 1);
  assert_int_equal(asked(old, BOOK("1.1", LADDER("本自然月", "1元", "2元", "4元", ";过渡 沿用次数")), "2026-03-16"), 0);
  assert_int_equal(asked(old, BOOK("1.1", LADDER("本自然月", "1元", "2元", "4元", ";过渡 重新计次")), "2026-03-16"), 0);
  assert_int_equal(asked(old, BOOK("1.1", LADDER("本自然月", "1元",   "2元", "3元", "")), "2026-03-16"), 0);   /* only blanks */
  assert_int_equal(asked(BOOK("1.0", "参数 罚 = 5元\n" LADDER("本自然月", "罚", "2元", "3元", "")), BOOK("1.1", "参数 罚 = 6元\n" LADDER("本自然月", "罚", "2元", "3元", "")), "2026-03-16"), 1);
}

/* ---- reaching back ---- */

static bool favours(struct desk *d, const char *next, const char *in_force, struct problem *p) {
  struct backdate t;
  *p = (struct problem){0};
  enum status status = backdate_try(d->engine, book(d->a, next), when("2026-03-20 00:00:00"), when(in_force), &t, p);
  assert_true(status == OK || status == E_REFUSED);
  return status == OK;
}

static void back_only_in_favour(void **state) {
  (void)state;
  struct problem p;
  struct desk d = two(BOOK("1.0", "凡 考勤.迟到,则 罚款 当事人 10.00元\n"), NULL, NULL);
  late(&d, "2026-03-05 09:00:00", "小王");
  late(&d, "2026-03-12 09:00:00", "小李");
  assert_true(favours(&d, BOOK("1.1", "凡 考勤.迟到,则 罚款 当事人 9.99元"), "2026-03-10 00:00:00", &p));
  assert_true(favours(&d, BOOK("1.1", "凡 考勤.迟到,则 罚款 当事人 10.00元"), "2026-03-10 00:00:00", &p)); /* nobody loses */
  assert_false(favours(&d, BOOK("1.1", "凡 考勤.迟到,则 罚款 当事人 10.01元"), "2026-03-10 00:00:00", &p));
  assert_non_null(strstr(p.zh, "小李")); /* who would lose, and how much */
  assert_true(favours(&d, BOOK("1.1", "凡 考勤.迟到,则 罚款 当事人 10.01元"), "2026-03-12 09:00:00.001", &p)); /* it meets nobody */
  assert_false(favours(&d, BOOK("1.1", "凡 考勤.迟到,则 罚款 当事人 1元; 处分 当事人 警告"), "2026-03-10 00:00:00", &p)); /* money does not buy a mark */
  end(&d);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(to_the_millisecond), cmocka_unit_test(late_after_the_change), cmocka_unit_test(running_duty_keeps_its_version), cmocka_unit_test(counts_are_kept),
      cmocka_unit_test(counts_start_afresh), cmocka_unit_test(kept_in_another_window), cmocka_unit_test(rolling_window),
      cmocka_unit_test(counted_from_the_restart), cmocka_unit_test(figures_have_dates), cmocka_unit_test(answers_are_facts), cmocka_unit_test(a_change_must_say),
      cmocka_unit_test(back_only_in_favour)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
