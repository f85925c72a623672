/* Logs from a seed: facts of a small shop around the turn of February and March 2028. See property.h. Times are drawn from midnights, month
 * ends, the times of earlier facts and these plus the spans that the books speak of, a millisecond more or less. */
#include "property.h"

static const char *const agents[] = {"小王", "小李", "小赵"}, *const others[] = {"老陈", "老周", "老方"};

struct logger {
  struct arena *a;
  struct random *r;
  struct made_log *log;
};

static i64 day(int month, int date) { return instant_at(date_from_civil(2028, month, date), 0, ZONE); }

static i64 a_time(struct logger *l) {
  static const i64 spans[] = {30 * MS_SECOND, 20 * MS_SECOND, 10 * MS_MINUTE, MS_HOUR, 2 * MS_HOUR, MS_DAY, 2 * (i64)MS_DAY, 3 * (i64)MS_DAY, 30 * MS_MINUTE, 5 * MS_MINUTE, 7 * (i64)MS_DAY};
  struct random *r = l->r;
  i64 at;
  switch (random_below(r, 8)) {
    case 0: at = day(2, 24 + random_below(r, 6)); break;                          /* midnight before a day of February */
    case 1: at = day(3, 1 + random_below(r, 5)); break;
    case 2: at = day(2, 24 + random_below(r, 10)) + (i64)(8 + random_below(r, 11)) * MS_HOUR + (random_one_in(r, 2) ? 30 * MS_MINUTE : 0); break;
    case 3: at = day(2, 24 + random_below(r, 10)) + (i64)random_below(r, MS_DAY); break;
    default:
      if (l->log->count == 0) at = day(2, 25) + 9 * (i64)MS_HOUR;
      else at = l->log->facts[random_below(r, (int)l->log->count)].event->occurred_ms;
      if (random_below(r, 4)) at += spans[random_below(r, (int)COUNT_OF(spans))];
  }
  at += random_below(r, 3) == 0 ? random_below(r, 3) - 1 : 0;
  if (at < day(2, 20)) at = day(2, 20);
  if (at > day(3, 14)) at = day(3, 14);
  return at;
}

static const char *one(struct logger *l, const char *const *words, size_t n) { return words[random_below(l->r, (int)n)]; }
#define PICK(l, ...) one(l, (const char *const[]){__VA_ARGS__}, COUNT_OF(((const char *const[]){__VA_ARGS__})))

static const char *agent(struct logger *l) { return agents[random_below(l->r, 3)]; }
static const char *anybody(struct logger *l) { return random_one_in(l->r, 5) ? others[random_below(l->r, 3)] : agent(l); }

static struct event *begin(struct logger *l, enum event_kind_id kind, i64 at, const char *actor) {
  BUG_IF(l->log->count >= FACTS_MAX);
  struct made_fact *f = &l->log->facts[l->log->count++];
  f->event = event_new(l->a, kind, at, str_c(actor));
  f->event->seq = (i64)l->log->count;
  f->event->id = arena_printf(l->a, "e%zu", l->log->count);
  f->on = true;
  return f->event;
}

static void word(struct logger *l, struct event *e, const char *field, const char *text) { event_set_text(e, field, arena_dup(l->a, str_c(text))); }

/* The event in the words of a 例; times to the millisecond. */
struct str fact_text(struct arena *a, const struct event *e) {
  i64 t = instant_time_of_day(e->occurred_ms, ZONE);
  struct str text = arena_printf(a, "%.*s %02d:%02d:%02d.%03d %.*s%s", STR_ARG(calendar_show_date(a, instant_date(e->occurred_ms, ZONE))), (int)(t / MS_HOUR),
                                 (int)(t / MS_MINUTE % 60), (int)(t / MS_SECOND % 60), (int)(t % 1000), STR_ARG(e->actor), e->actor.n ? " " : "");
  if (e->case_type.n && e->case_state.n) text = arena_printf(a, "%.*s%.*s.%.*s(", STR_ARG(text), STR_ARG(e->case_type), STR_ARG(e->case_state));
  else text = arena_printf(a, "%.*s%s(", STR_ARG(text), e->kind->zh);
  const char *between = "";
  for (size_t i = 0; i < e->kind->field_count; i++) {
    const struct value *v = &e->fields[i];
    if (v->type == V_ABSENT) continue;
    struct str s = v->type == V_LIST ? v->items[0].s : v->type == V_TEXT || v->type == V_REF ? v->s : value_show(a, v, false, ZONE);
    text = arena_printf(a, "%.*s%s%s=%.*s", STR_ARG(text), between, e->kind->fields[i].zh, STR_ARG(s));
    between = ", ";
  }
  for (size_t i = 0; i < e->extra_count; i++) {
    const struct value *v = &e->extra[i].value;
    struct str s = v->type == V_TEXT || v->type == V_REF ? v->s : value_show(a, v, false, ZONE);
    text = arena_printf(a, "%.*s%s%.*s=%.*s", STR_ARG(text), between, STR_ARG(e->extra[i].name), STR_ARG(s));
    between = ", ";
  }
  return arena_printf(a, "%.*s)", STR_ARG(text));
}

/* ---- the kinds ---- */

static void join(struct logger *l, const char *who, const char *role, i64 at, bool has_superior) {
  struct event *e = begin(l, EVENT_person_joined, at, "");
  word(l, e, "person", who);
  word(l, e, "role", role);
  word(l, e, "job_number", who);
  if (has_superior) word(l, e, "superior", "老陈");
  if (random_one_in(l->r, 2)) event_set_int(e, "base_wage", 300000 + random_below(l->r, 3));
}

/* Some reply that was made so far; NULL: none was met in a few tries. */
static const struct event *a_reply(struct logger *l) {
  for (int i = 0; i < 12 && l->log->count; i++) {
    const struct event *e = l->log->facts[random_below(l->r, (int)l->log->count)].event;
    if (event_kind_index(e->kind) == EVENT_conversation_agent_replied) return e;
  }
  return NULL;
}

static void talk(struct logger *l) {
  struct random *r = l->r;
  i64 at = a_time(l);
  const char *id = PICK(l, "c1", "c2", "c3"), *who = agent(l);
  struct event *e;
  const struct event *of;
  switch (random_below(r, 9)) {
    case 0: case 1: case 2:
      e = begin(l, EVENT_conversation_customer_spoke, at, "");
      if (random_below(r, 5)) word(l, e, "agent", who);
      if (random_below(r, 6)) event_set_int(e, "first", random_below(r, 2));
      word(l, e, "customer", PICK(l, "甲客", "乙客"));
      if (random_below(r, 3) == 0) word(l, e, "text", PICK(l, "在吗", "你们说“不归我管”，是吗", "不知道行不行"));
      break;
    case 3: case 4:
      e = begin(l, EVENT_conversation_agent_replied, at, random_below(r, 4) ? who : agent(l));
      word(l, e, "agent", who);
      if (random_below(r, 2)) event_set_int(e, "wait", (30 + random_below(r, 3) - 1) * (i64)MS_SECOND);
      if (random_below(r, 2)) event_set_int(e, "chars", 4 + random_below(r, 3));
      if (random_below(r, 2)) word(l, e, "text", PICK(l, "您好", "不 知·道", "请稍等。再见", "您问“不归我管”，不是的", "欢迎光临，不归我管", "好", "不归，我管"));
      break;
    case 8:
      e = begin(l, EVENT_conversation_edited, at, who);
      word(l, e, "person", who);
      of = a_reply(l);
      if (of && event_has(of, "conversation")) id = arena_cstr(l->a, event_get_text(of, "conversation"));
      word(l, e, "message", of ? arena_cstr(l->a, of->id) : "x1");
      word(l, e, "text", PICK(l, "您好", "不 知·道", "请稍等。再见", "您问“不归我管”，不是的", "欢迎光临，不归我管", "好"));
      if (random_below(r, 2)) word(l, e, "old", PICK(l, "不归我管", "您好"));
      break;
    case 5:
      e = begin(l, random_one_in(r, 2) ? EVENT_conversation_assigned : EVENT_conversation_picked_up, at, "");
      word(l, e, "agent", who);
      break;
    case 6:
      e = begin(l, EVENT_conversation_transferred, at, who);
      word(l, e, "person", who);
      if (random_below(r, 4)) word(l, e, "to", agent(l));
      break;
    default:
      if (random_one_in(r, 5)) {
        e = begin(l, EVENT_conversation_reopened, at, who);
        word(l, e, "person", who);
        if (random_below(r, 3)) event_set_int(e, "undo", random_below(r, 2));
        break;
      }
      e = begin(l, random_below(r, 4) ? EVENT_conversation_closed : random_below(r, 2) ? EVENT_conversation_started : EVENT_conversation_abandoned, at, "");
      if (e->kind == &event_kind_all(NULL)[EVENT_conversation_closed]) {
        if (random_below(r, 2)) word(l, e, "agent", who);
        if (random_below(r, 3)) event_set_int(e, "duration", (i64)random_below(r, 4) * 5 * MS_MINUTE + random_below(r, 3) - 1);
        if (random_below(r, 3)) event_set_int(e, "deal", random_below(r, 2));
        if (random_below(r, 2)) word(l, e, "reason", PICK(l, "询价", "售后"));
      }
      break;
  }
  word(l, e, "conversation", id);
}

static void order(struct logger *l) {
  struct random *r = l->r;
  i64 at = a_time(l);
  static const i64 fen[] = {9999, 10000, 10001, 12345, 30000, 1, 333};
  static const enum event_kind_id kinds[] = {EVENT_order_placed, EVENT_order_placed, EVENT_order_paid, EVENT_order_noted, EVENT_order_reminded, EVENT_order_completed, EVENT_order_completed, EVENT_order_cancelled,
                                             EVENT_order_refunded, EVENT_order_fetched, EVENT_order_changed, EVENT_order_shipped, EVENT_order_reviewed, EVENT_order_assigned};
  enum event_kind_id kind = kinds[random_below(r, (int)COUNT_OF(kinds))];
  struct event *e = begin(l, kind, at, random_below(r, 2) ? agent(l) : "");
  word(l, e, "order", PICK(l, "o1", "o2", "o3"));
  switch (kind) {
    case EVENT_order_placed:
      if (random_below(r, 3)) word(l, e, "special", "周末送");
      if (random_below(r, 2)) word(l, e, "seller_note", PICK(l, "急", "小王"));
      /* fall through */
    case EVENT_order_completed:
      if (random_below(r, 6)) event_set_int(e, "amount", fen[random_below(r, (int)COUNT_OF(fen))]);
      word(l, e, "customer", PICK(l, "甲客", "乙客"));
      /* fall through */
    case EVENT_order_paid:
      if (random_below(r, 3)) word(l, e, "agent", agent(l));
      break;
    case EVENT_order_noted:
      word(l, e, "person", agent(l));
      if (random_below(r, 3)) word(l, e, "text", PICK(l, "小王", "工号小李", "急"));
      if (random_below(r, 2)) word(l, e, "flag", PICK(l, "红", "无"));
      break;
    case EVENT_order_reminded: case EVENT_order_fetched: word(l, e, "person", agent(l)); break;
    case EVENT_order_refunded:
      if (random_below(r, 4)) event_set_int(e, "amount", fen[random_below(r, (int)COUNT_OF(fen))]);
      word(l, e, "reason", PICK(l, "质量", "其他"));
      break;
    case EVENT_order_changed:
      word(l, e, "item", PICK(l, "加货", "改价"));
      if (random_below(r, 2)) event_set(e, "extent", value_ratio(9 + random_below(r, 3), 100));
      if (random_below(r, 2)) word(l, e, "customer", "甲客");
      break;
    case EVENT_order_reviewed: word(l, e, "grade", PICK(l, "好", "差", "中")); break;
    case EVENT_order_assigned: word(l, e, "agent", agent(l)); break;
    default: break;
  }
}

/* 催单, and what is said of cases and people beside their own steps. */
static void paper_more(struct logger *l) {
  static const char *const states[] = {"登记", "催办", "上门", "办结"};
  struct random *r = l->r;
  i64 at = a_time(l);
  struct event *e;
  switch (random_below(r, 6)) {
    case 0:
      e = begin(l, EVENT_case_extended, at, "老周");
      word(l, e, "case", PICK(l, "k1", "k2", "d1"));
      event_set_int(e, "new_limit", a_time(l));
      return;
    case 1:
      e = begin(l, EVENT_survey_answered, at, "");
      word(l, e, "survey", "满意度");
      if (random_below(r, 3)) word(l, e, "customer", PICK(l, "甲客", "乙客"));
      if (random_below(r, 3)) word(l, e, "person", agent(l));
      if (random_below(r, 3)) event_set_extra(e, l->a, STR("总体"), value_text(str_c(PICK(l, "满意", "不满意"))));
      return;
    case 2:
      e = begin(l, EVENT_rulebook_acknowledged, at, "");
      word(l, e, "person", anybody(l));
      word(l, e, "rulebook", PICK(l, "随机", "别的"));
      word(l, e, "version", PICK(l, "1.0", "2.0"));
      return;
    default: break;
  }
  int state = random_below(r, 4);
  e = begin(l, state == 0 ? EVENT_case_opened : EVENT_case_moved, at, anybody(l));
  word(l, e, "case", PICK(l, "d1", "d2"));
  e->case_type = STR("催单");
  e->case_state = str_c(states[state]);
  if (random_below(r, 4)) event_set_extra(e, l->a, STR("欠人"), value_ref(str_c(agent(l))));
  if (random_below(r, 3) == 0) event_set_extra(e, l->a, STR("投诉"), value_ref(str_c(PICK(l, "k1", "k2"))));
}

static void paper(struct logger *l) {
  static const char *const states[] = {"登记", "核实", "成立", "不成立", "待客"};
  struct random *r = l->r;
  int state = random_below(r, 7);
  i64 at = a_time(l);
  const char *id = PICK(l, "k1", "k2", "k3");
  if (state == 6) {
    struct event *e = begin(l, random_one_in(r, 2) ? EVENT_case_voided : EVENT_case_assigned, at, anybody(l));
    word(l, e, "case", id);
    if (e->kind == &event_kind_all(NULL)[EVENT_case_assigned]) word(l, e, "handler", agent(l));
    else e->case_type = STR("投诉");
    return;
  }
  if (state == 5) state = 2;
  struct event *e = begin(l, state == 0 ? EVENT_case_opened : EVENT_case_moved, at, anybody(l));
  word(l, e, "case", id);
  e->case_type = STR("投诉");
  e->case_state = str_c(states[state]);
  if (random_below(r, 6)) event_set_extra(e, l->a, STR("责任人"), value_ref(str_c(agent(l))));
  event_set_extra(e, l->a, STR("事由"), value_text(str_c(PICK(l, "服务", "质量"))));
  if (random_below(r, 3)) event_set_extra(e, l->a, STR("赔额"), value_int(V_MONEY, 4999 + random_below(r, 3)));
  if (random_below(r, 2)) event_set_extra(e, l->a, STR("约时"), value_int(V_INSTANT, a_time(l)));
  if (random_below(r, 2)) event_set_extra(e, l->a, STR("约日"), value_int(V_DATE, instant_date(a_time(l), ZONE)));
  if (random_below(r, 3) == 0) event_set_extra(e, l->a, STR("会话"), value_ref(STR("c1")));
}

static void shift(struct logger *l) {
  struct random *r = l->r;
  const char *who = agent(l), *name = PICK(l, "白班", "夜班");
  i64 date = date_from_civil(2028, 2, 24) + random_below(r, 9);
  i64 start = instant_at(date, 0, ZONE) + (strcmp(name, "白班") == 0 ? 8 * (i64)MS_HOUR + 30 * MS_MINUTE : 17 * (i64)MS_HOUR + 30 * MS_MINUTE);
  i64 end = strcmp(name, "白班") == 0 ? start + 9 * (i64)MS_HOUR : start + 7 * (i64)MS_HOUR + 30 * MS_MINUTE;
  struct event *e = begin(l, EVENT_shift_assigned, random_below(r, 4) ? start - (i64)random_below(r, 48) * MS_HOUR : a_time(l), "老陈");
  word(l, e, "person", who);
  word(l, e, "shift", name);
  event_set_int(e, "date", date);
  word(l, e, "class", random_below(r, 6) ? "班" : PICK(l, "休", "加班"));
  static const i64 near[] = {-10 * MS_MINUTE, -1, 0, 1, 5 * MS_MINUTE, 15 * MS_MINUTE};
  if (random_below(r, 4) && l->log->count + 2 < FACTS_MAX) {
    e = begin(l, EVENT_attendance_clocked_in, start + near[random_below(r, 6)], who);
    word(l, e, "person", who);
    if (random_below(r, 2)) word(l, e, "shift", name);
    if (random_below(r, 3)) {
      e = begin(l, EVENT_attendance_clocked_out, end + near[random_below(r, 6)], who);
      word(l, e, "person", who);
    }
  }
}

static void deed(struct logger *l) {
  struct random *r = l->r;
  i64 at = a_time(l);
  const char *who = anybody(l);
  struct event *e = begin(l, EVENT_duty_done, at, random_below(r, 5) ? who : agent(l));
  struct value *photo = ARENA_NEW(l->a, struct value);
  *photo = value_text(STR("一张"));
  word(l, e, "person", who);
  word(l, e, "name", PICK(l, "例会", "日结", "整改", "打扫", "交班", "小结", "复盘", "盘点", "周报乙", "周报丙", "周报丁"));
  if (random_below(r, 3)) event_set(e, "photos", (struct value){.type = V_LIST, .items = photo, .count = 1});
  if (random_below(r, 3)) event_set_int(e, "signed_in", random_below(r, 4) != 0);
  if (random_below(r, 3)) event_set(e, "files", (struct value){.type = V_LIST, .items = photo, .count = 1});
}

static void other(struct logger *l) {
  struct random *r = l->r;
  i64 at = a_time(l);
  const char *who = agent(l);
  struct event *e;
  switch (random_below(r, 9)) {
    case 0: case 1: case 2:
      e = begin(l, EVENT_inspection_found, at, "老陈");
      word(l, e, "item", PICK(l, "甲", "乙", "丙"));
      if (random_below(r, 2)) event_set_int(e, "points", 199 + random_below(r, 3));
      if (random_below(r, 2)) word(l, e, "inspector", "老陈");
      if (random_below(r, 2)) word(l, e, "checklist", PICK(l, "纪律乙", "纪律丙", "纪律丁", "纪律戊"));
      break;
    case 3:
      e = begin(l, EVENT_attendance_left_post, at, who);
      if (random_below(r, 2)) word(l, e, "reason", PICK(l, "公", "私"));
      if (random_below(r, 2)) event_set_int(e, "expected", 10 * MS_MINUTE + random_below(r, 3) - 1);
      break;
    case 4:
      if (random_one_in(r, 4)) {
        e = begin(l, EVENT_calendar_changed, at, "");
        event_set_int(e, "year", 2028);
        struct value *free_days = ARENA_NEW(l->a, struct value);
        *free_days = value_text(str_c(PICK(l, "2028-02-28 至 2028-03-02", "2028-02-29", "2028-03-01、2028-03-06")));
        event_set(e, "holidays", (struct value){.type = V_LIST, .items = free_days, .count = 1});
        return;
      }
      e = begin(l, EVENT_attendance_returned, at, who);
      break;
    case 5: case 6:
      e = begin(l, EVENT_presence_changed, at, who);
      word(l, e, "new", PICK(l, "隐身", "离线", "暂离", "在线"));
      if (random_below(r, 2)) word(l, e, "old", "在线");
      break;
    case 7:
      e = begin(l, EVENT_inspection_finished, at, "老陈");
      word(l, e, "checklist", PICK(l, "纪律乙", "纪律丙", "纪律丁", "纪律戊", "纪律己"));
      word(l, e, "inspector", PICK(l, "老陈", "老周"));
      if (random_below(r, 2)) word(l, e, "inspected", who);
      return;
    default:
      who = anybody(l);
      if (random_one_in(r, 3)) {
        e = begin(l, EVENT_person_left, at, "");
      } else if (random_one_in(r, 3)) {
        e = begin(l, EVENT_person_joined, at, "");
        word(l, e, "role", PICK(l, "客服", "组长", "行政"));
      } else {
        e = begin(l, EVENT_person_changed, at, "");
        word(l, e, "item", PICK(l, "岗位", "岗位", "上级", "工号"));
        const char *item = arena_cstr(l->a, event_get_text(e, "item"));
        event_set(e, "new", value_text(str_c(strcmp(item, "岗位") == 0 ? PICK(l, "客服", "组长", "主管", "行政") : PICK(l, "老周", "小王"))));
      }
  }
  word(l, e, "person", who);
}

void make_log(struct arena *a, struct random *r, struct made_log *log) {
  struct logger l = {a, r, log};
  *log = (struct made_log){0};
  i64 start = day(2, 20) + (random_one_in(r, 2) ? 0 : 9 * (i64)MS_HOUR);
  for (int i = 0; i < 3; i++) join(&l, agents[i], "客服", start + random_below(r, 2), random_one_in(r, 4));
  if (random_below(r, 6)) join(&l, "老陈", "组长", start, false);
  if (random_below(r, 6)) join(&l, "老周", "主管", start, false);
  if (random_below(r, 3)) join(&l, "老方", random_below(r, 2) ? "经理" : "主管", start, false);
  size_t wanted = log->count + 5 + (size_t)random_below(r, 50);
  while (log->count < wanted) {
    int dice = random_below(r, 20);
    if (dice < 6) talk(&l);
    else if (dice < 10) order(&l);
    else if (dice < 12) paper(&l);
    else if (dice < 13) paper_more(&l);
    else if (dice < 15) shift(&l);
    else if (dice < 16) deed(&l);
    else other(&l);
  }
  log->from = day(2, 20);
  log->until = random_below(r, 3) ? day(3, 20) : a_time(&l);
  for (size_t i = 0; i < log->count; i++) {
    log->facts[i].text = fact_text(a, log->facts[i].event);
    if (log->facts[i].event->occurred_ms > log->until) log->until = log->facts[i].event->occurred_ms;
  }
}

void add_judgements(struct arena *a, struct random *r, struct made_log *log, const struct reference_result *known) {
  struct logger l = {a, r, log};
  static const i64 later[] = {0, 1, 1000, MS_HOUR, MS_DAY, 9 * (i64)MS_DAY};
  if (known->consequence_count == 0) return;
  for (int n = random_below(r, 5); n > 0 && log->count < FACTS_MAX; n--) {
    const struct consequence *c = &known->consequences[random_below(r, (int)known->consequence_count)];
    i64 at = c->occurred_ms + later[random_below(r, (int)COUNT_OF(later))];
    struct event *e;
    switch (random_below(r, 4)) {
      case 0:
        e = begin(&l, EVENT_ledger_appealed, at, "小王");
        word(&l, e, "against", PICK(&l, "事实", "后果"));
        break;
      case 1: case 2:
        e = begin(&l, EVENT_ledger_ruled, at, "老周");
        word(&l, e, "against", PICK(&l, "事实", "事实", "后果"));
        event_set_int(e, "upheld", random_below(r, 4) != 0);
        break;
      default:
        e = begin(&l, EVENT_ledger_judged, at, "老周");
        word(&l, e, "result", PICK(&l, "确认", "免除", "减为", "定为"));
        if (random_below(r, 2)) event_set_int(e, "amount", random_one_in(r, 2) ? c->fen : 1000 * (i64)(1 + random_below(r, 4)));
    }
    word(&l, e, "person", "老周");
    event_set(e, "consequence", value_ref(arena_dup(a, c->id)));
    log->facts[log->count - 1].text = fact_text(a, e);
    if (at > log->until) log->until = at;
  }
}
