/* What follows from what: fines that set off fines. Every consequence that is itself a fact
 * (账.罚款 …, 视为 …, a broken 禁止) is an arrow from the rule that makes it to the rules it starts. An arrow that a guard
 * shuts for certain is none; one marked 不递延 never leads back. A circle of the arrows that are left has no end, and is
 * spelled out. The order of settlements is settle_order.c's. */
#include "lang/check_logic.h"

#include <stdlib.h>
#include <string.h>

enum { NODES_MAX = 4000, ACTS_MAX = 400, FIELDS_MAX = 8, PATH_MAX = 24 };

/* Something a rule makes. */
struct made {
  const struct lang_item *item;
  const struct lang_act *act;     /* NULL: the violation of a 禁止 */
  struct str kind;                /* vocabulary kind */
  const struct lang_case *case_type;
  struct str state;
  size_t node;
};
struct arrow {
  size_t to;                      /* node */
  const struct made *made;
};
struct strata {
  struct checker *c;
  const struct lang_item **nodes;
  size_t node_count;
  struct made *made;
  size_t made_count, made_room;
  struct arrow *arrows;           /* by the node they leave */
  size_t arrow_count, arrow_room;
  size_t *first;                  /* of each node, and one past the last */
  size_t *by, *queue;             /* for the search */
  bool deems;                     /* some rule says 视为: then any event may be made */
};

static struct str kind_of_act(const struct lang_act *a) {
  switch (a->kind) {
    case LANG_FINE: case LANG_COMPENSATE: return STR("ledger.fined");
    case LANG_REWARD: return STR("ledger.rewarded");
    case LANG_DEDUCT: case LANG_ADD: return STR("ledger.scored");
    case LANG_DISCIPLINE: case LANG_PROPOSE: return STR("ledger.disciplined");
    case LANG_PAY: return STR("ledger.pay_computed");
    case LANG_CHARGE: return STR("ledger.charged");
    case LANG_DEEM: return a->event.kind;
    default: return STR("");
  }
}

static void add_made(struct strata *s, struct made m) {
  s->made = arena_grow(s->c->arena, s->made, &s->made_room, s->made_count + 1, sizeof *s->made);
  m.node = s->node_count - 1;
  s->deems |= m.act && m.act->kind == LANG_DEEM;
  s->made[s->made_count++] = m;
}

static void made_by_acts(struct strata *s, const struct lang_item *item, const struct lang_acts *acts) {
  for (size_t i = 0; i < acts->count && i < ACTS_MAX; i++) {
    const struct lang_act *a = &acts->p[i];
    struct made m = {.item = item, .act = a, .kind = kind_of_act(a)};
    if (a->kind == LANG_DEEM) {
      m.case_type = a->event.case_type;
      m.state = a->event.state;
    }
    if (m.kind.n || m.case_type) add_made(s, m);
    made_by_acts(s, item, &a->then);
    made_by_acts(s, item, &a->otherwise);
  }
}

static void made_by_body(struct strata *s, const struct lang_item *item, const struct lang_body *b) {
  made_by_acts(s, item, &b->acts);
  for (size_t r = 0; b->tier && r < b->tier->row_count; r++) made_by_acts(s, item, &b->tier->rows[r].acts);
}

static void made_by(struct strata *s, const struct lang_item *item) {
  if (item->kind == LI_WHEN) made_by_body(s, item, &item->when->body);
  if (item->kind == LI_FORBID) add_made(s, (struct made){.item = item, .kind = STR("clause.violated")});
  for (size_t i = 0; i < item->tail_count; i++) made_by_body(s, item, &item->tails[i].body);
}

/* ---- may this guard let it pass? ---- */

static void field_is(struct checker *c, struct logic *l, const char *field, const struct lang_expr *value) {
  struct lang_expr *e = ARENA_ARRAY(c->arena, struct lang_expr, 2);
  e[0] = (struct lang_expr){.kind = LX_COMPARE, .compare = LANG_EQ, .a = &e[1], .b = (struct lang_expr *)(uintptr_t)value, .at = value->at};
  e[1] = (struct lang_expr){.kind = LX_PATH, .path = {.text = str_c(field), .segments = ARENA_NEW(c->arena, struct str), .count = 1}, .at = value->at};
  *(struct str *)(uintptr_t)e[1].path.segments = e[1].path.text;
  logic_add(l, e, false);
}

static void word_is(struct checker *c, struct logic *l, const char *field, struct str word, struct lang_span at) {
  struct lang_expr *e = ARENA_NEW(c->arena, struct lang_expr);
  *e = (struct lang_expr){.kind = LX_PATH, .path = {.text = word, .segments = ARENA_NEW(c->arena, struct str), .count = 1}, .at = at, .meaning = LN_ENUM};
  *(struct str *)(uintptr_t)e->path.segments = word;
  field_is(c, l, field, e);
}

static void known_fields(struct checker *c, const struct made *m, struct logic *l) {
  const struct lang_act *a = m->act;
  if (a == NULL) return;
  if (a->kind == LANG_PAY) word_is(c, l, "科目", a->name.text, a->at);
  if ((a->kind == LANG_DEDUCT || a->kind == LANG_ADD) && a->score.text.n) word_is(c, l, "科目", a->score.text, a->at);
  if (a->kind == LANG_DISCIPLINE || a->kind == LANG_PROPOSE) {
    word_is(c, l, "等", a->name.text, a->at);
    word_is(c, l, "建议", a->kind == LANG_PROPOSE ? STR("是") : STR("否"), a->at);
  }
  struct value v;
  if (a->kind <= LANG_CHARGE && a->amount.from && !a->amount.to && lang_constant(c, a->amount.from, &v)) field_is(c, l, "额", a->amount.from);
  for (size_t i = 0; a->kind == LANG_DEEM && i < a->args.count && i < FIELDS_MAX; i++) {
    const struct lang_expr *x = a->args.p[i].value;
    bool plain = x->kind == LX_LITERAL || (x->kind == LX_PATH && x->meaning == LN_ENUM);
    if (plain && a->args.p[i].name.count == 1) field_is(c, l, arena_cstr(c->arena, a->args.p[i].name.text), x);
  }
}

/* 条款 = #id of another clause than the one that made it. */
static bool other_clause(const struct lang_expr *e, const struct lang_item *by) {
  if (e == NULL) return false;
  if (e->kind == LX_AND) return other_clause(e->a, by) || other_clause(e->b, by);
  if (e->kind != LX_COMPARE || e->compare != LANG_EQ || e->a->kind != LX_PATH || e->b->kind != LX_CLAUSE) return false;
  if (!str_is(e->a->path.text, "条款") && !str_is(e->a->path.text, "clause")) return false;
  return !str_eq(e->b->name, by->tag) && !(by->clause && str_eq(e->b->name, by->clause->id));
}

static bool event_takes(struct checker *c, const struct made *m, const struct lang_event *e, const struct lang_expr *where, int depth) {
  if (e->define && depth < 8) {
    for (size_t i = 0; i < e->define->trigger.event_count; i++) {
      if (event_takes(c, m, &e->define->trigger.events[i], where, depth + 1)) return true;
    }
    return false;
  }
  if (e->violates.count) {
    if (m->act || !str_is(m->kind, "clause.violated")) return false;
    for (size_t i = 0; i < e->violates.count; i++) {
      if (str_eq(e->violates.p[i].text, m->item->tag) || (m->item->clause && str_eq(e->violates.p[i].text, m->item->clause->id))) return true;
    }
    return false;
  }
  bool same = m->case_type ? e->case_type == m->case_type && (e->state.n == 0 || m->state.n == 0 || str_eq(e->state, m->state))
                           : e->case_type == NULL && m->kind.n && str_eq(e->kind, m->kind);
  if (!same || other_clause(where, m->item) || other_clause(e->where, m->item)) return false;
  struct logic l = {.count = 0};
  logic_add_event(&l, e, where);
  known_fields(c, m, &l);
  return logic_ask(c, &l).possible;
}

static bool trigger_takes(struct checker *c, const struct made *m, const struct lang_trigger *t) {
  for (size_t i = 0; i < t->event_count; i++) {
    if (event_takes(c, m, &t->events[i], t->where, 0)) return true;
  }
  return false;
}

static void add_arrow(struct strata *s, struct arrow a) {
  s->arrows = arena_grow(s->c->arena, s->arrows, &s->arrow_room, s->arrow_count + 1, sizeof *s->arrows);
  s->arrows[s->arrow_count++] = a;
}

/* ---- circles ---- */

static struct str name_of(struct strata *s, const struct lang_item *item) {
  struct str id = item->tag.n ? item->tag : item->clause ? item->clause->id : STR("");
  return id.n ? arena_printf(s->c->arena, "#%.*s", STR_ARG(id)) : lang_item_zh(item->kind);
}

/* The shortest way from a node back to itself; the arrows in order. Returns how many, 0: none. */
static size_t way_back(struct strata *s, size_t start, size_t *out) {
  size_t *by = s->by, *queue = s->queue, head = 0, tail = 0, last = SIZE_MAX;
  if (s->first[start] == s->first[start + 1]) return 0;
  queue[tail++] = start;
  while (head < tail && last == SIZE_MAX) {
    size_t at = queue[head++];
    for (size_t i = s->first[at]; i < s->first[at + 1] && last == SIZE_MAX; i++) {
      if (s->arrows[i].to == start) last = i;
      else if (by[s->arrows[i].to] == SIZE_MAX) {
        by[s->arrows[i].to] = i;
        queue[tail++] = s->arrows[i].to;
      }
    }
  }
  size_t n = 0, path[PATH_MAX];
  for (size_t i = last; i != SIZE_MAX && n < PATH_MAX; i = s->arrows[i].made->node == start ? SIZE_MAX : by[s->arrows[i].made->node]) path[n++] = i;
  for (size_t i = 0; i < n; i++) out[i] = path[n - 1 - i];
  for (size_t i = 1; i < tail; i++) by[queue[i]] = SIZE_MAX;
  return n;
}

static struct str made_words(struct strata *s, const struct made *m) {
  return m->act ? lang_text(s->c->p, m->act->at) : STR("违规.成立");
}

static void report(struct strata *s, const size_t *path, size_t n) {
  struct checker *c = s->c;
  const struct made *first = s->arrows[path[0]].made;
  struct lang_span at = first->act ? first->act->at : first->item->at;
  struct lang_diagnostic *m;
  if (n == 1) {
    m = lang_diagnose(c->d, LANG_ERROR, at, "lang.cycle", "这个后果又会引起这条规则自己，没有尽头", "this consequence sets off the same rule again, without end");
    lang_diagnostic_example(c->d, m, "小王 200 元 → 组长 400 元 → 主管 800 元 → 经理 1600 元", "200 → 400 → 800 → 1600 up the ladder");
  } else {
    m = lang_diagnose(c->d, LANG_ERROR, at, "lang.cycle", "这个后果绕一圈又引起这条规则自己，没有尽头", "this consequence leads round to the same rule again, without end");
    struct str words = name_of(s, first->item);
    for (size_t i = 0; i < n; i++) {
      const struct arrow *a = &s->arrows[path[i]];
      words = arena_printf(c->arena, "%.*s →「%.*s」→ %.*s", STR_ARG(words), STR_ARG(made_words(s, a->made)), STR_ARG(name_of(s, s->nodes[a->to])));
    }
    lang_diagnostic_example(c->d, m, "%.*s", "%.*s", STR_ARG(words));
  }
  lang_diagnostic_repair(c->d, m, "末尾写“不递延”", "write not_passed_on at the end");
  if (n > 1) lang_diagnostic_repair(c->d, m, "用“其中”写窄其中一条，让它接不到前一条的后果", "narrow one of them with “where”, so that it does not take what the one before makes");
}

static void find_circles(struct strata *s) {
  bool *told = ARENA_ARRAY(s->c->arena, bool, s->node_count + 1);
  for (size_t i = 0; i < s->node_count; i++) {
    size_t path[PATH_MAX];
    if (told[i]) continue;
    size_t n = way_back(s, i, path);
    if (n == 0) continue;
    for (size_t k = 0; k < n; k++) told[s->arrows[path[k]].made->node] = true;
    report(s, path, n);
  }
}

/* Only these can be started by what a rule makes. */
static bool listens(const struct strata *s, const struct lang_item *item) {
  const struct lang_trigger *t = item->kind == LI_WHEN ? &item->when->trigger : &item->forbid->trigger;
  bool any = s->deems;
  for (size_t i = 0; i < t->event_count && !any; i++) {
    any = t->events[i].define || t->events[i].violates.count || str_starts(t->events[i].kind, STR("ledger.")) || str_is(t->events[i].kind, "clause.violated");
  }
  return any && !t->absent_within; /* what is waited for in vain comes with time, not at once */
}

void lang_check_strata(struct checker *c) {
  struct strata s = {.c = c};
  s.nodes = ARENA_ARRAY(c->arena, const struct lang_item *, NODES_MAX);
  for (size_t i = 0; i < c->p->item_count && s.node_count < NODES_MAX; i++) {
    const struct lang_item *item = c->p->items[i];
    if (item->kind != LI_WHEN && item->kind != LI_FORBID) continue;
    s.nodes[s.node_count++] = item;
    made_by(&s, item);
  }
  size_t *listeners = ARENA_ARRAY(c->arena, size_t, s.node_count + 1), listening = 0;
  for (size_t i = 0; i < s.node_count; i++) {
    if (listens(&s, s.nodes[i])) listeners[listening++] = i;
  }
  s.first = ARENA_ARRAY(c->arena, size_t, s.node_count + 1);
  s.queue = ARENA_ARRAY(c->arena, size_t, s.node_count + 1);
  s.by = ARENA_ARRAY(c->arena, size_t, s.node_count + 1);
  for (size_t m = 0; m < s.made_count; m++) {
    const struct made *made = &s.made[m];
    if (made->act && made->act->not_passed_on) continue;
    for (size_t i = 0; i < listening; i++) {
      const struct lang_item *item = s.nodes[listeners[i]];
      const struct lang_trigger *t = item->kind == LI_WHEN ? &item->when->trigger : &item->forbid->trigger;
      if (!trigger_takes(c, made, t)) continue;
      add_arrow(&s, (struct arrow){listeners[i], made});
      s.first[made->node + 1] = s.arrow_count;
    }
  }
  for (size_t i = 0; i < s.node_count; i++) {
    s.by[i] = SIZE_MAX;
    if (s.first[i + 1] < s.first[i]) s.first[i + 1] = s.first[i];
  }
  find_circles(&s);
}
