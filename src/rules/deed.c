/* What happened or should have happened, in the words people use for it: 回复 and not 会话.人工回复. A kind without words of its
 * own is said by its name without the dot; a state of a case by the case's and the state's name, which are the book's words. */
#include "rules/parts.h"

static const struct {
  enum event_kind_id kind;
  bool by; /* an act of the person named in it: “小王回复” */
  const char *zh, *en;
} deeds[] = {
    {EVENT_conversation_agent_replied, true, "回复", "reply"},
    {EVENT_conversation_picked_up, true, "接起会话", "pick-up of the conversation"},
    {EVENT_conversation_transferred, true, "转接会话", "transfer of the conversation"},
    {EVENT_conversation_customer_spoke, false, "顾客来话", "customer's message"},
    {EVENT_conversation_closed, false, "会话结束", "end of the conversation"},
    {EVENT_conversation_forbidden_word, true, "说了禁用的词", "use of a word that is not allowed"},
    {EVENT_conversation_phrase_missing, true, "少说了规定的话", "missing prescribed words"},
    {EVENT_conversation_auto_replied, false, "自动回复", "automatic reply"},
    {EVENT_order_noted, true, "写订单备注", "note on the order"},
    {EVENT_order_fetched, true, "取单", "fetching of the order"},
    {EVENT_order_checked, true, "核对订单", "check of the order"},
    {EVENT_order_completed, false, "订单成交", "completed order"},
    {EVENT_order_placed, false, "顾客下单", "placed order"},
    {EVENT_order_paid, false, "顾客付款", "payment"},
    {EVENT_order_changed, false, "订单改动", "change of the order"},
    {EVENT_attendance_clocked_in, true, "打上班卡", "clock-in"},
    {EVENT_attendance_clocked_out, true, "打下班卡", "clock-out"},
    {EVENT_attendance_left_post, true, "离岗", "leaving the post"},
    {EVENT_attendance_returned, true, "返岗", "return to the post"},
    {EVENT_attendance_late, true, "迟到", "late arrival"},
    {EVENT_attendance_left_early, true, "早退", "early leave"},
    {EVENT_attendance_absent, true, "旷工", "absence without leave"},
    {EVENT_attendance_off_post, true, "不在岗", "absence from the post"},
    {EVENT_attendance_punch_missing, true, "缺打卡", "missing punch"},
    {EVENT_shift_uncovered, false, "班上无人", "shift with nobody present"},
    {EVENT_duty_done, true, "完成班务", "duty done"},
    {EVENT_knowledge_read, true, "阅读", "reading"},
    {EVENT_knowledge_examined, true, "答卷", "test taken"},
    {EVENT_rulebook_acknowledged, true, "确认读过制度", "acknowledgement of the rulebook"},
    {EVENT_notice_read, true, "读通知", "reading of the notice"},
    {EVENT_clause_violated, false, "没有做到", "not kept"},
};

static struct str undotted(struct arena *a, const char *name, char instead) {
  struct buf b;
  struct str s = str_c(name);
  buf_init(&b, 200);
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] != '.' && s.p[i] != '_') buf_byte(&b, s.p[i]);
    else if (instead) buf_byte(&b, instead);
  }
  struct str out = arena_dup(a, buf_str(&b));
  buf_release(&b);
  return out;
}

struct deed deed_of(struct engine *e, struct arena *a, int kind, sym case_type, sym case_state) {
  if (case_type) {
    struct str words = arena_printf(a, "%.*s%.*s", STR_ARG(intern_str(&e->names, case_type)), STR_ARG(intern_str(&e->names, case_state)));
    return (struct deed){.zh = words, .en = words};
  }
  for (size_t i = 0; i < COUNT_OF(deeds); i++) {
    if ((int)deeds[i].kind == kind) return (struct deed){.by = deeds[i].by, .zh = str_c(deeds[i].zh), .en = str_c(deeds[i].en)};
  }
  if (kind < 0) return (struct deed){.zh = STR("没有做到"), .en = STR("not kept")};
  const struct event_kind *k = &event_kind_all(NULL)[kind];
  return (struct deed){.zh = undotted(a, k->zh, 0), .en = undotted(a, k->en, ' ')};
}

struct deed deed_of_goal(struct engine *e, struct arena *a, const struct rule *r) {
  const struct lang_goal *g = r->goal_count ? r->goals[0].src : NULL;
  if (r->type == R_NOTICE && r->item->notice->has_exam) return (struct deed){.by = true, .zh = STR("通过考试"), .en = STR("passing of the test")};
  if (r->type == R_NOTICE) return (struct deed){.by = true, .zh = STR("阅读确认"), .en = STR("acknowledgement of reading")};
  if (r->type == R_CHECK_DUTY) return (struct deed){.by = true, .zh = STR("检查"), .en = STR("check")};
  if (g && g->complete.text.n)
    return (struct deed){.by = true, .zh = arena_printf(a, "完成“%.*s”", STR_ARG(g->complete.text)), .en = arena_printf(a, "“%.*s”", STR_ARG(g->complete.text))};
  if (g == NULL || r->goals[0].alts.n == 0) return (struct deed){.zh = STR("做"), .en = STR("act")};
  const struct alt *alt = &r->goals[0].alts.p[0];
  struct deed d = deed_of(e, a, alt->kind, alt->case_type, alt->case_state);
  if (alt->case_type) { /* 交接.接收: the state is a verb, the case its object */
    d.zh = arena_printf(a, "%.*s%.*s", STR_ARG(intern_str(&e->names, alt->case_state)), STR_ARG(intern_str(&e->names, alt->case_type)));
    d.en = arena_printf(a, "“%.*s”", STR_ARG(d.zh));
  }
  return d;
}

static struct str number_of(struct engine *e, u32 ref) {
  struct value v = fact_named(e, ref, e->w[W_NUMBER]);
  return v.type == V_TEXT ? v.s : (struct str){"", 0};
}

struct deed deed_of_fact(struct engine *e, struct arena *a, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  struct deed d = deed_of(e, a, f.kind, f.case_type, f.case_state);
  struct value lasted = f.kind == EVENT_attendance_late || f.kind == EVENT_attendance_left_early || f.kind == EVENT_attendance_off_post
                            ? fact_named(e, ref, e->w[W_DURATION]) : value_absent();
  if (lasted.type == V_DURATION && lasted.i > 0) {
    d.zh = arena_printf(a, "%.*s %.*s", STR_ARG(d.zh), STR_ARG(show_duration(a, lasted.i, false)));
    d.en = arena_printf(a, "%.*s, %.*s", STR_ARG(d.en), STR_ARG(show_duration(a, lasted.i, true)));
  }
  if (f.kind == EVENT_conversation_forbidden_word || f.kind == EVENT_conversation_phrase_missing) {
    struct value words = fact_named(e, ref, intern_sym(&e->names, STR("各词")));
    struct str all = {"", 0};
    for (size_t i = 0; words.type == V_LIST && i < words.count; i++) all = arena_printf(a, "%.*s“%.*s”", STR_ARG(all), STR_ARG(words.items[i].s));
    d.zh = arena_printf(a, "%.*s%.*s", STR_ARG(d.zh), STR_ARG(all));
    d.en = arena_printf(a, "%.*s %.*s", STR_ARG(d.en), STR_ARG(all));
  }
  if (f.kind == EVENT_clause_violated) {
    struct value id = fact_named(e, ref, intern_sym(&e->names, STR("条款")));
    const struct lang_clause *clause = e->versions.n && (id.type == V_TEXT || id.type == V_REF) ? lang_find_clause(e->versions.p[e->versions.n - 1]->program, id.s) : NULL;
    if (clause) {
      d.zh = arena_printf(a, "没有做到“%.*s”", STR_ARG(clause->title));
      d.en = arena_printf(a, "“%.*s” not kept", STR_ARG(clause->title));
    }
  }
  struct str number = number_of(e, ref);
  if (f.case_type && number.n) d.zh = d.en = arena_printf(a, "%.*s %.*s", STR_ARG(d.zh), STR_ARG(number));
  return d;
}

void deed_sentence(struct engine *e, struct arena *a, u32 ref, struct str *zh, struct str *en) {
  struct deed d = deed_of_fact(e, a, ref);
  sym who = fact_of(e, ref)->kind == EVENT_conversation_customer_spoke ? 0 : fact_person(e, ref);
  struct str name = who ? intern_str(&e->names, person_shown(e, who)) : (struct str){"", 0};
  *zh = d.zh;
  *en = d.en;
  if (!name.n) return;
  *zh = d.by ? arena_printf(a, "%.*s%.*s", STR_ARG(name), STR_ARG(d.zh)) : arena_printf(a, "%.*s（%.*s）", STR_ARG(d.zh), STR_ARG(name));
  *en = d.by ? arena_printf(a, "%.*s: %.*s", STR_ARG(name), STR_ARG(d.en)) : arena_printf(a, "%.*s (%.*s)", STR_ARG(d.en), STR_ARG(name));
}
