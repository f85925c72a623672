/* Strata: events → duties → fines → what follows from fines. A consequence that moves money, points or a grade is itself a
 * fact (账.罚款 …) that other clauses may speak of; this file keeps the two in step.
 *
 * One consequence has one ledger fact, whose amount is the effective one: a range has none until it is set (S17), a waived
 * fine counts as 0 and leaves nothing behind it (S16), a reduced one carries its new amount to everything that derives from
 * it. The fact of a waived fine stays where it was, so no rank moves; the facts of what was derived from it vanish.
 * 不递延 holds for the whole chain: what a consequence so marked brings about never comes back to the rule that made it. */
#include "rules/slice.h"

#include <string.h>

enum { CHAIN_MAX = 32 }; /* steps from a fine back to its first cause */

u64 id_of_hex(struct str hex) {
  if (hex.n != 16) return 0;
  u64 key = 0;
  for (size_t i = 0; i < 16; i++) {
    char ch = hex.p[i];
    if (!((ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'f'))) return 0;
    key = key << 4 | (u64)(ch <= '9' ? ch - '0' : ch - 'a' + 10);
  }
  return key;
}

static struct cons *cons_of_id(struct engine *e, u64 id) {
  struct cons *c = id ? cons_by_id(e, id) : NULL;
  return c || id == 0 || e->slice == NULL ? c : slice_cons_outside(e, id);
}

static bool is_ledger(int kind) { return kind >= EVENT_ledger_fined && kind <= EVENT_ledger_charged; }

u64 strata_cause(struct engine *e, u32 ref) {
  const struct fact *f = fact_of(e, ref);
  if (!is_ledger(f->kind)) return 0;
  return id_of_hex(fact_named(e, ref, intern_sym(&e->names, STR("后果"))).s);
}

static bool of_settlement(struct engine *e, const struct cons *c) { return e->rules.p[c->rule].type == R_SETTLE && c->window_to > c->window_from; }

i64 strata_booked(struct engine *e, u32 ref) {
  const struct cons *c = cons_of_id(e, strata_cause(e, ref));
  if (c == NULL) return fact_of(e, ref)->at;
  return of_settlement(e, c) ? c->window_to - 1 : c->at; /* what a settlement finds belongs to its period */
}

bool strata_passed_on(struct engine *e, const struct rule *r, u32 ref) {
  const struct cons *c = cons_of_id(e, strata_cause(e, ref));
  for (int depth = 0; c; depth++) {
    if (c->act && c->act->not_passed_on && e->rules.p[c->rule].ident == r->ident) return false;
    if (depth == CHAIN_MAX) return false; /* a book the checker refuses; here it only must not run away */
    c = cons_of_id(e, c->cause);
  }
  return true;
}

void strata_note(struct engine *e, const struct rule *r) {
  for (u32 i = 0; i < r->starts.n; i++) e->ledger_ranked |= r->uses_ordinal && is_ledger(r->starts.p[i].kind);
  for (int k = EVENT_ledger_fined; k <= EVENT_ledger_charged; k++) e->ledger_ranked |= e->indexed[k];
}

/* ---- verdicts known so far, also those that speak of a later instant than the one being judged ---- */

void strata_enter(struct engine *e, u32 ref) {
  const struct fact *f = fact_of(e, ref);
  if (f->kind != EVENT_ledger_judged && f->kind != EVENT_ledger_ruled) return;
  u64 id = id_of_hex(fact_named(e, ref, intern_sym(&e->names, STR("后果"))).s);
  if (id == 0) return;
  const struct cons *about = e->ledger_ranked ? cons_by_id(e, id) : NULL;
  if (e->ledger_ranked) stations_cut(e, about ? about->at - 1 : INT64_MIN, NONE); /* what was posted there knew nothing of it */
  u64 *last = table_at(&e->last_verdict, id, NULL);
  if (*last == 0 || fact_compare(e, (u32)(*last - 1), ref) < 0) *last = (u64)ref + 1;
}

static bool says(struct value v, const char *zh, const char *en) { return (v.type == V_TEXT || v.type == V_REF) && (str_is(v.s, zh) || str_is(v.s, en)); }

static bool waived_in_the_end(struct engine *e, u64 id) {
  u64 *last = table_get(&e->last_verdict, id);
  if (last == NULL) return false;
  u32 ref = (u32)(*last - 1);
  if (fact_of(e, ref)->kind == EVENT_ledger_judged) return says(fact_named(e, ref, intern_sym(&e->names, STR("结果"))), "免除", "waive");
  struct value upheld = fact_named(e, ref, intern_sym(&e->names, STR("成立")));
  return upheld.type == V_BOOL && upheld.i && !says(fact_named(e, ref, intern_sym(&e->names, STR("指"))), "事实", "fact");
}

static bool some_cause_waived(struct engine *e, const struct cons *c) {
  for (int depth = 0; c && c->cause && depth <= CHAIN_MAX; depth++) {
    if (waived_in_the_end(e, c->cause)) return true;
    c = cons_of_id(e, c->cause);
  }
  return false;
}

/* ---- the fact of a consequence ---- */

static int kind_of_type(enum consequence_type type) {
  switch (type) {
    case C_FINE: case C_COMPENSATE: return EVENT_ledger_fined;
    case C_REWARD: return EVENT_ledger_rewarded;
    case C_SCORE: return EVENT_ledger_scored;
    case C_PAY: return EVENT_ledger_pay_computed;
    case C_DISCIPLINE: case C_PROPOSE: return EVENT_ledger_disciplined;
    case C_CHARGE: return EVENT_ledger_charged;
    default: return -1;
  }
}

static void set_amounts(struct engine *e, u32 ref, const struct cons *c) {
  bool waived = c->seal == SEAL_WAIVED;
  fact_set(e, ref, "额", value_int(V_MONEY, waived ? 0 : c->fen));
  fact_set(e, ref, "分", value_int(V_POINTS, waived ? 0 : c->points));
}

static void post_new(struct engine *e, u32 index, int kind) {
  const struct cons c = e->s.cons.p[index];
  i64 before = 0, after = 0;
  bool account = c.type == C_SCORE && score_around(e, &c, false, &before, &after);
  u32 ref = fact_derive(e, (enum event_kind_id)kind, of_settlement(e, &c) ? c.window_to - 1 : e->s.now);
  const struct rule *r = &e->rules.p[c.rule];
  fact_set(e, ref, "主体", ref_value(e, c.type == C_CHARGE ? N_CUSTOMER : N_PERSON, c.subject));
  if (c.type != C_CHARGE) fact_set(e, ref, "当事人", ref_value(e, N_PERSON, c.subject));
  set_amounts(e, ref, &c);
  if (account) {
    fact_set(e, ref, "原余", value_int(V_POINTS, before));
    fact_set(e, ref, "余", value_int(V_POINTS, after));
  }
  fact_set(e, ref, "科目", text_value(e, c.item));
  fact_set(e, ref, "等", text_value(e, c.item));
  fact_set(e, ref, "建议", value_bool(c.type == C_PROPOSE));
  fact_set(e, ref, "条款", text_value(e, r->clause));
  fact_set(e, ref, "后果", value_text(intern_str(&e->names, hex_sym(&e->names, 0, c.id))));
  fact_of(e, ref)->id = hex_sym(&e->names, 'd', mix(c.id, (u64)kind));
  fact_of(e, ref)->case_state = r->tag; /* 条款 = #tag looks here */
  e->s.cons.p[index].ledger = ref + 1;
  queue_derived(e, ref);
}

void strata_post(struct engine *e, u32 index) {
  const struct cons *c = &e->s.cons.p[index];
  int kind = kind_of_type(c->type);
  if (kind < 0 || (e->listen[kind][L_START].n == 0 && !e->indexed[kind])) return;
  if (!c->live || c->seal == SEAL_OPEN || (c->counts_steps && !c->ended)) return;
  if (c->ledger == 0) {
    if (c->seal == SEAL_WAIVED || (e->ledger_ranked && some_cause_waived(e, c))) return;
    post_new(e, index, kind);
    return;
  }
  u32 ref = c->ledger - 1;
  struct value fen = fact_named(e, ref, e->w[W_EXTENT]), points = fact_named(e, ref, intern_sym(&e->names, STR("分")));
  set_amounts(e, ref, c);
  bool same = value_same(e, &fen, &(struct value){.type = V_MONEY, .i = c->seal == SEAL_WAIVED ? 0 : c->fen}) &&
              (points.type != V_POINTS || points.i == (c->seal == SEAL_WAIVED ? 0 : c->points));
  if (!same && c->seal != SEAL_WAIVED) *VEC_PUSH(e->s.queue) = ref;
}

void strata_caused(struct engine *e, u32 index) {
  struct cons *c = &e->s.cons.p[index];
  if (c->cause == 0) return;
  u64 *first = table_at(&e->s.caused, c->cause, NULL);
  c->sibling = (u32)*first;
  *first = (u64)index + 1;
}

static u32 first_caused(struct engine *e, u64 id) {
  u64 *first = table_get(&e->s.caused, id);
  return first ? (u32)*first : 0;
}

/* The fact of a consequence that went with its cause is a fact no longer. */
static void unpost(struct engine *e, u32 index) {
  struct cons *c = &e->s.cons.p[index];
  if (c->ledger == 0) return;
  i64 since = c->at < fact_of(e, c->ledger - 1)->at ? c->at : fact_of(e, c->ledger - 1)->at;
  if (e->ledger_ranked && !some_cause_waived(e, c)) return; /* the waiver did not last: its place is kept */
  u32 ref = c->ledger - 1;
  u16 kind = fact_of(e, ref)->kind;
  for (u32 i = e->s.by_kind[kind].n; i > 0; i--) {
    if (e->s.by_kind[kind].p[i - 1] != ref) continue;
    memmove(&e->s.by_kind[kind].p[i - 1], &e->s.by_kind[kind].p[i], (e->s.by_kind[kind].n - i) * sizeof(u32));
    e->s.by_kind[kind].n--;
    engine_report_derived(e, CHANGE_WITHDRAW, ref);
    break;
  }
  c->ledger = 0;
  if (!e->ledger_ranked) return;
  e->dirty = true; /* later ranks move up */
  dirty_since(e, since);
}

/* Duties that a ledger fact started are owed for nothing once it is gone. */
static void end_duties(struct engine *e, u32 ref) {
  for (u32 i = 0; i < e->listen[fact_of(e, ref)->kind][L_START].n; i++) {
    u32 rule = e->listen[fact_of(e, ref)->kind][L_START].p[i].rule;
    if (rule >= e->s.rule_duties.n) continue;
    for (u32 d = e->s.rule_duties.p[rule], next; d != NONE; d = next) {
      next = e->s.duties.p[d].rule_next;
      if (e->s.duties.p[d].trigger == ref) duty_discharge(e, d, e->s.now, NONE);
    }
  }
}

void strata_lift(struct engine *e, u32 index) {
  const struct cons *c = &e->s.cons.p[index];
  u64 id = c->id;
  if (c->ledger) {
    u32 ref = c->ledger - 1;
    if (c->live) set_amounts(e, ref, c); /* waived: 0 from now on */
    end_duties(e, ref);
  }
  for (u32 i = first_caused(e, id); i; i = e->s.cons.p[i - 1].sibling) {
    if (!e->s.cons.p[i - 1].live) continue;
    cons_withdraw(e, &e->s.cons.p[i - 1]);
    strata_lift(e, i - 1);
    unpost(e, i - 1);
  }
}

/* A ledger fact whose amount changed: its rules speak again; what they do not say any more goes. */
void strata_judge(struct engine *e, u32 ref, void (*start)(struct engine *e, u32 ref)) {
  u64 id = strata_cause(e, ref);
  const struct cons *cause = cons_of_id(e, id);
  if (cause == NULL || !cause->live || cause->seal == SEAL_WAIVED) return;
  for (u32 i = first_caused(e, id); i; i = e->s.cons.p[i - 1].sibling) e->s.cons.p[i - 1].stale = true;
  e->again = true;
  start(e, ref);
  e->again = false;
  for (u32 i = first_caused(e, id); i; i = e->s.cons.p[i - 1].sibling) {
    struct cons *c = &e->s.cons.p[i - 1];
    if (!c->stale || !c->live) continue;
    c->stale = false;
    cons_withdraw(e, c);
    strata_lift(e, i - 1);
    unpost(e, i - 1);
  }
}
