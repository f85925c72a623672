/* Running one 例. Facts are events as the book writes them: a name used for a person, conversation or order is that person,
 * conversation or order. A case fact moves the case of its type that can take that step, else it stands for a case of its
 * own. When the outcome is a verdict, the last fact is the request that is asked for. See example.h. */
#include "rules/example.h"

#include <stdlib.h>
#include <string.h>

enum { CASES_MAX = 64, OUTCOMES_MAX = 128, ORDERS_MAX = 128 };

struct running_case {
  const struct lang_case *type;
  struct str id;
  size_t state;
  struct event_extra fields[64];
  size_t field_count;
};

struct run {
  struct arena *a;
  const struct lang_program *program;
  struct engine *engine;
  struct running_case cases[CASES_MAX];
  size_t case_count;
  i64 seq;
  struct str carried[ORDERS_MAX]; /* consequences the example's desk has carried out */
  size_t carried_count;
  bool orders;         /* the book orders the desk to do something: else time may pass in one go */
  struct str somebody; /* the first person the facts name */
  struct str error_zh, error_en;
  struct example_tape *tape; /* NULL: nobody listens */
};

static enum status enter(struct run *r, struct event *e, struct problem *p) {
  struct example_tape *t = r->tape;
  if (t) {
    t->events = arena_grow(r->a, t->events, &t->room, t->count + 1, sizeof *t->events);
    t->events[t->count++] = e;
  }
  return engine_enter(r->engine, e, NULL, p);
}


static bool run_fail(struct run *r, const char *zh, const char *en, struct str word) {
  if (r->error_zh.n == 0) {
    r->error_zh = arena_printf(r->a, "%s“%.*s”", zh, STR_ARG(word));
    r->error_en = arena_printf(r->a, "%s \"%.*s\"", en, STR_ARG(word));
  }
  return false;
}

/* ---- facts ---- */

static struct value written(struct run *r, const struct lang_expr *x) {
  if (x->kind == LX_LITERAL || x->kind == LX_ORDINAL) return x->value;
  if (x->kind == LX_PATH) {
    if (str_is(x->path.text, "是") || str_is(x->path.text, "yes")) return value_bool(true);
    if (str_is(x->path.text, "否") || str_is(x->path.text, "no")) return value_bool(false);
    return value_text(x->path.text);
  }
  if (x->kind == LX_AT_TIME && x->a && x->a->kind == LX_LITERAL && x->a->value.type == V_DATE) {
    return value_int(V_INSTANT, instant_at(x->a->value.i, x->value.i, r->program->zone_offset_ms));
  }
  if (x->kind == LX_NEGATE && x->a->kind == LX_LITERAL) {
    struct value v = x->a->value;
    v.i = -v.i;
    return v;
  }
  return value_text(lang_text(r->program, x->at));
}

static struct value as_text(struct run *r, struct value v) {
  if (v.type == V_TEXT || v.type == V_REF) return value_text(v.s);
  if (v.type == V_COUNT) return value_text(arena_printf(r->a, "%lld", (long long)v.i));
  return value_text(value_show(r->a, &v, false, r->program->zone_offset_ms));
}

static struct value fitted(struct run *r, struct value v, enum event_field_type type) {
  struct value *one;
  switch (type) {
    case FIELD_TEXT: case FIELD_ENUM: return as_text(r, v);
    case FIELD_PERSON:
      v = as_text(r, v);
      if (r->somebody.n == 0) r->somebody = v.s;
      return value_ref(v.s);
    case FIELD_CUSTOMER: case FIELD_CONVERSATION: case FIELD_ORDER: case FIELD_CASE: case FIELD_PRODUCT: return value_ref(as_text(r, v).s);
    case FIELD_SHIFT: case FIELD_CLAUSE: case FIELD_ID: return value_ref(as_text(r, v).s);
    case FIELD_LIST:
      if (v.type == V_LIST) return v;
      one = ARENA_NEW(r->a, struct value);
      *one = as_text(r, v);
      return (struct value){.type = V_LIST, .items = one, .count = 1};
    case FIELD_RATIO: return v.type == V_COUNT ? value_ratio(v.i, 1) : v;
    case FIELD_DURATION: return v.type == V_COUNT ? value_int(V_DURATION, v.i) : v;
    case FIELD_DATE: return v.type == V_INSTANT ? value_int(V_DATE, instant_date(v.i, r->program->zone_offset_ms)) : v;
    case FIELD_INSTANT: return v.type == V_DATE ? value_int(V_INSTANT, instant_at(v.i, 0, r->program->zone_offset_ms)) : v;
    default: return v;
  }
}

static enum event_field_type declared(const struct lang_case *c, struct str name) {
  for (size_t i = 0; i < c->field_count; i++) {
    if (!str_eq(c->fields[i].name.text, name)) continue;
    if (c->fields[i].type.many) return FIELD_LIST;
    switch (c->fields[i].type.kind) {
      case LT_PERSON: return FIELD_PERSON;
      case LT_CUSTOMER: return FIELD_CUSTOMER;
      case LT_ORDER: return FIELD_ORDER;
      case LT_CONVERSATION: return FIELD_CONVERSATION;
      case LT_PRODUCT: return FIELD_PRODUCT;
      case LT_CASE: return FIELD_CASE;
      case LT_INSTANT: return FIELD_INSTANT;
      case LT_DATE: return FIELD_DATE;
      case LT_TEXT: case LT_ENUM: return FIELD_TEXT;
      default: return FIELD_ANY;
    }
  }
  return FIELD_ANY;
}

static void case_set(struct running_case *c, struct str name, struct value v) {
  for (size_t i = 0; i < c->field_count; i++) {
    if (str_eq(c->fields[i].name, name)) {
      c->fields[i].value = v;
      return;
    }
  }
  BUG_IF(c->field_count >= COUNT_OF(c->fields));
  c->fields[c->field_count++] = (struct event_extra){name, v};
}

static struct running_case *case_for(struct run *r, const struct lang_case *type, size_t state, struct str id) {
  for (size_t i = r->case_count; i > 0; i--) {
    struct running_case *c = &r->cases[i - 1];
    if (c->type != type) continue;
    if (id.n ? str_eq(c->id, id) : c->state != state && lang_case_arrow(type, c->state, state) != NULL) return c;
  }
  BUG_IF(r->case_count >= CASES_MAX);
  struct running_case *c = &r->cases[r->case_count++];
  *c = (struct running_case){.type = type, .state = SIZE_MAX};
  c->id = id.n ? id : arena_printf(r->a, "%.*s-%zu", STR_ARG(type->name.text), r->case_count);
  return c;
}

static struct str case_id_written(struct run *r, const struct lang_fact *f, const struct lang_case *type) {
  for (size_t i = 0; i < f->args.count; i++) {
    struct str name = f->args.p[i].name.text;
    if (str_is(name, "单") || str_is(name, "case") || (str_eq(name, type->name.text) && declared(type, name) == FIELD_ANY)) return as_text(r, written(r, f->args.p[i].value)).s;
  }
  return (struct str){"", 0};
}

static struct event *event_of_case(struct run *r, const struct running_case *c, enum event_kind_id kind, i64 at, struct str actor) {
  struct event *e = event_new(r->a, kind, at, actor);
  e->case_type = c->type->name.text;
  e->case_state = c->state == SIZE_MAX ? (struct str){"", 0} : c->type->states[c->state].name.text;
  event_set_text(e, "case", c->id);
  for (size_t i = 0; i < c->field_count; i++) event_set_extra(e, r->a, c->fields[i].name, c->fields[i].value);
  return e;
}

/* 投诉.填写(项目=部门意见), 客诉.延期(新限=…): what happens to a case besides its steps. */
static bool case_detail(struct run *r, const struct lang_fact *f, const struct lang_case *type, struct event **out) {
  struct str path = arena_printf(r->a, "单据.%.*s", STR_ARG(f->event.path.segments[1]));
  const struct event_kind *kind = event_kind_find(path);
  if (kind == NULL) kind = event_kind_find(arena_printf(r->a, "case.%.*s", STR_ARG(f->event.path.segments[1])));
  if (kind == NULL) return run_fail(r, "没有这个状态：", "no such state:", f->event.path.text);
  struct str id = case_id_written(r, f, type);
  struct running_case *c = NULL;
  for (size_t i = r->case_count; i > 0 && c == NULL; i--) {
    if (r->cases[i - 1].type == type && (id.n == 0 || str_eq(r->cases[i - 1].id, id))) c = &r->cases[i - 1];
  }
  if (c == NULL) c = case_for(r, type, 0, id);
  struct event *e = event_of_case(r, c, (enum event_kind_id)event_kind_index(kind), f->at_ms, f->person.text);
  for (size_t i = 0; i < f->args.count; i++) {
    struct str name = f->args.p[i].name.text;
    size_t field = event_kind_field(kind, name);
    if (str_is(name, "单") || str_is(name, "case")) continue;
    if (field != SIZE_MAX) {
      e->fields[field] = fitted(r, written(r, f->args.p[i].value), kind->fields[field].type);
      continue;
    }
    struct value v = fitted(r, written(r, f->args.p[i].value), declared(type, name));
    case_set(c, name, v);
    event_set_extra(e, r->a, name, v);
  }
  *out = e;
  return true;
}

static bool case_event(struct run *r, const struct lang_fact *f, const struct lang_case *type, size_t state, struct event **out) {
  struct str id = case_id_written(r, f, type);
  struct running_case *c = case_for(r, type, state, id);
  bool fresh = c->state == SIZE_MAX;
  for (size_t i = 0; i < f->args.count; i++) {
    struct str name = f->args.p[i].name.text;
    if (str_is(name, "单") || str_is(name, "case") || (id.n && str_eq(name, type->name.text))) continue;
    case_set(c, name, fitted(r, written(r, f->args.p[i].value), declared(type, name)));
  }
  bool has_subject = type->subject.text.n == 0;
  for (size_t i = 0; i < c->field_count; i++) has_subject |= str_eq(c->fields[i].name, type->subject.text);
  if (!has_subject && state == 0 && f->person.text.n) case_set(c, type->subject.text, value_ref(f->person.text));
  c->state = state;
  *out = event_of_case(r, c, fresh && state == 0 ? EVENT_case_opened : EVENT_case_moved, f->at_ms, f->person.text);
  return true;
}

static const struct event_kind *kind_of_fact(struct run *r, const struct lang_fact *f, const struct lang_define **define) {
  struct str name = f->event.path.text;
  *define = lang_find_define(r->program, name);
  if (*define && (*define)->trigger.event_count) name = (*define)->trigger.events[0].path.text;
  return event_kind_find(name);
}

static bool fact_to_event(struct run *r, const struct lang_fact *f, struct event **out) {
  const struct lang_case *type = f->event.path.count ? lang_find_case(r->program, f->event.path.segments[0]) : NULL;
  if (type && f->event.path.count == 2) {
    size_t state = lang_case_state(type, f->event.path.segments[1]);
    if (state != SIZE_MAX ? !case_event(r, f, type, state, out) : !case_detail(r, f, type, out)) return false;
  } else {
    const struct lang_define *define;
    const struct event_kind *kind = kind_of_fact(r, f, &define);
    if (kind == NULL) return run_fail(r, "没有这种事实：", "no such kind of fact:", f->event.path.text);
    struct event *e = event_new(r->a, (enum event_kind_id)event_kind_index(kind), f->at_ms, f->person.text);
    for (size_t i = 0; i < f->args.count; i++) {
      size_t field = event_kind_field(kind, f->args.p[i].name.text);
      if (field == SIZE_MAX && event_kind_index(kind) == EVENT_survey_answered) { /* the answer to a question */
        event_set_extra(e, r->a, f->args.p[i].name.text, written(r, f->args.p[i].value));
        continue;
      }
      if (field == SIZE_MAX) return run_fail(r, "这种事实没有这一项：", "this kind has no field", f->args.p[i].name.text);
      e->fields[field] = fitted(r, written(r, f->args.p[i].value), kind->fields[field].type);
    }
    if (define && define->trigger.where && define->trigger.where->kind == LX_PATH) { /* 首问 = 会话.客户消息 其中 首条 */
      size_t field = event_kind_field(kind, define->trigger.where->path.text);
      if (field != SIZE_MAX && e->fields[field].type == V_ABSENT) e->fields[field] = value_bool(true);
    }
    static const char *const own[] = {"当事人", "接待人"};
    for (size_t i = 0; i < COUNT_OF(own); i++) {
      size_t field = event_kind_field(kind, str_c(own[i]));
      if (field == SIZE_MAX || e->fields[field].type != V_ABSENT || f->person.text.n == 0) continue;
      if (i == 1 && !kind->fields[field].required) continue; /* an order is not the agent's because he touched it */
      e->fields[field] = value_ref(f->person.text);
    }
    *out = e;
  }
  if (r->somebody.n == 0) r->somebody = f->person.text;
  (*out)->seq = ++r->seq;
  (*out)->id = arena_printf(r->a, "e%lld", (long long)r->seq);
  return true;
}

/* ---- outcomes ---- */

static int act_type(enum lang_act_kind kind) {
  switch (kind) {
    case LANG_FINE: return C_FINE;
    case LANG_REWARD: return C_REWARD;
    case LANG_COMPENSATE: return C_COMPENSATE;
    case LANG_CHARGE: return C_CHARGE;
    case LANG_DEDUCT: case LANG_ADD: return C_SCORE;
    case LANG_PAY: return C_PAY;
    case LANG_DISCIPLINE: return C_DISCIPLINE;
    case LANG_PROPOSE: return C_PROPOSE;
    case LANG_REMIND: return C_REMIND;
    case LANG_URGE: return C_URGE;
    case LANG_ESCALATE: return C_ESCALATE;
    case LANG_TELL: return C_NOTIFY;
    case LANG_DEEM: return C_DEEM;
    case LANG_OPEN: return C_OPEN_CASE;
    case LANG_MOVE: return C_MOVE_CASE;
    case LANG_ASSIGN: return C_ASSIGN;
    case LANG_GIVE: return C_SEND_FORM;
    default: return -1;
  }
}

struct got { /* what came out, copied from the engine's words */
  enum consequence_type type;
  struct str subject, item, text, account, clause, object, decided_by;
  i64 fen, fen_max, points;
  bool used;
};
struct gots {
  struct run *r;
  struct got p[OUTCOMES_MAX];
  size_t n;
};

static void got_add(void *ctx, const struct consequence *c) {
  struct gots *g = ctx;
  if (g->n >= OUTCOMES_MAX) return;
  struct arena *a = g->r->a;
  g->p[g->n++] = (struct got){.type = c->type, .subject = arena_dup(a, c->subject), .item = arena_dup(a, c->item), .text = arena_dup(a, c->text_zh),
                              .account = arena_dup(a, c->account), .clause = arena_dup(a, c->clause), .object = arena_dup(a, c->object),
                              .decided_by = arena_dup(a, c->decided_by), .fen = c->fen, .fen_max = c->fen_max, .points = c->points};
}

static bool person_is(struct run *r, struct str subject, const struct lang_party *party) {
  struct str name = party->path.text;
  if (str_eq(subject, name)) return true;
  if (str_starts(subject, STR("role:")) && str_eq(str_slice(subject, 5, subject.n), name)) return true;
  /* the outcome names a role, the consequence its holder: 人员.入职 said so */
  return engine_person_has_role(r->engine, subject, name);
}

static bool money_is(struct run *r, const struct lang_amount *amount, const struct got *g) {
  if (amount->from == NULL) return true;
  struct value from = written(r, amount->from);
  i64 have = g->type == C_SCORE && amount->to == NULL ? (g->points < 0 ? -g->points : g->points) : g->fen;
  if (from.i != have) return false;
  if (amount->to == NULL) return g->type == C_SCORE || g->fen_max == g->fen;
  return written(r, amount->to).i == g->fen_max;
}

static bool act_is(struct run *r, const struct lang_act *act, const struct lang_party *party, const struct got *g) {
  if (act->kind == LANG_DEEM && str_is(act->event.path.text, "违规.成立")) {
    if (g->type != C_VIOLATION) return false;
    for (size_t i = 0; i < act->args.count; i++) {
      struct value v = as_text(r, written(r, act->args.p[i].value));
      if (str_is(act->args.p[i].name.text, "当事人") && !str_eq(v.s, g->subject)) return false;
      if (str_is(act->args.p[i].name.text, "条款") && !str_eq(v.s, g->clause)) return false;
    }
    return true;
  }
  if ((int)g->type != act_type(act->kind)) return false;
  if (act->kind == LANG_DEDUCT && g->points > 0) return false;
  if (party && !person_is(r, g->subject, party)) return false;
  if (!money_is(r, &act->amount, g)) return false;
  if (act->account.text.n && !str_eq(act->account.text, g->account)) return false;
  if (act->text.n && !str_eq(act->text, g->text)) return false;
  if (act->kind == LANG_PAY && (!str_eq(act->name.text, g->item) || written(r, act->expr).i != g->fen)) return false;
  if ((act->kind == LANG_DISCIPLINE || act->kind == LANG_PROPOSE || act->kind == LANG_OPEN || act->kind == LANG_GIVE) &&
      act->name.text.n && !str_eq(act->name.text, g->item)) return false;
  if ((act->kind == LANG_DEEM || act->kind == LANG_MOVE) && !str_eq(act->event.path.text, g->item)) return false;
  return true;
}

static bool take(struct run *r, struct gots *g, const struct lang_act *act, const struct lang_party *party) {
  for (size_t i = 0; i < g->n; i++) {
    if (g->p[i].used || !act_is(r, act, party, &g->p[i])) continue;
    g->p[i].used = true;
    return true;
  }
  return false;
}

/* 计薪 成交率 = 50%: the value of a 量 for the person of the example, over the month up to the last fact. */
static bool measure_is(struct run *r, const struct lang_act *act, i64 at) {
  i64 date = instant_date(at, r->program->zone_offset_ms);
  struct value v, want = written(r, act->expr);
  struct problem p = {0};
  i64 from = instant_at(month_start(date), 0, r->program->zone_offset_ms);
  if (engine_measure(r->engine, r->a, act->name.text, r->somebody, from, at + 1, &v, &p) != OK) return false;
  int order;
  return value_compare(&v, &want, &order) == OK && order == 0;
}

/* A 量, or a column of a report. */
static bool is_measure(const struct lang_program *program, struct str name) {
  if (lang_find_let(program, name)) return true;
  for (size_t i = 0; i < program->item_count; i++) {
    const struct lang_item *item = program->items[i];
    for (size_t k = 0; item->kind == LI_REPORT && k < item->report->column_count; k++) {
      if (str_eq(item->report->columns[k].name.text, name) && item->report->columns[k].expr) return true;
    }
  }
  return false;
}

static bool act_matches(struct run *r, struct gots *g, const struct lang_act *act, i64 at) {
  if (act->kind == LANG_NONE) return true;
  if (act->kind == LANG_PAY && is_measure(r->program, act->name.text)) return measure_is(r, act, at);
  if (act->parties.count) {
    for (size_t i = 0; i < act->parties.count; i++) {
      if (!take(r, g, act, &act->parties.p[i])) return false;
    }
    return true;
  }
  return take(r, g, act, act->has_party ? &act->party : NULL);
}

static struct str money(struct run *r, const struct got *g) {
  struct str low = money_text(r->a, g->fen);
  if (g->fen_max <= g->fen) return arena_printf(r->a, "%.*s元", STR_ARG(low));
  struct str high = money_text(r->a, g->fen_max);
  return arena_printf(r->a, "%.*s元 至 %.*s元", STR_ARG(low), STR_ARG(high));
}

static struct str points_words(struct run *r, const struct got *g) {
  struct str low = money_text(r->a, g->points < 0 ? -g->points : g->points);
  if (g->fen_max <= g->fen) return arena_printf(r->a, "%s%.*s分", g->points < 0 ? "−" : "+", STR_ARG(low));
  return arena_printf(r->a, "%.*s分 至 %.*s分", STR_ARG(money_text(r->a, g->fen)), STR_ARG(money_text(r->a, g->fen_max)));
}

static void tell_got(struct run *r, const struct gots *g, struct str *zh, struct str *en) {
  *zh = *en = (struct str){"", 0};
  for (size_t i = 0; i < g->n; i++) {
    const struct got *x = &g->p[i];
    bool has_money = x->type <= C_CHARGE || x->type == C_PAY;
    struct str amount = has_money ? money(r, x) : (struct str){"", 0};
    if (x->type == C_SCORE) amount = points_words(r, x);
    *zh = arena_printf(r->a, "%.*s%s%s %.*s %.*s%s%.*s（%.*s）", STR_ARG(*zh), i ? "；" : "", consequence_type_name_zh(x->type), STR_ARG(x->subject),
                       STR_ARG(x->item), x->item.n ? " " : "", STR_ARG(amount), STR_ARG(x->text));
    *en = arena_printf(r->a, "%.*s%s%s %.*s %.*s%s%.*s", STR_ARG(*en), i ? "; " : "", consequence_type_name(x->type), STR_ARG(x->subject),
                       STR_ARG(x->item), x->item.n ? " " : "", STR_ARG(amount));
  }
  if (g->n == 0) {
    *zh = STR("无");
    *en = STR("nothing");
  }
}

/* ---- the run ---- */

static const struct lang_outcome *verdict_of(const struct lang_example *x) {
  for (size_t i = 0; i < x->outcome_count; i++) {
    if (x->outcomes[i].kind == LANG_OUTCOME_VERDICT) return &x->outcomes[i];
  }
  return NULL;
}

static void leaves(struct run *r, const struct lang_approval *ap, struct str *words) {
  if (ap->kind == LA_PARTY) {
    *words = words->n ? arena_printf(r->a, "%.*s、%.*s", STR_ARG(*words), STR_ARG(ap->party.path.text)) : ap->party.path.text;
    return;
  }
  for (size_t i = 0; i < ap->part_count; i++) leaves(r, ap->parts[i], words);
}

static bool verdict_matches(struct run *r, const struct lang_outcome *want, const struct gate_decision *got, struct example_result *out) {
  static const enum gate_verdict verdicts[] = {[LANG_PERMIT] = GATE_PERMIT, [LANG_REFUSE] = GATE_REFUSE, [LANG_VIA] = GATE_CONSULT};
  static const char *const zh[] = {"没有条款管", "准", "拒", "经"};
  static const char *const en[] = {"no clause speaks", "permit", "refuse", "consult"};
  struct str roles = {"", 0}, because = {"", 0};
  for (size_t i = 0; i < got->stage_count; i++) roles = arena_printf(r->a, "%.*s%s%.*s", STR_ARG(roles), i ? "、" : "", STR_ARG(got->stages[i].role_zh));
  for (size_t i = 0; i < got->reason_count; i++) because = arena_printf(r->a, "%.*s%s%.*s", STR_ARG(because), i ? "；" : "", STR_ARG(got->reasons[i].text_zh));
  out->got_zh = arena_printf(r->a, "%s %.*s %.*s", zh[got->verdict], STR_ARG(roles), STR_ARG(because));
  out->got_en = arena_printf(r->a, "%s %.*s %.*s", en[got->verdict], STR_ARG(roles), STR_ARG(because));
  for (size_t i = 0; i < got->reason_count; i++) out->spoken |= str_eq(got->reasons[i].clause, out->clause);
  enum gate_verdict verdict = got->verdict == GATE_NONE ? GATE_PERMIT : got->verdict;
  if (verdict != verdicts[want->verdict]) return false;
  if (want->because.n) {
    bool said = false;
    for (size_t i = 0; i < got->reason_count; i++) said |= str_eq(want->because, got->reasons[i].text_zh);
    if (!said) return false;
  }
  if (want->via) {
    struct str words = {"", 0};
    leaves(r, want->via, &words);
    if (!str_eq(words, roles)) return false;
  }
  return true;
}

static bool compare(struct run *r, const struct lang_example *x, struct gots *g, i64 at, struct example_result *out) {
  bool ok = true;
  for (size_t i = 0; i < x->outcome_count; i++) {
    if (x->outcomes[i].kind == LANG_OUTCOME_ACT && !act_matches(r, g, &x->outcomes[i].act, at)) ok = false;
  }
  for (size_t i = 0; i < g->n; i++) {
    if (!g->p[i].used) ok = false;
    out->spoken |= str_eq(g->p[i].clause, out->clause);
  }
  struct str zh, en;
  tell_got(r, g, &zh, &en);
  out->got_zh = out->got_zh.n ? arena_printf(r->a, "%.*s；%.*s", STR_ARG(out->got_zh), STR_ARG(zh)) : zh;
  out->got_en = out->got_en.n ? arena_printf(r->a, "%.*s; %.*s", STR_ARG(out->got_en), STR_ARG(en)) : en;
  return ok;
}

/* ---- the desk of the example: it does at once what the rules order, as the desk does ---- */

struct order {
  enum consequence_type type;
  struct str id, item, object, subject, args;
};
struct orders {
  struct run *r;
  struct order p[ORDERS_MAX];
  size_t n;
};

static void order_add(void *ctx, const struct consequence *c) {
  struct orders *o = ctx;
  struct arena *a = o->r->a;
  bool wanted = c->type == C_OPEN_CASE || c->type == C_MOVE_CASE || c->type == C_ASSIGN;
  if (!wanted || c->noted || o->n == ORDERS_MAX) return;
  for (size_t i = 0; i < o->r->carried_count; i++) {
    if (str_eq(o->r->carried[i], c->id)) return;
  }
  o->p[o->n++] = (struct order){.type = c->type, .id = arena_dup(a, c->id), .item = arena_dup(a, c->item), .object = arena_dup(a, c->object),
                                .subject = arena_dup(a, c->subject), .args = arena_dup(a, c->args)};
}

static bool feed(struct run *r, struct event *e) {
  struct problem p = {0};
  e->seq = ++r->seq;
  e->id = arena_printf(r->a, "e%lld", (long long)r->seq);
  return enter(r, e, &p) == OK || run_fail(r, p.zh, p.en, (struct str){"", 0});
}

static void order_fields(struct run *r, struct running_case *c, struct str args) {
  json_t *json = json_loadb(args.p, args.n, 0, NULL), *v;
  const char *key;
  json_object_foreach(json, key, v) {
    struct value value;
    struct problem p = {0};
    if (value_from_json(r->a, v, declared(c->type, str_c(key)), r->program->zone_offset_ms, &value, &p) == OK) case_set(c, arena_dup(r->a, str_c(key)), value);
  }
  json_decref(json);
}

static bool carry(struct run *r, const struct order *o) {
  i64 now = engine_now(r->engine);
  if (r->carried_count == ORDERS_MAX) return run_fail(r, "规则互相牵着没有完：", "the rules order each other without end:", o->item);
  r->carried[r->carried_count++] = o->id;
  struct running_case *c = NULL;
  for (size_t i = 0; i < r->case_count && o->type != C_OPEN_CASE; i++) {
    if (str_eq(r->cases[i].id, o->object)) c = &r->cases[i];
  }
  if (o->type == C_OPEN_CASE) {
    const struct lang_case *type = lang_find_case(r->program, o->item);
    if (type == NULL || type->state_count == 0 || r->case_count == CASES_MAX) return true;
    c = &r->cases[r->case_count++];
    *c = (struct running_case){.type = type, .id = arena_printf(r->a, "%.*s-%zu", STR_ARG(type->name.text), r->case_count)};
    order_fields(r, c, o->args);
    if (!feed(r, event_of_case(r, c, EVENT_case_opened, now, (struct str){"", 0}))) return false;
  } else if (c && o->type == C_MOVE_CASE) {
    struct str state = o->item, rest;
    str_cut(state, '.', &rest);
    c->state = lang_case_state(c->type, rest);
    if (c->state != SIZE_MAX && !feed(r, event_of_case(r, c, EVENT_case_moved, now, (struct str){"", 0}))) return false;
  }
  if (c == NULL || o->type == C_MOVE_CASE || o->subject.n == 0 || str_starts(o->subject, STR("role:"))) return true;
  struct event *e = event_of_case(r, c, EVENT_case_assigned, now, (struct str){"", 0});
  event_set_text(e, "handler", o->subject);
  return feed(r, e);
}

static bool acts_order(const struct lang_acts *acts) {
  for (size_t i = 0; i < acts->count; i++) {
    const struct lang_act *a = &acts->p[i];
    if (a->kind == LANG_OPEN || a->kind == LANG_MOVE || a->kind == LANG_ASSIGN || acts_order(&a->then) || acts_order(&a->otherwise)) return true;
  }
  return false;
}

static bool body_orders(const struct lang_body *b) {
  for (size_t i = 0; b->tier && i < b->tier->row_count; i++) {
    if (acts_order(&b->tier->rows[i].acts)) return true;
  }
  return acts_order(&b->acts);
}

static bool item_orders(const struct lang_item *item) {
  bool yes = item->kind == LI_WHEN && body_orders(&item->when->body);
  for (size_t i = 0; i < item->tail_count; i++) yes |= body_orders(&item->tails[i].body);
  for (size_t i = 0; item->kind == LI_GATE && i < item->gate->line_count; i++) yes |= acts_order(&item->gate->lines[i].acts);
  for (size_t i = 0; item->kind == LI_CHECKLIST && i < item->checklist->row_count; i++) yes |= acts_order(&item->checklist->rows[i].acts);
  for (size_t i = 0; item->kind == LI_CASE && i < item->case_type->arrow_count; i++) yes |= item->case_type->arrows[i].after != NULL;
  return yes;
}

static bool carry_out(struct run *r) {
  for (;;) {
    struct orders *o = ARENA_NEW(r->a, struct orders);
    o->r = r;
    engine_each_consequence(r->engine, order_add, o);
    if (o->n == 0) return true;
    for (size_t i = 0; i < o->n; i++) {
      if (!carry(r, &o->p[i])) return false;
    }
  }
}

/* Time passes from one deadline to the next, so that what rules order is done at its own instant. */
static bool pass(struct run *r, i64 to) {
  for (i64 due; (due = engine_next_due(r->engine)) <= to;) {
    engine_advance(r->engine, due, NULL);
    if (engine_next_due(r->engine) == due) break; /* not begun yet: no fact so far */
    if (r->orders && !carry_out(r)) return false;
  }
  engine_advance(r->engine, to, NULL);
  return !r->orders || carry_out(r);
}

static bool play(struct run *r, const struct lang_example *x, struct example_result *out) {
  const struct lang_outcome *verdict = verdict_of(x);
  struct problem p = {0};
  struct gots *g = ARENA_NEW(r->a, struct gots);
  g->r = r;
  i64 at = x->fact_count ? x->facts[x->fact_count - 1].at_ms : 0;
  struct event *request = NULL;
  for (size_t i = 0; i < x->fact_count; i++) {
    const struct lang_fact *f = &x->facts[i];
    if (r->orders && !pass(r, f->at_ms)) return false;
    if (!f->has_event) {
      engine_advance(r->engine, f->at_ms, NULL);
      continue;
    }
    struct event *e;
    if (!fact_to_event(r, f, &e)) return false;
    if (verdict && i + 1 == x->fact_count) {
      engine_advance(r->engine, f->at_ms, NULL);
      request = e;
      break;
    }
    if (enter(r, e, &p) != OK) return run_fail(r, p.zh, p.en, (struct str){"", 0});
    if (r->orders && !carry_out(r)) return false;
  }
  if (verdict == NULL) {
    if (!pass(r, at)) return false;
    engine_each_consequence(r->engine, got_add, g);
    return compare(r, x, g, at, out);
  }
  if (request == NULL) return run_fail(r, "没有申请：最后要写一件事", "no request: the last fact must be an event", (struct str){"", 0});
  struct gate_decision d;
  if (engine_gate(r->engine, r->a, request, &d, &p) != OK) return run_fail(r, p.zh, p.en, (struct str){"", 0});
  bool ok = verdict_matches(r, verdict, &d, out);
  for (size_t i = 0; i < d.act_count; i++) got_add(g, &d.acts[i]);
  return compare(r, x, g, at, out) && ok;
}

bool example_events(struct arena *a, const struct lang_program *program, const struct lang_item *item, struct event ***events, size_t *count, i64 *until) {
  const struct lang_example *x = item->example;
  struct run *r = ARENA_NEW(a, struct run);
  r->a = a;
  r->program = program;
  *events = ARENA_ARRAY(a, struct event *, x->fact_count + 1);
  *count = 0;
  *until = x->fact_count ? x->facts[x->fact_count - 1].at_ms : 0;
  for (size_t i = 0; i < x->fact_count; i++) {
    if (!x->facts[i].has_event || (verdict_of(x) && i + 1 == x->fact_count)) continue;
    if (!fact_to_event(r, &x->facts[i], &(*events)[*count])) return false;
    ++*count;
  }
  return true;
}

static struct str attribution(const struct lang_item *item) {
  const struct lang_clause *clause = item->clause;
  struct str target = item->example->target;
  for (size_t i = 0; clause && i < clause->covers.count; i++) {
    if (str_eq(clause->covers.p[i].text, target)) return target;
  }
  if (target.n && (clause == NULL || !str_eq(target, clause->id))) {
    for (size_t i = 0; clause && i < clause->item_count; i++) { /* a tag: evidence when the heading covers one clause only */
      if (str_eq(clause->items[i]->tag, target) && clause->covers.count == 1) return clause->covers.p[0].text;
    }
    return (struct str){"", 0};
  }
  return clause && clause->covers.count == 1 ? clause->covers.p[0].text : (struct str){"", 0};
}

/* What happened before the book was in force is not judged by it, in an example either. */
static i64 in_force_from(const struct lang_program *program) {
  const struct lang_header *h = program->header;
  if (h && h->has_in_force) return instant_at(h->in_force, 0, program->zone_offset_ms);
  if (h && h->in_force_on_publication && h->has_published) return instant_at(h->published, 0, program->zone_offset_ms);
  return INT64_MIN / 4;
}

static void run(struct arena *a, const struct lang_program *program, const struct lang_item *item, const struct work_calendar *calendar,
                struct example_result *out, struct example_tape *tape) {
  const struct lang_example *x = item->example;
  *out = (struct example_result){.item = item, .clause = item->clause ? item->clause->id : (struct str){"", 0}, .covers = attribution(item)};
  struct run *r = ARENA_NEW(a, struct run);
  r->a = a;
  r->program = program;
  r->tape = tape;
  r->engine = engine_new(program->zone_offset_ms, calendar);
  struct problem p = {0};
  for (size_t i = 0; i < program->item_count && !r->orders; i++) r->orders = item_orders(program->items[i]);
  bool ok = engine_publish(r->engine, program, INT64_MIN / 4, in_force_from(program), &p) == OK;
  if (!ok) run_fail(r, p.zh, p.en, (struct str){"", 0});
  out->passed = ok && play(r, x, out);
  for (size_t i = 0; i < x->outcome_count; i++) {
    const struct lang_outcome *o = &x->outcomes[i];
    if (o->kind == LANG_OUTCOME_VERDICT) {
      if (o->verdict != LANG_PERMIT) out->hit = true;
    } else if (o->act.kind == LANG_PAY && is_measure(program, o->act.name.text)) {
      if (written(r, o->act.expr).i != 0) out->hit = true; /* a measure of nothing is a near miss */
    } else if (o->act.kind != LANG_NONE) {
      out->hit = true;
    }
  }
  out->near_miss = !out->hit;
  if (x->outcome_count) {
    struct lang_span span = x->outcomes[0].at;
    span.to = x->outcomes[x->outcome_count - 1].at.to;
    out->outcome = str_trim(lang_text(program, span));
  }
  if (r->error_zh.n) {
    out->got_zh = r->error_zh;
    out->got_en = r->error_en;
  }
  if (out->passed) out->got_zh = out->got_en = (struct str){"", 0};
  if (tape) tape->engine = r->engine;
  else engine_free(r->engine);
}

void example_run(struct arena *a, const struct lang_program *program, const struct lang_item *item, const struct work_calendar *calendar,
                 struct example_result *out) {
  run(a, program, item, calendar, out, NULL);
}

void example_record(struct arena *a, const struct lang_program *program, const struct lang_item *item, const struct work_calendar *calendar, struct example_tape *out) {
  struct example_result result;
  *out = (struct example_tape){0};
  run(a, program, item, calendar, &result, out);
}
