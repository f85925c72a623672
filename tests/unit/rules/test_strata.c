/* Fines that follow from fines, and clauses that take others back: what derives from what, to the cent, and what is left when
 * the cause is waived, reduced, set late, appealed or revoked. Exceptions as a tree stand here too. */
#include "support.h"

static const char head[] =
    "# 试\n\n```guiju\n制度 t “试”\n  版本 1.0  公布 2026-02-20  施行 2026-03-01\n岗位 客服 上级 主管\n岗位 主管 上级 经理\n岗位 经理 上级 总经理\n岗位 总经理\n```\n\n";
#define CLAUSE(id, body) "## " id " {#" id "}\n```guiju\n" body "\n```\n\n"
#define TABLE "检查表 检查 由 主管\n  | 乱 “乱” | 罚款 当事人 10元 |\n  | 泄 “泄” | 罚款 当事人 100元 至 500元 由 经理 定 |\n"
#define DOUBLE "#double 凡 账.罚款 且 当事人 有 上级,则 罚款 上级(当事人) 额 × 2 不递延"

static struct desk small(const char *clauses) {
  struct arena *a = arena_new(1 << 28);
  struct desk d = desk_new(a, book_of(a, arena_printf(a, "%s%s", head, clauses)));
  static const char *const people[][2] = {{"小王", "客服"}, {"小李", "客服"}, {"老周", "主管"}, {"老吴", "经理"}};
  for (size_t i = 0; i < COUNT_OF(people); i++) {
    char data[128];
    snprintf(data, sizeof data, "{\"当事人\":\"%s\",\"岗位\":\"%s\"}", people[i][0], people[i][1]);
    desk_fact(&d, "2026-03-01 08:00:00", "人员.入职", "", data);
  }
  return d;
}
static void end(struct desk *d) {
  struct arena *a = d->a;
  desk_free(d);
  arena_free(a);
}
static void told_is(struct desk *d, const char *expected) { assert_string_equal(arena_cstr(d->a, desk_told(d, NULL)), expected); }
static struct str found(struct desk *d, const char *at, const char *item, const char *who) {
  char data[128];
  snprintf(data, sizeof data, "{\"项\":\"%s\",\"当事人\":\"%s\"}", item, who);
  return desk_fact(d, at, "检查.发现", "", data);
}
static void verdict(struct desk *d, const char *at, struct str id, const char *result) {
  desk_fact(d, at, "账.表态", "老吴", arena_printf(d->a, "{\"后果\":\"%.*s\",%s}", STR_ARG(id), result).p);
}

static void range_set_late(void **state) {
  (void)state;
  struct desk d = small(CLAUSE("one", TABLE) CLAUSE("two", DOUBLE));
  found(&d, "2026-03-31 23:59:59.999", "泄", "小王");
  told_is(&d, "fine 小王 100.00-500.00 one"); /* S17: nothing derives from an amount nobody has set */
  struct str id = desk_find(&d, "fine", "小王");
  verdict(&d, "2026-04-02 09:00:00", id, "\"结果\":\"定为\",\"额\":\"500.01\"");
  told_is(&d, "fine 小王 100.00-500.00 one"); /* outside the range */
  verdict(&d, "2026-04-02 09:00:01", id, "\"结果\":\"定为\",\"额\":\"100.00\"");
  told_is(&d, "fine 小王 100.00 one; fine 老周 200.00 two"); /* the lowest amount is an amount too */
  const struct consequence *c = engine_consequence(d.engine, desk_find(&d, "fine", "老周"));
  assert_int_equal(c->occurred_ms, when("2026-03-31 23:59:59.999")); /* in the month of the matter */
  end(&d);
}

static void reduced_and_waived(void **state) {
  (void)state;
  struct desk d = small(CLAUSE("one", TABLE) CLAUSE("two", DOUBLE));
  found(&d, "2026-03-05 10:00:00", "乱", "小王");
  struct str id = desk_find(&d, "fine", "小王");
  told_is(&d, "fine 小王 10.00 one; fine 老周 20.00 two");
  verdict(&d, "2026-03-05 11:00:00", id, "\"结果\":\"减为\",\"额\":\"0.01\"");
  told_is(&d, "fine 小王 0.01 one; fine 老周 0.02 two"); /* S16: the effective amount of the cause */
  verdict(&d, "2026-03-05 12:00:00", id, "\"结果\":\"免除\"");
  told_is(&d, "fine 小王 0.01 waived one");
  verdict(&d, "2026-03-05 13:00:00", id, "\"结果\":\"减为\",\"额\":\"3.33\""); /* the last word counts */
  told_is(&d, "fine 小王 3.33 one; fine 老周 6.66 two");
  found(&d, "2026-03-04 10:00:00", "乱", "小李"); /* a late fact derives it all again, with the same result */
  told_is(&d, "fine 小李 10.00 one; fine 小王 3.33 one; fine 老周 20.00 two; fine 老周 6.66 two");
  end(&d);
}

static void chain_of_three(void **state) {
  (void)state;
  /* the manager answers for the supervisor, in a clause of its own; neither clause may come back to itself */
  struct desk d = small(CLAUSE("one", TABLE) CLAUSE("two", "#staff 凡 账.罚款 且 当事人.岗位 = 客服,则 罚款 上级(当事人) 额 × 2 不递延\n"
                                                           "#lead 凡 账.罚款 且 当事人.岗位 = 主管,则 罚款 上级(当事人) 额 ÷ 2 不递延"));
  found(&d, "2026-03-05 10:00:00", "乱", "小王");
  told_is(&d, "fine 小王 10.00 one; fine 老吴 10.00 two; fine 老周 20.00 two");
  struct str id = desk_find(&d, "fine", "小王");
  verdict(&d, "2026-03-05 11:00:00", id, "\"结果\":\"免除\"");
  told_is(&d, "fine 小王 10.00 waived one"); /* all the way up */
  end(&d);
}

static void waiver_keeps_ranks_appeal_moves_them(void **state) {
  (void)state;
  struct desk d = small(CLAUSE("one", TABLE) CLAUSE("two", "#nth 凡 账.罚款 其中 条款 = #one,则 按 次序(本自然月, 当事人):\n  | 第1次 | 无 |\n  | 第2次 | 提醒 当事人 |\n  | 第3次及以后 | 建议 当事人 解除 |"));
  found(&d, "2026-03-05 10:00:00", "乱", "小王");
  struct str first = desk_find(&d, "fine", "小王");
  found(&d, "2026-03-06 10:00:00", "乱", "小王");
  found(&d, "2026-03-07 10:00:00", "乱", "小王");
  told_is(&d, "fine 小王 10.00 one; fine 小王 10.00 one; fine 小王 10.00 one; remind 小王 two; suggest 小王 two");
  verdict(&d, "2026-03-08 10:00:00", first, "\"结果\":\"免除\"");
  told_is(&d, "fine 小王 10.00 one; fine 小王 10.00 one; fine 小王 10.00 waived one; remind 小王 two; suggest 小王 two");
  desk_fact(&d, "2026-03-09 10:00:00", "账.裁定", "老吴", arena_printf(d.a, "{\"后果\":\"%.*s\",\"指\":\"事实\",\"成立\":true}", STR_ARG(first)).p);
  told_is(&d, "fine 小王 10.00 one; fine 小王 10.00 one; remind 小王 two"); /* no. 2 is the first now */
  end(&d);
}

static void sums_read_what_is_effective(void **state) {
  (void)state;
  struct desk d = small(CLAUSE("one", TABLE) CLAUSE("two", DOUBLE "\n#sum 每 自然月 结 按 员工: 计薪 罚款合计 = 合计(账.罚款.额)"));
  found(&d, "2026-03-05 10:00:00", "乱", "小王");
  found(&d, "2026-03-06 10:00:00", "乱", "小王");
  verdict(&d, "2026-03-07 10:00:00", desk_find(&d, "fine", "小王"), "\"结果\":\"免除\"");
  desk_until(&d, "2026-04-01 00:00:01");
  told_is(&d, "fine 小王 10.00 one; fine 小王 10.00 waived one; fine 老周 20.00 two; pay 小王 10.00 two; pay 老周 20.00 two");
  end(&d);
}

static void month_end_of_a_derived_fine(void **state) {
  (void)state;
  struct desk d = small(CLAUSE("one", TABLE) CLAUSE("two", DOUBLE "\n#sum 每 自然月 结 按 员工: 计薪 罚款合计 = 合计(账.罚款.额)"));
  found(&d, "2026-03-31 23:59:59.999", "乱", "小王");
  found(&d, "2026-04-01 00:00:00", "乱", "小王");
  desk_until(&d, "2026-04-01 00:00:01");
  told_is(&d, "fine 小王 10.00 one; fine 小王 10.00 one; fine 老周 20.00 two; fine 老周 20.00 two; pay 小王 10.00 two; pay 老周 20.00 two");
  end(&d);
}

static void revoked(void **state) {
  (void)state;
  struct desk d = small(CLAUSE("one", "单据 投诉\n  当事 人\n  字段 人!: 人员\n  流程 登记 → 成立 → 撤诉\n"
                                      "#nth 凡 投诉.成立,则 按 次序(本自然月, 当事人):\n  | 第1次 | 罚款 当事人 50元 |\n  | 第2次及以后 | 罚款 当事人 100元 |\n"
                                      "#back 凡 投诉.撤诉,则 撤销 投诉.成立"));
  desk_fact(&d, "2026-03-05 10:00:00", "投诉.成立", "", "{\"单\":\"k1\",\"人\":\"小王\"}");
  desk_fact(&d, "2026-03-06 10:00:00", "投诉.成立", "", "{\"单\":\"k2\",\"人\":\"小王\"}");
  told_is(&d, "fine 小王 100.00 one; fine 小王 50.00 one");
  desk_fact(&d, "2026-03-07 10:00:00", "投诉.撤诉", "", "{\"单\":\"k1\",\"人\":\"小王\"}");
  told_is(&d, "fine 小王 50.00 one");
  const struct consequence *c = engine_consequence(d.engine, desk_find(&d, "fine", "小王"));
  assert_int_equal(c->occurred_ms, when("2026-03-06 10:00:00"));
  assert_int_equal(c->ordinal, 1);
  found(&d, "2026-03-04 10:00:00", "乱", "小李"); /* deriving again forgets nothing */
  told_is(&d, "fine 小王 50.00 one");
  end(&d);
}

#define BASE "#base 凡 考勤.迟到,则 罚款 当事人 10元\n"
#define LONG "#long 凡 考勤.迟到 其中 时长 超过 30分钟,则 罚款 当事人 30元;例外于 #base\n"
static void late(struct desk *d, const char *at, const char *who, int minutes, const char *more) {
  struct problem p = {0};
  struct event *e = desk_event(d, at, "考勤.迟到", "", arena_printf(d->a, "{\"当事人\":\"%s\",\"时长\":\"%d分钟\"%s}", who, minutes, more).p);
  assert_int_equal(engine_enter(d->engine, e, NULL, &p), OK);
}

static void exception_takes_the_place(void **state) {
  (void)state;
  struct desk d = small(CLAUSE("one", BASE LONG "#excused 凡 考勤.迟到 其中 时长 超过 30分钟 且 已请假,则 提醒 当事人;例外于 #long"));
  late(&d, "2026-03-05 09:00:00", "小王", 30, "");
  told_is(&d, "fine 小王 10.00 one");
  late(&d, "2026-03-05 09:01:00", "小李", 31, "");
  told_is(&d, "fine 小李 30.00 one; fine 小王 10.00 one");
  late(&d, "2026-03-05 09:02:00", "老周", 31, ",\"已请假\":true");
  told_is(&d, "fine 小李 30.00 one; fine 小王 10.00 one; remind 老周 one"); /* the leaf of the tree speaks alone */
  end(&d);
}

static void two_exceptions_go_to_a_person(void **state) {
  (void)state;
  /* what the second guard says cannot be told from the book alone, so the checker lets it pass */
  struct desk d = small(CLAUSE("one", BASE LONG "#often 凡 考勤.迟到 其中 有(检查.发现 其中 项=乱),则 罚款 当事人 20元;例外于 #base"));
  late(&d, "2026-03-05 09:00:00", "小王", 31, ""); /* nothing was found yet: only the first exception fits */
  told_is(&d, "fine 小王 30.00 one");
  found(&d, "2026-03-05 10:00:00", "乱", "小李");
  late(&d, "2026-03-06 09:00:00", "小王", 30, "");
  told_is(&d, "fine 小王 20.00 one; fine 小王 30.00 one");
  late(&d, "2026-03-07 09:00:00", "小王", 31, ""); /* both: neither acts */
  told_is(&d, "fine 小王 20.00 one; fine 小王 30.00 one; manual 小王 one");
  end(&d);
}

static void duty_with_an_exception(void **state) {
  (void)state;
  struct desk d = small(CLAUSE("one", "#answer 自 会话.客户消息 其中 首条 起 30秒 内 接待人 须 会话.人工回复;逾期 罚款 接待人 5元\n"
                                      "#busy 自 会话.客户消息 其中 首条 且 序号 超过 5 起 60秒 内 接待人 须 会话.人工回复;逾期 罚款 接待人 5元;例外于 #answer"));
  desk_fact(&d, "2026-03-05 10:00:00", "会话.客户消息", "", "{\"会话\":\"一\",\"接待人\":\"小王\",\"首条\":true,\"序号\":6}");
  desk_fact(&d, "2026-03-05 10:00:00", "会话.客户消息", "", "{\"会话\":\"二\",\"接待人\":\"小李\",\"首条\":true,\"序号\":5}");
  desk_until(&d, "2026-03-05 10:00:30.001");
  told_is(&d, "fine 小李 5.00 one");
  desk_until(&d, "2026-03-05 10:01:00");
  told_is(&d, "fine 小李 5.00 one");
  desk_until(&d, "2026-03-05 10:01:00.001");
  told_is(&d, "fine 小李 5.00 one; fine 小王 5.00 one");
  end(&d);
}

static void settlements_in_order(void **state) {
  (void)state;
  /* the first one reads what the second writes */
  struct desk d = small(CLAUSE("one", "#sum 每 自然月 结 按 员工: 计薪 合计奖 = 合计(账.计薪.额 其中 科目=基本奖) × 2\n"
                                      "#base 每 自然月 结 按 员工 其中 岗位=客服: 计薪 基本奖 = 10.01元"));
  desk_until(&d, "2026-04-01 00:00:00");
  told_is(&d, "pay 小李 10.01 one; pay 小李 20.02 one; pay 小王 10.01 one; pay 小王 20.02 one");
  end(&d);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(range_set_late), cmocka_unit_test(reduced_and_waived), cmocka_unit_test(chain_of_three),
      cmocka_unit_test(waiver_keeps_ranks_appeal_moves_them), cmocka_unit_test(sums_read_what_is_effective),
      cmocka_unit_test(month_end_of_a_derived_fine), cmocka_unit_test(revoked), cmocka_unit_test(exception_takes_the_place),
      cmocka_unit_test(two_exceptions_go_to_a_person), cmocka_unit_test(duty_with_an_exception), cmocka_unit_test(settlements_in_order)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
