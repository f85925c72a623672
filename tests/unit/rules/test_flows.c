/* Flows that rules drive and clocks that stand: timed arrows, 转入, 开单, 派给, skipped steps, computed fields, 只计, 停表, 可延期, routes by amount,
 * and the facts that time alone brings about. Each boundary is tried a millisecond, or a fen, to either side. */
#include "support.h"

#include <jansson.h>

static const char head[] =
    "# 试\n\n```guiju\n制度 t “试”\n  版本 1.0  公布 2026-02-20  施行 2026-03-01  服务时间 9:00 至 12:00, 13:00 至 18:00 工作日\n"
    "岗位 客服 上级 主管\n岗位 主管 上级 经理 代理 副主管\n岗位 经理, 副主管, 管理员\n班次 夜时 22:00 至 次日 2:00\n"
    "班次 白班 9:00 至 18:00 休息 12:00 至 13:00\n```\n\n";

static struct desk small(const char *clauses) {
  struct arena *a = arena_new(1 << 28);
  return desk_new(a, book_of(a, arena_printf(a, "%s%s", head, clauses)));
}
static void end(struct desk *d) {
  struct arena *a = d->a;
  desk_free(d);
  arena_free(a);
}
static void told_is(struct desk *d, const char *expected) { assert_string_equal(arena_cstr(d->a, desk_told(d, NULL)), expected); }
static void join(struct desk *d, const char *who, const char *role) {
  char data[128];
  snprintf(data, sizeof data, "{\"当事人\":\"%s\",\"岗位\":\"%s\"}", who, role);
  desk_fact(d, "2026-03-01 08:00:00", "人员.入职", "", data);
}

struct order {
  struct arena *a;
  const char *type;
  int n;
  struct consequence last;
};
static void order_look(void *ctx, const struct consequence *c) {
  struct order *o = ctx;
  if (strcmp(consequence_type_name(c->type), o->type) != 0) return;
  o->n++;
  o->last = *c;
  o->last.id = arena_dup(o->a, c->id);
  o->last.item = arena_dup(o->a, c->item);
  o->last.object = arena_dup(o->a, c->object);
  o->last.subject = arena_dup(o->a, c->subject);
  o->last.args = arena_dup(o->a, c->args);
  o->last.text_zh = arena_dup(o->a, c->text_zh);
}
static struct order orders(struct desk *d, const char *type) {
  struct order o = {.a = d->a, .type = type};
  engine_each_consequence(d->engine, order_look, &o);
  return o;
}

static void first_due(void *ctx, const struct rule_clock *c) {
  i64 *due = ctx;
  if (*due == 0) *due = c->due_ms;
}
static i64 due_of(struct desk *d) {
  i64 due = 0;
  engine_each_clock(d->engine, first_due, &due);
  return due;
}
static void due_is(struct desk *d, const char *expected) { assert_true(due_of(d) == when(expected)); }

/* ---- timed arrows ---- */

static const char dun[] =
    "## 催 {#dun}\n```guiju\n单据 催缴\n  字段 费单: 文, 金额: 钱, 倍数: 数, 滞纳: 钱 = 金额 × 倍数\n"
    "  流程 通知 (管理员) → 7天 后 限期 (管理员) → 2小时 后 上门 (管理员)\n  流程 限期 → 通知\n  流程 通知 → 已缴\n  流程 限期 → 已缴\n```\n";

static void timed_arrow(void **state) {
  (void)state;
  struct desk d = small(dun);
  desk_fact(&d, "2026-03-02 10:00:00", "催缴.通知", "", "{\"单\":\"一\"}");
  desk_until(&d, "2026-03-09 23:59:59.999"); /* the seventh day ends at 24:00 */
  assert_int_equal(orders(&d, "move_case").n, 0);
  desk_until(&d, "2026-03-10 00:00:00");
  struct order o = orders(&d, "move_case");
  assert_int_equal(o.n, 1);
  assert_true(str_is(o.last.item, "催缴.限期") && str_is(o.last.object, "一") && !o.last.noted);
  assert_true(o.last.occurred_ms == when("2026-03-10 00:00:00"));
  desk_fact(&d, "2026-03-10 00:00:00", "催缴.限期", "", "{\"单\":\"一\"}"); /* the desk has done it */
  desk_until(&d, "2026-03-10 01:59:59.999");
  assert_int_equal(orders(&d, "move_case").n, 1);
  desk_until(&d, "2026-03-10 02:00:00");
  assert_int_equal(orders(&d, "move_case").n, 2);
  end(&d);
}

static void timed_arrow_dies(void **state) {
  (void)state;
  struct desk d = small(dun);
  desk_fact(&d, "2026-03-02 10:00:00", "催缴.通知", "", "{\"单\":\"一\"}");
  desk_fact(&d, "2026-03-04 10:00:00", "催缴.已缴", "", "{\"单\":\"一\"}");
  desk_fact(&d, "2026-03-02 10:00:00", "催缴.通知", "", "{\"单\":\"二\"}");
  desk_fact(&d, "2026-03-05 10:00:00", "单据.作废", "", "{\"单\":\"二\",\"种\":\"催缴\"}");
  desk_until(&d, "2026-03-20 00:00:00");
  assert_int_equal(orders(&d, "move_case").n, 0);
  end(&d);
}

/* Each entry starts a fresh clock, the old one dies. */
static void fresh_clock(void **state) {
  (void)state;
  struct desk d = small(dun);
  desk_fact(&d, "2026-03-02 10:00:00", "催缴.通知", "", "{\"单\":\"一\"}");
  desk_fact(&d, "2026-03-05 10:00:00", "催缴.限期", "", "{\"单\":\"一\"}");
  desk_fact(&d, "2026-03-05 11:00:00", "催缴.通知", "", "{\"单\":\"一\"}");
  desk_until(&d, "2026-03-12 23:59:59.999");
  assert_int_equal(orders(&d, "move_case").n, 0);
  desk_until(&d, "2026-03-13 00:00:00");
  assert_int_equal(orders(&d, "move_case").n, 1);
  end(&d);
}

/* A late fact that the state was left takes the order back. */
static void late_payment(void **state) {
  (void)state;
  struct desk d = small(dun);
  desk_fact(&d, "2026-03-02 10:00:00", "催缴.通知", "", "{\"单\":\"一\"}");
  desk_until(&d, "2026-03-10 00:00:00");
  assert_int_equal(orders(&d, "move_case").n, 1);
  desk_fact(&d, "2026-03-09 10:00:00", "催缴.已缴", "", "{\"单\":\"一\"}");
  assert_int_equal(orders(&d, "move_case").n, 0);
  end(&d);
}

static void computed_field(void **state) {
  (void)state;
  char text[2000];
  snprintf(text, sizeof text, "%s\n## 滞 {#late}\n```guiju\n凡 催缴.通知 且 滞纳 超过 100元，则 收费 管理员 滞纳\n```\n", dun);
  struct desk d = small(text);
  join(&d, "小管", "管理员");
  desk_fact(&d, "2026-03-02 10:00:00", "催缴.通知", "", "{\"单\":\"一\",\"金额\":\"50.00\",\"倍数\":2}");
  told_is(&d, "");
  desk_fact(&d, "2026-03-02 10:00:01", "催缴.通知", "", "{\"单\":\"二\",\"金额\":\"33.34\",\"倍数\":3}");
  told_is(&d, "charge 小管 100.02 late");
  desk_fact(&d, "2026-03-02 10:00:02", "催缴.通知", "", "{\"单\":\"三\",\"金额\":\"500.00\"}"); /* a part is absent: so is the whole */
  told_is(&d, "charge 小管 100.02 late");
  end(&d);
}

/* ---- 转入, 开单, 派给 ---- */

static const char linked[] =
    "## 连 {#link}\n```guiju\n单据 费单\n  字段 户: 文, 金额: 钱\n  流程 出单 → 缴清\n"
    "单据 催缴\n  字段 费单: 费单, 户: 文, 金额: 钱\n  流程 通知 (管理员) → 上门 (管理员) → 起诉 (管理员)\n  流程 通知 → 已缴\n"
    "#open 凡 费单.出单，则 开单 催缴(费单=此, 户=户, 金额=金额) 派给 管理员\n#paid 凡 费单.缴清，则 转入 催缴.已缴 同 费单\n```\n";

static void opened_with_arguments(void **state) {
  (void)state;
  struct desk d = small(linked);
  join(&d, "小管", "管理员");
  desk_fact(&d, "2026-03-02 10:00:00", "费单.出单", "", "{\"单\":\"f1\",\"户\":\"101\",\"金额\":\"300.00\"}");
  struct order o = orders(&d, "open_case");
  assert_int_equal(o.n, 1);
  assert_true(str_is(o.last.item, "催缴") && str_is(o.last.subject, "小管"));
  assert_string_equal(arena_cstr(d.a, o.last.args), "{\"户\":\"101\",\"费单\":\"f1\",\"金额\":\"300.00\"}");
  join(&d, "大管", "管理员"); /* with two of them it waits for whoever takes it */
  desk_fact(&d, "2026-03-02 11:00:00", "费单.出单", "", "{\"单\":\"f2\",\"户\":\"102\",\"金额\":\"1.00\"}");
  o = orders(&d, "open_case");
  assert_int_equal(o.n, 2);
  assert_true(str_is(o.last.subject, "role:管理员"));
  end(&d);
}

static void moved_along_arrows(void **state) {
  (void)state;
  struct desk d = small(linked);
  desk_fact(&d, "2026-03-02 10:00:00", "催缴.通知", "", "{\"单\":\"k1\",\"费单\":\"f1\"}");
  desk_fact(&d, "2026-03-02 10:00:00", "催缴.通知", "", "{\"单\":\"k2\",\"费单\":\"f2\"}");
  desk_fact(&d, "2026-03-03 10:00:00", "催缴.上门", "", "{\"单\":\"k2\",\"费单\":\"f2\"}");
  desk_fact(&d, "2026-03-04 10:00:00", "费单.缴清", "", "{\"单\":\"f1\"}");
  struct order o = orders(&d, "move_case");
  assert_int_equal(o.n, 1);
  assert_true(str_is(o.last.object, "k1") && str_is(o.last.item, "催缴.已缴") && !o.last.noted);
  desk_fact(&d, "2026-03-05 10:00:00", "费单.缴清", "", "{\"单\":\"f2\"}"); /* no arrow from 上门 to 已缴: noted, not done */
  o = orders(&d, "move_case");
  assert_int_equal(o.n, 2);
  assert_true(str_is(o.last.object, "k2") && o.last.noted);
  assert_true(str_find(o.last.text_zh, STR("从“上门”没有到“已缴”的一步"), 0) != SIZE_MAX);
  desk_fact(&d, "2026-03-06 10:00:00", "费单.缴清", "", "{\"单\":\"f9\"}"); /* nobody was dunned for it */
  assert_true(orders(&d, "move_case").last.noted);
  end(&d);
}

/* A step whose condition does not hold is passed over; a branch with another way beside it is closed instead. */
static void steps_passed_over(void **state) {
  (void)state;
  struct desk d = small("## 步 {#step}\n```guiju\n单据 客诉\n  字段 会办: 是否, 重大: 是否\n  流程 受理 → 会办 若 会办 → 调查 → 上呈 若 重大 → 终审\n"
                        "  流程 调查 → 答复\n#a 凡 订单.下单，则 转入 客诉.调查 同 会话\n#go 凡 检查.发现 其中 项=查，则 转入 客诉.调查 同 检查表\n```\n\n"
                        "## 时 {#time}\n```guiju\n单据 单甲\n  字段 会办: 是否\n  流程 立 → 1小时 后 会办 若 会办 → 毕\n```\n");
  desk_fact(&d, "2026-03-02 10:00:00", "单甲.立", "", "{\"单\":\"一\",\"会办\":true}");
  desk_fact(&d, "2026-03-02 10:00:00", "单甲.立", "", "{\"单\":\"二\",\"会办\":false}");
  desk_until(&d, "2026-03-02 11:00:00");
  struct order o = orders(&d, "move_case");
  assert_int_equal(o.n, 2);
  assert_true(str_is(o.last.object, "二") && str_is(o.last.item, "单甲.毕"));
  end(&d);
}

/* ---- 只计, 停表, 可延期 ---- */

static struct engine *with_calendar(struct desk *d, const struct work_calendar *c) {
  struct problem p = {0};
  engine_free(d->engine);
  d->engine = engine_new(ZONE, c);
  assert_int_equal(engine_publish(d->engine, d->program, when("2026-02-20 00:00:00"), when("2026-03-01 00:00:00"), &p), OK);
  return d->engine;
}

static const char counted[] =
    "## 时 {#hours}\n```guiju\n单据 事\n  字段 到: 时刻\n  流程 立 → 毕\n#h 自 事.立 起 2小时 内(只计 服务时间) 客服 须 事.毕\n```\n";

static void service_hours(void **state) {
  (void)state;
  static const struct { const char *from, *due; } tries[] = {
      {"2026-03-02 09:00:00", "2026-03-02 11:00:00"}, /* Monday */
      {"2026-03-02 10:00:00", "2026-03-02 12:00:00"}, /* to the last instant of the morning */
      {"2026-03-02 10:00:00.001", "2026-03-02 13:00:00.001"},
      {"2026-03-02 11:30:00", "2026-03-02 14:30:00"}, /* over noon */
      {"2026-03-02 12:30:00", "2026-03-02 15:00:00"}, /* begun while closed */
      {"2026-03-02 17:00:00", "2026-03-03 10:00:00"}, /* over night */
      {"2026-03-06 17:30:00", "2026-03-09 10:30:00"}, /* over the weekend */
      {"2026-03-07 10:00:00", "2026-03-09 11:00:00"}, /* on a Saturday */
  };
  for (size_t i = 0; i < COUNT_OF(tries); i++) {
    struct desk d = small(counted);
    desk_fact(&d, tries[i].from, "事.立", "", "{\"单\":\"一\"}");
    due_is(&d, tries[i].due);
    desk_until(&d, tries[i].due); /* the last instant is in time */
    told_is(&d, "");
    engine_advance(d.engine, when(tries[i].due) + 1, NULL);
    told_is(&d, "violation role:客服 hours");
    end(&d);
  }
}

static void holidays_and_make_up_days(void **state) {
  (void)state;
  i64 holiday[1], make_up[1];
  assert_true(date_parse(STR("2026-03-09"), &holiday[0]) && date_parse(STR("2026-03-14"), &make_up[0]));
  i64 from, to;
  assert_true(date_parse(STR("2026-01-01"), &from) && date_parse(STR("2026-03-31"), &to));
  const struct work_calendar c = {.from = from, .to = to, .holidays = holiday, .holiday_count = 1, .make_up = make_up, .make_up_count = 1};
  struct desk d = small(counted);
  with_calendar(&d, &c);
  desk_fact(&d, "2026-03-06 17:30:00", "事.立", "", "{\"单\":\"一\"}"); /* Friday; Monday is a holiday */
  due_is(&d, "2026-03-10 10:30:00");
  end(&d);
  d = small(counted);
  with_calendar(&d, &c);
  desk_fact(&d, "2026-03-13 17:30:00", "事.立", "", "{\"单\":\"一\"}"); /* Saturday is worked */
  due_is(&d, "2026-03-14 10:30:00");
  end(&d);
  d = small(counted);
  with_calendar(&d, &c);
  desk_fact(&d, "2026-03-31 17:30:00", "事.立", "", "{\"单\":\"一\"}"); /* the calendar ends: a person has to look */
  told_is(&d, "manual role:客服 hours");
  end(&d);
}

static void night_hours_and_rests(void **state) {
  (void)state;
  struct desk d = small("## 时 {#hours}\n```guiju\n单据 事\n  流程 立 → 毕\n#n 自 事.立 起 3小时 内(只计 夜时) 客服 须 事.毕\n```\n");
  desk_fact(&d, "2026-03-07 01:00:00", "事.立", "", "{\"单\":\"一\"}"); /* one hour of this night, two of the next */
  due_is(&d, "2026-03-08 00:00:00");
  end(&d);
  d = small("## 时 {#hours}\n```guiju\n单据 事\n  流程 立 → 毕\n#n 自 事.立 起 2小时 内(只计 白班) 客服 须 事.毕\n```\n");
  desk_fact(&d, "2026-03-07 11:00:00", "事.立", "", "{\"单\":\"一\"}"); /* a shift is open every day, less its rest */
  due_is(&d, "2026-03-07 14:00:00");
  end(&d);
}

static void steps_count_inside_hours(void **state) {
  (void)state;
  struct desk d = small("## 时 {#hours}\n```guiju\n单据 事\n  字段 办: 人员\n  流程 立 → 毕\n"
                        "#h 自 事.立 起 1小时 内(只计 服务时间) 办 须 事.毕；逾期 罚款 办 5元 每 30分钟(不足按一个计) 不封顶\n```\n");
  desk_fact(&d, "2026-03-02 16:30:00", "事.立", "", "{\"单\":\"一\",\"办\":\"小王\"}");
  desk_until(&d, "2026-03-02 18:00:00"); /* due 17:30 */
  told_is(&d, "fine 小王 5.00 hours");
  desk_until(&d, "2026-03-03 09:00:00"); /* the night does not count */
  told_is(&d, "fine 小王 5.00 hours");
  desk_until(&d, "2026-03-03 09:00:00.001");
  told_is(&d, "fine 小王 10.00 hours");
  desk_fact(&d, "2026-03-03 09:30:00.001", "事.毕", "", "{\"单\":\"一\",\"办\":\"小王\"}");
  told_is(&d, "fine 小王 15.00 hours");
  end(&d);
}

struct ids {
  struct arena *a;
  struct str id[20];
  size_t n;
};

static void keep_id(void *ctx, const struct consequence *c) {
  struct ids *ids = ctx;
  if (ids->n < COUNT_OF(ids->id)) ids->id[ids->n++] = arena_dup(ids->a, c->id);
}

/* An entry of the second month says what the first one took. */
static void steps_go_on_next_month(void **state) {
  (void)state;
  struct desk d = small("## 时 {#hours}\n```guiju\n单据 事\n  字段 办: 人员\n  流程 立 → 毕\n"
                        "#h 自 事.立 起 1小时 内 办 须 事.毕；逾期 罚款 办 5元 每 1小时(不足按一个计) 不封顶\n```\n");
  desk_fact(&d, "2026-03-31 21:00:00", "事.立", "", "{\"单\":\"一\",\"办\":\"小王\"}");
  desk_until(&d, "2026-04-01 00:00:00");
  told_is(&d, "fine 小王 10.00 hours");
  desk_until(&d, "2026-04-01 02:30:00");
  told_is(&d, "fine 小王 10.00 hours; fine 小王 15.00 hours");
  desk_fact(&d, "2026-04-01 03:00:00", "事.毕", "", "{\"单\":\"一\",\"办\":\"小王\"}");
  desk_until(&d, "2026-06-01 00:00:00"); /* done is done */
  told_is(&d, "fine 小王 10.00 hours; fine 小王 15.00 hours");
  struct ids ids = {.a = d.a};
  engine_each_consequence(d.engine, keep_id, &ids);
  size_t said = 0;
  for (size_t i = 0; i < ids.n; i++) {
    json_t *why = engine_why_json(d.engine, ids.id[i]);
    char *text = json_dumps(why, 0);
    said += text && strstr(text, "以前已记的 2 个") != NULL;
    free(text);
    json_decref(why);
  }
  assert_int_equal(said, 1);
  end(&d);
}

static void pause_inside_hours(void **state) {
  (void)state;
  struct desk d = small("## 时 {#hours}\n```guiju\n单据 事\n  字段 等客户: 是否\n  流程 立 → 毕\n"
                        "#h 自 事.立 起 2小时 内(只计 服务时间, 停表 等客户) 客服 须 事.毕；届前 30分钟 提醒 客服\n```\n");
  join(&d, "小王", "客服");
  desk_fact(&d, "2026-03-02 10:00:00", "事.立", "", "{\"单\":\"一\"}"); /* due 12:00 */
  desk_fact(&d, "2026-03-02 11:00:00", "单据.填写", "", "{\"单\":\"一\",\"种\":\"事\",\"等客户\":true}");
  desk_until(&d, "2026-03-02 12:00:01");
  told_is(&d, ""); /* neither warned nor violated while it stands */
  desk_fact(&d, "2026-03-02 17:30:00", "单据.填写", "", "{\"单\":\"一\",\"种\":\"事\",\"等客户\":false}");
  due_is(&d, "2026-03-03 09:30:00"); /* one hour was left: half today, half tomorrow */
  desk_until(&d, "2026-03-03 09:30:00");
  told_is(&d, "remind 小王 hours");
  desk_until(&d, "2026-03-03 09:30:00.001");
  told_is(&d, "remind 小王 hours; violation 小王 hours");
  end(&d);
}

static void extension(void **state) {
  (void)state;
  struct desk d = small("## 时 {#hours}\n```guiju\n单据 事\n  流程 立 → 毕\n#a 自 事.立 起 1小时 内(可延期) 客服 须 事.毕；届前 10分钟 提醒 客服\n"
                        "#b 自 事.立 起 1小时 内 主管 须 事.毕\n```\n");
  join(&d, "小王", "客服");
  join(&d, "老周", "主管");
  desk_fact(&d, "2026-03-02 10:00:00", "事.立", "", "{\"单\":\"一\"}");
  desk_fact(&d, "2026-03-02 10:30:00", "事.延期", "", "{\"单\":\"一\",\"新限\":\"2026-03-02 15:00:00\"}");
  desk_until(&d, "2026-03-02 14:49:59.999");
  told_is(&d, "violation 老周 hours"); /* what was not extendable stands */
  desk_until(&d, "2026-03-02 15:00:00");
  told_is(&d, "remind 小王 hours; violation 老周 hours");
  desk_until(&d, "2026-03-02 15:00:00.001");
  told_is(&d, "remind 小王 hours; violation 小王 hours; violation 老周 hours");
  desk_fact(&d, "2026-03-02 15:10:00", "事.延期", "", "{\"单\":\"一\",\"新限\":\"2026-03-02 18:00:00\"}"); /* too late: what is broken stays so */
  told_is(&d, "remind 小王 hours; violation 小王 hours; violation 老周 hours");
  end(&d);
}

/* ---- facts of the clock ---- */

static void shift_facts(void **state) {
  (void)state;
  struct desk d = small("## 班 {#shift}\n```guiju\n#on 凡 班次.开始，则 提醒 当事人 “上班”\n#off 凡 班次.结束，则 提醒 当事人 “下班”\n"
                        "#gap 凡 班次.空岗 且 非 因请假，则 处分 应到人 空岗\n```\n");
  desk_fact(&d, "2026-03-02 08:00:00", "班次.排定", "", "{\"当事人\":\"小王\",\"班次\":\"白班\",\"日期\":\"2026-03-02\",\"类\":\"班\"}");
  desk_fact(&d, "2026-03-02 08:00:00", "班次.排定", "", "{\"当事人\":\"小李\",\"班次\":\"白班\",\"日期\":\"2026-03-02\",\"类\":\"班\"}");
  desk_until(&d, "2026-03-02 08:59:59.999");
  told_is(&d, "");
  desk_until(&d, "2026-03-02 09:00:00");
  told_is(&d, "remind 小李 shift; remind 小王 shift");
  desk_fact(&d, "2026-03-02 09:00:00", "考勤.上班", "小王", "{\"当事人\":\"小王\",\"班次\":\"白班\"}");
  desk_until(&d, "2026-03-02 17:59:59.999");
  told_is(&d, "remind 小李 shift; remind 小王 shift");
  desk_until(&d, "2026-03-02 18:00:00");
  told_is(&d, "discipline 小李 shift; remind 小李 shift; remind 小李 shift; remind 小王 shift; remind 小王 shift");
  end(&d);
}

/* Who takes a shift over is the one expected there. */
static void covered_shift(void **state) {
  (void)state;
  struct desk d = small("## 班 {#shift}\n```guiju\n凡 班次.空岗，则 处分 应到人 空岗\n```\n");
  desk_fact(&d, "2026-03-02 08:00:00", "班次.排定", "", "{\"当事人\":\"小王\",\"班次\":\"白班\",\"日期\":\"2026-03-02\",\"类\":\"班\"}");
  desk_fact(&d, "2026-03-02 08:30:00", "班次.排定", "", "{\"当事人\":\"小王\",\"班次\":\"白班\",\"日期\":\"2026-03-02\",\"类\":\"休\"}");
  desk_fact(&d, "2026-03-02 08:30:00", "班次.排定", "", "{\"当事人\":\"小李\",\"班次\":\"白班\",\"日期\":\"2026-03-02\",\"类\":\"班\"}");
  desk_fact(&d, "2026-03-02 08:55:00", "考勤.上班", "小李", "{\"当事人\":\"小李\",\"班次\":\"白班\"}");
  desk_until(&d, "2026-03-03 12:00:00");
  told_is(&d, "");
  end(&d);
}

static void clock_ran_out(void **state) {
  (void)state;
  struct desk d = small("## 时 {#hours}\n```guiju\n单据 事\n  流程 立 → 毕\n#h 自 事.立 起 1小时 内 客服 须 事.毕\n"
                        "#again 凡 时钟.到点 且 条款 = #hours，则 上报 主管\n```\n");
  join(&d, "老周", "主管");
  desk_fact(&d, "2026-03-02 10:00:00", "事.立", "", "{\"单\":\"一\"}");
  desk_fact(&d, "2026-03-02 10:00:00", "事.立", "", "{\"单\":\"二\"}");
  desk_fact(&d, "2026-03-02 11:00:00", "事.毕", "", "{\"单\":\"二\"}");
  desk_until(&d, "2026-03-02 11:00:00.001");
  struct order o = orders(&d, "escalate");
  assert_int_equal(o.n, 1);
  assert_true(str_is(o.last.subject, "老周"));
  end(&d);
}

static void clause_facts_are_not_entered(void **state) {
  (void)state;
  struct desk d = small(counted);
  struct problem p = {0};
  struct event *e = desk_event(&d, "2026-03-02 10:00:00", "班次.空岗", "", "{\"班次\":\"白班\",\"应到人\":\"小王\"}");
  assert_int_equal(engine_step(d.engine, e, NULL, &p), E_INVALID);
  end(&d);
}

/* ---- 违反(#id, object) ---- */

static void broken_in_that_matter(void **state) {
  (void)state;
  struct desk d = small("## 诉 {#complaint}\n```guiju\n单据 客诉\n  字段 原单: 客诉\n  流程 登记 → 答复\n#three 自 客诉.登记 起 3天 内 主管 须 客诉.答复\n"
                        "#again 凡 客诉.登记 且 原单 非空 且 违反(#three, 原单)，则 罚款 主管 50元\n```\n");
  join(&d, "老周", "主管");
  desk_fact(&d, "2026-03-02 10:00:00", "客诉.登记", "", "{\"单\":\"一\"}");
  desk_fact(&d, "2026-03-02 10:00:00", "客诉.登记", "", "{\"单\":\"二\"}");
  desk_fact(&d, "2026-03-05 23:59:59.999", "客诉.答复", "", "{\"单\":\"二\"}");
  desk_fact(&d, "2026-03-06 10:00:00", "客诉.登记", "", "{\"单\":\"三\",\"原单\":\"二\"}");
  told_is(&d, "violation 老周 complaint"); /* 二 was answered in time: its repeat is not for lateness */
  desk_fact(&d, "2026-03-06 11:00:00", "客诉.登记", "", "{\"单\":\"四\",\"原单\":\"一\"}");
  told_is(&d, "fine 老周 50.00 complaint; violation 老周 complaint");
  end(&d);
}

/* ---- sets of cases, settlements by things ---- */

static const char visits[] =
    "## 访 {#visit}\n```guiju\n单据 客诉\n  字段 经销商: 客户\n  流程 登记 → 答复 → 回访\n每 周 对(客诉 其中 状态=答复) 客服 须 客诉.回访；逾期 提醒 客服\n```\n\n"
    "## 结 {#settle}\n```guiju\n#charge 凡 客诉.登记 且 经销商 非空，则 收费 经销商 200元\n"
    "#sum 每 自然月 结 按 经销商:\n  若 合计(账.收费.额) 满 400元 则 通知 主管 “到四百了”\n```\n";

static void one_duty_for_each_case(void **state) {
  (void)state;
  struct desk d = small(visits);
  join(&d, "小王", "客服");
  desk_fact(&d, "2026-03-02 10:00:00", "客诉.登记", "", "{\"单\":\"一\"}");
  desk_fact(&d, "2026-03-02 10:00:00", "客诉.登记", "", "{\"单\":\"二\"}");
  desk_until(&d, "2026-03-05 10:00:00");
  desk_fact(&d, "2026-03-03 10:00:00", "客诉.答复", "", "{\"单\":\"一\"}"); /* heard of late: it belongs to the set all the same */
  desk_fact(&d, "2026-03-03 10:00:00", "客诉.答复", "", "{\"单\":\"二\"}");
  desk_fact(&d, "2026-03-06 10:00:00", "客诉.回访", "", "{\"单\":\"二\"}");
  desk_until(&d, "2026-03-08 23:59:59.999");
  told_is(&d, "");
  desk_until(&d, "2026-03-09 00:00:00");
  struct order o = orders(&d, "remind");
  assert_int_equal(o.n, 1);
  assert_true(str_is(o.last.object, "一"));
  desk_fact(&d, "2026-03-08 10:00:00", "客诉.回访", "", "{\"单\":\"一\"}"); /* it had been done in time */
  assert_int_equal(orders(&d, "remind").n, 0);
  end(&d);
}

static void settled_by_dealer(void **state) {
  (void)state;
  struct desk d = small(visits);
  join(&d, "老周", "主管");
  desk_fact(&d, "2026-03-02 10:00:00", "客诉.登记", "", "{\"单\":\"一\",\"经销商\":\"北\"}");
  desk_fact(&d, "2026-03-31 23:59:59.999", "客诉.登记", "", "{\"单\":\"二\",\"经销商\":\"南\"}");
  desk_fact(&d, "2026-04-01 00:00:00", "客诉.登记", "", "{\"单\":\"三\",\"经销商\":\"北\"}");
  desk_until(&d, "2026-04-01 12:00:00");
  assert_int_equal(orders(&d, "notify").n, 0); /* each has 200 in March */
  desk_fact(&d, "2026-03-20 10:00:00", "客诉.登记", "", "{\"单\":\"四\",\"经销商\":\"北\"}"); /* a late one makes it 400 */
  assert_int_equal(orders(&d, "notify").n, 1);
  end(&d);
}

/* ---- routes by amount ---- */

static const char routed[] =
    "## 核 {#route}\n```guiju\n单据 请购\n  当事 申请人\n  字段 申请人: 人员, 金额: 钱\n  流程 提出 → 核定\n审批 请购.核定 按 金额:\n"
    "  | 不满1000元 | 主管 |\n  | 1000元至5000元 | 经理 |\n  | 超过5000元 | 主管 → 经理 |\n```\n";

static struct gate_decision asked(struct desk *d, const char *actor, const char *data) {
  struct gate_decision g;
  struct problem p = {0};
  assert_int_equal(engine_gate(d->engine, d->a, desk_event(d, "2026-03-02 10:00:00", "请购.核定", actor, data), &g, &p), OK);
  return g;
}
static void stage_is(const struct gate_decision *g, size_t i, const char *person) {
  assert_true(i < g->stage_count && g->stages[i].person_count == 1);
  assert_true(str_is(g->stages[i].persons[0], person));
}

static void authority_by_amount(void **state) {
  (void)state;
  struct desk d = small(routed);
  join(&d, "小王", "客服");
  join(&d, "老周", "主管");
  join(&d, "老吴", "经理");
  struct gate_decision g = asked(&d, "小王", "{\"单\":\"一\",\"申请人\":\"小王\",\"金额\":\"999.99\"}");
  assert_int_equal(g.verdict, GATE_CONSULT);
  stage_is(&g, 0, "老周");
  g = asked(&d, "小王", "{\"单\":\"一\",\"申请人\":\"小王\",\"金额\":\"1000.00\"}");
  stage_is(&g, 0, "老吴");
  g = asked(&d, "小王", "{\"单\":\"一\",\"申请人\":\"小王\",\"金额\":\"5000.00\"}");
  assert_int_equal(g.stage_count, 1);
  g = asked(&d, "小王", "{\"单\":\"一\",\"申请人\":\"小王\",\"金额\":\"5000.01\"}");
  assert_int_equal(g.stage_count, 2);
  stage_is(&g, 0, "老周");
  stage_is(&g, 1, "老吴");
  g = asked(&d, "小王", "{\"单\":\"一\",\"申请人\":\"小王\"}"); /* nobody knows whose decision it is */
  assert_int_equal(g.verdict, GATE_REFUSE);
  end(&d);
}

static void own_request_and_absence(void **state) {
  (void)state;
  struct desk d = small(routed);
  join(&d, "老周", "主管");
  join(&d, "老吴", "经理");
  struct gate_decision g = asked(&d, "老周", "{\"单\":\"一\",\"申请人\":\"老周\",\"金额\":\"10.00\"}");
  stage_is(&g, 0, "老吴"); /* one's own request goes to the superior */
  g = asked(&d, "老周", "{\"单\":\"一\",\"申请人\":\"小王\",\"金额\":\"10.00\"}");
  assert_int_equal(g.verdict, GATE_PERMIT); /* the authority itself, in somebody else's matter */
  end(&d);
  d = small(routed);
  join(&d, "小王", "客服");
  join(&d, "老副", "副主管");
  g = asked(&d, "小王", "{\"单\":\"一\",\"申请人\":\"小王\",\"金额\":\"10.00\"}");
  stage_is(&g, 0, "老副"); /* nobody holds the role: its deputy */
  end(&d);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(timed_arrow), cmocka_unit_test(timed_arrow_dies), cmocka_unit_test(fresh_clock), cmocka_unit_test(late_payment),
      cmocka_unit_test(computed_field), cmocka_unit_test(opened_with_arguments), cmocka_unit_test(moved_along_arrows), cmocka_unit_test(steps_passed_over),
      cmocka_unit_test(service_hours), cmocka_unit_test(holidays_and_make_up_days), cmocka_unit_test(night_hours_and_rests),
      cmocka_unit_test(steps_count_inside_hours), cmocka_unit_test(steps_go_on_next_month), cmocka_unit_test(pause_inside_hours), cmocka_unit_test(extension), cmocka_unit_test(shift_facts),
      cmocka_unit_test(covered_shift), cmocka_unit_test(clock_ran_out), cmocka_unit_test(clause_facts_are_not_entered),
      cmocka_unit_test(broken_in_that_matter), cmocka_unit_test(one_duty_for_each_case), cmocka_unit_test(settled_by_dealer), cmocka_unit_test(authority_by_amount), cmocka_unit_test(own_request_and_absence),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
