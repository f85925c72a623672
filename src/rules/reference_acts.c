/* The reference's consequences: acts of a clause, sums by steps, what people said about them, and the facts that follow from
 * them (账.*, 违规.成立, 视为). */
#include "rules/reference_parts.h"

#include <string.h>

static const struct str nothing = {"", 0};

/* ---- derived facts ---- */

struct ref_fact *ref_derive(struct ref *r, enum event_kind_id kind, i64 at, struct str id) {
  struct ref_fact *f = ARENA_NEW(r->a, struct ref_fact);
  size_t n = event_kind_all(NULL)[kind].field_count;
  *f = (struct ref_fact){.at = at, .seq = INT64_MAX, .kind = kind, .id = id, .fields = ARENA_ARRAY(r->a, struct value, n ? n : 1)};
  for (size_t i = 0; i < n; i++) f->fields[i] = value_absent();
  return f;
}

void ref_set(struct ref_fact *f, const char *zh, struct value v) {
  size_t i = event_kind_field(&event_kind_all(NULL)[f->kind], str_c(zh));
  if (i != SIZE_MAX) f->fields[i] = v;
}

void ref_queue(struct ref *r, struct ref_fact *f) {
  if (!ref_is_dead(r, ref_fact_identity(f))) ADD(r->a, r->derived) = f;
}

void ref_violation(struct ref *r, const struct ref_rule *rule, struct str person, struct str object, enum ref_noun noun, i64 at, i64 over,
                   const char *source, u64 identity, bool bare, struct ref_duty *duty, const struct ref_fact *trigger) {
  struct ref_fact *f = ref_derive(r, EVENT_clause_violated, at, ref_hex(r, "d", ref_mix(identity, EVENT_clause_violated)));
  ref_set(f, "条款", ref_words(rule->clause));
  ref_set(f, "当事人", ref_to(RN_PERSON, person));
  ref_set(f, "对象", object.n ? value_ref(object) : value_absent());
  ref_set(f, "逾时", value_int(V_DURATION, over));
  ref_set(f, "来源", value_text(str_c(source)));
  if (noun == RN_CASE && object.n) ref_set(f, "单据", value_ref(object));
  f->tag = rule->tag;
  ref_queue(r, f);
  if (!bare) return;
  struct ref_cons c = {.rule = rule, .duty = duty, .fact_identity = identity, .cap_fen = -1, .of_duty = duty != NULL, .trigger = trigger, .stop_at = at};
  if (duty) c.due = duty->due;
  c.out = (struct consequence){.type = C_VIOLATION, .subject = person, .object = object, .occurred_ms = at};
  c.id = ref_mix_str(ref_mix(ref_mix(rule->ident, identity), C_VIOLATION), person);
  ref_keep(r, &c);
}

/* ---- what people said ---- */

static bool says(struct value v, const char *zh, const char *en) { return v.type == V_TEXT && (str_is(v.s, zh) || str_is(v.s, en)); }

static struct ref_cons *cons_of(struct ref *r, u64 id) {
  for (size_t i = 0; i < r->cons.n; i++) {
    if (r->cons.p[i]->id == id) return r->cons.p[i];
  }
  return NULL;
}

static struct ref_cons *told_of(struct ref *r, const struct ref_fact *f) {
  struct value id = ref_field(f, "后果");
  u64 key;
  return (id.type == V_TEXT || id.type == V_REF) && ref_unhex(id.s, &key) ? cons_of(r, key) : NULL;
}

static bool against_fact(const struct ref_fact *f) {
  struct value upheld = ref_field(f, "成立");
  return f->kind == EVENT_ledger_ruled && upheld.type == V_BOOL && upheld.i && says(ref_field(f, "指"), "事实", "fact");
}

void ref_apply_word(struct ref_cons *c, const struct ref_fact *f) {
  struct consequence *out = &c->out;
  struct value result = ref_field(f, "结果"), amount = ref_field(f, "额"), upheld = ref_field(f, "成立"), who = ref_field(f, "当事人");
  if (f->kind == EVENT_ledger_appealed) {
    out->seal = SEAL_APPEALED;
    return;
  }
  out->judged_by = who.type == V_REF || who.type == V_TEXT ? who.s : f->actor;
  if (f->kind == EVENT_ledger_ruled) {
    out->seal = upheld.type == V_BOOL && upheld.i ? SEAL_WAIVED : SEAL_CONFIRMED;
  } else if (says(result, "免除", "waive")) {
    out->seal = SEAL_WAIVED;
  } else if (says(result, "确认", "confirm")) {
    if (amount.type == V_MONEY && (amount.i != out->fen || out->fen_max != out->fen)) return; /* another sum than the one agreed to */
    if (amount.type != V_MONEY && out->seal == SEAL_OPEN) return;                             /* a range is set by an amount, not by a nod */
    out->seal = SEAL_CONFIRMED;
  } else if (result.type == V_TEXT) {
    if (amount.type != V_MONEY && out->seal == SEAL_OPEN) return;
    if (amount.type == V_MONEY) {
      if (out->fen_max > out->fen && (amount.i < out->fen || amount.i > out->fen_max)) return; /* outside its range */
      out->fen = out->fen_max = amount.i;
      if (out->type == C_SCORE) out->points = c->act && c->act->kind == LANG_ADD ? amount.i : -amount.i;
    }
    out->seal = SEAL_CONFIRMED;
  }
}

static bool of_settlement(const struct ref_cons *c) { return c->rule->type == RR_SETTLE && c->out.window_to_ms > c->out.window_from_ms; }

/* What a settlement finds belongs to its period. */
i64 ref_booked_at(const struct ref_cons *c) { return of_settlement(c) ? c->out.window_to_ms - 1 : c->out.occurred_ms; }

/* 账.*: one fact for one consequence, with the amount that is in effect: none while a range is open or a sum grows, 0 when waived. When
 * the amount changes, the clauses that spoke of the fact speak again. */
static void book(struct ref *r, struct ref_cons *c) {
  static const int kinds[] = {[C_FINE] = EVENT_ledger_fined, [C_REWARD] = EVENT_ledger_rewarded, [C_COMPENSATE] = EVENT_ledger_fined,
                              [C_CHARGE] = EVENT_ledger_charged, [C_SCORE] = EVENT_ledger_scored, [C_PAY] = EVENT_ledger_pay_computed,
                              [C_DISCIPLINE] = EVENT_ledger_disciplined, [C_PROPOSE] = EVENT_ledger_disciplined};
  const struct consequence *out = &c->out;
  bool waived = out->seal == SEAL_WAIVED, again = c->ledger != NULL;
  if (out->type > C_PROPOSE || !c->live || out->seal == SEAL_OPEN || (c->grows && !c->ended) || (waived && !again)) return;
  enum event_kind_id kind = (enum event_kind_id)kinds[out->type];
  struct value fen = value_int(V_MONEY, waived ? 0 : out->fen), points = value_int(V_POINTS, waived ? 0 : out->points);
  struct ref_fact *f = c->ledger;
  if (again) {
    struct value old_fen = ref_field(f, "额"), old_points = ref_field(f, "分");
    bool same = (old_fen.type != V_MONEY || old_fen.i == fen.i) && (old_points.type != V_POINTS || old_points.i == points.i);
    ref_set(f, "额", fen);
    ref_set(f, "分", points);
    if (!same && !waived) ref_queue(r, f);
    return;
  }
  f = ref_derive(r, kind, of_settlement(c) ? out->window_to_ms - 1 : r->now, ref_hex(r, "d", ref_mix(c->id, kind)));
  ref_set(f, "主体", ref_to(out->type == C_CHARGE ? RN_CUSTOMER : RN_PERSON, out->subject));
  if (out->type != C_CHARGE) ref_set(f, "当事人", ref_to(RN_PERSON, out->subject));
  ref_set(f, "额", fen);
  ref_set(f, "分", points);
  i64 before, after;
  if (out->type == C_SCORE && ref_score_around(r, c, &before, &after)) {
    ref_set(f, "原余", value_int(V_POINTS, before));
    ref_set(f, "余", value_int(V_POINTS, after));
  }
  ref_set(f, "科目", ref_words(out->item));
  ref_set(f, "等", ref_words(out->item));
  ref_set(f, "建议", value_bool(out->type == C_PROPOSE));
  ref_set(f, "条款", ref_words(c->rule->clause));
  ref_set(f, "后果", value_text(ref_hex(r, "", c->id)));
  f->tag = c->rule->tag;
  f->booked = c;
  c->ledger = f;
  ref_queue(r, f);
}

/* What derives from a consequence that is no more, or counts as nothing, goes with it. */
static void lift(struct ref *r, struct ref_cons *c) {
  if (c->ledger && c->out.seal == SEAL_WAIVED) book(r, c);
  for (size_t i = 0; i < r->duties.n; i++) {
    if (c->ledger && r->duties.p[i]->running && r->duties.p[i]->trigger == c->ledger) ref_discharge(r, r->duties.p[i], r->now);
  }
  for (size_t i = 0; i < r->cons.n; i++) {
    if (r->cons.p[i]->cause != c || !r->cons.p[i]->live) continue;
    r->cons.p[i]->live = false;
    lift(r, r->cons.p[i]);
    if (r->cons.p[i]->ledger) r->cons.p[i]->ledger->dead = true;
  }
}

/* 撤销 账.罚款: the consequence goes, and with it what derives from it. */
void ref_withdraw(struct ref *r, struct ref_cons *c) {
  c->live = false;
  lift(r, c);
}

/* The amount of a booked fact has changed: its clauses speak again, and what they do not say any more goes. */
void ref_speak_again(struct ref *r, struct ref_fact *f, void (*start)(struct ref *r, struct ref_fact *f, bool gates)) {
  struct ref_cons *c = f->booked;
  if (!c->live || c->out.seal == SEAL_WAIVED) return;
  for (size_t i = 0; i < r->cons.n; i++) r->cons.p[i]->stale = r->cons.p[i]->cause == c;
  start(r, f, false);
  for (size_t i = 0; i < r->cons.n; i++) {
    struct ref_cons *o = r->cons.p[i];
    if (!o->stale || !o->live) continue;
    o->live = o->stale = false;
    lift(r, o);
    if (o->ledger) o->ledger->dead = true;
  }
}

/* The fact behind it is no fact: everything is derived once more without it. */
static void take_back(struct ref *r, const struct ref_cons *c) {
  if (ref_is_dead(r, c->fact_identity)) return;
  ADD(r->a, r->dead) = c->fact_identity;
  r->again = r->cut = true;
}

static bool was_taken_back(struct ref *r, u64 id) {
  for (size_t i = 0; i < r->history.n; i++) {
    struct value v = ref_field(r->history.p[i], "后果");
    u64 of;
    if (against_fact(r->history.p[i]) && (v.type == V_TEXT || v.type == V_REF) && ref_unhex(v.s, &of) && of == id) return true;
  }
  return false;
}

/* The last word said about it up to now, if any. */
static const struct ref_fact *last_word(struct ref *r, u64 id) {
  const struct ref_fact *last = NULL;
  for (size_t i = 0; i < r->history.n; i++) {
    const struct ref_fact *f = r->history.p[i];
    u64 of;
    if (f->kind < EVENT_ledger_judged || f->kind > EVENT_ledger_ruled || against_fact(f)) continue;
    struct value v = ref_field(f, "后果");
    if ((v.type == V_TEXT || v.type == V_REF) && ref_unhex(v.s, &of) && of == id) last = f;
  }
  return last;
}

const struct ref_fact *ref_word_in_the_end(struct ref *r, u64 id) {
  const struct ref_fact *last = NULL;
  for (size_t i = 0; i < r->given_count; i++) {
    const struct ref_fact *f = r->given[i];
    u64 of;
    if ((f->kind != EVENT_ledger_judged && f->kind != EVENT_ledger_ruled) || against_fact(f)) continue;
    struct value v = ref_field(f, "后果");
    if ((v.type == V_TEXT || v.type == V_REF) && ref_unhex(v.s, &of) && of == id) last = f;
  }
  return last;
}

struct ref_cons *ref_keep(struct ref *r, const struct ref_cons *c) {
  struct ref_cons *old = cons_of(r, c->id);
  const struct ref_fact *said = last_word(r, c->id);
  if (old && old->live) {
    struct ref_cons fresh = *c;
    fresh.live = true;
    fresh.out.seal = old->out.seal;
    fresh.out.judged_by = old->out.judged_by;
    if (said && fresh.out.fen != old->out.fen) {
      fresh.out.seal = c->out.seal;
      fresh.out.judged_by = nothing;
      ref_apply_word(&fresh, said);
    }
    fresh.ledger = old->ledger;
    *old = fresh;
    book(r, old);
    return old;
  }
  if (old == NULL) {
    old = ARENA_NEW(r->a, struct ref_cons);
    ADD(r->a, r->cons) = old;
  }
  struct ref_fact *ledger = old->ledger;
  *old = *c;
  old->live = true;
  old->ledger = ledger;
  if (said) ref_apply_word(old, said);
  if (was_taken_back(r, c->id)) take_back(r, old); /* the word was there before the consequence */
  book(r, old);
  return old;
}

void ref_verdict(struct ref *r, const struct ref_fact *f) {
  struct ref_cons *c = told_of(r, f);
  if (c == NULL) return;
  if (against_fact(f)) {
    take_back(r, c);
    return;
  }
  if (!c->live) return;
  ref_apply_word(c, f);
  if (c->out.seal == SEAL_WAIVED) lift(r, c); /* nothing is left of what derives from it */
  else book(r, c);
}

/* ---- sums by steps ---- */

/* How long after the deadline; with 只计 only the open hours count. */
static i64 late_by(struct ref *r, const struct ref_cons *c, i64 stop) {
  struct ref_env env = ref_env_of(r, c->rule, c->duty->due, NULL);
  struct ref_hours hours;
  if (stop <= c->duty->due) return 0;
  return c->of_duty && ref_rule_hours(&env, &hours) ? ref_hours_between(&env, &hours, c->duty->due, stop) : stop - c->duty->due;
}

void ref_grow(struct ref *r, struct ref_cons *c, i64 stop) {
  i64 over = late_by(r, c, stop);
  i64 steps = over / c->step_ms, fen;
  c->grown_to = stop;
  if (c->of_duty) c->stop_at = stop;
  if (c->started_steps) steps += over % c->step_ms > 0 || steps == 0;
  steps -= c->carried;
  c->steps = steps;
  if (__builtin_mul_overflow(steps, c->unit_fen, &fen)) fen = INT64_MAX;
  c->sum = fen;
  if (c->cap_fen >= 0 && fen > c->cap_fen) fen = c->cap_fen;
  enum consequence_seal s = c->out.seal;
  if (s != SEAL_PROPOSED && s != SEAL_OPEN && s != SEAL_APPEALED) return;
  if (c->out.type == C_SCORE) c->out.points = c->act->kind == LANG_DEDUCT ? -fen : fen;
  else c->out.fen = c->out.fen_max = fen;
}

/* The first instant after it was last looked at, at which one more step is due. */
i64 ref_next_step(struct ref *r, const struct ref_cons *c) {
  struct ref_env env = ref_env_of(r, c->rule, c->duty->due, NULL);
  struct ref_hours hours;
  i64 over = late_by(r, c, c->grown_to), next, at;
  i64 steps = over / c->step_ms + (over % c->step_ms > 0);
  if (steps == 0) steps = 1;
  next = c->started_steps ? steps * c->step_ms + 1 : (over / c->step_ms + 1) * c->step_ms;
  if (!ref_rule_hours(&env, &hours)) return c->duty->due + next;
  return ref_hours_add(&env, &hours, c->duty->due, next, &at) ? at : INT64_MAX;
}

bool ref_capped(const struct ref_cons *c) { return c->cap_fen >= 0 && c->sum >= c->cap_fen; }

void ref_finish(struct ref *r, struct ref_cons *c) {
  c->ended = true;
  book(r, c);
}

/* ---- acts ---- */

bool ref_body_acts(const struct lang_body *body) {
  if (body->tier) return true;
  for (size_t i = 0; i < body->acts.count; i++) {
    if (body->acts.p[i].kind != LANG_NONE && body->acts.p[i].kind != LANG_NOT_IN_FORCE) return true;
  }
  return false;
}

struct ref_site ref_site_of(struct ref_env *env, i64 at, u64 key) {
  env->site = key;
  return (struct ref_site){.env = env, .at = at, .key = key, .fact_identity = key};
}

static bool money(struct ref_env *env, const struct lang_expr *x, i64 *fen) {
  struct value v;
  if (!ref_eval(env, x, &v)) return false;
  bool amount = v.type == V_MONEY || v.type == V_POINTS;
  if (amount && ratio_round(v.i, v.den > 0 ? v.den : 1, 1, ROUND_HALF_UP, fen) == OK) return true;
  env->failed = true;
  return false;
}

static struct str account_of(const struct lang_program *program, const struct lang_act *act) {
  if (act->account.text.n) return act->account.text;
  for (size_t i = 0; i < program->item_count; i++) {
    const struct lang_item *item = program->items[i];
    for (size_t k = 0; item->kind == LI_ACCOUNT && k < item->account->receives.count; k++) {
      struct str what = item->account->receives.p[k].text;
      if (str_eq(what, lang_act_zh(act->kind)) || str_eq(what, lang_act_en(act->kind))) return item->account->name.text;
    }
  }
  return nothing;
}

static void about(const struct ref_site *site, struct ref_cons *c) {
  if (site->duty) {
    c->duty = site->duty;
    c->of_duty = true;
    c->due = site->duty->due;
    c->stop_at = site->at;
    c->trigger = site->duty->trigger;
    c->out.object = site->duty->object;
    return;
  }
  for (int noun = RN_CONVERSATION; noun <= RN_CASE && site->env->fact; noun++) {
    struct str id = ref_object_of(site->env->fact, (enum ref_noun)noun);
    if (id.n) c->out.object = id;
  }
}

static struct ref_cons cons_at(const struct ref_site *site, i64 place) {
  struct ref_cons c = {.rule = site->env->rule, .fact_identity = site->fact_identity, .cause = site->cause, .cap_fen = -1, .trigger = site->env->anchor,
                       .counted = site->counted};
  c.id = ref_mix(ref_mix(c.rule->ident, site->key), (u64)place);
  about(site, &c);
  c.out.occurred_ms = site->at;
  c.out.ordinal = site->ordinal;
  c.out.window_from_ms = site->window[0];
  c.out.window_to_ms = site->window[1];
  return c;
}

static struct str default_subject(const struct ref_env *env) {
  if (env->bearer.n) return env->bearer;
  if (env->fact && env->key.n == 0) return ref_person_of(env->r, env->fact);
  return env->key;
}

/* What an act is about besides the person: the pay item, the grade, the case. */
static struct str item_of(const struct lang_program *program, const struct lang_act *act) {
  if (act->kind == LANG_DEDUCT || act->kind == LANG_ADD) return ref_score_account(program, act);
  if (act->kind == LANG_MOVE || act->kind == LANG_DEEM) return act->event.path.text;
  return act->name.text;
}

struct ref_cons *ref_manual(struct ref_site *site, const struct lang_act *act, i64 place) {
  struct ref_cons c = cons_at(site, place);
  c.act = act;
  c.id = ref_mix(ref_mix(c.id, (u64)place), C_MANUAL);
  c.out.type = C_MANUAL;
  c.out.subject = default_subject(site->env);
  if (act) c.out.item = item_of(site->env->program, act);
  return ref_keep(site->env->r, &c);
}

static bool amount_of(struct ref_site *site, const struct lang_act *act, struct ref_cons *c) {
  struct ref_env *env = site->env;
  struct consequence *out = &c->out;
  if (!money(env, act->amount.from, &out->fen)) return false;
  out->fen_max = c->unit_fen = out->fen;
  if (act->amount.to) {
    if (!money(env, act->amount.to, &out->fen_max)) return false;
    if (act->amount.decided && out->fen_max > out->fen) out->seal = SEAL_OPEN;
    out->decided_by = act->amount.decided_by.path.text;
  }
  if (act->steps == LANG_STEPS_NONE) return true;
  struct value step, over;
  if (!ref_eval(env, act->step, &step) || step.type != V_DURATION || step.i <= 0) return env->failed = true, false;
  if (act->cap && !money(env, act->cap, &c->cap_fen)) return false;
  c->grows = true;
  c->step_ms = step.i;
  c->started_steps = act->steps == LANG_STEPS_STARTED;
  if (site->duty) {
    ref_grow(env->r, c, site->at);
    return true;
  }
  if (!ref_name(env, STR("时长"), &over) || over.type != V_DURATION) return env->failed = true, false;
  struct ref_duty measured = {.due = site->at - over.i};
  c->duty = &measured;
  ref_grow(env->r, c, site->at);
  c->duty = NULL;
  c->ended = true;
  return true;
}

static bool pay_of(struct ref_env *env, const struct lang_act *act, struct consequence *out) {
  struct value v;
  bool ok = ref_eval(env, act->expr, &v) && ref_round(env, &act->rounding, &v);
  ok = ok && (v.type == V_MONEY || (v.type == V_COUNT && v.i == 0)) && ratio_round(v.i, v.den > 0 ? v.den : 1, 1, ROUND_HALF_UP, &out->fen) == OK;
  out->fen_max = out->fen;
  return ok;
}

static void deem(struct ref_site *site, const struct lang_act *act, u64 id) {
  struct ref_env *env = site->env;
  struct ref *r = env->r;
  for (int k = EVENT_KIND_COUNT - 1; k >= 0; k--) { /* of several kinds (a case opened or moved), the one that says a state was reached */
    const struct lang_case *type = lang_find_case(env->program, act->event.path.segments[0]);
    struct ref_fact *f = ref_derive(r, (enum event_kind_id)k, site->at, ref_hex(r, "d", ref_mix(id, C_DEEM)));
    bool named;
    if (type) {
      f->case_type = type->name.text;
      if (act->event.path.count == 2 && lang_case_state(type, act->event.path.segments[1]) != SIZE_MAX) f->case_state = act->event.path.segments[1];
    }
    struct ref_env bare = *env;
    if (!ref_is(&bare, &act->event.path, act->event.path.count, f, &named)) continue;
    struct event_extra *extra = ARENA_ARRAY(r->a, struct event_extra, act->args.count + 1);
    for (size_t i = 0; i < act->args.count; i++) {
      struct value v;
      if (!ref_eval(env, act->args.p[i].value, &v)) return;
      if (v.type == V_REF) v.den = 0;
      size_t field = event_kind_field(&event_kind_all(NULL)[k], act->args.p[i].name.text);
      if (field != SIZE_MAX) f->fields[field] = v;
      else extra[f->extra_count++] = (struct event_extra){act->args.p[i].name.text, v};
    }
    f->extra = extra;
    ref_queue(r, f);
    return;
  }
}

static enum consequence_type type_of(enum lang_act_kind kind) {
  static const struct { enum lang_act_kind act; enum consequence_type type; } types[] = {
      {LANG_FINE, C_FINE}, {LANG_REWARD, C_REWARD}, {LANG_COMPENSATE, C_COMPENSATE}, {LANG_CHARGE, C_CHARGE}, {LANG_DEDUCT, C_SCORE},
      {LANG_ADD, C_SCORE}, {LANG_PAY, C_PAY}, {LANG_DISCIPLINE, C_DISCIPLINE}, {LANG_PROPOSE, C_PROPOSE}, {LANG_REMIND, C_REMIND},
      {LANG_URGE, C_URGE}, {LANG_ESCALATE, C_ESCALATE}, {LANG_TELL, C_NOTIFY}, {LANG_DEEM, C_DEEM}, {LANG_OPEN, C_OPEN_CASE},
      {LANG_MOVE, C_MOVE_CASE}, {LANG_ASSIGN, C_ASSIGN}, {LANG_GIVE, C_SEND_FORM}};
  for (size_t i = 0; i < COUNT_OF(types); i++) {
    if (types[i].act == kind) return types[i].type;
  }
  return C_MANUAL;
}

static void do_one(struct ref_site *site, const struct lang_act *act, i64 place) {
  struct ref_env *env = site->env;
  if (act->kind == LANG_NONE || act->kind == LANG_NOT_IN_FORCE) return;
  env->failed = false;
  if (act->kind == LANG_IF) {
    bool yes = ref_true(env, act->condition);
    struct ref_site inner = *site;
    inner.base = place * 32;
    if (env->failed) ref_manual(site, act, place);
    else ref_do(&inner, yes ? &act->then : &act->otherwise);
    return;
  }
  if (act->kind == LANG_WITHDRAW) {
    ref_revoke(site, act);
    return;
  }
  struct ref_cons c = cons_at(site, place);
  c.act = act;
  c.out.type = type_of(act->kind);
  c.out.item = item_of(site->env->program, act);
  bool ok = true;
  if (ref_order_case(site, act, &c, &ok)) {
    if (!ok) ref_manual(site, act, place);
    return;
  }
  switch (act->kind) {
    case LANG_FINE: case LANG_REWARD: case LANG_COMPENSATE: case LANG_CHARGE:
      ok = amount_of(site, act, &c);
      c.out.account = account_of(env->program, act);
      break;
    case LANG_DEDUCT: case LANG_ADD:
      ok = amount_of(site, act, &c);
      if (!c.grows) c.out.points = act->kind == LANG_DEDUCT ? -c.out.fen : c.out.fen;
      if (c.out.seal == SEAL_OPEN) c.out.points = 0;
      if (act->amount.to == NULL) c.out.fen = c.out.fen_max = 0;
      if (ok && !(c.grows && site->duty) && c.out.fen_max == 0 && c.out.points == 0) return; /* no points are no consequence */
      break;
    case LANG_PAY:
      ok = pay_of(env, act, &c.out);
      if (ok && c.out.fen == 0) return; /* nothing to pay is nothing to say */
      break;
    case LANG_DISCIPLINE: case LANG_PROPOSE: case LANG_GIVE:
      if (act->decided) c.out.decided_by = act->decided_by.path.text;
      break;
    case LANG_DEEM:
      deem(site, act, c.id);
      break;
    default: break;
  }
  if (!ok) {
    ref_manual(site, act, place);
    return;
  }
  if (act->text.n) c.out.text_zh = act->text;
  const struct lang_party *parties = act->parties.count ? act->parties.p : &act->party;
  size_t count = act->parties.count ? act->parties.count : act->has_party ? 1 : 0;
  ref_people who = {0};
  for (size_t i = 0; i < count; i++) {
    ref_people some = ref_party(env, &parties[i]);
    for (size_t k = 0; k < some.n; k++) {
      bool twice = false;
      for (size_t m = 0; m < who.n; m++) twice |= str_eq(who.p[m], some.p[k]);
      if (!twice) ADD(env->r->a, who) = some.p[k];
    }
  }
  if (count && (who.n == 0 || env->failed)) { /* it is not known who this is */
    ref_manual(site, act, place);
    return;
  }
  if (who.n == 0) ADD(env->r->a, who) = default_subject(env);
  u64 id = c.id;
  for (size_t i = 0; i < who.n; i++) {
    c.out.subject = who.p[i];
    c.id = ref_mix_str(id, who.p[i]);
    ref_keep(env->r, &c);
  }
}

void ref_do(struct ref_site *site, const struct lang_acts *acts) {
  for (size_t i = 0; i < acts->count; i++) do_one(site, &acts->p[i], site->base + (i64)i + 1);
}

void ref_do_body(struct ref_site *site, const struct lang_body *body) {
  struct ref_env *env = site->env;
  env->ordinal = &site->ordinal;
  env->window = site->window;
  env->counted = &site->counted;
  if (body->tier == NULL) {
    ref_do(site, &body->acts);
    return;
  }
  const struct lang_row *row = ref_row(env, body->tier);
  if (row) {
    site->base = (row - body->tier->rows + 1) * 1000;
    ref_do(site, &row->acts);
  } else { /* something is absent, or no row speaks of this case: a person decides */
    site->ordinal = site->window[0] = site->window[1] = 0;
    site->counted.n = 0;
    site->cause = NULL;
    ref_manual(site, NULL, 0);
  }
}
