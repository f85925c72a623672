/* `guiju demo`: a small online shop at work. The story is played through the same commands as the pages send, on a clock
 * that runs from three weeks ago to now, so everything a person sees afterwards was derived, nothing was filled in.
 * Same seed, same story. It promises a desk that looks alive, not statistics. */
#include "app/demo.h"

#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { DEMO_DAYS = 20, DEMO_AGENTS = 4, DEMO_STAFF = 11, BUYERS = 40, TALKS_A_SHIFT = 9, OPEN_TALKS = 6 };

static const struct {
  const char *name, *job_number, *role;
  int superior; /* index, -1 none */
  i64 base_fen;
} staff[DEMO_STAFF] = {
    {"周远", "001", "部门经理", -1, 900000}, {"方敏", "002", "主管", 0, 750000},   {"陈嘉", "003", "组长", 1, 620000},
    {"林晓", "101", "客服", 2, 450000},      {"苏琪", "102", "客服", 2, 450000},   {"周宁", "103", "客服", 2, 450000},
    {"吴桐", "104", "客服", 2, 430000},      {"罗安", "201", "制单员", 0, 420000}, {"许言", "202", "采购部", 0, 520000},
    {"唐禾", "203", "行政部", 0, 460000},    {"何雨", "105", "客服", 2, 430000},
};
static const int agents[DEMO_AGENTS] = {3, 4, 5, 6};
static const char *const buyers[] = {"青竹", "云边有风", "小满不满", "阿树", "木木的妈妈", "远山", "七月半夏", "兔子不吃草", "山野", "栗子壳",
                                     "一只柚子", "江南雨", "老周的猫", "豆包", "晚风", "橘子汽水", "白鹿", "三口半", "麦田", "南枝"};
static const char *const questions[] = {"你好，这款餐桌能做 1.45 米吗？", "请问现在下单什么时候能发货？", "这个颜色和图片差得多吗？", "可以开发票吗？抬头怎么填",
                                        "抽屉装反了怎么拆下来？", "桌面上有一道划痕，怎么处理", "到乌鲁木齐要不要加运费？", "能帮我改一下收货地址吗"};
static const char *const answers[] = {"您好，可以做的，最长能做到 1.8 米。", "您好，今天下单，后天从仓库发出。", "实物比图片略深一点，我给您发一张自然光下的照片。",
                                      "可以的，您把抬头和税号发给我，我备注在订单上。", "您先把滑轨两侧的卡扣往里按，再往外抽就下来了。",
                                      "真对不起，您拍一张照片给我，我马上给您登记换新。"};
static const char *const thanks[] = {"好的，谢谢", "明白了，我再看看", "那我下单了", "嗯嗯，辛苦"};
static const char *const goods[] = {"胡桃木边几 45 厘米", "橡木餐桌 1.4 米", "樱桃木床头柜", "小书架 三层", "实木餐椅 两把"};

u64 demo_random(struct demo *d) { /* SplitMix64 */
  u64 z = d->seed += 0x9e3779b97f4a7c15ULL;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
  return z ^ z >> 31;
}
i64 demo_between(struct demo *d, i64 least, i64 most) { return least + (i64)(demo_random(d) % (u64)(most - least + 1)); }
static bool chance(struct demo *d, int percent) { return demo_between(d, 1, 100) <= percent; }
#define PICK(d, list) (list)[demo_random(d) % COUNT_OF(list)]

/* One command or read as somebody; NULL when it was refused (said on the log: the story goes on). Takes `args`. */
json_t *demo_act(struct demo *d, const struct actor *who, const char *name, json_t *args) {
  struct problem p = {0};
  json_t *result = NULL;
  struct request r = {.name = str_c(name), .owned_args = args, .actor = *who};
  if (d->now > d->end) {
    json_decref(args);
    return NULL;
  }
  enum status status = writer_call(d->writer, &r, &result, &p);
  if (status == OK) return result ? result : json_object();
  if (status != E_REFUSED || d->loud) log_warn("demo: %s by %.*s: %s", name, STR_ARG(who->name), p.en);
  d->refused++;
  json_decref(result);
  return NULL;
}

static void act(struct demo *d, const struct actor *who, const char *name, json_t *args) { json_decref(demo_act(d, who, name, args)); }

static void go_to(struct demo *d, i64 at) {
  struct problem p = {0};
  if (at > d->now) d->now = at;
  if (d->now <= d->end && writer_tick(d->writer, &p) != OK) log_warn("demo: tick: %s", p.en);
}

/* ---- people ---------------------------------------------------------------------------------------------------------- */

enum status demo_hire(struct demo *d, struct problem *p) {
  struct str hash;
  enum status status = OK;
  TRY(session_hash_password(d->arena, str_c(DEMO_PASSWORD), &hash, p));
  d->password_hash = hash;
  const struct actor nobody = {.type = ACTOR_SYSTEM, .name = STR("demo")};
  json_t *done = demo_act(d, &nobody, "setup.run",
                          json_pack("{s:s,s:s,s:s%,s:{s:s,s:s,s:s%}}", "shop", "青禾家居", "template", "c14", "source", d->source.p, d->source.n, "owner", "name",
                                    staff[0].name, "job_number", staff[0].job_number, "password_hash", hash.p, hash.n));
  if (!done) return problem_set(p, E_CONFLICT, "demo.exists", "这个数据目录里已经有一个部门，演示数据要放在空目录里", "There is a desk in this data folder already; the demo needs an empty one");
  const char *owner = NULL;
  json_t *person = json_object_get(done, "person");
  if (json_is_object(person)) owner = json_string_value(json_object_get(person, "id"));
  if (!owner) owner = json_string_value(person);
  if (!owner) owner = json_string_value(json_object_get(done, "id"));
  d->people[0] = (struct actor){.type = ACTOR_PERSON, .id = arena_dup(d->arena, str_c(owner ? owner : "p1")), .name = str_c(staff[0].name), .role = str_c(staff[0].role), .owner = true};
  json_decref(done);
  act(d, &d->people[0], "people.change", json_pack("{s:s%,s:I}", "id", d->people[0].id.p, d->people[0].id.n, "base_wage_fen", (json_int_t)staff[0].base_fen));
  for (int i = 1; i < DEMO_STAFF; i++) {
    json_t *args = json_pack("{s:s,s:s,s:s,s:I,s:s%}", "name", staff[i].name, "job_number", staff[i].job_number, "role", staff[i].role, "base_wage_fen",
                             (json_int_t)staff[i].base_fen, "password_hash", hash.p, hash.n);
    if (staff[i].superior >= 0) json_object_set_new(args, "superior", json_stringn(d->people[staff[i].superior].id.p, d->people[staff[i].superior].id.n));
    done = demo_act(d, &d->people[0], "people.add", args);
    if (!done) return problem_set(p, E_CONFLICT, "demo.person", "演示人员“%s”没有加进去", "The demo person “%s” could not be added", staff[i].name);
    const char *id = json_string_value(json_object_get(done, "id"));
    d->people[i] = (struct actor){.type = ACTOR_PERSON, .id = arena_dup(d->arena, str_c(id)), .name = str_c(staff[i].name), .role = str_c(staff[i].role)};
    json_decref(done);
  }
done:
  return status;
}

int demo_agent(int i) { return i < DEMO_AGENTS ? agents[i] : DEMO_STAFF - 1; }

enum status demo_hire_agent(struct demo *d, struct str name, struct str job_number, struct str *id, struct problem *p) {
  json_t *args = json_pack("{s:s%,s:s%,s:s,s:I,s:s%,s:s%}", "name", name.p, name.n, "job_number", job_number.p, job_number.n, "role", "客服", "base_wage_fen", (json_int_t)430000, "password_hash",
                           d->password_hash.p, d->password_hash.n, "superior", d->people[2].id.p, d->people[2].id.n);
  json_t *done = demo_act(d, &d->people[0], "people.add", args);
  if (!done) return problem_set(p, E_CONFLICT, "demo.person", "演示人员“%.*s”没有加进去", "The demo person “%.*s” could not be added", STR_ARG(name));
  *id = arena_dup(d->arena, str_c(json_string_value(json_object_get(done, "id"))));
  json_decref(done);
  return OK;
}

/* Agents 0 and 1 by day, 2 and 3 by night; each rests one day in seven, in turn. "" = rest. */
static const char *shift_of(int agent, i64 date) {
  if ((date + agent * 2) % 7 == 0) return "休";
  return agent < 2 ? "白班" : "夜班";
}

static void publish_week(struct demo *d, i64 monday) {
  json_t *cells = json_array();
  char from[16], to[16];
  for (i64 date = monday; date < monday + 7; date++) {
    struct str day = calendar_show_date(d->arena, date);
    if (date == monday) snprintf(from, sizeof from, "%.*s", STR_ARG(day));
    snprintf(to, sizeof to, "%.*s", STR_ARG(day));
    for (int a = 0; a < DEMO_AGENTS; a++)
      json_array_append_new(cells, json_pack("{s:s%,s:s,s:s}", "person", d->people[agents[a]].id.p, d->people[agents[a]].id.n, "date", to, "shift", shift_of(a, date)));
  }
  act(d, &d->people[2], "roster.publish", json_pack("{s:s,s:s,s:o}", "from", from, "to", to, "cells", cells));
}

/* ---- a shift ----------------------------------------------------------------------------------------------------------- */

/* Do what this person owes and can do now, except now and then. */
static void do_duties(struct demo *d, const struct actor *who, i64 due_before, int percent) {
  json_t *today = demo_act(d, who, "duty.today", json_object()), *duty;
  size_t i;
  json_array_foreach(json_object_get(today, "duties"), i, duty) {
    const char *state = json_string_value(json_object_get(duty, "state")), *id = json_string_value(json_object_get(duty, "id"));
    json_t *evidence = json_object_get(duty, "evidence"), *kind;
    if (!state || strcmp(state, "pending") != 0 || !id || json_integer_value(json_object_get(duty, "due_ms")) > due_before) continue;
    if (json_is_false(json_object_get(duty, "can_report")) || !chance(d, percent)) continue;
    json_t *args = json_pack("{s:s,s:s}", "id", id, "text", "已完成");
    size_t k;
    json_array_foreach(evidence, k, kind) {
      const char *word = json_string_value(kind);
      if (!word) continue;
      if (strcmp(word, "签到") == 0 || strcmp(word, "签名") == 0) json_object_set_new(args, "sign", json_stringn(who->name.p, who->name.n));
      else json_object_set_new(args, "files", json_pack("[s]", d->picture));
    }
    if (json_array_size(evidence) == 0 && json_object_get(duty, "goal_case")) {
      json_decref(args);
      continue;
    }
    act(d, who, "duty.done", args);
  }
  json_decref(today);
}

static void come(struct demo *d, int a, i64 start) {
  const struct actor *who = &d->people[agents[a]];
  go_to(d, start - demo_between(d, 8, 18) * MS_MINUTE);
  do_duties(d, who, start + MS_MINUTE, 97);
  go_to(d, chance(d, 95) ? start - demo_between(d, 1, 6) * MS_MINUTE : start + demo_between(d, 1, 9) * MS_MINUTE);
  act(d, who, "attendance.in", json_object());
  act(d, who, "presence.change", json_pack("{s:s}", "state", "online"));
}

static void hand_over(struct demo *d, int a, int to, i64 end) {
  const struct actor *who = &d->people[agents[a]], *next = &d->people[agents[to]];
  go_to(d, end - 20 * MS_MINUTE);
  json_t *fields = json_pack("{s:s%,s:s%,s:s}", "交班人", who->id.p, who->id.n, "接班人", next->id.p, next->id.n, "未了事项",
                             chance(d, 50) ? "没有未了的事" : "青竹的餐桌尺寸等工厂回复，明早 10 点前回电");
  json_t *done = demo_act(d, who, "case.open", json_pack("{s:s,s:o}", "type", "交接", "fields", fields));
  const char *id = json_string_value(json_object_get(done, "id"));
  if (id) {
    go_to(d, end - 12 * MS_MINUTE);
    act(d, next, "case.move", json_pack("{s:s,s:s}", "id", id, "to", "接收"));
  }
  json_decref(done);
}

/* Without the handover book nobody signs off: who forgot it writes it then. */
static void leave(struct demo *d, int a, int to, i64 end) {
  const struct actor *who = &d->people[agents[a]];
  go_to(d, end + demo_between(d, 1, 5) * MS_MINUTE);
  json_t *done = demo_act(d, who, "attendance.out", json_object());
  if (!done) {
    hand_over(d, a, to, end);
    act(d, who, "attendance.out", json_object());
  }
  json_decref(done);
  act(d, who, "presence.change", json_pack("{s:s}", "state", "offline"));
}

/* ---- customers -------------------------------------------------------------------------------------------------------- */

/* An order of the visitor, imported, given to the agent, noted; the visitor is known as its buyer from then on. */
static void note_order(struct demo *d, const struct actor *who, const char *buyer, i64 fen, bool special, const char *token) {
  static const struct actor visitor = {.type = ACTOR_NOBODY, .name = {"visitor", 7}};
  if (d->now > d->end) return; /* an import does not ask: nothing may lie in the future */
  bool recent = d->start_of_now - d->now < 3 * (i64)MS_DAY;
  char no[32], date[32], amount[24];
  snprintf(no, sizeof no, "26%010lld", (long long)(++d->order_count * 7919 + 100000000));
  struct str created = calendar_show_instant(d->arena, d->now - 4 * MS_MINUTE, d->zone), paid = calendar_show_instant(d->arena, d->now - 2 * MS_MINUTE, d->zone);
  snprintf(date, sizeof date, "%.*s", STR_ARG(created));
  snprintf(amount, sizeof amount, "%lld.%02lld", (long long)(fen / 100), (long long)(fen % 100));
  struct buf csv;
  buf_init(&csv, 4096);
  buf_printf(&csv, "订单编号,买家会员名,买家实际支付金额,订单状态,订单创建时间,订单付款时间,宝贝标题,宝贝总数量,买家留言\n%s,%s,%s,%s,%s,%.*s,%s,1,%s\n", no, buyer, amount, recent ? "买家已付款" : "交易成功", date,
             STR_ARG(paid), PICK(d, goods), special ? "周末送货，到之前打电话" : "");
  demo_import_orders(d, buf_str(&csv));
  buf_release(&csv);
  act(d, &d->people[2], "order.assign", json_pack("{s:s,s:s%}", "no", no, "agent", who->id.p, who->id.n));
  act(d, &visitor, "widget.link", json_pack("{s:s,s:s}", "token_hash", token, "order", no));
  if (!chance(d, 93)) return;
  go_to(d, d->now + 40 * MS_SECOND);
  struct str text = arena_printf(d->arena, "工号 %s", staff[who - d->people].job_number);
  act(d, who, "order.note", json_pack("{s:s,s:s%,s:s}", "no", no, "text", text.p, text.n, "flag", special ? "红" : ""));
}

static bool talk(struct demo *d, bool last_days, bool leave_open) {
  char token[SESSION_HASH_HEX + 1];
  const char *buyer = PICK(d, buyers);
  struct str seed = arena_printf(d->arena, "demo-visitor-%d", d->talk_count++);
  session_token_hash(seed, token);
  const struct actor visitor = {.type = ACTOR_NOBODY, .name = STR("visitor")};
  act(d, &visitor, "widget.start", json_pack("{s:s,s:s,s:s}", "token_hash", token, "name", buyer, "page", "https://shop.example/item/45"));
  json_t *said = demo_act(d, &visitor, "widget.say", json_pack("{s:s,s:s}", "token_hash", token, "text", PICK(d, questions)));
  struct str id = arena_dup(d->arena, str_c(json_string_value(json_object_get(said, "conversation"))));
  json_decref(said);
  if (!id.n) return false;
  json_t *seen = demo_act(d, &d->people[2], "conversation.get", json_pack("{s:s%}", "id", id.p, id.n)), *agent = json_object_get(seen, "agent");
  const char *holder = json_is_object(agent) ? json_string_value(json_object_get(agent, "id")) : json_string_value(agent);
  const struct actor *who = NULL;
  for (int i = 0; i < DEMO_STAFF; i++)
    if (holder && str_is(d->people[i].id, holder)) who = &d->people[i];
  json_decref(seen);
  if (!who) return false;
  if (leave_open && chance(d, 40)) return true;
  go_to(d, d->now + (chance(d, 94) ? demo_between(d, 5, 28) : demo_between(d, 32, 118)) * MS_SECOND);
  act(d, who, "conversation.reply", json_pack("{s:s%,s:s}", "id", id.p, id.n, "text", "您好，我是客服，很高兴为您服务。"));
  for (i64 turns = demo_between(d, 1, 3); turns > 0; turns--) {
    go_to(d, d->now + demo_between(d, 10, 35) * MS_SECOND);
    act(d, who, "conversation.reply", json_pack("{s:s%,s:s}", "id", id.p, id.n, "text", PICK(d, answers)));
    go_to(d, d->now + demo_between(d, 15, 70) * MS_SECOND);
    act(d, &visitor, "widget.say", json_pack("{s:s,s:s}", "token_hash", token, "text", turns == 1 ? PICK(d, thanks) : PICK(d, questions)));
  }
  bool deal = chance(d, 42);
  if (leave_open) {
    note_order(d, who, buyer, demo_between(d, 12900, 158000), chance(d, 50), token);
    if (chance(d, 50)) act(d, who, "conversation.reply", json_pack("{s:s%,s:s}", "id", id.p, id.n, "text", "好的，您慢慢看，有问题随时叫我。"));
    return true;
  }
  go_to(d, d->now + demo_between(d, 10, 40) * MS_SECOND);
  act(d, who, "conversation.close", json_pack("{s:s%,s:s,s:b,s:s}", "id", id.p, id.n, "reason", "询价", "deal", deal, "no_deal_reason", deal ? "" : "运费比预想的高"));
  if (last_days && chance(d, 30)) act(d, &visitor, "widget.rate", json_pack("{s:s,s:i}", "token_hash", token, "score", (int)demo_between(d, 3, 5)));
  if (deal) note_order(d, who, buyer, demo_between(d, 12900, 158000), chance(d, 12), token);
  return true;
}

/* ---- what leaders do ---------------------------------------------------------------------------------------------------- */

static void one_case(struct demo *d, const struct actor *who, const char *type, json_t *fields, const char *const *moves, const struct actor *mover) {
  json_t *done = demo_act(d, who, "case.open", json_pack("{s:s,s:o}", "type", type, "fields", fields));
  struct str id = arena_dup(d->arena, str_c(json_string_value(json_object_get(done, "id"))));
  json_decref(done);
  for (; id.n && moves && *moves; moves++) {
    go_to(d, d->now + 6 * MS_MINUTE);
    const struct actor *by = strcmp(*moves, "上报") == 0 ? who : mover;
    act(d, by, "case.move", json_pack("{s:s%,s:s}", "id", id.p, id.n, "to", *moves));
  }
}

static void some_cases(struct demo *d, int day) {
  const struct actor *lin = &d->people[3], *su = &d->people[4], *zhou = &d->people[5], *head = &d->people[1], *office = &d->people[9];
  static const char *const adopted[] = {"上报", "采纳", NULL}, *const reported[] = {"上报", NULL}, *const upheld[] = {"核实", "成立", NULL}, *const looking[] = {"核实", NULL},
                    *const none[] = {NULL};
#define WHO(person) (person)->id.p, (person)->id.n
  if (day == 3) one_case(d, lin, "备忘", json_pack("{s:s%,s:s,s:s}", "记录人", WHO(lin), "类别", "想法", "内容", "详情页把安装视频放到第二屏，能少一半安装咨询"), adopted, head);
  if (day == 6) one_case(d, su, "备忘", json_pack("{s:s%,s:s,s:s}", "记录人", WHO(su), "类别", "问题", "内容", "新疆运费模板没有更新，三位顾客付了款又退"), reported, head);
  if (day == 8) one_case(d, lin, "投诉", json_pack("{s:s,s:s,s:s,s:s%}", "客户", "u:云边有风", "事由", "服务", "内容", "说好回电没有回，打了两次才接", "责任人", WHO(zhou)), upheld, head);
  if (day == 12) one_case(d, su, "投诉", json_pack("{s:s,s:s,s:s}", "客户", "u:远山", "事由", "物流", "内容", "送货师傅没有送上楼"), looking, head);
  if (day == 15) one_case(d, lin, "投诉", json_pack("{s:s,s:s,s:s,s:s%}", "客户", "u:阿树", "事由", "服务", "内容", "语气不耐烦", "责任人", WHO(su)), looking, head);
  if (day == 5) one_case(d, office, "领用", json_pack("{s:s%,s:s,s:i,s:s,s:s}", "领用人", WHO(lin), "物品", "耳麦", "数量", 1, "单价", "89.00", "签名", "林晓"), none, office);
  if (day == 17) one_case(d, su, "请示", json_pack("{s:s%,s:s}", "请示人", WHO(su), "事项", "顾客要求开具去年的发票，制度里没有写"), none, head);
  if (day == 18) {
    struct str from = calendar_show_instant(d->arena, d->now + 3 * MS_DAY, d->zone), to = calendar_show_instant(d->arena, d->now + 3 * MS_DAY + 9 * MS_HOUR, d->zone);
    one_case(d, zhou, "请假", json_pack("{s:s%,s:s%,s:s%,s:s,s:s}", "申请人", WHO(zhou), "起时", from.p, from.n, "止时", to.p, to.n, "种类", "事假", "事由", "家里装宽带，要有人在"), none, head);
  }
#undef WHO
}

static void judge(struct demo *d, bool all) {
  struct civil c = civil_from_date(instant_date(d->now, d->zone));
  char month[16];
  snprintf(month, sizeof month, "%04d-%02d", c.year, c.month);
  for (int a = 0; a < DEMO_AGENTS; a++) {
    const struct actor *who = &d->people[agents[a]];
    json_t *book = demo_act(d, &d->people[1], "ledger.month", json_pack("{s:s,s:s%}", "month", month, "person", who->id.p, who->id.n)), *slip;
    size_t i;
    json_array_foreach(json_object_get(book, "slips"), i, slip) {
      const char *id = json_string_value(json_object_get(slip, "id")), *seal = json_string_value(json_object_get(slip, "seal"));
      i64 at = json_integer_value(json_object_get(slip, "at"));
      if (!id || !seal || at > d->now - MS_DAY) continue;
      if (strcmp(seal, "open") == 0) act(d, &d->people[1], "ledger.confirm", json_pack("{s:s,s:i}", "id", id, "fen", 5000));
      if (strcmp(seal, "proposed") != 0 || json_integer_value(json_object_get(slip, "fen")) == 0) continue;
      if (at > d->now - 3 * (i64)MS_DAY && chance(d, 8)) act(d, who, "ledger.appeal", json_pack("{s:s,s:s,s:s}", "id", id, "against", "consequence", "reason", "当时手上有 7 位顾客，同事临时离席"));
      else if (chance(d, 8)) act(d, &d->people[1], "ledger.waive", json_pack("{s:s,s:s}", "id", id, "reason", "午休只有两个人在岗"));
      else if (all || chance(d, 70)) act(d, &d->people[1], "ledger.confirm", json_pack("{s:s}", "id", id));
    }
    json_decref(book);
  }
}

static void look_around(struct demo *d) {
  static const char *const found[] = {"双耳机", "凌乱", "无关事"};
  if (!chance(d, 35)) return;
  const struct actor *who = &d->people[agents[demo_random(d) % DEMO_AGENTS]];
  act(d, &d->people[2], "review.find", json_pack("{s:s,s:s,s:s%}", "id", "纪律检查", "item", PICK(d, found), "person", who->id.p, who->id.n));
}

/* ---- days ---------------------------------------------------------------------------------------------------------------- */

static void phrases(struct demo *d) {
  static const char *const list[][3] = {{"接待", "hi", "您好，我是客服{工号}，很高兴为您服务。"}, {"接待", "sd", "稍等一下，我马上帮您查。"}, {"发货", "fh", "今天下单，后天从仓库发出，一般 3 到 5 天到。"},
                                        {"售后", "hx", "真对不起，您拍一张照片给我，我马上给您登记换新。"}, {"售后", "th", "七天可退，没有用过就行，运费我们来出。"}};
  for (size_t i = 0; i < COUNT_OF(list); i++)
    act(d, &d->people[1], "phrase.add", json_pack("{s:s,s:s,s:s}", "group", list[i][0], "keys", list[i][1], "text", list[i][2]));
}

static void acknowledge(struct demo *d) {
  for (int i = 0; i < DEMO_STAFF - 2; i++) act(d, &d->people[i], "rulebook.acknowledge", json_object());
}

static void monday(struct demo *d, i64 date) {
  go_to(d, instant_at(date, 7 * MS_HOUR + 40 * MS_MINUTE, d->zone));
  for (int i = 0; i < DEMO_STAFF; i++) do_duties(d, &d->people[i], instant_at(date, 8 * MS_HOUR + MS_MINUTE, d->zone), 98);
}

static void conversations(struct demo *d, i64 from, i64 to, int count, bool last_days) {
  for (int i = 0; i < count; i++) {
    i64 at = from + (to - from) * i / count + demo_between(d, 0, (to - from) / count / 2);
    if (at > d->end) return;
    go_to(d, at);
    talk(d, last_days, false);
  }
}

static void one_day(struct demo *d, int day, i64 date) {
  i64 morning = instant_at(date, 8 * MS_HOUR + 30 * MS_MINUTE, d->zone), evening = instant_at(date, 17 * MS_HOUR + 30 * MS_MINUTE, d->zone),
      night = instant_at(date + 1, MS_HOUR, d->zone);
  int day_hand = 0, night_hand = 2;
  bool recent = day >= DEMO_DAYS - 6;
  if (day == 0) publish_week(d, week_start(date));
  if (day == 0 || weekday(date) == 1) publish_week(d, week_start(date) + 7);
  if (weekday(date) == 1) monday(d, date);
  for (int a = 0; a < 2; a++)
    if (strcmp(shift_of(a, date), "白班") == 0) come(d, a, morning), day_hand = a;
  if (day == 0) acknowledge(d), phrases(d);
  conversations(d, morning + 20 * MS_MINUTE, evening - 40 * MS_MINUTE, TALKS_A_SHIFT + (int)demo_between(d, 0, 4), recent);
  some_cases(d, day);
  look_around(d);
  judge(d, false);
  for (int a = 2; a < 4; a++)
    if (strcmp(shift_of(a, date), "夜班") == 0) night_hand = a;
  if (weekday(date) == 1) {
    go_to(d, evening - 45 * MS_MINUTE);
    do_duties(d, &d->people[0], evening, 100);
  }
  for (int a = 0; a < 2; a++)
    if (strcmp(shift_of(a, date), "白班") == 0 && chance(d, 96)) hand_over(d, a, night_hand, evening);
  for (int a = 2; a < 4; a++)
    if (strcmp(shift_of(a, date), "夜班") == 0) come(d, a, evening);
  for (int a = 0; a < 2; a++)
    if (strcmp(shift_of(a, date), "白班") == 0) leave(d, a, night_hand, evening);
  conversations(d, evening + 20 * MS_MINUTE, night - 30 * MS_MINUTE, TALKS_A_SHIFT - 2, recent);
  for (int a = 2; a < 4; a++)
    if (strcmp(shift_of(a, date), "夜班") == 0 && chance(d, 96)) hand_over(d, a, day_hand, night);
  for (int a = 2; a < 4; a++)
    if (strcmp(shift_of(a, date), "夜班") == 0) leave(d, a, day_hand, night);
}

/* The last quarter of an hour: somebody is there, customers are waiting. */
static void now_open(struct demo *d) {
  d->end = d->start_of_now;
  go_to(d, d->end - 4 * MS_MINUTE);
  for (int a = 0; a < DEMO_AGENTS; a++) act(d, &d->people[agents[a]], "presence.change", json_pack("{s:s}", "state", a < 2 ? "online" : "offline"));
  for (int i = 0; i < OPEN_TALKS; i++) {
    d->now = d->now < d->end - 20 * MS_SECOND ? d->now : d->end - 20 * MS_SECOND;
    talk(d, true, true);
  }
  go_to(d, d->end);
}

void demo_lead(struct demo *d) {
  d->end = d->start_of_now - 6 * MS_MINUTE;
  d->now = d->end;
  phrases(d);
  acknowledge(d);
  judge(d, false);
  for (int day = 15; day <= 18; day++) some_cases(d, day);
  d->now = d->end;
  now_open(d);
}

enum status demo_play(struct demo *d, struct problem *p) {
  i64 today = instant_date(d->start_of_now, d->zone), first = today - DEMO_DAYS;
  enum status status = OK;
  d->end = d->start_of_now - 6 * MS_MINUTE;
  d->now = instant_at(first - 1, 20 * MS_HOUR, d->zone);
  TRY(demo_hire(d, p));
  for (int day = 0; day <= DEMO_DAYS && d->now < d->end; day++) one_day(d, day, first + day);
  d->now = d->now < d->end ? d->now : d->end;
  judge(d, true);
  now_open(d);
done:
  return status;
}
