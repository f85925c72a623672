/* What only shows when the book is seen as a whole: case flows, gates without an end, facts punished twice, figures
 * in the prose that differ from the rules, and what labour law does not allow. */
#include "lang/checker.h"

#include "lang/lexer.h"

#include <string.h>

/* ---- cases ---- */

static void check_flow(struct checker *c, const struct lang_case *ct) {
  if (!ct->state_count) {
    lang_diagnose(c->d, LANG_WARNING, ct->name.at, "lang.no_flow", "单据 %.*s 没有流程", "the case %.*s has no flow", STR_ARG(ct->name.text));
    return;
  }
  bool *reached = ARENA_ARRAY(c->arena, bool, ct->state_count);
  reached[0] = true;
  for (size_t round = 0; round < ct->state_count; round++)
    for (size_t i = 0; i < ct->arrow_count; i++)
      if (reached[ct->arrows[i].from]) reached[ct->arrows[i].to] = true;
  for (size_t i = 0; i < ct->state_count; i++) {
    if (reached[i]) continue;
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, ct->states[i].name.at, "lang.state_unreachable", "状态“%.*s”没有路走到：从“%.*s”出发到不了", "no path leads to the state “%.*s” from “%.*s”",
                                              STR_ARG(ct->states[i].name.text), STR_ARG(ct->states[0].name.text));
    lang_diagnostic_repair(c->d, m, "流程 某状态 → %.*s", "flow some_state → %.*s", STR_ARG(ct->states[i].name.text));
  }
}

static void check_field(struct checker *c, const struct lang_case *ct, struct lang_field *f, struct scope *s) {
  struct scope wide = *s;
  wide.open = true;
  if (f->type.kind == LT_CASE && !map_ptr(&c->cases, f->type.case_name) && !map_ptr(&c->roles, f->type.case_name) && !map_ptr(&c->nouns, f->type.case_name)) {
    size_t distance = 99;
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, f->type.at, "lang.unknown_type", "没有“%.*s”这种类型或单据", "there is no type or case “%.*s”", STR_ARG(f->type.case_name));
    struct str near = lang_nearest(c, f->type.case_name, &c->cases, STR(""), &distance);
    lang_suggest(c, m, near);
    lang_diagnostic_repair(c->d, m, "类型有：文、数、钱、日期、时刻、时长、是否、人员、客户、订单、会话、商品、班次、部门、附件、签名，或 甲|乙|丙",
                           "types: text, number, money, date, instant, duration, yes_no, person, customer, order, conversation, product, shift, department, file, signature, or a|b|c");
  }
  if (f->computed) lang_check_expr(c, f->computed, &wide);
  if (f->asked_if) lang_check_cond(c, f->asked_if, s);
  if (str_find(f->name.text, STR("密码"), 0) != SIZE_MAX || str_is(f->name.text, "password")) {
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_WARNING, f->name.at, "lang.law_password", "单据里不要存密码：别人看得到，出了事说不清", "a case must not hold passwords: others can read it, and nobody can tell who used it");
    lang_diagnostic_repair(c->d, m, "改成每人自己的账号", "give each person an account");
  }
  (void)ct;
}

void lang_check_case(struct checker *c, struct lang_item *item) {
  struct lang_case *ct = item->case_type;
  struct scope s = {.needs_window = true};
  s.cases[s.event_count++] = ct;
  bool subject = !ct->subject.text.n;
  for (size_t i = 0; i < ct->field_count; i++) {
    struct lang_field *f = &ct->fields[i];
    check_field(c, ct, f, &s);
    subject |= str_eq(f->name.text, ct->subject.text);
    for (size_t k = 0; k < i; k++)
      if (str_eq(ct->fields[k].name.text, f->name.text))
        lang_diagnose(c->d, LANG_ERROR, f->name.at, "lang.duplicate_field", "字段“%.*s”写了两次", "the field “%.*s” stands twice", STR_ARG(f->name.text));
  }
  if (!subject) {
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, ct->subject.at, "lang.subject_field", "当事“%.*s”不是这张单据的字段", "the subject “%.*s” is no field of this case", STR_ARG(ct->subject.text));
    lang_diagnostic_repair(c->d, m, "字段 %.*s!: 人员", "field %.*s!: person", STR_ARG(ct->subject.text));
  }
  check_flow(c, ct);
  lang_check_case_flow(c, ct);
  lang_check_parties(c, &ct->openers, &s);
  lang_check_parties(c, &ct->visible, &s);
  for (size_t i = 0; i < ct->flow_count; i++)
    for (size_t k = 0; k < ct->flows[i].step_count; k++) {
      struct lang_flow_step *step = &ct->flows[i].steps[k];
      lang_check_approval(c, step->by, &s);
      if (step->only_if) lang_check_cond(c, step->only_if, &s);
      if (step->limit) lang_check_expr(c, step->limit, &s);
      if (step->after) lang_check_expr(c, step->after, &s);
    }
  for (size_t i = 0; i < ct->copy_count; i++) lang_check_party(c, &ct->copies[i].party, &s);
  static const char *const sheets[] = {"A3", "A4", "A5", "B4", "B5"};
  bool sheet = ct->print.text.n == 0;
  for (size_t i = 0; i < COUNT_OF(sheets); i++) sheet |= str_is(ct->print.text, sheets[i]);
  if (!sheet) lang_diagnostic_repair(c->d, lang_diagnose(c->d, LANG_ERROR, ct->print.at, "lang.print_sheet", "“%.*s”是多大的纸？", "what size of paper is “%.*s”?", STR_ARG(ct->print.text)), "打印 A4（还有 A3、A5、B4、B5）", "print A4 (or A3, A5, B4, B5)");
  for (size_t i = 0; i < ct->copy_count; i++)
    for (size_t k = 0; k < i; k++)
      if (ct->copies[i].number == ct->copies[k].number)
        lang_diagnose(c->d, LANG_ERROR, ct->copies[i].party.at, "lang.copy_twice", "第 %d 联写了两次", "copy %d stands twice", ct->copies[i].number);
  if (ct->data_class.text.n && !map_ptr(&c->classes, ct->data_class.text))
    lang_diagnose(c->d, LANG_WARNING, ct->data_class.at, "lang.unknown_class", "没有“%.*s”这个密级", "there is no data class “%.*s”", STR_ARG(ct->data_class.text));
}

/* ---- gates and routes ---- */

static struct str expr_text(const struct checker *c, const struct lang_expr *e) { return e ? lang_text(c->p, e->at) : STR(""); }

static void check_gate_lines(struct checker *c, const struct lang_item *item) {
  const struct lang_gate *g = item->gate;
  bool ended = false;
  for (size_t i = 0; i < g->line_count; i++) {
    const struct lang_gate_line *l = &g->lines[i];
    if (ended && l->otherwise) lang_diagnose(c->d, LANG_ERROR, l->at, "lang.gate_two_defaults", "“其余”写了两行", "“otherwise” stands twice");
    ended |= l->otherwise;
    for (size_t k = 0; k < i && l->condition; k++) {
      const struct lang_gate_line *o = &g->lines[k];
      if (!o->condition || o->verdict == l->verdict || !str_eq(expr_text(c, o->condition), expr_text(c, l->condition))) continue;
      if (o->verdict != LANG_REFUSE && l->verdict != LANG_REFUSE) continue;
      struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, l->at, "lang.gate_both", "同一个条件既准又拒：拒总是优先，准永远用不上", "one condition both permits and refuses: refusal wins, the permit never takes effect");
      lang_diagnostic_repair(c->d, m, "删去一行，或把条件分开", "delete one of them, or tell the conditions apart");
    }
  }
  if (ended) return;
  struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, g->request.at, "lang.gate_no_default", "申请 %.*s 没有写其余怎么办", "the request %.*s does not say what happens otherwise",
                                            STR_ARG(g->request.path.text));
  lang_diagnostic_example(c->d, m, "一个申请哪一行都不合，就没有人能决定", "a request that fits no line is decided by nobody");
  const struct lang_span end = {item->at.to, item->at.to, item->at.line, 1};
  lang_diagnostic_fix(c->d, m, end, STR("\n  准 其余"), "准 其余", "permit otherwise");
  lang_diagnostic_fix(c->d, m, end, STR("\n  拒 其余 因 “制度没有写明”"), "拒 其余 因 “…”", "refuse otherwise because “…”");
  lang_diagnostic_repair(c->d, m, "经 主管 其余", "via supervisor otherwise");
}

static int default_verdict(const struct lang_gate *g) {
  for (size_t i = 0; i < g->line_count; i++)
    if (g->lines[i].otherwise) return (int)g->lines[i].verdict;
  return -1;
}

static void check_route(struct checker *c, const struct lang_item *a, struct map *routes) {
  const struct lang_event *step = &a->route->step;
  bool fresh;
  map_put(routes, step->path.text, &fresh);
  size_t s = step->case_type ? lang_case_state(step->case_type, step->state) : SIZE_MAX;
  if (!fresh)
    lang_diagnostic_repair(c->d, lang_diagnose(c->d, LANG_ERROR, a->at, "lang.two_routes", "“%.*s”由谁批写了两处", "who approves “%.*s” is said twice", STR_ARG(step->path.text)),
                           "合成一个审批，分几行写", "join them into one route with several rows");
  else if (s != SIZE_MAX && step->case_type->states[s].by)
    lang_diagnostic_repair(c->d, lang_diagnose(c->d, LANG_ERROR, a->at, "lang.two_routes", "“%.*s”由谁批写了两处：流程里一处，审批里一处", "who approves “%.*s” is said twice: in the flow and in a route",
                                               STR_ARG(step->state)),
                           "流程里这一步不写括号里的人，或删去审批", "leave out the person in the flow's brackets, or delete the route");
}

void lang_check_gates(struct checker *c) {
  struct map routes, gates;
  map_init(&routes, c->arena);
  map_init(&gates, c->arena);
  for (size_t i = 0; i < c->p->item_count; i++) {
    struct lang_item *a = c->p->items[i];
    if (a->kind == LI_ROUTE) check_route(c, a, &routes);
    if (a->kind != LI_GATE) continue;
    check_gate_lines(c, a);
    if (a->gate->where) continue;
    bool fresh;
    struct map_entry *e = map_put(&gates, a->gate->request.path.text, &fresh);
    const struct lang_item *b = e->ptr;
    e->ptr = a;
    if (!b) continue;
    int x = default_verdict(a->gate), y = default_verdict(b->gate);
    if (x < 0 || y < 0 || x == y || (x != LANG_REFUSE && y != LANG_REFUSE)) continue;
    lang_diagnostic_repair(c->d, lang_diagnose(c->d, LANG_ERROR, a->at, "lang.gate_both", "两条对“%.*s”一准一拒：拒总是优先，另一条永远用不上", "two clauses on “%.*s”, one permits and one refuses: refusal wins, the other never takes effect",
                                               STR_ARG(a->gate->request.path.text)),
                           "合成一条，用“若”分开准和拒的情形", "join them into one, and tell the cases apart with “if”");
  }
}

/* ---- two clauses, one fact ---- */

enum { CONSTRAINTS_MAX = 16, PENALTIES_MAX = 2000 };
struct constraint {
  struct str field;
  const struct lang_expr *e;
  bool negated;
};
struct penalty {
  const struct lang_item *item;
  struct str kind; /* canonical kind or case.state */
  struct constraint all[CONSTRAINTS_MAX];
  size_t count;
  bool vague; /* a condition that cannot be judged here */
  bool fine, deduct;
};

static void add_constraints(struct penalty *p, const struct lang_expr *e) {
  if (!e) return;
  if (e->kind == LX_AND) {
    add_constraints(p, e->a);
    add_constraints(p, e->b);
    return;
  }
  bool negated = e->kind == LX_NOT;
  const struct lang_expr *x = negated ? e->a : e;
  const struct lang_expr *left = x->kind == LX_PATH ? x : x->a;
  bool plain = (x->kind == LX_COMPARE || x->kind == LX_ONE_OF || x->kind == LX_RANGE || x->kind == LX_PATH) && left && left->kind == LX_PATH;
  if (!plain || p->count == CONSTRAINTS_MAX) {
    p->vague = true;
    return;
  }
  p->all[p->count++] = (struct constraint){left->path.text, x, negated};
}

static void acts_penalties(const struct lang_acts *acts, struct penalty *p) {
  for (size_t i = 0; i < acts->count; i++) {
    const struct lang_act *a = &acts->p[i];
    bool direct = a->has_party && (str_is(a->party.path.text, "当事人") || str_is(a->party.path.text, "person")) && !a->party.args.count;
    if (a->kind == LANG_FINE && direct) p->fine = true;
    if (a->kind == LANG_DEDUCT && (direct || !a->has_party)) p->deduct = true;
  }
}
static void body_penalties(const struct lang_body *b, struct penalty *p) {
  acts_penalties(&b->acts, p);
  for (size_t r = 0; b->tier && r < b->tier->row_count; r++) acts_penalties(&b->tier->rows[r].acts, p);
}

static void event_penalty(const struct lang_event *e, const struct lang_expr *where, struct penalty *p, int depth) {
  add_constraints(p, where);
  add_constraints(p, e->where);
  if (e->define && depth < 8 && e->define->trigger.event_count == 1) {
    event_penalty(&e->define->trigger.events[0], e->define->trigger.where, p, depth + 1);
    return;
  }
  if (e->define) p->vague = true;
  p->kind = e->kind.n ? e->kind : e->path.text;
}

/* May both hold for one fact? False when some field contradicts itself. */
static bool word_of(const struct lang_expr *e, struct str *w) {
  if (e->kind == LX_PATH) *w = e->path.text;
  else if (e->kind == LX_LITERAL && e->value.type == V_TEXT) *w = e->value.s;
  else if (e->kind == LX_LITERAL && e->value.type == V_BOOL) *w = e->value.i ? STR("是") : STR("否");
  else return false;
  return true;
}
static bool values_of(const struct constraint *k, struct str *out, size_t *n) {
  *n = 0;
  if (k->e->kind == LX_PATH) {
    out[(*n)++] = k->negated ? STR("否") : STR("是");
    return true;
  }
  if (k->negated) return false;
  if (k->e->kind == LX_COMPARE && k->e->compare == LANG_EQ) return word_of(k->e->b, &out[(*n)++]);
  if (k->e->kind != LX_ONE_OF || k->e->arg_count > 16) return false;
  for (size_t i = 0; i < k->e->arg_count; i++)
    if (!word_of(k->e->args[i], &out[(*n)++])) return false;
  return true;
}
static bool bounds_of(const struct checker *c, const struct lang_expr *e, struct value *lower, bool *li, struct value *upper, bool *ui) {
  if (e->kind != LX_RANGE || e->ranges.count != 1) return false;
  const struct lang_range *r = &e->ranges.p[0];
  *lower = *upper = value_absent();
  *li = r->lower_included;
  *ui = r->upper_included;
  if (r->lower && !lang_constant(c, r->lower, lower)) return false;
  return !r->upper || lang_constant(c, r->upper, upper);
}
static bool contradict(const struct checker *c, const struct constraint *a, const struct constraint *b) {
  struct str x[16], y[16];
  size_t n, m;
  if (!str_eq(a->field, b->field)) return false;
  if (a->negated != b->negated && str_eq(expr_text(c, a->e), expr_text(c, b->e))) return true;
  if (values_of(a, x, &n) && values_of(b, y, &m)) {
    for (size_t i = 0; i < n; i++)
      for (size_t k = 0; k < m; k++)
        if (str_eq(x[i], y[k])) return false;
    return true;
  }
  struct value al, au, bl, bu;
  bool ali, aui, bli, bui;
  int order;
  if (a->negated || b->negated || !bounds_of(c, a->e, &al, &ali, &au, &aui) || !bounds_of(c, b->e, &bl, &bli, &bu, &bui)) return false;
  if (au.type && bl.type && value_compare(&au, &bl, &order) == OK && (order < 0 || (order == 0 && !(aui && bli)))) return true;
  return bu.type && al.type && value_compare(&bu, &al, &order) == OK && (order < 0 || (order == 0 && !(bui && ali)));
}
static bool disjoint(const struct checker *c, const struct penalty *a, const struct penalty *b) {
  for (size_t i = 0; i < a->count; i++)
    for (size_t k = 0; k < b->count; k++)
      if (contradict(c, &a->all[i], &b->all[k])) return true;
  return false;
}
static bool excepted(const struct lang_item *a, const struct lang_item *b) {
  for (size_t i = 0; i < a->tail_count; i++)
    if (a->tails[i].kind == LANG_TAIL_EXCEPTION && (str_eq(a->tails[i].id, b->tag) || (b->clause && str_eq(a->tails[i].id, b->clause->id)))) return true;
  return false;
}

/* A checklist row finds exactly this item, 项 = name; words found are of this item, 词组 = name. */
static const struct lang_expr *item_equals(struct checker *c, struct str field, struct lang_name name) {
  struct lang_expr *e = ARENA_ARRAY(c->arena, struct lang_expr, 3);
  e[0] = (struct lang_expr){.kind = LX_COMPARE, .compare = LANG_EQ, .a = &e[1], .b = &e[2], .at = name.at};
  e[1] = (struct lang_expr){.kind = LX_PATH, .path = {.text = field}, .at = name.at};
  e[2] = (struct lang_expr){.kind = LX_PATH, .path = {.text = name.text}, .at = name.at};
  return e;
}
/* 禁止 …;违者 body, or NULL. */
static const struct lang_body *violator_body(const struct lang_item *item) {
  for (size_t i = 0; item->kind == LI_FORBID && i < item->tail_count; i++)
    if (item->tails[i].kind == LANG_TAIL_VIOLATOR) return &item->tails[i].body;
  return NULL;
}

void lang_check_punishments(struct checker *c) {
  struct penalty *list = NULL;
  size_t count = 0, room = 0;
  for (size_t i = 0; i < c->p->item_count && count < PENALTIES_MAX; i++) {
    const struct lang_item *item = c->p->items[i];
    if (item->kind == LI_CHECKLIST) {
      for (size_t k = 0; k < item->checklist->row_count && count < PENALTIES_MAX; k++) {
        struct penalty p = {.item = item, .kind = STR("inspection.found")};
        acts_penalties(&item->checklist->rows[k].acts, &p);
        if (!p.fine && !p.deduct) continue;
        add_constraints(&p, item_equals(c, STR("项"), item->checklist->rows[k].name));
        if (count == room) list = arena_grow(c->arena, list, &room, count + 1, sizeof *list);
        list[count++] = p;
      }
      continue;
    }
    if (item->kind == LI_WORDS) {
      struct penalty p = {.item = item, .kind = item->words->kind == LANG_FORBIDDEN ? STR("conversation.forbidden_word") : STR("conversation.phrase_missing")};
      for (size_t k = 0; k < item->tail_count; k++)
        if (item->tails[k].kind == LANG_TAIL_VIOLATOR) body_penalties(&item->tails[k].body, &p);
      if (!p.fine && !p.deduct) continue;
      add_constraints(&p, item_equals(c, STR("词组"), item->words->name));
      if (count == room) list = arena_grow(c->arena, list, &room, count + 1, sizeof *list);
      list[count++] = p;
      continue;
    }
    const struct lang_body *body = item->kind == LI_WHEN ? &item->when->body : violator_body(item);
    if (!body) continue;
    const struct lang_trigger *t = item->kind == LI_WHEN ? &item->when->trigger : &item->forbid->trigger;
    for (size_t k = 0; k < t->event_count && count < PENALTIES_MAX; k++) {
      struct penalty p = {.item = item};
      body_penalties(body, &p);
      if (!p.fine && !p.deduct) break;
      if (t->absent_within) p.vague = true;
      if (t->events[k].violates.count) continue;
      event_penalty(&t->events[k], t->where, &p, 0);
      if (count == room) list = arena_grow(c->arena, list, &room, count + 1, sizeof *list);
      list[count++] = p;
    }
  }
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; k < i; k++) {
      const struct penalty *a = &list[i], *b = &list[k];
      if (a->item == b->item || !str_eq(a->kind, b->kind) || a->vague || b->vague || disjoint(c, a, b)) continue;
      if (!((a->fine && b->fine) || (a->deduct && b->deduct)) || excepted(a->item, b->item) || excepted(b->item, a->item)) continue;
      struct str other = b->item->tag.n ? b->item->tag : b->item->clause ? b->item->clause->id : STR("");
      struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, a->item->at, "lang.punished_twice", "同一件事罚了两次：这里一次，#%.*s（第 %u 行）又一次", "one fact is punished twice: here, and by #%.*s (line %u)",
                                                STR_ARG(other), b->item->at.line);
      lang_diagnostic_repair(c->d, m, "用“其中”把两种情形分开", "tell the two apart with “where”");
      lang_diagnostic_repair(c->d, m, "让一条让位：例外于 #…", "let one give way: overrides #…");
    }
}

/* ---- figures in the prose ---- */

static bool judged_type(enum value_type t) { return t == V_MONEY || t == V_DURATION || t == V_RATIO || t == V_POINTS || t == V_DAYS || t == V_WORKDAYS || t == V_MONTHS; }

struct amounts {
  struct value v[256];
  struct lang_span at[256]; /* where the number stands: in the block, or where the figure is set */
  size_t count;
};
static void note_amount(struct amounts *a, struct value v, struct lang_span at) {
  if (!judged_type(v.type) || a->count == 256) return;
  a->at[a->count] = at;
  a->v[a->count++] = v;
}

/* All literals of the clause's blocks [from, to), and the figures they use. */
static void block_amounts(struct checker *c, size_t from, size_t to, struct lang_lexer *x, struct amounts *out) {
  for (size_t b = from; b < to; b++) {
    arena_reset(x->arena);
    struct lang_tokens t = lang_lex(x, c->p->blocks[b].from, c->p->blocks[b].to, c->p->blocks[b].line);
    for (size_t i = 0; i + 1 < t.count; i++) {
      if (t.p[i].kind == TK_NUMBER && t.p[i + 1].kind == TK_UNIT) {
        i64 scaled, amount;
        const struct lang_unit *u = t.p[i + 1].unit;
        if (!decimal_parse(t.p[i].text, 6, &scaled)) continue;
        const struct lang_span at = {t.p[i].at.from, t.p[i + 1].at.to, t.p[i].at.line, t.p[i].at.column};
        if (u->type == V_RATIO) note_amount(out, value_ratio(scaled, 1000000 * u->scale), at);
        else if (!__builtin_mul_overflow(scaled, u->scale, &amount)) note_amount(out, value_int(u->type, amount / 1000000), at);
      } else if (t.p[i].kind == TK_WORD) {
        const struct lang_figure *f = map_ptr(&c->figures, t.p[i].text);
        for (size_t k = 0; f && k < f->value_count; k++)
          if (f->values[k].expr->kind == LX_LITERAL) note_amount(out, f->values[k].expr->value, f->values[k].expr->at);
      }
    }
  }
}

static void judge_prose(struct checker *c, struct lang_span at, struct value v, const struct amounts *rules) {
  size_t near = SIZE_MAX;
  for (size_t i = 0; i < rules->count; i++) {
    if (value_equal(&rules->v[i], &v)) return;
    if (rules->v[i].type == v.type) near = i;
  }
  if (near == SIZE_MAX) return;
  const struct value *rule = &rules->v[near];
  struct lang_diagnostic *m = lang_diagnose_texts(
      c->d, LANG_WARNING, at, "lang.prose_figure",
      arena_printf(c->arena, "正文写 %.*s，规则里没有这个数（有 %.*s）：以哪个为准？", STR_ARG(value_show(c->arena, &v, false, 0)), STR_ARG(value_show(c->arena, rule, false, 0))),
      arena_printf(c->arena, "the prose says %.*s, the rules do not (they have %.*s): which one holds?", STR_ARG(value_show(c->arena, &v, true, 0)), STR_ARG(value_show(c->arena, rule, true, 0))));
  for (size_t i = rules->count; i-- > 0 && m->repair_count < 2;) { /* the nearest first, each amount once */
    bool again = rules->v[i].type != v.type;
    for (size_t k = i + 1; k < rules->count && !again; k++) again = value_equal(&rules->v[k], &rules->v[i]);
    if (again) continue;
    struct str words = str_trim(str_slice(c->p->source, rules->at[i].from, rules->at[i].to));
    lang_diagnostic_fix(c->d, m, at, words, "正文改成 %.*s", "write %.*s in the prose", STR_ARG(words));
  }
  struct str prose = str_trim(lang_text(c->p, at)), old = str_trim(lang_text(c->p, rules->at[near]));
  lang_diagnostic_fix(c->d, m, rules->at[near], prose, "规则里的 %.*s 改成 %.*s", "change %.*s in the rules to %.*s", STR_ARG(old), STR_ARG(prose));
}

/* Units that also name a date or a grade: 3月5日, 十分满意. */
static bool date_like(const struct lang_unit *u) { return str_is(u->name, "日") || str_is(u->name, "月") || str_is(u->name, "年") || str_is(u->name, "号"); }

/* A number in words at `i`: 三十元, 百分之二十. The byte after it, or `i` when there is none; the value ×1,000,000. */
static size_t number_in_words(struct str src, size_t i, size_t next, i64 *scaled, bool *percent) {
  size_t from = i, to, n = 0;
  bool half;
  *percent = str_starts(str_slice(src, i, next), STR("百分之"));
  if (*percent) from += STR("百分之").n;
  for (to = from; to < next; to += n) {
    u32 cp;
    n = str_decode(src, to, &cp);
    if (!lang_is_chinese_numeral(cp)) break;
  }
  struct str words = str_slice(src, from, to);
  if (!words.n || (str_is(words, "十") && str_starts(str_slice(src, to, next), STR("分")) && !str_starts(str_slice(src, to, next), STR("分钟")))) return i;
  if (!*percent && str_ends(words, STR("万")) && str_starts(str_slice(src, to, next), STR("元"))) words.n -= 3, to -= 3;
  i64 value = lang_chinese_number(words, &half);
  if (value < 0) return i;
  *scaled = half ? 500000 : value * 1000000;
  return to;
}

/* 第三次, 每一天, 同一天, 任一: the number counts no amount. */
static bool counts_nothing(struct str src, size_t line_from, size_t i) {
  static const char *const before[] = {"第", "每", "同", "任", "这", "那", "某", "逐", "单", "统", "唯", "之"};
  struct str head = str_slice(src, line_from, i);
  for (size_t k = 0; k < COUNT_OF(before); k++)
    if (str_ends(head, str_c(before[k]))) return !str_ends(head, STR("百分之"));
  return false;
}

/* An amount at `i` of the prose: judge it; the byte after it. */
static size_t prose_amount(struct checker *c, size_t line_from, size_t i, size_t next, u32 line, const struct amounts *rules) {
  struct str src = c->p->source;
  size_t to = i;
  i64 scaled, amount = 0;
  bool percent = false, digits = src.p[i] >= '0' && src.p[i] <= '9';
  while (to < next && ((src.p[to] >= '0' && src.p[to] <= '9') || src.p[to] == '.')) to++;
  if (digits ? !decimal_parse(str_slice(src, i, to), 6, &scaled) : (to = number_in_words(src, i, next, &scaled, &percent)) == i) {
    u32 cp;
    return digits ? to : i + str_decode(src, i, &cp);
  }
  size_t unit_at = to < next && src.p[to] == ' ' ? to + 1 : to;
  const struct lang_unit *u = percent ? lang_unit_prefix(STR("%"), false) : lang_unit_prefix(str_slice(src, unit_at, next), false);
  if (!u || date_like(u) || scaled > 1000000000000000 || __builtin_mul_overflow(scaled, u->scale, &amount) || (!digits && counts_nothing(src, line_from, i))) return to;
  size_t after = percent ? to : unit_at + u->name.n;
  u32 cp = 0;
  if (after < next) str_decode(src, after, &cp);
  if (!digits && (lang_is_chinese_numeral(cp) || str_starts(str_slice(src, i, to), STR("零")) || str_is(u->name, "角"))) return after; /* 一分零一秒, 半角 */
  struct value v = u->type == V_RATIO ? value_ratio(scaled, 1000000 * u->scale) : value_int(u->type, amount / 1000000);
  struct lang_span span = {(u32)i, (u32)after, line, (u32)str_code_points(str_slice(src, line_from, i)) + 1};
  if (judged_type(v.type)) judge_prose(c, span, v, rules);
  return to;
}

static void check_clause_prose(struct checker *c, const struct lang_clause *clause, size_t first, size_t last, struct lang_lexer *x) {
  struct amounts rules = {.count = 0};
  block_amounts(c, first, last, x, &rules);
  struct str src = c->p->source;
  u32 line = clause->at.line;
  size_t block = first;
  for (size_t at = clause->from; at < clause->to && rules.count; line++) { /* line by line, outside the heading and the blocks */
    size_t nl = str_find(str_slice(src, 0, clause->to), STR("\n"), at), next = nl == SIZE_MAX ? clause->to : nl + 1;
    while (block < last && c->p->blocks[block].to <= at) block++;
    bool skip = (at == clause->from && clause->level) || (block < last && at >= c->p->blocks[block].from);
    bool code = false; /* `inline code` talks about the language, not about the rule */
    for (size_t i = at; !skip && i < next;) {
      if (src.p[i] == '`') code = !code;
      bool start = (src.p[i] >= '0' && src.p[i] <= '9') || (unsigned char)src.p[i] >= 0xE0; /* a digit, or perhaps a numeral */
      i = start && !code ? prose_amount(c, at, i, next, line, &rules) : i + 1;
    }
    at = next;
  }
}

void lang_check_prose(struct checker *c) {
  struct lang_lexer x;
  struct arena *scratch = arena_new(LANG_MEMORY_MAX);
  lang_lexer_init(&x, c->arena, c->p->source, NULL);
  x.arena = scratch; /* the tokens of one block at a time */
  size_t block = 0;
  for (size_t i = 0; i < c->p->clause_count; i++) {
    const struct lang_clause *clause = c->p->clauses[i];
    size_t first = block;
    while (block < c->p->block_count && c->p->blocks[block].clause == clause) block++;
    if (block > first && clause->item_count) check_clause_prose(c, clause, first, block, &x);
  }
  arena_free(scratch);
}

/* ---- what the law does not allow ---- */

static bool names_sick_leave(const struct lang_expr *e) {
  if (!e) return false;
  if (e->kind == LX_PATH && (str_is(e->path.text, "病假") || str_is(e->path.text, "sick_leave"))) return true;
  if (names_sick_leave(e->a) || names_sick_leave(e->b) || names_sick_leave(e->c)) return e->kind != LX_NOT && !(e->kind == LX_COMPARE && e->compare == LANG_NE);
  for (size_t i = 0; i < e->arg_count; i++)
    if (names_sick_leave(e->args[i])) return true;
  return false;
}
static bool names_month_wage(const struct lang_expr *e) {
  if (!e) return false;
  if (e->kind == LX_PATH && (str_is(e->path.text, "应发") || str_is(e->path.text, "实发") || str_is(e->path.text, "底薪") || str_ends(e->path.text, STR(".底薪")) || str_is(e->path.text, "月工资") ||
                             str_is(e->path.text, "base_wage") || str_is(e->path.text, "gross")))
    return true;
  if (e->kind == LX_ARITH) return (e->op == '+' && (names_month_wage(e->a) || names_month_wage(e->b))) || (e->op == '*' && names_month_wage(e->a) && e->b->kind == LX_LITERAL && e->b->value.type == V_COUNT);
  return false;
}

static void law_acts(struct checker *c, const struct lang_acts *acts, bool sick) {
  for (size_t i = 0; i < acts->count; i++) {
    const struct lang_act *a = &acts->p[i];
    if (a->kind != LANG_FINE && a->kind != LANG_DEDUCT) continue;
    if (sick) {
      struct lang_diagnostic *m = lang_diagnose(c->d, LANG_WARNING, a->at, "lang.law_sick_leave", "病假是职工的权利，不能因此罚款或扣分", "sick leave is a right: it may not be fined");
      lang_diagnostic_repair(c->d, m, "改罚“未按规定请假”，或写 不施行 “…” 因 “…”", "judge the missing request instead, or write not in force “…” because “…”");
    }
    if (a->kind == LANG_FINE && names_month_wage(a->amount.from)) {
      struct lang_diagnostic *m = lang_diagnose(c->d, LANG_WARNING, a->at, "lang.law_month_wage", "一次扣去整月工资：每月扣除不得超过当月工资的五分之一，且余额不低于最低工资", "this takes a whole month's wage: at most a fifth of it may be deducted, and the minimum wage must remain");
      lang_diagnostic_repair(c->d, m, "写一个数，或 不施行 “…” 因 “…”", "write an amount, or not in force “…” because “…”");
    }
  }
}
static void law_body(struct checker *c, const struct lang_body *b, bool sick) {
  law_acts(c, &b->acts, sick);
  for (size_t r = 0; b->tier && r < b->tier->row_count; r++) law_acts(c, &b->tier->rows[r].acts, sick);
}

static void law_words(struct checker *c, const struct lang_item *item) {
  static const char *const untrue[] = {"国家级", "最高级", "最佳", "全网最低", "销量第一", "绝对有效", "100%有效", "包治", "永久有效"};
  if (item->words->kind == LANG_FORBIDDEN) return;
  for (size_t i = 0; i < item->words->text_count; i++)
    for (size_t k = 0; k < COUNT_OF(untrue); k++)
      if (str_find(item->words->texts[i], str_c(untrue[k]), 0) != SIZE_MAX)
        lang_diagnostic_repair(c->d, lang_diagnose(c->d, LANG_WARNING, item->at, "lang.law_untrue", "话术里有“%s”：绝对化、无法证明的话不得让客服说", "the phrase says “%s”: staff must not be told to claim what cannot be proved", untrue[k]),
                               "改成说得出根据的话", "say what can be shown to be so");
}

void lang_check_law(struct checker *c) {
  for (size_t i = 0; i < c->p->item_count; i++) {
    const struct lang_item *item = c->p->items[i];
    if (item->kind == LI_WORDS) law_words(c, item);
    if (item->kind == LI_WHEN) {
      const struct lang_trigger *t = &item->when->trigger;
      bool sick = names_sick_leave(t->where);
      for (size_t k = 0; k < t->event_count; k++) sick |= names_sick_leave(t->events[k].where);
      law_body(c, &item->when->body, sick);
    }
    for (size_t k = 0; k < item->tail_count; k++) law_body(c, &item->tails[k].body, false);
  }
  if (c->has_fine && !c->has_limit && c->p->header) {
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_WARNING, c->p->header->id.at, "lang.law_no_limit", "有罚款，没有写扣款的上限", "there are fines, but no limit to what is deducted");
    lang_diagnostic_repair(c->d, m, "每 自然月 结 按 员工: 扣款 不超过 应发 × 20%%,且 实发 不低于 最低工资;超出 不结转",
                           "each month settle by staff: deductions at_most gross × 20%%, and net not_below minimum_wage; excess not_carried");
  }
}
