/* What rules order the desk to do: move a case (转入, timed arrows), open one (开单), hand it over (派给), send a form (发 … 给).
 *
 * The engine only says what is to be done; the desk does it and feeds the fact back. A move follows the declared arrows at the
 * instant it is ordered: without an arrow it is noted and not done. A timed arrow starts its clock each time the state is
 * entered and dies when the state is left. A step whose condition does not hold is passed over when the flow has no other way
 * on; where there is another way, that branch is closed. */
#include "rules/slice.h"

#include <stdlib.h>
#include <string.h>

enum { PASSED_OVER_MAX = 64 };

static struct object *at(struct engine *e, u32 i) { return &e->s.objects.p[i]; }

/* ---- arrows ---- */

/* Where the arrow really leads: on from steps whose condition does not hold. SIZE_MAX: this branch is closed. */
static size_t leads_to(struct env *env, const struct lang_case *type, size_t from, size_t to) {
  for (int i = 0; i < PASSED_OVER_MAX; i++) {
    const struct lang_state *state = &type->states[to];
    if (state->only_if == NULL || eval_true(env, state->only_if)) return to;
    env->failed = false;
    size_t next = SIZE_MAX;
    for (size_t k = 0; k < type->arrow_count; k++) {
      const struct lang_arrow *a = &type->arrows[k];
      if (a->from == from && a->to != to && a->after == NULL) return SIZE_MAX;
      if (a->from == to && a->after == NULL && next == SIZE_MAX) next = a->to;
    }
    if (next == SIZE_MAX || next == from) return SIZE_MAX;
    from = to;
    to = next;
  }
  return SIZE_MAX;
}

static bool reachable(struct env *env, const struct lang_case *type, size_t from, size_t to) {
  for (size_t k = 0; k < type->arrow_count; k++) {
    if (type->arrows[k].from == from && leads_to(env, type, from, type->arrows[k].to) == to) return true;
  }
  return false;
}

static sym said(struct engine *e, struct str zh, struct str en) {
  return intern_sym(&e->names, arena_printf(e->scratch, "%.*s\t%.*s", STR_ARG(zh), STR_ARG(en)));
}

/* The order to move one case; false when it is where it should be. */
static bool order_move(struct engine *e, const struct version *v, u32 c, struct str state, struct cons *out) {
  const struct object o = *at(e, c);
  struct str type_name = intern_str(&e->names, o.type), now = intern_str(&e->names, o.state);
  const struct lang_case *type = lang_find_case(v->program, type_name);
  size_t to = type ? lang_case_state(type, state) : SIZE_MAX, from = type ? lang_case_state(type, now) : SIZE_MAX;
  if (str_eq(now, state)) return false;
  out->type = C_MOVE_CASE;
  out->object = o.id;
  out->noun = N_CASE;
  out->item = intern_sym(&e->names, arena_printf(e->scratch, "%.*s.%.*s", STR_ARG(type_name), STR_ARG(state)));
  struct env env = env_new(e, v, NULL, e->s.now, o.fact);
  if (o.closed) {
    out->noted = said(e, STR("单已作废"), STR("the case was voided"));
  } else if (to == SIZE_MAX || from == SIZE_MAX || !reachable(&env, type, from, to)) {
    out->noted = said(e, arena_printf(e->scratch, "从“%.*s”没有到“%.*s”的一步", STR_ARG(now), STR_ARG(state)),
                      arena_printf(e->scratch, "no step leads from “%.*s” to “%.*s”", STR_ARG(now), STR_ARG(state)));
  }
  return true;
}

/* ---- timed arrows ---- */

static const struct rule *flow_rule(struct engine *e, const struct version *v, const struct lang_case *type) {
  for (u32 i = 0; i < v->rule_count; i++) {
    const struct rule *r = &e->rules.p[v->first_rule + i];
    if (r->type == R_FLOW && r->item->case_type == type) return r;
  }
  return NULL;
}

void flow_entered(struct engine *e, u32 object, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  at(e, object)->entered = ref;
  at(e, object)->entries++;
  timers_cancel(e, TIMERS_OF_CASE, object);
  const struct version *v = version_at(e, f.at);
  const struct lang_case *type = v ? lang_find_case(v->program, intern_str(&e->names, f.case_type)) : NULL;
  size_t from = type ? lang_case_state(type, intern_str(&e->names, f.case_state)) : SIZE_MAX;
  if (from == SIZE_MAX) return;
  for (size_t k = 0; k < type->arrow_count; k++) {
    const struct lang_arrow *a = &type->arrows[k];
    if (a->from != from || a->after == NULL) continue;
    if (e->slice) { /* its clock is the engine's */
      if (slice_how(e, ref) & SLICE_FULL) slice_escape(e, "a timed step of a case");
      continue;
    }
    struct env env = env_new(e, v, NULL, f.at, ref);
    struct value span;
    i64 over;
    if (!eval(&env, a->after, &span) || !span_after(&env, &span, f.at, &over)) continue;
    timer_add(e, over, T_ARROW, object, (u32)k, at(e, object)->entries);
  }
}

void flow_timer(struct engine *e, const struct timer *t) {
  const struct object o = *at(e, t->a);
  if (o.entries != t->gen || o.closed) return; /* the state was left: its clock died */
  const struct version *v = version_at(e, fact_of(e, o.entered)->at); /* a running clock keeps the version that started it */
  const struct lang_case *type = lang_find_case(v->program, intern_str(&e->names, o.type));
  const struct rule *r = type ? flow_rule(e, v, type) : NULL;
  if (r == NULL || t->b >= type->arrow_count) return;
  const struct lang_arrow *a = &type->arrows[t->b];
  struct env env = env_new(e, v, r, t->at, o.fact);
  size_t to = leads_to(&env, type, a->from, a->to);
  if (to == SIZE_MAX) return;
  u64 entered = fact_identity(e, o.entered);
  struct cons c = {.rule = r->index, .seal = SEAL_PROPOSED, .at = t->at, .trigger = o.entered, .stop = NONE, .duty = NONE, .fact_identity = entered, .cap_fen = -1};
  if (!order_move(e, v, t->a, type->states[to].name.text, &c)) return;
  c.subject = fact_person(e, o.entered);
  c.id = mix(mix(mix(r->ident, entered), t->b), C_MOVE_CASE);
  (void)cons_keep(e, &c);
}

/* ---- acts ---- */

static void emit(struct act_site *site, const struct cons *c) {
  if (site->collect) *VEC_PUSH(*site->collect) = *c;
  else (void)cons_keep(site->env->e, c);
}

/* The one person a party stands for, or the group by its role's name: what is for a whole office waits there for whoever takes it. */
static sym taker(struct env *env, const struct lang_party *party) {
  sym who[PARTY_ROOM];
  bool group = false;
  u32 n = party_symbols(env, party, who, PARTY_ROOM, &group);
  if (n == 0) return 0;
  if (n == 1) return who[0];
  return intern_sym(&env->e->names, arena_printf(env->e->scratch, "role:%.*s", STR_ARG(party->path.text)));
}

static sym args_of(struct env *env, const struct lang_arguments *args) {
  json_t *o = json_object();
  bool ok = true;
  for (size_t i = 0; i < args->count && ok; i++) {
    struct value v;
    ok = eval(env, args->p[i].value, &v);
    if (!ok || v.type == V_ABSENT) continue;
    json_object_setn_new_nocheck(o, args->p[i].name.text.p, args->p[i].name.text.n, value_to_json(&v));
  }
  char *text = ok ? json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
  sym out = text ? intern_sym(&env->e->names, str_c(text)) : 0;
  free(text);
  json_decref(o);
  return out;
}

static bool same_values(struct env *env, const struct lang_names *names, u32 c) {
  struct engine *e = env->e;
  for (size_t i = 0; i < names->count; i++) {
    sym name = intern_sym(&e->names, names->p[i].text);
    struct value mine, theirs;
    if (!eval_name(env, name, &mine) || mine.type == V_ABSENT) {
      /* 同 费单 on a fact of 费单 itself: the case is meant */
      const struct fact *f = env->fact == NONE ? NULL : fact_of(e, env->fact);
      mine = f && f->case_type == name ? fact_field(e, env->fact, e->f_object[f->kind][N_CASE]) : value_absent();
    }
    if (!object_attribute(e, N_CASE, at(e, c)->id, name, &theirs)) theirs = value_absent();
    if (theirs.type == V_ABSENT && at(e, c)->type == name) theirs = ref_value(e, N_CASE, at(e, c)->id);
    if (mine.type == V_ABSENT || theirs.type == V_ABSENT || !value_same(e, &mine, &theirs)) return false;
  }
  return true;
}

static u32 case_at_hand(struct env *env) {
  struct engine *e = env->e;
  if (env->fact == NONE) return NONE;
  const struct fact *f = fact_of(e, env->fact);
  sym id = fact_sym(e, env->fact, e->f_object[f->kind][N_CASE]);
  return id ? object_find(e, N_CASE, id) : NONE;
}

static void move(struct act_site *site, const struct lang_act *act, const struct cons *base) {
  struct env *env = site->env;
  struct engine *e = env->e;
  const struct lang_path *path = &act->event.path;
  if (path->count != 2) return;
  sym type = intern_sym(&e->names, path->segments[0]);
  u32 own = case_at_hand(env), n = e->s.cases.n;
  bool any = false;
  for (u32 i = 0; i < n; i++) {
    u32 c = e->s.cases.p[i];
    if (at(e, c)->type != type) continue;
    if (act->same.count ? at(e, c)->closed || !same_values(env, &act->same, c) : c != own) continue;
    struct cons out = *base;
    any = true;
    if (!order_move(e, env->v, c, path->segments[1], &out)) continue;
    out.subject = fact_person(e, at(e, c)->fact);
    out.id = mix_str(base->id, intern_str(&e->names, at(e, c)->id));
    emit(site, &out);
  }
  if (any) return;
  struct cons out = *base;
  out.type = C_MOVE_CASE;
  out.item = intern_sym(&e->names, path->text);
  out.noted = said(e, STR("没有找到这样的单"), STR("no such case was found"));
  emit(site, &out);
}

bool flow_act(struct act_site *site, const struct lang_act *act, u32 place, struct cons *c) {
  struct env *env = site->env;
  struct engine *e = env->e;
  (void)place;
  if (act->kind == LANG_MOVE) {
    move(site, act, c);
    return true;
  }
  if (act->kind == LANG_OPEN) {
    c->item = intern_sym(&e->names, act->name.text);
    c->args = args_of(env, &act->args);
    if (env->failed) return false;
    c->subject = act->has_party ? taker(env, &act->party) : 0;
    if (env->failed) return false;
    c->id = mix_str(c->id, intern_str(&e->names, c->item));
    emit(site, c);
    return true;
  }
  if (act->kind == LANG_ASSIGN) {
    c->subject = taker(env, &act->party);
    if (c->subject == 0 || env->failed) return false;
    if (c->object == 0) c->noted = said(e, STR("这件事没有单可派"), STR("there is nothing to hand over"));
    emit(site, c);
    return true;
  }
  return false;
}
