/* The reference's orders to the desk: cases that rules move, open and hand over, arrows that lead on by themselves; and 撤销, a fact
 * that takes an earlier one back. */
#include "rules/reference_parts.h"

#include <stdlib.h>
#include <string.h>

static const struct str nothing = {"", 0};
static struct str text_of(struct value v) { return v.type == V_TEXT || v.type == V_REF ? v.s : nothing; }

/* ---- where an arrow leads ---- */

/* On from steps whose condition does not hold; a branch beside another way is closed. SIZE_MAX: nowhere. */
static size_t leads_to(struct ref_env *env, const struct lang_case *type, size_t from, size_t to) {
  for (int i = 0; i < 64; i++) {
    const struct lang_state *state = &type->states[to];
    bool enters = state->only_if == NULL || ref_true(env, state->only_if), other_way = false;
    size_t next = SIZE_MAX;
    env->failed = false;
    if (enters) return to;
    for (size_t k = 0; k < type->arrow_count; k++) {
      const struct lang_arrow *a = &type->arrows[k];
      if (a->after) continue;
      other_way |= a->from == from && a->to != to;
      if (a->from == to && next == SIZE_MAX) next = a->to;
    }
    if (other_way || next == SIZE_MAX || next == from) return SIZE_MAX;
    from = to;
    to = next;
  }
  return SIZE_MAX;
}

static bool may_move(struct ref_env *env, const struct lang_case *type, size_t from, size_t to) {
  for (size_t k = 0; k < type->arrow_count; k++) {
    if (type->arrows[k].from == from && leads_to(env, type, from, type->arrows[k].to) == to) return true;
  }
  return false;
}

/* The order to bring one case to a state; false: it is there already. */
static bool order_move(struct ref *r, const struct reference_version *v, struct str id, struct str state, struct ref_cons *c) {
  struct ref_paper paper = ref_paper_of(r, id);
  const struct lang_case *type = lang_find_case(v->program, paper.type);
  size_t to = type ? lang_case_state(type, state) : SIZE_MAX, from = type ? lang_case_state(type, paper.state) : SIZE_MAX;
  if (str_eq(paper.state, state)) return false;
  struct ref_env env = {.r = r, .version = v, .program = v->program, .now = r->now, .fact = paper.last, .anchor = paper.last};
  c->out.type = C_MOVE_CASE;
  c->out.object = id;
  c->out.item = arena_printf(r->a, "%.*s.%.*s", STR_ARG(paper.type), STR_ARG(state));
  c->out.noted = paper.voided || to == SIZE_MAX || from == SIZE_MAX || !may_move(&env, type, from, to);
  return true;
}

/* ---- arrows with a time ---- */

static const struct ref_rule *flow_rule(struct ref *r, const struct reference_version *v, const struct lang_case *type) {
  for (size_t i = 0; i < r->rules.n; i++) {
    if (r->rules.p[i]->type == RR_FLOW && r->rules.p[i]->version == v && r->rules.p[i]->item->case_type == type) return r->rules.p[i];
  }
  return NULL;
}

/* A case came to a state: the arrows that leave it by themselves wait from now. */
void ref_entered(struct ref *r, struct ref_fact *f) {
  bool step = (f->kind == EVENT_case_opened || f->kind == EVENT_case_moved) && f->case_type.n && f->case_state.n;
  const struct reference_version *v = ref_version_at(r, f->at);
  const struct lang_case *type = v && step ? lang_find_case(v->program, f->case_type) : NULL;
  struct str id = ref_object_of(f, RN_CASE);
  size_t from = type && id.n ? lang_case_state(type, f->case_state) : SIZE_MAX;
  for (size_t k = 0; from != SIZE_MAX && k < type->arrow_count; k++) {
    const struct lang_arrow *a = &type->arrows[k];
    if (a->from != from || a->after == NULL) continue;
    struct ref_env env = {.r = r, .version = v, .program = v->program, .now = f->at, .fact = f, .anchor = f};
    struct value span;
    i64 over, last_good;
    if (!ref_eval(&env, a->after, &span)) continue;
    if (span.type == V_DURATION) over = f->at + span.i;
    else if (!ref_end_of_days(&env, &span, f->at, &over, &last_good)) continue;
    ADD(r->a, r->arrows) = (struct ref_arrow){.entered = f, .version = v, .arrow = k, .at = over, .waits = true};
  }
}

void ref_arrow_moments(struct ref *r, struct ref_next *best) {
  ref_people cases = ref_all_cases(r);
  for (size_t i = 0; i < r->arrows.n; i++) {
    struct ref_arrow *a = &r->arrows.p[i];
    u64 place = 0;
    if (!a->waits) continue;
    while (place < cases.n && !str_eq(cases.p[place], ref_object_of(a->entered, RN_CASE))) place++;
    ref_sooner(best, (struct ref_next){.at = a->at, .kind = RM_ARROW, .order = place << 32 | a->arrow, .arrow = i});
  }
}

void ref_arrow_moment(struct ref *r, const struct ref_next *n) {
  const struct ref_arrow a = r->arrows.p[n->arrow];
  r->arrows.p[n->arrow].waits = false;
  struct str id = ref_object_of(a.entered, RN_CASE);
  struct ref_paper paper = ref_paper_of(r, id);
  if (paper.entered != a.entered || paper.voided) return; /* the state was left: its clock died */
  const struct lang_case *type = lang_find_case(a.version->program, paper.type);
  const struct ref_rule *rule = type ? flow_rule(r, a.version, type) : NULL;
  if (rule == NULL || a.arrow >= type->arrow_count) return;
  struct ref_env env = ref_env_of(r, rule, n->at, paper.last);
  size_t to = leads_to(&env, type, type->arrows[a.arrow].from, type->arrows[a.arrow].to);
  struct ref_cons c = {.rule = rule, .fact_identity = ref_fact_identity(a.entered), .cap_fen = -1};
  c.out.occurred_ms = n->at;
  c.trigger = a.entered;
  if (to == SIZE_MAX || !order_move(r, a.version, id, type->states[to].name.text, &c)) return;
  c.out.subject = ref_person_of(r, a.entered);
  c.id = ref_mix(ref_mix(ref_mix(rule->ident, ref_fact_identity(a.entered)), a.arrow), C_MOVE_CASE);
  ref_keep(r, &c);
}

/* ---- 转入, 开单, 派给 ---- */

static bool same_values(struct ref_env *env, const struct lang_names *names, struct str id) {
  struct ref *r = env->r;
  struct str type = ref_paper_of(r, id).type;
  for (size_t i = 0; i < names->count; i++) {
    struct str name = names->p[i].text;
    struct value mine, theirs;
    if (!ref_name(env, name, &mine) || mine.type == V_ABSENT) { /* 同 费单 on a fact of 费单 itself: the case is meant */
      mine = env->fact && str_eq(env->fact->case_type, name) ? ref_to(RN_CASE, ref_object_of(env->fact, RN_CASE)) : value_absent();
    }
    if (!ref_attribute(r, RN_CASE, id, name, &theirs)) theirs = value_absent();
    if (theirs.type == V_ABSENT && str_eq(type, name)) theirs = ref_to(RN_CASE, id);
    if (mine.type == V_ABSENT || theirs.type == V_ABSENT || !ref_same(r, &mine, &theirs)) return false;
  }
  return true;
}

static void move(struct ref_site *site, const struct lang_act *act, const struct ref_cons *base) {
  struct ref_env *env = site->env;
  struct ref *r = env->r;
  const struct lang_path *path = &act->event.path;
  if (path->count != 2) return;
  struct str own = env->fact ? ref_object_of(env->fact, RN_CASE) : nothing;
  ref_people all = ref_all_cases(r);
  bool any = false;
  for (size_t i = 0; i < all.n; i++) {
    struct ref_paper paper = ref_paper_of(r, all.p[i]);
    if (!str_eq(paper.type, path->segments[0])) continue;
    if (act->same.count ? paper.voided || !same_values(env, &act->same, all.p[i]) : !str_eq(all.p[i], own)) continue;
    struct ref_cons c = *base;
    any = true;
    if (!order_move(r, env->version, all.p[i], path->segments[1], &c)) continue;
    c.out.subject = ref_person_of(r, paper.last);
    c.id = ref_mix_str(base->id, all.p[i]);
    ref_keep(r, &c);
  }
  if (any) return;
  struct ref_cons c = *base;
  c.out.type = C_MOVE_CASE;
  c.out.item = path->text;
  c.out.noted = true;
  ref_keep(r, &c);
}

/* One person, or the office as a whole by the name of its role. */
static struct str taker(struct ref_env *env, const struct lang_party *party) {
  ref_people who = ref_party(env, party);
  if (who.n == 0) return nothing;
  return who.n == 1 ? who.p[0] : arena_printf(env->r->a, "role:%.*s", STR_ARG(party->path.text));
}

static bool args_of(struct ref_env *env, const struct lang_arguments *args, struct str *out) {
  json_t *o = json_object();
  bool ok = true;
  for (size_t i = 0; i < args->count && ok; i++) {
    struct value v;
    ok = ref_eval(env, args->p[i].value, &v);
    if (ok && v.type != V_ABSENT) json_object_setn_new_nocheck(o, args->p[i].name.text.p, args->p[i].name.text.n, value_to_json(&v));
  }
  char *text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
  *out = text ? arena_dup(env->r->a, str_c(text)) : nothing;
  free(text);
  json_decref(o);
  return ok;
}

/* *ok false: it cannot be said what is ordered. Returns false for acts that order nothing of a case. */
bool ref_order_case(struct ref_site *site, const struct lang_act *act, struct ref_cons *c, bool *ok) {
  struct ref_env *env = site->env;
  *ok = true;
  if (act->kind == LANG_MOVE) {
    move(site, act, c);
  } else if (act->kind == LANG_OPEN) {
    c->out.item = act->name.text;
    *ok = args_of(env, &act->args, &c->out.args);
    c->out.subject = *ok && act->has_party ? taker(env, &act->party) : nothing;
    *ok = *ok && !env->failed;
    c->id = ref_mix_str(c->id, c->out.item);
    if (*ok) ref_keep(env->r, c);
  } else if (act->kind == LANG_ASSIGN) {
    c->out.subject = taker(env, &act->party);
    *ok = c->out.subject.n && !env->failed;
    c->out.noted = c->out.object.n == 0;
    if (*ok) ref_keep(env->r, c);
  } else {
    return false;
  }
  return true;
}

/* ---- 撤销 ---- */

/* The same case, order and conversation where both name one; else the same person. */
static bool same_matter(struct ref *r, const struct ref_fact *trigger, const struct ref_fact *f, struct str person) {
  static const enum ref_noun nouns[] = {RN_CASE, RN_ORDER, RN_CONVERSATION};
  bool shared = false;
  for (size_t i = 0; i < COUNT_OF(nouns); i++) {
    struct str a = ref_object_of(trigger, nouns[i]), b = ref_object_of(f, nouns[i]);
    if (a.n == 0 || b.n == 0) continue;
    if (!str_eq(a, b)) return false;
    shared = true;
  }
  return shared || (person.n && str_eq(ref_person_of(r, f), person));
}

static struct ref_fact *latest_of(struct ref_env *env, const struct lang_act *act) {
  struct ref *r = env->r;
  struct str person = env->bearer.n ? env->bearer : ref_person_of(r, env->anchor);
  struct ref_fact *best = NULL;
  for (size_t i = 0; i < r->history.n; i++) {
    struct ref_fact *f = r->history.p[i];
    struct ref_env there = ref_env_of(r, env->rule, env->now, f);
    bool named;
    if (f == env->anchor || f->dead || ref_is_revoked(r, ref_fact_identity(f)) || !same_matter(r, env->anchor, f, person)) continue;
    if (!ref_is(&there, &act->event.path, act->event.path.count, f, &named) || there.failed) continue;
    if (best == NULL || (f->kind == best->kind ? f->at >= best->at : ref_fact_order(f, best) > 0)) best = f;
  }
  return best;
}

void ref_revoke(struct ref_site *site, const struct lang_act *act) {
  struct ref_env *env = site->env;
  struct ref *r = env->r;
  if (env->anchor == NULL) return;
  u64 by = ref_mix(ref_mix(env->rule->ident, site->key), (u64)act->at.from);
  bool known = false;
  for (size_t i = 0; i < r->revocations->n; i++) {
    struct ref_revocation *v = &r->revocations->p[i];
    if (v->by == by) known = v->seen = true;
  }
  struct ref_fact *f = known ? NULL : latest_of(env, act);
  if (f == NULL) return;
  if (f->booked) { /* of a fine only the fine */
    if (f->booked->live) ref_withdraw(r, f->booked);
    return;
  }
  ADD(r->a, *r->revocations) = (struct ref_revocation){.fact = ref_fact_identity(f), .by = by, .seen = true};
  r->again = true;
}

bool ref_is_revoked(const struct ref *r, u64 identity) {
  for (size_t i = 0; i < r->revocations->n; i++) {
    if (r->revocations->p[i].fact == identity) return true;
  }
  return false;
}

/* What nobody takes back any more is live again, and that has to be derived too. */
bool ref_revocations_settle(struct ref_revocations *all) {
  size_t kept = 0, n = all->n;
  for (size_t i = 0; i < n; i++) {
    if (!all->p[i].seen) continue;
    all->p[kept] = all->p[i];
    all->p[kept++].seen = false;
  }
  all->n = kept;
  return kept < n;
}

bool ref_mentions(const struct ref_fact *f, struct str id) {
  for (size_t i = 0; i < event_kind_all(NULL)[f->kind].field_count; i++) {
    if (text_of(f->fields[i]).n && str_eq(text_of(f->fields[i]), id)) return true;
  }
  for (size_t i = 0; i < f->extra_count; i++) {
    if (text_of(f->extra[i].value).n && str_eq(text_of(f->extra[i].value), id)) return true;
  }
  return false;
}
