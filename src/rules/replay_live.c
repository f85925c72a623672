/* The part of a replay that columns do not take: the live engine, given only the rules it has to judge and only the kinds of
 * fact these read. Which kinds is decided on the safe side: a rule that might read the state of a conversation or an order
 * gets every fact that could change one. */
#include "rules/replay_plan.h"

#include <stdlib.h>
#include <string.h>

/* ---- who held a role when ---- */

static void note_holders(struct replay *p, struct engine *people, i64 at, u16 kind) {
  sym out[PARTY_ROOM];
  for (u32 i = 0; i < p->roles.n; i++) {
    struct role_time *t = &p->roles.p[i];
    u32 n = people_of_role(people, intern_sym(&people->names, intern_str(&p->e->names, t->role)), out, PARTY_ROOM);
    const struct holders *last = t->spans.n ? &t->spans.p[t->spans.n - 1] : NULL;
    bool same = last && last->n == n;
    for (u32 k = 0; k < n; k++) {
      out[k] = intern_sym(&p->e->names, intern_str(&people->names, out[k]));
      if (same && t->who.p[last->first + k] != out[k]) same = false;
    }
    if (same) continue;
    *VEC_PUSH(t->spans) = (struct holders){.at = at, .kind = kind, .first = t->who.n, .n = n};
    for (u32 k = 0; k < n; k++) *VEC_PUSH(t->who) = out[k];
  }
}

static bool concerns_people(u16 kind) { return kind >= EVENT_person_joined && kind <= EVENT_person_left; }

void replay_roles(struct replay *p) {
  if (p->roles.n == 0) return;
  for (u32 i = 0; i < p->roles.n; i++) p->roles.p[i].spans.n = p->roles.p[i].who.n = 0;
  struct engine *people = engine_new(p->zone, p->calendar);
  struct arena *a = arena_new(1 << 28);
  u32 at[EVENT_KIND_COUNT] = {0};
  for (;;) {
    u16 best = 0;
    bool found = false;
    for (u16 k = EVENT_person_joined; k <= EVENT_person_left; k++) {
      if (at[k] == p->columns.kinds[k].n) continue;
      if (!found || replay_order_before(&p->columns, k, at[k], best, at[best])) best = k;
      found = true;
    }
    if (!found) break;
    struct problem problem = {0};
    const struct event *event = columns_event(&p->columns, a, best, at[best]);
    if (engine_step(people, event, NULL, &problem) == OK) note_holders(p, people, event->occurred_ms, best);
    at[best]++;
    arena_reset(a);
  }
  arena_free(a);
  engine_free(people);
}

/* What people are called now, for the words of explanations; the engine that holds the book folds no facts. */
void replay_names(struct replay *p) {
  struct engine *e = p->e;
  int fields[2] = {field_index("person.joined", "name"), field_index("person.changed", "new")};
  int item = field_index("person.changed", "item");
  sym name_word = e->w[W_NAME];
  u32 at[2] = {0};
  static const u16 kinds[2] = {EVENT_person_joined, EVENT_person_changed};
  for (;;) {
    int k = at[0] == p->columns.kinds[kinds[0]].n ? 1 : 0;
    bool more[2] = {at[0] < p->columns.kinds[kinds[0]].n, at[1] < p->columns.kinds[kinds[1]].n};
    if (!more[0] && !more[1]) return;
    if (more[0] && more[1] && replay_order_before(&p->columns, kinds[1], at[1], kinds[0], at[0])) k = 1;
    u32 row = at[k]++;
    sym id = column_sym(&p->columns, kinds[k], row, e->f_person[kinds[k]]);
    if (id == 0 || (k == 1 && column_sym(&p->columns, kinds[k], row, item) != name_word)) continue;
    struct value v = column_value(&p->columns, kinds[k], row, (u32)fields[k]);
    u32 o = object_make(e, N_PERSON, id);
    if (k == 0) e->s.objects.p[o].known = true;
    e->s.objects.p[o].text = v.type == V_TEXT || v.type == V_REF ? intern_sym(&e->names, v.s) : 0;
  }
}

/* ---- which facts ---- */

static bool text_has(struct str text, const char *const *words, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (str_find(text, str_c(words[i]), 0) != SIZE_MAX) return true;
  }
  return false;
}

static bool case_names_objects(const struct lang_program *program) {
  for (size_t i = 0; i < program->item_count; i++) {
    const struct lang_case *c = program->items[i]->kind == LI_CASE ? program->items[i]->case_type : NULL;
    for (size_t k = 0; c && k < c->field_count; k++) {
      enum lang_type_kind t = c->fields[k].type.kind;
      if (t == LT_ORDER || t == LT_CONVERSATION) return true;
    }
  }
  return false;
}

static bool has_extended_shift(const struct lang_program *program) {
  for (size_t i = 0; i < program->item_count; i++) {
    if (program->items[i]->kind == LI_SHIFT && program->items[i]->shift->extends_to.text.n) return true;
  }
  return false;
}

/* Might a rule read the state of a conversation or an order? */
static bool reads_objects(const struct engine *e, const struct rule *r) {
  static const char *const words[] = {"会话", "订单", "接待人", "客户", "备注", "旗", "特殊要求", "取单", "付款", "金额", "在班",
                                      "conversation", "order", "agent", "customer", "note", "flag", "amount", "fetched", "paid"};
  const struct lang_program *program = r->version->program;
  if (text_has(lang_text(program, r->item->at), words, COUNT_OF(words))) return true;
  if (r->type != R_SETTLE && r->type != R_CHECK && has_extended_shift(program)) return true;
  for (u32 i = 0; i < r->starts.n; i++) {
    int kind = r->starts.p[i].kind;
    if (kind < 0) continue;
    if (e->f_object[kind][N_CONVERSATION] >= 0 || e->f_object[kind][N_ORDER] >= 0) return true;
    if (r->starts.p[i].case_type && case_names_objects(program)) return true;
  }
  return false;
}

static void prune(struct engine *e, const bool *judges) {
  for (int k = 0; k < EVENT_KIND_COUNT; k++) {
    for (int l = 0; l < L_KINDS; l++) {
      u32 kept = 0;
      for (u32 i = 0; i < e->listen[k][l].n; i++) {
        if (judges[e->listen[k][l].p[i].rule]) e->listen[k][l].p[kept++] = e->listen[k][l].p[i];
      }
      e->listen[k][l].n = kept;
    }
    e->indexed[k] = k == EVENT_conversation_auto_replied;
  }
}

static void look_back(struct engine *e, const bool *judges, const bool *tallied) {
  for (u32 i = 0; i < e->versions.n; i++) {
    struct version *v = e->versions.p[i];
    for (size_t k = 0; k < v->program->item_count; k++) {
      const struct lang_item *item = v->program->items[k];
      bool wanted = item->kind == LI_LET || item->kind == LI_DEFINE;
      for (u32 r = v->first_rule; r < v->first_rule + v->rule_count && !wanted; r++) wanted = judges[r] && !tallied[r] && e->rules.p[r].item == item;
      if (wanted) compile_look(e, v, item);
    }
    for (u32 r = v->first_rule; r < v->first_rule + v->rule_count; r++) { /* 报表 … 由: owed by a rule that stands in no book */
      if (judges[r] && e->rules.p[r].type == R_EACH) compile_look(e, v, e->rules.p[r].item);
    }
  }
}

static void needed_kinds(const struct engine *e, const bool *judges, const bool *tallied, bool all, bool *needed) {
  bool objects = false;
  for (u32 i = 0; i < e->rules.n; i++) objects |= judges[i] && !tallied[i] && reads_objects(e, &e->rules.p[i]);
  for (u32 k = 0; k < EVENT_KIND_COUNT; k++) {
    bool heard = e->indexed[k];
    for (int l = 0; l < L_KINDS; l++) heard |= e->listen[k][l].n > 0;
    bool about_objects = e->f_object[k][N_CONVERSATION] >= 0 || e->f_object[k][N_ORDER] >= 0;
    bool folds = concerns_people((u16)k) || (k >= EVENT_roster_published && k <= EVENT_attendance_returned) || k == EVENT_presence_changed ||
                 k == EVENT_request_decided || k == EVENT_calendar_changed || (k >= EVENT_ledger_judged && k <= EVENT_ledger_fund_moved) || e->f_object[k][N_CASE] >= 0;
    needed[k] = all || heard || folds || (objects && about_objects);
  }
}

/* ---- the run ---- */

static void feed(struct replay_live *l, const struct replay *p, const bool *needed) {
  const struct columns *c = &p->columns;
  u32 at[EVENT_KIND_COUNT] = {0};
  struct arena *a = arena_new(1 << 28);
  struct problem problem = {0};
  bool first = true;
  for (;;) {
    u16 best = 0;
    bool found = false;
    for (u16 k = 0; k < EVENT_KIND_COUNT; k++) {
      if (at[k] == c->kinds[k].n || !(needed[k] || first)) continue; /* the first fact of all begins time */
      if (!found || replay_order_before(c, k, at[k], best, at[best])) best = k;
      found = true;
    }
    if (!found) break;
    first = false;
    BUG_IF(engine_enter(l->e, columns_event(c, a, best, at[best]), NULL, &problem) != OK);
    at[best]++;
    l->facts++;
    if (l->facts % 64 == 0) arena_reset(a);
  }
  arena_free(a);
  engine_advance(l->e, p->until, NULL);
}

struct replay_live *replay_live_run(struct replay *p, bool given_up) {
  u32 n = 0, every = 0;
  bool *judges = calloc(p->rules.n + 1, sizeof *judges), *tallied = calloc(p->rules.n + 1, sizeof *tallied);
  BUG_IF(judges == NULL || tallied == NULL);
  for (u32 i = 0; i < p->rules.n; i++) {
    const struct plan_rule *rule = &p->rules.p[i];
    if (rule->r == NULL) continue;
    judges[i] = given_up ? rule->vector && rule->gave_up : !rule->vector;
    tallied[i] = judges[i] && rule->tallied;
    n += judges[i];
    every++;
  }
  if (n == 0) {
    free(judges);
    free(tallied);
    return NULL;
  }
  struct replay_live *l = calloc(1, sizeof *l);
  BUG_IF(l == NULL);
  l->judges = judges;
  l->rule_count = p->rules.n;
  l->e = engine_new(p->zone, p->calendar);
  if (!p->verdicts) engine_lean(l->e); /* a fact that is taken back has everything derived once more */
  struct problem problem = {0};
  for (u32 i = 0; i < p->e->versions.n; i++) {
    const struct version *v = p->e->versions.p[i];
    /* rules must have the numbers they have in the plan */
    while (l->e->rules.n < v->first_rule) *VEC_PUSH(l->e->rules) = (struct rule){.type = R_GATE, .index = l->e->rules.n - 1, .version = NULL};
    BUG_IF(engine_publish(l->e, v->program, v->published_ms, v->in_force_ms, &problem) != OK);
  }
  if (n < every) {
    prune(l->e, judges);
    look_back(l->e, judges, tallied);
  }
  bool needed[EVENT_KIND_COUNT];
  needed_kinds(l->e, judges, tallied, n == every, needed);
  free(tallied);
  l->e->tally = replay_tally;
  l->e->tally_ctx = p;
  feed(l, p, needed);
  return l;
}

void replay_live_free(struct replay_live *l) {
  if (l == NULL) return;
  engine_free(l->e);
  free(l->judges);
  free(l);
}
